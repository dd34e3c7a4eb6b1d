"""Where the cells of an interior page lie, and its free space between them.

For whoever reads a page it is all the same.  But C SQLite moves no cell without need, and leaves what it frees as it
is; a page that is changed as here has the very bytes that it has there after the same changes.  The order is:

* A cell goes into the first free block that has room for it, at its end, else in front of all cells; where the room is
  in pieces, the cells are moved together first.
* A cell that is taken out leaves a free block, or makes the gap before the cells larger; blocks that touch are one.
* When the cells of neighbouring pages are dealt out anew (``edit``), those that stay on a page stay where they are.

(https://sqlite.org/fileformat2.html, section 1.6, has what the bytes mean)
"""

from __future__ import annotations

from typing import Final, final

INTERIOR_HEADER: Final = 12
SMALLEST_BLOCK: Final = 4
MOST_FRAGMENTS: Final = 57
"""No block is used up to the last bytes where a page has more of them lost already."""

FREED_TOGETHER: Final = 10
"""So many pieces that do not touch are freed at once."""


@final
class PageLayout:
    """The bytes of an interior page.

    Attributes:
        overflow: cells that found no room, with their places among all cells: the page is to be balanced.
    """

    def __init__(self, image: bytes, header: int, usable: int, wipes: bool) -> None:
        """Take over an image.

        Args:
            header: where the page's header begins, past the database's on page 1.
            usable: bytes that are not reserved.
            wipes: whether what is freed is overwritten with zeros (PRAGMA secure_delete).
        """
        self._data = bytearray(image)
        self._header: Final = header
        self._usable: Final = usable
        self._wipes: Final = wipes
        self.overflow: list[tuple[int, bytes]] = []

    def copy(self) -> PageLayout:
        """The same bytes, as an object of its own."""
        twin = PageLayout(bytes(self._data), self._header, self._usable, self._wipes)
        twin.overflow = self.overflow.copy()
        return twin

    def image(self, prefix: bytes, kind: int, cells: list[bytes], right: int) -> bytes:
        """The page, if these are its cells; else no bytes.

        Args:
            prefix: what comes before the page's header.
            cells: with the children before them.
            right: the rightmost child.
        """
        if self.overflow or self.count() != len(cells):
            return b""
        self._data[: self._header] = prefix
        self._data[self._header] = kind
        self._data[self._header + 8 : self._header + 12] = right.to_bytes(4, "big")
        image = bytes(self._data)
        pointer = self._header + INTERIOR_HEADER
        used = pointer + 2 * len(cells)
        for cell in cells:
            start = image[pointer] << 8 | image[pointer + 1]
            pointer += 2
            if image[start : start + len(cell)] != cell:
                return b""
            used += len(cell)
        return image if used + self.free() == self._usable else b""

    def count(self) -> int:
        """How many cells are on the page."""
        return self._get(self._header + 3)

    def places(self) -> list[int]:
        """Where each cell lies, -1 for those that found no room."""
        places = self._pointers()
        for index, _ in self.overflow:
            places.insert(index, -1)
        return places

    def free(self) -> int:
        """Bytes that are not in use."""
        data, header = self._data, self._header
        free = data[header + 7] + self._top() - (header + INTERIOR_HEADER + 2 * self.count())
        block = self._get(header + 1)
        while block:
            free += self._get(block + 2)
            block = self._get(block)
        return free

    # single cells -------------------------------------------------------------------------------------------

    def insert(self, index: int, cell: bytes, sizes: list[int]) -> None:
        """Put a cell in.

        Args:
            sizes: of the cells that are on the page.
        """
        size = len(cell)
        if self.overflow or size + 2 > self.free():
            self.overflow.append((index, cell))
            return
        count = self.count()
        start = self._allocate(size, sizes)
        self._data[start : start + size] = cell
        pointer = self._header + INTERIOR_HEADER + 2 * index
        end = self._header + INTERIOR_HEADER + 2 * count
        self._data[pointer + 2 : end + 2] = self._data[pointer:end]
        self._put(pointer, start)
        self._put(self._header + 3, count + 1)

    def drop(self, index: int, size: int) -> None:
        """Take a cell of so many bytes out."""
        header = self._header
        count = self.count() - 1
        pointer = header + INTERIOR_HEADER + 2 * index
        self._release(self._get(pointer), size)
        if count == 0:
            self._clear()
            return
        end = header + INTERIOR_HEADER + 2 * count
        self._data[pointer:end] = self._data[pointer + 2 : end + 2]
        self._put(header + 3, count)

    # whole pages --------------------------------------------------------------------------------------------

    def move_to(self, other: PageLayout) -> None:
        """Have all cells lie on another, empty page, where they lay here; what they were stays here as free space."""
        top = self._top()
        end = self._header + INTERIOR_HEADER + 2 * self.count()
        other._data[top : self._usable] = self._data[top : self._usable]
        other._data[other._header : other._header + end - self._header] = self._data[self._header : end]
        other.overflow = self.overflow
        self.overflow = []
        self._clear()
        if self._wipes:
            self._data[self._header + 8 : self._usable] = bytes(self._usable - self._header - 8)

    def edit(self, cells: list[bytes], places: list[int], old: int, new: int, count: int) -> None:
        """Have ``count`` cells from number ``new`` on, of those of neighbouring pages.

        Args:
            cells: all of them, with the children before them.
            places: where each lies on this page, -1 for those that do not.
            old: the number of the first that was this page's so far.
        """
        old_end = old + self.count() + len(self.overflow)
        new_end = new + count
        pointers = self._pointers()
        if old < new:
            gone = self._release_all(cells, places, old, min(new, old_end))
            # As many bytes as there were pointers move down, so that others come to lie behind those that are left.
            start = self._header + INTERIOR_HEADER
            size = 2 * len(pointers)
            self._data[start : start + size] = self._data[start + 2 * gone : start + 2 * gone + size]
            del pointers[:gone]
        if new_end < old_end:
            gone = self._release_all(cells, places, max(new_end, old), old_end)
            del pointers[len(pointers) - gone :]
        begin = self._header + INTERIOR_HEADER + 2 * count
        number = new
        top = self._top()
        while number < new_end and top >= begin:
            index = number - new
            kept = index < len(pointers) and number >= old and places[number] == pointers[index]
            if not kept:
                start = self._slot(len(cells[number]))
                if start == 0:
                    start = top - len(cells[number])
                    if start < begin:
                        break
                    top = start
                self._data[start : start + len(cells[number])] = cells[number]
                pointers.insert(index, start)
            number += 1
        self.overflow = []
        if number < new_end or top < begin:
            self._rebuild(cells[new:new_end])
            return
        self._put_pointers(pointers)
        self._put(self._header + 5, top & 0xFFFF)

    def _rebuild(self, cells: list[bytes]) -> None:
        """Have these cells, one after the other from the page's end on."""
        pointers: list[int] = []
        top = self._usable
        for cell in cells:
            top -= len(cell)
            self._data[top : top + len(cell)] = cell
            pointers.append(top)
        self._put(self._header + 1, 0)
        self._data[self._header + 7] = 0
        self._put_pointers(pointers)
        self._put(self._header + 5, top & 0xFFFF)

    def _release_all(self, cells: list[bytes], places: list[int], first: int, end: int) -> int:
        """Free those of some cells that lie here, each row of neighbours at once; how many there were."""
        pieces: list[list[int]] = []
        count = 0
        for number in range(first, end):
            start = places[number]
            if start < 0:
                continue
            count += 1
            stop = start + len(cells[number])
            for piece in pieces:
                if piece[0] == stop:
                    piece[0] = start
                    break
                if piece[1] == start:
                    piece[1] = stop
                    break
            else:
                if len(pieces) == FREED_TOGETHER:
                    self._release_pieces(pieces)
                pieces.append([start, stop])
        self._release_pieces(pieces)
        return count

    def _release_pieces(self, pieces: list[list[int]]) -> None:
        for start, stop in pieces:
            self._release(start, stop - start)
        pieces.clear()

    # space --------------------------------------------------------------------------------------------------

    def _allocate(self, size: int, sizes: list[int]) -> int:
        """Room for a cell, whose pointer finds room too."""
        end = self._header + INTERIOR_HEADER + 2 * self.count()
        if end + 2 <= self._top():
            start = self._slot(size)
            if start > 0:
                return start
        if end + 2 + size > self._top():
            self._move_together(min(4, self.free() - 2 - size), sizes)
        top = self._top() - size
        self._put(self._header + 5, top & 0xFFFF)
        return top

    def _slot(self, size: int) -> int:
        """Room in a free block, 0 where none has any."""
        before = self._header + 1
        block = self._get(before)
        while block and block <= self._usable - size:
            left = self._get(block + 2) - size
            if left >= SMALLEST_BLOCK:
                self._put(block + 2, left)
                return block + left
            if left >= 0:
                if self._data[self._header + 7] > MOST_FRAGMENTS:
                    return 0
                self._put(before, self._get(block))
                self._data[self._header + 7] += left
                return block
            before = block
            block = self._get(block)
        return 0

    def _release(self, start: int, size: int) -> None:
        """Make a free block, one with those that it touches, or a larger gap."""
        header = self._header
        before = header + 1
        after = self._get(before)
        while after and after < start:
            before = after
            after = self._get(before)
        end = start + size
        lost = 0
        if after and end + 3 >= after:
            lost = after - end
            end = after + self._get(after + 2)
            after = self._get(after)
        if before > header + 1:
            stop = before + self._get(before + 2)
            if stop + 3 >= start:
                lost += start - stop
                start = before
        self._data[header + 7] -= lost
        if self._wipes:
            self._data[start:end] = bytes(end - start)
        if start <= self._top():
            self._put(header + 1, after)
            self._put(header + 5, end & 0xFFFF)
        else:
            if before != start:
                self._put(before, start)
            self._put(start, after)
            self._put(start + 2, end - start)

    def _move_together(self, fragments: int, sizes: list[int]) -> None:
        """Have all free bytes in the gap; up to so many ``fragments`` may stay where there are one or two blocks."""
        header = self._header
        first = self._get(header + 1)
        second = self._get(first) if first else 0
        simple = first and (not second or not self._get(second))
        end = header + INTERIOR_HEADER + 2 * self.count()
        if simple and self._data[header + 7] <= fragments:
            top = self._close_blocks(first, second)
        else:
            top = self._close_all(sizes)
        self._put(header + 5, top & 0xFFFF)
        self._put(header + 1, 0)
        self._data[end:top] = bytes(top - end)

    def _close_blocks(self, first: int, second: int) -> int:
        """Move what lies before one or two free blocks up; where the cells begin then."""
        data = self._data
        top = self._top()
        size = self._get(first + 2)
        more = 0
        if second:
            more = self._get(second + 2)
            data[first + size + more : second + more] = data[first + size : second]
        size += more
        data[top + size : first + size] = data[top:first]
        pointers = self._pointers()
        for index, start in enumerate(pointers):
            if start < first:
                pointers[index] = start + size
            elif start < second:
                pointers[index] = start + more
        self._put_pointers(pointers)
        return top + size

    def _close_all(self, sizes: list[int]) -> int:
        """Move every cell as far up as it can; where they begin then."""
        image = bytes(self._data)
        pointers = self._pointers()
        top = self._usable
        for index, size in enumerate(sizes):
            start = pointers[index]
            top -= size
            self._data[top : top + size] = image[start : start + size]
            pointers[index] = top
        self._data[self._header + 7] = 0
        self._put_pointers(pointers)
        return top

    # numbers ------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        """Have no cells, and nothing that was freed."""
        header = self._header
        self._data[header + 1 : header + 5] = bytes(4)
        self._put(header + 5, self._usable & 0xFFFF)
        self._data[header + 7] = 0

    def _top(self) -> int:
        """Where the cells begin."""
        return self._get(self._header + 5) or 65536

    def _pointers(self) -> list[int]:
        first = self._header + INTERIOR_HEADER
        return [self._get(first + 2 * index) for index in range(self.count())]

    def _put_pointers(self, pointers: list[int]) -> None:
        self._put(self._header + 3, len(pointers))
        at = self._header + INTERIOR_HEADER
        for start in pointers:
            self._put(at, start)
            at += 2

    def _get(self, at: int) -> int:
        return self._data[at] << 8 | self._data[at + 1]

    def _put(self, at: int, number: int) -> None:
        self._data[at] = number >> 8
        self._data[at + 1] = number & 0xFF
