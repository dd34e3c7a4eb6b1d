"""The pages of a database, in memory and in its log: finding them, changing them, and keeping the memory bounded.

This is the half of the pager that does not know how transactions begin and end.  What it must know of them is the
state, the log, which gives pages, takes them, and hears of each before it changes, and the savepoints.  For the
states' meaning, and for the invariants that both halves keep, see :mod:`foundrydb.storage.pages.pager`.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.errors import CorruptError, InternalError
from foundrydb.storage.format.page_numbers import MAX_PAGE_COUNT, lock_byte_page
from foundrydb.storage.log.transaction_log import PageImage, TransactionLog
from foundrydb.storage.os.vfs import code_of, storage_error
from foundrydb.storage.pages.page import Page, PageContent
from foundrydb.storage.pages.page_cache import WORTHWHILE, PageCache
from foundrydb.storage.pages.savepoint import Savepoints

OPEN: Final = 0
READER: Final = 1
WRITER: Final = 2
CHANGED: Final = 3
PREPARED: Final = 4
ERROR: Final = 5

TOGETHER: Final = 64
"""So many pages, at most, are read by one call for who wants a row of them."""

DEFAULT_CACHE_SIZE: Final = -2000
PAGE_OVERHEAD: Final = 176
"""Bytes that a page in memory takes besides its image: the objects' heads, the ``Page``, its places in the cache.

