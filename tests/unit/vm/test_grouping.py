"""Hash aggregation, in memory and past the budget: the groups of rows that were sorted first."""

from __future__ import annotations

import functools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, Collation, KeyInfo, Value
from foundrydb.vm.context import Context
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.functions.builtin import builtin_registry
from foundrydb.vm.sorting.row_sort import sort_rows
from foundrydb.vm.tables.grouping import GroupAggregate, GroupSlot

from .test_sorting import make_host, user_collation, values

FUNCTIONS = builtin_registry()
NAMES = ("count", "sum", "total", "avg", "min", "max")


def function(name: str) -> AggregateFunction:
    found = FUNCTIONS.find(name, 1)
    assert isinstance(found, AggregateFunction)
    return found


def sorted_first(
    rows: list[tuple[Value, ...]], keys: KeyInfo, names: tuple[str, ...]
) -> list[tuple[Value, ...]]:
    """The groups of rows of a key of two fields and one value, by sorting."""
    ordered = sort_rows(rows, keys, 2)
    out: list[tuple[Value, ...]] = []
    start = 0
    for end in range(1, len(ordered) + 1):
        if end < len(ordered) and keys.compare(list(ordered[end][:2]), list(ordered[start][:2])) == 0:
            continue
        group = ordered[start:end]
        results = []
        for name in names:
            state = function(name).start(Context(make_host()), BINARY)
            for row in group:
                state.step_one(row[2])
            results.append(state.finish())
        out.append((*group[0][:2], *results))
        start = end
    return out


def hashed(
    rows: list[tuple[Value, ...]], keys: KeyInfo, names: tuple[str, ...], budget: int
) -> list[tuple[Value, ...]]:
    host = make_host()
    slot = GroupSlot(host, Context(host), budget, keys, 3, 0)
    for name in names:
        slot.add(GroupAggregate(function(name), 2, -1, BINARY, False))
    for row in rows:
        slot.step([None, *row], 1)
    out = []
    more = slot.first()
    while more:
        out.append(tuple(slot.row(2 + len(names))))
        more = slot.next()
    slot.close()
    return out


def typed(rows: list[tuple[Value, ...]]) -> list[list[tuple[str, str]]]:
    """Rows that compare by type and digits too: 1 is not 1.0, -0.0 is not 0.0."""
    return [[(type(value).__name__, repr(value)) for value in row] for row in rows]


numbers = st.one_of(
    st.none(), st.integers(-5, 5), st.sampled_from([1.5, -2.0, 1e300]), st.text("ab1", max_size=2)
)
rows_of_three = st.lists(st.tuples(values, st.sampled_from([1, "a", None]), numbers), max_size=80)
collations = st.sampled_from([BINARY, NOCASE, RTRIM])


@given(rows_of_three, collations, collations)
@settings(deadline=None)
@pytest.mark.parametrize("budget", [0, 3000, 10**9])
def test_groups_are_those_of_sorted_rows(
    budget: int, rows: list[tuple[Value, ...]], first: Collation, second: Collation
) -> None:
    keys = KeyInfo([first, second], [False, False])
    assert typed(hashed(rows, keys, NAMES, budget)) == typed(sorted_first(rows, keys, NAMES))


@pytest.mark.parametrize("budget", [0, 3000, 10**9])
def test_a_collation_of_the_users_groups_too(budget: int) -> None:
    keys = KeyInfo([user_collation(), BINARY], [False, False])
    rows: list[tuple[Value, ...]] = [
        (text, 1, i) for i, text in enumerate(["b", 3, "a", "b", None, "a", 3.0])
    ]
    assert typed(hashed(rows, keys, NAMES, budget)) == typed(sorted_first(rows, keys, NAMES))


def test_what_does_not_fit_is_sorted_and_merged() -> None:
    keys = KeyInfo([BINARY, BINARY], [False, False])
    rng = random.Random(5)
    rows: list[tuple[Value, ...]] = [(rng.randrange(2000), "x", rng.random()) for _ in range(20_000)]
    found = hashed(rows, keys, NAMES, 100_000)
    assert found == sorted_first(rows, keys, NAMES)
    assert found == hashed(rows, keys, NAMES, 10**9)


def test_numbers_are_one_group_by_their_exact_value() -> None:
    keys = KeyInfo([BINARY], [False])
    host = make_host()
    slot = GroupSlot(host, Context(host), 10**9, keys, 1, 0)
    slot.add(GroupAggregate(function("count"), -1, -1, BINARY, False))
    equal = functools.partial(slot.step, first=1)
    for value in (1, 1.0, "1", b"1", 0.0, -0.0, 2**53, float(2**53), 2**53 + 1, None, None):
        equal([None, value])
    found = []
    more = slot.first()
    while more:
        found.append(tuple(slot.row(2)))
        more = slot.next()
    assert found == [(None, 2), (0.0, 2), (1, 2), (2**53, 2), (2**53 + 1, 1), ("1", 1), (b"1", 1)]


def test_values_that_are_kept_count_against_the_budget() -> None:
    keys = KeyInfo([BINARY], [False])
    host = make_host()
    slot = GroupSlot(host, Context(host), 100_000, keys, 3, 1)
    slot.add(GroupAggregate(function("max"), 2, -1, BINARY, True))
    for i in range(50):
        slot.step([None, i % 5, "bare" * 1000, f"{i:03}" * 3000], 1)
    found = []
    more = slot.first()
    while more:
        found.append((slot.column(0), len(str(slot.column(1)))))
        more = slot.next()
    assert found == [(i, 9000) for i in range(5)]
    assert slot.count() > 0, "some rows were put aside"


@pytest.mark.parametrize("width", [1, 2])
def test_keys_count_against_the_budget(width: int) -> None:
    keys = KeyInfo([BINARY] * width, [False] * width)
    host = make_host()
    slot = GroupSlot(host, Context(host), 100_000, keys, width, 0)
    slot.add(GroupAggregate(function("count"), -1, -1, BINARY, False))
    for i in range(50):
        slot.step([None, *[f"{i:03}" * 3000] * width], 1)
    found = []
    more = slot.first()
    while more:
        found.append((str(slot.column(0))[:3], slot.column(width)))
        more = slot.next()
    assert found == [(f"{i:03}", 1) for i in range(50)]
    assert slot.count() > 30, "most rows were put aside"
