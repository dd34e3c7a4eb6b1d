"""A process in which one allocation of memory fails, and what its database is like afterwards.

``python -m harness.scarce FOLDER FIRST LAST STEP`` runs the statements of ``STATEMENTS`` once for each number in the
range, on a fresh file each time; the allocation of that number fails, counted from where the connection is opened.
Of every run a line is written, which ends with "ok" when the file is what it should be.  A run that ends the process
leaves in the file ``acknowledged`` how many statements had returned.
"""

from __future__ import annotations

import _testcapi  # type: ignore[import-not-found]
import mmap
import sqlite3
import sys
from pathlib import Path

import foundrydb

START = """
create table t(id integer primary key, a int, b text);
create index t_a on t(a);
create table w(k text, v, primary key(k, v)) without rowid;
create table later(x);
insert into t values (1, 5, 'one'), (2, 7, 'two'), (3, 7, 'three');
insert into w values ('a', 1), ('b', 2);
"""

STATEMENTS = [
    "insert into t(a, b) values (9, 'four')",
    "update t set a = a + 1, b = upper(b) where a > 5",
    "insert or replace into w select b, a from t",
    "begin",
    "insert into t(a, b) values (11, zeroblob(6000))",
    "delete from w where k < 'b'",
    "savepoint s",
    "update w set v = v + 1",
    "rollback to s",
    "commit",
    "create table n(x primary key, y default 5)",
    "insert into n(x) values ('x'), ('y')",
    "delete from t where id = 2",
    "create index t_b on t(b) where a > 3",
    "alter table n add column z",
    "drop table w",
    "select * from t order by b",
]

State = list[tuple[object, ...]]


def state_of(path: Path) -> State:
    """Everything that C SQLite finds in the file, which must be whole."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        schema = connection.execute("select type, name, sql from sqlite_schema order by name").fetchall()
        found: State = list(schema)
        for kind, name, _ in schema:
            if kind == "table":
                found.extend((name, *row) for row in connection.execute(f'select * from "{name}"'))
        return found
    finally:
        connection.close()


def states(folder: Path) -> list[State]:
    """What the file holds before the first statement and after each of them, as another connection sees it."""
    path = folder / "model.db"
    path.write_bytes((folder / "start.db").read_bytes())
    connection = sqlite3.connect(path, isolation_level=None)
    found = [state_of(path)]
    for sql in STATEMENTS:
        connection.execute(sql).fetchall()
        found.append(state_of(path))
    connection.close()
    return found


def prepare(folder: Path) -> None:
    """Make the file that every run starts with."""
    connection = sqlite3.connect(folder / "start.db")
    connection.executescript(START)
    connection.execute("create table goes_on(x)")
    connection.close()
    (folder / "acknowledged").write_bytes(b"\0")


def verdict(path: Path, expected: list[State], acknowledged: int) -> str:
    """Whether the file is as it was after the statements that had returned, or after the next one too."""
    try:
        found = state_of(path)
    except (AssertionError, sqlite3.Error) as problem:
        return f"the file is damaged: {problem}"
    return (
        "ok"
        if found in expected[acknowledged : acknowledged + 2]
        else f"not as after {acknowledged} statements"
    )


def run(path: Path, number: int, counter: mmap.mmap) -> BaseException | None:
    """Run the statements, in which one allocation fails; returns what that made of the statement."""
    counter[0] = 0
    connection = None
    problem: BaseException | None = None
    _testcapi.set_nomemory(number, number + 1)
    try:
        connection = foundrydb.connect(path, isolation_level=None)
        for sql in STATEMENTS:
            connection.execute(sql).fetchall()
            counter[0] += 1
    except (MemoryError, foundrydb.Error) as caught:
        problem = caught
    finally:
        _testcapi.remove_mem_hooks()
    if connection is None:
        return problem
    if connection.in_transaction:
        connection.rollback()
    connection.execute("insert into goes_on values (1)")
    assert connection.execute("delete from goes_on returning x").fetchall() == [(1,)]
    connection.close()
    return problem


def main(folder: Path, first: int, last: int, step: int) -> None:
    """Run for each number of the range."""
    expected = states(folder)
    path = folder / "scarce.db"
    with (folder / "acknowledged").open("r+b") as file:
        counter = mmap.mmap(file.fileno(), 1)
    warm = folder / "warm.db"
    warm.write_bytes((folder / "start.db").read_bytes())
    run(warm, 1 << 30, counter)
    for number in range(first, last, step):
        path.write_bytes((folder / "start.db").read_bytes())
        Path(f"{path}-journal").unlink(missing_ok=True)
        print(number, end=" ", flush=True)
        try:
            problem = run(path, number, counter)
        except Exception as error:
            print(f"afterwards: {type(error).__name__}: {error}", flush=True)
            continue
        print(f"({type(problem).__name__})", verdict(path, expected, counter[0]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(argument) for argument in sys.argv[2:5]))
