"""Which index would help a query: candidates are made in a copy of the schema, and the planner is asked.

Candidates come from the query as it is before indexes are chosen: columns that are compared with something, columns
that rows are sorted or grouped by.  Each is tried by itself, with statistics of a sample of the table's rows; the best
one that makes the plan cheaper stays, and the others are tried beside it.  Where none helps alone, those of one column
are tried together: an OR takes one for each side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from foundrydb.api.connection import Connection, connect
from foundrydb.compiler.bind.bound import (
    ROWID,
    Between,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    Source,
)
from foundrydb.compiler.bind.properties import sources_in, walk
from foundrydb.compiler.plan.nodes import Aggregate, Node, Project, Sort, Window
from foundrydb.compiler.plan.optimizer import PASSES
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.schema.objects import Table
from foundrydb.errors import ProgrammingError
from foundrydb.toolkit import stages
from foundrydb.toolkit.pass_bisection import passes_left_out
from foundrydb.toolkit.plan_facts import facts_of

SAMPLE: Final = 10_000
"""So many rows of a table are looked at for the statistics of an index."""

GAIN: Final = 0.9
"""An index helps when it makes the plan's cost less than this share of what it was."""

MOST_CANDIDATES: Final = 40
MOST_INDEXES: Final = 3
MOST_COLUMNS: Final = 4
"""A covering index is tried up to so many columns."""

WIDTH: Final = 1.2
"""So much better has a plan to be for each further column of an index, which has to be kept up to date."""

PHYSICAL: Final = frozenset([each.name for each in PASSES if each.place.startswith("physical.")])

Key = tuple[tuple[str, bool], ...]
"""The columns of an index, and whether each is descending."""


@dataclass(frozen=True)
class PossibleIndex:
    """An index that could be: its table's name, and its columns."""

    table: str
    key: Key

    @property
    def name(self) -> str:
        """What it is called."""
        return "_".join([self.table, *[column for column, _ in self.key]])

    def sql(self) -> str:
        """The statement that makes it."""
        columns = ", ".join(quoted_name(name) + (" DESC" if down else "") for name, down in self.key)
        return f"CREATE INDEX {quoted_name(self.name)} ON {quoted_name(self.table)}({columns})"


@dataclass(frozen=True)
class IndexAdvice:
    """What would help a query.

    Attributes:
        statements: CREATE INDEX, one for each index; empty where none helps.
        before, after: the plans without and with them, by the same statistics.
    """

    statements: list[str]
    before: Node
    after: Node


def advise(sql: str, connection: Connection) -> IndexAdvice:
    """Say which indexes of the main database would make a statement cheaper.

    Nothing is changed; some rows of the tables that the statement reads are looked at.

    Raises:
        Error: the statement is wrong.
        ProgrammingError: it has no plan, so that no index matters.
    """
    if stages.compile(sql, connection).plan is None:
        raise ProgrammingError("the statement has no plan: it is neither a query nor a change of rows")
    with passes_left_out(connection, PHYSICAL):
        plan = stages.compile(sql, connection).plan
    assert plan is not None
    uses = _uses_of(plan)
    workshop = _Workshop(connection, [use.table for use in uses.values()])
    try:
        return _improve(sql, workshop, uses)
    finally:
        workshop.copy.close()


def _improve(sql: str, workshop: _Workshop, uses: dict[str, TableUse]) -> IndexAdvice:
    """Add the best candidate, and again, as long as that helps."""
    before = after = workshop.plan(sql)
    taken: list[PossibleIndex] = []
    while len(taken) < MOST_INDEXES:
        best: tuple[float, PossibleIndex, Node] | None = None
        for candidate in _candidates(uses, taken):
            plan = workshop.try_out(sql, candidate)
            rank = plan.cost * WIDTH ** len(candidate.key)
            helps = plan.cost < after.cost * GAIN and candidate.name in facts_of(plan).indexes
            if helps and (best is None or rank < best[0]):
                best = rank, candidate, plan
        if best is None:
            break
        _, chosen, after = best
        taken.append(chosen)
        workshop.make(chosen)
    if not taken:
        taken, after = _together(sql, workshop, uses, before)
    return IndexAdvice([each.sql() for each in taken], before, after)


