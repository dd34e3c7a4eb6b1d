"""VACUUM: a database made anew with nothing left over, in its own file or in another one.

As in C SQLite the new one is a database of its own first: its tables and indexes are made by the statements that the
schema keeps, then the entries of each tree are copied in order.  What has no tree (views, triggers) is copied as rows
of the schema.  VACUUM then lets the old database have the pages of the new one, in a transaction like any other: it is
the old or the new one, whatever happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.engine.engine import Engine
from foundrydb.engine.opening import close_database, open_database
from foundrydb.engine.uri import OpenTarget, parse_target
from foundrydb.engine.vacuum_questions import Questions
from foundrydb.errors import Error, error
from foundrydb.storage.copies.page_copy import copy_pages
from foundrydb.storage.copies.tree_copy import copy_index, copy_table, sort_index
from foundrydb.storage.copies.watch import CopyWatch
from foundrydb.storage.format.file_shape import valid_page_size
from foundrydb.storage.format.header import (
    META_APPLICATION_ID,
    META_CACHE_SIZE,
    META_ENCODING,
    META_SCHEMA_COOKIE,
    META_USER_VERSION,
)
from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import SCHEMA_ROOT, Database
from foundrydb.vm.machine import Machine

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index, Table
    from foundrydb.compiler.schema.schema import Schema

KEPT: Final = (META_CACHE_SIZE, META_ENCODING, META_USER_VERSION, META_APPLICATION_ID)
"""The fields of the header that the new database has from the old one."""

SEQUENCE: Final = "sqlite_sequence"
"""Comes with the first table that has AUTOINCREMENT."""

BUILT_IN: Final = ("BINARY", "NOCASE", "RTRIM")
"""Collations whose order is what it was when an index was written."""

READING: Final = 0
ALONE: Final = 2
"""How a transaction begins; see the instruction Transaction."""


def vacuum(engine: Engine, machine: Machine, number: int) -> None:
    """VACUUM.

    Raises:
        Error: a transaction is open, other statements run, or whatever the files answer; nothing has changed then.
    """
    _refuse(engine)
    questions = Questions(engine.preparer.authorizer, engine.attached.all[number].name)
    questions.begin("")
    attached = engine.attached.all[number]
    machine.begin(number, ALONE, attached.schema.cookie)
    engine.transaction.hooks.vacuums = engine.transaction.autocommit
    old = engine.attached.database(number)
    pager = Pager(old.pager.vfs, "", temporary=True)
    pager.set_journal_mode("off")
    new = Database(pager)
    try:
        _lay_out(engine, old, new, True)
        watch = _Watch(engine, machine)
        Rebuilding(engine, number, new, questions, watch).run(True)
        attached.altered = True  # the trees are elsewhere
        copy_pages(new.pager, old, watch)
    finally:
        new.close()
    engine.attached.schema_changed(number)


def vacuum_into(engine: Engine, machine: Machine, number: int, file: Value) -> None:
    """VACUUM INTO.

    Raises:
        Error: as for ``vacuum``; the file is there already, or ``file`` is no name.
    """
    _refuse(engine)
    if not isinstance(file, str):
        raise error("non-text filename")
    questions = Questions(engine.preparer.authorizer, engine.attached.all[number].name)
    questions.begin(file)
    target = parse_target(file, engine.uri)
    target.read_only = target.must_exist = False
    machine.begin(number, READING, engine.attached.all[number].schema.cookie)
    old = engine.attached.database(number)
    new = _open(engine, target, file)
    try:
        _refuse_existing(new)
        _lay_out(engine, old, new, False)
        building = Rebuilding(engine, number, new, questions, _Watch(engine, machine))
        building.run(False)
        building.commit()
    finally:
        close_database(new)


def _refuse(engine: Engine) -> None:
    autocommit = engine.transaction.autocommit if engine.dry_run is None else engine.dry_run.autocommit
    if not autocommit:
        raise error("cannot VACUUM from within a transaction")
    if len(engine.running.machines) > 1:
        raise error("cannot VACUUM - SQL statements in progress")
    if engine.statements.query_only:
        raise error("attempt to write a readonly database", "SQLITE_READONLY")


def _refuse_existing(new: Database) -> None:
    pager = new.pager
    if pager.path and pager.vfs.size(pager.path) > 0:
        raise error("output file already exists")


def _open(engine: Engine, target: OpenTarget, name: str) -> Database:
    try:
        return open_database(target, engine.vfs)
    except Error as problem:
        if problem.code != "SQLITE_CANTOPEN":
            raise
        raise error(f"unable to open database: {name}", "SQLITE_CANTOPEN") from problem


def _lay_out(engine: Engine, old: Database, new: Database, in_place: bool) -> None:
    """Choose the shape of the new database while it is empty.

    The page size that a PRAGMA has asked for last counts, unless the database is temporary or in memory, or has a
    write-ahead log.
    """
    pager = old.pager
    size = int(pager.page_size)
    wanted = engine.next_page_size
    logged = in_place and pager.journal_mode == "wal"
    if not pager.is_private() and not logged and valid_page_size(wanted):
        size = wanted
    if in_place and size != pager.page_size and engine.dry_run is not None:
        engine.dry_run.outlive_savepoints()
    new.pager.set_page_size(size, int(pager.page_size - pager.usable_size))
    new.pager.set_cache_size(pager.cache_size)
    new.pager.synchronous = pager.synchronous if not in_place else 0
    new.encoding = old.encoding
    new.auto_vacuum = engine.next_auto_vacuum if engine.next_auto_vacuum >= 0 else old.auto_vacuum


@final
class _Watch(CopyWatch):
    """Counts what is copied as a loop's rounds: interrupts and progress handlers get their turn."""

    def __init__(self, engine: Engine, machine: Machine) -> None:
        self._tell: Final = engine.page_copied
        self._machine: Final = machine

    def step(self, entries: int) -> None:
        if self._tell is not None:
            self._tell(1)
        machine = self._machine
        machine.ticks -= entries
        if machine.ticks < 0:
            machine.attend()


