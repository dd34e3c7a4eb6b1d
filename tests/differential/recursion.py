"""Random recursive common tables.

Each ends: a column counts the steps that led to a row, and a step stops at a small number of them, at a smaller one
where it joins and so multiplies its rows.  Where a LIMIT cuts the recursion short, ORDER BY all columns says which rows
come before it.  Values are stable (see ``model.Column``): it makes no difference which of equal rows UNION keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from differential.model import NOTHING, Column, Scope, Table
from differential.sql import EMPTY, Part, Sql, expression, items, optional, text

if TYPE_CHECKING:
    from differential.select import Queries

_UNIONS: Final = {"cte.recursive_union": " UNION ", "cte.recursive_union_all": " UNION ALL "}


@final
class Recursion:
    """Writes the query of one recursive common table.

    Attributes:
        name: the table's.
        columns: its columns; the last one counts the steps.
    """

    def __init__(self, queries: Queries, name: str) -> None:
        self.queries: Final = queries
        self.choice: Final = queries.choice
        self.name: Final = name
        schema = queries.schema
        width = self.choice.number(1, 3)
        self.columns: Final = [Column(schema.fresh("x"), "", True) for _ in range(width + 1)]

    def table(self) -> Table:
        """The table, for queries that read it."""
        return Table(self.name, self.columns, rowid=False, view=True, database="")

    def definition(self, hint: str) -> Sql:
        """``name(columns) AS (…)``."""
        union = _UNIONS[self.choice.pick(list(_UNIONS))]
        joined = self.choice.maybe("cte.recursive_join", 0.5)
        terms = 1 + self.choice.maybe("cte.recursive_terms", 0.3)
        parts: list[Part] = [self._initial(joined)]
        for _ in range(terms):
            parts += [union, self._term(joined, 2 if joined or terms > 1 else 5)]
        names = ", ".join(column.name for column in self.columns)
        return text(f"{self.name}({names}) AS {hint}(", *parts, self._order(), ")")

    def _initial(self, joined: bool) -> Sql:
        """The initial query: one row where a step joins, one or more where it does not."""
        generator = self.queries.generator
        if joined or self.choice.chance(0.4):
            values = [expression("quote(", generator.literals.any(), ")") for _ in self.columns[1:]]
            return text("SELECT ", items(values), ", 0")
        clause, scope = self.queries.from_clause(NOTHING, 1)
        values = [generator.expressions.stable(scope) for _ in self.columns[1:]]
        return text("SELECT ", items(values), ", 0", clause)

    def _term(self, joined: bool, most: int) -> Sql:
        alias = self.name if self.choice.chance(0.5) else self.queries.schema.fresh("a")
        read = self.name if alias == self.name else f"{self.name} AS {alias}"
        own = [column.called(f"{alias}.{column.name}") for column in self.columns]
        clause, scope = text(f" FROM {read}"), Scope(own)
        if joined:
            clause, around = self.queries.from_clause(NOTHING, 1)
            word = self.choice.one([", ", " JOIN ", " CROSS JOIN "])
            clause, scope = text(clause, word, read), Scope([*own, *around.columns])
        values = [self._value(scope, own) for _ in self.columns[1:]]
        level = own[-1].name
        condition = EMPTY
        if self.choice.maybe("cte.recursive_where", 0.6):
            condition = optional(" AND ", self.queries.generator.expressions.any(scope, 2))
        return text("SELECT ", items(values), f", {level} + 1", clause, f" WHERE {level} < {most}", condition)

    def _value(self, scope: Scope, own: list[Column]) -> Sql:
        if self.choice.chance(0.4):
            return expression(self.choice.one(own).name)
        value = self.queries.generator.expressions.any(scope, 2)
        return expression("substr(quote(", value, "), 1, 20)")

    def _order(self) -> Sql:
        if not self.choice.maybe("cte.recursive_order", 0.3):
            return EMPTY
        places = self.choice.sample(range(len(self.columns)), len(self.columns))
        terms = [f"{place + 1}{self.choice.one(['', ' DESC', ' NULLS LAST'])}" for place in places]
        limit = EMPTY
        if self.choice.maybe("cte.recursive_limit", 0.5):
            limit = optional(f" LIMIT {self.choice.number(0, 20)} OFFSET {self.choice.number(0, 3)}")
        return text(" ORDER BY ", ", ".join(terms), limit)
