"""Varints at the borders of their lengths."""

from __future__ import annotations

import pytest

from foundrydb.storage.format.varint import encode_varint, read_varint, varint_end, varint_size


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "8100"),
        (16383, "ff7f"),
        (16384, "818000"),
        (2**56 - 1, "ffffffffffffff7f"),
        (2**56, "80c080808080808000"),
        (2**63 - 1, "bfffffffffffffffff"),
        (-1, "ffffffffffffffffff"),
        (-(2**63), "c08080808080808000"),
    ],
)
def test_known_varints(value: int, encoded: str) -> None:
    data = bytes.fromhex(encoded)
    assert encode_varint(value) == data
    assert varint_size(value) == len(data)
    assert read_varint(b"\xff" + data + b"\xff", 1) == value
    assert varint_end(b"\xff" + data + b"\xff", 1) == 1 + len(data)


def test_longer_forms_than_needed_are_read() -> None:
    assert read_varint(b"\x80\x80\x05", 0) == 5
    assert varint_end(b"\x80\x80\x05", 0) == 3


def test_a_varint_that_is_cut_short() -> None:
    for data in (b"", b"\x80", b"\xff" * 8):
        with pytest.raises(IndexError):
            read_varint(data, 0)
        with pytest.raises(IndexError):
            varint_end(data, 0)
