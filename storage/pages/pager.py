"""The pager: a database as a numbered set of pages that change together or not at all.

It sits between the B-trees, which see pages, and the log, which has the files.  It caches pages, knows which of them
the transaction has changed, and keeps what they were at each savepoint; that the whole of it counts or is void is the
log's business (:mod:`foundrydb.storage.log.transaction_log`).

States, and what moves from one to the next::

    OPEN <--- end_read --- READER <------------ finish, rollback ------------+
      |                     ^  |                                             |
      +---- begin_read -----+  +-- begin_write --> WRITER ------------------>+
                                                     | touch, append_page    |
                                                     v                       |
                                                   CHANGED ----------------->+
                                                     | prepare               |
                                                     v                       |
                                                   PREPARED ---------------->+

    a rollback that cannot be carried out ---> ERROR --- the next begin_read ---> OPEN

OPEN      no transaction; the cache is kept, and believed only if the next snapshot is the same
READER    the log has given a snapshot
WRITER    nobody else may write; nothing was changed
CHANGED   pages changed in memory; those that found no room there are with the log
PREPARED  the log has everything, and only the moment of the commit is missing
ERROR     a rollback could not be carried out: the transaction is over; the next begin_read undoes it or raises what is
          in its way

Invariants:

1. A page is changed in the cache only after the log was told, in this transaction, and after its old image went to the
   log or the sub-journal for every open savepoint.
2. A page that is pinned is neither handed to the log before the commit nor evicted.
3. Pages restored by a rollback are new ``Page`` objects: what a cursor still holds stays as it was, orphaned
   (``cached`` is False), and ``generation`` has grown.
4. The page that holds the lock bytes is never handed out, announced to the log or written.
5. A clean page in the cache equals the log's; the cache's size is bounded except by pages that are pinned, or dirty
   while the log cannot take them.
6. Whatever fails, and wherever: a call that raises leaves a transaction that can be rolled back, and ``rollback``
   ends it.
7. Once the log could not take pages or prepare a commit, the transaction is doomed: nothing but ``rollback`` is
   possible.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import Error, InternalError, error
from foundrydb.storage.format.file_shape import valid_page_size
from foundrydb.storage.format.header import ROLLBACK_JOURNAL, WRITE_AHEAD_LOG, stamped, with_version
from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.log.opening import JOURNAL_MODES, next_log, open_log, private_log
from foundrydb.storage.log.transaction_log import FULL, CheckpointResult, Commit, CommitListener, Snapshot
from foundrydb.storage.os.busy import Patience
from foundrydb.storage.os.vfs import VFS, code_of, storage_error
from foundrydb.storage.pages.page import Page, PageContent
from foundrydb.storage.pages.page_cache import LEAST_CONTENTS
from foundrydb.storage.pages.page_store import (
    CHANGED,
    ERROR,
    OPEN,
    PREPARED,
    READER,
    WRITER,
    PageStore,
)
from foundrydb.storage.pages.savepoint import Savepoint, Savepoints

__all__ = ["Page", "PageContent", "Pager"]


@final
class Pager(PageStore):
    """One connection's view of one database.

    Attributes, beside those of ``PageStore``:
        in_read, in_write: whether a read or a write transaction is open.
        read_only: whether the file cannot be written.
        path, journal_path: where the file is, and its rollback journal.
        data_version: grows whenever another connection was seen to have changed the file.
        synchronous: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA and above; takes effect with the next transaction.
        listener: who sees commits before they happen, and may forbid them; not those of a temporary database.
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
        self._patience: Final = Patience(vfs)
        if temporary:
            log = private_log(vfs, page_size)
        else:
            log = open_log(vfs, path, read_only, must_exist, immutable, page_size, self._patience)
        super().__init__(log, Savepoints(vfs), temporary, page_size)
        self.vfs: Final = vfs
        self.path: Final = log.path
        self.journal_path: Final = log.journal_path
        self.read_only: Final = log.read_only
        self.data_version: i64 = 1
        self.in_read = False
        self.in_write = False
        self.synchronous = FULL
        self.listener: CommitListener | None = None
        self._told: CommitListener | None = None
        # What the cached pages are of; another object than the log gives now is another state of the file.
        self._snapshot = log.snapshot

    @property
    def snapshot(self) -> Snapshot:
        """What the cached pages are of: another object after each commit, whoever made it."""
        return self._snapshot

    # reading ------------------------------------------------------------------------------------------------

    def begin_read(self) -> None:
        """Begin a read transaction (a no-op in one), undoing first what a dead writer left.

        Raises:
            Error: ``SQLITE_BUSY`` where a writer is in the way for too long, ``SQLITE_NOTADB`` where the file
                is no database, ``CorruptError`` where it was cut short.
        """
        tries = 0
        while not self._try_to_read():
            if not self._patience.try_again(tries):
                raise storage_error("SQLITE_BUSY")
            tries += 1

    def _try_to_read(self) -> bool:
        """``begin_read`` without waiting; False where a lock is in the way."""
        if self._state == ERROR:
            self._recover()
        if self._state != OPEN:
            return True
        snapshot = self._log.begin_read()
        while snapshot is None:
            if not self._log.superseded:
                return False
            self._log = next_log(self.vfs, self._log)
            snapshot = self._log.begin_read()
        if snapshot is not self._snapshot:
            if snapshot.changed:
                self._forget_before(snapshot)
                self.data_version += 1
            if snapshot.page_size != 0:
                self._lay_out(snapshot.page_size, snapshot.reserved)
            self.page_count = snapshot.page_count
            self._snapshot = snapshot
        self._state = READER
        self.in_read = True
        return True

    def _forget_before(self, snapshot: Snapshot) -> None:
        """Forget the cached pages that are not the same in a snapshot that somebody else has made."""
        if snapshot.since is None or snapshot.since is not self._snapshot:
            self._forget_all()
        else:
            self._forget_some(snapshot.pages, snapshot.page_count)
        snapshot.since = None  # or each would keep all those before it

    def end_read(self) -> None:
        """End the read transaction; nothing happens while a write transaction is open."""
        if self._state == READER:
            self._state = OPEN
            self.in_read = False
            self._log.end_read()

    # transactions -------------------------------------------------------------------------------------------

    def begin_write(self, exclusive: bool = False) -> None:
        """Begin a write transaction, where nobody else writes; ``exclusive``: and nobody else reads either.

        While it waits it holds no lock that others could wait for.  So a connection that was already reading does not
        wait at all: who writes may be waiting for this reader to leave.

        Raises:
            Error: ``SQLITE_BUSY``, or ``SQLITE_READONLY`` where the file cannot be written.
        """
        if self.in_write:
            self._refuse_if_doomed()
            if exclusive:
                self._log.claim()
            return
        if self.read_only:
            raise storage_error("SQLITE_READONLY")
        was_reading = self._state == READER
        try:
            self._lock_for_writing(was_reading)
            if exclusive:
                self._log.claim()
            self._savepoints.begin(int(self.page_size))
        except BaseException:
            self._log.end_write()
            if not was_reading:
                self.end_read()
            raise
        self._state = WRITER
        self.in_write = True
        self._epoch += 1

    def _lock_for_writing(self, was_reading: bool) -> None:
        tries = 0
        while not self._try_to_write(was_reading):
            if was_reading or not self._patience.try_again(tries):
                raise storage_error("SQLITE_BUSY")
            tries += 1

    def _try_to_write(self, was_reading: bool) -> bool:
        """Become the one who writes, or give back whatever was taken on the way to it."""
        if not self._try_to_read():
            return False
        try:
            if self._log.begin_write(self.synchronous):
                return True
        except Error as failure:
            if was_reading or failure.code != "SQLITE_BUSY_SNAPSHOT":
                raise
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

    def prepare(self, super_journal: str = "", with_others: bool = False) -> None:
        """The first half of a commit: all but the moment in which it counts.

        Args:
            super_journal: the file that lists the journals of a transaction over several files.
            with_others: whether the transaction is over several databases.

        Raises:
            Error: ``SQLITE_BUSY``, or what the listener raised, and nothing was done yet; after any other only
                ``rollback`` is possible.
        """
        if self._state != CHANGED:
            return
        if self.temporary:
            if self.page_count - self._snapshot.page_count > LEAST_CONTENTS:
                # The last pages of a load are not left for a small transaction, which would have to make its room.
                self._cache.make_images()
            self._log.prepare(Commit(self._log, self.page_count, [], self._reserved()), "")
            self._state = PREPARED
            return
        self._refuse_if_doomed()
        self._stamp()
        self._log.claim()
        numbers = sorted(self._dirty)
        commit = Commit(self._log, self.page_count, self._images(numbers), self._reserved(), with_others)
        self._tell(commit)
        try:
            self._log.prepare(commit, super_journal)
            self._now_clean(numbers)
        except BaseException as failure:
            self._doom(failure)
            raise
        self._state = PREPARED

    def _stamp(self) -> None:
        """Count the commit in page 1's header, and write the size down there."""
        resized = self.page_count != self._snapshot.page_count
        changed = 1 in self._dirty or self._log.changed(1)
        if self.page_count > 0 and (self._log.counts_commits or resized or changed):
            page = self.get(1)
            self.touch(page)
            page.data = stamped(page.image(), self._snapshot.counter + 1, int(self.page_count))

    def _tell(self, commit: Commit) -> None:
        """Ask the listener, whose word is then the first thing that the end of the commit is told to."""
        listener = self.listener
        self._told = None
        if listener is not None:
            listener.before_commit(commit)
            self._told = listener

    def changed(self) -> bool:
        """Whether the write transaction has changed anything."""
        return CHANGED <= self._state <= PREPARED

    def has_disk_journal(self) -> bool:
        """Whether a loss of power in the middle of the commit could be undone."""
        return self.changed() and self._log.survives_power_loss()

    def finish(self, decided: bool = False) -> None:
        """The second half of a commit: the moment in which it counts.

        An error that leaves ``in_write`` False tells that the transaction is committed, but that a loss of
        power could still undo it.

        Args:
            decided: the super-journal is gone, so that this is committed even if the journal cannot be ended.
        """
        if not self.in_write:
            return
        if self._state == CHANGED:
            raise InternalError("a commit was finished that was not prepared", "SQLITE_INTERNAL")
        try:
            self._log.finish(decided)
        except BaseException:
            if not self._log.writing:
                self._end_committed()
            raise
        self._end_committed()

    def _end_committed(self) -> None:
        """After a commit: the cached pages are of the state that the log has now."""
        self._snapshot = self._log.snapshot
        told = self._told
        self._end_transaction()
        if told is not None:
            told.committed()

    def _end_transaction(self) -> None:
        # First of all, so that it has ended whatever the rest may meet.
        self._state = READER
        self.in_write = False
        self._doomed = ""
        self._told = None
        self._epoch += 1
        self.unpin(0)
        self._savepoints.clear()
        self._trim()

    # undoing ------------------------------------------------------------------------------------------------

    def rollback(self, distrust: bool = False) -> None:
        """End the transaction and undo its changes; leaves the read transaction open.

        Where the changes cannot be undone now, the state is ERROR: the next ``begin_read``, or another process, undoes
        them.

        Args:
            distrust: forget clean pages too, as after an exception that may have left the cache half changed.

        Raises:
            Error: ``SQLITE_ABORT``: there is no journal, and the file keeps what was written.
        """
        if not self.in_write:
            if distrust and not self.temporary:
                self._forget_all()
            return
        changed = self._state > WRITER
        recoverable = self._log.recoverable()
        told = self._told
        try:
            self._undo_changes(distrust)
        except Exception as failure:
            self._fail(failure)
            if not recoverable:
                raise
            if told is not None:
                told.undone()
            return
        except BaseException as failure:
            self._fail(failure)
            raise
        if changed:
            self.generation += 1
        self._end_transaction()
        if told is not None:
            told.undone()

    def _undo_changes(self, distrust: bool) -> None:
        before = self._snapshot
        if before.page_size not in (0, self.page_size):
            self._cast(before.page_size, before.reserved)
        if self.temporary:
            if self._state > WRITER:
                self._roll_back_in_memory()
        else:
            if distrust:
                self._forget_all()
            self._forget_changes()
        self._log.undo()

    def _forget_changes(self) -> None:
        """Drop every page that the transaction changed from the cache."""
        for page in self._cache.pages():
            if page.dirty or self._log.changed(page.number):
                self._drop(page)
        self.page_count = self._snapshot.page_count

    def _roll_back_in_memory(self) -> None:
        if not self._log.recoverable():
            raise error("cannot roll back: journal_mode is off", "SQLITE_ABORT")
        self._restore(self._savepoints.beginning(self._snapshot.page_count))

    def _fail(self, failure: BaseException) -> None:
        """A rollback could not be carried out: leave it to the next reader."""
        self._state = ERROR
        self._doomed = code_of(failure)
        self._told = None
        self.in_read = False
        self.in_write = False
        self.generation += 1
        self.unpin(0)
        self._savepoints.clear()
        if not self.temporary:
            self._forget_all()
        self._log.abandon()

    def _recover(self) -> None:
        """Leave ERROR: what only this process can undo is tried again.

        Raises:
            Error: what is still in the way.
        """
        if self.temporary and self._log.recoverable():
            self._roll_back_in_memory()
        self._log.recover()
        self._state = OPEN
        self._doomed = ""

    # savepoints ---------------------------------------------------------------------------------------------

    def savepoint(self) -> int:
        """Open a savepoint inside the write transaction and return its id: how many were open before."""
        self._epoch += 1
        return self._savepoints.open(self.page_count, self._log.mark())

    def release(self, identifier: int) -> None:
        """Forget the savepoint and those opened after it, keeping the changes."""
        self._savepoints.release(identifier)

    def changed_since(self, identifier: int) -> list[int]:
        """The pages that changed since a savepoint, those that are new with them."""
        return self._savepoints.changed_since(identifier, self.page_count)

    def rollback_to(self, identifier: int) -> None:
        """Undo the changes since the savepoint, which stays open; those opened after it are forgotten.

        Raises:
            Error: what was in the way; then only ``rollback`` is possible.
        """
        self._refuse_if_doomed()
        self.unpin(0)
        savepoint = self._savepoints.back_to(identifier)
        if savepoint is not None and self._state > WRITER:
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
        images = self._log.back_to(savepoint.log_mark)
        while images.next():
            self._put_back(images.number, images.image, done)
        saved = self._savepoints.sub_journal
        for index in range(savepoint.first_record, saved.count):
            number, image = saved.read(index)
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

    # settings -----------------------------------------------------------------------------------------------

    @property
    def journal_mode(self) -> str:
        """ "delete", "truncate", "persist", "memory", "off" or "wal", as the file was last seen."""
        return self._log.mode()

    def set_journal_mode(self, mode: str) -> str:
        """PRAGMA journal_mode: the mode that is then in effect; no change once a transaction has changed something.

        WAL ends a write transaction that is open, which makes a header for an empty file.

        Leaving a mode that keeps the journal file deletes it, unless another connection is writing.

        Raises:
            Error: ``SQLITE_BUSY``: to or from WAL, while another connection has the database open.
        """
        if mode == "wal":
            self._enter_wal()
            return self.journal_mode
        if mode not in JOURNAL_MODES or self.changed() or self._state == ERROR:
            return self.journal_mode
        if self.journal_mode == "wal":
            self._leave_wal()
        if self._log.set_mode(mode):
            self._delete_kept_journal()
        return self.journal_mode

    def confine_journal(self) -> None:
        """For a database in memory: its journal is there too, or there is none; no other mode can be set."""
        self._log.confine_journal()

    def may_write_ahead(self) -> bool:
        """Whether the database could be in WAL mode: it has a file, and the platform shared memory."""
        return self._log.may_write_ahead()

    def _enter_wal(self) -> None:
        """Make the file, which is not empty, one with a write-ahead log, where that can be."""
        if self._log.mode() == "wal" or not self._log.may_write_ahead():
            return
        self._rewrite_version(WRITE_AHEAD_LOG)
        self.begin_read()
        self.end_read()

    def _leave_wal(self) -> None:
        """Make a file in WAL mode one with a rollback journal."""
        self.end_read()
        self.begin_read()
        self.end_read()
        self._log.leave()
        self._rewrite_version(ROLLBACK_JOURNAL)

    def _rewrite_version(self, version: int) -> None:
        """Change what the header says of the log; whoever reads then does so with the other log."""
        try:
            self.begin_write(exclusive=True)
            page = self.get(1)
            self.touch(page)
            page.replace(with_version(page.image(), version))
            self.commit()
        except BaseException:
            self.rollback()
            raise
        finally:
            self.end_read()

    def checkpoint(self, mode: str) -> CheckpointResult:
        """PRAGMA wal_checkpoint: copy what was written ahead into the database.

        Args:
            mode: passive, full, restart, truncate or noop.

        Raises:
            Error: ``SQLITE_LOCKED`` inside a transaction.
        """
        if self._state != OPEN:
            raise error("database table is locked", "SQLITE_LOCKED")
        self.begin_read()  # so that a file in WAL mode has its log
        self.end_read()
        return self._log.checkpoint(mode, self.synchronous, self._patience)

    def _delete_kept_journal(self) -> None:
        was_reading = self.in_read
        self.begin_read()
        try:
            self._log.delete_journal()
        finally:
            if not was_reading:
                self.end_read()

    def set_page_size(self, page_size: int, reserved: int = 0) -> bool:
        """Choose the page size of a database that is still empty; False where it is too late or no size."""
        if not valid_page_size(page_size) or not 0 <= reserved <= min(255, page_size - 480):
            return False
        if self.page_count or self._snapshot.page_count or self._state > WRITER:
            return False
        self._lay_out(page_size, reserved)
        if self.in_write:
            self._savepoints.begin(page_size)
        return True

    def keeps_page_size(self) -> bool:
        """Whether the page size is fixed: the database is not empty, and nobody's but this pager's, or in WAL mode."""
        return (self.is_private() or self.journal_mode == "wal") and self._snapshot.page_count > 0

    def is_private(self) -> bool:
        """Whether the database ends with its pager: it is temporary, or in memory."""
        return self.temporary or not self.vfs.survives_power_loss()

    def recast(self, page_size: int, reserved: int) -> None:
        """Within a write transaction: empty the database, for pages of another size; no savepoint is open.

        The log keeps all pages that there were: a rollback brings them back.
        """
        self.truncate(0)
        self._cast(page_size, reserved)

    def _cast(self, page_size: int, reserved: int) -> None:
        """Take over another page size in the middle of a transaction."""
        self._forget_all()
        self._log.recast(page_size)
        self._take_shape(page_size, reserved)

    @property
    def keeps_locks(self) -> bool:
        """Whether a lock that was taken stays when its transaction ends: PRAGMA locking_mode."""
        return self._log.keeps_locks

    @keeps_locks.setter
    def keeps_locks(self, keeps: bool) -> None:
        self._log.keep_locks(keeps)

    @property
    def auto_checkpoint(self) -> int:
        """PRAGMA wal_autocheckpoint: frames in the log after which a commit copies them back, 0 for never."""
        return self._log.auto_checkpoint

    @auto_checkpoint.setter
    def auto_checkpoint(self, frames: int) -> None:
        self._log.auto_checkpoint = frames

    def take_logged(self) -> int:
        """The frames in a write-ahead log after the last commit; 0 where nobody has committed since the last call."""
        frames = self._log.logged
        self._log.logged = 0
        return int(frames)

    @property
    def log_size_limit(self) -> int:
        """PRAGMA journal_size_limit: bytes that a log's file keeps when it begins anew, -1 for all."""
        return self._log.size_limit

    @log_size_limit.setter
    def log_size_limit(self, size: int) -> None:
        self._log.size_limit = size

    @property
    def busy(self) -> Callable[[int], bool] | None:
        """Called with the number of calls so far when a lock is in the way; True asks to try again."""
        return self._patience.handler

    @busy.setter
    def busy(self, handler: Callable[[int], bool] | None) -> None:
        self._patience.handler = handler

    @property
    def busy_timeout(self) -> int:
        """Where there is no busy handler: milliseconds to go on trying."""
        return self._patience.timeout

    @busy_timeout.setter
    def busy_timeout(self, milliseconds: int) -> None:
        self._patience.timeout = milliseconds

    # the end ------------------------------------------------------------------------------------------------

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
            self._savepoints.clear()
            self._forget_all()
            self._log.close()

    def after_fork(self) -> bool:
        """In a forked child: leave locks and transaction to the parent; False where there was something to leave."""
        reading = self._state != OPEN
        kept = self._log.after_fork(reading)
        if self.temporary or not reading:
            return kept
        self._savepoints.clear()
        self._state = ERROR
        self._doomed = "SQLITE_ABORT_ROLLBACK"
        self.in_read = False
        self.in_write = False
        self._forget_all()
        return False
