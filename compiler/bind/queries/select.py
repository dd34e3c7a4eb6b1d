"""One SELECT, with the ORDER BY that belongs to it, and VALUES."""

from __future__ import annotations

from foundrydb.compiler.bind.binding import ordinal
from foundrydb.compiler.bind.bound import (
    NONE,
    AggregateCall,
    Collate,
    ColumnRef,
    Expr,
    Literal,
    OrderTerm,
    OutputColumn,
    Source,
)
from foundrydb.compiler.bind.expressions.binders import bind, bind_condition
from foundrydb.compiler.bind.expressions.calls import order_term
from foundrydb.compiler.bind.expressions.desugar import written_integer
from foundrydb.compiler.bind.properties import is_constant, walk
from foundrydb.compiler.bind.queries.aggregates import first_aggregate
from foundrydb.compiler.bind.queries.column_names import result_column, star_column, values_names
from foundrydb.compiler.bind.queries.joins import FromTerm, declare_from, join_from
from foundrydb.compiler.bind.queries.query import Query, ResultColumn, StarColumn, Term, output_column
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.relations import look_up_window_tables
from foundrydb.compiler.bind.queries.stars import star_columns
from foundrydb.compiler.bind.queries.value_classes import compound_affinity
from foundrydb.compiler.bind.relation import parts_of
from foundrydb.compiler.bind.scope import Alias, CommonTableEntry, CommonTables, Scope
from foundrydb.compiler.bind.statements import Bound, BoundCompound, BoundJoin, BoundSelect, BoundValues
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.limits import check_columns, check_terms
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import without_collate
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import Error, error


def bind_core(
    b: QueryBinding,
    core: ast.SelectCore,
    order_by: tuple[ast.OrderTerm, ...],
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
    recursive: CommonTableEntry | None = None,
) -> Term:
    """One SELECT; ``order_by`` is empty for a part of a compound.

    recursive: the common table that it is a recursive SELECT of, None for none.

    Names are looked up in SQLite's order, so that of several wrong ones the same is reported: the result, HAVING,
    WHERE, ON, ORDER BY, GROUP BY.
    """
    scope = Scope(outer, b.new_source("aggregate", []), ctes, schema, recursive)
    b.open_scope(scope, core)
    if core.windows:
        named("define_windows")(b, core, scope)
    sources = None if core.from_ is None else declare_from(b, core.from_, scope)
    if core.windows:
        look_up_window_tables(b, core, scope)
    scope.allow_aggregates = True
    scope.allow_windows = True
    results = _results(b, core, scope)
    scope.allow_windows = False
    grouped = len(core.group_by) > 0 or scope.has_aggregates
    scope.aliases = [Alias(result.name, result.expr) for result in results if result.aliased]
    scope.aliases_visible = True
    scope.allow_aggregates = grouped
    having: Expr | None = None
    if core.having is not None:
        if not grouped:
            raise b.fail("HAVING clause on a non-aggregate query", core.having)
        having = bind(b, core.having, scope)
    where: list[Expr] = []
    from_ = _source_rows(b, core, sources, scope, where)
    if b.only_names:
        named("look_up_windows")(b, core, scope)
    scope.allow_aggregates = True
    scope.allow_windows = True
    terms = _order_terms(b, order_by, results, scope)
    scope.allow_windows = False
    scope.allow_aggregates = grouped
    keys = _group_keys(b, core, results, scope)
    if not grouped and sources is None:
        # The one row may be ordered by anything, an aggregate too; it is not aggregated then.
        terms = []
    elif not grouped:
        _no_aggregates(b, scope, [term.expr for term in terms])
    scope.allow_aggregates = False
    aggregation = scope.owner if grouped else None
    exprs = [result.expr for result in results]
    columns = [result.column for result in results]
    source = b.new_source("result", list(columns))
    select = BoundSelect(
        source, from_, where, aggregation, _window_outputs(scope), keys, having, exprs, core.distinct, terms
    )
    inner = [result.inner for result in results]
    declared = [result.declared for result in results]
    query = Query(b.asked_by(core, select), columns, inner, declared, columns)
    return Term(query, scope, results, exprs)


def _window_outputs(scope: Scope) -> list[Source]:
    """The sources of what functions over windows make, each once."""
    return list(dict.fromkeys([window.output for window in scope.windows]))


