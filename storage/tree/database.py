"""The database as a set of B-trees: the one object that the virtual machine opens, changes and closes.

A ``Database`` wraps a pager.  It knows the header's fields, makes and drops trees, and hands out cursors.
The tree at page 1 is the schema table's; every other root page is named by a row of it.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.header import (
    META_ENCODING,
    META_INCREMENTAL_VACUUM,
    META_LARGEST_ROOT,
    META_SCHEMA_COOKIE,
    META_SCHEMA_FORMAT,
)
from foundrydb.storage.format.page_numbers import MAX_PAGE_COUNT
from foundrydb.storage.format.record import ZERO_AND_ONE_FORMAT, encode
from foundrydb.storage.format.values import UTF8, KeyInfo, Value
from foundrydb.storage.format.varint import read_varint
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.backlog.backlog import Backlog
from foundrydb.storage.tree.header_fields import new_schema_page, read_meta, write_meta
from foundrydb.storage.tree.index_cursor import IndexCursor
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_TABLE,
    LEAF_INDEX,
    LEAF_TABLE,
    BTreeNode,
    first_overflow,
    is_table,
    local_size,
    new_node,
    put_node,
    readable_node,
)
from foundrydb.storage.tree.position import MAX_DEPTH, Position
from foundrydb.storage.tree.space.auto_vacuum import allocate_root, free_root, shrink
from foundrydb.storage.tree.space.freelist import Freelist
from foundrydb.storage.tree.space.overflow import free_chain
from foundrydb.storage.tree.table_cursor import TableCursor
from foundrydb.storage.tree.tree import BTree

AUTO_VACUUM_NONE: Final = 0
AUTO_VACUUM_FULL: Final = 1
AUTO_VACUUM_INCREMENTAL: Final = 2

MOST_IDLE: Final = 8
"""How many closed cursors keep their places, and with them the pages that they stand on."""

MOST_SPARE: Final = 8
"""How many closed cursors are kept for those who ask for one on the same tree: a new one takes as long as a search."""

SCHEMA_ROOT: Final = 1
"""The root page of the schema table."""


@final
class Database:
    """A set of B-trees over a pager.

    Attributes:
        pager: the pager.
        freelist: where trees get their pages from.
        encoding: the text encoding of the file (1 UTF-8, 2 UTF-16le, 3 UTF-16be).  It may be set while the
            file is still empty.
        schema_format: 1 to 4; below 4, records do not use serial types 8 and 9.  0 while there is no schema.
        record_format: the schema format by which records are written.
        auto_vacuum: one of the ``AUTO_VACUUM_`` numbers.  It may be set while the file is still empty.
        backlog: changes of indexes that are yet to be made.
    """

    def __init__(self, pager: Pager) -> None:
        self.pager: Final = pager
        self.freelist: Final = Freelist(pager)
        self.backlog: Final = Backlog()
        self.encoding = UTF8
        self.schema_format = ZERO_AND_ONE_FORMAT
        self.record_format: i64 = ZERO_AND_ONE_FORMAT
        self.auto_vacuum = AUTO_VACUUM_NONE
        self._trees: Final[dict[int, BTree]] = {}
        self._idle: Final[list[BTree]] = []
        self._spare: Final[list[Position]] = []
        self._cookie: int | None = None  # the header's, in a write transaction
        self._learned: i64 = -1  # the pager's generation when the header was looked at

    # Transactions -------------------------------------------------------------------------------------------

    def begin_read(self) -> None:
        """Start reading: after this the file does not change until ``end_read``."""
        self.pager.begin_read()
        if self._learned != self.pager.generation and self.pager.page_count > 0:
            self._learn()

    def end_read(self) -> None:
        """Stop reading; cursors keep their keys."""
        self._close_idle()
        self.save_cursors()
        self.pager.end_read()

    def begin_write(self, exclusive: bool = False) -> None:
        """Start a write transaction; an empty file gets its first page."""
        fresh = not self.pager.in_write
        if fresh:
            self._cookie = None
        self.pager.begin_write(exclusive)
        if self.pager.page_count == 0:
            page = self.pager.append_page()
            node = new_schema_page(self.pager, self.auto_vacuum)
            put_node(self.pager, page, node)
        elif not fresh:
            return
        self._learn()

    def commit(self) -> None:
        """Make the changes durable."""
        self.prepare()
        self.pager.finish()

    def prepare(self, super_journal: str = "", with_others: bool = False) -> None:
        """The first half of a commit over several files (see ``Pager.prepare``); ``commit`` is the second."""
        self.backlog.settle()
        if self.pager.in_write and self.auto_vacuum == AUTO_VACUUM_FULL and self.freelist.count() > 0:
            self.save_cursors()
            shrink(self.freelist, -1)
        self.pager.prepare(super_journal, with_others)

    def rollback(self, distrust: bool = False) -> None:
        """End the transaction and undo its changes (see ``Pager.rollback``); open cursors keep their keys."""
        self.backlog.forget()
        self._cookie = None
        self._close_idle()
        self.save_cursors()
        self.pager.rollback(distrust)

    def savepoint(self) -> int:
        """Open a savepoint inside the write transaction; the number names it."""
        self.backlog.settle()
        return self.pager.savepoint()

    def release(self, savepoint: int) -> None:
        """Forget a savepoint, keeping its changes."""
        self.pager.release(savepoint)

    def rollback_to(self, savepoint: int) -> None:
        """Undo the changes since a savepoint; open cursors keep their keys."""
        self.backlog.forget()
        self._cookie = None
        self.save_cursors()
        self.pager.rollback_to(savepoint)

    def set_journal_mode(self, mode: str) -> str:
        """PRAGMA journal_mode, outside a transaction where WAL comes or goes; see ``Pager.set_journal_mode``."""
        if mode == "wal" and self.pager.journal_mode != "wal" and self.pager.may_write_ahead():
            try:
                self.begin_write(
                    exclusive=True
                )  # an empty file gets a header, which is what tells of the log
            except BaseException:
                self.rollback()
                self.end_read()
                raise
        return self.pager.set_journal_mode(mode)

    def save_cursors(self) -> None:
        """Have all open cursors remember their keys, because pages are about to change."""
        for tree in self._trees.values():
            tree.save_others(None)

    def close(self) -> None:
        """Close the file; what was not committed is rolled back."""
        self.backlog.forget()
        self._close_idle()
        self._trees.clear()
        self._spare.clear()
        self.pager.close()

    # Header -------------------------------------------------------------------------------------------------

    def get_meta(self, field: int) -> int:
        """A field of the header: one of ``header.META_…`` (schema cookie, user version, …)."""
        return read_meta(self.pager, field)

    def schema_cookie(self) -> int:
        """What the header says of the schema's version; it is looked up once in a write transaction."""
        if not self.pager.in_write:
            return self.get_meta(META_SCHEMA_COOKIE)
        cookie = self._cookie
        if cookie is None:
            cookie = self.get_meta(META_SCHEMA_COOKIE)
            self._cookie = cookie
        return cookie

    def page_count(self) -> int:
        """How many pages the database has."""
        self.backlog.settle()
        return int(self.pager.page_count)

    def set_meta(self, field: int, value: int) -> None:
        """Change a field of the header, inside a write transaction."""
        write_meta(self.pager, field, value)
        self._cookie = None
        if field in (META_ENCODING, META_SCHEMA_FORMAT, META_INCREMENTAL_VACUUM):
            self._learn()

    def _learn(self) -> None:
        """Take over what the header says; before there was any schema, it says nothing of the encoding."""
        self._learned = self.pager.generation
        encoding = self.get_meta(META_ENCODING)
        if encoding != 0:
            self.encoding = encoding if 1 <= encoding <= 3 else UTF8
        self.schema_format = self.get_meta(META_SCHEMA_FORMAT)
        self.record_format = self.schema_format or ZERO_AND_ONE_FORMAT
        self.auto_vacuum = AUTO_VACUUM_NONE
        if self.get_meta(META_LARGEST_ROOT) != 0:
            incremental = self.get_meta(META_INCREMENTAL_VACUUM) != 0
            self.auto_vacuum = AUTO_VACUUM_INCREMENTAL if incremental else AUTO_VACUUM_FULL
        self.freelist.mapped = self.auto_vacuum != AUTO_VACUUM_NONE

    def reread(self) -> None:
        """All pages have become others, under no open cursor: forget what was known of them."""
        self.backlog.forget()
        self._close_idle()
        self._trees.clear()
        self._spare.clear()
        self._cookie = None
        self.pager.generation += 1
        if self.pager.page_count > 0:
            self._learn()

    def encode_record(self, values: list[Value]) -> bytes:
        """Pack values into a record as this file has them.

        Raises:
            DataError: the record would be too long.
        """
        return encode(values, self.encoding, self.record_format)

    def incremental_vacuum(self, pages: int = -1) -> None:
        """Cut up to ``pages`` free pages off the file's end (all, where negative); auto-vacuum files only."""
        self.backlog.settle()
        if self.auto_vacuum != AUTO_VACUUM_NONE and self.freelist.count() > 0:
            self.save_cursors()
            shrink(self.freelist, pages)

    # Trees --------------------------------------------------------------------------------------------------

    def create_tree(self, index: bool) -> int:
        """Make an empty tree and return its root page."""
        if self.freelist.mapped:
            self.save_cursors()
            page = allocate_root(self.freelist)
        else:
            page = self.freelist.allocate()
        kind = LEAF_INDEX if index else LEAF_TABLE
        put_node(self.pager, page, new_node(kind, self.pager.usable_size, self.pager.page_size))
        return page.number

    def drop_tree(self, root: int) -> int:
        """Free all pages of a tree.

        Returns:
            In auto-vacuum files, the number of the root page that was moved to ``root``'s place (the schema
            row that names it must be changed to ``root``); else 0.
        """
        self.clear_tree(root)
        self._trees.pop(root, None)
        if not self.freelist.mapped:
            self.freelist.release(self.pager.get(root))
            return 0
        self.save_cursors()
        moved = int(free_root(self.freelist, root))
        tree = self._trees.pop(moved, None)
        if tree is not None:
            tree.root = root
            self._trees[root] = tree
        return moved

    def clear_tree(self, root: int) -> int:
        """Delete all entries of a tree, keeping its root page; returns how many there were."""
        tree = self._trees.get(root)
        if tree is not None:
            tree.save_others(None)
            for watch in tree.watches:
                watch.expired = True
            if tree.waiting is not None:
                tree.waiting.forget()
        total = self._clear(root, 0, set())
        page = self.pager.get(root)
        node = readable_node(self.pager, page)
        fresh = BTreeNode(
            LEAF_TABLE if is_table(node.kind) else LEAF_INDEX, node.prefix, node.tail, node.page_size
        )
        put_node(self.pager, page, fresh)
        return total

    def _clear(self, number: i64, depth: i64, seen: set[int]) -> i64:
        """Free what is below a page, and its overflow chains; returns the number of entries."""
        if depth > MAX_DEPTH or number in seen:
            raise CorruptError("the tree runs in a circle", number)
        seen.add(number)
        page = self.pager.get(number)
        node = readable_node(self.pager, page)
        total: i64 = len(node.cells) if node.kind != INTERIOR_TABLE else 0
        self._free_chains(node)
        for child in node.children:
            total += self._clear(child, depth + 1, seen)
            self.freelist.release(self.pager.get(child))
        return total

    def _free_chains(self, node: BTreeNode) -> None:
        usable = self.pager.usable_size
        for cell in node.cells:
            first = first_overflow(cell, node.kind, usable)
            if first != 0:
                size = read_varint(cell, 0)
                free_chain(self.freelist, first, size - local_size(size, usable, node.kind))

    def _tree(self, root: int, table: bool) -> BTree:
        tree = self._trees.get(root)
        if tree is None or tree.table != table or tree.encoding != self.encoding:
            tree = BTree(self.freelist, root, table, self.encoding)
            self._trees[root] = tree
        return tree

    def table_cursor(self, root: int, writable: bool = False) -> TableCursor:
        """A cursor over the rows of a table tree.  Close it when done, or put it away."""
        tree = self._tree(root, True)
        idle = tree.idle
        if isinstance(idle, TableCursor):
            tree.idle = None
            return idle
        spare = self._take_spare(tree)
        if isinstance(spare, TableCursor):
            spare.come_back()
            return spare
        return TableCursor(tree)

    def index_cursor(self, root: int, key_info: KeyInfo, writable: bool = False) -> IndexCursor:
        """A cursor over the entries of an index tree.  Close it when done, or put it away."""
        tree = self._tree(root, False)
        idle = tree.idle
        if isinstance(idle, IndexCursor) and idle.key_info is key_info:
            tree.idle = None
            return idle
        spare = self._take_spare(tree)
        if isinstance(spare, IndexCursor) and spare.key_info is key_info:
            spare.come_back()
            return spare
        return IndexCursor(tree, key_info)

    def insert_later(self, cursor: IndexCursor, record: bytes) -> None:
        """Write an entry before the cursor's index is next looked at."""
        if self.pager.max_page_count < MAX_PAGE_COUNT:
            cursor.insert(record)  # which may fail
        else:
            self.backlog.add(cursor, record, False)

    def delete_later(self, cursor: IndexCursor, record: bytes) -> None:
        """Delete an entry, if it is there, before the cursor's index is next looked at."""
        self.backlog.add(cursor, record, True)

    # Idle cursors -------------------------------------------------------------------------------------------

    def put_away(self, cursor: Position) -> None:
        """Close a cursor; in a write transaction it stays where it stands, for the next one who asks for one.

        A statement that is run for many rows, each time with cursors of its own, so goes on where it was.  Others make
        do with a cursor that stands nowhere, but need not be made.
        """
        tree = cursor.tree
        if tree.idle is not None or not self.pager.in_write:
            self._let_rest(cursor)
            return
        cursor.valid = False
        cursor.pinned = False
        tree.idle = cursor
        if not tree.listed:
            if len(self._idle) == MOST_IDLE:
                self._close_one(self._idle.pop(0))
            tree.listed = True
            self._idle.append(tree)

    def _close_one(self, tree: BTree) -> None:
        idle = tree.idle
        tree.idle = None
        tree.listed = False
        if isinstance(idle, Position):
            self._let_rest(idle)

    def _let_rest(self, cursor: Position) -> None:
        """Close a cursor, and keep it for the next one who asks for one on its tree."""
        cursor.close()
        cursor.rest()
        spare = self._spare
        if len(spare) == MOST_SPARE:
            spare.pop(0)
        spare.append(cursor)

    def _take_spare(self, tree: BTree) -> Position | None:
        """A closed cursor on a tree, the one that was closed last; None without one."""
        spare = self._spare
        i: i64 = len(spare) - 1
        while i >= 0:
            cursor = spare[i]
            if cursor.tree is tree:
                last = spare.pop()
                if last is not cursor:
                    spare[i] = last
                return cursor
            i -= 1
        return None

    def _close_idle(self) -> None:
        while self._idle:
            self._close_one(self._idle.pop())


def ephemeral(vfs: VFS, page_size: int = 4096) -> Database:
    """A private database with no name, for intermediate results; it goes when it is closed.

    A write transaction is open from the start, and nothing is ever rolled back or committed.
    """
    pager = Pager(vfs, "", temporary=True, page_size=page_size)
    pager.set_journal_mode("off")
    pager.synchronous = 0
    database = Database(pager)
    database.begin_read()
    database.begin_write()
    return database
