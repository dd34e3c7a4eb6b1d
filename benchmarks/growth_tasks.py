"""The tasks whose cost is followed as tables grow; none keeps more than one row of an answer."""

from __future__ import annotations

from typing import Final

from benchmarks.databases import table_rows
from benchmarks.workload import Run, Session, Workload, query

POINTS: Final = 2_000


def drained(sql: str) -> Run:
    """A run that takes every row of a SELECT and keeps none: their number, and the last one."""

    def run(session: Session) -> object:
        count, last = 0, None
        for row in session.connection.execute(sql):
            count, last = count + 1, row
        return [count, last]

    return run


def points(session: Session) -> object:
    """Rows by key; as many whatever the table's size."""
    total = 0
    for i in range(POINTS):
        key = i * 7919 % session.rows + 1
        total += session.connection.execute("select a from t where id = ?", (key,)).fetchone()[0]
    return total


def insert(session: Session) -> object:
    """The rows of the table, made as they are wanted."""
    session.connection.execute("create table t(id integer primary key, a int, b real, c text)")
    session.connection.executemany("insert into t values(?,?,?,?)", table_rows(session.rows))
    session.connection.commit()
    return session.connection.execute("select count(*), sum(a) from t").fetchone()


TASKS: Final = [
    Workload("growth: scan", query("select count(*), sum(b), max(c) from t where a % 2 = 0"), "table"),
    Workload("growth: point", points, "table"),
    Workload("growth: insert", insert, "empty", writes=True),
    Workload("growth: sort", drained("select b, id from t order by b"), "table"),
    Workload(
        "growth: group",
        query("select count(*), max(n) from (select a, count(*) n, sum(b) from t group by a)"),
        "table",
    ),
    Workload("growth: join", query("select count(*), sum(y.b) from t x join t y on y.id = x.a"), "table"),
    Workload(
        "growth: window",  # over one partition, each of whose rows looks at all others
        drained(
            "select id, ntile(4) over (order by a, id), sum(a) over (order by a, id), max(a) over () from t"
        ),
        "table",
    ),
    Workload(
        "growth: recursion",
        query("""
            with recursive c(n) as (select 1 union all select n + 1 from c where n < {rows})
            select count(*), sum(n) from c
        """),
        "empty",
    ),
    Workload(
        "growth: queue",  # of a recursion, in which half of all rows wait
        query("""
            with recursive c(n) as (
                select 1 union all select n * 2 + x from c, (select 0 as x union all select 1) where n * 2 + x <= {rows}
            )
            select count(*), sum(n) from c
        """),
        "empty",
    ),
]
