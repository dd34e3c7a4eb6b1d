"""The sources of a FROM clause: tables, views, common tables, subqueries and functions."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OutputColumn
from foundrydb.compiler.bind.from_items import FromItem, SourceItem
from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.bind.notes.authorization import PRAGMA
from foundrydb.compiler.bind.queries.column_names import derived_columns
from foundrydb.compiler.bind.queries.query import Query
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.scope import CommonTableEntry, CommonTables, Scope
from foundrydb.compiler.bind.statements import (
    Bound,
    BoundDerived,
    BoundModule,
    BoundQueueRow,
    BoundTable,
)
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.affinity import type_affinity
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Table, View
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.errors import Error, error, no_such_module

HIDDEN_TYPE: Final = "hidden"
"""SQLite declares hidden columns by this word in the type, from which their affinity comes."""

MAX_COMMON_USES: Final = 999
"""Uses of common table expressions in a statement, as SQLite bounds them: each is bound anew, with those in it."""


def declare_source(b: QueryBinding, syntax: ast.Source, scope: Scope) -> tuple[Bound, FromItem]:
    """A source of a FROM clause, and the item that it is; a function's arguments are still to be bound."""
    if isinstance(syntax, ast.TableSource):
        bound, item = _named(b, syntax, scope)
        note_relation(b, bound, item, syntax.name, syntax.alias, scope)
    elif isinstance(syntax, ast.SubquerySource):
        bound, item = _subquery(b, syntax.select, syntax.alias, scope)
        note_relation(b, bound, item, None, syntax.alias, scope)
    else:
        assert isinstance(syntax, ast.FunctionSource)
        bound, item = _virtual_table(b, syntax, scope)
        note_relation(b, bound, item, syntax.name, syntax.alias, scope)
    return b.asked_by(syntax, bound), item


def note_relation(
    b: QueryBinding,
    bound: Bound,
    item: FromItem,
    name: ast.QualifiedName | None,
    alias: ast.Name | None,
    scope: Scope,
) -> None:
    """Note what a name in FROM refers to, and the alias that it gets."""
    names = b.naming()
    if names is None or not isinstance(item, SourceItem):
        return
    source = item.source
    kind = "table"
    if isinstance(bound, BoundModule):
        kind = "table function"
    elif isinstance(bound, (BoundDerived, BoundQueueRow)):
        kind = "subquery" if not source.origin else "view" if source.schema else "common table"
    text = bound.module if isinstance(bound, BoundModule) else named("relation_text")(source)
    if name is not None and kind == "table":
        names.table(name, alias, source, scope)
    elif name is not None:
        names.relation(kind, name, source, text, scope)
    if alias is not None:
        names.definition("alias", alias, text, scope)


def star_select(source: ast.Source) -> ast.Select:
    """``SELECT * FROM source`` as syntax."""
    start, end = source.start, source.end
    star = ast.ResultStar(start, end)
    core = ast.SelectCore(start, end, False, (star,), source, None, (), None, ())
    return ast.Select(start, end, None, core, (), None, None)


def _named(b: QueryBinding, syntax: ast.TableSource, scope: Scope) -> tuple[Bound, FromItem]:
    """A table, view or common table by name, and the item that it is."""
    name = syntax.name.name.text
    alias = name if syntax.alias is None else syntax.alias.text
    recursive = scope.recursive
    if recursive is not None and names_table(syntax, recursive.syntax):
        return _queue_row(b, recursive, alias, syntax)
    entry = _common_entry(b, syntax.name, scope)
    if entry is not None:
        found = _common_table(b, entry, alias, syntax)
        refuse_index(b, syntax, '"')
        return found
    relation = find_relation(b, syntax.name, scope)
    if isinstance(relation, Table):
        if relation.system and syntax.alias is None:
            alias = relation.name
        bound, item = bind_table(b, relation, alias, syntax, scope)
        if b.authorization is not None:
            written = None if syntax.name.schema is None else syntax.name.schema.text
            b.authorization.uses(name, written, item.source)
        return bound, item
    if isinstance(relation, View):
        found = _view(b, relation, alias)
        refuse_index(b, syntax)
        return found
    if not _is_module(b, syntax):
        raise no_such_table(b, syntax.name, scope)
    refuse_index(b, syntax)
    return _virtual_table(
        b, ast.FunctionSource(syntax.start, syntax.end, syntax.name, (), syntax.alias), scope
    )


def _common_entry(b: QueryBinding, name: ast.QualifiedName, scope: Scope) -> CommonTableEntry | None:
    """The common table expression that a name means."""
    if name.schema is not None or scope.ctes is None:
        return None
    entry = scope.ctes.find(name.name.text)
    return entry if entry is not None and b.sees(entry) else None


def refuse_index(b: QueryBinding, syntax: ast.TableSource, quote: str = "") -> None:
    """Refuse INDEXED BY on what has no indexes.  quote: what the message puts around the name."""
    if syntax.indexed_by is not None:
        raise b.fail(f"no such index: {quote}{syntax.indexed_by.text}{quote}", syntax.indexed_by)


