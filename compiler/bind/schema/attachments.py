"""ATTACH and DETACH: what databases they name.  https://sqlite.org/lang_attach.html"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import OutputColumn
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.notes import authorization as asked
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.bind.statements import BoundAttach, BoundDetach, BoundOutput, BoundSelect
from foundrydb.compiler.syntax import ast

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding


def bind_attach(b: QueryBinding, statement: ast.Attach) -> BoundAttach:
    """ATTACH.  The key, which C SQLite without encryption does not use, has to make sense all the same."""
    given = [statement.file, statement.schema]
    key = [] if statement.key is None else [statement.key]
    output = _one_row(b, [*given, *key], 2)
    _ask(b, asked.ATTACH, statement.file)
    return BoundAttach(b.nested, b.shared(), output)


def bind_detach(b: QueryBinding, statement: ast.Detach) -> BoundDetach:
    """DETACH."""
    output = _one_row(b, [statement.schema], 1)
    _ask(b, asked.DETACH, statement.schema)
    return BoundDetach(b.nested, b.shared(), output)


def _one_row(b: QueryBinding, given: list[ast.Expression], count: int) -> BoundOutput:
    """The first ``count`` of the expressions, in which no column is known, as a query of one row."""
    scope = Scope(None, b.new_source("names", []), None, None)
    found = [bind(b, _text_of(expression), scope) for expression in given][:count]
    columns = [OutputColumn(name) for name in ("file", "name")[-count:]]
    query = BoundSelect(b.new_source("names", columns), None, [], None, [], [], None, found, False, [])
    return BoundOutput(b.nested, b.shared(), query, columns, [column.name for column in columns])


def _text_of(given: ast.Expression) -> ast.Expression:
    """A name that stands alone is a text."""
    if isinstance(given, ast.Column) and given.table is None:
        return ast.String(given.start, given.end, given.column.text)
    return given


def _ask(b: QueryBinding, action: int, given: ast.Expression) -> None:
    """Ask an authorizer, who is told the name where it is written as such."""
    if b.authorization is not None:
        text = _text_of(given)
        b.authorization.require(action, text.value if isinstance(text, ast.String) else None)
