"""Room for deep statements.

Binding, rewriting and code generation recurse over expressions, which may be 1,000 deep, and over subqueries in FROM.
Uncompiled, each step is several Python frames, more than the interpreter's default limit allows; the frames live
on the heap, so the limit can be raised for the time of one compilation.
"""

from __future__ import annotations

import sys
from typing import Final, final

FRAMES: Final = 50_000
"""Enough for MAX_DEPTH expressions within MAX_NESTING queries."""

MAX_NESTING: Final = 400
"""How deep queries may stand in FROM clauses of one another."""


@final
class DeepRecursion:
    """Raises the recursion limit while it is open: ``enter`` before, ``leave`` in a ``finally``."""

    def __init__(self) -> None:
        self._before = 0

    def enter(self) -> None:
        """Raise the limit."""
        self._before = sys.getrecursionlimit()
        if self._before < FRAMES:
            sys.setrecursionlimit(FRAMES)

    def leave(self) -> None:
        """Put the limit back to what it was."""
        if self._before < FRAMES:
            sys.setrecursionlimit(self._before)
