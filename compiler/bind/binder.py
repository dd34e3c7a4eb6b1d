"""The entries of binding: a statement, and whatever else has names to look up.

``bind_statement`` binds a statement that reads or writes rows, ``bind_names`` also tells what each name refers to.  The
others bind what a schema holds: a table's own expressions, those of an index, the query of a view.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Expr, OutputColumn, Source, Subquery
from foundrydb.compiler.bind.depth import MAX_NESTING, DeepRecursion
from foundrydb.compiler.bind.expressions import kinds
from foundrydb.compiler.bind.queries.column_names import unique_names
from foundrydb.compiler.bind.queries.query import Query
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.relations import star_select, wrong_count
from foundrydb.compiler.bind.queries.whole_query import bind_query
from foundrydb.compiler.bind.relation import free_sources
from foundrydb.compiler.bind.schema.row_expressions import (
    check_row,
    index_filter,
    index_keys,
    row_expressions,
    table_expressions,
)
from foundrydb.compiler.bind.scope import CommonTables, Scope
from foundrydb.compiler.bind.statements import (
    Bound,
    BoundLimit,
    BoundOutput,
    BoundRecursion,
    BoundStatement,
    RowExpressions,
)
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.new_names import target_schema
from foundrydb.compiler.schema.objects import Index, Table, Trigger, View
from foundrydb.compiler.schema.tables import table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error, OperationalError, not_supported

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.compiler.bind.notes.authorization import Authorization
    from foundrydb.compiler.bind.notes.names import Names
    from foundrydb.compiler.bind.notes.uses import NameUses
    from foundrydb.compiler.bind.queries.expand import Expansion
    from foundrydb.storage.format.values import Collation, Value
    from foundrydb.vm.functions.registry import FunctionRegistry


_BINDERS: Final[dict[type[ast.Statement], str]] = {
    ast.AlterAddColumn: "bind_add_column",
    ast.AlterAddConstraint: "bind_add_constraint",
    ast.AlterDropColumn: "bind_drop_column",
    ast.AlterDropConstraint: "bind_drop_constraint",
    ast.AlterDropNotNull: "bind_drop_not_null",
    ast.AlterRenameColumn: "bind_rename_column",
    ast.AlterRenameTable: "bind_rename_table",
    ast.AlterSetNotNull: "bind_set_not_null",
    ast.Analyze: "bind_analyze",
    ast.Attach: "bind_attach",
    ast.CreateIndex: "bind_create_index",
    ast.CreateTableAs: "bind_create_table_as",
    ast.Delete: "bind_delete",
    ast.Detach: "bind_detach",
    ast.Insert: "bind_insert",
    ast.Reindex: "bind_reindex",
    ast.Update: "bind_update",
    ast.Vacuum: "bind_vacuum",
}
"""What binds a statement, by its class: functions that are loaded with the first such statement."""

WITH_ROWS: Final[tuple[type[ast.Statement], ...]] = (ast.Select, *_BINDERS)
"""The statements that work on rows, or look up more names than the one they make or drop: they are bound, and have
plans."""


def bind_statement(
    statement: ast.Statement,
    sql: str,
    catalog: Catalog,
    functions: FunctionRegistry,
    collations: dict[str, Collation] | None = None,
    authorization: Authorization | None = None,
    values: dict[str, Value] | None = None,
) -> BoundStatement:
    """A statement that works on rows (``WITH_ROWS``), bound.

    sql: the text that the statement's spans refer to.
    collations: by name in capitals: those of ORDER BY and of subqueries' columns have to be there whatever becomes of
        them; code generation knows which others are needed.  None where nobody asks.
    authorization: is asked about what the statement does.
    values: what PRAGMAs have set, by name.
    Raises OperationalError with SQLite's text for what is wrong with the statement, NotSupportedError for what
    later stages do not run yet.
    """
    binder = _for_statement(sql, catalog, functions, values)
    binder.collations = collations
    binder.authorization = authorization
    room = DeepRecursion()
    room.enter()
    try:
        return binder.statement(statement)
    finally:
        room.leave()


def _for_statement(
    sql: str, catalog: Catalog, functions: FunctionRegistry, values: dict[str, Value] | None
) -> Binder:
    """What binds a statement under what PRAGMAs have set."""
    binder = Binder(catalog, functions, sql)
    if values:
        binder.settings = values
        binder.full_names = bool(values.get("full_column_names", 0))
        binder.short_names = bool(values.get("short_column_names", 1))
        binder.strings = bool(values.get("dqs_dml", 1))
        binder.schema_strings = bool(values.get("dqs_ddl", 1))
    return binder


def bind_names(
    statement: ast.Statement,
    sql: str,
    catalog: Catalog,
    functions: FunctionRegistry,
    values: dict[str, Value] | None = None,
) -> tuple[Names, BoundStatement | None]:
    """The names of a statement and what they refer to, and what binding makes of it.

    Parameters as for ``bind_statement``; it raises what that raises.  CREATE VIEW has the names of its query; a
    statement of another kind has no names.
    """
    binder = _for_statement(sql, catalog, functions, values)
    names: Names = named("Names")()
    binder.names = names
    room = DeepRecursion()
    room.enter()
    try:
        if isinstance(statement, WITH_ROWS):
            return names, binder.statement(statement)
        if isinstance(statement, ast.CreateTable):
            binder.table_names(statement)
        elif isinstance(statement, ast.CreateView):
            # A view may speak of what is not there yet: then its names are those before that.
            with suppress(OperationalError):
                return names, binder.whole_query(statement.select)
        return names, None
    finally:
        room.leave()


def names_until_mistake(
    statement: ast.Statement, sql: str, catalog: Catalog, functions: FunctionRegistry
) -> Names:
    """As ``bind_names``, of a statement that may be wrong: what is met before the first mistake."""
    binder = Binder(catalog, functions, sql)
    names: Names = named("Names")()
    binder.names = names
    room = DeepRecursion()
    room.enter()
    try:
        if isinstance(statement, WITH_ROWS):
            with suppress(Error):
                binder.statement(statement)
        return names
    finally:
        room.leave()


def bind_table(
    table: Table,
    catalog: Catalog,
    functions: FunctionRegistry,
    declaring: bool = False,
    strings: bool = True,
) -> RowExpressions:
    """A table's own expressions.

    declaring: CREATE TABLE asks, and refuses what calls a function that there is not.
    strings: whether a name in double quotes that no column has is a string there.
    Raises OperationalError for an expression that may not stand there.
    """
    binder = Binder(catalog, functions, table.sql)
    binder.declaring = declaring
    binder.schema_strings = strings
    row = row_expressions(binder, table)
    check_row(row)
    return row


def table_names(
    table: Table, catalog: Catalog, functions: FunctionRegistry, strings: bool = True
) -> NameUses:
    """The names in a table's own expressions.

    strings: whether a name in double quotes that no column has is a string.
    Raises OperationalError for what is wrong with the table.
    """
    binder = _for_names(table.sql, catalog, functions, strings)
    table_expressions(binder, table, binder.table_source(table, table.name))
    return binder.used()


def index_names(
    index: Index, catalog: Catalog, functions: FunctionRegistry, strings: bool = True
) -> NameUses:
    """The names in an index's expressions and its filter; otherwise as ``table_names``."""
    binder = _for_names(index.sql or "", catalog, functions, strings)
    source = binder.table_source(index.table, index.table.name)
    index_keys(binder, index, source)
    index_filter(binder, index, source)
    return binder.used()


