"""INSERT, UPDATE and DELETE: from syntax to plans.

https://sqlite.org/lang_insert.html, lang_update.html, lang_delete.html, lang_upsert.html, lang_returning.html
"""

from __future__ import annotations

from foundrydb.compiler.bind.binders import bind_condition
from foundrydb.compiler.bind.bound import (
    ROWID,
    ColumnRef,
    Expr,
    OutputColumn,
    Source,
)
from foundrydb.compiler.bind.from_items import SourceItem
from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.bind.notes.authorization import DELETE, INSERT, SELECT
from foundrydb.compiler.bind.notes.names import relation_text
from foundrydb.compiler.bind.properties import query_of, walk
from foundrydb.compiler.bind.scope import CommonTables, Scope
from foundrydb.compiler.plan.building.aggregation import aggregate_node, collect_calls, make_rewriter
from foundrydb.compiler.plan.building.arguments import filtered
from foundrydb.compiler.plan.building.joins import FromTerm, declare_update_from, join_from
from foundrydb.compiler.plan.building.planned_query import output_column
from foundrydb.compiler.plan.building.query_binding import QueryBinding
from foundrydb.compiler.plan.building.row_expressions import returning, row_expressions, row_keys
from foundrydb.compiler.plan.building.sources import find_relation, no_such_table, note_relation, scan_table
from foundrydb.compiler.plan.building.whole_query import open_with
from foundrydb.compiler.plan.building.writes.assignments import assignments
from foundrydb.compiler.plan.building.writes.observers import (
    DELETION,
    INSERTION,
    Change,
    inserting,
    is_observed,
    refuse_triggers,
    row_events,
    set_names,
    updating,
)
from foundrydb.compiler.plan.building.writes.upsert import plan_upserts
from foundrydb.compiler.plan.building.writes.whole_rows import given_columns
from foundrydb.compiler.plan.nodes import (
    Delete,
    Filter,
    Insert,
    Join,
    Node,
    RowExpressions,
    Scan,
    SingleRow,
    Update,
)
from foundrydb.compiler.plan.walk import is_one_row, nodes_of
from foundrydb.compiler.schema.names import ROWID_NAMES, fold
from foundrydb.compiler.schema.objects import Table, View
from foundrydb.compiler.syntax import ast
from foundrydb.errors import error, no_such_module


def target_table(b: QueryBinding, name: ast.QualifiedName, change: Change) -> Table:
    """The table that a statement writes.

    change: what becomes of its rows.
    Raises OperationalError when there is no such table, or it may not be written.
    """
    scope = Scope(None, b.new_source("", []), None, None)
    relation = find_relation(b, name, scope)
    if relation is None:
        module = b.functions.modules.find(name.name.text)
        if module is not None:
            raise b.fail(f"table {module.name} may not be modified", name)
        raise no_such_table(b, name, scope)
    if isinstance(relation, View):
        refuse_triggers(b.catalog, relation, change)
        raise b.fail(f"cannot modify {relation.name} because it is a view", name)
    if relation.virtual_module:
        raise no_such_module(relation.virtual_module)
    if relation.system:
        raise b.fail(f"table {relation.name} may not be modified", name)
    return relation


# -- INSERT


def plan_insert(b: QueryBinding, statement: ast.Insert) -> Insert:
    """The plan of INSERT or REPLACE."""
    ctes = open_with(b, statement.with_, None, None, None)
    table = target_table(b, statement.table, INSERTION)
    if b.authorization is not None:
        b.authorization.require(INSERT, table.name, None, table.schema)
    targets = _named_columns(b, statement, table)
    observed = is_observed(b, table, INSERTION)
    child: Node = SingleRow()
    width = 0
    if statement.source is not None:
        source = statement.source
        if not statement.columns and not observed:
            source = given_columns(b, statement, table, source)
        query = b.nested_query(source, None, ctes, None)
        child = query.node
        width = len(query.columns)
    columns, rowid = _insert_columns(b, statement, table, targets, width)
    row = row_expressions(b, table)
    _note_targets(b, statement, targets, row.source)
    alias = table.name if statement.alias is None else statement.alias.text
    upserts = plan_upserts(b, statement.upserts, table, alias, ctes, rowid >= 0)
    exprs, shown = _returning(b, statement.returning, table, row.source, ctes)
    events = row_events(b, table, inserting(b, table, statement.conflict, upserts))
    return Insert(
        table,
        table.schema,
        row,
        events,
        child,
        columns,
        rowid,
        statement.conflict,
        upserts,
        exprs,
        shown,
        reads_table(child, table) or (observed and not is_one_row(child)),
    )


