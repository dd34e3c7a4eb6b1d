"""FROM: tables, views, common tables, subqueries and functions, and the joins between them.

It takes two walks over the clause, because an ON condition may refer to any source of it: the first plans the
sources and makes their names known to the scope, the second binds the conditions and builds the joins.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.nodes import Derived, Filter, FunctionScan, Join, Node, Scan
from foundrydb.compiler.plan.queries import QueryBinding
from foundrydb.compiler.plan.query import Query, derived_columns
from foundrydb.compiler.plan.walk import free_sources, nodes_of
from foundrydb.compiler.resolve.authorization import PRAGMA
from foundrydb.compiler.resolve.binding import near
from foundrydb.compiler.resolve.bound import Call, Expr, OutputColumn
from foundrydb.compiler.resolve.catalog import Table, View, fold
from foundrydb.compiler.resolve.comparisons import compare
from foundrydb.compiler.resolve.expressions import bind
from foundrydb.compiler.resolve.exprs import conjunction, sources_in
from foundrydb.compiler.resolve.scope import (
    CommonTableEntry,
    CommonTables,
    FromItem,
    Match,
    Scope,
    column_ref,
    lookup,
)
from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error, error, no_such_module, not_supported
from foundrydb.vm.functions.table import NOT_YET

MAX_COMMON_USES: Final = 999
"""Uses of common table expressions in a statement, as SQLite bounds them: each is planned anew, with those in it."""

MAX_TABLES: Final = 64


class Tree:
    """A FROM clause after the first walk.  first, last: its items are ``scope.items[first:last]``."""

    def __init__(self, first: int, last: int) -> None:
        self.first: Final = first
        self.last: Final = last


@final
class LeafTree(Tree):
    """One source.  function: the syntax of a table-valued function, whose arguments are bound in the second walk."""

    def __init__(self, first: int, last: int, node: Node, function: ast.FunctionSource | None = None) -> None:
        super().__init__(first, last)
        self.node: Final = node
        self.function: Final = function


@final
class JoinTree(Tree):
    """A join.

    using: the columns of USING or NATURAL.  enclosed: its conditions see nothing but its own sources, because it
    stands in parentheses (and not at the begin of FROM, where they would make no difference) or is UPDATE's FROM.
    """

    def __init__(
        self, first: int, last: int, syntax: ast.Join, left: Tree, right: Tree, using: list[str]
    ) -> None:
        super().__init__(first, last)
        self.syntax: Final = syntax
        self.left: Final = left
        self.right: Final = right
        self.using: Final = using
        self.enclosed = False


@final
class FromResult:
    """A planned FROM: its node, and conditions of inner joins that belong into WHERE.

    on: all conditions of its joins.
    """

    def __init__(self, node: Node, conditions: list[Expr], on: list[Expr]) -> None:
        self.node: Final = node
        self.conditions: Final = conditions
        self.on: Final = on


def declare_from(b: QueryBinding, syntax: ast.Source, scope: Scope) -> Tree:
    """The first walk over a FROM clause: its sources become items of ``scope``."""
    tree = _declare(b, syntax, scope)
    b.stop_if_refused()
    if len(scope.items) > MAX_TABLES:
        raise error(f"at most {MAX_TABLES} tables in a join")
    _check_using(b, tree, scope, any(item.right for item in scope.items))
    return tree


def _check_using(b: QueryBinding, tree: Tree, scope: Scope, merges: bool) -> None:
    """Refuse a USING whose columns one side lacks, or that meets several on its left which no USING has joined before.

    merges: there is a RIGHT or FULL JOIN, and only then such columns are one, whichever of them is not NULL.
    """
    if not isinstance(tree, JoinTree):
        return
    _check_using(b, tree.left, scope, merges)
    _check_using(b, tree.right, scope, merges)
    left = scope.items[tree.left.first : tree.left.last]
    right = scope.items[tree.right.first : tree.right.last]
    for name in tree.using:
        if all(item.find(name) < 0 for item in left) or all(item.find(name) < 0 for item in right):
            raise _not_in_both(b, tree, name)
    for name in tree.using:
        holders = [item for item in left if item.find(name) >= 0]
        if merges and any(name not in item.using for item in holders[1:]):
            b.ambiguous_using(
                b.fail(f"ambiguous reference to {_as_written(tree, name)} in USING()", tree.syntax)
            )


def join_from(b: QueryBinding, tree: Tree, scope: Scope) -> FromResult:
    """The second walk: the plan of the FROM clause, its conditions bound."""
    late: list[Expr] = []
    node = _join(b, tree, scope, late, scope)
    on = [item.on for item in nodes_of(node) if isinstance(item, Join) and item.on is not None]
    return FromResult(node, late, on)


# -- the first walk: sources and their names


def _declare(b: QueryBinding, syntax: ast.Source, scope: Scope) -> Tree:
    first = len(scope.items)
    if isinstance(syntax, ast.Join):
        return _declare_join(b, syntax, scope)
    if isinstance(syntax, ast.ParenthesizedSource):
        if syntax.alias is None:
            tree = _declare(b, syntax.source, scope)
            if isinstance(tree, JoinTree):
                tree.enclosed = first > 0
            return tree
        return _subquery(b, star_select(syntax.source), syntax.alias, scope)
    if isinstance(syntax, ast.TableSource):
        return plan_table(b, syntax, scope)
    if isinstance(syntax, ast.SubquerySource):
        return _subquery(b, syntax.select, syntax.alias, scope)
    assert isinstance(syntax, ast.FunctionSource)
    node, item = _function(b, syntax)
    scope.items.append(item)
    return LeafTree(first, first + 1, node, syntax)


def _declare_join(b: QueryBinding, syntax: ast.Join, scope: Scope) -> Tree:
    left = _declare(b, syntax.left, scope)
    right = _declare(b, syntax.right, scope)
    using = [fold(name.text) for name in syntax.using]
    if syntax.natural:
        using = _common_columns(scope.items[left.first : left.last], scope.items[right.first : right.last])
    for item in scope.items[right.first : right.last]:
        item.using = item.using + [name for name in using if item.find(name) >= 0]
        item.left = item.left or syntax.kind in ("LEFT", "FULL")
        item.right = item.right or syntax.kind in ("RIGHT", "FULL")
    return JoinTree(left.first, right.last, syntax, left, right, using)


def _common_columns(left: list[FromItem], right: list[FromItem]) -> list[str]:
    """The columns that NATURAL joins: those of the right side that the left side has too."""
    out: list[str] = []
    for item in right:
        for column in item.source.columns:
            name = fold(column.name)
            if not column.hidden and name not in out and any(other.find(name) >= 0 for other in left):
                out.append(name)
    return out


def star_select(source: ast.Source) -> ast.Select:
    """``SELECT * FROM source`` as syntax."""
    start, end = source.start, source.end
    star = ast.ResultStar(start, end)
    core = ast.SelectCore(start, end, False, (star,), source, None, (), None, ())
    return ast.Select(start, end, None, core, (), None, None)


def plan_table(b: QueryBinding, syntax: ast.TableSource, scope: Scope) -> LeafTree:
    """A table, view or common table by name; it becomes an item of ``scope``."""
    first = len(scope.items)
    name = syntax.name.name.text
    alias = name if syntax.alias is None else syntax.alias.text
    if syntax.name.schema is None and scope.ctes is not None:
        entry = scope.ctes.find(name)
        if entry is not None and b.sees(entry):
            node, item = _common_table(b, entry, alias, syntax)
            scope.items.append(item)
            return LeafTree(first, first + 1, node)
    relation = find_relation(b, syntax.name, scope)
    if relation is None:
        function = b.functions.table(name) if syntax.name.schema is None else None
        if function is None:
            raise no_such_table(b, syntax.name, scope)
        call = ast.FunctionSource(syntax.start, syntax.end, syntax.name, (), syntax.alias)
        made, item = _function(b, call)
        scope.items.append(item)
        return LeafTree(first, first + 1, made)
    if isinstance(relation, View):
        node, item = _view(b, relation, alias)
    else:
        node, item = scan_table(b, relation, alias, syntax)
        if b.authorization is not None:
            written = None if syntax.name.schema is None else syntax.name.schema.text
            b.authorization.uses(name, written, item.source)
    scope.items.append(item)
    return LeafTree(first, first + 1, node)


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


def scan_table(b: QueryBinding, table: Table, alias: str, syntax: ast.TableSource) -> tuple[Node, FromItem]:
    """A scan of a table, and the item that it is in the scope."""
    if table.virtual_module:
        raise no_such_module(table.virtual_module)
    indexed_by = ""
    if syntax.indexed_by is not None:
        index = table.find_index(syntax.indexed_by.text)
        if index is None:
            raise b.fail(f"no such index: {syntax.indexed_by.text}", syntax.indexed_by)
        indexed_by = index.name
    source = b.table_source(table, alias)
    notes = b.notes()
    if notes is not None:
        notes.tables.append((syntax, source))
    node = Scan(source, table, table.schema, indexed_by=indexed_by, not_indexed=syntax.not_indexed)
    return node, FromItem(source, alias, table.schema, not table.without_rowid)


def _view(b: QueryBinding, view: View, alias: str) -> tuple[Node, FromItem]:
    """A view: its query under the view's name."""
    if view in b.open_views:
        raise error(f"view {view.name} is circularly defined")
    text, spans = b.text, b.spans
    b.text, b.spans = view.sql, False
    b.open_views.append(view)
    schema = None if view.schema == "temp" else view.schema
    query = named_query(b, view.name, view.select, None, None, schema)
    b.open_views.pop()
    b.text, b.spans = text, spans
    names = view.columns or query.inner
    if len(names) != len(query.columns):
        raise error(f"expected {len(names)} columns for '{view.name}' but got {len(query.columns)}")
    return _derived(b, query, names, alias, view.schema, view.name)


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
    shared: int = 0,
) -> tuple[Node, FromItem]:
    """A query as a source, under a name."""
    for column in query.columns:
        b.require_collation(column.collation)
    columns = derived_columns(query.columns, names)
    source = b.new_source(alias, columns, None, schema, origin)
    node = Derived(source, query.node, materialized, shared)
    return node, FromItem(source, alias, schema, False)


