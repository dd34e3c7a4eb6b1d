"""The index of a write-ahead log as it stands in its file, and which locks others hold on it.

The format is told in :mod:`foundrydb.storage.log.wal.wal_index`, the locks in
:mod:`foundrydb.storage.os.shared_memory`.  The file is read as any other, and not mapped: who maps it must lock it too.
"""

from __future__ import annotations

import sys
from typing import Final, NamedTuple

from foundrydb.errors import Error
from foundrydb.storage.log.wal.wal_index import (
    BACKFILL,
    BACKFILL_ATTEMPTED,
    FIRST_READ_LOCK,
    FIRST_REGION_FRAMES,
    HEADER_SIZE,
    INDEX_HEADER_SIZE,
    READ_MARKS,
    READERS,
    REGION_FRAMES,
    UNUSED_MARK,
    IndexHeader,
    parse_index_header,
)
from foundrydb.storage.os.lock_probe import HeldLock, held_locks
from foundrydb.storage.os.mapped_memory import IN_USE, SHARED_MEMORY_RANGES
from foundrydb.storage.os.range_locks import UNLOCKED
from foundrydb.storage.os.shared_memory import REGION_SIZE
from foundrydb.storage.os.vfs import File
from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.logs.log_fault import LogFault

TRIES: Final = 5
"""How often a header is read whose two copies differ, as they do while somebody writes it."""


class ReadMark(NamedTuple):
    """A read mark: the last frame that its readers use, and the lock that says whether there are any.

    Attributes:
        frame: ``UNUSED_MARK`` where it is free.
        lock: None where it cannot be told.
    """

    number: int
    frame: int
    lock: HeldLock | None

    @property
    def unused(self) -> bool:
        """Whether it marks nothing."""
        return self.frame == UNUSED_MARK

    @property
    def held(self) -> bool:
        """Whether somebody holds its lock, as far as that can be told."""
        return self.lock is not None and self.lock.kind != UNLOCKED


class AheadIndex:
    """What was read of an index.

    Attributes:
        path, size: the file, and its bytes.
        header: what it tells of the last commit; None where it tells nothing that can be believed.
        why_not: why there is no header.
        backfill, attempted: frames that were copied, and that somebody set out to copy.
        marks: the five read marks.
        locks: who holds the eight locks and the ninth, that of all who have the index open; empty where it cannot be
            told.
        faults: what is wrong.
    """

    def __init__(self, path: str, size: int, locks: list[HeldLock]) -> None:
        self.path: Final = path
        self.size: Final = size
        self.locks: Final = locks
        self.header: IndexHeader | None = None
        self.why_not = ""
        self.backfill = 0
        self.attempted = 0
        self.marks: list[ReadMark] = []
        self.faults: Final[list[LogFault]] = []

    @property
    def in_use(self) -> bool | None:
        """Whether anybody has it open; None where it cannot be told."""
        return self.locks[IN_USE].kind != UNLOCKED if self.locks else None

    def lock(self, which: int) -> HeldLock | None:
        """Who holds a lock; None where it cannot be told."""
        return self.locks[which] if self.locks else None


def read_index(file: File, path: str) -> AheadIndex:
    """Read the index's head."""
    index = AheadIndex(path, file.size(), held_locks(path, SHARED_MEMORY_RANGES))
    head = _settled(file)
    if len(head) < INDEX_HEADER_SIZE:
        index.why_not = "the file is too short: nobody has written it since it was emptied"
        return index
    words = [int.from_bytes(head[at : at + 4], sys.byteorder) for at in range(0, INDEX_HEADER_SIZE, 4)]
    index.backfill, index.attempted = words[BACKFILL], words[BACKFILL_ATTEMPTED]
    for number in range(READERS):
        index.marks.append(ReadMark(number, words[READ_MARKS + number], index.lock(FIRST_READ_LOCK + number)))
    index.header, index.why_not = _header(head)
    if index.header is None:
        index.faults.append(LogFault(0, index.why_not))
    else:
        _judge(index, index.header)
    return index


def _settled(file: File) -> bytes:
    """The index's head, once both copies of the header agree or do not come to."""
    head = b""
    for _ in range(TRIES):
        head = file.read(0, INDEX_HEADER_SIZE)
        if head[:HEADER_SIZE] == head[HEADER_SIZE : 2 * HEADER_SIZE]:
            break
    return head


def _header(head: bytes) -> tuple[IndexHeader | None, str]:
    first, second = head[:HEADER_SIZE], head[HEADER_SIZE : 2 * HEADER_SIZE]
    if first != second:
        return None, "the two copies of the header differ: who wrote it was interrupted"
    if not any(first):
        return None, "nobody has written the header"
    try:
        header = parse_index_header(first)
    except Error:
        return None, f"the version of the format is {int.from_bytes(first[:4], sys.byteorder)}"
    return header, "" if header is not None else "the header's checksum is wrong"


def _judge(index: AheadIndex, header: IndexHeader) -> None:
    """Find what the index tells that cannot be."""
    last = int(header.last_frame)
    if index.backfill > last:
        text = f"{plural(index.backfill, 'frame')} are said to be copied, of {last:,}"
        index.faults.append(LogFault(4 * BACKFILL, text))
    for mark in index.marks:
        if mark.held and not mark.unused and mark.frame > last:
            text = f"read mark {mark.number} is at frame {mark.frame:,}, past the last"
            index.faults.append(LogFault(4 * (READ_MARKS + mark.number), text))
    regions = 1 if last <= FIRST_REGION_FRAMES else 1 + -(-(last - FIRST_REGION_FRAMES) // REGION_FRAMES)
    if index.size < regions * REGION_SIZE:
        text = f"the index of {plural(last, 'frame')} takes {plural(regions * REGION_SIZE, 'byte')}"
        index.faults.append(LogFault(index.size, f"{text}, the file has {index.size:,}"))
