"""Corners of the interface that programs for the standard module rely on: each test runs against both modules."""

from __future__ import annotations

import copy
import inspect
import pickle
import sqlite3
import sys
import threading
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import foundrydb


def in_another_thread(call: Callable[[], Any]) -> Any:
    """What a call answers, or raises, in a thread of its own."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(call())
        except Exception as failure:
            answers.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]


# names ----------------------------------------------------------------------------------------------------------


def test_every_name_of_the_standard_module() -> None:
    own = {
        "collections",
        "datetime",
        "dump",
        "time",
    }  # modules that it imports, one with the first iterdump()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        missing = [name for name in dir(sqlite3) if name[0] != "_" and not hasattr(foundrydb, name)]
    assert set(missing) - own == set()


def test_dbapi2_is_a_module_of_the_same_names(db: Any) -> None:
    module = import_module(f"{db.__name__}.dbapi2")
    assert module.Connection is db.Connection
    assert module.SQLITE_DENY == 1
    space: dict[str, Any] = {}
    exec(f"from {db.__name__}.dbapi2 import *", space)
    assert space["OperationalError"] is db.OperationalError
    assert space["SQLITE_DENY"] == 1


def test_classes_say_the_package_they_are_found_in(db: Any) -> None:
    for name in ("OperationalError", "Warning", "Connection", "Cursor", "Row"):
        assert getattr(db, name).__module__ == db.__name__


def test_threads_may_share_the_module_connections_and_cursors() -> None:
    assert foundrydb.threadsafety == 3


# errors ---------------------------------------------------------------------------------------------------------


def test_the_engine_s_errors_have_codes(con: Any, db: Any) -> None:
    with pytest.raises(db.OperationalError) as caught:
        con.execute("SELECT")
    assert caught.value.sqlite_errorname == "SQLITE_ERROR"
    assert caught.value.sqlite_errorcode == 1


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT ?"])
def test_the_interface_s_errors_have_none(con: Any, db: Any, sql: str) -> None:
    with pytest.raises((db.ProgrammingError, db.Warning)) as caught:
        con.execute(sql)
    assert not hasattr(caught.value, "sqlite_errorcode")
    assert not hasattr(db.OperationalError("mine"), "sqlite_errorname")


def test_what_is_missing_is_an_operational_error() -> None:
    con = foundrydb.connect(":memory:")
    assert issubclass(foundrydb.NotSupportedError, foundrydb.OperationalError)
    with pytest.raises(foundrydb.OperationalError, match=r"^no such function: fts5$"):
        con.execute("SELECT fts5(1)")
    with pytest.raises(foundrydb.OperationalError, match=r"^no such module: nosuch$"):
        con.execute("CREATE VIRTUAL TABLE v USING nosuch(a)")
    with pytest.raises(foundrydb.OperationalError):
        con.load_extension("x")


def test_journal_modes_that_cannot_be_are_answered_with_the_one_that_stays(db: Any, tmp_path: Path) -> None:
    assert db.connect(":memory:").execute("PRAGMA journal_mode = wal").fetchall() == [("memory",)]
    con = db.connect(f"file:{tmp_path / 'file.db'}?nolock=1", uri=True)
    assert con.execute("PRAGMA journal_mode = wal").fetchall() == [("delete",)]
    con.close()


# statements -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [";", " ; ", ";;", ";\n", "; -- c", "-- c\n;", "/* */ ; /* "])
def test_nothing_but_semicolons_does_nothing(con: Any, sql: str) -> None:
    cursor = con.execute(sql)
    assert cursor.fetchall() == []
    assert cursor.description is None


def test_semicolons_may_come_first(con: Any) -> None:
    assert con.execute(";; SELECT 2;").fetchall() == [(2,)]


@pytest.mark.parametrize("kind", ["EXPLAIN", "EXPLAIN QUERY PLAN"])
def test_explain_takes_the_statement_s_parameters(con: Any, db: Any, kind: str) -> None:
    con.execute("CREATE TABLE t(a, b)")
    for sql, values in [("SELECT * FROM t WHERE b = ?", (1,)), ("DELETE FROM t WHERE a = :a", {"a": 1})]:
        assert con.execute(f"{kind} {sql}", values).fetchall()
        with pytest.raises(db.ProgrammingError):
            con.execute(f"{kind} {sql}", ())


def test_calling_a_connection_gives_a_statement_that_nobody_else_makes(con: Any) -> None:
    made = con("SELECT 1")
    assert type(made).__name__ == "Statement"
    with pytest.raises(TypeError, match=r"cannot create '.*Statement' instances"):
        type(made)()
    with pytest.raises(TypeError):
        con()
    with pytest.raises(TypeError):
        con(1)


def test_cursors_take_a_row_factory_from_their_connection_only_when_it_makes_them(con: Any, db: Any) -> None:
    con.row_factory = db.Row
    assert db.Cursor(con).row_factory is None
    assert con.cursor().row_factory is db.Row
    assert hasattr(db.Connection, "row_factory")


def test_text_factories_count_when_rows_are_fetched(con: Any) -> None:
    cursor = con.execute("SELECT 'a' UNION ALL SELECT 'b' UNION ALL SELECT 'c'")
    assert cursor.fetchone() == ("a",)
    con.text_factory = bytes
    assert cursor.fetchone() == (b"b",)
    con.text_factory = str
    assert cursor.fetchall() == [("c",)]


@pytest.mark.parametrize("size", ["x", 1.5])
def test_fetchmany_wants_a_whole_number(con: Any, size: Any) -> None:
    with pytest.raises(TypeError):
        con.execute("SELECT 1").fetchmany(size)


def test_wrong_types_of_arguments(db: Any) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: db.connect(":memory:", timeout="x"),
        lambda: db.connect(":memory:", detect_types="x"),
        lambda: db.connect(":memory:", cached_statements="x"),
        lambda: db.complete_statement(5),
        lambda: db.register_converter(1, str),
        lambda: db.connect(":memory:").set_progress_handler(None, "x"),
        lambda: db.connect(),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ValueError, match="null"):
        db.connect("a\0b")
    with pytest.raises(ValueError, match="null"):
        db.connect(":memory:").isolation_level = "\0"


# text that is not UTF-8 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "said"),
    [("SELECT CAST(x'ff41' AS TEXT) AS q", "column 'q' with text '\ufffdA'"),
     ("SELECT char(0xd800)", "column 'char(0xd800)' with text '\ufffd\ufffd\ufffd'"),
     ("SELECT 1, x'ff' || 'a' AS r", "column 'r' with text '\ufffda'"),
     ("SELECT CAST(x'ff4100ff' AS TEXT) AS q", "column 'q' with text '\ufffdA'"),
     ("SELECT CAST(x'" + "ff" * 300 + "' AS TEXT) AS q", "column 'q' with text '" + "\ufffd" * 150)],
)  # fmt: skip
def test_text_that_is_not_utf_8_is_no_str(con: Any, db: Any, sql: str, said: str) -> None:
    with pytest.raises(db.OperationalError) as caught:
        con.execute(sql).fetchall()
    assert str(caught.value).startswith(f"Could not decode to UTF-8 {said}")
    assert len(str(caught.value)) <= 198


def test_a_text_factory_decides_what_becomes_of_it(con: Any) -> None:
    con.text_factory = lambda data: data.decode(errors="replace")
    assert con.execute("SELECT CAST(x'ff41' AS TEXT), 'é'").fetchone() == ("\ufffdA", "é")
    con.text_factory = bytes
    assert con.execute("SELECT CAST(x'ff41' AS TEXT)").fetchone() == (b"\xffA",)


def test_a_row_that_was_refused_can_be_fetched_again(con: Any, db: Any) -> None:
    cursor = con.execute("SELECT 'a' UNION ALL SELECT CAST(x'ff' AS TEXT) UNION ALL SELECT 'b'")
    assert cursor.fetchone() == ("a",)
    for _ in range(2):
        with pytest.raises(db.OperationalError, match="Could not decode"):
            cursor.fetchone()
    con.text_factory = bytes
    assert cursor.fetchall() == [(b"\xff",), (b"b",)]


def test_halves_of_a_character_make_a_whole(con: Any) -> None:
    assert con.execute("SELECT CAST(x'c3' AS TEXT) || CAST(x'a9' AS TEXT)").fetchone() == ("é",)


@pytest.mark.parametrize("text", ["\ud8ff", "\udcff", "a\udc80"])
def test_lone_surrogates_are_no_text_of_sql(con: Any, db: Any, text: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        con.execute("SELECT ?", (text,))
    with pytest.raises(UnicodeEncodeError):
        con.execute(f"SELECT '{text}'")
    with pytest.raises(UnicodeEncodeError):
        con.executescript(f"SELECT '{text}'")
    con.create_function("f", 0, lambda: text)
    with pytest.raises(db.OperationalError, match="user-defined function raised exception"):
        con.execute("SELECT f()")


def test_functions_are_not_called_with_text_that_is_none(con: Any, db: Any) -> None:
    con.create_function("f", 1, lambda text: text)
    with pytest.raises(db.OperationalError, match="user-defined function raised exception"):
        con.execute("SELECT f(CAST(x'ff' AS TEXT))").fetchall()


# threads --------------------------------------------------------------------------------------------------------


def test_what_another_thread_may_ask(con: Any, db: Any) -> None:
    assert in_another_thread(lambda: con.in_transaction) is False
    assert in_another_thread(lambda: con.total_changes) == 0
    assert in_another_thread(con.__enter__) is con
    assert in_another_thread(con.interrupt) is None
    for call in (con.cursor, con.commit, con.close, lambda: con.execute("SELECT 1")):
        assert isinstance(in_another_thread(call), db.ProgrammingError)


def test_another_thread_may_copy_into_a_connection(con: Any, db: Any) -> None:
    def copy() -> None:
        source = db.connect(":memory:")
        source.executescript("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
        source.backup(con)
        source.close()

    assert in_another_thread(copy) is None
    assert con.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_threads_take_turns_on_one_connection(tmp_path: Path) -> None:
    # Asked of ours alone: two threads that share a statement of the standard module may run it once more than asked.
    path = tmp_path / "shared.db"
    con = foundrydb.connect(path, isolation_level=None, check_same_thread=False)
    con.executescript("CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE INDEX i ON t(v)")
    con.executemany("INSERT INTO t VALUES (?, 0)", [(i,) for i in range(300)])
    failures: list[Exception] = []

    def work() -> None:
        for _ in range(15):
            try:
                con.execute("UPDATE t SET v = v + 1").fetchall()
                con.execute("SELECT sum(v) FROM t").fetchone()
            except Exception as failure:
                failures.append(failure)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    con.close()
    assert failures == []
    reader = sqlite3.connect(path)
    assert reader.execute("SELECT DISTINCT v FROM t").fetchall() == [(45,)]
    assert reader.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    reader.close()


def test_a_cursor_that_another_thread_lets_go_ends_in_its_own(con: Any) -> None:
    con.executescript("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)")
    held = [con.execute("SELECT a FROM t, (SELECT 1 UNION SELECT 2) ORDER BY 1")]
    held[0].fetchone()
    in_another_thread(held.clear)
    con.execute("DROP TABLE t")


# what each Python has -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["create_function", "create_aggregate", "create_collation", "set_authorizer", "set_trace_callback",
             "set_progress_handler", "backup", "serialize", "deserialize", "getlimit", "setlimit", "cursor"],
)  # fmt: skip
def test_parameters_have_the_standard_module_s_names_and_kinds(name: str) -> None:
    def kinds(method: Any) -> list[tuple[str, Any]]:
        found = inspect.signature(method).parameters.values()
        return [(each.name, each.kind) for each in found if each.name != "self"]

    ours = kinds(getattr(foundrydb.Connection, name))
    theirs = [pair for pair in kinds_of_text(getattr(sqlite3.Connection, name).__text_signature__)]
    if name == "create_collation":
        assert [kind for _, kind in ours] == [kind for _, kind in theirs]
    else:
        assert ours == theirs


def kinds_of_text(signature: str) -> list[tuple[str, Any]]:
    """Names and kinds of parameters, from the text that the interpreter keeps for a method in C."""
    kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
    found: list[tuple[str, Any]] = []
    for part in signature.strip("()").split(","):
        name = part.strip().partition("=")[0].strip()
        if name == "/":
            found = [(each, inspect.Parameter.POSITIONAL_ONLY) for each, _ in found]
        elif name == "*":
            kind = inspect.Parameter.KEYWORD_ONLY
        elif name != "$self":
            found.append((name, kind))
    return found


@pytest.mark.skipif(sys.version_info < (3, 12), reason="from Python 3.12 on")
def test_switches(db: Any) -> None:
    con = db.connect(":memory:")
    standard: Any = sqlite3.connect(":memory:")
    for name in [each for each in dir(sqlite3) if each.startswith("SQLITE_DBCONFIG_")]:
        assert con.getconfig(getattr(db, name)) == standard.getconfig(getattr(sqlite3, name))
    con.setconfig(db.SQLITE_DBCONFIG_LEGACY_ALTER_TABLE)
    assert con.getconfig(db.SQLITE_DBCONFIG_LEGACY_ALTER_TABLE) is True
    assert con.execute("PRAGMA legacy_alter_table").fetchone() == (1,)
    with pytest.raises(ValueError, match="unknown config"):
        con.getconfig(-1)


# callbacks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit, StopIteration])
def test_whatever_callbacks_raise_is_the_statement_s_failure(db: Any, failure: type[BaseException]) -> None:
    def fail(*_: object) -> Any:
        raise failure("mine")

    class Failing:
        def step(self, *_: object) -> None:
            raise failure("mine")

        def finalize(self) -> int:
            return 1

    con = db.connect(":memory:")
    con.create_function("f", 0, fail)
    with pytest.raises(db.OperationalError, match="user-defined function raised exception"):
        con.execute("SELECT f()").fetchall()
    con.create_aggregate("g", 0, Failing)
    with pytest.raises(db.OperationalError, match="user-defined aggregate's 'step' method raised error"):
        con.execute("SELECT g()").fetchall()
    con.set_trace_callback(fail)
    assert con.execute("SELECT 1").fetchall() == [(1,)]
    con.set_trace_callback(None)
    con.set_progress_handler(fail, 1)
    with pytest.raises(db.OperationalError, match="interrupted"):
        con.execute(
            "SELECT count(*) FROM sqlite_master a, sqlite_master b, (SELECT 1 UNION SELECT 2)"
        ).fetchall()
        con.execute("CREATE TABLE t(a)")
        con.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(100)])
        con.execute("SELECT max(a + 1) FROM t").fetchall()
    con.close()


def test_changes_are_counted_where_that_is_asked_for(con: Any) -> None:
    con.executescript("CREATE TABLE t(a); PRAGMA count_changes = on")
    told = []
    for sql in (
        "INSERT INTO t VALUES (1), (2)",
        "UPDATE t SET a = 3",
        "DELETE FROM t WHERE a = 4",
        "DELETE FROM t",
    ):
        cursor = con.execute(sql)
        told.append((cursor.description[0][0], cursor.fetchall()))
    assert told == [
        ("rows inserted", [(2,)]),
        ("rows updated", [(2,)]),
        ("rows deleted", [(0,)]),
        ("rows deleted", [(2,)]),
    ]
    assert con.execute("INSERT INTO t VALUES (5) RETURNING a").fetchall() == [(5,)]


@pytest.mark.parametrize("count", ["x", None, 1.5, 2**40])
def test_numbers_of_arguments_are_whole(con: Any, count: Any) -> None:
    for declare in (con.create_function, con.create_aggregate):
        with pytest.raises((TypeError, OverflowError)):
            declare("f", count, int)


# arguments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1 << 31, -(1 << 31) - 1, 1 << 64], ids=["2^31", "-2^31-1", "2^64"])
def test_integers_that_are_too_large_for_the_interface(db: Any, con: Any, number: int) -> None:
    con.execute("CREATE TABLE t(b)")
    con.execute("INSERT INTO t VALUES (zeroblob(9))")
    con.commit()
    blob = con.blobopen("t", "b", 1)
    calls: list[Callable[[], object]] = [
        lambda: con.cursor().fetchmany(number),
        lambda: blob.seek(number),
        lambda: blob.seek(number, 1),
        lambda: blob.seek(0, number),
        lambda: blob.read(number),
        lambda: con.create_function("f", number, lambda: 1),
        lambda: con.create_function("f", number, None),
        lambda: con.create_aggregate("f", number, None),
        lambda: con.set_progress_handler(None, number),
        lambda: con.setlimit(number, 1),
        lambda: con.setlimit(1, number),
        lambda: con.getlimit(number),
        lambda: con.backup(con, pages=number),
        lambda: db.connect(":memory:", detect_types=number),
        lambda: db.connect(":memory:", cached_statements=number),
    ]
    for call in calls:
        with warnings.catch_warnings(), pytest.raises(OverflowError, match="too large to convert to C int"):
            warnings.simplefilter("ignore")
            call()
    blob.close()


def test_names_must_be_text(con: Any) -> None:
    calls: dict[str, Callable[[], object]] = {
        "create_function() argument 'name'": lambda: con.create_function(1, 1, None),
        "create_aggregate() argument 'name'": lambda: con.create_aggregate(1, 1, None),
        "create_window_function() argument 1": lambda: con.create_window_function(1, 1, None),
        "create_collation() argument 1": lambda: con.create_collation(1, None),
        "serialize() argument 'name'": lambda: con.serialize(name=1),
        "deserialize() argument 'name'": lambda: con.deserialize(b"", name=1),
        "blobopen() argument 'name'": lambda: con.blobopen("a", "b", 1, name=1),
    }
    for text, call in calls.items():
        with warnings.catch_warnings(), pytest.raises(TypeError) as caught:
            warnings.simplefilter("ignore")
            call()
        assert str(caught.value).endswith(f"{text} must be str, not int")


def test_bytes_are_asked_for_in_the_standard_words(con: Any) -> None:
    with pytest.raises(TypeError, match=r"^a bytes-like object is required, not 'float'$"):
        con.deserialize(1.5)
    with pytest.raises(TypeError, match=r"^must be real number, not str$"):
        con.backup(con, sleep="x")


def test_nothing_is_pickled_or_copied(db: Any, con: Any) -> None:
    class Own(db.Connection):  # type: ignore[misc]
        pass

    con.execute("CREATE TABLE t(b)")
    con.execute("INSERT INTO t VALUES (zeroblob(9))")
    cursor = con.execute("SELECT 1 AS a")
    with con.blobopen("t", "b", 1) as blob:
        for each in (con, cursor, blob, db.Row(cursor, (1,)), Own(":memory:")):
            kind = type(each)
            name = "Own" if kind is Own else f"{db.__name__}.{kind.__name__}"
            for take in (pickle.dumps, copy.copy, copy.deepcopy):
                with pytest.raises(TypeError) as caught:
                    take(each)
                assert str(caught.value) == f"cannot pickle '{name}' object"
    assert con.execute("SELECT 1").fetchall() == [(1,)]


# closing twice, closing late ------------------------------------------------------------------------------------


def test_closing_after_the_connection_is_refused(db: Any, con: Any) -> None:
    con.execute("CREATE TABLE t(b)")
    con.execute("INSERT INTO t VALUES (zeroblob(9))")
    con.commit()
    cursor, blob = con.execute("SELECT 1"), con.blobopen("t", "b", 1)
    con.close()
    for call in (cursor.close, blob.close, cursor.fetchone, cursor.close):
        with pytest.raises(db.ProgrammingError, match=r"^Cannot operate on a closed database\.$"):
            call()
    con.close()


# what a tracer is told ------------------------------------------------------------------------------------------


def told(con: Any, run: Callable[[], object]) -> list[str]:
    """What the tracer of a connection is told meanwhile."""
    texts: list[str] = []
    con.set_trace_callback(texts.append)
    run()
    con.set_trace_callback(None)
    return texts


def test_a_script_is_traced_from_the_end_of_the_statement_before(con: Any) -> None:
    script = "  SELECT 1;  SELECT 2 ; /* x */ SELECT 3; -- c\n SELECT 4;\n\n;; SELECT ?; ;"
    assert told(con, lambda: con.executescript(script)) == [
        "  SELECT 1;",
        "  SELECT 2 ;",
        " /* x */ SELECT 3;",
        " -- c\n SELECT 4;",
        "\n\n;; SELECT NULL;",
    ]


def test_a_statement_is_traced_from_its_beginning(con: Any) -> None:
    assert told(con, lambda: con.execute(" ;\tSELECT ? -- x", (5,))) == [" ;\tSELECT 5 -- x"]


def test_text_is_traced_up_to_a_nul(con: Any) -> None:
    assert told(con, lambda: con.execute("SELECT ?", ("a'b\0c",))) == ["SELECT 'a''b'"]


def test_what_is_explained_is_not_traced(con: Any) -> None:
    assert told(
        con, lambda: con.executescript("EXPLAIN SELECT 1; EXPLAIN QUERY PLAN SELECT 1; SELECT 2")
    ) == [" SELECT 2"]


def test_a_statement_within_another_is_traced_as_a_comment(con: Any) -> None:
    con.create_function("f", 0, lambda: con.execute("SELECT\n ?", (9,)).fetchone()[0])
    assert told(con, lambda: con.execute("SELECT f()").fetchall()) == ["SELECT f()", "-- SELECT\n--  ?"]
