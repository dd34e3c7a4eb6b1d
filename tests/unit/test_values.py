"""Storage classes, collations and keys, against SQLite's own comparisons."""

from __future__ import annotations

import sqlite3
from itertools import product

import pytest

from foundrydb.storage.format.values import (
    BINARY,
    BINARY_UTF16BE,
    BINARY_UTF16LE,
    NOCASE,
    RTRIM,
    UTF8,
    UTF16BE,
    UTF16LE,
    Collation,
    KeyInfo,
    Value,
    binary_collation,
    compare,
    decode_text,
    encode_text,
)

VALUES: list[Value] = [
    None,
    0,
    1,
    -1,
    2**53,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    0.0,
    -0.0,
    0.5,
    float(2**53),
    float(2**63),
    -float(2**63),
    1e300,
    float("inf"),
    float("-inf"),
    "",
    "a",
    "A",
    "a ",
    "a  ",
    "aé",
    "a\U0001f600",
    "a\uffff",
    "z",
    b"",
    b"a",
    b"\xff",
    b"a\0",
]


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


@pytest.fixture(scope="module")
def oracle() -> sqlite3.Connection:
    return sqlite3.connect(":memory:")


@pytest.mark.parametrize("collation", [BINARY, NOCASE, RTRIM])
def test_order_is_sqlites(oracle: sqlite3.Connection, collation: Collation) -> None:
    name = collation.name
    sql = f"select (?1 collate {name}) is (?2 collate {name}), ?1 collate {name} < ?2 collate {name}"
    for a, b in product(VALUES, VALUES):
        equal, less = oracle.execute(sql, (a, b)).fetchone()
        ours = compare(a, b, collation)
        assert (ours == 0) == bool(equal), (a, b)
        if a is not None and b is not None:
            assert (ours < 0) == bool(less), (a, b)


def test_null_is_before_everything() -> None:
    assert all(compare(None, value) < 0 < compare(value, None) for value in VALUES if value is not None)


def test_sort_keys_agree_with_compare() -> None:
    texts = [value for value in VALUES if isinstance(value, str)]
    for collation in (BINARY, BINARY_UTF16BE, BINARY_UTF16LE, NOCASE, RTRIM):
        for a, b in product(texts, texts):
            left, right = collation.sort_key(a), collation.sort_key(b)
            assert isinstance(left, bytes) and isinstance(right, bytes)
            assert sign(collation.compare(a, b)) == (left > right) - (left < right)


def test_nocase_looks_no_further_than_a_nul() -> None:
    assert NOCASE.compare("a\0b", "A\0c") == 0
    assert NOCASE.compare("a\0b", "a\0cc") < 0
    assert NOCASE.sort_key("a\0") is None


def test_binary_compares_the_bytes_of_the_file() -> None:
    assert binary_collation(UTF8) is BINARY
    assert binary_collation(UTF16LE) is BINARY_UTF16LE
    assert binary_collation(UTF16BE) is BINARY_UTF16BE
    assert BINARY.compare("\uffff", "\U0001f600") < 0 < BINARY_UTF16BE.compare("\uffff", "\U0001f600")
    assert BINARY_UTF16LE.compare("ā", "b") < 0 < BINARY_UTF16BE.compare("ā", "b")
    assert BINARY.compare(decode_text(b"a\x80", UTF8), "aé") < 0
    assert BINARY.compare(decode_text(b"\xff", UTF8), "\U0001f600") > 0


def test_text_that_is_not_valid_keeps_its_bytes() -> None:
    for data in (b"\xff", b"a\x80b", b"\xed\xa0\x80", b"\xc0\x80", bytes(range(256))):
        assert encode_text(decode_text(data, UTF8), UTF8) == data
    for encoding in (UTF16LE, UTF16BE):
        assert encode_text(decode_text(b"\xd8\x00\x00\xd8", encoding), encoding) == b"\xd8\x00\x00\xd8"
    assert decode_text(b"a\0b\0c", UTF16LE) == "ab"
    assert encode_text("\ud800", UTF8) == b"\xed\xa0\x80"
    assert encode_text("\udc80\ud800", UTF8) == b"\x80\xed\xa0\x80"


def test_keys_turn_and_put_nulls_where_asked() -> None:
    info = KeyInfo([BINARY, NOCASE], [False, True])
    assert info.compare([1, "a"], [1, "B"]) > 0
    assert info.compare([1, "a"], [1, "A"]) == 0
    assert info.compare([0, "a"], [1, "A"]) < 0
    assert info.compare([1], [1, "x"]) == 0
    nulls_last = KeyInfo([BINARY], [False], [True])
    assert nulls_last.compare([None], [5]) > 0
    assert nulls_last.compare([4], [5]) < 0
    turned = KeyInfo([BINARY], [True], [True])
    assert turned.compare([None], [5]) < 0
    assert KeyInfo([], []).compare(["b"], ["a"]) > 0


class ByLength(Collation):
    """A user's collation."""

    def compare(self, a: str, b: str) -> int:
        return len(a) - len(b)


def test_users_collations() -> None:
    assert compare("zz", "aaa", ByLength("bylength")) < 0
    assert compare("zz", b"aaa", ByLength("bylength")) < 0
    assert ByLength("x").sort_key("a") is None
