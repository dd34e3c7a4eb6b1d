"""Pointer maps: in auto-vacuum files, what refers to each page, so that a page can be moved.

Page 2 is a pointer-map page; it is followed by the ``usable / 5`` pages that it describes, then comes the
next pointer-map page, and so on.  (Where one would be the lock-byte page, it is the page after that.)
Each entry takes five bytes.

====== ==== =======================================================================
offset size entry
====== ==== =======================================================================
0      1    1 root page (parent 0), 2 free page (parent 0), 3 first page of an
            overflow chain (parent: the B-tree page of the cell), 4 other page of a
            chain (parent: the page before), 5 B-tree page (parent: its parent)
1      4    the parent's number
====== ==== =======================================================================

(https://sqlite.org/fileformat2.html, section 1.8)
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.nodes.node import u32, u32_bytes

ROOT_PAGE: Final = 1
FREE_PAGE: Final = 2
OVERFLOW_FIRST: Final = 3
OVERFLOW_NEXT: Final = 4
BTREE_PAGE: Final = 5

ENTRY_SIZE: Final = 5


def map_page_of(pager: Pager, number: i64) -> i64:
    """The pointer-map page that describes a page; of a pointer-map page, that page itself; 0 for page 1."""
    if number < 2:
        return 0
    span = pager.usable_size // ENTRY_SIZE + 1
    result = (number - 2) // span * span + 2
    return result + 1 if result == lock_byte_page(int(pager.page_size)) else result


def is_map_page(pager: Pager, number: i64) -> bool:
    """Whether that page of an auto-vacuum file is a pointer-map page."""
    return map_page_of(pager, number) == number


def _offset(pager: Pager, number: i64) -> i64:
    offset = ENTRY_SIZE * (number - map_page_of(pager, number) - 1)
    if number > pager.page_count or offset < 0 or offset + ENTRY_SIZE > pager.usable_size:
        raise CorruptError("no pointer map entry", number)
    return offset


def get_kind(pager: Pager, number: i64) -> i64:
    """What a page is, by the pointer map.

    Raises:
        CorruptError: there is no such entry.
    """
    offset = _offset(pager, number)
    kind: i64 = pager.get(map_page_of(pager, number)).image()[offset]
    if kind < ROOT_PAGE or kind > BTREE_PAGE:
        raise CorruptError(f"the pointer map says kind {kind}", number)
    return kind


def get_parent(pager: Pager, number: i64) -> i64:
    """What page refers to a page, by the pointer map."""
    return u32(pager.get(map_page_of(pager, number)).image(), _offset(pager, number) + 1)


def put_entry(pager: Pager, number: i64, kind: i64, parent: i64) -> None:
    """Write down what refers to a page."""
    offset = _offset(pager, number)
    page = pager.get(map_page_of(pager, number))
    data = page.image()
    entry = bytes([int(kind)]) + u32_bytes(parent)
    if data[offset : offset + ENTRY_SIZE] != entry:
        pager.touch(page)
        page.replace(data[:offset] + entry + data[offset + ENTRY_SIZE :])
