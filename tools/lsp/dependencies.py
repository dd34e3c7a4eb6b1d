"""Which statements of a text a change of the schema concerns: those that speak of what has changed.

What statements make is tied together by them: an index to its table, a view to the tables that it reads.  Things that
are tied stand in one group, and each statement that makes or changes one of them gives the group another version.  What
is found of a statement depends on the versions of the groups that it has names of, and on the statements before it that
concern everything, such as PRAGMA and ATTACH.  A foreign key ties only where a PRAGMA might have it enforced.
The statements of other files come before those of the text and count alike.

Of a table that is not there another may be told that was meant: that depends on the names of all tables, but only on
those that are like it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.compiler.syntax.resumption import Reading
from foundrydb.errors import Error
from foundrydb.toolkit.problems import first_words
from foundrydb.toolkit.rehearsal import OF_SCHEMA, named_in

if TYPE_CHECKING:
    from foundrydb.toolkit.problems import Problem
    from foundrydb.tools.lsp.documents import StatementPiece

Versions = tuple[int, ...]

_ASKING_ALL: Final = (ast.AlterRenameTable, ast.AlterRenameColumn, ast.AlterDropColumn)


def after(number: int, text: str) -> int:
    """The number of what a statement makes of a schema: the same statement makes the same of the same schema."""
    return hash((number, text))


class Ties:
    """What a statement that changes the schema ties together.

    Attributes:
        names: the folded names of what it makes or changes, and of the tables and views that it speaks of; none where
            it changes nothing that has a name.
        referred: those of the tables that its foreign keys refer to.
        all: it concerns every statement after it.
        is_asked: it makes a view or trigger.
        asks_all: it looks at every view and trigger, and fails where one of them is wrong.
    """

    def __init__(
        self,
        names: frozenset[str],
        referred: frozenset[str],
        all: bool = False,
        is_asked: bool = False,
        asks_all: bool = False,
    ) -> None:
        self.names: Final = names
        self.referred: Final = referred
        self.all: Final = all
        self.is_asked: Final = is_asked
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
    return Ties(
        frozenset(names),
        frozenset(referred),
        is_asked=isinstance(statement, (ast.CreateView, ast.CreateTrigger)),
        asks_all=isinstance(statement, _ASKING_ALL),
    )


class _Versions:
    """The versions of what is in a schema, as statements change it.

    Attributes:
        number: of the last statement that concerned everything.
        asked: of all views and triggers together, and what is tied to them.
        current: of each group that has been changed, by the name that stands for it.
    """

    def __init__(self, number: int, asked: int, current: dict[str, int]) -> None:
        self.number = number
        self.asked = asked
        self.current: Final = current

    def copy(self) -> _Versions:
        """The same, to go on from."""
        return _Versions(self.number, self.asked, dict(self.current))


class Dependencies:
    """What each statement of a text depends on.

    Args:
        stored: what the schema of the database ties.
        others: the statements of other files, which are carried out before the text's.
        changing: the statements of the text that change the schema.
        number: that of the database's schema.
    """

    def __init__(
        self,
        stored: list[Ties],
        others: Sequence[StatementPiece],
        changing: list[StatementPiece],
        number: int,
    ) -> None:
        self.changing: Final = changing
        self._heads: Final = _grouped(stored, [*others, *changing])
        made = stored + [piece.ties for piece in [*others, *changing]]
        asked = [name for ties in made if ties.is_asked for name in ties.names]
        self._asked: Final = {self._heads[name] for name in asked if name in self._heads}
        self._versions = _Versions(number, number, {})
        for piece in others:
            self._take(piece, of_other_file(piece))
        self._begin: Final = self._versions

    def along(self, pieces: list[StatementPiece]) -> list[Versions]:
        """By the number of the piece, the versions of what it depends on where it stands."""
        self._versions = self._begin.copy()
        found: list[Versions] = []
        for piece in pieces:
            found.append(self.behind(piece))
            if piece.changes:
                self._take(piece, piece.code)
        return found

    def behind(self, piece: StatementPiece) -> Versions:
        """The versions of what a statement would depend on, if it stood behind all that have been taken."""
        current, heads = self._versions.current, self._heads
        found = {heads[name] for name in piece.names if name in heads} if current else set()
        asked = [self._versions.asked] if piece.changes and piece.ties.asks_all else []
        return (self._versions.number, *asked, *sorted([current[head] for head in found if head in current]))

    def _take(self, piece: StatementPiece, code: str) -> None:
        """Give what a statement changes another version."""
        ties, versions = piece.ties, self._versions
        head = next((self._heads[name] for name in ties.names), "")
        if ties.all:
            versions.number = after(versions.number, code)
        elif head:
            asked = versions.asked if ties.asks_all else 0
            before = versions.current.get(head, versions.number)
            versions.current[head] = after(before, f"{versions.number} {asked} {code}")
        if ties.all or head in self._asked:
            versions.asked = after(versions.asked, code)


def of_other_file(piece: StatementPiece) -> str:
    """What numbers go by where a statement is of another file: what it makes may be made again."""
    return f"other: {piece.code}"


def _grouped(stored: list[Ties], changing: list[StatementPiece]) -> dict[str, str]:
    """For each name that statements change, and those tied to it, the one that stands for its group."""
    if not changing:
        return {}
    enforced = any(isinstance(piece.statement, ast.Pragma) for piece in changing)
    parents: dict[str, str] = {}

    def head(name: str) -> str:
        while (parent := parents.setdefault(name, name)) != name:
            parents[name] = parents[parent]
            name = parents[name]
        return name

    changed: list[Ties] = [piece.ties for piece in changing]
    for ties in stored + changed:
        names = [*ties.names, *(ties.referred if enforced and ties.names else ())]
        for name in names[1:]:
            parents[head(name)] = head(names[0])
        for name in names[:1]:
            head(name)
    return {name: head(name) for name in list(parents)}


# what is guessed --------------------------------------------------------------------------------------------

_MISSING: Final = "no such table: "
_SOUGHT: Final = "no such collation sequence: "
"""Its spelling is sought in all views and tables."""


def guesses(problems: list[Problem]) -> bool:
    """Whether problems depend on more than what their statement has names of."""
    return any(_MISSING in each.message or _SOUGHT in each.message for each in problems)


def guessed_alike(problems: list[Problem], old: frozenset[str], new: frozenset[str]) -> bool:
    """Whether the same is told where the names of all tables and views are others than they were."""
    return not any(_is_guessed_anew(each, old - new, new - old) for each in problems)


def _is_guessed_anew(problem: Problem, gone: frozenset[str], come: frozenset[str]) -> bool:
    """Whether something else may be meant once names are gone and others have come."""
    _, missing, name = problem.message.partition(_MISSING)
    if not missing or "." in name:
        return _SOUGHT in problem.message or bool(gone or come)
    hint = problem.hint or ""
    guess = hint.partition('"')[2].rpartition('"')[0]
    if guess in gone or fold(guess) in [fold(each) for each in come]:
        return True
    return bool(come) and near(name, [*come, guess]) != problem.hint
