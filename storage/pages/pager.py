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

    a rollback that cannot be carried out ---> ERROR --- the next begin_read ---> OPEN

OPEN             no lock; the cache is kept, and believed only if the file has not changed meanwhile
READER           SHARED
WRITER_LOCKED    RESERVED or more; nothing was changed
WRITER_CACHEMOD  RESERVED or more; pages changed in memory, their old images in the journal
WRITER_DBMOD     EXCLUSIVE; the journal is durable and pages were written to the file
WRITER_FINISHED  EXCLUSIVE; the file is as the transaction wants it, only the journal's end is missing
ERROR            a rollback could not be carried out: the transaction is over, the journal is still there; the next
                 begin_read rolls it back or raises what is in its way

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
9. Whatever fails, and wherever: a call that raises leaves a transaction that can be rolled back, and ``rollback``
   ends it.  Locks that cannot be given back do not count as failures; see ``FileLock.unlock``.
10. Once a page could not be written, or a journal or database not be synced, the transaction is doomed: nothing but
   ``rollback`` is possible, because what the system did with that page or file, and what it will say of the next sync,
   is unknown.
11. A rollback reads only what was synced of a journal in a file (or what this process wrote, where nothing is synced):
   by 1, the file differs in no other pages from what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import InternalError, error
from foundrydb.storage.format.file_shape import valid_page_size
from foundrydb.storage.format.header import HEADER_SIZE, stamped
from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.log.database_file import CHANGED, UNCHANGED, DatabaseFile
from foundrydb.storage.log.rollback.hot_journal import resize
from foundrydb.storage.os.vfs import EXCLUSIVE, RESERVED, VFS, code_of, storage_error
from foundrydb.storage.pages.page_cache import Page, PageContent
from foundrydb.storage.pages.page_store import (
    ERROR,
    OPEN,
    READER,
    WRITER_CACHEMOD,
    WRITER_DBMOD,
    WRITER_FINISHED,
    WRITER_LOCKED,
    PageStore,
)
from foundrydb.storage.pages.savepoint import Savepoint
from foundrydb.storage.pages.undo_log import FULL, IN_FILE, JOURNAL_MODES, KEEPING_THE_FILE, OFF, UndoLog

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
        # Set by PRAGMA locking_mode: a lock that was taken stays when its transaction ends.
        self.keeps_locks = False
        self._disk: Final = disk
        self.path: Final = disk.path
        self.journal_path: Final = disk.journal_path
        self.read_only: Final = disk.file.read_only
        self._stamped = False
        self._header = b""

    # reading ------------------------------------------------------------------------------------------------

    def begin_read(self) -> None:
        """Take a SHARED lock (a no-op when there is one), rolling back a hot journal first.

        Raises:
            Error: ``SQLITE_BUSY`` where a writer is in the way for too long, ``SQLITE_NOTADB`` where the file
                is no database, ``CorruptError`` where it was cut short.
        """
        tries = 0
        while not self._try_to_read():
            if not self._disk.try_again(tries):
                raise storage_error("SQLITE_BUSY")
            tries += 1

    def _try_to_read(self) -> bool:
        """``begin_read`` without waiting; False where a lock is in the way."""
        if self._state == ERROR:
            self._recover()
        if self._state != OPEN:
            return True
        disk = self._disk
        if not disk.become_readable():
            return False
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
        return True

    def end_read(self) -> None:
        """Give the SHARED lock back; nothing happens while a write transaction is open."""
        if self._state == READER:
            self._state = OPEN
            self.in_read = False
            if not self.keeps_locks:
                self._disk.release()

    # transactions -------------------------------------------------------------------------------------------

    def begin_write(self, exclusive: bool = False) -> None:
        """Start a write transaction: RESERVED, or EXCLUSIVE at once.

        While it waits it holds no lock that others could wait for.  So a connection that was already reading does not
        wait for RESERVED at all: who holds it may be waiting for this reader to leave.

        Raises:
            Error: ``SQLITE_BUSY``, or ``SQLITE_READONLY`` where the file cannot be written.
        """
        if self.in_write:
            self._refuse_if_doomed()
            if exclusive:
                self._disk.wait(EXCLUSIVE)
            return
        if self.read_only:
            raise storage_error("SQLITE_READONLY")
        was_reading = self._state == READER
        try:
            self._lock_for_writing(exclusive, was_reading)
            self._undo.begin(int(self.page_size), self.page_count, self.synchronous)
        except BaseException:
            self._disk.lower()
            if not was_reading:
                self.end_read()
            raise
        self._state = WRITER_LOCKED
        self.in_write = True
        self._stamped = False
        self._epoch += 1

    def _lock_for_writing(self, exclusive: bool, was_reading: bool) -> None:
        tries = 0
        disk = self._disk
        while not self._try_to_reserve(was_reading):
            if was_reading or not disk.try_again(tries):
                raise storage_error("SQLITE_BUSY")
            tries += 1
        if exclusive or disk.wal_format:
            disk.wait_alone()

    def _try_to_reserve(self, was_reading: bool) -> bool:
        """Take RESERVED, or give back whatever was taken on the way to it."""
        if not self._try_to_read():
            return False
        if not self._disk.writable():
            raise storage_error("SQLITE_READONLY")
        if self._file.lock(RESERVED):
            return True
        if not was_reading:
            self.end_read()
        return False

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

        Raises:
            Error: ``SQLITE_BUSY``, and nothing was done yet; after any other only ``rollback`` is possible.
        """
        if self._state < WRITER_CACHEMOD or self._state > WRITER_DBMOD or self.temporary:
            return
        self._refuse_if_doomed()
        self._stamp()
        self._disk.wait(EXCLUSIVE)
        try:
            self._write_all(super_journal)
        except BaseException as failure:
            self._doom(failure)
            raise
        self._state = WRITER_FINISHED

    def _write_all(self, super_journal: str) -> None:
        """Make the journal durable, then the file as the transaction wants it."""
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

    def changed(self) -> bool:
        """Whether the write transaction has changed anything."""
        return WRITER_CACHEMOD <= self._state <= WRITER_FINISHED

    def has_disk_journal(self) -> bool:
        """Whether a loss of power in the middle of the commit could be undone."""
        return (
            self.changed()
            and not self.temporary
            and self._undo.mode in IN_FILE
            and self._undo.sync_level > OFF
        )

    def finish(self, decided: bool = False) -> None:
        """The second half of a commit: end the journal.

        An error that leaves ``in_write`` False tells that the transaction is committed, but that a loss of
        power could still undo it.

        Args:
            decided: the super-journal is gone, so that this is committed even if the journal cannot be ended.
        """
        if not self.in_write:
            return
        if self._state == WRITER_FINISHED:
            try:
                self._undo.end_journal()
            except BaseException:
                if decided or self._undo.is_void():
                    self._undo.drop_journal()
                    self._end_committed()
                if not decided:
                    raise
                return
            self._end_committed()
        elif self._state > WRITER_LOCKED and not self.temporary:
            raise InternalError("a commit was finished that was not prepared", "SQLITE_INTERNAL")
        else:
            self._undo.end_journal()
            self._end_transaction()

    def rollback(self, distrust: bool = False) -> None:
        """End the transaction and undo its changes; leaves the read transaction open.

        Where the changes cannot be undone now, the state is ERROR: the journal is still there, and the next
        ``begin_read``, or another process, rolls it back.

        Args:
            distrust: forget clean pages too, as after an exception that may have left the cache half changed.

        Raises:
            Error: ``SQLITE_ABORT``: there is no journal, and the file keeps what was written.
        """
        if not self.in_write:
            if distrust and not self.temporary:
                self._forget_all()
            return
        changed = self._state > WRITER_LOCKED
        recoverable = self._undo.journal is not None or (self._state < WRITER_DBMOD and not self.temporary)
        try:
            self._undo_changes(distrust)
        except Exception as failure:
            self._fail(failure)
            if not recoverable:
                raise
            return
        except BaseException as failure:
            self._fail(failure)
            raise
        if changed:
            self.generation += 1
        self._end_transaction()

    def _undo_changes(self, distrust: bool) -> None:
        if self.temporary:
            self._roll_back_in_memory()
            return
        in_file = self._state >= WRITER_DBMOD
        if distrust:
            self._forget_all()
        self._forget_changes()
        if in_file:
            self._undo.play_back(self._file)
        self._undo.end_journal()
        self._undo.delete_super()

    def _stamp(self) -> None:
        """Count the commit in page 1's header."""
        if self.page_count == 0:
            self._header = b""
            return
        page = self.get(1)
        self.touch(page)
        if not self._stamped:
            self._disk.counter += 1
            self._stamped = True
        page.data = stamped(page.image(), self._disk.counter, int(self.page_count))
        self._header = page.data[:HEADER_SIZE]

    def _end_committed(self) -> None:
        """After a commit: the cache is what the file is."""
        try:
            self._disk.committed(self._header, int(self.page_count * self.page_size))
        except MemoryError:  # it is committed all the same; what the cache holds is not believed then
            self._disk.forget()
            self._forget_all()
        self._end_transaction()

    def _end_transaction(self) -> None:
        # First of all, so that it has ended whatever the rest may meet.
        self._state = READER
        self.in_write = False
        self._doomed = ""
        self._epoch += 1
        self._undo.clear()
        if not self.keeps_locks:
            self._disk.lower()
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

    def _fail(self, failure: BaseException) -> None:
        """A rollback could not be carried out: leave it to the next reader."""
        self._state = ERROR
        self._doomed = code_of(failure)
        self.in_read = False
        self.in_write = False
        self.generation += 1
        if self.temporary:
            self._undo.clear()
            return
        self._forget_all()
        self._disk.forget()
        self._undo.abandon()
        if self._undo.journal is None:
            self._disk.release()

    def _recover(self) -> None:
        """Leave ERROR: the journal in memory is tried again; one in a file is found hot.

        Raises:
            Error: what is still in the way.
        """
        if self._undo.journal is not None:
            if self.temporary:
                self._restore(self._undo.beginning())
            else:
                self._undo.play_back(self._file)
            self._undo.end_journal()
            self._disk.release()
        self._state = OPEN
        self._doomed = ""

    # savepoints ---------------------------------------------------------------------------------------------

    def savepoint(self) -> int:
        """Open a savepoint inside the write transaction and return its id: how many were open before."""
        self._epoch += 1
        return self._undo.savepoint(self.page_count)

    def release(self, identifier: int) -> None:
        """Forget the savepoint and those opened after it, keeping the changes."""
        self._undo.release(identifier)

    def rollback_to(self, identifier: int) -> None:
        """Undo the changes since the savepoint, which stays open; those opened after it are forgotten.

        Raises:
            Error: what was in the way; then only ``rollback`` is possible.
        """
        self._refuse_if_doomed()
        savepoint = self._undo.back_to(identifier)
        if savepoint is not None and self._state > WRITER_LOCKED:
            try:
                self._restore(savepoint)
            except BaseException as failure:
                self._doom(failure)
                raise

    def _restore(self, savepoint: Savepoint) -> None:
        """Put the pages back as they were at the savepoint, in the cache."""
        for page in self._cache.pages():
            if page.number > savepoint.page_count:
                self._drop(page)
        self.page_count = savepoint.page_count
        done = PageSet(savepoint.page_count)
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

    def _put_back(self, number: i64, image: bytes, done: PageSet) -> None:
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
        try:
            page = self.get(1)
            self.touch(page)
            image = page.image()
            page.replace(image[:18] + b"\x01\x01" + image[20:])
            self.commit()
            self._disk.wal_format = False
        except BaseException:
            self.rollback()
            raise
        finally:
            if not was_reading:
                self.end_read()

    def _delete_kept_journal(self) -> None:
        was_reading = self.in_read
        self.begin_read()
        try:
            if self._file.lock(RESERVED):
                self.vfs.delete(self._disk.journal_path)
        finally:
            self._disk.lower()
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
            if self._state == ERROR and not self.temporary:
                self._recover()
            elif self.in_write and not self.temporary:
                self.rollback()
        finally:
            self.in_read = False
            self.in_write = False
            self._state = OPEN
            self._forget_all()
            self._disk.close()

    def after_fork(self) -> bool:
        """In a forked child: leave locks and transaction to the parent; False where there was something to leave."""
        kept = self._file.after_fork()
        if self.temporary or self._state == OPEN:
            return kept
        self._undo.after_fork()
        self._state = ERROR
        self._doomed = "SQLITE_ABORT_ROLLBACK"
        self.in_read = False
        self.in_write = False
        self._forget_all()
        self._disk.forget()
        return False

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
