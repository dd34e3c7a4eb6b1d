"""A disk that is full, or fails, in the middle of anything: one typed error, and nothing committed is lost."""

from __future__ import annotations

import random

import pytest
from harness.disk import Disk
from harness.pages import create, fill, transaction, value_of, values

from foundrydb.errors import OperationalError
from foundrydb.storage.pages.pager import Pager


def fail_somewhere(seed: int, mode: str, fault: str, lasting: bool) -> None:
    """Run transactions until one meets a fault; roll it back and look at what is left."""
    chance = random.Random(seed)
    random.seed(seed)
    disk = Disk()
    create(disk, "db", 30).close()
    pager = Pager(disk, "db")
    pager.set_journal_mode(mode)
    pager.set_cache_size(10)
    committed = list(range(1, 31))
    for _ in range(5):
        disk.fail_at = disk.operations + chance.randint(1, chance.choice([20, 60, 200]))
        disk.fail_for = 1000 if lasting else 1
        disk.fault = fault
        attempt: list[int] = []
        try:
            while True:
                attempt = transaction(pager, chance)
                pager.commit()
                committed = attempt
                pager.end_read()
        except OperationalError as error:
            assert error.sqlite_errorname == fault
            if not pager.in_write and pager.in_read and disk.log[-1].startswith(("sync", "write")):
                # The journal lost its effect, but the disk would not say that this is durable.
                assert mode in ("truncate", "persist")
                committed = attempt
        try:
            pager.rollback()
        except OperationalError:
            assert lasting or disk.fault == fault
        disk.fail_at = 0
        pager.end_read()
        pager.begin_read()
        assert values(pager) == committed, f"seed {seed}"
        pager.end_read()
        other = Pager(disk, "db")
        other.begin_read()
        assert values(other) == committed
        other.close()


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist", "memory", "wal"])
@pytest.mark.parametrize("fault", ["SQLITE_FULL", "SQLITE_IOERR_WRITE"])
@pytest.mark.parametrize("lasting", [False, True])
def test_fault(mode: str, fault: str, lasting: bool) -> None:
    for seed in range(25):
        fail_somewhere(seed, mode, fault, lasting)


def test_a_statement_can_be_undone_and_the_transaction_go_on() -> None:
    """A fault while the journal grows: the statement's savepoint is enough to go on from."""
    disk = Disk()
    create(disk, "db", 30).close()
    pager = Pager(disk, "db")
    pager.begin_write()
    fill(pager, pager.get(2), 200)
    statement = pager.savepoint()
    fill(pager, pager.get(3), 201)
    disk.fail_at = disk.operations + 1
    with pytest.raises(OperationalError, match="database or disk is full"):
        fill(pager, pager.get(4), 202)
    pager.rollback_to(statement)
    pager.release(statement)
    assert [value_of(pager, number) for number in (2, 3, 4)] == [200, 3, 4]
    fill(pager, pager.get(5), 203)
    pager.commit()
    pager.close()
    pager = Pager(disk, "db")
    pager.begin_read()
    assert values(pager) == [1, 200, 3, 4, 203, *range(6, 31)]


def test_a_failed_deletion_of_the_journal_is_no_commit() -> None:
    disk = Disk()
    create(disk, "db", 5).close()
    pager = Pager(disk, "db")
    pager.begin_write()
    fill(pager, pager.get(2), 200)
    pager.prepare()
    disk.fail_at = disk.operations + 1
    disk.fault = "SQLITE_IOERR_DELETE"
    with pytest.raises(OperationalError, match="disk I/O error"):
        pager.finish()
    pager.rollback()
    assert values(pager) == [1, 2, 3, 4, 5]
