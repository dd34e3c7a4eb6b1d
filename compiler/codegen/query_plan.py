"""EXPLAIN QUERY PLAN: a plan tree in SQLite's words, a function for each class of nodes.

https://sqlite.org/eqp.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Exists, Expr, InQuery, ScalarQuery, Source, Subquery
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.costs.members import tree_of_members
from foundrydb.compiler.plan.walk import visible_sources
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.trees.dispatch import Dispatch
from foundrydb.vm.program import QueryPlanRow

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index


def query_plan_rows(plans: list[nodes.Node]) -> list[QueryPlanRow]:
    """The lines of plans, one after the other: number, parent's number (0 at the top), text."""
    writer = PlanWriter()
    for plan in plans:
        writer.query(plan, 0)
    return writer.rows


@final
class PlanWriter:
    """Collects the lines."""

    def __init__(self) -> None:
        self.rows: Final[list[QueryPlanRow]] = []
        self._subqueries: Final[dict[Subquery, int]] = {}
        self._count = 0
        self._unnamed = 0
        self._shared: Final[list[int]] = []

    def line(self, parent: int, detail: str) -> int:
        """Add a line; its number."""
        number = len(self.rows) + 1
        self.rows.append(QueryPlanRow(number, parent, detail))
        return number

    def query(self, node: nodes.Node, parent: int, suffix: str = "") -> None:
        """The lines of a node and of what it reads.  suffix: what the line of a table ends with."""
        LINES.of(node)(self, node, parent, suffix)
        self.subqueries(node, parent)

    def subqueries(self, node: nodes.Node, parent: int) -> None:
        """The lines of the subqueries in a node's expressions."""
        for subquery, kind in _queries(node):
            self._subquery(subquery, kind, parent)

    def _subquery(self, subquery: Subquery, kind: str, parent: int) -> None:
        plan = subquery.plan
        assert isinstance(plan, nodes.Node)
        if kind.startswith("USING"):
            self.line(parent, kind)
            return
        known = self._subqueries.get(subquery)
        if known is not None:
            self.line(parent, f"REUSE {kind} {known}")
            return
        self._count += 1
        self._subqueries[subquery] = self._count
        correlated = "CORRELATED " if subquery.outer else ""
        self.query(plan, self.line(parent, f"{correlated}{kind} {self._count}"))

    def name(self, node: nodes.Derived) -> str:
        """What a subquery in FROM is called; those without a name are numbered."""
        return node.source.name or self.unnamed()

    def unnamed(self) -> str:
        """What the next subquery without a name is called."""
        self._unnamed += 1
        return f"(subquery-{self._unnamed})"

    def kept(self, node: nodes.Node, parent: int, detail: str) -> None:
        """The lines of what is kept for the right side of a join, and the line in which ``{}`` stands for its name."""
        child = node
        while isinstance(child, nodes.Filter):
            child = child.child
        if isinstance(child, nodes.Join):
            self._unnamed += 1
            name = f"(join-{self._unnamed})"
            self.query(node, self.line(parent, f"MATERIALIZE {name}"))
            self.line(parent, detail.replace("{}", name))
            return
        if isinstance(child, nodes.Derived):
            self.made(child, child.source.origin or child.source.name, True, parent)
        self.line(parent, detail.replace("{}", _written(visible_sources(node)[0])))
        while isinstance(node, nodes.Filter):
            self.subqueries(node, parent)
            node = node.child

    def made(self, node: nodes.Derived, name: str, materialized: bool, parent: int) -> None:
        """How the rows come about; those of a shared common table at its first use only."""
        if node.shared:
            if node.shared in self._shared:
                return
            self._shared.append(node.shared)
        kind = "MATERIALIZE" if materialized or node.shared else "CO-ROUTINE"
        self.query(node.child, self.line(parent, f"{kind} {name}"))


LINES: Final[Dispatch[None]] = Dispatch("the lines of a plan node in EXPLAIN QUERY PLAN", nodes.Node)


# -- what reads other rows ----------------------------------------------------------------------------------------


@LINES.entry(
    nodes.CreateIndex,
    nodes.CreateTableAs,
    nodes.Filter,
    nodes.Limit,
    nodes.Output,
    nodes.Project,
    nodes.Reindex,
    nodes.Update,
    nodes.Vacuum,
)
def _passed_on(writer: PlanWriter, node: nodes.Node, parent: int, suffix: str) -> None:
    """What SQLite does not mention: the lines of what it reads."""
    for child in node.children():
        writer.query(child, parent, suffix)


