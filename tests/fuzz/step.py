"""One step of a session: a statement, the way in which it is run, and what is bound to its parameters."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, final, get_args

from differential.sql import Sql

Way: TypeAlias = Literal["rows", "half", "rest", "script", "many", "stages", "analyze"]
"""All rows; the first row only, leaving the cursor open; the rest of the rows of the cursor opened first; as a script;
as ``executemany``; every stage shown by the toolkit; with a profile."""

WAYS: Final = get_args(Way)


@final
class Step:
    """A statement and how it is run.

    Attributes:
        sql: its text as a tree.
        way: how it is run.
        values: what is bound to its parameters in turn, as indexes of ``words.VALUES``.
    """

    def __init__(self, sql: Sql, way: Way = "rows", values: tuple[int, ...] = (0,)) -> None:
        self.sql = sql
        self.way: Way = way
        self.values = values

    def with_sql(self, sql: Sql) -> Step:
        """The same step with another text."""
        return Step(sql, self.way, self.values)
