"""The databases that workloads run on, written by ``sqlite3`` so that every engine reads the same file.

``main``
    t(id INTEGER PRIMARY KEY, a INT, b REAL, c TEXT) with all rows; ``indexed``, a fifth of them with an index on a;
    ``small``, 10,000 rows by rowid; ``plain``, the same size without any key; ``fact`` with five dimensions d1 … d5.
``changes``
    ``item``, a fifth of the rows, with an index on a.
``tpch``
    TPC-H at scale 0.05 for 10^6 rows, and in proportion.
``schema``
    1,000 tables with an index each and no rows (no more than there are rows elsewhere).
``table``
    t alone, to follow its growth.
``plans``
    ``event``, a tenth of the rows, with five indexes, one of them partial; ``album``, ``track`` and ``label``;
    ``few`` with 20 rows, ``vacant`` with none; all analyzed.
``json``
    ``document``, a tenth of the rows: a name, a JSON document, and the same one as JSONB.
``words``
    ``word``, a fifth of the rows: a number, a real, texts in and beyond ASCII, a date, and a text by NOCASE.
``long values``
    ``long``, with blobs and texts of 100 KB, one for 5,000 rows; ``huge``, with three of up to 5 MB each.
``empty``
    Nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tpch.bench import load

from benchmarks.engines import OURS, REFERENCE, module

if TYPE_CHECKING:
    import sqlite3

DIMENSIONS: Final = 5


def schema_tables(rows: int) -> int:
    """How many tables ``schema`` has."""
    return min(1000, rows)


def tpch_scale(rows: int) -> float:
    """TPC-H's scale factor for a benchmark of so many rows."""
    return rows * 5e-8


def table_rows(rows: int) -> Iterator[tuple[int, int, float, str]]:
    """The rows of t, from a seed."""
    rng = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choice(letters) for _ in range(rng.randint(3, 9))) for _ in range(500)]
    for i in range(1, rows + 1):
        yield i, rng.randrange(rows), rng.random() * 1000, f"{rng.choice(words)} {rng.choice(words)}"


def _table(connection: sqlite3.Connection, rows: int) -> None:
    connection.execute("create table t(id integer primary key, a int, b real, c text)")
    connection.executemany("insert into t values(?,?,?,?)", table_rows(rows))


