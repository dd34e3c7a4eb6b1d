"""Arguments whose subtypes are asked for: ``json_array(json(x))``.

A value has a subtype only on its way to such an argument.  So the function whose result goes there is called through
its twin, which gives the subtype as well; the branches of CASE, and of functions that hand on an argument, likewise.  A
column has a subtype where it is one of a virtual table's whose values may have some, or is computed for the row: so
has what a subquery in an expression yields, but nothing that a function made there, or that has been in a sorter.  The
rows of a window are kept, and lose them: only what is computed of these rows has subtypes.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    AggregateCall,
    Call,
    Case,
    Cast,
    Collate,
    ColumnRef,
    Expr,
    Relation,
    ScalarQuery,
    Subquery,
    Unary,
    WindowCall,
)
from foundrydb.compiler.bind.properties import may_have_subtype, walk, with_subtype
from foundrydb.compiler.bind.statements import Bound, BoundCompound, BoundLimit, BoundSelect
from foundrydb.compiler.schema.affinity import TEXT
from foundrydb.vm.functions.json.function import CAST_TO_TEXT
from foundrydb.vm.functions.scalar import COLLATED, DETERMINISTIC, INLINE, MARKING, RETURNS_SUBTYPE, Function


@final
class KeepSubtype(Function):
    """Stands around a column that is read with its subtype."""

    def __reduce__(self) -> tuple[object, ...]:
        return _keep, ()


KEEP_SUBTYPE: Final = KeepSubtype("with_subtype", 1, 1, "", DETERMINISTIC | INLINE | MARKING)


def _keep() -> Function:
    return KEEP_SUBTYPE


def subtyped(expr: Expr, of_window: bool = False) -> Expr:
    """The expression, with the subtype of its value where that may have one.

    of_window: it is computed of kept rows, whose columns and aggregates have lost theirs.
    """
    if of_window and isinstance(expr, (ColumnRef, AggregateCall)):
        return expr
    if isinstance(expr, ColumnRef):
        if not may_have_subtype(expr):
            return expr
        return Call(KEEP_SUBTYPE, [expr], "BINARY", expr.start, expr.end)
    if isinstance(expr, Call):
        return _call(expr, of_window)
    if isinstance(expr, AggregateCall):
        return _aggregate(expr)
    if isinstance(expr, WindowCall):
        return _over_window(expr)
    if isinstance(expr, ScalarQuery):
        return _of_query(expr)
    if isinstance(expr, Case):
        thens = [subtyped(then, of_window) for then in expr.thens]
        otherwise = None if expr.otherwise is None else subtyped(expr.otherwise, of_window)
        return Case(expr.base, expr.whens, thens, otherwise, expr.start, expr.end)
    if isinstance(expr, Collate) or (isinstance(expr, Unary) and expr.op == "+"):
        return expr.with_children([subtyped(expr.operand, of_window)])
    if isinstance(expr, Cast) and expr.affinity == TEXT:
        operand = subtyped(expr.operand, of_window)
        if operand is not expr.operand:
            return Call(CAST_TO_TEXT, [operand], "BINARY", expr.start, expr.end)
    return expr


def _call(call: Call, of_window: bool) -> Expr:
    function = call.function
    if function.flags & RETURNS_SUBTYPE:
        twin = function.twin
        assert twin is not None
        return Call(twin, call.args, call.sequence, call.start, call.end, call.place, call.column)
    if function.of_user or not function.flags & (INLINE | COLLATED) or function is KEEP_SUBTYPE:
        return call
    # These give back one of their arguments.
    return call.with_children([subtyped(arg, of_window) for arg in call.args])


def _of_query(expr: ScalarQuery) -> Expr:
    query = expr.query
    plan = _with_subtype(query.plan, expr.index)
    if plan is None:
        return expr
    columns = list(query.columns)
    columns[expr.index] = with_subtype(columns[expr.index])
    return expr.with_query(Subquery(plan, query.outer, columns))


def _with_subtype(query: Relation, index: int) -> Bound | None:
    """A query whose column has the subtypes that its columns give it; None where it has none."""
    if isinstance(query, BoundLimit):
        limited = _with_subtype(query.query, index)
        return None if limited is None else BoundLimit(limited, query.limit, query.offset)
    if isinstance(query, BoundCompound):
        return _compound_with_subtype(query, index)
    if not isinstance(query, BoundSelect) or query.distinct or query.order_by or query.windows or query.keys:
        return None
    if query.aggregation is not None or any([_makes_subtype(part) for part in walk(query.results[index])]):
        return None
    return _select_with_subtype(query, index)


def _select_with_subtype(select: BoundSelect, index: int) -> BoundSelect | None:
    """A SELECT with all subtypes that its column may have; None where it has none."""
    found = subtyped(select.results[index])
    if found is select.results[index]:
        return None
    results = list(select.results)
    results[index] = found
    return BoundSelect(
        select.source, select.from_, select.where, select.aggregation, select.windows, select.keys, select.having,
        results, select.distinct, select.order_by,
    )  # fmt: skip


def _compound_with_subtype(query: BoundCompound, index: int) -> Bound | None:
    """UNION ALL; C SQLite takes the subtypes away that one of its arms makes where the last arm could make some."""
    last = query.right
    if query.op != "UNION ALL" or not isinstance(last, BoundSelect):
        return None
    if any([_makes_subtype(part) for part in walk(last.results[index])]):
        return None
    left, right = _arm_with_subtype(query.left, index), _arm_with_subtype(last, index)
    if left is query.left and right is last:
        return None
    return BoundCompound(query.source, query.op, left, right, query.sequences)


def _arm_with_subtype(arm: Bound, index: int) -> Bound:
    """An arm of UNION ALL with all subtypes that its column may have; unchanged where it has none."""
    if isinstance(arm, BoundCompound) and arm.op == "UNION ALL":
        left, right = _arm_with_subtype(arm.left, index), _arm_with_subtype(arm.right, index)
        if left is arm.left and right is arm.right:
            return arm
        return BoundCompound(arm.source, arm.op, left, right, arm.sequences)
    if not isinstance(arm, BoundSelect) or arm.distinct or arm.windows:
        return arm
    found = _select_with_subtype(arm, index)
    return arm if found is None else found


def _makes_subtype(expr: Expr) -> bool:
    return isinstance(expr, (Call, AggregateCall)) and expr.function.flags & RETURNS_SUBTYPE != 0


def _aggregate(call: AggregateCall) -> Expr:
    function = call.function
    args = call.args
    if function.flags & RETURNS_SUBTYPE:
        twin = function.twin
        assert twin is not None
        function = twin
    elif function.chooses_row and not function.of_user:
        args = [subtyped(arg) for arg in args]
    else:
        return call
    return AggregateCall(
        function, args, call.distinct, call.filter, call.order_by, call.sequence, call.start, call.end, call.owner,
        call.written,
    )  # fmt: skip


def _over_window(call: WindowCall) -> Expr:
    twin = call.function.twin
    if not call.function.flags & RETURNS_SUBTYPE:
        return call
    assert twin is not None
    return WindowCall(
        twin, call.args, call.filter, call.partition, call.order_by, call.frame, call.sequence, call.owner,
        call.start, call.end, call.written,
    )  # fmt: skip
