"""Interrupts while a statement is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.resolve.watch import Watch
from foundrydb.errors import error

if TYPE_CHECKING:
    from foundrydb.engine import Engine

PATIENCE: Final = 64
"""So many looks are made between two times that other threads, signals and the progress handler have their turn."""


@final
class CompilationWatch(Watch):
    """Stops the compilation that runs on a connection.

    Attributes:
        interrupted: it is to be stopped; may be set by another thread.
    """

    def __init__(self, engine: Engine) -> None:
        self.interrupted = False
        self._engine: Final = engine
        self._looks = 0

    def begin(self) -> None:
        """A statement is about to be compiled; what was interrupted before has nothing to do with it."""
        self.interrupted = False
        self._looks = 0

    def look(self) -> None:
        self._looks += 1
        if self._looks % PATIENCE == 0 and self._engine.progress():
            self.interrupted = True
        if self.interrupted:
            raise error("interrupted", "SQLITE_INTERRUPT")
