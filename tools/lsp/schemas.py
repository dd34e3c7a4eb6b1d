"""What the schema is before each statement of a document.

A document begins with what the database has and the folder's other files make (``FirstSchema``).  Schemas are numbered:
that one, and each that a statement makes of one.  A piece need not be checked again where nothing that it speaks of has
changed in the schema before it (``dependencies``).  A few schemas are kept as databases in memory (``Rehearsal``), so
that what is typed in one place is looked at without carrying out all statements before it; none is made before
something has to be looked at in it.

What takes long goes on in steps, between which an editor's other questions are answered.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error
from foundrydb.toolkit.checks.checking import findings_of, findings_of_schema
from foundrydb.toolkit.problems import carry_out, late_problems, problems_of
from foundrydb.toolkit.rehearsal import made_name
from foundrydb.tools.lsp.dependencies import (
    Dependencies,
    Ties,
    after,
    guessed_alike,
    guesses,
    of_other_file,
    ties_of_steps,
)
from foundrydb.tools.lsp.documents import SeenSchema

if TYPE_CHECKING:
    from foundrydb.toolkit.checks.rules import Finding
    from foundrydb.toolkit.problems import Problem
    from foundrydb.toolkit.rehearsal import Rehearsal
    from foundrydb.tools.lsp.documents import OpenDocument, StatementPiece

_KEPT: Final = 4
"""How many schemas of a document are kept."""


class StoredSchema:
    """The schema of the database, an empty one where there is none.

    Attributes:
        state: the schema.
        number: its number.
    """

    def __init__(self, state: Rehearsal, number: int) -> None:
        self.state: Final = state
        self.number: Final = number

    @cached_property
    def ties(self) -> list[Ties]:
        """What its statements tie together."""
        return ties_of_steps(self.state.steps)


class FirstSchema:
    """The schema with which a document begins, which is made when it is first asked for.

    Args:
        stored: that of the database.
        others: what the other files make.

    Attributes:
        number: its number.
    """

    def __init__(self, stored: StoredSchema, others: list[StatementPiece]) -> None:
        self.stored: Final = stored
        self.others: Final = others
        self.number = stored.number
        for piece in others:
            self.number = after(self.number, of_other_file(piece))
        self._state: Rehearsal | None = None
        self._done = 0

    @property
    def state(self) -> Rehearsal:
        """The schema; not to be changed."""
        for _ in self.make():
            pass
        assert self._state is not None
        return self._state

    @property
    def made(self) -> bool:
        """Whether the schema is at hand."""
        return self._state is not None and self._done == len(self.others)

    def make(self) -> Iterator[bool]:
        """Make the schema, a step for each statement; what has been done is not done again."""
        if self._state is None:
            self._state = self.stored.state.copy() if self.others else self.stored.state
            self._state.give()
        while self._done < len(self.others):
            _add(self._state, self.others[self._done])
            self._done += 1
            if self.made:
                self._state.give()
            yield False

    def close(self) -> None:
        """Let go of the schema."""
        if self._state is not None and self.others:
            self._state.close()
        self._state, self._done = None, 0


def _add(state: Rehearsal, piece: StatementPiece) -> None:
    """Carry out a statement of another file, which may make again what is there."""
    statement, reading = piece.statement, piece.reading
    if reading is not None and (statement is None or reading.repaired):
        carry_out(reading, piece.sql, state)
    if statement is None:
        return
    with suppress(Error):
        state.run(piece.sql[statement.start : statement.end])
    made = made_name(statement)
    name = made.name if made is not None else None
    if isinstance(statement, ast.AlterRenameTable):
        name = statement.new_name
    if name is not None:
        state.given.add(fold(name.text))


class Course:
    """A document with the schemas along it.

    Args:
        beginning: the schema with which it begins.

    Attributes:
        schema_findings: what the rules find in the schema that all statements leave.
        closed: another course has taken its place.
    """

    def __init__(self, document: OpenDocument, beginning: FirstSchema) -> None:
        self.document: Final = document
        self.beginning: Final = beginning
        self._kept: Final[dict[int, Rehearsal]] = {}
        self._known: Dependencies | None = None
        self.schema_findings: list[Finding] = []
        self.closed = False
        self._found_in = -1

    def close(self) -> None:
        """Let go of the schemas that are kept."""
        self.closed = True
        for state in self._kept.values():
            state.close()
        self._kept.clear()
        self.beginning.close()

    def schema_numbers(self) -> list[int]:
        """The schema's number before each piece, and behind the last one."""
        number = self.beginning.number
        found = [number]
        for piece in self.document.pieces:
            if piece.changes:
                number = after(number, piece.code)
            found.append(number)
        return found

    def before(self, at: int) -> Rehearsal:
        """The schema before a piece, or behind the last one; not to be changed."""
        numbers = self.schema_numbers()
        making = self.reach(min(at, len(numbers) - 1), numbers)
        while True:
            try:
                next(making)
            except StopIteration as done:
                state: Rehearsal = done.value
                return state

    def reach(self, at: int, numbers: list[int]) -> Generator[bool, None, Rehearsal]:
        """The schema before a piece, made of the nearest one before it that is known where it is not at hand."""
        number = numbers[at]
        if number == self.beginning.number:
            yield from self.beginning.make()
            return self.beginning.state
        if number not in self._kept:
            start = at
            while start > 0 and numbers[start] not in self._kept and numbers[start] != self.beginning.number:
                start -= 1
            known = yield from self.reach(start, numbers)
            state = known.copy()
            yield from self._advance(state, start, at)
            self.keep(number, state)
        # The one that was asked for last is let go of last.
        state = self._kept.pop(number)
        self._kept[number] = state
        return state

    def keep(self, number: int, state: Rehearsal) -> None:
        """Keep a schema, and let go of the one that was asked for least lately."""
        before = self._kept.pop(number, None)
        if before is not None:
            before.close()
        self._kept[number] = state
        while len(self._kept) > _KEPT:
            oldest = next(iter(self._kept))
            self._kept.pop(oldest).close()

    def _advance(self, state: Rehearsal, start: int, at: int) -> Iterator[bool]:
        """Carry out the statements of some pieces."""
        for piece in self.document.pieces[start:at]:
            if piece.changes and piece.reading is not None:
                carry_out(piece.reading, piece.sql, state)
                yield False

    # checking -----------------------------------------------------------------------------------------------

    def check(self, rules: bool = True) -> Generator[bool]:
        """Check what has not been checked since it, or what it speaks of, changed, in steps.

        What was read last comes first where the schema before it is at hand: it is what an editor's user looks at.

        Args:
            rules: look for what they find as well.

        Yields:
            whether the step has looked at a piece.
        """
        numbers = self.schema_numbers()
        dependencies = self._dependencies()
        seen = [SeenSchema(*each) for each in zip(numbers, dependencies.along(self.document.pieces))]
        yield from self._check_read(numbers, seen, rules)
        yield from self._check_along(numbers, seen, rules)
        yield from self._check_late(numbers, dependencies)
        if rules and self._found_in != numbers[-1]:
            self.schema_findings = []
            if dependencies.changing:
                state = yield from self.reach(len(numbers) - 1, numbers)
                self.schema_findings = findings_of_schema(state)
            self._found_in = numbers[-1]

    def _check_read(self, numbers: list[int], seen: list[SeenSchema], rules: bool) -> Iterator[bool]:
        """Check the pieces that were read last, as far as that takes no long way."""
        for at in self.document.read:
            piece, number = self.document.pieces[at], numbers[at]
            at_hand = number in self._kept or (number == self.beginning.number and self.beginning.made)
            if at_hand and not piece.changes and _is_outdated(piece, seen[at], rules):
                state = yield from self.reach(at, numbers)
                _look_at(piece, state, seen[at], rules)
                yield True

    def _check_along(self, numbers: list[int], seen: list[SeenSchema], rules: bool) -> Iterator[bool]:
        """Check pieces in their order, with a schema that goes along."""
        walk = _Walk(self, numbers)
        try:
            for at, piece in enumerate(self.document.pieces):
                outdated = _is_outdated(piece, seen[at], rules)
                if outdated or _is_doubtful(piece.checked, seen[at], piece.problems):
                    state = yield from walk.to(at)
                    if outdated or not _is_alike(piece.checked, piece.problems, state):
                        walk.look(piece, seen[at], rules)
                    else:
                        piece.checked = _seen_in(state, seen[at], piece.problems)
                    yield outdated
        finally:
            # Whoever types meanwhile has the check begin anew: where it has come to is not lost.
            walk.keep()

    def _check_late(self, numbers: list[int], dependencies: Dependencies) -> Iterator[bool]:
        """Check views and triggers against what all statements make."""
        for piece in dependencies.changing:
            if not isinstance(piece.statement, (ast.CreateView, ast.CreateTrigger)):
                continue
            assert piece.reading is not None
            seen = SeenSchema(numbers[-1], dependencies.behind(piece))
            outdated = piece.late is None or piece.late.versions != seen.versions
            if outdated or _is_doubtful(piece.late, seen, piece.late_problems):
                state = yield from self.reach(len(numbers) - 1, numbers)
                if outdated or not _is_alike(piece.late, piece.late_problems, state):
                    piece.late_problems = late_problems(piece.reading, piece.sql, state)
                piece.late = _seen_in(state, seen, piece.late_problems)
                yield outdated

    def _dependencies(self) -> Dependencies:
        """What the pieces depend on: that is tied together anew where one that changes the schema is another."""
        changing = [piece for piece in self.document.pieces if piece.changes]
        if self._known is None or self._known.changing != changing:
            stored, others = self.beginning.stored, self.beginning.others
            ties = stored.ties if changing or others else []
            self._known = Dependencies(ties, others, changing, stored.number)
        return self._known


