"""Where the cells of an interior page lie: whatever is put in and taken out, the page has its cells and its free space.

That they lie where C SQLite has them lie is seen in the logs of whole scripts (``interchange/test_wal_mode.py``).
"""

from __future__ import annotations

import random

import pytest

from foundrydb.storage.tree.nodes.node import INTERIOR_TABLE
from foundrydb.storage.tree.nodes.page_layout import PageLayout

USABLE = 512
EMPTY = bytes(5) + USABLE.to_bytes(2, "big") + bytes(USABLE - 7)


def check(layout: PageLayout, cells: list[bytes]) -> bytes:
    """The page, which has these cells and no byte that is lost."""
    image = layout.image(b"", INTERIOR_TABLE, cells, 9)
    assert image, "other cells, or other free space"
    assert PageLayout(image, 0, USABLE, False).free() == layout.free()
    return image


def sizes(cells: list[bytes]) -> list[int]:
    return [len(cell) for cell in cells]


@pytest.mark.parametrize("wipes", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_cells_come_and_go(seed: int, wipes: bool) -> None:
    chance = random.Random(seed)
    layout = PageLayout(EMPTY, 0, USABLE, wipes)
    cells: list[bytes] = []
    for _ in range(200):
        if cells and chance.random() < 0.45:
            index = chance.randrange(len(cells))
            layout.drop(index, len(cells.pop(index)))
        else:
            cell = chance.randbytes(chance.choice([5, 6, 9, 30]))
            index = chance.randint(0, len(cells))
            fits = len(cell) + 2 <= layout.free()
            layout.insert(index, cell, sizes(cells))
            assert (not layout.overflow) == fits
            if fits:
                cells.insert(index, cell)
            layout.overflow.clear()
        check(layout, cells)
    assert not wipes or layout.copy().image(b"", INTERIOR_TABLE, cells, 9) == check(layout, cells)


@pytest.mark.parametrize("seed", range(30))
def test_cells_are_dealt_out_anew(seed: int) -> None:
    """A page keeps a part of its cells and gets some of those before and after them, again and again."""
    chance = random.Random(seed)
    layout = PageLayout(EMPTY, 0, USABLE, False)
    mine: list[bytes] = []
    for _ in range(60):
        before, after = (
            [chance.randbytes(chance.choice([5, 7, 20])) for _ in range(chance.randrange(12))] for _ in "12"
        )
        cells = [*before, *mine, *after]
        places = [-1] * len(before) + layout.places() + [-1] * len(after)
        new = chance.randint(0, len(cells))
        count = chance.randint(0, len(cells) - new)
        while sum(sizes(cells[new : new + count])) + 2 * count > USABLE - 12:
            count -= 1
        layout.edit(cells, places, len(before), new, count)
        mine = cells[new : new + count]
        check(layout, mine)


def test_what_does_not_fit_is_kept_apart() -> None:
    layout = PageLayout(EMPTY, 0, USABLE, False)
    layout.insert(0, bytes(400), [])
    layout.insert(0, bytes(200), [400])
    assert layout.count() == 1 and layout.overflow == [(0, bytes(200))]
    assert layout.image(b"", INTERIOR_TABLE, [bytes(400)], 9) == b""
    other = PageLayout(EMPTY, 0, USABLE, False)
    layout.move_to(other)
    assert layout.count() == 0 and other.places() == [-1, 112]
