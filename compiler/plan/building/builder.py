"""The plan builder: a statement's syntax to its logical plan, names resolved on the way.

``build`` is the only entrance.  SELECT is planned in ``plan.select`` (FROM in ``plan.joins``, UNION and its kin in
``plan.compound``, aggregation in ``plan.aggregation``), the statements that write in ``plan.write``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind import expressions
from foundrydb.compiler.bind.bound import Expr, Source, Subquery
from foundrydb.compiler.bind.depth import MAX_NESTING, DeepRecursion
from foundrydb.compiler.bind.notes.names import Names
from foundrydb.compiler.bind.scope import CommonTables, Scope
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.building.declared_names import note_table
from foundrydb.compiler.plan.building.expand import Expansion
from foundrydb.compiler.plan.building.planned_query import Query
from foundrydb.compiler.plan.building.query_binding import QueryBinding
from foundrydb.compiler.plan.building.row_expressions import (
    index_filter,
    index_keys,
    row_expressions,
    schema_expression,
    table_expressions,
)
from foundrydb.compiler.plan.building.sources import star_select
from foundrydb.compiler.plan.building.whole_query import plan_query
from foundrydb.compiler.plan.nodes import Derived, Node, Output, RowExpressions
from foundrydb.compiler.plan.walk import Rewriter, free_sources
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.new_names import target_schema
from foundrydb.compiler.schema.objects import Index, Table, View
from foundrydb.compiler.schema.tables import table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.errors import OperationalError, not_supported

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.compiler.bind.notes.authorization import Authorization
    from foundrydb.compiler.bind.notes.uses import NameUses
    from foundrydb.storage.format.values import Collation, Value
    from foundrydb.vm.functions.registry import FunctionRegistry


_PLANNERS: Final[dict[type[ast.Statement], str]] = {
    ast.CreateIndex: "plan_create_index",
    ast.CreateTableAs: "plan_create_table_as",
    ast.Delete: "plan_delete",
    ast.Insert: "plan_insert",
    ast.Reindex: "plan_reindex",
    ast.Update: "plan_update",
}
"""What plans a statement, by its class: functions that are loaded with the first such statement."""

PLANNED: Final[tuple[type[ast.Statement], ...]] = (ast.Select, *_PLANNERS)
"""The statements that have plans."""


def build(
    statement: ast.Statement,
    sql: str,
    catalog: Catalog,
    functions: FunctionRegistry,
    collations: dict[str, Collation] | None = None,
    authorization: Authorization | None = None,
    values: dict[str, Value] | None = None,
) -> Node:
    """The logical plan of a statement that has one (``PLANNED``).

    sql: the text that the statement's spans refer to.
    collations: by name in capitals: those of ORDER BY and of subqueries' columns have to be there whatever becomes of
        them; code generation knows which others are needed.  None where nobody asks.
    authorization: is asked about what the statement does.
    values: what PRAGMAs have set, by name.
    Raises OperationalError with SQLite's text for what is wrong with the statement, NotSupportedError for what
    later stages do not run yet.
    """
    builder = Builder(catalog, functions, sql)
    builder.collations = collations
    builder.authorization = authorization
    if values:
        builder.settings = values
        builder.full_names = bool(values.get("full_column_names", 0))
        builder.short_names = bool(values.get("short_column_names", 1))
    room = DeepRecursion()
    room.enter()
    try:
        return builder.statement(statement)
    except OperationalError:
        select = statement.select if isinstance(statement, ast.CreateTableAs) else statement
        if isinstance(select, ast.Select):
            expansion = Expansion(catalog, functions, sql, Builder)
            expansion.collations = collations
            expansion.check(select)
        raise
    finally:
        room.leave()


def bind_names(
    statement: ast.Statement,
    sql: str,
    catalog: Catalog,
    functions: FunctionRegistry,
) -> tuple[Names, Node | None]:
    """The names of a statement and what they refer to, and its plan; of CREATE VIEW those in its query.

    Parameters as for ``build``; it raises what that raises.  A statement of another kind has no names and no plan.
    """
    builder = Builder(catalog, functions, sql)
    names = builder.names = Names()
    room = DeepRecursion()
    room.enter()
    try:
        if isinstance(statement, PLANNED):
            return names, builder.statement(statement)
        if isinstance(statement, ast.CreateTable):
            builder.table_names(statement)
        elif isinstance(statement, ast.CreateView):
            # A view may speak of what is not there yet: then its names are those before that.
            with suppress(OperationalError):
                return names, builder.nested_query(statement.select, None, None, None).node
        return names, None
    finally:
        room.leave()


def bind_table(
    table: Table, catalog: Catalog, functions: FunctionRegistry, declaring: bool = False
) -> RowExpressions:
    """A table's own expressions.

    declaring: CREATE TABLE asks, and refuses what calls a function that there is not.
    Raises OperationalError for an expression that may not stand there.
    """
    check_row: Callable[[RowExpressions], None] = named("check_row")
    builder = Builder(catalog, functions, table.sql)
    builder.declaring = declaring
    row = row_expressions(builder, table)
    check_row(row)
    return row


def bind_check(
    table: Table, check: ast.Expression | None, sql: str, catalog: Catalog, functions: FunctionRegistry
) -> tuple[Source, Expr | None]:
    """A row of the table, and over it the CHECK that a statement is to add.

    sql: the statement's text.
    Raises OperationalError for an expression that may not stand there.
    """
    builder = Builder(catalog, functions, sql)
    builder.declaring = True
    source = builder.table_source(table, table.name)
    if check is None:
        return source, None
    return source, schema_expression(builder, check, source, "CHECK constraints", sql)


def table_names(
    table: Table, catalog: Catalog, functions: FunctionRegistry, strings: bool = True
) -> NameUses:
    """The names in a table's own expressions.

    strings: whether a name in double quotes that no column has is a string.
    Raises OperationalError for what is wrong with the table.
    """
    builder = Builder(catalog, functions, table.sql)
    builder.names = names = Names()
    builder.only_names = True
    builder.strings = strings
    table_expressions(builder, table, builder.table_source(table, table.name))
    return names.uses


def index_names(
    index: Index, catalog: Catalog, functions: FunctionRegistry, strings: bool = True
) -> NameUses:
    """The names in an index's expressions and its filter; otherwise as ``table_names``."""
    builder = Builder(catalog, functions, index.sql or "")
    builder.names = names = Names()
    builder.only_names = True
    builder.strings = strings
    source = builder.table_source(index.table, index.table.name)
    index_keys(builder, index, source)
    index_filter(builder, index, source)
    return names.uses


