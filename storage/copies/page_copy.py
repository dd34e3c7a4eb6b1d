"""Makes a database the same pages as another one, all at once or in steps.

Within the target's write transaction, so that it is the old database until that is committed, and again after a
rollback.  What the two agree in is not written: a file that is much like the copy costs little.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.copies.watch import CopyWatch
from foundrydb.storage.format.header import (
    META_SCHEMA_COOKIE,
    ROLLBACK_JOURNAL,
    WRITE_AHEAD_LOG,
    with_version,
)
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.pages.page_store import TOGETHER
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database


def copy_pages(source: Pager, target: Database, watch: CopyWatch) -> None:
    """Let ``target`` have the pages of ``source`` and no others; it stays in WAL mode if it was."""
    _take_shape(source, target.pager)
    number: i64 = 0
    while number < source.page_count:
        number += 1
        watch.step(1)
        _put(source, target.pager, number)
    _end(source, target)


@final
class Backup:
    """A copy of one database over another in steps, between which the source can be read and written.

    What its own connection commits there is copied again with the last step.  What another one does begins the copy
    anew, and so does any change of a private database.  The target is being written from the first step to the end.

    Attributes:
        total: pages of the source, as the last step found it.
        left: how many of them are yet to be copied.
    """

    def __init__(self, source: Database, target: Database) -> None:
        self.total: i64 = 0
        self.left: i64 = 0
        self._source: Final = source
        self._target: Final = target
        self._begun = False
        self._done: i64 = 0  # so many pages of the source are copied
        self._altered = False  # the source has changed since, by its own connection
        self._seen = source.pager.snapshot
        self._version: i64 = 0
        self._cookie = 0

    def step(self, pages: int) -> bool:
        """Copy so many pages more, all that are left where negative; the source is being read.

        Returns:
            Whether that was the end: the target is a copy.

        Raises:
            Error: ``SQLITE_BUSY`` where the source is being written, or the target is in use: another step may follow;
                any other: ``give_up`` must.
        """
        source, target = self._source, self._target
        if source.pager.in_write:
            raise error("database is locked", "SQLITE_BUSY")
        if not self._begun:
            self._begin()
        self._notice_changes()
        total = source.pager.page_count
        stop = total if pages < 0 else min(self._done + pages, total)
        while self._done < stop:
            count = min(stop - self._done, TOGETHER)
            images = source.pager.row_of_images(self._done + 1, count)
            for image in images:
                self._done += 1
                _put_image(source.pager, target.pager, self._done, image)
        self.total = total
        self.left = total - self._done
        if self.left > 0:
            return False
        if self._altered:
            self._put_all()
        self._finish()
        return True

    def _begin(self) -> None:
        """Begin to write the target."""
        target = self._target
        target.begin_write(True)
        self._begun = True
        self._cookie = target.get_meta(META_SCHEMA_COOKIE)
        self._seen = self._source.pager.snapshot
        self._version = self._source.pager.data_version
        _take_shape(self._source.pager, target.pager)

    def _notice_changes(self) -> None:
        pager = self._source.pager
        if pager.snapshot is self._seen and pager.data_version == self._version:
            return
        reshaped = pager.page_size != self._target.pager.page_size
        if reshaped or pager.temporary or pager.data_version != self._version:
            self._done = 0
            self._altered = False
            _take_shape(pager, self._target.pager)
        else:
            self._altered = True
        self._seen = pager.snapshot
        self._version = pager.data_version

    def _put_all(self) -> None:
        """Copy every page again that is another now."""
        number: i64 = 0
        while number < self._source.pager.page_count:
            number += 1
            _put(self._source.pager, self._target.pager, number)

    def _finish(self) -> None:
        target = self._target
        _end(self._source.pager, target)
        target.set_meta(META_SCHEMA_COOKIE, self._cookie + 1)  # whoever has read the schema reads it again
        target.pager.commit()
        target.end_read()
        self._begun = False

    def give_up(self) -> None:
        """Let the target be what it was; after the end there is nothing to give up."""
        if self._begun:
            self._begun = False
            self._target.rollback()
            self._target.end_read()


def _take_shape(source: Pager, target: Pager) -> None:
    """Let the target have the source's page size; where it had another, it is empty then.

    Raises:
        Error: ``SQLITE_READONLY``: a database in memory, or with a write-ahead log, that is not empty.
    """
    if source.page_size == target.page_size and source.usable_size == target.usable_size:
        return
    if target.page_size != source.page_size and target.keeps_page_size():
        raise error("attempt to write a readonly database", "SQLITE_READONLY")
    target.recast(int(source.page_size), int(source.page_size - source.usable_size))


def _put(source: Pager, target: Pager, number: i64) -> None:
    """Copy a page."""
    if number != lock_byte_page(int(source.page_size)):
        _put_image(source, target, number, source.get(number).image())


def _put_image(source: Pager, target: Pager, number: i64, image: bytes) -> None:
    """Let the target have the image of a page of the source."""
    if number == lock_byte_page(int(source.page_size)):
        return
    if number > target.page_count:
        target.append_page().replace(image)
        return
    page = target.get(number)
    if page.image() != image:
        target.touch(page)
        page.replace(image)


def _end(source: Pager, target: Database) -> None:
    """All pages are copied: cut off what is left of the old ones, and see to what the header says of the log."""
    pager = target.pager
    pager.truncate(source.page_count)
    if source.page_count == 0:
        target.begin_write()  # gives it a first page
        return
    ahead = pager.journal_mode == "wal"
    if ahead or pager.temporary:
        page = pager.get(1)
        pager.touch(page)
        page.replace(with_version(page.image(), WRITE_AHEAD_LOG if ahead else ROLLBACK_JOURNAL))
    target.reread()
