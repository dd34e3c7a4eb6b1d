"""Changes of a page's image against the same changes of the decoded page."""

from __future__ import annotations

import random

import pytest

from foundrydb.storage.tree.nodes.node import LEAF_TABLE, decode_node, new_node
from foundrydb.storage.tree.nodes.page_edit import free_bytes, insert_cell, remove_cell, replace_cell

PAGE = 512


def cell(rowid: int, size: int) -> bytes:
    """A leaf table cell with a payload of so many bytes."""
    return bytes([size, rowid]) + bytes([rowid]) * size


def image(cells: list[bytes]) -> bytes:
    node = new_node(LEAF_TABLE, PAGE, PAGE)
    for i, each in enumerate(cells):
        node.insert(i, each)
    return node.encode()


def cells_of(data: bytes) -> list[bytes]:
    return decode_node(2, data, PAGE).cells


def end_of(data: bytes, index: int) -> int:
    start = int.from_bytes(data[8 + 2 * index : 10 + 2 * index], "big")
    return start + len(cells_of(data)[index])


@pytest.mark.parametrize("seed", range(20))
def test_edits_are_those_of_the_node(seed: int) -> None:
    chance = random.Random(seed)
    expected = [cell(i, chance.randrange(12)) for i in range(12)]
    data = image(expected)
    for _ in range(60):
        index = chance.randrange(len(expected))
        new = cell(chance.randrange(100), chance.randrange(20))
        move = chance.randrange(3)
        if move == 0:
            changed = insert_cell(data, 2, index, new)
            after = [*expected[:index], new, *expected[index:]]
        elif move == 1:
            changed = remove_cell(data, 2, index, end_of(data, index))
            after = expected[:index] + expected[index + 1 :]
        else:
            changed = replace_cell(data, 2, index, end_of(data, index), new)
            after = [*expected[:index], new, *expected[index + 1 :]]
        if not changed:
            continue
        assert len(changed) == PAGE
        assert cells_of(changed) == after
        if move != 2 or len(new) != len(expected[index]):
            assert free_bytes(changed, 2) >= decode_node(2, changed, PAGE).free() >= 0
        data, expected = changed, after


def cells_under_pointers(data: bytes) -> dict[int, bytes]:
    """What the first four bytes of each cell are, by the cell's number, read as the format has it."""
    count = int.from_bytes(data[3:5], "big")
    starts = [int.from_bytes(data[8 + 2 * i : 10 + 2 * i], "big") for i in range(count)]
    return {i: data[start : start + 4] for i, start in enumerate(starts)}


@pytest.mark.parametrize("page", [512, 4096, 32768, 65536])
def test_pointers_follow_the_cells_that_move(page: int) -> None:
    """Whatever the order of cells on the page, and however large that is: each pointer still leads to its cell."""
    chance = random.Random(page)
    node = new_node(LEAF_TABLE, page, page)
    count = page // 16
    for i in range(count):
        node.insert(chance.randrange(i + 1), bytes([2, 0x81 + i % 100, i // 100, 7, 7]))
    data = node.encode()
    for _ in range(12):
        before = cells_under_pointers(data)
        index = chance.randrange(count)
        start = int.from_bytes(data[8 + 2 * index : 10 + 2 * index], "big")
        changed = remove_cell(data, 2, index, start + 5)
        count -= 1
        assert changed
        expected = [before[i] for i in range(count + 1) if i != index]
        assert list(cells_under_pointers(changed).values()) == expected
        index = chance.randrange(count)
        start = int.from_bytes(changed[8 + 2 * index : 10 + 2 * index], "big")
        longer = replace_cell(changed, 2, index, start + 5, bytes([3, 0x90, 1, 7, 7, 7]))
        expected[index] = bytes([3, 0x90, 1, 7])
        assert list(cells_under_pointers(longer).values()) == expected
        data = replace_cell(longer, 2, index, start + 5, bytes([2, 0x90, 1, 7, 7]))
        expected[index] = bytes([2, 0x90, 1, 7])
        assert list(cells_under_pointers(data).values()) == expected


def test_what_is_not_simple_is_left_to_the_node() -> None:
    data = image([cell(1, 8)])
    assert remove_cell(data, 2, 0, end_of(data, 0)) == b""
    full = image([cell(i, 100) for i in range(4)])
    assert insert_cell(full, 2, 0, cell(9, 100)) == b""
    with_freeblock = data[:1] + b"\x01\xf0" + data[3:]
    assert remove_cell(with_freeblock, 2, 0, end_of(data, 0)) == b""
