"""Functions and operators over a column: text, patterns, dates, numbers as text, comparisons by NOCASE."""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload, query

_SUMS: Final = {
    "length": "length(s)",
    "length, letters beyond ASCII": "length(u)",
    "upper, letters beyond ASCII": "length(upper(u))",
    "lower": "length(lower(s))",
    "substr from the end": "length(substr(u, -5))",
    "replace": "length(replace(s, 'a', 'bb'))",
    "trim": "length(trim(s, 'a '))",
    "instr": "instr(s, 'mm')",
    "instr, letters beyond ASCII": "instr(u, 'ç')",
    "unicode": "unicode(s)",
    "printf, a number and a text": "length(printf('%05d-%s', a, s))",
    "printf, a real": "length(printf('%.2f', r))",
    "round": "round(r, 2)",
    "min of two": "min(a, id)",
    "a text equals": "s = 'alpha 7'",
    "a text is below": "s < 'delta'",
    "equals by NOCASE": "n = 'apple7'",
    "CASE with a base by NOCASE": "case n when 'APPLE1' then 1 when 'pear2' then 2 when 'x' then 3 else 4 end",
    "a number equals a text": "a = '500'",
    "LIKE within": "s like '%mega%'",
    "LIKE at the beginning": "s like 'alp%'",
    "LIKE, any one character": "s like '_lpha%'",
    "LIKE, several pieces": "s like '%a%b%1%'",
    "LIKE, letters beyond ASCII": "u like '%ç%'",
    "NOT LIKE": "u not like '%Zürich%'",
    "LIKE of a column's pattern": "s like '%' || (id % 100) || '%'",
    "LIKE with ESCAPE": "s like '%\\_%' escape '\\'",
    "GLOB within": "s glob '*mega*'",
    "GLOB, sets": "s glob '[a-d]*[0-9]'",
    "julianday": "julianday(d)",
    "unixepoch": "unixepoch(d)",
}
_LARGEST: Final = {
    "substr": "substr(s, 3, 4)",
    "date": "date(d)",
    "time": "time(d)",
    "datetime, a day later": "datetime(d, '+1 day')",
    "datetime of seconds": "datetime(a, 'unixepoch')",
    "date, start of month": "date(d, 'start of month')",
    "strftime, the year": "strftime('%Y', d)",
    "strftime, all of it": "strftime('%Y-%m-%d %H:%M:%S', d)",
    "smallest by NOCASE": "n",
}

WORKLOADS: Final = [
    *(Workload(name, query(f"select sum({sql}) from word"), "words") for name, sql in _SUMS.items()),
    *(Workload(name, query(f"select max({sql}) from word"), "words") for name, sql in _LARGEST.items()),
]
"""Each has the same answer on every engine."""