@final
class Rebuilding:
    """Puts into a new database what is in a connection's database ``number``.

    Statements that make the new one are run by an engine of its own, which knows the connection's functions,
    collations and settings.
    """

    def __init__(
        self, engine: Engine, number: int, new: Database, questions: Questions, watch: CopyWatch
    ) -> None:
        self._schema: Final[Schema] = engine.attached.all[number].schema
        self._old: Final = engine.attached.database(number)
        self._new: Final = new
        self._statements: Final = engine.statements
        self._questions: Final = questions
        self._watch: Final = watch
        self._engine: Final = Engine(new)
        self._engine.functions.adopt(engine.functions)
        self._engine.collations.update(engine.collations)
        self._engine.settings.update(engine.settings)
        self._engine.settings["writable_schema"] = 1  # names may begin with sqlite_
        self._engine.preparer.authorizer = questions.of_new()

    def run(self, renumber: bool) -> None:
        """Make everything, in a transaction that stays open.

        Args:
            renumber: rows get new rowids in tables that have neither an INTEGER PRIMARY KEY nor an index.
        """
        rows = self._schema_rows()
        self._engine.query("BEGIN IMMEDIATE")
        self._questions.read_schema(["sql", "type", "name", "rootpage"], ["coalesce"])
        for kind, name, _, root, sql in rows:
            if kind == "table" and name != SEQUENCE and root != 0 and isinstance(sql, str):
                self._make(sql)
        self._questions.read_schema(["sql", "type"], [])
        for kind, _, _, _, sql in rows:
            if kind == "index" and isinstance(sql, str):
                self._make(sql)
        made = [table for table in self._engine.catalog.main.tables.values() if table.root_page > SCHEMA_ROOT]
        for table in made:
            self._copy(table, renumber)
        self._copy_rows(rows)
        for field in KEPT:
            self._new.set_meta(field, self._old.get_meta(field))
        cookie = self._old.get_meta(META_SCHEMA_COOKIE) + 1
        self._new.set_meta(META_SCHEMA_COOKIE, cookie)

    def commit(self) -> None:
        """Make the new database durable."""
        self._engine.query("COMMIT")

    def _schema_rows(self) -> list[list[Value]]:
        """The rows of the schema table, in their order."""
        rows: list[list[Value]] = []
        cursor = self._old.table_cursor(SCHEMA_ROOT)
        try:
            more = cursor.first()
            while more:
                rows.append(cursor.row(5))
                more = cursor.next()
        finally:
            cursor.close()
        return rows

    def _make(self, sql: str) -> None:
        """Run a statement that makes a table or an index."""
        prepared, _ = self._engine.prepare(sql)
        assert prepared is not None
        machine = Machine(prepared.program, self._engine, prepared.unbound())
        while machine.run():
            pass

    # trees --------------------------------------------------------------------------------------------------

    def _copy(self, made: Table, renumber: bool) -> None:
        """Copy a table's rows and the entries of its indexes."""
        table = self._schema.table(made.name)
        if table is None:
            return
        self._questions.copy_table(made.name, [column.name for column in made.columns])
        if not made.without_rowid:
            anew = renumber and made.rowid_alias < 0 and not made.indexes
            copy_table(self._old, table.root_page, self._new, made.root_page, anew, self._watch)
        for index in made.indexes:
            known = self._schema.index(index.name)
            if known is not None:
                self._copy_index(known, index)

    def _copy_index(self, known: Index, made: Index) -> None:
        """Copy an index's entries; by a collation of the user's, or by an old format, their order may be another."""
        keys = [(column.collation.upper(), column.descending) for column in made.stored_columns()]
        before = [(column.collation.upper(), column.descending) for column in known.stored_columns()]
        if keys == before and all(name in BUILT_IN for name, _ in keys):
            copy_index(self._old, known.root_page, self._new, made.root_page, self._watch)
            return
        collations = [self._engine.collations[name] for name, _ in keys]
        info = KeyInfo(collations, [descending for _, descending in keys])
        sort_index(self._old, known.root_page, self._new, made.root_page, info, self._watch)

    def _copy_rows(self, rows: list[list[Value]]) -> None:
        """Copy the rows of the schema that have no tree: views, triggers, virtual tables."""
        self._questions.copy_rest()
        cursor = self._new.table_cursor(SCHEMA_ROOT, True)
        try:
            for row in rows:
                if row[0] in ("view", "trigger") or (row[0] == "table" and row[3] == 0):
                    rowid = cursor.last_rowid() + 1
                    cursor.insert(rowid, self._new.encode_record(row), True)
                    self._statements.last_insert_rowid = int(rowid)
        finally:
            cursor.close()
