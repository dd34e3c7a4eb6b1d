"""VACUUM and VACUUM INTO beside C SQLite: the same rows and rowids, the same header, a file that is no larger."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb

TABLES = """
CREATE TABLE t(a, b UNIQUE);
CREATE VIEW v AS SELECT * FROM t;
INSERT INTO t VALUES (1, 2), (3, zeroblob(9000)), (5, 6);
DELETE FROM t WHERE a = 1
"""

EVERYTHING = """
CREATE TABLE plain(x);
INSERT INTO plain(rowid, x) VALUES (7, 'seven'), (100, 'hundred');
CREATE TABLE indexed(x);
CREATE INDEX i ON indexed(x COLLATE NOCASE DESC);
INSERT INTO indexed(rowid, x) VALUES (7, 'Seven'), (100, 'hundred'), (101, 'seven');
CREATE TABLE keyed(k INTEGER PRIMARY KEY, x);
INSERT INTO keyed VALUES (-5, zeroblob(70000)), (9, NULL), (1000000000000, 2.5);
CREATE TABLE counted(k INTEGER PRIMARY KEY AUTOINCREMENT, x);
INSERT INTO counted VALUES (50, 'x');
DELETE FROM counted;
CREATE TABLE w(a TEXT, b, c, PRIMARY KEY (b DESC, a)) WITHOUT ROWID;
INSERT INTO w VALUES ('x', 1, 'one'), ('y', 1, zeroblob(5000)), ('a', 2, 'two');
CREATE TABLE g(a, s AS (a + 1) STORED, h AS (a * 2));
INSERT INTO g VALUES (5), (1);
ALTER TABLE g ADD COLUMN late DEFAULT 'late';
CREATE INDEX gh ON g(h) WHERE a > 1;
CREATE UNIQUE INDEX ge ON g(a + s, late);
CREATE TABLE "odd ""name"(x "type", y CHECK (y > 0), z REFERENCES plain);
INSERT INTO "odd ""name" VALUES (1, 2, 3);
CREATE VIEW v AS SELECT x FROM plain;
CREATE TABLE IF  NOT EXISTS main . spaced ( a, b ) -- the end
;
PRAGMA user_version = 7;
PRAGMA application_id = 8;
PRAGMA default_cache_size = 99;
DROP TABLE keyed
"""

SCRIPTS = {
    "nothing": "VACUUM",
    "all is gone": "CREATE TABLE t(a); DROP TABLE t; VACUUM",
    "once": f"{TABLES}; VACUUM",
    "twice": f"{TABLES}; VACUUM; VACUUM",
    "everything": f"{EVERYTHING}; VACUUM",
    "everything, in small pages": f"{EVERYTHING}; PRAGMA page_size = 512; VACUUM",
    "everything, in small mapped pages": f"{EVERYTHING}; PRAGMA page_size = 512; PRAGMA auto_vacuum = 1; VACUUM",
    "everything, in UTF-16": f"PRAGMA encoding = 'UTF-16le'; {EVERYTHING}; VACUUM; PRAGMA encoding",
    "smaller pages": f"{TABLES}; PRAGMA page_size = 512; PRAGMA page_size; VACUUM",
    "larger pages and back": f"{TABLES}; PRAGMA page_size = 65536; VACUUM; PRAGMA page_size = 1024; VACUUM",
    "no page size": f"{TABLES}; PRAGMA page_size = 777; VACUUM",
    "full at once": f"{TABLES}; PRAGMA auto_vacuum = full; PRAGMA auto_vacuum; VACUUM",
    "from full to incremental": f"PRAGMA auto_vacuum = 1; {TABLES}; PRAGMA auto_vacuum = 2; PRAGMA auto_vacuum",
    "from incremental to full": f"PRAGMA auto_vacuum = 2; {TABLES}; PRAGMA auto_vacuum = 1; PRAGMA auto_vacuum",
    "from full to none": f"PRAGMA auto_vacuum = 1; {TABLES}; PRAGMA auto_vacuum = 0; PRAGMA auto_vacuum; VACUUM",
    "incremental and back": f"{TABLES}; PRAGMA auto_vacuum = 2; VACUUM; PRAGMA auto_vacuum = 0; VACUUM",
    "auto_vacuum alone": "PRAGMA auto_vacuum = 2",
    "schema version": f"{TABLES}; PRAGMA schema_version = 100; VACUUM",
    "names": f'{TABLES}; VACUUM temp; VACUUM MAIN; VACUUM "main"',
    "no such database": f"{TABLES}; VACUUM nosuch",
    "in a transaction": f"{TABLES}; BEGIN; VACUUM",
    "in a savepoint": f"{TABLES}; SAVEPOINT s; VACUUM",
    "query_only": f"{TABLES}; PRAGMA query_only = 1; VACUUM",
    "a temporary table": f"{TABLES}; CREATE TEMP TABLE x(y); INSERT INTO x VALUES (1); VACUUM; SELECT * FROM x",
    "no AUTOINCREMENT any more": "CREATE TABLE a(k INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE a;"
    " CREATE TABLE b(x); VACUUM",
    "counts": f"{TABLES}; INSERT INTO t VALUES (7, 8); VACUUM; SELECT changes(), total_changes()",
    "the last rowid": f"{TABLES}; INSERT INTO t VALUES (7, 8); VACUUM; SELECT last_insert_rowid()",
    "the last rowid without views": "CREATE TABLE t(a); INSERT INTO t(rowid) VALUES (9); VACUUM;"
    " SELECT last_insert_rowid()",
    "journal in memory": f"{TABLES}; PRAGMA journal_mode = memory; PRAGMA page_size = 512; VACUUM",
    "journal kept": f"{TABLES}; PRAGMA journal_mode = persist; PRAGMA page_size = 8192; VACUUM",
    "write-ahead log": f"PRAGMA journal_mode = wal; {EVERYTHING}; VACUUM; PRAGMA journal_mode; VACUUM",
    "write-ahead log keeps the page size": f"PRAGMA journal_mode = wal; {TABLES}; PRAGMA page_size = 512; VACUUM",
    "write-ahead log, other auto_vacuum": f"PRAGMA journal_mode = wal; {TABLES}; PRAGMA auto_vacuum = 1; VACUUM",
    "write-ahead log, into": f"PRAGMA journal_mode = wal; {TABLES}; PRAGMA page_size = 512; VACUUM INTO '{{into}}'",
    "no journal": f"{TABLES}; PRAGMA journal_mode = off; VACUUM",
    "into": f"{EVERYTHING}; VACUUM INTO '{{into}}'",
    "into, of another shape": f"{EVERYTHING}; PRAGMA page_size = 1024; PRAGMA auto_vacuum = 2; VACUUM INTO '{{into}}'",
    "into, by an expression": f"{TABLES}; VACUUM main INTO (SELECT '{{in' || 'to}}')".replace(
        "{in' || 'to}", "{into}"
    ),
    "into, again": f"{TABLES}; VACUUM INTO '{{into}}'; VACUUM INTO '{{into}}'",
    "into memory": f"{TABLES}; VACUUM INTO ':memory:'; VACUUM INTO ''",
    "into a number": f"{TABLES}; VACUUM INTO 5",
    "into nothing": f"{TABLES}; VACUUM INTO NULL",
    "into a blob": f"{TABLES}; VACUUM INTO x'61'",
    "into a name": f"{TABLES}; VACUUM INTO abc",
    "into a name of two": f"{TABLES}; VACUUM INTO t.a",
    "into an aggregate": f"{TABLES}; VACUUM INTO count(*)",
    "into no function": f"{TABLES}; VACUUM INTO nosuch(1)",
    "into, of no database": f"{TABLES}; VACUUM nosuch INTO nosuch(1)",
    "into, of temp": f"{TABLES}; VACUUM temp INTO nosuch(1)",
    "into a folder that is not there": f"{TABLES}; VACUUM INTO '/nosuch/folder/x'",
    "into a folder": f"{TABLES}; VACUUM INTO '/tmp'",
    "into, in a transaction": f"{TABLES}; BEGIN; VACUUM INTO 'x'",
    "query_only, into": f"{TABLES}; PRAGMA query_only = 1; VACUUM INTO '{{into}}'",
}

LOOKS = (
    "PRAGMA page_count",
    "PRAGMA freelist_count",
    "PRAGMA page_size",
    "PRAGMA auto_vacuum",
    "PRAGMA integrity_check",
    "SELECT rowid, * FROM sqlite_schema",
)


def played(connection: Any, script: str) -> list[object]:
    """What the statements of a script give, up to the first that fails."""
    told: list[object] = []
    for sql in script.split(";"):
        try:
            told.append([tuple(row) for row in connection.execute(sql)])
        except (foundrydb.Error, apsw.Error) as failure:
            told.append(str(failure))
            break
    return told


def content(connection: Any) -> dict[str, object]:
    """Every row of every table, with its rowid where it has one, and what the file is like."""
    found: dict[str, object] = {sql: [tuple(row) for row in connection.execute(sql)] for sql in LOOKS}
    tables = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
    for name, sql in tables:
        quoted = '"' + name.replace('"', '""') + '"'
        rowid = "" if "WITHOUT ROWID" in sql else "rowid, "
        found[name] = [tuple(row) for row in connection.execute(f"SELECT {rowid}* FROM {quoted}")]
    return found


def header(path: Path) -> bytes:
    """The database header, without what says which version has written it; of an empty file not its schema's fields."""
    data = path.read_bytes()
    empty = data[28:32] == b"\0\0\0\1"
    return data[:44] + (b"" if empty else data[44:60]) + data[60:96]


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_a_file(tmp_path: Path, name: str) -> None:
    found = []
    for engine, connect in (("c", apsw.Connection), ("ours", foundrydb.connect)):
        path, into = tmp_path / f"{engine}.db", tmp_path / f"{engine}.into"
        connection: Any = connect(str(path))
        if engine == "ours":
            connection.isolation_level = None
        told = played(connection, SCRIPTS[name].replace("{into}", str(into)))
        inside = content(connection)
        connection.close()
        parts = [told, inside, header(path)]
        if into.exists() and into.stat().st_size:
            other = apsw.Connection(str(into))
            parts += [content(other), header(into)]
            other.close()
        found.append(parts)
    assert found[1] == found[0]


