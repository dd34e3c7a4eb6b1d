"""The frames of one write transaction: pages go behind the log's end, and count once the last of them is written.

A page that the transaction has in the log already, because it found no room in memory, is written over there; the
checksums from that frame on are made anew before the transaction's last frame follows.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import Error
from foundrydb.storage.log.transaction_log import PageImage
from foundrydb.storage.log.wal.checksum import checksum
from foundrydb.storage.log.wal.log_file import (
    FRAME_HEADER_SIZE,
    HEADER_SIZE,
    NATIVE_BIG_ENDIAN,
    LogFile,
    LogHeader,
    sums,
)
from foundrydb.storage.log.wal.wal_index import IndexHeader, WalIndex

TOGETHER: Final = 32
"""So many frames are written by one call."""


@final
class FrameWriter:
    """The log's end while a transaction writes.

    Attributes:
        last_frame: the last frame that was written.
        ended: whether the frame that ends the transaction may be in the file.
    """

    def __init__(self, index: WalIndex, log: LogFile, header: IndexHeader) -> None:
        """Go on behind the last commit, which ``header`` tells of."""
        self.last_frame: i64 = header.last_frame
        self.ended = False
        self._index: Final = index
        self._log: Final = log
        self._start: Final[i64] = header.last_frame
        self._salts = header.salts
        self._big_endian = header.big_endian
        self._first: i64 = header.first
        self._second: i64 = header.second
        self._rewritten: i64 = 0  # the first frame whose checksum, and those after it, are not right

    def begin_log(self, page_size: i64, salts: bytes, sync: bool) -> None:
        """Write the header of a log that has no frames."""
        header = LogHeader(page_size, self._log.sequence, salts, NATIVE_BIG_ENDIAN)
        self._log.page_size = page_size
        self._log.file.write(0, header.encode())
        if sync:
            self._log.file.sync()
        self._salts = salts
        self._big_endian = header.big_endian
        self._first = header.first
        self._second = header.second

    def frame_of(self, page: i64) -> i64:
        """The transaction's frame of a page, 0 where it has none."""
        return self._index.find(page, self._start + 1, self.last_frame)

    def pages(self) -> list[int]:
        """The pages that are in the transaction's frames."""
        return self._index.pages_of(self._start + 1, self.last_frame)

    def append(self, pages: list[PageImage]) -> None:
        """Write pages that do not end the transaction."""
        fresh: list[PageImage] = []
        spilled = self.spilled()
        for page in pages:
            frame = self.frame_of(page.number) if spilled else 0
            if frame == 0:
                fresh.append(page)
            else:
                self._log.file.write(int(self._log.offset(frame)) + FRAME_HEADER_SIZE, page.data)
                if self._rewritten == 0 or frame < self._rewritten:
                    self._rewritten = frame
        for start in range(0, len(fresh), TOGETHER):
            self._append_some(fresh[start : start + TOGETHER])

    def _append_some(self, pages: list[PageImage]) -> None:
        offset = int(self._log.offset(self.last_frame + 1))
        self._log.file.write(offset, b"".join(self._frames(pages, 0)))
        self._tell(pages, self.last_frame + 1)
        self.last_frame += len(pages)

    def _frames(self, pages: list[PageImage], page_count: i64) -> list[bytes]:
        """The frames that come next, in pieces; ``page_count`` is the last one's."""
        pieces: list[bytes] = []
        left = len(pages)
        for page in pages:
            left -= 1
            count: i64 = 0
            if left == 0:
                count = page_count
            pieces.append(self._frame_header(page, count))
            pieces.append(page.data)
        return pieces

    def _tell(self, pages: list[PageImage], frame: i64) -> None:
        """Tell the index of the pages' frames, the first of which is ``frame``."""
        for page in pages:
            self._index.add(frame, page.number)
            frame += 1

    def _frame_header(self, page: PageImage, page_count: i64) -> bytes:
        """The header of the frame that comes next, whose checksum goes on with those before it."""
        start = sums(page.number, page_count)
        if self._rewritten != 0:
            return start + bytes(16)
        first, second = checksum(start, self._big_endian, self._first, self._second)
        first, second = checksum(page.data, self._big_endian, first, second)
        self._first = first
        self._second = second
        return start + self._salts + sums(first, second)

    def spilled(self) -> bool:
        """Whether frames were written before the transaction's end."""
        return self.last_frame > self._start

    def repair(self) -> None:
        """Make the checksums right from the first frame on that was written over."""
        frame = self._rewritten
        if frame == 0:
            return
        log = self._log
        self._rewritten = 0
        before = HEADER_SIZE - 8 if frame == 1 else int(log.offset(frame - 1)) + 16
        known = log.file.read(before, 8)
        self._first = int.from_bytes(known[:4], "big")
        self._second = int.from_bytes(known[4:], "big")
        while frame <= self.last_frame:
            offset = int(log.offset(frame))
            data = log.file.read(offset, int(log.page_size) + FRAME_HEADER_SIZE)
            page = PageImage(int.from_bytes(data[:4], "big"), data[FRAME_HEADER_SIZE:])
            log.file.write(offset, self._frame_header(page, 0))
            frame += 1

    def end(self, pages: list[PageImage], page_count: i64) -> None:
        """Write the frames that end the transaction, none of whose pages has one; it counts once the index tells of it.

        Args:
            page_count: pages in the database from then on.
        """
        offset = int(self._log.offset(self.last_frame + 1))
        frames = b"".join(self._frames(pages, page_count))
        self.ended = True
        self.last_frame += len(pages)
        self._log.file.write(offset, frames)

    def committed(self, pages: list[PageImage], page_count: i64, changes: i64) -> IndexHeader:
        """What the index is to tell of the transaction whose last pages those were, as the ``changes``th commit."""
        self._tell(pages, self.last_frame - len(pages) + 1)
        return IndexHeader(
            changes,
            self._big_endian,
            self._log.page_size,
            self.last_frame,
            page_count,
            self._first,
            self._second,
            self._salts,
        )

    def forget(self) -> None:
        """Take back what was written, so that neither this index nor one that is made anew tells of it.

        Where the file does not let that be, this index keeps it from everybody until the next writer writes over it.
        """
        if self.ended:
            with suppress(Error, MemoryError):
                self._log.file.write(int(self._log.offset(self.last_frame)), bytes(FRAME_HEADER_SIZE))
        self._index.forget_after(self._start)
