"""Virtual tables: the functions of PRAGMAs, and ``generate_series``.

The libraries that are compared have no ``generate_series``.  They count by a recursive common table, which is what one
writes where it is not there.
"""

from __future__ import annotations

from typing import Final

from benchmarks.engines import OURS
from benchmarks.workload import Run, Session, Workload

COUNTED: Final = (
    "with recursive series(value) as (select 1 union all select value + 1 from series where value < {last})"
)


def of_series(sql: str) -> Run:
    """A run that asks a query of ``series``, the numbers from 1 to that of the rows."""

    def run(session: Session) -> object:
        if session.engine == OURS:
            text = sql.replace("series", f"generate_series(1, {session.rows})")
        else:
            text = f"{COUNTED.format(last=session.rows)} {sql}"
        return session.connection.execute(text).fetchall()

    return run


def often(sql: str, times: int = 200) -> Run:
    """A run that asks one query several times."""

    def run(session: Session) -> object:
        answer: list[object] = []
        for _ in range(times):
            answer = session.connection.execute(sql).fetchall()
        return answer

    return run


WORKLOADS: Final = [
    Workload("sum of a series", of_series("select sum(value) from series")),
    Workload("a series, filtered", of_series("select count(*) from series where value % 7 = 3")),
    Workload("a series, all rows", of_series("select value from series")),
    Workload("columns of every table", often(
        "select m.name, i.name from sqlite_schema m join pragma_table_info(m.name) i order by m.name, i.cid"
    ), "plans"),
    Workload("one table's columns", often("select name from pragma_table_info('event')"), "plans"),
    Workload("settings as a table", often("select * from pragma_page_size, pragma_cache_size")),
]  # fmt: skip
"""Each has the same answer on every engine."""
