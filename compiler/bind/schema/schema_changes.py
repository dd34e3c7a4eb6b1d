"""CREATE INDEX, REINDEX and CREATE TABLE AS: the statements that change the schema and work on rows.

https://sqlite.org/lang_createindex.html, lang_reindex.html, lang_createtable.html#create_table_as_select_statements
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.bound import BLOB, NONE, Expr
from foundrydb.compiler.bind.from_items import column_ref
from foundrydb.compiler.bind.queries.column_names import unique_names
from foundrydb.compiler.bind.schema.declared_names import note_index, note_name, note_subject
from foundrydb.compiler.bind.schema.row_expressions import index_filter, index_keys
from foundrydb.compiler.bind.statements import (
    BoundCreateIndex,
    BoundCreateTableAs,
    BoundNothing,
    BoundReindex,
    BoundStatement,
    IndexEntries,
)
from foundrydb.compiler.schema.limits import check_keys
from foundrydb.compiler.schema.names import EXPRESSION, fold
from foundrydb.compiler.schema.new_names import (
    check_name,
    exists_already,
    index_schema,
    target_schema,
    unknown_database,
)
from foundrydb.compiler.schema.statement_text import index_text, table_as_text
from foundrydb.compiler.schema.tables import index_from_ast
from foundrydb.compiler.syntax.symbols import KEYWORD_WORDS

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Index, Table
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.compiler.syntax import ast


def bind_create_table_as(b: QueryBinding, statement: ast.CreateTableAs) -> BoundStatement:
    """CREATE TABLE AS."""
    schema = target_schema(b.catalog, statement.name, statement.temporary)
    check_name(statement.name.name.text, b.settings)
    if exists_already(schema, statement.name.name, statement.if_not_exists):
        return BoundNothing(b.nested, b.shared(), schema.name)
    query = b.whole_query(statement.select)
    columns = [(text, column.affinity) for text, column in zip(unique_names(query.declared), query.columns)]
    name = statement.name.name.text
    text = table_as_text(name, columns, frozenset([word.decode() for word in KEYWORD_WORDS]))
    affinities = "".join([BLOB if letter == NONE else letter for _, letter in columns])
    return BoundCreateTableAs(b.nested, b.shared(), name, schema.name, text, affinities, query)


# -- CREATE INDEX -----------------------------------------------------------------------------------------------------


def bind_create_index(b: QueryBinding, statement: ast.CreateIndex) -> BoundStatement:
    """CREATE INDEX."""
    table, schema = _table_of(b, statement)
    name = statement.name.name.text
    check_name(name, b.settings)
    if table.system or fold(table.name).startswith("sqlite_"):
        raise errors.error(f"table {table.name} may not be indexed")
    if table.virtual_module:
        raise errors.error("virtual tables may not be indexed")
    if schema.table(name) is not None or schema.view(name) is not None:
        raise errors.error(f"there is already a table named {name}")
    if schema.index(name) is not None:
        if statement.if_not_exists:
            return BoundNothing(b.nested, b.shared(), schema.name)
        raise errors.error(f"index {name} already exists")
    check_keys(len(statement.columns), b.settings)
    index = index_from_ast(statement, b.text, table)
    for item in index.columns:
        b.require_collation(item.collation)
    b.declaring = True
    entries = _entries(b, index)
    note_index(b, statement, index, entries.source)
    return BoundCreateIndex(b.nested, b.shared(), entries, index_text(statement, b.text))


def _table_of(b: QueryBinding, statement: ast.CreateIndex) -> tuple[Table, Schema]:
    """The table to index, and its schema, in which the index is made too."""
    schema = index_schema(b.catalog, statement)
    text = statement.table.text
    table = schema.table(text)
    if table is not None:
        return table, schema
    if schema.view(text) is not None:
        raise errors.error("views may not be indexed")
    if b.functions.modules.find(text) is not None:
        raise errors.error("virtual tables may not be indexed")
    if schema is b.catalog.temp:
        other = b.catalog.find_table(text)
        if other is not None:
            raise errors.error(f'cannot create a TEMP index on non-TEMP table "{other.name}"')
        raise errors.error(f"no such table: {text}")
    raise b.fail(f"no such table: {schema.name}.{text}", statement.table)


def _entries(b: QueryBinding, index: Index) -> IndexEntries:
    """What goes into an index."""
    table = index.table
    source = b.table_source(table, table.name)
    keys = index_keys(b, index, source)
    where = index_filter(b, index, source)
    entry: list[Expr] = []
    for place, stored in enumerate(index.stored_columns()):
        key = keys[place] if place < len(keys) else None
        if stored.column == EXPRESSION:
            assert key is not None
            entry.append(key)
        else:
            entry.append(column_ref(source, stored.column))
    return IndexEntries(index, source, entry, where)


# -- REINDEX ----------------------------------------------------------------------------------------------------------


def bind_reindex(b: QueryBinding, statement: ast.Reindex) -> BoundReindex:
    """REINDEX: all indexes, those of a collation, of a table, or one."""
    chosen = [
        index for index in _chosen(b, statement) if not index.clustered and not index.table.virtual_module
    ]
    return BoundReindex(b.nested, b.shared(), [_entries(b, index) for index in chosen])


def _chosen(b: QueryBinding, statement: ast.Reindex) -> list[Index]:
    """The indexes that REINDEX means."""
    catalog = b.catalog
    every = [index for schema in catalog.schemas for index in schema.indexes.values()]
    if statement.name is None:
        return every
    text = statement.name.name.text
    schema_name = None if statement.name.schema is None else statement.name.schema.text
    if statement.name.schema is not None and catalog.schema(statement.name.schema.text) is None:
        raise unknown_database(statement.name.schema)
    known = b.collations is not None and text.upper() in b.collations
    if schema_name is None and (known or _is_collation(catalog, text)):
        note_name(b, "collation", statement.name.name, text.upper())
        return [i for i in every if any(fold(item.collation) == fold(text) for item in i.columns)]
    relation = catalog.find_relation(text, schema_name)
    if relation is not None:
        note_subject(b, statement.name, relation)
        return [index for index in every if index.table is relation]
    index = catalog.find_index(text, schema_name)
    if index is None:
        raise errors.error("unable to identify the object to be reindexed")
    note_name(b, "index", statement.name, f"{index.table.schema}.{index.name}")
    return [index]


def _is_collation(catalog: Catalog, name: str) -> bool:
    """Whether a column or an index has a collating sequence of that name, be it there or not."""
    for schema in catalog.schemas:
        for table in schema.tables.values():
            keys = [key.collation for index in table.indexes for key in index.columns]
            if fold(name) in [fold(found) for found in [column.collation for column in table.columns] + keys]:
                return True
    return False
