"""The rollback journal: the images that pages had before a transaction changed them.

"The Rollback Journal" in https://sqlite.org/fileformat2.html.  A journal is one or more sections, each
beginning on a sector boundary with a header that fills its sector:

======  ====  ======================================================================================
offset  size  meaning
======  ====  ======================================================================================
0       8     d9 d5 05 f9 20 a1 63 d7
8       4     records in this section; 0xffffffff: as many as the file has room for
12      4     nonce for the checksums
16      4     pages in the database before the transaction
20      4     sector size
24      4     page size
======  ====  ======================================================================================

Then the records:

==========  ====  ==================================================================================
offset      size  meaning
==========  ====  ==================================================================================
0           4     page number
4           N     the page's image, a page size long
4+N         4     checksum: the nonce plus every 200th byte of the image, counted from its end
==========  ====  ==================================================================================

A page size of 0, which the oldest writers left, stands for the database's own.

A transaction over several files ends each of their journals with the name of its super-journal: the number of
the lock-byte page (4 bytes), the name, its length (4), the sum of its bytes (4), and the magic (8).  Whoever can
write a journal could name any file there, so that a name counts only if it is one that a super-journal may have:
``-mj``, six hexadecimal digits, a 9, and two more.

Magic and count stay zero until the records are durable: a journal that was cut short by a loss of power has no
effect.  Once pages must go to the file in the middle of a transaction the section is closed and another begins.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.log.transaction_log import PageImage
from foundrydb.storage.os.vfs import File, storage_error

MAGIC: Final = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
HEADER_FIELDS: Final = 28
SECTOR_SIZE: Final = 512
"""Sectors as we write them: an overwrite of fewer bytes is taken not to damage its neighbours."""
ALL_RECORDS: Final = 0xFFFFFFFF
VOID: Final = (b"", b"\x00")
"""How a journal without effect begins: it is empty, or its header was zeroed."""
HEX_DIGITS: Final = b"0123456789abcdefABCDEF"
LONGEST_NAME: Final = 4096
"""Bytes in a path, as far as a super-journal's is believed."""


def checksum(nonce: int, image: bytes) -> int:
    """The checksum of a record, modulo 2**32."""
    total: i64 = nonce
    place: i64 = len(image) - 200
    while place > 0:
        total += image[place]
        place -= 200
    return int(total & 0xFFFFFFFF)


