"""generate_series beside SQLite's own: random statements; endless walks are interrupted, and memory stays small."""

from __future__ import annotations

import os
import random
import threading
import time
import tracemalloc

import pytest
from harness.sqlite_shell import SHELL, answers

import foundrydb
from foundrydb.storage.format.values import Value

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))

SCHEMA = """create table t(a, b);
insert into t values (1, 3), (2, 2), (5, null), ('2', 4), (-1, 1.5), (3, x'34');
create table u(n integer primary key, s text);
insert into u values (1, '3'), (2, 'b'), (4, null), (7, ' 5');"""

SMALL = [str(i) for i in range(-4, 13)]
ENDS = ["9223372036854775807", "9223372036854775800", "-9223372036854775808", "-9223372036854775803"]
OFFSETS = ["1", "2", "0", "-1", "40", "1.5", "'2'", "NULL"]
REALS = ["NULL", "2.5", "-1.5", "3.0", "1e3", "9.3e18", "-1e300"]
ODD = ["'3'", "'2.5'", "'abc'", "'4x'", "x'35'", "''", "' 4'", "'1e1'"]


class Dice:
    """Random statements over series that mostly end soon."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def one(self, items: list[str]) -> str:
        return self.random.choice(items)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self) -> str:
        kind = self.random.random()
        return self.one(SMALL if kind < 0.85 else REALS if kind < 0.95 else ENDS)

    def argument(self) -> str:
        return self.one(ODD) if self.chance(0.1) else self.number()

    def arguments(self) -> list[str]:
        if self.chance(0.08):
            low = self.random.choice([-(2**63), 2**63 - 12])
            ends = [str(low + self.random.randrange(12)) for _ in range(2)]
            return [*ends, self.one(["1", "2", "-1", "-3", "9223372036854775807", "-9223372036854775808"])]
        out = [self.argument(), self.argument()]
        return [*out, self.one(["1", "2", "3", "-1", "-2", "0", self.number()])] if self.chance(0.5) else out

    def comparison(self, column: str, known: str = "") -> str:
        """A condition on the numbers; ``known``: a column that they may be compared with."""
        key = known if known else self.number()
        kind = self.random.random()
        if kind < 0.6:
            op = self.one(["=", "<", "<=", ">", ">=", "IS"])
            return f"{column} {op} {key}" if self.chance(0.8) else f"{key} {op} {column}"
        if kind < 0.7:
            return f"{column} BETWEEN {key} AND {self.number()}"
        if kind < 0.8:
            return f"{column} IN ({', '.join(self.number() for _ in range(self.random.randrange(1, 4)))})"
        return self.one([f"{column} <> {key}", f"{column} % 2 = 0", f"{column} IN (SELECT n FROM u)",
                         f"({column} = {key} OR {column} > {self.number()})", f"{column} IS NOT NULL",
                         f"{column} IN (SELECT value FROM generate_series(1, 9, 3))"])  # fmt: skip

    def conditions(self, column: str, known: str = "") -> list[str]:
        if known and self.chance(0.3):
            return [self.comparison(column, known)]
        return [self.comparison(column) for _ in range(self.random.choice([0, 0, 1, 1, 2, 3]))]

    def statement(self) -> str:
        return self.random.choice(
            [self.alone, self.alone, self.named, self.joined, self.paired, self.nested]
        )()

    def odd(self) -> str:
        """A comparison with no number, alone: SQLite puts what a number equals into other conditions."""
        op = self.one(["=", "<", "<=", ">", ">=", "IS"])
        return f"SELECT value FROM generate_series({', '.join(self.arguments())}) WHERE value {op} {self.one(ODD)}"

    def alone(self) -> str:
        sql = "SELECT " + self.one(["value", "value, start, stop, step", "value, rowid", "DISTINCT value"])
        sql += f" FROM generate_series({', '.join(self.arguments())})" + where(self.conditions("value"))
        if self.chance(0.5):
            sql += " ORDER BY value" + self.one(["", " DESC"])
        if self.chance(0.4):
            sql += f" LIMIT {self.one(['3', '1', '0', '-1', '2'])}"
            sql += f" OFFSET {self.one(OFFSETS)}" if self.chance(0.5) else ""
        return sql

    def named(self) -> str:
        """The arguments as conditions."""
        terms = []
        for name, share in (("start", 0.9), ("stop", 0.9), ("step", 0.4)):
            if self.chance(share):
                several = f"IN ({self.number()}, {self.number()})"
                terms.append(f"{name} {several if self.chance(0.2) else '= ' + self.number()}")
        self.random.shuffle(terms)
        what = self.one(["value, start, stop, step", "count(*), min(value), max(value)", "sum(value)"])
        column = self.one(["value", "value", "rowid"])
        return f"SELECT {what} FROM generate_series" + where(terms + self.conditions(column))

    def joined(self) -> str:
        """A series of each row of a table."""
        table, one, two = self.random.choice([("t", "t.a", "t.b"), ("u", "u.n", "u.s")])
        args = self.random.choice([[one, two], ["1", two], [one, "4"], self.arguments(), [two, one, "-1"]])
        series = f"generate_series({', '.join(args)}) s"
        join = self.one([" JOIN ", " LEFT JOIN ", ", ", " CROSS JOIN ", " RIGHT JOIN ", " FULL JOIN "])
        known = "" if join in (" RIGHT JOIN ", " FULL JOIN ") else self.one([one, two])
        terms = self.conditions("s.value", known)
        placed = where(terms)
        if join != ", " and self.chance(0.7):
            placed = placed.replace(" WHERE ", " ON ")
        return f"SELECT {one}, {two}, s.value FROM {table}{join}{series}{placed}"

    def paired(self) -> str:
        """Two series, one perhaps of the other."""
        first = self.arguments()
        second = self.random.choice([["1", "x.value"], ["x.value", "6"], self.arguments()])
        terms = self.conditions("y.value", "x.value") + self.conditions("x.value")
        sources = [f"generate_series({', '.join(first)}) x", f"generate_series({', '.join(second)}) y"]
        return f"SELECT x.value, y.value FROM {', '.join(sources)}{where(terms)} ORDER BY x.value, y.value"

    def nested(self) -> str:
        """A series in a subquery, of the row outside."""
        inner = f"generate_series({self.one(['1', 't.a'])}, {self.one(['t.b', '5'])})"
        terms = where(self.conditions("value", "t.a"))
        return self.one([
            f"SELECT a, b, (SELECT sum(value) FROM {inner}{terms}) FROM t",
            f"SELECT a, b FROM t WHERE EXISTS (SELECT 1 FROM {inner}{terms})",
            f"SELECT a, b FROM t WHERE a IN (SELECT value FROM {inner}{terms})",
            f"SELECT a, (SELECT max(value) FROM {inner}{terms}) FROM t",
            f"SELECT value, count(*) FROM t, {inner}{terms} GROUP BY value ORDER BY value {self.one(['', 'DESC'])}",
        ])  # fmt: skip


def where(terms: list[str]) -> str:
    return " WHERE " + " AND ".join(terms) if terms else ""


def answer_of(connection: foundrydb.Connection, sql: str) -> list[tuple[Value, ...]] | str:
    try:
        return connection.execute(sql).fetchall()
    except foundrydb.Error as problem:
        return str(problem)


def in_order(sql: str, rows: list[tuple[Value, ...]]) -> list[str]:
    """Rows as text that can be compared, sorted where their order is not the statement's."""
    texts = [repr(row) for row in rows]
    return texts if "ORDER BY" in sql or "LIMIT" in sql else sorted(texts)


