"""Cursors over table trees: rows by rowid."""

from __future__ import annotations

from math import isnan
from typing import Final, final

from librt.strings import BytesWriter, read_f64_be
from mypy_extensions import i64, u8

from foundrydb.storage.format.record import (
    integer_serial,
    join_record,
    serial_size,
    type_bit,
    write_integer,
    write_value,
)
from foundrydb.storage.format.values import Value
from foundrydb.storage.format.varint import NOT_SHORT, read_varint, short_varint, varint_end, write_varint
from foundrydb.storage.tree.balance import append_leaf
from foundrydb.storage.tree.cursor import Cursor
from foundrydb.storage.tree.nodes.node import cell_space, readable_node
from foundrydb.storage.tree.nodes.page_edit import free_bytes
from foundrydb.storage.tree.position import NOWHERE, ON_ENTRY, SAVED
from foundrydb.storage.tree.tree import BTree

ROWID: Final = -1
"""What stands for the rowid among the numbers of fields."""

# The bytes of a cell up to the end of a short rowid.
_LONGEST_START: Final = 8

_LARGEST_ROWID: Final = 0x7FFFFFFFFFFFFFFF

_MOST_COPIED: Final = 126
"""Records of so many fields are copied whole: the length of their headers takes a byte."""

# Rowids up to here may be near others that are short.
_LARGEST_SHORT: Final = (1 << 28) - 1


