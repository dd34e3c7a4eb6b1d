"""Where something was read from: cells of B-tree pages, each with the cursor that stood on it."""

from __future__ import annotations

from typing import Final, NamedTuple, final

MOST_CELLS: Final = 1_000
"""So many cells of one row are told; more are counted."""


class ReadCell(NamedTuple):
    """A cell that a cursor stood on.

    Attributes:
        cursor: the cursor's number in the program.
        database: the number of the database that its B-tree is in.
        page: the page's number.
        cell: the cell's place in the page, from 0.
    """

    cursor: int
    database: int
    page: int
    cell: int


@final
class Origins:
    """The cells that a value, an entry or a row was read from.  It does not change.

    Attributes:
        cells: in the order in which they were met, each once.
        more: how many more there were that were not kept.
        lost: some of it went through a temporary file, or a place that is not followed.
    """

    __slots__ = ("cells", "lost", "more")

    def __init__(self, cells: dict[ReadCell, None], more: int = 0, lost: bool = False) -> None:
        self.cells: Final = cells
        self.more: Final = more
        self.lost: Final = lost

    def __bool__(self) -> bool:
        return bool(self.cells) or self.lost

    def joined(self, other: Origins) -> Origins:
        """Both together."""
        if not other or other is self:
            return self
        if not self:
            return other
        fresh = [cell for cell in other.cells if cell not in self.cells]
        lost = self.lost or other.lost
        if not fresh and not other.more and lost == self.lost:
            return self
        room = max(MOST_CELLS - len(self.cells), 0)
        cells = self.cells | dict.fromkeys(fresh[:room]) if room and fresh else self.cells
        return Origins(cells, self.more + other.more + max(len(fresh) - room, 0), lost)


NOTHING: Final = Origins({})
LOST: Final = Origins({}, 0, True)
