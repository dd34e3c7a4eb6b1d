"""Runs that stop where one wants: after so many instructions, before an address, or when a question is answered.

What stops is the loop, between two instructions: the machine hands out no row then, and goes on from there when it is
run again.  Each instruction has a number, from 1, in the order in which they are carried out; of each address is
known which number was carried out there last, so that it can be told who wrote a register.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.vm.machine import OWN, SWITCHED, Machine, Observer

FOREVER: Final = 1 << 60


@final
class Followed:
    """A program that runs step by step.

    Attributes:
        number: of the trigger, or ``OWN``.
        last: by address, the number of the instruction that was carried out there last; 0 for none.
        stops: by address, whether to stop before it.
    """

    def __init__(self, number: int, size: int) -> None:
        self.number: Final = number
        self.last: Final[list[int]] = [0] * size
        self.stops: Final[list[bool]] = [False] * size


@final
class Stepper(Observer):
    """Counts instructions, and stops between two of them.

    Attributes:
        steps: how many were carried out.
        until: stop when there are so many.
        since: nothing but ``until`` stops before there are more than these.
        question: is asked after each instruction, where there is one, whether to stop.
        programs: by number, those that have run; the statement's own is ``OWN``.
        program, address: the instruction that was carried out last, or failed.
        noting: note the pages of each instruction alone: the pagers' ``requested`` and ``touched``.
    """

    def __init__(self) -> None:
        self.steps: i64 = 0
        self.until: i64 = FOREVER
        self.since: i64 = 0
        self.question: Callable[[], bool] | None = None
        self.programs: Final[dict[int, Followed]] = {}
        self.program = OWN
        self.address: i64 = 0
        self.noting = False
        self._stops: Final[dict[int, list[int]]] = {}

    def stop_before(self, addresses: dict[int, list[int]]) -> None:
        """Stop before these addresses of programs, and before no others any more."""
        self._stops.clear()
        self._stops.update(addresses)
        for followed in self.programs.values():
            for address in range(len(followed.stops)):
                followed.stops[address] = False
        for number, followed in self.programs.items():
            self._set_stops(number, followed)

    def _set_stops(self, number: int, followed: Followed) -> None:
        for address in self._stops.get(number, []):
            followed.stops[address] = True

    def _follow(self, machine: Machine) -> Followed:
        number = machine.program_number()
        followed = self.programs.get(number)
        if followed is None:
            followed = self.programs[number] = Followed(number, len(machine.once))
            self._set_stops(number, followed)
        return followed

    def run(self, machine: Machine, pc: i64) -> i64:
        """See ``Observer.run``; where it stops, the answer is that of a machine that has all rows asked for."""
        while True:
            code = machine.code
            followed = self._follow(machine)
            last = followed.last
            stops = followed.stops
            while pc >= 0:
                if self.steps >= self.until or (self.steps > self.since and self._stops_here(stops, pc)):
                    return -2 - pc
                if self.noting:
                    self._note_anew(machine)
                self.steps += 1
                self.program = followed.number
                self.address = pc
                last[pc] = int(self.steps)
                pc = code[pc].execute(machine, pc)
            if pc != SWITCHED:
                return pc
            pc = machine.entry

    def _stops_here(self, stops: list[bool], pc: i64) -> bool:
        return stops[pc] or (self.question is not None and self.question())

    def _note_anew(self, machine: Machine) -> None:
        for each in machine.databases:
            if each.database is not None:
                each.database.pager.note_anew()
