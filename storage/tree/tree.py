"""One B-tree as its cursors share it: where it starts, what its cells look like, who stands in it."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.nodes.node import LEAF_INDEX, LEAF_TABLE, is_table, local_size, max_local
from foundrydb.storage.tree.space.freelist import Freelist


class Visitor:
    """A cursor, as far as the tree knows it.

    Attributes:
        pinned: nobody else may change the tree for now.
    """

    pinned: bool

    def save(self) -> None:
        """Remember the position by its key, because the tree is about to change."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the tree."""
        raise NotImplementedError


class RowWatch:
    """Somebody who has to know that a row is changed or deleted.

    Attributes:
        rowid: the row.
        expired: it was.
    """

    def __init__(self, rowid: int) -> None:
        self.rowid: Final = rowid
        self.expired = False


class Waiting:
    """Changes of a tree that are yet to be made; see :mod:`foundrydb.storage.tree.backlog.backlog`."""

    def settle(self) -> None:
        """Make them."""
        raise NotImplementedError

    def forget(self) -> None:
        """Never make them."""
        raise NotImplementedError


@final
class BTree:
    """A B-tree of the database.

    Attributes:
        root: the root page's number.
        table: whether it is a table tree (keys are rowids); else an index tree (keys are records).
        encoding: of the file's text.
        visitors: the open cursors.
        idle: one of them that nobody uses at the moment; see ``Database.put_away``.
        listed: the database knows that there may be an idle one.
        waiting: changes that must be made before the tree is looked at.
        watches: who has to know of changes of single rows.
        version: it has the same keys as long as this stays the same.
    """

    def __init__(self, freelist: Freelist, root: i64, table: bool, encoding: i64) -> None:
        self.freelist: Final = freelist
        self.pager: Final[Pager] = freelist.pager
        self.root: i64 = root
        self.table: Final = table
        self.encoding: i64 = encoding
        self.leaf_kind: Final[i64] = LEAF_TABLE if table else LEAF_INDEX
        self.visitors: Final[list[Visitor]] = []
        self.idle: Visitor | None = None
        self.listed = False
        self.waiting: Waiting | None = None
        self.watches: Final[list[RowWatch]] = []
        self.version: i64 = 0

    def is_empty_file(self) -> bool:
        """Whether there is not even a root page, as in a file of no bytes."""
        return self.root == 1 and self.pager.page_count == 0

    def fits_kind(self, kind: i64) -> bool:
        """Whether a page of that kind can be part of this tree."""
        return is_table(kind) == self.table

    def max_local(self) -> i64:
        """The largest payload without overflow pages."""
        return max_local(self.pager.usable_size, self.leaf_kind)

    def local_size(self, payload: i64) -> i64:
        """How much of a payload lies in its cell."""
        return local_size(payload, self.pager.usable_size, self.leaf_kind)

    def expire(self, rowid: i64) -> None:
        """Tell those who watch a row that it is changed or deleted."""
        for watch in self.watches:
            if watch.rowid == rowid:
                watch.expired = True

    def save_others(self, cursor: Visitor | None) -> None:
        """Have all cursors but one remember their positions, before a change.

        cursor: the one that changes the tree, None where all give way to something else.

        Raises:
            IntegrityError: ``SQLITE_CONSTRAINT_PINNED``: another one is pinned.
        """
        self.version += 1
        if len(self.visitors) == 1 and self.visitors[0] is cursor:
            return
        for visitor in self.visitors:
            if visitor is not cursor:
                if visitor.pinned and cursor is not None:
                    raise error("constraint failed", "SQLITE_CONSTRAINT_PINNED")
                visitor.save()