def _subquery(b: QueryBinding, select: ast.Select, alias: ast.Name | None, scope: Scope) -> LeafTree:
    first = len(scope.items)
    query = b.nested_query(select, scope.outer, scope.ctes, scope.default_schema)
    b.stop_if_refused()
    name = "" if alias is None else alias.text
    node, item = _derived(b, query, query.inner, name, "")
    scope.items.append(item)
    return LeafTree(first, first + 1, node)


def _common_table(
    b: QueryBinding, entry: CommonTableEntry, alias: str, syntax: ast.TableSource
) -> tuple[Node, FromItem]:
    """A use of a common table expression: its query is planned anew for each use."""
    declared = entry.syntax
    if entry.busy:
        if isinstance(declared.select.body, ast.Compound):
            raise not_supported("recursive common table expressions")
        raise b.fail(f"circular reference: {declared.name.text}", syntax)
    b.common_uses += 1
    if b.common_uses > MAX_COMMON_USES:
        raise b.fail("VIEWs and/or subqueries nested too deep", syntax)
    entry.busy = True
    entry.uses += 1
    query = named_query(b, declared.name.text, declared.select, entry.frame.scope, entry.frame, entry.schema)
    entry.busy = False
    names = [name.text for name in declared.columns] or query.inner
    if len(names) != len(query.columns):
        text = f"table {declared.name.text} has {len(query.columns)} values for {len(names)} columns"
        raise b.fail(text, declared.name)
    hint = declared.materialized
    shared = 0 if hint == "NOT MATERIALIZED" or free_sources(query.node) else entry.number
    return _derived(b, query, names, alias, "", declared.name.text, hint == "MATERIALIZED", shared)


