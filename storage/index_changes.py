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
in place.
"""

from __future__ import annotations

from typing import Any, Final, final

from librt.strings import read_f64_be
from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.index_cursor import IndexCursor
from foundrydb.storage.record import integer_at, serial_size
from foundrydb.storage.search_key import BYTES, FOLDED, method_of
from foundrydb.storage.tree import Tree, Waiting
from foundrydb.storage.values import RTRIM, UTF8, KeyInfo
from foundrydb.storage.varint import read_varint, varint_end

MOST_CHANGES: Final = 1 << 16
"""How many changes of a database may wait, for a start."""

MOST_BYTES: Final = 4 << 20
"""How many bytes their records may have together."""

_KEY_BYTES: Final = 32
"""How much of a text or blob goes into a rough key."""

_NULL: Final = float("-inf")


@final
class Backlog:
    """What waits in all indexes of a database.

    Attributes:
        failed: a change could not be made; only a rollback helps.
        most_changes: how many may wait.
    """

    def __init__(self) -> None:
        self.failed = False
        self.most_changes: i64 = MOST_CHANGES
        self._indexes: Final[list[IndexChanges]] = []
        self._count: i64 = 0
        self._bytes: i64 = 0

    def add(self, cursor: IndexCursor, record: bytes, removal: bool) -> None:
        """Let one more change of a cursor's index wait: an entry to write, or to delete if it is there."""
        tree = cursor.tree
        changes = tree.waiting
        if changes is None:
            changes = IndexChanges(tree, cursor.key_info, self)
            tree.waiting = changes
            self._indexes.append(changes)
        assert isinstance(changes, IndexChanges)
        tree.save_others(None)
        changes.add(record, removal)
        self._count += 1
        self._bytes += len(record)
        if self._count >= self.most_changes or self._bytes >= MOST_BYTES:
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
        self._count -= changes.count()
        self._bytes -= changes.size

    def forget(self) -> None:
        """After a rollback: nothing waits."""
        self.failed = False
        while self._indexes:
            self._indexes[len(self._indexes) - 1].forget()


@final
class Lane:
    """Changes whose rough keys can be compared with each other."""

    def __init__(self) -> None:
        self.keys: Final[list[Any]] = []
        self.records: Final[list[bytes]] = []
        self.removals: Final[list[bool]] = []

    def add(self, key: object, record: bytes, removal: bool) -> None:
        """Let a change wait."""
        self.keys.append(key)
        self.records.append(record)
        self.removals.append(removal)

    def carry_out(self, cursor: IndexCursor, downwards: bool) -> None:
        """Make the changes in the order of their keys."""
        for i in sorted(range(len(self.keys)), key=self.keys.__getitem__, reverse=downwards):
            if self.removals[i]:
                cursor.remove(self.records[i])
            else:
                cursor.insert(self.records[i])


@final
class IndexChanges(Waiting):
    """What waits in one index.

    Attributes:
        size: how many bytes its records have.
    """

    def __init__(self, tree: Tree, key_info: KeyInfo, backlog: Backlog) -> None:
        self.tree: Final = tree
        self.size: i64 = 0
        self._backlog: Final = backlog
        self._key_info: Final = key_info
        self._downwards: Final = len(key_info.descending) > 0 and key_info.descending[0]
        collation = key_info.collations[0]
        self._trimmed: Final = collation is RTRIM and tree.encoding == UTF8
        self._method: Final[i64] = method_of(collation, tree.encoding)
        self._numbers: Final = Lane()
        self._strings: Final = Lane()

    def count(self) -> i64:
        """How many changes wait."""
        return len(self._numbers.keys) + len(self._strings.keys)

    def add(self, record: bytes, removal: bool) -> None:
        """See ``Backlog.add``."""
        self.size += len(record)
        header_end = read_varint(record, 0)
        at = varint_end(record, 0)
        serial = read_varint(record, at)
        if serial >= 12:
            self._strings.add(self._string_key(record, header_end, serial), record, removal)
        elif serial == 7:
            self._numbers.add(read_f64_be(record, header_end), record, removal)
        elif serial == 0:
            self._numbers.add(_NULL, record, removal)
        else:
            self._numbers.add(float(integer_at(record, header_end, serial)), record, removal)

    def _string_key(self, record: bytes, at: i64, serial: i64) -> bytes:
        """The beginning of a text or blob, so that what compares as equal has the same one."""
        size = serial_size(serial)
        key = record[at : at + (size if size < _KEY_BYTES else _KEY_BYTES)]
        if serial & 1 == 0 or self._method == BYTES:
            return key
        if self._trimmed:
            return key.rstrip(b" ")
        return key.partition(b"\0")[0].lower() if self._method == FOLDED else b""

    def settle(self) -> None:
        """Make the changes.

        Raises:
            Error: the first that failed; the others are lost.
        """
        self._backlog.leave(self)
        self._backlog.failed = True
        cursor = IndexCursor(self.tree, self._key_info)
        try:
            self._numbers.carry_out(cursor, self._downwards)
            self._strings.carry_out(cursor, self._downwards)
        finally:
            cursor.close()
        self._backlog.failed = False

    def forget(self) -> None:
        """Let nothing wait."""
        self._backlog.leave(self)
