"""DELETE.

Without a condition the B-trees are emptied whole.  Otherwise rows are deleted as the walk meets them, where that
walk does not depend on what is deleted, or they are found first, and deleted in the order of their rowids.  An index
that finds them loses its entries meanwhile, by the cursor that stands on them; where it finds them in that order, their
rows go with their entries.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr, InList, InQuery
from foundrydb.compiler.bind.properties import is_built_in, is_safe
from foundrydb.compiler.bind.schema.row_expressions import row_keys
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.opening import open_expression, open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import step
from foundrydb.compiler.codegen.usage import collect, collect_expressions
from foundrydb.compiler.codegen.writes.insert import row_expressions
from foundrydb.compiler.codegen.writes.returning import Returning
from foundrydb.compiler.codegen.writes.update import (
    FoundKeys,
    finds_one,
    open_found,
    read_found_key,
    reads_of,
    share_cursor,
    target_leaf,
)
from foundrydb.compiler.codegen.writes.writer import Writer
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import nodes_of
from foundrydb.vm.ops import cursors, rows, seek
from foundrydb.vm.ops.transactions import Clear


@ROOTS.entry(nodes.Delete)
def code_delete(coder: Coder, node: nodes.Delete) -> None:
    """Emit the code of a DELETE statement."""
    coder.builder.counts_changes = True
    if node.everything and not node.returning:
        _clear(coder, node)
        return
    collect(coder, node)
    others = node.returning + row_expressions(node.row)
    keys = row_keys(node.table, node.target)
    collect_expressions(coder, keys + others)
    writer = Writer(coder, node.table, node.row, "", node.events, "DELETE")
    writer.checks_keys = False
    returning = Returning(coder, node.table, node.returning, node.returning_columns)
    leaf = target_leaf(node.child, node.target)
    direct = (
        node.one_pass
        and isinstance(leaf, (nodes.Scan, nodes.RowidSeek))
        and not node.table.without_rowid
        and reads_of(node.child, node.table) == 1
    )
    one = direct and finds_one(leaf)
    coder.builder.statement_journal = (
        bool(node.returning)
        or not writer.deletion.only_look_up()
        or (not one and (bool(writer.deletion) or _may_fail(node)))
    )
    writer.open(coder)
    searched = -1 if writer.deletion.look_at(node.table) else _searched_index(node, leaf)
    if leaf is not None and searched >= 0:
        coder.opened[id(leaf)] = (writer.data, writer.cursors[searched])
    elif direct and leaf is not None:
        share_cursor(coder, leaf, writer)
    open_plan(coder, node)
    for expr in others:
        open_expression(coder, expr)
    returning.open(coder)
    if direct:
        produce(coder, node.child, Deleting(writer, returning))
    elif searched >= 0 and _is_in_order(leaf):
        entry, writer.cursors[searched] = writer.cursors[searched], -1
        produce(coder, node.child, DeletingEntry(writer, returning, entry))
    else:
        _delete_found(coder, node, keys, writer, returning, searched)
    returning.hand_out(coder)


def _may_fail(node: nodes.Delete) -> bool:
    """Whether something but the storage may fail after the first row has gone: what is evaluated, or a collation."""
    exprs = [expr for item in nodes_of(node.child) for expr in item.expressions()]
    optional = [*node.row.generated, *node.row.index_filters]
    for keys in node.row.index_keys:
        optional.extend(keys)
    exprs.extend([expr for expr in optional if expr is not None])
    sequences = [item.collation for index in node.table.indexes for item in index.stored_columns()]
    return not all([is_safe(expr) for expr in exprs]) or not all([is_built_in(name) for name in sequences])


def _searched_index(node: nodes.Delete, leaf: nodes.Node | None) -> int:
    """The number of the index that finds the rows and may lose its entries meanwhile; -1 where none does."""
    if not node.one_pass or not isinstance(leaf, nodes.IndexScan) or leaf.index.clustered:
        return -1
    if leaf.skip or leaf.once or reads_of(node.child, node.table) != 1:
        return -1
    return node.table.indexes.index(leaf.index)


def _is_in_order(leaf: nodes.Node | None) -> bool:
    """Whether an index finds rows in the order of their rowids: those that have one whole key."""
    if not isinstance(leaf, nodes.IndexScan) or leaf.descending or leaf.table.without_rowid:
        return False
    if len(leaf.equal) < len(leaf.index.columns):
        return False
    return not any([isinstance(key, (InList, InQuery)) for key in leaf.equal])


def _clear(coder: Coder, node: nodes.Delete) -> None:
    table = node.table
    coder.builder.statement_journal = True
    database = coder.schema_number(table.schema)
    coder.use(database, True)
    clustered = table.clustered_index()
    root = table.root_page if clustered is None else clustered.root_page
    coder.emit(Clear(root, database, 0, True), table.name)
    for index in table.indexes:
        if not index.clustered:
            coder.emit(Clear(index.root_page, database), index.name)


@final
class Deleting(Consumer):
    """A row that is deleted as it is met."""

    def __init__(self, writer: Writer, returning: Returning) -> None:
        self.writer: Final = writer
        self.returning: Final = returning

    def row(self, coder: Coder, next: int) -> None:
        self.writer.delete_row(coder, self.returning)


@final
class DeletingEntry(Consumer):
    """A row that is deleted with the index entry that it is met by.  entry: the cursor on that."""

    def __init__(self, writer: Writer, returning: Returning, entry: int) -> None:
        self.writer: Final = writer
        self.returning: Final = returning
        self.entry: Final = entry

    def row(self, coder: Coder, next: int) -> None:
        self.writer.delete_row(coder, self.returning)
        coder.emit(rows.Delete(self.entry))


def _delete_found(
    coder: Coder,
    node: nodes.Delete,
    keys: list[Expr],
    writer: Writer,
    returning: Returning,
    searched: int,
) -> None:
    table = node.table
    cursor = open_found(coder, table, 0)
    entry = -1 if searched < 0 else writer.cursors[searched]
    produce(coder, node.child, FoundKeys(table, keys, cursor, [], entry))
    if searched >= 0:
        writer.cursors[searched] = -1
    end = coder.label()
    following = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    key = coder.registers(len(keys))
    coder.repeats += 1
    read_found_key(coder, table, cursor, key)
    if table.without_rowid:
        coder.emit(seek.NotFound(writer.data, following, key, len(keys)))
    else:
        coder.emit(seek.NotExists(writer.data, following, key))
    Deleting(writer, returning).row(coder, following)
    coder.repeats -= 1
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)
