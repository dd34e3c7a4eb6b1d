"""The relations between queries that need no second engine.

Ternary logic partitioning (TLP): a predicate is true, false or unknown, so the rows of a query are those under the
predicate, under its negation and under its being NULL, put together.  NoREC: a predicate in WHERE, where the planner
works on it, keeps as many rows as the same predicate in the SELECT list, where it only is computed.

Source: M. Rigger and Z. Su, "Finding Bugs in Database Systems via Query Partitioning" (2020) and "Detecting
Optimization Bugs in Database Engines via Non-optimizing Reference Engine Construction" (2020).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from differential.compare import Difference, same_rows
from differential.engines import Row
from differential.generator import Generator
from differential.model import NOTHING, Scope
from differential.sql import Sql, Value, expression, items, text

Ask: TypeAlias = Callable[[str], list[Row]]
"""Runs a query; raises ``Skip`` when it gives no rows but an error or a refusal."""


class Skip(Exception):
    """A query of the pair could not be run."""


class Case(NamedTuple):
    """A query in three pieces: its output columns, what follows them, and the predicate."""

    outputs: Sql
    clause: Sql
    predicate: Sql

    def sql(self) -> Sql:
        """One tree of the three, so that a case can be reduced as a statement is."""
        return Sql("text", ["SELECT ", self.outputs, self.clause, " -- ", self.predicate])


def case_of(sql: Sql) -> Case:
    """The pieces of a tree that ``Case.sql`` made, reduced or not."""
    pieces = [part for part in sql.parts if isinstance(part, Sql)]
    return Case(*pieces)


class Relation(NamedTuple):
    """How to make a case, and how to see whether the relation holds for it."""

    make: Callable[[Generator], Case]
    check: Callable[[Ask, Case], Difference | None]


def any_from(generator: Generator) -> tuple[Sql, Scope]:
    return generator.queries.from_clause(NOTHING, generator.queries.joined())


def _any_case(generator: Generator) -> Case:
    clause, scope = any_from(generator)
    outputs = items([generator.expressions.any(scope, 1) for _ in range(generator.choice.number(1, 3))])
    return Case(outputs, clause, generator.expressions.condition(scope, 3))


def _stable_case(generator: Generator) -> Case:
    clause, scope = any_from(generator)
    outputs = items([generator.expressions.stable(scope) for _ in range(generator.choice.number(1, 2))])
    return Case(outputs, clause, generator.expressions.condition(scope, 2))


def _aggregate_case(generator: Generator) -> Case:
    clause, scope = any_from(generator)
    value = expression("CAST(", generator.expressions.any(scope, 1), " AS INTEGER) % 997")
    return Case(value, clause, generator.expressions.condition(scope, 2))


def _having_case(generator: Generator) -> Case:
    clause, scope = any_from(generator)
    keys = items([generator.expressions.stable(scope) for _ in range(generator.choice.number(1, 2))])
    outputs = items([generator.queries.aggregate(scope), generator.queries.aggregate(scope)])
    operator = generator.choice.one([" > ", " < ", " = ", " <> ", " IS NOT "])
    predicate = expression(generator.queries.aggregate(scope), operator, generator.literals.small())
    return Case(outputs, text(clause, " GROUP BY ", keys), predicate)


def _thirds(predicate: Sql) -> list[str]:
    return [f"({predicate})", f"NOT ({predicate})", f"({predicate}) IS NULL"]


def _parts(ask: Ask, case: Case, keyword: str, select: str = "SELECT") -> list[Row]:
    rows: list[Row] = []
    for third in _thirds(case.predicate):
        rows += ask(f"{select} {case.outputs}{case.clause} {keyword} {third}")
    return rows


def different(kind: str, whole: list[Row], parts: list[Row]) -> Difference | None:
    return None if same_rows(whole, parts) else Difference(kind, _shown(whole), _shown(parts))


def _shown(rows: list[Row]) -> str:
    return "\n".join([f"{len(rows)} rows", *map(repr, rows[:10])])


def _tlp_where(ask: Ask, case: Case) -> Difference | None:
    whole = ask(f"SELECT {case.outputs}{case.clause}")
    return different("tlp_where", whole, _parts(ask, case, "WHERE"))


def _tlp_union(ask: Ask, case: Case) -> Difference | None:
    whole = ask(f"SELECT {case.outputs}{case.clause}")
    arms = [f"SELECT {case.outputs}{case.clause} WHERE {third}" for third in _thirds(case.predicate)]
    return different("tlp_union", whole, ask(" UNION ALL ".join(arms)))


def _tlp_distinct(ask: Ask, case: Case) -> Difference | None:
    whole = ask(f"SELECT DISTINCT {case.outputs}{case.clause}")
    return different("tlp_distinct", whole, _once(_parts(ask, case, "WHERE", "SELECT DISTINCT")))


def _tlp_group(ask: Ask, case: Case) -> Difference | None:
    whole = ask(f"SELECT {case.outputs}{case.clause} GROUP BY {case.outputs}")
    parts: list[Row] = []
    for third in _thirds(case.predicate):
        parts += ask(f"SELECT {case.outputs}{case.clause} WHERE {third} GROUP BY {case.outputs}")
    return different("tlp_group", whole, _once(parts))


def _tlp_having(ask: Ask, case: Case) -> Difference | None:
    whole = ask(f"SELECT {case.outputs}{case.clause}")
    return different("tlp_having", whole, _parts(ask, case, "HAVING"))


def _tlp_aggregate(ask: Ask, case: Case) -> Difference | None:
    value = case.outputs
    outputs = f"count(*), count({value}), sum({value}), min({value}), max({value}), total({value})"
    whole = ask(f"SELECT {outputs}{case.clause}")
    parts = [ask(f"SELECT {outputs}{case.clause} WHERE {third}")[0] for third in _thirds(case.predicate)]
    return different("tlp_aggregate", whole, [_together(parts)])


def _norec_count(ask: Ask, case: Case) -> Difference | None:
    counted = ask(f"SELECT count(*){case.clause} WHERE {case.predicate}")
    computed = ask(f"SELECT ({case.predicate}) IS TRUE{case.clause}")
    return different("norec_count", counted, [(sum(1 for row in computed if row[0] == 1),)])


def _norec_rows(ask: Ask, case: Case) -> Difference | None:
    kept = ask(f"SELECT {case.outputs}{case.clause} WHERE {case.predicate}")
    computed = ask(f"SELECT ({case.predicate}) IS TRUE, {case.outputs}{case.clause}")
    return different("norec_rows", kept, [row[1:] for row in computed if row[0] == 1])


def _once(rows: list[Row]) -> list[Row]:
    """Each row once; values of different types are different."""
    return list({tuple((type(value).__name__, value) for value in row): row for row in rows}.values())


def _together(parts: list[Row]) -> Row:
    """The aggregates of the whole from those of the parts."""
    columns = [[value for value in column if isinstance(value, int | float)] for column in zip(*parts)]
    count, values, total, least, most, real = columns
    folded: list[Value] = [sum(count), sum(values), sum(total) if total else None]
    folded += [min(least, default=None), max(most, default=None), float(sum(real))]
    return tuple(folded)


RELATIONS: Final[dict[str, Relation]] = {
    "tlp_where": Relation(_any_case, _tlp_where),
    "tlp_union": Relation(_any_case, _tlp_union),
    "tlp_distinct": Relation(_stable_case, _tlp_distinct),
    "tlp_group": Relation(_stable_case, _tlp_group),
    "tlp_having": Relation(_having_case, _tlp_having),
    "tlp_aggregate": Relation(_aggregate_case, _tlp_aggregate),
    "norec_count": Relation(_any_case, _norec_count),
    "norec_rows": Relation(_any_case, _norec_rows),
}
"""These relations, by the name of the difference that each shows."""
