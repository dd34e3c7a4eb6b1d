"""ANALYZE: what it is to look at.

https://sqlite.org/lang_analyze.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.schema.declared_names import note_name, note_subject
from foundrydb.compiler.bind.statements import BoundAnalyze, DatabaseAnalysis, TableAnalysis
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.new_names import unknown_database
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax.source import qualified_text

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.objects import Index, View
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.compiler.syntax import ast


def bind_analyze(b: QueryBinding, statement: ast.Analyze) -> BoundAnalyze:
    """ANALYZE: of everything but temp, a database, a table or an index."""
    name = statement.name
    if name is None:
        databases = [_whole(schema) for schema in b.catalog.schemas if schema is not b.catalog.temp]
    else:
        databases = _named(b, name)
    limit = b.settings.get("analysis_limit")
    enough = limit if isinstance(limit, int) and limit > 0 else None
    return BoundAnalyze(b.nested, b.shared(), databases, enough)


def _named(b: QueryBinding, name: ast.QualifiedName) -> list[DatabaseAnalysis]:
    """What a name means: a database before an index, an index before a table, of a module's own there is nothing."""
    catalog = b.catalog
    text = name.name.text
    given = None if name.schema is None else name.schema.text
    whole = catalog.schema(text) if given is None else None
    if whole is not None:
        note_name(b, "database", name.name, whole.name)
        return [_whole(whole)]
    if name.schema is not None and catalog.schema(name.schema.text) is None:
        raise unknown_database(name.schema)
    index = catalog.find_index(text, given)
    if index is not None:
        note_name(b, "index", name, f"{index.table.schema}.{index.name}")
        return [_of_index(index)]
    relation = catalog.find_relation(text, given)
    if relation is not None:
        note_subject(b, name, relation)
        return [_of_relation(relation)]
    if b.functions.modules.find(text) is not None:
        return []
    raise errors.error(f"no such table: {qualified_text(name)}")


def _whole(schema: Schema) -> DatabaseAnalysis:
    """All tables, the newest first, as in SQLite while there are few: programs look at the rows as they come."""
    tables = [_table(table) for table in reversed(list(schema.tables.values())) if _has_statistics(table)]
    return DatabaseAnalysis(schema.name, None, None, tables)


def _of_relation(relation: Table | View) -> DatabaseAnalysis:
    known = isinstance(relation, Table) and _has_statistics(relation)
    tables = [_table(relation)] if isinstance(relation, Table) and known else []
    return DatabaseAnalysis(relation.schema, relation.name, None, tables)


def _of_index(index: Index) -> DatabaseAnalysis:
    table = index.table
    tables = [TableAnalysis(table, [index], False)] if _has_statistics(table) else []
    return DatabaseAnalysis(table.schema, None, index.statistics_name, tables)


def _table(table: Table) -> TableAnalysis:
    """A table with all its indexes."""
    whole = any([index.where is None for index in table.indexes])
    return TableAnalysis(table, list(table.indexes), not whole)


def _has_statistics(table: Table) -> bool:
    return not table.virtual_module and not fold(table.name).startswith("sqlite_")
