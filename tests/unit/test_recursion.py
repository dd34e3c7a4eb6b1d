"""Recursive common tables: that they end when they are told to, and what they take of the memory meanwhile."""

from __future__ import annotations

import tracemalloc

import pytest

import foundrydb

ENDLESS = {
    "one row after the other": "select 1 union all select i + 1 from n",
    "more and more rows": "select 1 union all select i + 1 from n union all select i + 2 from n",
    "in an order": "select 1 union all select i + 1 from n union all select i + 2 from n order by 1",
    "none twice": "select 1 union select i + 1 from n",
}


@pytest.mark.parametrize("query", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_recursion_without_end_is_interrupted(query: str) -> None:
    con = foundrydb.connect(":memory:")
    asked = 0

    def enough() -> int:
        nonlocal asked
        asked += 1
        return asked >= 20

    con.set_progress_handler(enough, 1000)
    with pytest.raises(foundrydb.OperationalError, match="interrupted"):
        con.execute(f"with n(i) as ({query}) select count(*) from n").fetchall()
    assert asked == 20
    con.set_progress_handler(None, 0)
    assert con.execute(f"with n(i) as ({query}) select i from n limit 2").fetchall() == [(1,), (2,)]
    con.close()


@pytest.mark.parametrize("order", ["", " order by 1", " order by 1 desc"])
def test_a_queue_that_outgrows_the_memory(order: str) -> None:
    """Every number up to a bound once, by a tree of them."""
    con = foundrydb.connect(":memory:")
    last = 2**14 - 1
    steps = f"select 2 * i from n where i < {2**13} union all select 2 * i + 1 from n where i < {2**13}"
    query = f"with n(i) as (select 1 union all {steps}{order}) select count(*), sum(i), max(i) from n"
    assert con.execute(query).fetchall() == [(last, last * (last + 1) // 2, last)]
    con.close()


def test_rows_that_were_taken_are_forgotten() -> None:
    con = foundrydb.connect(":memory:")
    query = "with n(i, t) as (select 1, 'x' union all select i + 1, 'row ' || i from n limit {}) select max(i) from n"
    con.execute(query.format(100)).fetchall()
    tracemalloc.start()
    assert con.execute(query.format(20_000)).fetchall() == [(20_000,)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300_000
    con.close()


def test_a_common_table_knows_its_rows_in_a_trigger_and_a_view() -> None:
    con = foundrydb.connect(":memory:")
    con.executescript(
        "create table t(a); create table told(a);"
        "create view up as with n(i) as (select 1 union all select i + 1 from n where i < 3) select i from n;"
        "create trigger after_t after insert on t begin"
        "  insert into told with n(i) as (select new.a union all select i + 1 from n where i < new.a + 2)"
        "  select n.i * 100 + up.i from n join up on up.i = n.i;"
        "end;"
        "insert into t values (1), (2);"
    )
    assert con.execute("select a from told").fetchall() == [(101,), (202,), (303,), (202,), (303,)]
    con.close()
