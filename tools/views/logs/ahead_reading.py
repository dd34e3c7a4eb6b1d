"""A write-ahead log as it lies on the disk: every frame, whether it counts, and why the log ends where it does.

The format is told in :mod:`foundrydb.storage.log.wal.log_file`.  A frame's checksum goes on from the one before it, so
that it can be judged beside its neighbour even where the log has ended already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from foundrydb.storage.format.file_shape import valid_page_size
from foundrydb.storage.log.wal.checksum import checksum
from foundrydb.storage.log.wal.log_file import FRAME_HEADER_SIZE, HEADER_SIZE, MAGIC, VERSION, sums
from foundrydb.storage.os.vfs import File
from foundrydb.tools.views.excerpt import Excerpt, plural
from foundrydb.tools.views.logs.log_fault import LogFault

# What a frame is to whoever reads the log.
COMMITTED: Final = "committed"
UNFINISHED: Final = "not committed"
LEFT_OVER: Final = "left over"
VOID_FRAME: Final = "void"


class AheadHeader(NamedTuple):
    """The fields of a log's header, and whether each is what it should be."""

    magic: int
    version: int
    page_size: int
    sequence: int
    salts: bytes
    sums: bytes
    magic_good: bool
    version_good: bool
    size_good: bool
    checksum_good: bool

    @property
    def big_endian(self) -> bool:
        """Whether the checksums read big-endian words."""
        return self.magic & 1 == 1

    @property
    def good(self) -> bool:
        """Whether any frame counts."""
        return self.magic_good and self.version_good and self.size_good and self.checksum_good


class LogFrame:
    """A frame.

    Attributes:
        number: from 1 on.
        offset: where it begins in the file.
        page: what page it holds.
        commit: pages in the database, where it ends a transaction; else 0.
        salts: the eight bytes.
        salts_good: whether they are the header's.
        checksum_good: whether its checksum goes on from that of the frame before.
        state: ``COMMITTED``, ``UNFINISHED`` (of a transaction that has no end), ``LEFT_OVER`` (of an earlier use of the
            file) or ``VOID_FRAME`` (after the log's end).
    """

    def __init__(self, number: int, offset: int, data: bytes, salts: bytes, checksum_good: bool) -> None:
        self.number: Final = number
        self.offset: Final = offset
        self.page: Final = int.from_bytes(data[:4], "big")
        self.commit: Final = int.from_bytes(data[4:8], "big")
        self.salts: Final = data[8:16]
        self.salts_good: Final = self.salts == salts
        self.checksum_good: Final = checksum_good
        self.state = UNFINISHED


class LogTransaction(NamedTuple):
    """A transaction in a log: its first and last frame, and the pages that the database has after it."""

    number: int
    first: int
    last: int
    page_count: int


class AheadLog:
    """What was read of a write-ahead log.

    Attributes:
        path, size: the file, and its bytes.
        header: None where the file is too short for one.
        frames: those in the file.
        transactions: those that have ended.
        valid: the last frame that is good, with all before it.
        committed: the last frame of the last transaction.
        page_count: pages in the database after it.
        marked: the transactions that the marked frames belong to, by frame.
        left_over: how many frames an earlier use of the file left.
        end: why the log ends there.
        faults: what is wrong.
        changed: whether somebody began the log anew while it was read.
    """

    def __init__(self, path: str, size: int, limit: int) -> None:
        self.path: Final = path
        self.size: Final = size
        self.header: AheadHeader | None = None
        self.frames: Final[Excerpt[LogFrame]] = Excerpt(limit)
        self.transactions: Final[Excerpt[LogTransaction]] = Excerpt(limit)
        self.valid = 0
        self.committed = 0
        self.page_count = 0
        self.marked: Final[dict[int, LogTransaction]] = {}
        self.left_over = 0
        self.end = ""
        self.faults: Final[list[LogFault]] = []
        self.changed = False

    @property
    def frame_size(self) -> int:
        """Bytes in a frame."""
        return FRAME_HEADER_SIZE + self.header.page_size if self.header is not None else 0

    def offset(self, frame: int) -> int:
        """Where a frame begins."""
        return HEADER_SIZE + (frame - 1) * self.frame_size


def parse_ahead_header(data: bytes) -> AheadHeader:
    """The header, good or bad."""
    magic, version, page_size, sequence = [int.from_bytes(data[at : at + 4], "big") for at in (0, 4, 8, 12)]
    good = data[24:32] == sums(*checksum(data[:24], magic & 1 == 1, 0, 0))
    return AheadHeader(
        magic,
        version,
        page_size,
        sequence,
        data[16:24],
        data[24:32],
        magic & ~1 == MAGIC,
        version == VERSION,
        valid_page_size(page_size),
        good,
    )


