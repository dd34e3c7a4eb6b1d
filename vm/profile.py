"""What a run of a program costs, instruction by instruction."""

from __future__ import annotations

from time import perf_counter_ns
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.pages.pager import Pager
from foundrydb.vm.machine import OWN, SWITCHED, Machine, Observer


@final
class PageUse:
    """A page that was asked for: of which database, its number, how often, and how often it came from the file."""

    def __init__(self, database: int, number: int) -> None:
        self.database: Final = database
        self.number: Final = number
        self.times = 0
        self.reads = 0


@final
class PageUses:
    """Pages that were asked for, each once."""

    def __init__(self) -> None:
        self._found: Final[dict[tuple[int, int], PageUse]] = {}

    def of(self, database: int, number: int) -> PageUse:
        """What is known of a page."""
        place = (database, number)
        found = self._found.get(place)
        if found is None:
            found = self._found[place] = PageUse(database, number)
        return found

    def add(self, others: PageUses) -> None:
        """Count what others counted, too."""
        for other in others.in_order():
            mine = self.of(other.database, other.number)
            mine.times += other.times
            mine.reads += other.reads

    def in_order(self) -> list[PageUse]:
        """By database and number."""
        return [self._found[place] for place in sorted(self._found)]


@final
class Profile(Observer):
    """How often each instruction of a program ran, how long that took, and which pages it asked for.

    Attributes:
        counts: how often it was carried out, by address; likewise the others.
        nanoseconds: the clock's own time, some tens of nanoseconds each time, is part of them.
        pages: pages that it asked a database's cache for.
        reads: those that were not there and were read from the file.
        uses: the same pages by their numbers; empty where nobody asked for these.
        triggers: likewise of the programs of triggers that ran, by their numbers.
    """

    def __init__(self, size: int, numbers: bool = False) -> None:
        self.counts: Final = [0] * size
        self.nanoseconds: Final = [0] * size
        self.pages: Final = [0] * size
        self.reads: Final = [0] * size
        self._back: Final[dict[tuple[int, int], int]] = {}
        self.uses: Final[list[PageUses]] = [PageUses() for _ in range(size)] if numbers else []
        self.triggers: Final[dict[int, Profile]] = {}
        self._pagers: list[Pager | None] = []
        self._clock = 0
        self._requests: i64 = 0
        self._loads: i64 = 0

    def run(self, machine: Machine, pc: i64) -> i64:
        """See ``Observer.run``."""
        while True:
            number = machine.program_number()
            code = machine.code
            noted = self if number == OWN else self.trigger(number, len(code))
            noted.start(
                [None if each.database is None else each.database.pager for each in machine.databases]
            )
            try:
                while pc >= 0:
                    at = pc
                    pc = code[pc].execute(machine, pc)
                    noted.note(at, pc)
            finally:
                noted.stop()
            if pc != SWITCHED:
                return pc
            pc = machine.entry

    def trigger(self, number: int, size: int) -> Profile:
        """The profile of a trigger's program of so many instructions."""
        found = self.triggers.get(number)
        if found is None:
            found = self.triggers[number] = Profile(size, len(self.uses) > 0)
        return found

    def start(self, pagers: list[Pager | None]) -> None:
        """The loop begins, or goes on after a batch of rows.  pagers: by the numbers of their databases."""
        self._pagers = pagers
        self._requests = 0
        self._loads = 0
        for pager in pagers:
            if pager is not None:
                self._requests += pager.requests
                self._loads += pager.loads
                if self.uses:
                    pager.note_anew()
        self._clock = perf_counter_ns()

    def stop(self) -> None:
        """The loop ends, or makes a pause."""
        for pager in self._pagers:
            if pager is not None:
                pager.note_no_more()

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
            if pager is not None:
                requests += pager.requests
                loads += pager.loads
        if requests != self._requests:
            if self.uses:
                self._note_numbers(self.uses[at])
            self.pages[at] += requests - self._requests
            self.reads[at] += loads - self._loads
            self._requests = requests
            self._loads = loads
        self._clock = perf_counter_ns()

    def _note_numbers(self, uses: PageUses) -> None:
        for database, pager in enumerate(self._pagers):
            if pager is not None:
                for number in pager.requested:
                    uses.of(database, number).times += 1
                for number in pager.loaded:
                    uses.of(database, number).reads += 1
                pager.note_anew()

    def entries(self, start: int, end: int) -> int:
        """How often the code from ``start`` to before ``end`` was begun: a jump back from within it is no beginning."""
        within = sum(count for (at, to), count in self._back.items() if to == start and start <= at < end)
        return self.counts[start] - within