def view_columns(view: View, catalog: Catalog, functions: FunctionRegistry) -> list[OutputColumn]:
    """The columns of a view, of a compound by its first SELECT.

    Raises OperationalError: its query makes no sense (any more).
    """
    binder = Binder(catalog, functions, view.sql)
    binder.spans = False
    binder.trusted = view.schema == "temp"
    query = _view_query(binder, view)
    binder.raise_late_error()
    names = view.columns or query.declared
    if len(names) != len(query.columns):
        raise wrong_count(view, query)
    return [
        OutputColumn(name, column.affinity, column.collation or "BINARY", column.declared_type)
        for name, column in zip(unique_names(names, binder), query.columns)
    ]


def view_table(view: View, catalog: Catalog, functions: FunctionRegistry) -> Table:
    """What stands for a view where a trigger is run for its rows; it raises what ``view_columns`` raises."""
    return view.as_table(view_columns(view, catalog, functions))


def view_names(view: View, catalog: Catalog, functions: FunctionRegistry) -> NameUses:
    """The names in a view's text.

    Raises OperationalError for what is wrong with the view.
    """
    binder = _for_names(view.sql, catalog, functions, True)
    _view_query(binder, view)
    return binder.used()


def trigger_names(trigger: Trigger, catalog: Catalog, functions: FunctionRegistry) -> NameUses:
    """The names in a trigger's text; none where what it hangs on is gone.

    Raises OperationalError for what is wrong with the trigger.
    """
    return trigger_notes(trigger, catalog, functions).uses


def trigger_notes(trigger: Trigger, catalog: Catalog, functions: FunctionRegistry) -> Names:
    """As ``trigger_names``: all that is noted of the names, with their places in the trigger's text."""
    binder = _for_names(trigger.sql, catalog, functions, True)
    relation = catalog.table_of(trigger)
    if relation is not None:
        table = relation if isinstance(relation, Table) else view_table(relation, catalog, functions)
        look_through: Callable[[Binder, Trigger, Table], None] = named("look_through")
        room = DeepRecursion()
        room.enter()
        try:
            look_through(binder, trigger, table)
        finally:
            room.leave()
    assert binder.names is not None
    return binder.names


def _view_query(binder: Binder, view: View) -> Query:
    """A view's query, bound by itself."""
    room = DeepRecursion()
    room.enter()
    try:
        binder.open_views.append(view)
        return binder.nested_query(view.select, None, None, view.sought_in())
    finally:
        room.leave()


