"""The write-ahead log under the pager: what a commit writes, whatever had left the memory before."""

from __future__ import annotations

import random

from harness.disk import Disk
from harness.pages import create, fill

from foundrydb.storage.log.wal.wal_index import WalIndex
from foundrydb.storage.os.memory_vfs import private_memory
from foundrydb.storage.pages.pager import Pager


def test_page_1_tells_the_size_though_it_was_spilled() -> None:
    """C SQLite takes a header that counts fewer pages at its word."""
    disk = Disk()
    create(disk, "db", 30).close()
    pager = Pager(disk, "db")
    pager.set_cache_size(10)
    assert pager.set_journal_mode("wal") == "wal"
    pager.begin_write()
    page = pager.get(1)
    pager.touch(page)
    image = page.image()
    page.replace(image[:28] + (7).to_bytes(4, "big") + image[32:])  # as a node has it that was read long ago
    for number in range(2, 31):
        fill(pager, pager.get(number), 200 + number)
    assert not any(each.number == 1 and each.dirty for each in pager._cache.pages())
    pager.commit()
    pager.end_read()
    other = Pager(disk, "db")
    other.begin_read()
    assert int.from_bytes(other.get(1).image()[28:32], "big") == other.page_count == 30
    other.close()
    pager.close()


def test_frames_are_found_whoever_told_of_them() -> None:
    """Two connections' views of one index, through transactions, rollbacks, and logs that begin anew."""
    chance = random.Random(3)
    memory = private_memory()
    views = [WalIndex(memory), WalIndex(memory)]
    frames: list[int] = []
    for _ in range(60):
        writer = chance.choice(views)
        if chance.random() < 0.1:
            frames = []
        start = len(frames)
        for _ in range(chance.randrange(1, 200)):
            page = chance.choice([2, 3, 258, chance.randrange(1, 9000)])
            frames.append(page)
            writer.add(len(frames), page)
        if chance.random() < 0.3:
            del frames[start:]
            writer.forget_after(start)
        for page in (2, 3, 258, *chance.choices(range(1, 9000), k=5)):
            last = chance.randrange(len(frames) + 1)
            right = max((i + 1 for i in range(last) if frames[i] == page), default=0)
            for view in views:
                assert view.find(page, 1, last) == right
