"""B-trees against a dict and a sorted list, and against SQLite's integrity_check of the file that comes out."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from harness.trees import (
    PLAIN,
    entries,
    entries_backwards,
    memory_database,
    open_database,
    root_pages,
    sqlite_check,
    table_rows,
)
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from foundrydb.storage.check.integrity import integrity_check
from foundrydb.storage.format.record import decode, decode_fields, encode
from foundrydb.storage.format.values import (
    BINARY,
    NOCASE,
    RTRIM,
    UTF8,
    UTF16BE,
    UTF16LE,
    Collation,
    KeyInfo,
    Value,
)
from foundrydb.storage.format.varint import encode_varint, read_varint, varint_end, varint_size
from foundrydb.storage.tree.search_key import SearchKey

INTEGERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text() | st.binary().map(lambda data: data.decode("utf-8", "surrogateescape"))
REALS = st.floats(allow_nan=False)
VALUES = st.none() | INTEGERS | st.integers(-2, 300) | REALS | TEXTS | st.binary()
ROWIDS = st.integers(-5, 60) | st.integers(0, 2000) | INTEGERS


@given(INTEGERS)
def test_varint_round_trip(value: int) -> None:
    data = encode_varint(value)
    assert 1 <= len(data) <= 9
    assert read_varint(data, 0) == value
    assert varint_end(data, 0) == varint_size(value) == len(data)


@given(st.lists(VALUES, max_size=200), st.sampled_from([UTF8, UTF16LE, UTF16BE]), st.integers(1, 4))
def test_record_round_trip(values: list[Value], encoding: int, schema_format: int) -> None:
    if encoding != UTF8:
        values = [value for value in values if not isinstance(value, str)] + ["aé€😀"]
    record = encode(values, encoding, schema_format)
    again = decode(record, encoding)
    assert again == values
    assert [type(value) for value in again] == [type(value) for value in values]
    assert decode_fields(b"xx" + record + b"yy", 2, len(record), 3, encoding) == values[:3]


SIMILAR = (
    st.none() | st.integers(-2, 2) | st.sampled_from([0.5, -0.0, 1.0, 1e18]) | st.text("aA b\0", max_size=3)
)
KEYS = st.lists(SIMILAR | VALUES, min_size=1, max_size=4)


@given(KEYS, KEYS, st.lists(st.sampled_from([BINARY, NOCASE, RTRIM]), max_size=4), st.data())
def test_keys_compare_with_records_as_with_values(
    a: list[Value], b: list[Value], collations: list[Collation], data: st.DataObject
) -> None:
    flags = st.lists(st.booleans(), min_size=len(collations), max_size=len(collations))
    info = KeyInfo(collations, data.draw(flags), data.draw(flags))
    record = encode(a)
    order = SearchKey(b[: len(a)], info, UTF8).compare(record, 0, len(record))
    expected = info.compare(a, b)
    assert (order > 0) - (order < 0) == (expected > 0) - (expected < 0)


class TableTree(RuleBasedStateMachine):
    """A table tree on tiny pages, two cursors and savepoints, against a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.database = memory_database(512)
        root = self.database.create_tree(False)
        self.root = root
        self.cursor = self.database.table_cursor(root, True)
        self.other = self.database.table_cursor(root, True)
        self.model: dict[int, list[Value]] = {}
        self.saved: list[tuple[int, dict[int, list[Value]]]] = []

    @initialize(count=st.integers(0, 200), size=st.sampled_from([0, 30, 200, 600]))
    def fill(self, count: int, size: int) -> None:
        for rowid in range(count):
            self.model[rowid * 3] = [rowid, b"x" * size]
            self.cursor.insert(rowid * 3, encode(self.model[rowid * 3]), True)

    @rule(rowid=ROWIDS, size=st.sampled_from([0, 1, 50, 450, 477, 478, 480, 3000]), first=st.booleans())
    def insert(self, rowid: int, size: int, first: bool) -> None:
        self.model[rowid] = [rowid, b"y" * size]
        cursor = self.cursor if first else self.other
        cursor.insert(rowid, encode(self.model[rowid]))
        assert cursor.rowid() == rowid and cursor.column(1) == b"y" * size

    @rule(rowid=ROWIDS, first=st.booleans())
    def delete(self, rowid: int, first: bool) -> None:
        cursor = self.cursor if first else self.other
        if cursor.seek_exact(rowid):
            assert cursor.row(2) == self.model.pop(rowid)
            cursor.delete()
        else:
            assert rowid not in self.model

    @rule(rowid=ROWIDS, count=st.integers(1, 150), forwards=st.booleans())
    def delete_run(self, rowid: int, count: int, forwards: bool) -> None:
        where = self.cursor.seek(rowid)
        if not self.cursor.valid:
            return
        expected = [key for key in sorted(self.model, reverse=not forwards)]
        start = self.cursor.rowid()
        assert where == 0 or start != rowid
        expected = expected[expected.index(start) :][:count]
        for key in expected:
            assert self.cursor.rowid() == key
            self.cursor.delete()
            del self.model[key]
            if not (self.cursor.next() if forwards else self.cursor.previous()):
                break

    @rule(rowid=ROWIDS)
    def seek(self, rowid: int) -> None:
        where = self.other.seek(rowid)
        keys = sorted(self.model)
        if not keys:
            assert not self.other.valid
        elif where == 0:
            assert self.other.rowid() == rowid
        else:
            assert rowid not in self.model
            below = [key for key in keys if key < rowid]
            expected = below[-1] if where < 0 else keys[len(below)]
            assert self.other.rowid() == expected

    @precondition(lambda self: len(self.saved) < 3)
    @rule()
    def savepoint(self) -> None:
        self.saved.append((self.database.savepoint(), dict(self.model)))

    @precondition(lambda self: self.saved)
    @rule(release=st.booleans())
    def end_savepoint(self, release: bool) -> None:
        identifier, model = self.saved.pop()
        if not release:
            self.database.rollback_to(identifier)
            self.model = model
        self.database.release(identifier)

    @precondition(lambda self: not self.saved)
    @rule()
    def clear(self) -> None:
        assert self.database.clear_tree(self.root) == len(self.model)
        self.model.clear()

    @invariant()
    def rows_are_the_models(self) -> None:
        reader = self.database.table_cursor(self.root)
        rows = table_rows(reader)
        assert rows == self.model and list(rows) == sorted(self.model)
        assert reader.count() == len(rows)
        reader.close()
        assert integrity_check(self.database, [1, self.root], 10) == []