def _source_rows(
    b: QueryBinding, core: ast.SelectCore, sources: list[FromTerm] | None, scope: Scope, where: list[Expr]
) -> Bound | None:
    """FROM; ``where`` gets all that its rows have to meet."""
    if core.where is not None:
        scope.outside_query = b.condition and scope.outer is b.around
        where.append(bind_condition(b, core.where, scope))
        _no_aggregates(b, scope, where)
    if sources is None:
        return None
    joined = join_from(b, sources, scope)
    where[:0] = joined.conditions
    if scope.has_aggregates:
        joins = [part for part in parts_of(joined.bound) if isinstance(part, BoundJoin)]
        _no_aggregates(b, scope, [join.on for join in joins if join.on is not None] + joined.conditions)
    return joined.bound


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
    call = first_aggregate(scope.owner, exprs)
    if call is not None:
        raise misused_aggregate(call)


def misused_aggregate(call: AggregateCall) -> Error:
    """The error of an aggregate where there is nothing to aggregate."""
    return error(f"misuse of aggregate: {call.written}()").at(call.start, call.end - call.start)


def _group_keys(
    b: QueryBinding, core: ast.SelectCore, results: list[ResultColumn], scope: Scope
) -> list[Expr]:
    """The GROUP BY expressions; a number stands for a result column."""
    check_terms(len(core.group_by), "GROUP", b.settings)
    keys: list[Expr] = []
    for i, syntax in enumerate(core.group_by):
        position = integer_term(syntax)
        if position is not None:
            key = _numbered(b, position, i, results, "GROUP", syntax)
        else:
            key = bind(b, syntax, scope)
        keys.append(key)
    _check_positions(b, core.group_by, len(results), "GROUP")
    for key, syntax in zip(keys, core.group_by):
        if first_aggregate(scope.owner, [key]) is not None:
            raise b.fail("aggregate functions are not allowed in the GROUP BY clause", syntax)
    return keys


def integer_term(syntax: ast.Expression) -> int | None:
    """The number that a term of ORDER BY or GROUP BY is, None for any other expression."""
    syntax = without_collate(syntax)
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


def _numbered(
    b: QueryBinding,
    position: int,
    term: int,
    results: list[ResultColumn],
    clause: str,
    syntax: ast.Expression,
) -> Expr:
    """The result column of a number; for one that is too large, which ``_check_positions`` refuses, the last one."""
    if position < 1:
        raise _out_of_range(b, term, len(results), clause, syntax)
    return _collated(b, syntax, results[min(position, len(results)) - 1].expr)


def _check_positions(b: QueryBinding, terms: tuple[ast.Expression, ...], count: int, clause: str) -> None:
    """Refuse numbers of columns that there are not, once all names have been looked up."""
    for i, syntax in enumerate(terms):
        if (integer_term(syntax) or 0) > count:
            raise _out_of_range(b, i, count, clause, syntax)


def _out_of_range(b: QueryBinding, term: int, count: int, clause: str, node: ast.Node) -> Error:
    text = f"{ordinal(term + 1)} {clause} BY term out of range - should be between 1 and {count}"
    return b.fail(text, node)


# -- ORDER BY


def _order_terms(
    b: QueryBinding, order_by: tuple[ast.OrderTerm, ...], results: list[ResultColumn], scope: Scope
) -> list[OrderTerm]:
    """The terms of ORDER BY over the same sources as the result."""
    check_terms(len(order_by), "ORDER", b.settings)
    terms: list[OrderTerm] = []
    for i, term in enumerate(order_by):
        position = integer_term(term.expression)
        if position is not None:
            expr = _numbered(b, position, i, results, "ORDER", term.expression)
        else:
            alias = alias_of(term.expression, results)
            if alias is not None:
                expr = _collated(b, term.expression, alias.expr)
                names = b.naming()
                if names is not None:
                    names.value(
                        "result column", without_collate(term.expression), alias.name, alias.expr, scope
                    )
            else:
                expr = bind(b, term.expression, scope)
        terms.append(order_term(b, expr, term))
    _check_positions(b, tuple([term.expression for term in order_by]), len(results), "ORDER")
    return terms


def alias_of(syntax: ast.Expression, results: list[ResultColumn]) -> ResultColumn | None:
    """The result column whose AS name an ORDER BY term is; it goes before columns of that name."""
    syntax = without_collate(syntax)
    if not isinstance(syntax, ast.Column) or syntax.table is not None:
        return None
    name = fold(syntax.column.text)
    for result in results:
        if result.aliased and fold(result.name) == name:
            return result
    return None


# -- VALUES


