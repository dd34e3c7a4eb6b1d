"""The pages of a database file as they are there, whatever its header says."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.file_shape import FileShape, valid_page_size
from foundrydb.storage.format.header import HEADER_SIZE, MAGIC, META_ENCODING, meta_offset
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.format.values import UTF8, UTF16BE, UTF16LE
from foundrydb.storage.os.vfs import SHARED, VFS, File
from foundrydb.storage.salvage.logged_pages import LoggedPages, logged_pages
from foundrydb.storage.salvage.page_fit import find_page_size


@final
class PageSource:
    """Reads pages; numbers begin with 1.

    Attributes:
        page_size, reserved, usable: bytes in a page, those at its end that are not the database's, and the others.
        page_count: pages, with those that a log has; the last one may be cut short.
        encoding: of its texts: the header's, UTF-8 where it gives none; ``text_encoding`` may know better.
        header: the first 100 bytes.
        header_is_sound: whether they begin as a header must, and tell a page size that can be.
        believed_page_size: what the header tells, 0 where it cannot be.
        log: the journal or log whose pages stand for the file's; None where there is none.
        locked: whether others are kept from writing meanwhile.
    """

    def __init__(self, file: File, log: LoggedPages | None) -> None:
        self._file: Final = file
        self.log: Final = log
        self.header = file.read(0, HEADER_SIZE)
        if log is not None and 1 in log.places:
            self.header = log.page(1)[:HEADER_SIZE]
        self.header += bytes(HEADER_SIZE - len(self.header))
        self.believed_page_size: Final = believed_page_size(self.header)
        self.header_is_sound: Final = self.header.startswith(MAGIC) and self.believed_page_size > 0
        size, reserved = find_page_size(
            file,
            log.page_size if log is not None else self.believed_page_size,
            self.header[20],
        )
        if log is not None:
            size = log.page_size
        self.page_size: Final = size
        self.reserved: Final = reserved if size - reserved >= 480 else 0
        self.usable: Final[i64] = self.page_size - self.reserved
        count = -(-file.size() // size)
        if log is not None:
            count = min(log.page_count, count + len(log.places))
        self.page_count: Final[i64] = count
        told = self.field(META_ENCODING)
        self.encoding = told if told in (UTF8, UTF16LE, UTF16BE) else UTF8
        self.locked = False
        self._lock_page: Final[i64] = lock_byte_page(size)

    def field(self, number: i64) -> int:
        """A numbered field of the header, see ``storage.format.header``."""
        at = meta_offset(number)
        return int.from_bytes(self.header[at : at + 4], "big")

    def page(self, number: i64) -> bytes:
        """The bytes of a page; zeros for those that the file has lost, none where there is no such page."""
        if number < 1 or number > self.page_count or number == self._lock_page:
            return b""
        log = self.log
        if log is not None and int(number) in log.places:
            data = log.page(int(number))
        else:
            data = self._file.read(int(number - 1) * self.page_size, self.page_size)
        return data + bytes(self.page_size - len(data))

    def lock(self) -> None:
        """Keep others from writing where nobody does just now."""
        self.locked = self._file.lock(SHARED)

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()
        if self.log is not None:
            self.log.close()


def believed_page_size(header: bytes) -> int:
    """The page size that a header tells; 0 where it cannot be."""
    size = FileShape(header, 0).page_size
    return size if valid_page_size(size) else 0


def open_source(vfs: VFS, path: str) -> PageSource:
    """The pages of the file at ``path``, which is opened for reading alone.

    Raises:
        Error: there is no such file, or it cannot be read.
    """
    full = vfs.full_path(path)
    file = vfs.open(full, read_only=True)
    log: LoggedPages | None = None
    try:
        log = logged_pages(
            vfs, full, file, believed_page_size(file.read(0, HEADER_SIZE).ljust(HEADER_SIZE, b"\0"))
        )
        source = PageSource(file, log)
        source.lock()
    except BaseException:
        file.close()
        if log is not None:
            log.close()
        raise
    return source
