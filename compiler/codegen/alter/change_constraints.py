"""ALTER TABLE ADD CONSTRAINT, DROP CONSTRAINT, and ALTER COLUMN SET or DROP NOT NULL.

A constraint is written into the table's text, or taken out of it with the blanks and comments around it.  A new one is
checked against the rows that there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.binder import bind_check
from foundrydb.compiler.bind.bound import ColumnRef, Expr, IsNull, Source
from foundrydb.compiler.codegen.alter.altered_table import (
    insertion_point,
    parsed_table,
    schema_of,
    table_to_alter,
)
from foundrydb.compiler.codegen.alter.text_edits import replace_text
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_true
from foundrydb.compiler.codegen.expressions.locations import table_columns
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.codegen.schema.schema_rows import begin_change, end_change
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import View
from foundrydb.compiler.schema.statement_text import until_semicolon
from foundrydb.compiler.schema.tables import table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import unquoted
from foundrydb.compiler.syntax.scanner import Token, tokens
from foundrydb.vm.ops import control, cursors
from foundrydb.vm.ops.transactions import ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import Coder
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


@STATEMENTS.entry(ast.AlterAddConstraint)
def code_add_constraint(coder: Coder, statement: ast.AlterAddConstraint, sql: str) -> None:
    """Emit the code of ALTER TABLE ADD [CONSTRAINT name] CHECK."""
    table = _table(coder, statement.table)
    check = statement.constraint
    source, predicate = bind_check(table, check.expression, sql, coder.catalog, coder.functions)
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
    text = f"{table.sql[:at]}, {_written(sql, check.start, check.end)}{table.sql[at:]}"
    _replace(coder, table, text, source, predicate)


@STATEMENTS.entry(ast.AlterDropConstraint)
def code_drop_constraint(coder: Coder, statement: ast.AlterDropConstraint, sql: str) -> None:
    """Emit the code of ALTER TABLE DROP CONSTRAINT."""
    table = _table(coder, statement.table)
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
    _replace(coder, table, _without(table.sql, start, end))


@STATEMENTS.entry(ast.AlterSetNotNull)
def code_set_not_null(coder: Coder, statement: ast.AlterSetNotNull, sql: str) -> None:
    """Emit the code of ALTER TABLE ALTER COLUMN SET NOT NULL."""
    table = _table(coder, statement.table)
    column = _column(table, statement.column)
    text = _nullable(table.sql, column)
    at = insertion_point(text, parsed_table(text).columns[column].end)
    first = next(token for token in tokens(sql) if token.start > statement.column.end and token.kind == "NOT")
    text = f"{text[:at]} {_written(sql, first.start, statement.end)}{text[at:]}"
    source, _ = bind_check(table, None, sql, coder.catalog, coder.functions)
    _replace(coder, table, text, source, IsNull(ColumnRef(source, column), True))


@STATEMENTS.entry(ast.AlterDropNotNull)
def code_drop_not_null(coder: Coder, statement: ast.AlterDropNotNull, sql: str) -> None:
    """Emit the code of ALTER TABLE ALTER COLUMN DROP NOT NULL."""
    table = _table(coder, statement.table)
    column = _column(table, statement.column)
    _replace(coder, table, _nullable(table.sql, column))


def _table(coder: Coder, name: ast.QualifiedName) -> Table:
    schema_name = None if name.schema is None else name.schema.text
    relation = coder.catalog.find_relation(name.name.text, schema_name)
    view = relation.name if isinstance(relation, View) else ""
    refusal = "cannot edit constraints of"
    return table_to_alter(coder, name, f'{refusal} view "{view}"', f'{refusal} virtual table "{{}}"')


def _column(table: Table, name: ast.Name) -> int:
    column = table.column_index(name.text)
    if column < 0:
        raise errors.error(f"no such column: {name.text}")
    return column


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


def _replace(
    coder: Coder, table: Table, text: str, source: Source | None = None, predicate: Expr | None = None
) -> None:
    """Emit the table's new text, and the check that no row makes a predicate over it false."""
    table_from_ast(parsed_table(text), text, table.schema)
    schema = schema_of(coder, table)
    cursor = begin_change(coder, schema)
    if source is not None and predicate is not None:
        rows = open_table(coder, table)
        coder.locations[source] = table_columns(coder, source, rows, table)
        end = coder.label()
        coder.emit(cursors.Rewind(rows, end))
        loop = coder.here()
        fine = coder.label()
        coder.repeats += 1
        jump_if_true(coder, predicate, fine, True)
        coder.emit(control.Halt("SQLITE_CONSTRAINT", "abort", "constraint failed"))
        coder.repeats -= 1
        coder.place(fine)
        coder.emit(cursors.Next(rows, loop))
        coder.place(end)
    replace_text(coder, cursor, "table", table.name, text)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))
