"""Expressions of the syntax tree to bound expressions, kind by kind; ``binders`` leads here.

Affinity and collation come out of the bound node classes themselves; which of them a comparison uses is decided in
``comparisons``, and function calls are bound in ``calls``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import (
    Binary,
    Call,
    Case,
    CaseBase,
    Cast,
    Collate,
    Exists,
    Expr,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Parameter,
    RowValue,
    ScalarQuery,
    Unary,
)
from foundrydb.compiler.bind.expr_index import bare
from foundrydb.compiler.bind.expressions.binders import BINDERS, bind, bind_operand
from foundrydb.compiler.bind.expressions.calls import Raising, bind_call, bind_like, plain_call
from foundrydb.compiler.bind.expressions.columns import bind_column
from foundrydb.compiler.bind.expressions.comparisons import (
    COMPARISONS,
    between,
    check_widths,
    compare,
    in_list,
    in_query,
    single_value,
)
from foundrydb.compiler.bind.expressions.desugar import (
    calls_function,
    certain_truth,
    conjunction_start,
    conjuncts_reversed,
    for_one_row,
    is_truth_word,
    written_integer,
)
from foundrydb.compiler.bind.properties import is_constant
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.schema.affinity import named_affinity
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import is_hexadecimal

if TYPE_CHECKING:
    pass


BINDERS.add(ast.Column, bind_column)
BINDERS.add(ast.Call, bind_call)


# -- literals and names


@BINDERS.entry(ast.Null)
def _null(b: Binding, node: ast.Null, scope: Scope) -> Expr:
    return Literal(None, b.start(node), b.end(node))


@BINDERS.entry(ast.Integer)
def _integer(b: Binding, node: ast.Integer, scope: Scope) -> Expr:
    if -(2**63) <= node.value < 2**63:
        return Literal(node.value, b.start(node), b.end(node))
    if is_hexadecimal(node):
        raise b.fail(f"hex literal too big: {node.text}", node)
    return Literal(float(node.value), b.start(node), b.end(node))


@BINDERS.entry(ast.Float)
def _float(b: Binding, node: ast.Float, scope: Scope) -> Expr:
    return Literal(node.value, b.start(node), b.end(node))


@BINDERS.entry(ast.String)
def _string(b: Binding, node: ast.String, scope: Scope) -> Expr:
    return Literal(node.value, b.start(node), b.end(node))


@BINDERS.entry(ast.Blob)
def _blob(b: Binding, node: ast.Blob, scope: Scope) -> Expr:
    return Literal(node.value, b.start(node), b.end(node))


@BINDERS.entry(ast.Word)
def _word(b: Binding, node: ast.Word, scope: Scope) -> Expr:
    word = node.name
    if word.quote == "" and fold(word.text) in ("true", "false"):
        return Literal(1 if fold(word.text) == "true" else 0, b.start(node), b.end(node))
    return Literal(word.text, b.start(node), b.end(node))


@BINDERS.entry(ast.Parameter)
def _parameter(b: Binding, node: ast.Parameter, scope: Scope) -> Expr:
    if scope.prohibited:
        raise b.fail(f"parameters prohibited in {scope.prohibited}", node)
    bound = Parameter(node.number, "" if node.text == "?" else node.text, b.start(node), b.end(node))
    names = b.naming()
    if names is not None:
        names.value("parameter", node, f"parameter {node.number}", bound, scope)
    return bound


@BINDERS.entry(ast.CurrentTime)
def _current_time(b: Binding, node: ast.CurrentTime, scope: Scope) -> Expr:
    return plain_call(b, node.keyword.lower(), [], node, scope)


@BINDERS.entry(ast.Raise)
def _raise(b: Binding, node: ast.Raise, scope: Scope) -> Expr:
    args = [] if node.message is None else [bind(b, node.message, scope)]
    if b.step is None:
        return b.misuse("RAISE() may only be used within a trigger-program", node)
    return Call(Raising(node.action), args, "BINARY", b.start(node), b.end(node))


# -- operators


@BINDERS.entry(ast.Binary)
def _binary(b: Binding, node: ast.Binary, scope: Scope) -> Expr:
    op = node.operator
    if op in ("AND", "OR"):
        return _logic(b, node, scope)
    if op in COMPARISONS:
        return _comparison(b, node, scope)
    left = bind(b, node.left, scope)
    right = bind(b, node.right, scope)
    if op in ("->", "->>"):
        return plain_call(b, op, [left, right], node, scope)
    return Binary(op, left, right, b.start(node), b.end(node))


def _logic(b: Binding, node: ast.Binary, scope: Scope) -> Expr:
    """AND or OR, a chain of them as one."""
    op = node.operator
    parts = conjuncts_reversed(node)
    depth = b.depth
    folded = conjunction_start(parts) if op == "AND" and not b.only_names else 0
    if folded == len(parts):
        return Literal(0, b.start(node), b.end(node))
    terms: list[Expr] = []
    before = len(b.late_errors)
    if folded:
        terms.append(Literal(0, b.start(node), b.end(parts[len(parts) - folded])))
    for i in range(len(parts) - folded - 1, -1, -1):
        b.depth = depth + min(i, len(parts) - 2)
        term = bind(b, parts[i], scope)
        if isinstance(term, Logic) and term.op == op:
            terms.extend(term.terms)
        else:
            terms.append(term)
    b.depth = depth
    if len(b.late_errors) > before and certain_truth(node) is not None:
        del b.late_errors[before:]  # What is never evaluated is no mistake.
    return Logic(op, terms, b.start(node), b.end(node))


def _comparison(b: Binding, node: ast.Binary, scope: Scope) -> Expr:
    op = COMPARISONS[node.operator]
    asks_truth = op in ("IS", "IS NOT") and is_truth_word(node.right)
    if not asks_truth:
        check_widths(b, [node.left, node.right], scope, node)
    left = bind_operand(b, node.left, scope)
    right = bind_operand(b, node.right, scope)
    if asks_truth:
        word = bare(right)
        if isinstance(word, Literal):
            return IsTruth(
                single_value(b, left, node.left), word.value == 1, op == "IS NOT", b.start(node), b.end(node)
            )
    return compare(b, op, left, right, node)


@BINDERS.entry(ast.Unary)
def _unary(b: Binding, node: ast.Unary, scope: Scope) -> Expr:
    operand = node.operand
    if node.operator == "-":
        number = operand
        while isinstance(number, ast.Unary) and number.operator == "+":
            number = number.operand
        if isinstance(number, ast.Float):
            return Literal(-number.value, b.start(node), b.end(node))
        if isinstance(number, ast.Integer):
            if is_hexadecimal(number) and not -(2**63) < number.value < 2**63:
                raise b.fail(f"hex literal too big: -{number.text}", number)
            return Literal(-number.value, b.start(node), b.end(node))
    if node.operator == "NOT":
        return _negation(b, node, bind(b, operand, scope))
    return Unary(node.operator, bind(b, operand, scope), b.start(node), b.end(node))


def _negation(b: Binding, node: ast.Expression, operand: Expr) -> Expr:
    """NOT over a bound operand."""
    return Unary("NOT", operand, b.start(node), b.end(node))


@BINDERS.entry(ast.Cast)
def _cast(b: Binding, node: ast.Cast, scope: Scope) -> Expr:
    return Cast(bind(b, node.operand, scope), named_affinity(node.type), b.start(node), b.end(node))


@BINDERS.entry(ast.Collate)
def _collate(b: Binding, node: ast.Collate, scope: Scope) -> Expr:
    names = b.naming()
    if names is not None:
        names.note("collation", node.collation, node.collation.text.upper(), scope)
    return Collate(bind(b, node.operand, scope), node.collation.text.upper(), b.start(node), b.end(node))


@BINDERS.entry(ast.IsNull)
def _is_null(b: Binding, node: ast.IsNull, scope: Scope) -> Expr:
    if written_integer(node) is not None:
        return Literal(1 if node.negated else 0, b.start(node), b.end(node))
    return IsNull(bind(b, node.operand, scope), node.negated, b.start(node), b.end(node))


@BINDERS.entry(ast.Between)
def _between(b: Binding, node: ast.Between, scope: Scope) -> Expr:
    operands = [node.operand, node.low, node.high]
    check_widths(b, operands, scope, node)
    bound = [bind_operand(b, operand, scope) for operand in operands]
    return between(b, bound[0], bound[1], bound[2], node)


@BINDERS.entry(ast.Like)
def _like(b: Binding, node: ast.Like, scope: Scope) -> Expr:
    matched = bind_like(b, node, scope)
    return _negation(b, node, matched) if node.negated else matched


# -- sets and subqueries


def _allow_subquery(b: Binding, node: ast.Expression, scope: Scope) -> None:
    if scope.prohibited:
        raise b.fail(f"subqueries prohibited in {scope.prohibited}", node)


@BINDERS.entry(ast.Exists)
def _exists(b: Binding, node: ast.Exists, scope: Scope) -> Expr:
    _allow_subquery(b, node, scope)
    return Exists(b.subquery(node.select, scope), b.start(node), b.end(node))


@BINDERS.entry(ast.Subquery)
def _subquery(b: Binding, node: ast.Subquery, scope: Scope) -> Expr:
    _allow_subquery(b, node, scope)
    query = b.subquery(for_one_row(node.select), scope)
    start, end = b.start(node), b.end(node)
    if len(query.columns) == 1:
        return ScalarQuery(query, 0, start, end)
    items: list[Expr] = [ScalarQuery(query, i, start, end) for i in range(len(query.columns))]
    return RowValue(items, start, end)


@BINDERS.entry(ast.InSelect)
def _in_select(b: Binding, node: ast.InSelect, scope: Scope) -> Expr:
    """SQLite looks up the names within the query first: which of two errors is told follows from it."""
    _allow_subquery(b, node, scope)
    query = b.subquery(node.select, scope)
    return in_query(b, bind_operand(b, node.operand, scope), query, node.negated, node)


@BINDERS.entry(ast.InTable)
def _in_table(b: Binding, node: ast.InTable, scope: Scope) -> Expr:
    _allow_subquery(b, node, scope)
    operand = bind_operand(b, node.operand, scope)
    return in_query(b, operand, b.table_query(node, scope), node.negated, node)


@BINDERS.entry(ast.RowValue)
def _row_value(b: Binding, node: ast.RowValue, scope: Scope) -> Expr:
    return RowValue([bind(b, item, scope) for item in node.items], b.start(node), b.end(node))


@BINDERS.entry(ast.InList)
def _in_list(b: Binding, node: ast.InList, scope: Scope) -> Expr:
    if not node.items and not calls_function(node.operand):
        return Literal(1 if node.negated else 0, b.start(node), b.end(node))
    if not node.items:
        known: list[Expr] = [Literal(1 if node.negated else 0, b.start(node), b.end(node))]
        unread = bind_operand(b, node.operand, scope)
        terms = known + (unread.items if isinstance(unread, RowValue) else [unread])
        return Logic("OR" if node.negated else "AND", terms, b.start(node), b.end(node))
    operand = bind_operand(b, node.operand, scope)
    items = [bind_operand(b, item, scope) for item in node.items]
    if len(items) == 1 and not isinstance(node.operand, ast.RowValue) and is_constant(items[0]):
        if isinstance(items[0], RowValue):
            return b.misuse("row value misused", node)
        item = bare(items[0])  # COLLATE around it has no effect, as in longer lists
        plain = item if isinstance(item, Literal) else Unary("+", item, item.start, item.end)
        equal = compare(b, "=", operand, plain, node)
        return _negation(b, node, equal) if node.negated else equal
    return in_list(b, operand, items, node.negated, node)


@BINDERS.entry(ast.Case)
def _case(b: Binding, node: ast.Case, scope: Scope) -> Expr:
    base: Expr | None = None
    whens: list[Expr] = []
    thens: list[Expr] = []
    if node.operand is not None:
        base = bind_operand(b, node.operand, scope)
    stand_in: Expr | None = None
    if base is not None:
        stand_in = (
            base if isinstance(base, RowValue) else CaseBase(base.affinity, base.collation, base.explicit)
        )
    for when in node.whens:
        if stand_in is None:
            whens.append(bind(b, when.condition, scope))
        else:
            value = bind_operand(b, when.condition, scope)
            if not isinstance(base, RowValue):
                value = single_value(b, value, when.condition)
            whens.append(compare(b, "=", stand_in, value, when))
        thens.append(bind(b, when.result, scope))
    otherwise = None if node.otherwise is None else bind(b, node.otherwise, scope)
    if isinstance(base, RowValue):
        base = None
    return Case(base, whens, thens, otherwise, b.start(node), b.end(node))
