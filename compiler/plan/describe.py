"""One plan node in words: its name, a detail line, and attributes for programs."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Compare, Expr, InList, InQuery, IsNull, RowValue, Source
from foundrydb.compiler.bind.properties import finds_null
from foundrydb.compiler.bind.text import ExprText, written_column
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    AlterTable,
    Analyze,
    AnalyzeDatabase,
    Attach,
    BuildIndex,
    CheckRows,
    Compound,
    CountRows,
    CountTable,
    CreateIndex,
    CreateTableAs,
    Delete,
    Derived,
    Detach,
    Distinct,
    Empty,
    Filter,
    IndexScan,
    Insert,
    Instead,
    Join,
    Limit,
    ModuleScan,
    ModuleSearch,
    Node,
    Nothing,
    Output,
    Project,
    QueueRow,
    RangeBound,
    Recursion,
    Reindex,
    RewriteRows,
    RowEvents,
    RowidSeek,
    SampleIndex,
    Scan,
    SeekUnion,
    SingleRow,
    Sort,
    Spool,
    TransientIndex,
    Update,
    Vacuum,
    Values,
    Window,
)
from foundrydb.compiler.plan.walk import visible_sources
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.schema.objects import Index, IndexColumn, Table
from foundrydb.compiler.syntax.source import written_name
from foundrydb.compiler.trees.dispatch import Dispatch
from foundrydb.vm.modules.strategy import LIMIT, OFFSET


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


DESCRIPTIONS: Final[Dispatch[Description]] = Dispatch("the description of a plan node", Node)


def describe(node: Node, exprs: ExprText) -> Description:
    """A plan node in words; subqueries in its expressions are numbered by ``exprs``."""
    return DESCRIPTIONS.of(node)(node, exprs)


def _described(node: Node, detail: str = "", attributes: list[tuple[str, str]] | None = None) -> Description:
    return Description(node.__class__.__name__, detail, [] if attributes is None else attributes)


# -- rows in, rows out


@DESCRIPTIONS.entry(SingleRow)
def _single_row(node: SingleRow, exprs: ExprText) -> Description:
    return _described(node)


@DESCRIPTIONS.entry(Empty)
def _empty(node: Empty, exprs: ExprText) -> Description:
    return _described(node, ", ".join(written_name(source.name) for source in node.sources))


@DESCRIPTIONS.entry(Filter)
def _filter(node: Filter, exprs: ExprText) -> Description:
    return _described(node, exprs.text(node.predicate))


@DESCRIPTIONS.entry(Project)
def _project(node: Project, exprs: ExprText) -> Description:
    return _described(node, exprs.texts(node.exprs))


@DESCRIPTIONS.entry(Join)
def _join(node: Join, exprs: ExprText) -> Description:
    kind = "cross" if node.fixed and node.kind == "inner" else node.kind
    return _described(node, kind if node.on is None else f"{kind} on {exprs.text(node.on)}")


@DESCRIPTIONS.entry(Aggregate)
def _aggregate(node: Aggregate, exprs: ExprText) -> Description:
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
        return _described(node, text + ", hashed")
    return _described(node, text + (", sorted" if node.sorted else ""))


@DESCRIPTIONS.entry(Window)
def _window(node: Window, exprs: ExprText) -> Description:
    parts = [
        exprs.aggregate(spec.function.name, spec.args, False, [], spec.filter) + exprs.frame(spec.frame)
        for spec in node.functions
    ]
    text = ", ".join(parts)
    if node.partition:
        text += " by " + exprs.texts(node.partition)
    if node.order:
        text += " ordered by " + exprs.order(node.order)
    return _described(node, text + (", sorted" if node.sorted else ""))


@DESCRIPTIONS.entry(Sort)
def _sort(node: Sort, exprs: ExprText) -> Description:
    text = "by " + exprs.order(node.terms)
    if node.ordered:
        text += f" (first {node.ordered} in order already)"
    return _described(node, text if node.top is None else f"{text}, first {exprs.text(node.top)} rows")


@DESCRIPTIONS.entry(Limit)
def _limit(node: Limit, exprs: ExprText) -> Description:
    text = exprs.text(node.limit)
    return _described(node, text if node.offset is None else f"{text} offset {exprs.text(node.offset)}")


@DESCRIPTIONS.entry(Distinct)
def _distinct(node: Distinct, exprs: ExprText) -> Description:
    return _described(node, f"over {node.width} columns" + (", sorted" if node.sorted else ""))


@DESCRIPTIONS.entry(Values)
def _values(node: Values, exprs: ExprText) -> Description:
    rows = [f"({exprs.texts(row)})" for row in node.tuples[:3]]
    if len(node.tuples) > 3:
        rows.append(f"… {len(node.tuples) - 3} more")
    return _described(node, ", ".join(rows))


@DESCRIPTIONS.entry(ModuleScan)
def _module_scan(node: ModuleScan, exprs: ExprText) -> Description:
    args = _key_texts(node.source, node.given, ["="] * len(node.args), node.args, exprs)
    return _described(node, f"{node.module}({', '.join(args)}){_alias(node.source, node.module)}")


@DESCRIPTIONS.entry(ModuleSearch)
def _module_search(node: ModuleSearch, exprs: ExprText) -> Description:
    keys = _key_texts(node.source, node.columns, node.ops, node.keys, exprs)
    strategy = f"{node.number:#x}" if node.bits else str(node.number)
    if node.text:
        strategy += f" {node.text}"
    text = f"{node.module}({', '.join(keys)}){_alias(node.source, node.module)} by strategy {strategy}"
    if node.order:
        text += f", ordered by {exprs.order(node.order)}"
    return _described(node, text, [("keys", ", ".join(keys))])


def _key_texts(
    source: Source, columns: list[int], ops: list[str], keys: list[Expr], exprs: ExprText
) -> list[str]:
    """What the columns of a virtual table are compared with."""
    out: list[str] = []
    for column, op, key in zip(columns, ops, keys):
        if isinstance(key, (InList, InQuery)):
            out.append(exprs.text(key))
        elif op in (LIMIT, OFFSET):
            out.append(f"{op} {exprs.text(key)}")
        else:
            name = written_name(source.columns[column].name) if column >= 0 else "rowid"
            out.append(f"{name} {op} {exprs.text(key)}")
    return out


@DESCRIPTIONS.entry(Compound)
def _compound(node: Compound, exprs: ExprText) -> Description:
    return _described(node, f"{node.op}, merged by {exprs.order(node.merged)}" if node.merged else node.op)


@DESCRIPTIONS.entry(Recursion)
def _recursion(node: Recursion, exprs: ExprText) -> Description:
    return _described(node, f"{node.op}, first by {exprs.order(node.order)}" if node.order else node.op)


@DESCRIPTIONS.entry(QueueRow)
def _queue_row(node: QueueRow, exprs: ExprText) -> Description:
    name = node.source.origin
    return _described(node, written_name(name) + _alias(node.source, name), [("source", node.source.name)])


@DESCRIPTIONS.entry(Output)
def _output(node: Output, exprs: ExprText) -> Description:
    return _described(node, ", ".join(column.name for column in node.columns))


@DESCRIPTIONS.entry(Derived)
def _derived(node: Derived, exprs: ExprText) -> Description:
    words = [written_name(node.source.name) if node.source.name else f"#{node.source.number}"]
    if node.materialized:
        words.append("materialized")
    if node.shared:
        words.append(f"shared as {node.shared}")
    return _described(node, ", ".join(words), [("source", node.source.name)])


def number_text(number: float) -> str:
    """An estimate with a sensible number of digits."""
    return f"{number:.0f}" if number >= 10 or number == int(number) else f"{number:.1f}"


def _alias(source: Source, name: str) -> str:
    return "" if source.name == name or not source.name else f" AS {written_name(source.name)}"


# -- tables


@DESCRIPTIONS.entry(TransientIndex)
def _transient_index(node: TransientIndex, exprs: ExprText) -> Description:
    pairs: list[str] = []
    for i, own in enumerate(node.own):
        op = "=" if i < len(node.own) - node.nulls else "IS"
        pairs.append(f"{column_text(own, exprs)} {op} {exprs.text(node.keys[i])}")
    names = ", ".join([written_name(source.name) for source in visible_sources(node.child) if source.name])
    return _described(node, f"{names} ({' AND '.join(pairs)})", [("keys", ", ".join(pairs))])


def column_text(expr: Expr, exprs: ExprText) -> str:
    """A column by its name alone; any other expression as it is."""
    if not isinstance(expr, ColumnRef):
        return exprs.text(expr)
    return written_name(expr.source.column_name(expr.index))


@DESCRIPTIONS.entry(Spool)
def _spool(node: Spool, exprs: ExprText) -> Description:
    return _described(node, "", [])


def _access(
    node: Scan | RowidSeek | IndexScan | SeekUnion | CountRows, detail: str, attributes: list[tuple[str, str]]
) -> Description:
    """The description of a node that reads a table; ``detail`` follows the table's name."""
    name = node.table.name
    known = [("table", name), ("schema", node.schema), ("source", node.source.name)]
    shown = place(name, node.schema)
    return _described(node, shown + _alias(node.source, name) + detail, known + attributes)


