"""The statements of a connection that have begun and have not ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import error

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Running:
    """The machines that run, in the order in which they began.

    Attributes:
        machines: them.
        interrupted: they were told to stop.
    """

    def __init__(self) -> None:
        self.machines: Final[list[Machine]] = []
        self.interrupted = False
        self._writers = 0

    def enter(self, machine: Machine) -> None:
        """A statement starts to run; one that does so while interrupted ones have not ended is interrupted as well."""
        if self.interrupted:
            if self.machines:
                machine.interrupt()
            else:
                self.interrupted = False
        self.machines.append(machine)

    def leave(self, machine: Machine) -> None:
        """A statement has ended."""
        machine.reads = False
        if machine.writes:
            machine.writes = False
            self._writers -= 1
        machines = self.machines
        if machines and machines[len(machines) - 1] is machine:
            machines.pop()
        elif machine in machines:
            machines.remove(machine)

    def note_writer(self, machine: Machine) -> None:
        """A statement begins to write."""
        if not machine.writes:
            machine.writes = True
            self._writers += 1

    def no_writer_but(self, machine: Machine) -> bool:
        """Whether no other statement writes."""
        return self._writers == (1 if machine.writes else 0)

    def reads_beside(self, machine: Machine) -> bool:
        """Whether another statement stands on a database."""
        return any([other.reads and other is not machine for other in self.machines])

    def trip(self, readers: bool) -> None:
        """Something was rolled back: the statements that wrote and are at work, or all, fail when they go on."""
        for machine in self.machines:
            if readers or (machine.writes and machine.inside):
                machine.trip(error("abort due to ROLLBACK", "SQLITE_ABORT_ROLLBACK"))

    def interrupt(self) -> None:
        """Tell them to stop.  May be called from another thread."""
        self.interrupted = True
        for machine in list(self.machines):
            machine.interrupt()
