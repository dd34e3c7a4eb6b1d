"""Changes of index trees that wait until they can be made in the order of the keys.

Rows come in the order of the table; the entries of their indexes fall all over the trees.  Made one by one, each change
finds, decodes, and later writes a page of its own.  An index that nobody looks at need not be changed at once:
its changes are collected, and made together, sorted, so that neighbouring ones meet the same page.

====== ==============================================================================================
when   the waiting changes are made
====== ==============================================================================================
read   a cursor starts from the root of the tree, as all do that come to it or come back to it
undo   a savepoint is opened: what waits is older, and must not be undone with it
end    the transaction is about to be committed, or the pages of the file are looked at as such
full   as much waits as may
====== ==============================================================================================

A rollback, to a savepoint too, forgets what waits: all of it is newer than the innermost savepoint.

Changes of equal entries must stay in the order in which they came; others need not, the order only keeps neighbours
together.  So changes are sorted by a rough key, which is made of their first field, by a sort that keeps equal ones
in place; where keys are equal, by the second field if that is a number, so that an index of few values is in order too.

What waits may take three eighths of the memory of the cache, because it does what a larger cache would: the more
changes wait, the more of them meet on one page.  A small cache does not make it smaller than ``LEAST_BUDGET``, below
which each change would have a page to itself, nor does a large one, which holds the pages anyway, make it larger than
``MOST_BUDGET``.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import Error, error
from foundrydb.storage.format.values import RTRIM, UTF8, KeyInfo
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.tree.backlog.waiting_records import OVERHEAD, NumberKey, TextKey, WaitingRecords
from foundrydb.storage.tree.index_cursor import IndexCursor
from foundrydb.storage.tree.search_key import method_of
from foundrydb.storage.tree.tree import BTree, Waiting

LEAST_BUDGET: Final = 3 << 18
MOST_BUDGET: Final = 8 << 20
"""Bytes that the waiting changes of a database may take together, at least and at most."""


@final
class Backlog:
    """What waits in all indexes of a database.

    Attributes:
        failed: a change could not be made; only a rollback helps.
        failure: what was in its way, if that was an error of the database's.
        most: so many bytes may wait, whatever the cache.
    """

    def __init__(self) -> None:
        self.failed = False
        self.failure: Error | None = None
        self.most: i64 = MOST_BUDGET
        self._indexes: Final[list[IndexChanges]] = []
        self._bytes: i64 = 0
        self._budget: i64 = LEAST_BUDGET

    def add(self, cursor: IndexCursor, record: bytes, removal: bool) -> None:
        """Let one more change of a cursor's index wait: an entry to write, or to delete if it is there."""
        tree = cursor.tree
        changes = tree.waiting
        if changes is None:
            changes = IndexChanges(tree, cursor.key_info, self)
            tree.waiting = changes
            self._indexes.append(changes)
            self._budget = min(max(tree.pager.cache_bytes() * 3 // 8, LEAST_BUDGET), self.most)
        assert isinstance(changes, IndexChanges)
        tree.save_others(None)
        changes.add(record, removal)
        self._bytes += len(record) + OVERHEAD
        if self._bytes >= self._budget:
            self.settle()

    def settle(self) -> None:
        """Make all changes that wait.

        Raises:
            Error: the first that failed.
        """
        if self.failed:
            raise error("changes of an index are lost", "SQLITE_ABORT_ROLLBACK")
        while self._indexes:
            self._indexes[len(self._indexes) - 1].settle()

    def leave(self, changes: IndexChanges) -> None:
        """The changes of an index do not wait any more."""
        changes.tree.waiting = None
        self._indexes.remove(changes)
        self._bytes -= changes.size

    def forget(self) -> None:
        """After a rollback: nothing waits."""
        self.failed = False
        self.failure = None
        while self._indexes:
            self._indexes[len(self._indexes) - 1].forget()


@final
class IndexChanges(Waiting):
    """What waits in one index.

    Attributes:
        size: how many bytes they take.
    """

    def __init__(self, tree: BTree, key_info: KeyInfo, backlog: Backlog) -> None:
        self.tree: Final = tree
        self.size: i64 = 0
        self._backlog: Final = backlog
        self._key_info: Final = key_info
        # Those whose first field is NULL or a number, and the others.
        self._numbers: WaitingRecords | None = None
        self._texts: WaitingRecords | None = None

    def add(self, record: bytes, removal: bool) -> None:
        """See ``Backlog.add``."""
        self.size += len(record) + OVERHEAD
        if read_varint(record, varint_end(record, 0)) >= 12:
            texts = self._texts
            if texts is None:
                texts = self._texts = WaitingRecords(self._text_key(), self._downwards())
            texts.add(record, removal)
        else:
            numbers = self._numbers
            if numbers is None:
                numbers = self._numbers = WaitingRecords(NumberKey(), self._downwards())
            numbers.add(record, removal)

    def _text_key(self) -> TextKey:
        collation = self._key_info.collations[0]
        encoding = self.tree.encoding
        return TextKey(method_of(collation, encoding), collation is RTRIM and encoding == UTF8)

    def _downwards(self) -> tuple[bool, bool]:
        """For the first field and the second, whether the largest keys come first."""
        first, second = [*self._key_info.descending[:2], False, False][:2]
        return first, second

    def settle(self) -> None:
        """Make the changes.

        Raises:
            Error: the first that failed; the others are lost.
        """
        self._backlog.leave(self)
        self._backlog.failed = True
        idle = self._idle_cursor()
        cursor = idle or IndexCursor(self.tree, self._key_info)
        done = False
        try:
            for records in (self._numbers, self._texts):
                if records is not None:
                    records.carry_out(cursor)
            done = True
        except Error as failure:
            self._backlog.failure = failure
            raise
        finally:
            if done and idle is not None and self.tree.listed and self.tree.idle is None:
                cursor.few = False
                cursor.valid = False
                self.tree.idle = cursor
            else:
                cursor.close()
        self._backlog.failed = False

    def _idle_cursor(self) -> IndexCursor | None:
        """The tree's cursor that nobody uses, taken out of there; None where there is none of its order."""
        idle = self.tree.idle
        if isinstance(idle, IndexCursor) and idle.key_info is self._key_info:
            self.tree.idle = None
            return idle
        return None

    def forget(self) -> None:
        """Let nothing wait."""
        self._backlog.leave(self)
