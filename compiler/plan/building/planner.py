"""From a bound statement to a plan: the tree that is planned, and what its parts share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Expr, OrderTerm, Subquery
from foundrydb.compiler.bind.statements import Bound, BoundStatement
from foundrydb.compiler.late import PLANNED_LATE
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.walk import Rewriter
from foundrydb.compiler.trees.dispatch import Dispatch

if TYPE_CHECKING:
    from foundrydb.compiler.trees.fields import Fields
    from foundrydb.vm.functions.registry import FunctionRegistry

PLANS: Final[Dispatch[Node]] = Dispatch("the plan of what is bound", Bound, late=PLANNED_LATE)


@final
class Planner(Rewriter):
    """Plans one statement; in expressions it puts plans in the place of bound subqueries.

    Attributes:
        functions: the modules of virtual tables are among them.
        nested: there are subqueries in expressions.
        shared: the common tables, by number, whose uses share their rows.
        first_row_of: a compound whose first row is all that is wanted, None for none.
        asking: the syntax that asks for what is being planned.
    """

    def __init__(self, functions: FunctionRegistry, statement: BoundStatement) -> None:
        super().__init__()
        self.functions: Final = functions
        self.nested: Final = statement.nested
        self.shared: Final = statement.shared
        self.first_row_of: Bound | None = None
        self.asking: Fields | None = None

    def relation(self, bound: Bound) -> Node:
        """The plan of what is bound, whose nodes know the syntax that asks for them."""
        around = self.asking
        if bound.origin is not None:
            self.asking = bound.origin
        node = PLANS.of(bound)(self, bound)
        self.asked(node, self.asking)
        self.asking = around
        return node

    def asked(self, plan: Node, syntax: Fields | None) -> None:
        """Have the nodes of a plan that know no origin yet know the syntax that asks for them."""
        waiting = [plan]
        while waiting:
            node = waiting.pop()
            oldest = node
            while isinstance(oldest.origin, Node):
                oldest = oldest.origin
            if oldest.origin is None:
                oldest.origin = syntax
                waiting.extend(node.children())

    def query(self, query: Subquery) -> Subquery:
        """A subquery over its plan."""
        known = self._queries.get(id(query))
        if known is None:
            bound = query.plan
            assert isinstance(bound, Bound)
            known = Subquery(self.relation(bound), query.outer, query.columns)
            self._queries[id(query)] = known
            self._kept.append(query)
        return known

    def planned(self, exprs: list[Expr]) -> list[Expr]:
        """Expressions over the plans of their subqueries."""
        return self.exprs(exprs) if self.nested else exprs

    def planned_one(self, expr: Expr | None) -> Expr | None:
        """An expression, where there is one, over the plans of its subqueries."""
        return self.expr(expr) if self.nested and expr is not None else expr

    def planned_terms(self, terms: list[OrderTerm]) -> list[OrderTerm]:
        """The terms of an ORDER BY over the plans of their subqueries."""
        return with_exprs(terms, self.exprs([term.expr for term in terms])) if self.nested else terms


def with_exprs(terms: list[OrderTerm], exprs: list[Expr]) -> list[OrderTerm]:
    """The terms of an ORDER BY with other expressions, one each."""
    return [
        OrderTerm(expr, term.descending, term.nulls_first, term.collation) for term, expr in zip(terms, exprs)
    ]
