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


@final
class ListedPass:
    """A pass in the list of all: it is loaded with the first plan in which it may find something.

    Attributes:
        name: as options and listings call it.
        place: the module, among ``plan.passes``, and the class.
        needs: what a plan must have for the pass to find anything: of each group of kinds (``walk.kinds_of``) one.
            They are looked at before the first pass, so that what earlier passes make of others has to be named too.
    """

    def __init__(self, name: str, place: str, *needs: tuple[str, ...]) -> None:
        self.name: Final = name
        self.place: Final = place
        self.needs: Final = needs
        self._loaded: Pass | None = None

    @property
    def doc(self) -> str:
        """What it does, on one line."""
        return self._pass().doc

    def may_find(self, kinds: set[str]) -> bool:
        """Whether a plan with nodes and expressions of these kinds has what the pass needs."""
        for group in self.needs:
            found = False
            for kind in group:
                found = found or kind in kinds
            if not found:
                return False
        return True

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
