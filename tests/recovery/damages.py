"""Ways in which database files are damaged."""

from __future__ import annotations

import random
from collections.abc import Callable

from harness.damage import INTERIOR, LEAVES, Spoiler


class Damage(Spoiler):
    """A damaged copy of a file.

    Attributes:
        kinds: what was done to it.
    """

    def __init__(self, original: bytes, seed: int) -> None:
        super().__init__(original, seed)
        self.kinds: list[str] = []

    def damage(self) -> bytes:
        """The copy with something wrong."""
        ways: list[Callable[[], None]] = [
            self.lose_first_page, self.tear, self.scatter, self.wipe, self.cut, self.swap, self.lie_of_cells,
            self.break_chain, self.fields, self.spoil_header, self.swap, self.lie_of_children,
        ]  # fmt: skip
        for way in self.rng.sample(ways, self.rng.choice([1, 1, 1, 2, 3])):
            self.kinds.append(way.__name__)
            way()
        return bytes(self.data)

    def _page(self, kinds: tuple[int, ...] = ()) -> tuple[int, int]:
        """A page of one of the kinds, if one is found soon: where it and its B-tree header begin."""
        for _ in range(50):
            start, at = self.page()
            if at < len(self.data) and (not kinds or self.data[at] in kinds):
                break
        return start, at

    def _put(self, at: int, data: bytes) -> None:
        self.data[at : at + len(data)] = data[: max(len(self.data) - at, 0)]

    def lose_first_page(self) -> None:
        """Page 1 is zeros, or noise, or its header is."""
        size = self.rng.choice([100, self.page_size])
        self._put(0, self.rng.choice([bytes(size), self.rng.randbytes(size)]))

    def tear(self) -> None:
        """The sectors at the beginning or end of pages are not theirs."""
        for _ in range(self.rng.choice([1, 3])):
            start, _ = self._page()
            half = self.rng.choice([self.page_size // 2, max(self.page_size - 512, 256)])
            at = start + self.rng.choice([0, self.page_size - half])
            self._put(at, self.rng.choice([bytes(half), self.rng.randbytes(half)]))

    def scatter(self) -> None:
        """Single bytes anywhere."""
        for _ in range(self.rng.choice([1, 10, 60])):
            self._put(self.rng.randrange(len(self.data)), self.rng.randbytes(1))

    def wipe(self) -> None:
        """Whole pages are zeros."""
        for _ in range(self.rng.choice([1, 2, 5])):
            start, _ = self._page()
            self._put(start, bytes(self.page_size))

    def cut(self) -> None:
        """The end of the file is missing."""
        del self.data[self.rng.randrange(min(200, len(self.data) - 1), len(self.data)) :]

    def swap(self) -> None:
        """Pages stand in one another's places."""
        for _ in range(self.rng.choice([1, 2])):
            first, second = self._page()[0], self._page()[0]
            one = bytes(self.data[first : first + self.page_size])
            other = bytes(self.data[second : second + self.page_size])
            if len(one) == len(other):
                self._put(first, other)
                self._put(second, one)

    def lie_of_cells(self) -> None:
        """A page counts more cells than it has, or fewer."""
        _, at = self._page(LEAVES)
        count = int.from_bytes(self.data[at + 3 : at + 5], "big")
        wrong = self.rng.choice([0, 1, count // 2, count + 1, count + 5, count * 2, 0xFFFF])
        self._put(at + 3, (wrong & 0xFFFF).to_bytes(2, "big"))

    def lie_of_children(self) -> None:
        """An interior page leads to other pages than its children."""
        start, at = self._page(INTERIOR)
        page = self.rng.choice([0, 1, self.pages, self.pages + 1, self.rng.randrange(1, self.pages + 1)])
        place = at + 8
        if self.rng.randrange(2):
            pointer = at + 12 + 2 * self.rng.randrange(4)
            place = start + int.from_bytes(self.data[pointer : pointer + 2], "big")
        self._put(place, page.to_bytes(4, "big"))

    def break_chain(self) -> None:
        """A page that begins as overflow pages do leads somewhere else, or nowhere."""
        for _ in range(3):
            start, at = self._page((0,))
            if start != at:
                continue
            page = self.rng.choice(
                [0, start // self.page_size + 1, self.rng.randrange(1, self.pages + 1), 0xFFFFFF]
            )
            self._put(start, page.to_bytes(4, "big"))

    def fields(self) -> None:
        """Fields of the file's structure."""
        for _ in range(self.rng.choice([1, 2, 5])):
            if len(self.data) >= self.pages * self.page_size:
                self.rng.choice([self.field_of_page, self.field_of_cell, self.field_of_file])()

    def spoil_header(self) -> None:
        """The page size, the encoding or the magic of the header."""
        at, size = self.rng.choice([(0, 16), (16, 2), (20, 1), (56, 4), (21, 3)])
        self._put(at, self.rng.choice([bytes(size), self.rng.randbytes(size), b"\x10\x00\x01\x00"[:size]]))


def damaged(original: bytes, seed: int) -> tuple[bytes, list[str]]:
    """A damaged copy, and what was done to it."""
    damage = Damage(original, random.Random(seed).randrange(1 << 32))
    return damage.damage(), damage.kinds
