"""The rows of sqlite_schema to a ``Schema``, and the rows of sqlite_stat1 to its statistics.

Reading never runs anything: triggers, virtual tables and whatever else later stages refuse are loaded like all
the rest.  What cannot be understood is SQLite's error ``malformed database schema (name) - reason``.
https://sqlite.org/schematab.html, https://sqlite.org/fileformat2.html#the_sqlite_stat1_table
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Table, Trigger, View
from foundrydb.compiler.schema.schema import RowReader, Schema, SchemaRow
from foundrydb.compiler.schema.tables import index_from_ast, table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.errors import DatabaseError, Error, error
from foundrydb.storage.format.values import Value

LARGE: Final = 64
"""So many rows make a schema that is read table by table.

A smaller one is read at once, so that a damaged row is found as early as C SQLite finds it.
"""


PARSED_STATEMENTS: Final = 64
PARSED_LENGTH: Final = 1000
"""So many statements of schemas are kept parsed, none of them longer than that."""

_PARSED: Final[dict[str, ast.Statement]] = {}
"""By their texts: who attaches a file again and again, or opens one for each request, meets the same ones."""

MOST_ROWS: Final = 1e18
"""What a count of rows may say: more, in statistics that somebody wrote, would be infinite to reckon with."""


@final
class Loading:
    """Fills a schema anew from all rows of its sqlite_schema, given one by one in rowid order.

    ``add`` and ``end`` raise DatabaseError (SQLITE_CORRUPT) for a row that does not make sense.
    """

    def __init__(self, schema: Schema) -> None:
        schema.clear()
        self._schema: Final = schema
        # The rows so far, as long as the schema is not a large one.
        self._first: list[tuple[Value, Value, Value, Value, Value]] = []
        self._large = False

    def add(self, row: tuple[Value, Value, Value, Value, Value]) -> None:
        """Take the next row: type, name, tbl_name, rootpage, sql."""
        if self._large:
            self._wait(row)
            return
        self._first.append(row)
        if len(self._first) == LARGE:
            self._large = True
            self._schema.reader = SchemaReader()
            for early in self._first:
                self._wait(early)
            self._first = []

    def _wait(self, row: tuple[Value, Value, Value, Value, Value]) -> None:
        """Let a row wait until somebody asks for the table that it belongs to."""
        checked = _checked(row[1], row[3], row[4])
        table = row[2]
        self._schema.wait(checked, table if isinstance(table, str) else checked.name)

    def end(self) -> None:
        """There are no more rows."""
        for row in self._first:
            load_row(self._schema, row[1], row[3], row[4])

    def rows(self) -> list[tuple[Value, Value, Value, Value, Value]] | None:
        """All rows; None of a large schema."""
        return None if self._large else self._first


def load_schema(schema: Schema, rows: list[tuple[Value, Value, Value, Value, Value]]) -> None:
    """Fill ``schema`` anew from all rows of its sqlite_schema; see ``Loading``."""
    loading = Loading(schema)
    for row in rows:
        loading.add(row)
    loading.end()


def load_row(schema: Schema, name: Value, root_page: Value, sql: Value) -> None:
    """Add one row of sqlite_schema (``Loading`` tells the errors)."""
    _read(schema, _checked(name, root_page, sql))


def _checked(name: Value, root_page: Value, sql: Value) -> SchemaRow:
    """A row that may be one of a schema, as far as can be seen without parsing it."""
    label = name if isinstance(name, str) else "?"
    if not isinstance(root_page, int) and root_page is not None:
        raise malformed(label, "")
    root = root_page if isinstance(root_page, int) else 0
    if isinstance(sql, str) and sql[:2].lower() == "cr":
        return SchemaRow(label, root, sql)
    if not isinstance(name, str) or sql:
        raise malformed(label, "")
    return SchemaRow(label, root, None)


def _read(schema: Schema, row: SchemaRow) -> None:
    if row.sql is not None:
        try:
            _declare(schema, row.sql, row.root_page)
        except Error as problem:
            raise malformed(row.name, problem.message) from problem
        return
    index = schema.index(row.name)
    if index is None:
        raise malformed(row.name, "orphan index")
    if row.root_page < 2:
        raise malformed(row.name, "invalid rootpage")
    index.root_page = row.root_page


@final
class SchemaReader(RowReader):
    """Reads the rows of a large schema when they are needed, and gives each table its statistics then."""

    def __init__(self) -> None:
        self.statistics: Final[dict[str, list[tuple[Value, Value, Value]]]] = {}

    def read(self, schema: Schema, row: SchemaRow) -> None:
        _read(schema, row)

    def finish(self, schema: Schema, table: str) -> None:
        for row in self.statistics.pop(table, []):
            _take_statistics(schema, row)


def malformed(name: str, reason: str) -> DatabaseError:
    """SQLite's error for a schema row that it cannot use."""
    text = f"malformed database schema ({name})" + (f" - {reason}" if reason else "")
    problem = error(text, "SQLITE_CORRUPT")
    assert isinstance(problem, DatabaseError)
    return problem


