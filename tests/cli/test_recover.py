"""``fdb recover`` and ``.recover``: what is saved of damaged databases, as SQL, and what is told of the rest."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.peer import SQLITE, Peer

import foundrydb

Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = 512
SCRIPT = """
pragma page_size = 512; pragma user_version = 3;
create table bell(id integer primary key, note text not null, weight real);
create table caster(name text primary key, town) without rowid;
create index bell_note on bell(note);
create view heavy as select * from bell where weight > 900;
insert into bell values (1, 'c1', 900.5), (2, 'd''1', 650), (5, 'e
', null);
insert into caster values ('Anna', 'Apolda'), ('Bruno', x'00ff');
"""

WHOLE = """\
PRAGMA foreign_keys = off;
BEGIN;
PRAGMA encoding = 'UTF-8';
PRAGMA page_size = 512;
PRAGMA auto_vacuum = 0;
PRAGMA user_version = 3;
PRAGMA application_id = 0;
CREATE TABLE bell(id integer primary key, note text not null, weight real);
CREATE TABLE caster(name text primary key, town) without rowid;
INSERT OR IGNORE INTO "bell"("id", "note", "weight") VALUES (1, 'c1', 900.5);
INSERT OR IGNORE INTO "bell"("id", "note", "weight") VALUES (2, 'd''1', 650);
INSERT OR IGNORE INTO "bell"("id", "note", "weight") VALUES (5, replace('e\\n','\\n',char(10)), NULL);
INSERT OR IGNORE INTO "caster"("name", "town") VALUES ('Anna', 'Apolda');
INSERT OR IGNORE INTO "caster"("name", "town") VALUES ('Bruno', X'00ff');
CREATE INDEX bell_note on bell(note);
CREATE VIEW heavy as select * from bell where weight > 900;
COMMIT;
"""

THREE = 'INSERT INTO "lost_and_found"(rootpgno, pgno, nfield, id, c0, c1, c2)'
TWO = 'INSERT INTO "lost_and_found"(rootpgno, pgno, nfield, id, c0, c1)'
BODY = "".join(line + "\n" for line in WHOLE.splitlines() if line.startswith(("CREATE", "INSERT")))


@pytest.fixture
def bells(tmp_path: Path) -> Path:
    """A small database: the schema on page 1, bell on page 2, caster on page 3, the index on page 4."""
    path = tmp_path / "bells.db"
    con = sqlite3.connect(path)
    con.executescript(SCRIPT)
    con.close()
    return path


def spoil(path: Path, page: int, offset: int, data: bytes) -> None:
    """Write over bytes of a page."""
    image = bytearray(path.read_bytes())
    at = (page - 1) * PAGE + offset
    image[at : at + len(data)] = data
    path.write_bytes(image)


def rows(script: str, sql: str) -> list[tuple[object, ...]]:
    """What a query answers in the database that a script makes; both engines must agree."""
    peer = sqlite3.connect(":memory:")
    peer.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    peer.executescript(script)
    own = foundrydb.connect(":memory:", isolation_level=None)
    own.executescript(script)
    answer = peer.execute(sql).fetchall()
    assert own.execute(sql).fetchall() == answer
    return answer


# whole databases ----------------------------------------------------------------------------------------------


def test_a_whole_database(fdb: Run, bells: Path) -> None:
    before = bells.read_bytes()
    done = fdb("recover", "bells.db")
    assert done.stdout == WHOLE
    assert done.stderr == (
        "bells.db: 4 pages of 512 bytes\n"
        "  table bell: 3 rows\n"
        "  table caster: 2 rows\n"
        "nothing was found to be lost\n"
    )
    assert done.returncode == 0
    assert bells.read_bytes() == before
    assert sorted(path.name for path in bells.parent.iterdir()) == ["bells.db"]


def test_the_dot_command(fdb: Run, bells: Path) -> None:
    done = fdb("bells.db", ".recover")
    assert (done.stdout, done.stderr, done.returncode) == (WHOLE, "", 0)
    spoil(bells, 2, 0, bytes(PAGE))
    done = fdb("bells.db", ".recover --lost-and-found attic --no-rowids --ignore-freelist")
    assert 'INTO "bell"' not in done.stdout and 'INTO "caster"' in done.stdout
    assert "table bell: page 2: is all zeros" in done.stderr
    assert "unexpected option: --bogus" in fdb("bells.db", ".recover --bogus").stderr
    assert (
        'INTO "t"(_rowid_, "a") VALUES (1, 7);'
        in fdb(":memory:", "create table t(a); insert into t values (7)", ".recover").stdout
    )


def test_values_that_no_literal_holds(fdb: Run, tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "odd.db")
    con.executescript("""
        create table t(a, b);
        insert into t values (cast(x'610062' as text), 9e999), (cast(x'ff41' as text), -9e999), ('\r\n\\n', 0.1),
            ('', x''), (-9223372036854775808, 1e-300);
        """)
    wanted = con.execute("select typeof(a), hex(a), b from t").fetchall()
    con.close()
    assert rows(fdb("recover", "odd.db").stdout, "select typeof(a), hex(a), b from t") == wanted


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_encodings_are_told_by_the_texts_where_the_header_is_lost(
    fdb: Run, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "wide.db"
    con = sqlite3.connect(path)
    con.executescript(f"pragma page_size = 512; pragma encoding = '{encoding}'; create table t(a, b);")
    con.executemany("insert into t values (?, ?)", [(i, f"tëxt {i}") for i in range(30)])
    con.commit()
    con.close()
    spoil(path, 1, 0, bytes(PAGE))
    done = fdb("recover", "wide.db")
    assert f"PRAGMA encoding = '{encoding}'" in done.stdout
    assert rows(done.stdout, "select count(*), max(c1) from lost_and_found") == [(30, "tëxt 9")]


# damaged ones -------------------------------------------------------------------------------------------------


def test_a_lost_first_page(fdb: Run, bells: Path) -> None:
    spoil(bells, 1, 0, bytes(PAGE))
    done = fdb("recover", "bells.db")
    assert (
        done.stdout
        == f"""\
PRAGMA foreign_keys = off;
BEGIN;
PRAGMA encoding = 'UTF-8';
PRAGMA page_size = 512;
CREATE TABLE "lost_and_found"(rootpgno INTEGER, pgno INTEGER, nfield INTEGER, id INTEGER, c0, c1, c2);
{THREE} VALUES (2, 2, 3, 1, NULL, 'c1', 900.5);
{THREE} VALUES (2, 2, 3, 2, NULL, 'd''1', 650);
{THREE} VALUES (2, 2, 3, 5, NULL, replace('e\\n','\\n',char(10)), NULL);
{TWO} VALUES (3, 3, 2, NULL, 'Anna', 'Apolda');
{TWO} VALUES (3, 3, 2, NULL, 'Bruno', X'00ff');
{TWO} VALUES (4, 4, 2, NULL, 'c1', 1);
{TWO} VALUES (4, 4, 2, NULL, 'd''1', 2);
{TWO} VALUES (4, 4, 2, NULL, replace('e\\n','\\n',char(10)), 5);
COMMIT;
"""
    )
    assert (
        done.stderr
        == """\
bells.db: 4 pages of 512 bytes
  lost_and_found: 8 rows of no known table, on 3 pages
lost:
  header: page 1: it is not that of a database
    fdb dump-page bells.db 1
  table sqlite_schema: page 1: is all zeros
    fdb dump-page bells.db 1
"""
    )
    assert done.returncode == 3


def test_the_pages_of_a_file_without_a_header_can_be_shown(fdb: Run, bells: Path) -> None:
    """The commands of the report work, whatever is lost."""
    spoil(bells, 1, 0, b"\xee" * 100)
    shown = fdb("dump-page", "bells.db", 2).stdout
    assert shown.startswith("page 2 of 4, 512 bytes: leaf table, root of table bell\n")
    assert "serial type 17    text, 2 bytes       'c1'\n" in shown
    assert "ee ee ee ee" in fdb("dump-page", "bells.db", 1).stdout
    spoil(bells, 1, 0, b"\xee" * PAGE)
    assert "the schema cannot be read" in fdb("dump-page", "bells.db", 2).stdout
    (bells.parent / "text").write_text("no database " * 100)
    assert fdb("dump-page", "text", 1).stderr == "Error: file is not a database\n"


@pytest.mark.parametrize("header", [bytes(100), b"SQLite format 3\0\x10\0".ljust(100, b"\0"), b"\xff" * 100])
def test_a_lost_header(fdb: Run, bells: Path, header: bytes) -> None:
    """The page size is told by the pages, and everything else is there."""
    spoil(bells, 1, 0, header)
    done = fdb("recover", "bells.db")
    assert "PRAGMA page_size = 512;" in done.stdout
    assert (
        "".join(line + "\n" for line in done.stdout.splitlines() if line.startswith(("CREATE", "INSERT")))
        == BODY
    )
    assert "lost:\n  header: page 1: " in done.stderr
    assert done.returncode == 3


def test_a_page_that_counts_more_cells_than_it_has(fdb: Run, bells: Path) -> None:
    spoil(bells, 2, 3, b"\x00\x50")
    done = fdb("recover", "bells.db")
    assert (
        "".join(line + "\n" for line in done.stdout.splitlines() if line.startswith(("CREATE", "INSERT")))
        == BODY
    )
    assert "  table bell: page 2: cells that cannot be read: " in done.stderr
    assert done.returncode == 3


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_page_that_counts_fewer_cells_than_it_has(fdb: Run, bells: Path, count: int) -> None:
    """The others are just what the page lacks."""
    spoil(bells, 2, 3, count.to_bytes(2, "big"))
    spoil(bells, 3, 3, bytes(2))
    done = fdb("recover", "bells.db")
    assert (
        "".join(line + "\n" for line in done.stdout.splitlines() if line.startswith(("CREATE", "INSERT")))
        == BODY
    )


def test_an_overflow_chain_that_breaks(fdb: Run, tmp_path: Path) -> None:
    """The beginning of the value is saved; a number after it is NULL, and 0 where NULL may not be."""
    path = tmp_path / "long.db"
    con = sqlite3.connect(path)
    con.executescript("pragma page_size = 512; create table t(a, long, n, m not null);")
    con.execute("insert into t values (1, ?, 2, 3000)", ["x" * 2000])
    con.commit()
    con.close()
    image = path.read_bytes()
    broken = next(at for at in range(2 * PAGE, len(image), PAGE) if image[at + 4 : at + 100] == b"x" * 96)
    spoil(path, broken // PAGE + 1, 0, b"\0\0\0\0")
    done = fdb("recover", "long.db")
    answer = rows(done.stdout, "select a, length(long), n, m from t")
    assert answer[0][0] == 1 and 400 < int(str(answer[0][1])) < 2000 and answer[0][2:] == (None, 0)
    assert "  table t: page 2 cell 0: the last " in done.stderr
    assert "    fdb dump-page long.db 2 --cell 0\n" in done.stderr


def test_pages_in_one_anothers_places(fdb: Run, bells: Path) -> None:
    """A table's rows are not put into another one, nor index entries into a table."""
    image = bells.read_bytes()
    bells.write_bytes(image[:PAGE] + image[3 * PAGE :] + image[2 * PAGE : 3 * PAGE] + image[PAGE : 2 * PAGE])
    done = fdb("recover", "bells.db")
    assert rows(done.stdout, "select (select count(*) from bell), (select count(*) from lost_and_found)") == [
        (0, 6)
    ]
    assert rows(done.stdout, "select count(*) from caster") == [(2,)]
    assert "  table bell: page 2: is an index's page in a table" in done.stderr
    assert "made anew:\n  index bell_note: page 4: is a table's page in an index" in done.stderr


def test_statements_that_are_none_of_a_schema_are_never_run(fdb: Run, tmp_path: Path) -> None:
    path = tmp_path / "evil.db"
    con = sqlite3.connect(path)
    con.executescript("create table t(a); insert into t values (1); create table u(b); create table w(c);")
    con.execute("pragma writable_schema = on")
    con.execute("update sqlite_schema set sql = 'attach ''gotcha.db'' as x' where name = 't'")
    con.execute("update sqlite_schema set sql = 'create table u(b); drop table w' where name = 'u'")
    con.execute("update sqlite_schema set sql = 'create table w(c /* ' where name = 'w'")
    con.commit()
    con.close()
    done = fdb("recover", "evil.db")
    assert (
        done.stdout
        == """\
PRAGMA foreign_keys = off;
BEGIN;
PRAGMA encoding = 'UTF-8';
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = 0;
PRAGMA user_version = 0;
PRAGMA application_id = 0;
-- table t: its statement is not CREATE TABLE
-- attach 'gotcha.db' as x
-- table u: its statement is not CREATE TABLE
-- create table u(b); drop table w
-- table w: incomplete input
-- create table w(c /*
CREATE TABLE "lost_and_found"(rootpgno INTEGER, pgno INTEGER, nfield INTEGER, id INTEGER, c0);
INSERT INTO "lost_and_found"(rootpgno, pgno, nfield, id, c0) VALUES (2, 2, 1, 1, 1);
COMMIT;
"""
    )
    assert not (tmp_path / "gotcha.db").exists()


# what it is made of, and what it makes ------------------------------------------------------------------------


def test_the_log_beside_it_counts(fdb: Run, tmp_path: Path) -> None:
    """What was committed to a write-ahead log is saved; a transaction that was cut short is not."""
    ahead, hot = tmp_path / "ahead.db", tmp_path / "hot.db"
    for path, mode in ((ahead, "wal"), (hot, "delete")):
        con = sqlite3.connect(path, isolation_level=None)
        con.executescript(
            f"create table t(a, b); insert into t values (1, zeroblob(9000)); pragma journal_mode = {mode}"
        )
        con.close()
        peer = Peer(SQLITE, str(path))
        peer.ask("pragma cache_size = 1")
        peer.ask("begin")
        peer.ask("update t set a = 2, b = randomblob(90000)")
        if mode == "wal":
            peer.ask("commit")
        peer.process.kill()
        peer.process.wait()
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {"ahead.db-wal", "hot.db-journal"} < set(files)
    done = fdb("recover", "ahead.db")
    assert rows(done.stdout, "select a, length(b) from t") == [(2, 90000)]
    assert "taken from its write-ahead log" in done.stderr and done.returncode == 0
    done = fdb("recover", "hot.db")
    assert rows(done.stdout, "select a, length(b) from t") == [(1, 9000)]
    assert "taken from its journal" in done.stderr and done.returncode == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_a_script_and_a_new_database(fdb: Run, bells: Path) -> None:
    done = fdb("recover", "bells.db", "-o", "bells.sql", "--report", "none")
    assert (done.stdout, done.stderr) == ("", "")
    assert (bells.parent / "bells.sql").read_text() == WHOLE
    done = fdb("recover", "bells.db", "--into", "new.db")
    assert done.returncode == 0 and done.stdout == ""
    assert fdb("new.db", ".recover").stdout == WHOLE
    con = sqlite3.connect(bells.parent / "new.db")
    assert con.execute("pragma integrity_check").fetchall() == [("ok",)]
    con.close()
    assert (
        fdb("recover", "bells.db", "--into", "new.db").stderr == 'Error: the file "new.db" exists already\n'
    )
    assert "is the file that is to be recovered" in fdb("recover", "bells.db", "-o", "bells.db").stderr
    assert fdb("recover", "bells.db", "-o", "x", "--into", "y").returncode == 2
    assert fdb("recover", "nosuch.db").returncode == 1


def test_virtual_tables(fdb: Run, tmp_path: Path) -> None:
    """Their statements are written to the schema, and never run; their shadow tables have the rows."""
    con = sqlite3.connect(tmp_path / "search.db")
    try:
        con.executescript(
            "create virtual table notes using fts5(a); insert into notes values ('hello bells'), ('x');"
        )
    except sqlite3.OperationalError:
        pytest.skip("sqlite3 has no FTS5 here")
    finally:
        con.close()
    done = fdb("recover", "search.db", "--into", "new.db")
    assert done.returncode == 0
    con = sqlite3.connect(tmp_path / "new.db")
    assert con.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert con.execute("select a from notes where notes match 'bells'").fetchall() == [("hello bells",)]
    con.close()


def test_the_report_as_json(fdb: Run, bells: Path) -> None:
    spoil(bells, 3, 0, bytes(PAGE))
    document = json.loads(fdb("recover", "bells.db", "--report", "json").stderr)
    assert document == {
        "path": "bells.db",
        "whole": False,
        "file": ["4 pages of 512 bytes"],
        "tables": [{"table": "bell", "rows": 3}, {"table": "caster", "rows": 0}],
        "lost_and_found": None,
        "lost": [
            {
                "of": "table caster",
                "fault": "is all zeros",
                "page": 3,
                "cell": None,
                "command": "fdb dump-page bells.db 3",
            }
        ],
        "made_anew": [],
        "more_faults": 0,
    }


def test_options(fdb: Run, tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "deleted.db")
    con.executescript(
        "pragma secure_delete = off; create table lost_and_found(a); create table t(b);"
        "insert into t values (7); create table gone(c, d);"
    )
    con.executescript(
        "insert into gone select 'still there', zeroblob(3000) from sqlite_schema; drop table gone"
    )
    con.close()
    done = fdb("recover", "deleted.db")
    assert rows(done.stdout, "select distinct c0 from lost_and_found_0") == [("still there",)]
    assert done.returncode == 3
    assert rows(fdb("recover", "deleted.db", "--lost-and-found", "attic").stdout, "select c0 from attic")
    done = fdb("recover", "deleted.db", "--ignore-freelist", "--no-rowids")
    assert "still there" not in done.stdout and done.returncode == 0
    assert 'INSERT OR IGNORE INTO "t"("b") VALUES (7);' in done.stdout