@final
class TableCursor(Cursor):
    """A position in a table tree."""

    def __init__(self, tree: BTree) -> None:
        super().__init__(tree)
        self._kept: i64 = 0
        # Whether the last search on a page met the very rowid.
        self._exact = False
        # What ``_is_whole`` has found.
        self._split: i64 = -1
        self._split_at: i64 = 0

    def rest(self) -> None:
        """See ``Position.rest``."""
        super().rest()
        self._kept = 0
        self._exact = False

    def rowid(self) -> i64:
        """The current row's rowid (of a row deleted by another cursor, its rowid when it was there)."""
        if self._state != ON_ENTRY or not self._parsed:
            if not self._stands():
                return self._kept
        return self._rowid

    # Seeking ------------------------------------------------------------------------------------------------

    def seek(self, rowid: i64) -> i64:
        """Move to the row, or next to where it would be.

        Returns:
            0 on the row; negative when the row stood on is smaller; positive when it is larger.  On an empty
            tree the cursor is not valid and the result negative.
        """
        if self._state == ON_ENTRY:
            # A cursor that was put away has kept its place, and counts as valid again.
            self.valid = True
            here = self._rowid if self._parsed else self._rowid_at(self._index)
            if rowid == here:
                return 0
            if rowid > here:
                last = self._count - 1
                if self._rightmost and self._index == last:
                    return -1
                if rowid <= self._rowid_at(last):
                    return self._search_leaf(rowid, self._index + 1)
                if self._rightmost:
                    self._index = last
                    self._parsed = False
                    return -1
        return self._seek_from_root(rowid)

    def seek_exact(self, rowid: i64) -> bool:
        """Move to the row; False when there is none."""
        return self.seek(rowid) == 0

    def _seek_from_root(self, rowid: i64) -> i64:
        if not self._to_root():
            return -1
        rightmost = True
        while not self._leaf:
            child = self._first_not_less(rowid, 0)
            rightmost = rightmost and child == self._count
            self._descend(child)
        self._rightmost = rightmost
        return self._search_leaf(rowid, 0)

    def _search_leaf(self, rowid: i64, low: i64) -> i64:
        """Stand on the row in the current leaf, or beside its place; rows before ``low`` are smaller."""
        self._visits = 0
        index = self._first_not_less(rowid, low)
        if index >= self._count:
            self._index = self._count - 1
            self._arrive()
            return -1
        self._index = index
        self._arrive()
        return 0 if self._exact else 1

    def _first_not_less(self, rowid: i64, low: i64) -> i64:
        """The index of the current page's first cell whose rowid is not smaller.

        Rowids are often numbers without a gap, so that the distance to a rowid tells where another one is: every
        second look goes there.
        """
        high = self._count
        data = self._data
        pointers = self._pointers
        lowest = pointers + 2 * high
        highest: i64 = -1
        if self._node is None:
            highest = self._usable - _LONGEST_START
        leaf = self._leaf
        near = 0 <= rowid <= _LARGEST_SHORT
        guess: i64 = -1
        self._exact = False
        while low < high:
            guessed = low <= guess < high
            middle = guess if guessed else (low + high) >> 1
            found: i64 = NOT_SHORT
            if highest >= 0:
                pointer = pointers + 2 * middle
                at: i64 = data[pointer]
                at = at << 8 | data[pointer + 1]
                if lowest <= at <= highest:
                    byte: i64 = data[at]
                    at += 1
                    if not leaf:
                        at += 3
                        byte = 0
                    elif byte >= 0x80:
                        byte = data[at]
                        at += 1
                    if byte < 0x80:
                        found = data[at]
                        if found >= 0x80:
                            found = short_varint(data, at)
            if found == NOT_SHORT:
                found = self._rowid_at(middle)
                near = False
            if found == rowid:
                self._exact = True
                return middle
            if found < rowid:
                low = middle + 1
            else:
                high = middle
            guess = -1
            if near and not guessed:
                guess = middle + rowid - found
        return low

    def _rowid_at(self, index: i64) -> i64:
        """The rowid of a cell of the current page."""
        node = self._node
        at: i64 = 0
        try:
            if node is not None:
                data = node.cells[index]
            else:
                data = self._data
                at = self._cell_at(index)
                if not self._leaf:
                    at += 4
            if self._leaf:
                at = at + 1 if data[at] < 0x80 else varint_end(data, at)
            return read_varint(data, at)
        except IndexError:
            raise self._damaged("a cell reaches past the page's end") from None

    def last_rowid(self) -> i64:
        """The largest rowid of the tree, 0 when it is empty; the cursor then stands on it."""
        if self._state == ON_ENTRY and self._rightmost:
            self._index = self._count - 1
            self._parsed = False
            self.valid = True
            return self._rowid_at(self._index)
        return self.rowid() if self.last() else 0

    # Changes ------------------------------------------------------------------------------------------------

    def insert(self, rowid: i64, record: bytes, append: bool = False) -> None:
        """Write a row, replacing one with the same rowid; the cursor then stands on it.

        Args:
            append: the rowid is known to be larger than every other.
        """
        where = self._make_way(rowid, append)
        out = BytesWriter()
        write_varint(out, len(record))
        write_varint(out, rowid)
        out.write(self._spill(record))
        self._put_row(rowid, out.getvalue(), where, self.is_local(len(record)))

    def insert_cell(self, rowid: i64, cell: bytes) -> None:
        """``insert`` of a row that is a cell already, which has no overflow pages."""
        self._put_row(rowid, cell, self._make_way(rowid, False), True)

    def is_local(self, size: i64) -> bool:
        """Whether a record of so many bytes has no overflow pages."""
        return size <= self._largest_local

    def _make_way(self, rowid: i64, append: bool) -> i64:
        """Move to where a row is to be written, with the result of ``seek``; the other cursors know of it."""
        self.tree.save_others(self)
        if self.tree.watches:
            self.tree.expire(rowid)
        return self._place(rowid, append)

    def _put_row(self, rowid: i64, cell: bytes, where: i64, local: bool) -> None:
        """Write a row's cell where ``_make_way`` has moved to."""
        if where < 0 and local and self.append_cell(cell):
            self.valid = True
        elif where < 0 and self._needs_leaf(cell):
            self._kept = rowid
            self._append_leaf(cell)
        elif not self._put_entry(cell, where):
            self._kept = rowid
            self._balance(False)

    def _needs_leaf(self, cell: bytes) -> bool:
        """Whether a cell that comes after the current one, which may be the tree's last, finds no room there."""
        depth = self._depth
        if not self._rightmost or self._count == 0 or depth == 0 or self._pages[depth - 1].number == 1:
            return False
        node = self._node
        if node is None:
            if free_bytes(self._data, self._page.number) >= cell_space(cell, True):
                return False
            node = readable_node(self.pager, self._page)  # which knows of freeblocks too
        return node.free() < cell_space(cell, True)

    def _append_leaf(self, cell: bytes) -> None:
        """Write a cell to a leaf of its own behind all others; the new row's rowid must be kept before."""
        last_rowid = self._rowid_at(self._count - 1)
        pages = self._pages[: self._depth]
        slots = self._turns(self._depth - 1)
        self._forget()
        self._state = SAVED
        self._side = 0
        self.valid = True
        append_leaf(self.tree, pages, slots, last_rowid, cell)

    def patch(self, fields: list[int], values: list[Value], schema_format: i64) -> None:
        """Give the current row other values in the fields of those numbers, which ascend; it grows where need be."""
        if self.tree.watches:
            self.tree.expire(self.rowid())
        if not self.overwrite(fields, values, schema_format):
            rowid = self.rowid()
            self.insert(rowid, self.patched(fields, values, schema_format))

    def _place(self, rowid: i64, append: bool) -> i64:
        """Move to where the row belongs, with the result of ``seek``."""
        if append:
            if self._state != ON_ENTRY or not self._rightmost or self._index != self._count - 1:
                if not self.last():
                    return -1
        return self.seek(rowid)

    def delete(self) -> None:
        """Delete the current row; ``next()`` or ``previous()`` then reaches its neighbours."""
        if not self._stands():
            return
        self.tree.save_others(self)
        if self.tree.watches:
            self.tree.expire(self._rowid)
        self._kept = self._rowid
        self._free_overflow()
        free = self._remove_cell()
        self.valid = False
        if self._too_empty(free):
            self._side = 0
            self._balance(True)
        elif self._count == 0:
            self._state = NOWHERE
        elif self._index < self._count:
            self._beside(1)
        else:
            self._index -= 1
            self._beside(-1)

    # Copies ---------------------------------------------------------------------------------------------------

    def copied(self, fields: list[int], types: bytes, schema_format: i64) -> bytes:
        """A record of fields of the current row, by their numbers: ROWID is its rowid, other negative ones are NULL.

        Args:
            types: for each field a sum of bits of :mod:`foundrydb.storage.format.values`.
            schema_format: of the file that the record is for.

        Returns:
            No bytes where a field is not plainly of a type that is allowed for it.
        """
        whole = self._copied_whole(fields, types, schema_format)
        if len(whole) > 0:
            return whole
        header = BytesWriter()
        body = BytesWriter()
        header.append(0)
        start: i64 = 0  # of what is to be copied next: neighbouring fields go together
        stop: i64 = 0
        count: i64 = len(types)
        i: i64 = 0
        while i < count:
            field: i64 = fields[i]
            if field >= 0:
                serial = self._locate(field)
                if serial < 0 or not self._may_copy(serial, types[i], self.start, schema_format):
                    return b""
                write_varint(header, serial)
                if self.start != stop:
                    body.write(self._buffer[start:stop])
                    start = self.start
                stop = self.stop
            elif field == ROWID:
                body.write(self._buffer[start:stop])
                start = stop
                write_value(header, body, self.rowid(), self._encoding, schema_format)
            else:
                header.append(0)
            i += 1
        body.write(self._buffer[start:stop])
        return join_record(header, body)

    def _copied_whole(self, fields: list[int], types: bytes, schema_format: i64) -> bytes:
        """``copied`` where the fields are the record's in their order, but for one that is NULL and to be the rowid.

        So it is where all rows of one table go to another.  No bytes where that is not so, or not as simple: each
        serial type takes a byte, and the record lies on its page.
        """
        if not self._is_whole(fields, types, schema_format):
            return b""
        if self._split < 0:
            return self._buffer[self._record : self._record + self._size]
        out = BytesWriter()
        self._write_whole(out, schema_format)
        return out.getvalue()

    def copied_cell(self, rowid: i64, fields: list[int], types: bytes, schema_format: i64) -> bytes:
        """The cell of a row whose record ``_copied_whole`` makes; no bytes where it does not, or finds no room."""
        if not self._is_whole(fields, types, schema_format):
            return b""
        size = self._size
        if self._split >= 0:
            size += serial_size(integer_serial(self._rowid, schema_format))
            if size > self._largest_local:
                return b""
        out = BytesWriter()
        write_varint(out, size)
        write_varint(out, rowid)
        if self._split < 0:
            out.write(self._buffer[self._record : self._record + size])
        else:
            self._write_whole(out, schema_format)
        return out.getvalue()

    def _is_whole(self, fields: list[int], types: bytes, schema_format: i64) -> bool:
        """Whether ``_copied_whole`` can be, as it says.

        Then ``_split`` is the field that is to be the rowid, -1 for none, and ``_split_at`` where its bytes belong.
        """
        count: i64 = len(types)
        if not self._stands() or self._size > self._largest_local or count > _MOST_COPIED:
            return False
        data = self._buffer
        serials = self._record + 1
        at = serials + count
        end = self._record + self._size
        if self._size <= count or i64(data[self._record]) != count + 1:
            return False
        self._split = -1
        i: i64 = 0
        while i < count:
            serial: i64 = data[serials + i]
            field: i64 = fields[i]
            if field == i:
                start = at
                at += serial_size(serial)
                if serial >= 0x80 or at > end or not self._may_copy(serial, types[i], start, schema_format):
                    return False
            elif field == ROWID and serial == 0 and self._split < 0:
                self._split = i
                self._split_at = at
            else:
                return False
            i += 1
        return at == end

    def _write_whole(self, out: BytesWriter, schema_format: i64) -> None:
        """Append the current record with the rowid in the place of the field that ``_is_whole`` has found for it."""
        data = self._buffer
        serial = integer_serial(self._rowid, schema_format)
        place = self._record + 1 + self._split
        out.write(data[self._record : place])
        out.append(u8(serial))
        out.write(data[place + 1 : self._split_at])
        write_integer(out, self._rowid, serial)
        out.write(data[self._split_at : self._record + self._size])

    def append_copies(
        self, source: TableCursor, fields: list[int], types: bytes, schema_format: i64, most: i64
    ) -> i64:
        """Write the record that ``copied`` makes of another tree's row behind all others, under the next rowid.

        So it goes on with the rows that follow on the source's page, the last of which that was written it stands on
        then.

        Args:
            source: a cursor on another tree, in a file of the same encoding.
            most: so many rows, at most.

        Returns:
            How many were written; fewer than there are where one is not simple.
        """
        if source.tree is self.tree or self.tree.watches:
            return 0
        rowid = i64(self.last_rowid())
        self.tree.save_others(self)
        count: i64 = 0
        while count < most and rowid < _LARGEST_ROWID:
            cell = source.copied_cell(rowid + 1, fields, types, schema_format)
            if len(cell) == 0:
                if count > 0:
                    source.step_back()
                break
            rowid += 1
            if not self.append_cell(cell):
                self._put_row(rowid, cell, self._place(rowid, True), True)
            count += 1
            if count == most or not source.next_on_page():
                break
        return count

    def next_on_page(self) -> bool:
        """Move to the next row if that is on the same page."""
        if self._state != ON_ENTRY or self._index + 1 >= self._count:
            return False
        self._index += 1
        self._parsed = False
        return True

    def step_back(self) -> None:
        """Undo ``next_on_page``."""
        self._index -= 1
        self._parsed = False

    def _may_copy(self, serial: i64, allowed: i64, start: i64, schema_format: i64) -> bool:
        """Whether the field whose bytes begin at ``start`` may stand in another record as it is."""
        if type_bit(serial) & allowed == 0 or (serial >= 8 and serial <= 9 and schema_format < 4):
            return False
        return serial != 7 or not isnan(read_f64_be(self._buffer, start))

    # Parts of a record ----------------------------------------------------------------------------------------

    def local_part(self) -> bytes:
        """The part of the current record that lies in its cell."""
        if not self._stands():
            return b""
        size = self._size if self._size <= self._largest_local else self.tree.local_size(self._size)
        return self._buffer[self._record : self._record + size]

    def stays(self) -> bool:
        """Whether the cursor stands where it stood: no page has moved since it was last used."""
        return self._state == ON_ENTRY

    def first_overflow(self) -> int:
        """The first page of the current record's overflow chain."""
        return int(self._overflow) if self._stands() else 0

    def write_local(self, start: i64, data: bytes) -> None:
        """Write over bytes of the current record that lie in its cell; the cursor stays where it is."""
        if not self._stands():
            return
        self.tree.save_others(self)
        self._parsed = False
        self._parse()
        node = self._node
        if node is None:
            at = self._cell_at(self._index)
            cell = self._data[at : self._cell_end()]
            start += self._record - at
        else:
            cell = node.cells[self._index]
            start += self._record
        self._put_cell(cell[:start] + data + cell[start + len(data) :], True)
        self._parsed = False

    # Saved positions ----------------------------------------------------------------------------------------

    def _keep_key(self) -> None:
        if not self._parsed:
            self._parse()
        self._kept = self._rowid

    def _seek_kept(self) -> i64:
        return self._seek_from_root(self._kept)
