"""TPC-H's 22 queries on a small scale: FoundryDB answers as SQLite does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

import foundrydb
from tpch.bench import QUERIES, answer, load, same
from tpch.data import Data

SCALE = 0.0005


@pytest.fixture(scope="module")
def reference() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    load(connection, SCALE)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def engine() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    load(connection, SCALE)
    yield connection
    connection.close()


@pytest.mark.parametrize("name", QUERIES)
def test_query_answers_as_sqlite(
    name: str, engine: foundrydb.Connection, reference: sqlite3.Connection
) -> None:
    assert same(answer(engine, name, SCALE), answer(reference, name, SCALE))


def test_most_queries_find_something(reference: sqlite3.Connection) -> None:
    found = [name for name in QUERIES if answer(reference, name, SCALE)]
    assert len(QUERIES) == 22
    assert len(found) >= 16


def test_rows_follow_from_the_seed() -> None:
    one, other, third = (dict(Data(0.0001, seed).tables()) for seed in (1, 1, 2))
    assert one == other
    assert one != third
    assert len(one["nation"]) == 25
    assert len(one["orders"]) == 10 * len(one["customer"])


def test_answers_are_compared_row_by_row() -> None:
    assert same([(1, 0.1 + 0.2)], [(1, 0.3)])
    assert not same([(1,), (2,)], [(2,), (1,)])
    assert not same([(1,)], [(1.0,)])
