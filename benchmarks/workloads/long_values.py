"""Long texts and blobs: what can be told without reading them, parts of them, and functions over all of them."""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload, query

_QUERIES: Final = {
    "rowids beside huge blobs": "select id from huge",
    "length of huge blobs": "select length(x) from huge",
    "a part of huge blobs": "select hex(substr(x, 1000000, 10)) from huge",
    "the beginning of huge texts": "select substr(t, 1, 10) from huge",
    "length of long blobs": "select sum(length(x)) from long",
    "length of long texts": "select sum(length(t)) from long",
    "typeof of long values": "select typeof(x), typeof(t) from long",
    "long values that are NULL": "select count(*) from long where x is null",
    "long texts counted": "select count(t) from long",
    "the beginning of long blobs": "select hex(substr(x, 1, 10)) from long",
    "the end of long blobs": "select hex(substr(x, -10)) from long",
    "the beginning of long texts": "select substr(t, 1, 10) from long",
    "a column behind long values": "select sum(n) from long",
    "LIKE over long texts": "select count(*) from long where t like '%zz%'",
    "instr over long texts": "select sum(instr(t, 'zz')) from long",
    "replace over long texts": "select sum(length(replace(t, 'b', 'xx'))) from long",
    "upper over long texts": "select sum(length(upper(t))) from long",
    "trim of long texts": "select sum(length(trim(t))) from long",
    "long blobs as rows": "select x from long",
}

WORKLOADS: Final = [Workload(name, query(sql), "long values") for name, sql in _QUERIES.items()]
"""Each has the same answer on every engine."""
