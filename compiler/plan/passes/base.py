"""What a pass is, and its place among the others.

A pass is a function from plan to plan with a name.  It may be left out: any plan runs.  A pass must keep the rows of
every query, their order where the query asks for one, and the errors.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Final, final

from foundrydb.compiler.late import load
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Node


class Pass:
    """One rewrite of plans.

    Attributes:
        doc: what it does, on one line.
    """

    doc: str = ""

    @abstractmethod
    def run(self, plan: Node, context: PassContext) -> Node:
        """The rewritten plan; the same object when nothing changed."""


_BITS: Final[dict[str, int]] = {}
"""A bit for each kind that some pass needs."""


def _bit(kind: str) -> int:
    if kind not in _BITS:
        _BITS[kind] = 1 << len(_BITS)
    return _BITS[kind]


def bits_of(kinds: set[str]) -> int:
    """The kinds of what a plan has (``walk.kinds_of``) as one number, which each pass looks at."""
    bits = 0
    for kind in kinds:
        bits |= _BITS.get(kind, 0)
    return bits


@final
class ListedPass:
    """A pass in the list of all: it is loaded with the first plan in which it may find something.

    Attributes:
        name: as options and listings call it.
        place: the module, among ``plan.passes``, and the class.
    """

    def __init__(self, name: str, place: str, *needs: tuple[str, ...]) -> None:
        """Name the pass, and what a plan must have for it to find anything: of each group of kinds one.

        They are looked at before the first pass, so that what earlier passes make of others has to be named too.
        """
        self.name: Final = name
        self.place: Final = place
        self._needs: Final = [sum([_bit(kind) for kind in group]) for group in needs]
        self._loaded: Pass | None = None

    @property
    def doc(self) -> str:
        """What it does, on one line."""
        return self._pass().doc

    def may_find(self, bits: int) -> bool:
        """Whether a plan with nodes and expressions of these kinds (``bits_of``) has what the pass needs."""
        return all(bits & group for group in self._needs)

    def run(self, plan: Node, context: PassContext) -> Node:
        """The rewritten plan; the same object when nothing changed."""
        return self._pass().run(plan, context)

    def _pass(self) -> Pass:
        if self._loaded is None:
            module, _, name = self.place.partition(":")
            made: Pass = getattr(load("plan.passes." + module), name)()
            self._loaded = made
            return made
        return self._loaded
