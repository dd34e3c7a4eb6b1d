"""A transaction of SQL over the databases of a connection: after a loss of power all files have it, or none, whoever
opens them.
"""

from __future__ import annotations

import contextlib
import os
import random
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
from harness.disk import Disk

import foundrydb
from crash.losses import losses

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))
NAMES = ("one", "two")


def on(disk: Disk, main: str) -> foundrydb.Connection:
    """A connection with files on a disk; ``main`` may be elsewhere."""
    connection = disk.connect("main") if main == "main" else foundrydb.connect(main, isolation_level=None)
    connection.engine.vfs = disk
    for name in NAMES:
        connection.execute(f"ATTACH '{name}' AS {name}")
    return connection


def found_on(disk: Disk) -> list[Any]:
    """How many rows each file has."""
    counts = []
    for name in ("main", *NAMES):
        connection = disk.connect(name)
        if connection.execute("SELECT 1 FROM sqlite_schema").fetchall():
            counts.extend(connection.execute("SELECT count(*) FROM t").fetchone())
        connection.close()
    return counts


def found_by_sqlite(files: dict[str, bytes], folder: Path, order: list[str]) -> list[Any]:
    """The same as C SQLite finds it, which opens them in another order; it leaves none of the journals."""
    for path in folder.iterdir():
        path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    counts = {}
    with contextlib.chdir(folder):
        connection = apsw.Connection(":memory:")
        for name in order:
            connection.execute("ATTACH ? AS one", (name,))
            if list(connection.execute("SELECT 1 FROM one.sqlite_schema")):
                counts[name] = next(connection.execute("SELECT count(*) FROM one.t"))[0]
            assert list(connection.execute("PRAGMA one.integrity_check")) == [("ok",)]
            connection.execute("DETACH one")
        connection.close()
    return [counts[name] for name in ("main", *NAMES) if name in counts]


@pytest.mark.parametrize("main", ["main", ":memory:", "deserialized"])
@pytest.mark.parametrize("mode", ["delete", "persist"])
def test_a_loss_of_power_leaves_all_or_nothing(main: str, mode: str, tmp_path: Path) -> None:
    """Wherever main is: what is in memory is lost, and nothing of the others hangs on it."""
    disk = Disk()
    place = main if main == "main" else ":memory:"
    connection = on(disk, place)
    for name in ("main", "one", "two"):
        connection.execute(f"CREATE TABLE {name}.t(a)")
    data = connection.serialize()
    connection.close()
    outcomes = set()
    for loss in losses(disk.files(), 40 * SCALE):
        connection = on(loss.disk, place)
        if main == "deserialized":
            connection.deserialize(data)
        elif main == ":memory:":
            connection.execute("CREATE TABLE t(a)")
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("BEGIN")
        for name in ("main", "one", "two"):
            connection.execute(f"INSERT INTO {name}.t VALUES (1)")
        disk = loss.strike(partial(connection.execute, "COMMIT"), 45)
        files = disk.files()
        found = found_on(disk)
        assert found in ([0] * len(found), [1] * len(found)), loss.name
        order = ["main", *NAMES]
        random.Random(loss.name).shuffle(order)
        assert found_by_sqlite(files, tmp_path, order) == found, loss.name
        outcomes.add(found[0])
    assert outcomes == {0, 1}
