"""The optimizer: passes over a plan, in one ordered list.

``optimize`` runs the passes and returns a trace: the name of each pass that changed the plan, and the plan after it.
The trace is a result like any other: listings show it, tests hold it, and the last plan of it is what code is
generated from.  Any pass can be left out, since any plan runs.

Whoever puts a function into ``WATCHERS`` is shown every plan on the way; tests have ``plan.check`` look at them so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.estimates import estimate
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.logical.drop_sorts import DropSorts
from foundrydb.compiler.plan.passes.logical.flatten_subqueries import FlattenSubqueries
from foundrydb.compiler.plan.passes.logical.fold_constants import FoldAgain, FoldConstants
from foundrydb.compiler.plan.passes.logical.omit_joins import OmitJoins
from foundrydb.compiler.plan.passes.logical.push_limits import PushLimits
from foundrydb.compiler.plan.passes.logical.push_predicates import PushPredicates
from foundrydb.compiler.plan.passes.logical.share_expressions import ShareExpressions
from foundrydb.compiler.plan.passes.logical.simplify_outer_joins import (
    SimplifyOuterJoins,
    SimplifyOverSubqueries,
)
from foundrydb.compiler.plan.passes.logical.split_disjunctions import SplitDisjunctions
from foundrydb.compiler.plan.passes.logical.split_rows import SplitRows
from foundrydb.compiler.plan.passes.logical.top_k import TopK
from foundrydb.compiler.plan.passes.logical.transitive_equality import TransitiveEquality
from foundrydb.compiler.plan.passes.physical.choose_indexes import ChooseIndexes
from foundrydb.compiler.plan.passes.physical.count_rows import CountFromTree
from foundrydb.compiler.plan.passes.physical.hash_aggregation import HashAggregation
from foundrydb.compiler.plan.passes.physical.look_up_members import LookUpMembers
from foundrydb.compiler.plan.passes.physical.materialize import Materialize
from foundrydb.compiler.plan.passes.physical.merge_compounds import MergeCompounds
from foundrydb.compiler.plan.passes.physical.one_pass import OnePass
from foundrydb.compiler.plan.passes.physical.order_joins import OrderJoins
from foundrydb.compiler.plan.passes.physical.reverse_unordered import ReverseUnordered, unordered_sources
from foundrydb.compiler.plan.passes.physical.skip_duplicates import SkipDuplicates
from foundrydb.compiler.plan.passes.physical.transient_indexes import TransientIndexes
from foundrydb.compiler.plan.passes.physical.unnest_exists import UnnestExists
from foundrydb.compiler.plan.passes.physical.use_order import UseOrder
from foundrydb.compiler.plan.walk import NodeRewriter, kinds_of
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.storage.format.values import UTF8

if TYPE_CHECKING:
    from foundrydb.compiler.plan.choices import Choices
    from foundrydb.vm.functions.registry import FunctionRegistry

PASSES: Final[tuple[Pass, ...]] = (
    FoldConstants(),
    DropSorts(),
    SimplifyOverSubqueries(),
    FlattenSubqueries(),
    SplitRows(),
    SplitDisjunctions(),
    SimplifyOuterJoins(),
    TransitiveEquality(),
    PushPredicates(),
    FoldAgain(),
    OmitJoins(),
    PushLimits(),
    MergeCompounds(),
    UnnestExists(),
    OrderJoins(),
    ChooseIndexes(),
    LookUpMembers(),
    UseOrder(),
    SkipDuplicates(),
    CountFromTree(),
    TransientIndexes(),
    Materialize(),
    HashAggregation(),
    TopK(),
    OnePass(),
    ReverseUnordered(),
    ShareExpressions(),
)
"""Every pass, in the order in which they run."""

WATCHERS: Final[list[Callable[[str, Node], None]]] = []
"""Each is called with a pass's name and the plan after it, if the pass changed it; first with ``build`` and the plan
that is given."""


def optimize(
    plan: Node,
    catalog: Catalog,
    functions: FunctionRegistry,
    without: frozenset[str] = frozenset(),
    encoding: int = UTF8,
    choices: Choices | None = None,
    backwards: bool = False,
) -> list[tuple[str, Node]]:
    """The trace of optimising a plan: (pass name, plan after it) for each pass that changed something.

    All plans, the given one too, have their estimates filled in afterwards.
    without: names of passes that are left out.
    encoding: the text encoding of the main database (``storage.format.values``).
    choices: takes notes of what the passes weighed; None where nobody asks.
    backwards: rows come in the opposite of an order that nobody asked for.
    """
    catalog.forget_estimates()
    unordered = unordered_sources(plan) if backwards else frozenset()
    kinds = kinds_of(plan)
    nested = not kinds.isdisjoint(("Exists", "InQuery", "ScalarQuery"))
    context = PassContext(catalog, functions, encoding, choices, unordered, nested)
    trace: list[tuple[str, Node]] = []
    room = DeepRecursion()
    room.enter()
    try:
        _show("build", plan)
        for item in PASSES:
            if item.name in without or not item.may_find(kinds):
                continue
            new = item.run(plan, context)
            if new is not plan:
                annotate(plan, context)
                trace.append((item.name, new))
                plan = new
                _show(item.name, plan)
        annotate(plan, context)
        if choices is not None:
            choices.finish(catalog)
        return trace
    finally:
        room.leave()


def _show(name: str, plan: Node) -> None:
    for watcher in WATCHERS:
        watcher(name, plan)


def annotate(plan: Node, context: PassContext) -> None:
    """Fill in the estimates (rows, cost) of every node, the plans of subqueries included."""
    if context.nested:
        _Annotate(context).node(plan)
    else:
        estimate(plan, context.catalog)


class _Annotate(NodeRewriter):
    """Estimates subqueries before the nodes that hold them; it changes nothing."""

    def __init__(self, context: PassContext) -> None:
        super().__init__(context.nested)
        self.catalog = context.catalog

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        estimate(node, self.catalog)
        return node
