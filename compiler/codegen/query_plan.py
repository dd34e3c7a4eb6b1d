"""EXPLAIN QUERY PLAN: a plan tree in SQLite's words.

https://sqlite.org/eqp.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Exists, Expr, InQuery, ScalarQuery, Source, Subquery
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.costs.members import tree_of_members
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.vm.program import QueryPlanRow

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index


def query_plan_rows(plan: nodes.Node) -> list[QueryPlanRow]:
    """The lines: number, parent's number (0 at the top), text."""
    writer = PlanWriter()
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

    # queries ------------------------------------------------------------------------------------------------

    def query(self, node: nodes.Node, parent: int, suffix: str = "") -> None:
        """The lines of a node and of what it reads."""
        if isinstance(node, nodes.BuildIndex):
            return  # of which C SQLite tells nothing
        if isinstance(node, nodes.Compound):
            self._compound(node, parent)
        elif isinstance(node, nodes.Join):
            self.query(node.left, parent, suffix)
            right = " LEFT-JOIN" if node.kind in ("left", "full") else ""
            self.query(node.right, parent, right)
            if node.kind in ("right", "full"):
                self.line(parent, f"RIGHT-JOIN {_names(node.right)}")
        elif isinstance(node, (nodes.Sort, nodes.Distinct, nodes.Aggregate)):
            if isinstance(node, nodes.Aggregate):
                self._aggregates(node, parent)
            self.query(node.child, parent, suffix)
            self._temporary(node, parent)
        elif isinstance(node, nodes.Derived):
            self._derived(node, parent, suffix)
        elif isinstance(node, nodes.SeekUnion):
            self._union(node, parent)
        elif isinstance(node, nodes.TransientIndex):
            self._transient(node, parent, suffix)
        elif not node.children():
            detail = leaf_text(node)
            if detail:
                self.line(parent, detail + suffix)
        else:
            for child in node.children():
                self.query(child, parent, suffix)
        for query in _queries(node):
            self._subquery(query, parent)

    def _temporary(self, node: nodes.Sort | nodes.Distinct | nodes.Aggregate, parent: int) -> None:
        if isinstance(node, nodes.Sort):
            total = len(node.terms)
            if 0 < node.ordered < total:
                rest = total - node.ordered
                which = "LAST TERM" if rest == 1 else f"LAST {rest} TERMS"
                self.line(parent, f"USE TEMP B-TREE FOR {which} OF ORDER BY")
            elif node.ordered == 0:
                self.line(parent, "USE TEMP B-TREE FOR ORDER BY")
        elif isinstance(node, nodes.Distinct):
            if not node.sorted:
                self.line(parent, "USE TEMP B-TREE FOR DISTINCT")
        else:
            if node.keys and not node.sorted:
                self.line(parent, "USE TEMP B-TREE FOR GROUP BY")

    def _aggregates(self, node: nodes.Aggregate, parent: int) -> None:
        for spec in node.aggregates:
            if spec.distinct:
                self.line(parent, f"USE TEMP B-TREE FOR {spec.function.name}(DISTINCT)")
            if spec.order_by:
                self.line(parent, f"USE TEMP B-TREE FOR {spec.function.name}(ORDER BY)")

    def _compound(self, node: nodes.Compound, parent: int) -> None:
        if node.merged:
            top = self.line(parent, f"MERGE ({node.op})")
            self.query(node.left, self.line(top, "LEFT"))
            self.query(node.right, self.line(top, "RIGHT"))
            return
        arms: list[tuple[str, nodes.Node]] = []
        left: nodes.Node = node
        while isinstance(left, nodes.Compound) and not left.merged:
            arms.append((left.op, left.right))
            left = left.left
        top = self.line(parent, "COMPOUND QUERY")
        self.query(left, self.line(top, "LEFT-MOST SUBQUERY"))
        for op, arm in reversed(arms):
            text = op if op == "UNION ALL" else f"{op} USING TEMP B-TREE"
            self.query(arm, self.line(top, text))

    def _derived(self, node: nodes.Derived, parent: int, suffix: str) -> None:
        name = node.source.name
        if not name:
            self._unnamed += 1
            name = f"(subquery-{self._unnamed})"
        self._made(node, node.source.origin or name, node.materialized, parent)
        self.line(parent, f"SCAN {name}{suffix}")

    def _made(self, node: nodes.Derived, name: str, materialized: bool, parent: int) -> None:
        """How the rows come about; those of a shared common table at its first use only."""
        if node.shared:
            if node.shared in self._shared:
                return
            self._shared.append(node.shared)
        kind = "MATERIALIZE" if materialized or node.shared else "CO-ROUTINE"
        self.query(node.child, self.line(parent, f"{kind} {name}"))

    def _union(self, node: nodes.SeekUnion, parent: int) -> None:
        top = self.line(parent, "MULTI-INDEX OR")
        for i, seek in enumerate(node.seeks):
            self.query(seek, self.line(top, f"INDEX {i + 1}"))

    def _transient(self, node: nodes.TransientIndex, parent: int, suffix: str) -> None:
        child = node.child
        filters: list[nodes.Filter] = []
        while isinstance(child, nodes.Filter):
            filters.append(child)
            child = child.child
        if isinstance(child, nodes.Derived):
            self._made(child, child.source.origin or child.source.name, True, parent)
        keys = " AND ".join([f"{node.source.columns[column].name}=?" for column in node.columns])
        self.line(parent, f"SEARCH {node.source.name} USING AUTOMATIC COVERING INDEX ({keys}){suffix}")
        for item in filters:
            for query in _queries(item):
                self._subquery(query, parent)

    def _subquery(self, query: tuple[Subquery, str], parent: int) -> None:
        subquery, kind = query
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


