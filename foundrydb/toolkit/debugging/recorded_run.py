"""Moves of a run: forward, back, to a target; and what there is wherever it stands.

A position is a number of instructions: at position 0 nothing has run.  To go back is to run again from the start
(``replay``), up to one instruction less.  So that a walk backwards does not do that for every step, the states of
the last positions before it are taken on the way, and a walk through these runs nothing at all.  Whoever walks on
backwards beyond them has twice as many taken each time: a walk back over n instructions runs them log n times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from foundrydb.toolkit.debugging.meanings import Meanings
from foundrydb.toolkit.debugging.replay import Conditions, Replay
from foundrydb.toolkit.debugging.state import State, capture
from foundrydb.toolkit.debugging.target import StopTarget, questions_of, stops_of

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.pipeline import Compilation

WINDOW: Final = 64
"""How many states before a position are taken when it is gone back to."""

MOST_STATES: Final = 4096
"""So many are taken at most by a walk that goes on backwards."""

MOST_REGISTERS: Final = 100_000
"""So many registers these hold in all, at most, where there are more than ``WINDOW`` states."""

BUDGET: Final = 10_000_000
"""How many instructions a move carries out at most before it makes a pause."""


class RecordedRun:
    """A statement that is run forward and back.

    Attributes:
        replay: what runs.
        meanings: what its registers and cursors stand for.
        position: how many instructions were carried out, as far as one sees.
        budget: how many instructions a move carries out at most.
    """

    def __init__(
        self,
        connection: Connection,
        compilation: Compilation,
        parameters: Any = None,
        conditions: Conditions | None = None,
    ) -> None:
        """Stand at the start.

        Args:
            compilation: made with notes (``noting``).
            parameters: as for ``execute``; all NULL where there are none.
            conditions: those of a run that this one is to repeat.

        Raises:
            ProgrammingError: the statement cannot be run this way.
        """
        self.replay: Final = Replay(connection, compilation, parameters, conditions)
        self.meanings: Final = Meanings(compilation)
        self.position = 0
        self.budget = BUDGET
        self._states: Final[dict[int, State]] = {}
        registers = max(compilation.program.registers, 1)
        self._widest: Final = max(min(MOST_STATES, MOST_REGISTERS // registers), WINDOW)
        self._window = WINDOW
        self._before = -1  # the position from which on a walk backwards has no states

    # looking ------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """What there is at the position."""
        known = self._states.get(self.position)
        if known is None:
            self._stand(self.position)
            known = self._take()
        known.end = self.replay.end
        return known

    def _take(self) -> State:
        """Take the state where the replay is."""
        states = self._states
        if len(states) > 2 * self._widest:
            states.clear()
        made = states[self.replay.steps] = capture(self.replay, self.meanings)
        return made

    @property
    def ended(self) -> bool:
        """Whether the position is the end of the run."""
        return self.replay.end is not None and self.position >= self.replay.end

    # moving -------------------------------------------------------------------------------------------------

    def _stand(self, position: int) -> None:
        """Bring the replay to a position; a pause on the way there is none."""
        replay = self.replay
        if replay.steps == position and replay.noted:
            return
        if replay.steps >= position:
            replay.rewind()
        while replay.steps < position and not replay.ended:
            if replay.run(until=position) == "asked":
                self.position = replay.steps
                return

    def move(self, position: int) -> None:
        """Go to a position, forward or back; beyond the end, to the end."""
        position = max(position, 0)
        if self.replay.end is not None:
            position = min(position, self.replay.end)
        if position < self.position and position not in self._states:
            self._take_window(position)
        elif position > self.replay.steps:
            self._stand(position)
            position = self.replay.steps
        self.position = position

    def _take_window(self, position: int) -> None:
        """Take the states up to a position that is gone back to."""
        self._window = min(2 * self._window, self._widest) if position == self._before else WINDOW
        first = max(position - self._window, 0)
        self._before = first - 1
        self._stand(first)
        self._states.clear()
        self._take()
        while self.replay.steps < position and not self.replay.ended:
            self.replay.run(until=self.replay.steps + 1)
            self._take()

    def forward(self, targets: list[StopTarget], budget: int = 0) -> str:
        """Go on to the first of some targets.

        Returns:
            What it stopped for: ``target``, ``end``, ``budget``, or ``asked``.
        """
        self._return_to_position()
        return self._go(targets, self.position + (budget or self.budget))

    def _return_to_position(self) -> None:
        if self.replay.steps != self.position:
            self._stand(self.position)

    def _go(self, targets: list[StopTarget], limit: int) -> str:
        """Go on from where the replay is, to a target or a number of instructions."""
        replay = self.replay
        rows = [row for row in (target.row(replay.rows) for target in targets) if row > replay.rows]
        found = replay.run(
            limit, questions_of(targets, replay), min(rows, default=0), stops_of(targets, self.meanings)
        )
        self.position = replay.steps
        return {"steps": "budget", "stop": "target", "rows": "target"}.get(found, found)

    def back(self, targets: list[StopTarget]) -> str:
        """Go back to where one of some targets was met last.

        Returns:
            ``target``, or ``start`` where none was, or ``asked``.
        """
        here = self.position
        self.replay.rewind()
        self.position = 0
        met = -1
        while True:
            found = self._go(targets, here)
            if found == "asked":
                return found
            if found != "target" or self.position >= here:
                break
            met = self.position
        self.position = here
        self.move(max(met, 0))
        return "target" if met >= 0 else "start"

    def next_row(self, count: int = 1) -> str:
        """Go on until so many more rows are returned; as ``forward``."""
        self._return_to_position()
        wanted = self.replay.rows + count
        found = self.replay.run(self.position + self.budget, rows=wanted)
        self.position = self.replay.steps
        return {"steps": "budget", "rows": "target"}.get(found, found)

    def previous_row(self, count: int = 1) -> str:
        """Go back to where the row before was returned, ``count`` times; as ``back``."""
        here = self.position
        rows = self.state().rows
        found = self._row_before(here, rows)
        if found == "target" and self.replay.steps == here:  # it stands on a row: that before it is meant
            count += 1
        if found == "target" and count > 1:
            found = self._row_before(here, rows - count + 1)
        if found == "start":
            self.move(0)
        else:
            self.position = self.replay.steps
        return found

    def _row_before(self, here: int, row: int) -> str:
        """Bring the replay to where a row was returned, up to a position; as ``back``."""
        if row < 1:
            return "start"
        self.replay.rewind()
        return {"rows": "target", "steps": "target"}.get(found := self.replay.run(here, rows=row), found)

    def finish(self) -> str:
        """Go on to the end; as ``forward``."""
        return self.forward([])

    # other questions ----------------------------------------------------------------------------------------

    def watching_all(self, look: Callable[[], None]) -> str:
        """Run from the start to the end, and have somebody look after each instruction; the position stays.

        Returns:
            ``end``, or ``budget``, or ``asked``.
        """

        def question() -> bool:
            look()
            return False

        self.replay.rewind()
        found = self.replay.run(until=self.budget, question=question)
        if self.replay.ended:
            look()
        return "budget" if found == "steps" else found

    def close(self, keep: bool = False) -> None:
        """Leave the run; what it changed is undone unless it is to be kept.

        To keep means to run to the end first.

        Raises:
            Error: the statement failed, where it is to be kept.  What it leaves, under OR FAIL for example, is kept.
        """
        if keep:
            self._return_to_position()
            while not self.replay.ended:
                self.replay.run()
        failure = self.replay.failure if keep else None
        self.replay.close(keep)
        if failure is not None:
            raise failure