def view_names(view: View, catalog: Catalog, functions: FunctionRegistry, strings: bool = True) -> NameUses:
    """The names in a view's text; otherwise as ``table_names``.

    Raises OperationalError for what is wrong with the view.
    """
    names = Names()
    room = DeepRecursion()
    room.enter()
    try:
        builder = Builder(catalog, functions, view.sql)
        builder.names = names
        builder.only_names = True
        builder.open_views.append(view)
        schema = None if view.schema == "temp" else view.schema
        builder.nested_query(view.select, None, None, schema)
    finally:
        room.leave()
    return names.uses


@final
class Builder(QueryBinding):
    """The work of ``build``."""

    def statement(self, statement: ast.Statement) -> Node:
        """The plan of a statement."""
        if isinstance(statement, ast.Select):
            return self.whole_query(statement)
        self.inserts = isinstance(statement, ast.Insert)
        planner: Callable[[Builder, ast.Statement], Node] = named(_PLANNERS[type(statement)])
        plan = planner(self, statement)
        self.asked_by(statement, plan)
        return self._whole(plan)

    def table_names(self, statement: ast.CreateTable) -> None:
        """Look up the names in CREATE TABLE, for the notes that are taken of them."""
        schema = target_schema(self.catalog, statement.name, statement.temporary)
        table = table_from_ast(statement, self.text, schema.name, format=schema.format)
        self.declaring = True
        source = self.table_source(table, table.name)
        note_table(self, statement, table, source)
        table_expressions(self, table, source)

    def whole_query(self, select: ast.Select) -> Output:
        query = self.nested_query(select, None, None, None)
        output = Output(query.node, query.columns, query.declared)
        self.asked_by(select, output)
        root = self._whole(output)
        assert isinstance(root, Output)
        return root

    def _whole(self, root: Node) -> Node:
        """A plan in which all names have been looked up: what has waited for that."""
        self.raise_late_error()
        if self.authorization is not None:
            self.authorization.finish()
        once = [entry.number for entry in self.commons if entry.uses < 2]
        return Unshare(once).node(root) if once else root

    def nested_query(
        self, select: ast.Select, outer: Scope | None, ctes: CommonTables | None, schema: str | None
    ) -> Query:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise not_supported(f"more than {MAX_NESTING} queries within one another")
        depth = self.depth
        self.depth = 0
        query = self._planned(select, outer, ctes, schema, self.nesting == 1)
        self.depth = depth
        self.nesting -= 1
        return query

    def _planned(
        self,
        select: ast.Select,
        outer: Scope | None,
        ctes: CommonTables | None,
        schema: str | None,
        own: bool,
    ) -> Query:
        """The plan of a query, about which the authorizer is asked; ``own``: the query is the statement's own."""
        authorization = self.authorization
        body = select.body
        if authorization is None or (isinstance(body, ast.Values) and len(body.rows) == 1 and self.inserts):
            return plan_query(self, select, outer, ctes, schema)
        authorization.begin_query(own)
        query = plan_query(self, select, outer, ctes, schema)
        authorization.end_query(
            1 + len(body.rest) if isinstance(body, ast.Compound) else 1, outer is not None
        )
        return query

    def subquery(self, select: ast.Select, scope: Scope) -> Subquery:
        depth = self.depth
        query = self._planned(select, scope, scope.ctes, scope.default_schema, False)
        self.depth = depth
        return Subquery(query.node, free_sources(query.node), query.compared)

    def table_query(self, node: ast.InTable, scope: Scope) -> Subquery:
        name = node.table
        source: ast.Source = ast.TableSource(name.start, name.end, name, None, None, False)
        if node.is_call:
            source = ast.FunctionSource(name.start, node.end, name, node.arguments, None)
        names = self.names
        if names is None:
            return self.subquery(star_select(source), scope)
        followed, names.followed = names.followed, False  # ALTER TABLE leaves this name alone
        query = self.subquery(star_select(source), scope)
        names.followed = followed
        return query


@final
class Unshare(Rewriter):
    """Takes the ``shared`` number from common tables that are used once after all."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__()
        self.numbers = numbers

    def own_expressions(self, node: Node) -> Node:
        if isinstance(node, Derived) and node.shared in self.numbers:
            return node.as_only_use()
        return super().own_expressions(node)