def place(table: str, schema: str) -> str:
    """A table's name, behind that of its database where this is an attached one."""
    name = written_name(table)
    return name if schema in ("main", "temp") else f"{written_name(schema)}.{name}"


@DESCRIPTIONS.entry(Scan)
def _scan(node: Scan, exprs: ExprText) -> Description:
    return _access(node, ", descending" if node.descending else "", [])


@DESCRIPTIONS.entry(RowidSeek)
def _rowid_seek(node: RowidSeek, exprs: ExprText) -> Description:
    keys = rowid_keys(node, exprs)
    return _access(node, f" ({keys})" + (", descending" if node.descending else ""), [("keys", keys)])


@DESCRIPTIONS.entry(IndexScan)
def _index_scan(node: IndexScan, exprs: ExprText) -> Description:
    keys = index_keys(node, exprs)
    detail = f" using {'covering ' if node.covering else ''}{written_name(node.index.name)}"
    detail += f" ({keys})" if keys else ""
    detail += ", descending" if node.descending else ""
    if node.once:
        names = [index_column_label(node.index, i, node.table) for i in range(node.once)]
        detail += f", each {', '.join(names)} once"
    return _access(node, detail, [("index", node.index.name), ("keys", keys)])


@DESCRIPTIONS.entry(SeekUnion)
def _seek_union(node: SeekUnion, exprs: ExprText) -> Description:
    return _access(node, "", [])