def _function(b: QueryBinding, syntax: ast.FunctionSource) -> tuple[Node, FromItem]:
    """A table-valued function, its arguments still to be bound."""
    name = syntax.name.name.text
    function = b.functions.table(name)
    if function is None:
        if b.catalog.find_relation(name) is not None:
            raise b.fail(f"'{name}' is not a function", syntax.name)
        problem = b.fail(f"no such table: {name}", syntax.name)
        if fold(name) in NOT_YET:
            problem.hint = f"not supported yet: table function {name}()"
        raise problem
    if len(syntax.arguments) > len(function.hidden):
        raise b.fail(f"too many arguments on {name}() - max {len(function.hidden)}", syntax)
    if b.authorization is not None and function.name.startswith("pragma_"):
        first = syntax.arguments[0] if syntax.arguments else None
        argument = first.value if isinstance(first, ast.String) else None
        b.authorization.require(PRAGMA, function.name.removeprefix("pragma_"), argument)
    columns = [OutputColumn(column) for column in function.columns]
    columns.extend(OutputColumn(column, hidden=True) for column in function.hidden)
    alias = name if syntax.alias is None else syntax.alias.text
    source = b.new_source(alias, columns)
    return FunctionScan(source, function.name, [], []), FromItem(source, alias, "main", True)