@pytest.mark.skipif(not SHELL.exists(), reason="apsw has no shell with generate_series")
@pytest.mark.parametrize("seed", range(3 * SCALE))
def test_random_statements_beside_the_shell(seed: int) -> None:
    dice = Dice(f"series:{seed}")
    statements = [dice.statement() for _ in range(150)]
    connection = foundrydb.connect(":memory:")
    connection.executescript(SCHEMA)
    ticks = [0]

    def tick() -> bool:
        ticks[0] += 1
        return ticks[0] > 200

    connection.set_progress_handler(tick, 10_000)
    answered = 0
    for sql, wanted in zip(statements, answers(SCHEMA, statements), strict=True):
        if wanted == "interrupted":
            continue
        ticks[0] = 0
        got = answer_of(connection, sql)
        if got == "interrupted":  # SQLite sees more often that nothing will be found
            continue
        answered += 1
        if isinstance(wanted, str) or isinstance(got, str):
            assert got == wanted, sql
        else:
            assert in_order(sql, got) == in_order(sql, wanted[1]), sql
    assert answered > 100
    connection.close()


def test_an_endless_series_is_interrupted() -> None:
    connection = foundrydb.connect(":memory:")
    timer = threading.Timer(0.2, connection.interrupt)
    timer.start()
    started = time.monotonic()
    with pytest.raises(foundrydb.OperationalError, match="interrupted"):
        connection.execute("select count(*) from generate_series(1, 9e18)").fetchall()
    assert time.monotonic() - started < 10
    timer.join()
    connection.set_progress_handler(lambda: True, 1000)
    with pytest.raises(foundrydb.OperationalError, match="interrupted"):
        connection.execute("select sum(x.value) from generate_series(1) x, generate_series(1) y").fetchall()
    connection.close()


def test_a_long_series_is_never_held() -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("select total(value) from generate_series(1, 10)").fetchall()
    tracemalloc.start()
    query = "select total(value), count(*) from generate_series(1, 20000) where value % 3"
    assert connection.execute(query).fetchall() == [(133346667.0, 13334)]
    cursor = connection.execute("select value from generate_series(1, 9e18)")
    assert [cursor.fetchone() for _ in range(3)] == [(1,), (2,), (3,)]
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    connection.close()
