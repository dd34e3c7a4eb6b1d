"""Makes a database the same pages as another one.

Within the target's write transaction, so that it is the old database until that is committed, and again after a
rollback.  What the two agree in is not written: a file that is much like the copy costs little.
"""

from __future__ import annotations

from mypy_extensions import i64

from foundrydb.storage.copies.watch import CopyWatch
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database

VERSIONS = 18
"""Where in the header it stands how the file is written: two bytes, both 2 where by a write-ahead log."""


def copy_pages(source: Pager, database: Database, watch: CopyWatch) -> None:
    """Let ``database`` have the pages of ``source`` and no others; it stays in WAL mode if it was."""
    target = database.pager
    versions = target.get(1).image()[VERSIONS : VERSIONS + 2] if target.page_count > 0 else b""
    if source.page_size != target.page_size or source.usable_size != target.usable_size:
        target.recast(int(source.page_size), int(source.page_size - source.usable_size))
    total = source.page_count
    unused: i64 = lock_byte_page(int(source.page_size))
    number: i64 = 0
    while number < total:
        number += 1
        if number != unused:
            watch.step(1)
            _put(target, number, source.get(number).image())
    target.truncate(total)
    if versions == b"\2\2":
        page = target.get(1)
        target.touch(page)
        image = page.image()
        page.replace(image[:VERSIONS] + versions + image[VERSIONS + 2 :])
    database.reread()


def _put(target: Pager, number: i64, image: bytes) -> None:
    if number > target.page_count:
        target.append_page().replace(image)
        return
    page = target.get(number)
    if page.image() != image:
        target.touch(page)
        page.replace(image)
