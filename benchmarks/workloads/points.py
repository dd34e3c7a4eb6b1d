"""Seeks: one row or a range at a time, by rowid and by index, from cached and from fresh text."""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Session, Workload, query


def by_rowid(session: Session) -> object:
    """Up to 20,000 rows, one text."""
    total = 0
    cursor = session.connection.cursor()
    for i in range(min(20_000, session.rows)):
        total += cursor.execute("select a from t where id = ?", (i * 37 % session.rows + 1,)).fetchone()[0]
    return total


def by_index(session: Session) -> object:
    """Up to 10,000 keys, one text."""
    found = 0
    cursor = session.connection.cursor()
    for i in range(min(10_000, session.rows)):
        rows = cursor.execute("select id, c from indexed where a = ?", (i * 91 % session.rows,)).fetchall()
        found += len(rows)
    return found


def by_rowid_fresh(session: Session) -> object:
    """Up to 3,000 rows, as many texts."""
    total = 0
    for i in range(min(3_000, session.rows)):
        text = f"select a from t where id = {i * 37 % session.rows + 1}"
        total += session.connection.execute(text).fetchone()[0]
    return total


def by_index_fresh(session: Session) -> object:
    """Up to 3,000 keys, as many texts."""
    found = 0
    for i in range(min(3_000, session.rows)):
        text = f"select id, c from indexed where a = {i * 91 % session.rows}"
        found += len(session.connection.execute(text).fetchall())
    return found


def short_ranges(session: Session) -> object:
    """Up to 2,000 ranges of a few rows each."""
    found = 0
    cursor = session.connection.cursor()
    for i in range(min(2_000, session.rows)):
        low = i * 491 % session.rows
        text = "select count(*), max(c) from indexed where a between ? and ?"
        found += cursor.execute(text, (low, low + session.rows // 10_000)).fetchone()[0]
    return found


WORKLOADS: Final = [
    Workload("point SELECT by rowid, cached text", by_rowid),
    Workload("point SELECT by index, cached text", by_index),
    Workload("point SELECT by rowid, fresh text", by_rowid_fresh),
    Workload("point SELECT by index, fresh text", by_index_fresh),
    Workload(
        "range on an index, covering",
        query("select count(*), sum(a) from indexed where a between {half} / 2 and {half}"),
    ),
    Workload(
        "range on an index, not covering",
        query("select count(*), max(c) from indexed where a between {half} and {half} + {rows} / 20"),
    ),
    Workload("short ranges on an index, not covering", short_ranges),
]
