"""What is kept in memory, and what is let go: connections, large schemas, long scripts."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import foundrydb
from foundrydb.compiler.schema.schema import Schema
from foundrydb.engine.engine import Engine

TABLES = 500
COLUMNS = "id integer primary key, a int not null, b text default 'x', c real, unique (a, b)"


@contextmanager
def traced() -> Iterator[None]:
    """Memory is traced, and nothing but reference counts gives it back."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()
        gc.enable()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("memory") / "large.db"
    connection = foundrydb.connect(path)
    connection.executescript("".join(f"create table t{i}({COLUMNS});\n" for i in range(TABLES)))
    connection.close()
    return path


def use(path: Path) -> None:
    connection = foundrydb.connect(path)
    assert connection.execute("select count(*) from t7").fetchall() == [(0,)]
    connection.close()


def test_a_closed_connection_is_not_kept_by_itself(large: Path) -> None:
    use(large)
    gc.collect()
    gc.disable()
    try:
        before = [id(each) for each in gc.get_objects() if isinstance(each, (Engine, Schema))]
        use(large)
        left = [each for each in gc.get_objects() if isinstance(each, (Engine, Schema))]
        assert [each for each in left if id(each) not in before] == []
    finally:
        gc.enable()


def test_a_table_that_nobody_asks_for_takes_little_memory(large: Path) -> None:
    use(large)
    with traced():
        before, _ = tracemalloc.get_traced_memory()
        connection = foundrydb.connect(large)
        connection.execute("pragma cache_size = 1")
        assert connection.execute("select count(*) from t7").fetchall() == [(0,)]
        after, _ = tracemalloc.get_traced_memory()
        connection.close()
    # Two rows of the schema for each table, and what a connection takes anyway.
    assert after - before < TABLES * 900 + 200_000


def test_a_long_script_is_not_copied_again_and_again() -> None:
    statements = [f"select '{i:06}{'x' * 5000}';\n" for i in range(400)]
    script = "".join(statements)
    connection = foundrydb.connect(":memory:")
    connection.executescript("".join(statements[:5]))
    with traced():
        before, _ = tracemalloc.get_traced_memory()
        connection.executescript(script)
        after, peak = tracemalloc.get_traced_memory()
    assert peak - before < 2.3 * len(script)
    assert after - before < 0.2 * len(script)
    connection.close()
