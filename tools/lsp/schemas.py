"""What the schema is before each statement of a document.

Schemas are numbered: that with which a document begins, and each that a statement makes of one.  A piece need not be
checked again where nothing that it speaks of has changed in the schema before it (``dependencies``).  A few schemas are
kept as databases in memory (``Rehearsal``), so that what is typed in one place is looked at without carrying out all
statements before it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Final

from foundrydb.toolkit.checks.checking import findings_of, findings_of_schema
from foundrydb.toolkit.problems import carry_out, late_problems, problems_of
from foundrydb.tools.lsp.dependencies import Dependencies, Numbers, Ties, ties_of_steps
from foundrydb.tools.lsp.documents import SeenSchema

if TYPE_CHECKING:
    from foundrydb.toolkit.checks.rules import Finding
    from foundrydb.toolkit.problems import Problem
    from foundrydb.toolkit.rehearsal import Rehearsal
    from foundrydb.tools.lsp.documents import OpenDocument, StatementPiece

_KEPT: Final = 4
"""How many schemas of a document are kept."""


class Course:
    """A document with the schemas along it.

    Args:
        base: the schema with which it begins.
        number: that one's number.

    Attributes:
        schema_findings: what the rules find in the schema that all statements leave.
    """

    def __init__(self, document: OpenDocument, base: Rehearsal, number: int, numbers: Numbers) -> None:
        self.document: Final = document
        self._base: Final = base
        self._number: Final = number
        self._numbers: Final = numbers
        self._kept: Final[dict[int, Rehearsal]] = {}
        self._given: list[Ties] | None = None
        self.schema_findings: list[Finding] = []
        self._found_in = -1

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
        self._advance(state, start, at)
        return state

    def _advance(self, state: Rehearsal, start: int, at: int) -> None:
        """Carry out the statements of some pieces."""
        for piece in self.document.pieces[start:at]:
            if piece.changes and piece.reading is not None:
                carry_out(piece.reading, piece.sql, state)

    # checking -----------------------------------------------------------------------------------------------

    def check(self, rules: bool = True) -> Generator[None]:
        """Check what has not been checked since it, or what it speaks of, changed; a step for each piece.

        What was read last comes first where the schema before it is at hand: it is what an editor's user looks at.

        Args:
            rules: look for what they find as well.
        """
        numbers = self.schema_numbers()
        dependencies = self._dependencies()
        seen = [SeenSchema(*each) for each in zip(numbers, dependencies.before, strict=False)]
        pieces = self.document.pieces
        for at in self.document.read:
            at_hand = numbers[at] == self._number or numbers[at] in self._kept
            if at_hand and not pieces[at].changes and _wants(pieces[at], seen[at], rules):
                _look_at(pieces[at], self._before(at, numbers), seen[at], rules)
                yield
        yield from self._check_along(numbers, seen, rules)
        yield from self._check_late(numbers, dependencies)
        if rules and self._found_in != numbers[-1]:
            self.schema_findings = findings_of_schema(self._before(len(numbers) - 1, numbers))
            self._found_in = numbers[-1]

    def _check_along(self, numbers: list[int], seen: list[SeenSchema], rules: bool) -> Iterator[None]:
        """Check pieces in their order, with a schema that goes along."""
        state, place, own = self._base, 0, False
        for at, piece in enumerate(self.document.pieces):
            if not _wants(piece, seen[at], rules):
                continue
            if not own:
                state = self._before(at, numbers)
            elif numbers[place] != numbers[at]:
                self._advance(state, place, at)
            if piece.changes and not own:
                state, own = state.copy(), True
            _look_at(piece, state, seen[at], rules)
            place = at + 1 if piece.changes else at
            try:
                yield
            except GeneratorExit:
                # Whoever types meanwhile has the check begin anew: where it has come to is not lost.
                self._keep_own(numbers[place], state, own)
                raise
        self._keep_own(numbers[place], state, own)

    def _keep_own(self, number: int, state: Rehearsal, own: bool) -> None:
        if own and number not in self._kept:
            self._keep(number, state)

    def _check_late(self, numbers: list[int], dependencies: Dependencies) -> Iterator[None]:
        """Check views and triggers against what all statements make."""
        for piece in self.document.pieces:
            if piece.reading is None or not piece.changes:
                continue
            seen = SeenSchema(numbers[-1], dependencies.behind(piece))
            if not _holds(piece.late, seen, piece.late_problems):
                state = self._before(len(numbers) - 1, numbers)
                piece.late_problems = late_problems(piece.reading, piece.sql, state)
                piece.late = seen
                yield

    def _dependencies(self) -> Dependencies:
        if self._given is None:
            self._given = ties_of_steps(self._base.steps)
        return Dependencies(self.document.pieces, self._given, self._number, self._numbers)


def _wants(piece: StatementPiece, seen: SeenSchema, rules: bool) -> bool:
    """Whether a piece has to be looked at."""
    known = piece.findings is not None or not rules
    return piece.reading is not None and not (known and _holds(piece.checked, seen, piece.problems))


def _look_at(piece: StatementPiece, state: Rehearsal, seen: SeenSchema, rules: bool) -> None:
    """Find out about a piece, which is then carried out."""
    reading = piece.reading
    assert reading is not None
    piece.findings = None
    if rules:
        statement = None if reading.mistakes else reading.statement
        piece.findings = [] if statement is None else findings_of(statement, piece.sql, state)
    piece.problems = problems_of(reading, piece.sql, state)
    piece.checked = seen


def _holds(known: SeenSchema | None, seen: SeenSchema, problems: list[Problem]) -> bool:
    """Whether what is known of a piece still is so; what may have been meant instead of a name can be anything."""
    if known is None or known.versions != seen.versions:
        return False
    return known.number == seen.number or not problems
