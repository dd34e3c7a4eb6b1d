"""One generated statement, and how its answers are to be compared."""

from __future__ import annotations

from typing import Literal, TypeAlias, final

from differential.sql import Sql

Kind: TypeAlias = Literal["schema", "query", "change", "transaction", "reopen"]


@final
class Statement:
    """A statement of a database's life.

    Attributes:
        sql: its text as a tree.
        kind: what it is; ``reopen`` stands for closing and opening the file, without any SQL.
        features: the names in ``features.FEATURES`` that it uses.
        order: the positions of the output columns that its ORDER BY sorts by, first key first.
        loose: which of several equal values (1 and 1.0, 'a' and 'A' under NOCASE) comes out is open.
    """

    def __init__(
        self,
        sql: Sql,
        kind: Kind,
        features: frozenset[str] = frozenset(),
        order: tuple[int, ...] = (),
        loose: bool = False,
    ) -> None:
        self.sql = sql
        self.kind: Kind = kind
        self.features = features
        self.order = order
        self.loose = loose

    def with_sql(self, sql: Sql) -> Statement:
        """The same statement with another text."""
        return Statement(sql, self.kind, self.features, self.order, self.loose)
