"""What a write transaction keeps so that it can go back: to its beginning, or to a savepoint.

The rollback journal holds the image of each page as the transaction found it, the sub-journal images of pages
as savepoints found them.  Which file the journal is, and how it ends, is PRAGMA journal_mode:

========  ====================================================================================
delete    a file beside the database, deleted at the end
truncate  the same, cut to nothing at the end
persist   the same, its header zeroed at the end
memory    in memory: a crash in the middle of a commit damages the database
off       none: savepoints work, a rollback only as long as no page was written to the file
========  ====================================================================================
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import Error, error
from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.log.rollback.hot_journal import resize
from foundrydb.storage.log.rollback.journal import HEADER_FIELDS, VOID, Journal
from foundrydb.storage.log.rollback.super_journal import delete_super
from foundrydb.storage.os.memory_vfs import memory_file
from foundrydb.storage.os.spill_file import SpillFile
from foundrydb.storage.os.vfs import VFS, File, storage_error
from foundrydb.storage.pages.page_cache import Page
from foundrydb.storage.pages.savepoint import Savepoint, SubJournal

# PRAGMA synchronous.
OFF: Final = 0
NORMAL: Final = 1
FULL: Final = 2
EXTRA: Final = 3

JOURNAL_MODES: Final = ("delete", "truncate", "persist", "memory", "off")
IN_FILE: Final = ("delete", "truncate", "persist")
KEEPING_THE_FILE: Final = ("truncate", "persist")


@final
class UndoLog:
    """The old images of one write transaction after another, on one database.

    Attributes:
        journal: the transaction's journal once it has begun.
        original_count: pages in the database when the transaction began.
        mode: journal_mode, not to be changed inside a transaction.
        sync_level: PRAGMA synchronous as the transaction found it.
    """

    def __init__(self, vfs: VFS, path: str, journal_path: str) -> None:
        """Take the database at ``path``, "" for a temporary one, and the path of its journal."""
        self._vfs: Final = vfs
        self._path: Final = path
        self._journal_path: Final = journal_path
        self.mode = "delete" if path else "memory"
        self.sync_level = FULL
        self.journal: Journal | None = None
        self.original_count: i64 = 0
        self._page_size = 0
        self._super_name = ""
        self._journaled = PageSet(0)
        self._savepoints: list[Savepoint] = []
        self._sub_journal = SubJournal(vfs, 0)

    def begin(self, page_size: int, page_count: i64, sync_level: int) -> None:
        """Begin a transaction on a database of ``page_count`` pages."""
        self._page_size = page_size
        self.original_count = page_count
        self.sync_level = sync_level
        self._journaled = PageSet(page_count)
        self._super_name = ""
        self._sub_journal = SubJournal(self._vfs, page_size)

    def keep(self, page: Page, database: File) -> None:
        """Save the image of a page that is about to change, for whoever has none of it yet."""
        number = page.number
        if number <= self.original_count and not self._journaled.has(number):
            self.open_journal(database)
            if self.journal is not None:
                self.journal.append(number, page.image())
                self._journaled.add(number)
                self._mark_saved(number)
                return
            self._journaled.add(number)
        self._keep_for_savepoints(page)

    def changed(self, number: i64) -> bool:
        """Whether the page is not what it was when the transaction began."""
        return number > self.original_count or self._journaled.has(number)

    def clear(self) -> None:
        """The transaction is over."""
        self._savepoints.clear()
        self._sub_journal.close()

    # the journal --------------------------------------------------------------------------------------------

    def open_journal(self, database: File) -> None:
        """Begin the transaction's journal, unless it has begun or there is to be none."""
        if self.journal is not None or self.mode == "off":
            return
        in_file = self._path != "" and self.mode in IN_FILE
        durable = in_file and self.sync_level > OFF
        file = self._journal_file(database, in_file)
        try:
            if in_file and file.read_only:
                raise storage_error("SQLITE_CANTOPEN")
            if in_file and (self.mode != "persist" or not durable) and file.size():
                file.truncate(0)
            nonce = int.from_bytes(self._vfs.random(4), "big")
            self.journal = Journal(file, self._page_size, int(self.original_count), nonce, durable)
        except BaseException:
            file.close()
            raise

    def _journal_file(self, database: File, in_file: bool) -> File:
        if self._path == "":
            return SpillFile(self._vfs)
        if not in_file:
            return memory_file()
        if database.moved():
            raise storage_error("SQLITE_READONLY_DBMOVED")
        return self._vfs.open(self._journal_path, create=True, like=self._path)

    def sync(self, go_on: bool) -> None:
        """Make the journal durable, so that the pages in it may be overwritten in the file."""
        if self.journal is not None:
            self.journal.sync(self.sync_level >= FULL, go_on)

    def write_super(self, name: str) -> None:
        """Name the super-journal in the journal."""
        if name and self.journal is not None:
            self._super_name = name
            self.journal.write_super(name)

    def delete_super(self) -> None:
        """After a rollback: delete the super-journal, once no other journal needs it."""
        if self._super_name:
            delete_super(self._vfs, self._super_name, self._journal_path)

    def play_back(self, database: File) -> None:
        """Write the images of the transaction's beginning back to the file, and give it its size of then.

        Images that are not durable where they should be are left alone: their pages were not written.

        Raises:
            Error: ``SQLITE_ABORT`` where there is no journal.
        """
        journal = self.journal
        if journal is None:
            raise error("cannot roll back: journal_mode is off and pages were written", "SQLITE_ABORT")
        resize(database, int(self.original_count) * self._page_size)
        for section in journal.sections:
            offset = section.first
            end = section.durable_end if journal.durable else section.end
            while offset < end:
                number, image = journal.read_record(offset)
                database.write((number - 1) * self._page_size, image)
                offset += journal.record_size()
        if self.sync_level > OFF:
            database.sync()

    def end_journal(self) -> None:
        """Make the journal void: with this a commit has happened, or a rollback is complete."""
        if self.journal is None:
            return
        file = self.journal.file
        if self._path != "" and self.mode in IN_FILE:
            if self.mode == "delete":
                self._vfs.delete(self._journal_path, self.sync_level >= EXTRA)
            elif self.mode == "truncate":
                file.truncate(0)
            elif self.mode == "persist":
                file.write(0, bytes(HEADER_FIELDS))
            if self.mode != "delete" and self.sync_level > OFF:
                # Or the next transaction's records could meet this one's header after a loss of power.
                file.sync()
        self.drop_journal()

    def is_void(self) -> bool:
        """After ``end_journal`` failed: whether the journal has lost its effect nevertheless.

        The deletion, cut or zeroing happened then, and only its durability is in doubt.
        """
        if self.journal is None or self._path == "" or self.mode not in IN_FILE:
            return True
        if self.mode == "delete":
            return not self._vfs.exists(self._journal_path)
        try:
            return self.journal.file.read(0, 1) in VOID
        except Error:
            return False

    def drop_journal(self) -> None:
        """Let go of a journal that is void."""
        if self.journal is not None:
            self.journal.file.close()
            self.journal = None

    def abandon(self) -> None:
        """Leave a journal file, after a rollback that failed, to the next reader; keep one in memory."""
        self.clear()
        if self.mode in IN_FILE:
            self.drop_journal()

    def after_fork(self) -> None:
        """In a forked child: the transaction and its journal are the parent's."""
        self.clear()
        self.drop_journal()

    # savepoints ---------------------------------------------------------------------------------------------

    def beginning(self) -> Savepoint:
        """The transaction's beginning, as a savepoint."""
        return Savepoint(self.original_count, 0, self._sub_journal.count)

    def savepoint(self, page_count: i64) -> int:
        """Open a savepoint and return its id: how many were open before."""
        offset = 0 if self.journal is None else self.journal.offset
        self._savepoints.append(Savepoint(page_count, offset, self._sub_journal.count))
        return len(self._savepoints) - 1

    def release(self, identifier: int) -> None:
        """Forget a savepoint and those opened after it."""
        if identifier < len(self._savepoints):
            savepoint = self._savepoints[identifier]
            del self._savepoints[identifier:]
            if savepoint.cut_on_release:
                self._sub_journal.cut(savepoint.first_record)

    def back_to(self, identifier: int) -> Savepoint | None:
        """The savepoint of that id, those opened after it forgotten; None when there is none such."""
        if identifier >= len(self._savepoints):
            return None
        del self._savepoints[identifier + 1 :]
        return self._savepoints[identifier]

    def sub_records(self) -> int:
        """How many images the sub-journal holds."""
        return self._sub_journal.count

    def sub_record(self, index: int) -> tuple[int, bytes]:
        """Page number and image of one of them."""
        return self._sub_journal.read(index)

    def _keep_for_savepoints(self, page: Page) -> None:
        # A page that is saved for one savepoint is saved for those further out: they are looked at from within.
        number = page.number
        savepoints = self._savepoints
        outermost = len(savepoints)
        i = outermost - 1
        while i >= 0:
            savepoint = savepoints[i]
            if number <= savepoint.page_count:
                if savepoint.saved.has(number):
                    break
                outermost = i
            i -= 1
        if outermost == len(savepoints):
            return
        self._sub_journal.append(page)
        for i in range(outermost, len(savepoints)):
            savepoint = savepoints[i]
            if i > outermost:
                # A savepoint further out needs this record too.
                savepoint.cut_on_release = False
            if number <= savepoint.page_count:
                savepoint.saved.add(number)

    def _mark_saved(self, number: i64) -> None:
        for savepoint in self._savepoints:
            if number <= savepoint.page_count:
                savepoint.saved.add(number)
