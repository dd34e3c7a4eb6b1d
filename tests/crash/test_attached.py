"""A transaction of SQL over the databases of a connection: after a loss of power all files have it, or none."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import pytest
from harness.attached import attach
from harness.disk import Disk

import foundrydb
from crash.losses import losses

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))
NAMES = ("one", "two")


def on(disk: Disk, main: str) -> foundrydb.Connection:
    """A connection with files on a disk; ``main`` may be elsewhere."""
    connection = disk.connect("main") if main == "main" else foundrydb.connect(main, isolation_level=None)
    for name in NAMES:
        attach(connection, name, name, disk)
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


@pytest.mark.parametrize("main", ["main", ":memory:", "deserialized"])
@pytest.mark.parametrize("mode", ["delete", "persist"])
def test_a_loss_of_power_leaves_all_or_nothing(main: str, mode: str) -> None:
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
        found = found_on(loss.strike(partial(connection.execute, "COMMIT"), 45))
        assert found in ([0] * len(found), [1] * len(found)), loss.name
        outcomes.add(found[0])
    assert outcomes == {0, 1}
