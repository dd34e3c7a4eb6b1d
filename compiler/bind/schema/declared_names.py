"""The names that statements of the schema give or are about, and those of columns in keys and constraints, for
who asks.

Those in expressions (CHECK, generated columns, DEFAULT, an index's WHERE) are noted as the expressions are bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import Source
from foundrydb.compiler.bind.notes.names import Names, column_text, relation_text
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.schema.objects import Index, Table, View
from foundrydb.compiler.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Sequence


def note_name(b: QueryBinding, kind: str, name: ast.Node, refers: str) -> None:
    """What a statement is about.  kind: ``table``, ``view``, ``index``, ``database`` or ``collation``."""
    names = b.naming()
    if names is not None:
        names.note(kind, name, refers, None)


def note_subject(b: QueryBinding, name: ast.Node, relation: Table | View) -> None:
    """The table or view that a statement is about."""
    kind = "view" if isinstance(relation, View) else "table"
    note_name(b, kind, name, f"{relation.schema}.{relation.name}")


def note_definition(b: QueryBinding, kind: str, name: ast.Node, refers: str) -> None:
    """A name that a statement gives to what it is about."""
    names = b.naming()
    if names is not None:
        names.definition(kind, name, refers, None)


def note_index(b: QueryBinding, statement: ast.CreateIndex, index: Index, source: Source) -> None:
    """The index, its table, and its plain keys."""
    names = b.naming()
    if names is None:
        return
    names.definition("index", statement.name, f"{index.table.schema}.{index.name}", None)
    names.relation("table", statement.table, source, relation_text(source), None)
    _note_keys(names, statement.columns, index.table, source)


def note_table(b: QueryBinding, statement: ast.CreateTable, table: Table, source: Source) -> None:
    """The table, its columns, its constraints and the columns that these are about."""
    names = b.naming()
    if names is None:
        return
    names.definition("table", statement.name, relation_text(source), None)
    for i, column in enumerate(statement.columns):
        names.definition("column", column.name, column_text(source, i), None)
        for own in column.constraints:
            _note_constraint(names, own, table)
    for constraint in statement.constraints:
        _note_constraint(names, constraint, table)
        if isinstance(constraint, (ast.TablePrimaryKey, ast.TableUnique)):
            _note_keys(names, constraint.columns, table, source)
        elif isinstance(constraint, ast.TableForeignKey):
            for name in constraint.columns:
                names.column(name, source, table.column_index(name.text), None)


def _note_constraint(
    names: Names, constraint: ast.ColumnConstraint | ast.TableConstraint, table: Table
) -> None:
    """A constraint's name, and the table and columns that a foreign key refers to, which may not be there yet."""
    given = dict(constraint.fields())["name"]  # every constraint may have one
    if isinstance(given, ast.Name):
        names.definition("constraint", given, given.text, None)
    if isinstance(constraint, ast.ColumnCollate):
        names.note("collation", constraint.collation, constraint.collation.text.upper(), None)
    elif isinstance(constraint, (ast.ColumnReferences, ast.TableForeignKey)):
        parent = constraint.reference
        names.note("table", parent.table, f"{table.schema}.{parent.table.text}", None)
        for name in parent.columns:
            names.note("column", name, f"{table.schema}.{parent.table.text}.{name.text}", None)


def _note_keys(names: Names, terms: Sequence[ast.OrderTerm], table: Table, source: Source) -> None:
    """The columns that are keys by themselves, and their collating sequences."""
    for term in terms:
        expression = term.expression
        while isinstance(expression, ast.Collate):
            names.note("collation", expression.collation, expression.collation.text.upper(), None)
            expression = expression.operand
        text = ""
        if isinstance(expression, ast.String):
            text = expression.value
        elif isinstance(expression, ast.Column) and expression.table is None:
            text = expression.column.text
        column = table.column_index(text)
        if column >= 0:
            names.column(expression, source, column, None)
