"""What a user's authorizer is asked while a statement is compiled.

It is asked about each access before there is code for it: each column that is read, each function, each SELECT, each
table that is written; and it may forbid the statement (DENY), or have a column be NULL, a change not be made (IGNORE).

The order is SQLite's: when names of a SELECT are looked up, those of the queries in its FROM come before its own, and
only then are the queries in it asked about as such, with the tables of which nothing but a rowid is read.

(https://sqlite.org/c3ref/set_authorizer.html)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias, final

from foundrydb.compiler.bind.bound import ROWID
from foundrydb.errors import error

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source

OK: Final = 0
DENY: Final = 1
IGNORE: Final = 2

CREATE_INDEX: Final = 1
CREATE_TABLE: Final = 2
CREATE_TEMP_INDEX: Final = 3
CREATE_TEMP_TABLE: Final = 4
CREATE_TEMP_TRIGGER: Final = 5
CREATE_TEMP_VIEW: Final = 6
CREATE_TRIGGER: Final = 7
CREATE_VIEW: Final = 8
DELETE: Final = 9
DROP_INDEX: Final = 10
DROP_TABLE: Final = 11
DROP_TEMP_INDEX: Final = 12
DROP_TEMP_TABLE: Final = 13
DROP_TEMP_TRIGGER: Final = 14
DROP_TEMP_VIEW: Final = 15
DROP_TRIGGER: Final = 16
DROP_VIEW: Final = 17
INSERT: Final = 18
PRAGMA: Final = 19
READ: Final = 20
SELECT: Final = 21
TRANSACTION: Final = 22
UPDATE: Final = 23
ATTACH: Final = 24
DETACH: Final = 25
ALTER_TABLE: Final = 26
REINDEX: Final = 27
ANALYZE: Final = 28
CREATE_VTABLE: Final = 29
FUNCTION: Final = 31
SAVEPOINT: Final = 32
RECURSIVE: Final = 33

Ask: TypeAlias = "Callable[[int, str | None, str | None, str | None, str | None], int]"
"""The authorizer: of an action, what it is done to, the database, and the view that does it; its answer."""


class Ignored(Exception):
    """The authorizer wants a statement to do nothing."""


@final
class Asked:
    """A query whose names are being looked up, or have been.

    Attributes:
        within: the view or common table that it is the query of.
        told: the authorizer was asked about it as soon as it was met.
        tables: its tables: how they are written, their schemas as written, and what they are.
        inside: the queries in its FROM.
        beside: the queries in its expressions.
        selects: how many SELECTs it counts as.
        recursive: it is the query of a recursive common table.
    """

    def __init__(self, within: str | None, told: bool) -> None:
        self.within: Final = within
        self.told: Final = told
        self.tables: Final[list[tuple[str, str | None, Source]]] = []
        self.inside: Final[list[Asked]] = []
        self.beside: Final[list[Asked]] = []
        self.selects = 1
        self.recursive = False


@final
class Authorization:
    """The authorizer, while one statement is compiled."""

    def __init__(self, ask: Ask) -> None:
        self._ask: Final = ask
        self._within: Final[list[str]] = []
        self._queries: Final = [Asked(None, False)]
        self._read: Final[set[int]] = set()

    def of_trigger(self, name: str) -> Authorization:
        """The same authorizer, asked about a statement of a trigger's program in the trigger's name."""
        made = Authorization(self._ask)
        made.enter(name)
        return made

    # questions ----------------------------------------------------------------------------------------------

    def allows(
        self, action: int, first: str | None = None, second: str | None = None, database: str | None = None
    ) -> bool:
        """Whether an access may be; False where it is to be ignored.

        Raises:
            DatabaseError: it is denied.
            OperationalError: the authorizer answers what is no answer.
        """
        answer = self._ask(action, first, second, database, self._context())
        if answer == DENY:
            raise error("not authorized", "SQLITE_AUTH")
        return _known(answer) == OK

    def require(
        self, action: int, first: str | None = None, second: str | None = None, database: str | None = None
    ) -> None:
        """As ``allows``, for an access without which the statement does nothing.

        Raises:
            Ignored: it is to be ignored.
        """
        if not self.allows(action, first, second, database):
            raise Ignored

    def may_read(self, source: Source, index: int) -> bool:
        """Whether a column (or ROWID) may be read; False where it is to be NULL.

        Raises:
            DatabaseError: it may not.
        """
        table = source.table
        if table is None and not (source.origin and source.schema):
            return True  # neither a table, virtual or not, nor a view
        name = source.origin
        column = "ROWID"
        if table is not None:
            name = table.name
            if index == ROWID:
                index = table.rowid_alias
        if index != ROWID and (table is None or index != table.rowid_alias):
            self._read.add(source.number)
        if index >= 0:
            column = source.columns[index].name
        return self.may_read_column(name, column, source.schema)

    def may_read_column(self, table: str, column: str, schema: str) -> bool:
        """As ``may_read``, for a column by its names."""
        answer = self._ask(READ, table, column, schema, self._context())
        if answer == DENY:
            prefix = "" if schema == "main" else f"{schema}."
            raise error(f"access to {prefix}{table}.{column} is prohibited", "SQLITE_AUTH")
        return _known(answer) == OK

    def may_call(self, name: str, written: str) -> bool:
        """Whether a function may be called; False where its result is to be NULL.

        Args:
            written: the name as the statement writes it.

        Raises:
            OperationalError: it may not.
        """
        answer = self._ask(FUNCTION, None, name, None, self._context())
        if answer not in (OK, IGNORE):
            raise error(f"not authorized to use function: {written}")
        return answer == OK

    def _context(self) -> str | None:
        return self._within[-1] if self._within else None

    # queries within one another -----------------------------------------------------------------------------

    def enter(self, name: str) -> None:
        """The query of a view or common table is looked at from here on."""
        self._within.append(name)

    def leave(self) -> None:
        """The query of the view or common table that was entered last has been looked at."""
        self._within.pop()

    def uses(self, written: str, schema: str | None, source: Source) -> None:
        """The current query reads a table."""
        self._queries[-1].tables.append((written, schema, source))

    def begin_query(self, told: bool) -> None:
        """A query is looked at from here on.

        Args:
            told: it is one that SQLite asks about at once: the statement's own.
        """
        if told:
            self.require(SELECT)
        self._queries.append(Asked(self._context(), told))

    def end_query(self, terms: int, beside: bool, recursive: bool = False) -> None:
        """The current query has been looked at.

        Args:
            terms: how many SELECTs it combines.
            beside: it stands in an expression.
            recursive: it is the query of a recursive common table.
        """
        query = self._queries.pop()
        query.recursive = recursive
        query.selects = 2 * terms - 1
        if query.told:
            self._finish(query, query.selects - 1)
        elif beside:
            self._queries[-1].beside.append(query)
        else:
            self._queries[-1].inside.append(query)

    def finish(self) -> None:
        """The whole statement has been looked at."""
        self._finish(self._queries[0], 0)

    def _finish(self, query: Asked, selects: int) -> None:
        """Ask about the queries in a query that has been looked at, and tables of which no columns are read."""
        for i in range(selects):
            self._require(SELECT, query)
            if i == 0 and query.recursive:
                self._require(RECURSIVE, query)
        for inner in query.inside:
            self._finish(inner, inner.selects)
        for written, schema, source in query.tables:
            if source.number not in self._read:
                self.allows(READ, written, "", schema)  # IGNORE changes nothing, as in SQLite
        for inner in query.beside:
            self._finish(inner, inner.selects)

    def _require(self, action: int, query: Asked) -> None:
        """As ``require``, in the name of the view or common table whose query that is."""
        if query.within is not None:
            self._within.append(query.within)
        self.require(action)
        if query.within is not None:
            self._within.pop()


def _known(answer: int) -> int:
    if answer not in (OK, IGNORE):
        raise error("authorizer malfunction")
    return answer
