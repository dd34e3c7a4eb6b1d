"""Calls of functions over windows, and the windows that the WINDOW clause names.

A window may extend one of the WINDOW clause, and a name stands for what it names.  That is settled on the syntax,
before names are looked up; a call then binds the window's expressions for itself, and is put with those that agree.
In a window that no call uses nothing is looked up but the tables that subqueries read, as in SQLite.  (https://sqlite.org/windowfunctions.html)
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import Expr, Extent, Literal, OrderTerm, Source, WindowCall
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.expressions.calls import argument_collation, order_term
from foundrydb.compiler.bind.properties import same
from foundrydb.compiler.bind.scope import NamedWindow, Scope, SharedWindow
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.build_window import overridden
from foundrydb.compiler.syntax.node import walk
from foundrydb.vm.functions.scalar import TAKES_SUBTYPE, Function

UNBOUNDED_PRECEDING: Final = "UNBOUNDED PRECEDING"
CURRENT_ROW: Final = "CURRENT ROW"


def define_windows(b: Binding, core: ast.SelectCore, scope: Scope) -> None:
    """Have the windows of a WINDOW clause known; one extends those before it alone, so that the first has no base."""
    for definition in core.windows:
        spec = definition.spec
        base = None if spec.base is None else _find(scope, spec.base)
        if base is not None:
            spec = _extended(b, spec, base)
        scope.definitions.insert(0, NamedWindow(fold(definition.name.text), spec))


def look_up_windows(b: Binding, core: ast.SelectCore, scope: Scope) -> None:
    """Look up the names in a WINDOW clause, those of windows that no function is called over too."""
    for definition in core.windows:
        for expr in [*definition.spec.partition_by, *(term.expression for term in definition.spec.order_by)]:
            bind(b, expr, scope)


def bind_window_call(b: Binding, node: ast.Call, function: Function, args: list[Expr], scope: Scope) -> Expr:
    """A call with OVER, whose arguments are bound; window functions may stand in none of its parts."""
    spec = window_of_call(b, node, function, scope)
    frame = spec.frame
    partition = [bind(b, expr, scope) for expr in spec.partition_by]
    for expr in partition:
        b.require_collation(expr.collation)
    order: list[OrderTerm] = []
    for term in spec.order_by:
        order.append(order_term(b, bind(b, term.expression, scope), term))
    condition = None if node.filter is None else bind(b, node.filter, scope)
    if function.flags & TAKES_SUBTYPE:
        args = [named("subtyped")(arg, True) for arg in args]
    bound_frame = _own_frame(function) or _frame(b, frame, scope)
    return WindowCall(
        function,
        args,
        condition,
        partition,
        order,
        bound_frame,
        argument_collation(args),
        _output(b, partition, order, bound_frame, scope),
        b.start(node),
        b.end(node),
        node.function.text,
    )


def window_of_call(b: Binding, node: ast.Call, function: Function, scope: Scope) -> ast.WindowSpec:
    """The window of a call with OVER, complete, in whose expressions no names are looked up yet.

    Raises OperationalError where there is no such window, or the function cannot have it.
    """
    assert node.over is not None
    spec = _window(b, node.over, scope)
    frame = spec.frame
    ranged = frame is not None and frame.mode == "RANGE" and _has_offset(frame)
    if ranged and len(spec.order_by) != 1:
        raise b.fail("RANGE with offset PRECEDING/FOLLOWING requires one ORDER BY expression", node.over)
    if node.filter is not None and not function.aggregate:
        raise b.fail("FILTER clause may only be used with aggregate window functions", node)
    return spec


def _output(b: Binding, partition: list[Expr], order: list[OrderTerm], frame: Extent, scope: Scope) -> Source:
    """The output of the functions that go over the rows together with one over such a window.

    In SQLite these are the calls over windows that are the same in all.  Of those that are not each is a query of its
    own below the one before, whose order decides where rows are alike in that one's; where the order is the same, that
    makes no difference.
    """
    for known in scope.windows:
        if known.frame == frame and _same_order(known, partition, order):
            return known.output
    last = scope.windows[-1] if scope.windows else None
    if last is not None and _same_order(last, partition, order):
        output = last.output
    else:
        output = b.new_source("windows", [])
    scope.windows.append(SharedWindow(partition, order, frame, output))
    return output


def _same_order(known: SharedWindow, partition: list[Expr], order: list[OrderTerm]) -> bool:
    """Whether a window has the same partitions in the same order as one before."""
    if len(known.partition) != len(partition) or len(known.order) != len(order):
        return False
    alike = all(same(one, other) for one, other in zip(known.partition, partition))
    return alike and all(_same_term(one, other) for one, other in zip(known.order, order))


def _same_term(one: OrderTerm, other: OrderTerm) -> bool:
    alike = one.descending == other.descending and one.nulls_first == other.nulls_first
    return alike and one.collation == other.collation and same(one.expr, other.expr)


# -- which window ---------------------------------------------------------------------------------------------------


def _find(scope: Scope, name: ast.Name) -> ast.WindowSpec | None:
    """The window of that name, the latest where there are several."""
    key = fold(name.text)
    for window in scope.definitions:
        if window.name == key:
            return window.spec
    return None


def _window(b: Binding, over: ast.Over, scope: Scope) -> ast.WindowSpec:
    """What stands after OVER, complete.

    Raises OperationalError where it extends a window that there is not, or says again what that one says.
    """
    name = over.name if isinstance(over, ast.WindowName) else None
    if isinstance(over, ast.WindowSpec):
        name = over.base
        if name is None:
            return over
    assert name is not None
    base = _find(scope, name)
    if base is None:
        raise b.fail(f"no such window: {name.text}", name)
    return _extended(b, over, base) if isinstance(over, ast.WindowSpec) else base


def _extended(b: Binding, spec: ast.WindowSpec, base: ast.WindowSpec) -> ast.WindowSpec:
    """A window that extends another."""
    assert spec.base is not None
    problem = overridden(spec, len(base.order_by) > 0, base.frame is not None)
    if problem:
        raise b.fail(problem, spec.base)
    return ast.WindowSpec(
        spec.start, spec.end, None, base.partition_by, base.order_by or spec.order_by, spec.frame
    )


# -- frames ---------------------------------------------------------------------------------------------------------


def _has_offset(frame: ast.Frame) -> bool:
    return frame.lower.offset is not None or (frame.upper is not None and frame.upper.offset is not None)


def _frame(b: Binding, frame: ast.Frame | None, scope: Scope) -> Extent:
    """A frame, bound; the one that stands where none is written."""
    if frame is None:
        return Extent("RANGE", UNBOUNDED_PRECEDING, None, CURRENT_ROW, None)
    upper = frame.upper
    return Extent(
        frame.mode,
        frame.lower.kind,
        _offset(b, frame.lower, scope),
        CURRENT_ROW if upper is None else upper.kind,
        None if upper is None else _offset(b, upper, scope),
        frame.exclude,
    )


def _own_frame(function: Function) -> Extent | None:
    """The frame of a function that knows one alone."""
    own = function.own_frame
    if own is None:
        return None
    mode, lower, upper = own
    return Extent(mode, lower, Literal(1) if lower == "FOLLOWING" else None, upper, None)


def _offset(b: Binding, bound: ast.FrameBound, scope: Scope) -> Expr | None:
    """How far away an end of a frame is; what has names, calls or queries in it is NULL, which is none, in SQLite."""
    syntax = bound.offset
    if syntax is None:
        return None
    if not is_written_constant(syntax, False):
        return Literal(None, b.start(syntax), b.end(syntax))
    return bind(b, syntax, scope)


def is_written_constant(syntax: ast.Expression, calls: bool) -> bool:
    """Whether SQLite takes an expression for a constant as it reads it: there are no names or queries in it.

    calls: there may be calls of functions.
    """
    for part in walk(syntax):
        if isinstance(part, ast.Column):
            if part.table is not None or fold(part.column.text) not in ("true", "false"):
                return False
        elif isinstance(part, ast.Select) or (isinstance(part, (ast.Call, ast.Like)) and not calls):
            return False
    return True
