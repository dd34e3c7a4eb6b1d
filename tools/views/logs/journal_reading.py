"""A rollback journal as it lies on the disk: its sections and records, and whether anybody would play it back.

The format is told in :mod:`foundrydb.storage.log.rollback.journal`, when a journal counts in ``hot_journal`` beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from foundrydb.storage.format.file_shape import valid_page_size
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.log.rollback.journal import (
    ALL_RECORDS,
    HEADER_FIELDS,
    MAGIC,
    SECTOR_SIZE,
    checksum,
    read_super_name,
)
from foundrydb.storage.os.vfs import File
from foundrydb.tools.views.excerpt import Excerpt, plural
from foundrydb.tools.views.logs.log_fault import LogFault

SMALLEST_SECTOR: Final = 32
LARGEST_SECTOR: Final = 65536
NAME_TAIL: Final = 16
"""Bytes that follow the name of a super-journal."""


class JournalRecord(NamedTuple):
    """A record: the image that a page had before.

    Attributes:
        section: the number of its section, from 1 on.
        fault: why it does not count, and the journal ends with it; "" where it does.
    """

    number: int
    section: int
    offset: int
    page: int
    fault: str


class JournalSection:
    """A section: a header, and the records behind it.

    Attributes:
        offset: where it begins.
        durable: whether the magic is there, without which the section does not count yet.
        promised: records that the header tells of, ``ALL_RECORDS`` for as many as there are.
        nonce, page_count, sector, page_size: the header's fields.
        records: how many good ones it has.
        end: where they end.
    """

    def __init__(self, number: int, offset: int, header: bytes) -> None:
        fields = [int.from_bytes(header[at : at + 4], "big") for at in range(8, HEADER_FIELDS, 4)]
        self.number: Final = number
        self.offset: Final = offset
        self.durable: Final = header[:8] == MAGIC
        self.promised, self.nonce, self.page_count, self.sector, self.page_size = fields
        self.records = 0
        self.end = offset


class RollbackJournal:
    """What was read of a journal.

    Attributes:
        path, size: the file, and its bytes.
        page_size: of the database.
        page_count: pages in the database before the transaction.
        sections: in their order.
        records: those of all sections.
        good: how many of them count.
        end: why it ends where it does.
        rest: bytes after that.
        super_name: the super-journal that it names, "" for none.
        faults: what is wrong.
        zeroed: whether its header was zeroed, as one mode of ending a transaction does.
    """

    def __init__(self, path: str, size: int, limit: int) -> None:
        self.path: Final = path
        self.size: Final = size
        self.page_size = 0
        self.page_count = 0
        self.sections: Final[Excerpt[JournalSection]] = Excerpt(limit)
        self.records: Final[Excerpt[JournalRecord]] = Excerpt(limit)
        self.good = 0
        self.end = ""
        self.rest = 0
        self.super_name = ""
        self.faults: Final[list[LogFault]] = []
        self.zeroed = False

    @property
    def durable(self) -> bool:
        """Whether its first section counts."""
        return bool(self.sections.head) and self.sections.head[0].durable


def read_journal(
    file: File, path: str, page_size: int, limit: int, progress: Callable[[int], None]
) -> RollbackJournal:
    """Read a journal once, from its beginning to its end.

    Args:
        page_size: the database's, for a journal that does not tell; 0 where it is not known.
        limit: how many records, and how many sections, to keep.
        progress: is told of the bytes.
    """
    journal = RollbackJournal(path, file.size(), limit)
    _JournalWalk(journal, file, page_size, progress).run()
    journal.super_name = read_super_name(file)
    if journal.super_name:
        journal.rest = max(
            journal.rest - NAME_TAIL - len(journal.super_name.encode("utf-8", "surrogateescape")), 0
        )
    return journal


class _JournalWalk:
    """One reading of all records."""

    def __init__(
        self, journal: RollbackJournal, file: File, page_size: int, progress: Callable[[int], None]
    ) -> None:
        self._journal: Final = journal
        self._file: Final = file
        self._page_size: Final = page_size
        self._progress: Final = progress
        self._sector = SECTOR_SIZE

    def run(self) -> None:
        journal = self._journal
        at = 0
        while True:
            start = -(-at // self._sector) * self._sector
            section = self._section(start)
            if section is None:
                break
            journal.sections.add(section)
            whole = self._records(section, start + self._sector)
            at = section.end
            if not whole:
                break
        journal.rest = max(journal.size - at, 0)

    def _section(self, start: int) -> JournalSection | None:
        """The section that begins at an offset, if one does."""
        journal = self._journal
        header = self._file.read(start, HEADER_FIELDS)
        if len(header) < HEADER_FIELDS:
            self._no_header(start, len(header))
            return None
        if start == 0 and not any(header):
            journal.zeroed = True
            journal.end = "the header was zeroed: the journal is void"
            return None
        section = JournalSection(journal.sections.count + 1, start, header)
        if start > 0:
            if not section.durable and not self._follows(section):
                journal.end = "no further section follows"
                return None
            return section
        return section if self._first(section, header) else None

    def _follows(self, section: JournalSection) -> bool:
        """Whether a header without magic is one of this journal that was not synced yet."""
        first = self._journal.sections.head[0]
        same = (section.page_count, section.sector, section.page_size)
        return same == (first.page_count, first.sector, first.page_size)

    def _no_header(self, start: int, size: int) -> None:
        journal = self._journal
        if start:
            journal.end = "the file ends"
        else:
            journal.end = "the file is empty" if size == 0 else "the file ends within the header"
            if size:
                text = f"a header has {HEADER_FIELDS} bytes, the file {size}"
                journal.faults.append(LogFault(0, text))

    def _first(self, section: JournalSection, header: bytes) -> bool:
        """Take the sizes from the first header; False where they cannot be."""
        journal = self._journal
        page_size = section.page_size or self._page_size
        found = len(journal.faults)
        if not section.durable and any(header[:8]):
            journal.faults.append(LogFault(0, f"the magic is {header[:8].hex(' ')}"))
        if not _power_of_two(section.sector) or not SMALLEST_SECTOR <= section.sector <= LARGEST_SECTOR:
            journal.faults.append(LogFault(20, f"the sector size is {section.sector:,}"))
        if not valid_page_size(page_size):
            journal.faults.append(LogFault(24, f"the page size is {page_size:,}"))
        if len(journal.faults) > found:
            journal.end = "the header is not that of a journal: nobody plays it back"
            return False
        journal.page_size, journal.page_count = page_size, section.page_count
        self._sector = section.sector
        return True

    def _records(self, section: JournalSection, at: int) -> bool:
        """Read a section's records; False where the journal ends with them."""
        journal = self._journal
        size = journal.page_size + 8
        unsure = section.promised == ALL_RECORDS or not section.durable
        left = (journal.size - at) // size if unsure else section.promised
        section.end = min(at, journal.size)
        while left > 0:
            data = self._file.read(at, size)
            fault = self._fault(section, data)
            if len(data) == size:
                page = int.from_bytes(data[:4], "big")
                journal.records.add(JournalRecord(journal.good + 1, section.number, at, page, fault))
            if fault:
                self._stop(section, at, fault, unsure)
                return False
            journal.good += 1
            section.records += 1
            at += size
            section.end = at
            left -= 1
            self._progress(size)
        return True

    def _fault(self, section: JournalSection, data: bytes) -> str:
        """What is wrong with the bytes of a record, "" for nothing."""
        size = self._journal.page_size
        if len(data) < size + 8:
            return f"the file ends within a record, after {plural(len(data), 'byte')} of {size + 8:,}"
        page = int.from_bytes(data[:4], "big")
        if page in (0, lock_byte_page(size)):
            return f"a record names page {page:,}"
        if int.from_bytes(data[-4:], "big") != checksum(section.nonce, data[4:-4]):
            return f"the checksum of a record of page {page:,} is wrong"
        return ""

    def _stop(self, section: JournalSection, at: int, fault: str, unsure: bool) -> None:
        journal = self._journal
        journal.end = fault
        if not unsure:
            promise = (
                f"the header promised {plural(section.promised, 'record')}, {section.records:,} are good"
            )
            journal.faults.append(LogFault(at, f"{fault}: {promise}"))


def _power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0
