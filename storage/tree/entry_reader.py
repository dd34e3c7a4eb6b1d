"""The entry at a position, read where it lies.

A record's header is walked only as far as the column asked for, and overflow pages are fetched only when a column
reaches into them.
"""

from __future__ import annotations

from typing import Final

from librt.strings import read_f64_be
from librt.vecs import vec
from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.record import (
    count_fields,
    decode_fields,
    integer_at,
    malformed,
    replace_fields,
    serial_size,
    type_bit,
    value_at,
)
from foundrydb.storage.format.values import NULL_TYPE, UTF8, Value
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.tree.nodes.node import (
    u32,
)
from foundrydb.storage.tree.position import ON_ENTRY, Position
from foundrydb.storage.tree.space.overflow import read_chain
from foundrydb.storage.tree.tree import BTree

# The bytes of a cell up to its record, in ``_parse_short``; no cell is that close to the page's end.
_LONGEST_START: Final = 8

# How many fields of a record ``_locate`` keeps in mind at first.
_FIELDS: Final = 16

# What ``EntryReader.number`` found.
NO_NUMBER: Final = 0
INTEGER: Final = 1
REAL: Final = 2


class EntryReader(Position):
    """A position in a tree, and the entry there.

    Attributes:
        whole, real: the integer, or the real number, that ``number`` found last.
        start, stop: where in ``image`` the text is that ``text_in_place`` found last.
    """

    def __init__(self, tree: BTree) -> None:
        super().__init__(tree)
        self._encoding: i64 = tree.encoding
        self._largest_local: i64 = tree.max_local()
        self._has_rowids = tree.table
        # The current cell, once looked at: the record starts at ``_record`` of ``_buffer`` and is ``_size``
        # bytes long, of which ``_local`` are here; the others are in the chain from page ``_overflow``, of
        # which some were ``_fetched`` into the buffer before if that is set.
        self._buffer = b""
        self._record: i64 = 0
        self._size: i64 = 0
        self._local: i64 = 0
        self._overflow: i64 = 0
        self._fetched = False
        self._rowid: i64 = 0
        # How far the record's header was read: the next field's number, its serial type's place, its body's.
        self._field: i64 = 0
        self._serial_at: i64 = 0
        self._body_at: i64 = 0
        self._header_end: i64 = 0
        # The fields that ``_locate`` has seen: how many, their serial types, where each begins (and the next one),
        # and where the next serial type stands.
        self._located: i64 = 0
        self._serials = vec[i64]([0] * _FIELDS)
        self._starts = vec[i64]([0] * (_FIELDS + 1))
        self._next_serial: i64 = 0
        self.whole: i64 = 0
        self.real = 0.0
        self.start: i64 = 0
        self.stop: i64 = 0

    def rest(self) -> None:
        """See ``Position.rest``."""
        super().rest()
        self._buffer = b""
        self._record = 0
        self._size = 0
        self._local = 0
        self._overflow = 0
        self._fetched = False
        self._rowid = 0
        self._header_end = 0
        self._located = 0

    def come_back(self) -> None:
        """See ``Position.come_back``."""
        super().come_back()
        self._largest_local = self.tree.max_local()

    # The current entry --------------------------------------------------------------------------------------

    def _stands(self) -> bool:
        """Whether there is a current entry; a saved position is found again first, and the cell looked at."""
        if self._state != ON_ENTRY:
            self._find_again()
            if self._state != ON_ENTRY:
                return False
        if not self._parsed:
            self._parse()
        return True

    def is_gone(self) -> bool:
        """Whether the entry that it stood on is there no more."""
        return self._state != ON_ENTRY and not self._stands()

    def _parse(self) -> None:
        """Look at the current cell: where its record is, and how long.

        Raises:
            CorruptError: the cell reaches past its page.
        """
        if self._index <= self._overwritten:
            self._data = self._page.image()
            self._overwritten = -1
        if self._node is None and self._leaf and self._parse_short():
            return
        try:
            node = self._node
            if node is None:
                at = self._cell_at(self._index)
                self._buffer = self._data
                if not self._leaf:
                    at += 4
                self._parse_cell(at)
                end = self._usable
            else:
                self._buffer = node.cells[self._index]
                self._parse_cell(0)
                end = len(self._buffer)
            if self._record + self._local > end:
                raise self._damaged("a cell reaches past the page's end")
        except IndexError:
            raise self._damaged("a cell reaches past the page's end") from None
        self._parsed = True
        self._header_end = 0
        self._located = 0

    def _parse_short(self) -> bool:
        """``_parse`` for most cells: on a leaf's image, of less than 16 KB, with a rowid below 2**35."""
        data = self._data
        pointer = self._pointers + 2 * self._index
        at: i64 = data[pointer]
        at = at << 8 | data[pointer + 1]
        usable = self._usable
        if at < self._pointers + 2 * self._count or at > usable - _LONGEST_START:
            return False
        size: i64 = data[at]
        at += 1
        if size >= 0x80:
            low: i64 = data[at]
            if low >= 0x80:
                return False
            size = (size & 0x7F) << 7 | low
            at += 1
        if self._has_rowids:
            rowid: i64 = data[at]
            at += 1
            if rowid >= 0x80:
                rowid &= 0x7F
                stop = at + 4
                byte: i64 = 0x80
                while byte >= 0x80:
                    if at == stop:
                        return False
                    byte = data[at]
                    at += 1
                    rowid = rowid << 7 | (byte & 0x7F)
            self._rowid = rowid
        if size > self._largest_local or at + size > usable:
            return False
        self._buffer = data
        self._record = at
        self._size = size
        self._local = size
        self._parsed = True
        self._header_end = 0
        self._located = 0
        return True

    def _parse_cell(self, at: i64) -> None:
        data = self._buffer
        size: i64 = data[at]
        if size < 0x80:
            at += 1
        else:
            size = read_varint(data, at)
            at = varint_end(data, at)
        if self.tree.table:
            self._rowid = read_varint(data, at)
            at = varint_end(data, at)
        self._record = at
        self._size = size
        self._local = size
        if size > self._largest_local or size < 0:
            if size < 0 or size > 0x7FFFFFFF:
                raise self._damaged("a payload of an impossible size")
            self._local = self.tree.local_size(size)
            self._overflow = u32(data, at + self._local)
            self._fetched = False

    def _damaged(self, what: str) -> CorruptError:
        return CorruptError(what, self._page.number)

    def _need(self, end: i64) -> None:
        """Have the record's first ``end`` bytes in ``_buffer``, fetching overflow pages if need be."""
        if end > self._size:
            raise self._damaged("a record's value reaches past its end")
        if end > self._local:
            if self._fetched:
                end = self._size
            first = self.tree.local_size(self._size)
            local = self._buffer[self._record : self._record + first]
            self._buffer = read_chain(self.pager, self._overflow, end - first, 0, local)
            if self._header_end != 0:  # 0 says that the header is yet to be read
                self._serial_at -= self._record
                self._header_end -= self._record
                self._body_at -= self._record
            self._record = 0
            self._local = end
            self._fetched = True

    def payload_size(self) -> int:
        """How long the current record is, in bytes."""
        return self._size if self._stands() else 0

    def payload(self) -> bytes:
        """The whole current record; empty when there is none."""
        if not self._stands():
            return b""
        self._need(self._size)
        return self._buffer[self._record : self._record + self._size]

    def column_count(self) -> int:
        """How many fields the current record has."""
        if not self._stands():
            return 0
        try:
            self._read_header_size()
            return count_fields(self._buffer, self._record, self._size)
        except IndexError:
            raise self._damaged("a record is cut short") from None

    def row(self, n: i64) -> list[Value]:
        """The first ``n`` fields of the current record, with None for those past its end."""
        if self._state != ON_ENTRY or not self._parsed:
            if not self._stands():
                return [None] * int(n)
        try:
            if self._local < self._size:
                return [self._column(i) for i in range(n)]
            fields = decode_fields(self._buffer, self._record, self._size, n, self._encoding)
        except IndexError:
            raise self._damaged("a record is cut short") from None
        except CorruptError as error:
            raise self._damaged(error.detail) from None
        while len(fields) < n:
            fields.append(None)
        return fields

    def column(self, i: i64) -> Value:
        """Field ``i`` of the current record; None past the record's end (see ``column_count``)."""
        if self._state != ON_ENTRY or not self._parsed:
            if not self._stands():
                return None
        try:
            return self._column(i)
        except IndexError:
            raise self._damaged("a record is cut short") from None

    def _column(self, i: i64) -> Value:
        serial = self._locate(i)
        if serial >= 0:
            return value_at(self._buffer, self.start, serial, self._encoding)
        return self._column_slowly(i)

    def _column_slowly(self, i: i64) -> Value:
        """``_column`` where ``_locate`` gives up."""
        serial = self._find_slowly(i)
        if serial < 0:
            return None
        self._fetch_found()
        return value_at(self._buffer, self.start, serial, self._encoding)

    def _find_slowly(self, i: i64) -> i64:
        """The serial type of field ``i``, from ``start`` to ``stop`` of what ``_buffer`` holds or is yet to hold.

        -1 past the record's end.  Of overflow pages only those are fetched that the header reaches into.
        """
        if self._header_end == 0:
            self._read_header_size()
        elif i < self._field:
            self._restart()
        data = self._buffer
        at = self._serial_at
        body = self._body_at
        field = self._field
        while at < self._header_end:
            serial: i64 = data[at]
            if serial < 0x80:
                at += 1
            else:
                serial = read_varint(data, at)
                at = varint_end(data, at)
                if serial < 0:
                    raise self._damaged("a record with a negative serial type")
            self.start = body
            body += serial_size(serial)
            if field == i:
                self._field = field + 1
                self._serial_at = at
                self._body_at = body
                self.stop = body
                return serial
            field += 1
        return -1

    def _fetch_found(self, most: i64 = -1) -> None:
        """Have the field that ``_find_slowly`` found in ``_buffer``, or its first bytes where not all are asked for."""
        if 0 <= most < self.stop - self.start:
            self.stop = self.start + most
        if self.stop > self._record + self._local:
            start = self.start - self._record
            stop = self.stop - self._record
            self._need(stop)
            self.start = self._record + start
            self.stop = self._record + stop

    def found_part(self, first: i64, count: i64) -> bytes:
        """So many bytes, from number ``first`` on, of the field that ``serial_type`` found last; it is that long."""
        begin = self.start + first
        end = begin + count
        if end <= self._record + self._local:
            return self._buffer[begin:end]
        local = self.tree.local_size(self._size)
        begin -= self._record
        end -= self._record
        if begin >= local:
            return read_chain(self.pager, self._overflow, end - begin, begin - local)
        head = self._buffer[self._record + begin : self._record + local]
        return read_chain(self.pager, self._overflow, end - local, 0, head)

    # Fields without objects: what is rare, or wrong, is left to ``column`` --------------------------------------

    def number(self, i: i64) -> i64:
        """Whether field ``i`` of the current record is an INTEGER or a REAL, which is then in ``whole`` or ``real``.

        NO_NUMBER for everything else, and for what ``column`` has to deal with.
        """
        serial = self._locate(i)
        if serial == 1:
            byte: i64 = self._buffer[self.start]
            self.whole = byte if byte < 0x80 else byte - 0x100
            return INTEGER
        if serial == 7:
            self.real = read_f64_be(self._buffer, self.start)
            return REAL if self.real == self.real else NO_NUMBER
        if serial <= 0 or serial >= 10:
            return NO_NUMBER
        self.whole = integer_at(self._buffer, self.start, serial)
        return INTEGER

    def text_in_place(self, i: i64, most: i64 = -1) -> bool:
        """Whether field ``i`` of the current record is a text in UTF-8, from ``start`` to ``stop`` of ``image``.

        Where it reaches into overflow pages and ``most`` is not negative, these are only its first ``most`` bytes.
        """
        serial = self._locate(i)
        if serial < 0:
            serial = self.serial_type(i)
            if serial >= 13 and serial & 1 == 1 and self._encoding == UTF8:
                self._fetch_found(most)
        return serial >= 13 and serial & 1 == 1 and self._encoding == UTF8

    def serial_type(self, i: i64) -> i64:
        """The serial type of field ``i`` of the current record, by its header alone; -1 past the record's end.

        Of its value, from ``start`` to ``stop``, nothing is fetched.
        """
        serial = self._locate(i)
        if serial >= 0 or not self._stands():
            return serial
        try:
            return self._find_slowly(i)
        except IndexError:
            raise self._damaged("a record is cut short") from None

    def has_types(self, types: bytes) -> bool:
        """Whether the current record has a field for each of ``types``, and it is plainly of a type allowed there.

        Each is a sum of bits of :mod:`foundrydb.storage.format.values`.
        """
        count: i64 = len(types)
        if count > 0 and self._locate(count - 1) < 0:
            return False
        i: i64 = 0
        while i < count:
            serial = self._serials[i]
            allowed: i64 = types[i]
            if type_bit(serial) & allowed == 0:
                return False
            if serial == 7 and allowed & NULL_TYPE == 0 and self.number(i) == NO_NUMBER:
                return False
            i += 1
        return True

    @property
    def image(self) -> bytes:
        """The bytes that ``start`` and ``stop`` are offsets in."""
        return self._buffer

    def _locate(self, i: i64) -> i64:
        """The serial type of field ``i``, which lies from ``start`` to ``stop`` in ``_buffer``.

        -1 where that is not plain to see: no current record, a field past its end, a long header, overflow pages,
        damage.
        """
        if (self._state != ON_ENTRY or not self._parsed) and not self._stands():
            return -1
        if i < self._located:
            self.start = self._starts[i]
            self.stop = self._starts[i + 1]
            return self._serials[i]
        return self._locate_further(i)

    def _locate_further(self, i: i64) -> i64:
        """``_locate`` for a field that lies behind those seen so far."""
        data = self._buffer
        field = self._located
        end = self._record + self._size
        if field == 0:
            size = self._size
            if self._local < size or size == 0:
                return -1
            header: i64 = data[self._record]
            if header >= 0x80 or header > size:
                return -1
            at = self._record + 1
            body = self._record + header
            self._starts[0] = body
        else:
            at = self._next_serial
            body = self._starts[field]
        header_end = self._starts[0]
        if i >= len(self._serials):
            self._serials = _longer(self._serials, i + 1)
            self._starts = _longer(self._starts, i + 2)
        serials = self._serials
        starts = self._starts
        while field <= i:
            if at >= header_end:
                return -1
            serial: i64 = data[at]
            at += 1
            if serial >= 0x80:
                if at >= header_end or data[at] >= 0x80:
                    return -1
                serial = (serial & 0x7F) << 7 | i64(data[at])
                at += 1
            body += (serial - 12) >> 1 if serial >= 12 else serial if serial <= 4 else serial_size(serial)
            if body > end:
                return -1
            serials[field] = serial
            field += 1
            starts[field] = body
        self._located = field
        self._next_serial = at
        self.start = starts[i]
        self.stop = body
        return serials[i]

    def _read_header_size(self) -> None:
        """Read the size of the record's header, and have the header in ``_buffer``."""
        header = read_varint(self._buffer, self._record)
        if header < 1 or header > self._size:
            raise self._damaged(malformed("the header is longer than the record").detail)
        if header > self._local:
            self._need(header)
        self._header_end = self._record + header
        self._restart()

    def _restart(self) -> None:
        """Begin again with the first field."""
        self._field = 0
        self._serial_at = varint_end(self._buffer, self._record)
        self._body_at = self._header_end

    def patched(self, fields: list[int], values: list[Value], schema_format: i64) -> bytes:
        """The current record with other values in the fields of those numbers, which ascend."""
        try:
            return replace_fields(self.payload(), fields, values, self._encoding, schema_format)
        except IndexError:
            raise self._damaged("a record is cut short") from None
        except CorruptError as error:
            raise self._damaged(error.detail) from None


def _longer(numbers: vec[i64], size: i64) -> vec[i64]:
    """The numbers, with room for at least ``size`` of them."""
    return vec[i64](list(numbers) + [0] * int(size))
