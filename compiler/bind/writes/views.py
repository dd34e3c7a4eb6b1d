"""INSERT, UPDATE and DELETE on a view: rows are found, and INSTEAD OF triggers are set off for each.

What is to be changed is a query, whose result is each row as it is.  What SET gives is computed row by row, after the
triggers of the rows before; with FROM it is computed with the rows, and follows them in the result.
No constraint is looked at, and nothing is converted to a column's affinity but the new row of UPDATE.
(https://sqlite.org/lang_createtrigger.html#instead_of_triggers)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import Expr, OutputColumn, Source
from foundrydb.compiler.bind.expressions.binders import bind_condition
from foundrydb.compiler.bind.from_items import FromItem
from foundrydb.compiler.bind.notes.authorization import DELETE, INSERT
from foundrydb.compiler.bind.queries.joins import FromTerm, declare_update_from, join_from
from foundrydb.compiler.bind.queries.query import output_column
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.relations import declare_source, refuse_index
from foundrydb.compiler.bind.schema.row_expressions import show_subtypes
from foundrydb.compiler.bind.scope import CommonTables, Scope
from foundrydb.compiler.bind.statements import Bound, BoundInstead, BoundJoin, BoundSelect, RowEvents
from foundrydb.compiler.bind.writes.assignments import assignments
from foundrydb.compiler.bind.writes.changes import insert_columns, named_columns
from foundrydb.compiler.bind.writes.events import DELETION, INSERTION, Change, set_names, triggers_set_off
from foundrydb.compiler.bind.writes.kept_subtypes import kept_in_row, kept_in_sets
from foundrydb.compiler.bind.writes.returning import bind_returning
from foundrydb.compiler.schema.objects import Table, View
from foundrydb.compiler.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Sequence


def insert_into_view(
    b: QueryBinding, statement: ast.Insert, view: View, ctes: CommonTables | None
) -> BoundInstead:
    """INSERT into a view."""
    if b.authorization is not None:
        b.authorization.require(INSERT, view.name, None, view.schema)
    authorization, b.authorization = b.authorization, None  # no row of the view is read
    _, item = _viewed(b, view, statement.table, None, _scope(b, None, statement))
    b.authorization = authorization
    table = view.as_table(item.columns)
    targets = named_columns(b, statement, table, True)  # which nobody gets to see
    values: Bound | None = None
    width = 0
    if statement.source is not None:
        query = b.nested_query(statement.source, b.around, ctes, b.home)
        values = query.bound
        width = len(query.columns)
    columns, _ = insert_columns(b, statement, table, targets, width)
    if statement.upserts:
        raise b.fail("cannot UPSERT a view", statement)
    events = _events(b, table, view, INSERTION)
    values = kept_in_row(values)
    show_subtypes(events.new)
    exprs, shown = bind_returning(b, statement.returning, table, events.new, ctes)
    conflict = b.conflict(statement.conflict)
    return _instead(b, view, INSERTION, conflict, events, values, [], columns, exprs, shown)


def update_view(
    b: QueryBinding, statement: ast.Update, view: View, ctes: CommonTables | None
) -> BoundInstead:
    """UPDATE of a view."""
    change = Change("UPDATE", set_names(statement.assignments))
    scope = _scope(b, ctes, statement)
    scope.outside_query = statement.from_ is None
    refuse_index(b, statement.table)
    bound, item = _viewed(b, view, statement.table.name, statement.table.alias, scope)
    table = view.as_table(item.columns)
    terms = None if statement.from_ is None else declare_update_from(b, statement.from_, scope)
    sets = assignments(b, statement.assignments, table, scope)
    count = len(table.columns)
    exprs = [item.column(i) for i in range(count)]
    new = list(range(count))
    if terms is not None:
        for column, value in sets:
            new[column] = len(exprs)
            exprs.append(value)
        sets = []
    sets = kept_in_sets(sets)
    query = _rows(b, scope, bound, terms, statement.where, exprs)
    events = _events(b, table, view, change)
    show_subtypes(events.new)
    shown_exprs, shown = bind_returning(b, statement.returning, table, events.new, ctes)
    conflict = b.conflict(statement.conflict)
    old = list(range(count))
    target = item.sources()[0]
    return _instead(b, view, change, conflict, events, query, old, new, shown_exprs, shown, target, sets)


def delete_from_view(
    b: QueryBinding, statement: ast.Delete, view: View, ctes: CommonTables | None
) -> BoundInstead:
    """DELETE from a view."""
    if b.authorization is not None:
        b.authorization.require(DELETE, view.name, None, view.schema)
    scope = _scope(b, ctes, statement)
    scope.outside_query = True
    refuse_index(b, statement.table)
    bound, item = _viewed(b, view, statement.table.name, statement.table.alias, scope)
    table = view.as_table(item.columns)
    count = len(table.columns)
    query = _rows(b, scope, bound, None, statement.where, [item.column(i) for i in range(count)])
    events = _events(b, table, view, DELETION)
    exprs, shown = bind_returning(b, statement.returning, table, events.old, ctes)
    return _instead(b, view, DELETION, "", events, query, list(range(count)), [], exprs, shown)


def _scope(b: QueryBinding, ctes: CommonTables | None, statement: ast.Statement) -> Scope:
    scope = Scope(b.around, b.new_source("aggregate", []), ctes, b.home)
    b.open_scope(scope, statement)
    return scope


def _viewed(
    b: QueryBinding, view: View, name: ast.QualifiedName, alias: ast.Name | None, scope: Scope
) -> tuple[Bound, FromItem]:
    """The view as the first item of a scope, whatever common table has its name."""
    own = scope.ctes
    scope.ctes = None
    shown = name.name if alias is None else alias
    there = ast.QualifiedName(
        name.start, name.end, ast.Name(name.start, name.end, view.schema, ""), name.name
    )
    bound, item = declare_source(b, ast.TableSource(name.start, name.end, there, shown, None, False), scope)
    scope.ctes = own
    scope.items.append(item)
    return bound, item


def _rows(
    b: QueryBinding,
    scope: Scope,
    bound: Bound,
    terms: list[FromTerm] | None,
    condition: ast.Expression | None,
    results: list[Expr],
) -> Bound:
    """The query that finds the rows, with ``results`` for a result.  terms: those of UPDATE's FROM."""
    where: list[Expr] = []
    if terms is not None:
        joined = join_from(b, terms, scope)
        bound = BoundJoin("inner", bound, joined.bound, None)
        where.extend(joined.conditions)
    if condition is not None:
        where.append(bind_condition(b, condition, scope))
    source = b.new_source("result", [output_column(expr, "") for expr in results])
    return BoundSelect(source, bound, where, None, [], [], None, results, False, [])


def _events(b: QueryBinding, table: Table, view: View, change: Change) -> RowEvents:
    triggers = triggers_set_off(b, view, [change])
    return RowEvents(
        b.table_source(table, "old"), b.table_source(table, "new"), triggers, False, [], True, False
    )


def _instead(
    b: QueryBinding,
    view: View,
    change: Change,
    conflict: str,
    events: RowEvents,
    query: Bound | None,
    old: list[int],
    new: list[int],
    exprs: list[Expr],
    shown: list[OutputColumn],
    target: Source | None = None,
    sets: Sequence[tuple[int, Expr]] = (),
) -> BoundInstead:
    return BoundInstead(
        b.nested,
        b.shared(),
        view.name,
        view.schema,
        change.event,
        change.names,
        conflict,
        events,
        query,
        old,
        new,
        target,
        list(sets),
        exprs,
        shown,
    )
