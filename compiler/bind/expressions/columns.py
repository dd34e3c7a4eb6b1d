"""Names of columns to bound expressions, and the errors for those that mean none or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import (
    AggregateCall,
    Call,
    ColumnRef,
    Expr,
    Literal,
    WindowCall,
)
from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.bind.properties import walk
from foundrydb.compiler.bind.scope import Match, Scope, lookup, visible_names, visible_tables
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error, not_supported

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.authorization import Authorization


_ANY_DATABASE = ("CHECK constraints", "partial index WHERE clauses")
"""Where SQLite passes over the name of a database before that of a table."""


def bind_column(b: Binding, node: ast.Column, scope: Scope) -> Expr:
    """The bound form of a column's name."""
    name = node.column
    schema = None if node.schema is None or scope.prohibited in _ANY_DATABASE else fold(node.schema.text)
    table = None if node.table is None else fold(node.table.text)
    match = lookup(scope, schema, table, fold(name.text))
    if match.count == 1:
        if table is not None and scope.prohibited in ("generated columns", "index expressions"):
            raise b.fail(f'the "." operator prohibited in {scope.prohibited}', node)
        return _matched(b, node, scope, match)
    if match.count == 0 and table is None:
        constant = _not_a_column(b, name, scope)
        if constant is not None:
            return constant
    raise _unknown_column(b, node, scope, match.count > 1)


def _matched(b: Binding, node: ast.Column, scope: Scope, match: Match) -> Expr:
    """The expression that a found name stands for."""
    names = b.naming()
    alias = match.alias
    if alias is not None:
        assert match.scope is not None
        if not match.scope.allow_aggregates and any(isinstance(e, AggregateCall) for e in walk(alias.expr)):
            raise b.fail(f"misuse of aliased aggregate {node.column.text}", node)
        allowed = match.scope.allow_windows and match.scope is scope
        if not allowed and any(isinstance(e, WindowCall) for e in walk(alias.expr)):
            raise b.fail(f"misuse of aliased window function {node.column.text}", node)
        if names is not None:
            names.value("result column", node, node.column.text, alias.expr, scope, match.scope)
        return alias.expr
    refs = match.refs(b.start(node), b.end(node))
    if b.authorization is not None and not _may_read(b.authorization, scope, match, refs):
        return Literal(None, b.start(node), b.end(node))
    merged = merged_column(b, refs)
    if names is not None and len(refs) > 1:
        # It follows the new name of none of them.
        text = named("column_text")
        texts: list[str] = [text(ref.source, ref.index) for ref in refs if isinstance(ref, ColumnRef)]
        names.value("column", node, ", ".join(texts), merged, scope, match.scope)
    elif names is not None and isinstance(refs[0], ColumnRef):
        names.column(node, refs[0].source, refs[0].index, scope, match.scope)
    elif names is not None:
        names.value("column", node, node.column.text, merged, scope, match.scope)
    return merged


def merged_column(b: Binding, refs: list[Expr]) -> Expr:
    """The column that USING makes of several: the first that is not NULL."""
    if len(refs) == 1:
        return refs[0]
    function = b.functions.find("coalesce", len(refs))
    if function is None:
        raise not_supported("FULL JOIN with USING")
    return Call(function, refs, "BINARY", refs[0].start, refs[0].end, column=True)


def _may_read(authorization: Authorization, scope: Scope, match: Match, refs: list[Expr]) -> bool:
    """Whether the authorizer lets a column be read; it is not asked about expressions of the schema again."""
    if match.item is None or scope.prohibited:
        return True
    if match.item.qualified and not match.item.sources()[0].given:
        return True  # excluded, which is nowhere
    columns = [part for ref in refs for part in walk(ref) if isinstance(part, ColumnRef)]
    may = all([authorization.may_read(column.source, column.index) for column in columns])
    return may or scope.shows_written


def _not_a_column(b: Binding, name: ast.Name, scope: Scope) -> Literal | None:
    """What a name that no column has can still be: a string in double quotes, or true or false."""
    if name.quote == '"':
        if not b.strings:
            text = f'no such column: "{name.text}" - should this be a string literal in single-quotes?'
            raise b.fail(text, name)
        names = b.naming()
        if names is not None:
            names.string(name, scope)
        return Literal(name.text, b.start(name), b.end(name))
    if name.quote == "" and fold(name.text) in ("true", "false"):
        return Literal(1 if fold(name.text) == "true" else 0, b.start(name), b.end(name))
    return None


def _unknown_column(b: Binding, node: ast.Column, scope: Scope, ambiguous: bool) -> Error:
    """The error for a name that means no column, or several."""
    parts = [part.text for part in (node.schema, node.table, node.column) if part is not None]
    if ambiguous:
        return b.fail(f"ambiguous column name: {'.'.join(parts)}", node)
    problem = b.fail(f"no such column: {'.'.join(parts)}", node)
    table = None if node.table is None else fold(node.table.text)
    problem.hint = near(node.column.text, visible_names(scope, table))
    if problem.hint is None and node.table is not None and not visible_names(scope, table):
        problem.hint = near(node.table.text, visible_tables(scope))
    return problem
