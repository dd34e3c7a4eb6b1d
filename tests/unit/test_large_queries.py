"""Short texts that mean large queries: they are bounded as in C SQLite, or can be interrupted."""

from __future__ import annotations

import time

import apsw
import pytest
from harness.interrupts import interrupting

import foundrydb

DOUBLING = [
    "select * from c{0} union all select * from c{0}",
    "select x.a from c{0} x, c{0} y where x.a < 0",
    "select (select count(*) from c{0}) + a as a from c{0}",
]


def chain(step: str, length: int) -> str:
    """A query whose last common table uses the one before as ``step`` says, and so on down to the first."""
    tables = ["c0 as (select 1 as a)"] + [f"c{i} as ({step.format(i - 1)})" for i in range(1, length)]
    return f"with {', '.join(tables)} select count(*) from c{length - 1}"


@pytest.mark.parametrize("step", [*DOUBLING, "select * from c{0}", "select 1 as a from c{0}, c0, c0 as d"])
def test_uses_of_common_tables_are_bounded(step: str) -> None:
    """Where C SQLite takes a query we do; where it refuses one, we do in its words (it may have other limits too)."""
    ours, theirs = foundrydb.connect(":memory:"), apsw.Connection(":memory:")
    refused = 0
    for length in (3, 6, 9, 10, 14, 60, 2000):
        if length > 14 and step in DOUBLING:
            break
        query = chain(step, length)
        try:
            expected = list(theirs.execute(query))
        except apsw.Error as error:
            refused += 1
            if "64 tables" in str(error) or "FROM clause terms" in str(error):
                continue
            with pytest.raises(foundrydb.Error) as caught:
                ours.execute(query)
            assert caught.value.message == str(error) or "not supported yet" in caught.value.message
        else:
            assert ours.execute(query).fetchall() == expected
    assert refused


def views(connection: foundrydb.Connection) -> str:
    """Views whose number of tables doubles; the last one would take minutes to compile."""
    connection.execute("create table t(a)")
    connection.execute("create view v0 as select * from t")
    for i in range(1, 21):
        connection.execute(f"create view v{i} as select * from v{i - 1} union all select a from v{i - 1}")
    return "select count(*) from v20"


def test_a_compilation_is_interrupted() -> None:
    connection = foundrydb.connect(":memory:", check_same_thread=False)
    query = views(connection)
    with interrupting(connection), pytest.raises(foundrydb.OperationalError, match="interrupted") as caught:
        connection.execute(query)
    assert caught.value.sqlite_errorname == "SQLITE_INTERRUPT"
    assert connection.execute("select count(*) from v5").fetchone() == (0,)


def test_a_progress_handler_stops_a_compilation() -> None:
    connection = foundrydb.connect(":memory:")
    query = views(connection)
    end = time.monotonic() + 0.1
    connection.set_progress_handler(lambda: time.monotonic() > end, 1000)
    with pytest.raises(foundrydb.OperationalError, match="interrupted"):
        connection.execute(query)
    connection.set_progress_handler(None, 0)
    assert connection.execute("select count(*) from v5").fetchone() == (0,)


def test_an_interrupt_between_statements_means_nothing() -> None:
    connection = foundrydb.connect(":memory:")
    views(connection)
    connection.interrupt()
    assert connection.execute("select count(*) from v7").fetchone() == (0,)
