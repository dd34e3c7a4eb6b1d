"""The pager: a file as a numbered set of pages that change together or not at all.

It sits between the B-trees, which see pages, and the VFS, which sees bytes.  It caches pages, holds the locks
that keep connections apart, and keeps the rollback journal that makes a transaction whole or void.

States, and what moves from one to the next::

    OPEN <--- end_read --- READER <----------------- finish, rollback ----------+
      |                     ^  |                                                |
      +---- begin_read -----+  +-- begin_write --> WRITER_LOCKED -------------->+
                                                       | touch, append_page     |
                                                       v                        |
                                                   WRITER_CACHEMOD ------------>+
                                                       | spill, prepare         |
                                                       v                        |
                                                   WRITER_DBMOD --------------->+
                                                       | prepare has synced     |
                                                       v                        |
                                                   WRITER_FINISHED ------------>+

    a rollback that fails ---> ERROR --- the next begin_read ---> OPEN

OPEN             no lock; the cache is kept, and believed only if the file has not changed meanwhile
READER           SHARED
WRITER_LOCKED    RESERVED or more; nothing was changed
WRITER_CACHEMOD  RESERVED or more; pages changed in memory, their old images in the journal
WRITER_DBMOD     EXCLUSIVE; the journal is durable and pages were written to the file
WRITER_FINISHED  EXCLUSIVE; the file is as the transaction wants it, only the journal's end is missing
ERROR            a rollback could not be carried out; the cache is empty, the journal will be rolled back

Invariants:

1. A page of the file is overwritten only if it was beyond the file's end when the transaction began, or its
   old image is in a part of the journal that was synced (where syncing is on and there is a journal).
2. A page is changed in the cache only after its old image went to the journal, in this transaction, and to the
   journal or the sub-journal for every open savepoint.
3. The file is written only under EXCLUSIVE; the cache is believed only under SHARED or more.
4. The transaction is committed in the moment when its journal is deleted, truncated or zeroed; before that
   everything that it wrote was synced.
5. A page that anybody besides the cache refers to is neither written out before the commit nor evicted.
6. Pages restored by a rollback are new ``Page`` objects: what a cursor still holds stays as it was, orphaned
   (``cached`` is False), and ``generation`` has grown.
7. The page that holds the lock bytes is never handed out, journaled or written.
8. A clean page in the cache equals the file's; the cache's size is bounded except by pages that are held, or
   dirty while another connection reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import Error, InternalError, error
from foundrydb.storage.bitmap import Bitmap
from foundrydb.storage.database_file import CHANGED, UNCHANGED, DatabaseFile
from foundrydb.storage.file_check import stamped, valid_page_size
from foundrydb.storage.hot_journal import resize
from foundrydb.storage.page_cache import Page, PageContent
from foundrydb.storage.page_store import (
    ERROR,
    OPEN,
    READER,
    WRITER_CACHEMOD,
    WRITER_DBMOD,
    WRITER_FINISHED,
    WRITER_LOCKED,
    PageStore,
)
from foundrydb.storage.savepoint import Savepoint
from foundrydb.storage.undo_log import FULL, IN_FILE, JOURNAL_MODES, KEEPING_THE_FILE, OFF, UndoLog
from foundrydb.storage.vfs import EXCLUSIVE, RESERVED, SHARED, VFS, storage_error

__all__ = ["Page", "PageContent", "Pager"]


@final
class Pager(PageStore):
    """One connection's view of one database file.

    Attributes, beside those of ``PageStore``:
        in_read, in_write: whether a read or a write transaction is open.
        read_only: whether the file cannot be written.
        data_version: grows whenever another connection was seen to have changed the file.
        synchronous: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA; takes effect with the next transaction.
    """

    def __init__(
        self,
        vfs: VFS,
        path: str,
        read_only: bool = False,
        temporary: bool = False,
        page_size: int = 4096,
        must_exist: bool = False,
        immutable: bool = False,
    ) -> None:
        """Open the file at ``path``.

        Args:
            vfs: where the file lives.
            path: the file; a missing one is created, empty.
            read_only: open without the right to write.
            temporary: a private database: ``path`` is ignored, nothing is locked, synced or kept.
            page_size: the size for a database that is still empty.
            must_exist: raise ``SQLITE_CANTOPEN`` rather than create a missing file.
            immutable: nobody changes the file, nor is there a journal to look for; ``read_only`` is set too.
        """
        disk = DatabaseFile(vfs, path, read_only, temporary, must_exist, immutable)
        super().__init__(disk.file, UndoLog(vfs, disk.path, disk.journal_path), temporary, page_size)
        self.vfs: Final = vfs
        self.data_version: i64 = 1
        self.in_read = False
        self.in_write = False
        self.synchronous = FULL
        self._disk: Final = disk
        self.path: Final = disk.path
        self.journal_path: Final = disk.journal_path
        self.read_only: Final = disk.file.read_only
        self._stamped = False

    # reading ------------------------------------------------------------------------------------------------

    def begin_read(self) -> None:
        """Take a SHARED lock (a no-op when there is one), rolling back a hot journal first.

        Raises:
            Error: ``SQLITE_BUSY`` where a writer is in the way for too long, ``SQLITE_NOTADB`` where the file
                is no database, ``CorruptError`` where it was cut short.
        """
        if self._state == ERROR:
            self._recover()
        if self._state != OPEN:
            return
        disk = self._disk
        disk.become_readable()
        if disk.news == CHANGED:
            self._forget_all()
            self.data_version += 1
        if disk.news != UNCHANGED and not self.temporary:
            shape = disk.shape
            if shape is not None:
                self._lay_out(shape.page_size, shape.reserved)
            self.page_count = 0 if shape is None else shape.page_count
            disk.news = UNCHANGED
        self._state = READER
        self.in_read = True

    def end_read(self) -> None:
        """Give the SHARED lock back; nothing happens while a write transaction is open."""
        if self._state == READER:
            self._state = OPEN
            self.in_read = False
            self._disk.release()

    # transactions -------------------------------------------------------------------------------------------

    def begin_write(self, exclusive: bool = False) -> None:
        """Start a write transaction: RESERVED, or EXCLUSIVE at once.

        A connection that was already reading does not wait for RESERVED: who holds it may be waiting for this
        reader to leave.

        Raises:
            Error: ``SQLITE_BUSY``, or ``SQLITE_READONLY`` where the file cannot be written.
        """
        if self._state >= WRITER_LOCKED and self._state != ERROR:
            if exclusive:
                self._disk.wait(EXCLUSIVE)
            return
        if self.read_only:
            raise storage_error("SQLITE_READONLY")
        self._lock_for_writing(exclusive)
        self._state = WRITER_LOCKED
        self.in_write = True
        self._undo.begin(int(self.page_size), self.page_count, self.synchronous)
        self._stamped = False
        self._epoch += 1

    def _lock_for_writing(self, exclusive: bool) -> None:
        was_reading = self._state == READER
        tries = 0
        disk = self._disk
        while True:
            self.begin_read()
            if not disk.writable():
                raise storage_error("SQLITE_READONLY")
            if self._file.lock(RESERVED):
                break
            if not was_reading:
                self.end_read()
            if was_reading or not disk.try_again(tries):
                raise storage_error("SQLITE_BUSY")
            tries += 1
        if exclusive or disk.wal_format:
            try:
                disk.wait_alone()
            except BaseException:
                self._file.unlock(SHARED)
                if not was_reading:
                    self.end_read()
                raise

    def commit(self) -> None:
        """Make the transaction's changes durable; leaves the read transaction open.

        Raises:
            Error: ``SQLITE_BUSY`` (the transaction stays open, try again), or what the file answered: the
                caller then rolls back.
        """
        self.prepare()
        self.finish()

    def prepare(self, super_journal: str = "") -> None:
        """The first half of a commit: all but the end of the journal.

        Args:
            super_journal: the file that lists the journals of a transaction over several files.
        """
        if self._state < WRITER_CACHEMOD or self._state > WRITER_DBMOD or self.temporary:
            return
        self._stamp()
        self._disk.wait(EXCLUSIVE)
        self._undo.write_super(super_journal)
        self._undo.sync(go_on=False)
        self._state = WRITER_DBMOD
        numbers = list(self._dirty)
        numbers.sort()
        for number in numbers:
            self._write(self._dirty[number])
        size = self.page_count * self.page_size
        resize(self._file, int(size))
        if self._undo.sync_level > OFF:
            self._file.sync()
        self._state = WRITER_FINISHED

    def has_disk_journal(self) -> bool:
        """Whether a loss of power in the middle of the commit could be undone."""
        changed = WRITER_CACHEMOD <= self._state <= WRITER_FINISHED
        return changed and not self.temporary and self._undo.mode in IN_FILE and self._undo.sync_level > OFF

    def finish(self, decided: bool = False) -> None:
        """The second half of a commit: end the journal.

        An error that leaves ``in_write`` False tells that the transaction is committed, but that a loss of
        power could still undo it.

        Args:
            decided: the super-journal is gone, so that this is committed even if the journal cannot be ended.
        """
        if self._state < WRITER_LOCKED or self._state == ERROR:
            return
        if self._state == WRITER_FINISHED:
            try:
                self._undo.end_journal()
            except Error:
                if decided or self._undo.is_void():
                    self._undo.drop_journal()
                    self._remember_file()
                    self._end_transaction()
                if not decided:
                    raise
                return
            self._remember_file()
        elif self._state > WRITER_LOCKED and not self.temporary:
            raise InternalError("a commit was finished that was not prepared", "SQLITE_INTERNAL")
        else:
            self._undo.end_journal()
        self._end_transaction()

    def rollback(self) -> None:
        """Undo the transaction's changes; leaves the read transaction open.

        Raises:
            Error: what the file answered.  The journal is then still there, and the next ``begin_read``, or
                another process, will roll it back.
        """
        if self._state < WRITER_LOCKED or self._state == ERROR:
            return
        changed = self._state > WRITER_LOCKED
        if self.temporary:
            self._roll_back_in_memory()
        else:
            in_file = self._state >= WRITER_DBMOD
            self._forget_changes()
            try:
                if in_file:
                    self._undo.play_back(self._file)
                self._undo.end_journal()
                self._undo.delete_super()
            except BaseException:
                self._fail()
                raise
        if changed:
            self.generation += 1
        self._end_transaction()

    def _stamp(self) -> None:
        """Count the commit in page 1's header."""
        if self.page_count == 0:
            return
        page = self.get(1)
        self.touch(page)
        if not self._stamped:
            self._disk.counter += 1
            self._stamped = True
        page.data = stamped(page.image(), self._disk.counter, int(self.page_count))

    def _remember_file(self) -> None:
        """After a commit: the cache is what the file is."""
        first = self.get(1).data if self.page_count else b""
        self._disk.committed(first, int(self.page_count * self.page_size))

    def _end_transaction(self) -> None:
        self._undo.clear()
        self._epoch += 1
        self._state = READER
        self.in_write = False
        self._file.unlock(SHARED)
        self._trim()

    # undoing ------------------------------------------------------------------------------------------------

    def _forget_changes(self) -> None:
        """Drop every page that the transaction changed from the cache."""
        for page in self._cache.pages():
            if page.dirty or self._undo.changed(page.number):
                self._drop(page)
        self.page_count = self._undo.original_count
        if self._stamped:
            self._disk.counter -= 1

    def _roll_back_in_memory(self) -> None:
        if self._state == WRITER_LOCKED:
            return
        if self._undo.journal is None:
            raise error("cannot roll back: journal_mode is off", "SQLITE_ABORT")
        self._restore(self._undo.beginning())
        self._undo.end_journal()

    def _fail(self) -> None:
        """A rollback could not be carried out: leave it to the next reader."""
        self._state = ERROR
        self.in_read = False
        self.in_write = False
        self._forget_all()
        self._disk.forget()
        self._undo.abandon()
        if self._undo.journal is None:
            self._disk.release()

    def _recover(self) -> None:
        """Leave ERROR: the journal in memory is tried again; one in a file is found hot."""
        if self._undo.journal is not None:
            self._undo.play_back(self._file)
            self._undo.end_journal()
            self._disk.release()
        self._state = OPEN

    # savepoints ---------------------------------------------------------------------------------------------

    def savepoint(self) -> int:
        """Open a savepoint inside the write transaction and return its id: how many were open before."""
        self._epoch += 1
        return self._undo.savepoint(self.page_count)

    def release(self, identifier: int) -> None:
        """Forget the savepoint and those opened after it, keeping the changes."""
        self._undo.release(identifier)

    def rollback_to(self, identifier: int) -> None:
        """Undo the changes since the savepoint, which stays open; those opened after it are forgotten."""
        savepoint = self._undo.back_to(identifier)
        if savepoint is not None and self._state > WRITER_LOCKED:
            self._restore(savepoint)

    def _restore(self, savepoint: Savepoint) -> None:
        """Put the pages back as they were at the savepoint, in the cache."""
        for page in self._cache.pages():
            if page.number > savepoint.page_count:
                self._drop(page)
        self.page_count = savepoint.page_count
        done = Bitmap(savepoint.page_count)
        journal = self._undo.journal
        if journal is not None:
            # Spilling while images are put back adds empty sections at the end: look at those of now only.
            for section in list(journal.sections):
                offset = max(section.first, savepoint.journal_offset)
                while offset < section.end:
                    number, image = journal.read_record(offset)
                    self._put_back(number, image, done)
                    offset += journal.record_size()
        for index in range(savepoint.first_record, self._undo.sub_records()):
            number, image = self._undo.sub_record(index)
            self._put_back(number, image, done)
        self.generation += 1
        self._epoch += 1

    def _put_back(self, number: i64, image: bytes, done: Bitmap) -> None:
        if number > done.bound or done.has(number):
            return
        done.add(number)
        old = self._cache.find(number)
        if old is not None:
            self._drop(old)
            old = None
        if self._cache.count >= self._limit:
            self._make_room()
        page = Page(number, image)
        self._cache.add(page)
        self._mark_dirty(page)
        page.epoch = 0

    # journal_mode -------------------------------------------------------------------------------------------

    @property
    def journal_mode(self) -> str:
        """ "delete", "truncate", "persist", "memory", "off"; "wal" for a file that was last seen in WAL mode."""
        return "wal" if self._disk.wal_format else self._undo.mode

    def set_journal_mode(self, mode: str) -> str:
        """PRAGMA journal_mode: the mode that is then in effect; no change inside a write transaction.

        Leaving a mode that keeps the journal file deletes it, unless another connection is writing.
        """
        if mode not in JOURNAL_MODES or self.in_write or self._state == ERROR:
            return self.journal_mode
        if self.temporary and mode in IN_FILE:
            return self.journal_mode
        if self._disk.wal_format:
            self._leave_wal()
        before = self._undo.mode
        self._undo.mode = mode
        if before in KEEPING_THE_FILE and mode not in KEEPING_THE_FILE and not self.read_only:
            self._delete_kept_journal()
        return mode

    def _leave_wal(self) -> None:
        """Make a file in WAL mode one with a rollback journal."""
        was_reading = self.in_read
        self.begin_write()
        page = self.get(1)
        self.touch(page)
        image = page.image()
        page.replace(image[:18] + b"\x01\x01" + image[20:])
        try:
            self.commit()
            self._disk.wal_format = False
        except Error:
            self.rollback()
            raise
        finally:
            if not was_reading:
                self.end_read()

    def _delete_kept_journal(self) -> None:
        was_reading = self.in_read
        self.begin_read()
        if self._file.lock(RESERVED):
            self.vfs.delete(self._disk.journal_path)
            self._file.unlock(SHARED)
        if not was_reading:
            self.end_read()

    # shape and end ------------------------------------------------------------------------------------------

    def set_page_size(self, page_size: int, reserved: int = 0) -> bool:
        """Choose the page size of a database that is still empty; False where it is too late or no size."""
        if not valid_page_size(page_size) or not 0 <= reserved <= min(255, page_size - 480):
            return False
        if self.page_count or self._disk.size() > 0 or self._state > WRITER_LOCKED:
            return False
        self._lay_out(page_size, reserved)
        if self.in_write:
            self._undo.begin(page_size, 0, self.synchronous)
        return True

    def close(self) -> None:
        """Roll back what is not committed and release the file."""
        try:
            if self.in_write and not self.temporary:
                self.rollback()
        finally:
            self.in_read = False
            self.in_write = False
            self._state = OPEN
            self._forget_all()
            self._disk.close()

    # waiting ------------------------------------------------------------------------------------------------

    @property
    def busy(self) -> Callable[[int], bool] | None:
        """Called with the number of calls so far when a lock is in the way; True asks to try again."""
        return self._disk.busy

    @busy.setter
    def busy(self, handler: Callable[[int], bool] | None) -> None:
        self._disk.busy = handler

    @property
    def busy_timeout(self) -> int:
        """Where there is no busy handler: milliseconds to go on trying."""
        return self._disk.busy_timeout

    @busy_timeout.setter
    def busy_timeout(self, milliseconds: int) -> None:
        self._disk.busy_timeout = milliseconds
