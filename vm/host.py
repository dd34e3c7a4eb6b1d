"""The connection, as the virtual machine sees it.

A :class:`Host` owns what outlives a statement: the databases, the transaction and its savepoints, the counters
behind ``changes()`` and ``last_insert_rowid()``, functions and collations.  The connection is a subclass; it adds
what needs the compiler (reading the schema) and what a user configures.

Transactions follow SQLite (https://sqlite.org/lang_transaction.html):

* outside BEGIN … COMMIT every statement is a transaction (``autocommit``), which ends when the last running
  statement ends;
* a statement that fails with ABORT undoes its own changes through a statement savepoint, when it is one that may
  fail half way (``Program.statement_journal``) and there is something else to keep;
* savepoints are opened in a database when it is first written to.

What holds after every statement, whatever failed on the way:

* it has ended: it is not among those that run, holds no lock, and has no savepoint of its own;
* either it is undone and the transaction goes on, or there is no transaction any more (``autocommit``) and all of it is
  undone: that is so after a failed commit (but for SQLITE_BUSY), after whatever leaves more than a statement in doubt
  (``_everything_goes``), and where a statement cannot be undone alone;
* a rollback always ends the transaction.  A file that cannot be put back at once is, by its journal, before it is next
  read (``Pager``, state ERROR);
* other statements that stand on what is gone fail when they go on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

from mypy_extensions import mypyc_attr

from foundrydb.errors import CODES, Error, error
from foundrydb.storage.format.header import META_SCHEMA_COOKIE
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, UTF8, Collation, Value
from foundrydb.storage.os.vfs import VFS, File
from foundrydb.storage.tree.commit_together import commit_together
from foundrydb.storage.tree.database import Database, ephemeral
from foundrydb.vm.functions.builtin import builtin_registry

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

MEMORY_BUDGET: Final = 128 * 1024 * 1024
"""Bytes that an ephemeral table or a hash table may take before it goes to a temporary file."""

SAVEPOINT_BEGIN: Final = 0
SAVEPOINT_RELEASE: Final = 1
SAVEPOINT_ROLLBACK: Final = 2

_BUSY: Final = CODES["SQLITE_BUSY"]
_INTERRUPT: Final = CODES["SQLITE_INTERRUPT"]
_SHORTAGES: Final = {CODES[name] for name in ("SQLITE_NOMEM", "SQLITE_FULL")}
_CALAMITIES: Final = {
    CODES[name] for name in ("SQLITE_NOMEM", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_INTERRUPT")
}
"""What C SQLite rolls the whole transaction back for: see "Response To Errors Within A Transaction" in its
documentation of transactions."""

_ORDERLY: Final = {
    CODES[name]
    for name in (
        "SQLITE_ERROR",
        "SQLITE_ABORT",
        "SQLITE_BUSY",
        "SQLITE_LOCKED",
        "SQLITE_READONLY",
        "SQLITE_SCHEMA",
        "SQLITE_TOOBIG",
        "SQLITE_CONSTRAINT",
        "SQLITE_MISMATCH",
        "SQLITE_MISUSE",
        "SQLITE_AUTH",
        "SQLITE_RANGE",
    )
}
"""What a program raises between two changes of a tree; anything else may be met in the middle of one."""

ABORT: Final = "abort"
FAIL: Final = "fail"
IGNORE: Final = "ignore"
REPLACE: Final = "replace"
ROLLBACK: Final = "rollback"
"""What becomes of the changes when a constraint does not hold."""


@final
class SavepointFrame:
    """A savepoint of the user's: its name, and the storage's savepoint in each database written to since.

    Attributes:
        opens_transaction: it was opened outside a transaction; releasing it commits.
        ids: the storage's savepoint by the database's number.
    """

    def __init__(self, name: str, opens_transaction: bool) -> None:
        self.name: Final = name
        self.opens_transaction: Final = opens_transaction
        self.ids: Final[dict[int, int]] = {}


def system_clock() -> int:
    """The computer's time, in milliseconds since 1970, UTC."""
    return int(time.time() * 1000)