class _Walk:
    """A way through the pieces of a document, with the schema before the one that it has come to."""

    def __init__(self, course: Course, numbers: list[int]) -> None:
        self._course: Final = course
        self._numbers: Final = numbers
        self._state: Rehearsal | None = None
        self._own = False
        self._place = 0

    def to(self, at: int) -> Generator[bool, None, Rehearsal]:
        """Go to a piece; the schema before it."""
        if self._state is None or not self._own:
            self._place = at
            self._state = yield from self._course.reach(at, self._numbers)
        while self._place < at:
            piece = self._course.document.pieces[self._place]
            self._place += 1
            if piece.changes and piece.reading is not None:
                carry_out(piece.reading, piece.sql, self._state)
                yield False
        return self._state

    def look(self, piece: StatementPiece, seen: SeenSchema, rules: bool) -> None:
        """Check the piece that it has come to."""
        assert self._state is not None
        if piece.changes and not self._own:
            self._state, self._own = self._state.copy(), True
        _look_at(piece, self._state, seen, rules)
        self._place += piece.changes

    def keep(self) -> None:
        """Leave the schema that it has come to with the document."""
        if self._own and self._state is not None:
            self._course.keep(self._numbers[self._place], self._state)


def _is_outdated(piece: StatementPiece, seen: SeenSchema, rules: bool) -> bool:
    """Whether something has changed that a piece speaks of, or it has not been checked."""
    known = piece.checked
    if piece.reading is None:
        return False
    return known is None or known.versions != seen.versions or (rules and piece.findings is None)


