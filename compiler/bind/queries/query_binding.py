"""What those who bind queries know of one another: how to bind a query that stands inside another."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.queries.query import Query
from foundrydb.compiler.bind.scope import CommonTableEntry, CommonTables, Scope
from foundrydb.compiler.bind.statements import Bound, BoundOutput
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.objects import View
from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.functions.registry import FunctionRegistry


BoundT = TypeVar("BoundT", bound=Bound)


class QueryBinding(Binding):
    """The binder, as its parts see it.

    Attributes:
        open_views: the views whose queries are being bound, outermost first.
        commons: the common table expressions of the statement.
        common_uses: how often they are used, those uses too that are within others.
        nesting: how many queries are being bound within one another.
        settings: what PRAGMAs have set, by name.
        within_query: a query is being bound.
        nested: a subquery has been met in an expression.
        inserts: the statement is INSERT; its one row of values is no query: nobody is asked whether it may be read.
        condition: nor is it asked about the statement's query, which stands for a condition.
        drops: the statement deletes the rows of a table that goes with them.
    """

    def __init__(self, catalog: Catalog, functions: FunctionRegistry, text: str) -> None:
        super().__init__(catalog, functions, text)
        self.open_views: list[View] = []
        self.commons: list[CommonTableEntry] = []
        self.common_uses = 0
        self.nesting = 0
        self.settings: dict[str, Value] = {}
        self.within_query = False
        self.nested = False
        self.inserts = False
        self.condition = False
        self.drops = False

    @property
    def around(self) -> Scope | None:
        """What the whole statement stands in: the row that a trigger's program is run for."""
        return None if self.step is None else self.step.scope

    @property
    def home(self) -> str | None:
        """The schema in which the statement's unqualified tables are sought, None for everywhere."""
        return None if self.step is None else self.step.home

    def conflict(self, written: str) -> str:
        """The OR clause that counts: that of the statement which set off the trigger comes before the one written."""
        return written if self.step is None or not self.step.conflict else self.step.conflict

    def asked_by(self, syntax: ast.Node, bound: BoundT) -> BoundT:
        """What was bound, which knows from now on the syntax that asks for it.

        What a view's text asks for is left to the name that asks for the view.
        """
        if self.spans and bound.origin is None:
            bound.origin = syntax
        return bound

    def shared(self) -> list[int]:
        """The numbers of the common tables that are used more than once."""
        return [entry.number for entry in self.commons if entry.uses > 1]

    def nested_query(
        self, select: ast.Select, outer: Scope | None, ctes: CommonTables | None, schema: str | None
    ) -> Query:
        """A query, bound.

        outer: the scope whose names it may use.  ctes: the common tables in sight.
        schema: where its unqualified tables are sought, None for everywhere.
        """
        raise NotImplementedError

    def whole_query(self, select: ast.Select) -> BoundOutput:
        """A statement's own query, bound, all of whose mistakes are told."""
        raise NotImplementedError

    def uses(self, entry: CommonTableEntry) -> None:
        """Count a use of a common table."""
        self.common_uses += 1
        entry.uses += 1

    def sees(self, entry: CommonTableEntry) -> bool:
        """Whether a common table that is in scope is found."""
        return True

    def ambiguous_using(self, problem: Error) -> None:
        """Refuse a USING column that several tables on its left have."""
        raise problem

    def meet_view(self, view: View) -> None:
        """A view has been found in FROM; its query is looked at next."""

    def stop_if_refused(self) -> None:
        """Raise what has been refused so far, where nothing more is looked at after it."""
