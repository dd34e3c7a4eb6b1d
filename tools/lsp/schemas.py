"""What the schema is before each statement of a document.

Schemas are numbered: that with which a document begins, and each that a statement makes of one.  A piece that was
checked against a schema of some number need not be checked again.  A few schemas are kept as databases in memory
(``Rehearsal``), so that what is typed in one place is looked at without carrying out all statements before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Final

from foundrydb.toolkit.problems import late_problems, problems_of

if TYPE_CHECKING:
    from foundrydb.toolkit.rehearsal import Rehearsal
    from foundrydb.tools.lsp.documents import OpenDocument

_KEPT: Final = 4
"""How many schemas of a document are kept."""


class Numbers:
    """Numbers of schemas: the same for what the same statement makes of the same schema."""

    def __init__(self) -> None:
        self._next: Final = count()
        self._known: Final[dict[tuple[int, str], int]] = {}

    def new(self) -> int:
        """The number of a schema that is like no other."""
        return next(self._next)

    def after(self, number: int, text: str) -> int:
        """The number of what a statement makes of a schema."""
        key = (number, text)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = next(self._next)
        return found


class Course:
    """A document with the schemas along it.

    Args:
        base: the schema with which it begins.
        number: that one's number.
    """

    def __init__(self, document: OpenDocument, base: Rehearsal, number: int, numbers: Numbers) -> None:
        self.document: Final = document
        self._base: Final = base
        self._number: Final = number
        self._numbers: Final = numbers
        self._kept: Final[dict[int, Rehearsal]] = {}

    def close(self) -> None:
        """Let go of the schemas that are kept."""
        for state in self._kept.values():
            state.close()
        self._kept.clear()

    def schema_numbers(self) -> list[int]:
        """The schema's number before each piece, and behind the last one."""
        number = self._number
        found = [number]
        for piece in self.document.pieces:
            if piece.changes:
                number = self._numbers.after(number, piece.text)
            found.append(number)
        return found

    def before(self, at: int) -> Rehearsal:
        """The schema before a piece, or behind the last one; not to be changed."""
        numbers = self.schema_numbers()
        at = min(at, len(numbers) - 1)
        return self._before(at, numbers)

    def _before(self, at: int, numbers: list[int]) -> Rehearsal:
        if numbers[at] == self._number:
            return self._base
        known = self._kept.pop(numbers[at], None)
        if known is None:
            known = self._made(at, numbers)
        self._keep(numbers[at], known)
        return known

    def _keep(self, number: int, state: Rehearsal) -> None:
        self._kept[number] = state
        while len(self._kept) > _KEPT:
            oldest = next(iter(self._kept))
            self._kept.pop(oldest).close()

    def _made(self, at: int, numbers: list[int]) -> Rehearsal:
        """The schema before a piece, made of the nearest one before it that is known."""
        start = at
        while start > 0 and numbers[start] != self._number and numbers[start] not in self._kept:
            start -= 1
        state = self._kept.get(numbers[start], self._base).copy()
        for piece in self.document.pieces[start:at]:
            if piece.changes and piece.reading is not None:
                problems_of(piece.reading, piece.sql, state)
        return state

    # checking -----------------------------------------------------------------------------------------------

    def check(self) -> Iterator[None]:
        """Check what has not been checked since it, or the schema, changed; a step for each piece."""
        numbers = self.schema_numbers()
        moving: Rehearsal | None = None
        moved = -1
        for at, piece in enumerate(self.document.pieces):
            if piece.checked == numbers[at] or piece.reading is None:
                continue
            if moving is None or moved != numbers[at]:
                state = self._before(at, numbers)
                if piece.changes:
                    state = state.copy()
            else:
                state = moving
            piece.problems = problems_of(piece.reading, piece.sql, state)
            piece.checked = numbers[at]
            if piece.changes:
                if moving is not None and moving is not state:
                    self._keep(moved, moving)
                moving, moved = state, numbers[at + 1]
            yield
        if moving is not None and moved not in self._kept:
            self._keep(moved, moving)
        yield from self._check_late(numbers)

    def _check_late(self, numbers: list[int]) -> Iterator[None]:
        """Check views and triggers against what all statements make."""
        for piece in self.document.pieces:
            if piece.late != numbers[-1] and piece.reading is not None and piece.changes:
                state = self._before(len(numbers) - 1, numbers)
                piece.late_problems = late_problems(piece.reading, piece.sql, state)
                piece.late = numbers[-1]
                yield