SQLite too counts what it keeps about a page towards a ``cache_size`` in KiB.
"""


class PageStore:
    """Pages by number, from the cache or the log.

    Attributes:
        temporary: a private database: nothing is locked, synced or kept.
        page_size: bytes in a page.
        usable_size: ``page_size`` less the reserved bytes at each page's end.
        page_count: pages in the database, with the changes of the running transaction.
        generation: grows whenever pages changed under open cursors (rollback, rollback_to, reload), and whenever page
            1 may have become another: what was learned of the header is to be learned anew.
        cache_size: PRAGMA cache_size, in pages, or in KiB where negative.
        max_page_count: PRAGMA max_page_count.
        spills: PRAGMA cache_spill: whether changed pages may leave the memory before the commit.
        spill_size: how many pages must be there before they do, where that is more than the cache is to have.
        secure_delete: PRAGMA secure_delete: 1 pages that are freed are overwritten; 2 nothing that is deleted stays in
            pages that are written anyway; 0 neither.
        requests, loads: how many pages were asked for, and how many of them were read from the log.
        noting: whether their numbers are added to ``requested`` and ``loaded``, and those of changed ones to
            ``touched``; see ``note_anew``.

    ``_doomed`` is the code of what leaves only a rollback, or in the state ERROR of what stood in a rollback's way.
    """

    def __init__(self, log: TransactionLog, savepoints: Savepoints, temporary: bool, page_size: int) -> None:
        self.temporary: Final = temporary
        self.page_size: i64 = page_size
        self.usable_size: i64 = page_size
        self.page_count: i64 = 0
        self.generation: i64 = 0
        self.cache_size = DEFAULT_CACHE_SIZE
        self.max_page_count: i64 = MAX_PAGE_COUNT
        self.spills = True
        self.spill_size: i64 = 1
        self.secure_delete = 0
        self.requests: i64 = 0
        self.loads: i64 = 0
        self.noting = False
        self.requested: Final[list[int]] = []
        self.loaded: Final[list[int]] = []
        self.touched: Final[list[int]] = []
        self._log = log
        self._savepoints: Final = savepoints
        self._state: i64 = OPEN
        self._cache: Final = PageCache(1)
        self._limit: i64 = 1
        self._dirty: dict[int, Page] = {}
        # Pages that a change of a tree's shape works on; cursors pin theirs themselves.
        self._pinned: Final[list[Page]] = []
        self._epoch: i64 = 1
        self._zeros = b""
        self._lock_byte_page: i64 = 0
        self._doomed = ""
        self._lay_out(page_size, 0)

    # noting -------------------------------------------------------------------------------------------------

    def note_anew(self) -> None:
        """Note which pages are asked for and changed from now on, and forget those noted before."""
        self.noting = True
        self._forget_noted()
        self._epoch += 1  # so that the next change of a page is announced, whether or not there were others

    def note_no_more(self) -> None:
        """Note nothing from now on."""
        self.noting = False
        self._forget_noted()

    def _note_request(self, number: i64) -> None:
        self.requests += 1
        if self.noting:
            self.requested.append(number)

    def _note_load(self, number: i64) -> None:
        self.loads += 1
        if self.noting:
            self.loaded.append(number)

    def _forget_noted(self) -> None:
        self.requested.clear()
        self.loaded.clear()
        self.touched.clear()

    # finding ------------------------------------------------------------------------------------------------

    def get(self, number: i64) -> Page:
        """The page of that number: to be used until the next page is asked for, or to be pinned.

        Raises:
            CorruptError: when the database has no page of that number.
        """
        self.requests += 1
        if self.noting:
            self.requested.append(number)
        page = self._cache.find(number)
        if page is not None:
            return page
        return self._load(number)

    def pin(self, page: Page) -> None:
        """Have a page stay in memory as it is, until ``unpin`` or the transaction's end."""
        page.pins += 1
        self._pinned.append(page)

    def pinned(self) -> int:
        """How many pins there are, for ``unpin``."""
        return len(self._pinned)

    def unpin(self, count: int) -> None:
        """Take back all pins but the first ``count``."""
        while len(self._pinned) > count:
            self._pinned.pop().pins -= 1

    def peek(self, number: i64, size: i64) -> bytes:
        """The first bytes of a page that is not in memory, which it does not enter; else no bytes."""
        if number < 2 or number > self.page_count or self._cache.find(number) is not None:
            return b""
        self._note_request(number)
        self._note_load(number)
        return self._log.read(number, size)

    def row_of_images(self, first: i64, count: i64) -> list[bytes]:
        """The images of pages that follow each other, ``TOGETHER`` at most; those not in memory do not enter it.

        The page of the lock bytes is one of zeros.
        """
        if first < 1 or first + count - 1 > self.page_count or count > TOGETHER:
            raise CorruptError(f"no such pages among {self.page_count}", first)
        size = self.page_size
        images: list[bytes] = []
        data = b""
        number = first
        while number < first + count:
            page = self._cache.find(number)
            if number == self._lock_byte_page:
                image = self._zeros
            elif page is not None:
                self._note_request(number)
                image = page.image()
            else:
                self._note_request(number)
                self._note_load(number)
                if len(data) == 0:
                    data = self._log.read_row(first, count)
                image = data[(number - first) * size : (number - first + 1) * size]
                if len(image) < size:
                    image += bytes(size - len(image))
            images.append(image)
            number += 1
        return images

    def _forget_all(self) -> None:
        """Empty the cache."""
        self._cache.clear()
        self._dirty.clear()
        self.generation += 1

    def _forget_some(self, numbers: list[int], page_count: i64) -> None:
        """Take pages out of the cache, none of which was changed here, and those past another end of the database.

        The others are not decoded any more: one may have been freed, which changes nothing in it.
        """
        self._cache.take_contents()
        for number in numbers:
            page = self._cache.find(number)
            if page is not None:
                self._drop(page)
            if number == 1:
                self.generation += 1
        if page_count < self.page_count:
            for page in self._cache.pages():
                if page.number > page_count:
                    self._drop(page)

    def _load(self, number: i64) -> Page:
        if self._state == OPEN or self._state == ERROR:
            self._refuse_if_doomed()
            raise InternalError("a page was asked for outside a transaction", "SQLITE_INTERNAL")
        if number < 1 or number > self.page_count or number == self._lock_byte_page:
            raise CorruptError(f"no such page among {self.page_count}", number)
        if self._cache.count >= self._limit:
            self._make_room()
        self.loads += 1
        if self.noting:
            self.loaded.append(number)
        data = self._log.read(number, self.page_size)
        if len(data) < self.page_size:
            data += bytes(self.page_size - len(data))
        page = Page(number, data)
        self._cache.add(page)
        return page

    # changing -----------------------------------------------------------------------------------------------

    def touch(self, page: Page) -> None:
        """Announce a change of ``page``; must come before each change of its ``data`` or ``content``."""
        if page.epoch == self._epoch:
            page.stale = True
            return
        if self._state < WRITER or self._state == ERROR or not page.cached:
            raise InternalError("a page was changed outside its transaction", "SQLITE_INTERNAL")
        number = page.number
        if self._log.before_change(number):
            self._log.keep(number, page.image())
            self._savepoints.kept_by_log(number)
        else:
            self._savepoints.keep(page)
        self._mark_dirty(page)
        page.stale = True

    def give_content(self, page: Page, content: PageContent) -> None:
        """Give a touched page content, from which its image is to be made; others may lose theirs."""
        self._cache.give_content(page, content)

    def append_page(self) -> Page:
        """A new page of zeros past the end, touched already; never the lock-byte page.  It is kept as those of ``get``.

        Raises:
            Error: ``SQLITE_FULL`` where the database may not grow.
        """
        if self._state < WRITER or self._state == ERROR:
            raise InternalError("a page was added outside a transaction", "SQLITE_INTERNAL")
        number = self.page_count + 1
        if number == self._lock_byte_page:
            number += 1
        self._log.before_change(number)
        if number > self.max_page_count:
            raise storage_error("SQLITE_FULL")
        if self._cache.count >= self._limit:
            self._make_room()
        page = Page(number, self._zeros)
        self._cache.add(page)
        self.page_count = number
        self._mark_dirty(page)
        return page

    def truncate(self, page_count: i64) -> None:
        """Cut the database to ``page_count`` pages, within a write transaction."""
        while self.page_count > page_count:
            if self.page_count != self._lock_byte_page:
                page = self.get(self.page_count)
                self.touch(page)
                self._drop(page)
            self.page_count -= 1
        if self.page_count == self._lock_byte_page:
            self.page_count -= 1

    def _mark_dirty(self, page: Page) -> None:
        self._dirty[page.number] = page
        if self.noting:
            self.touched.append(page.number)
        page.dirty = True
        page.epoch = self._epoch
        if self._state == WRITER:
            self._state = CHANGED

    def _drop(self, page: Page) -> None:
        """Take a page out of the cache, written or not."""
        self._dirty.pop(page.number, None)
        page.dirty = False
        page.epoch = 0
        self._cache.remove(page)

    # the cache's bound --------------------------------------------------------------------------------------

    def set_cache_size(self, size: int) -> None:
        """PRAGMA cache_size: pages, or, where negative, KiB of memory for them and what is kept about them."""
        self.cache_size = size
        pages = size if size >= 0 else -size * 1024 // (int(self.page_size) + PAGE_OVERHEAD)
        self._cache.capacity = max(pages, 10)
        self._trim()

    def cache_bytes(self) -> i64:
        """How many bytes the images of the pages in memory may have."""
        return self._cache.capacity * self.page_size

    def pinned_pages(self) -> int:
        """How many of the pages in memory are pinned."""
        return self._cache.pinned()

    def cached_pages(self) -> int:
        """How many pages are in memory."""
        return int(self._cache.count)

    def _make_room(self) -> None:
        """Evict a page, writing dirty ones out where there is no clean one; grow for a while if none can go."""
        if self._cache.evict():
            return
        if self._dirty and self.spills and self._cache.count >= self.spill_size:
            if self._spill() and self._cache.evict():
                return
        self._limit = self._cache.count + self._cache.count // 4

    def _spill(self) -> bool:
        """Hand the dirty pages that are not pinned to the log; False where that cannot be now.

        Raises:
            Error: what was in the way; then only a rollback is possible.
        """
        if not self._log.may_spill():
            return False
        try:
            numbers = [number for number in self._dirty if self._dirty[number].pins == 0]
            numbers.sort()
            self._log.spill(self._images(numbers))
        except BaseException as failure:
            self._doom(failure)
            raise
        self._now_clean(numbers)
        return True

    def _images(self, numbers: list[int]) -> list[PageImage]:
        """Dirty pages as they are now."""
        return [PageImage(number, self._dirty[number].image()) for number in numbers]

    def _now_clean(self, numbers: list[int]) -> None:
        """The log has these pages: they must be touched before they change again."""
        for number in numbers:
            page = self._dirty.pop(number)
            page.dirty = False
            page.few = page.content is None or page.edits < WORTHWHILE
            page.edits = 0
            page.epoch = 0

    def _doom(self, failure: BaseException) -> None:
        """Leave nothing but a rollback."""
        self._doomed = code_of(failure)

    def _refuse_if_doomed(self) -> None:
        if not self._doomed:
            return
        if self._doomed == "SQLITE_NOMEM":
            raise MemoryError
        raise storage_error(self._doomed)

    def _trim(self) -> None:
        """Bring the cache back to its size after it had to grow."""
        self._limit = self._cache.capacity
        while self._cache.count > self._limit and self._cache.evict():
            pass

    # shape --------------------------------------------------------------------------------------------------

    def _lay_out(self, page_size: int, reserved: int) -> None:
        """Take over a page size, and have the log take it over."""
        self._take_shape(page_size, reserved)
        self._log.lay_out(page_size)

    def _take_shape(self, page_size: int, reserved: int) -> None:
        """Take over a page size."""
        if page_size != len(self._zeros):
            self._zeros = bytes(page_size)
        self.page_size = page_size
        self.usable_size = page_size - reserved
        self._lock_byte_page = lock_byte_page(page_size)
        self.set_cache_size(self.cache_size)

    def _reserved(self) -> int:
        """How many bytes at each page's end are not the database's."""
        return int(self.page_size - self.usable_size)
