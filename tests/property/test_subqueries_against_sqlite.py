"""Random correlated subqueries over tables with few values: C SQLite answers the same.

The tables are small where a subquery reads and larger outside, with indexes and statistics or without, so that
unnesting, skip-scans and shared expressions all come up.
"""

from __future__ import annotations

import os
from random import Random
from typing import final

import apsw
import pytest

import foundrydb

SEEDS = range(int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1")) * 6)
QUERIES = 12
TYPES = ["int", "text", "real", "", "text collate nocase", "int not null", "text not null"]
COLUMNS = ["x", "y", "z", "id"]


@final
class Databases:
    """The same random tables in both engines."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.ours = foundrydb.connect(":memory:", isolation_level=None)
        self.theirs = apsw.Connection(":memory:")
        for table, rows in (("t", rng.choice([40, 300])), ("u", rng.choice([5, 40])), ("v", 8)):
            self._table(table, rows)
        for i in range(rng.randrange(3)):
            columns = [c + rng.choice(["", " desc"]) for c in rng.sample(COLUMNS[:3], rng.randrange(1, 4))]
            self.run(f"create index i{i} on {rng.choice('tuv')}({', '.join(columns)})")
        if rng.random() < 0.5:
            self.run("analyze")
            self.run("update sqlite_stat1 set stat = '100000 20000 500 10' where idx is not null")
            self.run("analyze sqlite_schema")

    def _table(self, table: str, rows: int) -> None:
        rng = self.rng
        types = [rng.choice(TYPES) for _ in range(3)]
        declared = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, types))
        self.run(f"create table {table}(id integer primary key, {declared})")
        for _ in range(rows):
            number = rng.randrange(6)
            values = [
                rng.choice([number, str(number), float(number), rng.choice("aAb"), None]) for _ in types
            ]
            kept = [1 if value is None and "not" in kind else value for value, kind in zip(values, types)]
            self.run(f"insert into {table}(x, y, z) values (?, ?, ?)", kept)

    def run(self, sql: str, values: list[int | float | str | None] | None = None) -> None:
        self.ours.execute(sql, values or [])
        self.theirs.execute(sql, values or [])

    def column(self, table: str) -> str:
        return f"{table}.{self.rng.choice(COLUMNS)}"

    def own(self, table: str) -> str:
        forms = ["{} > 2", "{} is not null", "{} = '3'", "{} in (1, 2, 'a')", "length({}) = 1"]
        return self.rng.choice(forms).format(self.column(table))

    def equal(self, table: str, other: str) -> str:
        form = self.rng.choice(["{}", "{}", "{} + 1", "lower({})"])
        return f"{self.column(table)} = {form.format(self.column(other))}"

    def condition(self) -> str:
        """EXISTS or IN over one table or two, with keys of the table t."""
        rng = self.rng
        joined = rng.random() < 0.4
        tables = rng.choice([f"u join v on {self.equal('v', 'u')}", "u, v"]) if joined else "u"
        terms = [self.equal(rng.choice("uv") if joined else "u", "t") for _ in range(rng.choice([1, 1, 2]))]
        if rng.random() < 0.5:
            terms.append(self.own("u"))
        rest = f"from {tables} where {' and '.join(terms)}"
        word = rng.choice(["", "not "])
        if rng.random() < 0.5:
            return f"{word}exists (select 1 {rest})"
        member = rng.choice(["{}", "{} || 1"]).format(self.column("u"))
        return f"{self.column('t')} {word}in (select {member} {rest})"

    def query(self) -> str:
        rng = self.rng
        condition = self.condition()
        rows = rng.choice(
            [
                f"t where {condition}",
                f"t where {self.own('t')} and {condition}",
                f"v q left join t on q.x = t.x where {condition}",
                f"t where not ({condition})",
            ]
        )
        lowered = f"lower({self.column('t')})"
        return f"select {lowered}, {lowered} || t.id, t.id from {rows}"


@pytest.mark.parametrize("seed", SEEDS)
def test_correlated_subqueries(seed: int) -> None:
    databases = Databases(Random(seed))
    for _ in range(QUERIES):
        sql = databases.query()
        wanted = sorted(map(repr, databases.theirs.execute(sql)))
        assert sorted(map(repr, databases.ours.execute(sql).fetchall())) == wanted, sql
    databases.ours.close()
    databases.theirs.close()
