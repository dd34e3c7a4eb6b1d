"""How a statement begins and ends in a connection's transaction, and what it leaves when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.errors import Error, error
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import Attached, AttachedDatabases
from foundrydb.vm.transactions.failures import CONSTRAINT, everything_goes, primary
from foundrydb.vm.transactions.running import Running
from foundrydb.vm.transactions.transaction import COMMIT_HOOK, Transaction, broken_foreign_key

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

ABORT: Final = "abort"
FAIL: Final = "fail"
IGNORE: Final = "ignore"
REPLACE: Final = "replace"
ROLLBACK: Final = "rollback"
"""What becomes of the changes when a constraint does not hold."""


@final
class Statements:
    """The beginnings and ends of a connection's statements.

    Attributes:
        changes: rows that the last completed INSERT, UPDATE or DELETE changed.
        total_changes: rows changed since the connection was opened.
        last_insert_rowid: rowid of the last row that an INSERT wrote.
        query_only: none of them may write.
    """

    def __init__(self, attached: AttachedDatabases[Any], running: Running, transaction: Transaction) -> None:
        self._attached: Final = attached
        self._running: Final = running
        self._transaction: Final = transaction
        self.changes = 0
        self.total_changes = 0
        self.last_insert_rowid = 0
        self.query_only = False

    # the beginning ------------------------------------------------------------------------------------------

    def begin(self, machine: Machine, attached: Attached[Any], write: int, cookie: int) -> None:
        """A statement begins to read a database, or to write it; see the instruction Transaction.

        Raises:
            Error: the database is locked, cannot be written, or has another schema than the statement's.
        """
        if write and self.query_only:
            raise error("attempt to write a readonly database", "SQLITE_READONLY")
        database = self._attached.opened(attached)
        machine.reads = True
        try:
            if write:
                self._begin_write(machine, attached, database, write > 1)
            else:
                database.begin_read()
        finally:
            if database.pager.in_read:
                attached.reading = True
        if database.backlog.failed:
            # They were to be made while this statement was planned, and its plan met what was in the way.
            raise database.backlog.failure or error("changes of an index are lost", "SQLITE_ABORT_ROLLBACK")
        if cookie >= 0 and database.schema_cookie() != cookie:
            self._attached.schema_changed(attached.number)
            raise error("database schema has changed", "SQLITE_SCHEMA")

    def _begin_write(
        self, machine: Machine, attached: Attached[Any], database: Database, exclusive: bool
    ) -> None:
        if database.pager.read_only:
            raise error("attempt to write a readonly database", "SQLITE_READONLY")
        try:
            database.begin_write(exclusive)
        finally:
            if database.pager.in_write:
                attached.writing = True
                if not machine.writes:
                    machine.deferred_before = self._transaction.deferred
                    machine.postponed_before = self._transaction.postponed
                self._running.note_writer(machine)
        transaction = self._transaction
        transaction.open_savepoints_in(database)
        if machine.program.statement_journal and (
            not transaction.autocommit or len(self._running.machines) > 1
        ):
            machine.statement_savepoints.append((database, database.savepoint()))

    def destroy_tree(self, machine: Machine, database: Database, root: int) -> int:
        """Free a B-tree; the root page that moved to its place, or 0.

        Raises:
            Error: ``SQLITE_LOCKED``, while another statement reads.
        """
        if self._running.reads_beside(machine):
            machine.failed_action = ABORT
            raise error("database table is locked", "SQLITE_LOCKED")
        return database.drop_tree(root)

    # the end ------------------------------------------------------------------------------------------------

    def end(self, machine: Machine) -> None:
        """A statement has ended well: count its changes, and commit if it was a transaction of its own.

        Raises:
            Error: something was in the way; ``end_failed`` is to be called.
        """
        self._keep_changes(machine)
        if machine.program.counts_changes:
            self.count(machine.changes)
        self._leave(machine)
        if self._transaction.hooks.lengths:
            self._transaction.hooks.tell_lengths()

    def count(self, changes: int) -> None:
        """An INSERT, UPDATE or DELETE has changed so many rows."""
        self.changes = changes
        self.total_changes += changes

    def _keep_changes(self, machine: Machine) -> None:
        """Release the statement's savepoints, which nothing can hinder once all is settled, and commit if it is due."""
        if machine.statement_savepoints:
            for database, _ in machine.statement_savepoints:
                database.backlog.settle()
            for database, identifier in machine.statement_savepoints:
                database.release(identifier)
            machine.statement_savepoints = []
        if self._transaction.autocommit and self._running.no_writer_but(machine):
            self._transaction.commit()
            if machine.reads:
                self._transaction.defers_all = False

    def end_failed(self, machine: Machine, failure: BaseException, action: str) -> BaseException | None:
        """A statement has failed: undo what ``action`` says, or everything where that cannot be done.

        Returns:
            What it met on the way, where that is to be reported rather than ``failure``.
        """
        changes = 0
        told: BaseException | None = None
        if action == FAIL and machine.violations > 0:
            told, action = broken_foreign_key(), ABORT
        try:
            changes = self._undo(machine, failure, action)
            if any([database.backlog.failed for database in self._attached.databases()]):
                self._transaction.rollback()
        except BaseException as problem:
            forbidden = isinstance(problem, Error) and problem.code == COMMIT_HOOK
            if not isinstance(failure, Error) or (primary(failure) == CONSTRAINT and not forbidden):
                told = problem
            self._transaction.rollback_quietly()
        finally:
            self._transaction.read_schemas_again()
            machine.statement_savepoints = []
            if machine.program.counts_changes and (machine.reads or machine.writes):
                self.count(changes)
            self._leave(machine)
        return told

    def _undo(self, machine: Machine, failure: BaseException, action: str) -> int:
        """Undo what is to be undone; returns how many of the statement's changes stay."""
        transaction = self._transaction
        if action == ROLLBACK or everything_goes(machine, failure, transaction.has_changes()):
            transaction.rollback(distrust=not isinstance(failure, Error))
        elif action == FAIL:
            self._keep_changes(machine)
            return machine.changes
        elif transaction.autocommit and self._running.no_writer_but(machine):
            if machine.writes:
                transaction.rollback()
        else:
            if machine.writes:
                transaction.deferred = machine.deferred_before
                transaction.postponed = machine.postponed_before
            for database, identifier in machine.statement_savepoints:
                database.rollback_to(identifier)
                database.release(identifier)
            if machine.writes and not machine.statement_savepoints:
                self._forget_what_waits()
        return 0

    def _forget_what_waits(self) -> None:
        """Forget the changes that wait in databases of which no page was changed: the failed statement's alone."""
        for database in self._attached.databases():
            if not database.pager.changed():
                database.backlog.forget()

    def _leave(self, machine: Machine) -> None:
        """Take the machine off the list, and the locks with the last one."""
        self._running.leave(machine)
        if not self._running.machines and self._transaction.autocommit:
            self._transaction.end_reading()
