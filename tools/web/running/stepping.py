"""The debugger of the page: one statement at a time, run forward and back, on a connection of its own.

What it changes is undone when it is left.  A move that takes long makes a pause, so that the page stays with it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from math import inf
from threading import Lock
from time import monotonic
from typing import Any, Final, final

from foundrydb.toolkit.debugging.recorded_run import RecordedRun
from foundrydb.toolkit.debugging.target_text import TargetError, read_target
from foundrydb.tools.web.cells import cell, values_of
from foundrydb.tools.web.databases import PageDatabase
from foundrydb.tools.web.looking import compiled
from foundrydb.tools.web.places import in_units

Document = dict[str, Any]

PATIENCE: Final = 2.0
"""Seconds that a move takes before it makes a pause."""

MOVES: Final[dict[str, Callable[[RecordedRun, str], str]]] = {
    "step": lambda run, to: _by(run, 1),
    "back": lambda run, to: _by(run, -1),
    "next": lambda run, to: run.next_row(),
    "previous": lambda run, to: run.previous_row(),
    "finish": lambda run, to: run.finish(),
    "restart": lambda run, to: _by(run, -run.position),
    "run": lambda run, to: run.forward([read_target(to, run)]),
    "reverse": lambda run, to: run.back([read_target(to, run)]),
}
"""What can be asked of it, and how; the text says where to, in the words of the debugger in the terminal."""

_NOTES: Final = {
    "budget": "a pause: the same again goes on",
    "asked": "a pause: the same again goes on",
    "start": "that is the start",
}


def _by(run: RecordedRun, steps: int) -> str:
    run.move(run.position + steps)
    return "start" if run.position == 0 and steps == -1 else "target"


@final
class SteppedRun:
    """A statement that is being stepped through.

    Args:
        database: that it runs on, over a connection of its own.

    Raises:
        Error: that cannot be opened.

    Attributes:
        id: what the page calls it.
    """

    def __init__(self, id: str, database: PageDatabase, text: str, place: tuple[int, int]) -> None:
        self.id: Final = id
        self._database: Final = database
        self._connection: Final = database.another()
        self._text: Final = text
        self._place: Final = place
        self._lock: Final = Lock()
        self._run: RecordedRun | None = None
        self._until = 0.0

    def begin(self, parameters: dict[str, str]) -> Document:
        """Stand at the start of the statement.

        Raises:
            Error: it is wrong, or of a kind that is not stepped through.
        """
        with self._lock:
            compilation = compiled(self._connection, self._text, *self._place)
            values = values_of(compilation, parameters)
            run = self._run = RecordedRun(self._connection, compilation, values)
            run.replay.asked_to_stop = lambda: monotonic() > self._until
            return self._told(run, "")

    def move(self, how: str, to: str) -> Document:
        """Move, and tell what there is then.

        Raises:
            Error: the statement failed in a way that ends the run.
        """
        with self._lock:
            run = self._run
            if run is None or how not in MOVES:
                return {"note": "it is not being stepped through any more"}
            self._until = monotonic() + PATIENCE
            before = run.position
            try:
                found = MOVES[how](run, to)
            except TargetError as problem:
                return self._told(run, str(problem))
            note = _NOTES.get(found, "")
            if how == "run" and found == "end" and before != run.position:
                note = "it did not come to that"
            return self._told(run, note)

    def _told(self, run: RecordedRun, note: str) -> Document:
        self._until = (
            inf  # it may have to be run to this place once more, which takes no longer than the move
        )
        state = run.state()
        told = state.as_json() | {"stepping": self.id, "note": note, "statement": list(self._place)}
        told["last_row"] = None if state.last_row is None else [cell(value) for value in state.last_row]
        told["row"] = [cell(value) if known else "" for known, value in state.row]
        made: Document = in_units(self._text, told)
        return made

    def close(self) -> None:
        """Undo what was changed, and leave."""
        self._until = 0.0
        with self._lock:
            run, self._run = self._run, None
            try:
                if run is not None:
                    run.close()
            finally:
                self._connection.close()
                self._database.stepped = False


@final
class Steppings:
    """The one statement that is stepped through, if any: another one takes its place."""

    def __init__(self) -> None:
        self._numbers: Final = count(1)
        self._current: SteppedRun | None = None

    def begin(
        self, database: PageDatabase, text: str, place: tuple[int, int], parameters: dict[str, str]
    ) -> Document:
        """Begin to step through a statement.

        Raises:
            Error: it cannot be.
        """
        self.leave()
        made = SteppedRun(f"d{next(self._numbers)}", database, text, place)
        try:
            with database.reasons():
                told = made.begin(parameters)
        except BaseException:
            made.close()
            raise
        self._current = made
        database.stepped = True
        return told

    def find(self, id: str) -> SteppedRun | None:
        """The one of that id, None where it was left."""
        return self._current if self._current is not None and self._current.id == id else None

    def leave(self) -> None:
        """Leave it."""
        current, self._current = self._current, None
        if current is not None:
            current.close()
