"""Changes of an index that wait, packed: records in blocks of bytes, and a number for where each one is.

They take a few bytes each beside their records, and no object, until they are made: then a rough key is made of
the first field of each, and their places are sorted by it, where they lie; places with equal keys by the number that
the second field is.

============= ========================================================================================
bits          of a change's place
============= ========================================================================================
16 and above  the block's number
1 to 15       where the change starts in the block: the record's length (a varint), the record
0             whether the change is a removal
============= ========================================================================================
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_f64_be, read_i64_be, write_f64_be
from librt.vecs import append, vec
from mypy_extensions import i32, i64

from foundrydb.storage.format.record import integer_at, serial_size
from foundrydb.storage.format.varint import read_varint, varint_end, write_varint
from foundrydb.storage.tree.backlog.pair_sort import sort_pairs, zeros
from foundrydb.storage.tree.index_cursor import IndexCursor
from foundrydb.storage.tree.search_key import BYTES, FOLDED

OVERHEAD: Final = 16
"""Bytes that a change takes beside its record, from when it is taken in until it is made."""

FEW: Final = 64
"""So many changes are not worth nodes for the neighbours of the leaves that they meet."""

_BLOCK: Final = 1 << 15
"""A block takes no more changes once it is that long."""

_TEXT_WORDS: Final = 5
"""How much of a text or blob goes into its rough key, in words."""

_WORD: Final = 7
"""So many bytes are a number without a sign."""

_LEAST: Final = -0x7FFFFFFFFFFFFFFF - 1
_MOST: Final = 0x7FFFFFFFFFFFFFFF
_LEAST_REAL: Final = -9223372036854775808.0


class RoughKey:
    """What records are sorted by: one or more numbers, which are equal where the records' first fields are.

    It looks at all of them before it makes any numbers.

    Attributes:
        words: how many numbers.
    """

    def __init__(self, words: int) -> None:
        self.words: Final = words

    def look(self, data: bytes, at: i64) -> None:
        """See the record that starts at a place."""
        raise NotImplementedError

    def word(self, data: bytes, at: i64, number: i64) -> i64:
        """One of the numbers, for the record that starts at a place."""
        raise NotImplementedError


@final
class NumberKey(RoughKey):
    """The rough key of NULLs and numbers.

    Where there are reals among them, integers are compared as the reals nearest to them.
    """

    def __init__(self) -> None:
        super().__init__(1)
        self._reals = False

    def look(self, data: bytes, at: i64) -> None:
        """See ``RoughKey.look``."""
        if read_varint(data, varint_end(data, at)) == 7:
            self._reals = True

    def word(self, data: bytes, at: i64, number: i64) -> i64:
        """See ``RoughKey.word``."""
        body = at + read_varint(data, at)
        serial = read_varint(data, varint_end(data, at))
        if serial == 0:
            return _LEAST
        if serial == 7:
            bits = read_i64_be(data, body)
        else:
            integer = integer_at(data, body, serial)
            if not self._reals:
                return integer
            out = BytesWriter()
            write_f64_be(out, float(integer))
            bits = read_i64_be(out.getvalue(), 0)
        if bits >= 0:
            return bits
        magnitude = bits & _MOST
        return -magnitude


@final
class TextKey(RoughKey):
    """The rough key of texts and blobs: their first bytes, without those that all of them begin with.

    Args:
        method: how texts compare: see ``KeyField``.
        trimmed: spaces at a text's end do not count.
    """

    def __init__(self, method: i64, trimmed: bool) -> None:
        super().__init__(_TEXT_WORDS)
        self._method: Final[i64] = method
        self._trimmed: Final = trimmed
        self._common: bytes | None = None
        self._skipped: i64 = 0

    def look(self, data: bytes, at: i64) -> None:
        """See ``RoughKey.look``."""
        start = at + read_varint(data, at)
        size = serial_size(read_varint(data, varint_end(data, at)))
        common = self._common
        if common is None:
            self._common = data[start : start + size]
            self._skipped = size
            return
        most = self._skipped if self._skipped < size else size
        same: i64 = 0
        while same < most and data[start + same] == common[same]:
            same += 1
        self._skipped = same

    def word(self, data: bytes, at: i64, number: i64) -> i64:
        """See ``RoughKey.word``."""
        start = at + read_varint(data, at)
        serial = read_varint(data, varint_end(data, at))
        end = start + serial_size(serial)
        folded = False
        if serial & 1 == 1 and self._method != BYTES:
            folded = self._method == FOLDED
            if folded:
                end = _before_nul(data, start, end, self._skipped + _WORD * (number + 1))
            elif self._trimmed:
                while end > start and data[end - 1] == 0x20:
                    end -= 1
            else:
                return 0
        place = start + self._skipped + _WORD * number
        stop = place + _WORD
        key: i64 = 0
        while place < stop:
            byte: i64 = data[place] if place < end else 0
            if folded and 0x41 <= byte <= 0x5A:
                byte += 0x20
            key = key << 8 | byte
            place += 1
        return key


def second_number(data: bytes, at: i64) -> i64:
    """The whole part of a record's second field, where that is a number; equal for equal fields of all kinds."""
    place = varint_end(data, at)
    header_end = at + read_varint(data, at)
    skipped = serial_size(read_varint(data, place))
    place = varint_end(data, place)
    serial = read_varint(data, place) if place < header_end else 0
    if serial == 0:
        return _LEAST
    if serial > 9:
        return _MOST
    if serial != 7:
        return integer_at(data, header_end + skipped, serial)
    real = read_f64_be(data, header_end + skipped)
    if real < _LEAST_REAL:
        return _LEAST
    return i64(int(real)) if real < -_LEAST_REAL else _MOST