def read_ahead_log(
    file: File, path: str, limit: int, marks: list[int], progress: Callable[[int], None]
) -> AheadLog:
    """Read the log once, from its beginning to its end.

    Args:
        limit: how many frames, and how many transactions, to keep.
        marks: frames whose transactions are kept in any case.
        progress: is told of the bytes.
    """
    log = AheadLog(path, file.size(), limit)
    start = file.read(0, HEADER_SIZE)
    if len(start) < HEADER_SIZE:
        log.end = "the file is empty" if not start else "the file ends within the header"
        if start:
            log.faults.append(LogFault(0, f"a header has {HEADER_SIZE} bytes, the file {len(start)}"))
        return log
    log.header = parse_ahead_header(start)
    _judge_header(log, log.header)
    if log.header.size_good:
        _FrameWalk(log, log.header, file, marks).run(progress)
    log.changed = file.read(0, HEADER_SIZE) != start
    return log


def _judge_header(log: AheadLog, header: AheadHeader) -> None:
    checks = (
        (0, header.magic_good, f"the magic number is {header.magic:#010x}"),
        (4, header.version_good, f"the version of the format is {header.version}"),
        (8, header.size_good, f"the page size is {header.page_size}"),
        (24, header.checksum_good, "the header's checksum is wrong"),
    )
    log.faults.extend(LogFault(offset, text) for offset, good, text in checks if not good)
    if not header.good:
        log.end = "the header is not that of a log: no frame counts"


class _FrameWalk:
    """One reading of all frames."""

    def __init__(self, log: AheadLog, header: AheadHeader, file: File, marks: list[int]) -> None:
        self._log: Final = log
        self._header: Final = header
        self._file: Final = file
        self._marks: Final = marks
        self._sums = header.sums
        self._ended = not header.good
        self._begin = 1  # of the transaction that has not ended yet

    def run(self, progress: Callable[[int], None]) -> None:
        log = self._log
        number = 1
        while True:
            offset = log.offset(number)
            data = self._file.read(offset, log.frame_size)
            if len(data) < log.frame_size:
                self._at_end(offset, len(data))
                break
            self._take(LogFrame(number, offset, data, self._header.salts, self._continues(data)))
            progress(log.frame_size)
            number += 1
        for frame in log.frames.kept():
            if frame.state == UNFINISHED and frame.number <= log.committed:
                frame.state = COMMITTED

    def _continues(self, data: bytes) -> bool:
        """Whether the frame's checksum goes on from the last one, which it becomes."""
        before, self._sums = self._sums, data[16:24]
        first, second = int.from_bytes(before[:4], "big"), int.from_bytes(before[4:], "big")
        big_endian = self._header.big_endian
        one, two = checksum(data[:8], big_endian, first, second)
        one, two = checksum(data[FRAME_HEADER_SIZE:], big_endian, one, two)
        return data[16:24] == sums(one, two)

    def _take(self, frame: LogFrame) -> None:
        log = self._log
        if not self._ended:
            self._judge(frame)
        if self._ended:
            frame.state = VOID_FRAME if frame.salts_good else LEFT_OVER
            log.left_over += frame.state == LEFT_OVER
        else:
            log.valid = frame.number
            if frame.commit:
                self._commit(frame)
        log.frames.add(frame)

    def _commit(self, frame: LogFrame) -> None:
        log = self._log
        number = log.transactions.count + 1
        transaction = LogTransaction(number, self._begin, frame.number, frame.commit)
        log.transactions.add(transaction)
        for mark in self._marks:
            if transaction.first <= mark <= transaction.last:
                log.marked[mark] = transaction
        log.committed, log.page_count = frame.number, frame.commit
        self._begin = frame.number + 1

    def _judge(self, frame: LogFrame) -> None:
        """See whether the log ends before this frame."""
        if not frame.salts_good:
            self._end(f"frame {frame.number} is left over from {uses_ago(self._header.salts, frame.salts)}")
        elif frame.page == 0:
            self._end(f"frame {frame.number} was made void: it names page 0")
        elif not frame.checksum_good:
            self._end(f"the checksum of frame {frame.number} is wrong")
            self._log.faults.append(LogFault(frame.offset + 16, self._log.end))

    def _end(self, reason: str) -> None:
        self._ended = True
        self._log.end = reason

    def _at_end(self, offset: int, rest: int) -> None:
        log = self._log
        if not self._ended:
            self._end("the file ends" if rest == 0 else "the file ends within the next frame")
        if rest:
            text = f"the file ends within a frame, after {plural(rest, 'byte')} of {log.frame_size:,}"
            log.faults.append(LogFault(offset, text))


def uses_ago(salts: bytes, frame_salts: bytes) -> str:
    """Which earlier use of a file a frame's salts tell of: the first salt grows by one with each."""
    ago = (int.from_bytes(salts[:4], "big") - int.from_bytes(frame_salts[:4], "big")) & 0xFFFFFFFF
    if ago == 1:
        return "the use before this one"
    return f"an earlier use ({ago} before this one)" if 1 < ago < 10_000 else "another use of the file"
