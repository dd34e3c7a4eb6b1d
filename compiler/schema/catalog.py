"""The catalog: the schemas of a connection's databases, in order.

It is also where the planner asks how many rows there are: what ANALYZE did not find, an estimator guesses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy_extensions import mypyc_attr

from foundrydb.compiler.schema.names import SCHEMA_TABLE_NAMES, fold
from foundrydb.compiler.schema.objects import Index, Table, Trigger, View
from foundrydb.compiler.schema.schema import Schema
from foundrydb.compiler.schema.watch import Watch
from foundrydb.errors import Error
from foundrydb.vm.transactions.attached import MAIN, TEMP, Attached, AttachedDatabases

if TYPE_CHECKING:
    from foundrydb.compiler.schema.samples import Samples


DEFAULT_ROWS: Final = 1048576
"""How many rows a table is thought to have when nothing is known of it."""

STALE: Final = 2.0
"""How many times its rows a table must gain or lose before its indexes are looked at anew."""


@mypyc_attr(allow_interpreted_subclasses=True)
class RowEstimator:
    """Tells what sqlite_stat1 does not: the connection's one asks the B-trees."""

    def rows(self, table: Table) -> float:
        """The estimated number of rows, negative when unknown."""
        return -1.0

    def averages(self, index: Index) -> list[float]:
        """What ``Index.averages`` would say, estimated; empty when unknown."""
        return []

    def nearness(self, index: Index) -> float:
        """``Index.nearness``, estimated; 0 when unknown."""
        return 0.0

    def samples(self, index: Index) -> Samples | None:
        """The samples of an index that sqlite_stat4 has; None when there are none.

        Raises:
            Error: it cannot be read now.
        """
        return None


def no_databases() -> AttachedDatabases[Schema]:
    """The two databases that every connection has, neither opened."""
    names = ("main", "temp")
    return AttachedDatabases(
        [Attached(number, name, None, Schema(name, number)) for number, name in enumerate(names)]
    )