def _note_targets(b: QueryBinding, statement: ast.Insert, targets: list[int], source: Source) -> None:
    """Note what the names of the table and of its columns refer to."""
    names = b.naming()
    if names is None:
        return
    names.relation("table", statement.table, source, relation_text(source), None)
    if statement.alias is not None:
        names.definition("alias", statement.alias, relation_text(source), None)
    for name, index in zip(statement.columns, targets):
        names.column(name, source, index, None)


def _insert_columns(
    b: QueryBinding, statement: ast.Insert, table: Table, targets: list[int], width: int
) -> tuple[list[int], int]:
    """Per column of the table the child's output column (-1 for the default), and the rowid's.

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
        text = (
            f"table {_qualified(statement.table)} has {len(targets)} columns but {width} values were supplied"
        )
        raise b.fail(text, statement.source)
    for place, column in enumerate(targets):
        if column == ROWID or column == table.rowid_alias:
            rowid = place  # the last of several counts, unlike that of another column
        elif places[column] < 0:
            places[column] = place
    return places, rowid


def _qualified(name: ast.QualifiedName) -> str:
    return name.name.text if name.schema is None else f"{name.schema.text}.{name.name.text}"


def _named_columns(b: QueryBinding, statement: ast.Insert, table: Table) -> list[int]:
    """The columns that INSERT fills, in the order of its values."""
    if not statement.columns:
        return [i for i, column in enumerate(table.columns) if column.generated is None and not column.hidden]
    out: list[int] = []
    for name in statement.columns:
        index = table.column_index(name.text)
        if index < 0:
            if fold(name.text) in ROWID_NAMES and not table.without_rowid:
                out.append(ROWID)
                continue
            problem = b.fail(f"table {_qualified(statement.table)} has no column named {name.text}", name)
            problem.hint = near(name.text, [column.name for column in table.columns])
            raise problem
        if table.columns[index].generated is not None:
            raise b.fail(f'cannot INSERT into generated column "{table.columns[index].name}"', name)
        out.append(index)
    return out


def _returning(
    b: QueryBinding,
    syntax: tuple[ast.ResultColumn, ...],
    table: Table,
    source: Source,
    ctes: CommonTables | None,
) -> tuple[list[Expr], list[OutputColumn]]:
    """RETURNING's expressions over the written row, and the columns they make.

    The row goes by the table's name, also where the statement gives the table an alias, and is in no database.
    """
    if not syntax:
        return [], []
    scope = Scope(None, b.new_source("aggregate", []), ctes, None)
    scope.items.append(SourceItem(source, table.name, "", not table.without_rowid))
    scope.shows_written = True
    scope.outside_query = True
    pairs = returning(b, syntax, scope)
    return [expr for expr, _ in pairs], [output_column(expr, name) for expr, name in pairs]


# -- UPDATE


def plan_update(b: QueryBinding, statement: ast.Update) -> Update:
    """The plan of UPDATE: the rows to change, and their new values.

    With FROM, an aggregate function among the new values makes one row of all: of the rows of the table, the one to
    change is then that of which SELECT would show the bare columns.
    """
    ctes = open_with(b, statement.with_, None, None, None)
    names = set_names(statement.assignments)
    table = target_table(b, statement.table.name, Change("UPDATE", names))
    scope = Scope(None, b.new_source("aggregate", []), ctes, None)
    b.open_scope(scope, statement)
    scope.outside_query = statement.from_ is None
    scan = _target(b, statement.table, table, scope)
    sources: list[FromTerm] | None = None
    if statement.from_ is not None:
        if b.authorization is not None:
            b.authorization.require(SELECT)
        sources = declare_update_from(b, statement.from_, scope)
        _check_target_once(b, statement.table, table, statement.from_, scope)
    scope.allow_aggregates = sources is not None
    sets = assignments(b, statement.assignments, table, scope)
    scope.allow_aggregates = False
    node = _rows_to_change(b, statement, scan, sources, scope)
    keys = row_keys(table, scan.source)
    if scope.has_aggregates and sources is not None:
        node, keys, sets = _aggregated(scope, node, keys, sets)
    row = row_expressions(b, table)
    exprs, shown = _returning(b, statement.returning, table, row.source, ctes)
    conflict = statement.conflict
    events = row_events(b, table, updating(b, table, conflict, names))
    return Update(
        table,
        table.schema,
        row,
        events,
        node,
        scan.source,
        keys,
        sets,
        names,
        conflict,
        exprs,
        shown,
        False,
    )


def _rows_to_change(
    b: QueryBinding, statement: ast.Update, scan: Scan, sources: list[FromTerm] | None, scope: Scope
) -> Node:
    """The rows of the table that UPDATE changes, joined with those of FROM."""
    node: Node = scan
    conditions: list[Expr] = []
    if sources is not None:
        planned = join_from(b, sources, scope)
        node = Join("inner", node, planned.node, None)
        conditions.extend(planned.conditions)
    if statement.where is not None:
        conditions.append(bind_condition(b, statement.where, scope))
    return filtered(b, node, conditions)


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


def _aggregated(
    scope: Scope, node: Node, keys: list[Expr], sets: list[tuple[int, Expr]]
) -> tuple[Node, list[Expr], list[tuple[int, Expr]]]:
    """Put an Aggregate over the rows that are found; the keys and the new values in terms of its output."""
    calls = collect_calls(scope.owner, [value for _, value in sets])
    rewriter = make_rewriter(scope.owner, node, [], calls)
    keys = rewriter.exprs(keys)
    sets = [(column, rewriter.expr(value)) for column, value in sets]
    return aggregate_node(node, rewriter), keys, sets


def _target(b: QueryBinding, syntax: ast.TableSource, table: Table, scope: Scope) -> Scan:
    """The scan of the table that is changed; it is the scope's first item."""
    alias = table.name if syntax.alias is None else syntax.alias.text
    node, item = scan_table(b, table, alias, syntax)
    note_relation(b, node, item, syntax.name, syntax.alias, scope)
    scope.items.append(item)
    assert isinstance(node, Scan)
    return node


