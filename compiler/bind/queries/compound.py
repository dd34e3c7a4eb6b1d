"""Compound queries: UNION, UNION ALL, INTERSECT, EXCEPT, and the ORDER BY that belongs to the whole.

A column of a compound has the collation of the leftmost SELECT's expression, and an affinity that all the SELECTs
together decide.  ORDER BY can only name result columns, in any of the SELECTs.
https://sqlite.org/lang_select.html#compound_select_statements
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.binding import ordinal
from foundrydb.compiler.bind.bound import (
    Collate,
    ColumnRef,
    OrderTerm,
    OutputColumn,
    Source,
)
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.expressions.calls import order_term
from foundrydb.compiler.bind.properties import same
from foundrydb.compiler.bind.queries.column_names import unique_names
from foundrydb.compiler.bind.queries.query import Query, Term, output_column
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.select import (
    alias_of,
    bind_core,
    bind_values,
    integer_term,
)
from foundrydb.compiler.bind.queries.value_classes import CompoundColumn
from foundrydb.compiler.bind.scope import CommonTables, Scope
from foundrydb.compiler.bind.statements import Bound, BoundCompound, BoundOrder
from foundrydb.compiler.schema.limits import check_terms
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import without_collate
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import Error, error

MAX_TERMS: Final = 500


def bind_compound(
    b: QueryBinding,
    compound: ast.Compound,
    order_by: tuple[ast.OrderTerm, ...],
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
) -> Query:
    """A compound query with its ORDER BY."""
    terms = bind_arms(b, compound, len(compound.rest), outer, ctes, schema)
    bound = put_together(b, compound, terms, [part.operator for part in compound.rest])
    columns = merged_columns(terms)
    if order_by:
        assert isinstance(bound, BoundCompound)
        order = bind_order(b, bound.source, columns, order_by, terms, common_sequences(terms))
        bound = BoundOrder(bound, order)
        columns = _renamed(compound, order_by, columns, terms[0].query.inner)
    return compound_query(bound, terms, columns)


def bind_arms(
    b: QueryBinding,
    compound: ast.Compound,
    count: int,
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
) -> list[Term]:
    """The first SELECT of a compound and the next ``count``."""
    if len(compound.rest) >= MAX_TERMS:
        raise error("too many terms in compound SELECT")
    # From the last to the first, as SQLite looks names up: of several wrong ones the same is reported.
    parts = compound.rest[:count]
    others = [_bind_term(b, part.term, outer, ctes, schema, False) for part in reversed(parts)]
    first = _bind_term(b, compound.first, outer, ctes, schema, True)
    for part, term in zip(parts, reversed(others)):
        check_width(b, first, term, part)
    return [first, *reversed(others)]


def put_together(b: QueryBinding, compound: ast.Compound, terms: list[Term], operators: list[str]) -> Bound:
    """SELECTs as one query, from the left."""
    bound = terms[0].query.bound
    columns = [CompoundColumn() for _ in terms[0].query.columns]
    _add(columns, terms[0])
    for term, operator in zip(terms[1:], operators):
        _add(columns, term)
        source = b.new_source("compound", _offered(terms[0], columns))
        made = BoundCompound(source, operator, bound, term.query.bound, _sequences(columns))
        bound = b.asked_by(compound, made)
    return bound


def compound_query(bound: Bound, terms: list[Term], columns: list[OutputColumn]) -> Query:
    """What a compound of some SELECTs is to others."""
    compared = [output_column(expr, column.name) for expr, column in zip(terms[-1].arms[-1], columns)]
    first = terms[0].query
    return Query(bound, columns, first.inner, first.declared, compared)


def _renamed(
    compound: ast.Compound, order_by: tuple[ast.OrderTerm, ...], columns: list[OutputColumn], inner: list[str]
) -> list[OutputColumn]:
    """The output columns; SQLite sorts by a collation what is in a subquery, whose columns have the ``inner`` names."""
    if all(part.operator == "UNION ALL" for part in compound.rest):
        return columns
    if not any(isinstance(term.expression, ast.Collate) for term in order_by):
        return columns
    names = unique_names(inner)
    return [
        OutputColumn(name, column.affinity, column.collation, column.declared_type)
        for name, column in zip(names, columns)
    ]


def _bind_term(
    b: QueryBinding,
    term: ast.SelectTerm,
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
    first: bool,
) -> Term:
    if isinstance(term, ast.SelectCore):
        return bind_core(b, term, (), outer, ctes, schema)
    assert isinstance(term, ast.Values)
    return bind_values(b, term, outer, ctes, schema, first)


def check_width(b: QueryBinding, first: Term, term: Term, part: ast.CompoundPart) -> None:
    """Refuse a SELECT that has not as many columns as the first one."""
    if len(first.exprs) == len(term.exprs):
        return
    if isinstance(part.term, ast.Values):
        raise b.fail("all VALUES must have the same number of terms", part.term)
    raise b.fail(
        f"SELECTs to the left and right of {part.operator} do not have the same number of result columns",
        part.term,
    )


def merged_columns(terms: list[Term]) -> list[OutputColumn]:
    """The output columns of several SELECTs together."""
    return terms[0].query.columns if len(terms) == 1 else _offered(terms[0], _merged(terms))


def common_sequences(terms: list[Term]) -> list[str]:
    """The collation by which rows are told apart: per column, the first that any SELECT has."""
    return _sequences(_merged(terms))


def _merged(terms: list[Term]) -> list[CompoundColumn]:
    columns = [CompoundColumn() for _ in terms[0].exprs]
    for term in terms:
        _add(columns, term)
    return columns


def _add(columns: list[CompoundColumn], term: Term) -> None:
    for arm in term.arms:
        for column, expr in zip(columns, arm):
            column.add(expr)


def _offered(first: Term, columns: list[CompoundColumn]) -> list[OutputColumn]:
    return [
        OutputColumn(column.name, merged.affinity, column.collation, column.declared_type)
        for column, merged in zip(first.query.columns, columns)
    ]


def _sequences(columns: list[CompoundColumn]) -> list[str]:
    return [column.sequence or "BINARY" for column in columns]


def bind_order(
    b: QueryBinding,
    source: Source,
    columns: list[OutputColumn],
    order_by: tuple[ast.OrderTerm, ...],
    terms: list[Term],
    sequences: list[str],
) -> list[OrderTerm]:
    """The ORDER BY of a compound (``terms`` are its SELECTs) or of VALUES, over the columns of its ``source``.

    sequences: the collation by which each output column is sorted, unless the term says another.
    """
    order: list[OrderTerm] = []
    check_terms(len(order_by), "ORDER", b.settings)
    for i, syntax in enumerate(order_by):
        place = _output_place(b, syntax.expression, len(columns), i, terms)
        column = made_from(syntax.expression, ColumnRef(source, place, b.start(syntax), b.end(syntax)))
        sequence = sequences[place]
        if isinstance(syntax.expression, ast.Collate):
            sequence = syntax.expression.collation.text.upper()
        term = order_term(b, Collate(column, sequence), syntax)
        order.append(OrderTerm(column, term.descending, term.nulls_first, term.collation))
    return order


def _output_place(b: QueryBinding, syntax: ast.Expression, count: int, i: int, terms: list[Term]) -> int:
    """Which output column an ORDER BY term means."""
    position = integer_term(syntax)
    if position is not None:
        if not 1 <= position <= count:
            text = f"{ordinal(i + 1)} ORDER BY term out of range - should be between 1 and {count}"
            raise b.fail(text, syntax)
        return position - 1
    for term in terms:
        named = alias_of(syntax, term.results)
        if named is not None:
            names = b.naming()
            if names is not None:
                names.value("result column", without_collate(syntax), named.name, named.expr, term.scope)
            return term.results.index(named)
        place = _same_expression(b, syntax, term)
        if place >= 0:
            return place
    raise b.fail(f"{ordinal(i + 1)} ORDER BY term does not match any column in the result set", syntax)


def _same_expression(b: QueryBinding, syntax: ast.Expression, term: Term) -> int:
    """Which of a SELECT's result expressions a term of ORDER BY repeats, -1 for none."""
    depth, nesting, views = b.depth, b.nesting, len(b.open_views)
    text, spans, trusted = b.text, b.spans, b.trusted
    syntax = without_collate(syntax)
    term.scope.allow_aggregates = True
    try:
        expr = bind(b, syntax, term.scope)
    except Error:
        b.depth, b.nesting = depth, nesting
        b.text, b.spans, b.trusted = text, spans, trusted
        del b.open_views[views:]
        return -1
    finally:
        term.scope.allow_aggregates = False
    for i, known in enumerate(term.exprs):
        bare = known
        while isinstance(bare, Collate):
            bare = bare.operand
        if same(bare, expr):
            return i
    return -1
