"""Cursors on tables and indexes: opened before the statement's first loop, so that no loop opens one.

Those of a trigger's program are opened in its setup, and stay open from run to run (``LastingCursors``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.bound import Exists, Expr, InQuery, ScalarQuery
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import cursors

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import Tree
    from foundrydb.compiler.schema.objects import Index, Table
    from foundrydb.storage.format.values import KeyInfo
    from foundrydb.vm.instruction import Instruction


def open_plan(coder: Coder, node: nodes.Node) -> None:
    """Open the cursors of a plan's leaves, those of its subqueries included."""
    if isinstance(node, (nodes.Scan, nodes.RowidSeek, nodes.IndexScan, nodes.SeekUnion, nodes.CountRows)):
        leaf_cursors(coder, node)
    for expr in node.expressions():
        open_expression(coder, expr)
    if not isinstance(node, nodes.SeekUnion):
        for child in node.children():
            open_plan(coder, child)


def open_expression(coder: Coder, expr: Expr) -> None:
    """Open the cursors of the subqueries in an expression."""
    if isinstance(expr, (ScalarQuery, Exists, InQuery)):
        plan = expr.query.plan
        assert isinstance(plan, nodes.Node)
        open_plan(coder, plan)
    for child in expr.children():
        open_expression(coder, child)


def leaf_cursors(coder: Coder, node: nodes.Node) -> tuple[int, int]:
    """The cursors of a leaf on its table and on its index (-1: none), opened now if they were not yet."""
    found = coder.opened.get(id(node))
    if found is not None:
        return found
    table_cursor = -1
    index_cursor = -1
    if isinstance(node, (nodes.Scan, nodes.RowidSeek, nodes.SeekUnion)):
        table_cursor = open_table(coder, node.table)
    elif isinstance(node, nodes.IndexScan):
        if not node.covering and not node.index.clustered:
            table_cursor = open_table(coder, node.table)
        index_cursor = open_index(coder, node.index)
    elif isinstance(node, nodes.CountRows):
        if node.index is None:
            table_cursor = open_table(coder, node.table)
        else:
            table_cursor = open_index(coder, node.index)
    coder.opened[id(node)] = (table_cursor, index_cursor)
    if isinstance(node, nodes.SeekUnion):
        _open_union(coder, node, table_cursor)
    return table_cursor, index_cursor


def _open_union(coder: Coder, node: nodes.SeekUnion, table_cursor: int) -> None:
    for child in node.seeks:
        leaf = child
        while isinstance(leaf, nodes.Filter):
            for expr in leaf.expressions():
                open_expression(coder, expr)
            leaf = leaf.child
        for expr in leaf.expressions():
            open_expression(coder, expr)
        if isinstance(leaf, nodes.IndexScan) and leaf.index.clustered:
            coder.opened[id(leaf)] = (-1, table_cursor)
            continue
        index_cursor = open_index(coder, leaf.index) if isinstance(leaf, nodes.IndexScan) else -1
        coder.opened[id(leaf)] = (table_cursor, index_cursor)


def open_table(coder: Coder, table: Table, write: bool = False) -> int:
    """Open a cursor on a table (on the primary key's index, for WITHOUT ROWID)."""
    if table.virtual_module:
        raise errors.no_such_module(table.virtual_module)
    database = coder.schema_number(table.schema)
    clustered = table.clustered_index() if table.without_rowid else None
    count = len(table.columns)
    return _open_tree(coder, (database, table.root_page, write), clustered, count, table.name)


def open_index(coder: Coder, index: Index, write: bool = False) -> int:
    """Open a cursor on an index."""
    database = coder.schema_number(index.table.schema)
    count = len(index.columns) + len(index.suffix)
    return _open_tree(coder, (database, index.root_page, write), index, count, index.name)


def _open_tree(coder: Coder, tree: Tree, index: Index | None, count: int, name: str) -> int:
    """Open a cursor on a table's tree or, with ``index``, on that one's; a trigger's program keeps it open."""
    database, root, write = tree
    coder.use(database, write)
    lasting = coder.lasting
    cursor = -1 if lasting is None else lasting.take(tree)
    if cursor >= 0:
        return cursor
    cursor = coder.cursor()
    keys = None if index is None else index_keys(coder, index)
    opening: Instruction
    if write:
        opening = cursors.OpenWrite(cursor, root, database, keys, count, name)
    else:
        opening = cursors.OpenRead(cursor, root, database, keys, count, name)
    if lasting is None:
        coder.emit(opening)
    else:
        lasting.add(tree, cursor)
        coder.builder.lasting.add(cursor)
        coder.set_up(opening)
    return cursor


def index_keys(coder: Coder, index: Index) -> KeyInfo:
    """How the entries of an index compare."""
    stored = index.stored_columns()
    return coder.key_info([c.collation for c in stored], [c.descending for c in stored])
