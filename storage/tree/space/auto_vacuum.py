"""Auto-vacuum: moves pages, so that root pages stay at the file's start and free pages leave its end.

In an auto-vacuum file the root pages of all trees lie together after page 1, which lets the largest of them
be found in the header.  A new tree's root is the page after the largest, whatever is there being moved away;
when a tree is dropped, the largest root moves to the place of its root.  At a commit (or, in incremental
mode, when asked) the pages at the file's end move to free pages before them, and the file is cut.

All of this needs to know what refers to a page: the pointer map tells (``pointer_map``).  Cursors must have
remembered their keys before a page moves.
"""

from __future__ import annotations

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.header import META_LARGEST_ROOT
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.pages.pager import Page, Pager
from foundrydb.storage.tree.header_fields import read_meta, write_meta
from foundrydb.storage.tree.nodes.node import (
    BTreeNode,
    decode_node,
    first_overflow,
    put_node,
    u32,
    u32_bytes,
    writable_node,
)
from foundrydb.storage.tree.space.freelist import Freelist
from foundrydb.storage.tree.space.pointer_map import (
    BTREE_PAGE,
    ENTRY_SIZE,
    FREE_PAGE,
    OVERFLOW_FIRST,
    OVERFLOW_NEXT,
    ROOT_PAGE,
    get_kind,
    get_parent,
    is_map_page,
    map_page_of,
    put_entry,
)


def is_reserved(pager: Pager, number: i64) -> bool:
    """Whether nothing but a pointer map, or the lock bytes, may be on that page."""
    return is_map_page(pager, number) or number == lock_byte_page(int(pager.page_size))


# Root pages -------------------------------------------------------------------------------------------------


def allocate_root(freelist: Freelist) -> Page:
    """The page after the largest root page, for a new root; what was there has moved."""
    pager = freelist.pager
    number: i64 = read_meta(pager, META_LARGEST_ROOT) + 1
    while is_reserved(pager, number):
        number += 1
    if number > pager.page_count:
        page = freelist.append()
        if page.number != number:
            raise CorruptError("the largest root page is beyond the file's end", number)
    else:
        kind = get_kind(pager, number)
        if kind == FREE_PAGE:
            freelist.take(number)
        elif kind == ROOT_PAGE:
            raise CorruptError("a root page larger than the largest", number)
        else:
            parent = get_parent(pager, number)
            move_page(freelist, number, freelist.allocate(), kind, parent)
        page = pager.get(number)
    pins = pager.pinned()
    pager.pin(page)
    put_entry(pager, number, ROOT_PAGE, 0)
    write_meta(pager, META_LARGEST_ROOT, number)
    pager.unpin(pins)
    return page


def free_root(freelist: Freelist, root: i64) -> i64:
    """Free the root page of a tree that has no other page left.

    Returns:
        The number of the root page that moved to ``root``'s place, 0 when none did.
    """
    pager = freelist.pager
    largest: i64 = read_meta(pager, META_LARGEST_ROOT)
    if root > largest:
        raise CorruptError("a root page larger than the largest", root)
    moved: i64 = 0
    if root != largest:
        moved = largest
        move_page(freelist, largest, pager.get(root), ROOT_PAGE, 0)
    freelist.release(pager.get(largest))
    largest -= 1
    while is_reserved(pager, largest):
        largest -= 1
    write_meta(pager, META_LARGEST_ROOT, largest)
    return moved


# Moving -----------------------------------------------------------------------------------------------------


def move_page(freelist: Freelist, number: i64, target: Page, kind: i64, parent: i64) -> None:
    """Move what is on page ``number`` to the page ``target``, and everything that refers to it."""
    pager = freelist.pager
    pins = pager.pinned()
    pager.pin(target)
    source = pager.get(number)
    if number < 3:
        raise CorruptError("the pointer map gives a fixed page a parent", number)
    if kind in (BTREE_PAGE, ROOT_PAGE):
        content = source.content
        if not isinstance(content, BTreeNode):
            content = decode_node(number, source.image(), pager.usable_size)
        put_node(pager, target, content)
        pager.touch(source)
        source.replace(bytes(pager.page_size))
        freelist.note_node(target.number, content)
    else:
        pager.touch(target)
        target.replace(source.data)
        following = u32(source.data, 0)
        if following != 0:
            put_entry(pager, following, OVERFLOW_NEXT, target.number)
    if kind != ROOT_PAGE:
        _refer(pager, parent, number, target.number, kind)
    put_entry(pager, target.number, kind, parent)
    pager.unpin(pins)


def _refer(pager: Pager, parent: i64, old: i64, new: i64, kind: i64) -> None:
    """Make the page ``parent`` refer to page ``new`` instead of ``old``."""
    page = pager.get(parent)
    if kind == OVERFLOW_NEXT:
        if u32(page.data, 0) == old:
            pager.touch(page)
            page.replace(u32_bytes(new) + page.data[4:])
            return
    elif kind == OVERFLOW_FIRST:
        node = writable_node(pager, page)
        for i in range(len(node.cells)):
            cell = node.cells[i]
            if first_overflow(cell, node.kind, pager.usable_size) == old:
                node.cells[i] = cell[:-4] + u32_bytes(new)
                node.layout = None
                return
    elif kind == BTREE_PAGE:
        node = writable_node(pager, page)
        if int(old) in node.children:
            node.children[node.children.index(int(old))] = int(new)
            node.layout = None
            return
    raise CorruptError(f"the pointer map names page {parent} as parent", old)


# Shrinking --------------------------------------------------------------------------------------------------


def final_size(pager: Pager, free: i64) -> i64:
    """How many pages the file needs when ``free`` pages, and the pointer maps for them, go."""
    size = pager.page_count
    entries = pager.usable_size // ENTRY_SIZE
    maps = (free - size + map_page_of(pager, size) + entries) // entries
    lock: i64 = lock_byte_page(int(pager.page_size))
    result = size - free - maps
    if size > lock and result < lock:
        result -= 1
    while is_reserved(pager, result):
        result -= 1
    return result


def shrink(freelist: Freelist, most: i64) -> None:
    """Move the pages at the file's end to free pages, and cut the file.

    Args:
        most: how many pages to cut off at most; negative for as many as are free.
    """
    pager = freelist.pager
    free = freelist.pages()
    size = final_size(pager, len(free))
    if size > pager.page_count:
        raise CorruptError("more free pages than pages")
    if most >= 0:
        # Pages of pointers, and that of the lock bytes, go along with those behind them, and are not counted.
        cut = pager.page_count
        while most > 0 and cut > size:
            cut -= 1
            while is_reserved(pager, cut):
                cut -= 1
            most -= 1
        size = max(cut, size)
    targets = [number for number in free if number <= size]
    targets.sort(reverse=True)
    freelist.forget()
    number = pager.page_count
    while number > size:
        if not is_reserved(pager, number):
            kind = get_kind(pager, number)
            if kind == ROOT_PAGE:
                raise CorruptError("a root page among the last pages", number)
            if kind != FREE_PAGE:
                if len(targets) == 0:
                    raise CorruptError("no free page to move to", number)
                parent = get_parent(pager, number)
                move_page(freelist, number, pager.get(targets.pop()), kind, parent)
        number -= 1
    pager.truncate(size)
    freelist.free(targets)