@LINES.entry(nodes.Insert)
def _insert(writer: PlanWriter, node: nodes.Insert, parent: int, suffix: str) -> None:
    """One row of VALUES is no query to SQLite."""
    if _is_one_row(node.child):
        writer.subqueries(node.child, parent)
    else:
        writer.query(node.child, parent, suffix)


def _is_one_row(node: nodes.Node) -> bool:
    """Whether it is VALUES with one row, or DEFAULT VALUES."""
    return isinstance(node, nodes.SingleRow) or (isinstance(node, nodes.Values) and len(node.tuples) == 1)


@LINES.entry(nodes.Delete)
def _delete(writer: PlanWriter, node: nodes.Delete, parent: int, suffix: str) -> None:
    """The rows of a table that is cleared are not looked for."""
    if not node.everything or node.returning:
        writer.query(node.child, parent, suffix)


@LINES.entry(nodes.Instead)
def _instead(writer: PlanWriter, node: nodes.Instead, parent: int, suffix: str) -> None:
    """Rows of a view are kept, and read again, where it is not given new ones."""
    if node.event == "INSERT" and _is_one_row(node.child):
        writer.subqueries(node.child, parent)
        return
    writer.query(node.child, parent, suffix)
    if node.event != "INSERT":
        writer.line(parent, f"SCAN {node.view}")


@LINES.entry(nodes.Attach, nodes.Detach)
def _attach(writer: PlanWriter, node: nodes.Attach | nodes.Detach, parent: int, suffix: str) -> None:
    """The lines of the subqueries alone: what they stand in is no query to SQLite."""
    output = node.child
    assert isinstance(output, nodes.Output)
    writer.subqueries(output.child, parent)


@LINES.entry(nodes.Join)
def _join(writer: PlanWriter, node: nodes.Join, parent: int, suffix: str) -> None:
    writer.query(node.left, parent, suffix)
    writer.query(node.right, parent, " LEFT-JOIN" if node.kind in ("left", "full") else "")
    if node.kind in ("right", "full"):
        writer.line(parent, f"RIGHT-JOIN {_names(node.right)}")


@LINES.entry(nodes.Sort)
def _sort(writer: PlanWriter, node: nodes.Sort, parent: int, suffix: str) -> None:
    writer.query(node.child, parent, suffix)
    rest = len(node.terms) - node.ordered
    if node.ordered == 0:
        writer.line(parent, "USE TEMP B-TREE FOR ORDER BY")
    elif rest > 0:
        which = "LAST TERM" if rest == 1 else f"LAST {rest} TERMS"
        writer.line(parent, f"USE TEMP B-TREE FOR {which} OF ORDER BY")


@LINES.entry(nodes.Distinct)
def _distinct(writer: PlanWriter, node: nodes.Distinct, parent: int, suffix: str) -> None:
    writer.query(node.child, parent, suffix)
    if not node.sorted:
        writer.line(parent, "USE TEMP B-TREE FOR DISTINCT")


@LINES.entry(nodes.Aggregate)
def _aggregate(writer: PlanWriter, node: nodes.Aggregate, parent: int, suffix: str) -> None:
    for spec in node.aggregates:
        if spec.distinct:
            writer.line(parent, f"USE TEMP B-TREE FOR {spec.function.name}(DISTINCT)")
        if spec.order_by:
            writer.line(parent, f"USE TEMP B-TREE FOR {spec.function.name}(ORDER BY)")
    writer.query(node.child, parent, suffix)
    if node.keys and not node.sorted:
        writer.line(parent, "USE TEMP B-TREE FOR GROUP BY")


@LINES.entry(nodes.Window)
def _window(writer: PlanWriter, node: nodes.Window, parent: int, suffix: str) -> None:
    """What a window is over is a subquery without a name to SQLite."""
    name = writer.unnamed()
    inner = writer.line(parent, f"CO-ROUTINE {name}")
    writer.query(node.child, inner)
    if not node.sorted and (node.partition or node.order):
        writer.line(inner, "USE TEMP B-TREE FOR ORDER BY")
    writer.line(parent, f"SCAN {name}{suffix}")


