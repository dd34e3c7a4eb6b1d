"""Joins, correlated subqueries, IN."""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload, query

IN_LIST: Final = ", ".join(str(i * 17) for i in range(50))
STAR: Final = " ".join(f"join d{i} on d{i}.id = f.d{i}_id" for i in range(1, 6))

WORKLOADS: Final = [
    Workload("join by rowid", query("select sum(s.v) from t join small s on s.k = t.a % 10000 + 1")),
    Workload("join by index", query("select count(*), max(i.c) from small s join indexed i on i.a = s.k")),
    Workload("join without index", query("select count(*), sum(p.w) from t join plain p on p.v = t.a")),
    Workload(
        "join of 3 tables",
        query(
            "select d1.kind, count(*), sum(f.amount) from fact f join d1 on d1.id = f.d1_id"
            " join d2 on d2.id = f.d2_id where d2.kind < 5 group by d1.kind"
        ),
        ordered=False,
    ),
    Workload(
        "join of 6 tables",
        query(
            f"select count(*), sum(f.amount), max(d5.name) from fact f {STAR}"
            " where d1.kind = 3 and d4.kind < 5 and d5.kind <> 2"
        ),
    ),
    Workload(
        "correlated EXISTS",
        query(
            "select count(*) from small s where exists (select 1 from indexed i where i.a = s.k and i.id > 9)"
        ),
    ),
    Workload(
        "correlated scalar subquery",
        query("select sum((select count(*) from indexed i where i.a between s.k and s.k + 20)) from small s"),
    ),
    Workload("IN list", query(f"select count(*), sum(b) from t where a % 1000 in ({IN_LIST})")),
    Workload("IN subquery", query("select count(*) from t where a in (select v from small)")),
]