# -- DELETE


def plan_delete(b: QueryBinding, statement: ast.Delete) -> Delete:
    """The plan of DELETE."""
    ctes = open_with(b, statement.with_, None, None, None)
    table = target_table(b, statement.table.name, DELETION)
    all_at_once = b.authorization is None or b.authorization.allows(DELETE, table.name, None, table.schema)
    scope = Scope(None, b.new_source("aggregate", []), ctes, None)
    b.open_scope(scope, statement)
    scope.outside_query = True
    scan = _target(b, statement.table, table, scope)
    node: Node = scan
    if statement.where is not None:
        node = Filter(node, bind_condition(b, statement.where, scope))
    row = row_expressions(b, table)
    exprs, shown = _returning(b, statement.returning, table, row.source, ctes)
    events = row_events(b, table, [DELETION])
    everything = statement.where is None and not exprs and all_at_once and events is None
    return Delete(table, table.schema, row, events, node, scan.source, exprs, shown, everything, False)


def reads_table(node: Node, table: Table) -> bool:
    """Whether a plan, or a subquery in it, reads ``table``."""
    for item in nodes_of(node):
        if isinstance(item, Scan) and item.table is table:
            return True
        for expr in item.expressions():
            if _expression_reads(expr, table):
                return True
    return False


def _expression_reads(expr: Expr, table: Table) -> bool:
    for item in walk(expr):
        query = query_of(item)
        if query is not None:
            plan = query.plan
            assert isinstance(plan, Node)
            if reads_table(plan, table):
                return True
    return False


def check_row(row: RowExpressions) -> None:
    """Refuse generated columns that depend on one another in a circle."""
    waiting = [i for i, expr in enumerate(row.generated) if expr is not None]
    while waiting:
        stuck = [i for i in waiting if _reads_columns(row.generated[i], waiting)]
        if len(stuck) == len(waiting):
            raise error(f'generated column loop on "{row.source.columns[stuck[-1]].name}"')
        waiting = stuck


def _reads_columns(expr: Expr | None, columns: list[int]) -> bool:
    """Whether an expression reads one of these columns."""
    return expr is not None and any(isinstance(e, ColumnRef) and e.index in columns for e in walk(expr))
