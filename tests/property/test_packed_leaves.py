"""Cells that are dealt out anew as pieces of images, against the nodes that hold them one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foundrydb.storage.format.varint import encode_varint
from foundrydb.storage.pages.page import Page
from foundrydb.storage.tree.nodes.node import LEAF_INDEX, LEAF_TABLE, decode_node, new_node
from foundrydb.storage.tree.nodes.packed_leaves import POINTER, PackedLeaf, PackedLeaves
from foundrydb.storage.tree.nodes.page_edit import insert_cell

USABLE = 508
PAGE_SIZE = 512

sizes = st.lists(st.integers(2, 40), min_size=1, max_size=9)
leaves = st.tuples(sizes, st.sampled_from(["image", "edited image", "node"]))


def page_of(kind: int, number: int, lengths: list[int], form: str) -> tuple[Page, list[bytes]]:
    """A leaf in one of its forms, and its cells; an edited image has its second cell before the others."""
    node = new_node(kind, USABLE, PAGE_SIZE)
    cells: list[bytes] = []
    for index, length in enumerate(lengths):
        rowid = encode_varint(number * 100 + index) if kind == LEAF_TABLE else b""
        cells.append(encode_varint(length) + rowid + bytes([number * 16 + index]) * length)
    late = cells[1:2] if form == "edited image" else []
    for cell in cells:
        if cell not in late:
            node.insert(len(node.cells), cell)
    image = node.encode()
    for cell in late:
        image = insert_cell(image, number, 1, cell)
    page = Page(number, image)
    if form == "node":
        page.content = node
    return page, cells


@given(st.sampled_from([LEAF_INDEX, LEAF_TABLE]), st.lists(leaves, min_size=1, max_size=3), st.data())
def test_leaves_made_of_pieces_are_those_made_of_cells(
    kind: int, chosen: list[tuple[list[int], str]], data: st.DataObject
) -> None:
    packed = PackedLeaves(kind, USABLE)
    cells: list[bytes] = []
    for number, (lengths, form) in enumerate(chosen, 2):
        page, of_page = page_of(kind, number, lengths, form)
        if any(len(cell) < 4 for cell in of_page):
            assert not packed.add_leaf(page)
            return
        assert packed.add_leaf(page)
        cells += of_page
    assert list(packed.spaces) == [len(cell) + POINTER for cell in cells]
    assert packed.decoded == sum(form == "node" for _, form in chosen)
    packed.begin()
    start = 0
    while start < len(cells):
        count = data.draw(st.integers(1, min(len(cells) - start, 9)))
        node = new_node(kind, USABLE, PAGE_SIZE)
        for cell in cells[start : start + count]:
            node.insert(len(node.cells), cell)
        leaf = PackedLeaf(kind, USABLE, PAGE_SIZE)
        leaf.add_from(packed, start + count)
        start += count
        assert packed.next == start
        assert leaf.encode() == node.encode()
        assert decode_node(7, leaf.encode(), USABLE).cells == node.cells
        if kind == LEAF_TABLE:
            assert cells[start - 1][1:].startswith(leaf.last_rowid())
        assert leaf.remove_last() == cells[start - 1]
        node.remove(len(node.cells) - 1)
        assert leaf.encode() == node.encode()


def test_a_leaf_of_another_kind_is_refused() -> None:
    page, _ = page_of(LEAF_TABLE, 2, [9, 9], "image")
    assert not PackedLeaves(LEAF_INDEX, USABLE).add_leaf(page)
    page, _ = page_of(LEAF_TABLE, 2, [9, 9], "node")
    assert not PackedLeaves(LEAF_INDEX, USABLE).add_leaf(page)


@given(st.sampled_from([LEAF_INDEX, LEAF_TABLE]), st.lists(st.integers(1, 90), min_size=1))
def test_a_leaf_takes_what_it_has_room_for(kind: int, lengths: list[int]) -> None:
    cells = [encode_varint(length) + b"\1" * (length + (kind == LEAF_TABLE)) for length in lengths]
    node = new_node(kind, USABLE, PAGE_SIZE)
    leaf = PackedLeaf(kind, USABLE, PAGE_SIZE)
    for cell in cells:
        node.insert(len(node.cells), cell)
        if node.free() < 0:
            node.remove(len(node.cells) - 1)
            assert not leaf.add(cell)
            break
        assert leaf.add(cell)
    assert leaf.count == len(node.cells)
    assert leaf.encode() == node.encode()
    assert leaf.remove_last() == node.cells[-1]
