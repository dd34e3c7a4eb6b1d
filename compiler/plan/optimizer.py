"""The optimizer: passes over a plan, in one ordered list.

``optimize`` runs the passes and returns a trace: the name of each pass that changed the plan, and the plan after it.
The trace is a result like any other: listings show it, tests hold it, and the last plan of it is what code is
generated from.  Any pass can be left out, since any plan runs; the module of one is loaded with the first plan that has
what it needs.

Whoever puts a function into ``WATCHERS`` is shown every plan on the way; tests have ``plan.check`` look at them so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.estimates import estimate
from foundrydb.compiler.plan.nodes import Node, Subquery, subqueries_in
from foundrydb.compiler.plan.passes.base import ListedPass, bits_of
from foundrydb.compiler.plan.walk import HAS_KEYS, kinds_of
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.storage.format.values import UTF8

if TYPE_CHECKING:
    from foundrydb.compiler.plan.choices import Choices
    from foundrydb.vm.functions.registry import FunctionRegistry

BACKWARDS: Final = "backwards"
"""Stands among the kinds of what a plan has where rows come in the opposite of an order that nobody asked for."""

PASSES: Final[tuple[ListedPass, ...]] = (
    ListedPass("fold_constants", "logical.fold_constants:FoldConstants"),
    ListedPass("drop_sorts", "logical.drop_sorts:DropSorts", ("Sort", "Distinct"), ("Derived", "Exists")),
    ListedPass(
        "simplify_over_subqueries",
        "logical.simplify_outer_joins:SimplifyOverSubqueries",
        ("Join",),
        ("Derived",),
    ),
    ListedPass("flatten_subqueries", "logical.flatten_subqueries:FlattenSubqueries", ("Derived",)),
    ListedPass("split_rows", "logical.split_rows:SplitRows", ("RowValue",)),
    ListedPass("split_disjunctions", "logical.split_disjunctions:SplitDisjunctions", ("Logic",)),
    ListedPass("simplify_outer_joins", "logical.simplify_outer_joins:SimplifyOuterJoins", ("Join",)),
    ListedPass(
        "transitive_equality",
        "logical.transitive_equality:TransitiveEquality",
        ("Compare",),
        ("Filter", "Join"),
    ),
    ListedPass("push_predicates", "logical.push_predicates:PushPredicates", ("Filter", "Join")),
    ListedPass("fold_again", "logical.fold_constants:FoldAgain", ("Derived",), ("Filter", "Join")),
    ListedPass("omit_joins", "logical.omit_joins:OmitJoins", ("Join",)),
    ListedPass("push_limits", "logical.push_limits:PushLimits", ("Limit",), ("Derived",)),
    ListedPass("merge_compounds", "physical.merge_compounds:MergeCompounds", ("Limit",), ("Compound",)),
    ListedPass("unnest_exists", "physical.unnest_exists:UnnestExists", ("Exists", "InQuery")),
    ListedPass("order_joins", "physical.joins.order_joins:OrderJoins", ("Join",)),
    ListedPass("choose_indexes", "physical.choose_indexes:ChooseIndexes", ("Scan", "ModuleScan")),
    ListedPass("look_up_members", "physical.look_up_members:LookUpMembers", ("InQuery",)),
    ListedPass(
        "use_order", "physical.use_order:UseOrder", ("Sort", "Distinct", "Aggregate", "Compound", "Window")
    ),
    ListedPass("count_rows", "physical.count_rows:CountFromTree", ("Aggregate",)),
    ListedPass(
        "transient_indexes",
        "physical.transient_indexes:TransientIndexes",
        ("Join", "Exists", "InQuery", "ScalarQuery"),
    ),
    ListedPass("materialize", "physical.materialize:Materialize", ("Derived", "Join")),
    ListedPass("hash_aggregation", "physical.hash_aggregation:HashAggregation", ("Aggregate",)),
    ListedPass(
        "order_conditions",
        "physical.order_conditions:OrderConditions",
        ("Filter", "Join"),
        ("Logic",),
        ("Exists", "InQuery", "ScalarQuery"),
    ),
    ListedPass("top_k", "logical.top_k:TopK", ("Limit",), ("Sort", "Compound")),
    ListedPass("one_pass", "physical.one_pass:OnePass", ("Update", "Delete")),
    ListedPass("reverse_unordered", "physical.reverse_unordered:ReverseUnordered", (BACKWARDS,)),
    ListedPass(
        "read_index_keys",
        "physical.read_index_keys:ReadIndexKeys",
        (HAS_KEYS,),
        ("Binary", "Call", "Case", "Cast", "Unary"),
    ),
    ListedPass("skip_duplicates", "physical.skip_duplicates:SkipDuplicates", ("Distinct", "Aggregate")),
    ListedPass("share_expressions", "logical.share_expressions:ShareExpressions", ("Call", "Binary", "Cast")),
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

    Where there are subqueries, all plans, the given one too, have their estimates filled in afterwards: they count in
    what is around them.  Elsewhere ``costs.estimates`` fills them in when they are asked for.
    without: names of passes that are left out.
    encoding: the text encoding of the main database (``storage.format.values``).
    choices: takes notes of what the passes weighed; None where nobody asks.
    backwards: rows come in the opposite of an order that nobody asked for.
    """
    catalog.forget_estimates()
    kinds = kinds_of(plan)
    unordered: frozenset[int] = frozenset()
    if backwards:
        kinds.add(BACKWARDS)
        unordered = named("unordered_sources")(plan)
    bits = bits_of(kinds)
    nested = not kinds.isdisjoint(("Exists", "InQuery", "ScalarQuery"))
    context = PassContext(catalog, functions, encoding, choices, unordered, nested)
    trace: list[tuple[str, Node]] = []
    room = DeepRecursion()
    room.enter()
    try:
        _show("build", plan)
        for item in PASSES:
            if item.name in without or not item.may_find(bits):
                continue
            if choices is not None:
                choices.during = item.name
            new = item.run(plan, context)
            if new is not plan:
                if nested:
                    _Annotate(catalog).node(plan)
                trace.append((item.name, new))
                plan = new
                _show(item.name, plan)
        if nested:
            _Annotate(catalog).node(plan)
        if choices is not None:
            choices.finish(catalog)
        return trace
    finally:
        room.leave()


def _show(name: str, plan: Node) -> None:
    for watcher in WATCHERS:
        watcher(name, plan)


@final
class _Annotate:
    """Estimates subqueries before the nodes that hold them, and all nodes so."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog: Final = catalog
        self._done: Final[set[int]] = set()

    def node(self, node: Node) -> None:
        """Estimate a node, what is below it, and the subqueries in their expressions."""
        for child in node.children():
            self.node(child)
        self._queries(subqueries_in(node.expressions()))
        clauses = node.clause_expressions()
        if clauses:
            self._queries(subqueries_in(clauses))
        estimate(node, self._catalog)

    def _queries(self, queries: list[Subquery]) -> None:
        for query in queries:
            if id(query) not in self._done:
                self._done.add(id(query))
                assert isinstance(query.plan, Node)
                self.node(query.plan)
