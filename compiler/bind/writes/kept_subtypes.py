"""JSON that is written: as in C SQLite, a value is still JSON to those who see the row before it is stored.

They are the functions in generated columns and in CHECK, ``excluded``, triggers and RETURNING.  So it is with what
VALUES and SELECT give, with SET without FROM, DEFAULT and generated columns.  What is kept in between is text: in a
sorter or a set, or where several rows are found before the first of them is written, for triggers, for RETURNING, or
because they come from the same table.  To indexes everything is text, for an entry is looked for again from the row
that is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import (
    AggregateCall,
    Call,
    ColumnRef,
    Expr,
    ScalarQuery,
    Subquery,
    WindowCall,
)
from foundrydb.compiler.bind.properties import carries_subtype, may_have_subtype, walk, with_subtype
from foundrydb.compiler.bind.schema.row_expressions import show_subtypes
from foundrydb.compiler.bind.statements import Bound, BoundCompound, BoundLimit, BoundSelect, BoundValues
from foundrydb.compiler.late import named
from foundrydb.vm.functions.scalar import RETURNS_SUBTYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foundrydb.compiler.bind.statements import RowEvents, RowExpressions
    from foundrydb.compiler.bind.writes.events import Change


def are_told(events: RowEvents | None, returning: tuple[object, ...], change: Change) -> bool:
    """Whether somebody is told of the rows that a statement writes."""
    if returning:
        return True
    return events is not None and any([one.follows(change.event, change.names) for one in events.triggers])


def asks(row: RowExpressions) -> bool:
    """Whether a table's own expressions ask for subtypes of the row that is written."""
    exprs = row.generated + [predicate for _, predicate in row.checks]
    return any([expr is not None and carries_subtype(expr) for expr in exprs])


def kept(expr: Expr, of_window: bool = False) -> Expr:
    """A value that is written, with its subtype where it may have one.

    of_window: it is computed of kept rows, as in ``subtyped``.
    """
    if not any([_may_give_subtype(part) for part in walk(expr)]):
        return expr
    found: Expr = named("subtyped")(expr, of_window)
    return found


def kept_in_row(values: Bound | None) -> Bound | None:
    """The values of INSERT, with their subtypes if they are one row of VALUES."""
    if not isinstance(values, BoundValues) or len(values.tuples) != 1:
        return values
    return _values_kept(values)


def kept_in_query(query: Bound | None) -> Bound | None:
    """The values of INSERT, with the subtypes that go from row to row: a sorter or a set of rows takes them away."""
    if isinstance(query, BoundValues):
        return query if query.constant else _values_kept(query)
    if isinstance(query, BoundLimit):
        return _arms_kept(query)
    if isinstance(query, BoundCompound) and query.op == "UNION ALL":
        made = _arms_kept(query)
        if made is not query:
            show_subtypes(query.source)
        return made
    if isinstance(query, BoundSelect) and not query.order_by:
        return _select_kept(query)
    return query


def _values_kept(values: BoundValues) -> BoundValues:
    tuples = [[kept(expr) for expr in row] for row in values.tuples]
    if all([_are_same(row, given) for row, given in zip(tuples, values.tuples)]):
        return values
    if len(tuples) > 1:
        show_subtypes(values.source)
    made = BoundValues(values.source, tuples)
    made.origin = values.origin
    return made


def _arms_kept(query: Bound) -> Bound:
    arms: list[Bound] = []
    for child in query.children():
        arm = kept_in_query(child)
        assert arm is not None
        arms.append(arm)
    return query if _are_same(arms, query.children()) else query.with_children(arms)


def _are_same(made: Sequence[object], given: Sequence[object]) -> bool:
    """Whether nothing in a list has been replaced."""
    return all([a is b for a, b in zip(made, given)])


def _select_kept(select: BoundSelect) -> BoundSelect:
    results = [kept(expr, bool(select.windows)) for expr in select.results]
    if _are_same(results, select.results):
        return select
    show_subtypes(select.source)
    made = BoundSelect(
        select.source, select.from_, select.where, select.aggregation, select.windows, select.keys, select.having,
        results, select.distinct, select.order_by,
    )  # fmt: skip
    made.origin = select.origin
    return made


def kept_in_sets(sets: list[tuple[int, Expr]]) -> list[tuple[int, Expr]]:
    """The new values of SET with their subtypes."""
    rows: dict[Subquery, Subquery] = {}
    out: list[tuple[int, Expr]] = []
    for column, expr in sets:
        if isinstance(expr, ScalarQuery) and len(expr.query.columns) > 1:
            if expr.query not in rows:
                rows[expr.query] = _row_kept(expr.query)
            out.append((column, expr.with_query(rows[expr.query])))
        else:
            out.append((column, kept(expr)))
    return out


def _row_kept(query: Subquery) -> Subquery:
    """A subquery whose row goes to several columns: C SQLite takes away what is made for the first of them alone."""
    select = query.plan
    if not isinstance(select, BoundSelect) or select.order_by:
        return query
    made = _select_kept(select)
    if made is select:
        return query
    if any([_makes_subtype(part) for part in walk(select.results[0])]):
        made.results[0] = select.results[0]
    columns = [with_subtype(column) for column in query.columns]
    return Subquery(made, query.outer, columns)


def _may_give_subtype(expr: Expr) -> bool:
    if isinstance(expr, ColumnRef):
        return may_have_subtype(expr)
    return isinstance(expr, ScalarQuery) or _makes_subtype(expr)


def _makes_subtype(expr: Expr) -> bool:
    return isinstance(expr, (Call, AggregateCall, WindowCall)) and expr.function.flags & RETURNS_SUBTYPE != 0
