"""JSON: values out of documents, the elements of arrays as rows, rows as one document, changes of documents.

A ``sqlite3`` before 3.45 knows no JSONB: where documents in that form are read, it reads the same ones as text.
"""

from __future__ import annotations

from typing import Final

from benchmarks.engines import REFERENCE, module
from benchmarks.workload import Run, Session, Workload

JSONB_SINCE: Final = (3, 45, 0)


def over(sql: str) -> Run:
    """A query over the documents; ``{jsonb}`` in it is the column with JSONB, where the engine can read that."""

    def run(session: Session) -> object:
        old = session.engine == REFERENCE and module(REFERENCE).sqlite_version_info < JSONB_SINCE
        return session.connection.execute(sql.format(jsonb="data" if old else "packed")).fetchall()

    return run


def _workload(name: str, sql: str) -> Workload:
    return Workload(name, over(sql), "json")


WORKLOADS: Final = [
    _workload("json_extract", "select sum(json_extract(data, '$.amount')) from document"),
    _workload(
        "json_extract, three of each",
        "select count(json_extract(data, '$.user.name')), max(json_extract(data, '$.user.city')), "
        "sum(json_extract(data, '$.scores[1]')) from document",
    ),
    _workload("filter by ->>", "select count(*) from document where data ->> '$.user.city' = 'city 7'"),
    _workload("JSONB extract", "select sum(json_extract({jsonb}, '$.amount')) from document"),
    _workload(
        "json_each join", "select count(*), sum(e.value) from document d, json_each(d.data, '$.scores') e"
    ),
    _workload("json_group_array", "select length(json_group_array(name)) from document"),
    _workload("json_object", "select sum(length(json_object('id', id, 'name', name))) from document"),
    _workload("json_set", "select sum(length(json_set(data, '$.amount', 0, '$.seen', id))) from document"),
    _workload("json_valid", "select sum(json_valid(data)) from document"),
]
"""Each has the same answer on every engine."""
