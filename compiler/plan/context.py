"""What passes, and the search for ways to read a table, may ask for beside the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Expr, Source
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.schema.row_expressions import index_filter, index_keys
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.objects import Index

if TYPE_CHECKING:
    from foundrydb.compiler.plan.choices import Choices
    from foundrydb.vm.functions.registry import FunctionRegistry


@final
class PassContext:
    """What passes may ask for beside the plan.

    Attributes:
        catalog: tables, indexes and row counts.
        functions: to evaluate constants.
        encoding: of the main database's text.
        choices: takes notes of what was weighed; None where nobody asks.
        unordered: the sources (by number) that are to be read backwards, since nobody asked for their order.
        nested: expressions hold subqueries.
        substituted: expressions have been put in the place of columns since constants were folded.
    """

    def __init__(
        self,
        catalog: Catalog,
        functions: FunctionRegistry,
        encoding: int,
        choices: Choices | None = None,
        unordered: frozenset[int] = frozenset(),
        nested: bool = True,
    ) -> None:
        self.catalog: Final = catalog
        self.functions: Final = functions
        self.encoding: Final = encoding
        self.choices: Final = choices
        self.unordered: Final = unordered
        self.nested: Final = nested
        self.substituted = False
        self._binding: QueryBinding | None = None
        self._keys: dict[tuple[int, int], list[Expr | None]] = {}
        self._filters: dict[tuple[int, int], Expr | None] = {}

    def key_expressions(self, index: Index, source: Source) -> list[Expr | None]:
        """Per key column of an index, its expression over ``source``; None for a plain column."""
        place = (id(index), source.number)
        known = self._keys.get(place)
        if known is None:
            known = index_keys(self._builder(), index, source)
            self._keys[place] = known
        return known

    def filter_expression(self, index: Index, source: Source) -> Expr | None:
        """The condition of a partial index over ``source``, folded as a query's are; None for one that always holds."""
        if index.where is None:
            return None
        place = (id(index), source.number)
        if place not in self._filters:
            condition = index_filter(self._builder(), index, source)
            self._filters[place] = named("folded_condition")(condition, self)
        return self._filters[place]

    def _builder(self) -> QueryBinding:
        """Binds the expressions of indexes."""
        if self._binding is None:
            self._binding = QueryBinding(self.catalog, self.functions, "")
        return self._binding
