"""What ``.stats`` shows of a statement: what its run took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from foundrydb.vm.machine import Machine
from foundrydb.vm.profile import Profile

if TYPE_CHECKING:
    from foundrydb.engine.engine import Engine
    from foundrydb.engine.statement import Prepared
    from foundrydb.storage.format.values import Value


class Figures:
    """The figures of one run, which begins with this.

    Args:
        prepared: what is going to run, on a machine that counts.
    """

    def __init__(self, prepared: Prepared, engine: Engine, values: list[Value]) -> None:
        self._compiled: Final = prepared.compiled
        self._profile: Final = Profile(len(prepared.program.instructions), False)
        machine = Machine(prepared.program, engine, values)
        machine.observer = self._profile
        prepared.compiled.idle = machine
        self._started: Final = time.perf_counter()

    def end(self) -> str:
        """The run has ended: what it took, as lines.  What runs next is not counted."""
        seconds = time.perf_counter() - self._started
        self._compiled.idle = None
        profile = self._profile
        rows = {
            "Virtual machine steps": sum(profile.counts),
            "Pages asked for": sum(profile.pages),
            "Pages read from the file": sum(profile.reads),
            "Microseconds": int(seconds * 1e6),
        }
        return "".join(f"{name + ':':<36} {value}\n" for name, value in rows.items())
