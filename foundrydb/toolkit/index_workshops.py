"""Copies of a schema in which indexes come and go, and a statement is planned with them.

``SampledWorkshop`` has statistics from a sample of a database's rows; ``RehearsedWorkshop`` reads no row, and goes by
the estimates of a rehearsal: an editor asks at every move of the cursor, and may have no database at all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from foundrydb.api.connection import Connection, connect
from foundrydb.compiler.plan.node import Node
from foundrydb.compiler.plan.optimizer import PASSES
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.toolkit import stages
from foundrydb.toolkit.index_candidates import PossibleIndex, TableName, TableUse, uses_of
from foundrydb.toolkit.pass_bisection import passes_left_out
from foundrydb.toolkit.rehearsal import Rehearsal

SAMPLE: Final = 10_000
"""So many rows of a table are looked at for the statistics of an index."""

PHYSICAL: Final = frozenset([each.name for each in PASSES if each.place.startswith("physical.")])


class Workshop(ABC):
    """A schema in which a statement is planned with one index or another.

    Attributes:
        copy: a connection to it.
        uses: what the statement asks of the tables that can get an index.
        covering: whether indexes are worth a try that have all that the statement reads.
    """

    covering = True

    def __init__(self, copy: Connection, uses: dict[TableName, TableUse]) -> None:
        self.copy: Final = copy
        self.uses: Final = uses

    @abstractmethod
    def plan(self) -> Node:
        """The statement's plan."""

    def sizes(self) -> dict[str, int]:
        """The rows of those tables of which that is known."""
        return {}

    def make(self, candidate: PossibleIndex) -> None:
        """Make an index."""
        self.copy.execute(candidate.sql())

    def try_out(self, candidate: PossibleIndex) -> Node:
        """The plan with an index, which goes again."""
        self.make(candidate)
        try:
            return self.plan()
        finally:
            self.copy.execute(f"DROP INDEX {candidate.full_name}")

    def is_free(self, name: str) -> bool:
        """Whether nothing has a name."""
        catalog = self.copy.engine.catalog
        return catalog.find_index(name) is None and catalog.find_relation(name) is None


class RehearsedWorkshop(Workshop):
    """A copy of a rehearsal.

    Args:
        statement: a query or a change of rows.
        sql: the text that it stands in.
        rehearsal: the schema; it stays as it is.

    Raises:
        Error: the statement is wrong.
    """

    covering = False  # how wide rows are is not known, nor how often they change

    def __init__(self, statement: ast.Statement, sql: str, rehearsal: Rehearsal) -> None:
        self._statement: Final = statement
        self._sql: Final = sql
        self._trial: Final = rehearsal.copy()
        super().__init__(self._trial.connection, {})
        try:
            with passes_left_out(self.copy, PHYSICAL):
                self.uses.update(uses_of(self.plan()))
        except BaseException:
            self.copy.close()
            raise

    def plan(self) -> Node:
        plan = self.copy.engine.preparer.stages(self._statement, self._sql).plan
        assert plan is not None
        return plan


class SampledWorkshop(Workshop):
    """A copy of a database's main schema, without rows.

    Args:
        sql: a query or a change of rows.
        connection: to the database; some rows of the tables that the statement reads are looked at, and tables that
            were analyzed keep their statistics.
    """

    def __init__(self, sql: str, connection: Connection) -> None:
        self._sql: Final = sql
        self._connection: Final = connection
        self._sizes: Final[dict[str, int]] = {}
        with passes_left_out(connection, PHYSICAL):
            plan = stages.compile(sql, connection).plan
        assert plan is not None
        uses = {name: use for name, use in uses_of(plan).items() if name[0] == "main"}
        super().__init__(connect(":memory:", isolation_level=None), uses)
        for (made,) in connection.execute(
            "SELECT sql FROM main.sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            " ORDER BY type <> 'table', type <> 'index', type <> 'view', rowid"
        ).fetchall():
            self.copy.execute(str(made))
        self.copy.executescript("ANALYZE; DELETE FROM sqlite_stat1; DELETE FROM sqlite_stat4")
        for use in uses.values():
            self._take_statistics(use.table)
        self.copy.execute("ANALYZE sqlite_schema")

    def plan(self) -> Node:
        plan = stages.compile(self._sql, self.copy).plan
        assert plan is not None
        return plan

    def sizes(self) -> dict[str, int]:
        return self._sizes

    def make(self, candidate: PossibleIndex) -> None:
        super().make(candidate)
        columns = [name for name, _ in candidate.key]
        self._put(candidate.table, candidate.name, self._averages(candidate.table, columns))
        self.copy.execute("ANALYZE sqlite_schema")

    def _take_statistics(self, table: Table) -> None:
        (size,) = self._connection.execute(f"SELECT count(*) FROM main.{quoted_name(table.name)}").fetchone()
        self._sizes[table.name] = size
        self._put(table.name, None, str(size))
        for index in table.indexes:
            columns = [table.columns[item.column].name for item in index.columns if item.column >= 0]
            if index.where is None and len(columns) == len(index.columns):
                self._put(table.name, index.statistics_name, self._averages(table.name, columns))

    def _put(self, table: str, index: str | None, text: str) -> None:
        self.copy.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, index, text))

    def _averages(self, table: str, columns: list[str]) -> str:
        """What sqlite_stat1 would say of an index: how many rows there are, and how many agree in its first columns."""
        size = self._sizes[table]
        sampled = min(size, SAMPLE)
        figures = [size]
        for count in range(1, len(columns) + 1):
            names = ", ".join(quoted_name(name) for name in columns[:count])
            (distinct,) = self._connection.execute(
                f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM"
                f" (SELECT {names} FROM main.{quoted_name(table)} LIMIT {SAMPLE}))"
            ).fetchone()
            # Where most values of the sample are new, so will be most of those beyond it.
            whole = sampled if distinct * 2 > sampled else size
            figures.append(max(round(whole / max(distinct, 1)), 1))
        return " ".join([str(int(figure)) for figure in figures])
