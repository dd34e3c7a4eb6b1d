"""A text as the editor has it, statement by statement.

A ``Piece`` is a statement with the blanks and comments before it, and all pieces together are the text.  When the text
changes, only the pieces around the change are read anew: reading begins at the piece in which the change begins, and
ends where a statement ends at the place at which one ended before.  What was found out about the other pieces stays.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.resumption import Reading, ResumingParser
from foundrydb.toolkit.rehearsal import OF_SCHEMA, follows
from foundrydb.tools.lsp.dependencies import Ties, Versions, ties_of

if TYPE_CHECKING:
    from foundrydb.toolkit.checks.rules import Finding
    from foundrydb.toolkit.problems import Problem

_WINDOW: Final = 20_000
"""How much of a text is looked at first when a part of it is read anew, in characters."""

_DROPS: Final = (ast.DropTable, ast.DropIndex, ast.DropView, ast.DropTrigger)
_MAKING: Final = (type(None), *[kind for kind in OF_SCHEMA if kind not in _DROPS])

_MARGIN: Final = 1_000
"""How much of what is looked at has to be left after a statement: how a wrong one ends depends on what follows."""


class SeenSchema(NamedTuple):
    """A schema as a statement was checked against it.

    Attributes:
        number: its number.
        versions: of those things in it that the statement speaks of (``dependencies``).
        tables: the names of its tables and views, where one that is missing may be a misspelling of any of them.
    """

    number: int
    versions: Versions
    tables: frozenset[str] = frozenset()


class StatementPiece:
    """A statement, and what stands before it.

    Attributes:
        text: the piece of the text.
        sql: a text that the statement was read from; its spans are offsets in it.
        origin: where in ``sql`` the piece begins.
        reading: the statement; None where the text ends with blanks or comments.
        changes: whether others may mean something else after it.
        checked: the schema that it was checked against; problems: what was found, by offsets in ``sql``.
        findings: what the rules find, likewise; None where they have not been asked.
        late: the same as ``checked`` of what is looked at when all statements are carried out; late_problems: likewise.
    """

    def __init__(self, text: str, sql: str, origin: int, reading: Reading | None) -> None:
        self.text: Final = text
        self.sql: Final = sql
        self.origin: Final = origin
        self.reading: Final = reading
        self.changes: Final = reading is not None and _changes(reading, sql)
        self.checked: SeenSchema | None = None
        self.problems: list[Problem] = []
        self.findings: list[Finding] | None = None
        self.late: SeenSchema | None = None
        self.late_problems: list[Problem] = []

    @property
    def statement(self) -> ast.Statement | None:
        """The statement's tree, None where it cannot be read."""
        return None if self.reading is None else self.reading.statement

    @cached_property
    def code(self) -> str:
        """The statement's text, without the blanks and comments before it."""
        return self.text[self.start :]

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded names in the statement."""
        statement = self.statement
        nodes = [] if statement is None else walk(statement)
        return frozenset([fold(node.text) for node in nodes if isinstance(node, ast.Name)])

    @cached_property
    def ties(self) -> Ties:
        """What the statement changes of the schema."""
        return Ties(frozenset(), frozenset()) if self.reading is None else ties_of(self.reading, self.sql)

    @property
    def is_unfinished(self) -> bool:
        """Whether the statement may go on: neither a semicolon nor the line of a dot-command ends it."""
        return not self.text.rstrip().endswith(";") and self.code[:1] not in (".", "#", "")

    @property
    def start(self) -> int:
        """Where in the piece the statement begins."""
        return len(self.text) if self.reading is None else self.reading.start - self.origin

    @property
    def end(self) -> int:
        """Where in the piece the statement ends, without the semicolon where it could be read."""
        statement = self.statement
        return len(self.text) if statement is None else statement.end - self.origin


class OpenDocument:
    """A text and its pieces.

    Attributes:
        text: the text.
        pieces: its pieces, in order.
        starts: where each begins.
        read: the numbers of those that were read last.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces: list[StatementPiece] = _read(text, 0, None)
        self.read = range(len(self.pieces))
        self.starts: list[int] = []
        self._count()

    @property
    def making(self) -> list[StatementPiece]:
        """The statements that make something which other files may speak of, those that cannot be read too."""
        return [piece for piece in self.pieces if piece.changes and isinstance(piece.statement, _MAKING)]

    def change(self, text: str) -> None:
        """Take over another text."""
        old = self.text
        if text == old:
            return
        begin = _common(old, text)
        tail = _common_end(old, text, begin)
        first = self._first_to_read(begin)
        start = self.starts[first] if first < len(self.starts) else 0
        kept = {
            at + len(text) - len(old): i
            for i, at in enumerate(self.starts)
            if i > first and at >= len(old) - tail
        }
        pieces = _read(text, start, kept)
        end = start + sum(len(piece.text) for piece in pieces)
        rest = self.pieces[kept[end] :] if end in kept else []
        self.text = text
        self.pieces = self.pieces[:first] + pieces + rest
        self.read = range(first, first + len(pieces))
        self._count()

    def at(self, offset: int) -> int:
        """The number of the piece that a place is in.

        Behind a statement that no semicolon has ended, up to the next one, that is the statement's.
        """
        number = max(bisect_right(self.starts, offset) - 1, 0)
        if number == 0:
            return 0
        piece, before = self.pieces[number], self.pieces[number - 1]
        within = offset - self.starts[number]
        behind = within == 0 or within < piece.start or piece.reading is None
        return number - 1 if behind and before.is_unfinished else number

    def _first_to_read(self, begin: int) -> int:
        """The first piece that a change at a place may concern."""
        first = max(bisect_right(self.starts, begin) - 1, 0)
        before = self.pieces[first - 1].reading if first > 0 else None
        if before is not None and before.mistakes:
            first -= 1
        for i in range(first):
            reading = self.pieces[i].reading
            if reading is not None and reading.open:
                return i
        return first

    def _count(self) -> None:
        lengths = [len(piece.text) for piece in self.pieces]
        self.starts = [0, *accumulate(lengths)][: len(lengths)]


