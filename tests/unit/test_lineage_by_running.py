"""Column lineage against runs: change a column's values, and see which columns of the answer change.

Values are changed so that no condition, order, join or group turns out otherwise: these go by the key columns, which
stay, and the new values are as distinct, and in the same order, as the old ones.  Then a column of the answer that
changes must have the changed column among its origins; and where values flow directly, only those have it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

import foundrydb

SCHEMA = """
    create table t(id integer primary key, k, a, b);
    create table u(id integer primary key, k, x, y);
    create table sink(id integer primary key, p, q);
    create view v(id, k, m, n) as select t.id, t.k, a + x, b from t join u using (k);
    insert into t values (1, 1, 101, 201), (2, 1, 102, 202), (3, 2, 103, 203), (4, 3, 104, 204);
    insert into u values (1, 1, 1001, 2001), (2, 2, 1002, 2002), (3, 3, 1003, 2003), (4, 3, 1004, 2004);
    insert into sink values (1, 0, 0), (2, 0, 0), (3, 0, 0);
"""
DATA = {"t": ("a", "b"), "u": ("x", "y")}
ORIGINS = [f"{table}.{column}" for table, columns in DATA.items() for column in columns]


class QueryMaker:
    """Makes random queries in which values flow directly."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.tables = 0

    def query(self, depth: int) -> str:
        """A query with the columns id, k, p and q."""
        kind = self.dice.randrange(8) if depth > 0 else 0
        if kind == 1:
            arms = (f"select * from ({self.query(depth - 1)})" for _ in range(2))
            return " union all ".join(arms)
        if kind == 2:
            name = self._name("c")
            return f"with {name} as ({self.query(depth - 1)}) select id, k, q as p, {self._sum(name)} as q from {name}"
        if kind == 3:
            columns = "k as id, k, group_concat(p) as p, group_concat(q) as q"
            return f"select {columns} from ({self.query(depth - 1)}) group by k"
        if kind == 4:
            windows = "group_concat(p) over (order by id, k rows 1 preceding) as p, lag(q, 0) over (order by id) as q"
            return f"select id, k, {windows} from ({self.query(depth - 1)})"
        if kind == 5:
            name = self._name("s")
            value = f"(select group_concat({name}.p) from ({self.query(depth - 1)}) as {name} where {name}.k >= 0)"
            return f"select id, k, {value} as p, a as q from t"
        if kind == 6:
            name = self._name("r")
            return (
                f"with recursive {name}(id, k, p, q, level) as (select id, k, p, q, 0 from ({self.query(depth - 1)})"
                f" union all select id, k, q || '+', p || '+', level + 1 from {name} where level < 2)"
                f" select id, k, p, q from {name}"
            )
        return self._core(depth)

    def _core(self, depth: int) -> str:
        tables = [self._source(depth) for _ in range(self.dice.randint(1, 2))]
        names = [name for name, _, _ in tables]
        joins = " join ".join(text for _, text, _ in tables)
        if len(tables) > 1:
            joins += f" on {names[0]}.k = {names[1]}.k"
        columns = [f"{name}.{column}" for name, _, given in tables for column in given]
        p, q = (self._value(columns) for _ in range(2))
        first, last = names[0], names[-1]
        return f"select {first}.id as id, {last}.k as k, {p} as p, {q} as q from {joins} where {first}.id < 4"

    def _source(self, depth: int) -> tuple[str, str, tuple[str, ...]]:
        """A source: the name that it goes by, its text, its columns of values."""
        name = self._name("f")
        if depth > 0 and self.dice.random() < 0.4:
            return name, f"({self.query(depth - 1)}) as {name}", ("p", "q")
        table, columns = self.dice.choice([("t", ("a", "b")), ("u", ("x", "y")), ("v", ("m", "n"))])
        return name, f"{table} as {name}", columns

    def _value(self, columns: list[str]) -> str:
        one, other = self.dice.choice(columns), self.dice.choice(columns)
        return self.dice.choice(
            [one, one, f"json_object('v', {one}, 'w', {other})", f"{one} || '-' || {other}", f"cast({one} as text)",
             f"json_array({one}, {other})", f"iif({columns[0].partition('.')[0]}.k > 0, {one}, 7)"]
        )  # fmt: skip

    def _sum(self, name: str) -> str:
        return self.dice.choice([f"{name}.p", f"{name}.p || {name}.q", f"printf('%s', {name}.p)"])

    def _name(self, letter: str) -> str:
        self.tables += 1
        return f"{letter}{self.tables}"