@DESCRIPTIONS.entry(CountRows)
def _count_rows(node: CountRows, exprs: ExprText) -> Description:
    if node.index is None:
        return _access(node, "", [])
    return _access(node, f" using {written_name(node.index.name)}", [("index", node.index.name)])


def rowid_keys(node: RowidSeek, exprs: ExprText) -> str:
    """What a RowidSeek looks for: ``id = 5``."""
    label = written_column(node.table, -1)
    if node.equal is not None:
        return _equality(label, node.equal, exprs)
    return _range([label], node.low, node.high, exprs)


def index_keys(node: IndexScan, exprs: ExprText) -> str:
    """What an IndexScan looks for: ``a = 5 AND b > 3``; "" when it walks the whole index."""
    parts: list[str] = []
    if node.skip:
        skipped = ", ".join(index_column_label(node.index, i, node.table) for i in range(node.skip))
        parts.append(f"each {skipped}")
    labels = [index_column_label(node.index, node.skip + i, node.table) for i in range(len(node.equal))]
    place = 0
    while place < len(node.equal):
        key = node.equal[place]
        if isinstance(key, InQuery) and isinstance(key.operand, RowValue):
            behind = place + len(key.operand.items)
            parts.append(_equality(f"({', '.join(labels[place:behind])})", key, exprs))
        else:
            behind = place + 1
            parts.append(_equality(labels[place], key, exprs))
        place = behind
    if node.low is not None or node.high is not None:
        place = node.skip + len(node.equal)
        count = node.index.searched()
        labels = [index_column_label(node.index, i, node.table) for i in range(place, count)]
        parts.append(_range(labels, node.low, node.high, exprs))
    return " AND ".join(parts)