@pytest.mark.parametrize("name", [name for name in SCRIPTS if "folder" not in name])
def test_in_memory(tmp_path: Path, name: str) -> None:
    theirs, ours = apsw.Connection(":memory:"), foundrydb.connect(":memory:", isolation_level=None)
    script = SCRIPTS[name]
    assert played(ours, script.replace("{into}", str(tmp_path / "ours"))) == played(
        theirs, script.replace("{into}", str(tmp_path / "c"))
    )
    assert content(ours) == content(theirs)


def test_what_c_sqlite_has_made(tmp_path: Path) -> None:
    """Rows of sqlite_stat1 and sqlite_sequence, short records, free pages in the middle."""
    path = tmp_path / "c.db"
    made = sqlite3.connect(path, isolation_level=None)
    made.executescript(
        "PRAGMA page_size = 1024; CREATE TABLE t(k INTEGER PRIMARY KEY AUTOINCREMENT, a, b UNIQUE);"
        "CREATE TABLE w(a, b, PRIMARY KEY (b DESC, a)) WITHOUT ROWID; CREATE INDEX i ON t(a DESC, b)"
    )
    made.execute("BEGIN")
    for number in range(2000):
        made.execute("INSERT INTO t(a, b) VALUES (?, ?)", (number % 97, number * 7919 % 10007))
        made.execute("INSERT INTO w VALUES (?, ?)", ("x" * (number % 300), number))
    made.execute("COMMIT")
    made.executescript(
        "ALTER TABLE t ADD COLUMN late DEFAULT 3; ANALYZE;"
        " DELETE FROM t WHERE k % 5 > 1; DELETE FROM w WHERE b < 999"
    )
    made.close()
    both = []
    for name, connect in (("theirs", apsw.Connection), ("ours", foundrydb.connect)):
        (tmp_path / name).write_bytes(path.read_bytes())
        connection: Any = connect(str(tmp_path / name))
        connection.execute("VACUUM")
        both.append(content(connection))
        connection.close()
        both[-1]["header"] = header(tmp_path / name)
    assert both[1] == both[0]
    assert both[1]["PRAGMA freelist_count"] == [(0,)]


