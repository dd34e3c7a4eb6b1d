"""The index of a write-ahead log: which frame has a page, what the readers see, and how much was copied back.

It stands in shared memory, in regions of 32768 bytes; numbers have the machine's byte order.

====== ==== ====================================================================
offset size the first region begins with
====== ==== ====================================================================
0      48   the header, which tells of the last commit
48     48   the header once more: who writes it writes this copy first
96     4    how many frames were copied into the database
100    20   five read marks: the last frame that the readers of a lock may use
120    8    the bytes that are locked
128    4    how many frames somebody tried to copy
132    4    nothing
====== ==== ====================================================================

====== ==== ====================================================================
offset size a copy of the header
====== ==== ====================================================================
0      4    version: 3007000
4      4    nothing
8      4    how many commits there were
12     1    1 once it was written
13     1    1 where the log's checksums read big-endian words
14     2    page size in bytes; 1 means 65536
16     4    the last frame of the last commit
20     4    pages in the database
24     8    checksum of that frame
32     8    the log's salts, as they stand there
40     8    checksum of the 40 bytes before, in words of this machine
====== ==== ====================================================================

A region then has the page numbers of its frames, 4096 of them (4062 in the first), and from byte 16384 on a hash table
of 8192 slots: a slot is 0 or tells the place, from 1 on, of a page number in the region.  The newest frame of a page is
sought region by region from the last, and in each among the slots from the page's on to the first 0; what a commit has
not told of yet is in the table and must be passed over.
(https://sqlite.org/walformat.html, "The WAL-Index File Format")
"""

from __future__ import annotations

import sys
from typing import Any, Final, final

from librt.strings import BytesWriter, read_i32_be, read_i32_le, write_i32_be, write_i32_le
from mypy_extensions import i32, i64

from foundrydb.errors import CorruptError, Error
from foundrydb.storage.format.file_shape import valid_page_size
from foundrydb.storage.log.wal.checksum import checksum
from foundrydb.storage.log.wal.log_file import NATIVE_BIG_ENDIAN, VERSION
from foundrydb.storage.os.shared_memory import SharedMemory
from foundrydb.storage.os.vfs import storage_error

HEADER_SIZE: Final = 48
HASH_START: Final = 16384
SLOTS: Final = 8192
REGION_FRAMES: Final = 4096
INDEX_HEADER_SIZE: Final = 136
FIRST_REGION_FRAMES: Final = REGION_FRAMES - INDEX_HEADER_SIZE // 4
HASH_FACTOR: Final = 383
HINTS: Final = 256
"""Of so many pages a connection remembers where in a region's hash table it met them last."""

# Four-byte words of the first region.
BACKFILL: Final = 24
READ_MARKS: Final = 25
BACKFILL_ATTEMPTED: Final = 32

READERS: Final = 5
UNUSED_MARK: Final = 0xFFFFFFFF

# Locks; see ``storage.os.shared_memory``.
WRITE_LOCK: Final = 0
CHECKPOINT_LOCK: Final = 1
RECOVERY_LOCK: Final = 2
FIRST_READ_LOCK: Final = 3


@final
class IndexHeader:
    """What the index tells of the last commit; another state is another object.

    Attributes:
        changes: how many commits there were, as far as a number of 32 bits can tell.
        big_endian: the byte order of the log's checksums.
        page_size: bytes in a page, 0 in an empty log that never had one.
        last_frame: the last frame that counts.
        page_count: pages in the database, 0 where the log never told.
        first, second: the checksum of the last frame, or of the log's header.
        salts: the log's.
        image: the 48 bytes that it is.
    """

    def __init__(
        self,
        changes: i64,
        big_endian: bool,
        page_size: i64,
        last_frame: i64,
        page_count: i64,
        first: i64,
        second: i64,
        salts: bytes,
    ) -> None:
        self.changes: Final[i64] = changes & 0xFFFFFFFF
        self.big_endian: Final = big_endian
        self.page_size: Final[i64] = page_size
        self.last_frame: Final[i64] = last_frame
        self.page_count: Final[i64] = page_count
        self.first: Final[i64] = first
        self.second: Final[i64] = second
        self.salts: Final = salts
        self.image: Final = self._encode()

    def _encode(self) -> bytes:
        out = BytesWriter()
        _write_word(out, VERSION)
        _write_word(out, 0)
        _write_word(out, self.changes)
        size = 1 if self.page_size == 65536 else int(self.page_size)
        out.write(b"\1\1" if self.big_endian else b"\1\0")
        out.write(size.to_bytes(2, sys.byteorder))
        _write_word(out, self.last_frame)
        _write_word(out, self.page_count)
        _write_word(out, self.first)
        _write_word(out, self.second)
        out.write(self.salts)
        one, two = checksum(out.getvalue(), NATIVE_BIG_ENDIAN, 0, 0)
        _write_word(out, one)
        _write_word(out, two)
        return out.getvalue()


