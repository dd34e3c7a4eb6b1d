"""What a name at the cursor may mean: the tables in sight there, by the scopes that binding makes.

The statement is bound with a word in the place of the name that is being typed.  No column is called so; but by then
the FROM clauses around it are known: aliases, common tables and subqueries with their columns.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.binder import names_until_mistake
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.errors import Error

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.bind.from_items import FromItem
    from foundrydb.compiler.bind.notes.names import NamedScope
    from foundrydb.compiler.bind.scope import Scope

_TYPED: Final = "name_being_typed"


def items_in_sight(before: str, after: str, connection: Connection) -> list[FromItem]:
    """The items of the FROM clauses that a name may speak of, the nearest first; none where the text makes no sense.

    Args:
        before: the statement's text before the name.
        after: what stands behind it; where that makes no sense, it is left aside.
    """
    for rest in (after, ""):
        sql = before + _TYPED + rest
        with contextlib.suppress(Error):
            statement, _ = parse_one(sql)
            if statement is not None:
                engine = connection.engine
                names = names_until_mistake(statement, sql, engine.catalog, engine.functions)
                around = [scope for scope in names.scopes if scope.start <= len(before) < scope.end]
                return _items(min(around, key=_size).scope) if around else []
    return []


def _size(scope: NamedScope) -> int:
    return scope.end - scope.start


def _items(scope: Scope | None) -> list[FromItem]:
    """The items of a scope, and of those around it."""
    found: list[FromItem] = []
    while scope is not None:
        found.extend(scope.items)
        scope = scope.outer
    return found


def columns_of(item: FromItem, table: str | None = None) -> list[str]:
    """The columns of an item; of a join in parentheses those of a table in it, where one is given."""
    if table is not None and table != item.name:
        return item.names(table)
    return [column.name for column in item.columns]
