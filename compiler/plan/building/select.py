"""SELECT, VALUES, ORDER BY and LIMIT: from syntax to a plan in its logical form.

The nodes of one SELECT, from the bottom: FROM (scans and joins), Filter (WHERE), Aggregate (GROUP BY), Filter
(HAVING), Project (the result, and after it what only ORDER BY needs), Distinct, Sort, Limit.
"""

from __future__ import annotations

from foundrydb.compiler.bind.binders import bind, bind_condition
from foundrydb.compiler.bind.binding import ordinal
from foundrydb.compiler.bind.bound import (
    NONE,
    Collate,
    ColumnRef,
    Expr,
    Literal,
    OrderTerm,
    OutputColumn,
    Source,
)
from foundrydb.compiler.bind.calls import order_term
from foundrydb.compiler.bind.desugar import calls_function, written_integer
from foundrydb.compiler.bind.expr_index import bare, index_of
from foundrydb.compiler.bind.properties import is_constant, walk
from foundrydb.compiler.bind.scope import Alias, CommonTables, Scope
from foundrydb.compiler.plan.building.aggregation import aggregate_node, collect_calls, make_rewriter
from foundrydb.compiler.plan.building.arguments import filtered
from foundrydb.compiler.plan.building.joins import FromTerm, declare_from, join_from
from foundrydb.compiler.plan.building.planned_query import (
    Query,
    ResultColumn,
    StarColumn,
    Term,
    output_column,
    result_column,
    star_column,
)
from foundrydb.compiler.plan.building.query_binding import QueryBinding
from foundrydb.compiler.plan.building.stars import star_columns
from foundrydb.compiler.plan.building.value_classes import compound_affinity
from foundrydb.compiler.plan.nodes import Distinct, Filter, Node, Project, SingleRow, Sort, Values
from foundrydb.compiler.plan.text import expr_text
from foundrydb.compiler.schema.limits import check_columns, check_terms
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import error, not_supported


def plan_core(
    b: QueryBinding,
    core: ast.SelectCore,
    order_by: tuple[ast.OrderTerm, ...],
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
) -> Term:
    """The plan of one SELECT; ``order_by`` is empty for a part of a compound.

    Names are looked up in SQLite's order, so that of several wrong ones the same is reported: the result, HAVING,
    WHERE, ON, ORDER BY, GROUP BY.
    """
    if core.windows:
        raise not_supported("window functions")
    scope = Scope(outer, b.new_source("aggregate", []), ctes, schema)
    b.open_scope(scope, core)
    sources = None if core.from_ is None else declare_from(b, core.from_, scope)
    scope.allow_aggregates = True
    results = _results(b, core, scope)
    grouped = len(core.group_by) > 0 or scope.has_aggregates
    scope.aliases = [Alias(result.name, result.expr) for result in results if result.aliased]
    scope.aliases_visible = True
    scope.allow_aggregates = grouped
    having: Expr | None = None
    if core.having is not None:
        if not grouped:
            raise b.fail("HAVING clause on a non-aggregate query", core.having)
        having = bind(b, core.having, scope)
    node = _source_rows(b, core, sources, scope)
    scope.allow_aggregates = True
    terms = _order_terms(b, order_by, results, scope)
    scope.allow_aggregates = grouped
    keys = _group_keys(b, core, results, scope)
    written = [result.expr for result in results]
    if grouped:
        node, results, having, terms = _aggregated(scope, node, keys, results, having, terms)
    elif sources is None:
        # The one row may be ordered by anything, an aggregate too; it is not aggregated then.
        terms = []
    else:
        _no_aggregates(b, scope, [term.expr for term in terms])
    if having is not None:
        node = Filter(node, having)
    scope.allow_aggregates = False
    return _finish(b, core, node, scope, results, terms, written)


def _source_rows(b: QueryBinding, core: ast.SelectCore, sources: list[FromTerm] | None, scope: Scope) -> Node:
    """FROM and WHERE."""
    node: Node = SingleRow()
    where: list[Expr] = []
    if core.where is not None:
        where.append(bind_condition(b, core.where, scope))
        _no_aggregates(b, scope, where)
    if sources is not None:
        planned = join_from(b, sources, scope)
        node = planned.node
        where[:0] = planned.conditions
        _no_aggregates(b, scope, planned.on + planned.conditions)
    return filtered(b, node, where)


def _results(b: QueryBinding, core: ast.SelectCore, scope: Scope) -> list[ResultColumn]:
    """The result columns, stars expanded."""
    out: list[ResultColumn] = []
    for column in core.columns:
        if isinstance(column, ast.ResultExpression):
            out.append(result_column(b, column, bind(b, column.expression, scope), scope))
        else:
            for expr, one in _star(b, column, scope):
                out.append(star_column(b, one, made_from(column, permitted(b, expr))))
        check_columns(len(out), "result set")
    return out