TestTableTree = TableTree.TestCase


class IndexTree(RuleBasedStateMachine):
    """An index tree on tiny pages, against a set."""

    def __init__(self) -> None:
        super().__init__()
        self.database = memory_database(512)
        self.root = self.database.create_tree(True)
        self.cursor = self.database.index_cursor(self.root, PLAIN, True)
        self.other = self.database.index_cursor(self.root, PLAIN, True)
        self.model: set[bytes] = set()

    @initialize(count=st.integers(0, 150), size=st.sampled_from([4, 60, 120, 600]))
    def fill(self, count: int, size: int) -> None:
        for i in range(count):
            self.insert(b"%04d" % (i * 37 % 1000), size, True)

    @rule(
        key=st.binary(max_size=3),
        size=st.sampled_from([0, 20, 100, 102, 103, 104, 1500]),
        first=st.booleans(),
    )
    def insert(self, key: bytes, size: int, first: bool) -> None:
        key += b"k" * size
        cursor = self.cursor if first else self.other
        cursor.insert(encode([key]))
        self.model.add(key)
        assert cursor.column(0) == key

    @rule(key=st.binary(max_size=3), count=st.integers(1, 100), forwards=st.booleans())
    def delete_run(self, key: bytes, count: int, forwards: bool) -> None:
        self.cursor.seek([key], 1)
        if not self.cursor.valid:
            assert not self.model
            return
        keys = sorted(self.model, reverse=not forwards)
        start = self.cursor.column(0)
        assert isinstance(start, bytes)
        for expected in keys[keys.index(start) :][:count]:
            assert self.cursor.column(0) == expected
            self.cursor.delete()
            self.model.remove(expected)
            if not (self.cursor.next() if forwards else self.cursor.previous()):
                break

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def move_while_the_other_changes(self, data: st.DataObject) -> None:
        keys = sorted(self.model)
        place = data.draw(st.integers(0, len(keys) - 1))
        assert self.other.seek([keys[place]]) == 0
        self.insert(data.draw(st.binary(max_size=2)), 110, True)
        if self.cursor.seek([keys[place]]) == 0 and data.draw(st.booleans()):
            self.cursor.delete()
            self.model.remove(keys[place])
        following = [key for key in sorted(self.model) if key > keys[place]]
        assert self.other.next() == bool(following)
        if following:
            assert self.other.column(0) == following[0]

    @invariant()
    def entries_are_the_models(self) -> None:
        reader = self.database.index_cursor(self.root, PLAIN)
        keys: list[list[Value]] = [[key] for key in sorted(self.model)]
        assert entries(reader) == keys
        assert entries_backwards(reader) == keys[::-1]
        assert reader.count() == len(keys)
        reader.close()
        assert integrity_check(self.database, [1, self.root], 10) == []


