"""What the tests of the pager share: databases whose pages hold recognisable bytes."""

from __future__ import annotations

import random

from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.pages.pager import Page, PageContent, Pager


class Pattern(PageContent):
    """Decoded content that encodes to a page filled with one byte."""

    def __init__(self, fill: int, size: int, head: bytes = b"") -> None:
        super().__init__()
        self.fill = fill
        self.size = size
        self.head = head

    def encode(self) -> bytes:
        return self.head + bytes([self.fill]) * (self.size - len(self.head))

    def copy(self) -> PageContent:
        return Pattern(self.fill, self.size, self.head)


def header(page_size: int, reserved: int = 0) -> bytes:
    """A database header that the pager accepts."""
    size = 1 if page_size == 65536 else page_size
    head = b"SQLite format 3\x00" + size.to_bytes(2, "big") + bytes([1, 1, reserved, 64, 32, 32])
    return head + bytes(100 - len(head))


def fill(pager: Pager, page: Page, value: int, decoded: bool = False) -> None:
    """Change a page within the running transaction: all its bytes but the header's become ``value``."""
    head = header(int(pager.page_size)) if page.number == 1 else b""
    pager.touch(page)
    content = Pattern(value, int(pager.page_size), head)
    if decoded:
        pager.give_content(page, content)
    else:
        page.replace(content.encode())


def value_of(pager: Pager, number: int) -> int:
    """The byte that the page is filled with; a page of mixed bytes fails the test."""
    page = pager.get(number)
    body = page.image()[100:]
    assert body == body[:1] * len(body), f"page {number} is torn"
    return body[0]


def values(pager: Pager) -> list[int]:
    """What every page is filled with."""
    return [value_of(pager, number) for number in range(1, int(pager.page_count) + 1)]


def create(vfs: VFS, path: str, count: int, page_size: int = 512) -> Pager:
    """A database of ``count`` pages, each filled with its number modulo 256, committed."""
    pager = Pager(vfs, path, page_size=page_size)
    pager.begin_write()
    for number in range(1, count + 1):
        fill(pager, pager.append_page(), number & 255)
    pager.commit()
    pager.end_read()
    return pager


def transaction(pager: Pager, chance: random.Random) -> list[int]:
    """A random transaction, not committed yet; returns what the pages then hold."""
    pager.begin_write()
    now = values(pager)
    for _ in range(chance.randint(1, 40)):
        move = chance.randrange(10)
        value = chance.randrange(256)
        if move == 0:
            fill(pager, pager.append_page(), value)
            now.append(value)
        elif move == 1 and len(now) > 10:
            del now[-chance.randint(1, 5) :]
            pager.truncate(len(now))
        elif move == 2:
            pager.savepoint()
            fill(pager, pager.get(chance.randint(1, len(now))), value)
            pager.rollback_to(0)
            pager.release(0)
        else:
            number = chance.randint(1, len(now))
            fill(pager, pager.get(number), value, decoded=move == 3)
            now[number - 1] = value
    return now
