"""The sorter and the ephemeral tables, in memory and past the budget."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foundrydb
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, Collation, KeyInfo, Value
from foundrydb.vm.host import Host
from foundrydb.vm.record import Record
from foundrydb.vm.sorting.radix import WORTHWHILE
from foundrydb.vm.sorting.row_sort import sort_rows
from foundrydb.vm.sorting.sorter import FAN_IN, Sorter
from foundrydb.vm.tables.ephemeral import EphemeralIndex, EphemeralTable
from foundrydb.vm.tables.found_rows import FoundRows
from foundrydb.vm.tables.stored import StoredIndex

from .conftest import Run, SchemaHost

SMALL = 2000
"""A budget that a few rows outgrow."""

values = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.sampled_from([0.0, -0.0, 1.0, 2.5, 9007199254740993, 9007199254740992.0]),
    st.text(alphabet="aAbB é\udc80 ", max_size=4),
    st.binary(max_size=3),
)


@functools.cache
def user_collation() -> Collation:
    class Backwards(Collation):
        def compare(self, a: str, b: str) -> int:
            return (a < b) - (a > b)

    return Backwards("backwards")


fields = st.tuples(st.sampled_from([BINARY, NOCASE, RTRIM, user_collation()]), st.booleans(), st.booleans())


def make_keys(drawn: list[tuple[Collation, bool, bool]]) -> KeyInfo:
    return KeyInfo([f[0] for f in drawn], [f[1] for f in drawn], [f[2] for f in drawn])


def make_host() -> Host:
    return SchemaHost()


@given(
    st.lists(st.lists(values, min_size=2, max_size=2), max_size=60), st.lists(fields, min_size=1, max_size=2)
)
@pytest.mark.parametrize("budget", [SMALL, 10**9])
def test_the_sorter_orders_as_keys_compare(
    budget: int, rows: list[list[Value]], drawn: list[tuple[Collation, bool, bool]]
) -> None:
    keys = make_keys(drawn)
    sorter = Sorter(make_host(), budget, keys, len(drawn))
    numbered: list[list[Value]] = [[*row, i] for i, row in enumerate(rows)]
    for row in numbered:
        sorter.add(tuple(row))
    sorter.sort()
    result = []
    while (row_out := sorter.take()) is not None:
        result.append(row_out)

    def compare(a: list[Value], b: list[Value]) -> int:
        return keys.compare(a[: len(drawn)], b[: len(drawn)])

    order = functools.cmp_to_key(compare)
    assert [row[2] for row in result] == [row[2] for row in sorted(numbered, key=order)]
    sorter.close()


def test_the_sorter_spills_and_stays_within_its_budget() -> None:
    sorter = Sorter(make_host(), 50_000, KeyInfo([BINARY], [False]), 1)
    for i in range(5000):
        sorter.add(((i * 7919) % 5000, "x" * 20))
    assert sorter.runs > 5
    sorter.sort()
    assert [sorter.take() for _ in range(3)] == [(0, "x" * 20), (1, "x" * 20), (2, "x" * 20)]
    sorter.close()


def test_many_runs_are_merged_into_fewer_first() -> None:
    sorter = Sorter(make_host(), SMALL, KeyInfo([BINARY], [True]), 1)
    rows = [((i * 7919) % 50, i, "x" * (i % 40)) for i in range(5000)]
    for row in rows:
        sorter.add(row)
    assert sorter.runs > 2 * FAN_IN
    sorter.sort()
    assert 1 < sorter.runs <= FAN_IN
    sorted_rows = []
    while (row_out := sorter.take()) is not None:
        sorted_rows.append(row_out)
    assert sorted_rows == sorted(rows, key=lambda row: row[0], reverse=True)
    sorter.close()


def test_sorting_in_a_program(run: Run) -> None:
    rows = run("""
        SorterOpen c0, 2, k(-B), 1
        Integer 1, r1
        Integer 10, r2
        SorterPut c0, r1, 2
        Integer 2, r1
        Integer 20, r2
        SorterPut c0, r1, 2
        SorterSort c0, end
    loop:
        Column c0, 1, r5
        Column c0, 0, r6
        ResultRow r5, 2
        SorterNext c0, loop
    end:
        Halt
    """)
    assert rows == [(20, 2), (10, 1)]


def test_an_empty_sorter(run: Run) -> None:
    assert run("SorterOpen c0, 1, k(B)\nSorterSort c0, end\nend:\nHalt") == []


def test_sorter_compare(run: Run) -> None:
    rows = run("""
        SorterOpen c0, 1, k(NOCASE), 1
        String8 "a", r1
        SorterPut c0, r1, 1
        SorterSort c0, end
        String8 "A", r1
        MakeRecord r1, 1, r2
        SorterCompare c0, differs, r2, 1
        ResultRow r1, 1
        Null r1
        MakeRecord r1, 1, r2
        SorterCompare c0, differs, r2, 1
        Halt
    differs:
        ResultRow r1, 1
    end:
        Halt
    """)
    assert rows == [("A",), (None,)]


# An ephemeral index does what an index in a file does.
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["insert", "insert", "insert", "find", "seek", "first", "last", "next", "previous", "delete"]
        ),
        st.lists(
            st.one_of(st.integers(0, 5), st.sampled_from(["a", "A", "b", None, 2.0])), min_size=2, max_size=2
        ),
        st.integers(1, 2),
        st.sampled_from([-1, 0, 1]),
    ),
    max_size=40,
)


@settings(max_examples=60)
@given(steps, st.sampled_from([BINARY, NOCASE]), st.sampled_from([400, 10**9]))
def test_an_ephemeral_index_is_an_index(
    script: list[tuple[str, list[Value], int, int]], collation: Collation, budget: int
) -> None:
    host = make_host()
    keys = KeyInfo([collation, BINARY], [False, False])
    database = host.attached.ephemeral()
    stored = StoredIndex(database, database.index_cursor(database.create_tree(True), keys, True))
    ours = EphemeralIndex(host.attached.ephemeral, budget, keys)
    for step, key, prefix, bias in script:
        if step == "insert":
            for index in (stored, ours):
                if not index.find(list(key)):
                    index.insert(Record(list(key)), False)
            continue
        if step == "find":
            if prefix == 1:
                assert ours.find_one(key[0]) == stored.find_one(key[0]) == stored.find(key[:1])
            assert ours.find(key[:prefix]) == stored.find(key[:prefix])
            if not stored.find(key[:prefix]):
                continue
        elif step == "seek":
            if bias == 0:
                continue
            at, back = stored.seek(key[:prefix], bias), ours.seek(key[:prefix], bias)
            assert stored.is_valid() == ours.is_valid()
            if not stored.is_valid():
                continue
            # Either neighbour of the key's place will do.
            if at < 0 < back:
                stored.next()
            elif back < 0 < at:
                stored.previous()
        elif step in ("next", "previous", "delete"):
            if not (stored.is_valid() and ours.is_valid()):
                continue
            if stored.row(2) != ours.row(2):
                continue
            if step == "delete":
                stored.delete()
                ours.delete()
                assert ours.next() == stored.next()
            elif step == "next":
                assert ours.next() == stored.next()
            else:
                assert ours.previous() == stored.previous()
        elif step == "first":
            assert ours.first() == stored.first()
        else:
            assert ours.last() == stored.last()
        if stored.is_valid() and ours.is_valid() and not (step == "find" and prefix == 1):
            assert ours.row(2) == stored.row(2)
            assert (ours.compare(key) > 0) == (stored.compare(key) > 0)
        assert ours.count() == stored.count()


@pytest.mark.parametrize("budget", [500, 10**9])
def test_an_ephemeral_table(budget: int) -> None:
    host = make_host()
    table = EphemeralTable(host.attached.ephemeral, budget)
    for i in range(1, 51):
        table.insert(table.last_rowid() + 1, Record([i, f"row {i}"]), True)
    other = table.duplicate()
    assert table.first()
    assert other.last()
    assert (table.row(2), other.row(3)) == ([1, "row 1"], [50, "row 50", None])
    assert table.next()
    assert (table.rowid(), other.rowid(), table.count()) == (2, 50, 50)
    assert table.seek_exact(25)
    table.insert(25, Record([25, "changed"]), False)
    assert table.seek_exact(25)
    assert table.column(1) == "changed"
    assert table.seek(1000) < 0
    assert table.seek(-5) > 0
    table.clear()
    assert not table.first()
    other.close()
    table.close()


@pytest.mark.parametrize("budget", [500, 10**9])
def test_rows_that_were_found_come_in_the_order_of_their_rowids(budget: int) -> None:
    table = FoundRows(make_host().attached.ephemeral, budget)
    assert not table.first()
    for i in range(50):
        table.insert(i * 37 % 50 - 20, Record([i]), False)
    table.insert(-20, Record(["again"]), False)
    found = []
    more = table.first()
    while more:
        found.append((table.rowid(), table.row(1)[0]))
        more = table.next()
    assert [rowid for rowid, _ in found] == list(range(-20, 30))
    assert found[0] == (-20, "again")
    assert found[1] == (-19, 23)
    table.close()


@pytest.mark.parametrize("budget", [500, 10**9])
@pytest.mark.parametrize("step", [1, 37])
def test_rowids_that_were_found_come_in_order_and_once(budget: int, step: int) -> None:
    table = FoundRows(make_host().attached.ephemeral, budget)
    for i in [*range(50), 0, 7]:
        table.find(i * step % 50 - 20)
    found = []
    more = table.first()
    while more:
        found.append(table.rowid())
        more = table.next()
    assert found == list(range(-20, 30))
    table.close()


@pytest.mark.parametrize("budget", [500, 10**9])
def test_an_ephemeral_table_as_a_queue(budget: int) -> None:
    """What a recursive query does: take the first row, delete it, append others."""
    table = EphemeralTable(make_host().attached.ephemeral, budget)
    table.insert(1, Record([1]), True)
    taken = []
    while table.first():
        value = table.column(0)
        assert isinstance(value, int)
        taken.append(value)
        table.delete()
        if value < 100:
            for child in (2 * value, 2 * value + 1):
                table.insert(table.last_rowid() + 1, Record([child]), False)
    assert taken == list(range(1, 200))


def test_distinct_in_a_program(run: Run) -> None:
    rows = run("""
        OpenEphemeral c0, 1, k(NOCASE)
        String8 "a", r1
        Gosub r9, put
        String8 "A", r1
        Gosub r9, put
        String8 "b", r1
        Gosub r9, put
        Count c0, r2
        ResultRow r2, 1
        Halt
    put:
        Found c0, seen, r1, 1
        MakeRecord r1, 1, r3
        IdxInsert c0, r3
        ResultRow r1, 1
    seen:
        Return r9
    """)
    assert rows == [("a",), ("b",), (2,)]


@given(st.lists(st.integers(0, 50), max_size=400), st.integers(1, 20), st.booleans())
def test_a_limited_sorter_gives_the_first_rows(column: list[int], limit: int, descending: bool) -> None:
    keys = KeyInfo([BINARY], [descending])
    sorter = Sorter(make_host(), 10**9, keys, 1, limit)
    everything: list[tuple[Value, ...]] = [(value, i) for i, value in enumerate(column)]
    for row in everything:
        sorter.add(tuple(row))
    sorter.sort()
    taken = [sorter.take() for _ in range(min(limit, len(column)))]
    assert taken == sorted(everything, key=lambda row: row[0], reverse=descending)[: len(taken)]  # type: ignore[arg-type,return-value]


def test_a_limit_keeps_memory_small(run: Run) -> None:
    rows = run("""
        Integer 3, r1
        SorterOpen c0, 1, k(B), 1, r1
        Integer 5000, r2
    fill:
        SorterPut c0, r2, 1
        DecrJumpZero r2, filled
        Goto fill
    filled:
        SorterSort c0, end
    loop:
        ResultColumns c0, (0,)
        DecrJumpZero r1, end
        SorterNext c0, loop
    end:
        Halt
    """)
    assert rows == [(1,), (2,), (3,)]


INTEGERS: list[Callable[[random.Random], Value]] = [
    lambda rng: rng.randrange(5),
    lambda rng: rng.randrange(-1000, 1000),
    lambda rng: rng.randrange(-(10**9), 10**9),
    lambda rng: rng.randrange(-(2**60), 2**60),
    lambda rng: rng.randrange(-(2**63), 2**63),
    lambda rng: rng.choice([None, 1, -7, 2.5, 3.0, "x", b"y", 10**12]),
]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("draw", INTEGERS)
def test_many_integers(draw: Callable[[random.Random], Value], descending: bool) -> None:
    rng = random.Random(5)
    keys = KeyInfo([BINARY], [descending])

    def order(a: tuple[Value, ...], b: tuple[Value, ...]) -> int:
        return keys.compare_field(0, a[0], b[0])

    for count in (WORTHWHILE - 1, WORTHWHILE, 3000):
        rows: list[tuple[Value, ...]] = [(draw(rng), i) for i in range(count)]
        expected = sorted(rows, key=functools.cmp_to_key(order))
        assert sort_rows(list(rows), keys, 1) == expected
        assert sort_rows(list(expected), keys, 1) == expected


@pytest.mark.parametrize("offset", [0, 1, 7, 9223372036854775807])
@pytest.mark.parametrize("limit", [9223372036854775807, 9223372036854775806, 1 << 62, 1 << 33])
def test_limits_beyond_all_memory(limit: int, offset: int) -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a)")
    connection.executemany("insert into t values (?)", [(i * 7 % 50,) for i in range(50)])
    wanted = [(i,) for i in range(50)][offset:]
    query = "select a from t order by a limit"
    assert connection.execute(f"{query} {limit} offset {offset}").fetchall() == wanted
    assert connection.execute(f"{query} ? offset ?", (limit, offset)).fetchall() == wanted
    if offset == 0:
        assert connection.execute(f"{query} ?", (limit,)).fetchall() == wanted
