"""Statements that are half read while others of the same connection run: each test runs against both modules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def three(con: Any) -> Any:
    """A table of three rows, outside a transaction."""
    con.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b)")
    con.execute("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")
    con.commit()
    return con


FETCHES: dict[str, Callable[[Any], list[Any]]] = {
    "fetchone": lambda cursor: [cursor.fetchone()],
    "next": lambda cursor: [next(cursor)],
    "fetchmany": lambda cursor: cursor.fetchmany(1),
}


# one row ahead --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fetch", FETCHES.values(), ids=FETCHES.keys())
def test_a_change_between_fetches_is_seen_from_the_row_after_the_next_one(three: Any, fetch: Any) -> None:
    cursor = three.execute("SELECT b FROM t")
    rows = fetch(cursor)
    three.execute("UPDATE t SET b = b + 10")
    rows += fetch(cursor)
    three.execute("INSERT INTO t VALUES (4, 4)")
    assert rows + cursor.fetchall() == [(1,), (2,), (13,), (4,)]


def test_a_change_before_the_first_fetch(three: Any) -> None:
    cursor = three.execute("SELECT b FROM t")
    three.execute("UPDATE t SET b = b + 10")
    assert cursor.fetchall() == [(1,), (12,), (13,)]


def test_a_change_within_a_loop(three: Any) -> None:
    rows = []
    for number, value in three.execute("SELECT a, b FROM t"):
        rows.append(value)
        three.execute("UPDATE t SET b = b * 10 WHERE a = ?", (number + 2,))
    assert rows == [1, 2, 30]


def test_no_row_is_computed_before_its_time(con: Any) -> None:
    calls: list[int] = []
    con.create_function("f", 1, calls.append)
    cursor = con.execute("SELECT f(column1) FROM (VALUES (1), (2), (3), (4), (5), (6), (7))")
    seen = [len(calls)]
    for fetch in (cursor.fetchone, lambda: cursor.fetchmany(2), lambda: next(cursor), cursor.fetchmany):
        fetch()
        seen.append(len(calls))
    cursor.fetchall()
    assert [*seen, len(calls)] == [1, 2, 4, 5, 6, 7]


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_failure_is_told_with_the_row_before_it(db: Any, con: Any, place: int) -> None:
    sql = (
        f"SELECT iif(column1 = {place}, abs(-9223372036854775808), column1) FROM (VALUES (1), (2), (3), (4))"
    )
    cursor = con.cursor()
    told = []
    for step in [lambda: cursor.execute(sql), *[cursor.fetchone] * 5]:
        try:
            told.append(step())
        except db.OperationalError as failure:
            told.append(str(failure))
    failing = max(place - 1, 0)
    assert told[1:failing] == [(i,) for i in range(1, failing)]
    assert told[failing:] == ["integer overflow", *[None] * (5 - failing)]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_failure_within_fetchmany_takes_its_rows_along(db: Any, con: Any, size: int) -> None:
    cursor = con.execute(
        "SELECT iif(column1 = 3, abs(-9223372036854775808), 1) FROM (VALUES (1), (2), (3), (4))"
    )
    if size == 1:
        assert cursor.fetchmany(1) == [(1,)]
    with pytest.raises(db.OperationalError, match="integer overflow"):
        cursor.fetchmany(size)
    assert cursor.fetchall() == []


def test_a_row_factory_runs_between_two_rows(three: Any) -> None:
    cursor = three.cursor()

    def change_and_keep(_: Any, row: Any) -> Any:
        three.execute("UPDATE t SET b = b + 10 WHERE a = ?", (row[0] + 2,))
        return row

    cursor.row_factory = change_and_keep
    assert cursor.execute("SELECT a, b FROM t").fetchall() == [(1, 1), (2, 2), (3, 13)]


def test_rows_after_one_that_a_row_factory_refuses(three: Any) -> None:
    def refuse_two(_: Any, row: Any) -> Any:
        if row == (2,):
            raise ValueError("two")
        return row

    cursor = three.cursor()
    cursor.row_factory = refuse_two
    for fetch in (cursor.fetchall, lambda: cursor.fetchmany(3)):
        cursor.execute("SELECT a FROM t")
        with pytest.raises(ValueError, match="two"):
            fetch()
        assert cursor.fetchall() == [(3,)]


def test_huge_numbers_of_rows(db: Any, three: Any) -> None:
    cursor = three.execute("SELECT a FROM t")
    assert cursor.fetchmany((1 << 31) - 1) == [(1,), (2,), (3,)]
    with pytest.raises(OverflowError):
        cursor.fetchmany(1 << 100)


# what a statement in progress keeps others from -----------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_table_that_is_read_cannot_be_dropped(db: Any, three: Any, rows: int) -> None:
    cursor = three.execute("SELECT a FROM t LIMIT ?", (rows,))
    for _ in range(rows):
        with pytest.raises(db.OperationalError, match=r"^database table is locked$"):
            three.execute("DROP TABLE t")
        cursor.fetchone()
    three.execute("DROP TABLE t")


@pytest.mark.parametrize("sql", ["SELECT 1 UNION ALL SELECT 2", "EXPLAIN SELECT 1", "VALUES (1), (2)"])
def test_a_statement_that_reads_nothing_hinders_nobody(three: Any, sql: str) -> None:
    cursor = three.execute(sql)
    three.execute("DROP TABLE t")
    assert len(cursor.fetchall()) > 1


def test_returning_that_is_half_read_cannot_be_committed(db: Any, three: Any) -> None:
    cursor = three.execute("INSERT INTO t(b) VALUES (4), (5), (6) RETURNING a")
    for number in (4, 5, 6):
        assert cursor.rowcount == 0 and three.total_changes == 3
        with pytest.raises(
            db.OperationalError, match="cannot commit transaction - SQL statements in progress"
        ):
            three.commit()
        for sql in ("SAVEPOINT s", "COMMIT"):
            with pytest.raises(db.OperationalError, match="SQL statements in progress"):
                three.execute(sql)
        assert cursor.fetchone() == (number,)
    assert cursor.rowcount == 3 and three.total_changes == 6
    three.commit()
    assert three.execute("SELECT count(*) FROM t").fetchone() == (6,)


def test_returning_of_one_row_has_ended_when_it_is_read(three: Any) -> None:
    assert three.execute("INSERT INTO t(b) VALUES (4) RETURNING a").fetchone() == (4,)
    three.commit()
    assert not three.in_transaction


def test_returning_that_is_given_up_keeps_its_rows(three: Any) -> None:
    cursor = three.execute("INSERT INTO t(b) VALUES (4), (5) RETURNING a")
    cursor.close()
    three.commit()
    assert three.execute("SELECT count(*) FROM t").fetchone() == (5,)


@pytest.mark.parametrize("fetched", [0, 1, 2])
def test_a_rollback_is_seen_by_who_reads(three: Any, fetched: int) -> None:
    three.execute("INSERT INTO t VALUES (4, 4)")
    cursor = three.execute("SELECT a FROM t")
    rows = cursor.fetchmany(fetched) if fetched else []
    three.rollback()
    assert rows + cursor.fetchall() == [(1,), (2,), (3,)]


def test_an_interrupt_between_fetches_ends_the_statement(db: Any, three: Any) -> None:
    cursor = three.execute("SELECT a FROM t")
    assert cursor.fetchone() == (1,)
    three.interrupt()
    with pytest.raises(db.OperationalError, match=r"^interrupted$"):
        cursor.fetchone()
    assert cursor.fetchone() is None
    assert three.execute("SELECT count(*) FROM t").fetchall() == [(3,)]


def test_an_interrupt_lasts_until_nothing_runs(db: Any, three: Any) -> None:
    cursor, other = three.execute("SELECT a FROM t"), three.execute("SELECT b FROM t")
    three.interrupt()
    with pytest.raises(db.OperationalError, match=r"^interrupted$"):
        three.execute("SELECT count(*) FROM t")
    with pytest.raises(db.OperationalError, match=r"^interrupted$"):
        cursor.fetchall()
    other.close()
    assert three.execute("SELECT count(*) FROM t").fetchall() == [(3,)]


# statements beside each other -----------------------------------------------------------------------------------


@pytest.fixture
def numbers(con: Any) -> Any:
    con.execute("CREATE TABLE n(id INTEGER PRIMARY KEY, x)")
    con.executemany("INSERT INTO n VALUES (?, 0)", [(i,) for i in range(1, 2001)])
    con.commit()
    return con


def test_updating_what_is_read(numbers: Any) -> None:
    for (number,) in numbers.execute("SELECT id FROM n"):
        numbers.execute("UPDATE n SET x = x + ? WHERE id = ?", (number, number))
    assert numbers.execute("SELECT count(*) FROM n WHERE x = id").fetchone() == (2000,)


def test_deleting_what_is_read(numbers: Any) -> None:
    for (number,) in numbers.execute("SELECT id FROM n WHERE id % 2 = 0"):
        numbers.execute("DELETE FROM n WHERE id = ?", (number,))
    assert numbers.execute("SELECT count(*), min(id), max(id) FROM n").fetchone() == (1000, 1, 1999)


def test_committing_while_reading(numbers: Any) -> None:
    seen = 0
    for (number,) in numbers.execute("SELECT id FROM n ORDER BY id DESC"):
        seen += 1
        if number % 100 == 0:
            numbers.execute("UPDATE n SET x = 1 WHERE id = ?", (number,))
            numbers.commit()
    assert seen == 2000
    assert numbers.execute("SELECT sum(x) FROM n").fetchone() == (20,)


def test_dropping_what_is_read(db: Any, numbers: Any) -> None:
    cursor = numbers.execute("SELECT id FROM n")
    cursor.fetchone()
    with pytest.raises(db.OperationalError, match="database table is locked"):
        numbers.execute("DROP TABLE n")
    assert cursor.fetchone() == (2,)
    cursor.close()
    numbers.execute("DROP TABLE n")


def test_a_cursor_that_is_dropped_lets_go(db: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    one, two = db.connect(path, timeout=0.05), db.connect(path, timeout=0.05)
    one.execute("CREATE TABLE t(a)")
    one.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(2000)])
    one.commit()
    cursor = two.execute("SELECT a FROM t")
    cursor.fetchone()
    one.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(db.OperationalError, match="database is locked"):
        one.commit()
    del cursor
    one.commit()
    one.close()
    two.close()


def test_nested_calls_of_functions_that_use_the_connection(con: Any) -> None:
    con.execute("CREATE TABLE t(a)")
    con.execute("INSERT INTO t VALUES (5)")
    con.create_function("look_up", 0, lambda: con.execute("SELECT a FROM t").fetchone()[0])
    assert con.execute("SELECT look_up() + 1").fetchone() == (6,)


def test_a_cursor_goes_while_an_exception_is_on_its_way(con: Any) -> None:
    con.executescript("CREATE TABLE going(a); INSERT INTO going VALUES (1), (2), (3)")

    def first() -> None:
        for _ in con.execute("SELECT a FROM going"):
            raise ValueError("mine")

    for _ in range(3):
        with pytest.raises(ValueError, match="mine"):
            first()
    con.execute("DROP TABLE going")


@pytest.mark.parametrize("change", ["DELETE FROM t WHERE a = 1", "UPDATE t SET b = 9 WHERE a = 1"])
def test_an_index_entry_that_is_gone_has_neither_columns_nor_a_rowid(three: Any, change: str) -> None:
    three.execute("CREATE INDEX by_b ON t(b)")
    cursor = three.execute(
        "SELECT t.b, each.value, t.a FROM t INDEXED BY by_b, json_each('[1, 2, 3]') each WHERE t.b < 3"
    )
    assert cursor.fetchone() == (1, 1, 1)
    three.execute(change)
    assert cursor.fetchall() == [(1, 2, 1), (None, 3, None), (2, 1, 2), (2, 2, 2), (2, 3, 2)]
