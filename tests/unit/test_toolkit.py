"""The stages as a library: parse, to_sql, compile, complete_statement."""

from __future__ import annotations

import subprocess
import sys

import pytest

import foundrydb
from foundrydb.compiler.syntax import ast

SCHEMA = "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX tb ON t(b); "


def test_importing_is_cheap() -> None:
    code = "import sys, foundrydb; print(sorted(m for m in sys.modules if m.startswith('foundrydb')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded == "['foundrydb', 'foundrydb.errors']\n"


def test_every_public_name_is_there() -> None:
    for name in foundrydb.__all__:
        assert getattr(foundrydb, name) is not None
    assert set(foundrydb.__all__) <= set(dir(foundrydb))
    with pytest.raises(AttributeError):
        foundrydb.no_such_name  # noqa: B018


def test_versions() -> None:
    assert foundrydb.sqlite_version.startswith("3.54")
    assert ".".join(map(str, foundrydb.sqlite_version_info)) == foundrydb.sqlite_version
    assert foundrydb.connect(":memory:").execute("SELECT sqlite_version()").fetchone() == (
        foundrydb.sqlite_version,
    )


def test_parse_and_print() -> None:
    sql = "select a,b from t where a>1 ; delete from t"
    statements = foundrydb.parse(sql)
    assert [type(statement) for statement in statements] == [ast.Select, ast.Delete]
    assert sql[statements[1].start : statements[1].end] == "delete from t"
    assert foundrydb.to_sql(statements[0]) == "SELECT a, b FROM t WHERE a > 1"
    assert foundrydb.parse(foundrydb.to_sql(statements[0])) == statements[:1]


def test_parse_errors_have_a_place() -> None:
    with pytest.raises(foundrydb.OperationalError) as caught:
        foundrydb.parse("SELECT * FORM t")
    assert caught.value.sql == "SELECT * FORM t"
    assert caught.value.offset == 9


def test_compile_with_a_schema_in_front() -> None:
    compilation = foundrydb.compile(SCHEMA + "SELECT b FROM t WHERE a = 5")
    assert isinstance(compilation, foundrydb.Compilation)
    assert [token.text for token in compilation.tokens] == [
        "SELECT",
        "b",
        "FROM",
        "t",
        "WHERE",
        "a",
        "=",
        "5",
    ]
    assert isinstance(compilation.statement, ast.Select)
    assert compilation.plans[0][0] == "build"
    assert [column.name for column in compilation.program.columns] == ["b"]


def test_compile_for_a_connection() -> None:
    con = foundrydb.connect(":memory:")
    con.executescript(SCHEMA)
    con.create_function("twice", 1, lambda x: 2 * x)
    assert foundrydb.compile("SELECT twice(a) FROM t", con).program.read_only
    assert con.execute("SELECT count(*) FROM t").fetchone() == (0,)
    with pytest.raises(foundrydb.ProgrammingError, match="expected one statement, not 2"):
        foundrydb.compile("SELECT 1; SELECT 2", con)
    with pytest.raises(foundrydb.OperationalError, match="no such table: u") as caught:
        foundrydb.compile("SELECT 1 FROM u", con)
    assert caught.value.sql == "SELECT 1 FROM u"
    con.close()


def test_compile_nothing() -> None:
    with pytest.raises(foundrydb.ProgrammingError):
        foundrydb.compile("  -- nothing")
    with pytest.raises(foundrydb.ProgrammingError):
        foundrydb.compile("", foundrydb.connect(":memory:"))


def test_compile_what_is_no_text() -> None:
    for wrong in (None, 5, b"select 1"):
        with pytest.raises(TypeError, match="SQL is str, not"):
            foundrydb.compile(wrong)  # type: ignore[arg-type]


def test_compile_runs_what_comes_before_only() -> None:
    compilation = foundrydb.compile("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
    assert isinstance(compilation.statement, ast.Insert)
    assert not compilation.program.read_only


@pytest.mark.parametrize(
    ("sql", "complete"),
    [("SELECT 1;", True), ("SELECT 1; -- and", True), ("SELECT 1; /* and", False), ("SELECT ';", False),
     ("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END;", True),
     ("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE WHEN 1 THEN 2 END;", False),
     ("EXPLAIN CREATE TEMP TRIGGER t AFTER INSERT ON x BEGIN SELECT 1;", False)],
)  # fmt: skip
def test_complete_statement(sql: str, complete: bool) -> None:
    assert foundrydb.complete_statement(sql) is complete


def test_names_of_a_statement() -> None:
    sql = "SELECT x.b AS c FROM t AS x WHERE a = 5 ORDER BY c"
    connection = foundrydb.connect(":memory:")
    connection.executescript(SCHEMA)
    names = foundrydb.compile(sql, connection).names()
    shown = [(sql[name.start : name.end], name.kind, name.refers, name.nullable) for name in names.in_order()]
    assert shown == [
        ("x.b", "column", "main.t.b", True),
        ("c", "result column", "c", True),
        ("t", "table", "main.t", None),
        ("x", "alias", "main.t", None),
        ("a", "column", "main.t.a", False),
        ("c", "result column", "c", True),
    ]
    assert [name.defines for name in names.in_order()] == [False, True, False, True, False, False]
    assert [name.affinity for name in names.in_order()] == ["TEXT", "TEXT", "", "", "INTEGER", "TEXT"]
    assert [source.name for source in names.scopes[0].sources] == ["x"]
