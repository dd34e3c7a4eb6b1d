"""Moves, seeks and changes of cursors, and cursors that share a tree."""

from __future__ import annotations

import pytest
from harness.trees import PLAIN, entries, entries_backwards, memory_database, table_rows

from foundrydb.storage.format.record import encode
from foundrydb.storage.format.values import BINARY, NOCASE, KeyInfo, Value
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database, ephemeral
from foundrydb.storage.tree.table_cursor import TableCursor


@pytest.fixture
def database() -> Database:
    return memory_database()


def filled(database: Database, rowids: range, size: int = 20) -> TableCursor:
    cursor = database.table_cursor(database.create_tree(False), True)
    for rowid in rowids:
        cursor.insert(rowid, encode([None, rowid, "x" * size]), True)
    return cursor


def test_an_empty_tree(database: Database) -> None:
    cursor = database.table_cursor(database.create_tree(False))
    assert not cursor.first() and not cursor.last()
    assert not cursor.next() and not cursor.previous()
    assert cursor.seek(5) < 0 and not cursor.valid
    assert not cursor.seek_exact(5)
    assert cursor.count() == cursor.estimate() == cursor.last_rowid() == 0
    index = database.index_cursor(database.create_tree(True), PLAIN)
    assert index.seek([5]) < 0 and not index.valid and not index.first()


def test_a_file_of_no_bytes_has_an_empty_schema_table() -> None:
    database = Database(Pager(MemoryVFS(), "empty.db"))
    database.begin_read()
    cursor = database.table_cursor(1)
    assert not cursor.first() and cursor.count() == 0


def test_moves_both_ways_through_three_levels(database: Database) -> None:
    cursor = filled(database, range(0, 6000, 2))
    assert list(table_rows(cursor)) == list(range(0, 6000, 2))
    assert [row[1] for row in entries_backwards(cursor)] == list(range(5998, -2, -2))
    assert cursor.count() == 3000
    assert 1000 < cursor.estimate() < 9000
    assert cursor.last_rowid() == 5998


def test_seeks(database: Database) -> None:
    cursor = filled(database, range(0, 2000, 2))
    for rowid in range(-1, 2001):
        where = cursor.seek(rowid)
        assert cursor.valid
        if where == 0:
            assert cursor.rowid() == rowid and rowid % 2 == 0
        else:
            assert (cursor.rowid() > rowid) == (where > 0)
            assert rowid % 2 or rowid == 2000
            assert abs(int(cursor.rowid()) - rowid) <= 2
    cursor.seek(1000)
    assert cursor.seek(10) == 0 and cursor.rowid() == 10


def test_many_seeks_within_one_page_are_no_circle() -> None:
    cursor = filled(memory_database(4096), range(60))
    assert cursor.first()
    assert all(cursor.seek_exact(rowid) for rowid in range(60))


def test_extreme_rowids(database: Database) -> None:
    cursor = database.table_cursor(database.create_tree(False), True)
    rowids = [2**63 - 1, -(2**63), 0, -1, 1, 2**56, -(2**56)]
    for rowid in rowids:
        cursor.insert(rowid, encode([rowid]))
    assert list(table_rows(cursor)) == sorted(rowids)
    assert all(cursor.seek_exact(rowid) for rowid in rowids)


def test_inserting_replaces(database: Database) -> None:
    cursor = filled(database, range(300))
    cursor.insert(100, encode(["other " * 500]))
    assert cursor.rowid() == 100 and cursor.column(0) == "other " * 500
    cursor.insert(100, encode(["small"]))
    assert cursor.row(3) == ["small", None, None]
    assert cursor.column_count() == 1 and cursor.column(1) is None
    assert cursor.count() == 300


def test_an_append_that_is_none_goes_to_its_place(database: Database) -> None:
    cursor = filled(database, range(0, 500, 2))
    cursor.insert(101, encode([101]), True)
    assert list(table_rows(cursor)) == sorted([*range(0, 500, 2), 101])


@pytest.mark.parametrize("size", [0, 10, 400, 477, 478, 2000, 100_000])
def test_payloads_of_all_sizes(database: Database, size: int) -> None:
    cursor = filled(database, range(20), size)
    for rowid in range(20):
        assert cursor.seek_exact(rowid)
        assert cursor.column(1) == rowid
        assert cursor.column(2) == "x" * size
        assert cursor.column(0) is None
        assert cursor.row(4) == [None, rowid, "x" * size, None]
        assert cursor.payload() == encode([None, rowid, "x" * size])
        assert cursor.payload_size() == len(cursor.payload())


def test_columns_of_a_long_record_in_any_order(database: Database) -> None:
    values: list[Value] = [i if i % 3 else "y" * i for i in range(300)]
    cursor = database.table_cursor(database.create_tree(False), True)
    cursor.insert(1, encode(values))
    for i in [299, 0, 150, 149, 151, 7, 298]:
        assert cursor.column(i) == values[i]
    assert [cursor.column(i) for i in range(300)] == values
    assert cursor.column_count() == 300 and cursor.column(300) is None


def test_deleting_while_scanning_forwards(database: Database) -> None:
    cursor = filled(database, range(3000))
    found = cursor.first()
    while found:
        if cursor.rowid() % 3:
            cursor.delete()
            assert not cursor.valid and cursor.column(0) is None
        found = cursor.next()
    assert list(table_rows(cursor)) == list(range(0, 3000, 3))


def test_deleting_while_scanning_backwards(database: Database) -> None:
    cursor = filled(database, range(3000))
    seen = []
    found = cursor.last()
    while found:
        seen.append(cursor.rowid())
        cursor.delete()
        found = cursor.previous()
    assert seen == list(range(2999, -1, -1))
    assert cursor.count() == 0