def index_column_label(index: Index, position: int, table: Table) -> str:
    """The name of a column of an index's entries."""
    column = index.stored_column(position).column
    return "<expr>" if column == EXPRESSION else written_column(table, column)


def _equality(label: str, key: Expr, exprs: ExprText) -> str:
    if isinstance(key, InList):
        return f"{label} IN ({exprs.texts(key.items)})"
    if isinstance(key, InQuery):
        return f"{label} IN (subquery {exprs.number(key.query)})"
    if isinstance(key, IsNull):
        return f"{label} IS NULL"
    if isinstance(key, Compare) and finds_null(key):
        return f"{label} IS {exprs.text(key.right)}"
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


# -- statements that change the schema


@DESCRIPTIONS.entry(BuildIndex)
def _build_index(node: BuildIndex, exprs: ExprText) -> Description:
    index = node.index
    unique = ", unique" if index.unique else ""
    attributes = [("table", index.table.name), ("schema", index.table.schema), ("index", index.name)]
    texts = [exprs.text(key) for key in node.entry]
    keys = ", ".join([_key_text(text, stored) for text, stored in zip(texts, index.stored_columns())])
    return _described(node, f"{written_name(index.name)} ({keys}){unique}", attributes)


def _key_text(key: str, stored: IndexColumn) -> str:
    """A column of an index's entries, with the collation and the direction in which it is kept."""
    collation = "" if stored.collation.upper() == "BINARY" else f" COLLATE {stored.collation}"
    return key + collation + (" DESC" if stored.descending else "")


@DESCRIPTIONS.entry(AlterTable)
def _alter_table(node: AlterTable, exprs: ExprText) -> Description:
    table = node.table
    own = [
        change.kind == "table" and change.name == table.name and change.schema == table.schema
        for change in node.changes
    ]
    others = [
        f"{change.kind} {place(change.name, change.schema)}"
        for change, is_own in zip(node.changes, own)
        if not is_own
    ]
    detail = f"{place(table.name, table.schema)} {node.action}"
    if others:
        detail += f"; changes {', '.join(others)} too"
    return _described(node, detail, [("table", table.name), ("schema", table.schema)])


@DESCRIPTIONS.entry(CheckRows)
def _check_rows(node: CheckRows, exprs: ExprText) -> Description:
    texts = [f"there are none ({node.refusal})"] if node.refusal else []
    for test in node.tests:
        column = None if test.column is None else node.table.columns[test.column]
        texts.append(exprs.text(test.expr) + ("" if column is None else f" is {column.declared_type}"))
    return _described(node, ", ".join(texts))


@DESCRIPTIONS.entry(RewriteRows)
def _rewrite_rows(node: RewriteRows, exprs: ExprText) -> Description:
    return _described(node, f"as {exprs.texts(node.record)}")


@DESCRIPTIONS.entry(AnalyzeDatabase)
def _analyze_database(node: AnalyzeDatabase, exprs: ExprText) -> Description:
    only = ""
    if node.index is not None:
        only = f", only index {written_name(node.index)}"
    elif node.relation is not None:
        only = f", only {written_name(node.relation)}"
    return _described(node, written_name(node.schema) + only, [("schema", node.schema)])


@DESCRIPTIONS.entry(SampleIndex)
def _sample_index(node: SampleIndex, exprs: ExprText) -> Description:
    index = node.index
    table = index.table
    attributes = [("table", table.name), ("schema", table.schema), ("index", index.name)]
    keys = ", ".join([_key_text(_written_key(index, stored), stored) for stored in index.columns])
    limit = "" if node.limit is None else f", about {node.limit} entries"
    return _described(node, f"{written_name(index.statistics_name)} ({keys}){limit}", attributes)


