"""Interrupts while a statement is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.watch import Watch
from foundrydb.errors import error

if TYPE_CHECKING:
    from foundrydb.engine.engine import Engine

PATIENCE: Final = 64
"""So many looks are made between two times that other threads, signals and the progress handler have their turn."""


@final
class CompilationWatch(Watch):
    """Stops the compilation that runs on a connection.

    Attributes:
        interrupted: it is to be stopped; may be set by another thread.
    """

    def __init__(self) -> None:
        self.interrupted = False
        self._engine: Engine | None = None
        self._looks = 0

    def begin(self, engine: Engine) -> None:
        """A statement is about to be compiled; what was interrupted before has nothing to do with it.

        The engine is known until ``end`` only: an idle connection is in no circle, and goes when nobody holds it.
        """
        self.interrupted = False
        self._engine = engine
        self._looks = 0

    def end(self) -> None:
        """The statement is compiled, or refused."""
        self._engine = None

    def look(self) -> None:
        self._looks += 1
        engine = self._engine
        if engine is not None and self._looks % PATIENCE == 0 and engine.progress():
            self.interrupted = True
        if self.interrupted:
            raise error("interrupted", "SQLITE_INTERRUPT")
