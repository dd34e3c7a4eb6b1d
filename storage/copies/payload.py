"""A payload on its way from one database to another, in parts: it may be larger than the memory.

What a cell keeps of it, and how much an overflow page takes, depends on the page size of each side.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.nodes.node import u32, u32_bytes
from foundrydb.storage.tree.space.freelist import Freelist


@final
class Payload:
    """The bytes of a payload, from the first to the last.

    Attributes:
        left: how many are yet to be taken.
    """

    def __init__(self, pager: Pager, size: i64, local: bytes, overflow: i64) -> None:
        """Begin with the part that lies in the cell; the others are in the chain from page ``overflow``."""
        self._pager: Final = pager
        self._here = local
        self._at: i64 = 0
        self._next: i64 = overflow
        self.left: i64 = size

    def take(self, size: i64) -> bytes:
        """The next bytes, ``left`` at most.

        Raises:
            CorruptError: the chain is shorter, or leaves the file.
        """
        pieces: list[bytes] = []
        self.left -= size
        while size > 0:
            here: i64 = len(self._here)
            if self._at == here:
                self._turn_over()
                here = len(self._here)
            part = min(size, here - self._at)
            pieces.append(self._here[self._at : self._at + part])
            self._at += part
            size -= part
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _turn_over(self) -> None:
        """Go on to the next overflow page."""
        number = self._next
        if number == 0:
            raise CorruptError("an overflow chain ends early")
        pager = self._pager
        data = pager.get(number).data
        self._next = u32(data, 0)
        self._here = data[4 : pager.usable_size]
        self._at = 0


def write_rest(freelist: Freelist, payload: Payload) -> i64:
    """Put what is left of a payload into new overflow pages at the end of the file; returns the first one's number."""
    pager = freelist.pager
    room = pager.usable_size - 4
    page = freelist.append()
    first = page.number
    while True:
        part = payload.take(min(payload.left, room))
        tail = bytes(pager.page_size - 4 - len(part))
        if payload.left == 0:
            page.replace(u32_bytes(0) + part + tail)
            return first
        pins = pager.pinned()
        pager.pin(page)
        following = freelist.append()
        page.replace(u32_bytes(following.number) + part + tail)
        number = page.number
        pager.unpin(pins)
        page = following
        if freelist.mapped:
            pager.pin(page)
            freelist.note_link(page.number, number)
            pager.unpin(pins)
