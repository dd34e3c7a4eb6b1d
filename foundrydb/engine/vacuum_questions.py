"""What a user's authorizer is asked while VACUUM runs: what C SQLite's own statements for it do.

There it attaches the new database under a name of its own, makes tables and indexes in it, and inserts what it selects
from the old one.
"""

from __future__ import annotations

import os
from typing import Final, final

from foundrydb.compiler.bind.notes import authorization as asked
from foundrydb.compiler.bind.notes.authorization import Ask, Authorization
from foundrydb.errors import error

_SCHEMA: Final = "sqlite_master"
_SCHEMA_COLUMNS: Final = ("type", "name", "tbl_name", "rootpage", "sql")


@final
class Renamed:
    """An authorizer that knows the main database of another engine by its own name."""

    def __init__(self, ask: Ask, name: str) -> None:
        self._ask: Final = ask
        self._name: Final = name

    def __call__(
        self, action: int, first: str | None, second: str | None, database: str | None, within: str | None
    ) -> int:
        return self._ask(action, first, second, self._name if database == "main" else database, within)


@final
class Questions:
    """The questions of one VACUUM; none where there is no authorizer.

    Each raises DatabaseError where the answer is no.
    """

    def __init__(self, ask: Ask | None, old: str) -> None:
        """Ask ``ask`` about copying the database ``old``."""
        self._ask: Final = ask
        self._authorization: Final = None if ask is None else Authorization(ask)
        self._old: Final = old
        self._new: Final = "" if ask is None else f"vacuum_{os.urandom(8).hex()}"

    def of_new(self) -> Ask | None:
        """Who is asked about the statements that make the new database."""
        return None if self._ask is None else Renamed(self._ask, self._new)

    def begin(self, file: str) -> None:
        """The new database is attached, and a transaction begins."""
        self._require(asked.ATTACH, file)
        self._require(asked.TRANSACTION, "BEGIN")

    def read_schema(self, columns: list[str], functions: list[str]) -> None:
        """The schema table of the old database is read."""
        if self._authorization is not None:
            for function in functions:
                self._authorization.may_call(function, function)
            self._select(_SCHEMA, columns)

    def copy_table(self, name: str, columns: list[str]) -> None:
        """The rows of a table are copied."""
        if self._authorization is not None:
            self._authorization.allows(asked.INSERT, name, None, self._new)
            self._select(name, columns)

    def copy_rest(self) -> None:
        """The rows of the schema that have no tree are copied."""
        self.copy_table(_SCHEMA, list(_SCHEMA_COLUMNS))

    def _require(self, action: int, first: str | None = None) -> None:
        """Ask about what C SQLite denies in other words than usual."""
        if self._ask is not None and self._ask(action, first, None, None, None) == asked.DENY:
            raise error("authorization denied", "SQLITE_AUTH")

    def _select(self, table: str, columns: list[str]) -> None:
        assert self._authorization is not None
        self._require(asked.SELECT)
        for column in columns:
            self._authorization.may_read_column(table, column, self._old)
