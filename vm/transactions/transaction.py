"""A connection's transaction: begun, committed or rolled back in all of its databases, with the user's savepoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.errors import Error, error
from foundrydb.storage.format.values import fold_ascii
from foundrydb.storage.tree.commit_together import commit_together
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import Attached, AttachedDatabases
from foundrydb.vm.transactions.failures import BUSY, primary
from foundrydb.vm.transactions.hooks import Hooks
from foundrydb.vm.transactions.running import Running

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

SAVEPOINT_BEGIN: Final = 0
SAVEPOINT_RELEASE: Final = 1
SAVEPOINT_ROLLBACK: Final = 2

COMMIT_HOOK: Final = "SQLITE_CONSTRAINT_COMMITHOOK"
"""The code of a commit that a user's commit hook has forbidden."""


def broken_foreign_key() -> Error:
    """The error of rows that refer to nothing, ready to raise."""
    return error("FOREIGN KEY constraint failed", "SQLITE_CONSTRAINT_FOREIGNKEY")


@final
class SavepointFrame:
    """A savepoint of the user's: its name, and the storage's savepoint in each database written to since.

    Attributes:
        opens_transaction: it was opened outside a transaction; releasing it commits.
        deferred, postponed: violations of foreign keys, as they were counted then.
        ids: the storage's savepoint by database.
    """

    def __init__(self, name: str, opens_transaction: bool, deferred: int, postponed: int) -> None:
        self.name: Final = name
        self.opens_transaction: Final = opens_transaction
        self.deferred: Final = deferred
        self.postponed: Final = postponed
        self.ids: Final[dict[Database, int]] = {}