def _main(connection: sqlite3.Connection, rows: int) -> None:
    _table(connection, rows)
    numbers = [(i, i * 7 % 1000) for i in range(1, 10_001)]
    connection.execute("create table small(k integer primary key, v int)")
    connection.executemany("insert into small values(?,?)", numbers)
    connection.execute("create table plain(v int, w int)")
    connection.executemany("insert into plain values(?,?)", numbers)
    connection.execute("create table indexed(id integer primary key, a int, c text)")
    connection.execute("insert into indexed select id, a, c from t where id <= ?", (rows // 5,))
    connection.execute("create index indexed_a on indexed(a)")
    keys = ", ".join(f"d{i}_id int" for i in range(1, DIMENSIONS + 1))
    connection.execute(f"create table fact(id integer primary key, {keys}, amount real)")
    values = ", ".join(f"(id * {2 * i + 1} + a) % 1000 + 1" for i in range(DIMENSIONS))
    connection.execute(f"insert into fact select id, {values}, b from t where id <= ?", (rows // 5,))
    for i in range(1, DIMENSIONS + 1):
        connection.execute(f"create table d{i}(id integer primary key, kind int, name text)")
        connection.executemany(
            f"insert into d{i} values(?,?,?)", ((k, k * i % 10, f"d{i} {k}") for k in range(1, 1001))
        )


def _changes(connection: sqlite3.Connection, rows: int) -> None:
    connection.execute("create table item(id integer primary key, a int, b real, c text)")
    connection.executemany("insert into item values(?,?,?,?)", table_rows(rows // 5))
    connection.execute("create index item_a on item(a)")


def _tpch(connection: sqlite3.Connection, rows: int) -> None:
    connection.isolation_level = None
    load(connection, tpch_scale(rows))


def _schema(connection: sqlite3.Connection, rows: int) -> None:
    for i in range(schema_tables(rows)):
        connection.execute(
            f"create table t{i}(id integer primary key, a int not null, b text default 'x', c real, unique (a, b))"
        )


def _plans(connection: sqlite3.Connection, rows: int) -> None:
    rng = random.Random(11)
    events = rows // 10
    connection.execute(
        "create table event(id integer primary key, kind int, at int, user int, note text collate nocase, state text)"
    )
    connection.executemany(
        "insert into event values(?,?,?,?,?,?)",
        (
            (i, i % 4, i, rng.randrange(500), f"n{rng.randrange(10**6)}", "done" if i % 3000 else "open")
            for i in range(events)
        ),
    )
    connection.execute("create table album(id integer primary key, title text unique)")
    connection.execute(
        "create table track(id integer primary key, album_id int, number int, unique(album_id, number))"
    )
    connection.execute("create table label(name text)")
    albums = events // 50
    titles = [f"t{rng.randrange(10**6)}-{i}" for i in range(albums)]
    connection.executemany("insert into album values(?,?)", enumerate(titles))
    connection.executemany("insert into label values(?)", ((title.upper(),) for title in titles[::2]))
    connection.executemany(
        "insert into track values(?,?,?)",
        ((i, i % max(albums, 1), i // max(albums, 1)) for i in range(events // 5)),
    )
    connection.execute("create table few(k int)")
    connection.executemany("insert into few values(?)", ((i,) for i in range(20)))
    connection.execute("create table vacant(z)")
    connection.execute("create view latest as select * from event order by at desc")
    for index in ("kind, user, at", "at", "note", "user"):
        connection.execute(f"create index event_{index.split(',')[0]} on event({index})")
    connection.execute("create index event_open on event(kind) where state = 'open'")
    connection.execute("analyze")


def _json(connection: sqlite3.Connection, rows: int) -> None:
    rng = random.Random(13)
    packer = module(OURS).connect(":memory:")
    connection.execute("create table document(id integer primary key, name text, data text, packed blob)")
    for i in range(rows // 10):
        document = {
            "id": i,
            "user": {"name": f"user {i}", "city": f"city {rng.randrange(100)}", "active": i % 3 == 0},
            "tags": [f"tag{rng.randrange(50)}" for _ in range(rng.randrange(5))],
            "scores": [rng.randrange(1000) for _ in range(4)],
            "amount": rng.randrange(10**6) / 100,
            "note": None if i % 4 else 'said "yes"',
        }
        text = json.dumps(document)
        packed = packer.execute("select jsonb(?)", (text,)).fetchone()[0]
        connection.execute("insert into document values(?,?,?,?)", (i, f"name {i}", text, packed))


def _words(connection: sqlite3.Connection, rows: int) -> None:
    rng = random.Random(17)
    connection.execute(
        "create table word(id integer primary key, a int, r real, s text, u text, d text, n text collate nocase)"
    )
    names = ["alpha", "beta", "gamma", "delta", "omega", "mega", "comma"]
    places = ["Zürich", "Curaçao", "Malmö", "Łódź", "東京"]
    fruits = ["Apple", "PEAR", "plum", "Fig"]
    connection.executemany(
        "insert into word values(?,?,?,?,?,?,?)",
        (
            (
                i,
                rng.randrange(10_000),
                rng.random() * 1000,
                f"{rng.choice(names)} {rng.choice(names)} {i % 1000}",
                f"{rng.choice(places)} {rng.choice(names)}",
                f"20{i % 30:02d}-{i % 12 + 1:02d}-{i % 28 + 1:02d} {i % 24:02d}:{i % 60:02d}:00",
                f"{rng.choice(fruits)}{i % 50}",
            )
            for i in range(rows // 5)
        ),
    )


def _long_values(connection: sqlite3.Connection, rows: int) -> None:
    rng = random.Random(19)
    connection.execute("create table long(id integer primary key, x blob, t text, n int)")
    connection.executemany(
        "insert into long values(?,?,?,?)",
        ((i, rng.randbytes(100_000), "äbc" * 20_000, i) for i in range(max(rows // 5000, 1))),
    )
    connection.execute("create table huge(id integer primary key, x blob, t text)")
    connection.executemany(
        "insert into huge values(?,?,?)", ((i, rng.randbytes(5 * rows), "xyz é " * rows) for i in range(3))
    )


def _empty(connection: sqlite3.Connection, rows: int) -> None:
    connection.execute("pragma user_version = 1")


BUILDERS: Final[dict[str, Callable[[sqlite3.Connection, int], None]]] = {
    "main": _main,
    "table": _table,
    "changes": _changes,
    "tpch": _tpch,
    "schema": _schema,
    "plans": _plans,
    "json": _json,
    "words": _words,
    "long values": _long_values,
    "empty": _empty,
}


def build(name: str, folder: Path, rows: int) -> Path:
    """The path of a database, which is made where it is not there yet."""
    path = folder / f"{name}.db"
    if not path.exists():
        connection = module(REFERENCE).connect(path)
        connection.execute("pragma synchronous = off")
        BUILDERS[name](connection, rows)
        connection.commit()
        connection.close()
    return path
