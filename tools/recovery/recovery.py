"""What is left of a damaged database, as statements that make it again.

The statements are those of SQLite's recovery (https://sqlite.org/recovery.html), in its order: settings, tables and
unique indexes, the rows of each table, the rows that belong to none, then all other indexes, views and triggers.
They run on any SQLite, in an empty database.  The file is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.storage.format.header import (
    META_APPLICATION_ID,
    META_INCREMENTAL_VACUUM,
    META_LARGEST_ROOT,
    META_USER_VERSION,
)
from foundrydb.storage.format.values import ENCODING_NAMES
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.salvage.page_claims import PageClaims
from foundrydb.storage.salvage.page_source import PageSource, open_source
from foundrydb.storage.salvage.text_encoding import settle_encoding
from foundrydb.tools.recovery.lost_rows import LOST_AND_FOUND, LostRows
from foundrydb.tools.recovery.lost_schema import SchemaEntry, read_schema
from foundrydb.tools.recovery.made_objects import (
    KEPT_STATISTICS,
    SEQUENCE,
    STATISTICS,
    MadeObjects,
    Unusable,
)
from foundrydb.tools.recovery.recovery_report import RecoveryReport
from foundrydb.tools.recovery.sql_values import text_sql
from foundrydb.tools.recovery.table_rows import RowOwner, TableRows

COMMENT: Final = "--"


class RecoveryChoices:
    """What is wanted of a recovery.

    Args:
        lost_and_found: the name of the table for rows of no table; another one is found where it is taken.
        ignore_freelist: leave out what is on pages that appear to be free.
        rowids: keep rowids that are no column's.
    """

    def __init__(
        self, lost_and_found: str = LOST_AND_FOUND, ignore_freelist: bool = False, rowids: bool = True
    ) -> None:
        self.lost_and_found: Final = lost_and_found
        self.ignore_freelist: Final = ignore_freelist
        self.rowids: Final = rowids


class Recovery:
    """One recovery.

    Args:
        path: the damaged file.
        progress: is told how many more pages were looked at.

    Attributes:
        report: what was found; whole once all statements were asked for.
    """

    def __init__(
        self, vfs: VFS, path: str, choices: RecoveryChoices, progress: Callable[[int], None] | None = None
    ) -> None:
        self.report: Final = RecoveryReport(path)
        self._choices: Final = choices
        self._progress: Final = progress
        self._source: Final[PageSource] = open_source(vfs, path)
        settle_encoding(self._source)
        self._claims: Final = PageClaims(self._source)
        self._made: Final = MadeObjects()
        self._tables: Final[list[TableRows]] = []
        self._later: Final[list[tuple[SchemaEntry, ast.Statement, str]]] = []
        self._refusals: Final[dict[int, RowOwner]] = {}
        self._sequences = 0
        self.report.describe(self._source)

    @property
    def page_count(self) -> int:
        """How many pages there are to look at."""
        return int(self._source.page_count)

    def close(self) -> None:
        """Let go of the file."""
        self._made.close()
        self._source.close()

    def script(self) -> Iterator[str]:
        """The script, piece by piece, as it may be written to a file."""
        for statement in self.statements():
            last = statement[statement.rfind("\n") + 1 :]
            if statement.startswith(COMMENT):
                yield statement + "\n"
            else:  # a comment at the end must not take the semicolon in
                yield statement + ("\n;\n" if COMMENT in last else ";\n")

    def statements(self) -> Iterator[str]:
        """The script, statement by statement, without semicolons; what begins with ``--`` is a line of comment.

        Raises:
            Error: the file cannot be read.
        """
        entries = read_schema(self._claims, self._refusals)
        needs_writing = any(_needs_writable_schema(entry) for entry in entries)
        yield from self._beginning(needs_writing)
        yield from self._tables_of(entries)
        yield from self._unique_indexes()
        for rows in self._tables:
            yield from self._rows_of(rows)
        self._claim_others(entries)
        yield from self._sequence_rows()
        yield from self._lost_rows(entries)
        yield from self._others()
        if needs_writing:
            yield "PRAGMA writable_schema = off"
        yield "COMMIT"
        self.report.take_faults(self._claims)

    def _beginning(self, needs_writing: bool) -> Iterator[str]:
        """What makes the new database like the old one."""
        source = self._source
        yield "PRAGMA foreign_keys = off"
        yield "BEGIN"
        if needs_writing:
            yield f"{COMMENT} the sqlite3 shell needs .dbconfig defensive off for this"
            yield "PRAGMA writable_schema = on"
        yield f"PRAGMA encoding = '{ENCODING_NAMES[source.encoding]}'"
        yield f"PRAGMA page_size = {source.page_size}"
        if source.header_is_sound:
            vacuum = 0
            if source.field(META_LARGEST_ROOT):
                vacuum = 2 if source.field(META_INCREMENTAL_VACUUM) else 1
            yield f"PRAGMA auto_vacuum = {vacuum}"
            yield f"PRAGMA user_version = {_signed(source.field(META_USER_VERSION))}"
            yield f"PRAGMA application_id = {_signed(source.field(META_APPLICATION_ID))}"

    # the schema -------------------------------------------------------------------------------------------------

    def _tables_of(self, entries: list[SchemaEntry]) -> Iterator[str]:
        """Make the tables; what comes after their rows is kept for later."""
        for entry in entries:
            if entry.kind == "table" and entry.name.lower() == SEQUENCE:
                self._sequences = entry.root
            elif entry.sql or entry.kind != "index":
                try:
                    statement, sql = self._made.parse(entry)
                    if entry.kind == "table":
                        yield from self._make_table(entry, statement, sql)
                    else:
                        self._later.append((entry, statement, sql))
                except Unusable as problem:
                    yield from self._give_up(entry, str(problem))

    def _make_table(self, entry: SchemaEntry, statement: ast.Statement, sql: str) -> Iterator[str]:
        if isinstance(statement, ast.CreateVirtualTable):
            self._made.note(entry.name)
            name = text_sql(entry.name)
            yield f"INSERT INTO sqlite_schema VALUES('table', {name}, {name}, 0, {text_sql(sql)})"
            return
        assert isinstance(statement, ast.CreateTable)
        self._made.make(entry, statement, sql)
        table = self._made.table(entry.name)
        if table is None:
            raise Unusable("it makes no table")
        self._tables.append(TableRows(table, entry.root, self._choices.rowids, self._source.encoding))
        if table.name.lower() == KEPT_STATISTICS:
            yield "ANALYZE sqlite_schema"
        elif table.name.lower().startswith(STATISTICS):
            yield "CREATE TABLE IF NOT EXISTS " + sql[statement.name.start - statement.start :]
        else:
            yield sql

    def _unique_indexes(self) -> Iterator[str]:
        """Make the indexes that keep the rows of tables apart, so that a row that is there twice counts once."""
        for entry, statement, sql in self._later:
            if isinstance(statement, ast.CreateIndex) and statement.unique:
                yield from self._make(entry, statement, sql)

    def _others(self) -> Iterator[str]:
        """Make what is left of the schema."""
        for entry, statement, sql in self._later:
            if not isinstance(statement, ast.CreateIndex) or not statement.unique:
                yield from self._make(entry, statement, sql)

    def _make(self, entry: SchemaEntry, statement: ast.Statement, sql: str) -> Iterator[str]:
        try:
            self._made.make(entry, statement, sql)
            yield sql
        except Unusable as problem:
            yield from self._give_up(entry, str(problem))

    def _give_up(self, entry: SchemaEntry, reason: str) -> Iterator[str]:
        """Tell that an entry cannot be made again; its statement stays as a comment."""
        self.report.add_unusable(entry, reason)
        for line in f"{entry.kind} {entry.name}: {reason}\n{entry.sql}".splitlines():
            yield f"{COMMENT} {_printable(line)}".rstrip()

    # the rows ---------------------------------------------------------------------------------------------------

    def _rows_of(self, rows: TableRows) -> Iterator[str]:
        """The rows of a table."""
        claims, reader = self._claims, self._claims.reader
        if rows.root < 1:
            claims.note(1, f"table {rows.table.name} has no root page")
            return
        claims.begin_tree(f"table {rows.table.name}", rows.root, not rows.table.without_rowid)
        while claims.next_page():
            if self._progress is not None:
                self._progress(1)
            if claims.here_astray():
                continue
            while reader.next_record():
                if rows.takes_now(reader):
                    if reader.missing:
                        claims.note(
                            reader.number, f"the last {int(reader.missing):,} bytes are missing", reader.cell
                        )
                    yield rows.insert(reader)
                else:
                    self._refusals[int(reader.number)] = rows
            if reader.passed_over:
                claims.note(reader.number, f"cells that cannot be read: {int(reader.passed_over):,}")
        self.report.add_table(rows.table.name, rows.saved)

    def _sequence_rows(self) -> Iterator[str]:
        """The rows of sqlite_sequence, which is there as soon as a table with AUTOINCREMENT is."""
        table = self._made.table(SEQUENCE)
        if table is None or not self._sequences:
            return
        yield f"DELETE FROM {SEQUENCE}"
        yield from self._rows_of(
            TableRows(table, self._sequences, self._choices.rowids, self._source.encoding)
        )

    def _claim_others(self, entries: list[SchemaEntry]) -> None:
        """Let the pages of indexes, which are made anew, and those of the freelist belong to them.

        An entry that is not sure may tell of an index that is no more: what is where it was stays with the lost.
        """
        for entry in entries:
            if entry.kind == "index" and entry.root > 0 and entry.sure:
                self._claims.begin_tree(entry.title, entry.root, False)
                while self._claims.next_page():
                    pass
        if self._choices.ignore_freelist:
            self._claims.claim(self._claims.freelist())

    def _lost_rows(self, entries: list[SchemaEntry]) -> Iterator[str]:
        lost = LostRows(self._claims, self._refusals, self._source.encoding)
        if not lost.count:
            return
        name = self._free_name({entry.name.lower() for entry in entries})
        self.report.add_lost_rows(name, lost)
        yield from lost.statements(name)

    def _free_name(self, names: set[str]) -> str:
        """A name for the table of lost rows that nothing else has."""
        wanted = self._choices.lost_and_found
        name, number = wanted, 0
        while name.lower() in names or self._made.has(name):
            name = f"{wanted}_{number}"
            number += 1
        return name


def _needs_writable_schema(entry: SchemaEntry) -> bool:
    """Whether an entry can only be made again by one who may write the schema."""
    if entry.kind != "table":
        return False
    name = entry.name.lower()
    return entry.sql[:15].upper() == "CREATE VIRTUAL " or (
        name.startswith(STATISTICS) and name != KEPT_STATISTICS
    )


def _signed(field: int) -> int:
    """A field of the header as PRAGMA has it."""
    return field - (1 << 32) if field >= 1 << 31 else field


def _printable(line: str) -> str:
    """A line of a comment."""
    return "".join(char if char.isprintable() else "?" for char in line)
