"""Constant folding: an expression without columns is computed once, while compiling.

Before::

    Filter t.a > 60 * 60 AND 1 = 1 AND upper('x') = t.b
      Scan t

After::

    Filter t.a > 3600 AND t.b = 'X'
      Scan t

A condition that can never hold makes its node Empty, and with it every join, and every subquery in FROM, that has no
row without those of the node.  Functions are called through the registry and only when
they are deterministic; a computation that fails is left for run time, which may never come to it.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    Call,
    Collate,
    Compare,
    Expr,
    InList,
    IsNull,
    IsTruth,
    Literal,
    Logic,
)
from foundrydb.compiler.bind.properties import conjunction, conjuncts
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Compound,
    Derived,
    Distinct,
    Empty,
    Filter,
    Join,
    Limit,
    Node,
    OfTable,
    Project,
    Sort,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.logical.constant_values import COLLATIONS, Unknown, evaluate
from foundrydb.compiler.plan.walk import Rewriter, nodes_of, visible_sources
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import Error
from foundrydb.storage.format.values import UTF8, Value
from foundrydb.vm.arithmetic.cast import boolean
from foundrydb.vm.context import Context
from foundrydb.vm.functions.scalar import COLLATED, CONSTANT, DETERMINISTIC, INLINE, MARKING, ScalarFunction
from foundrydb.vm.host import Host
from foundrydb.vm.transactions.attached import AttachedDatabases

_NO_CONNECTION: Final = Host(AttachedDatabases([]))
"""What the functions see that are called here; the deterministic ones ask it nothing."""

MAX_TEXT: Final = 10_000
"""Longer results are computed at run time: a plan should stay small."""


@final
class FoldConstants(Pass):
    doc = "Compute constant expressions; drop conditions that always hold, and rows where none can."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Fold(context).node(plan)


@final
class FoldAgain(Pass):
    doc = "Fold what the columns of subqueries, now known, have made constant."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Fold(context).node(plan) if context.substituted else plan


@final
class _Fold(Rewriter):
    """Folds expressions bottom-up, then simplifies the conditions of filters and joins."""

    def __init__(self, context: PassContext) -> None:
        super().__init__()
        self.context: Final = context
        self.emptied = False

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Join) and node.on is not None:
            terms = _true_terms_dropped(conjuncts(node.on), self.context.encoding)
            if len(terms) != len(conjuncts(node.on)):
                node = node.of(node.left, node.right, conjunction(terms))
        elif isinstance(node, Filter):
            node = _simplify_filter(node, self.context.encoding)
            self.emptied = self.emptied or isinstance(node, Empty)
        if self.emptied and isinstance(node, (Filter, Join, Derived)) and yields_nothing(node):
            return made_from(node, _no_rows(node))
        return node

    def finish(self, expr: Expr) -> Expr:
        if isinstance(expr, Logic):
            return _fold_logic(expr, self.context.encoding)
        children = expr.children()
        if not children:
            return self._fold_call(expr) if isinstance(expr, Call) else expr
        for child in children:
            if not isinstance(child, Literal):
                return expr
        return self._fold(expr)

    def _fold(self, expr: Expr) -> Expr:
        """An expression whose operands are all constants."""
        if isinstance(expr, Call):
            return self._fold_call(expr)
        if isinstance(expr, Collate):
            return expr
        try:
            value = evaluate(expr, self.context.encoding)
        except (Unknown, Error):
            return expr
        return _literal(value, expr)

    def _fold_call(self, call: Call) -> Expr:
        function = call.function
        flags = function.flags
        if (
            not flags & DETERMINISTIC
            or self.context.encoding != UTF8  # the bytes of text are not those that the function would see
            or flags & (INLINE | CONSTANT | MARKING)
            or not isinstance(function, ScalarFunction)
        ):
            return call
        args: list[Value] = []
        for arg in call.args:
            if not isinstance(arg, Literal):
                return call
            args.append(arg.value)
        context = Context(_NO_CONNECTION)
        if flags & COLLATED:
            if call.sequence not in COLLATIONS:
                return call
            context.collation = COLLATIONS[call.sequence]
        try:
            value = function.call(args, context)
        except Exception:  # whatever it is, it is the statement's to report, should it come so far
            return call
        return _literal(value, call)


def folded_condition(condition: Expr, context: PassContext) -> Expr | None:
    """A condition as this pass leaves it in a plan; None for one that always holds."""
    terms = conjuncts(_Fold(context).expr(condition))
    return conjunction(_true_terms_dropped(terms, context.encoding))


def _literal(value: Value, expr: Expr) -> Expr:
    """A constant in the place of an expression, with its affinity; the expression itself when too big or explicit."""
    if isinstance(value, (str, bytes)) and len(value) > MAX_TEXT:
        return expr
    if expr.explicit:
        return expr
    return Literal(value, expr.start, expr.end, expr.affinity)


def _fold_logic(expr: Logic, encoding: int) -> Expr:
    """AND with a false term is false, OR with a true one true; terms that decide nothing go, but the last two stay."""
    deciding = expr.op == "OR"
    kept: list[Expr] = []
    for term in expr.terms:
        if isinstance(term, Literal) and term.value is not None:
            if boolean(term.value, encoding) == deciding:
                return Literal(1 if deciding else 0, expr.start, expr.end)
            continue
        kept.append(term)
    if len(kept) == len(expr.terms):
        return expr
    if not kept:
        return Literal(0 if deciding else 1, expr.start, expr.end)
    if len(kept) == 1:
        if isinstance(kept[0], (Compare, IsNull, IsTruth, InList, Logic)):
            return kept[0]
        kept.append(Literal(0 if deciding else 1))
        return expr if len(expr.terms) == 2 else Logic(expr.op, kept, expr.start, expr.end)
    return Logic(expr.op, kept, expr.start, expr.end)


def _true_terms_dropped(terms: list[Expr], encoding: int) -> list[Expr]:
    """The terms of a condition without those that always hold."""
    return [t for t in terms if not (isinstance(t, Literal) and boolean(t.value, encoding))]


def _no_rows(node: Node) -> Empty:
    """What stands for a node that has no rows."""
    schemas: list[str] = []
    for part in nodes_of(node):
        found = (
            part.schemas
            if isinstance(part, Empty)
            else [part.source.schema]
            if isinstance(part, OfTable)
            else []
        )
        schemas.extend([name for name in found if name not in schemas])
    return Empty(visible_sources(node), schemas)


def _simplify_filter(node: Filter, encoding: int) -> Node:
    """A filter without terms that always hold; Empty when one never does."""
    terms = conjuncts(node.predicate)
    kept = _true_terms_dropped(terms, encoding)
    for term in kept:
        if isinstance(term, Literal):
            return made_from(node, _no_rows(node.child))
    if not kept:
        return node.child
    if len(kept) == len(terms):
        return node
    predicate = conjunction(kept)
    assert predicate is not None
    return made_from(node, Filter(node.child, predicate))


def yields_nothing(node: Node) -> bool:
    """Whether a node has no rows because one below it is Empty."""
    if isinstance(node, Empty):
        return True
    if isinstance(node, (Derived, Distinct, Filter, Limit, Project, Sort)):
        return yields_nothing(node.child)
    if isinstance(node, Aggregate):
        return len(node.keys) > 0 and yields_nothing(node.child)
    if isinstance(node, Join):
        left, right = yields_nothing(node.left), yields_nothing(node.right)
        return (
            (left and node.kind in ("inner", "left"))
            or (right and node.kind in ("inner", "right"))
            or (left and right)
        )
    if isinstance(node, Compound):
        left = yields_nothing(node.left)
        if node.op in ("UNION", "UNION ALL"):
            return left and yields_nothing(node.right)
        return left or (node.op == "INTERSECT" and yields_nothing(node.right))
    return False
