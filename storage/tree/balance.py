"""Balancing: keeps every page of a tree within its size, and the tree's pages well filled.

After an insert a page may hold more than fits; after a delete it may hold little.  Then its cells and those
of up to two neighbours are dealt out anew over as many pages as they need, and the parent's dividers follow;
which may make the parent too large or too empty, and so on up to the root.  A root that is too large moves
its content into a new child; a root with one child takes that child's content back.

Dividers: in a table tree, the parent's cell before a page boundary holds the largest rowid to its left, a
copy.  In an index tree it is an entry of its own, which lies on no leaf.
"""

from __future__ import annotations

from typing import Final

from librt.strings import BytesWriter
from librt.vecs import append, vec
from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.varint import varint_end, write_varint
from foundrydb.storage.pages.pager import Page
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_HEADER,
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_HEADER,
    LEAF_TABLE,
    BTreeNode,
    cell_space,
    is_leaf,
    layout_of,
    new_node,
    put_node,
    readable_node,
    u32_bytes,
    writable_node,
)
from foundrydb.storage.tree.nodes.packed_leaves import PackedLeaf, PackedLeaves
from foundrydb.storage.tree.nodes.page_layout import PageLayout
from foundrydb.storage.tree.tree import BTree

SIBLINGS: Final = 3
"""How many neighbouring pages are balanced together."""


def balance(tree: BTree, pages: list[Page], slots: list[int], shrunk: bool, few: bool = False) -> None:
    """Balance the pages on one way through the tree.

    Args:
        pages: the way, from the root to the page that changed.
        slots: which child was taken on each of them but the last.
        shrunk: whether something was taken out, so that pages that are too empty are balanced too.
        few: whether few other changes follow, so that leaves need no nodes for them.
    """
    pager = tree.pager
    pins = pager.pinned()
    for page in pages:
        pager.pin(page)
    level = len(pages) - 1
    while level >= 0:
        content = pages[level].content
        if isinstance(content, BTreeNode):
            if content.free() < 0:
                if level == 0:
                    pages.insert(1, _deepen(tree, pages[0]))
                    slots.insert(0, 0)
                    level = 1
                if shrunk or not _split_last(tree, pages[level - 1], pages[level], slots[level - 1]):
                    _spread(tree, pages[level - 1], slots[level - 1], few)
                    if level == 1:
                        _take_back_child(tree, pages[0])
            elif shrunk and level > 0 and content.free() * 3 > pager.usable_size * 2:
                _spread(tree, pages[level - 1], slots[level - 1], few)
                if level == 1:
                    _take_back_child(tree, pages[0])
        level -= 1
    pager.unpin(pins)


def _deepen(tree: BTree, root: Page) -> Page:
    """Move the root's content into a new child and return that, pinned.

    As C SQLite leaves them, the bytes of the cells stay in the root's free space.
    """
    child = tree.freelist.allocate()
    tree.pager.pin(child)
    node = writable_node(tree.pager, root)
    layout = _layout_of_root(tree, root, node)
    below = new_node(node.kind, tree.pager.usable_size, tree.pager.page_size)
    below.set_entries(node.cells, node.children)
    below.appended = node.appended
    if layout is not None:
        moved = layout_of(tree.pager, child.number, bytes(tree.pager.page_size))
        layout.move_to(moved)
        if not is_leaf(below.kind):
            below.layout = moved
    node.kind = INTERIOR_TABLE if tree.table else INTERIOR_INDEX
    node.set_entries([], [int(child.number)])
    node.layout = layout
    put_node(tree.pager, child, below)
    tree.freelist.note_node(child.number, below)
    tree.freelist.note_node(root.number, node)
    return child


def _layout_of_root(tree: BTree, root: Page, node: BTreeNode) -> PageLayout | None:
    """Where the cells of a root lie that has become too large; of a leaf, where that is so by its last cell alone."""
    if not is_leaf(node.kind):
        return node.layout
    if not node.appended:
        return None
    before = node.copy()
    assert isinstance(before, BTreeNode)
    before.remove(len(before.cells) - 1)
    if before.free() < 0:
        return None
    return layout_of(tree.pager, root.number, before.encode())


def _take_back_child(tree: BTree, root: Page) -> None:
    """Let a root with one child take over that child's content, where it fits."""
    node = readable_node(tree.pager, root)
    if len(node.children) != 1:
        return
    number = node.children[0]
    if number < 2 or number == root.number:
        raise CorruptError(f"a child is page {number}", root.number)
    child = tree.pager.get(number)
    below = readable_node(tree.pager, child)
    if below.size + len(node.prefix) > tree.pager.usable_size:
        return
    pins = tree.pager.pinned()
    tree.pager.pin(child)
    node = writable_node(tree.pager, root)
    node.kind = below.kind
    node.set_entries(below.cells, below.children)
    tree.freelist.note_node(root.number, node)
    tree.freelist.release(child)
    tree.pager.unpin(pins)


