"""What a pass is.

A pass is a function from plan to plan with a name.  It may be left out: any plan runs.  A pass must keep the rows of
every query, their order where the query asks for one, and the errors.
"""

from __future__ import annotations

from abc import abstractmethod

from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Node


class Pass:
    """One rewrite of plans.

    Attributes:
        name: as options and listings call it.
        doc: what it does, on one line.
        needs: what a plan must have for the pass to find anything: of each group of kinds (``walk.kinds_of``) one.
            They are looked at before the first pass, so that what earlier passes make of others has to be named too.
    """

    name: str = ""
    doc: str = ""
    needs: tuple[tuple[str, ...], ...] = ()

    def may_find(self, kinds: set[str]) -> bool:
        """Whether a plan with nodes and expressions of these kinds has what the pass needs."""
        for group in self.needs:
            found = False
            for kind in group:
                found = found or kind in kinds
            if not found:
                return False
        return True

    @abstractmethod
    def run(self, plan: Node, context: PassContext) -> Node:
        """The rewritten plan; the same object when nothing changed."""