def _write_word(out: BytesWriter, word: i64) -> None:
    """Append 32 bits in the machine's own byte order."""
    value = i32(word if word < 0x80000000 else word - 0x100000000)
    if NATIVE_BIG_ENDIAN:
        write_i32_be(out, value)
    else:
        write_i32_le(out, value)


def _word(image: bytes, at: i64) -> i64:
    """32 bits in the machine's own byte order, without a sign."""
    word = read_i32_be(image, at) if NATIVE_BIG_ENDIAN else read_i32_le(image, at)
    return i64(word) & 0xFFFFFFFF


def parse_index_header(image: bytes) -> IndexHeader | None:
    """The header that these bytes are, None where somebody was interrupted writing it.

    Raises:
        Error: ``SQLITE_CANTOPEN``: a version of the format that is not known.
    """
    if image[12] == 0:
        return None
    one, two = checksum(image[:40], NATIVE_BIG_ENDIAN, 0, 0)
    size: i64 = int.from_bytes(image[14:16], sys.byteorder)
    if size == 1:
        size = 65536
    last = _word(image, 16)
    sized = (size == 0 and last == 0) or valid_page_size(size)
    if not sized or one != _word(image, 40) or two != _word(image, 44):
        return None
    if _word(image, 0) != VERSION:
        raise storage_error("SQLITE_CANTOPEN")
    first, second = _word(image, 24), _word(image, 28)
    return IndexHeader(
        _word(image, 8), image[13] != 0, size, last, _word(image, 20), first, second, image[32:40]
    )


NO_HEADER: Final = IndexHeader(0, NATIVE_BIG_ENDIAN, 0, 0, 0, 0, 0, bytes(8))
"""Before an index was looked at."""