def append_leaf(tree: BTree, pages: list[Page], slots: list[int], last_rowid: i64, cell: bytes) -> None:
    """Give a row that comes after all others a leaf of its own; the last leaf, which is full, stays as it is.

    Args:
        pages: the way through the tree, from the root to the last leaf's parent.
        slots: which child was taken on each of them but the last.
        last_rowid: the last leaf's last row.
        cell: the new row's.
    """
    pager = tree.pager
    pins = pager.pinned()
    for page in pages:
        pager.pin(page)
    divider = BytesWriter()
    write_varint(divider, last_rowid)
    _add_leaf(tree, pages[len(pages) - 1], LEAF_TABLE, divider.getvalue(), cell)
    pager.unpin(pins)
    balance(tree, pages, slots, False)


def _split_last(tree: BTree, parent_page: Page, page: Page, slot: i64) -> bool:
    """Give the last cell of the tree's last leaf a page of its own: the quick way for entries that are appended.

    Below page 1, which has less room than others, C SQLite does not take it, so that schemas are laid out alike.

    Returns:
        Whether this was such a leaf, too large by its last cell alone.
    """
    node = readable_node(tree.pager, page)
    count = len(node.cells)
    if not node.appended or not is_leaf(node.kind) or parent_page.number == 1:
        return False
    if count < (2 if tree.table else 3):
        return False
    extra = cell_space(node.cells[count - 1], True)
    if node.free() + extra < 0 or slot != len(writable_node(tree.pager, parent_page).cells):
        return False
    node = writable_node(tree.pager, page)
    last = node.cells[count - 1]
    divider = node.cells[count - 2]
    node.remove(count - 1)
    if tree.table:
        divider = _rowid_of(divider)
    else:
        node.remove(count - 2)
    _add_leaf(tree, parent_page, node.kind, divider, last)
    return True


def _add_leaf(tree: BTree, parent_page: Page, kind: i64, divider: bytes, cell: bytes) -> None:
    """Add a leaf with one cell behind the last child of a page."""
    page = tree.freelist.allocate()
    node = new_node(kind, tree.pager.usable_size, tree.pager.page_size)
    node.insert(0, cell)
    put_node(tree.pager, page, node)
    parent = writable_node(tree.pager, parent_page)
    if parent.layout is not None:
        last = u32_bytes(parent.children[len(parent.cells)])
        parent.layout.insert(len(parent.cells), last + divider, _sizes(parent.cells))
    parent.cells.append(divider)
    parent.children.append(int(page.number))
    parent.size += cell_space(divider, False)
    tree.freelist.note_node(page.number, node)
    tree.freelist.note_child(page.number, parent_page.number)
    tree.freelist.note_cell(parent_page.number, divider, parent.kind)


def _rowid_of(cell: bytes) -> bytes:
    """The rowid of a leaf table cell, as the varint that it is there."""
    start = varint_end(cell, 0)
    return cell[start : varint_end(cell, start)]


def _spread(tree: BTree, parent_page: Page, slot: i64, few: bool) -> None:
    """Deal out the cells of the child at ``slot`` and its neighbours anew; the parent, which is pinned, will change."""
    parent = writable_node(tree.pager, parent_page)
    first: i64 = len(parent.children) - SIBLINGS
    if slot - 1 < first:
        first = slot - 1
    if first < 0:
        first = 0
    old = parent.children[first : first + SIBLINGS]
    dividers = parent.cells[first : first + len(old) - 1]
    if 1 in old or int(parent_page.number) in old:
        raise CorruptError("a page is its own child, or page 1 is one", parent_page.number)
    pins = tree.pager.pinned()
    numbers: list[int] = []
    leaves = _packed(tree, old, dividers) if few else None
    if leaves is None:
        new_dividers = _deal_out_nodes(tree, old, dividers, numbers)
    else:
        new_dividers = _deal_out_packed(tree, old, leaves, numbers)
    parent = writable_node(tree.pager, parent_page)
    if parent.layout is not None:
        _exchange_dividers(parent, parent.layout, int(first), len(dividers), new_dividers, numbers)
    parent.cells[first : first + len(dividers)] = new_dividers
    parent.children[first : first + len(old)] = numbers
    parent.size += _total_space(new_dividers) - _total_space(dividers)
    tree.freelist.note_node(parent_page.number, parent)
    tree.pager.unpin(pins)


