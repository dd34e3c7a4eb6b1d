"""The catalog: what the schema of every attached database says, in typed form.

A ``Catalog`` is an ordered list of schemas (``main``, ``temp``, then attached ones); a ``Schema`` holds tables,
views, indexes and triggers by name.  ``resolve.load`` fills one from the rows of ``sqlite_schema``, and
``resolve.tables`` makes a ``Table`` of a CREATE TABLE statement.  Names compare without regard to the case of ASCII
letters (``fold``).

Two numberings of a table's columns matter.  A column's *index* is its place in CREATE TABLE.  Its *position* is its
place in the stored record (``Table.positions``): virtual generated columns are not stored, and a WITHOUT ROWID
table stores its primary key first.  The schema table: https://sqlite.org/schematab.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, final

from mypy_extensions import mypyc_attr

from foundrydb.compiler.schema.watch import Watch
from foundrydb.compiler.trees.fields import Outside
from foundrydb.errors import Error

if TYPE_CHECKING:
    from foundrydb.compiler.schema.samples import Samples
    from foundrydb.compiler.syntax import ast
    from foundrydb.storage.format.values import Value

ROWID: Final = -1
"""As the column of an IndexColumn: the table's rowid."""

EXPRESSION: Final = -2
"""As the column of an IndexColumn: an expression."""

ROWID_NAMES: Final = ("rowid", "oid", "_rowid_")

SCHEMA_TABLE_NAMES: Final = ("sqlite_schema", "sqlite_master")
NEWEST_FORMAT: Final = 4
"""The schema format from which on DESC in an index has an effect; there is no later one."""

TEMP_SCHEMA_TABLE_NAMES: Final = ("sqlite_temp_schema", "sqlite_temp_master")

DEFAULT_ROWS: Final = 1048576
"""How many rows a table is thought to have when nothing is known of it."""

STALE: Final = 2.0
"""How many times its rows a table must gain or lose before its indexes are looked at anew."""

_UPPER: Final = {c: c + 32 for c in range(65, 91)}


def fold(name: str) -> str:
    """The form in which two names are compared: ASCII letters made small, nothing else changed."""
    return name.lower() if name.isascii() else name.translate(_UPPER)


@final
class Column:
    """A column of a table.

    Attributes:
        name: as declared.
        declared_type: the text of the type, "" for none (without GENERATED ALWAYS, which SQLite strips).
        standard: whether the type is written as nothing but one of the types of STRICT tables.
        affinity: a letter of ``resolve.bound``.
        collation: the name of the collating sequence, ``BINARY`` by default.
        not_null: whether NULL is refused (a PRIMARY KEY of a WITHOUT ROWID table included).
        not_null_conflict: its ON CONFLICT clause, "" for none.
        default: the DEFAULT's expression, None for none.
        default_text: the DEFAULT as PRAGMA table_info shows it, None for none.
        primary_key: the place within the primary key, from 1; 0 outside it.
        generated: the expression of a generated column, None otherwise.
        stored: false for a VIRTUAL generated column: it has no place in the record.
        hidden: a hidden column of a virtual table or table-valued function.
    """

    def __init__(
        self,
        name: str,
        declared_type: str = "",
        affinity: str = "A",
        collation: str = "BINARY",
        not_null: bool = False,
        not_null_conflict: str = "",
        default: ast.Expression | None = None,
        default_text: str | None = None,
        generated: ast.Expression | None = None,
        stored: bool = True,
        hidden: bool = False,
        standard: bool = False,
    ) -> None:
        self.name: Final = name
        self.standard: Final = standard
        self.declared_type: Final = declared_type
        self.affinity: Final = affinity
        self.collation = collation
        self.not_null = not_null
        self.not_null_conflict = not_null_conflict
        self.default: Final = default
        self.default_text: Final = default_text
        self.primary_key = 0
        self.generated: Final = generated
        self.stored: Final = stored
        self.hidden: Final = hidden

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {self.declared_type!r})"

    def __reduce__(self) -> tuple[object, ...]:
        arguments = (
            self.name,
            self.declared_type,
            self.affinity,
            self.collation,
            self.not_null,
            self.not_null_conflict,
            self.default,
            self.default_text,
            self.generated,
            self.stored,
            self.hidden,
            self.standard,
        )
        return Column, arguments, {"primary_key": self.primary_key}


