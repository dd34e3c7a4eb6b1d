"""Rough keys and the sort by digits: equal fields have equal keys, and what is equal stays in its order."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from librt.vecs import append, vec
from mypy_extensions import i32, i64

from foundrydb.storage.format.record import encode
from foundrydb.storage.format.values import UTF8, Value
from foundrydb.storage.tree.backlog.pair_sort import sort_pairs
from foundrydb.storage.tree.backlog.waiting_records import NumberKey, RoughKey, TextKey, second_number
from foundrydb.storage.tree.search_key import BYTES, CALLED, FOLDED
from foundrydb.vm.sorting.digit_sort import places_up_to, sort_places

LEAST, MOST = -(1 << 63), (1 << 63) - 1


def sorted_places(numbers: list[int]) -> list[int]:
    keys = vec[i64](numbers)
    return [int(place) for place in sort_places(places_up_to(len(numbers)), keys)]


@pytest.mark.parametrize("low, high", [(0, 5), (-3, 3), (LEAST, MOST), (-(1 << 40), 1 << 20), (7, 7)])
def test_places_in_the_order_of_keys(low: int, high: int) -> None:
    rng = random.Random(high)
    numbers = [rng.randint(low, high) for _ in range(1000)] + [low, high, max(low, 0), max(low, -1)]
    assert sorted_places(numbers) == sorted(range(len(numbers)), key=numbers.__getitem__)


@pytest.mark.parametrize("low, high", [(0, 5), (LEAST, MOST), (7, 7)])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 1000])
def test_pairs(low: int, high: int, count: int) -> None:
    rng = random.Random(count)
    pairs = [(rng.randint(low, high), place) for place in range(count)]
    keys = vec[i64]([MOST, *[key for key, _ in pairs], LEAST])
    places = vec[i32]([0, *range(count), 0])
    sort_pairs(keys, places, 1, count + 1)
    assert list(zip(keys, places)) == [(MOST, 0), *sorted(pairs), (LEAST, 0)]


def test_a_sort_by_two_keys() -> None:
    rng = random.Random(5)
    pairs = [(rng.randrange(4), rng.randrange(1 << 50)) for _ in range(300)]
    places = sort_places(places_up_to(300), vec[i64]([second for _, second in pairs]))
    places = sort_places(places, vec[i64]([first for first, _ in pairs]))
    assert [int(place) for place in places] == sorted(range(300), key=pairs.__getitem__)


def test_no_places() -> None:
    assert sorted_places([]) == []
    assert len(append(places_up_to(3), i32(3))) == 4


def looked(key: RoughKey, values: Sequence[Value]) -> RoughKey:
    """The key after it has seen the values."""
    for value in values:
        key.look(b"before" + encode([value, 1], UTF8, 4), 6)
    return key


def rough(key: RoughKey, value: Value) -> list[int]:
    record = b"before" + encode([value, 1], UTF8, 4)
    return [int(key.word(record, 6, number)) for number in range(key.words)]


@pytest.mark.parametrize("reals", [False, True])
def test_numbers_in_their_order(reals: bool) -> None:
    values: list[Value] = [None, LEAST, -(1 << 53) - 1, -300, -1, 0, 1, 2, 127, 128, 1 << 52, MOST]
    if reals:
        values += [-1e300, -300.5, -1e-300, -0.0, 0.0, 1e-300, 1.5, 1e300, float("inf"), float("-inf")]
    key = looked(NumberKey(), values)
    some = [value for value in values if isinstance(value, (int, float))]
    numbers = sorted(some, key=lambda value: rough(key, value))
    assert [float(number) for number in numbers] == sorted(float(number) for number in some)
    assert rough(key, None) <= rough(key, numbers[0])
    if reals:
        assert rough(key, 0) == rough(key, 0.0) == rough(key, -0.0)
        assert rough(key, 1 << 60) == rough(key, float(1 << 60))


WORDS = ["", "a", "B", "b", "ab", "a" * 7, "a" * 8, "a" * 28 + "x", "é", "\U0001f600", "z", "~"]


def test_texts_and_blobs_in_their_order() -> None:
    key = looked(TextKey(BYTES, False), WORDS)
    assert sorted(WORDS, key=lambda text: rough(key, text)) == sorted(WORDS)
    blobs = [text.encode() for text in WORDS] + [b"\xff" * 40]
    assert sorted(blobs, key=lambda blob: rough(key, blob)) == sorted(blobs)


def test_texts_with_the_same_beginning() -> None:
    """What all have in common tells nothing."""
    prefix = "https://www.example.org/a/long/way/down/"
    texts = [prefix + word for word in WORDS]
    key = looked(TextKey(BYTES, False), texts)
    assert sorted(texts, key=lambda text: rough(key, text)) == sorted(texts)
    folded = looked(
        TextKey(FOLDED, False), [prefix + "Abc", prefix + "aBC", prefix + "A\0x", prefix + "a\0y"]
    )
    assert rough(folded, prefix + "Abc") == rough(folded, prefix + "aBC") != rough(folded, prefix + "A\0x")
    assert rough(folded, prefix + "A\0x") == rough(folded, prefix + "a\0y")
    nul = looked(TextKey(FOLDED, False), ["a\0bcd", "a\0bce"])
    assert rough(nul, "a\0bcd") == rough(nul, "a\0bce")
    trimmed = looked(TextKey(CALLED, True), ["a  ", "a    ", "a   b"])
    assert rough(trimmed, "a  ") == rough(trimmed, "a    ") != rough(trimmed, "a   b")


def test_texts_that_compare_as_equal() -> None:
    folded = looked(TextKey(FOLDED, False), ["a", "b"])
    assert (
        rough(folded, "Town Hall \xc9") == rough(folded, "tOWN hALL \xc9") != rough(folded, "town hall \xe9")
    )
    assert rough(folded, "a\0b") == rough(folded, "A\0c") == rough(folded, "a") != rough(folded, "b")
    assert rough(folded, "a" * 27 + "\0b") == rough(folded, "a" * 27)
    assert rough(folded, b"A") != rough(folded, b"a")
    trimmed = looked(TextKey(CALLED, True), ["a", "b"])
    assert rough(trimmed, "ab" + " " * 40) == rough(trimmed, "ab") != rough(trimmed, "a b")
    assert rough(trimmed, b"ab ") != rough(trimmed, b"ab!")
    called = looked(TextKey(CALLED, False), ["a", "b"])
    assert rough(called, "one") == rough(called, "two")
    assert rough(called, b"one") != rough(called, b"two")


def second(first: Value, *rest: Value) -> int:
    return int(second_number(b"before" + encode([first, *rest], UTF8, 4), 6))


@pytest.mark.parametrize("first", [None, 1, 300, 2.5, "a text", b"", "ö" * 200])
def test_second_fields_that_are_numbers_are_in_their_order(first: Value) -> None:
    values: list[Value] = [None, -1e300, LEAST, -300.5, -300, -1, 0, 1, 2, 127.5, 128, 1 << 52, MOST, 1e300]
    values.append(float("inf"))
    numbers = [second(first, value, "more") for value in values]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(values) - 5


@pytest.mark.parametrize("value", [0, 1, -1, 300, 1 << 40, -(1 << 62)])
def test_second_fields_that_are_equal_have_equal_numbers(value: int) -> None:
    assert second("a", value) == second("b", float(value), 1) == value


def test_a_second_field_that_is_no_number() -> None:
    assert second(1, "a") == second(2, b"b", 3) == MOST
    assert second(1) == second(1, None) == LEAST
