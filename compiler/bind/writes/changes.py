"""INSERT, UPDATE and DELETE.

https://sqlite.org/lang_insert.html, lang_update.html, lang_delete.html, lang_upsert.html, lang_returning.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import (
    ROWID,
    Expr,
    Source,
)
from foundrydb.compiler.bind.expressions.binders import bind_condition
from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.bind.notes.authorization import DELETE, INSERT, SELECT
from foundrydb.compiler.bind.queries.joins import FromTerm, declare_update_from, join_from
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.relations import bind_table, find_relation, no_such_table, note_relation
from foundrydb.compiler.bind.queries.whole_query import open_with
from foundrydb.compiler.bind.schema.row_expressions import row_expressions
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.bind.statements import (
    Bound,
    BoundDelete,
    BoundInsert,
    BoundStatement,
    BoundTable,
    BoundUpdate,
)
from foundrydb.compiler.bind.writes.assignments import assignments
from foundrydb.compiler.bind.writes.events import (
    DELETION,
    INSERTION,
    Change,
    has_triggers,
    insert_replaces,
    inserting,
    row_events,
    set_names,
    triggers_set_off,
)
from foundrydb.compiler.bind.writes.kept_subtypes import (
    are_told,
    asks,
    kept_in_query,
    kept_in_row,
    kept_in_sets,
)
from foundrydb.compiler.bind.writes.returning import bind_returning
from foundrydb.compiler.bind.writes.upsert import bind_upserts
from foundrydb.compiler.bind.writes.whole_rows import given_columns, with_rowid
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.names import ROWID_NAMES, fold
from foundrydb.compiler.schema.objects import Table, View
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import qualified_text
from foundrydb.errors import no_such_module

if TYPE_CHECKING:
    from collections.abc import Callable


def target_relation(b: QueryBinding, name: ast.QualifiedName, change: Change, returns: bool) -> Table | View:
    """The table that a statement writes, or the view that it seems to write.

    change: what becomes of its rows.  returns: there is a RETURNING clause, to which any trigger of a view will do.
    Raises OperationalError when there is no such table, or it may not be written.
    """
    scope = Scope(None, b.new_source("", []), None, b.home)
    relation = find_relation(b, name, scope)
    if relation is None:
        module = b.functions.modules.find(name.name.text)
        if module is not None:
            raise b.fail(f"table {module.name} may not be modified", name)
        raise no_such_table(b, name, scope)
    if isinstance(relation, View):
        if not triggers_set_off(b, relation, [change]) and not (returns and has_triggers(b, relation)):
            raise b.fail(f"cannot modify {relation.name} because it is a view", name)
        return relation
    if relation.virtual_module:
        raise no_such_module(relation.virtual_module)
    if relation.system and not b.settings.get("writable_schema"):
        raise b.fail(f"table {relation.name} may not be modified", name)
    return relation


# -- INSERT


def bind_insert(b: QueryBinding, statement: ast.Insert) -> BoundStatement:
    """INSERT or REPLACE."""
    ctes = open_with(b, statement.with_, b.around, None, b.home)
    table = target_relation(b, statement.table, INSERTION, bool(statement.returning))
    if isinstance(table, View):
        insert_into_view: Callable[..., BoundStatement] = named("insert_into_view")
        return insert_into_view(b, statement, table, ctes)
    if b.authorization is not None:
        b.authorization.require(INSERT, table.name, None, table.schema)
    targets = named_columns(b, statement, table, not table.without_rowid)
    values: Bound | None = None
    width = 0
    copied: ast.Select | None = None
    if statement.source is not None:
        source = statement.source
        if not statement.columns and not _asks_for_rows(b, table):
            source = given_columns(b, statement, table, source)
            copied = with_rowid(b, statement, table, source)
        query = b.nested_query(copied or source, b.around, ctes, b.home)
        values = query.bound
        width = len(query.columns) - (copied is not None)
    columns, rowid = insert_columns(b, statement, table, targets, width)
    row = row_expressions(b, table)
    _note_targets(b, statement, targets, row.source)
    alias = table.name if statement.alias is None else statement.alias.text
    upserts = bind_upserts(b, statement.upserts, table, alias, ctes, rowid >= 0)
    exprs, shown = bind_returning(b, statement.returning, table, row.source, ctes)
    conflict = b.conflict(statement.conflict)
    replaces = insert_replaces(table, conflict, upserts, rowid >= 0)
    events = row_events(b, table, inserting(upserts), replaces)
    if are_told(events, statement.returning, INSERTION):
        values = kept_in_row(values)  # several are kept in a table first
    elif upserts or asks(row):
        values = kept_in_query(values)
    return BoundInsert(
        b.nested,
        b.shared(),
        table,
        row,
        events,
        values,
        columns,
        rowid if copied is None else width,
        copied is not None,
        conflict,
        upserts,
        exprs,
        shown,
    )


def _asks_for_rows(b: QueryBinding, table: Table) -> bool:
    """Whether something asks for each new row, so that C SQLite does not copy the rows of a table as they are."""
    if b.settings.get("foreign_keys") and table.foreign_keys:
        return True
    return len(triggers_set_off(b, table, [INSERTION])) > 0


def _note_targets(b: QueryBinding, statement: ast.Insert, targets: list[int], source: Source) -> None:
    """Note what the names of the table and of its columns refer to."""
    names = b.naming()
    if names is None:
        return
    text: str = named("relation_text")(source)
    names.relation("table", statement.table, source, text, None)
    if statement.alias is not None:
        names.definition("alias", statement.alias, text, None)
    for name, index in zip(statement.columns, targets):
        names.column(name, source, index, None)


def insert_columns(
    b: QueryBinding, statement: ast.Insert, table: Table, targets: list[int], width: int
) -> tuple[list[int], int]:
    """Per column of the table the query's column (-1 for the default), and the rowid's.

    targets: the columns that INSERT fills.  width: how many values it has for them.
    """
    places = [-1] * len(table.columns)
    rowid = -1
    if statement.source is None:
        if statement.columns:
            raise b.fail(f"0 values for {len(targets)} columns", statement)
        return places, rowid
    if len(targets) != width:
        if statement.columns:
            raise b.fail(f"{width} values for {len(targets)} columns", statement.source)
        text = f"table {qualified_text(statement.table)} has {len(targets)} columns but {width} values were supplied"
        raise b.fail(text, statement.source)
    for place, column in enumerate(targets):
        if column == ROWID or column == table.rowid_alias:
            rowid = place  # the last of several counts, unlike that of another column
        elif places[column] < 0:
            places[column] = place
    return places, rowid


def named_columns(b: QueryBinding, statement: ast.Insert, table: Table, rowid: bool) -> list[int]:
    """The columns that INSERT fills, in the order of its values.  rowid: the rowid may be among them."""
    if not statement.columns:
        return [i for i, column in enumerate(table.columns) if column.generated is None and not column.hidden]
    out: list[int] = []
    for name in statement.columns:
        index = table.column_index(name.text)
        if index < 0:
            if rowid and fold(name.text) in ROWID_NAMES:
                out.append(ROWID)
                continue
            problem = b.fail(f"table {qualified_text(statement.table)} has no column named {name.text}", name)
            problem.hint = near(name.text, [column.name for column in table.columns])
            raise problem
        if table.columns[index].generated is not None:
            raise b.fail(f'cannot INSERT into generated column "{table.columns[index].name}"', name)
        out.append(index)
    return out


# -- UPDATE


def bind_update(b: QueryBinding, statement: ast.Update) -> BoundStatement:
    """UPDATE: the rows to change, and their new values.

    With FROM, an aggregate function among the new values makes one row of all: of the rows of the table, the one to
    change is then that of which SELECT would show the bare columns.
    """
    ctes = open_with(b, statement.with_, b.around, None, b.home)
    names = set_names(statement.assignments)
    change = Change("UPDATE", names)
    table = target_relation(b, statement.table.name, change, bool(statement.returning))
    if isinstance(table, View):
        update_view: Callable[..., BoundStatement] = named("update_view")
        return update_view(b, statement, table, ctes)
    scope = Scope(b.around, b.new_source("aggregate", []), ctes, b.home)
    b.open_scope(scope, statement)
    scope.outside_query = statement.from_ is None
    target = _target(b, statement.table, table, scope)
    sources: list[FromTerm] | None = None
    if statement.from_ is not None:
        if b.authorization is not None:
            b.authorization.require(SELECT)
        sources = declare_update_from(b, statement.from_, scope)
        _check_target_once(b, statement.table, table, statement.from_, scope)
    scope.allow_aggregates = sources is not None
    sets = assignments(b, statement.assignments, table, scope)
    scope.allow_aggregates = False
    from_: Bound | None = None
    where: list[Expr] = []
    if sources is not None:
        joined = join_from(b, sources, scope)
        from_ = joined.bound
        where.extend(joined.conditions)
    if statement.where is not None:
        where.append(bind_condition(b, statement.where, scope))
    aggregation = scope.owner if scope.has_aggregates and sources is not None else None
    row = row_expressions(b, table)
    exprs, shown = bind_returning(b, statement.returning, table, row.source, ctes)
    conflict = b.conflict(statement.conflict)
    written = {column for column, _ in sets}
    events = row_events(b, table, [change], table.may_replace(conflict, False, written))
    if from_ is None and (are_told(events, statement.returning, change) or asks(row)):
        sets = kept_in_sets(sets)
    return BoundUpdate(
        b.nested,
        b.shared(),
        table,
        row,
        events,
        target,
        from_,
        where,
        aggregation,
        sets,
        names,
        conflict,
        exprs,
        shown,
    )


def _check_target_once(
    b: QueryBinding, target: ast.TableSource, table: Table, source: ast.Source, scope: Scope
) -> None:
    """Refuse a FROM that has the table to change again with the same alias, or again with none."""
    if isinstance(source, ast.Join):
        _check_target_once(b, target, table, source.left, scope)
        _check_target_once(b, target, table, source.right, scope)
    elif isinstance(source, ast.ParenthesizedSource):
        _check_target_once(b, target, table, source.source, scope)
    elif isinstance(source, ast.TableSource) and _alias(source) == _alias(target):
        name = source.name
        common = (
            name.schema is None and scope.ctes is not None and scope.ctes.find(name.name.text) is not None
        )
        if not common and find_relation(b, name, scope) is table:
            shown = table.name if target.alias is None else target.alias.text
            raise b.fail(f"target object/alias may not appear in FROM clause: {shown}", source)


def _alias(syntax: ast.TableSource) -> str | None:
    return None if syntax.alias is None else fold(syntax.alias.text)


def _target(b: QueryBinding, syntax: ast.TableSource, table: Table, scope: Scope) -> BoundTable:
    """The table that is changed; it is the scope's first item."""
    alias = table.name if syntax.alias is None else syntax.alias.text
    target, item = bind_table(b, table, alias, syntax, scope)
    note_relation(b, target, item, syntax.name, syntax.alias, scope)
    scope.items.append(item)
    return target


# -- DELETE


def bind_delete(b: QueryBinding, statement: ast.Delete) -> BoundStatement:
    """DELETE."""
    ctes = open_with(b, statement.with_, b.around, None, b.home)
    table = target_relation(b, statement.table.name, DELETION, bool(statement.returning))
    if isinstance(table, View):
        delete_from_view: Callable[..., BoundStatement] = named("delete_from_view")
        return delete_from_view(b, statement, table, ctes)
    at_once = b.authorization is None or b.authorization.allows(DELETE, table.name, None, table.schema)
    scope = Scope(b.around, b.new_source("aggregate", []), ctes, b.home)
    b.open_scope(scope, statement)
    scope.outside_query = True
    target = _target(b, statement.table, table, scope)
    where = None if statement.where is None else bind_condition(b, statement.where, scope)
    row = row_expressions(b, table)
    exprs, shown = bind_returning(b, statement.returning, table, row.source, ctes)
    events = row_events(b, table, [DELETION])
    return BoundDelete(b.nested, b.shared(), table, row, events, target, where, exprs, shown, at_once)
