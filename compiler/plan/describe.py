"""One plan node in words: its name, a detail line, and attributes for programs."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Compound,
    CountRows,
    Delete,
    Derived,
    Distinct,
    Empty,
    Filter,
    FunctionScan,
    IndexScan,
    Insert,
    Join,
    Limit,
    Node,
    Output,
    Project,
    RangeBound,
    RowidSeek,
    Scan,
    SeekUnion,
    Sort,
    TransientIndex,
    Update,
    Values,
)
from foundrydb.compiler.plan.text import ExprText
from foundrydb.compiler.resolve.bound import Expr, InList, InQuery, IsNull, Source
from foundrydb.compiler.resolve.catalog import EXPRESSION, Index, Table
from foundrydb.compiler.resolve.exprs import column_label


@final
class Description:
    """A node in words.

    Attributes:
        name: the node's class.
        detail: what it does, on one line.
        attributes: pairs for machine-readable dumps (table, index, keys, …).
    """

    def __init__(self, name: str, detail: str, attributes: list[tuple[str, str]]) -> None:
        self.name: Final = name
        self.detail: Final = detail
        self.attributes: Final = attributes

    def title(self) -> str:
        """Name and detail."""
        return f"{self.name} {self.detail}" if self.detail else self.name


def describe(node: Node, exprs: ExprText) -> Description:
    """A plan node in words; subqueries in its expressions are numbered by ``exprs``."""
    name = node.__class__.__name__
    if isinstance(node, (Scan, RowidSeek, IndexScan, SeekUnion, CountRows, TransientIndex)):
        return _access(node, exprs)
    if isinstance(node, (Insert, Update, Delete)):
        return _write(node, exprs)
    if isinstance(node, Derived):
        return _derived(node)
    return Description(name, _detail(node, exprs), [])


def _detail(node: Node, exprs: ExprText) -> str:
    """The detail of a node that is not about one table."""
    if isinstance(node, Filter):
        return exprs.text(node.predicate)
    if isinstance(node, Project):
        return exprs.texts(node.exprs)
    if isinstance(node, Join):
        kind = "cross" if node.fixed and node.kind == "inner" else node.kind
        return kind if node.on is None else f"{kind} on {exprs.text(node.on)}"
    if isinstance(node, Aggregate):
        return _aggregate(node, exprs)
    if isinstance(node, Sort):
        text = "by " + exprs.order(node.terms)
        if node.ordered:
            text += f" (first {node.ordered} in order already)"
        return text if node.top is None else f"{text}, first {exprs.text(node.top)} rows"
    if isinstance(node, Limit):
        text = exprs.text(node.limit)
        return text if node.offset is None else f"{text} offset {exprs.text(node.offset)}"
    if isinstance(node, Distinct):
        return f"over {node.width} columns" + (", sorted" if node.sorted else "")
    if isinstance(node, Values):
        rows = [f"({exprs.texts(row)})" for row in node.tuples[:3]]
        if len(node.tuples) > 3:
            rows.append(f"… {len(node.tuples) - 3} more")
        return ", ".join(rows)
    if isinstance(node, FunctionScan):
        return f"{node.function}({exprs.texts(node.args)}){_alias(node.source, node.function)}"
    if isinstance(node, Compound):
        return f"{node.op}, merged by {exprs.order(node.merged)}" if node.merged else node.op
    if isinstance(node, Output):
        return ", ".join(column.name for column in node.columns)
    if isinstance(node, Empty):
        return ", ".join(source.name for source in node.sources)
    return ""


def _alias(source: Source, name: str) -> str:
    return "" if source.name == name or not source.name else f" AS {source.name}"


def _derived(node: Derived) -> Description:
    words = [node.source.name or f"#{node.source.number}"]
    if node.materialized:
        words.append("materialized")
    if node.shared:
        words.append(f"shared as {node.shared}")
    return Description("Derived", ", ".join(words), [("source", node.source.name)])


def _aggregate(node: Aggregate, exprs: ExprText) -> str:
    parts = [
        exprs.aggregate(spec.function.name, spec.args, spec.distinct, spec.order_by, spec.filter)
        for spec in node.aggregates
    ]
    text = ", ".join(parts)
    if node.keys:
        text = (text + " " if text else "") + "by " + exprs.texts(node.keys)
    if node.bare:
        text = (text + ", " if text else "") + "keeping " + exprs.texts(node.bare)
    if node.hashed:
        return text + ", hashed"
    return text + (", sorted" if node.sorted else "")


def number_text(number: float) -> str:
    """An estimate with a sensible number of digits."""
    return f"{number:.0f}" if number >= 10 or number == int(number) else f"{number:.1f}"


# -- tables


def _access(
    node: Scan | RowidSeek | IndexScan | SeekUnion | CountRows | TransientIndex, exprs: ExprText
) -> Description:
    name = node.__class__.__name__
    if isinstance(node, TransientIndex):
        pairs = [
            f"{node.source.columns[column].name if column >= 0 else 'rowid'} = {exprs.text(key)}"
            for column, key in zip(node.columns, node.keys)
        ]
        return Description(name, f"{node.source.name} ({' AND '.join(pairs)})", [("keys", ", ".join(pairs))])
    table = node.table
    detail = table.name + _alias(node.source, table.name)
    attributes = [("table", table.name), ("schema", node.schema), ("source", node.source.name)]
    if isinstance(node, Scan) and node.descending:
        detail += ", descending"
    elif isinstance(node, RowidSeek):
        keys = rowid_keys(node, exprs)
        attributes.append(("keys", keys))
        detail += f" ({keys})" + (", descending" if node.descending else "")
    elif isinstance(node, IndexScan):
        keys = index_keys(node, exprs)
        attributes.append(("index", node.index.name))
        attributes.append(("keys", keys))
        detail += f" using {'covering ' if node.covering else ''}{node.index.name}"
        detail += f" ({keys})" if keys else ""
        detail += ", descending" if node.descending else ""
        if node.once:
            names = [index_column_label(node.index, i, table) for i in range(node.once)]
            detail += f", each {', '.join(names)} once"
    elif isinstance(node, CountRows) and node.index is not None:
        attributes.append(("index", node.index.name))
        detail += f" using {node.index.name}"
    return Description(name, detail, attributes)


def rowid_keys(node: RowidSeek, exprs: ExprText) -> str:
    """What a RowidSeek looks for: ``id = 5``."""
    label = column_label(node.table, -1)
    if node.equal is not None:
        return _equality(label, node.equal, exprs)
    return _range([label], node.low, node.high, exprs)


def index_keys(node: IndexScan, exprs: ExprText) -> str:
    """What an IndexScan looks for: ``a = 5 AND b > 3``; "" when it walks the whole index."""
    parts: list[str] = []
    if node.skip:
        skipped = ", ".join(index_column_label(node.index, i, node.table) for i in range(node.skip))
        parts.append(f"each {skipped}")
    for i, key in enumerate(node.equal):
        parts.append(_equality(index_column_label(node.index, node.skip + i, node.table), key, exprs))
    if node.low is not None or node.high is not None:
        place = node.skip + len(node.equal)
        count = len(node.index.columns)
        labels = [index_column_label(node.index, i, node.table) for i in range(place, count)]
        parts.append(_range(labels, node.low, node.high, exprs))
    return " AND ".join(parts)


def index_column_label(index: Index, position: int, table: Table) -> str:
    """The name of a column of an index's entries."""
    column = index.stored_columns()[position].column
    return "<expr>" if column == EXPRESSION else column_label(table, column)