@final
class IndexColumn:
    """One column of an index.

    Attributes:
        column: the index of the table's column, ``ROWID`` or ``EXPRESSION``.
        expression: the expression of an index on one, None otherwise.
        collation: the name of the sequence in which the index keeps it.
        descending: whether it is kept in descending order.
    """

    def __init__(
        self, column: int, expression: ast.Expression | None, collation: str, descending: bool
    ) -> None:
        self.column: Final = column
        self.expression: Final = expression
        self.collation: Final = collation
        self.descending: Final = descending

    def __reduce__(self) -> tuple[object, ...]:
        return IndexColumn, (self.column, self.expression, self.collation, self.descending)


@final
class Index(Outside):
    """An index: the B-tree that CREATE INDEX, UNIQUE or PRIMARY KEY made.

    Attributes:
        columns: the key columns as declared.
        suffix: what each entry stores after them: the rowid, or the missing columns of the primary key; all other
            columns for the PRIMARY KEY of a WITHOUT ROWID table.
        unique: whether two entries may not have the same key.
        origin: ``c`` (CREATE INDEX), ``u`` (UNIQUE) or ``pk`` (PRIMARY KEY), as PRAGMA index_list says.
        conflict: the ON CONFLICT clause of its constraint, "" for none.
        clustered: it is the WITHOUT ROWID table itself: same root page.
        where: the condition of a partial index, None otherwise.
        sql: the CREATE INDEX text, None for an automatic index.
        root_page: 0 until it is known.
        averages: from sqlite_stat1: rows, then the average number of rows that agree in the first 1, 2, … key
            columns; empty when not analyzed.
        samples: from sqlite_stat4; None where there are none, or where nobody has asked for them yet.
        samples_known: whether they were asked for.
        sampled: what ``averages`` would say, estimated from the index itself when the table had ``sampled_rows`` rows
            (-1: not yet).
        nearness: the share of neighbouring entries whose rows are neighbours in the table, estimated when the table
            had ``nearness_rows`` rows (-1: not yet).
        unordered: sqlite_stat1 says not to use the index for ranges or sorting.
        no_skip_scan: sqlite_stat1 says not to skip over leading columns.
        is_narrow: whether the planner takes an entry for smaller than a row of the table; None until it asks.
    """

    def __init__(
        self,
        name: str,
        table: Table,
        columns: list[IndexColumn],
        unique: bool,
        origin: str,
        conflict: str = "",
        where: ast.Expression | None = None,
        sql: str | None = None,
        root_page: int = 0,
        clustered: bool = False,
    ) -> None:
        self.name: Final = name
        self.table: Final = table
        self.columns: Final = columns
        self.suffix: list[IndexColumn] = []
        self.unique: Final = unique
        self.origin = origin
        self.conflict = conflict
        self.where: Final = where
        self.sql: Final = sql
        self.root_page = root_page
        self.clustered: Final = clustered
        self.averages: list[float] = []
        self.samples: Samples | None = None
        self.samples_known = False
        self.sampled: list[float] = []
        self.sampled_rows = -1.0
        self.nearness = 0.0
        self.nearness_rows = -1.0
        self.unordered = False
        self.no_skip_scan = False
        self.is_narrow: bool | None = None

    def forget_statistics(self) -> None:
        """Forget what ANALYZE found."""
        self.averages = []
        self.samples = None
        self.samples_known = False
        self.unordered = False
        self.no_skip_scan = False

    def stored_columns(self) -> list[IndexColumn]:
        """Every column of an entry, in order."""
        return self.columns + self.suffix

    def position(self, column: int) -> int:
        """Where an entry stores the table's column (or ROWID) unchanged; -1 when it does not."""
        alias = self.table.rowid_alias
        wanted = ROWID if column == alias and alias >= 0 else column
        for i, item in enumerate(self.stored_columns()):
            if item.column == wanted or (wanted == ROWID and alias >= 0 and item.column == alias):
                return i
        return -1

    def identity(self) -> tuple[object, ...]:
        return (*self.table.identity(), self.name, self.root_page)

    def __reduce__(self) -> tuple[object, ...]:
        key = (self.name, self.table, self.columns, self.unique, self.origin, self.conflict)
        state = {"suffix": self.suffix, "averages": self.averages}
        return Index, (*key, self.where, self.sql, self.root_page, self.clustered), state

    def __repr__(self) -> str:
        return f"Index({self.name!r} on {self.table.name!r})"