def test_an_old_schema_format(tmp_path: Path) -> None:
    """In its first version DESC had no effect: the new file has the newest, and the index in another order."""
    path = tmp_path / "old.db"
    made = apsw.Connection(str(path))
    made.config(apsw.SQLITE_DBCONFIG_LEGACY_FILE_FORMAT, 1)
    for sql in ("CREATE TABLE t(a, b)", "CREATE INDEX i ON t(a DESC)", "CREATE INDEX j ON t(b)"):
        made.execute(sql)
    made.execute("INSERT INTO t VALUES (1, 'x'), (3, zeroblob(9000)), (2, 0)")
    made.close()
    assert path.read_bytes()[47] == 1
    both = []
    for name, connect in (("theirs", apsw.Connection), ("ours", foundrydb.connect)):
        (tmp_path / name).write_bytes(path.read_bytes())
        connection: Any = connect(str(tmp_path / name))
        connection.execute("VACUUM")
        both.append([content(connection), connection.execute("SELECT a FROM t INDEXED BY i").fetchall()])
        connection.close()
        assert (tmp_path / name).read_bytes()[47] == 4
    assert both[1] == both[0]


def test_trees_of_every_size(tmp_path: Path) -> None:
    """The last page of a level may be left without an entry, which the page before it then gives."""
    path = tmp_path / "t.db"
    connection = foundrydb.connect(path, isolation_level=None)
    connection.executescript(
        "PRAGMA page_size = 512; PRAGMA synchronous = off; CREATE TABLE t(a TEXT); CREATE INDEX i ON t(a);"
        " CREATE TABLE w(a TEXT PRIMARY KEY) WITHOUT ROWID"
    )
    theirs = sqlite3.connect(path)
    count = 0
    for step in [1] * 70 + [113, 127, 1, 1, 1, 1, 500, 1, 1]:
        connection.execute("BEGIN")
        for _ in range(step):
            count += 1
            connection.execute("INSERT INTO t VALUES (printf('%0100d', ?1 * 7919 % 10007))", (count,))
        connection.execute("INSERT INTO w SELECT a FROM t WHERE rowid > ?", (count - step,))
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        assert theirs.execute("PRAGMA integrity_check").fetchall() == [("ok",)], count
        assert theirs.execute("SELECT count(*), count(DISTINCT a) FROM t").fetchall() == [(count, count)]
        assert theirs.execute("SELECT count(*) FROM w").fetchall() == [(count,)]
    theirs.close()


