"""A statement that can be run again from its start, and then goes as it went before.

A run depends on the database, on the clock and on chance.  The database is what it was at the start, because all
happens within a savepoint: a run that goes back is undone, and its transaction keeps what it reads as it is.  What
ATTACH, DETACH and VACUUM INTO do beyond that is undone by a dry run (``engine/dry_run``) around it; behind a VACUUM
that changes the page size the transaction as a whole is undone, and begun again.  Clock and chance are asked of the
connection (``vm/host``), which is given a stopped clock and seeded bytes in their place while the statement runs.
So nothing has to be kept of a run but these, however long it is: to be at its n-th instruction again is to run n
instructions from the start.

What else could differ (a function of the user's that answers otherwise each time) is noticed: at every so many
instructions the place is noted, and compared when it comes again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from foundrydb.api.values.parameters import bind
from foundrydb.compiler.syntax import ast
from foundrydb.engine.dry_run import DryRun
from foundrydb.errors import Error, ProgrammingError
from foundrydb.storage.format.values import Value
from foundrydb.toolkit.undoing import undo_savepoint
from foundrydb.vm.machine import BATCH, Machine
from foundrydb.vm.stepper import FOREVER, Stepper

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.pipeline import Compilation

SAVEPOINT: Final = "foundrydb_debug"

STRIDE: Final = 1 << 14
"""Between so many instructions the place is noted, and whoever wants to stop the run is asked."""

MOST_NOTES: Final = 4096

_WITHOUT_RUN: Final = (
    ast.Explain,
    ast.Begin,
    ast.Commit,
    ast.Rollback,
    ast.Savepoint,
    ast.Release,
    ast.RollbackTo,
)
"""Statements about the savepoint that they would run in, and those that have nothing to show."""


_OF_THE_MOMENT: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_NOMEM")
"""How the codes of failures begin that need not come again."""


def can_run(statement: ast.Statement) -> bool:
    """Whether a statement can be run forward and back."""
    return not isinstance(statement, _WITHOUT_RUN)


def refused(which: str = "this statement") -> ProgrammingError:
    """The error for a statement that cannot be."""
    return ProgrammingError(f"{which} cannot be debugged: it is about a transaction, or is an EXPLAIN")


class Conditions:
    """What a run depends on beside the database: the time, and what chance begins with."""

    def __init__(self, now: int, seed: bytes) -> None:
        self.now: Final = now
        self.seed: Final = seed


class Replay:
    """One statement, and where its run is.

    Attributes:
        connection: where it runs.
        compilation: how it was compiled, with notes of attribution.
        conditions: what it depends on.
        values: of the parameters, by number from 1.
        machine: what runs it.
        stepper: stops it; ``stepper.steps`` is how many instructions were carried out.
        rows: how many rows it has returned; ``last_row`` is the last one.
        end: how many instructions the whole run has, None while that is not known.
        failure: what the run ended with, None where it has not failed (yet).
        asked_to_stop: is asked now and then; where it answers yes, the run makes a pause.
        restore: does again what stood around the savepoint, where the whole transaction was undone.
    """

    def __init__(
        self,
        connection: Connection,
        compilation: Compilation,
        parameters: Any = None,
        conditions: Conditions | None = None,
    ) -> None:
        """Open the savepoint; nothing runs yet.

        Args:
            conditions: those of a run that this one is to repeat.

        Raises:
            ProgrammingError: the statement cannot be run this way.
        """
        if not can_run(compilation.statement):
            raise refused()
        self.connection: Final = connection
        self.compilation: Final = compilation
        names = compilation.program.parameters
        self.values: Final[list[Value]] = (
            [None] * len(names) if parameters is None else bind(names, parameters, [])
        )
        self._engine: Final = connection.engine
        self.conditions: Final = (
            Conditions(self._engine.clock(), self._engine.random(16)) if conditions is None else conditions
        )
        statements = self._engine.statements
        self._counted: Final = (statements.changes, statements.total_changes, statements.last_insert_rowid)
        self._notes: Final[dict[int, tuple[int, int]]] = {}
        self._stride = STRIDE
        self.end: int | None = None
        self.failure: Error | None = None
        self._unsettled = False
        self.asked_to_stop: Callable[[], bool] = lambda: False
        self.restore: Callable[[], None] = lambda: None
        self._begin_dry_run()
        self._begin()

    def _begin_dry_run(self) -> None:
        """Begin what undoes the run: the savepoint, and around it what undoes more."""
        self._dry_run = DryRun(self._engine)
        try:
            self._open()
        except BaseException:
            with suppress(Error):
                undo_savepoint(self.connection, SAVEPOINT)
            self._dry_run.end(False)
            raise

    def _open(self) -> None:
        """Open the savepoint, and hold what the database is from now on."""
        self.connection.execute(f"SAVEPOINT {SAVEPOINT}")
        self.connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()

    def _open_again(self) -> None:
        """After the whole transaction was undone, the savepoint with it.

        Raises:
            ProgrammingError: another connection has changed the database since.
        """
        before = self._version()
        self._dry_run.end(False)
        self.restore()
        self._begin_dry_run()
        if self._version() != before:
            raise ProgrammingError(
                "another connection has changed the database: the run cannot be gone through again"
            )

    def _version(self) -> list[int]:
        return [int(each.pager.data_version) for each in self._engine.attached.databases()]

    def _begin(self) -> None:
        self.rows = 0
        self.last_row: tuple[Value, ...] | None = None
        self._random = random.Random(self.conditions.seed)
        self.stepper = Stepper()
        self.machine = Machine(self.compilation.program, self._engine, list(self.values))
        self.machine.watch(self._engine.watch)
        self.machine.observer = self.stepper

    # moving -------------------------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """How many instructions were carried out."""
        return int(self.stepper.steps)

    @property
    def ended(self) -> bool:
        """Whether the run has ended, well or not."""
        return self.end is not None and self.steps >= self.end

    @property
    def noted(self) -> bool:
        """Whether the pages of the last instruction were noted, where there was one."""
        return self.steps == 0 or self.ended or self.stepper.noting

    def rewind(self) -> None:
        """Undo the run: it is at its start again."""
        with suppress(Error):
            self.machine.reset()
        self._stop_noting()
        if self._dry_run.beyond_savepoints and not self._engine.transaction.autocommit:
            self.connection.execute("ROLLBACK")
        if self._engine.transaction.autocommit:
            self._open_again()
        else:
            self.connection.execute(f"ROLLBACK TO {SAVEPOINT}")
            self._dry_run.undo()
        if self.failure is not None and self.failure.code.startswith(_OF_THE_MOMENT):
            self.failure = self.end = None
        statements = self._engine.statements
        statements.changes, statements.total_changes, statements.last_insert_rowid = self._counted
        self._begin()

    def run(
        self,
        until: int = FOREVER,
        question: Callable[[], bool] | None = None,
        rows: int = 0,
        stops: dict[int, list[int]] | None = None,
    ) -> str:
        """Go on to the first of these.

        Args:
            until: so many instructions.
            question: an instruction after which it is answered yes.
            rows: so many rows; 0 for any.
            stops: by program, the addresses of the next instruction.

        Returns:
            What it stopped for: ``steps``, ``stop`` (for a question or an address), ``rows``, ``end``, or ``asked``.

        The pages of the last instruction stay noted in the pagers; ``pages`` tells them.
        """
        watching = question is not None or bool(stops)
        stepper = self.stepper
        stepper.since = stepper.steps
        stepper.question = question
        stepper.stop_before(stops or {})
        self._stop_noting()
        while not self.ended:
            if self.steps >= until:
                return "steps"
            if 0 < rows <= self.rows:
                return "rows"
            last = until - self.steps == 1
            stepper.noting = watching or rows > 0 or last
            stepper.until = min(until if stepper.noting else until - 1, self._next_note())
            most = 1 if watching else min(rows - self.rows, BATCH) if rows else BATCH
            handed = self._run_on(most)
            if self.steps < stepper.until:
                if watching and handed == 0 and not self.ended:
                    return "stop"
            elif self.steps % self._stride == 0:
                self._note()
                if self.asked_to_stop():
                    return "asked"
        return "end"

    def _run_on(self, most: int) -> int:
        """Run the machine until the stepper stops it, or to so many rows; how many there were."""
        engine = self._engine
        clock, chance = engine.clock, engine.random
        engine.clock, engine.random = self._clock, self._random.randbytes
        try:
            rows = self.machine.run(most)
        except Error as failure:
            if failure.code == "SQLITE_INTERRUPT":  # not the statement's own
                self.rewind()
                raise
            self.failure = failure
            self.end = self.steps
            return 0
        except BaseException:
            self.rewind()
            raise
        finally:
            engine.clock, engine.random = clock, chance
            engine.failures.clear()
        if self.machine.done:
            self._settle()
            self.end = self.steps
        if rows:
            self.rows += len(rows)
            self.last_row = rows[-1]
        return len(rows)

    def _settle(self) -> None:
        """Make the changes of indexes that wait: a statement that is the last one of its transaction would do so."""
        try:
            for database in self._engine.attached.databases():
                database.backlog.settle()
        except Error as failure:
            self.failure = failure
            self._unsettled = True

    def _clock(self) -> int:
        return self.conditions.now

    # notes --------------------------------------------------------------------------------------------------

    def _next_note(self) -> int:
        return (self.steps // self._stride + 1) * self._stride

    def _note(self) -> None:
        """Note where the run is, or compare that with what was noted before.

        Raises:
            ProgrammingError: the run has gone another way than before.
        """
        place = (self.rows, int(self.machine.address))
        if self._notes.setdefault(self.steps, place) != place:
            raise ProgrammingError(
                f"the run went another way than before within {self.steps:,} instructions: "
                "does it call a function that answers otherwise each time?"
            )
        if len(self._notes) > MOST_NOTES:
            self._stride *= 2
            for steps in [steps for steps in self._notes if steps % self._stride]:
                del self._notes[steps]

    def pages(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The pages that the last instruction asked for, and those that it changed: numbers of database and page."""
        asked: list[tuple[int, int]] = []
        changed: list[tuple[int, int]] = []
        for each in self._engine.attached.all:
            if each.database is not None and each.database.pager.noting:
                pager = each.database.pager
                asked += [(each.number, number) for number in dict.fromkeys(pager.requested)]
                changed += [(each.number, number) for number in dict.fromkeys(pager.touched)]
        return asked, changed

    def changed_pages(self) -> list[tuple[int, int]]:
        """The pages that changed since the start."""
        frames = [frame for frame in self._engine.transaction.savepoints if frame.name == SAVEPOINT]
        if not frames:
            return []
        return [
            (each.number, number)
            for each in self._engine.attached.all
            if each.database is not None and each.database in frames[-1].ids
            for number in each.database.pager.changed_since(frames[-1].ids[each.database])
        ]

    def _stop_noting(self) -> None:
        for each in self._engine.attached.all:
            if each.database is not None:
                each.database.pager.note_no_more()

    # the end ------------------------------------------------------------------------------------------------

    def close(self, keep: bool = False) -> None:
        """End the run and the savepoint; what was changed is undone, unless it is to be kept."""
        with suppress(Error):
            self.machine.reset()
        self._stop_noting()
        try:
            self._end_savepoint(keep)
        finally:
            self._dry_run.end(keep)

    def _end_savepoint(self, keep: bool) -> None:
        if self._engine.transaction.autocommit:
            return
        if keep and not self._unsettled:
            self.connection.execute(f"RELEASE {SAVEPOINT}")
            return
        if self._dry_run.beyond_savepoints:
            self.connection.execute("ROLLBACK")
        else:
            undo_savepoint(self.connection, SAVEPOINT)
        statements = self._engine.statements
        statements.changes, statements.total_changes, statements.last_insert_rowid = self._counted