@final
class Transaction:
    """What has been begun in a connection's databases and is not committed.

    Attributes:
        autocommit: no BEGIN is open.
        savepoints: the user's open savepoints, outermost first.
        deferred: how many rows refer to nothing by foreign keys that have to hold when it is committed.
        postponed: likewise by others, while those are looked at then, too.
        defers_all: they are, until it ends (PRAGMA defer_foreign_keys).
        hooks: what a user wants to be told.
    """

    def __init__(self, attached: AttachedDatabases[Any], running: Running) -> None:
        self._attached: Final = attached
        self._running: Final = running
        self.autocommit = True
        self.savepoints: Final[list[SavepointFrame]] = []
        self.deferred = 0
        self.postponed = 0
        self.defers_all = False
        self.hooks: Final = Hooks()

    # begin, commit, rollback --------------------------------------------------------------------------------

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
            self.rollback()
        else:
            if not self._running.no_writer_but(machine):
                raise error("cannot commit transaction - SQL statements in progress", "SQLITE_BUSY")
            self.commit()
            self._forget_violations()
            self.savepoints.clear()
            self.autocommit = True

    def commit(self) -> None:
        """Commit every database that was written to: all of them or none.

        Raises:
            Error: ``SQLITE_BUSY``: another connection reads, ``SQLITE_CONSTRAINT``: rows refer to nothing: the
                transaction goes on; any other: all was undone.
        """
        if self.deferred + self.postponed > 0:
            raise broken_foreign_key()
        written: list[Database] = []
        for each in self._attached.all:
            if each.writing and each.database is not None:
                written.append(each.database)
        if not written:
            return
        if self.hooks.commit is not None and not self.hooks.vacuums and self.hooks.commit():
            self.rollback()
            raise error("constraint failed", COMMIT_HOOK)
        try:
            commit_together(written)
        except BaseException as failure:
            if not isinstance(failure, Error) or primary(failure) != BUSY:
                self.rollback_quietly()
            raise
        if self.hooks.log is not None:
            self._note_lengths()
        self._end()

    def _note_lengths(self) -> None:
        """Note how long the write-ahead logs are that have been written to."""
        for each in self._attached.all:
            if each.writing and each.database is not None:
                frames = each.database.pager.take_logged()
                if frames > 0:
                    self.hooks.lengths.append((each.name, frames))

    def rollback(self, distrust: bool = False) -> None:
        """Undo the transaction in every database; autocommit is on again, whatever is met.

        Args:
            distrust: believe nothing that is in memory; see ``Pager.rollback``.

        Raises:
            Error: ``SQLITE_ABORT``: there is no journal, and a file keeps what was written to it.
        """
        problem: BaseException | None = None
        told = not self.autocommit or any([each.writing for each in self._attached.all])
        for each in self._attached.all:
            database = each.database
            if database is not None and (distrust or each.writing):
                try:
                    database.rollback(distrust)
                except BaseException as failure:
                    problem = problem or failure
        self._trip()
        for machine in self._running.machines:
            machine.statement_savepoints = []
        self.savepoints.clear()
        self.autocommit = True
        self.read_schemas_again()
        self._end()
        if told and self.hooks.rollback is not None:
            self.hooks.rollback()
        if problem is not None:
            raise problem

    def rollback_quietly(self) -> None:
        """``rollback`` after a failure that is told anyway."""
        try:
            self.rollback(distrust=True)
        except Error:
            return

    def _end(self) -> None:
        self._forget_violations()
        self.hooks.vacuums = False
        for each in self._attached.all:
            each.writing = False
            each.altered = False

    def _forget_violations(self) -> None:
        self.deferred = 0
        self.postponed = 0
        self.defers_all = False

    def read_schemas_again(self) -> None:
        """Something of the transaction was undone: so may be what it changed of schemas."""
        for each in self._attached.all:
            if each.altered:
                self._attached.schema_changed(each.number)

    def end_reading(self) -> None:
        """Give back the locks of statements: none runs any more, and there is no BEGIN."""
        for each in self._attached.all:
            if each.reading:
                each.reading = False
                if each.database is not None:
                    each.database.end_read()

    def exchange(self, attached: Attached[Any], database: Database) -> Database | None:
        """Let it have another database, in which nothing has been begun; the one before."""
        before = attached.database
        attached.database = database
        attached.reading = attached.writing = attached.altered = False
        if before is not None:
            self.leave(before)
        return before

    def leave(self, database: Database) -> None:
        """A database is no part of it any more."""
        for frame in self.savepoints:
            frame.ids.pop(database, None)

    def has_changes(self) -> bool:
        """Whether it has changed anything so far."""
        return any(
            [
                each.database.pager.changed()
                for each in self._attached.all
                if each.writing and each.database is not None
            ]
        )

    def _trip(self) -> None:
        """Stop the statements that stand on what is not there any more.

        Those that wrote, and only have rows left to give, need nothing of the file; those that read go on by their
        keys, unless the schema has changed under them, or the file is not to be read.
        """
        gone = False
        for each in self._attached.all:
            lost = each.reading and each.database is not None and not each.database.pager.in_read
            gone = gone or lost or each.altered
        self._running.trip(readers=gone)

    # savepoints ---------------------------------------------------------------------------------------------

    def savepoint(self, machine: Machine, operation: int, name: str) -> None:
        """SAVEPOINT, RELEASE or ROLLBACK TO; see the instruction Savepoint.

        Raises:
            Error: there is no such savepoint, or other statements are in the way.
        """
        if operation == SAVEPOINT_BEGIN:
            if not self._running.no_writer_but(machine):
                raise error("cannot open savepoint - SQL statements in progress", "SQLITE_BUSY")
            self._open_savepoint(name)
            return
        at = self._find_savepoint(name)
        if operation == SAVEPOINT_RELEASE:
            self._release_savepoint(machine, at)
        else:
            self._roll_back_to(at)

    def open_savepoints_in(self, database: Database) -> None:
        """Open in a database the user's savepoints that are not open there yet: the innermost ones."""
        first = len(self.savepoints)
        while first > 0 and database not in self.savepoints[first - 1].ids:
            first -= 1
        for frame in self.savepoints[first:]:
            frame.ids[database] = database.savepoint()

    def _find_savepoint(self, name: str) -> int:
        wanted = fold_ascii(name)
        for at in range(len(self.savepoints) - 1, -1, -1):
            if fold_ascii(self.savepoints[at].name) == wanted:
                return at
        raise error(f"no such savepoint: {name}")

    def _open_savepoint(self, name: str) -> None:
        frame = SavepointFrame(name, self.autocommit, self.deferred, self.postponed)
        for each in self._attached.all:
            if each.writing and each.database is not None:
                frame.ids[each.database] = each.database.savepoint()
        self.savepoints.append(frame)
        self.autocommit = False

    def _release_savepoint(self, machine: Machine, at: int) -> None:
        frame = self.savepoints[at]
        if not self._running.no_writer_but(machine):
            raise error("cannot release savepoint - SQL statements in progress", "SQLITE_BUSY")
        if frame.opens_transaction and at == 0:
            self.commit()
            self._forget_violations()
            self.autocommit = True
        else:
            for database, identifier in frame.ids.items():
                database.release(identifier)
        del self.savepoints[at:]

    def _roll_back_to(self, at: int) -> None:
        frame = self.savepoints[at]
        del self.savepoints[at + 1 :]
        self.deferred = frame.deferred
        self.postponed = frame.postponed
        try:
            for database, identifier in frame.ids.items():
                database.rollback_to(identifier)
        except BaseException:
            self.rollback_quietly()
            raise
        for machine in self._running.machines:
            machine.statement_savepoints = [
                (database, identifier)
                for database, identifier in machine.statement_savepoints
                if identifier < frame.ids.get(database, identifier + 1)
            ]
        self._trip()
        self.read_schemas_again()
