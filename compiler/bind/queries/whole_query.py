"""A whole query: its WITH clause, its body, which is a SELECT, VALUES or a compound, and its LIMIT."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    Expr,
    OrderTerm,
)
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.queries.query import (
    Query,
)
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.select import bind_core, bind_values
from foundrydb.compiler.bind.scope import CommonTableEntry, CommonTables, Scope
from foundrydb.compiler.bind.statements import (
    BoundCompound,
    BoundLimit,
    BoundOrder,
    BoundSelect,
    BoundValues,
)
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast


def bind_query(
    b: QueryBinding, select: ast.Select, outer: Scope | None, ctes: CommonTables | None, schema: str | None
) -> Query:
    """A whole query; ``QueryBinding.nested_query`` tells the parameters."""
    b.catalog.watch.look()
    common = None if ctes is None else ctes.defined_by(select)
    ctes = open_with(b, select.with_, outer, ctes, schema)
    bounds = None if select.limit is None else _bounds(b, select, ctes, schema)
    body = select.body
    if isinstance(body, ast.SelectCore):
        query = bind_core(b, body, select.order_by, outer, ctes, schema).query
    elif isinstance(body, ast.Values):
        query = bind_values(b, body, outer, ctes, schema, alone=select.limit is None).query
        if select.order_by:
            query = _sorted_values(b, query, select.order_by)
    else:
        assert isinstance(body, ast.Compound)
        count = 0 if common is None else named("recursive_selects")(b, common.syntax, body)
        if count:
            query = named("bind_recursion")(b, body, count, select.order_by, outer, ctes, schema, common)
        else:
            query = named("bind_compound")(b, body, select.order_by, outer, ctes, schema)
    b.asked_by(select, query.bound)  # the ORDER BY of a compound
    if bounds is None:
        return query
    return query.within(b.asked_by(select, BoundLimit(query.bound, bounds[0], bounds[1])))


def open_with(
    b: QueryBinding,
    syntax: ast.With | None,
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
) -> CommonTables | None:
    """The common tables in sight after a WITH clause; their queries are bound where they are used."""
    if syntax is None:
        return ctes
    frame = CommonTables(ctes, outer)
    for table in syntax.tables:
        key = fold(table.name.text)
        if key in frame.tables:
            raise b.fail(f"duplicate WITH table name: {table.name.text}", table.name)
        entry = CommonTableEntry(table, frame, len(b.commons) + 1, schema)
        frame.tables[key] = entry
        names = b.naming()
        if names is not None:
            names.definition("common table", table.name, table.name.text, outer)
            for name in table.columns:
                names.definition("column", name, f"{table.name.text}.{name.text}", outer)
        b.commons.append(entry)
    return frame


def _bounds(
    b: QueryBinding, select: ast.Select, ctes: CommonTables | None, schema: str | None
) -> tuple[Expr, Expr | None]:
    """LIMIT and OFFSET, which know no column of the query; SQLite looks at their names first of all."""
    scope = Scope(b.around, b.new_source("limit", []), ctes, schema)
    assert select.limit is not None
    limit = bind(b, select.limit, scope)
    return limit, None if select.offset is None else bind(b, select.offset, scope)


# -- one SELECT


def _sorted_values(b: QueryBinding, query: Query, order_by: tuple[ast.OrderTerm, ...]) -> Query:
    """VALUES with ORDER BY: the terms are numbers or column names."""
    sequences = [column.collation or "BINARY" for column in query.columns]
    values = query.bound
    assert isinstance(values, BoundValues | BoundSelect | BoundCompound)
    terms: list[OrderTerm] = named("bind_order")(b, values.source, query.columns, order_by, [], sequences)
    return query.within(BoundOrder(values, terms))
