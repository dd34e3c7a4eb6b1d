"""The file of a write-ahead log: a header, then frames, each of which is a page as a transaction left it.

====== ==== ==================================================================
offset size header
====== ==== ==================================================================
0      4    magic: 0x377f0682, or 0x377f0683 where checksums read big-endian
4      4    version of the format: 3007000
8      4    page size in bytes
12     4    how many times the log was begun anew
16     8    two salts, of which the first grows and the second is random
24     8    checksum of the 24 bytes before
====== ==== ==================================================================

====== ==== ==================================================================
offset size frame
====== ==== ==================================================================
0      4    page number
4      4    the last frame of a transaction: pages in the database; else 0
8      8    the header's salts
16     8    checksum of the header's 24 bytes, all frames before, the 8 first
            bytes of this one, and its page
24          the page
====== ==== ==================================================================

All numbers are big-endian.  A frame counts if its salts are the header's, its checksum is right, and it, or one after
it, ends a transaction: so what is left of an earlier use of the file ends the log.
(https://sqlite.org/fileformat2.html, section 4)
"""

from __future__ import annotations

import sys
from typing import Final, final

from librt.strings import BytesWriter, write_i32_be
from mypy_extensions import i32, i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.file_shape import valid_page_size
from foundrydb.storage.log.wal.checksum import checksum
from foundrydb.storage.os.vfs import VFS, File, storage_error

MAGIC: Final = 0x377F0682
VERSION: Final = 3007000
HEADER_SIZE: Final = 32
FRAME_HEADER_SIZE: Final = 24

NATIVE_BIG_ENDIAN: Final = sys.byteorder == "big"


@final
class LogHeader:
    """What stands at the head of a log.

    Attributes:
        page_size: bytes in a page.
        sequence: how many times the log was begun anew.
        salts: eight bytes that its frames repeat.
        big_endian: the byte order of the checksums' words.
        first, second: the checksum, with which the frames' go on.
    """

    def __init__(self, page_size: i64, sequence: int, salts: bytes, big_endian: bool) -> None:
        self.page_size: Final[i64] = page_size
        self.sequence: Final = sequence
        self.salts: Final = salts
        self.big_endian: Final = big_endian
        first, second = checksum(self._fields(), big_endian, 0, 0)
        self.first: Final[i64] = first
        self.second: Final[i64] = second

    def _fields(self) -> bytes:
        magic = MAGIC | 1 if self.big_endian else MAGIC
        numbers = (magic, VERSION, int(self.page_size), self.sequence & 0xFFFFFFFF)
        return b"".join([number.to_bytes(4, "big") for number in numbers]) + self.salts

    def encode(self) -> bytes:
        """The header's 32 bytes."""
        return self._fields() + sums(self.first, self.second)


def parse_header(data: bytes) -> LogHeader | None:
    """The header that these bytes are, None where they are none.

    Raises:
        Error: ``SQLITE_CANTOPEN``: a version of the format that is not known.
    """
    if len(data) < HEADER_SIZE:
        return None
    magic = int.from_bytes(data[:4], "big")
    page_size = int.from_bytes(data[8:12], "big")
    if magic & ~1 != MAGIC or not valid_page_size(page_size):
        return None
    header = LogHeader(page_size, int.from_bytes(data[12:16], "big"), data[16:24], magic & 1 == 1)
    first, second = checksum(data[:24], header.big_endian, 0, 0)
    if data[24:32] != sums(first, second):
        return None
    if int.from_bytes(data[4:8], "big") != VERSION:
        raise storage_error("SQLITE_CANTOPEN")
    return header


def sums(first: i64, second: i64) -> bytes:
    """Two numbers of 32 bits as they stand in the file, a checksum's for example."""
    out = BytesWriter()
    write_i32_be(out, i32(first if first < 0x80000000 else first - 0x100000000))
    write_i32_be(out, i32(second if second < 0x80000000 else second - 0x100000000))
    return out.getvalue()


@final
class LogFile:
    """A connection's hold on the file of a log.

    Attributes:
        file: the file.
        path: where it lies.
        page_size: bytes in a frame's page; 0 while no header was seen.
        sequence: how many times the log was begun anew, as far as this connection knows.
    """

    def __init__(self, vfs: VFS, path: str, like: str) -> None:
        """Open the file, which is created where it is missing.

        Args:
            vfs: where it lives.
            path: the database's, with "-wal" at its end.
            like: the database, whose rights a new file takes over.
        """
        self.path: Final = path
        self.file: Final[File] = vfs.open(path, create=True, like=like)
        self.page_size: i64 = 0
        self.sequence = 0

    def offset(self, frame: i64) -> i64:
        """Where a frame begins; the first is number 1."""
        return HEADER_SIZE + (frame - 1) * (self.page_size + FRAME_HEADER_SIZE)

    def read_header(self) -> LogHeader | None:
        """What stands at the head of the file, see ``parse_header``."""
        return parse_header(self.file.read(0, HEADER_SIZE))

    def page(self, frame: i64, size: i64) -> bytes:
        """The first bytes of a frame's page.

        Raises:
            CorruptError: the file has no such frame.
        """
        data = self.file.read(int(self.offset(frame)) + FRAME_HEADER_SIZE, int(size))
        if len(data) < size:
            raise CorruptError(f"frame {frame} of the write-ahead log is missing")
        return data

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


@final
class FrameReader:
    """The valid frames of a log's file, one after another.

    Attributes:
        frame: the number of the frame that ``next`` found.
        number: its page.
        page_count: pages in the database where it ends a transaction, else 0.
        first, second: its checksum.
    """

    def __init__(self, file: File, header: LogHeader) -> None:
        self._file: Final = file
        self._header: Final = header
        self._size: Final[i64] = header.page_size + FRAME_HEADER_SIZE
        self.frame: i64 = 0
        self.number: i64 = 0
        self.page_count: i64 = 0
        self.first: i64 = header.first
        self.second: i64 = header.second

    def next(self) -> bool:
        """Go to the next frame; False where there is none that counts."""
        header = self._header
        size = int(self._size)
        data = self._file.read(HEADER_SIZE + int(self.frame) * size, size)
        if len(data) < size or data[8:16] != header.salts:
            return False
        number = int.from_bytes(data[:4], "big")
        if number == 0:
            return False
        first, second = checksum(data[:8], header.big_endian, self.first, self.second)
        first, second = checksum(data[FRAME_HEADER_SIZE:], header.big_endian, first, second)
        if data[16:24] != sums(first, second):
            return False
        self.frame += 1
        self.number = number
        self.page_count = int.from_bytes(data[4:8], "big")
        self.first = first
        self.second = second
        return True