def find_relation(b: QueryBinding, name: ast.QualifiedName, scope: Scope) -> Table | View | None:
    """The table or view of that name, for a statement or for the view that is being bound."""
    schema = scope.default_schema if name.schema is None else name.schema.text
    return b.catalog.find_relation(name.name.text, schema)


def no_such_table(b: QueryBinding, name: ast.QualifiedName, scope: Scope) -> Error:
    """The error for a table that does not exist, with a hint where a name is near."""
    schema = scope.default_schema if name.schema is None else name.schema.text
    text = name.name.text if schema is None else f"{schema}.{name.name.text}"
    problem = b.fail(f"no such table: {text}", name)
    known: list[str] = []
    for candidate in b.catalog.schemas:
        known.extend(table.name for table in candidate.tables.values())
        known.extend(view.name for view in candidate.views.values())
    problem.hint = near(name.name.text, known)
    return problem


def bind_table(
    b: QueryBinding, table: Table, alias: str, syntax: ast.TableSource, scope: Scope
) -> tuple[BoundTable, SourceItem]:
    """A table in FROM, and the item that it is in the scope."""
    if table.virtual_module:
        raise no_such_module(table.virtual_module)
    indexed_by = ""
    if syntax.indexed_by is not None:
        index = table.find_index(syntax.indexed_by.text)
        if index is None:
            raise b.fail(f"no such index: {syntax.indexed_by.text}", syntax.indexed_by)
        indexed_by = index.name
    source = b.table_source(table, alias, _prefix(syntax, scope))
    bound = BoundTable(source, table, indexed_by, syntax.not_indexed)
    return bound, SourceItem(source, alias, table.schema, not table.without_rowid)


def _prefix(syntax: ast.TableSource | ast.FunctionSource, scope: Scope) -> str:
    """The schema as it is written before a table that has no alias; the text of a view that is not in temp has none."""
    schema = syntax.name.schema
    return (
        "" if schema is None or syntax.alias is not None or scope.default_schema is not None else schema.text
    )


def _view(b: QueryBinding, view: View, alias: str) -> tuple[Bound, FromItem]:
    """A view: its query under the view's name."""
    if view in b.open_views:
        raise error(f"view {view.name} is circularly defined")
    text, spans, trusted = b.text, b.spans, b.trusted
    b.text, b.spans, b.trusted = view.sql, False, view.schema == "temp"
    b.open_views.append(view)
    b.meet_view(view)
    before = len(b.late_errors)
    query = named_query(b, view.name, view.select, None, None, view.sought_in())
    b.open_views.pop()
    b.text, b.spans, b.trusted = text, spans, trusted
    names = view.columns or query.declared
    if len(names) != len(query.columns):
        b.late_errors.insert(before, wrong_count(view, query))
    return _derived(b, query, names, alias, view.schema, view.name)


def wrong_count(view: View, query: Query) -> Error:
    """The error for a view that names more or fewer columns than its query has."""
    return error(f"expected {len(view.columns)} columns for '{view.name}' but got {len(query.columns)}")


def named_query(
    b: QueryBinding,
    name: str,
    select: ast.Select,
    outer: Scope | None,
    ctes: CommonTables | None,
    schema: str | None,
) -> Query:
    """The query of a view or common table, in whose name the authorizer is asked."""
    if b.authorization is not None:
        b.authorization.enter(name)
    query = b.nested_query(select, outer, ctes, schema)
    if b.authorization is not None:
        b.authorization.leave()
    return query


def _derived(
    b: QueryBinding,
    query: Query,
    names: list[str],
    alias: str,
    schema: str,
    origin: str = "",
    materialized: bool = False,
    common: int | None = None,
) -> tuple[Bound, FromItem]:
    """A query as a source, under a name."""
    for column in query.columns:
        b.require_collation(column.collation)
    columns = derived_columns(b, query, names)
    source = b.new_source(alias, columns, None, schema, origin)
    bound = BoundDerived(source, named("with_reals")(query.bound, query.columns), materialized, common)
    return bound, SourceItem(source, alias, schema, False)


def _subquery(
    b: QueryBinding, select: ast.Select, alias: ast.Name | None, scope: Scope
) -> tuple[Bound, FromItem]:
    query = b.nested_query(select, scope.outer, scope.ctes, scope.default_schema)
    b.stop_if_refused()
    return _derived(b, query, query.inner, "" if alias is None else alias.text, "")


def look_up_window_tables(b: QueryBinding, core: ast.SelectCore, scope: Scope) -> None:
    """Look up the tables that subqueries in a WINDOW clause read, whether or not a function is called over the window.

    What else there is in a window that none is called over is not looked up, as in SQLite.
    """
    for definition in core.windows:
        spec = definition.spec
        for expr in [*spec.partition_by, *(term.expression for term in spec.order_by)]:
            nodes = list(walk(expr))
            common = [node for node in nodes if isinstance(node, ast.CommonTable)]
            for node in nodes:
                if not isinstance(node, ast.TableSource) or any(names_table(node, each) for each in common):
                    continue
                entry = _common_entry(b, node.name, scope)
                if entry is None:
                    if find_relation(b, node.name, scope) is None and not _is_module(b, node):
                        raise no_such_table(b, node.name, scope)
                elif entry.refusal:
                    raise b.fail(f"{entry.refusal}: {entry.syntax.name.text}", node)


