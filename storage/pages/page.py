"""A page in memory: its image, and what it says once it is decoded.

Whoever gets a page may use it until the next call that may bring another page into memory.  To keep it longer, and
still change it then, is to pin it: a cursor pins the pages from the root to where it stands, and a change of a tree's
shape those that it works on (``PageStore.pin``).
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class PageContent:
    """What a page says, decoded so that it can be changed: a B-tree node for example."""

    def encode(self) -> bytes:
        """The page's image, exactly a page long."""
        raise NotImplementedError

    def copy(self) -> PageContent:
        """The same content as an object of its own, which further changes do not reach."""
        raise NotImplementedError


@final
class Page:
    """One page of the database file.

    Attributes:
        number: the page's number, from 1.
        data: its image; out of date while ``stale``.  To change it: ``Pager.touch``, then ``replace``.
        content: its decoded form, or None.  To change it: ``Pager.touch``, then change it in place.  To give the page
            some: ``Pager.touch``, then ``Pager.give_content``.
        dirty: whether it differs from the file.
        stale: whether ``content`` may have changed since ``data`` was made.
        edits: how many changes went straight into ``data`` since the page was read or written; while there is
            content, how many changes it has had since it was made or written.
        few: whether its content had so few changes before it was last written that an image would have served.
        cached: whether the cache still knows it; one that it does not is out of date and must not be touched.
        pins: how many rely on its staying in the cache as it is: a pinned page is neither evicted nor written out.
        used, epoch, slot, next: the bookkeeping of the cache and the pager.
    """

    def __init__(self, number: i64, data: bytes) -> None:
        self.number: Final[i64] = number
        self.data = data
        self.content: PageContent | None = None
        self.dirty = False
        self.stale = False
        self.edits: i64 = 0
        self.few = True
        self.cached = False
        self.pins: i64 = 0
        self.used = True
        self.epoch: i64 = 0
        self.slot: i64 = 0
        self.next: Page | None = None

    def image(self) -> bytes:
        """The page as it is now: ``data``, brought up to date with ``content`` first where it is stale."""
        if self.stale:
            self.stale = False
            content = self.content
            if content is not None:
                self.data = content.encode()
        return self.data

    def replace(self, data: bytes) -> None:
        """Give a touched page another image; decoded content of the old one is forgotten."""
        self.data = data
        self.content = None
        self.stale = False