def _for_names(text: str, catalog: Catalog, functions: FunctionRegistry, strings: bool) -> Binder:
    """What looks up names in a text of the schema, and nothing else."""
    binder = Binder(catalog, functions, text)
    binder.names = named("Names")()
    binder.only_names = True
    binder.strings = strings
    return binder


@final
class Binder(QueryBinding):
    """Binds one statement, or one text of the schema."""

    def statement(self, statement: ast.Statement) -> BoundStatement:
        """A statement, bound."""
        if isinstance(statement, ast.Select):
            return self.whole_query(statement)
        self.inserts = isinstance(statement, ast.Insert)
        binder: Callable[[Binder, ast.Statement], BoundStatement] = named(_BINDERS[type(statement)])
        bound = self.asked_by(statement, binder(self, statement))
        self._finish()
        return bound

    def used(self) -> NameUses:
        """The names that were looked up, where they are noted."""
        assert self.names is not None
        return self.names.uses

    def table_names(self, statement: ast.CreateTable) -> None:
        """Look up the names in CREATE TABLE, for the notes that are taken of them."""
        schema = target_schema(self.catalog, statement.name, statement.temporary)
        table = table_from_ast(statement, self.text, schema.name, format=schema.format)
        self.declaring = True
        source = self.table_source(table, table.name)
        named("note_table")(self, statement, table, source)
        table_expressions(self, table, source)

    def whole_query(self, select: ast.Select) -> BoundOutput:
        query = self.nested_query(select, self.around, None, self.home)
        self._finish()
        return self.asked_by(
            select, BoundOutput(self.nested, self.shared(), query.bound, query.columns, query.declared)
        )

    def _finish(self) -> None:
        """All names have been looked up: do what has waited for that."""
        self.raise_late_error()
        if self.authorization is not None:
            self.authorization.finish()

    def nested_query(
        self, select: ast.Select, outer: Scope | None, ctes: CommonTables | None, schema: str | None
    ) -> Query:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise not_supported(f"more than {MAX_NESTING} queries within one another")
        depth = self.depth
        self.depth = 0
        query = self._outermost(select, outer, ctes, schema, self.nesting == 1)
        self.depth = depth
        self.nesting -= 1
        return query

    def _outermost(
        self,
        select: ast.Select,
        outer: Scope | None,
        ctes: CommonTables | None,
        schema: str | None,
        own: bool,
    ) -> Query:
        """A query, bound; whatever is wrong in one that is in no other, its tables are asked for first."""
        if self.within_query or self._inserts_one_row(select):
            return self._asked(select, outer, ctes, schema, own)
        self.within_query = True
        text, spans, views = self.text, self.spans, len(self.open_views)
        try:
            query = self._asked(select, outer, ctes, schema, own)
        except OperationalError:
            self.text, self.spans = text, spans
            del self.open_views[views:]
            self._expansion().check(select, outer, ctes, schema)
            raise
        self.within_query = False
        return query

    def _asked(
        self,
        select: ast.Select,
        outer: Scope | None,
        ctes: CommonTables | None,
        schema: str | None,
        own: bool,
    ) -> Query:
        """A query, bound, about which the authorizer is asked; ``own``: the query is the statement's own."""
        authorization = self.authorization
        body = select.body
        if authorization is None or self._inserts_one_row(select) or (own and self.condition):
            return bind_query(self, select, outer, ctes, schema)
        authorization.begin_query(own)
        query = bind_query(self, select, outer, ctes, schema)
        terms = 1 + len(body.rest) if isinstance(body, ast.Compound) else 1
        authorization.end_query(terms, outer is not None, _is_recursion(query.bound))
        return query

    def _inserts_one_row(self, select: ast.Select) -> bool:
        """Whether a query is the one row of values of an INSERT, which SQLite takes for expressions."""
        body = select.body
        return self.inserts and isinstance(body, ast.Values) and len(body.rows) == 1

    def subquery(self, select: ast.Select, scope: Scope) -> Subquery:
        depth = self.depth
        self.nested = True
        query = self._outermost(select, scope, scope.ctes, scope.default_schema, False)
        self.depth = depth
        return Subquery(query.bound, free_sources(query.bound), query.compared)

    def width(self, select: ast.Select, scope: Scope) -> int:
        return self._expansion().width(select, scope)

    def _expansion(self) -> Expansion:
        """What asks for tables alone, at this place of the text."""
        expansion: Expansion = named("Expansion")(self.catalog, self.functions, self.text, Binder)
        expansion.collations, expansion.spans = self.collations, self.spans
        expansion.open_views.extend(self.open_views)
        expansion.step = self.step
        return expansion

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


def _is_recursion(query: Bound) -> bool:
    """Whether a query is that of a recursive common table."""
    while isinstance(query, BoundLimit):
        query = query.query
    return isinstance(query, BoundRecursion)
