"""The database file as one connection sees it: its locks, what is known of it, and whether that still holds.

The log asks it to become readable or writable, and whether the file is still the one that the pager's cached pages
came from.  That is told by the header's bytes 24 to 40 (change counter, page count, freelist), as every commit
changes the counter, and by the file's size.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.errors import Error
from foundrydb.storage.format.file_shape import FileShape, examine
from foundrydb.storage.format.header import HEADER_SIZE, MAGIC, MARK_END, MARK_START
from foundrydb.storage.log.rollback.hot_journal import is_hot, roll_back
from foundrydb.storage.os.busy import Patience
from foundrydb.storage.os.vfs import EXCLUSIVE, NONE, SHARED, VFS, storage_error

UNKNOWN: Final = -1
UNCHANGED: Final = 0
FIRST_SEEN: Final = 1
CHANGED: Final = 2


@final
class DatabaseFile:
    """One connection's hold on a database file.

    Attributes:
        file: the open file.
        path: its full path.
        journal_path: where its rollback journal lies.
        shape: what the header said when last looked at, None while the file is empty.
        written_ahead: whether the file is in WAL mode.
        leaving: whether it is about to leave WAL mode, which its header still tells of.
        news: what ``become_readable`` found: FIRST_SEEN or CHANGED; who has taken notice sets UNCHANGED.
    """

    def __init__(
        self, vfs: VFS, path: str, read_only: bool, must_exist: bool, immutable: bool, patience: Patience
    ) -> None:
        """Open the file; see ``Pager``."""
        self.path: Final = vfs.full_path(path)
        self.journal_path: Final = self.path + "-journal"
        create = not must_exist and not read_only
        self.file: Final = vfs.open(self.path, create=create, read_only=read_only)
        self.shape: FileShape | None = None
        self.written_ahead = False
        self.leaving = False
        self.news = FIRST_SEEN
        self._vfs: Final = vfs
        self._patience: Final = patience
        self._immutable: Final = immutable
        self._mark = b""
        self._size = UNKNOWN

    # reading ------------------------------------------------------------------------------------------------

    def become_readable(self) -> bool:
        """Take SHARED, roll a hot journal back, look at the header, and tell in ``news`` what changed.

        Returns:
            False where somebody is in the way; nothing is locked then.

        Raises:
            Error: ``SQLITE_NOTADB``, ``CorruptError``, what the file answered; nothing is locked then.
        """
        if self._immutable:
            self._look_once()
            return True
        return self._try()

    def release(self) -> None:
        """Give up all locks; one that the system does not take back yet goes with the next release."""
        try:
            self.file.unlock(NONE)
        except (Error, MemoryError):
            return

    def lower(self) -> None:
        """Give up all locks but SHARED; one that the system does not take back yet goes with the next release."""
        try:
            self.file.unlock(SHARED)
        except (Error, MemoryError):
            return

    def _try(self) -> bool:
        file = self.file
        try:
            if not file.lock(SHARED):
                return False
            if is_hot(self._vfs, file, self.journal_path) and not self._recover():
                self.release()
                return False
            self._look()
        except BaseException:
            self.release()
            raise
        return True

    def _recover(self) -> bool:
        """Roll the hot journal back; False when another connection is in the way."""
        if self.file.read_only:
            raise storage_error("SQLITE_READONLY_ROLLBACK")
        if not self.file.lock(EXCLUSIVE):
            return False
        self._mark = b""
        roll_back(self._vfs, self.file, self.journal_path)
        self.lower()
        return True

    def _look_once(self) -> None:
        """Look at a file that nobody changes: as it lies there, without a log too, it is a whole database."""
        if self._size == UNKNOWN:
            self._look()

    def _look(self) -> None:
        size = self.file.size()
        if size == 1:
            size = 0  # as SQLite sees it, which left such files where an empty one could not be locked
        mark = self.file.read(MARK_START, MARK_END - MARK_START) if size else b""
        if size == self._size and mark == self._mark:
            return
        header = self.file.read(0, HEADER_SIZE) if size else b""
        self.written_ahead = self._has_log(header)
        if self.written_ahead:
            return  # to its log, which knows how many pages there are; the file may be cut short meanwhile
        self.shape = examine(header, size) if size else None
        if self._size != UNKNOWN:
            self.news = CHANGED
        elif self.news == UNCHANGED:
            self.news = FIRST_SEEN
        self._mark = header[MARK_START:MARK_END]
        self._size = size

    def _has_log(self, header: bytes) -> bool:
        """Whether the file is in WAL mode, by its header or since a log lies beside it; not so an empty one."""
        if self.leaving or self._immutable:
            return False
        if header[:16] == MAGIC and header[19:20] == b"\2":
            return True
        log_path = self.path + "-wal"
        if not self._vfs.exists(log_path):
            return False
        if not header and not self.file.read_only:
            self._vfs.delete(log_path)  # it belongs to a database that was deleted
        return header[:16] == MAGIC

    # writing ------------------------------------------------------------------------------------------------

    def wait(self, level: int) -> None:
        """Raise the lock to ``level``, asking the busy handler between the tries."""
        tries = 0
        while not self.file.lock(level):
            if not self._patience.try_again(tries):
                raise storage_error("SQLITE_BUSY")
            tries += 1

    def committed(self, mark: bytes, size: int) -> None:
        """After a commit of this connection: nobody else has changed the file."""
        self._mark = mark
        self._size = size

    def writable(self) -> bool:
        """Whether this version may write a file of the format last seen."""
        shape = self.shape
        return not self.file.read_only and (shape is None or shape.write_version <= 2)

    def forget(self) -> None:
        """Believe nothing of what was known of the file."""
        self._mark = b""
        self._size = UNKNOWN

    def close(self) -> None:
        """Give up the locks and the file."""
        self.release()
        self.file.close()