@final
class Check:
    """A CHECK: its name or, without one, its text (the error message shows it), and its expression."""

    def __init__(self, name: str, expression: ast.Expression) -> None:
        self.name: Final = name
        self.expression: Final = expression

    def __reduce__(self) -> tuple[object, ...]:
        return Check, (self.name, self.expression)


@final
class ForeignKey:
    """A foreign key: the indexes of its columns, and what they refer to."""

    def __init__(self, columns: list[int], reference: ast.ForeignKeyReference) -> None:
        self.columns: Final = columns
        self.reference: Final = reference

    def __reduce__(self) -> tuple[object, ...]:
        return ForeignKey, (self.columns, self.reference)


@final
class Table(Outside):
    """A table.

    Attributes:
        name: as declared.
        schema: the schema's name.
        root_page: of the B-tree, 0 until it is known.
        sql: the CREATE TABLE text ("" for the schema table).
        columns: in the order of CREATE TABLE.
        rowid_alias: the index of the INTEGER PRIMARY KEY column, -1 for none.
        rowid_conflict: the ON CONFLICT clause of that key, "" for none.
        format: the schema format of its file.
        without_rowid, strict, autoincrement: the options.
        primary_key: the columns of PRIMARY KEY, in order.
        indexes: in SQLite's order: the newest first, those with ON CONFLICT REPLACE after all others.
        row_key: the columns of the key of a WITHOUT ROWID table's B-tree, where one may stand twice, under two
            collations.
        record: the columns in the order of the stored record; what stands twice in the key does here too.
        positions: per column, its (first) place in the record, -1 for a column that is not stored.  An INTEGER
            PRIMARY KEY has a place too, which holds NULL.
        virtual_module: the module of a virtual table, "" for a real one.
        system: the schema table and other tables that statements may not write.
        analyzed_rows: the row count in sqlite_stat1, -1 when not analyzed.
    """

    def __init__(self, name: str, schema: str, root_page: int = 0, sql: str = "") -> None:
        self.name: Final = name
        self.schema: Final = schema
        self.root_page = root_page
        self.sql: Final = sql
        self.columns: list[Column] = []
        self.rowid_alias = -1
        self.rowid_conflict = ""
        self.format = NEWEST_FORMAT
        self.without_rowid = False
        self.strict = False
        self.autoincrement = False
        self.primary_key: list[int] = []
        self.checks: list[Check] = []
        self.indexes: list[Index] = []
        self.foreign_keys: list[ForeignKey] = []
        self.row_key: list[int] = []
        self.record: list[int] = []
        self.positions: list[int] = []
        self.virtual_module = ""
        self.system = False
        self.analyzed_rows = -1.0
        self._by_name: dict[str, int] = {}

    def add_column(self, column: Column) -> None:
        """Append a column (its name must be new)."""
        self._by_name[fold(column.name)] = len(self.columns)
        self.columns.append(column)

    def column_index(self, name: str) -> int:
        """The index of the column of that name, -1 for none; names of the rowid are not columns."""
        return self._by_name.get(fold(name), -1)

    def clustered_index(self) -> Index | None:
        """The PRIMARY KEY of a WITHOUT ROWID table, which is its B-tree; None for other tables."""
        for index in self.indexes:
            if index.clustered:
                return index
        return None

    def find_index(self, name: str) -> Index | None:
        """The index of that name, None for none."""
        key = fold(name)
        for index in self.indexes:
            if fold(index.name) == key:
                return index
        return None

    def add_index(self, index: Index) -> None:
        """Put an index at its place in ``indexes``."""
        if index.conflict == "REPLACE":
            self.indexes.append(index)
        else:
            self.indexes.insert(0, index)
            self._replace_last()

    def _replace_last(self) -> None:
        """Keep the indexes with ON CONFLICT REPLACE at the end."""
        others = [i for i in self.indexes if i.conflict != "REPLACE"]
        if len(others) != len(self.indexes):
            self.indexes = others + [i for i in self.indexes if i.conflict == "REPLACE"]

    def identity(self) -> tuple[object, ...]:
        return self.schema, self.name, self.root_page, self.sql

    def __reduce__(self) -> tuple[object, ...]:
        state = {name: getattr(self, name) for name in _TABLE_STATE}
        return Table, (self.name, self.schema, self.root_page, self.sql), state

    def __repr__(self) -> str:
        return f"Table({self.schema}.{self.name})"


