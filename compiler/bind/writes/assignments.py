"""SET: the assignments of UPDATE and of ON CONFLICT DO UPDATE."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import ROWID, Expr, RowValue, ScalarQuery
from foundrydb.compiler.bind.expressions.binders import bind, bind_operand
from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.bind.notes.authorization import UPDATE, Authorization
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.schema.limits import check_columns
from foundrydb.compiler.schema.names import ROWID_NAMES, fold
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast


def assignments(
    b: QueryBinding, syntax: tuple[ast.Assignment, ...], table: Table, scope: Scope
) -> list[tuple[int, Expr]]:
    """SET: pairs of column (or ROWID) and new value; a later one replaces an earlier one of the same column."""
    check_columns(sum(len(assignment.columns) for assignment in syntax), "set list")
    out: list[tuple[int, Expr]] = []
    for assignment in syntax:
        values = _values_of(b, assignment, scope)
        for name, value in zip(assignment.columns, values):
            column = _set_column(b, name, table)
            names = b.naming()
            if names is not None:
                names.column(name, scope.items[0].sources()[0], column, scope)
            if b.authorization is not None and not _may_set(b.authorization, table, column):
                continue
            out = [pair for pair in out if pair[0] != column]
            out.append((column, value))
    return out


def _may_set(authorization: Authorization, table: Table, column: int) -> bool:
    """Whether the authorizer lets a column be changed; False where it is to stay as it is."""
    index = table.rowid_alias if column == ROWID else column
    name = table.columns[index].name if index >= 0 else "ROWID"
    return authorization.allows(UPDATE, table.name, name, table.schema)


def _values_of(b: QueryBinding, assignment: ast.Assignment, scope: Scope) -> list[Expr]:
    """The values that one assignment gives to its columns."""
    if not assignment.is_row:
        return [bind(b, assignment.value, scope)]
    value = bind_operand(b, assignment.value, scope)
    values = value.items if isinstance(value, RowValue) else [value]
    count = len(assignment.columns)
    if len(values) != count:
        raise b.fail(f"{count} columns assigned {len(values)} values", assignment.value)
    if count > 1 or isinstance(value, (RowValue, ScalarQuery)):
        return list(values)
    return [value]


def _set_column(b: QueryBinding, name: ast.Name, table: Table) -> int:
    """The column that SET names: its index, ROWID for the rowid and for an INTEGER PRIMARY KEY."""
    index = table.column_index(name.text)
    if index < 0:
        if fold(name.text) in ROWID_NAMES and not table.without_rowid:
            return ROWID
        problem = b.fail(f"no such column: {name.text}", name)
        problem.hint = near(name.text, [column.name for column in table.columns])
        raise problem
    if table.columns[index].generated is not None:
        raise b.fail(f'cannot UPDATE generated column "{table.columns[index].name}"', name)
    return ROWID if index == table.rowid_alias else index