def permitted(b: QueryBinding, expr: Expr) -> Expr:
    """A column that a star stands for, or NULL where the authorizer hides it."""
    authorization = b.authorization
    if authorization is None:
        return expr
    for part in walk(expr):
        if isinstance(part, ColumnRef) and not authorization.may_read(part.source, part.index):
            return Literal(None)
    return expr


def _star(b: QueryBinding, column: ast.ResultColumn, scope: Scope) -> list[tuple[Expr, StarColumn]]:
    """What ``*`` or ``t.*`` stands for."""
    if not isinstance(column, ast.ResultTableStar):
        if not scope.items:
            raise b.fail("no tables specified", column)
        return star_columns(b, scope, None)
    out = star_columns(b, scope, fold(column.table.text))
    if not out:
        raise b.fail(f"no such table: {column.table.text}", column.table)
    names = b.naming()
    first = out[0][0]
    if names is not None and isinstance(first, ColumnRef):
        names.star(column, first.source, scope)
    return out


def _no_aggregates(b: QueryBinding, scope: Scope, exprs: list[Expr]) -> None:
    """Refuse aggregates of this SELECT in a clause that is evaluated before, or without, aggregation."""
    if not scope.has_aggregates:
        return
    calls = collect_calls(scope.owner, exprs)
    if calls:
        raise error(f"misuse of aggregate: {calls[0].written}()").at(
            calls[0].start, calls[0].end - calls[0].start
        )


def _group_keys(
    b: QueryBinding, core: ast.SelectCore, results: list[ResultColumn], scope: Scope
) -> list[Expr]:
    """The GROUP BY expressions; a number stands for a result column."""
    check_terms(len(core.group_by), "GROUP")
    keys: list[Expr] = []
    for i, syntax in enumerate(core.group_by):
        position = integer_term(syntax)
        if position is not None:
            _check_position(b, position, i, len(results), "GROUP", syntax)
            key = _collated(b, syntax, results[position - 1].expr)
        else:
            key = bind(b, syntax, scope)
        if collect_calls(scope.owner, [key]):
            raise b.fail("aggregate functions are not allowed in the GROUP BY clause", syntax)
        keys.append(key)
    return keys


def bare_term(syntax: ast.Expression) -> ast.Expression:
    """A term of ORDER BY or GROUP BY without COLLATE around it."""
    while isinstance(syntax, ast.Collate):
        syntax = syntax.operand
    return syntax


def integer_term(syntax: ast.Expression) -> int | None:
    """The number that a term of ORDER BY or GROUP BY is, None for any other expression."""
    syntax = bare_term(syntax)
    sign = 1
    while isinstance(syntax, ast.Unary) and syntax.operator in ("-", "+"):
        sign = -sign if syntax.operator == "-" else sign
        syntax = syntax.operand
    value = written_integer(syntax)
    return sign * value if value is not None and value < 2**31 else None


def _collated(b: QueryBinding, syntax: ast.Expression, expr: Expr) -> Expr:
    """A result column under the COLLATE that its number or alias carries in ORDER BY."""
    if isinstance(syntax, ast.Collate):
        inner = _collated(b, syntax.operand, expr)
        return Collate(inner, syntax.collation.text.upper(), b.start(syntax), b.end(syntax))
    return expr


def _check_position(
    b: QueryBinding, position: int, term: int, count: int, clause: str, node: ast.Node
) -> None:
    if not 1 <= position <= count:
        text = f"{ordinal(term + 1)} {clause} BY term out of range - should be between 1 and {count}"
        raise b.fail(text, node)


# -- ORDER BY


def _order_terms(
    b: QueryBinding, order_by: tuple[ast.OrderTerm, ...], results: list[ResultColumn], scope: Scope
) -> list[OrderTerm]:
    """The terms of ORDER BY over the same sources as the result."""
    check_terms(len(order_by), "ORDER")
    terms: list[OrderTerm] = []
    for i, term in enumerate(order_by):
        position = integer_term(term.expression)
        if position is not None:
            _check_position(b, position, i, len(results), "ORDER", term.expression)
            expr = _collated(b, term.expression, results[position - 1].expr)
        else:
            alias = alias_of(term.expression, results)
            if alias is not None:
                expr = _collated(b, term.expression, alias.expr)
                names = b.naming()
                if names is not None:
                    names.value("result column", bare_term(term.expression), alias.name, alias.expr, scope)
            else:
                expr = bind(b, term.expression, scope)
        terms.append(order_term(b, expr, term))
    return terms


def alias_of(syntax: ast.Expression, results: list[ResultColumn]) -> ResultColumn | None:
    """The result column whose AS name an ORDER BY term is; it goes before columns of that name."""
    syntax = bare_term(syntax)
    if not isinstance(syntax, ast.Column) or syntax.table is not None:
        return None
    name = fold(syntax.column.text)
    for result in results:
        if result.aliased and fold(result.name) == name:
            return result
    return None


# -- the upper part


