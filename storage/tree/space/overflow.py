"""Overflow chains: what of a payload does not fit on the page of its cell.

====== ========== ==============================================
offset size       overflow page
====== ========== ==============================================
0      4          next page of the chain, 0 on the last one
4      usable - 4 the payload's next bytes
====== ========== ==============================================

(https://sqlite.org/fileformat2.html, section 1.6, "Cell payload overflow pages")

A payload's size tells how long its chain is, so a damaged one that runs in a circle ends all the same.
"""

from __future__ import annotations

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.nodes.node import u32, u32_bytes
from foundrydb.storage.tree.space.freelist import Freelist


def chain_length(pager: Pager, size: i64) -> i64:
    """How many overflow pages ``size`` bytes take."""
    room = pager.usable_size - 4
    return (size + room - 1) // room


def read_chain(pager: Pager, first: i64, size: i64, skip: i64 = 0, before: bytes = b"") -> bytes:
    """``size`` bytes of the chain that starts at page ``first``.

    Args:
        skip: so many bytes of the chain lie before them.
        before: bytes that the result begins with.

    Raises:
        CorruptError: the chain is shorter, or leaves the file.
    """
    if chain_length(pager, skip + size) > pager.page_count:
        raise CorruptError("an overflow chain longer than the file", first)
    room = pager.usable_size - 4
    pieces = [before]
    number = first
    while size > 0:
        if number == 0:
            raise CorruptError("an overflow chain ends early", first)
        data = pager.get(number).data
        if skip < room:
            part = room - skip
            if part > size:
                part = size
            pieces.append(data[4 + skip : 4 + skip + part])
            size -= part
            skip = 0
        else:
            skip -= room
        number = u32(data, 0)
    return b"".join(pieces)


def write_chain(freelist: Freelist, payload: bytes, start: i64) -> i64:
    """Put the payload's bytes from ``start`` on into overflow pages; returns the first page's number."""
    pager = freelist.pager
    room = pager.usable_size - 4
    size: i64 = len(payload)
    pins = pager.pinned()
    page = freelist.allocate()
    first = page.number
    while True:
        stop = start + room if start + room < size else size
        part = payload[start:stop]
        link = u32_bytes(0)
        following = page
        if stop < size:
            pager.pin(page)
            following = freelist.allocate()
            pager.pin(following)
            link = u32_bytes(following.number)
            freelist.note_link(following.number, page.number)
        pager.touch(page)
        page.replace(link + part + bytes(pager.page_size - 4 - len(part)))
        pager.unpin(pins)
        if stop == size:
            return first
        start = stop
        page = following


def chain_pages(pager: Pager, first: i64, size: i64) -> list[int]:
    """The numbers of the pages of the chain that holds ``size`` bytes.

    Raises:
        CorruptError: the chain is shorter, leaves the file or meets itself.
    """
    pages: list[int] = []
    seen: set[int] = set()
    length = chain_length(pager, size)
    if length > pager.page_count:
        raise CorruptError("an overflow chain longer than the file", first)
    number = first
    while len(pages) < length:
        if number < 2 or number in seen:
            raise CorruptError("an overflow chain ends early or meets itself", first)
        pages.append(number)
        seen.add(number)
        number = u32(pager.get(number).data, 0)
    return pages


def free_chain(freelist: Freelist, first: i64, size: i64) -> None:
    """Free the pages of the chain that holds ``size`` bytes."""
    freelist.free(chain_pages(freelist.pager, first, size))