def test_freed_pages_are_used_again(database: Database) -> None:
    cursor = filled(database, range(2000))
    pages = database.pager.page_count
    assert database.clear_tree(cursor.tree.root) == 2000
    assert database.freelist.count() > pages - 5
    assert not cursor.next() and not cursor.first()
    for rowid in range(2000):
        cursor.insert(rowid, encode([None, rowid, "x" * 20]))
    assert database.pager.page_count <= pages + 1
    database.drop_tree(cursor.tree.root)
    assert database.freelist.count() >= pages - 5


def test_cursors_on_one_tree_see_each_others_changes(database: Database) -> None:
    writer = filled(database, range(0, 2000, 2))
    reader = database.table_cursor(writer.tree.root)
    seen = []
    found = reader.first()
    while found:
        rowid = reader.rowid()
        seen.append(rowid)
        if rowid % 2 == 0:
            writer.insert(rowid + 1, encode(["new"]))
        if rowid % 10 == 0 and writer.seek_exact(rowid):
            writer.delete()
            assert reader.column(1) is None and not reader.valid
        found = reader.next()
    assert seen == list(range(2000))
    reader.close()
    writer.close()


def test_a_cursor_whose_row_goes_away_moves_to_the_neighbours(database: Database) -> None:
    writer = filled(database, range(100))
    reader = database.table_cursor(writer.tree.root)
    for step, expected in (("next", 51), ("previous", 49)):
        writer.insert(50, encode([50]))
        reader.seek(50)
        writer.seek(50)
        writer.delete()
        assert reader.next() if step == "next" else reader.previous()
        assert reader.rowid() == expected


def test_a_rollback_under_a_cursor(database: Database) -> None:
    cursor = filled(database, range(100))
    savepoint = database.savepoint()
    cursor.seek(60)
    for rowid in range(50, 90):
        cursor.seek(rowid)
        cursor.delete()
    cursor.seek(95)
    database.rollback_to(savepoint)
    assert cursor.previous() and cursor.rowid() == 94
    assert list(table_rows(cursor)) == list(range(100))


def test_index_order_and_bias(database: Database) -> None:
    info = KeyInfo([NOCASE, BINARY], [False, True])
    cursor = database.index_cursor(database.create_tree(True), info, True)
    for rowid in range(3000):
        cursor.insert(encode([f"{'kK'[rowid % 2]}{rowid % 50:02}", rowid]))
    keys = entries(cursor)
    assert keys == sorted(keys, key=lambda row: (str(row[0]).lower(), -int(str(row[1]))))
    assert entries_backwards(cursor) == keys[::-1]
    assert cursor.count() == 3000
    for number in range(50):
        key: list[Value] = [f"K{number:02}"]
        assert cursor.seek(key) == 0 and cursor.compare(key) == 0
        if cursor.seek(key, 1) < 0:
            assert cursor.next()
        assert cursor.row(2) == keys[number * 60]
        assert cursor.last_integer() == keys[number * 60][1]
        if cursor.seek(key, -1) > 0:
            assert cursor.previous()
        assert cursor.row(2) == keys[number * 60 + 59]
        assert cursor.compare(["k24"]) == (number > 24) - (number < 24)
    assert cursor.seek(["k07", 7]) == 0
    assert cursor.seek(["k07", 8]) != 0


def test_index_keys_of_all_classes(database: Database) -> None:
    values: list[Value] = [None, -(2**63), -1.5, 0, 0.5, 1, 2**53, float(2**53) + 2, 2**63 - 1, 1e300]
    values += ["", "a", "b" * 1000, "b" * 1001, "é", b"", b"a", b"\xff" * 2000]
    cursor = database.index_cursor(database.create_tree(True), PLAIN, True)
    for value in reversed(values):
        cursor.insert(encode([value]))
    assert [row[0] for row in entries(cursor)] == values
    for i, value in enumerate(values):
        assert cursor.seek([value]) == 0 and cursor.column(0) == value
        cursor.first()
        for _ in range(i):
            assert cursor.compare([value]) < 0
            cursor.next()
    assert cursor.seek([float(2**53)]) == 0 and cursor.column(0) == 2**53
    assert cursor.seek([float(2**63)]) < 0 or cursor.column(0) == 1e300


def test_deleting_from_an_index_with_long_keys(database: Database) -> None:
    cursor = database.index_cursor(database.create_tree(True), PLAIN, True)
    keys = [f"{i * 7919 % 1000:04}" + "k" * (i % 7 * 150) for i in range(1000)]
    for key in keys:
        cursor.insert(encode([key]))
    for key in keys[::2]:
        assert cursor.seek([key]) == 0
        cursor.delete()
    assert [row[0] for row in entries(cursor)] == sorted(keys[1::2])
    found = cursor.first()
    while found:
        cursor.delete()
        found = cursor.next()
    assert cursor.count() == 0


def test_inserting_an_equal_entry_replaces_it(database: Database) -> None:
    cursor = database.index_cursor(database.create_tree(True), KeyInfo([NOCASE], [False]), True)
    cursor.insert(encode(["abc"]))
    cursor.insert(encode(["ABC"]))
    assert entries(cursor) == [["ABC"]]


def test_ephemeral_databases() -> None:
    database = ephemeral(MemoryVFS())
    cursor = filled(database, range(5000))
    other = filled(database, range(10))
    assert cursor.count() == 5000 and other.count() == 10
    database.close()