_TABLE_STATE: Final = (
    "columns",
    "rowid_alias",
    "rowid_conflict",
    "format",
    "without_rowid",
    "strict",
    "autoincrement",
    "primary_key",
    "checks",
    "indexes",
    "foreign_keys",
    "row_key",
    "record",
    "positions",
    "virtual_module",
    "system",
    "analyzed_rows",
    "_by_name",
)
"""What a table says beside what its constructor takes."""


@final
class View:
    """A view.  ``columns`` are the names that CREATE VIEW lists, empty for none."""

    def __init__(self, name: str, schema: str, sql: str, columns: list[str], select: ast.Select) -> None:
        self.name: Final = name
        self.schema: Final = schema
        self.sql: Final = sql
        self.columns: Final = columns
        self.select: Final = select


@final
class Trigger:
    """A trigger; ``table`` is the name of the table or view it hangs on, ``table_schema`` that one's schema."""

    def __init__(
        self, name: str, schema: str, table: str, table_schema: str, sql: str, statement: ast.CreateTrigger
    ) -> None:
        self.name: Final = name
        self.schema: Final = schema
        self.table: Final = table
        self.table_schema: Final = table_schema
        self.sql: Final = sql
        self.statement: Final = statement


@final
@mypyc_attr(acyclic=True)
class SchemaRow:
    """A row of sqlite_schema that has not been read yet.

    A large schema has thousands of them, of which few are ever read, so that a row is as small as it can be.
    """

    def __init__(self, name: str, root_page: int, sql: str | None) -> None:
        self.name: Final = name
        self.root_page: Final = root_page
        self.sql: Final = sql


@mypyc_attr(allow_interpreted_subclasses=True)
class RowReader:
    """Reads rows of sqlite_schema into a schema: ``resolve.load`` has the one that knows how."""

    def read(self, schema: Schema, row: SchemaRow) -> None:
        """Declare what a row says."""
        raise NotImplementedError

    def finish(self, schema: Schema, table: str) -> None:
        """All rows that belong to the table of that folded name have been read."""
        raise NotImplementedError


