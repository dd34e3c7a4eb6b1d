"""B-tree pages: layouts, local payload sizes, and damaged pages."""

from __future__ import annotations

import pytest

from foundrydb.errors import CorruptError, InternalError
from foundrydb.storage.format.varint import encode_varint
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_INDEX,
    LEAF_TABLE,
    BTreeNode,
    decode_node,
    local_size,
    max_local,
    min_local,
    new_node,
)


def leaf(*payloads: bytes) -> BTreeNode:
    node = new_node(LEAF_TABLE, 512, 512)
    for rowid, payload in enumerate(payloads):
        node.insert(rowid, encode_varint(len(payload)) + encode_varint(rowid) + payload)
    return node


def test_a_leaf_round_trip() -> None:
    node = leaf(b"one", b"two", b"x" * 200)
    image = node.encode()
    assert len(image) == 512
    assert image[:8] == bytes([0x0D, 0, 0, 0, 3]) + (512 - 5 - 5 - 203).to_bytes(2, "big") + b"\0"
    again = decode_node(7, image, 512)
    assert again.cells == node.cells
    assert again.size == node.size == 8 + 3 * 2 + 5 + 5 + 203


def test_an_interior_page_round_trip() -> None:
    node = new_node(INTERIOR_TABLE, 500, 512)
    node.set_entries([encode_varint(10), encode_varint(2000)], [3, 70000, 5])
    image = node.encode()
    assert image[8:12] == bytes([0, 0, 0, 5])
    again = decode_node(7, image, 500)
    assert (again.cells, again.children) == (node.cells, node.children)


def test_page_one_and_reserved_bytes_stay() -> None:
    header = bytes(range(100))
    node = BTreeNode(LEAF_INDEX, header, b"tail", 512)
    node.insert(0, b"\x03abc")
    image = node.encode()
    assert image[:100] == header
    assert image[-4:] == b"tail"
    again = decode_node(1, image, 508)
    assert (again.prefix, again.tail, again.cells) == (header, b"tail", [b"\x03abc"])


def test_small_cells_take_four_bytes_on_a_leaf() -> None:
    node = new_node(LEAF_INDEX, 512, 512)
    node.insert(0, b"\x01\x01")
    assert node.size == 8 + 2 + 4
    assert decode_node(2, node.encode(), 512).cells == [b"\x01\x01"]


def test_a_page_of_65536_bytes() -> None:
    node = new_node(LEAF_TABLE, 65536, 65536)
    image = node.encode()
    assert image[5:7] == b"\0\0"
    assert decode_node(2, image, 65536).cells == []


def test_an_overfull_node_is_never_written() -> None:
    with pytest.raises(InternalError):
        leaf(*[b"x" * 100] * 6).encode()


@pytest.mark.parametrize("usable", [480, 512, 1024, 4096, 65536])
def test_local_payload_follows_the_file_format(usable: int) -> None:
    smallest = ((usable - 12) * 32 // 255) - 23
    for kind, largest in ((LEAF_TABLE, usable - 35), (INTERIOR_INDEX, ((usable - 12) * 64 // 255) - 23)):
        assert (max_local(usable, kind), min_local(usable)) == (largest, smallest)
        for payload in (0, largest, largest + 1, largest + 100, 10 * usable, 10 * usable + 77, 2**31 - 1):
            k = smallest + (payload - smallest) % (usable - 4)
            expected = payload if payload <= largest else k if k <= largest else smallest
            assert local_size(payload, usable, kind) == expected


def damaged(**changes: int) -> bytes:
    image = bytearray(leaf(b"one", b"two").encode())
    for name, value in changes.items():
        image[int(name[1:])] = value
    return bytes(image)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (damaged(b0=0x0C), "not a B-tree page"),
        (damaged(b3=2), "too many cells"),
        (damaged(b8=0, b9=3), "cell pointer is out of range"),
        (damaged(b8=0x01, b9=0xFF), "cell pointer is out of range"),
        (damaged(b507=0x7F), "past the page's end"),
        (damaged(b507=0xFF, b508=0xFF), "past the page's end"),
    ],
)
def test_damaged_pages_name_themselves(image: bytes, message: str) -> None:
    with pytest.raises(CorruptError, match=message) as caught:
        decode_node(9, image, 512)
    assert caught.value.page == 9


def test_cells_that_overlap() -> None:
    image = bytearray(512)
    image[:8] = bytes([0x0D, 0, 0, 0, 40, 0, 200, 0])
    for i in range(40):
        image[8 + 2 * i : 10 + 2 * i] = (200).to_bytes(2, "big")
    image[200:202] = bytes([60, 1])
    with pytest.raises(CorruptError, match="overlap"):
        decode_node(9, bytes(image), 512)