# -- the second walk: conditions and joins


def _join(b: QueryBinding, tree: Tree, scope: Scope, late: list[Expr], names: Scope) -> Node:
    """A source or join.  names: what conditions may refer to, which within parentheses is only what they hold."""
    if isinstance(tree, LeafTree):
        return _with_arguments(b, tree, names)
    assert isinstance(tree, JoinTree)
    if tree.enclosed:
        _check_enclosed(scope.items[tree.first : tree.last])
        names = Scope(scope.outer, scope.owner, scope.ctes, scope.default_schema)
        names.items = scope.items[tree.first : tree.last]
    left = _join(b, tree.left, scope, late, names)
    right = _join(b, tree.right, scope, late, names)
    terms: list[Expr] = [_using(b, name, tree, scope) for name in tree.using]
    syntax = tree.syntax
    if syntax.on is not None:
        condition = bind(b, syntax.on, names)
        beyond = [item.source for item in scope.items[tree.last :]]
        if any(source in beyond for source in sources_in(condition)):
            if syntax.kind in ("LEFT", "RIGHT", "FULL") or any(item.right for item in scope.items):
                raise b.fail("ON clause references tables to its right", syntax.on)
            late.append(condition)
        else:
            terms.append(condition)
    kind = syntax.kind.lower() if syntax.kind in ("LEFT", "RIGHT", "FULL") else "inner"
    return Join(kind, left, right, conjunction(terms), syntax.kind == "CROSS")


def _with_arguments(b: QueryBinding, tree: LeafTree, names: Scope) -> Node:
    """A source; a table-valued function with its arguments, which may refer to sources to its right too.

    One that refers to the function's own columns is a condition on its rows.
    """
    node = tree.node
    if tree.function is None or not isinstance(node, FunctionScan):
        return node
    args = [bind(b, argument, names) for argument in tree.function.arguments]
    hidden = [i for i, column in enumerate(node.source.columns) if column.hidden]
    known: list[Expr] = []
    given: list[int] = []
    conditions: list[Expr] = []
    for column, arg in zip(hidden, args):
        if node.source in sources_in(arg):
            conditions.append(compare(b, "=", column_ref(node.source, column), arg, tree.function))
        else:
            known.append(arg)
            given.append(column)
    scan = FunctionScan(node.source, node.function, known, given)
    condition = conjunction(conditions)
    return scan if condition is None else Filter(scan, condition)


def _using(b: QueryBinding, name: str, tree: JoinTree, scope: Scope) -> Expr:
    """The equality that USING or NATURAL puts between the sides."""
    left_items = scope.items[tree.left.first : tree.left.last]
    left = merged_column(b, left_items, name, scope)
    right: Expr | None = None
    for item in scope.items[tree.right.first : tree.right.last]:
        index = item.find(name)
        if index >= 0:
            right = column_ref(item.source, index)
            break
    if left is None or right is None:
        raise _not_in_both(b, tree, name)
    return compare(b, "=", left, right, tree.syntax)


