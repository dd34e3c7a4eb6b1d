"""Recursive common tables: rows that are made of rows, one after the other.

The counter measures the loop itself, the walks what a step finds by an index, the searches a queue in an order and the
set of what has been met.
"""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Session, Workload, query


def with_tree(session: Session) -> object:
    """A tree of as many nodes as there are events, three below each, and an index by the parent."""
    session.connection.execute("create temp table node(id integer primary key, parent int)")
    session.connection.executemany(
        "insert into node values (?, ?)",
        [(i, None if i == 1 else (i + 1) // 3) for i in range(1, session.rows + 1)],
    )
    session.connection.execute("create index temp.node_parent on node(parent)")
    session.connection.commit()
    return None


def with_ways(session: Session) -> object:
    """A graph with cycles: three ways lead away from each of many places."""
    places = session.rows // 5
    session.connection.execute("create temp table way(a int, b int)")
    ways = [(a, (a * factor + 1) % places) for a in range(places) for factor in (2, 3, 5)]
    session.connection.executemany("insert into way values (?, ?)", ways)
    session.connection.execute("create index temp.way_a on way(a, b)")
    session.connection.commit()
    return None


MANDELBROT: Final = (
    "with recursive xaxis(x) as (values (-2.0) union all select x + 0.05 from xaxis where x < 1.2), "
    "yaxis(y) as (values (-1.0) union all select y + 0.1 from yaxis where y < 1.0), "
    "point(turn, cx, cy, x, y) as (select 0, x, y, 0.0, 0.0 from xaxis, yaxis "
    "union all select turn + 1, cx, cy, x * x - y * y + cx, 2.0 * x * y + cy from point "
    "where x * x + y * y < 4.0 and turn < 28), "
    "last(turn, cx, cy) as (select max(turn), cx, cy from point group by cx, cy), "
    "line(cy, text) as (select cy, group_concat(substr(' .+*#', 1 + min(turn / 7, 4), 1), '') "
    "from (select * from last order by cy, cx) group by cy) "
    "select rtrim(text) from line order by cy"
)

SUDOKU: Final = (
    "with recursive input(sud) as (values "
    "('53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79')), "
    "digits(z, lp) as (values ('1', 1) union all select cast(lp + 1 as text), lp + 1 from digits where lp < 9), "
    "x(s, ind) as (select sud, instr(sud, '.') from input union all "
    "select substr(s, 1, ind - 1) || z || substr(s, ind + 1), "
    "instr(substr(s, 1, ind - 1) || z || substr(s, ind + 1), '.') from x, digits as z where ind > 0 and not exists ("
    "select 1 from digits as lp where z.z = substr(s, ((ind - 1) / 9) * 9 + lp, 1) "
    "or z.z = substr(s, ((ind - 1) % 9) + (lp - 1) * 9 + 1, 1) "
    "or z.z = substr(s, (((ind - 1) / 3) % 3) * 3 + ((ind - 1) / 27) * 27 + lp + ((lp - 1) / 3) * 6, 1))) "
    "select s from x where ind = 0"
)

COUNTER: Final = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000) "

WORKLOADS: Final = [
    Workload("counter of 1,000,000", query(f"{COUNTER} select sum(i) from n")),
    Workload("counter, all rows", query(f"{COUNTER} select i from n limit 300000")),
    Workload("counter of several columns", query(
        "with recursive n(i, a, b) as (select 1, 0, 1 "
        "union all select i + 1, b, (a + b) % 1000003 from n limit 200000) select max(a), sum(b) from n"
    )),
    Workload("tree walk, breadth first", query(
        "with recursive below(id, depth) as (select 1, 0 union all "
        "select node.id, depth + 1 from below join node on parent = below.id) "
        "select count(*), sum(id), max(depth) from below"
    ), prepare=with_tree),
    Workload("tree walk, depth first", query(
        "with recursive below(id, depth) as (select 1, 0 union all "
        "select node.id, depth + 1 from below join node on parent = below.id order by 2 desc) "
        "select id, depth from below"
    ), prepare=with_tree),
    Workload("reachable places", query(
        "with recursive reach(n) as (select 1 union select b from reach join way on a = n) "
        "select count(*), sum(n) from reach"
    ), prepare=with_ways),
    Workload("a cycle in numbers", query(
        "with recursive n(i) as (select 1 union select i * 7 % 200003 from n) select count(*), sum(i) from n"
    )),
    Workload("Mandelbrot set", query(MANDELBROT)),
    Workload("sudoku", query(SUDOKU)),
]  # fmt: skip
"""Each has the same answer on every engine."""
