"""The end of a run that nobody can ask for rows any more.

A cursor may go while an exception is on its way: ``for row in con.execute(…): raise …``.  Python sets that exception
aside around the ``__del__`` of a class that it interprets, and compiled code does not: so this is a class of its own,
in a file that is not compiled, and there is one only while a statement has rows left.
"""

from __future__ import annotations

from foundrydb.api.session import Session
from foundrydb.vm.machine import Machine


class Lease:
    """A cursor's claim on a run.

    Attributes:
        machine: what runs; None once it has ended.
    """

    __slots__ = ("machine", "session")

    def __init__(self, session: Session, machine: Machine) -> None:
        self.session = session
        self.machine: Machine | None = machine

    def __del__(self) -> None:
        if self.machine is not None:
            self.session.drop(self.machine)