@mypyc_attr(allow_interpreted_subclasses=True)
class Host:
    """A connection's state.

    Attributes:
        databases: by number: 0 is ``main``, 1 ``temp`` (None until it is needed), then the attached ones.
        autocommit: no BEGIN is open.
        changes: rows that the last completed INSERT, UPDATE or DELETE changed.
        total_changes: rows changed since the connection was opened.
        last_insert_rowid: rowid of the last row that an INSERT wrote.
        functions: the SQL functions.
        collations: the collating sequences, by name in capitals.
        running: the machines that have begun and have not ended.
        interrupted: those were told to stop.
        savepoints: the user's open savepoints, outermost first.
        memory_budget: bytes that a sorter or an ephemeral table may take before it goes to a temporary file.
        clock: the present time in milliseconds since 1970, UTC.
        random: as many unpredictable bytes as it is asked for.

    Statements know the time by ``clock`` alone, and chance by ``random``: who puts recorded ones in their place plays
    statements again as they went.
    """

    def __init__(self) -> None:
        self.databases: Final[list[Database | None]] = []
        self.autocommit = True
        self.changes = 0
        self.total_changes = 0
        self.last_insert_rowid = 0
        self.functions: Final = builtin_registry()
        self.collations: Final[dict[str, Collation]] = {"BINARY": BINARY, "NOCASE": NOCASE, "RTRIM": RTRIM}
        self.running: Final[list[Machine]] = []
        self.interrupted = False
        self._writers = 0
        self.savepoints: Final[list[SavepointFrame]] = []
        self.memory_budget = MEMORY_BUDGET
        self.clock: Callable[[], int] = system_clock
        self.random: Callable[[int], bytes] = os.urandom
        self._writing: Final[set[int]] = set()
        self._reading: Final[set[int]] = set()
        self._altered: Final[set[int]] = set()

    # what the connection adds -------------------------------------------------------------------------------

    def open_temp(self) -> Database:
        """Make the database ``temp`` when a statement first needs it."""
        return self.ephemeral()

    def temporary_vfs(self) -> VFS:
        """Where temporary files go: by default, where the main database's file is."""
        return self.database(0).pager.vfs

    def parse_schema(self, db: int, where: str) -> None:
        """Read rows of the schema table of ``db`` (those that satisfy ``where``; all if empty) into the catalog."""
        raise NotImplementedError

    def load_analysis(self, db: int) -> None:
        """Read the statistics of ``sqlite_stat1`` of ``db`` into the catalog."""
        raise NotImplementedError

    def drop_object(self, db: int, kind: str, name: str) -> None:
        """Take a table (or view), an index or a trigger out of the catalog."""
        raise NotImplementedError

    def root_moved(self, db: int, moved: int, root: int) -> None:
        """The B-tree of ``db`` whose root was page ``moved`` has it on page ``root`` now: correct the catalog."""
        raise NotImplementedError

    def schema_changed(self, db: int) -> None:
        """The schema of ``db`` may not be what the catalog says any more: a rollback, or another's change."""
        raise NotImplementedError

    def expire(self) -> None:
        """Mark every prepared statement as stale."""
        raise NotImplementedError

    def integrity_check(self, db: int, roots: tuple[int, ...], limit: int, check_header: bool) -> list[str]:
        """The faults that the B-trees ``roots`` of ``db`` show, at most ``limit`` of them."""
        raise NotImplementedError

    def journal_mode(self, db: int, mode: str) -> str:
        """Set the journal mode (leave it when ``mode`` is empty); the mode that there is then."""
        raise NotImplementedError

    def read_setting(self, db: int, name: str) -> Value:
        """A setting that a PRAGMA shows."""
        raise NotImplementedError

    def write_setting(self, db: int, name: str, value: Value) -> None:
        """Change a setting, as a PRAGMA does."""
        raise NotImplementedError

    def query(self, sql: str) -> list[tuple[Value, ...]]:
        """All rows of a statement of the engine's own."""
        raise NotImplementedError

    def progress(self) -> bool:
        """Called now and then while a statement runs, if ``Machine.watch`` asked for it; True stops it."""
        return False

    # databases ----------------------------------------------------------------------------------------------

    def database(self, db: int) -> Database:
        """The database of that number; ``temp`` is made when it is first asked for."""
        found = self.databases[db]
        if found is None:
            found = self.open_temp()
            self.databases[db] = found
        return found

    @property
    def encoding(self) -> int:
        """The text encoding of the main database: one of ``storage.format.values``' constants."""
        main = self.databases[0] if self.databases else None
        return UTF8 if main is None else main.encoding

    def ephemeral(self) -> Database:
        """A private database for a statement's intermediate results."""
        database = ephemeral(self.temporary_vfs())
        database.encoding = self.encoding
        return database

    def temporary_file(self) -> File:
        """A new file that nobody else sees and that vanishes when it is closed."""
        return self.temporary_vfs().open_temporary()

    # statements ---------------------------------------------------------------------------------------------

    def begin_statement(self, machine: Machine) -> None:
        """A statement starts to run; one that does so while interrupted ones have not ended is interrupted as well."""
        if self.interrupted:
            if self.running:
                machine.interrupt()
            else:
                self.interrupted = False
        self.running.append(machine)

    def begin(self, machine: Machine, db: int, write: int, cookie: int) -> None:
        """A statement begins to read ``db``, or to write it; see the instruction Transaction.

        Raises:
            Error: the database is locked, cannot be written, or has another schema than the statement's.
        """
        database = self.database(db)
        machine.reads = True
        try:
            if write:
                self._begin_write(machine, db, database, write > 1)
            else:
                database.begin_read()
        finally:
            if database.pager.in_read:
                self._reading.add(db)
        if cookie >= 0 and database.schema_cookie() != cookie:
            self.schema_changed(db)
            raise error("database schema has changed", "SQLITE_SCHEMA")

    def _begin_write(self, machine: Machine, db: int, database: Database, exclusive: bool) -> None:
        if database.pager.read_only:
            raise error("attempt to write a readonly database", "SQLITE_READONLY")
        try:
            database.begin_write(exclusive)
        finally:
            if database.pager.in_write:
                self._note_writer(machine, db)
        self._extend_savepoints(db, database)
        if machine.program.statement_journal and (not self.autocommit or len(self.running) > 1):
            machine.statement_savepoints.append((db, database.savepoint()))

    def _note_writer(self, machine: Machine, db: int) -> None:
        self._writing.add(db)
        if not machine.writes:
            machine.writes = True
            self._writers += 1

    def _extend_savepoints(self, db: int, database: Database) -> None:
        """Open in ``db`` the user's savepoints that are not open there yet: the innermost ones."""
        first = len(self.savepoints)
        while first > 0 and db not in self.savepoints[first - 1].ids:
            first -= 1
        for frame in self.savepoints[first:]:
            frame.ids[db] = database.savepoint()

    def set_meta(self, db: int, field: int, value: int) -> None:
        """Change a field of a database's header."""
        if field == META_SCHEMA_COOKIE:
            self.note_altered(db)
        self.database(db).set_meta(field, value)

    def note_altered(self, db: int) -> None:
        """The transaction changes the schema of ``db``: what is undone of it must be read again."""
        self._altered.add(db)

    def destroy_tree(self, machine: Machine, db: int, root: int) -> int:
        """Free a B-tree; the root page that moved to its place, or 0.

        Raises:
            Error: ``SQLITE_LOCKED``, while another statement reads.
        """
        if any([other.reads and other is not machine for other in self.running]):
            machine.failed_action = ABORT
            raise error("database table is locked", "SQLITE_LOCKED")
        moved = self.database(db).drop_tree(root)
        if moved != 0:
            self.root_moved(db, moved, root)
        return moved

    def end_statement(self, machine: Machine) -> None:
        """A statement has ended well: count its changes, and commit if it was a transaction of its own.

        Raises:
            Error: something was in the way; ``end_failed_statement`` is to be called.
        """
        self._keep_changes(machine)
        if machine.program.counts_changes:
            self.changes = machine.changes
            self.total_changes += machine.changes
        self._leave(machine)

    def _keep_changes(self, machine: Machine) -> None:
        """Release the statement's savepoints, which nothing can hinder once all is settled, and commit if it is due."""
        if machine.statement_savepoints:
            for db, _ in machine.statement_savepoints:
                self.database(db).backlog.settle()
            for db, identifier in machine.statement_savepoints:
                self.database(db).release(identifier)
            machine.statement_savepoints = []
        if self.autocommit and self._no_writer_but(machine):
            self.commit_all()

    def end_failed_statement(
        self, machine: Machine, failure: BaseException, action: str
    ) -> BaseException | None:
        """A statement has failed: undo what ``action`` says, or everything where that cannot be done.

        Returns:
            What it met on the way, where that is to be reported rather than ``failure``.
        """
        changes = 0
        told: BaseException | None = None
        try:
            changes = self._undo_statement(machine, failure, action)
            if any(database is not None and database.backlog.failed for database in self.databases):
                self.rollback_all()
        except BaseException as problem:
            if not isinstance(failure, Error) or _primary(failure) == CODES["SQLITE_CONSTRAINT"]:
                told = problem
            self._roll_back_quietly()
        finally:
            for db in self._altered:
                self.schema_changed(db)
            machine.statement_savepoints = []
            if machine.program.counts_changes and machine.writes:
                self.changes = changes
                self.total_changes += changes
            self._leave(machine)
        return told

    def _undo_statement(self, machine: Machine, failure: BaseException, action: str) -> int:
        """Undo what is to be undone; returns how many of the statement's changes stay."""
        if action == ROLLBACK or self._everything_goes(machine, failure):
            self.rollback_all(distrust=not isinstance(failure, Error))
        elif action == FAIL:
            self._keep_changes(machine)
            return machine.changes
        elif self.autocommit and self._no_writer_but(machine):
            if machine.writes:
                self.rollback_all()
        else:
            for db, identifier in machine.statement_savepoints:
                self.database(db).rollback_to(identifier)
                self.database(db).release(identifier)
        return 0

    def _everything_goes(self, machine: Machine, failure: BaseException) -> bool:
        """Whether a failure leaves no more of the transaction than of the statement.

        Beyond what C SQLite does this is so where a change of a tree may have been cut and no savepoint was opened for
        the statement, because its program cannot fail half way.
        """
        if not isinstance(failure, Error):
            return machine.writes or not isinstance(failure, KeyboardInterrupt)
        code = _primary(failure)
        if code == _INTERRUPT:
            return machine.writes
        if code in _SHORTAGES and machine.statement_savepoints:
            return False
        if code in _CALAMITIES:
            return True
        return (
            machine.writes
            and not machine.statement_savepoints
            and code not in _ORDERLY
            and self._has_changes()
        )

    def _has_changes(self) -> bool:
        """Whether the transaction has changed anything so far."""
        return any(self.database(db).pager.changed() for db in self._writing)

    def _no_writer_but(self, machine: Machine) -> bool:
        return self._writers == (1 if machine.writes else 0)

    def _leave(self, machine: Machine) -> None:
        """Take the machine off the list, and the locks with the last one."""
        machine.reads = False
        if machine.writes:
            machine.writes = False
            self._writers -= 1
        running = self.running
        if running and running[len(running) - 1] is machine:
            running.pop()
        elif machine in running:
            running.remove(machine)
        if not running and self.autocommit:
            for db in self._reading:
                if db < len(self.databases):
                    database = self.databases[db]
                    if database is not None:
                        database.end_read()
            self._reading.clear()

    # transactions -------------------------------------------------------------------------------------------

    def set_autocommit(self, machine: Machine, on: bool, rollback: bool) -> None:
        """BEGIN, COMMIT or ROLLBACK; see the instruction AutoCommit.

        Raises:
            Error: there is a transaction already, there is none, or a lock is in the way of the commit.
        """
        if on == self.autocommit:
            if not on:
                message = "cannot start a transaction within a transaction"
            elif rollback:
                message = "cannot rollback - no transaction is active"
            else:
                message = "cannot commit - no transaction is active"
            raise error(message)
        if not on:
            self.autocommit = False
        elif rollback:
            self.rollback_all()
        else:
            if not self._no_writer_but(machine):
                raise error("cannot commit transaction - SQL statements in progress", "SQLITE_BUSY")
            self.commit_all()
            self.savepoints.clear()
            self.autocommit = True

    def commit_all(self) -> None:
        """Commit every database that was written to: all of them or none.

        Raises:
            Error: ``SQLITE_BUSY``: another connection reads, and the transaction goes on; any other: all was undone.
        """
        if not self._writing:
            return
        written = []
        for db in sorted(self._writing):
            database = self.databases[db] if db < len(self.databases) else None
            if database is not None:
                written.append(database)
        try:
            commit_together(written)
        except BaseException as failure:
            if not isinstance(failure, Error) or _primary(failure) != _BUSY:
                self._roll_back_quietly()
            raise
        self._writing.clear()
        self._altered.clear()

    def rollback_all(self, distrust: bool = False) -> None:
        """Undo the transaction in every database; autocommit is on again, whatever is met.

        Args:
            distrust: believe nothing that is in memory; see ``Pager.rollback``.

        Raises:
            Error: ``SQLITE_ABORT``: there is no journal, and a file keeps what was written to it.
        """
        problem: BaseException | None = None
        for db, database in enumerate(self.databases):
            if database is not None and (distrust or db in self._writing):
                try:
                    database.rollback(distrust)
                except BaseException as failure:
                    problem = problem or failure
        self._trip()
        for machine in self.running:
            machine.statement_savepoints = []
        self._writing.clear()
        self.savepoints.clear()
        self.autocommit = True
        for db in self._altered:
            self.schema_changed(db)
        self._altered.clear()
        if problem is not None:
            raise problem

    def _roll_back_quietly(self) -> None:
        """``rollback_all`` after a failure that is told anyway."""
        try:
            self.rollback_all(distrust=True)
        except Error:
            return

    def _trip(self) -> None:
        """Stop the statements that stand on what is not there any more.

        Those that wrote, and only have rows left to give, need nothing of the file; those that read go on by their
        keys, unless the schema has changed under them, or the file is not to be read.
        """
        lost = any(not self.database(db).pager.in_read for db in self._reading if db < len(self.databases))
        for machine in self.running:
            if lost or self._altered or (machine.writes and machine.inside):
                machine.trip(error("abort due to ROLLBACK", "SQLITE_ABORT_ROLLBACK"))

    def savepoint(self, machine: Machine, operation: int, name: str) -> None:
        """SAVEPOINT, RELEASE or ROLLBACK TO; see the instruction Savepoint.

        Raises:
            Error: there is no such savepoint, or other statements are in the way.
        """
        if operation == SAVEPOINT_BEGIN:
            if not self._no_writer_but(machine):
                raise error("cannot open savepoint - SQL statements in progress", "SQLITE_BUSY")
            self._open_savepoint(name)
            return
        at = self._find_savepoint(name)
        if operation == SAVEPOINT_RELEASE:
            self._release_savepoint(machine, at)
        else:
            self._roll_back_to(at)

    def _find_savepoint(self, name: str) -> int:
        for at in range(len(self.savepoints) - 1, -1, -1):
            if self.savepoints[at].name.lower() == name.lower():
                return at
        raise error(f"no such savepoint: {name}")

    def _open_savepoint(self, name: str) -> None:
        frame = SavepointFrame(name, self.autocommit)
        for db in sorted(self._writing):
            frame.ids[db] = self.database(db).savepoint()
        self.savepoints.append(frame)
        self.autocommit = False

    def _release_savepoint(self, machine: Machine, at: int) -> None:
        frame = self.savepoints[at]
        if not self._no_writer_but(machine):
            raise error("cannot release savepoint - SQL statements in progress", "SQLITE_BUSY")
        if frame.opens_transaction and at == 0:
            self.commit_all()
            self.autocommit = True
        else:
            for db, identifier in frame.ids.items():
                self.database(db).release(identifier)
        del self.savepoints[at:]

    def _roll_back_to(self, at: int) -> None:
        frame = self.savepoints[at]
        del self.savepoints[at + 1 :]
        try:
            for db, identifier in frame.ids.items():
                self.database(db).rollback_to(identifier)
        except BaseException:
            self._roll_back_quietly()
            raise
        for machine in self.running:
            kept = [
                (db, number)
                for db, number in machine.statement_savepoints
                if number < frame.ids.get(db, number + 1)
            ]
            machine.statement_savepoints = kept
        self._trip()
        for db in self._altered:
            self.schema_changed(db)


def _primary(failure: Error) -> int:
    """The primary result code."""
    return CODES.get(failure.code, 0) & 0xFF
