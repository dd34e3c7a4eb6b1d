"""Comparisons: which affinity and which collation they use, also column by column for row values.

Source: https://sqlite.org/datatype3.html, sections 4.2 and 7.1; https://sqlite.org/rowvalue.html
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import (
    Between,
    Compare,
    Expr,
    InList,
    InQuery,
    Logic,
    RowValue,
    Subquery,
    Unary,
)
from foundrydb.compiler.bind.expressions.desugar import has_star, is_truth_word, written_width
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.schema.affinity import (
    comparison_affinity,
    comparison_collation,
    member_affinity,
    normal_comparison,
)
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.declared import made_from

COMPARISONS: Final = {
    "=": "=",
    "!=": "<>",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "IS": "IS",
    "IS NOT": "IS NOT",
}
"""The operators that compare, by how they are written: what they are called."""


def single_value(b: Binding, bound: Expr, node: ast.Expression) -> Expr:
    """A bound operand where one value is wanted."""
    if not isinstance(bound, RowValue):
        return bound
    if isinstance(node, ast.Subquery):
        return b.misuse(f"sub-select returns {len(bound.items)} columns - expected 1", node)
    return b.misuse("row value misused", node)


def check_widths(b: Binding, operands: list[ast.Expression], scope: Scope, node: ast.Node) -> None:
    """Refuse what is compared where it is not of one width; SQLite looks before it knows names."""
    if len({_width_before(b, operand, scope) for operand in operands}) > 1:
        raise b.fail("row value misused", node)


def check_root(b: Binding, node: ast.Expression, scope: Scope) -> None:
    """Refuse an expression that compares, itself, what is not of one width."""
    if isinstance(node, ast.Between):
        check_widths(b, [node.operand, node.low, node.high], scope, node)
    elif isinstance(node, ast.Binary) and node.operator in COMPARISONS and not is_truth_word(node.right):
        check_widths(b, [node.left, node.right], scope, node)


def _width_before(b: Binding, operand: ast.Expression, scope: Scope) -> int:
    """How many values an operand has, which is not bound yet; of stars SQLite knows already what they stand for."""
    if isinstance(operand, ast.Subquery) and has_star(operand) and not scope.outside_query:
        return b.width(operand.select, scope)
    return written_width(operand)


def _width(bound: Expr) -> int:
    return len(bound.items) if isinstance(bound, RowValue) else 1


def compare(b: Binding, op: str, left: Expr, right: Expr, node: ast.Node) -> Expr:
    """``left op right``; the operands may be row values.

    Raises OperationalError when a row value meets something that is not one of its length.
    """
    start, end = b.start(node), b.end(node)
    if _width(left) != _width(right):
        return _mismatch(b, left, right, node)
    if isinstance(left, RowValue) and isinstance(right, RowValue):
        pairs = list(zip(left.items, right.items))
        affinities = ",".join(comparison_affinity(x.affinity, y.affinity) for x, y in pairs)
        sequences = ",".join(comparison_collation(x, y) for x, y in pairs)
        return Compare(op, left, right, affinities, sequences, start, end)
    affinity = comparison_affinity(left.affinity, right.affinity)
    return Compare(op, left, right, affinity, comparison_collation(left, right), start, end)


def _mismatch(b: Binding, left: Expr, right: Expr, node: ast.Node) -> Expr:
    """Two operands of different widths: SQLite tells of the right one first where one value is wanted of it."""
    if (
        isinstance(right, RowValue)
        and isinstance(right.origin, ast.Subquery)
        and not isinstance(left, RowValue)
    ):
        return single_value(b, right, right.origin)
    return b.misuse("row value misused", node)


def equality(left: Expr, right: Expr) -> Compare:
    """``left = right``, which no text says; neither is a row value."""
    affinity = comparison_affinity(left.affinity, right.affinity)
    return Compare("=", left, right, affinity, comparison_collation(left, right))


def as_value(expr: Expr) -> Expr:
    """A truth that is compared with (``a = (b IN (1, 2))``) is a value: + tells it from a set of values to look for."""
    return made_from(expr, Unary("+", expr)) if isinstance(expr, (InList, InQuery)) else expr


def between(b: Binding, operand: Expr, low: Expr, high: Expr, node: ast.Between) -> Expr:
    """``operand [NOT] BETWEEN low AND high``; row values become two comparisons."""
    start, end = b.start(node), b.end(node)
    if isinstance(operand, RowValue):
        both: Expr = Logic(
            "AND", [compare(b, ">=", operand, low, node), compare(b, "<=", operand, high, node)], start, end
        )
        return Unary("NOT", both, start, end) if node.negated else both
    for limit in (low, high):
        if isinstance(limit, RowValue):
            return _mismatch(b, operand, limit, node)
    return Between(
        operand,
        low,
        high,
        node.negated,
        comparison_affinity(operand.affinity, low.affinity),
        comparison_collation(operand, low),
        comparison_affinity(operand.affinity, high.affinity),
        comparison_collation(operand, high),
        start,
        end,
    )


def in_list(b: Binding, operand: Expr, items: list[Expr], negated: bool, node: ast.InList) -> Expr:
    """``operand [NOT] IN (items)``: only the operand's affinity and collation count.

    For row values both are per column, comma-separated.
    """
    start, end = b.start(node), b.end(node)
    if isinstance(operand, RowValue):
        if isinstance(node.operand, ast.Subquery):
            return single_value(b, operand, node.operand)
        width = len(operand.items)
        for item in items:
            count = len(item.items) if isinstance(item, RowValue) else 1
            if count != width:
                terms = "term" if count == 1 else "terms"
                raise b.fail(f"IN(...) element has {count} {terms} - expected {width}", node)
        affinities = ",".join(normal_comparison(x.affinity) for x in operand.items)
        sequences = ",".join(x.collation or "BINARY" for x in operand.items)
        return InList(operand, items, negated, affinities, sequences, start, end)
    for item, written in zip(items, node.items):
        if isinstance(item, RowValue):
            return single_value(b, item, written)
    affinity = normal_comparison(operand.affinity)
    return InList(operand, items, negated, affinity, operand.collation or "BINARY", start, end)


def in_query(b: Binding, operand: Expr, query: Subquery, negated: bool, node: ast.Expression) -> Expr:
    """``operand [NOT] IN (query)``."""
    width = len(operand.items) if isinstance(operand, RowValue) else 1
    if len(query.columns) != width:
        return b.misuse(f"sub-select returns {len(query.columns)} columns - expected {width}", node)
    parts = operand.items if isinstance(operand, RowValue) else [operand]
    affinities: list[str] = []
    sequences: list[str] = []
    for part, column in zip(parts, query.columns):
        affinities.append(member_affinity(part.affinity, column.affinity))
        decides = column.explicit and not part.explicit
        sequences.append((column.collation if decides else part.collation or column.collation) or "BINARY")
    return InQuery(operand, query, negated, affinities, sequences, b.start(node), b.end(node))
