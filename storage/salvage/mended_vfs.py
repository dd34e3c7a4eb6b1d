"""A database whose header is lost, as it were with one that fits its pages: for looking at it, page by page."""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.format.header import HEADER_SIZE, new_header, stamped
from foundrydb.storage.os.vfs import VFS, File, storage_error
from foundrydb.storage.salvage.page_fit import fits
from foundrydb.storage.salvage.page_source import PageSource
from foundrydb.storage.salvage.text_encoding import settle_encoding

PAGES_LOOKED_AT: Final = 1000


@final
class MendedFile(File):
    """A file that is only read, with other bytes at its beginning."""

    def __init__(self, file: File, header: bytes) -> None:
        super().__init__()
        self.read_only = True
        self._file: Final = file
        self._header: Final = header

    def read(self, offset: int, size: int) -> bytes:
        data = self._file.read(offset, size)
        if offset < len(self._header):
            part = self._header[offset : offset + len(data)]
            data = part + data[len(part) :]
        return data

    def size(self) -> int:
        return self._file.size()

    def lock(self, level: int) -> bool:
        return self._file.lock(level)

    def unlock(self, level: int) -> None:
        self._file.unlock(level)

    def reserved(self) -> bool:
        return self._file.reserved()

    def close(self) -> None:
        self._file.close()


@final
class MendedVFS(VFS):
    """One database, and nothing beside it.

    Attributes:
        lost_header: what the file has in the place of its header.
    """

    def __init__(self, vfs: VFS, path: str) -> None:
        """Find what header the file at ``path`` must have had.

        Raises:
            Error: ``SQLITE_NOTADB``: none of its pages is one of a database.
        """
        self._vfs: Final = vfs
        self._path: Final = vfs.full_path(path)
        source = PageSource(vfs.open(self._path, read_only=True), None)
        try:
            if not _has_page(source):
                raise storage_error("SQLITE_NOTADB")
            self.lost_header: Final = source.header
            settle_encoding(source)
            header = new_header(source.page_size, source.reserved, source.encoding)
            self._header: Final = stamped(header, 1, int(source.page_count))[:HEADER_SIZE]
        finally:
            source.close()

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        if path != self._path:
            raise storage_error("SQLITE_CANTOPEN")
        return MendedFile(self._vfs.open(path, read_only=True), self._header)

    def exists(self, path: str) -> bool:
        return path == self._path

    def size(self, path: str) -> int:
        return self._vfs.size(path) if path == self._path else -1

    def full_path(self, path: str) -> str:
        return self._vfs.full_path(path)

    def shares_memory(self) -> bool:
        return False


def _has_page(source: PageSource) -> bool:
    """Whether one of the first pages is whole, as pages of trees are."""
    for number in range(2, min(int(source.page_count), PAGES_LOOKED_AT) + 1):
        if fits(source.page(number)[: source.usable], 0):
            return True
    return False