def _equality(label: str, key: Expr, exprs: ExprText) -> str:
    if isinstance(key, InList):
        return f"{label} IN ({exprs.texts(key.items)})"
    if isinstance(key, InQuery):
        return f"{label} IN (subquery {exprs.number(key.query)})"
    if isinstance(key, IsNull):
        return f"{label} IS NULL"
    return f"{label} = {exprs.text(key)}"


def _range(labels: list[str], low: RangeBound | None, high: RangeBound | None, exprs: ExprText) -> str:
    parts: list[str] = []
    if low is not None:
        parts.append(_end(labels, ">", low, exprs))
    if high is not None:
        parts.append(_end(labels, "<", high, exprs))
    return " AND ".join(parts)


def _end(labels: list[str], op: str, end: RangeBound, exprs: ExprText) -> str:
    """One end of a range: ``a > 5``, ``(a, b) >= (5, 6)``."""
    op = op + "=" if end.inclusive else op
    if not end.rest:
        return f"{labels[0]} {op} {exprs.text(end.expr)}"
    return f"({', '.join(labels[: len(end.rest) + 1])}) {op} ({exprs.texts(end.expressions())})"


# -- statements that write


def _write(node: Insert | Update | Delete, exprs: ExprText) -> Description:
    table = node.table
    words: list[str] = []
    if isinstance(node, Insert):
        shown = [table.columns[i].name for i, place in enumerate(node.columns) if place >= 0]
        if node.rowid >= 0:
            shown.insert(0, column_label(table, -1))
        words.append(f"{table.name} ({', '.join(shown)})")
        for upsert in node.upserts:
            words.append("on conflict do " + ("nothing" if upsert.nothing else "update"))
    elif isinstance(node, Update):
        sets = [f"{column_label(table, column)} = {exprs.text(value)}" for column, value in node.sets]
        words.append(f"{table.name} set {', '.join(sets)}")
    else:
        words.append(table.name + (", everything" if node.everything else ""))
    if not isinstance(node, Delete) and node.conflict:
        words.append(f"or {node.conflict.lower()}")
    if not isinstance(node, Insert) and node.one_pass:
        words.append("in one pass")
    if node.returning:
        words.append(f"returning {exprs.texts(node.returning)}")
    return Description(
        node.__class__.__name__, ", ".join(words), [("table", table.name), ("schema", node.schema)]
    )
