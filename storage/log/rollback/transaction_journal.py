"""The old images of a write transaction: a rollback journal for it, wherever PRAGMA journal_mode has it.

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
from foundrydb.storage.log.transaction_log import EXTRA, FULL, OFF, OldImages
from foundrydb.storage.os.memory_vfs import memory_file
from foundrydb.storage.os.spill_file import SPILL_BYTES, SpillFile
from foundrydb.storage.os.vfs import VFS, File, storage_error

JOURNAL_MODES: Final = ("delete", "truncate", "persist", "memory", "off")
IN_MEMORY: Final = ("memory", "off")
IN_FILE: Final = ("delete", "truncate", "persist")
KEEPING_THE_FILE: Final = ("truncate", "persist")


@final
class TransactionJournal:
    """The old images of one write transaction after another, on one database.

    Attributes:
        journal: the transaction's journal once it has begun.
        original_count: pages in the database when the transaction began.
        mode: journal_mode, not to be changed inside a transaction.
        modes: those that it may be changed to.
        sync_level: PRAGMA synchronous as the transaction found it.
    """

    def __init__(self, vfs: VFS, path: str, journal_path: str) -> None:
        """Take the database at ``path``, "" for a private one, and the path of its journal."""
        self._vfs: Final = vfs
        self._path: Final = path
        self._journal_path: Final = journal_path
        self.mode = "delete"
        self.modes: tuple[str, ...] = JOURNAL_MODES
        self.sync_level = FULL
        self.journal: Journal | None = None
        self.original_count: i64 = 0
        self._page_size: i64 = 0
        self._super_name = ""
        self._kept = PageSet(0)

    def set_mode(self, mode: str) -> bool:
        """Change the mode; whether that leaves a journal file which only the mode before it would use."""
        if mode not in self.modes:
            return False
        before = self.mode
        self.mode = mode
        return self._path != "" and before in KEEPING_THE_FILE and mode not in KEEPING_THE_FILE

    def confine(self) -> None:
        """See ``TransactionLog.confine_journal``."""
        self.modes = IN_MEMORY
        self.mode = "memory"

    def confined(self) -> bool:
        """Whether no mode can be set that has files."""
        return self.modes is IN_MEMORY

    def begin(self, page_size: i64, page_count: i64, sync_level: int) -> None:
        """Begin a transaction on a database of ``page_count`` pages."""
        self._page_size = page_size
        self.original_count = page_count
        self.sync_level = sync_level
        self._kept = PageSet(page_count)
        self._super_name = ""

    def before_change(self, number: i64, database: File) -> bool:
        """Begin the journal if it has not; True where it needs the page's image."""
        if self.journal is None and self.mode != "off":
            self._open_journal(database)
        if number > self.original_count or self._kept.has(number):
            return False
        if self.journal is None:
            self._kept.add(number)
            return False
        return True

    def keep(self, number: i64, image: bytes) -> None:
        """Save the image of a page that the transaction has not changed yet."""
        journal = self.journal
        assert journal is not None
        journal.append(number, image)
        self._kept.add(number)

    def changed(self, number: i64) -> bool:
        """Whether the page is not what it was when the transaction began."""
        return number > self.original_count or self._kept.has(number)

    def changed_pages(self, page_count: i64) -> list[int]:
        """The changed pages among the first ``page_count``, in their order."""
        numbers = [number for number in self._kept.members() if number <= page_count]
        return numbers + list(range(int(self.original_count) + 1, int(page_count) + 1))

    # the journal --------------------------------------------------------------------------------------------

    def _open_journal(self, database: File) -> None:
        in_file = self._path != "" and self.mode in IN_FILE
        durable = in_file and self.sync_level > OFF
        file = self._journal_file(database, in_file)
        try:
            if in_file and file.read_only:
                raise storage_error("SQLITE_CANTOPEN")
            if in_file and (self.mode != "persist" or not durable) and file.size():
                file.truncate(0)
            nonce = int.from_bytes(self._vfs.random(4), "big")
            size = int(self._page_size)
            unwritten = 0 if in_file else SPILL_BYTES // size
            self.journal = Journal(file, size, int(self.original_count), nonce, durable, unwritten)
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

    # going back ---------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """Where the journal ends now."""
        return 0 if self.journal is None else self.journal.offset

    def images_since(self, mark: int) -> OldImages:
        """The images that the journal was given since a mark, oldest first."""
        return OldImages() if self.journal is None else JournalImages(self.journal, mark)

    def play_back(self, database: File) -> None:
        """Write the images of the transaction's beginning back to the file, and give it its size of then.

        Images that are not durable where they should be are left alone: their pages were not written.

        Raises:
            Error: ``SQLITE_ABORT`` where there is no journal.
        """
        journal = self.journal
        if journal is None:
            raise error("cannot roll back: journal_mode is off and pages were written", "SQLITE_ABORT")
        resize(database, int(self.original_count * self._page_size))
        for section in journal.sections:
            offset = section.first
            end = section.durable_end if journal.durable else section.end
            while offset < end:
                number, image = journal.read_record(offset)
                database.write((number - 1) * int(self._page_size), image)
                offset += journal.record_size()
        if self.sync_level > OFF:
            database.sync()

    # the journal's end --------------------------------------------------------------------------------------

    def end_journal(self, size_limit: int = -1) -> None:
        """Make the journal void: with this a commit has happened, or a rollback is complete.

        Args:
            size_limit: to how many bytes a file that stays is cut, -1 for none.
        """
        if self.journal is None:
            return
        file = self.journal.file
        if self._path != "" and self.mode in IN_FILE:
            if self.mode == "delete":
                self._vfs.delete(self._journal_path, self.sync_level >= EXTRA)
            elif self.mode == "truncate" or size_limit == 0 or self._super_name:
                # A super-journal's name at the end of a file that stays would be taken for the next transaction's.
                file.truncate(0)
            elif self.mode == "persist":
                file.write(0, bytes(HEADER_FIELDS))
                if 0 < size_limit < file.size():
                    file.truncate(size_limit)
            if self.mode != "delete" and self.sync_level > OFF:
                # Or the next transaction's records could meet this one's header after a loss of power.
                file.sync()
        self.drop_journal()

    def delete_kept(self) -> None:
        """Delete a journal that was kept for further use, since there is none; it is void, and does no harm."""
        if self._path != "" and self.mode in KEEPING_THE_FILE:
            try:
                self._vfs.delete(self._journal_path)
            except (Error, MemoryError):
                return

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
        """Let go of a journal that is void, or somebody else's."""
        if self.journal is not None:
            self.journal.file.close()
            self.journal = None

    def abandon(self) -> None:
        """Leave a journal file, after a rollback that failed, to the next reader; keep one in memory."""
        if self.mode in IN_FILE:
            self.drop_journal()


@final
class JournalImages(OldImages):
    """The images of a journal's records from an offset on.

    Sections that are begun meanwhile, when putting images back makes pages spill, are not looked at: they are empty.
    """

    def __init__(self, journal: Journal, offset: int) -> None:
        super().__init__()
        self._journal: Final = journal
        self._sections: Final = list(journal.sections)
        self._section = 0
        self._offset = offset

    def next(self) -> bool:
        while self._section < len(self._sections):
            section = self._sections[self._section]
            offset = max(self._offset, section.first)
            if offset < section.end:
                self.number, self.image = self._journal.read_record(offset)
                self._offset = offset + self._journal.record_size()
                return True
            self._section += 1
        return False
