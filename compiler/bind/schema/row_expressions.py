"""A table's own expressions (DEFAULT, CHECK, generated columns, index keys and filters), bound to a row of it."""

from __future__ import annotations

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import ROWID, Call, ColumnRef, Expr, Source
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.expressions.calls import Refused
from foundrydb.compiler.bind.from_items import SourceItem
from foundrydb.compiler.bind.properties import walk, with_subtype
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.bind.statements import RowExpressions
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.syntax import ast
from foundrydb.errors import OperationalError, error


def row_expressions(b: Binding, table: Table) -> RowExpressions:
    """The expressions of ``table``, over a new source that stands for the row to be written.

    CHECK and generated columns may ask for its values' subtypes, but not an index, which is told only of stored rows.

    Raises OperationalError for an expression that may not stand in a schema; CREATE TABLE asks for that.
    """
    source = b.table_source(table, table.name)
    keys = [index_keys(b, index, source) for index in table.indexes]
    filters = [index_filter(b, index, source) for index in table.indexes]
    show_subtypes(source)
    defaults, checks, generated = table_expressions(b, table, source)
    return RowExpressions(source, defaults, checks, generated, keys, filters)


def table_expressions(
    b: Binding, table: Table, source: Source
) -> tuple[list[Expr | None], list[tuple[str, Expr]], list[Expr | None]]:
    """The defaults, the checks with their names, and the generated columns of a table, over a row of it."""
    defaults = [_default(b, table, column.default) for column in table.columns]
    checks = [
        (check.name, schema_expression(b, check.expression, source, "CHECK constraints", table.sql))
        for check in table.checks
    ]
    generated: list[Expr | None] = []
    for column in table.columns:
        if column.generated is None:
            generated.append(None)
        else:
            generated.append(schema_expression(b, column.generated, source, "generated columns", table.sql))
    return defaults, checks, generated


def show_subtypes(row: Source) -> None:
    """Let functions ask for the subtypes of a written row's columns from now on."""
    row.columns[:] = [with_subtype(column) for column in row.columns]


def _default(b: Binding, table: Table, default: ast.Expression | None) -> Expr | None:
    """The DEFAULT of a column, whose mistakes are told to those who need it, not before."""
    if default is None:
        return None
    try:
        return schema_expression(b, default, None, "", table.sql)
    except OperationalError as problem:
        return Call(Refused("default", problem.message), [], "BINARY")


def schema_expression(
    b: Binding, syntax: ast.Expression, source: Source | None, prohibited: str, text: str
) -> Expr:
    """An expression of the schema over a row of its table.

    prohibited: what the place is called in the message that something is prohibited there, "" for a DEFAULT.
    text: the SQL of the CREATE statement.
    """
    scope = Scope(None, b.new_source("aggregate", []), None, None)
    scope.prohibited = prohibited
    scope.unchecked = source is None or not b.declaring
    if b.naming() is not None and text == b.text:
        b.open_scope(scope, syntax)
    if source is not None:
        table = source.table
        assert table is not None
        scope.items.append(SourceItem(source, table.name, table.schema, not table.without_rowid))
    return _bound_apart(b, syntax, scope, text, source is not None and source.schema == "temp")


def _bound_apart(b: Binding, syntax: ast.Expression, scope: Scope, text: str, trusted: bool) -> Expr:
    """An expression that is not part of the statement's own text, but of ``text``."""
    own_text, own_spans, own_trust, own_strings = b.text, b.spans, b.trusted, b.strings
    b.text, b.spans = text, (b.declaring or b.only_names) and text == own_text
    b.trusted = trusted
    if not b.only_names:
        b.strings = b.schema_strings or not (b.declaring and scope.prohibited)
    before = len(b.late_errors)
    try:
        bound = bind(b, syntax, scope)
        if len(b.late_errors) == before:
            return bound
        message = b.late_errors[before].message
        del b.late_errors[before:]
        return Call(Refused("row", message), [], "BINARY")
    finally:
        b.text, b.spans, b.trusted = own_text, own_spans, own_trust
        b.strings = own_strings


def index_keys(b: Binding, index: Index, source: Source) -> list[Expr | None]:
    """Per key column of an index, its expression over a row of the table; None for a plain column."""
    out: list[Expr | None] = []
    for column in index.columns:
        if column.expression is None:
            out.append(None)
        else:
            out.append(schema_expression(b, column.expression, source, "index expressions", index.sql or ""))
    return out


def index_filter(b: Binding, index: Index, source: Source) -> Expr | None:
    """The WHERE of a partial index over a row of the table; None for a full index."""
    if index.where is None:
        return None
    return schema_expression(b, index.where, source, "partial index WHERE clauses", index.sql or "")


def row_keys(table: Table, source: Source) -> list[Expr]:
    """What tells a row of ``source`` from all others of the table: its rowid, or its primary key WITHOUT ROWID."""
    if not table.without_rowid:
        return [ColumnRef(source, ROWID)]
    return [ColumnRef(source, column) for column in table.row_key]


def check_row(row: RowExpressions) -> None:
    """Refuse generated columns that depend on one another in a circle."""
    waiting = [i for i, expr in enumerate(row.generated) if expr is not None]
    while waiting:
        stuck = [i for i in waiting if _reads_columns(row.generated[i], waiting)]
        if len(stuck) == len(waiting):
            raise error(f'generated column loop on "{row.source.columns[stuck[-1]].name}"')
        waiting = stuck


def _reads_columns(expr: Expr | None, columns: list[int]) -> bool:
    """Whether an expression reads one of these columns."""
    return expr is not None and any(isinstance(e, ColumnRef) and e.index in columns for e in walk(expr))
