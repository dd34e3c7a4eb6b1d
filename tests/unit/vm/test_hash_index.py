"""The hash index of a join: in memory and past the budget, it finds what a walk over all entries finds, in order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, Collation, KeyInfo, Value
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.tree.database import Database, ephemeral
from foundrydb.vm.record import Record
from foundrydb.vm.sorting.row_sort import sort_rows
from foundrydb.vm.tables.hash_index import HashIndex

from .test_sorting import user_collation, values

keys_not_null = values.filter(lambda value: value is not None)
entries = st.lists(st.tuples(keys_not_null, st.sampled_from([1, "a", b"a"]), values), max_size=40)


def private_database() -> Database:
    return ephemeral(MemoryVFS())


def index_of(rows: list[tuple[Value, ...]], keys: KeyInfo, width: int, budget: int) -> HashIndex:
    index = HashIndex(private_database, budget, keys, width)
    for row in rows:
        index.insert(Record(list(row)), False)
    return index


def found(index: HashIndex, key: list[Value], width: int, alone: bool = False) -> list[str]:
    """The entries with a key (of one value, with ``alone``), as text: 1 is not 1.0 there."""
    out = []
    more = index.find_one(key[0]) if alone else index.find(key)
    while more:
        out.append(repr(index.row(width)))
        more = index.next()
    return out


@given(
    entries, st.lists(keys_not_null, max_size=8), st.sampled_from([BINARY, NOCASE, RTRIM, user_collation()])
)
@settings(deadline=None)
@pytest.mark.parametrize("budget", [0, 2000, 10**9])
def test_a_lookup_finds_what_a_walk_finds(
    budget: int, rows: list[tuple[Value, ...]], asked: list[Value], collation: Collation
) -> None:
    numbered = [(*row, i) for i, row in enumerate(rows)]
    keys = KeyInfo([collation, BINARY, BINARY, BINARY], [False] * 4)
    index = index_of(numbered, keys, 1, budget)
    ordered = sort_rows(numbered, keys, 4)
    for key in [*asked, *(row[0] for row in rows)]:
        wanted = [repr(list(row)) for row in ordered if keys.compare_field(0, row[0], key) == 0]
        assert found(index, [key], 4) == wanted
        assert found(index, [key], 4, alone=True) == wanted
    index.close()


@given(entries)
@settings(deadline=None)
@pytest.mark.parametrize("budget", [0, 10**9])
def test_a_key_of_two_columns(budget: int, rows: list[tuple[Value, ...]]) -> None:
    numbered = [(*row, i) for i, row in enumerate(rows)]
    keys = KeyInfo([NOCASE, BINARY, BINARY, BINARY], [False] * 4)
    index = index_of(numbered, keys, 2, budget)
    ordered = sort_rows(numbered, keys, 4)
    for one in rows:
        key = [one[0], one[1]]
        wanted = [repr(list(row)) for row in ordered if keys.compare(list(row[:2]), key) == 0]
        assert found(index, key, 4) == wanted
    index.close()


def test_an_index_without_entries_finds_nothing() -> None:
    index = index_of([], KeyInfo([BINARY, BINARY], [False, False]), 1, 10**9)
    assert not index.find([1])
    index.set_null_row()
    assert index.column(1) is None
