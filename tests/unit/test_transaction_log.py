"""What every transaction log promises, asked of those that there are without a pager."""

from __future__ import annotations

import pytest
from harness.disk import Disk
from harness.pages import header

from foundrydb.errors import Error
from foundrydb.storage.log.opening import open_log, private_log
from foundrydb.storage.log.transaction_log import FULL, Commit, PageImage, TransactionLog
from foundrydb.storage.os.busy import Patience
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.vfs import VFS

SIZE = 512

MODES = ["delete", "truncate", "persist", "memory"]


def in_file(vfs: VFS, mode: str = "delete") -> TransactionLog:
    log = open_log(vfs, "db", False, False, False, SIZE, Patience(vfs))
    log.set_mode(mode)
    return log


def image(number: int, fill: int, counter: int = 1, count: int = 3) -> PageImage:
    """A page of one byte, page 1 with a header before."""
    if number > 1:
        return PageImage(number, bytes([fill]) * SIZE)
    head = bytearray(header(SIZE))
    head[24:28] = head[92:96] = counter.to_bytes(4, "big")
    head[28:32] = count.to_bytes(4, "big")
    return PageImage(1, bytes(head) + bytes([fill]) * (SIZE - 100))


def begin(log: TransactionLog) -> None:
    assert log.begin_read() is not None
    assert log.begin_write(FULL)


def announce(log: TransactionLog, number: int) -> bool:
    """Announce a change, giving the old image where the log wants it."""
    wanted = log.before_change(number)
    if wanted:
        log.keep(number, log.read(number, SIZE))
    return wanted


def commit(log: TransactionLog, pages: list[PageImage], count: int) -> None:
    for page in pages:
        announce(log, int(page.number))
    log.claim()
    log.prepare(Commit(log, count, pages), "")
    log.finish(False)


def filled(log: TransactionLog) -> list[int]:
    return [log.read(number, SIZE)[-1] for number in range(1, int(log.snapshot.page_count) + 1)]


@pytest.fixture(params=MODES)
def log(request: pytest.FixtureRequest) -> TransactionLog:
    """The log of a database of three pages, between two transactions."""
    log = in_file(MemoryVFS(), request.param)
    begin(log)
    commit(log, [image(1, 1), image(2, 2), image(3, 3)], 3)
    assert not log.writing
    log.end_read()
    return log


def test_the_same_state_is_the_same_snapshot(log: TransactionLog) -> None:
    first = log.begin_read()
    assert first is not None and first.page_count == 3 and not first.changed
    log.end_read()
    assert log.begin_read() is first
    assert filled(log) == [1, 2, 3]
    assert log.begin_write(FULL)
    commit(log, [image(1, 1, 2), image(2, 9)], 3)
    assert log.snapshot is not first and not log.snapshot.changed
    assert log.snapshot.counter == 2
    log.end_read()
    assert log.begin_read() is log.snapshot
    assert filled(log) == [1, 9, 3]


def test_what_somebody_else_commits_is_another_snapshot() -> None:
    vfs = MemoryVFS()
    one, two = in_file(vfs), in_file(vfs)
    begin(one)
    commit(one, [image(1, 1), image(2, 2), image(3, 3)], 3)
    one.end_read()
    before = two.begin_read()
    assert before is not None and not before.changed
    assert one.begin_read() is not None and one.begin_write(FULL)
    with pytest.raises(Error, match="locked"):
        one.claim()
    assert not two.begin_write(FULL)
    two.end_read()
    commit(one, [image(1, 1, 2, 4), image(4, 4)], 4)
    one.end_read()
    after = two.begin_read()
    assert after is not None and after is not before
    assert after.changed and (after.page_count, after.counter) == (4, 2)
    assert filled(two) == [1, 2, 3, 4]


def test_an_old_image_is_wanted_once_and_of_pages_that_were_there(log: TransactionLog) -> None:
    begin(log)
    assert not log.changed(2)
    assert announce(log, 2)
    assert not announce(log, 2) and not announce(log, 4)
    assert [log.changed(number) for number in (1, 2, 3, 4)] == [False, True, False, True]
    assert log.changed_pages(4) == [2, 4]
    log.undo()
    assert not log.writing


def test_spilled_pages_are_read_and_undone(log: TransactionLog) -> None:
    begin(log)
    announce(log, 2)
    announce(log, 4)
    assert log.may_spill()
    log.spill([image(2, 8), image(4, 9)])
    assert log.read(2, 1) == b"\x08" and log.read(4, SIZE) == b"\x09" * SIZE
    log.undo()
    assert filled(log) == [1, 2, 3]
    assert log.read(4, SIZE) == b""


def test_a_mark_leads_back_to_its_moment(log: TransactionLog) -> None:
    begin(log)
    announce(log, 3)
    mark = log.mark()
    announce(log, 2)
    announce(log, 1)
    images = log.back_to(mark)
    found = []
    while images.next():
        found.append((images.number, images.image[-1]))
    assert found == [(2, 2), (1, 1)]
    log.undo()


def test_what_is_prepared_can_still_be_undone(log: TransactionLog) -> None:
    begin(log)
    for number in (1, 2, 3):
        announce(log, number)
    log.claim()
    log.prepare(Commit(log, 2, [image(1, 1, 2, 2), image(2, 7)]), "")
    assert log.writing
    log.undo()
    assert log.snapshot.page_count == 3 and filled(log) == [1, 2, 3]


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist"])
def test_an_end_that_fails_tells_whether_it_was_one(mode: str) -> None:
    disk = Disk()
    log = in_file(disk, mode)
    begin(log)
    commit(log, [image(1, 1), image(2, 2), image(3, 3)], 3)
    assert log.begin_write(FULL)
    announce(log, 1)
    announce(log, 2)
    log.claim()
    log.prepare(Commit(log, 3, [image(1, 1, 2), image(2, 7)]), "")
    disk.counted = frozenset({"delete", "cut", "write"})
    disk.operations, disk.fail_at = 0, 1
    with pytest.raises(Error):
        log.finish(False)
    if log.writing:
        disk.fail_at = 0
        log.undo()
        assert filled(log) == [1, 2, 3]
    else:
        assert filled(log) == [1, 7, 3]
    log.end_read()
    again = in_file(disk)
    assert again.begin_read() is not None
    assert filled(again) == filled(log)


def test_a_private_log_writes_nothing_at_a_commit() -> None:
    log = private_log(MemoryVFS(), SIZE)
    begin(log)
    announce(log, 1)
    log.prepare(Commit(log, 1, []), "")
    log.finish(False)
    assert log.snapshot.page_count == 1 and log.read(1, SIZE) == b""
    assert log.begin_write(FULL)
    assert log.before_change(1)
    log.keep(1, b"a" * SIZE)
    log.spill([image(2, 2)])
    assert log.read(2, 1) == b"\x02"
    images = log.back_to(0)
    assert images.next() and images.image == b"a" * SIZE
    log.undo()
    assert log.snapshot.page_count == 1
    log.close()