@final
class IndexRegion:
    """One region of the index.

    Attributes:
        before: how many frames the regions before it have.
        pages: the page numbers of its frames.
        slots: its hash table.
    """

    def __init__(self, memory: memoryview, number: i64) -> None:
        start = INDEX_HEADER_SIZE if number == 0 else 0
        self.before: Final[i64] = 0 if number == 0 else FIRST_REGION_FRAMES + (number - 1) * REGION_FRAMES
        self.pages: Final = memory[start:HASH_START].cast("I")
        self.slots: Final = memory[HASH_START:].cast("H")
        self._hints: Final = [0] * HINTS

    def newest(self, page: i64, first_frame: i64, last_frame: i64) -> i64:
        """The newest of a page's frames from ``first_frame`` to ``last_frame``, 0 where there is none."""
        pages = self.pages
        slots = self.slots
        before = self.before
        found: i64 = 0
        key = self._start(page, last_frame - before)
        left = SLOTS
        place: i64 = slots[key]
        while place != 0:
            frame = place + before
            if frame <= last_frame and frame >= first_frame and place <= len(pages):
                here: i64 = pages[place - 1]
                if here == page:
                    found = frame
                    self._hints[page & (HINTS - 1)] = key
            left -= 1
            if left == 0:
                raise CorruptError("the hash table of the write-ahead log's index is full")
            key = (key + 1) & (SLOTS - 1)
            place = slots[key]
        return found

    def add(self, place: i64, page: i64) -> None:
        """Tell of a frame; ``place`` counts the region's from 1 on."""
        slots = self.slots
        key = self._start(page, place)
        left = place
        while slots[key] != 0:
            if left == 0:
                raise CorruptError("the hash table of the write-ahead log's index holds too much")
            left -= 1
            key = (key + 1) & (SLOTS - 1)
        self.pages[place - 1] = page
        slots[key] = place
        self._hints[page & (HINTS - 1)] = key

    def _start(self, page: i64, last_place: i64) -> i64:
        """The slot from which to look for the newest of a page's frames that is none after ``last_place``.

        A page that is written again and again has a slot for each time, one after another: who begins with the last
        one that was met need not pass the others.  It is good whatever happened to the table since if it is the
        page's still: whoever filled it found all slots before it full, and none of them is emptied before it is.
        """
        hint: i64 = self._hints[page & (HINTS - 1)]
        place: i64 = self.slots[hint]
        if place != 0 and place <= last_place and place <= len(self.pages):
            here: i64 = self.pages[place - 1]
            if here == page:
                return hint
        return page * HASH_FACTOR & (SLOTS - 1)

    def cut(self, places: i64) -> None:
        """Forget all frames but the first ``places``."""
        slots = self.slots
        # A slot of a frame that goes leaves no gap: those of the frames that stay were filled before it.
        for key in range(SLOTS):
            if slots[key] > places:
                slots[key] = 0
        words = self.pages
        size = len(words) - int(places)
        words[int(places) :] = memoryview(bytes(4 * size)).cast("I")

    def clear(self) -> None:
        """Forget all frames."""
        self.pages[:] = memoryview(bytes(4 * len(self.pages))).cast("I")
        self.slots[:] = memoryview(bytes(2 * SLOTS)).cast("H")


def region_of(frame: i64) -> i64:
    """The number of the region that tells of a frame."""
    return (frame - 1 + REGION_FRAMES - FIRST_REGION_FRAMES) // REGION_FRAMES


