"""Queries that a good plan answers from a few rows, of a table with an index for each of them.

Each is asked many times, so that what is measured is the plan and not the clock; a plan that reads everything takes a
hundred times as long.
"""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Run, Session, Workload

TIMES: Final = 20


def often(sql: str, times: int = TIMES) -> Run:
    """A run that asks one query several times; ``{rows}`` is the number of events."""

    def run(session: Session) -> object:
        text = sql.format(rows=session.rows // 10)
        answer: list[object] = []
        for _ in range(times):
            answer = session.connection.execute(text).fetchall()
        return answer

    return run


def undone(sql: str) -> Run:
    """A run that changes a few rows and takes it back, several times; it answers how many rows were changed."""

    def run(session: Session) -> object:
        changed = 0
        for _ in range(TIMES):
            changed += session.connection.execute(sql).rowcount
            session.connection.rollback()
        return changed

    return run


QUERIES: Final[dict[str, str]] = {
    "range with one end": "select * from event where at > {rows} - 10",
    "ranges in an OR": "select * from event where at = 5 or at > {rows} - 5",
    "partial index, its own condition": "select id, kind from event where state = 'open'",
    "count of a partial index": "select count(*) from event where state = 'open'",
    "IN over an indexed column": "select count(*) from few where k in (select user from event)",
    "a value in a table's rowids": "select 5 in (select id from event), -5 in (select id from event)",
    "max of no rows": "select max(at) from event where user = 5000",
    "first of no rows": "select * from event where user = 5000 order by at limit 1",
    "max of no rows, correlated": (
        "select count(*) from few where k = (select max(at) from event where user = few.k + 1000)"
    ),
    "LIMIT outside an ordered subquery": "select * from (select * from event order by at) limit 5",
    "LIMIT on an ordered view": "select id, note from latest limit 5",
    "sort in a sorted subquery": "select id from (select * from event order by note) order by at limit 5",
    "rows compared": "select id from event where (kind, user) > (3, 490) order by kind, user limit 3",
    "rows in a list": "select id from event where (kind, user) in ((1, 5), (2, 6)) order by id",
    "a head of LIKE with ESCAPE": "select id from event where note like 'n12345%' escape '!' order by id",
    "LIKE with COLLATE": "select id from event where note like 'n12345%' collate nocase order by id",
    "order begun by an index": "select id from event where kind = 1 order by user, at desc limit 5",
    "order of a join": "select * from album join track on album_id = album.id order by title, number limit 5",
    "order of a join, equal column": (
        "select * from track join album on album_id = album.id order by album_id, number limit 5"
    ),
    "UNION ALL, first rows": "select id from event union all select id from track order by 1 limit 5",
    "INTERSECT, first rows": "select id from event intersect select id from track limit 5",
    "DISTINCT of few values": "select distinct kind from event",
    "count of few different values": "select count(distinct kind) from event",
}
"""What is asked, by the names of the workloads; answers are the same on every engine."""

JOINS: Final[dict[str, str]] = {
    "LEFT JOIN of a join": (
        "select count(*), sum(number) from album left join (track join few on k = number) "
        "on album_id + 1 = album.id + 1"
    ),
    "LEFT JOIN of a product": (
        "select count(*), sum(x.k) from event left join (few x join few y on x.k + y.k = 5) on x.k > kind + 3"
    ),
    "RIGHT JOIN without an index": "select count(*), count(name) from label right join album on name = upper(title)",
    "FULL JOIN without an index": "select count(*), count(name) from album full join label on name = upper(title)",
    "IS in a join": "select count(*) from album join label on label.name is upper(album.title)",
    "LEFT JOIN that nobody reads": "select distinct album_id from track left join event on user = number order by 1",
    "join for each row of a query": (
        "select sum((select count(m) from few f left join (select kind, max(at) as m from event where user = few.k "
        "group by kind) e on e.kind = f.k)) from few"
    ),
}
"""Joins that are asked once: each is slow where what it reads again and again is not kept, and looked up."""

WORKLOADS: Final = [
    *[
        Workload(name, often(sql), database="plans", ordered="order by" in sql)
        for name, sql in QUERIES.items()
    ],
    Workload(
        "COLLATE in a join",
        often("select count(*) from album join label on album.title = label.name collate nocase", 1),
        database="plans",
    ),
    *[Workload(name, often(sql, 1), database="plans") for name, sql in JOINS.items()],
    Workload("DELETE by an index", undone("delete from event where at < 10"), "plans", writes=True),
    Workload(
        "UPDATE by its own index", undone("update event set at = -at where at < 10"), "plans", writes=True
    ),
    Workload(
        "join with an empty table",
        often("select count(*) from event a, event b, vacant"),
        database="plans",
    ),
]
