"""Whatever a database holds, VACUUM leaves it whole: C SQLite finds it sound, and no larger than after its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import apsw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import foundrydb

TABLES = [
    "CREATE TABLE t(a, b)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b)",
    "CREATE TABLE t(a UNIQUE, b)",
    "CREATE TABLE t(a, b COLLATE NOCASE, PRIMARY KEY (b DESC, a)) WITHOUT ROWID",
    "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b, c AS (typeof(b)), d AS (a + 1) STORED)",
]
INDEXES = [
    "CREATE INDEX i ON t(b)",
    "CREATE INDEX i ON t(b DESC, a)",
    "CREATE INDEX i ON t(typeof(b)) WHERE a > 5",
]

VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
    st.integers(0, 9000).map(lambda size: b"z" * size),
    st.integers(0, 9000).map(lambda size: "long" * (size // 4)),
)
ROWS = st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), VALUES), max_size=80)
SIZES = st.sampled_from([512, 512, 1024, 4096, 65536])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.sampled_from(TABLES),
    index=st.none() | st.sampled_from(INDEXES),
    rows=ROWS,
    keep=st.integers(1, 5),
    sizes=st.tuples(SIZES, SIZES),
    modes=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    encoding=st.sampled_from(["UTF-8", "UTF-16le"]),
    made_by_us=st.booleans(),
)
def test_content_survives(
    tmp_path: Path,
    table: str,
    index: str | None,
    rows: list[tuple[int, Any]],
    keep: int,
    sizes: tuple[int, int],
    modes: tuple[int, int],
    encoding: str,
    made_by_us: bool,
) -> None:
    path, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    for file in (path, theirs):
        file.unlink(missing_ok=True)
    module: Any = foundrydb if made_by_us else sqlite3
    made = module.connect(path, isolation_level=None)
    made.execute("PRAGMA synchronous = off")
    made.execute(f"PRAGMA page_size = {sizes[0]}")
    made.execute(f"PRAGMA auto_vacuum = {modes[0]}")
    made.execute(f"PRAGMA encoding = '{encoding}'")
    made.execute(table)
    if index is not None:
        made.execute(index)
    made.execute("BEGIN")
    made.executemany("INSERT OR IGNORE INTO t(a, b) VALUES (?, ?)", rows)
    made.execute("DELETE FROM t WHERE abs(a / 2) % 5 >= ?", (keep,))
    made.execute("COMMIT")
    before = made.execute("SELECT * FROM t ORDER BY 1, 2").fetchall()
    schema = made.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()
    made.close()
    theirs.write_bytes(path.read_bytes())

    counts = []
    for file, connect in ((path, foundrydb.connect), (theirs, apsw.Connection)):
        connection: Any = connect(str(file))
        for sql in (
            "PRAGMA synchronous = off",
            "PRAGMA cache_size = 10",
            f"PRAGMA page_size = {sizes[1]}",
            f"PRAGMA auto_vacuum = {modes[1]}",
            "VACUUM",
        ):
            connection.execute(sql).fetchall()
        connection.close()
        look = sqlite3.connect(file)
        assert look.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert look.execute("SELECT * FROM t ORDER BY 1, 2").fetchall() == before
        named = look.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()
        assert named == schema
        assert look.execute("PRAGMA page_size").fetchall() == [(sizes[1],)]
        assert look.execute("PRAGMA auto_vacuum").fetchall() == [(modes[1],)]
        counts += look.execute("PRAGMA page_count").fetchall()
        look.close()
    assert counts[0] <= counts[1]
