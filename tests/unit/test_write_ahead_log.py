"""The write-ahead log under the pager: what a commit writes, whatever had left the memory before."""

from __future__ import annotations

from harness.disk import Disk
from harness.pages import create, fill

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