def test_statements_in_progress(tmp_path: Path) -> None:
    connection = foundrydb.connect(tmp_path / "t.db", isolation_level=None)
    connection.executescript("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)")
    reading = connection.execute("SELECT * FROM t")
    reading.fetchone()
    for sql in ("VACUUM", f"VACUUM INTO '{tmp_path / 'x'}'"):
        with pytest.raises(foundrydb.OperationalError, match=r"^cannot VACUUM - SQL statements in progress$"):
            connection.execute(sql)
    reading.close()
    connection.execute("VACUUM")
    assert not (tmp_path / "x").exists()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    connection = foundrydb.connect(path)
    connection.executescript("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
    reader = foundrydb.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(foundrydb.OperationalError, match=r"^attempt to write a readonly database$"):
        reader.execute("VACUUM")
    reader.execute("VACUUM INTO ?", (str(tmp_path / "copy"),))
    reader.execute("VACUUM INTO ?", (f"file:{tmp_path}/other?mode=rwc",))
    for name in ("copy", "other"):
        assert sqlite3.connect(tmp_path / name).execute("SELECT * FROM t").fetchall() == [(1,)]


def test_another_connection_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    connection = foundrydb.connect(path, timeout=0)
    connection.executescript("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM t").fetchall()
    with pytest.raises(foundrydb.OperationalError, match=r"^database is locked$"):
        connection.execute("VACUUM")
    connection.execute("VACUUM INTO ?", (str(tmp_path / "copy"),))
    other.execute("COMMIT")
    connection.execute("VACUUM")


def test_a_connection_that_has_read_before(tmp_path: Path) -> None:
    """Trees, page size and auto_vacuum are others for another connection too, and for statements that are kept."""
    path = tmp_path / "t.db"
    connection = foundrydb.connect(path, isolation_level=None)
    connection.executescript(TABLES)
    other = foundrydb.connect(path, isolation_level=None)
    wanted = [(3, bytes(9000)), (5, 6)]
    assert other.execute("SELECT * FROM t").fetchall() == wanted
    connection.executescript("CREATE TABLE u(a); DROP TABLE t; CREATE TABLE t(a, b)")
    connection.executescript("INSERT INTO t VALUES (3, zeroblob(9000)), (5, 6)")
    assert connection.execute("SELECT * FROM t").fetchall() == wanted
    connection.executescript("PRAGMA page_size = 512; PRAGMA auto_vacuum = 1; VACUUM")
    for each in (connection, other):
        assert each.execute("SELECT * FROM t").fetchall() == wanted
        assert each.execute("PRAGMA page_size").fetchall() == [(512,)]
        assert each.execute("PRAGMA auto_vacuum").fetchall() == [(1,)]
    other.execute("INSERT INTO t VALUES (7, 8)")
    assert connection.execute("SELECT * FROM t").fetchall() == [*wanted, (7, 8)]


def test_interrupted(tmp_path: Path) -> None:
    """A progress handler is called while entries are copied; where it stops the work all stays as it was."""
    path = tmp_path / "t.db"
    connection = foundrydb.connect(path, isolation_level=None)
    connection.executescript("PRAGMA page_size = 512; CREATE TABLE t(a)")
    with connection:
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 100,)] * 2000)
        connection.execute("DELETE FROM t WHERE rowid % 3 = 0")
    before = path.read_bytes()
    calls: list[int] = []

    def stop() -> bool:
        calls.append(1)
        return len(calls) == 15

    connection.set_progress_handler(stop, 100)
    with pytest.raises(foundrydb.OperationalError, match=r"^interrupted$"):
        connection.execute("VACUUM")
    assert len(calls) == 15
    connection.set_progress_handler(None, 0)
    assert path.read_bytes() == before
    connection.execute("VACUUM")
    assert path.stat().st_size < len(before)