def _packed(tree: BTree, old: list[int], dividers: list[bytes]) -> PackedLeaves | None:
    """The cells of neighbouring pages, where these are leaves that are to stay images.

    They are not where all are decoded, nor where each cell has to be looked at.
    """
    if tree.freelist.mapped:
        return None
    leaves = PackedLeaves(tree.leaf_kind, tree.pager.usable_size)
    for i in range(len(old)):
        if i > 0 and not tree.table and not leaves.add_cells([dividers[i - 1]]):
            return None
        if not leaves.add_leaf(tree.pager.get(old[i])) or old.count(old[i]) > 1:
            return None
    return None if leaves.decoded == len(old) else leaves


def _deal_out_packed(tree: BTree, old: list[int], leaves: PackedLeaves, numbers: list[int]) -> list[bytes]:
    """Deal out the cells of leaves anew: the new dividers.

    Args:
        old: the pages so far.
        numbers: receives those of the new ones.
    """
    ends = partition(leaves.spaces, tree.leaf_kind, tree.pager.usable_size, [])
    pages = _pages_for(tree, old, len(ends))
    dividers: list[bytes] = []
    leaves.begin()
    for i in range(len(ends)):
        if i > 0 and not tree.table:
            dividers.append(leaves.take(leaves.next + 1))
        leaf = PackedLeaf(tree.leaf_kind, tree.pager.usable_size, tree.pager.page_size)
        leaf.add_from(leaves, ends[i])
        page = pages[i]
        tree.pager.touch(page)
        page.replace(leaf.encode())
        numbers.append(int(page.number))
        if i < len(ends) - 1 and tree.table:
            dividers.append(leaf.last_rowid())
    return dividers


def _deal_out_nodes(tree: BTree, old: list[int], dividers: list[bytes], numbers: list[int]) -> list[bytes]:
    """``_deal_out_packed`` for pages of any kind."""
    cells: list[bytes] = []
    children: list[int] = []
    kind = _gather(tree, old, dividers, cells, children)
    leaf = is_leaf(kind)
    used: list[int] = []
    spaces = vec[i64](capacity=len(cells))
    for cell in cells:
        spaces = append(spaces, cell_space(cell, leaf))
    ends = partition(spaces, kind, tree.pager.usable_size, used)
    layouts = _edited(tree, old, kind, dividers, ends)
    pages = _pages_for(tree, old, len(ends))
    new_dividers: list[bytes] = []
    start: i64 = 0
    for i in range(len(ends)):
        end: i64 = ends[i]
        node = new_node(kind, tree.pager.usable_size, tree.pager.page_size)
        node.cells = cells[start:end]
        node.children = children[start : end + 1]
        node.size += used[i]
        if i < len(layouts):
            node.layout = layouts[i]
        put_node(tree.pager, pages[i], node)
        tree.freelist.note_node(pages[i].number, node)
        numbers.append(int(pages[i].number))
        start = end
        if i < len(ends) - 1:
            if kind == LEAF_TABLE:
                new_dividers.append(_rowid_of(cells[end - 1]))
            else:
                new_dividers.append(cells[end])
                start += 1
    return new_dividers


def _edited(
    tree: BTree, old: list[int], kind: i64, dividers: list[bytes], ends: list[int]
) -> list[PageLayout]:
    """Where the cells of interior pages come to lie when they are dealt out anew; none where that is unknown.

    Args:
        old: the pages so far.
        dividers: the cells between them.
        ends: for each new page the number of the cell after its last one, the divider.
    """
    if is_leaf(kind):
        return []
    layouts: list[PageLayout] = []
    cells: list[bytes] = []
    starts: list[int] = []
    for i in range(len(old)):
        page = tree.pager.get(old[i])
        node = readable_node(tree.pager, page)
        layout = node.layout if page.content is node else layout_of(tree.pager, page.number, page.image())
        if layout is None or layout.count() + len(layout.overflow) != len(node.cells):
            return []
        layouts.append(layout)
        starts.append(len(cells))
        cells.extend(node.entries())
        if i < len(dividers):
            cells.append(u32_bytes(node.children[len(node.cells)]) + dividers[i])
    places = [_places(layouts[i], starts[i], len(cells)) for i in range(len(layouts))]
    while len(layouts) < len(ends):
        layouts.append(layout_of(tree.pager, 0, _empty_page(tree)))
        starts.append(len(cells))
        places.append([-1] * len(cells))
    for i in _order_of_editing(starts, ends):
        new = ends[i - 1] + 1 if i > 0 else 0
        layouts[i].edit(cells, places[i], starts[i], new, ends[i] - new)
    return layouts


def _places(layout: PageLayout, start: int, count: int) -> list[int]:
    """Where each of ``count`` cells lies on a page, which has those from number ``start`` on."""
    places = layout.places()
    return [-1] * start + places + [-1] * (count - start - len(places))


