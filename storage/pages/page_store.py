"""The pages of a database, in memory and in its file: finding them, changing them, and keeping the memory bounded.

This is the half of the pager that does not know how transactions begin and end.  What it must know of them is the
state, and the undo log, to which a page's old image goes before the page changes.  For the states' meaning, and for
the invariants that both halves keep, see :mod:`foundrydb.storage.pages.pager`.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.errors import CorruptError, InternalError
from foundrydb.storage.format.page_numbers import MAX_PAGE_COUNT, lock_byte_page
from foundrydb.storage.os.vfs import EXCLUSIVE, File, code_of, storage_error
from foundrydb.storage.pages.page_cache import Page, PageCache, PageContent
from foundrydb.storage.pages.undo_log import UndoLog

OPEN: Final = 0
READER: Final = 1
WRITER_LOCKED: Final = 2
WRITER_CACHEMOD: Final = 3
WRITER_DBMOD: Final = 4
WRITER_FINISHED: Final = 5
ERROR: Final = 6

DEFAULT_CACHE_SIZE: Final = -2000
PAGE_OVERHEAD: Final = 176
"""Bytes that a page in memory takes besides its image: the objects' heads, the ``Page``, its places in the cache.

SQLite too counts what it keeps about a page towards a ``cache_size`` in KiB.
"""


class PageStore:
    """Pages by number, from the cache or the file.

    Attributes:
        temporary: a private database: nothing is locked, synced or kept.
        page_size: bytes in a page.
        usable_size: ``page_size`` less the reserved bytes at each page's end.
        page_count: pages in the database, with the changes of the running transaction.
        generation: grows whenever pages changed under open cursors (rollback, rollback_to, reload): a cursor
            that sees another one holds orphaned pages (still readable) and must seek again.
        cache_size: PRAGMA cache_size, in pages, or in KiB where negative.
        max_page_count: PRAGMA max_page_count.
        requests, loads: how many pages were asked for, and how many of them were read from the file.

    ``_doomed`` is the code of what leaves only a rollback, or in the state ERROR of what stood in a rollback's way.
    """

    def __init__(self, file: File, undo: UndoLog, temporary: bool, page_size: int) -> None:
        self.temporary: Final = temporary
        self.page_size: i64 = page_size
        self.usable_size: i64 = page_size
        self.page_count: i64 = 0
        self.generation: i64 = 0
        self.cache_size = DEFAULT_CACHE_SIZE
        self.max_page_count: i64 = MAX_PAGE_COUNT
        self.requests: i64 = 0
        self.loads: i64 = 0
        self._file: Final = file
        self._undo: Final = undo
        self._state: i64 = OPEN
        self._cache: Final = PageCache(1)
        self._limit: i64 = 1
        self._dirty: dict[int, Page] = {}
        self._epoch: i64 = 1
        self._zeros = b""
        self._lock_byte_page: i64 = 0
        self._doomed = ""
        self._lay_out(page_size, 0)

    # finding ------------------------------------------------------------------------------------------------

    def get(self, number: i64) -> Page:
        """The page of that number.

        Raises:
            CorruptError: when the database has no page of that number.
        """
        self.requests += 1
        page = self._cache.find(number)
        if page is not None:
            return page
        return self._load(number)

    def peek(self, number: i64, size: i64) -> bytes:
        """The first bytes of a page that is not in memory, which it does not enter; else no bytes."""
        if number < 2 or number > self.page_count or self._cache.find(number) is not None:
            return b""
        self.requests += 1
        self.loads += 1
        return self._file.read((number - 1) * self.page_size, size)

    def _forget_all(self) -> None:
        """Empty the cache."""
        self._cache.clear()
        self._dirty.clear()
        self.generation += 1

    def _load(self, number: i64) -> Page:
        if self._state == OPEN or self._state == ERROR:
            self._refuse_if_doomed()
            raise InternalError("a page was asked for outside a transaction", "SQLITE_INTERNAL")
        if number < 1 or number > self.page_count or number == self._lock_byte_page:
            raise CorruptError(f"no such page among {self.page_count}", number)
        if self._cache.count >= self._limit:
            self._make_room()
        self.loads += 1
        data = self._file.read((number - 1) * self.page_size, self.page_size)
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
        if self._state < WRITER_LOCKED or self._state == ERROR or not page.cached:
            raise InternalError("a page was changed outside its transaction", "SQLITE_INTERNAL")
        self._undo.keep(page, self._file)
        self._mark_dirty(page)
        page.stale = True

    def give_content(self, page: Page, content: PageContent) -> None:
        """Give a touched page content, from which its image is to be made; others may lose theirs."""
        self._cache.give_content(page, content)

    def append_page(self) -> Page:
        """A new page of zeros past the end, touched already; never the lock-byte page.

        Raises:
            Error: ``SQLITE_FULL`` where the database may not grow.
        """
        if self._state < WRITER_LOCKED or self._state == ERROR:
            raise InternalError("a page was added outside a transaction", "SQLITE_INTERNAL")
        self._undo.open_journal(self._file)
        number = self.page_count + 1
        if number == self._lock_byte_page:
            number += 1
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
        page.dirty = True
        page.epoch = self._epoch
        if self._state == WRITER_LOCKED:
            self._state = WRITER_CACHEMOD

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

    def cached_pages(self) -> int:
        """How many pages are in memory."""
        return int(self._cache.count)

    def _make_room(self) -> None:
        """Evict a page, writing dirty ones out where there is no clean one; grow for a while if none can go."""
        if self._cache.evict():
            return
        if self._dirty and self._spill() and self._cache.evict():
            return
        self._limit = self._cache.count + self._cache.count // 4

    def _spill(self) -> bool:
        """Write the dirty pages that nobody holds; False where that cannot be now.

        Raises:
            Error: what was in the way; then only a rollback is possible.
        """
        if not self.temporary and (self._state < WRITER_CACHEMOD or not self._file.lock(EXCLUSIVE)):
            return False
        try:
            self._write_idle()
        except BaseException as failure:
            self._doom(failure)
            raise
        return True

    def _write_idle(self) -> None:
        if not self.temporary:
            self._undo.sync(go_on=True)
            self._state = WRITER_DBMOD
        numbers = list(self._dirty)
        numbers.sort()
        for number in numbers:
            if not self._cache.held(self._dirty[number].slot):
                self._write(self._dirty[number])

    def _doom(self, failure: BaseException) -> None:
        """Leave nothing but a rollback."""
        self._doomed = code_of(failure)

    def _refuse_if_doomed(self) -> None:
        if self._doomed == "SQLITE_NOMEM":
            raise MemoryError
        if self._doomed:
            raise storage_error(self._doomed)

    def _write(self, page: Page) -> None:
        """Write a dirty page to the file; it is clean then, and must be touched before it changes again."""
        self._file.write((page.number - 1) * self.page_size, page.image())
        page.dirty = False
        if page.content is None:
            page.edits = 0
        page.epoch = 0
        del self._dirty[page.number]

    def _trim(self) -> None:
        """Bring the cache back to its size after it had to grow."""
        self._limit = self._cache.capacity
        while self._cache.count > self._limit and self._cache.evict():
            pass

    # shape --------------------------------------------------------------------------------------------------

    def _lay_out(self, page_size: int, reserved: int) -> None:
        """Take over a page size."""
        if page_size != len(self._zeros):
            self._zeros = bytes(page_size)
        self.page_size = page_size
        self.usable_size = page_size - reserved
        self._lock_byte_page = lock_byte_page(page_size)
        self.set_cache_size(self.cache_size)
