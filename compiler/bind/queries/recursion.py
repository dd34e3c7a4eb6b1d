"""Recursive common tables: their last SELECTs have the table itself in FROM, where it means one of its rows.

The SELECTs before those, the initial query, tell what the columns are called and how they compare; all of them together
tell their affinities, which the recursive ones have to know as they are bound.  So these are bound as if the initial
query decided alone, and once more where it does not.

https://sqlite.org/lang_with.html#recursive_common_table_expressions
"""

from __future__ import annotations

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import Collate, ColumnRef, Expr, OrderTerm, OutputColumn, Source
from foundrydb.compiler.bind.queries.column_names import unique_names
from foundrydb.compiler.bind.queries.compound import (
    bind_arms,
    bind_order,
    check_width,
    common_sequences,
    compound_query,
    merged_columns,
    put_together,
)
from foundrydb.compiler.bind.queries.joins import items_in_order, single_item
from foundrydb.compiler.bind.queries.query import Query, Term
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.relations import common_names, names_table
from foundrydb.compiler.bind.queries.select import bind_core
from foundrydb.compiler.bind.queries.value_classes import compound_affinity
from foundrydb.compiler.bind.scope import CommonTableEntry, CommonTables, RecursiveRow, Scope
from foundrydb.compiler.bind.statements import BoundRecursion, BoundSelect
from foundrydb.compiler.syntax import ast


def recursive_selects(b: Binding, common: ast.CommonTable, body: ast.SelectBody) -> int:
    """How many of the last SELECTs of a common table's query are recursive.

    All of these stand behind the same operator, UNION or UNION ALL.
    """
    if not isinstance(body, ast.Compound) or body.rest[-1].operator not in ("UNION", "UNION ALL"):
        return 0
    operator = body.rest[-1].operator
    count = 0
    for part in reversed(body.rest):
        if part.operator != operator or not _reads(b, part.term, common):
            break
        count += 1
    return count


def _reads(b: Binding, term: ast.SelectTerm, common: ast.CommonTable) -> bool:
    """Whether a SELECT has the common table in its FROM clause, where it may stand once."""
    if not isinstance(term, ast.SelectCore) or term.from_ is None:
        return False
    found = False
    for item, _ in items_in_order(term.from_):
        if names_table(single_item(item), common):
            if found:
                raise b.fail(f"multiple references to recursive table: {common.name.text}", item)
            found = True
    return found


def bind_recursion(
    b: QueryBinding,
    compound: ast.Compound,
    count: int,
    order_by: tuple[ast.OrderTerm, ...],
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
    common: CommonTableEntry,
) -> Query:
    """The query of a common table whose last ``count`` SELECTs are recursive."""
    before = len(compound.rest) - count
    initial = bind_arms(b, compound, before, outer, ctes, schema)
    names = initial[0].query.inner
    types = merged_columns(initial)
    row = begin_steps(b, common, names, types)
    steps = _bind_steps(b, compound, initial[0], before, outer, ctes, schema, common)
    columns = _columns(initial, steps, row)
    if [column.affinity for column in columns] != [column.affinity for column in types]:
        noted, b.names = b.names, None
        row = begin_steps(b, common, names, columns)
        steps = _bind_steps(b, compound, initial[0], before, outer, ctes, schema, common)
        b.names = noted
    row.source.columns[:] = _named(columns, [column.name for column in row.columns])
    terms = [*initial, *steps]
    sequences = common_sequences(terms)
    order: list[OrderTerm] = []
    if order_by:
        order = bind_order(b, row.source, columns, order_by, terms, sequences)
    operators = [part.operator for part in compound.rest]
    bound = BoundRecursion(
        row.source,
        operators[-1],
        put_together(b, compound, initial, operators[:before]),
        put_together(b, compound, steps, ["UNION ALL"] * (count - 1)),
        sequences,
        order,
    )
    return compound_query(b.asked_by(compound, bound), terms, columns)


def begin_steps(
    b: QueryBinding, common: CommonTableEntry, inner: list[str], types: list[OutputColumn]
) -> RecursiveRow:
    """The initial query of a common table has been looked at: what the recursive SELECTs read that are looked at next.

    inner: the names that the query gives to the columns.
    """
    names = unique_names(common_names(b, common.syntax, inner), b)
    source = b.new_source(common.syntax.name.text, _named(types, names))
    columns = [OutputColumn(column.name, column.affinity, column.collation) for column in source.columns]
    common.refusal = "multiple recursive references"
    common.recursion = RecursiveRow(source, columns)
    return common.recursion


def _named(columns: list[OutputColumn], names: list[str]) -> list[OutputColumn]:
    """The columns of the initial query under the names that the common table gives them."""
    return [
        OutputColumn(name, column.affinity, column.collation or "BINARY", column.declared_type)
        for name, column in zip(names, columns)
    ]


def _bind_steps(
    b: QueryBinding,
    compound: ast.Compound,
    first: Term,
    before: int,
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
    common: CommonTableEntry,
) -> list[Term]:
    """The recursive SELECTs.  first: the first SELECT of the compound; before: how many follow it that are not."""
    steps: list[Term] = []
    parts = compound.rest[before:]
    for part in reversed(parts):
        assert isinstance(part.term, ast.SelectCore)
        term = bind_core(b, part.term, (), outer, ctes, schema, common)
        assert isinstance(term.query.bound, BoundSelect)
        if term.query.bound.windows:
            b.late_errors.append(b.fail("cannot use window functions in recursive queries", part.term))
        elif term.query.bound.aggregation is not None:
            b.late_errors.append(b.fail("recursive aggregate queries not supported", part.term))
        steps.append(term)
    steps.reverse()
    for part, term in zip(parts, steps):
        check_width(b, first, term, part)
    return steps


def _columns(initial: list[Term], steps: list[Term], row: RecursiveRow) -> list[OutputColumn]:
    """The output columns; the affinity of each is decided while those of the later ones are not known yet.

    A column's own is known from the first SELECT on that has one.
    """
    known: list[OutputColumn] = []
    unknown = [OutputColumn(column.name) for column in row.columns]
    for i, column in enumerate(initial[0].query.columns):
        seen = Source(-1, "", known + unknown[i:])
        arms: list[Expr] = []
        for term in [*initial, *steps]:
            for arm in term.arms:
                expr = _as_seen(arm[i], row, seen)
                arms.append(expr)
                if expr.affinity and not seen.columns[i].affinity:
                    seen = Source(
                        -1, "", known + [OutputColumn(column.name, expr.affinity)] + unknown[i + 1 :]
                    )
        affinity = compound_affinity(arms)
        known.append(OutputColumn(column.name, affinity, column.collation, column.declared_type))
    return known


def _as_seen(expr: Expr, row: RecursiveRow, seen: Source) -> Expr:
    """An expression of a recursive SELECT, or the column of the recursive table that it is, as that is known so far."""
    bare = expr
    while isinstance(bare, Collate):
        bare = bare.operand
    if isinstance(bare, ColumnRef) and bare.source in row.readers:
        return ColumnRef(seen, bare.index)
    return expr
