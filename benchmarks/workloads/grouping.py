"""GROUP BY, DISTINCT and ORDER BY.

Groups come in any order, so that an engine may hash them; the multiplier visits the last case's groups out of order.
"""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload, query

WORKLOADS: Final = [
    Workload(
        "GROUP BY, 10 groups", query("select a % 10, count(*), sum(b) from t group by 1"), ordered=False
    ),
    Workload(
        "GROUP BY, 10^4 groups",
        query("select a % 10000 g, count(*), sum(b) from t group by g"),
        ordered=False,
    ),
    Workload(
        "GROUP BY, as many groups as rows",
        query("select id * 7919 % 100000007 g, count(*), sum(a) from t group by g"),
        ordered=False,
    ),
    Workload("DISTINCT", query("select distinct a % 1000, id % 10 from t"), ordered=False),
    Workload("ORDER BY, integers", query("select id from t order by a, id")),
    Workload("ORDER BY, text", query("select id from indexed order by c, id")),
    Workload("ORDER BY, top 10", query("select id, a from t order by a, id limit 10")),
]