def _together(
    sql: str, workshop: _Workshop, uses: dict[str, TableUse], before: Node
) -> tuple[list[PossibleIndex], Node]:
    """The indexes of one column that help together, and the plan with them."""
    singles = [each for each in _candidates(uses, []) if len(each.key) == 1]
    for candidate in singles:
        workshop.make(candidate)
    plan = workshop.plan(sql)
    used = facts_of(plan).indexes
    if plan.cost >= before.cost * GAIN:
        return [], before
    return [each for each in singles if each.name in used], plan


# -- what a query asks of its tables


@dataclass
class TableUse:
    """What a query does with the columns of one table, in all places where it reads it."""

    table: Table
    equal: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    orders: list[Key] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


def _uses_of(plan: Node) -> dict[str, TableUse]:
    """The uses of main's tables, by their names."""
    found: dict[str, TableUse] = {}
    nodes = all_nodes(plan)
    made = {
        id(node.source): node.exprs if isinstance(node, Project) else node.keys
        for node in nodes
        if isinstance(node, (Project, Aggregate))
    }
    for node in nodes:
        for expr in node.expressions():
            for part in walk(expr):
                if isinstance(part, ColumnRef):
                    _add(found, part, "read")
                else:
                    _note_condition(part, found)
        _note_order(node, made, found)
    return found


def _column(ref: Expr) -> tuple[Table, str] | None:
    """The column of one of main's tables that an expression is, if it is one that an index could have."""
    if not isinstance(ref, ColumnRef) or ref.index == ROWID or ref.source.schema != "main":
        return None
    table = ref.source.table
    if not isinstance(table, Table) or table.virtual_module or table.system:
        return None
    return table, table.columns[ref.index].name


def _add(found: dict[str, TableUse], ref: Expr, kind: str) -> None:
    """Note a column under a kind of use."""
    column = _column(ref)
    if column is not None:
        table, name = column
        names: list[str] = getattr(found.setdefault(table.name, TableUse(table)), kind)
        if name not in names:
            names.append(name)


def _note_condition(expr: Expr, found: dict[str, TableUse]) -> None:
    """Note the columns that an expression compares with something that is known without their row."""
    if isinstance(expr, Compare):
        kind = "equal" if expr.op in ("=", "IS") else "ranges" if expr.op in ("<", "<=", ">", ">=") else ""
        if kind:
            for side, other in ((expr.left, expr.right), (expr.right, expr.left)):
                if isinstance(side, ColumnRef) and side.source not in _sources(other):
                    _add(found, side, kind)
    elif isinstance(expr, Between) and not expr.negated:
        _add(found, expr.operand, "ranges")
    elif isinstance(expr, (InList, InQuery)) and not expr.negated:
        _add(found, expr.operand, "equal")


def _sources(expr: Expr) -> list[Source]:
    return list(sources_in(expr))


def _note_order(node: Node, made: dict[int, list[Expr]], found: dict[str, TableUse]) -> None:
    """Note the columns that a node has rows sorted or grouped by, as far as they are of one table."""
    terms: list[tuple[Expr, bool]] = []
    if isinstance(node, Sort):
        terms = [(term.expr, term.descending) for term in node.terms]
    elif isinstance(node, Window):
        terms = [(expr, False) for expr in node.partition]
        terms += [(term.expr, term.descending) for term in node.order]
    elif isinstance(node, Aggregate):
        terms = [(key, False) for key in node.keys]
        if not terms and len(node.aggregates) == 1 and node.aggregates[0].function.name in ("min", "max"):
            terms = [(arg, False) for arg in node.aggregates[0].args[:1]]
    key: list[tuple[str, bool]] = []
    first: Table | None = None
    for expr, descending in terms:
        column = _column(_resolved(expr, made))
        if column is None or (first is not None and column[0] is not first):
            break
        first = column[0]
        key.append((column[1], descending))
    if first is not None:
        if all(descending for _, descending in key):
            key = [(name, False) for name, _ in key]
        orders = found.setdefault(first.name, TableUse(first)).orders
        if tuple(key) not in orders:
            orders.append(tuple(key))


def _resolved(expr: Expr, made: dict[int, list[Expr]]) -> Expr:
    """What a column of a node's own source is computed from."""
    while isinstance(expr, ColumnRef) and expr.index >= 0:
        exprs = made.get(id(expr.source), [])
        if expr.index >= len(exprs):
            break
        expr = exprs[expr.index]
    return expr


