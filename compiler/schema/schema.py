"""One database's schema, which ``load`` fills from the rows of sqlite_schema, table by table as somebody asks.

The schema table: https://sqlite.org/schematab.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, final

from mypy_extensions import mypyc_attr

from foundrydb.compiler.schema.names import SCHEMA_TABLE_NAMES, TEMP_SCHEMA_TABLE_NAMES, fold
from foundrydb.compiler.schema.objects import NEWEST_FORMAT, Column, Index, Table, Trigger, View

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value


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


@final
class SchemaSource:
    """What a schema was made of: who finds the same again need not make it again.

    Attributes:
        facts: the schema cookie, the text encoding, the schema format.
        rows: those of sqlite_schema.
        statistics: the rows of sqlite_stat1.
    """

    def __init__(
        self,
        facts: tuple[int, int, int],
        rows: list[tuple[Value, Value, Value, Value, Value]],
        statistics: list[tuple[Value, Value, Value]],
    ) -> None:
        self.facts: Final = facts
        self.rows: Final = rows
        self.statistics: Final = statistics


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
        source: of an attached database, what the schema was made of; None where it was large, or has changed since.
    """

    def __init__(self, name: str, number: int) -> None:
        self.name: Final = name
        self.number = number
        self.cookie = 0
        self.encoding = 1
        self.format = NEWEST_FORMAT
        self.schema_table: Final = _schema_table(name)
        self.samples: dict[str, list[tuple[Value, ...]]] | None = None
        self.source: SchemaSource | None = None
        self._tables: dict[str, Table] = {}
        self._views: dict[str, View] = {}
        self._indexes: dict[str, Index] = {}
        self._triggers: dict[str, Trigger] = {}
        self._dependents: list[View | Trigger] = []
        # The tables with foreign keys by the tables that these refer to, None until somebody asks.
        self._referring: dict[str, list[Table]] | None = None
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
        self._dependents.sort(key=lambda entry: ranks.get(fold(entry.name), len(ranks)))

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

    @property
    def dependents(self) -> list[View | Trigger]:
        """All views and triggers, whose texts depend on tables, in the order of their rows."""
        self._need_all()
        self._dependents = [entry for entry in self._dependents if self._holds(entry)]
        return self._dependents

    def _holds(self, entry: View | Trigger) -> bool:
        """Whether a view or trigger is still there."""
        key = fold(entry.name)
        return self._views.get(key) is entry or self._triggers.get(key) is entry

    def declare(self, entry: Table | View | Index | Trigger) -> None:
        """Take in a table, view, index or trigger."""
        key = fold(entry.name)
        if isinstance(entry, Table):
            self._tables[key] = entry
            if entry.foreign_keys:
                self._referring = None
        elif isinstance(entry, View):
            self._views[key] = entry
            self._dependents.append(entry)
        elif isinstance(entry, Index):
            self._indexes[key] = entry
        else:
            self._triggers[key] = entry
            self._dependents.append(entry)

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

    def referring(self, name: str) -> list[Table]:
        """The tables with foreign keys that refer to the table of that name, in the order of their rows."""
        referring = self._referring
        if referring is None:
            referring = self._referring = self._find_references()
        return [
            table for table in referring.get(fold(name), []) if self._tables.get(fold(table.name)) is table
        ]

    def _find_references(self) -> dict[str, list[Table]]:
        """Find them; of the rows that have not been read yet, those are that may hold a foreign key."""
        for owner, rows in list(self._waiting.items()):
            if any([row.sql is not None and "references" in row.sql.lower() for row in rows]):
                self._need(owner)
        tables = self._tables
        if self._waiting:
            tables = _ordered(tables, {name: rank for rank, name in enumerate(self._owners)})
        found: dict[str, list[Table]] = {}
        for table in tables.values():
            for name in {fold(key.reference.table.text) for key in table.foreign_keys}:
                found.setdefault(name, []).append(table)
        return found

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
        self.source = None
        self.format = NEWEST_FORMAT
        self._waiting.clear()
        self._owners.clear()
        self._further_owners.clear()
        self._tables.clear()
        self._views.clear()
        self._indexes.clear()
        self._triggers.clear()
        self._dependents.clear()
        self._referring = None


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
