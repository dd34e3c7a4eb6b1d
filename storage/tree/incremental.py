"""A field of a row, read and written in parts where it lies: what incremental I/O on blobs is made of.

A record's first bytes lie in its cell, the others in a chain of overflow pages.  Only the pages that hold the part
asked for are looked at, and those of the chain before them, once each; what is written leaves all sizes as they are.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.record import serial_size
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.tree.nodes.node import u32
from foundrydb.storage.tree.table_cursor import TableCursor
from foundrydb.storage.tree.tree import RowWatch

LONGEST_HEADER: Final = 98_307
"""Bytes that the header of a record of the most columns may take."""


@final
class FieldBytes(RowWatch):
    """The bytes of a field of one row.

    Attributes:
        serial: the field's serial type; 0 where the record ends before it.
        size: how many bytes it has.
        expired: the row was changed or deleted by others since.
    """

    def __init__(self, cursor: TableCursor, rowid: int, field: int) -> None:
        super().__init__(rowid)
        self.serial = 0
        self.size = 0
        self._cursor: Final = cursor
        self._start: i64 = 0
        self._chain: Final[list[int]] = []
        self._locate(field)
        cursor.tree.watches.append(self)

    def close(self) -> None:
        """Stop watching the row."""
        if self in self._cursor.tree.watches:
            self._cursor.tree.watches.remove(self)

    def read(self, start: int, size: int) -> bytes:
        """A part of the field."""
        if not self._cursor.stays():
            self._chain.clear()
        pieces: list[bytes] = []
        at = self._start + start
        stop = at + size
        first = self._cursor.local_part()
        if at < len(first):
            pieces.append(first[at : min(stop, len(first))])
        room = self._room()
        place = max(at, len(first))
        while place < stop:
            number = (place - len(first)) // room
            offset = (place - len(first)) % room
            part = min(room - offset, stop - place)
            data = self._cursor.pager.get(self._page(number)).data
            pieces.append(data[4 + offset : 4 + offset + part])
            place += part
        return b"".join(pieces)

    def write(self, start: int, data: bytes) -> None:
        """Write over a part of the field."""
        cursor = self._cursor
        if not cursor.stays():
            self._chain.clear()
        at = self._start + start
        stop = at + len(data)
        first = len(cursor.local_part())
        if at < first:
            cursor.write_local(at, data[: first - at])
        room = self._room()
        place = max(at, first)
        while place < stop:
            page = cursor.pager.get(self._page((place - first) // room))
            offset = 4 + (place - first) % room
            part = min(4 + room - offset, stop - place)
            image = page.image()
            cursor.pager.touch(page)
            page.replace(image[:offset] + data[place - at : place - at + part] + image[offset + part :])
            place += part

    def _room(self) -> int:
        return int(self._cursor.pager.usable_size) - 4

    def _page(self, number: int) -> int:
        """The page of the chain with that number, from 0."""
        chain = self._chain
        if not chain:
            chain.append(self._cursor.first_overflow())
        while len(chain) <= number:
            last = chain[-1]
            following = int(u32(self._cursor.pager.get(last).data, 0)) if last else 0
            if following < 2 or len(chain) > self._cursor.pager.page_count:
                raise CorruptError("an overflow chain ends early", last)
            chain.append(following)
        return chain[number]

    def _locate(self, field: int) -> None:
        """Find the field in the record."""
        size = self._cursor.payload_size()
        header = self.read(0, min(size, 9))
        length = int(read_varint(header + bytes(9), 0))
        if length > min(size, LONGEST_HEADER):
            raise CorruptError("a record's header reaches past its end")
        header = self.read(0, length) + bytes(9)
        at = int(varint_end(header, 0))
        start = length
        for _ in range(field + 1):
            if at >= length:
                return
            serial = int(read_varint(header, at))
            at = int(varint_end(header, at))
            if serial < 0:
                raise CorruptError("a record with a negative serial type")
            self._start, self.serial, self.size = start, serial, int(serial_size(serial))
            start += self.size
        if start > size:
            raise CorruptError("a record's value reaches past its end")
