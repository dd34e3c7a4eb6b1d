"""Who changed a page: the instructions that did, and what kind of change each made.

The statement runs once more under observation.  Of each instruction the pager tells which pages it changed; what became
of the page in question is read off its image before and after, and off the list of free pages: a page is allocated,
freed, split; cells come and go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.errors import Error
from foundrydb.toolkit.debugging.state import InstructionPlace

if TYPE_CHECKING:
    from foundrydb.storage.pages.pager import Pager
    from foundrydb.toolkit.debugging.recorded_run import RecordedRun

MOST: Final = 10_000
"""Of how many changes is told."""

_KINDS: Final = {2: "interior index", 5: "interior table", 10: "leaf index", 13: "leaf table"}
_HEADER: Final = 100
_MOST_FREE: Final = 100_000


class PageChange:
    """A change of the page.

    Attributes:
        step: the number of the instruction in the run.
        place: the instruction; at the statement's end the last one, which has index changes made that waited.
        what: the kind of change in words.
        shape: whether the page's part in its tree changed: it was allocated, freed, split or joined with another.
    """

    def __init__(self, step: int, place: InstructionPlace, what: str, shape: bool) -> None:
        self.step: Final = step
        self.place: Final = place
        self.what: Final = what
        self.shape: Final = shape


class PageChanges:
    """The changes of one page in one run.

    Attributes:
        found: the changes, in their order.
        undone: the statement failed, and its changes were undone; OR FAIL keeps them.
    """

    def __init__(self, run: RecordedRun, page: int, database: int = 0) -> None:
        """Run the statement under observation; where the run stands is the same afterwards."""
        self.found: Final[list[PageChange]] = []
        self._run: Final = run
        self._page: Final = page
        self._attached: Final = run.replay.connection.engine.attached.all[database]
        self._step = 0
        self._count = 0
        self._free: set[int] = set()
        self._first: bytes | None = None
        self._image: bytes | None = None
        self._begun = False
        self._kept = False
        self.outcome: Final = run.watching_all(self._look)
        self.undone: Final = run.replay.failure is not None and not self._kept

    def telling(self, most: int) -> list[PageChange | int]:
        """What is worth telling: all that changed the page's part in its tree, the first and the last of the rest.

        Args:
            most: so many of those that changed its part.

        Returns:
            The changes, in order; numbers of those left out between them.
        """
        shown = {id(change) for change in self.found[:1] + self.found[-1:]}
        shown |= {id(change) for change in [each for each in self.found if each.shape][:most]}
        told: list[PageChange | int] = []
        for change in self.found:
            if id(change) in shown:
                told.append(change)
            elif told and isinstance(told[-1], int):
                told[-1] += 1
            else:
                told.append(1)
        return told

    def _look(self) -> None:
        """Look at what an instruction has changed."""
        replay = self._run.replay
        database = self._attached.database
        if database is None or replay.steps == self._step or not database.pager.in_read:
            return
        self._step = replay.steps
        pager = database.pager
        touched = dict.fromkeys(pager.touched)
        free = self._free if self._begun and 1 not in touched else _free_pages(pager)
        mine = self._page in touched
        if not self._begun:
            self._first = _image(pager, self._page)
        failed = replay.failure is not None
        self._kept = failed and _image(pager, self._page) != self._first
        undoing = failed and not self._kept  # which is told of the whole statement
        if mine and self._begun and not undoing and len(self.found) < MOST:
            self._tell(pager, free)
        self._count = int(pager.page_count)
        self._free = free
        if mine or not self._begun:
            self._image = _image(pager, self._page)
        self._begun = True

    def _tell(self, pager: Pager, free: set[int]) -> None:
        """Tell of a change of the page; free: the free pages of now."""
        count = int(pager.page_count)
        new = sorted(({*range(self._count + 1, count + 1)} | (self._free - free)) - {self._page})
        gone = sorted((free - self._free) - {self._page})
        what, shape = self._change(pager, free, new, gone)
        if self._run.replay.ended:
            what = f"as changes of indexes were made that waited, {what}"
        stepper = self._run.replay.stepper
        place = InstructionPlace(self._run.meanings, stepper.program, int(stepper.address))
        self.found.append(PageChange(self._step, place, what, shape))

    def _change(self, pager: Pager, free: set[int], new: list[int], gone: list[int]) -> tuple[str, bool]:
        """What became of the page in words, and whether its part in the tree changed.  new, gone: other pages."""
        page = self._page
        after = _image(pager, page)
        if after is None:
            return "cut off the file", True
        if page in free:
            return ("freed", True) if page not in self._free else ("changed as a free page", False)
        if page > self._count:
            return f"allocated: the file grew to {int(pager.page_count):,} pages; {_told(page, after)}", True
        if page in self._free:
            return f"allocated, from the free pages; {_told(page, after)}", True
        assert self._image is not None
        return _change_within(page, self._image, after, new, gone)


def _change_within(
    page: int, before: bytes, after: bytes, new: list[int], gone: list[int]
) -> tuple[str, bool]:
    """What became of a page that was in use, and still is."""
    old, now = _cells(page, before), _cells(page, after)
    if old is None or now is None:
        return ("changed" if before != after else "touched, and left as it was"), False
    if _kind(page, before) != _kind(page, after):
        return (
            f"it became {_told(page, after)}; its {old:,} cells went to {_pages(new) or 'other pages'}",
            True,
        )
    cells = f"{old:,} → {now:,} cell{'' if now == 1 else 's'}"
    if now < old - 1 and new:
        return f"split: {cells}, others went to {_pages(new)}", True
    if gone and now != old:
        return f"joined with a neighbour: {cells}; {_pages(gone)} was freed", True
    if now > old:
        more = f", and {_pages(new)} allocated beside it" if new else ""
        return ("cell inserted" if now == old + 1 else "cells taken over") + f": {cells}{more}", bool(new)
    if now < old:
        return ("cell deleted" if now == old - 1 else "cells given away") + f": {cells}", False
    if page == 1 and before[_HEADER:] == after[_HEADER:]:
        return "the file's header changed", False
    return ("cell changed" if before != after else "touched, and left as it was"), False


def _pages(numbers: list[int]) -> str:
    if not numbers:
        return ""
    return ("page " if len(numbers) == 1 else "pages ") + ", ".join(map(str, numbers))


def _kind(page: int, image: bytes) -> int:
    return image[_HEADER if page == 1 else 0]


def _cells(page: int, image: bytes) -> int | None:
    """How many cells a page of a B-tree has; None for another page, as far as one sees."""
    at = _HEADER if page == 1 else 0
    if image[at] not in _KINDS:
        return None
    return int.from_bytes(image[at + 3 : at + 5], "big")


def _told(page: int, image: bytes) -> str:
    cells = _cells(page, image)
    kind = _KINDS.get(_kind(page, image))
    return "no page of a B-tree" if cells is None else f"{kind}, {cells:,} cell{'' if cells == 1 else 's'}"


def _image(pager: Pager, page: int) -> bytes | None:
    """The page as it is now; None where there is none, or none can be had."""
    try:
        return pager.get(page).image() if 0 < page <= pager.page_count else None
    except Error:
        return None


def _free_pages(pager: Pager) -> set[int]:
    """The free pages: trunks of the list, and what they name."""
    found: set[int] = set()
    first = _image(pager, 1)
    trunk = 0 if first is None else int.from_bytes(first[32:36], "big")
    while trunk not in found and len(found) < _MOST_FREE:
        image = _image(pager, trunk)
        if image is None:
            break
        found.add(trunk)
        count = min(int.from_bytes(image[4:8], "big"), len(image) // 4 - 2)
        found.update(int.from_bytes(image[8 + 4 * i : 12 + 4 * i], "big") for i in range(count))
        trunk = int.from_bytes(image[:4], "big")
    return found