def _names(node: nodes.Node) -> str:
    """What is read on the right side of a join, by the names that aliases stand for."""
    if isinstance(node, (nodes.Scan, nodes.IndexScan, nodes.RowidSeek)):
        return node.table.name
    if isinstance(node, (nodes.Derived, nodes.OfModule)):
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


def leaf_text(node: nodes.Node) -> str:
    """The line of a leaf; "" for one that SQLite does not mention."""
    if isinstance(node, nodes.Scan):
        return f"SCAN {node.source.name}"
    if isinstance(node, nodes.RowidSeek):
        return f"SEARCH {node.source.name} USING INTEGER PRIMARY KEY ({_rowid_terms(node)})"
    if isinstance(node, nodes.IndexScan):
        return _index_text(node)
    if isinstance(node, nodes.CountRows):
        name = node.table.name
        return f"SCAN {name}" if node.index is None else f"SCAN {name} USING COVERING INDEX {node.index.name}"
    if isinstance(node, nodes.SingleRow):
        return "SCAN CONSTANT ROW"
    if isinstance(node, nodes.Values):
        count = len(node.tuples)
        return "SCAN CONSTANT ROW" if count == 1 else f"SCAN {count}-ROW VALUES CLAUSE"
    if isinstance(node, nodes.ModuleSearch):
        number = f"{node.number:#x}" if node.bits else str(node.number)
        return f"SCAN {node.source.name} VIRTUAL TABLE INDEX {number}:{node.text}"
    return ""


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
    return f"{verb} {node.source.name}{using}{keys}"


def _end_text(node: nodes.IndexScan, end: nodes.RangeBound, place: int, op: str) -> str:
    """One end of a range: ``a>?``, ``(a,b)>(?,?)``."""
    names = [_key_name(node.source, node.index, place + i) for i in range(len(end.rest) + 1)]
    if not end.rest:
        return f"{names[0]}{op}?"
    return f"({','.join(names)}){op}({','.join('?' * len(names))})"


def _key_name(source: Source, index: Index, place: int) -> str:
    column = index.columns[place].column
    if column == EXPRESSION:
        return "<expr>"
    return "rowid" if column < 0 else index.table.columns[column].name