def _empty_page(tree: BTree) -> bytes:
    """The image of an interior page without cells."""
    usable = int(tree.pager.usable_size) & 0xFFFF
    return bytes(5) + usable.to_bytes(2, "big") + bytes(tree.pager.page_size - 7)


def _order_of_editing(starts: list[int], ends: list[int]) -> list[int]:
    """The pages in an order in which none gets cells of another before that has given them up.

    From the right those that get none from the left, then the rest from the left.
    """
    order = [i for i in range(len(ends) - 1, 0, -1) if starts[i] - 1 >= ends[i - 1]]
    return order + [i for i in range(len(ends)) if i not in order]


def _exchange_dividers(
    parent: BTreeNode, layout: PageLayout, first: int, count: int, dividers: list[bytes], children: list[int]
) -> None:
    """Have a parent's layout hold other dividers.

    Args:
        first, count: those that it has had so far.
        children: the new children, one more than there are dividers.
    """
    sizes = _sizes(parent.cells)
    if layout.overflow or layout.count() != len(sizes):
        parent.layout = None
        return
    for index in range(first + count - 1, first - 1, -1):
        layout.drop(index, sizes.pop(index))
    for i in range(len(dividers)):
        cell = u32_bytes(children[i]) + dividers[i]
        layout.insert(first + i, cell, sizes)
        sizes.insert(first + i, len(cell))


def _sizes(cells: list[bytes]) -> list[int]:
    """The bytes that cells take on an interior page, with the children before them."""
    return [len(cell) + 4 for cell in cells]


def _total_space(dividers: list[bytes]) -> i64:
    total: i64 = 0
    for cell in dividers:
        total += cell_space(cell, False)
    return total


def _gather(
    tree: BTree, numbers: list[int], dividers: list[bytes], cells: list[bytes], children: list[int]
) -> i64:
    """Collect the cells and children of neighbouring pages; returns the pages' kind."""
    kind: i64 = 0
    for i in range(len(numbers)):
        number = numbers[i]
        node = readable_node(tree.pager, tree.pager.get(number))
        if i == 0:
            kind = node.kind
        elif kind != LEAF_TABLE:
            cells.append(dividers[i - 1])
        if node.kind != kind or not tree.fits_kind(kind) or numbers.count(number) > 1:
            raise CorruptError("neighbouring pages do not match", number)
        cells.extend(node.cells)
        children.extend(node.children)
    return kind


def _pages_for(tree: BTree, old: list[int], count: int) -> list[Page]:
    """As many pages as asked for, pinned: the old ones first, in the order of their numbers; spare ones are freed."""
    numbers = sorted(old)
    pages: list[Page] = []
    for i in range(len(numbers)):
        page = tree.pager.get(numbers[i])
        if i < count:
            tree.pager.pin(page)
            pages.append(page)
        else:
            tree.freelist.release(page)
    while len(pages) < count:
        page = tree.freelist.allocate()
        tree.pager.pin(page)
        pages.append(page)
    return pages


def partition(spaces: vec[i64], kind: i64, usable: i64, used: list[int]) -> list[int]:
    """Deal out cells over pages: page ``i`` holds the cells before the i-th number of the result.

    Except on table leaves, the cell at each number but the last is the divider between two pages.  Pages are
    first filled from the left; then, from the right, cells move over until neighbours are about even.

    Args:
        spaces: the bytes that each cell takes of a page; see ``cell_space``.
        used: receives the bytes that the cells of each page take.
    """
    ends: list[int] = []
    room = usable - (LEAF_HEADER if is_leaf(kind) else INTERIOR_HEADER)
    size: i64 = 0
    index: i64 = 0
    count: i64 = len(spaces)
    while index < count:
        space = spaces[index]
        if size + space > room:
            if space > room:
                raise CorruptError("a cell is larger than a page")
            ends.append(index)
            used.append(size)
            size = space if kind == LEAF_TABLE else 0
        else:
            size += space
        index += 1
    ends.append(index)
    used.append(size)
    _even_out(spaces, ends, used, kind)
    return ends


def _even_out(spaces: vec[i64], ends: list[int], used: list[int], kind: i64) -> None:
    """Let cells move over from page to page, from the right, until neighbours are about even.

    To the last page one more goes than to the others, where its pointer makes the difference: so it is in C SQLite.
    """
    page = len(ends) - 1
    pointer: i64 = 2
    while page > 0:
        right: i64 = used[page]
        left: i64 = used[page - 1]
        end: i64 = ends[page - 1]
        while end > 0:
            leaving = spaces[end - 1]
            coming = leaving if kind == LEAF_TABLE else spaces[end]
            if right != 0 and right + coming > left - leaving + pointer:
                break
            right += coming
            left -= leaving
            end -= 1
        used[page] = right
        used[page - 1] = left
        ends[page - 1] = end
        pointer = 0
        page -= 1
