"""Code of the user's that statements call, and what it may do there: each test runs against both modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import foundrydb


@pytest.fixture
def con(db: Any) -> Iterator[Any]:
    connection = db.connect(":memory:")
    connection.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b)")
    connection.execute("INSERT INTO t VALUES (1, 'b'), (2, 'a'), (3, 'c')")
    connection.commit()
    yield connection
    connection.close()


def fails(*_: Any) -> Any:
    raise ZeroDivisionError("on purpose")


# collations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT b FROM t ORDER BY b COLLATE x",
        "SELECT count(*) FROM t WHERE b = 'a' COLLATE x",
        "SELECT max(b COLLATE x) FROM t",
    ],
)
def test_what_a_collation_raises_is_raised_when_the_statement_stops(con: Any, sql: str) -> None:
    calls: list[int] = []

    def order(a: str, b: str) -> int:
        calls.append(1)
        return int(fails())

    con.create_collation("x", order)
    cursor = con.cursor()
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        cursor.execute(sql)
    assert calls == [1]
    assert con.execute("SELECT count(*) FROM t").fetchone() == (3,)


def test_a_change_is_made_whose_collation_raises(con: Any) -> None:
    con.create_collation("x", fails)
    cursor = con.cursor()
    with pytest.raises(ZeroDivisionError):
        cursor.execute("UPDATE t SET b = 'z' WHERE b = 'a' COLLATE x")
    assert cursor.rowcount == -1
    assert con.execute("SELECT count(*) FROM t WHERE b = 'z'").fetchone() == (3,)


def test_the_statement_s_own_failure_goes_before_the_collation_s(db: Any, con: Any) -> None:
    con.create_collation("x", fails)
    con.execute("CREATE TABLE u(a UNIQUE COLLATE x)")
    con.execute("INSERT INTO u VALUES ('p')")
    with pytest.raises(db.IntegrityError, match="UNIQUE constraint failed"):
        con.execute("INSERT INTO u VALUES ('q')")
    assert con.execute("SELECT count(*) FROM u").fetchone() == (1,)


@pytest.mark.parametrize("answer", [None, "1", 1.5, (1,)])
def test_what_is_no_integer_means_equal(con: Any, answer: object) -> None:
    con.create_collation("x", lambda a, b: answer)
    assert con.execute("SELECT 'p' = 'q' COLLATE x").fetchone() == (1,)


def test_large_answers_of_a_collation(con: Any) -> None:
    con.create_collation("x", lambda a, b: ((a < b) - (a > b)) << 70)
    assert con.execute("SELECT b FROM t ORDER BY b COLLATE x").fetchall() == [("c",), ("b",), ("a",)]


# functions ------------------------------------------------------------------------------------------------------


def test_a_function_that_rolls_back_what_is_being_written(db: Any, con: Any) -> None:
    con.isolation_level = None
    con.create_function("undo", 0, lambda: con.execute("ROLLBACK") and 1)
    con.execute("BEGIN")
    con.execute("INSERT INTO t VALUES (4, 'd')")
    with pytest.raises(db.OperationalError, match=r"^abort due to ROLLBACK$"):
        con.execute("INSERT INTO t(b) SELECT undo()")
    assert not con.in_transaction
    assert con.execute("SELECT count(*) FROM t").fetchone() == (3,)
    assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_function_that_commits_while_it_is_written(db: Any, con: Any) -> None:
    con.isolation_level = None
    con.create_function("keep", 0, lambda: con.execute("COMMIT") and 1)
    con.execute("BEGIN")
    with pytest.raises(db.OperationalError, match="user-defined function raised exception"):
        con.execute("INSERT INTO t(b) SELECT keep()")
    con.execute("ROLLBACK")


def test_a_function_that_interrupts(db: Any, con: Any) -> None:
    con.create_function("stop", 0, lambda: con.interrupt() or 1)
    with pytest.raises(db.OperationalError, match=r"^interrupted$"):
        con.execute("SELECT count(*) FROM t WHERE stop()")
    assert con.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize("use", ["execute", "fetch", "close"])
def test_a_function_that_uses_the_cursor_that_runs_it(use: str) -> None:
    """Tried on ours alone: the standard module of some versions ends the process here."""
    con = foundrydb.connect(":memory:")
    cursor = con.cursor()
    uses: dict[str, Callable[[], object]] = {
        "execute": lambda: cursor.execute("SELECT 1"),
        "fetch": cursor.fetchone,
        "close": cursor.close,
    }
    told: list[str] = []

    def call() -> None:
        try:
            uses[use]()
        except foundrydb.ProgrammingError as failure:
            told.append(str(failure))

    con.create_function("call", 0, call)
    assert cursor.execute("SELECT call()").fetchall() == [(None,)]
    assert told == ["Recursive use of cursors not allowed."]
    con.close()


# progress handlers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [0, -1])
def test_a_progress_handler_for_no_number_of_steps_is_none(con: Any, every: int) -> None:
    con.set_progress_handler(lambda: 1, every)
    assert con.execute("SELECT count(*) FROM t, t AS u, t AS v").fetchone() == (27,)


# parameters, rows -----------------------------------------------------------------------------------------------


def test_rowcount_after_parameters_that_raise(con: Any) -> None:
    def rows() -> Iterator[tuple[int, str]]:
        yield 10, "x"
        fails()

    cursor = con.cursor()
    with pytest.raises(ZeroDivisionError):
        cursor.executemany("INSERT INTO t VALUES (?, ?)", rows())
    assert cursor.rowcount == -1
    assert con.execute("SELECT count(*) FROM t").fetchone() == (4,)


def test_rowcount_after_a_failure(db: Any, con: Any) -> None:
    cursor = con.execute("DELETE FROM t WHERE a = 3")
    assert cursor.rowcount == 1
    with pytest.raises(db.IntegrityError):
        cursor.execute("INSERT INTO t VALUES (1, 1)")
    assert cursor.rowcount == -1


@pytest.mark.parametrize("fetch", [lambda cursor: cursor.fetchall(), lambda cursor: cursor.fetchmany(2)])
def test_a_row_factory_that_closes_the_cursor(db: Any, con: Any, fetch: Callable[[Any], Any]) -> None:
    cursor = con.cursor()
    cursor.row_factory = lambda own, row: own.close() or row
    cursor.execute("SELECT a FROM t")
    with pytest.raises(db.ProgrammingError, match=r"^Cannot operate on a closed cursor\.$"):
        fetch(cursor)


def test_converters_see_no_empty_text(db: Any) -> None:
    con = db.connect(":memory:", detect_types=db.PARSE_COLNAMES)
    db.register_converter("loud", lambda data: data + b"!")
    cursor = con.execute("""SELECT 'a' AS "a [loud]", '' AS "b [loud]", x'' AS "c [loud]" """)
    assert cursor.fetchall() == [(b"a!", None, None)]
    con.close()
