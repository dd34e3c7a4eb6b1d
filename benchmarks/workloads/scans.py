"""Whole tables: fetching, counting, filtering, computing."""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload, query

WORKLOADS: Final = [
    Workload("SELECT *, fetchall", query("select * from t")),
    Workload("count(*)", query("select count(*) from t")),
    Workload(
        "scan, filter, aggregate: int", query("select count(*), sum(a), max(a) from t where a < {half}")
    ),
    Workload(
        "scan, filter, aggregate: real", query("select count(*), sum(b), avg(b) from t where b < 500.5")
    ),
    Workload("scan, filter, aggregate: text", query("select count(*), min(c), max(c) from t where c > 'm'")),
    Workload("LIKE", query("select count(*) from t where c like '%ab%'")),
    Workload(
        "expressions",
        query(
            "select sum(a * 2 + id % 7 - b / 3), sum(case when a & 3 = 1 then id << 1 else -id end) from t"
            " where (a + id) % 3 <> 1 and abs(b - 500) < 450"
        ),
    ),
]
