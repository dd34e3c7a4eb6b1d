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
    Between,
    Binary,
    Call,
    Case,
    Cast,
    Collate,
    Compare,
    Expr,
    InList,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Unary,
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
    Project,
    Sort,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter, visible_sources
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import Error
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, UTF8, Collation, Value
from foundrydb.vm.arithmetic import operators as arithmetic
from foundrydb.vm.arithmetic.affinity import compare_values
from foundrydb.vm.arithmetic.cast import boolean, cast_value
from foundrydb.vm.context import Context
from foundrydb.vm.functions.scalar import COLLATED, CONSTANT, DETERMINISTIC, INLINE, ScalarFunction
from foundrydb.vm.host import Host
from foundrydb.vm.transactions.attached import AttachedDatabases

_NO_CONNECTION: Final = Host(AttachedDatabases([]))
"""What the functions see that are called here; the deterministic ones ask it nothing."""

_COLLATIONS: Final[dict[str, Collation]] = {"BINARY": BINARY, "NOCASE": NOCASE, "RTRIM": RTRIM}

MAX_TEXT: Final = 10_000
"""Longer results are computed at run time: a plan should stay small."""


@final
class FoldConstants(Pass):
    name = "fold_constants"
    doc = "Compute constant expressions; drop conditions that always hold, and rows where none can."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Fold(context).node(plan)


@final
class FoldAgain(Pass):
    name = "fold_again"
    doc = "Fold what the columns of subqueries, now known, have made constant."
    needs: tuple[tuple[str, ...], ...] = (("Derived",), ("Filter", "Join"))

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Fold(context).node(plan) if context.substituted else plan


@final
class Unknown(Exception):
    """An expression that is not folded."""


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
            terms = _true_terms_dropped(conjuncts(node.on))
            if len(terms) != len(conjuncts(node.on)):
                node = node.of(node.left, node.right, conjunction(terms))
        elif isinstance(node, Filter):
            node = _simplify_filter(node)
            self.emptied = self.emptied or isinstance(node, Empty)
        if self.emptied and isinstance(node, (Filter, Join, Derived)) and yields_nothing(node):
            return made_from(node, Empty(visible_sources(node)))
        return node

    def finish(self, expr: Expr) -> Expr:
        if isinstance(expr, Logic):
            return _fold_logic(expr)
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
            or flags & (INLINE | CONSTANT)
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
            if call.sequence not in _COLLATIONS:
                return call
            context.collation = _COLLATIONS[call.sequence]
        try:
            value = function.call(args, context)
        except Exception:  # whatever it is, it is the statement's to report, should it come so far
            return call
        return _literal(value, call)


def _literal(value: Value, expr: Expr) -> Expr:
    """A constant in the place of an expression, with its affinity; the expression itself when too big or explicit."""
    if isinstance(value, (str, bytes)) and len(value) > MAX_TEXT:
        return expr
    if expr.explicit:
        return expr
    return Literal(value, expr.start, expr.end, expr.affinity)


def _fold_logic(expr: Logic) -> Expr:
    """AND with a false term is false, OR with a true one true; terms that decide nothing go, but the last two stay."""
    deciding = expr.op == "OR"
    kept: list[Expr] = []
    for term in expr.terms:
        if isinstance(term, Literal) and term.value is not None:
            if boolean(term.value) == deciding:
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


def _true_terms_dropped(terms: list[Expr]) -> list[Expr]:
    """The terms of a condition without those that always hold."""
    return [t for t in terms if not (isinstance(t, Literal) and boolean(t.value))]


def _simplify_filter(node: Filter) -> Node:
    """A filter without terms that always hold; Empty when one never does."""
    terms = conjuncts(node.predicate)
    kept = _true_terms_dropped(terms)
    for term in kept:
        if isinstance(term, Literal):
            return made_from(node, Empty(visible_sources(node.child)))
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


# -- evaluation over constants


