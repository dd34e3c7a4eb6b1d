"""Whether a file is a database that this version can read, and how its pages lie in it.

Of the 100 bytes of the database header ("The Database Header" in https://sqlite.org/fileformat2.html) the
pager looks at these:

======  ====  =============================================================================
offset  size  meaning
======  ====  =============================================================================
0       16    "SQLite format 3" and a zero byte
16      2     page size: a power of two from 512 to 32768, or 1 for 65536
18      1     file format write version: 1 rollback journal, 2 write-ahead log
19      1     file format read version, likewise
20      1     bytes reserved at the end of each page
21      3     64, 32, 32: payload fractions that never changed
24      4     change counter
28      4     pages in the database, right only while bytes 92 equal bytes 24
92      4     the change counter that bytes 28 belong to ("version-valid-for")
96      4     version number of the library that wrote last
======  ====  =============================================================================
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.errors import CorruptError
from foundrydb.storage.vfs import storage_error

MAGIC: Final = b"SQLite format 3\x00"
HEADER_SIZE: Final = 100
MARK_START: Final = 24
MARK_END: Final = 40
"""The bytes from 24 to 40 change with every commit of a rollback-journal database."""
WRITER_VERSION: Final = 3054000
"""The version number that a commit leaves at offset 96: that of the SQLite whose behaviour is tracked."""
SMALLEST_PAGE: Final = 512
LARGEST_PAGE: Final = 65536


@final
class FileShape:
    """What a database header says about the file.

    Attributes:
        page_size, reserved: bytes in a page, and how many of them at its end are not the database's.
        page_count: pages, the last of which may be cut short.
        read_version, write_version: 1 rollback journal, 2 write-ahead log; more may only be read.
        change_counter: bytes 24 to 27.
    """

    def __init__(self, header: bytes, file_size: int) -> None:
        """Take in a header of 100 bytes that ``check_magic`` has passed."""
        size = int.from_bytes(header[16:18], "big")
        self.page_size: Final = LARGEST_PAGE if size == 1 else size
        self.write_version: Final = header[18]
        self.read_version: Final = header[19]
        self.reserved: Final = header[20]
        self.change_counter: Final = int.from_bytes(header[24:28], "big")
        self.page_count = 0
        if valid_page_size(self.page_size):
            self.page_count = -(-file_size // self.page_size)


def valid_page_size(size: int) -> bool:
    """Whether a database may have pages of so many bytes."""
    return SMALLEST_PAGE <= size <= LARGEST_PAGE and size & (size - 1) == 0


def examine(header: bytes, file_size: int) -> FileShape:
    """What the file is, from its first 100 bytes (fewer where it is shorter) and its size in bytes.

    Raises:
        Error: ``SQLITE_NOTADB`` where it is no database, ``CorruptError`` where it was cut short.
    """
    header = header + bytes(HEADER_SIZE - len(header))
    if header[:16] != MAGIC or header[21:24] != b"\x40\x20\x20":
        raise storage_error("SQLITE_NOTADB")
    shape = FileShape(header, file_size)
    if not valid_page_size(shape.page_size) or shape.page_size - shape.reserved < 480:
        raise storage_error("SQLITE_NOTADB")
    if shape.read_version > 2:
        raise storage_error("SQLITE_NOTADB")
    claimed = int.from_bytes(header[28:32], "big")
    if claimed and header[24:28] == header[92:96]:
        if claimed > shape.page_count:
            raise CorruptError(f"the header counts {claimed} pages, the file holds {shape.page_count}")
        shape.page_count = claimed
    return shape


def stamped(image: bytes, change_counter: int, page_count: int) -> bytes:
    """Page 1 with the fields that every commit sets: counter, page count, and who wrote."""
    counter = (change_counter & 0xFFFFFFFF).to_bytes(4, "big")
    count = page_count.to_bytes(4, "big")
    version = WRITER_VERSION.to_bytes(4, "big")
    return image[:24] + counter + count + image[32:92] + counter + version + image[100:]
