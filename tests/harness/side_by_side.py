"""Statements, one after the other, in this engine and in C SQLite."""

from __future__ import annotations

import apsw

import foundrydb

Answer = tuple[str, list[tuple[object, ...]]]


class SideBySide:
    """A database in memory in each engine."""

    def __init__(self) -> None:
        self.ours = foundrydb.connect(":memory:", isolation_level=None)
        self.theirs = apsw.Connection(":memory:")

    def close(self) -> None:
        """Close both."""
        self.ours.close()
        self.theirs.close()

    def run(self, sql: str) -> Answer:
        """The error ("" for none) and the rows of a statement, which are to be the same in both."""
        ours = self._ours(sql)
        theirs = self._theirs(sql)
        assert ours == theirs, sql
        return ours

    def _ours(self, sql: str) -> Answer:
        rows: list[tuple[object, ...]] = []
        try:
            for row in self.ours.execute(sql):
                rows.append(tuple(row))
        except foundrydb.Error as problem:
            return str(problem), rows
        return "", rows

    def _theirs(self, sql: str) -> Answer:
        rows: list[tuple[object, ...]] = []
        try:
            for row in self.theirs.execute(sql):
                rows.append(tuple(row))
        except apsw.Error as problem:
            return str(problem), rows
        return "", rows
