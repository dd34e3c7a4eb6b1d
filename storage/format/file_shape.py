"""Whether a file is a database that this version can read, and how its pages lie in it.

The header's fields are told in :mod:`foundrydb.storage.format.header`.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.errors import CorruptError
from foundrydb.storage.format.header import HEADER_SIZE, MAGIC
from foundrydb.storage.os.vfs import storage_error

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