@final
class Schema:
    """The content of one database's schema table.  All dictionaries go by folded names.

    The CREATE statements of a large schema are parsed table by table, as somebody asks for the table: who opens a
    database with a thousand tables needs but a few of them.

    Attributes:
        name: ``main``, ``temp`` or the name given by ATTACH.
        number: 0 for main, 1 for temp, then 2, 3, …
        cookie: the schema cookie that it was read under.
        encoding: the text encoding (``storage.values.UTF8``, …).
        format: the schema format of the file (1 to 4).
        samples: the rows of sqlite_stat4 by the names of indexes, None until they are read.
        reader: reads what has not been read yet, where that is not all.
    """

    def __init__(self, name: str, number: int) -> None:
        self.name: Final = name
        self.number: Final = number
        self.cookie = 0
        self.encoding = 1
        self.format = NEWEST_FORMAT
        self.schema_table: Final = _schema_table(name)
        self.samples: dict[str, list[tuple[Value, ...]]] | None = None
        self._tables: dict[str, Table] = {}
        self._views: dict[str, View] = {}
        self._indexes: dict[str, Index] = {}
        self._triggers: dict[str, Trigger] = {}
        # What has not been read yet: the rows by the table that they belong to, and these tables by the rows' names.
        # (A trigger may have a table's name, which then has further owners.)
        self._waiting: dict[str, list[SchemaRow]] = {}
        self._owners: dict[str, str] = {}
        self._further_owners: dict[str, list[str]] = {}
        self.reader: RowReader | None = None

    def wait(self, row: SchemaRow, table: str) -> None:
        """Have ``reader`` read the row, which belongs to that table, when something about the table is asked for."""
        key = fold(row.name)
        if key == row.name:
            key = row.name  # one object for all
        owner = fold(table)
        owner = key if owner == key else self._owners.get(owner, owner)
        rows = self._waiting.get(owner)
        if rows is None:
            self._waiting[owner] = [row]
        else:
            rows.append(row)
        if self._owners.setdefault(key, owner) != owner:
            self._further_owners.setdefault(key, []).append(owner)

    def waits(self, table: str) -> bool:
        """Whether the rows of that table have not been read yet."""
        return fold(table) in self._waiting

    def _need_name(self, key: str) -> None:
        """Read the rows of the tables that something of that folded name belongs to."""
        if self._waiting:
            owner = self._owners.get(key)
            if owner is not None:
                self._need(owner)
                for further in self._further_owners.get(key, []):
                    self._need(further)

    def _need(self, owner: str) -> None:
        """Read the rows of one table."""
        if owner not in self._waiting:
            return
        rows = self._waiting.pop(owner)
        assert self.reader is not None
        try:
            for row in rows:
                self.reader.read(self, row)
            self.reader.finish(self, owner)
        except BaseException:
            self._waiting[owner] = rows
            raise

    def _need_all(self) -> None:
        """Read all rows; what they declare is then in the order of the rows."""
        if not self._waiting:
            return
        for owner in list(self._waiting):
            self._need(owner)
        ranks = {name: rank for rank, name in enumerate(self._owners)}
        self._tables = _ordered(self._tables, ranks)
        self._views = _ordered(self._views, ranks)
        self._indexes = _ordered(self._indexes, ranks)
        self._triggers = _ordered(self._triggers, ranks)

    @property
    def tables(self) -> dict[str, Table]:
        """All tables."""
        self._need_all()
        return self._tables

    @property
    def views(self) -> dict[str, View]:
        """All views."""
        self._need_all()
        return self._views

    @property
    def indexes(self) -> dict[str, Index]:
        """All indexes."""
        self._need_all()
        return self._indexes

    @property
    def triggers(self) -> dict[str, Trigger]:
        """All triggers."""
        self._need_all()
        return self._triggers

    def declare(self, entry: Table | View | Index | Trigger) -> None:
        """Take in a table, view, index or trigger."""
        key = fold(entry.name)
        if isinstance(entry, Table):
            self._tables[key] = entry
        elif isinstance(entry, View):
            self._views[key] = entry
        elif isinstance(entry, Index):
            self._indexes[key] = entry
        else:
            self._triggers[key] = entry

    def table(self, name: str) -> Table | None:
        """The table of that name, the schema table under all its names included."""
        key = fold(name)
        self._need_name(key)
        found = self._tables.get(key)
        if found is None and key.startswith("sqlite_"):
            if key in SCHEMA_TABLE_NAMES or (self.name == "temp" and key in TEMP_SCHEMA_TABLE_NAMES):
                return self.schema_table
        return found

    def view(self, name: str) -> View | None:
        """The view of that name."""
        key = fold(name)
        self._need_name(key)
        return self._views.get(key)

    def index(self, name: str) -> Index | None:
        """The index of that name."""
        key = fold(name)
        self._need_name(key)
        return self._indexes.get(key)

    def trigger(self, name: str) -> Trigger | None:
        """The trigger of that name."""
        key = fold(name)
        self._need_name(key)
        return self._triggers.get(key)

    def triggers_of(self, table: str) -> list[Trigger]:
        """The triggers on the table or view of that name (in this schema)."""
        key = fold(table)
        self._need(key)
        return [t for t in self._triggers.values() if fold(t.table) == key]

    def forget_statistics(self) -> None:
        """Forget what ANALYZE found, before it is read anew."""
        self.samples = None
        for table in self._tables.values():
            table.analyzed_rows = -1.0
            for index in table.indexes:
                index.forget_statistics()

    def clear(self) -> None:
        """Forget everything, before the schema is read anew."""
        self.samples = None
        self.format = NEWEST_FORMAT
        self._waiting.clear()
        self._owners.clear()
        self._further_owners.clear()
        self._tables.clear()
        self._views.clear()
        self._indexes.clear()
        self._triggers.clear()


