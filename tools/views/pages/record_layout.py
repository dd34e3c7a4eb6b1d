"""One record, taken apart: the varints of its cell, its header, and each value, overflow pages followed.

Nothing is believed: sizes that cannot be end the reading with a fault, and an overflow chain is followed no further
than the payload's size needs.  Of a long value only the beginning is kept.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from foundrydb.errors import Error
from foundrydb.storage.format.record import serial_size, value_at
from foundrydb.storage.format.values import UTF8, Value, decode_text
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.tree.nodes.node import INTERIOR_TABLE, u32
from foundrydb.tools.views.pages.page_layout import BTreePage, Cell
from foundrydb.tools.views.pages.survey import Survey

MOST_BYTES: Final = 256
"""Bytes of a value that are kept."""

MOST_HEADER: Final = 1 << 17
"""Bytes of a record's header that are read: more than a record of the most columns needs."""

CHAIN_SHOWN: Final = 8
"""Pages of an overflow chain that are named."""


class RecordField(NamedTuple):
    """A value in a record.

    Attributes:
        serial: its serial type.
        size: its bytes.
        offset: where it begins in the payload.
        value: the value, or its beginning.
        whole: whether that is all of it.
    """

    serial: int
    size: int
    offset: int
    value: Value
    whole: bool

    @property
    def type(self) -> str:
        """What the serial type means."""
        serial = self.serial
        if serial >= 12:
            return "text" if serial % 2 else "blob"
        return {0: "NULL", 7: "real", 8: "integer 0", 9: "integer 1"}.get(serial, "integer")


class RecordLayout:
    """A cell's record.

    Attributes:
        payload_varint, rowid_varint, header_varint: bytes that each number takes; 0 where there is none.
        header: bytes in the record's header, its size included.
        fields: the values, as far as they can be read.
        chain: the first pages of its overflow chain.
        chain_length: how many there are.
        fault: what is wrong, "" for nothing.
    """

    def __init__(self) -> None:
        self.payload_varint = 0
        self.rowid_varint = 0
        self.header_varint = 0
        self.header = 0
        self.fields: Final[list[RecordField]] = []
        self.chain: Final[list[int]] = []
        self.chain_length = 0
        self.fault = ""


class _Broken(Exception):
    """The record cannot be read on."""


def read_record(survey: Survey, page: BTreePage, cell: Cell) -> RecordLayout:
    """Take a cell's record apart."""
    layout = RecordLayout()
    if cell.fault:
        layout.fault = cell.fault
        return layout
    _measure_varints(page, cell, layout)
    if not cell.record:
        return layout
    payload = _Payload(survey, page, cell, layout)
    try:
        _read_fields(payload, cell.payload, page.encoding, layout)
        payload.skip_to(cell.payload)
        payload.finish()
    except _Broken as broken:
        layout.fault = str(broken)
    return layout


def _measure_varints(page: BTreePage, cell: Cell, layout: RecordLayout) -> None:
    at = cell.start if page.leaf else cell.start + 4
    if page.kind != INTERIOR_TABLE:
        end = int(varint_end(page.data, at))
        layout.payload_varint, at = end - at, end
    if page.table:
        layout.rowid_varint = int(varint_end(page.data, at)) - at


def _read_fields(payload: _Payload, size: int, encoding: int, layout: RecordLayout) -> None:
    start = payload.take(min(9, size), min(9, size))
    try:
        layout.header = int(read_varint(start, 0))
        layout.header_varint = int(varint_end(start, 0))
    except IndexError:
        raise _Broken("the record has no header") from None
    if not layout.header_varint <= layout.header <= size:
        raise _Broken(f"the record's header has {layout.header:,} bytes, the payload {size:,}")
    if layout.header > MOST_HEADER:
        raise _Broken(f"the record's header has {layout.header:,} bytes")
    rest = max(layout.header - len(start), 0)
    header = start + payload.take(rest, rest)
    # Of a short header more was taken than it has.
    early, header = header[layout.header :], header[: layout.header]
    at, offset = layout.header_varint, layout.header
    while at < len(header):
        try:
            serial = int(read_varint(header, at))
            at = int(varint_end(header, at))
        except IndexError:
            raise _Broken("the record's header ends within a serial type") from None
        length = int(serial_size(serial))
        if serial < 0 or offset + length > size:
            raise _Broken(f"serial type {serial} reaches past the payload's end")
        kept = min(length, MOST_BYTES)
        data, early = early[:length], early[length:]
        data = data[:kept] + payload.take(length - len(data), max(kept - len(data), 0))
        layout.fields.append(
            RecordField(serial, length, offset, _value(serial, data, length, encoding), kept == length)
        )
        offset += length


def _value(serial: int, data: bytes, length: int, encoding: int) -> Value:
    if len(data) == length:
        return value_at(data, 0, serial, encoding)
    if serial % 2 == 0:
        return data
    return data.decode("utf-8", "ignore") if encoding == UTF8 else decode_text(data, encoding)


class _Payload:
    """A payload, read from its beginning to its end, from the page and the overflow pages."""

    def __init__(self, survey: Survey, page: BTreePage, cell: Cell, layout: RecordLayout) -> None:
        self._survey: Final = survey
        self._layout: Final = layout
        self._left = page.data[cell.record : cell.record + cell.local]
        self._next = cell.overflow
        self._at = 0
        room = int(survey.pager.usable_size) - 4
        self._longest: Final = -(-(cell.payload - cell.local) // room)

    def take(self, size: int, kept: int) -> bytes:
        """The first ``kept`` of the next ``size`` bytes."""
        pieces: list[bytes] = []
        self._at += size
        while size > 0:
            if not self._left:
                self._turn()
            part = self._left[:size]
            self._left = self._left[len(part) :]
            size -= len(part)
            if kept > 0:
                pieces.append(part[:kept])
                kept -= len(part)
        return b"".join(pieces)

    def skip_to(self, offset: int) -> None:
        """Pass over what is left before an offset."""
        self.take(offset - self._at, 0)

    def finish(self) -> None:
        """Make sure that the chain ends with the payload."""
        if self._next:
            raise _Broken(f"the overflow chain goes on to page {self._next:,} after the payload's end")

    def _turn(self) -> None:
        """Go to the next overflow page."""
        layout, number = self._layout, self._next
        if number == 0:
            raise _Broken(f"the overflow chain ends after {layout.chain_length:,} of {self._longest:,} pages")
        try:
            data = self._survey.data(number)
        except Error as problem:
            raise _Broken(f"overflow page {number:,}: {problem.message}") from problem
        layout.chain_length += 1
        if layout.chain_length > int(self._survey.pager.page_count):
            raise _Broken("the overflow chain runs in a circle")
        if len(layout.chain) < CHAIN_SHOWN:
            layout.chain.append(number)
        self._next = int(u32(data, 0))
        self._left = data[4 : int(self._survey.pager.usable_size)]