def _written_key(index: Index, stored: IndexColumn) -> str:
    """A key column of an index: its name, or the expression as CREATE INDEX has it."""
    expression = stored.expression
    if expression is None or index.sql is None:
        return written_column(index.table, stored.column)
    return " ".join(index.sql[expression.start : expression.end].split())


@DESCRIPTIONS.entry(CountTable)
def _count_table(node: CountTable, exprs: ExprText) -> Description:
    table = node.table
    return _described(
        node, place(table.name, table.schema), [("table", table.name), ("schema", table.schema)]
    )


@DESCRIPTIONS.entry(Analyze, Attach, CreateIndex, Detach, Reindex, Nothing)
def _schema_change(
    node: Analyze | Attach | CreateIndex | Detach | Reindex | Nothing, exprs: ExprText
) -> Description:
    return _described(node)


@DESCRIPTIONS.entry(Vacuum)
def _vacuum(node: Vacuum, exprs: ExprText) -> Description:
    into = "" if node.file is None else f", into {exprs.text(node.file)}"
    return _described(node, written_name(node.schema) + into, [("schema", node.schema)])


@DESCRIPTIONS.entry(CreateTableAs)
def _create_table_as(node: CreateTableAs, exprs: ExprText) -> Description:
    return _described(node, place(node.name, node.schema), [("table", node.name), ("schema", node.schema)])


# -- statements that write


def _write(node: Insert | Update | Delete, words: list[str], exprs: ExprText) -> Description:
    """The description of a statement that writes; ``words`` say what, RETURNING and who observes it follow."""
    if node.returning:
        words.append(f"returning {exprs.texts(node.returning)}")
    if node.events is not None:
        words.append(_set_off(node.events))
    return _described(node, ", ".join(words), [("table", node.table.name), ("schema", node.schema)])


def _set_off(events: RowEvents) -> str:
    """The triggers that a statement may set off, and when."""
    told = [
        f"{written_name(one.name)} {one.time.lower()} {one.statement.event.lower()}"
        for one in events.triggers
    ]
    return f"sets off {', '.join(told)}"


@DESCRIPTIONS.entry(Instead)
def _instead(node: Instead, exprs: ExprText) -> Description:
    columns = node.events.new.columns
    sets = [f"{written_name(columns[column].name)} = {exprs.text(value)}" for column, value in node.sets]
    words = [f"{node.event.lower()} rows of view {written_name(node.view)}"]
    if sets:
        words.append(f"set {', '.join(sets)}")
    words.append(_set_off(node.events))
    if node.returning:
        words.append(f"returning {exprs.texts(node.returning)}")
    return _described(node, ", ".join(words), [("view", node.view), ("schema", node.schema)])


@DESCRIPTIONS.entry(Insert)
def _insert(node: Insert, exprs: ExprText) -> Description:
    table = node.table
    shown = [written_name(table.columns[i].name) for i, taken in enumerate(node.columns) if taken >= 0]
    if node.rowid >= 0:
        shown.insert(0, written_column(table, -1))
    words = [f"{place(table.name, node.schema)} ({', '.join(shown)})"]
    for upsert in node.upserts:
        words.append("on conflict do " + ("nothing" if upsert.nothing else "update"))
    if node.conflict:
        words.append(f"or {node.conflict.lower()}")
    return _write(node, words, exprs)


@DESCRIPTIONS.entry(Update)
def _update(node: Update, exprs: ExprText) -> Description:
    sets = [f"{written_column(node.table, column)} = {exprs.text(value)}" for column, value in node.sets]
    words = [f"{place(node.table.name, node.schema)} set {', '.join(sets)}"]
    if node.conflict:
        words.append(f"or {node.conflict.lower()}")
    if node.one_pass:
        words.append("in one pass")
    return _write(node, words, exprs)


@DESCRIPTIONS.entry(Delete)
def _delete(node: Delete, exprs: ExprText) -> Description:
    words = [place(node.table.name, node.schema) + (", everything" if node.everything else "")]
    if node.one_pass:
        words.append("in one pass")
    return _write(node, words, exprs)