_Entry = TypeVar("_Entry")


def _ordered(entries: dict[str, _Entry], ranks: dict[str, int]) -> dict[str, _Entry]:
    """The entries by their ranks; those without one, which came later, at the end."""
    last = len(ranks)
    return {key: entries[key] for key in sorted(entries, key=lambda key: ranks.get(key, last))}


def _schema_table(schema: str) -> Table:
    """The table sqlite_schema itself, which no CREATE TABLE declares: its root is page 1."""
    table = Table("sqlite_temp_master" if schema == "temp" else "sqlite_master", schema, 1)
    for name, declared in (
        ("type", "TEXT"),
        ("name", "TEXT"),
        ("tbl_name", "TEXT"),
        ("rootpage", "INT"),
        ("sql", "TEXT"),
    ):
        table.add_column(Column(name, declared, "D" if declared == "INT" else "B"))
    table.record = [0, 1, 2, 3, 4]
    table.positions = [0, 1, 2, 3, 4]
    table.system = True
    return table


@mypyc_attr(allow_interpreted_subclasses=True)
class RowEstimator:
    """Tells what sqlite_stat1 does not: the connection's one asks the B-trees."""

    def rows(self, table: Table) -> float:
        """The estimated number of rows, negative when unknown."""
        return -1.0

    def averages(self, index: Index) -> list[float]:
        """What ``Index.averages`` would say, estimated; empty when unknown."""
        return []

    def nearness(self, index: Index) -> float:
        """``Index.nearness``, estimated; 0 when unknown."""
        return 0.0

    def samples(self, index: Index) -> Samples | None:
        """The samples of an index that sqlite_stat4 has; None when there are none.

        Raises:
            Error: it cannot be read now.
        """
        return None