@LINES.entry(nodes.Compound)
def _compound(writer: PlanWriter, node: nodes.Compound, parent: int, suffix: str) -> None:
    if node.merged:
        top = writer.line(parent, f"MERGE ({node.op})")
        writer.query(node.left, writer.line(top, "LEFT"))
        writer.query(node.right, writer.line(top, "RIGHT"))
        return
    arms: list[tuple[str, nodes.Node]] = []
    left: nodes.Node = node
    while isinstance(left, nodes.Compound) and not left.merged:
        arms.append((left.op, left.right))
        left = left.left
    top = writer.line(parent, "COMPOUND QUERY")
    writer.query(left, writer.line(top, "LEFT-MOST SUBQUERY"))
    for op, arm in reversed(arms):
        text = op if op == "UNION ALL" else f"{op} USING TEMP B-TREE"
        writer.query(arm, writer.line(top, text))


@LINES.entry(nodes.Recursion)
def _recursion(writer: PlanWriter, node: nodes.Recursion, parent: int, suffix: str) -> None:
    writer.query(node.initial, writer.line(parent, "SETUP"))
    writer.query(node.step, writer.line(parent, "RECURSIVE STEP"))


@LINES.entry(nodes.Derived)
def _derived(writer: PlanWriter, node: nodes.Derived, parent: int, suffix: str) -> None:
    name = writer.name(node)
    writer.made(node, node.source.origin or name, node.materialized, parent)
    writer.line(parent, f"SCAN {name}{suffix}")


@LINES.entry(nodes.SeekUnion)
def _union(writer: PlanWriter, node: nodes.SeekUnion, parent: int, suffix: str) -> None:
    top = writer.line(parent, "MULTI-INDEX OR")
    for i, seek in enumerate(node.seeks):
        writer.query(seek, writer.line(top, f"INDEX {i + 1}"))


@LINES.entry(nodes.TransientIndex)
def _transient(writer: PlanWriter, node: nodes.TransientIndex, parent: int, suffix: str) -> None:
    keys = " AND ".join([f"{_own_name(own)}=?" for own in node.own])
    writer.kept(node.child, parent, f"SEARCH {{}} USING AUTOMATIC COVERING INDEX ({keys}){suffix}")


@LINES.entry(nodes.Spool)
def _spool(writer: PlanWriter, node: nodes.Spool, parent: int, suffix: str) -> None:
    writer.kept(node.child, parent, f"SCAN {{}}{suffix}")


def _own_name(own: Expr) -> str:
    """A part of a transient index's key."""
    if not isinstance(own, ColumnRef):
        return "<expr>"
    return own.source.column_name(own.index)


def _names(node: nodes.Node) -> str:
    """What is read on the right side of a join, by the names that aliases stand for."""
    if isinstance(node, (nodes.Scan, nodes.IndexScan, nodes.RowidSeek)):
        return node.table.name
    if isinstance(node, (nodes.Derived, nodes.OfModule, nodes.QueueRow)):
        return node.source.origin or node.source.name
    names = [_names(child) for child in node.children()]
    return ", ".join([name for name in names if name])


def _queries(node: nodes.Node) -> list[tuple[Subquery, str]]:
    """The subqueries in a node's expressions, with what their lines call them."""
    out: list[tuple[Subquery, str]] = []
    waiting: list[Expr] = list(reversed(node.expressions()))
    while waiting:
        expr = waiting.pop()
        if isinstance(expr, InQuery):
            drives = isinstance(node, (nodes.IndexScan, nodes.RowidSeek))
            out.append((expr.query, "LIST SUBQUERY" if drives else _members_kind(expr)))
        elif isinstance(expr, (ScalarQuery, Exists)):
            if not any(expr.query is known for known, _ in out):
                out.append((expr.query, "SCALAR SUBQUERY"))
        waiting.extend(reversed(expr.children()))
    return out


def _members_kind(expr: InQuery) -> str:
    """What the line of an IN's subquery calls it."""
    tree = tree_of_members(expr)
    if tree is None:
        return "LIST SUBQUERY"
    if isinstance(tree, nodes.Scan):
        return f"USING ROWID SEARCH ON TABLE {tree.table.name} FOR IN-OPERATOR"
    return f"USING INDEX {tree.index.name} FOR IN-OPERATOR"


# -- leaves -------------------------------------------------------------------------------------------------------


def _written(source: Source) -> str:
    """A table as the statement names it."""
    return f"{source.prefix}.{source.name}" if source.prefix else source.name


@LINES.entry(nodes.QueueRow)
def _queue_row(writer: PlanWriter, node: nodes.QueueRow, parent: int, suffix: str) -> None:
    writer.line(parent, f"SCAN {node.source.name}{suffix}")


