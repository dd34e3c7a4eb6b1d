"""UPDATE.

Where nothing that the statement reads can be changed by what it writes, rows are changed as they are found.  Otherwise
the rows to change are found first; with FROM, their new values are computed then too.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ROWID, ColumnRef, Expr, InList, InQuery, OutputColumn, Source
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.locations import RecordColumns, table_columns
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.opening import open_expression, open_index, open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import step
from foundrydb.compiler.codegen.usage import collect, collect_expressions
from foundrydb.compiler.codegen.writes.change_row import RowChange
from foundrydb.compiler.codegen.writes.events import Followers, RowEvent
from foundrydb.compiler.codegen.writes.insert import row_expressions
from foundrydb.compiler.codegen.writes.new_row import changed_columns
from foundrydb.compiler.codegen.writes.returning import Returning
from foundrydb.compiler.codegen.writes.writer import Writer
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import visible_sources
from foundrydb.compiler.schema.objects import Table
from foundrydb.vm.ops import control, cursors, ephemeral, rows, seek


def target_leaf(node: nodes.Node, target: Source) -> nodes.Node | None:
    """The leaf that reads the table which the statement changes."""
    if isinstance(node, (nodes.Scan, nodes.RowidSeek, nodes.IndexScan, nodes.SeekUnion)):
        return node if node.source is target else None
    for child in node.children():
        found = target_leaf(child, target)
        if found is not None:
            return found
    return None


def finds_one(leaf: nodes.Node | None) -> bool:
    """Whether a leaf finds one row at most; a change of one row cannot fail half way."""
    return (
        isinstance(leaf, nodes.RowidSeek)
        and leaf.equal is not None
        and not isinstance(leaf.equal, (InList, InQuery))
    )


def reads_of(node: nodes.Node, table: Table) -> int:
    """How many leaves of a plan, subqueries included, read the table."""
    count = 0
    if isinstance(node, (nodes.Scan, nodes.RowidSeek, nodes.IndexScan, nodes.SeekUnion, nodes.CountRows)):
        count = 1 if node.table is table else 0
    for query in nodes.subqueries(node):
        plan = query.plan
        assert isinstance(plan, nodes.Node)
        count += reads_of(plan, table)
    if isinstance(node, nodes.SeekUnion):
        return count
    return count + sum(reads_of(child, table) for child in node.children())


@ROOTS.entry(nodes.Update)
def code_update(coder: Coder, node: nodes.Update) -> None:
    """Emit the code of an UPDATE statement."""
    coder.builder.counts_changes = True
    collect(coder, node)
    others = node.returning + row_expressions(node.row)
    collect_expressions(coder, others)
    changed = changed_columns(node.table, node.row, node.sets)
    deletes = node.table.may_replace(node.conflict, False, changed)
    writer = Writer(coder, node.table, node.row, node.conflict, node.events, deletes=deletes)
    event = RowEvent("UPDATE", node.conflict, node.names, changed)
    followers = Followers(coder, node.table, node.events, event)
    returning = Returning(coder, node.table, node.returning, node.returning_columns)
    leaf = target_leaf(node.child, node.target)
    direct = _is_direct(node, writer, leaf, changed)
    coder.builder.statement_journal = (
        not (direct and finds_one(leaf)) or bool(node.returning) or node.events is not None
    )
    writer.open(coder, changed if followers.keys is None else None)
    followers.open(coder)
    if direct and leaf is not None:
        share_cursor(coder, leaf, writer)
    open_plan(coder, node)
    for expr in others:
        open_expression(coder, expr)
    returning.open(coder)
    change = RowChange(coder, writer, node.sets, followers, bool(node.returning))
    if direct:
        produce(coder, node.child, Changing(node, change, returning))
    elif visible_sources(node.child) != [node.target]:
        _update_from(coder, node, writer, returning, followers)
    else:
        _update_found(coder, node, change, returning)
    returning.hand_out(coder)


def _is_direct(node: nodes.Update, writer: Writer, leaf: nodes.Node | None, changed: set[int]) -> bool:
    """Whether rows can be changed as they are found."""
    if not node.one_pass or leaf is None or node.table.without_rowid or writer.replaces:
        return False
    if isinstance(leaf, nodes.SeekUnion) or ROWID in changed or len(visible_sources(node.child)) > 1:
        return False
    if isinstance(leaf, nodes.IndexScan):
        i = node.table.indexes.index(leaf.index)
        if leaf.covering or writer.concerned(i, changed):
            return False
    return reads_of(node, node.table) == 1


def share_cursor(coder: Coder, leaf: nodes.Node, writer: Writer) -> None:
    """Let the leaf walk with the cursor that writes."""
    index_cursor = open_index(coder, leaf.index) if isinstance(leaf, nodes.IndexScan) else -1
    coder.opened[id(leaf)] = (writer.data, index_cursor)


@final
class Changing(Consumer):
    """A row that is changed as it is found."""

    def __init__(self, node: nodes.Update, change: RowChange, returning: Returning) -> None:
        self.node: Final = node
        self.change: Final = change
        self.returning: Final = returning

    def row(self, coder: Coder, next: int) -> None:
        if not self.change.changes_fields_only(self.returning):
            self.change.remember_key(coder)
        self.change.code(coder, next, self.returning)


# -- finding first -----------------------------------------------------------------------------------------------


@final
class FoundKeys(Consumer):
    """Keeps the keys of the rows that are found, and values that go with them.

    By rowid; in an ephemeral index by primary key for WITHOUT ROWID.  The keys are unique: where a row is found twice,
    its last values count.

    entry: the cursor that finds the rows, where its entry goes at once; else -1.
    """

    def __init__(
        self, table: Table, keys: list[Expr], cursor: int, exprs: list[Expr], entry: int = -1
    ) -> None:
        self.table: Final = table
        self.keys: Final = keys
        self.cursor: Final = cursor
        self.exprs: Final = exprs
        self.entry: Final = entry

    def row(self, coder: Coder, next: int) -> None:
        self._keep(coder, next)
        if self.entry >= 0:
            coder.emit(rows.Delete(self.entry))

    def _keep(self, coder: Coder, next: int) -> None:
        if self.table.without_rowid:
            record = coder.register()
            fields = self.keys + self.exprs
            first = coder.registers(len(fields))
            values_into(coder, fields, first)
            if self.exprs:
                fresh = coder.label()
                coder.emit(seek.NotFound(self.cursor, fresh, first, len(self.keys)))
                coder.emit(rows.Delete(self.cursor))
                coder.place(fresh)
            coder.emit(rows.MakeRecord(first, len(fields), record))
            coder.emit(rows.IdxInsert(self.cursor, record))
            return
        rowid = coder.register()
        values_into(coder, self.keys, rowid)
        if not self.exprs:
            coder.emit(ephemeral.Find(self.cursor, rowid))
            return
        first = coder.registers(len(self.exprs))
        coder.emit(control.IsNull(rowid, next))
        values_into(coder, self.exprs, first)
        record = coder.register()
        coder.emit(rows.MakeRecord(first, len(self.exprs), record))
        coder.emit(rows.Insert(self.cursor, record, rowid))


def open_found(coder: Coder, table: Table, extra: int) -> int:
    """Open the table for ``FoundKeys``; its cursor."""
    cursor = coder.cursor()
    if table.without_rowid:
        clustered = table.clustered_index()
        assert clustered is not None
        collations = [item.collation for item in clustered.columns]
        keys = coder.key_info(collations, [item.descending for item in clustered.columns])
        coder.emit(ephemeral.OpenEphemeral(cursor, len(collations) + extra, keys, "rows to change", True))
    else:
        coder.emit(ephemeral.OpenFound(cursor, extra))
    return cursor


def read_found_key(coder: Coder, table: Table, cursor: int, key: int) -> None:
    """Emit code that reads a kept key into registers."""
    if table.without_rowid:
        coder.emit(rows.Columns(cursor, tuple(range(len(table.row_key))), key))
    else:
        coder.emit(rows.Rowid(cursor, key))


def _update_found(coder: Coder, node: nodes.Update, change: RowChange, returning: Returning) -> None:
    """The rows are found first; their new values are computed one by one."""
    cursor = open_found(coder, node.table, 0)
    produce(coder, node.child, FoundKeys(node.table, node.keys, cursor, []))
    end = coder.label()
    following = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.repeats += 1
    read_found_key(coder, node.table, cursor, change.key)
    change.find(coder, following)
    coder.locations[node.target] = table_columns(coder, node.target, change.writer.data, node.table)
    change.code(coder, following, returning)
    coder.repeats -= 1
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)


def _update_from(
    coder: Coder, node: nodes.Update, writer: Writer, returning: Returning, followers: Followers
) -> None:
    """UPDATE … FROM: the new values are computed when the rows are found; for a row found twice the last counts."""
    table = node.table
    exprs = [expr for _, expr in node.sets]
    cursor = open_found(coder, table, len(exprs))
    produce(coder, node.child, FoundKeys(table, node.keys, cursor, exprs))
    offset = len(table.row_key) if table.without_rowid else 0
    values = Source(-1, "values", [OutputColumn("", expr.affinity) for expr in exprs])
    coder.locations[values] = RecordColumns(cursor, {i: offset + i for i in range(len(exprs))})
    sets: list[tuple[int, Expr]] = [(column, ColumnRef(values, i)) for i, (column, _) in enumerate(node.sets)]
    change = RowChange(coder, writer, sets, followers, bool(node.returning))
    end = coder.label()
    following = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.repeats += 1
    read_found_key(coder, table, cursor, change.key)
    change.find(coder, following)
    change.code(coder, following, returning)
    coder.repeats -= 1
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)
