"""What the statements of a trigger's program are bound in, and the names in a trigger's text.

``look_through`` looks up the names that C SQLite looks up when ALTER TABLE asks whether a trigger makes sense.  That is
less than running it takes: whether a step's table has the columns that SET or INSERT name, and whether a view may be
written, is not asked; and of several ON CONFLICT clauses only the first is looked at.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import Source
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.from_items import SourceItem
from foundrydb.compiler.bind.notes.uses import NameUses
from foundrydb.compiler.bind.queries.joins import declare_from, join_from
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.relations import declare_source
from foundrydb.compiler.bind.scope import Scope, TriggerStep
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Table, Trigger
from foundrydb.compiler.syntax import ast


def trigger_scope(b: QueryBinding, trigger: Trigger, old: Source, new: Source) -> Scope:
    """What a trigger's program is bound in: as much of its row as its event has.

    old, new: the row, as it was and as it becomes.
    """
    scope = Scope(None, b.new_source("aggregate", []), None, None)
    event = trigger.statement.event
    assert new.table is not None
    rowid = not new.table.without_rowid
    if event != "INSERT":
        scope.items.append(SourceItem(old, "old", "*", rowid, True))
    if event != "DELETE":
        scope.items.append(SourceItem(new, "new", "*", rowid, True))
    return scope


def look_through(b: QueryBinding, trigger: Trigger, table: Table) -> None:
    """Look up the names in a trigger's text; ``b`` takes notes of them.

    Raises:
        OperationalError: one of them means nothing.
    """
    statement = trigger.statement
    scope = trigger_scope(b, trigger, b.given_row(table, "old"), b.given_row(table, "new"))
    b.step = TriggerStep(scope, trigger.sought_in(), "")
    assert b.names is not None
    uses = b.names.uses
    for name in statement.columns:
        uses.written.append((name, table))
    if statement.when is not None:
        bind(b, statement.when, _scope(b))
    for one in statement.body:
        if isinstance(one, ast.Select):
            b.nested_query(one, b.around, None, b.home)
        elif isinstance(one, ast.Insert):
            _insert(b, one, uses)
        elif isinstance(one, ast.Update):
            _update(b, one, uses)
        else:
            assert isinstance(one, ast.Delete)
            scope = _scope(b)
            _target(b, one.table, scope, uses)
            if one.where is not None:
                bind(b, one.where, scope)


def _insert(b: QueryBinding, statement: ast.Insert, uses: NameUses) -> None:
    if statement.source is not None:
        b.nested_query(statement.source, b.around, None, b.home)
    scope = _scope(b)
    name = statement.table
    source = ast.TableSource(name.start, name.end, name, statement.alias, None, False)
    table = _target(b, source, scope, uses)
    _write(uses, statement.columns, table)
    if not statement.upserts:
        return
    upsert = statement.upserts[0]
    if table is not None and fold((statement.alias or name.name).text) != "excluded":
        excluded = b.table_source(table, "excluded")
        scope.items.append(SourceItem(excluded, "excluded", "*", not table.without_rowid, True))
    for term in upsert.targets:
        bind(b, term.expression, scope)
    _assign(b, upsert.assignments, scope, table, uses)
    for condition in (upsert.where, upsert.target_where):
        if condition is not None:
            bind(b, condition, scope)


def _update(b: QueryBinding, statement: ast.Update, uses: NameUses) -> None:
    scope = _scope(b)
    table = _target(b, statement.table, scope, uses)
    terms = None if statement.from_ is None else declare_from(b, statement.from_, scope)
    _assign(b, statement.assignments, scope, table, uses)
    if terms is not None:
        assert b.names is not None
        followed, b.names.followed = b.names.followed, False  # SQLite leaves ON and USING alone here
        join_from(b, terms, scope)
        b.names.followed = followed
    if statement.where is not None:
        bind(b, statement.where, scope)


def _scope(b: QueryBinding) -> Scope:
    scope = Scope(b.around, b.new_source("aggregate", []), None, b.home)
    scope.outside_query = True
    scope.allow_aggregates = True
    return scope


def _target(b: QueryBinding, source: ast.TableSource, scope: Scope, uses: NameUses) -> Table | None:
    """The table that a step changes, as the first item of its scope; None for a view."""
    _, item = declare_source(b, source, scope)
    scope.items.append(item)
    uses.targets.append(source.name)
    return item.sources()[0].table


def _assign(
    b: QueryBinding,
    assignments: tuple[ast.Assignment, ...],
    scope: Scope,
    table: Table | None,
    uses: NameUses,
) -> None:
    for assignment in assignments:
        bind(b, assignment.value, scope)
        _write(uses, assignment.columns, table)


def _write(uses: NameUses, columns: tuple[ast.Name, ...], table: Table | None) -> None:
    if table is not None:
        uses.written.extend([(name, table) for name in columns])
