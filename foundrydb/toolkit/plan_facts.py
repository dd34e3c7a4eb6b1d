"""What a plan does to tables, in terms that two plans can be compared by: how each is read, and what is sorted.

A *search* goes to the rows that it wants by rowid or index, a *scan* reads a whole table or index.  Estimates are the
planner's (``plan/costs``): rows of one run of a node, cost in units of a row visited.
"""

from __future__ import annotations

from dataclasses import dataclass

from foundrydb.compiler.bind.text import ExprText
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    CountRows,
    IndexScan,
    Node,
    OfTable,
    RowidSeek,
    Scan,
    Sort,
    TransientIndex,
    Window,
)
from foundrydb.compiler.plan.walk import all_nodes

SCAN = "scan"
SEARCH = "search"
COUNT = "count"


@dataclass(frozen=True)
class TableRead:
    """How a plan reads a table in one place.

    Attributes:
        name: what the statement calls the table there: its alias, where it has one.
        table: the table.
        way: SCAN, SEARCH or COUNT (the rows are counted, not read).
        index: the index that is used, "" for the table's own tree.
        rows: how many rows one run is expected to read.
    """

    name: str
    table: str
    way: str
    index: str
    rows: float

    def __str__(self) -> str:
        called = self.table if self.name.lower() == self.table.lower() else f"{self.table} as {self.name}"
        return f"{self.way} {called}" + (f" by {self.index}" if self.index else "")


@dataclass(frozen=True)
class PlanFacts:
    """What a plan does.

    Attributes:
        cost, rows: the estimates for the whole of it.
        reads: of tables, in the order of the plan's text.
        sorts: what is sorted, in words (``ORDER BY bell.weight``).
        made_indexes: what an index is made of for this statement alone.
    """

    cost: float
    rows: float
    reads: list[TableRead]
    sorts: list[str]
    made_indexes: list[str]

    @property
    def indexes(self) -> list[str]:
        """The names of the indexes that are used, each once."""
        return list(dict.fromkeys(read.index for read in self.reads if read.index))

    def scans(self) -> list[TableRead]:
        """The reads of whole tables and indexes."""
        return [read for read in self.reads if read.way == SCAN]


def facts_of(plan: Node) -> PlanFacts:
    """The facts of a plan, those of its subqueries included."""
    exprs = ExprText()
    reads: list[TableRead] = []
    sorts: list[str] = []
    made: list[str] = []
    for node in all_nodes(plan):
        if isinstance(node, OfTable):
            read = _read(node)
            reads += [] if read is None else [read]
        elif isinstance(node, TransientIndex):
            made.append(exprs.texts(node.own))
        else:
            sorts += _sorts(node, exprs)
    return PlanFacts(plan.cost, plan.rows, reads, sorts, made)


def _read(node: OfTable) -> TableRead | None:
    """How a node reads its table; None where it leaves that to other nodes."""
    index = ""
    if isinstance(node, Scan):
        way = SCAN
    elif isinstance(node, RowidSeek):
        way = SEARCH
    elif isinstance(node, IndexScan):
        index = node.index.name
        whole = not node.equal and node.low is None and node.high is None and not node.once
        way = SCAN if whole else SEARCH
    elif isinstance(node, CountRows):
        index = "" if node.index is None else node.index.name
        way = COUNT
    else:
        return None
    return TableRead(node.source.name or node.table.name, node.table.name, way, index, node.rows)


def _sorts(node: Node, exprs: ExprText) -> list[str]:
    """What a node sorts."""
    if isinstance(node, Sort):
        return [f"ORDER BY {', '.join(exprs.text(term.expr) for term in node.terms[node.ordered :])}"]
    if isinstance(node, Window) and not node.sorted and (node.partition or node.order):
        keys = node.partition + [term.expr for term in node.order]
        return [f"window over {exprs.texts(keys)}"]
    if not isinstance(node, Aggregate):
        return []
    within = [f"{spec.function.name}(… ORDER BY)" for spec in node.aggregates if spec.order_by]
    grouped = bool(node.keys) and not node.sorted and not node.hashed
    return within + ([f"GROUP BY {exprs.texts(node.keys)}"] if grouped else [])