@final
class Section:
    """A run of records: they fill the file from ``first`` to ``end``, and are synced up to ``durable_end``."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.end = first
        self.durable_end = first


@final
class Journal:
    """The journal that a running transaction writes.

    Of one that nobody else reads the newest records are kept as they are: most transactions end before any is written.

    Attributes:
        file: where it is.
        sections: where its records are.
        offset: where it ends.
        durable: whether its header waits for a sync (else it promises whatever records follow).
    """

    def __init__(
        self, file: File, page_size: int, page_count: int, nonce: int, durable: bool, unwritten: int = 0
    ) -> None:
        """Begin a journal of a database of ``page_count`` pages; so many records may be ``unwritten``."""
        self.file = file
        self.durable: Final = durable
        self.sections: list[Section] = []
        self.offset = 0
        self._page_size = page_size
        self._page_count = page_count
        self._nonce = nonce
        self._header = 0
        self._synced = 0
        self._most_unwritten = unwritten
        self._newest: list[PageImage] = []
        self._begin_section()
        self._written = self.offset

    def append(self, number: int, image: bytes) -> None:
        """Add the image that page ``number`` has had so far."""
        page = PageImage(number, image)
        if self._most_unwritten == 0:
            self._write(self.offset, page)
        else:
            if len(self._newest) == self._most_unwritten:
                self._write_newest()
            self._newest.append(page)
        self.offset += self.record_size()
        self.sections[-1].end = self.offset

    def _write_newest(self) -> None:
        offset = self._written
        for page in self._newest:
            self._write(offset, page)
            offset += self.record_size()
        self._written = offset
        self._newest.clear()

    def _write(self, offset: int, page: PageImage) -> None:
        number = int(page.number).to_bytes(4, "big")
        total = checksum(self._nonce, page.data).to_bytes(4, "big")
        self.file.write(offset, b"".join([number, page.data, total]))

    def write_super(self, name: str) -> None:
        """End the journal with the name of the super-journal of a transaction over several files."""
        data = name.encode("utf-8", "surrogateescape")
        total = sum(byte - 256 if byte > 127 else byte for byte in data) & 0xFFFFFFFF
        tail = lock_byte_page(self._page_size).to_bytes(4, "big") + data
        tail += len(data).to_bytes(4, "big") + total.to_bytes(4, "big") + MAGIC
        self.offset = _next_sector(self.offset, SECTOR_SIZE)
        self.file.write(self.offset, tail)
        self.offset += len(tail)
        if self.file.size() > self.offset:
            self.file.truncate(self.offset)

    def sync(self, full: bool, go_on: bool) -> None:
        """Make what was appended durable, then the header that vouches for it.

        Args:
            full: sync the records before the header is written as well as after; without it a disk that
                writes out of order could make the header durable before its records.
            go_on: whether more records will follow, in a section of their own.
        """
        if not self.durable or self._synced == self.offset:
            return
        self._hide_stale_header()
        if full:
            self.file.sync()
        section = self.sections[-1]
        count = (section.end - section.first) // (self._page_size + 8)
        self.file.write(self._header, MAGIC + count.to_bytes(4, "big"))
        self.file.sync()
        self._synced = self.offset
        section.durable_end = section.end
        if go_on:
            self._begin_section()

    def read_record(self, offset: int) -> tuple[int, bytes]:
        """Page number and image of the record at ``offset``, one of this journal's own.

        Raises:
            Error: ``SQLITE_IOERR_SHORT_READ``: it is not there as it was written.
        """
        if self._newest and offset >= self._written:
            page = self._newest[(offset - self._written) // self.record_size()]
            return int(page.number), page.data
        end = self._page_size + 4
        record = self.file.read(offset, end + 4)
        image = record[4:end]
        if len(record) < end + 4 or _field(record, end) != checksum(self._nonce, image):
            raise storage_error("SQLITE_IOERR_SHORT_READ")
        return _field(record, 0), image

    def record_size(self) -> int:
        """Bytes in a record."""
        return self._page_size + 8

    def _begin_section(self) -> None:
        """Write a header that takes effect with the next sync, or at once where there are none."""
        start = _next_sector(self.offset, SECTOR_SIZE)
        head = bytes(12) if self.durable else MAGIC + ALL_RECORDS.to_bytes(4, "big")
        fields = (self._nonce, self._page_count, SECTOR_SIZE, self._page_size)
        for field in fields:
            head += field.to_bytes(4, "big")
        self.file.write(start, head + bytes(SECTOR_SIZE - len(head)))
        self._header = start
        self.offset = start + SECTOR_SIZE
        self.sections.append(Section(self.offset))
        if len(self.sections) > 1:
            self._synced = self.offset

    def _hide_stale_header(self) -> None:
        """Where the file is an old journal overwritten: let no old header follow the new records."""
        following = _next_sector(self.offset, SECTOR_SIZE)
        if self.file.read(following, len(MAGIC)) == MAGIC:
            self.file.write(following, b"\x00")


def _next_sector(offset: int, sector: int) -> int:
    return -(-offset // sector) * sector


@final
class JournalReader:
    """Reads a journal that another process, or an earlier run, left behind.

    Attributes:
        page_size, page_count: of the database before the transaction, once ``next_section`` was True.
        number, image: the record that ``next_record`` found.
        place: where in the file the image begins.
    """

    def __init__(self, file: File, page_size: int) -> None:
        """Read ``file``, the journal of a database with pages of ``page_size`` bytes."""
        self._file = file
        self._size = file.size()
        self._database_page_size = page_size
        self._offset = 0
        self._sector = SECTOR_SIZE
        self._nonce = 0
        self._left = 0
        self.page_size = 0
        self.page_count = 0
        self.number = 0
        self.image = b""
        self.place = 0

    def next_section(self) -> bool:
        """Read the next header; False where there is none that is whole."""
        start = _next_sector(self._offset, self._sector)
        if start + self._sector > self._size:
            return False
        header = self._file.read(start, HEADER_FIELDS)
        if len(header) < HEADER_FIELDS or header[:8] != MAGIC:
            return False
        if self._offset == 0 and not self._read_sizes(header):
            return False
        count = _field(header, 8)
        self._nonce = _field(header, 12)
        if start == 0:
            self.page_count = _field(header, 16)
        self._offset = start + self._sector
        if count == ALL_RECORDS:
            count = (self._size - self._offset) // (self.page_size + 8)
        self._left = count
        return True

    def next_record(self) -> bool:
        """Read the section's next record into ``number`` and ``image``; False at its end."""
        if self._left <= 0:
            return False
        size = self.page_size
        record = self._file.read(self._offset, size + 8)
        if len(record) < size + 8:
            return self._stop()
        number = _field(record, 0)
        image = record[4 : size + 4]
        if (
            number == 0
            or number == lock_byte_page(size)
            or _field(record, size + 4) != checksum(self._nonce, image)
        ):
            return self._stop()
        self._left -= 1
        self.place = self._offset + 4
        self._offset += size + 8
        self.number = number
        self.image = image
        return True

    def _stop(self) -> bool:
        """The journal ends here, whatever its header promised."""
        self._left = 0
        self._offset = self._size
        return False

    def _read_sizes(self, header: bytes) -> bool:
        sector = _field(header, 20)
        page = _field(header, 24) or self._database_page_size
        if not 32 <= sector <= 65536 or not 512 <= page <= 65536:
            return False
        if sector & (sector - 1) or page & (page - 1):
            return False
        self._sector = sector
        self.page_size = page
        return True


def _field(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "big")


def is_super_name(name: bytes) -> bool:
    """Whether a super-journal may be called so."""
    digits = name[-9:-3] + name[-2:]
    return name[-12:-9] == b"-mj" and name[-3:-2] == b"9" and all([digit in HEX_DIGITS for digit in digits])


def read_super_name(file: File) -> str:
    """The name of the super-journal that a journal ends with, "" where it has none that may be one."""
    size = file.size()
    if size < 16:
        return ""
    tail = file.read(size - 16, 16)
    length = int.from_bytes(tail[:4], "big")
    if len(tail) < 16 or tail[8:] != MAGIC or not 0 < length <= min(size - 16, LONGEST_NAME):
        return ""
    data = file.read(size - 16 - length, length)
    total = sum(byte - 256 if byte > 127 else byte for byte in data) & 0xFFFFFFFF
    if total != int.from_bytes(tail[4:8], "big") or b"\0" in data or not is_super_name(data):
        return ""
    return data.decode("utf-8", "surrogateescape")
