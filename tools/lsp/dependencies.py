"""Which statements of a text a change of the schema concerns: those that speak of what has changed.

What statements make is tied together by them: an index to its table, a view to the tables that it reads.  Things that
are tied stand in one group, and each statement that makes or changes one of them gives the group another version.  What
is found of a statement depends on the versions of the groups that it has names of, and on the statements before it that
concern everything, such as PRAGMA and ATTACH.  A foreign key ties only where a PRAGMA might have it enforced.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.compiler.syntax.resumption import Reading
from foundrydb.errors import Error
from foundrydb.toolkit.problems import first_words
from foundrydb.toolkit.rehearsal import OF_SCHEMA, named_in

if TYPE_CHECKING:
    from foundrydb.tools.lsp.documents import StatementPiece

Versions = tuple[int, ...]

_ASKING_ALL: Final = (ast.AlterRenameTable, ast.AlterRenameColumn, ast.AlterDropColumn)


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


class Ties:
    """What a statement that changes the schema ties together.

    Attributes:
        names: the folded names of what it makes or changes, and of the tables and views that it speaks of; none where
            it changes nothing that has a name.
        referred: those of the tables that its foreign keys refer to.
        all: it concerns every statement after it.
        asks_all: it looks at every view and trigger, and fails where one of them is wrong.
    """

    def __init__(
        self, names: frozenset[str], referred: frozenset[str], all: bool = False, asks_all: bool = False
    ) -> None:
        self.names: Final = names
        self.referred: Final = referred
        self.all: Final = all
        self.asks_all: Final = asks_all


def ties_of(reading: Reading, sql: str) -> Ties:
    """What a statement of a text ties, one that cannot be read too."""
    if reading.statement is not None:
        return _ties(reading.statement)
    name = named_in(first_words(reading, sql))
    return Ties(frozenset([] if name is None else [name]), frozenset())


def ties_of_steps(steps: Iterable[str]) -> list[Ties]:
    """What the statements tie by which a schema was made."""
    found: list[Ties] = []
    for sql in steps:
        with suppress(Error):
            statement, _ = parse_one(sql)
            if isinstance(statement, OF_SCHEMA):
                found.append(_ties(statement))
    return found


def _ties(statement: ast.Statement) -> Ties:
    if not isinstance(statement, OF_SCHEMA):
        return Ties(frozenset(), frozenset(), all=True)
    names: set[str] = set()
    referred: set[str] = set()
    for node in walk(statement):
        if isinstance(node, ast.QualifiedName):
            names.add(fold(node.name.text))
        elif isinstance(node, ast.ForeignKeyReference):
            referred.add(fold(node.table.text))
        elif isinstance(node, ast.CreateIndex):
            names.add(fold(node.table.text))
        elif isinstance(node, ast.AlterRenameTable):
            names.add(fold(node.new_name.text))
    return Ties(frozenset(names), frozenset(referred), asks_all=isinstance(statement, _ASKING_ALL))


class Dependencies:
    """What each statement of a text depends on.

    Args:
        given: what the schema ties that the text begins with.
        number: that schema's.

    Attributes:
        before: by the number of the piece, the versions of what it depends on where it stands.
    """

    def __init__(
        self, pieces: list[StatementPiece], given: list[Ties], number: int, numbers: Numbers
    ) -> None:
        self._numbers: Final = numbers
        self._number = number
        self._whole = number
        self._current: Final[dict[str, int]] = {}
        self._heads: Final = self._grouped(pieces, given)
        self.before: Final[list[Versions]] = []
        for piece in pieces:
            self.before.append(self.behind(piece))
            if piece.changes:
                self._take(piece)

    def behind(self, piece: StatementPiece) -> Versions:
        """The versions of what a statement would depend on, if it stood behind all that have been taken."""
        current, heads = self._current, self._heads
        found = {heads[name] for name in piece.names if name in heads} if current else set()
        whole = [self._whole] if piece.changes and piece.ties.asks_all else []
        return (self._number, *whole, *sorted([current[head] for head in found if head in current]))

    def _take(self, piece: StatementPiece) -> None:
        """Give what a statement changes another version."""
        ties = piece.ties
        if ties.all:
            self._number = self._numbers.after(self._number, piece.text)
        for name in ties.names:
            head = self._heads[name]
            before = self._whole if ties.asks_all else self._current.get(head, self._number)
            self._current[head] = self._numbers.after(before, f"{self._number} {piece.text}")
            break
        self._whole = self._numbers.after(self._whole, piece.text)

    def _grouped(self, pieces: list[StatementPiece], given: list[Ties]) -> dict[str, str]:
        """For each name that statements change, and those tied to it, the one that stands for its group."""
        changing = [piece.ties for piece in pieces if piece.changes]
        enforced = any(isinstance(piece.statement, ast.Pragma) for piece in pieces if piece.changes)
        parents: dict[str, str] = {}

        def head(name: str) -> str:
            while (parent := parents.setdefault(name, name)) != name:
                parents[name] = parents[parent]
                name = parents[name]
            return name

        for ties in given + changing if changing else []:
            names = [*ties.names, *(ties.referred if enforced and ties.names else ())]
            for name in names[1:]:
                parents[head(name)] = head(names[0])
            for name in names[:1]:
                head(name)
        return {name: head(name) for name in list(parents)}
