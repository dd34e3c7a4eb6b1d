"""The entries to binding an expression, and the table of what binds it, by its class.

``bind`` takes an expression where one value is wanted; ``bind_operand`` also one that is a row value.  Most kinds enter
themselves in ``expressions``.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.binding import MAX_DEPTH, Binding
from foundrydb.compiler.bind.bound import Expr
from foundrydb.compiler.bind.expressions.columns import bind_column
from foundrydb.compiler.bind.expressions.comparisons import single_value
from foundrydb.compiler.bind.expressions.desugar import field_by_field
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.late import named
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.dispatch import Dispatch
from foundrydb.errors import Error, OperationalError, error

BINDERS: Final[Dispatch[Expr]] = Dispatch("binding an expression", ast.Expression)


def bind(b: Binding, node: ast.Expression, scope: Scope) -> Expr:
    """The bound form of an expression that stands for one value.

    Raises OperationalError, with SQLite's text, for a name that does not exist, and for all else that is wrong with
    the expression.
    """
    return single_value(b, bind_operand(b, node, scope), node)


def bind_condition(b: Binding, node: ast.Expression, scope: Scope) -> Expr:
    """The bound form of what stands after WHERE or ON; otherwise as ``bind``."""
    return bind(b, field_by_field(node), scope)


def bind_operand(b: Binding, node: ast.Expression, scope: Scope) -> Expr:
    """The bound form of an expression; a RowValue where the expression is one."""
    b.depth += 1
    if b.depth > MAX_DEPTH:
        raise error(f"Expression tree is too large (maximum depth {MAX_DEPTH})")
    if isinstance(node, ast.Column):  # the most frequent, spared the way through the table
        bound = bind_column(b, node, scope)
    elif b.depth == 1 and not b.searches:
        bound = _whole(b, node, scope)
    else:
        bound = BINDERS.of(node)(b, node, scope)
    b.depth -= 1
    if bound.origin is None:
        bound.origin = node
    return bound


def _whole(b: Binding, node: ast.Expression, scope: Scope) -> Expr:
    """The bound form of an expression that is part of no other; of its mistakes the one is told that C SQLite tells."""
    windows, aggregates = scope.allow_windows, scope.allow_aggregates
    try:
        return BINDERS.of(node)(b, node, scope)
    except OperationalError as problem:
        scope.allow_windows, scope.allow_aggregates = windows, aggregates
        told: Error = named("told_mistake")(b, node, scope, problem)
        raise told from None
