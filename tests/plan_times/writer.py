"""What every query is made of: tables and ways from one to another, columns of a kind, values that are there."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final, final

from plan_times.schemas import Schema, Table


@final
class Query:
    """A query.

    Attributes:
        shape: the name of its shape.
        sql: its text.
        counted: only the number of its rows is certain, since LIMIT cuts an order that leaves rows equal.
    """

    def __init__(self, shape: str, sql: str, counted: bool = False) -> None:
        self.shape: Final = shape
        self.sql: Final = sql
        self.counted: Final = counted


@final
class Link:
    """One table refers to another: ``child.column = parent.key``."""

    def __init__(self, child: Table, column: str, parent: Table, key: str) -> None:
        self.child: Final = child
        self.column: Final = column
        self.parent: Final = parent
        self.key: Final = key

    def on(self, child: str, parent: str) -> str:
        """The condition, between two aliases."""
        return f"{child}.{self.column} = {parent}.{self.key}"


@final
class Writer:
    """Draws tables, columns and conditions of a schema."""

    def __init__(self, random: Random, schema: Schema, values: Callable[[str, str], list[Any]]) -> None:
        """Get ready; ``values``: the different values of a column, NULL aside, in order."""
        self.random: Final = random
        self.schema: Final = schema
        self._values: Final = values
        self.links: Final = [
            Link(table, column, schema.tables[parent], key)
            for table in schema.tables.values()
            for column, (parent, key) in table.parents.items()
        ]

    def table(self, *kinds: str) -> Table:
        """A table that has a column of each of these kinds."""
        fit = [t for t in self.schema.tables.values() if all(self.columns(t, kind) for kind in kinds)]
        return self.random.choice(fit or list(self.schema.tables.values()))

    def link(self, apart: bool = True) -> Link:
        """A table and one that it refers to.  apart: which is another."""
        return self.random.choice([link for link in self.links if not apart or link.child is not link.parent])

    @staticmethod
    def columns(table: Table, *kinds: str) -> list[str]:
        """The columns of these kinds; ``key`` and ``parent`` are kinds too."""
        out = [column for column, kind in table.kinds.items() if kind in kinds or "any" in kinds]
        if "key" in kinds:
            out += table.key
        if "parent" in kinds:
            out += list(table.parents)
        return out

    def column(self, table: Table, *kinds: str) -> str:
        """A column of one of these kinds, or else any."""
        return self.random.choice(self.columns(table, *kinds) or [*table.key, *table.kinds])

    def value(self, table: Table, column: str, at: float | None = None) -> str:
        """A value that a column has, as a literal; ``at``: so far along the values in their order."""
        known = self._values(table.name, column)
        place = self.random.random() if at is None else at
        return literal(known[min(int(place * len(known)), len(known) - 1)])

    def equality(self, table: Table, alias: str = "", *kinds: str) -> str:
        """A condition that a column has some value."""
        column = self.column(table, *(kinds or ("group", "number", "parent", "text", "day")))
        return f"{_dotted(alias)}{column} = {self.value(table, column)}"

    def span(self, table: Table, alias: str = "", share: float | None = None) -> str:
        """A condition on a range of a column that lets about a share of the values through."""
        column = self.column(table, "number", "real", "day", "maybe", "key")
        wanted = self.random.choice([0.005, 0.03, 0.2, 0.6]) if share is None else share
        start = self.random.random() * (1.0 - wanted)
        name = _dotted(alias) + column
        low, high = self.value(table, column, start), self.value(table, column, start + wanted)
        form = self.random.randrange(3)
        if form == 0:
            return f"{name} BETWEEN {low} AND {high}"
        if form == 1:
            return f"{name} >= {low} AND {name} < {high}"
        return f"{name} > {self.value(table, column, 1.0 - wanted)}"

    def condition(self, table: Table, alias: str = "") -> str:
        """A condition on a table."""
        return self.equality(table, alias) if self.random.random() < 0.5 else self.span(table, alias)

    def path(self, count: int) -> tuple[list[tuple[str, Table]], list[str]]:
        """So many tables with aliases, each connected with one before it by the condition at its place."""
        start = self.random.choice([link.child for link in self.links])
        tables: list[tuple[str, Table]] = [("a", start)]
        conditions = [""]
        while len(tables) < count:
            steps: list[tuple[str, Table, Link, bool]] = []
            for alias, table in tables:
                for link in self.links:
                    if link.child is table and not any(t is link.parent for _, t in tables):
                        steps.append((alias, link.parent, link, True))
                    elif link.parent is table and not any(t is link.child for _, t in tables):
                        steps.append((alias, link.child, link, False))
            if not steps:
                steps = [
                    (alias, link.parent, link, True)
                    for alias, table in tables
                    for link in self.links
                    if link.child is table
                ]
            alias, new, link, upwards = self.random.choice(steps)
            name = "abcdefgh"[len(tables)]
            conditions.append(link.on(alias, name) if upwards else link.on(name, alias))
            tables.append((name, new))
        return tables, conditions

    def chance(self, share: float) -> bool:
        """Whether something of this likelihood happens."""
        return self.random.random() < share

    def keys(self, table: Table, alias: str = "") -> str:
        """The columns that tell a table's rows apart."""
        return ", ".join(_dotted(alias) + column for column in table.key)


def _dotted(alias: str) -> str:
    return f"{alias}." if alias else ""


def literal(value: Any) -> str:
    """A value in SQL."""
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
