"""The pages that a database has in its journal or its write-ahead log rather than in its file.

A hot journal has the pages as they were before the transaction that was cut short; a write-ahead log those of the
commits that were not copied back yet.  Both are only read: nothing is rolled back, and no index is made anew.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.errors import Error
from foundrydb.storage.log.rollback.journal import VOID, JournalReader, read_super_name
from foundrydb.storage.log.wal.log_file import (
    FRAME_HEADER_SIZE,
    HEADER_SIZE,
    FrameReader,
    LogHeader,
    parse_header,
)
from foundrydb.storage.os.vfs import VFS, File

JOURNAL: Final = "-journal"
AHEAD: Final = "-wal"


@final
class LoggedPages:
    """Pages in a log's file.

    Attributes:
        file: the log's.
        name: what to call it.
        page_size: bytes in a page.
        page_count: pages in the database, with the log.
        places: where the image of each page begins.
    """

    def __init__(self, file: File, name: str, page_size: int) -> None:
        self.file: Final = file
        self.name: Final = name
        self.page_size: Final = page_size
        self.page_count = 0
        self.places: Final[dict[int, int]] = {}

    def page(self, number: int) -> bytes:
        """The image of a page that the log has."""
        return self.file.read(self.places[number], self.page_size)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


def logged_pages(vfs: VFS, path: str, database: File, page_size: int) -> LoggedPages | None:
    """What the log beside a database has; None where there is none that counts.

    Args:
        database: its file.
        page_size: what its header gives, 0 where it gives none that can be.
    """
    return _of_journal(vfs, path, database, page_size) or _of_write_ahead_log(vfs, path, database)


def _open(vfs: VFS, path: str) -> File | None:
    """A file that may not be there."""
    try:
        return vfs.open(path, read_only=True)
    except Error:
        return None


# a hot journal ------------------------------------------------------------------------------------------------


def _of_journal(vfs: VFS, path: str, database: File, page_size: int) -> LoggedPages | None:
    file = _open(vfs, path + JOURNAL)
    if file is None:
        return None
    found: LoggedPages | None = None
    try:
        if _is_hot(vfs, file, database):
            found = _read_journal(file, page_size)
    finally:
        if found is None:
            file.close()
    return found


def _is_hot(vfs: VFS, journal: File, database: File) -> bool:
    """Whether the transaction of a journal was cut short."""
    if journal.read(0, 1) in VOID or database.size() == 0 or database.reserved():
        return False
    super_name = read_super_name(journal)
    return not super_name or vfs.size(super_name) > 0


def _read_journal(file: File, page_size: int) -> LoggedPages | None:
    reader = JournalReader(file, page_size)
    pages: LoggedPages | None = None
    while reader.next_section():
        if pages is None:
            pages = LoggedPages(file, "journal", reader.page_size)
            pages.page_count = reader.page_count
        while reader.next_record():
            if reader.number <= reader.page_count:
                pages.places[reader.number] = reader.place
    return pages if pages is not None and pages.places else None


# a write-ahead log --------------------------------------------------------------------------------------------


def _of_write_ahead_log(vfs: VFS, path: str, database: File) -> LoggedPages | None:
    file = _open(vfs, path + AHEAD)
    if file is None:
        return None
    found: LoggedPages | None = None
    try:
        header = _log_header(file)
        if header is not None:
            found = _read_frames(file, header, database.size())
    finally:
        if found is None:
            file.close()
    return found


def _log_header(file: File) -> LogHeader | None:
    try:
        return parse_header(file.read(0, HEADER_SIZE))
    except Error:
        return None  # of a version that is not known


def _read_frames(file: File, header: LogHeader, database_size: int) -> LoggedPages | None:
    """The pages of the commits; page numbers beyond what the files can hold are not believed."""
    pages = LoggedPages(file, "write-ahead log", int(header.page_size))
    frames = FrameReader(file, header)
    frame_size = pages.page_size + FRAME_HEADER_SIZE
    bound = -(-database_size // pages.page_size) + file.size() // frame_size
    waiting: dict[int, int] = {}
    while frames.next():
        if frames.number <= bound:
            waiting[int(frames.number)] = HEADER_SIZE + int(frames.frame - 1) * frame_size + FRAME_HEADER_SIZE
        if frames.page_count != 0:
            pages.page_count = min(int(frames.page_count), bound)
            pages.places.update(waiting)
            waiting.clear()
    return pages if pages.places else None
