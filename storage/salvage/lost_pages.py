"""Pages with records that no known tree reaches, or that are astray in one."""

from __future__ import annotations

from array import array
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.salvage.page_claims import PageClaims


@final
class LostPages:
    """The lost pages, one after another, by their numbers; once all known trees were walked.

    Attributes:
        number: the page that ``next_page`` found; the reader of the claims stands on it.
        root: the page at the top of the tree that it belonged to, as far as lost pages tell.
    """

    def __init__(self, claims: PageClaims) -> None:
        self.number: i64 = 0
        self.root: i64 = 0
        self._claims: Final = claims
        self._count: Final[i64] = claims.source.page_count
        # Per lost page the first page that leads to it; 0 for none.  The top of its tree, once it was asked for.
        self._parents: Final = array("I", bytes(4 * int(self._count + 1)))
        self._tops: Final = array("I", bytes(4 * int(self._count + 1)))
        self._find_parents()

    def _find_parents(self) -> None:
        reader = self._claims.reader
        for number in range(1, self._count + 1):
            if not reader.open(number):
                continue
            for child in reader.children():
                if 0 < child <= self._count and self._is_lost(child) and self._parents[child] == 0:
                    self._parents[child] = int(number)

    def _is_lost(self, number: i64) -> bool:
        return not self._claims.claimed(number) or self._claims.astray.has(number)

    def rewind(self) -> None:
        """Begin again with the first page."""
        self.number = 0

    def next_page(self) -> bool:
        """Go on to the next lost page that is one of a tree; False at the end."""
        while self.number < self._count:
            self.number += 1
            if self._is_lost(self.number) and self._claims.reader.open(self.number):
                self.root = self._top(self.number)
                return True
        return False

    def _top(self, number: i64) -> i64:
        """The page at the top of the tree: up from parent to parent, while they are lost.  A circle has no top."""
        path: list[int] = []
        at = number
        met = {int(number)}
        while True:
            known = i64(self._tops[int(at)])
            if known != 0:
                at = known
                break
            path.append(int(at))
            parent = i64(self._parents[int(at)])
            if parent == 0 or not self._is_lost(parent):
                break
            if int(parent) in met:
                at = number
                break
            met.add(int(parent))
            at = parent
        for below in path:
            self._tops[below] = int(at)
        return at
