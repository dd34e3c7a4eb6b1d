"""The part of a connection that every statement passes: checks, the statements that are kept, implicit transactions.

A connection belongs to the thread that opened it, and then needs no lock; or to all threads, which then take turns:
each call of the interface holds the session's lock.  One thing another thread may do with a connection that is not
its own, and that is to copy a database into it; the owner waits meanwhile.
"""

from __future__ import annotations

from _thread import RLock, get_ident
from collections.abc import Callable
from typing import Any, Final, final

from foundrydb import late
from foundrydb.api.values.parse_flags import PARSE_COLNAMES
from foundrydb.engine.engine import Engine
from foundrydb.engine.options.limits import check_text
from foundrydb.engine.statement import Description, Prepared, check_single
from foundrydb.errors import ProgrammingError
from foundrydb.storage.format.values import MET, Value
from foundrydb.vm.machine import Machine

# As a constant it is called without being looked for.
_get_ident: Final = get_ident

LEGACY_TRANSACTION_CONTROL: Final = -1
"""For ``autocommit``: ``isolation_level`` says when a transaction begins."""


@final
class Session:
    """What the statements of a connection share.

    Attributes:
        engine: what does the work.
        open: whether the connection is.
        thread: the thread that may use the connection, 0 for any.
        lock: what threads take turns by where any may.
        statements: those that are compiled and kept.
        isolation_level, autocommit: when transactions begin and end; see ``connect``.
        text_factory, detect_types: what becomes of values; see ``connect`` and ``Connection``.
        carries_text: text that is not UTF-8 is handed out as it is, its bytes escaped; tools do that.
        tracer: called with each statement before it runs.
    """

    def __init__(
        self,
        engine: Engine,
        thread: int,
        cache_size: int,
        isolation_level: str | None,
        autocommit: Any,
        detect_types: int,
    ) -> None:
        self.engine: Final = engine
        self.open = True
        self.thread = thread
        self.lock: RLock | None = RLock() if thread == 0 else None
        self._owner: Final = thread
        self._visits = RLock()
        self._dropped: Final[list[Machine]] = []
        self.statements: Final = engine.preparer.cache
        self.statements.size = cache_size
        self.isolation_level = isolation_level
        self.autocommit: Any = autocommit
        self.detect_types: Final = detect_types
        self.text_factory: Callable[[bytes], Any] = str
        self.carries_text = False
        self.tracer: Callable[[str], object] | None = None

    def check(self) -> None:
        """See that the connection is open and used by its own thread.

        Raises:
            ProgrammingError: it is not.
        """
        if not self.open:
            raise ProgrammingError("Cannot operate on a closed database.")
        if self.thread != 0:
            self.check_thread()

    def check_thread(self) -> None:
        """See that the connection is used by its own thread, which waits for a visitor to leave.

        Raises:
            ProgrammingError: it is not.
        """
        here: int = _get_ident()
        while self.thread != 0 and self.thread != here:
            if self._owner != here:
                raise ProgrammingError(
                    "SQLite objects created in a thread can only be used in that same thread. The object was "
                    f"created in thread id {self._owner} and this is thread id {here}."
                )
            self._visits.acquire()
            self._visits.release()

    # threads ------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Wait until no other thread uses the connection, and keep others out until ``leave``."""
        if self.lock is not None:
            self.lock.acquire()

    def leave(self) -> None:
        """Let other threads use the connection."""
        if self.lock is not None:
            self.lock.release()

    def after_fork(self) -> None:
        """In a forked child: a thread that is not here does not use the connection."""
        if self.lock is not None and not _is_free(self.lock):
            self.lock = RLock()
        if not _is_free(self._visits):
            self._visits = RLock()
            self.thread = self._owner

    def visit(self) -> None:
        """Let this thread use the connection, whoever owns it, until ``end_visit``."""
        if self.lock is not None:
            self.lock.acquire()
            return
        self._visits.acquire()
        self.thread = _get_ident()

    def end_visit(self) -> None:
        """Give the connection back to its owner."""
        if self.lock is not None:
            self.lock.release()
            return
        self.thread = self._owner
        self._visits.release()

    def drop(self, machine: Machine) -> None:
        """End a run that nobody can ask for rows any more; one of another thread's connection waits for its thread."""
        if not self.open:
            return
        if self.thread != 0 and self.thread != _get_ident():
            self._dropped.append(machine)
            return
        self.enter()
        try:
            machine.reset()
        finally:
            self.leave()

    def _end_dropped(self) -> None:
        while self._dropped:
            self._dropped.pop().reset()

    # statements ---------------------------------------------------------------------------------------------

    def prepare(self, sql: str) -> Prepared | None:
        """The compiled statement, from the cache where it is there and not stale; None for an empty text."""
        if self._dropped:
            self._end_dropped()
        found = self.statements.find(sql, self.engine.attached.generation)
        if found is not None:
            return found
        check_text(sql, self.engine.preparer.limits)
        if "\0" in sql:
            raise ProgrammingError("the query contains a null character")
        prepared, end = self.engine.prepare(sql)
        check_single(sql, end)
        if prepared is None:
            return None
        self.statements.keep(prepared)
        return prepared

    def run(self, sql: str) -> None:
        """Run a statement of the connection's own."""
        prepared = self.prepare(sql)
        assert prepared is not None
        self.run_to_end(prepared, [None])

    def run_to_end(self, prepared: Prepared, values: list[Value], start: int = 0) -> None:
        """Run a statement, whatever rows it has; ``start`` is where its text begins."""
        self.trace(prepared, values, start)
        ran, machine, rows = self.engine.first_row(prepared, values)
        while rows:
            rows = machine.run()
        if self.engine.failures:
            self.engine.raise_failure(machine)
        ran.compiled.give_back(machine)

    def trace(self, prepared: Prepared, values: list[Value], start: int = 0) -> None:
        """Tell the tracer what is going to run; what is only explained is not."""
        if self.tracer is not None and prepared.program.explain == 0:
            tracing: Any = late.trace
            nested = any([machine.inside for machine in self.engine.running.machines])
            tracing.trace(self.tracer, prepared, values, self.engine.preparer.limits, start, nested)

    # rows ---------------------------------------------------------------------------------------------------

    def hands_out_plainly(self) -> bool:
        """Whether the values of SQL are what the user wants to see."""
        return (
            self.text_factory is str and not self.detect_types and (self.carries_text or not MET.ill_formed)
        )

    def decoder(self, prepared: Prepared) -> Callable[[Any], Any]:
        """What turns a row of the statement's into what the user wants."""
        decoding: Any = late.decoding
        strict = not self.carries_text
        decoder: Callable[[Any], Any] = decoding.row_decoder(
            prepared.program, self.text_factory, self.detect_types, strict
        )
        return decoder

    def described(self, prepared: Prepared) -> Description | None:
        """What ``Cursor.description`` says of the result: names lose their ``[type]`` where that has a meaning."""
        description = prepared.compiled.description
        if description is None or not self.detect_types & PARSE_COLNAMES:
            return description
        return tuple([(column[0].partition(" [")[0], *column[1:]) for column in description])

    # transactions -------------------------------------------------------------------------------------------

    def begin_if_due(self) -> None:
        """Open the transaction that precedes a change of data, where the isolation level asks for it."""
        level = self.isolation_level
        if (
            level is not None
            and self.autocommit == LEGACY_TRANSACTION_CONTROL
            and self.engine.transaction.autocommit
        ):
            if (level == "" or level == "DEFERRED") and self._is_unwatched():
                self.engine.transaction.autocommit = False
            else:
                self.run(f"BEGIN {level}")

    def _is_unwatched(self) -> bool:
        """Whether nobody can tell whether BEGIN was run as a statement: it only notes that a transaction is open."""
        engine = self.engine
        watched = (
            engine.guard is not None or engine.dry_run is not None or engine.preparer.authorizer is not None
        )
        return self.tracer is None and not watched

    def end_transaction(self, statement: str) -> None:
        """Run COMMIT or ROLLBACK if a transaction is open, and begin the next one where there always is one."""
        if self.autocommit is True:
            return
        self.enter()
        try:
            if not self.engine.transaction.autocommit:
                self.run(statement)
            if self.autocommit is False:
                self.run("BEGIN")
        finally:
            self.leave()

    def commit_before_script(self) -> None:
        """End the transaction that a script must not run in."""
        if self.autocommit == LEGACY_TRANSACTION_CONTROL and not self.engine.transaction.autocommit:
            self.run("COMMIT")


def _is_free(lock: RLock) -> bool:
    """Whether no other thread holds the lock."""
    free = lock.acquire(False)
    if free:
        lock.release()
    return free
