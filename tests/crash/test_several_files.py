"""A transaction over two files: after a loss of power or a fault it happened in both or in neither."""

from __future__ import annotations

import os
from functools import partial

import pytest
from harness.disk import Disk
from harness.pages import create, fill, values

from crash.losses import losses
from foundrydb.errors import OperationalError
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.commit_together import commit_together
from foundrydb.storage.tree.database import Database

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))
NAMES = ("one", "two")


def two_files() -> dict[str, bytes]:
    disk = Disk()
    for name in NAMES:
        create(disk, name, 5).close()
    return disk.files()


def open_both(disk: Disk, mode: str = "delete") -> list[Database]:
    databases = [Database(Pager(disk, name)) for name in NAMES]
    for database in databases:
        database.pager.set_journal_mode(mode)
    return databases


def change_both(databases: list[Database], value: int) -> None:
    for database in databases:
        pager = database.pager
        pager.begin_write()
        for number in range(2, 6):
            fill(pager, pager.get(number), value)


def read_both(disk: Disk) -> list[int]:
    """The value that each file has on all its pages."""
    found = []
    for name in NAMES:
        pager = Pager(disk, name)
        pager.begin_read()
        body = set(values(pager)[1:])
        found.append(body.pop() if len(body) == 1 else 0)
        pager.close()
    return found


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist"])
def test_power_loss(mode: str) -> None:
    outcomes = set()
    for loss in losses(two_files(), 200 * SCALE):
        databases = open_both(loss.disk, mode)
        change_both(databases, 99)
        disk = loss.strike(partial(commit_together, databases), 40)
        found = read_both(disk)
        assert found in ([0, 0], [99, 99]), loss.name
        assert not [name for name in disk.names if "-mj" in name] or found == [0, 0]
        outcomes.add(found[0])
    assert outcomes == {0, 99}


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist"])
def test_faults(mode: str) -> None:
    files = two_files()
    for place in range(1, 40):
        disk = Disk(files)
        databases = open_both(disk, mode)
        change_both(databases, 99)
        disk.fail_at = disk.operations + place
        try:
            commit_together(databases)
            expected = [99, 99]
        except OperationalError:
            for database in databases:
                database.pager.rollback()
            expected = [0, 0]
        disk.fail_at = 0
        for database in databases:
            database.pager.close()
        assert read_both(disk) == expected
        assert not [name for name in disk.names if "-mj" in name]


def test_a_journal_that_stays_forgets_its_super_journal() -> None:
    """At the end of a longer journal it would be taken for that of the next transaction, which is gone."""
    disk = Disk(two_files())
    databases = open_both(disk, "persist")
    change_both(databases, 99)
    commit_together(databases)
    assert [disk.size(f"{name}-journal") for name in NAMES] == [0, 0]
    change_both(databases[:1], 98)
    databases[0].commit()
    assert disk.size("one-journal") > 0


def test_one_file_needs_no_super_journal() -> None:
    disk = Disk(two_files())
    databases = open_both(disk)
    change_both(databases[:1], 99)
    databases[1].pager.begin_write()
    commit_together(databases)
    assert not [entry for entry in disk.log if "-mj" in entry]
    assert read_both(disk) == [99, 0]