def _not_in_both(b: QueryBinding, tree: JoinTree, name: str) -> Error:
    shown = _as_written(tree, name)
    return b.fail(f"cannot join using column {shown} - column not present in both tables", tree.syntax)


def _as_written(tree: JoinTree, name: str) -> str:
    """A column of USING as it is spelt there."""
    for written in tree.syntax.using:
        if fold(written.text) == name:
            return written.text
    return name


def merged_column(b: QueryBinding, items: list[FromItem], name: str, scope: Scope) -> Expr | None:
    """What an unqualified column means among some items of FROM; the first of several that USING did not join."""
    match = _meaning(items, name, scope)
    if match.count == 0:
        return None
    if match.count > 1:
        for item in items:
            index = item.find(name)
            if index >= 0:
                return column_ref(item.source, index)
    refs = match.refs(-1, -1)
    if len(refs) == 1:
        return refs[0]
    function = b.functions.find("coalesce", len(refs))
    if function is None:
        raise not_supported("FULL JOIN with USING")
    return Call(function, refs)


def _meaning(items: list[FromItem], name: str, scope: Scope) -> Match:
    """What an unqualified column matches among some items of FROM."""
    inner = Scope(None, scope.owner, None, None)
    inner.items = items
    return lookup(inner, None, None, name)


def star_columns(b: QueryBinding, scope: Scope, table: str | None) -> list[tuple[Expr, str]]:
    """What ``*`` (or ``table.*``, folded) stands for: expressions and their names, in order."""
    out: list[tuple[Expr, str]] = []
    namesakes = _namesakes(scope.items)
    for i, item in enumerate(scope.items):
        if table is not None and not item.is_named(table, None):
            continue
        for index, column in enumerate(item.source.columns):
            if column.hidden:
                continue
            name = fold(column.name)
            if table is None and name in item.using:
                continue
            if namesakes:
                _check_unique(namesakes, item, name, column.name)
            expr: Expr | None = column_ref(item.source, index)
            rest = scope.items[i + 1 :]
            merged = any(later.right for later in rest) and any(name in later.using for later in rest)
            if table is None and merged:
                if _meaning(scope.items, name, scope).count > 1:
                    raise error(f"ambiguous column name: {column.name}")
                expr = merged_column(b, scope.items, name, scope)
            assert expr is not None
            out.append((expr, column.name))
    return out


# -- sources of one name


def _namesakes(items: list[FromItem]) -> list[FromItem]:
    """The sources whose name another one has too, so that a column of theirs may have no name of its own."""
    names = [(item.schema, item.name) for item in items]
    return [item for item, name in zip(items, names) if item.name and names.count(name) > 1]


def _check_unique(namesakes: list[FromItem], item: FromItem, name: str, written: str) -> None:
    """Refuse a column of ``*`` whose full name (``main.t.a``) a second source has, unless USING joins the two."""
    holders = [
        other
        for other in namesakes
        if (other.schema, other.name) == (item.schema, item.name) and _has(other, name)
    ]
    if any(name not in other.using for other in holders[1:]):
        table = item.source.table
        shown = item.source.name if table is None or fold(table.name) != item.name else table.name
        raise error(f"ambiguous column name: {item.schema or '*'}.{shown}.{written}")


def _has(item: FromItem, name: str) -> bool:
    return item.find(name) >= 0 or (item.rowid and name == "_rowid_")


def _check_enclosed(items: list[FromItem]) -> None:
    """Refuse a join in parentheses in which a column has no name of its own.

    It hands on each column of its sources under its full name, and those of USING under the plain one.
    """
    namesakes = _namesakes(items)
    for i, item in enumerate(items):
        for name in items[i + 1].using if i + 1 < len(items) else []:
            plain = [other for other in items if other.find(name) >= 0]
            if any(name not in other.using for other in plain[1:]):
                raise error(f"ambiguous column name: {name}")
        if item in namesakes:
            for column in item.source.columns:
                _check_unique(namesakes, item, fold(column.name), column.name)
            if item.rowid:
                _check_unique(namesakes, item, "_rowid_", "_ROWID_")
