"""What a name at the cursor may mean: the tables in sight there, by the scopes that binding makes.

The statement is bound with a word in the place of the name that is being typed.  No column is called so; but by then
the FROM clauses around it are known: aliases, common tables and subqueries with their columns.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.binder import names_until_mistake
from foundrydb.compiler.bind.bound import ColumnRef
from foundrydb.compiler.bind.from_items import JoinItem
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.errors import Error

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.bind.from_items import FromItem
    from foundrydb.compiler.bind.notes.names import Names
    from foundrydb.compiler.bind.scope import Scope

_TYPED: Final = "name_being_typed"


class Sight:
    """What a name may speak of.

    Attributes:
        items: those of the FROM clauses, the nearest first.
        joins: the aliases of joins in parentheses, as they are written, by their folded names.
        results: the aliases of result columns that may be named there, as they are written.
        commons: the common tables that FROM could read there, as they are written.
        is_new: the name is one that is given there, such as an alias: none that is known is meant.
    """

    def __init__(
        self,
        items: list[FromItem],
        joins: dict[str, str],
        results: list[str],
        commons: list[str],
        is_new: bool,
    ) -> None:
        self.items: Final = items
        self.joins: Final = joins
        self.results: Final = results
        self.commons: Final = commons
        self.is_new: Final = is_new

    def tables(self) -> list[tuple[str, str]]:
        """The names that tables go by, as they are written: each a ``table`` under its own name or an ``alias``."""
        found: list[tuple[str, str]] = []
        for item in self.items:
            if isinstance(item, JoinItem) and item.name:
                found.append((self.joins.get(item.name, item.name), "alias"))
                continue
            for source in item.sources():
                own = source.origin if source.table is None else source.table.name
                is_own = fold(own) == fold(source.name)
                found.append((own, "table") if is_own else (source.name, "alias"))
        return [(name, kind) for name, kind in found if name]


def sight(before: str, after: str, connection: Connection) -> Sight | None:
    """What is in sight of a name; None where the text makes no sense.

    Args:
        before: the statement's text before the name.
        after: what stands behind it; where that makes no sense, it is left aside.
    """
    closed = ")" * (before.count("(") - before.count(")"))
    for rest in (after, "", closed, f"{closed} SELECT 1"):
        with contextlib.suppress(Error):
            found = _sight(before + _TYPED + rest, len(before), connection)
            if found is not None and (found.items or found.is_new or rest == after or not after.strip()):
                return found
    return None


def _sight(sql: str, at: int, connection: Connection) -> Sight | None:
    """What is in sight of a place in a statement."""
    statement, _ = parse_one(sql)
    if statement is None:
        return None
    engine = connection.engine
    names = names_until_mistake(statement, sql, engine.catalog, engine.functions)
    reader = _reader(statement, names, sql, at)
    if reader not in ("", sql):
        return _sight(reader, at, connection)
    if any(name.defines and name.start == at for name in names.found):
        return Sight([], {}, [], [], True)
    scope = _nearest(names, statement, at)
    if scope is None:
        return None
    nodes = [node for node in walk(statement) if isinstance(node, ast.ParenthesizedSource)]
    joins = {fold(node.alias.text): node.alias.text for node in nodes if node.alias is not None}
    return Sight(_items(scope), joins, _results(scope, names), _commons(scope, at), False)


def _reader(statement: ast.Statement, names: Names, sql: str, at: int) -> str:
    """A query that does nothing but read the common table that a place is in, with all names at the same places.

    "" where the place is in none, or in one that has been read.
    """
    found = ""
    for clause in walk(statement):
        for table in clause.tables if isinstance(clause, ast.With) else ():
            if table.select.start <= at < table.select.end:
                read = any(table.start <= scope.start <= at < scope.end for scope in names.scopes)
                blank, text = " " * clause.start, sql[clause.start : clause.end]
                found = (
                    "" if read else f"{blank}{text} SELECT * FROM {sql[table.name.start : table.name.end]}"
                )
    return found


def _nearest(names: Names, statement: ast.Statement, at: int) -> Scope | None:
    """The smallest scope around a place; that of a SELECT holds in its ORDER BY too."""
    selects = [node for node in walk(statement) if isinstance(node, ast.Select)]
    ends = {node.body.start: node.end for node in selects if isinstance(node.body, ast.SelectCore)}
    around = [
        (max(known.end, ends.get(known.start, 0)) - known.start, known.number, known.scope)
        for known in names.scopes
        if 0 <= known.start <= at < max(known.end, ends.get(known.start, 0))
    ]
    return min(around)[2] if around else None


def _items(scope: Scope | None) -> list[FromItem]:
    """The items of a scope, and of those around it."""
    found: list[FromItem] = []
    while scope is not None:
        found.extend(scope.items)
        scope = scope.outer
    return found


def _results(scope: Scope, names: Names) -> list[str]:
    """The aliases of a scope's result columns, where they may be named."""
    if not scope.aliases_visible:
        return []
    number = names.number_of(scope)
    return [
        name.node.text
        for name in names.found
        if name.kind == "result column"
        and name.defines
        and name.scope == number
        and isinstance(name.node, ast.Name)
    ]


def _commons(scope: Scope, at: int) -> list[str]:
    """The common tables that a scope may read: none reads itself."""
    found: list[str] = []
    frame = scope.ctes
    while frame is not None:
        syntax = [entry.syntax for entry in frame.tables.values()]
        found.extend([table.name.text for table in syntax if not table.start <= at < table.end])
        frame = frame.parent
    return found


def columns_of(item: FromItem, table: str | None = None) -> list[str]:
    """The columns of an item; of a join in parentheses those of a table in it, where one is given."""
    if not isinstance(item, JoinItem):
        return [column.name for column in item.columns]
    columns = [pair for pair in zip(item.columns, item.inner) if not pair[1].rowid]
    if table is None or table == item.name:
        return [label.name for label, _ in columns]
    return [_written(inner.expr, inner.name) for _, inner in columns if inner.is_of(None, table)]


def _written(expr: object, name: str) -> str:
    """A column's name as its table declares it; that of an INTEGER PRIMARY KEY is the rowid's."""
    if not isinstance(expr, ColumnRef):
        return name
    return next((column.name for column in expr.source.columns if fold(column.name) == name), name)