@LINES.entry(nodes.Scan)
def _scan(writer: PlanWriter, node: nodes.Scan, parent: int, suffix: str) -> None:
    writer.line(parent, f"SCAN {_written(node.source)}{suffix}")


@LINES.entry(nodes.RowidSeek)
def _rowid_seek(writer: PlanWriter, node: nodes.RowidSeek, parent: int, suffix: str) -> None:
    keys = _rowid_terms(node)
    writer.line(parent, f"SEARCH {_written(node.source)} USING INTEGER PRIMARY KEY ({keys}){suffix}")


@LINES.entry(nodes.IndexScan)
def _index_scan(writer: PlanWriter, node: nodes.IndexScan, parent: int, suffix: str) -> None:
    writer.line(parent, _index_text(node) + suffix)


@LINES.entry(nodes.CountRows)
def _count_rows(writer: PlanWriter, node: nodes.CountRows, parent: int, suffix: str) -> None:
    using = "" if node.index is None else f" USING COVERING INDEX {node.index.name}"
    writer.line(parent, f"SCAN {node.table.name}{using}{suffix}")


@LINES.entry(nodes.SingleRow)
def _single_row(writer: PlanWriter, node: nodes.SingleRow, parent: int, suffix: str) -> None:
    writer.line(parent, f"SCAN CONSTANT ROW{suffix}")


@LINES.entry(nodes.Values)
def _values(writer: PlanWriter, node: nodes.Values, parent: int, suffix: str) -> None:
    count = len(node.tuples)
    writer.line(parent, ("SCAN CONSTANT ROW" if count == 1 else f"SCAN {count}-ROW VALUES CLAUSE") + suffix)


@LINES.entry(nodes.ModuleSearch)
def _module_search(writer: PlanWriter, node: nodes.ModuleSearch, parent: int, suffix: str) -> None:
    number = f"{node.number:#x}" if node.bits else str(node.number)
    writer.line(parent, f"SCAN {_written(node.source)} VIRTUAL TABLE INDEX {number}:{node.text}{suffix}")


@LINES.entry(nodes.AlterTable, nodes.CheckRows, nodes.RewriteRows)
@LINES.entry(nodes.Analyze, nodes.AnalyzeDatabase, nodes.CountTable, nodes.SampleIndex)
@LINES.entry(nodes.BuildIndex, nodes.Empty, nodes.ModuleScan, nodes.Nothing)
def _unmentioned(writer: PlanWriter, node: nodes.Node, parent: int, suffix: str) -> None:
    """What SQLite does not mention, with all that it reads."""


def _rowid_terms(node: nodes.RowidSeek) -> str:
    if node.equal is not None:
        return "rowid=?"
    terms = []
    if node.low is not None:
        terms.append("rowid>?")
    if node.high is not None:
        terms.append("rowid<?")
    return " AND ".join(terms)


def _index_text(node: nodes.IndexScan) -> str:
    index = node.index
    place = node.skip + len(node.equal)
    terms = [f"ANY({_key_name(node.source, index, i)})" for i in range(node.skip)]
    terms += [f"{_key_name(node.source, index, i)}=?" for i in range(node.skip, place)]
    if node.low is not None:
        terms.append(_end_text(node, node.low, place, ">"))
    if node.high is not None:
        terms.append(_end_text(node, node.high, place, "<"))
    verb = "SEARCH" if terms else "SCAN"
    if index.clustered:
        using = " USING PRIMARY KEY" if terms else ""
    else:
        using = f" USING {'COVERING ' if node.covering else ''}INDEX {index.name}"
    keys = f" ({' AND '.join(terms)})" if terms else ""
    return f"{verb} {_written(node.source)}{using}{keys}"


def _end_text(node: nodes.IndexScan, end: nodes.RangeBound, place: int, op: str) -> str:
    """One end of a range: ``a>?``, ``(a,b)>(?,?)``."""
    names = [_key_name(node.source, node.index, place + i) for i in range(len(end.rest) + 1)]
    if not end.rest:
        return f"{names[0]}{op}?"
    return f"({','.join(names)}){op}({','.join('?' * len(names))})"


def _key_name(source: Source, index: Index, place: int) -> str:
    column = index.stored_column(place).column
    if column == EXPRESSION:
        return "<expr>"
    return "rowid" if column < 0 else index.table.columns[column].name