def _aggregated(
    scope: Scope,
    node: Node,
    keys: list[Expr],
    results: list[ResultColumn],
    having: Expr | None,
    terms: list[OrderTerm],
) -> tuple[Node, list[ResultColumn], Expr | None, list[OrderTerm]]:
    """Put an Aggregate over ``node``, and express everything above it by its output."""
    exprs = [result.expr for result in results]
    if having is not None:
        exprs.append(having)
    exprs.extend(term.expr for term in terms)
    calls = collect_calls(scope.owner, exprs) if scope.has_aggregates else []
    rewriter = make_rewriter(scope.owner, node, keys, calls)
    results = [result.over(rewriter.expr(result.expr)) for result in results]
    having = None if having is None else rewriter.expr(having)
    terms = [OrderTerm(rewriter.expr(t.expr), t.descending, t.nulls_first, t.collation) for t in terms]
    return aggregate_node(node, rewriter), results, having, terms


def _finish(
    b: QueryBinding,
    core: ast.SelectCore,
    node: Node,
    scope: Scope,
    results: list[ResultColumn],
    terms: list[OrderTerm],
    written: list[Expr],
) -> Term:
    """Project, Distinct and Sort; ``written``: the result's expressions before aggregation."""
    exprs = [result.expr for result in results]
    columns = [result.column for result in results]
    width = len(exprs)
    places = _places(terms, exprs)
    all_columns = columns + [OutputColumn(expr_text(e), e.affinity, e.collation) for e in exprs[width:]]
    source = b.new_source("result", all_columns)
    node = Project(source, node, exprs)
    if core.distinct:
        node = Distinct(node, width, [column.collation or "BINARY" for column in columns])
    if terms:
        node = Sort(node, sort_terms(source, terms, places))
    b.asked_by(core, node)
    inner = [result.inner for result in results]
    query = Query(node, columns, inner, [result.declared for result in results], columns)
    return Term(query, scope, results, written)


def _places(terms: list[OrderTerm], exprs: list[Expr]) -> list[int]:
    """Where the ORDER BY expressions stand among the projected ones; they are added where they do not."""
    places: list[int] = []
    if not terms:
        return places
    known = index_of(exprs)
    for term in terms:
        expr = bare(term.expr)
        place = known.find(expr)
        if place < 0:
            place = len(exprs)
            known.add(expr, place)
            exprs.append(expr)
        places.append(place)
    return places


def sort_terms(source: Source, terms: list[OrderTerm], places: list[int]) -> list[OrderTerm]:
    """ORDER BY terms as references to columns of ``source``."""
    out: list[OrderTerm] = []
    for term, place in zip(terms, places):
        ref = made_from(term.expr, ColumnRef(source, place, term.expr.start, term.expr.end))
        out.append(OrderTerm(ref, term.descending, term.nulls_first, term.collation))
    return out


# -- VALUES


def plan_values(
    b: QueryBinding,
    values: ast.Values,
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
    first: bool = True,
) -> Term:
    """The plan of VALUES.

    first: it is not the right side of a compound, where SQLite reads several rows as from a subquery.
    """
    scope = Scope(outer, b.new_source("aggregate", []), ctes, schema)
    scope.allow_aggregates = True
    scope.outside_query = b.inserts and b.nesting == 1 and len(values.rows) == 1
    width = len(values.rows[0].values)
    check_columns(width, "result set")
    rows: list[list[Expr]] = []
    for row in values.rows:
        if len(row.values) != width:
            raise b.fail("all VALUES must have the same number of terms", row)
        exprs: list[Expr] = []
        for value in row.values:
            exprs.append(bind(b, value, scope))
        rows.append(exprs)
    if scope.has_aggregates:
        raise not_supported("aggregate functions in VALUES")
    listed = _is_list(b, values, rows)
    columns = [_values_column([row[i] for row in rows], f"column{i + 1}", listed) for i in range(width)]
    source = b.new_source("values", columns)
    names = [column.name for column in columns]
    results = [ResultColumn(rows[0][i], names[i], names[i], names[i]) for i in range(width)]
    last = columns if listed else [output_column(rows[-1][i], names[i]) for i in range(width)]
    node = Values(source, rows)
    b.asked_by(values, node)
    query = Query(node, columns, names, names, last)
    if len(rows) > 1 and (listed or not first):
        return Term(query, scope, results, [ColumnRef(source, i) for i in range(width)])
    return Term(query, scope, results, rows[0], rows)


def _values_column(exprs: list[Expr], name: str, listed: bool) -> OutputColumn:
    """The output column that the same place in several rows of VALUES makes; in a list it has no affinity."""
    affinity = NONE if listed else compound_affinity(exprs)
    return OutputColumn(
        name, affinity, exprs[0].collation or "BINARY", output_column(exprs[0], name).declared_type
    )


def _is_list(b: QueryBinding, values: ast.Values, rows: list[list[Expr]]) -> bool:
    """Whether SQLite takes the rows of VALUES for a list, whose columns are BINARY, not for SELECTs in a row."""
    if len(rows) == 1 or b.open_views or b.commons or any([calls_function(row) for row in values.rows[1:2]]):
        return False
    return all([is_constant(expr) for expr in rows[1]]) and not any([expr.affinity for expr in rows[0]])
