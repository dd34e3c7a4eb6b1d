"""What a run of a program costs, instruction by instruction.

A machine with a profile runs in a slower loop that calls ``note`` after each instruction.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.pages.pager import Pager


@final
class Profile:
    """How often each instruction of a program ran, how long that took, and which pages it asked for.

    Attributes:
        counts: how often it was carried out, by address; likewise the others.
        nanoseconds: the clock's own time, some tens of nanoseconds each time, is part of them.
        pages: pages that it asked a database's cache for.
        reads: those that were not there and were read from the file.
    """

    def __init__(self, size: int) -> None:
        self.counts: Final = [0] * size
        self.nanoseconds: Final = [0] * size
        self.pages: Final = [0] * size
        self.reads: Final = [0] * size
        self._back: Final[dict[tuple[int, int], int]] = {}
        self._pagers: list[Pager] = []
        self._clock = 0
        self._requests: i64 = 0
        self._loads: i64 = 0

    def start(self, pagers: list[Pager]) -> None:
        """The loop begins, or goes on after a batch of rows."""
        self._pagers = pagers
        self._requests = 0
        self._loads = 0
        for pager in pagers:
            self._requests += pager.requests
            self._loads += pager.loads
        self._clock = perf_counter_ns()

    def note(self, at: i64, following: i64) -> None:
        """The instruction at ``at`` was carried out, and sent the machine to ``following``."""
        now = perf_counter_ns()
        self.counts[at] += 1
        self.nanoseconds[at] += now - self._clock
        if 0 <= following <= at:
            jump = (at, following)
            self._back[jump] = self._back.get(jump, 0) + 1
        requests: i64 = 0
        loads: i64 = 0
        for pager in self._pagers:
            requests += pager.requests
            loads += pager.loads
        if requests != self._requests:
            self.pages[at] += requests - self._requests
            self.reads[at] += loads - self._loads
            self._requests = requests
            self._loads = loads
        self._clock = perf_counter_ns()

    def entries(self, start: int, end: int) -> int:
        """How often the code from ``start`` to before ``end`` was begun: a jump back from within it is no beginning."""
        within = sum(count for (at, to), count in self._back.items() if to == start and start <= at < end)
        return self.counts[start] - within
