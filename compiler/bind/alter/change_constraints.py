"""ALTER TABLE ADD CONSTRAINT, DROP CONSTRAINT, and ALTER COLUMN SET or DROP NOT NULL.

A constraint is written into the table's text, or taken out of it with the blanks and comments around it.  A new one is
checked against the rows that there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.alter.altered_table import (
    insertion_point,
    note_altered,
    parsed_table,
    table_to_alter,
)
from foundrydb.compiler.bind.bound import ColumnRef, IsNull
from foundrydb.compiler.bind.schema.row_expressions import schema_expression
from foundrydb.compiler.bind.statements import BoundAlter, RowDemands, RowTest, TextChange
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import View
from foundrydb.compiler.schema.statement_text import until_semicolon
from foundrydb.compiler.schema.tables import table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import unquoted
from foundrydb.compiler.syntax.scanner import Token, tokens
from foundrydb.compiler.syntax.source import written_name

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr, Source
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.objects import Table

_DROPPED = (
    ast.ColumnCheck,
    ast.ColumnNotNull,
    ast.ColumnReferences,
    ast.TableCheck,
    ast.TableForeignKey,
)
"""The constraints that DROP CONSTRAINT takes."""

_KEPT = (ast.ColumnPrimaryKey, ast.ColumnUnique, ast.ColumnNull, ast.TablePrimaryKey, ast.TableUnique)
"""Those that it refuses.  Of what is no constraint (DEFAULT, COLLATE, AS) only the name goes."""


def bind_add_constraint(b: QueryBinding, statement: ast.AlterAddConstraint) -> BoundAlter:
    """ALTER TABLE ADD [CONSTRAINT name] CHECK."""
    table = _table(b, statement.table)
    check = statement.constraint
    b.declaring = True
    source = b.table_source(table, table.name)
    note_altered(b, source, statement.table)
    predicate = schema_expression(b, check.expression, source, "CHECK constraints", b.text)
    listed = tokens(table.sql)
    if check.name is not None and _named(listed, check.name.text) is not None:
        raise errors.error(f"constraint {check.name.text} already exists")
    depth = 0
    at = 0
    for token in listed:
        depth += 1 if token.text == "(" else -1 if token.text == ")" else 0
        if token.text == ")" and depth == 0:
            at = token.start
            break
    text = f"{table.sql[:at]}, {_written(b.text, check.start, check.end)}{table.sql[at:]}"
    action = "ADD CHECK" if check.name is None else f"ADD CONSTRAINT {written_name(check.name.text)}"
    return _changed(b, table, action, text, _demands(table, source, predicate))


def bind_drop_constraint(b: QueryBinding, statement: ast.AlterDropConstraint) -> BoundAlter:
    """ALTER TABLE DROP CONSTRAINT."""
    table = _table(b, statement.table)
    note_altered(b, b.table_source(table, table.name), statement.table)
    name = statement.constraint.text
    listed = tokens(table.sql)
    at = _named(listed, name)
    if at is None:
        raise errors.error(f"no such constraint: {name}")
    start, end = listed[at].start, listed[at + 1].end
    for constraint in _constraints(parsed_table(table.sql)):
        if constraint.start == start:
            if isinstance(constraint, _KEPT):
                raise errors.error(f"constraint may not be dropped: {name}")
            if isinstance(constraint, _DROPPED):
                end = _end(constraint)
    return _changed(b, table, f"DROP CONSTRAINT {written_name(name)}", _without(table.sql, start, end))


def bind_set_not_null(b: QueryBinding, statement: ast.AlterSetNotNull) -> BoundAlter:
    """ALTER TABLE ALTER COLUMN SET NOT NULL."""
    table = _table(b, statement.table)
    column, source = _column(b, table, statement)
    text = _nullable(table.sql, column)
    at = insertion_point(text, parsed_table(text).columns[column].end)
    first = next(
        token for token in tokens(b.text) if token.start > statement.column.end and token.kind == "NOT"
    )
    text = f"{text[:at]} {_written(b.text, first.start, statement.end)}{text[at:]}"
    demands = _demands(table, source, IsNull(ColumnRef(source, column), True))
    return _changed(b, table, f"{_altering(table, column)} SET NOT NULL", text, demands)


def bind_drop_not_null(b: QueryBinding, statement: ast.AlterDropNotNull) -> BoundAlter:
    """ALTER TABLE ALTER COLUMN DROP NOT NULL."""
    table = _table(b, statement.table)
    column, _ = _column(b, table, statement)
    return _changed(b, table, f"{_altering(table, column)} DROP NOT NULL", _nullable(table.sql, column))


def _altering(table: Table, column: int) -> str:
    return f"ALTER COLUMN {written_name(table.columns[column].name)}"


def _table(b: QueryBinding, name: ast.QualifiedName) -> Table:
    schema_name = None if name.schema is None else name.schema.text
    relation = b.catalog.find_relation(name.name.text, schema_name)
    view = relation.name if isinstance(relation, View) else ""
    refusal = "cannot edit constraints of"
    return table_to_alter(b, name, f'{refusal} view "{view}"', f'{refusal} virtual table "{{}}"')


def _column(
    b: QueryBinding, table: Table, statement: ast.AlterSetNotNull | ast.AlterDropNotNull
) -> tuple[int, Source]:
    """The column that a statement names, and the rows that it is a column of."""
    column = table.column_index(statement.column.text)
    if column < 0:
        raise errors.error(f"no such column: {statement.column.text}")
    source = b.table_source(table, table.name)
    note_altered(b, source, statement.table, statement.column)
    return column, source


def _nullable(text: str, column: int) -> str:
    """The text of a table without the first NOT NULL of a column."""
    for constraint in parsed_table(text).columns[column].constraints:
        if isinstance(constraint, ast.ColumnNotNull):
            return _without(text, constraint.start, constraint.end)
    return text


def _constraints(syntax: ast.CreateTable) -> list[ast.ColumnConstraint | ast.TableConstraint]:
    """All constraints of a table, those of columns first."""
    out: list[ast.ColumnConstraint | ast.TableConstraint] = []
    for definition in syntax.columns:
        out.extend(definition.constraints)
    out.extend(syntax.constraints)
    return out


def _end(constraint: ast.ColumnConstraint | ast.TableConstraint) -> int:
    """Where a constraint ends; DEFERRABLE belongs to the REFERENCES before it."""
    if isinstance(constraint, ast.ColumnReferences):
        return max(constraint.end, constraint.reference.end)
    return constraint.end


def _named(listed: list[Token], name: str) -> int | None:
    """The place of the CONSTRAINT that gives that name, among the tokens of a table's text."""
    for i, token in enumerate(listed[:-1]):
        if token.kind == "CONSTRAINT":
            word = listed[i + 1].text
            if fold(unquoted(word) if word[0] in "\"'`[" else word) == fold(name):
                return i
    return None


