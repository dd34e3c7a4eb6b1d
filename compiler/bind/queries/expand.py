"""Whether a query's tables are there, asked of all its parts before any of its columns is looked up.

SQLite does this first.  Where a query names a table that does not exist, or joins by a column that one side lacks, that
is what is reported, whatever else is wrong anywhere in it.  So a query that has been found wrong in another way is
looked through once more here; the parts in SQLite's order: FROM, result, WHERE, ON, GROUP BY, HAVING, ORDER BY, LIMIT,
of a compound the last SELECT first.  Of a view it wants to know the columns, and so finds all that is wrong in it.

A USING column that is ambiguous is the one fault after which SQLite goes on: through the rest of the FROM clause, and
of the query whose own column it is.  It finds no common table from there on, and says so instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Literal, OutputColumn, Subquery
from foundrydb.compiler.bind.expressions.desugar import conjunction_start, conjuncts_reversed
from foundrydb.compiler.bind.queries.column_names import result_column, values_names
from foundrydb.compiler.bind.queries.joins import declare_from
from foundrydb.compiler.bind.queries.query import Query
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.recursion import begin_steps, recursive_selects
from foundrydb.compiler.bind.queries.relations import star_select
from foundrydb.compiler.bind.queries.stars import columns_of_star
from foundrydb.compiler.bind.queries.whole_query import open_with
from foundrydb.compiler.bind.scope import CommonTableEntry, CommonTables, Scope
from foundrydb.compiler.bind.statements import BoundValues
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import View
from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.vm.functions.registry import FunctionRegistry


@final
class Expansion(QueryBinding):
    """Finds the tables of queries, of which only the names of their columns are known.

    Attributes:
        ambiguous: the error for the first ambiguous USING column, None so far.
        sound: the views that have been met.
        binder: what binds the query of a view.
    """

    def __init__(
        self,
        catalog: Catalog,
        functions: FunctionRegistry,
        text: str,
        binder: Callable[[Catalog, FunctionRegistry, str], QueryBinding],
    ) -> None:
        super().__init__(catalog, functions, text)
        self.binder: Final = binder
        self.looks_up_names = False
        self.ambiguous: Error | None = None
        self.sound: Final[list[View]] = []

    def check(
        self, select: ast.Select, outer: Scope | None, ctes: CommonTables | None, schema: str | None
    ) -> None:
        """Raise the error that SQLite reports of a query's tables, if there is one; otherwise as ``nested_query``."""
        self.nested_query(select, outer, ctes, schema)
        self.stop_if_refused()

    def width(self, select: ast.Select, scope: Scope) -> int:
        ctes = open_with(self, select.with_, scope, scope.ctes, scope.default_schema)
        inner = Scope(scope, self.new_source("", []), ctes, scope.default_schema)
        return len(self._term(_terms(select.body)[0], inner))

    def uses(self, entry: CommonTableEntry) -> None:
        """Count a look at a common table, which is no use of it."""
        self.common_uses += 1

    def sees(self, entry: CommonTableEntry) -> bool:
        return self.ambiguous is None

    def meet_view(self, view: View) -> None:
        if view in self.sound:
            return
        builder = self.binder(self.catalog, self.functions, view.sql)
        builder.collations, builder.spans = self.collations, False
        builder.open_views.extend(self.open_views)
        builder.within_query = True
        builder.nested_query(view.select, None, None, view.sought_in())
        self.sound.append(view)

    def ambiguous_using(self, problem: Error) -> None:
        self.ambiguous = self.ambiguous or problem

    def stop_if_refused(self) -> None:
        if self.ambiguous is not None:
            raise self.ambiguous

    def nested_query(
        self, select: ast.Select, outer: Scope | None, ctes: CommonTables | None, schema: str | None
    ) -> Query:
        self.catalog.watch.look()
        common = None if ctes is None else ctes.defined_by(select)
        ctes = open_with(self, select.with_, outer, ctes, schema)
        names: list[str] = []
        rest: list[ast.Node] = list(select.order_by)
        rest.extend([bound for bound in (select.limit, select.offset) if bound is not None])
        terms = _terms(select.body)
        recursive = 0 if common is None else recursive_selects(self, common.syntax, select.body)
        for term in terms[recursive:]:
            scope = Scope(outer, self.new_source("", []), ctes, schema)
            names = self._term(term, scope)
            while rest and not recursive:
                self._within(rest.pop(0), scope)
        if common is not None and recursive:
            begin_steps(self, common, names, [OutputColumn(name) for name in names])
        for term in terms[:recursive]:
            scope = Scope(outer, self.new_source("", []), ctes, schema, common)
            self._term(term, scope)
            while rest:
                self._within(rest.pop(0), scope)
        columns = [OutputColumn(name) for name in names]
        unknown = BoundValues(self.new_source("", columns), [])
        return Query(unknown, columns, names, names, columns)

    def subquery(self, select: ast.Select, scope: Scope) -> Subquery:
        query = self.nested_query(select, scope, scope.ctes, scope.default_schema)
        return Subquery(query.bound, [], query.columns)

    def _term(self, term: ast.SelectTerm, scope: Scope) -> list[str]:
        """The names of the columns of one SELECT or VALUES."""
        if isinstance(term, ast.Values):
            self._within(term, scope)
            return values_names(term.rows[0])
        assert isinstance(term, ast.SelectCore)
        if term.from_ is not None:
            declare_from(self, term.from_, scope)
        names: list[str] = []
        for column in term.columns:
            names.extend(self._result(column, scope))
        for column in term.columns:
            self._within(column, scope)
        if term.where is not None:
            self._within(term.where, scope)
        if term.from_ is not None:
            self._conditions(term.from_, scope)
        for key in term.group_by:
            self._within(key, scope)
        if term.having is not None:
            self._within(term.having, scope)
        return names

    def _result(self, column: ast.ResultColumn, scope: Scope) -> list[str]:
        if isinstance(column, ast.ResultExpression):
            return [result_column(self, column, Literal(None), scope).inner]
        table = fold(column.table.text) if isinstance(column, ast.ResultTableStar) else None
        names = [one.name for one in columns_of_star(scope, table)]
        if not names and isinstance(column, ast.ResultTableStar):
            raise self.fail(f"no such table: {column.table.text}", column.table)
        if not scope.items:
            raise self.fail("no tables specified", column)
        return names

    def _conditions(self, source: ast.Source, scope: Scope) -> None:
        """The queries in a FROM clause's conditions and arguments."""
        if isinstance(source, ast.Join):
            self._conditions(source.left, scope)
            self._conditions(source.right, scope)
            if source.on is not None:
                self._within(source.on, scope)
        elif isinstance(source, ast.ParenthesizedSource):
            self._conditions(source.source, scope)
        elif isinstance(source, ast.FunctionSource):
            for argument in source.arguments:
                self._within(argument, scope)

    def _within(self, node: ast.Node, scope: Scope) -> None:
        """The queries in an expression, but for those in what an ``AND 0`` makes of no account to SQLite's parser."""
        if isinstance(node, ast.Select):
            self.subquery(node, scope)
            return
        if isinstance(node, ast.Binary) and node.operator == "AND":
            parts = conjuncts_reversed(node)
            for part in reversed(parts[: len(parts) - conjunction_start(parts)]):
                self._within(part, scope)
            return
        if isinstance(node, ast.InTable) and not node.is_call:
            name = node.table
            self.subquery(star_select(ast.TableSource(name.start, name.end, name, None, None, False)), scope)
        for child in node.children():
            self._within(child, scope)


def _terms(body: ast.SelectBody) -> list[ast.SelectTerm]:
    """The SELECTs of a query, the last one first."""
    if isinstance(body, ast.Compound):
        return [part.term for part in reversed(body.rest)] + [body.first]
    assert isinstance(body, ast.SelectTerm)
    return [body]