class Catalog:
    """All schemas of a connection.

    Attributes:
        schemas: main, temp, then attached ones.
        estimator: asked for row counts of tables that were not analyzed.
        watch: asked whether a compilation may go on.
    """

    def __init__(self) -> None:
        self.schemas: list[Schema] = [Schema("main", 0), Schema("temp", 1)]
        self.estimator = RowEstimator()
        self.watch = Watch()
        self._estimates: dict[int, float] = {}

    def schema(self, name: str) -> Schema | None:
        """The schema of that name, None for none."""
        key = fold(name)
        for schema in self.schemas:
            if fold(schema.name) == key:
                return schema
        return None

    def search_order(self) -> list[Schema]:
        """The schemas in which a name without schema is sought: temp, main, then the others."""
        return [self.schemas[1], self.schemas[0], *self.schemas[2:]]

    def find_table(self, name: str, schema: str | None = None) -> Table | None:
        """The table of that name, sought in ``schema`` or, without one, in search order."""
        if schema is not None:
            found = self.schema(schema)
            return None if found is None else found.table(name)
        key = fold(name)
        if key in SCHEMA_TABLE_NAMES:
            return self.schemas[0].schema_table
        for candidate in self.search_order():
            table = candidate.table(name)
            if table is not None:
                return table
        return None

    def find_relation(self, name: str, schema: str | None = None) -> Table | View | None:
        """The table or view of that name, whichever the search order meets first."""
        if schema is None and fold(name) in SCHEMA_TABLE_NAMES:
            return self.schemas[0].schema_table
        for candidate in self._candidates(schema):
            table = candidate.table(name)
            if table is not None:
                return table
            view = candidate.view(name)
            if view is not None:
                return view
        return None

    def find_view(self, name: str, schema: str | None = None) -> View | None:
        """The view of that name, sought as ``find_table`` does."""
        for candidate in self._candidates(schema):
            view = candidate.view(name)
            if view is not None:
                return view
        return None

    def find_index(self, name: str, schema: str | None = None) -> Index | None:
        """The index of that name, sought as ``find_table`` does."""
        for candidate in self._candidates(schema):
            index = candidate.index(name)
            if index is not None:
                return index
        return None

    def find_trigger(self, name: str, schema: str | None = None) -> Trigger | None:
        """The trigger of that name, sought as ``find_table`` does."""
        for candidate in self._candidates(schema):
            trigger = candidate.trigger(name)
            if trigger is not None:
                return trigger
        return None

    def triggers_of(self, table: str, schema: str) -> list[Trigger]:
        """The triggers on a table or view: those of its own schema and those of temp."""
        out: list[Trigger] = []
        key = fold(schema)
        for candidate in self.schemas:
            if candidate.name == "temp" or fold(candidate.name) == key:
                out.extend(t for t in candidate.triggers_of(table) if fold(t.table_schema) == key)
        return out

    def _candidates(self, schema: str | None) -> list[Schema]:
        """The schemas in which to seek a name."""
        if schema is None:
            return self.search_order()
        found = self.schema(schema)
        return [] if found is None else [found]

    def row_count(self, table: Table) -> float:
        """The number of rows to plan with: sqlite_stat1, else an estimate of the B-tree, else a default."""
        if table.analyzed_rows >= 0:
            return max(table.analyzed_rows, 1.0)
        known = self._estimates.get(id(table))
        if known is None:
            rows = self.estimator.rows(table)
            known = float(DEFAULT_ROWS) if rows < 0 else max(rows, 1.0)
            self._estimates[id(table)] = known
        return known

    def averages(self, index: Index) -> list[float]:
        """``Index.averages``, of an index that was not analyzed estimated; empty when unknown.

        The estimate is kept until the table has twice or half as many rows.
        """
        if index.averages or index.table.analyzed_rows >= 0:
            return index.averages
        rows = self.row_count(index.table)
        if not index.sampled_rows / STALE <= rows <= index.sampled_rows * STALE:
            index.sampled = self.estimator.averages(index)
            index.sampled_rows = rows
        return index.sampled

    def nearness(self, index: Index) -> float:
        """``Index.nearness``; as with ``averages`` it is kept until the table has twice or half as many rows."""
        rows = self.row_count(index.table)
        if not index.nearness_rows / STALE <= rows <= index.nearness_rows * STALE:
            index.nearness = self.estimator.nearness(index)
            index.nearness_rows = rows
        return index.nearness

    def samples(self, index: Index) -> Samples | None:
        """``Index.samples``, read when they are first asked for; None for an index that was not analyzed."""
        if not index.samples_known and index.averages:
            try:
                index.samples = self.estimator.samples(index)
                index.samples_known = True
            except Error:
                return None
        return index.samples

    def forget_estimates(self) -> None:
        """Have tables estimated anew: a statement's planning begins."""
        self._estimates.clear()
