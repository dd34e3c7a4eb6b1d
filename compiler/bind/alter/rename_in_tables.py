"""The names in the texts of tables and indexes that ALTER TABLE rewrites; ``rename_in_dependents`` does it for others.

Names in expressions are looked up as always, so that what is rewritten is what is meant; those of keys and foreign keys
are compared.  Before a column changes its name or goes, C SQLite writes every string in double quotes with single ones:
otherwise it could become a column, or a column could become a string.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.alter.altered_table import parsed_index, parsed_table, wrong_object
from foundrydb.compiler.bind.alter.text_edits import Edits
from foundrydb.compiler.bind.binder import index_names, table_names
from foundrydb.compiler.bind.statements import TextChange
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import without_collate

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.uses import NameUses
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.objects import Index, Table


def rename_table_in_tables(
    b: QueryBinding, table: Table, new_name: str, qualifiers: bool, parents: bool
) -> list[TextChange]:
    """The texts of tables and indexes with a table's new name.

    qualifiers: whether the name before a column follows; parents: whether that of a foreign key's parent does.
    """
    changes: list[TextChange] = []
    schema = b.catalog.schema(table.schema)
    assert schema is not None
    for each in schema.tables.values():
        if each is not table and not (parents and _refers(each, table)):
            continue
        edits = Edits(each.sql, new_name, True)
        syntax = parsed_table(each.sql)
        for reference in _references(syntax, table) if parents else []:
            edits.add(reference.table)
        if each is table:
            edits.add(syntax.name.name)
            _add_qualifiers(edits, _uses_of_table(b, each), qualifiers)
        changes.append(TextChange(schema.name, "table", each.name, edits.apply()))
    for index in table.indexes:
        if index.sql is not None:
            edits = Edits(index.sql, new_name, True)
            edits.add(parsed_index(index.sql).table)
            _add_qualifiers(edits, _uses_of_index(b, index), qualifiers)
            changes.append(TextChange(schema.name, "index", index.name, edits.apply()))
    return changes


def rename_column_in_tables(
    b: QueryBinding, table: Table, column: int, new_name: str, quoted: bool
) -> list[TextChange]:
    """The texts of tables and indexes with a column's new name; strings in double quotes get single ones.

    column: -1 where none is renamed.
    """
    changes: list[TextChange] = []
    for schema in b.catalog.seeing(table.schema):
        for each in schema.tables.values():
            if each.virtual_module:
                continue
            if each is table or '"' in each.sql or _refers(each, table):
                edits = Edits(each.sql, new_name, quoted)
                _column_in_table(b, edits, each, table, column)
                if edits.is_change():
                    changes.append(TextChange(schema.name, "table", each.name, edits.apply()))
            for index in reversed(each.indexes):
                if index.sql is not None and (each is table or '"' in index.sql):
                    edits = Edits(index.sql, new_name, quoted)
                    _column_in_index(b, edits, index, column if each is table else -1)
                    if edits.is_change():
                        changes.append(TextChange(schema.name, "index", index.name, edits.apply()))
    return changes


def _column_in_table(b: QueryBinding, edits: Edits, each: Table, table: Table, column: int) -> None:
    """Note where a CREATE TABLE names the column: in its definition, keys, expressions and foreign keys."""
    syntax = parsed_table(each.sql)
    uses = _uses_of_table(b, each)
    _add_strings(edits, uses, syntax)
    if column < 0:
        return
    wanted = fold(table.columns[column].name)
    for reference in _references(syntax, table):
        _add_named(edits, reference.columns, wanted)
    if each is not table:
        return
    edits.add(syntax.columns[column].name)
    for name in uses.of_column(table, column):
        edits.add(name)
    for constraint in syntax.constraints:
        if isinstance(constraint, (ast.TablePrimaryKey, ast.TableUnique)):
            _add_named(edits, tuple([_key_name(term) for term in constraint.columns]), wanted)
        elif isinstance(constraint, ast.TableForeignKey):
            _add_named(edits, constraint.columns, wanted)


def _column_in_index(b: QueryBinding, edits: Edits, index: Index, column: int) -> None:
    """Note where a CREATE INDEX names the column."""
    assert index.sql is not None
    syntax = parsed_index(index.sql)
    uses = _uses_of_index(b, index)
    _add_strings(edits, uses, syntax)
    if column < 0:
        return
    for name in uses.of_column(index.table, column):
        edits.add(name)
    for term, key in zip(syntax.columns, index.columns):
        if key.column == column:
            edits.add(_key_name(term))
        elif isinstance(key.expression, ast.Column) and key.expression.column in uses.strings:
            problem = errors.error(f"no such column: {key.expression.column.text}")
            raise wrong_object("index", index.name, "", problem)


def _uses_of_table(b: QueryBinding, table: Table) -> NameUses:
    try:
        return table_names(table, b.catalog, b.functions)
    except errors.OperationalError as problem:
        raise wrong_object("table", table.name, "", problem) from problem


def _uses_of_index(b: QueryBinding, index: Index) -> NameUses:
    try:
        return index_names(index, b.catalog, b.functions)
    except errors.OperationalError as problem:
        raise wrong_object("index", index.name, "", problem) from problem


def _refers(child: Table, parent: Table) -> bool:
    """Whether a table has a foreign key to another one."""
    wanted = fold(parent.name)
    return any([fold(key.reference.table.text) == wanted for key in child.foreign_keys])


def _references(syntax: ast.CreateTable, parent: Table) -> list[ast.ForeignKeyReference]:
    """The clauses of a CREATE TABLE that refer to a table."""
    wanted = fold(parent.name)
    return [
        node
        for node in ast.walk(syntax)
        if isinstance(node, ast.ForeignKeyReference) and fold(node.table.text) == wanted
    ]


def _key_name(term: ast.OrderTerm) -> ast.Name:
    """The name of the column that is a term of a key; a string can be one."""
    expression = without_collate(term.expression)
    if isinstance(expression, ast.String):
        return ast.Name(expression.start, expression.end, expression.value, "'")
    assert isinstance(expression, ast.Column)
    return expression.column


def _add_qualifiers(edits: Edits, uses: NameUses, wanted: bool) -> None:
    for node, _, _ in uses.columns if wanted else []:
        if node.table is not None:
            edits.add(node.table)


def _add_named(edits: Edits, names: tuple[ast.Name, ...], wanted: str) -> None:
    for name in names:
        if fold(name.text) == wanted:
            edits.add(name)


def _add_strings(edits: Edits, uses: NameUses, syntax: ast.Statement) -> None:
    """Note the strings in double quotes; a DEFAULT has them without parentheses."""
    for name in uses.strings:
        edits.add_string(name)
    for node in ast.walk(syntax):
        if isinstance(node, ast.ColumnDefault) and isinstance(node.value, ast.Word):
            if node.value.name.quote == '"':
                edits.add_string(node.value.name)
