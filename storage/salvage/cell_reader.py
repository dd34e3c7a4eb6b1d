"""The cells of a page and their records, as far as they can be read.

What makes no sense is passed over: a cell whose pointer leads out of the page, or that does not fit on it.  Where an
overflow chain breaks, the record has the values before the break, the beginning of the one within it, and nothing of
those after.

The count of cells may lie.  A page accounts for each of its bytes, so that cells which are not counted are found where
they are just what it lacks.  One that counts too many has pointers where there are none: those that begin within the
bytes of cells are followed up to the first that makes no sense, and what they lead to is ``doubtful``.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.record import decode_fields, serial_size, value_at
from foundrydb.storage.format.values import UTF8, Value, decode_text
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.salvage.page_source import PageSource
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_HEADER,
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_HEADER,
    LEAF_INDEX,
    LEAF_TABLE,
    SMALLEST_CELL,
    cell_end,
    header_offset,
    is_leaf,
    local_size,
    u16,
    u32,
)

MOST_FIELDS: Final = 32676
"""More fields than a record of the most columns has."""

LARGEST_PAYLOAD: Final = 0x7FFFFF00

_ESCAPED_BYTES: Final = "".join([chr(code) for code in range(0xDC80, 0xDD00)])
"""What a text has for bytes that are no characters."""

PADDING: Final = bytes(24)
"""What follows the bytes of a page or a record while it is read: two numbers may begin at its end."""


@final
class CellReader:
    """Reads one page after another.

    Attributes:
        number, kind: of the page; the kind is 0 where it is no B-tree page.
        cell: the number of the cell whose record ``next_record`` found.
        has_rowid, rowid: its key in a table's tree.
        fields: its values.
        lost: the serial type of each field that is not what was there: what is left of a text or blob, None for a
            number; None where nothing is lost.
        missing: bytes of the record that its overflow chain did not have.
        doubtful: whether the cell may be none.
        passed_over: cells of the page that could not be read.
        chain_pages_left: how many overflow pages will be read yet in this pass.
    """

    def __init__(self, source: PageSource) -> None:
        self._source: Final = source
        self._usable: Final[i64] = source.usable
        self._data = b""
        self._count: i64 = 0
        self._pointers: i64 = 0
        self._lowest: i64 = 0
        self._next: i64 = 0
        self._content: i64 = 0
        # Bytes of cells that were not met yet; -1 where the page does not tell.
        self._unmet: i64 = -1
        self.number: i64 = 0
        self.kind: i64 = 0
        self.cell: i64 = 0
        self.has_rowid = False
        self.rowid: i64 = 0
        self.fields: list[Value] = []
        self.lost: dict[int, int] | None = None
        self.missing: i64 = 0
        self.doubtful = False
        self.passed_over: i64 = 0
        self.chain_pages_left: i64 = 0
        self.begin_pass()

    def begin_pass(self) -> None:
        """Begin to read the file, or a part of it, once more: overflow chains that lie must not make that endless."""
        self.chain_pages_left = 4 * self._source.page_count + 1000

    def open(self, number: i64) -> bool:
        """Turn to a page; False where it is no B-tree page."""
        page = self._source.page(number)
        self.number = number
        self.kind = 0
        self._count = 0
        self._next = 0
        self.passed_over = 0
        if not page:
            return False
        head = header_offset(number)
        kind: i64 = page[head]
        if kind not in (LEAF_TABLE, LEAF_INDEX, INTERIOR_TABLE, INTERIOR_INDEX):
            return False
        self.kind = kind
        self._data = page[: self._usable] + PADDING
        self._pointers = head + (LEAF_HEADER if is_leaf(kind) else INTERIOR_HEADER)
        self._count = min(u16(page, head + 3), (self._usable - 8) // 6)
        content = u16(page, head + 5) or 65536
        told = self._pointers <= content <= self._usable
        self._content = content if told else self._usable
        self._lowest = self._content
        self._unmet = self._usable - content - self._free_bytes(head) if told else -1
        return True

    def _free_bytes(self, head: i64) -> i64:
        """Bytes among the cells that are free, as far as the chain of free blocks makes sense."""
        data = self._data
        free: i64 = data[head + 7]
        block = u16(data, head + 1)
        while self._lowest <= block <= self._usable - 4:
            following = u16(data, block)
            free += u16(data, block + 2)
            if following <= block:
                break
            block = following
        return free

    def children(self) -> list[int]:
        """The pages that an interior page leads to, in the order of their keys; none for a leaf."""
        found: list[int] = []
        if self.kind not in (INTERIOR_TABLE, INTERIOR_INDEX):
            return found
        for i in range(self._count):
            slot = self._pointers + 2 * i
            if slot + 2 > self._usable:
                break
            at = u16(self._data, slot)
            if at <= self._usable:
                found.append(int(u32(self._data, at)))
        found.append(int(u32(self._data, self._pointers - 4)))
        return found

    def next_record(self) -> bool:
        """Go on to the next cell that has a record that can be read; False where the page has no more."""
        if self.kind == INTERIOR_TABLE or self.kind == 0:
            return False
        while self._next < self._count or self._finds_more():
            slot = self._pointers + 2 * self._next
            self.cell = self._next
            self._next += 1
            if slot + 2 > self._usable:
                return False
            self.doubtful = slot + 2 > self._lowest
            at = u16(self._data, slot)
            if at > slot and self._read_cell(at):
                if at < self._lowest:
                    self._lowest = at
                if self._unmet > 0:
                    self._unmet -= self._cell_size(at)
                return True
            self.passed_over += 1
            if self.doubtful:
                return False
        return False

    def _cell_size(self, at: i64) -> i64:
        """How many bytes the cell at ``at``, which can be read, takes."""
        child: i64 = 4 if self.kind == INTERIOR_INDEX else 0
        return max(cell_end(self._data, at + child, self.kind, self._usable) - at, SMALLEST_CELL)

    def _finds_more(self) -> bool:
        """Whether there are pointers beyond the counted ones whose cells are just what the page lacks."""
        if self._unmet <= 0 or self.passed_over > 0:
            return False
        data = self._data
        count = self._count
        met = {int(u16(data, self._pointers + 2 * i)) for i in range(count)}
        left = self._unmet
        self._unmet = 0  # this is only asked once
        while left > 0:
            slot = self._pointers + 2 * count
            at = u16(data, slot) if slot + 2 <= self._content else 0
            if at < self._content or at > self._usable - SMALLEST_CELL or int(at) in met:
                return False
            met.add(int(at))
            try:
                left -= self._cell_size(at)
            except IndexError:
                return False
            count += 1
        if left < 0:
            return False
        self._count = count
        return True

    def _read_cell(self, at: i64) -> bool:
        """Read the cell at ``at``; False where it cannot be one."""
        data = self._data
        usable = self._usable
        if self.kind == INTERIOR_INDEX:
            at += 4
        if at > usable:
            return False
        size = _unsigned(data, at)
        at = varint_end(data, at)
        if size > LARGEST_PAYLOAD:
            size &= 0x3FFF
        if size == 0:
            size = 1
        self.has_rowid = self.kind == LEAF_TABLE
        if self.has_rowid and at < usable:
            self.rowid = read_varint(data, at)
            at = varint_end(data, at)
        local = local_size(size, usable, self.kind)
        if at + local > usable:
            return False
        record = data[at : at + local]
        self.missing = 0
        if local < size:
            record = self._follow_chain(record, u32(data, at + local), size - local)
        self._decode(record)
        return True

    def _follow_chain(self, beginning: bytes, number: i64, left: i64) -> bytes:
        """A record that goes on in overflow pages; it ends where the chain breaks or comes back to itself."""
        parts = [beginning]
        seen: set[int] = set()
        while left > 0 and self.chain_pages_left > 0 and int(number) not in seen:
            page = self._source.page(number)
            if not page:
                break
            seen.add(int(number))
            self.chain_pages_left -= 1
            size = min(self._usable - 4, left)
            parts.append(page[4 : 4 + size])
            left -= size
            number = u32(page, 0)
        self.missing = left
        return b"".join(parts)

    def _decode(self, record: bytes) -> None:
        self.lost = None
        if self.missing == 0:
            try:
                self.fields = decode_fields(record, 0, len(record), MOST_FIELDS, self._source.encoding)
                return
            except (CorruptError, IndexError):
                pass
        self.fields = []
        self._decode_leniently(record)

    def _decode_leniently(self, record: bytes) -> None:
        """Read what there is of a record that does not hold together."""
        size: i64 = len(record)
        padded = record + PADDING
        end = _unsigned(padded, 0)
        if end > size and self.missing == 0:
            return
        at = varint_end(padded, 0)
        body = min(end, size)
        while at < end and at < size and len(self.fields) < MOST_FIELDS:
            serial = _unsigned(padded, at)
            at = varint_end(padded, at)
            length = serial_size(serial)
            if body + length <= size:
                self.fields.append(value_at(padded, body, serial, self._source.encoding))
                body += length
            else:
                self._add_lost(record[body:], serial)
                body = size

    def _add_lost(self, rest: bytes, serial: i64) -> None:
        """Add what is left of a value of which the end is not there."""
        if self.lost is None:
            self.lost = {}
        self.lost[len(self.fields)] = int(serial)
        if serial < 12:
            self.fields.append(None)
        elif serial & 1 == 0:
            self.fields.append(rest)
        else:
            self.fields.append(_beginning_of_text(rest, self._source.encoding))


def _unsigned(data: bytes, at: i64) -> i64:
    """A varint of at most 32 bits; 0 where it has more."""
    value = read_varint(data, at)
    return value if 0 <= value <= 0xFFFFFFFF else 0


def _beginning_of_text(data: bytes, encoding: i64) -> str:
    """Text whose end is not there; a character cut in two is left out."""
    text = decode_text(data, int(encoding))
    if encoding == UTF8:
        return text[:-3] + text[-3:].rstrip(_ESCAPED_BYTES)
    return text[:-1] if text and 0xD800 <= ord(text[-1]) <= 0xDBFF else text
