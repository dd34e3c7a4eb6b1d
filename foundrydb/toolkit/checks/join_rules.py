"""Rules about how tables are put together: joins without a condition, NOT IN over NULLs, groups with a chosen row."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
    ROWID,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    IsNull,
    Literal,
    Source,
)
from foundrydb.compiler.bind.properties import conjuncts, sources_in, walk
from foundrydb.compiler.plan.node import Node
from foundrydb.compiler.plan.nodes import Aggregate, Filter, Join, Project, Scan
from foundrydb.compiler.plan.nullable import Nullable
from foundrydb.compiler.plan.walk import nodes_of, output_source, visible_sources
from foundrydb.compiler.schema.objects import Table
from foundrydb.toolkit.checks.checked import CheckedStatement
from foundrydb.toolkit.checks.rules import OF_STATEMENTS, WARNING, Found, Rule, statement_rule

CROSS: Final = Rule(
    "FDB201",
    "implicit-cross-join",
    WARNING,
    OF_STATEMENTS,
    "Two tables in FROM that no condition connects.",
    "Every row of the one comes with every row of the other. Where that is meant, CROSS JOIN says so.",
    "CREATE TABLE t(a); CREATE TABLE u(b); SELECT a, b FROM t, u WHERE a > 1",
    "CREATE TABLE t(a); CREATE TABLE u(b); SELECT a, b FROM t, u WHERE a = b",
)


@statement_rule(CROSS)
def implicit_cross_join(checked: CheckedStatement) -> Found:
    """The tables of a join fall into parts that no condition connects; each part but the first is told of."""
    inner = {id(child) for node in checked.built_nodes if isinstance(node, Join) for child in node.children()}
    above = {
        id(node.child): conjuncts(node.predicate) for node in checked.built_nodes if isinstance(node, Filter)
    }
    for node in checked.built_nodes:
        if not isinstance(node, Join) or id(node) in inner:
            continue
        terms = above.get(id(node), [])
        first, *others = _connected_parts(node, terms)
        if not _has_rows_of_tables(first, terms):
            continue
        for part in others:
            named = checked.tables
            known = [named[source.number] for source in part.sources if source.number in named]
            if known and _has_rows_of_tables(part, terms):
                name = checked.text(known[0])
                message = f"no condition connects {name} with the tables before it: each row comes with each of theirs"
                yield checked.finding(CROSS, known[0], message, "join it ON a condition, or write CROSS JOIN")


class _Connected:
    """Some leaves of a join that conditions connect."""

    def __init__(self, leaf: Node) -> None:
        self.leaves: Final = [leaf]
        self.sources: Final = visible_sources(leaf)


def _connected_parts(join: Join, terms: list[Expr]) -> list[_Connected]:
    """The parts into which a join falls, in the order of the text; each has at least one leaf."""
    parts: list[_Connected] = []
    ties: list[list[Source]] = [sources_in(term) for term in terms]
    waiting: list[Node] = [join]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Join):
            if node.on is not None or node.fixed or node.kind != "inner":
                ties.append(visible_sources(node.left)[-1:] + visible_sources(node.right)[:1])
            if node.on is not None:
                ties.append(sources_in(node.on))
            waiting += [node.right, node.left]
            continue
        parts.append(_Connected(node))
        given = [source for expr in node.expressions() for source in sources_in(expr)]
        ties.append(given + visible_sources(node)[:1])
    for tie in ties:
        touched = [part for part in parts if any(source in tie for source in part.sources)]
        for part in touched[1:]:
            touched[0].leaves.extend(part.leaves)
            touched[0].sources.extend(part.sources)
            parts.remove(part)
    return parts


def _has_rows_of_tables(part: _Connected, terms: list[Expr]) -> bool:
    """Whether a part is of tables, and not of one row that its key finds."""
    if not all(isinstance(leaf, Scan) for leaf in part.leaves):
        return False
    return not any(_finds_one_row(term, part.sources) for term in terms)


def _finds_one_row(term: Expr, sources: list[Source]) -> bool:
    """Whether a condition is about a column that is unique by itself, and a value."""
    if not isinstance(term, Compare) or term.op not in ("=", "IS"):
        return False
    for side, other in ((term.left, term.right), (term.right, term.left)):
        if isinstance(side, ColumnRef) and side.source in sources and not sources_in(other):
            table = side.source.table
            if table is not None and _is_key(table, [side.index]):
                return True
    return False


def _is_key(table: Table, columns: list[int]) -> bool:
    """Whether there is at most one row for values of the columns."""
    if ROWID in columns or table.rowid_alias in columns:
        return True
    for index in table.indexes:
        keys = [item.column for item in index.columns]
        if index.unique and index.where is None and all(key >= 0 and key in columns for key in keys):
            return True
    return False


NOT_IN: Final = Rule(
    "FDB202",
    "not-in-nulls",
    WARNING,
    OF_STATEMENTS,
    "NOT IN (…) over values that may be NULL.",
    "One NULL among them, and the condition holds of no row at all.",
    "CREATE TABLE t(a); CREATE TABLE u(b); SELECT a FROM t WHERE a NOT IN (SELECT b FROM u)",
    "CREATE TABLE t(a); CREATE TABLE u(b); SELECT a FROM t WHERE a NOT IN (SELECT b FROM u WHERE b IS NOT NULL)",
)


@statement_rule(NOT_IN)
def not_in_nulls(checked: CheckedStatement) -> Found:
    """The column of the query is one that a table allows to be NULL, and no condition of the query excludes that."""
    if checked.built is None:
        return
    known = Nullable(checked.built)
    for condition in checked.conditions:
        for expr in walk(condition):
            if expr.start < 0 or not isinstance(expr, InList | InQuery) or not expr.negated:
                continue
            if isinstance(expr, InList):
                if any(isinstance(item, Literal) and item.value is None for item in expr.items):
                    message = f"{checked.text(expr)} is never true: NULL is among the values"
                    yield checked.finding(
                        NOT_IN, expr, message, "leave NULL out, and test IS NOT NULL by itself"
                    )
            elif isinstance(expr.query.plan, Node) and _gives_null(known, expr.query.plan):
                column = expr.query.columns[0].name
                message = f"NOT IN is true of no row if {column} is NULL in one"
                hint = f"add {column} IS NOT NULL to the query, or write NOT EXISTS"
                yield checked.finding(NOT_IN, expr, message, hint)


def _gives_null(known: Nullable, plan: Node) -> bool:
    """Whether a query's column is a table's own that may be NULL, with no condition on it in the query."""
    source = output_source(plan)
    maker = known.makers.get(source.number)
    if not isinstance(maker, Project):
        return False
    column = maker.exprs[0]
    if not isinstance(column, ColumnRef) or column.source.table is None or not known.expression(column):
        return False
    tests: list[Expr] = []
    for node in nodes_of(plan):
        if isinstance(node, Filter):
            tests += conjuncts(node.predicate)
        elif isinstance(node, Join) and node.on is not None:
            tests += conjuncts(node.on)
    return not any(_mentions(test, column) for test in tests)


def _mentions(test: Expr, column: ColumnRef) -> bool:
    """Whether a condition is about a column; only IS NULL lets NULL through for certain."""
    if isinstance(test, IsNull) and not test.negated:
        return False
    return any(
        isinstance(each, ColumnRef) and each.source is column.source and each.index == column.index
        for each in walk(test)
    )


BARE: Final = Rule(
    "FDB203",
    "column-of-any-row",
    WARNING,
    OF_STATEMENTS,
    "A column beside aggregates that is not in GROUP BY.",
    "SQLite takes its value from any row of the group; other databases refuse it.",
    "CREATE TABLE t(a, b, c); SELECT a, b, count(*) FROM t GROUP BY a",
    "CREATE TABLE t(a, b, c); SELECT a, b, count(*) FROM t GROUP BY a, b",
)


@statement_rule(BARE)
def column_of_any_row(checked: CheckedStatement) -> Found:
    """A group of one table's rows has a bare column, and neither min() or max() nor a key of the table chooses it."""
    for node in checked.built_nodes:
        if not isinstance(node, Aggregate) or not node.bare:
            continue
        sources = visible_sources(node.child)
        if len(sources) != 1 or sources[0].table is None or _chooses_row(node):
            continue
        keys = [key.index for key in node.keys if isinstance(key, ColumnRef)]
        fixed = [
            side.index
            for term in checked.conditions
            if isinstance(term, Compare) and term.op == "="
            for side in (term.left, term.right)
            if isinstance(side, ColumnRef) and side.source is sources[0]
        ]
        if _is_key(sources[0].table, keys + fixed):
            continue
        for bare in node.bare:
            if bare.start >= 0 and isinstance(bare, ColumnRef) and bare.index not in fixed:
                group = "the group" if node.keys else "the whole table"
                message = f"{checked.text(bare)} is of any row of {group}"
                yield checked.finding(
                    BARE, bare, message, "add it to GROUP BY, or put it into min() or max()"
                )


def _chooses_row(node: Aggregate) -> bool:
    """Whether min() or max() says which row the other columns are of."""
    return [spec.function.name in ("min", "max") for spec in node.aggregates].count(True) == 1