@final
class WalIndex:
    """One connection's view of the index.

    Attributes:
        memory: where it stands.
    """

    def __init__(self, memory: SharedMemory) -> None:
        self.memory: Final = memory
        self._regions: list[IndexRegion] = []
        # The first region's parts: the header's two copies, all words, and the read marks.
        self._first: memoryview | None = None
        self._second: Any = None
        self._words: Any = None
        self._marks: Any = None
        self._last: IndexHeader | None = None
        # Locks that the system did not take back.
        self._left: set[int] = set()

    # locks --------------------------------------------------------------------------------------------------

    def lock(self, first: int, count: int, exclusive: bool) -> bool:
        """Take locks without waiting; see ``SharedMemory.lock``."""
        if not self.memory.lock(first, count, exclusive):
            return False
        if self._left:
            self._left.difference_update(range(first, first + count))
        return True

    def unlock(self, first: int, count: int) -> None:
        """Give locks back; those that the system does not take back yet go with the next ones."""
        left = self._left
        try:
            self.memory.unlock(first, count)
            while left:
                self.memory.unlock(min(left), 1)
                left.remove(min(left))
        except (Error, MemoryError):
            left.update(range(first, first + count))

    # the header ---------------------------------------------------------------------------------------------

    def attach(self, extend: bool) -> bool:
        """Map the first region; False where there is none and ``extend`` does not ask for one."""
        if self._first is None:
            memory = self.memory.map(0, extend)
            if memory is None:
                return False
            self._first = memory[:HEADER_SIZE]
            self._second = memory[HEADER_SIZE : 2 * HEADER_SIZE]
            self._words = memory[:INDEX_HEADER_SIZE].cast("I")
            self._marks = self._words[READ_MARKS : READ_MARKS + READERS]
        return True

    def header(self) -> IndexHeader | None:
        """What the index tells of the last commit, None where nobody, or somebody interrupted, has written it."""
        image = self._image()
        if not image:
            return None
        last = self._last
        if last is None or image != last.image:
            last = parse_index_header(image)
            if last is not None:
                self._last = last
        return last

    def _image(self) -> bytes:
        """The header's bytes where both copies agree, else none."""
        first = self._first
        if first is None:
            return b""
        image = first.tobytes()
        self.memory.barrier()
        second: bytes = self._second.tobytes()
        return image if image == second else b""

    def still(self, header: IndexHeader) -> bool:
        """Whether that is still what the index tells."""
        first = self._first
        assert first is not None
        return header.image == first.tobytes()

    def write_header(self, header: IndexHeader) -> None:
        """Tell of a commit."""
        first = self._first
        assert first is not None
        self._second[:] = header.image
        self.memory.barrier()
        first[:] = header.image
        self._last = header

    def forget_header(self) -> None:
        """Have the index made anew: for one that nobody shares, of a log that others may write."""
        first = self._first
        if first is not None:
            first[:] = bytes(HEADER_SIZE)
            self._second[:] = bytes(HEADER_SIZE)

    # checkpoints and readers --------------------------------------------------------------------------------

    @property
    def backfill(self) -> int:
        """How many frames were copied into the database."""
        frames: int = self._words[BACKFILL]
        return frames

    @backfill.setter
    def backfill(self, frames: int) -> None:
        self._words[BACKFILL] = frames

    def attempt(self, frames: int) -> None:
        """Tell that so many frames are about to be copied."""
        self._words[BACKFILL_ATTEMPTED] = frames

    def marks(self) -> list[int]:
        """All read marks: of each the last frame that readers under its lock may use."""
        marks: list[int] = self._marks.tolist()
        return marks

    def mark(self, which: int) -> int:
        """One of them."""
        frame: int = self._marks[which]
        return frame

    def set_mark(self, which: int, frame: int) -> None:
        """Change a read mark, under its exclusive lock."""
        self._marks[which] = frame

    # frames -------------------------------------------------------------------------------------------------

    def _region(self, number: i64, extend: bool) -> IndexRegion:
        while len(self._regions) <= number:
            memory = self.memory.map(len(self._regions), extend)
            if memory is None:
                raise CorruptError("the write-ahead log's index is cut short")
            self._regions.append(IndexRegion(memory, len(self._regions)))
        return self._regions[number]

    def find(self, page: i64, first_frame: i64, last_frame: i64) -> i64:
        """The newest of a page's frames from ``first_frame`` to ``last_frame``, 0 where there is none."""
        if last_frame < first_frame:
            return 0
        number = region_of(last_frame)
        oldest = region_of(first_frame)
        while number >= oldest:
            frame = self._region(number, False).newest(page, first_frame, last_frame)
            if frame != 0:
                return frame
            number -= 1
        return 0

    def pages_of(self, first_frame: i64, last_frame: i64) -> list[int]:
        """The pages that a row of frames have."""
        pages: list[int] = []
        frame = first_frame
        while frame <= last_frame:
            region = self._region(region_of(frame), False)
            start = int(frame - region.before - 1)
            stop = min(int(last_frame - region.before), len(region.pages))
            pages += region.pages[start:stop].tolist()
            frame = region.before + stop + 1
        return pages

    def add(self, frame: i64, page: i64) -> None:
        """Tell of a frame behind all others; it counts once ``write_header`` has told of it."""
        region = self._region(region_of(frame), True)
        place = frame - region.before
        if place == 1:
            region.clear()
        elif region.pages[place - 1] != 0:
            region.cut(place - 1)  # what a writer left who died
        region.add(place, page)

    def forget_after(self, frame: i64) -> None:
        """Forget the frames after a frame, those of a transaction that was rolled back."""
        if frame > 0:
            region = self._region(region_of(frame), True)
            region.cut(frame - region.before)

    def close(self, delete: bool) -> None:
        """Give everything back.

        Args:
            delete: whether the memory's file goes too; the caller sees to it that nobody else has it open.
        """
        self._regions = []
        self._first = self._second = self._words = self._marks = None
        self.memory.close(delete)