def evaluate(expr: Expr, encoding: int) -> Value:
    """The value of an expression over Literals, functions aside.

    Raises Unknown for an expression that is not computed here, Error for one that fails.
    """
    if isinstance(expr, Binary):
        return _binary(expr)
    if isinstance(expr, Unary):
        return _unary(expr)
    if isinstance(expr, Compare):
        return _compare(expr, encoding)
    if isinstance(expr, Cast):
        return cast_value(_value(expr.operand), expr.affinity, encoding)
    if isinstance(expr, IsNull):
        return 1 if (_value(expr.operand) is None) != expr.negated else 0
    if isinstance(expr, IsTruth):
        value = _value(expr.operand)
        holds = value is not None and boolean(value) == expr.truth
        return 1 if holds != expr.negated else 0
    if isinstance(expr, Between):
        return _between(expr, encoding)
    if isinstance(expr, Case):
        return _case(expr)
    raise Unknown


def _value(expr: Expr) -> Value:
    if isinstance(expr, Literal):
        return expr.value
    raise Unknown


def _binary(expr: Binary) -> Value:
    left = _value(expr.left)
    right = _value(expr.right)
    op = expr.op
    if op == "+":
        return arithmetic.add(left, right)
    if op == "-":
        return arithmetic.subtract(left, right)
    if op == "*":
        return arithmetic.multiply(left, right)
    if op == "/":
        return arithmetic.divide(left, right)
    if op == "%":
        return arithmetic.remainder(left, right)
    if op == "||":
        return arithmetic.concat(left, right)
    if op == "&":
        return arithmetic.bit_and(left, right)
    if op == "|":
        return arithmetic.bit_or(left, right)
    if op == "<<":
        return arithmetic.shift_left(left, right)
    if op == ">>":
        return arithmetic.shift_right(left, right)
    raise Unknown


def _unary(expr: Unary) -> Value:
    value = _value(expr.operand)
    if expr.op == "NOT":
        return None if value is None else (0 if boolean(value) else 1)
    if expr.op == "-":
        return arithmetic.subtract(0, value) if not isinstance(value, float) else -value
    if expr.op == "~":
        return arithmetic.bit_not(value)
    return value


def _compare(expr: Compare, encoding: int) -> Value:
    left = _value(expr.left)
    right = _value(expr.right)
    if left is None or right is None:
        if expr.op == "IS":
            return 1 if left is right else 0
        if expr.op == "IS NOT":
            return 0 if left is right else 1
        return None
    collation = _COLLATIONS.get(expr.sequence)
    if collation is None or (encoding != UTF8 and (isinstance(left, str) or isinstance(right, str))):
        raise Unknown
    return 1 if _holds(expr.op, compare_values(left, right, expr.comparison or "A", collation)) else 0


def _between(expr: Between, encoding: int) -> Value:
    """``operand >= low AND operand <= high``, or that negated."""
    low = _compare(Compare(">=", expr.operand, expr.low, expr.low_comparison, expr.low_sequence), encoding)
    high = _compare(
        Compare("<=", expr.operand, expr.high, expr.high_comparison, expr.high_sequence), encoding
    )
    if low == 0 or high == 0:
        return 1 if expr.negated else 0
    if low is None or high is None:
        return None
    return 0 if expr.negated else 1


def _holds(op: str, order: int) -> bool:
    """Whether ``left op right`` holds when left is before (negative), equal to or after right."""
    if op in ("=", "IS"):
        return order == 0
    if op in ("<>", "IS NOT"):
        return order != 0
    if op == "<":
        return order < 0
    if op == "<=":
        return order <= 0
    if op == ">":
        return order > 0
    return order >= 0


def _case(expr: Case) -> Value:
    if expr.base is not None:
        raise Unknown
    for when, then in zip(expr.whens, expr.thens):
        if boolean(_value(when)):
            return _value(then)
    return None if expr.otherwise is None else _value(expr.otherwise)
