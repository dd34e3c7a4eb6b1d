"""Columns of compounds that are REAL: where such a column is read under a name, its whole numbers are REALs.

SQLite converts them as the query in FROM, the view or the common table is read.  Here the arms do: that tells the same
rows apart, and an arm that is REAL already keeps its plain column, and with it its index.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import REAL, Call, Cast, ColumnRef, Expr, Literal, OutputColumn
from foundrydb.compiler.bind.statements import (
    Bound,
    BoundCompound,
    BoundLimit,
    BoundOrder,
    BoundRecursion,
    BoundSelect,
    BoundValues,
)
from foundrydb.compiler.trees.declared import made_from
from foundrydb.vm.functions.conversions import REAL_VALUE


def with_reals(query: Bound, columns: list[OutputColumn]) -> Bound:
    """A query with the columns that it offers, as FROM reads it."""
    compound = query
    while isinstance(compound, (BoundLimit, BoundOrder)):
        compound = compound.query
    places = [i for i, column in enumerate(columns) if column.affinity == REAL]
    if not places or not isinstance(compound, (BoundCompound, BoundRecursion)):
        return query
    return _converted(query, places)


def _converted(bound: Bound, places: list[int]) -> Bound:
    """A query whose columns at ``places`` are REALs where they are numbers."""
    if isinstance(bound, BoundSelect):
        made: Bound = BoundSelect(
            bound.source,
            bound.from_,
            bound.where,
            bound.aggregation,
            bound.windows,
            bound.keys,
            bound.having,
            _with_reals(bound.results, places),
            bound.distinct,
            bound.order_by,
        )
    elif isinstance(bound, BoundValues):
        made = BoundValues(bound.source, [_with_reals(row, places) for row in bound.tuples])
    else:
        made = bound.with_children([_converted(child, places) for child in bound.children()])
    made.origin = bound.origin
    return made


def _with_reals(exprs: list[Expr], places: list[int]) -> list[Expr]:
    return [_real(expr) if i in places else expr for i, expr in enumerate(exprs)]


def _real(expr: Expr) -> Expr:
    """An expression, whose whole numbers become REALs."""
    if isinstance(expr, Literal):
        value = expr.value
        if not isinstance(value, int):
            return expr
        return made_from(expr, Literal(float(value), expr.start, expr.end, expr.affinity))
    if isinstance(expr, Cast) and expr.affinity == REAL:
        return expr
    if isinstance(expr, ColumnRef) and expr.affinity == REAL and expr.source.table is not None:
        return expr
    return made_from(expr, Call(REAL_VALUE, [expr], "BINARY", expr.start, expr.end))