def _changes(reading: Reading, sql: str) -> bool:
    """Whether other statements may mean something else after this one."""
    if reading.statement is not None:
        return follows(reading.statement)
    return sql[reading.start : reading.start + 6].upper() in ("CREATE", "ALTER ")


def _read(text: str, start: int, kept: dict[int, int] | None) -> list[StatementPiece]:
    """The pieces of a text from ``start`` on, to its end or to a place that is in ``kept``."""
    pieces: list[StatementPiece] = []
    size = _WINDOW if kept is not None else len(text)
    at = start
    while at < len(text):
        window = text[at : at + size]
        whole = at + size >= len(text)
        read = _read_window(window, whole, {} if kept is None else {place - at: 0 for place in kept})
        pieces += read
        done = sum(len(piece.text) for piece in read)
        at += done
        if kept is not None and at in kept:
            return pieces
        size = size if done else size * 4
    return pieces


def _read_window(window: str, whole: bool, kept: dict[int, int]) -> list[StatementPiece]:
    """The pieces of a part of a text; ``whole``: it goes on to the end of the text."""
    pieces: list[StatementPiece] = []
    parser = ResumingParser(window, commands=True)
    at = 0
    while True:
        reading = parser.next()
        if reading is None:
            if whole and at < len(window):
                pieces.append(StatementPiece(window[at:], window, at, None))
            return pieces
        if not whole and (reading.open or reading.end > len(window) - _MARGIN):
            return pieces
        pieces.append(StatementPiece(window[at : reading.end], window, at, reading))
        at = reading.end
        if at in kept:
            return pieces


def _common(a: str, b: str) -> int:
    """How many characters two texts begin alike with."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(a: str, b: str, begin: int) -> int:
    """How many characters after ``begin`` two texts end alike with."""
    low, high = 0, min(len(a), len(b)) - begin
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low
