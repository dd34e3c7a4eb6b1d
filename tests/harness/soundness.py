"""While it is on, every plan that is made is checked after every pass, and every program is verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from foundrydb.compiler.pipeline import PROGRAM_WATCHERS
from foundrydb.compiler.plan.check import MISPLACED, check
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.optimizer import WATCHERS
from foundrydb.vm.verify import verify


class Guard:
    """Looks at the plans of statements, from the one that is built to the last."""

    def __init__(self) -> None:
        self._misplaced = False

    def look(self, name: str, plan: Node) -> None:
        """Raise AssertionError, with the name of the pass, for a plan that breaks an invariant."""
        faults = check(plan)
        if name == "build":
            self._misplaced = any(fault.startswith(MISPLACED) for fault in faults)
        if self._misplaced:
            faults = [fault for fault in faults if not fault.startswith(MISPLACED)]
        assert not faults, f"the plan is not sound after {name}: {'; '.join(faults)}"


@contextmanager
def sound_plans() -> Iterator[None]:
    """Plans that are made meanwhile have to be sound, and programs right."""
    look = Guard().look
    WATCHERS.append(look)
    PROGRAM_WATCHERS.append(verify)
    try:
        yield
    finally:
        WATCHERS.remove(look)
        PROGRAM_WATCHERS.remove(verify)