class Catalog:
    """All schemas of a connection.

    Args:
        attached: the connection's databases; without any, it is a catalog of two empty schemas.

    Attributes:
        estimator: asked for row counts of tables that were not analyzed.
        watch: asked whether a compilation may go on.
    """

    def __init__(self, attached: AttachedDatabases[Schema] | None = None) -> None:
        self._attached: Final = attached if attached is not None else no_databases()
        self.estimator = RowEstimator()
        self.watch = Watch()
        self._estimates: dict[int, float] = {}

    @property
    def schemas(self) -> list[Schema]:
        """Those of main, of temp, then of the other databases, by number."""
        return [each.schema for each in self._attached.all]

    @property
    def main(self) -> Schema:
        """The schema of the main database."""
        return self._attached.all[MAIN].schema

    @property
    def temp(self) -> Schema:
        """The schema of the database temp."""
        return self._attached.all[TEMP].schema

    def schema(self, name: str) -> Schema | None:
        """The schema of that name, None for none."""
        key = fold(name)
        for each in self._attached.all:
            if fold(each.name) == key:
                return each.schema
        return None

    def search_order(self) -> list[Schema]:
        """The schemas in which a name without schema is sought: temp, main, then the others."""
        order = self.schemas
        order[MAIN], order[TEMP] = order[TEMP], order[MAIN]
        return order

    def present(self, name: str | None = None) -> list[Schema]:
        """The schema of that name; without one, those of all databases that there are: of temp once it is opened."""
        if name is not None:
            found = self.schema(name)
            return [] if found is None else [found]
        return [
            each.schema for each in self._attached.all if each.number != TEMP or each.database is not None
        ]

    def find_table(self, name: str, schema: str | None = None) -> Table | None:
        """The table of that name, sought in ``schema`` or, without one, in search order."""
        if schema is not None:
            found = self.schema(schema)
            return None if found is None else found.table(name)
        key = fold(name)
        if key in SCHEMA_TABLE_NAMES:
            return self.main.schema_table
        for candidate in self.search_order():
            table = candidate.table(name)
            if table is not None:
                return table
        return None

    def find_relation(self, name: str, schema: str | None = None) -> Table | View | None:
        """The table or view of that name, whichever the search order meets first."""
        if schema is None and fold(name) in SCHEMA_TABLE_NAMES:
            return self.main.schema_table
        for candidate in self._candidates(schema):
            table = candidate.table(name)
            if table is not None:
                return table
            view = candidate.view(name)
            if view is not None:
                return view
        return None

    def find_view(self, name: str, schema: str | None = None) -> View | None:
        """The view of that name, sought as ``find_table`` does."""
        for candidate in self._candidates(schema):
            view = candidate.view(name)
            if view is not None:
                return view
        return None

    def find_index(self, name: str, schema: str | None = None) -> Index | None:
        """The index of that name, sought as ``find_table`` does."""
        for candidate in self._candidates(schema):
            index = candidate.index(name)
            if index is not None:
                return index
        return None

    def find_trigger(self, name: str, schema: str | None = None) -> Trigger | None:
        """The trigger of that name, sought as ``find_table`` does."""
        for candidate in self._candidates(schema):
            trigger = candidate.trigger(name)
            if trigger is not None:
                return trigger
        return None

    def triggers_of(self, table: str, schema: str) -> list[Trigger]:
        """The triggers on a table or view as they are set off: those of temp first, then its own, the newest first."""
        key = fold(schema)
        own, *temporary = self.seeing(schema)
        out = [t for each in temporary for t in each.triggers_of(table) if self._hangs_in(t, key)]
        out.extend([t for t in reversed(own.triggers_of(table)) if self._hangs_in(t, key)])
        return out

    def _hangs_in(self, trigger: Trigger, schema: str) -> bool:
        """Whether the table or view of a trigger is in the schema of that (folded) name."""
        if trigger.table_schema:
            return fold(trigger.table_schema) == schema
        relation = self.table_of(trigger)
        return relation is not None and fold(relation.schema) == schema

    def settle_triggers(self) -> None:
        """Settle on which table each temporary trigger hangs: what its name means now counts from here on."""
        for trigger in self.temp.triggers.values():
            if not trigger.table_schema:
                relation = self.table_of(trigger)
                if relation is not None:
                    trigger.table_schema = relation.schema

    def table_of(self, trigger: Trigger) -> Table | View | None:
        """The table or view that a trigger hangs on, None where it is gone."""
        return self.find_relation(trigger.table, trigger.table_schema or None)

    def is_read_only(self, schema: Schema) -> bool:
        """Whether the database cannot be written."""
        database = self._attached.all[schema.number].database
        return database is not None and database.pager.read_only

    def seeing(self, schema: str) -> list[Schema]:
        """The schemas whose objects may refer to what a schema holds: itself, and temp."""
        own = self.schema(schema)
        return [self.temp] if own is None or own is self.temp else [own, self.temp]

    def _candidates(self, schema: str | None) -> list[Schema]:
        """The schemas in which to seek a name."""
        if schema is None:
            return self.search_order()
        found = self.schema(schema)
        return [] if found is None else [found]

    def row_count(self, table: Table) -> float:
        """The number of rows to plan with: sqlite_stat1, else an estimate of the B-tree, else a default."""
        if table.analyzed_rows >= 0:
            return max(table.analyzed_rows, 1.0)
        known = self._estimates.get(id(table))
        if known is None:
            rows = self.estimator.rows(table)
            known = float(DEFAULT_ROWS) if rows < 0 else max(rows, 1.0)
            self._estimates[id(table)] = known
        return known

    def averages(self, index: Index) -> list[float]:
        """``Index.averages``, of an index that was not analyzed estimated; empty when unknown.

        The estimate is kept until the table has twice or half as many rows.
        """
        if index.averages or index.table.analyzed_rows >= 0:
            return index.averages
        rows = self.row_count(index.table)
        if not index.sampled_rows / STALE <= rows <= index.sampled_rows * STALE:
            index.sampled = self.estimator.averages(index)
            index.sampled_rows = rows
        return index.sampled

    def nearness(self, index: Index) -> float:
        """``Index.nearness``; as with ``averages`` it is kept until the table has twice or half as many rows."""
        rows = self.row_count(index.table)
        if not index.nearness_rows / STALE <= rows <= index.nearness_rows * STALE:
            index.nearness = self.estimator.nearness(index)
            index.nearness_rows = rows
        return index.nearness

    def samples(self, index: Index) -> Samples | None:
        """``Index.samples``, read when they are first asked for; None for an index that was not analyzed."""
        if not index.samples_known and index.averages:
            try:
                index.samples = self.estimator.samples(index)
                index.samples_known = True
            except Error:
                return None
        return index.samples

    def forget_estimates(self) -> None:
        """Have tables estimated anew: a statement's planning begins."""
        self._estimates.clear()