def bind_values(
    b: QueryBinding,
    values: ast.Values,
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
    first: bool = True,
    alone: bool = False,
) -> Term:
    """VALUES.

    first: it is not the right side of a compound, where SQLite reads several rows as from a subquery.
    alone: it is not in a compound.
    """
    inserted = b.inserts and b.nesting == 1 and outer is b.around and len(values.rows) == 1
    width = len(values.rows[0].values)
    check_columns(width, "result set")
    rows: list[list[Expr]] = []
    queries: list[Scope | None] = []
    scope: Scope | None = None
    # From the last to the first, as SQLite looks names up: of several wrong ones the same is reported.
    for row in reversed(values.rows):
        if scope is None:
            scope = Scope(outer, b.new_source("aggregate", []), ctes, schema)
            scope.allow_aggregates = not inserted
            scope.allow_windows = not inserted
            scope.outside_query = inserted
        exprs: list[Expr] = []
        for value in row.values:
            exprs.append(bind(b, value, scope))
        rows.append(exprs)
        if scope.has_aggregates or scope.windows:
            queries.append(scope)
            scope = None
        else:
            queries.append(None)
    rows.reverse()
    queries.reverse()
    for row in values.rows:
        if len(row.values) != width:
            raise b.fail("all VALUES must have the same number of terms", row)
    listed = _is_list(b, rows)
    columns = [_values_column([row[i] for row in rows], f"column{i + 1}", listed) for i in range(width)]
    if len(rows) > 1 and (alone or not first):
        _check_several(b, rows, queries)
    bound = _put_in_a_row(b, rows, queries, columns)
    names = [column.name for column in columns]
    inner = values_names(values.rows[0])
    results = [ResultColumn(rows[0][i], names[i], inner[i], names[i]) for i in range(width)]
    last = columns if listed else [output_column(rows[-1][i], names[i]) for i in range(width)]
    query = Query(b.asked_by(values, bound), columns, inner, names, last)
    around = scope or queries[0]
    assert around is not None
    if len(rows) > 1 and (listed or not first):
        refs: list[Expr] = [ColumnRef(bound.source, i) for i in range(width)]
        return Term(query, around, results, refs)
    return Term(query, around, results, rows[0], rows)


def _check_several(b: QueryBinding, rows: list[list[Expr]], queries: list[Scope | None]) -> None:
    """Note an aggregate in several rows that SQLite does not take for SELECTs: without a window in any of them."""
    if any([scope is not None and scope.windows for scope in queries]):
        return
    for row, scope in zip(rows, queries):
        call = None if scope is None else first_aggregate(scope.owner, row)
        if call is not None:
            b.late_errors.append(misused_aggregate(call))


def _put_in_a_row(
    b: QueryBinding, rows: list[list[Expr]], queries: list[Scope | None], columns: list[OutputColumn]
) -> BoundValues | BoundSelect | BoundCompound:
    """The rows of VALUES as one query.

    queries: the scopes of rows with aggregates or windows, which are SELECTs of their own; None for the others.
    """
    made: BoundValues | BoundSelect | BoundCompound | None = None
    plain: list[list[Expr]] = []
    sequences = [column.collation for column in columns]
    for i, (row, scope) in enumerate(zip(rows, queries)):
        part: BoundValues | BoundSelect
        if scope is not None:
            owner = scope.owner if scope.has_aggregates else None
            source = b.new_source("result", list(columns))
            part = BoundSelect(source, None, [], owner, _window_outputs(scope), [], None, row, False, [])
        else:
            plain.append(row)
            if i + 1 < len(rows) and queries[i + 1] is None:
                continue
            part = BoundValues(b.new_source("values", columns), plain)
            plain = []
        if made is None:
            made = part
        else:
            made = BoundCompound(b.new_source("compound", columns), "UNION ALL", made, part, sequences)
    assert made is not None
    return made


def _values_column(exprs: list[Expr], name: str, listed: bool) -> OutputColumn:
    """The output column that the same place in several rows of VALUES makes; in a list it has no affinity."""
    affinity = NONE if listed else compound_affinity(exprs)
    return OutputColumn(
        name, affinity, exprs[0].collation or "BINARY", output_column(exprs[0], name).declared_type
    )


def _is_list(b: QueryBinding, rows: list[list[Expr]]) -> bool:
    """Whether SQLite takes the rows of VALUES for a list, whose columns are BINARY, not for SELECTs in a row."""
    if len(rows) == 1 or b.open_views or b.commons:
        return False
    return all([is_constant(expr) for expr in rows[1]]) and not any([expr.affinity for expr in rows[0]])