def _before_nul(data: bytes, start: i64, end: i64, most: i64) -> i64:
    """Where a text ends, or the part of it before its first NUL; not looked for beyond so many bytes."""
    place = start
    stop = start + most if start + most < end else end
    while place < stop:
        if data[place] == 0:
            return place
        place += 1
    return end


@final
class WaitingRecords:
    """Changes whose rough keys can be compared with each other.

    Args:
        downwards: for the first field and the second, whether the largest keys come first.

    Attributes:
        count: how many there are.
    """

    def __init__(self, key: RoughKey, downwards: tuple[bool, bool]) -> None:
        self.count: i64 = 0
        self._key: Final = key
        self._downwards: Final = downwards[0]
        self._second_downwards: Final = downwards[1]
        self._blocks: Final[list[bytes]] = []
        self._block = BytesWriter()
        self._places = vec[i32]()

    def add(self, record: bytes, removal: bool) -> None:
        """Let a change wait: an entry to write, or to remove."""
        at: i64 = len(self._block)
        if at >= _BLOCK:
            self._blocks.append(self._block.getvalue())
            self._block = BytesWriter()
            at = 0
        place = i64(len(self._blocks)) << 16 | at << 1 | (1 if removal else 0)
        write_varint(self._block, len(record))
        self._block.write(record)
        self._places = append(self._places, i32(place))
        self.count += 1

    def carry_out(self, cursor: IndexCursor) -> None:
        """Make the changes in the order of their keys; equal ones in the order in which they came."""
        count = self.count
        self._blocks.append(self._block.getvalue())
        self._block = BytesWriter()
        cursor.few = count <= FEW
        if count > 1:
            self._put_in_order()
        i: i64 = 0
        while i < count:
            data = self._block_of(i)
            place = i64(self._places[i])
            at = (place & 0xFFFF) >> 1
            start = varint_end(data, at)
            record = data[start : start + read_varint(data, at)]
            if place & 1 == 1:
                cursor.remove(record)
            elif count == 1:
                cursor.insert(record)
            else:
                cursor.insert_in_order(record)
            i += 1
        cursor.settle()

    def _put_in_order(self) -> None:
        """Sort the places by the changes' keys."""
        i: i64 = 0
        while i < self.count:
            self._key.look(self._block_of(i), self._record_at(i))
            i += 1
        self._sort(zeros(self.count), 0, self.count, 0)

    def _block_of(self, i: i64) -> bytes:
        """The block in which a change lies."""
        return self._blocks[i64(self._places[i]) >> 16]

    def _record_at(self, i: i64) -> i64:
        """Where a change's record starts in its block."""
        return varint_end(self._block_of(i), (i64(self._places[i]) & 0xFFFF) >> 1)

    def _sort(self, words: vec[i64], start: i64, stop: i64, number: i64) -> None:
        """Sort the places from ``start`` to ``stop`` by the words of their keys from one on, then by the second fields.

        Places with equal ones ascend, as they did when the changes came.
        """
        last = number == self._key.words
        downwards = self._second_downwards if last else self._downwards
        i = start
        while i < stop:
            data = self._block_of(i)
            at = self._record_at(i)
            word = second_number(data, at) if last else self._key.word(data, at, number)
            words[i] = ~word if downwards else word
            i += 1
        sort_pairs(words, self._places, start, stop)
        if last:
            return
        while start < stop:
            word = words[start]
            end = start + 1
            while end < stop and words[end] == word:
                end += 1
            if end > start + 1:
                self._sort(words, start, end, number + 1)
            start = end
