"""Pages in memory: the cache that finds a page by its number.

The cache is a hash table (buckets chained through the pages themselves) beside a ring of slots for the clock
(second chance) form of least-recently-used: a page found gets its ``used`` flag, the clock's hand takes flags
away, and a page met without one is the next to go.

A page that is pinned never leaves, nor is it written out or made an image again.

Content takes several times the memory of the image: each cell of a node is an object.  So only one page of
``CONTENT_SHARE`` has some (and those that are pinned); before more get any, the page that has had its content longest
becomes an image again, which it must before it is written anyway.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.pages.page import Page, PageContent

CONTENT_SHARE: Final = 32
"""One of so many pages that the cache may hold may have content.

A node of short cells takes five times its image: about 0.3 MB in all, beside the 2 MB that the cache has by default.
"""

WORTHWHILE: Final = 16
"""So many changes of content are worth its making."""

PATIENCE: Final = 256
"""A page whose content was not worth it is given some so many changes later than others."""

LEAST_CONTENTS: Final = 12
"""So many pages may have content, however small the cache is: two ways through a tree."""


@final
class PageCache:
    """The pages in memory, found by number.

    Attributes:
        capacity: how many pages to keep; more are kept only where all are pinned or cannot be written.
        count: how many there are.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity: i64 = max(capacity, 1)
        self.count: i64 = 0
        self._slots: list[Page] = []
        self._hand: i64 = 0
        self._mask: i64 = 63
        self._buckets: list[Page | None] = [None] * 64
        # The numbers of the pages that were given content, oldest first; some may have lost it since.
        self._with_content: Final[OrderedDict[int, None]] = OrderedDict()

    def find(self, number: i64) -> Page | None:
        """The page of that number, or None when it is not in memory."""
        page = self._buckets[number & self._mask]
        while page is not None:
            if page.number == number:
                page.used = True
                return page
            page = page.next
        return None

    def add(self, page: Page) -> None:
        """Take in a page whose number is not here yet."""
        if self.count > self._mask:
            self._grow()
        self._slots.append(page)  # what may lack memory comes first
        index = page.number & self._mask
        page.next = self._buckets[index]
        self._buckets[index] = page
        page.slot = self.count
        self.count += 1
        page.cached = True

    def remove(self, page: Page) -> None:
        """Let go of a page; who still holds it has an orphan."""
        self._unchain(page)
        last = self._slots.pop()
        self.count -= 1
        if last is not page:
            self._slots[page.slot] = last
            last.slot = page.slot
        page.cached = False

    def clear(self) -> None:
        """Let go of all pages."""
        for page in self._slots:
            page.cached = False
            page.next = None
        self._slots = []
        self._buckets = [None] * 64
        self._mask = 63
        self.count = 0
        self._hand = 0
        self._with_content.clear()

    def give_content(self, page: Page, content: PageContent) -> None:
        """Give a touched page content, from which its image is to be made; of too many others one goes without."""
        fresh = page.content is None
        page.content = content
        page.stale = True
        if fresh:
            page.edits = 0
            page.few = True
            number = int(page.number)
            self._with_content[number] = None
            self._with_content.move_to_end(number)  # it may have stood there from an earlier time
            surplus = len(self._with_content) - max(self.capacity // CONTENT_SHARE, LEAST_CONTENTS)
            while surplus > 0:
                surplus -= 1
                number, _ = self._with_content.popitem(last=False)
                if not self._take_content(number):
                    self._with_content[number] = None

    def _take_content(self, number: i64) -> bool:
        """Let a page be an image only; False where it is pinned."""
        page = self.find(number)
        if page is None or page.content is None:
            return True
        if page.pins > 0:
            return False
        page.image()
        page.content = None
        page.edits = 0 if page.edits >= WORTHWHILE or not page.few else -PATIENCE
        return True

    def take_contents(self) -> None:
        """Let all pages be images only, but for those that are pinned."""
        for number in list(self._with_content):
            if self._take_content(number):
                del self._with_content[number]

    def make_images(self) -> None:
        """Bring the images of all pages that have content up to date."""
        for number in self._with_content:
            page = self.find(number)
            if page is not None:
                page.image()

    def pages(self) -> list[Page]:
        """All pages in memory, in no order."""
        return list(self._slots)

    def evict(self) -> bool:
        """Let go of one clean page that is not pinned and was not used lately; False if there is none."""
        steps = 2 * self.count
        while steps > 0:
            steps -= 1
            if self._hand >= self.count:
                self._hand = 0
            page = self._slots[self._hand]
            if page.used:
                page.used = False
            elif not page.dirty and page.pins == 0:
                self.remove(page)
                return True
            self._hand += 1
        return False

    def pinned(self) -> int:
        """How many pages are pinned."""
        return len([page for page in self._slots if page.pins > 0])

    def _unchain(self, page: Page) -> None:
        index = page.number & self._mask
        here = self._buckets[index]
        if here is page:
            self._buckets[index] = page.next
        else:
            while here is not None:
                following = here.next
                if following is page:
                    here.next = page.next
                    break
                here = following
        page.next = None

    def _grow(self) -> None:
        mask = self._mask * 2 + 1
        self._buckets = [None] * int(mask + 1)
        self._mask = mask
        for page in self._slots:
            index = page.number & self._mask
            page.next = self._buckets[index]
            self._buckets[index] = page