def _is_doubtful(known: SeenSchema | None, seen: SeenSchema, problems: list[Problem]) -> bool:
    """Whether something that a piece does not speak of has changed, and another name may have been meant."""
    return known is not None and known.number != seen.number and guesses(problems)


def _is_alike(known: SeenSchema | None, problems: list[Problem], state: Rehearsal) -> bool:
    """Whether what may have been meant is the same."""
    return known is not None and guessed_alike(problems, known.tables, _tables(state))


def _look_at(piece: StatementPiece, state: Rehearsal, seen: SeenSchema, rules: bool) -> None:
    """Find out about a piece, which is then carried out."""
    reading = piece.reading
    assert reading is not None
    piece.findings = None
    if rules:
        statement = None if reading.mistakes else reading.statement
        piece.findings = [] if statement is None else findings_of(statement, piece.sql, state)
    piece.problems = problems_of(reading, piece.sql, state)
    piece.checked = _seen_in(state, seen, piece.problems)


def _seen_in(state: Rehearsal, seen: SeenSchema, problems: list[Problem]) -> SeenSchema:
    """A schema as a statement was checked against it which has problems."""
    return seen._replace(tables=_tables(state)) if guesses(problems) else seen


def _tables(state: Rehearsal) -> frozenset[str]:
    """The names of all tables and views."""
    found: set[str] = set()
    for schema in state.catalog.schemas:
        found.update([each.name for each in schema.tables.values()])
        found.update([each.name for each in schema.views.values()])
    return frozenset(found)