def test_who_waits_is_told_of_pages() -> None:
    """Each page that is read, and each that is written, when that is asked for."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript("CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(100000)), ('x')")
    told: list[int] = []
    connection.engine.page_copied = told.append
    connection.execute("VACUUM")
    assert len(told) > connection.execute("PRAGMA page_count").fetchone()[0]
    assert set(told) == {1}


def test_a_collation_of_the_users_that_has_changed(tmp_path: Path) -> None:
    """Entries are put where they belong now, as C SQLite does."""
    path = tmp_path / "t.db"
    connection = foundrydb.connect(path, isolation_level=None)
    connection.create_collation("mine", lambda a, b: (a > b) - (a < b))
    connection.executescript(
        "CREATE TABLE t(a TEXT COLLATE mine UNIQUE); INSERT INTO t VALUES ('a'), ('b'), ('c')"
    )
    connection.create_collation("mine", lambda a, b: (a < b) - (a > b))
    connection.execute("VACUUM")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT a FROM t ORDER BY a").fetchall() == [("c",), ("b",), ("a",)]


def test_a_schema_that_does_not_compile(tmp_path: Path) -> None:
    """What CREATE TABLE refuses, VACUUM refuses: here a function that the connection has not."""
    path = tmp_path / "t.db"
    connection = foundrydb.connect(path, isolation_level=None)
    connection.create_function("mine", 1, lambda a: a, deterministic=True)
    connection.executescript("CREATE TABLE t(a CHECK (mine(a) > 0)); INSERT INTO t VALUES (1)")
    connection.execute("VACUUM")
    connection.close()
    before = path.read_bytes()
    connection = foundrydb.connect(path, isolation_level=None)
    with pytest.raises(foundrydb.OperationalError, match=r"^no such function: mine$"):
        connection.execute("VACUUM")
    connection.close()
    assert path.read_bytes() == before
    with pytest.raises(apsw.SQLError, match="no such function: mine"):
        apsw.Connection(str(path)).execute("VACUUM")


def test_what_an_authorizer_is_asked() -> None:
    """The same questions as C SQLite's; the new database has a name by chance."""
    theirs, ours = apsw.Connection(":memory:"), foundrydb.connect(":memory:", isolation_level=None)
    asked: list[set[tuple[object, ...]]] = []
    for connection in (theirs, ours):
        for sql in ("CREATE TABLE t(a, b UNIQUE)", "CREATE INDEX i ON t(a)", "INSERT INTO t VALUES (1, 2)"):
            connection.execute(sql)
        asked.append(set())

    def noting(told: set[tuple[object, ...]]) -> Any:
        def ask(*question: Any) -> int:
            told.add(tuple("new" if str(word).startswith("vacuum_") else word for word in question))
            return 0

        return ask

    theirs.authorizer = noting(asked[0])
    ours.set_authorizer(noting(asked[1]))
    theirs.execute("VACUUM")
    ours.execute("VACUUM")
    only = asked[0] ^ asked[1]
    assert all("sqlite_master" in question or "quote" in question for question in only), only
    ours.set_authorizer(lambda *question: 1 if question[0] == apsw.SQLITE_ATTACH else 0)
    with pytest.raises(foundrydb.DatabaseError, match=r"^authorization denied$"):
        ours.execute("VACUUM")