def _is_module(b: QueryBinding, syntax: ast.TableSource) -> bool:
    """Whether a table is one of a module's own name."""
    return b.functions.modules.find(syntax.name.name.text) is not None


def names_table(syntax: ast.Source, common: ast.CommonTable) -> bool:
    """Whether an item of FROM is the name of a common table."""
    return (
        isinstance(syntax, ast.TableSource)
        and syntax.name.schema is None
        and fold(syntax.name.name.text) == fold(common.name.text)
    )


def _queue_row(
    b: QueryBinding, entry: CommonTableEntry, alias: str, syntax: ast.TableSource
) -> tuple[Bound, FromItem]:
    """A recursive common table, as a recursive SELECT of its own reads it."""
    recursion = entry.recursion
    assert recursion is not None
    if syntax.indexed_by is not None:
        b.late_errors.append(b.fail("no query solution", syntax.indexed_by))
    source = b.new_source(alias, recursion.columns, None, "", entry.syntax.name.text)
    recursion.readers.append(source)
    row: list[Expr] = [ColumnRef(recursion.source, i) for i in range(len(recursion.columns))]
    return BoundQueueRow(source, row), SourceItem(source, alias, "", False)


def common_names(b: QueryBinding, declared: ast.CommonTable, inner: list[str]) -> list[str]:
    """The names of a common table's columns.  inner: those that its query gives them."""
    if declared.columns and len(declared.columns) != len(inner):
        text = f"table {declared.name.text} has {len(inner)} values for {len(declared.columns)} columns"
        raise b.fail(text, declared.name)
    return [name.text for name in declared.columns] or inner


def _common_table(
    b: QueryBinding, entry: CommonTableEntry, alias: str, syntax: ast.TableSource
) -> tuple[Bound, FromItem]:
    """A use of a common table expression: its query is bound anew for each use."""
    declared = entry.syntax
    if entry.refusal:
        raise b.fail(f"{entry.refusal}: {declared.name.text}", syntax)
    b.uses(entry)
    if b.common_uses > MAX_COMMON_USES:
        raise b.fail("VIEWs and/or subqueries nested too deep", syntax)
    entry.refusal = "circular reference"
    try:
        query = named_query(
            b, declared.name.text, declared.select, entry.frame.scope, entry.frame, entry.schema
        )
    finally:
        entry.refusal = ""
    names = common_names(b, declared, query.inner)
    hint = declared.materialized
    common = None if hint == "NOT MATERIALIZED" else entry.number
    return _derived(b, query, names, alias, "", declared.name.text, hint == "MATERIALIZED", common)


def _virtual_table(b: QueryBinding, syntax: ast.FunctionSource, scope: Scope) -> tuple[BoundModule, FromItem]:
    """A virtual table by the name of its module, the arguments of the call still to be bound."""
    name = syntax.name.name.text
    if _common_entry(b, syntax.name, scope) or find_relation(b, syntax.name, scope):
        raise b.fail(f"'{name}' is not a function", syntax.name)
    table = b.functions.modules.table(name)
    if table is None:
        raise no_such_table(b, syntax.name, scope)
    columns = [
        OutputColumn(
            column.name,
            type_affinity(column.declared_type or (HIDDEN_TYPE if column.hidden else "")),
            declared_type=column.declared_type,
            hidden=column.hidden,
            subtyped=i == table.subtyped,
        )
        for i, column in enumerate(table.columns)
    ]
    most = len([column for column in columns if column.hidden])
    unsafe = table.direct_only or (not table.innocuous and not b.functions.trusts_schema)
    if unsafe and not b.trusted:
        raise b.fail(f'unsafe use of virtual table "{name}"', syntax.name)
    if len(syntax.arguments) > most:
        raise b.fail(f"too many arguments on {name}() - max {most}", syntax)
    if b.authorization is not None and table.name.startswith("pragma_"):
        taken = [column.name for column in columns if column.hidden]
        given = {
            name: argument.value
            for name, argument in zip(taken, syntax.arguments)
            if isinstance(argument, ast.String)
        }
        pragma = table.name.removeprefix("pragma_")
        b.authorization.require(PRAGMA, pragma, given.get("arg"), given.get("schema"))
    alias = name if syntax.alias is None else syntax.alias.text
    source = b.new_source(alias, columns, None, "main", table.name, _prefix(syntax, scope))
    if b.authorization is not None:
        b.authorization.uses(name, None if syntax.name.schema is None else syntax.name.schema.text, source)
    return BoundModule(source, fold(name)), SourceItem(source, alias, "main", True)