TestIndexTree = IndexTree.TestCase


@pytest.mark.parametrize("page_size", [512, 1024, 4096, 65536])
@pytest.mark.parametrize("auto_vacuum", [0, 1, 2])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_sqlite_accepts_what_is_written(
    tmp_path: Path, page_size: int, auto_vacuum: int, encoding: str
) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        f"pragma page_size = {page_size}; pragma auto_vacuum = {auto_vacuum}; pragma encoding = '{encoding}';"
        "create table t(a, b); create index i on t(a);"
    )
    connection.close()
    roots = root_pages(path)
    rng = random.Random(f"{page_size} {auto_vacuum} {encoding}")
    rows: dict[int, str] = {}
    for _ in range(4):
        database = open_database(path, write=True)
        table = database.table_cursor(roots["t"], True)
        index = database.index_cursor(roots["i"], PLAIN, True)
        for _ in range(250):
            rowid = rng.randrange(600)
            if table.seek_exact(rowid):
                assert index.seek([rows[rowid], rowid]) == 0
                index.delete()
                if rng.random() < 0.6:
                    table.delete()
                    del rows[rowid]
                    continue
            rows[rowid] = "é" * rng.choice([0, 3, 60, 300, 3000]) + str(rng.randrange(1000))
            table.insert(rowid, database.encode_record([rows[rowid], rowid]))
            index.insert(database.encode_record([rows[rowid], rowid]))
        database.commit()
        if auto_vacuum == 1:
            assert database.freelist.count() == 0
        database.close()
        assert sqlite_check(path) == ["ok"]
        connection = sqlite3.connect(path)
        assert dict(connection.execute("select b, a from t")) == rows
        connection.close()


def test_roots_of_auto_vacuum_files_stay_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.executescript("pragma page_size = 512; pragma auto_vacuum = 2; create table t0(a)")
    connection.close()
    rng = random.Random(5)
    database = open_database(path, write=True)
    schema = database.table_cursor(1, True)
    roots = {"t0": root_pages(path)["t0"]}
    for step in range(120):
        name = f"t{step + 1}"
        if rng.random() < 0.6 or len(roots) < 2:
            roots[name] = database.create_tree(False)
            sql = f"CREATE TABLE {name}(a)"
            schema.insert(schema.last_rowid() + 1, encode(["table", name, name, roots[name], sql]))
            cursor = database.table_cursor(roots[name], True)
            for rowid in range(rng.choice([0, 5, 60])):
                cursor.insert(rowid, encode(["z" * rng.choice([5, 100, 1500])]))
            cursor.close()
        else:
            dropped = rng.choice(list(roots))
            root = roots.pop(dropped)
            moved = database.drop_tree(root)
            for other in roots:
                if roots[other] == moved:
                    roots[other] = root
            found = schema.first()
            while found:
                row = schema.row(5)
                if row[1] == dropped:
                    schema.delete()
                elif row[3] == moved:
                    row[3] = root
                    schema.insert(schema.rowid(), encode(row))
                found = schema.next()
        if step % 7 == 0:
            database.incremental_vacuum(rng.choice([3, -1]))
        if step % 10 == 9:
            database.commit()
            assert sqlite_check(path) == ["ok"]
            assert root_pages(path) == roots
            database.begin_write()
    database.close()