def selects() -> Iterator[str]:
    for seed in range(140):
        maker = QueryMaker(seed)
        yield f"select p, q, p as again from ({maker.query(2)}) order by id, k, p, q"
    yield from [
        "select * from v order by id",
        "select a, x from t full join u on t.id = u.id and t.k = 1 order by t.id, u.id",
        "select (select (select t.a + u.x) from u limit 1) as m, b from t",
        "select a from t union select x from u order by 1",
        "select distinct b, k from t order by 1",
        "select group_concat(a), count(*), max(b) from t",
        "select first_value(a) over (partition by k order by id), b from t order by id",
        "values ((select sum(a) from t), 1), ((select sum(x) from u), 2)",
        "select j.value, t.b from t, json_each(json_array(t.a)) as j order by t.id",
        "select n from (select n, m from v limit 2)",
        "with c(i, j) as materialized (select a, y from t join u using (k)) select j, i from c order by 1, 2",
    ]


def changes() -> Iterator[str]:
    for seed in range(200, 226):
        maker = QueryMaker(seed)
        yield f"insert into sink(p, q) select p, q from ({maker.query(1)}) order by id, k, p, q"
        yield (
            "update sink set p = c.p, q = (select max(a) from t join u using (k)) || c.q"
            f" from (select group_concat(p) as p, group_concat(q) as q from ({maker.query(1)})) as c"
        )
    yield "insert into sink(id, p) select id, a from t where true on conflict do update set q = excluded.p || p"


def database(changed: str) -> foundrydb.Connection:
    """The database; the values of one column are others."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    if changed:
        table, column = changed.split(".")
        connection.execute(f"update {table} set {column} = {column} + 5000")
    return connection


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, foundrydb.Connection]]:
    """The database under "", and for each origin one in which that is changed."""
    made = {changed: database(changed) for changed in ["", *ORIGINS]}
    yield made
    for connection in made.values():
        connection.close()


def answer(sql: str, connection: foundrydb.Connection) -> list[tuple[str, ...]]:
    """The columns of what a statement gives, or of what it writes into ``sink``, each in an order of its own."""
    connection.execute("begin")
    try:
        rows = connection.execute(sql).fetchall()
        if not sql.startswith(("select", "with", "values")):
            rows = connection.execute("select p, q from sink order by id").fetchall()
        return [tuple(sorted(map(repr, column))) for column in zip(*rows)]
    finally:
        connection.execute("rollback")


def changed_by(sql: str, databases: dict[str, foundrydb.Connection]) -> list[set[str]]:
    """For each column the origins whose change changes it."""
    before = answer(sql, databases[""])
    assert before, f"no rows: {sql}"
    found: list[set[str]] = [set() for _ in before]
    for origin in ORIGINS:
        for i, column in enumerate(answer(sql, databases[origin])):
            if column != before[i]:
                found[i].add(origin)
    return found


def told(databases: dict[str, foundrydb.Connection], sql: str) -> list[tuple[str, set[str]]]:
    columns = foundrydb.lineage(sql, databases[""])
    return [(column.name, set(column.origins) & set(ORIGINS)) for column in columns]


@pytest.mark.parametrize("sql", list(selects()))
def test_columns_of_answers(databases: dict[str, foundrydb.Connection], sql: str) -> None:
    assert [origins for _, origins in told(databases, sql)] == changed_by(sql, databases)


@pytest.mark.parametrize("sql", list(changes()))
def test_columns_that_are_written(databases: dict[str, foundrydb.Connection], sql: str) -> None:
    known: dict[str, set[str]] = {"sink.p": set(), "sink.q": set()}
    for name, origins in told(databases, sql):
        known.setdefault(name, set()).update(origins)
    assert [known["sink.p"], known["sink.q"]] == changed_by(sql, databases)


@pytest.mark.parametrize(
    ("sql", "more"),
    [
        ("select coalesce(a, b), 0 * a from t", [{"t.b"}, {"t.a"}]),
        ("select case when id > 0 then a else b end, min(a, 1) from t", [{"t.b"}, {"t.a"}]),
        ("select a - a, iif(0, x, y) from t join u using (k)", [{"t.a"}, {"u.x"}]),
        ("select length(a), typeof(b) from t", [set(), {"t.b"}]),
    ],
)  # fmt: skip
def test_what_may_flow_counts(
    databases: dict[str, foundrydb.Connection], sql: str, more: list[set[str]]
) -> None:
    """Where a value is looked at but does not show, lineage tells more than one run can."""
    for (_, origins), seen, extra in zip(told(databases, sql), changed_by(sql, databases), more, strict=True):
        assert seen <= origins
        assert origins - seen == extra