def _declare(schema: Schema, sql: str, root: int) -> None:
    """Run a CREATE statement of the schema against the catalog."""
    statement = _parsed(sql)
    if isinstance(statement, ast.CreateTable):
        if root < 1:
            raise error("invalid rootpage")
        table = table_from_ast(statement, sql, schema.name, root, schema.format)
        schema.declare(table)
        for index in table.indexes:
            schema.declare(index)
    elif isinstance(statement, ast.CreateIndex):
        _declare_index(schema, statement, sql, root)
    elif isinstance(statement, ast.CreateView):
        columns = [column.text for column in statement.columns]
        name = statement.name.name.text
        schema.declare(View(name, schema.name, sql, columns, statement.select))
    elif isinstance(statement, ast.CreateTrigger):
        _declare_trigger(schema, statement, sql)
    elif isinstance(statement, ast.CreateVirtualTable):
        name = statement.name.name.text
        table = Table(name, schema.name, 0, sql)
        table.virtual_module = statement.module.text
        schema.declare(table)
    else:
        raise error("not a schema statement")


def _parsed(sql: str) -> ast.Statement | None:
    """The statement that a row of the schema has."""
    known = _PARSED.get(sql)
    if known is not None:
        return known
    statement, _ = parse_one(sql, 0, True)
    if statement is not None and len(sql) <= PARSED_LENGTH:
        if len(_PARSED) >= PARSED_STATEMENTS:
            _PARSED.clear()
        _PARSED[sql] = statement
    return statement


def _declare_index(schema: Schema, statement: ast.CreateIndex, sql: str, root: int) -> None:
    table = schema.table(statement.table.text)
    if table is None or table.system:
        raise error(f"no such table: {schema.name}.{statement.table.text}")
    if root < 2:
        raise error("invalid rootpage")
    index = index_from_ast(statement, sql, table, root)
    schema.declare(index)
    table.add_index(index)


def _declare_trigger(schema: Schema, statement: ast.CreateTrigger, sql: str) -> None:
    name = statement.name.name.text
    target = statement.table
    table_schema = "" if schema.name == "temp" else schema.name
    if target.schema is not None:
        table_schema = target.schema.text
    schema.declare(Trigger(name, schema.name, target.name.text, table_schema, sql, statement))


def load_statistics(schema: Schema, rows: list[tuple[Value, Value, Value]]) -> None:
    """Take in all rows of sqlite_stat1 (tbl, idx, stat); rows that make no sense are passed over, as SQLite does."""
    schema.forget_statistics()
    reader = schema.reader
    if isinstance(reader, SchemaReader):
        reader.statistics.clear()
    for row in rows:
        name = row[0]
        if isinstance(name, str) and isinstance(reader, SchemaReader) and schema.waits(name):
            reader.statistics.setdefault(fold(name), []).append(row)
        else:
            _take_statistics(schema, row)


def _take_statistics(schema: Schema, row: tuple[Value, Value, Value]) -> None:
    table_name, index_name, stat = row
    if not isinstance(table_name, str) or not isinstance(stat, str):
        return
    table = schema.table(table_name)
    if table is None or table.system:
        return
    if index_name is None:
        numbers = _numbers(stat)
        if numbers:
            table.analyzed_rows = numbers[0]
    elif isinstance(index_name, str):
        _index_statistics(table, index_name, stat)


def _index_statistics(table: Table, name: str, stat: str) -> None:
    index = table.find_index(name)
    if index is None and fold(name) == fold(table.name):
        index = table.clustered_index()
    numbers = _numbers(stat)
    if index is None or not numbers:
        return
    index.averages = numbers
    for word in stat.split():
        if word.startswith("unordered"):
            index.unordered = True
        elif word.startswith("noskipscan"):
            index.no_skip_scan = True
    if index.where is None:
        table.analyzed_rows = numbers[0]


def _numbers(stat: str) -> list[float]:
    """The leading integers of a stat1 text."""
    out: list[float] = []
    for word in stat.split():
        if not (word.isascii() and word.isdigit()):
            break
        out.append(min(float(word), MOST_ROWS))
    return out