def _without(text: str, start: int, end: int) -> str:
    """A text without what stands from ``start`` to ``end``, a comma before that, and blanks and comments around."""
    listed = tokens(text)
    before = [token for token in listed if token.end <= start]
    after = next(token for token in listed if token.start >= end)
    ends = after.text in (",", ")")
    last = before[-2] if ends and before[-1].text == "," else before[-1]
    return text[: last.end] + ("" if ends else " ") + text[after.start :]


def _written(sql: str, start: int, end: int) -> str:
    """What a statement says from ``start`` on, without the blanks and line comments at its end."""
    text = sql[start : until_semicolon(sql, end)].rstrip()
    listed = sql[end : start + len(text)]
    comment = listed.find("--")
    return text if comment < 0 else text[: end - start + comment].rstrip()


def _demands(table: Table, source: Source, predicate: Expr) -> RowDemands:
    return RowDemands(source, table, "", [RowTest(predicate, None, "SQLITE_CONSTRAINT", "constraint failed")])


def _changed(
    b: QueryBinding, table: Table, action: str, text: str, demands: RowDemands | None = None
) -> BoundAlter:
    """The statement that gives the table a new text, which has to make sense."""
    table_from_ast(parsed_table(text), text, table.schema)
    changes = [TextChange(table.schema, "table", table.name, text)]
    return BoundAlter(b.nested, b.shared(), table, action, changes, demands, None, None, False)