# -- candidates


def _candidates(uses: dict[str, TableUse], taken: list[PossibleIndex]) -> list[PossibleIndex]:
    """The indexes that are worth a try beside those that were taken."""
    found: dict[PossibleIndex, None] = {}
    for name, use in uses.items():
        for key in _keys(use):
            candidate = PossibleIndex(name, key)
            if not _is_there(use.table, key) and candidate not in taken:
                found[candidate] = None
    return list(found)[:MOST_CANDIDATES]


def _keys(use: TableUse) -> list[Key]:
    """Columns of indexes: by one condition, by all, with a range or an order behind, and with all that is read."""
    equal: list[Key] = [((name, False),) for name in use.equal]
    ranges: list[Key] = [((name, False),) for name in use.ranges]
    all_equal: Key = tuple([(name, False) for name in use.equal])
    heads = [*equal, *([all_equal] if len(equal) > 1 else [])]
    tails = [*ranges, *use.orders]
    keys = [*heads, *tails, *[_joined(head, tail) for head in heads for tail in tails]]
    covering = [_joined(key, tuple([(name, False) for name in use.read])) for key in keys]
    return keys + [key for key in covering if len(key) <= MOST_COLUMNS]


def _joined(head: Key, tail: Key) -> Key:
    """Columns, and others behind them that are not among them."""
    names = [name for name, _ in head]
    return head + tuple([item for item in tail if item[0] not in names])


def _is_there(table: Table, key: Key) -> bool:
    """Whether an index of the table begins with these columns."""
    names = [name.lower() for name, _ in key]
    if names == [table.columns[table.rowid_alias].name.lower()] and table.rowid_alias >= 0:
        return True
    for index in table.indexes:
        own = [table.columns[item.column].name.lower() for item in index.columns if item.column >= 0]
        downs = [item.descending for item in index.columns]
        same_order = len({down != wanted for down, (_, wanted) in zip(downs, key)}) <= 1
        if (
            index.where is None
            and len(own) == len(index.columns)
            and own[: len(names)] == names
            and same_order
        ):
            return True
    return False


# -- the copy


class _Workshop:
    """A copy of a schema, without rows, in which indexes come and go.

    Args:
        connection: whose main database it is.
        tables: those that count; they get statistics, the real ones where they were analyzed.

    Attributes:
        copy: a connection on the copy.
    """

    def __init__(self, connection: Connection, tables: list[Table]) -> None:
        self._connection: Final = connection
        self._sizes: Final[dict[str, float]] = {}
        self.copy: Final = connect(":memory:", isolation_level=None)
        for (sql,) in connection.execute(
            "SELECT sql FROM main.sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            " ORDER BY type <> 'table', type <> 'index', type <> 'view', rowid"
        ).fetchall():
            self.copy.execute(str(sql))
        self.copy.executescript("ANALYZE; DELETE FROM sqlite_stat1; DELETE FROM sqlite_stat4")
        for table in tables:
            self._take_statistics(table)
        self.copy.execute("ANALYZE sqlite_schema")

    def _take_statistics(self, table: Table) -> None:
        (size,) = self._connection.execute(f"SELECT count(*) FROM main.{quoted_name(table.name)}").fetchone()
        self._sizes[table.name] = size
        self._put(table.name, None, str(size))
        for index in table.indexes:
            columns = [table.columns[item.column].name for item in index.columns if item.column >= 0]
            if index.where is None and len(columns) == len(index.columns):
                name = table.name if index.clustered else index.name
                self._put(table.name, name, self._averages(table.name, columns))

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

    def plan(self, sql: str) -> Node:
        """The plan that the copy makes."""
        plan = stages.compile(sql, self.copy).plan
        assert plan is not None
        return plan

    def make(self, candidate: PossibleIndex) -> None:
        """Make an index, with statistics."""
        self.copy.execute(candidate.sql())
        columns = [name for name, _ in candidate.key]
        self._put(candidate.table, candidate.name, self._averages(candidate.table, columns))
        self.copy.execute("ANALYZE sqlite_schema")

    def try_out(self, sql: str, candidate: PossibleIndex) -> Node:
        """The plan with an index, which goes again."""
        self.make(candidate)
        try:
            return self.plan(sql)
        finally:
            self.copy.execute(f"DROP INDEX {quoted_name(candidate.name)}")
