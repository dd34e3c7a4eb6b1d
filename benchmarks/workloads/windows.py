"""Functions over windows: what they make of rows by partition, over each kind of frame.

Most workloads add up what the functions make, so that what they cost shows; the last ones hand out every row.
"""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload, query

WORKLOADS: Final = [
    Workload("running sum", query(
        "select sum(total % 1000) from (select sum(a) over (order by id) as total from indexed)"
    )),
    Workload("running sum by partition", query(
        "select sum(total) from (select sum(d2_id) over (partition by d1_id order by id) as total from fact)"
    )),
    Workload("rank by partition", query(
        "select sum(place) from (select rank() over (partition by d1_id order by d2_id) as place from fact)"
    )),
    Workload("rank by partition, the first of each", query(
        "select id, d1_id, amount from (select *, row_number() over (partition by d1_id order by amount desc) "
        "as place from fact) where place <= 3 order by d1_id, place"
    )),
    Workload("moving average", query(
        "select sum(mean) from "
        "(select avg(a) over (order by id rows between 5 preceding and 5 following) as mean from indexed)"
    )),
    Workload("moving maximum", query(
        "select sum(most) from (select max(a) over (order by id rows 50 preceding) as most from indexed)"
    )),
    Workload("RANGE frame", query(
        "select sum(near) from "
        "(select count(*) over (order by amount range between 0.1 preceding and 0.1 following) as near from fact)"
    )),
    Workload("lag and lead", query(
        "select sum(a - before), sum(a - after) from "
        "(select a, lag(a) over w as before, lead(a, 2, 0) over w as after from indexed window w as (order by id))"
    )),
    Workload("first_value and ntile", query(
        "select sum(first), sum(bucket) from (select first_value(d2_id) over w as first, ntile(4) over w as bucket "
        "from fact window w as (partition by d1_id order by amount))"
    )),
    Workload("share of a partition", query(
        "select sum(amount / whole) from (select amount, sum(amount) over (partition by d1_id) as whole from fact)"
    )),
    Workload("several windows of one order", query(
        "select sum(place), sum(total), sum(before), max(near) from (select row_number() over w as place, "
        "sum(d2_id) over w as total, lag(d2_id) over w as before, avg(d2_id) over (w rows 3 preceding) as near "
        "from fact window w as (partition by d1_id order by id))"
    )),
    Workload("order of an index", query(
        "select sum(place) from (select rank() over (order by a) as place from indexed)"
    )),
    Workload("running sum, all rows", query("select id, a, sum(a) over (order by id) from indexed")),
    Workload("rank of texts, all rows", query("select id, c, rank() over (order by c) as place from indexed")),
]  # fmt: skip
"""Each has the same answer on every engine."""
