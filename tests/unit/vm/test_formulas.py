"""Fast ways: formulas give the same as the general code behind them, and as C SQLite, for values of all kinds."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from harness.switches import leave_out
from hypothesis import given
from hypothesis import strategies as st

import foundrydb
from foundrydb.errors import DatabaseError
from foundrydb.vm.arithmetic.cast import numeric_whole
from foundrydb.vm.assembler import AssemblyError, assemble
from foundrydb.vm.formulas.formula import Addition, ConstantTerm, FieldTerm
from foundrydb.vm.formulas.reading import read_formula, read_text_term
from foundrydb.vm.formulas.text_term import FieldText, may_be_number

from .conftest import Run

VALUES: list[Any] = [
    None, 0, 1, -1, 2, 7, -7, 127, 128, -129, 40000, 2**23, 2**31, -(2**31), 3 * 2**40, 2**53, 2**53 + 1, -(2**53) - 1,
    2**62, 2**63 - 1, -(2**63), 0.0, -0.0, 0.5, -2.5, 1e18, 9007199254740993.0, 1e308, -1e308, float("inf"),
    "", "abc", "12", " 3 ", "1e3x", b"", b"12", b"\xff", "x" * 300,
]  # fmt: skip

SCHEMA = """
create table t(id integer primary key, a, b real, c int, d text);
create table u(k integer primary key, v);
create index t_c on t(c, a);
insert into u values (1, 5), (2, 2.5), (4, 'x');
"""


def filled(module: Any) -> Any:
    connection = module.connect(":memory:")
    connection.executescript(SCHEMA)
    rows = []
    for a in VALUES:
        for c in VALUES:
            rows.append((a, a if isinstance(a, (int, float)) else c, c, c))
    connection.executemany("insert into t(a, b, c, d) values (?, ?, ?, ?)", rows)
    return connection


@pytest.fixture(scope="module")
def engines() -> tuple[Any, Any, Any]:
    plain = filled(foundrydb)
    leave_out(plain, ["formulas"])
    return filled(sqlite3), filled(foundrydb), plain


ARITHMETIC = [f"a {op} c" for op in "+-*/%"] + [
    "a + 1", "2 * c - a", "(a + id) % 3", "b / 3", "b * c", "-a + b", "id % 7 - b / 3",
    "a - -9223372036854775807", "a & c", "a | c", "a << c", "a >> c", "c & 3", "-a", "-(a + c)", "abs(b)",
    "abs(a % 100)", "a << 2", "c >> 1", "abs(b - 2) * -2",
]  # fmt: skip


def same(left: list[Any], right: list[Any]) -> bool:
    return [tuple(map(repr, row)) for row in left] == [tuple(map(repr, row)) for row in right]


@pytest.mark.parametrize("expr", ARITHMETIC)
def test_values(engines: tuple[Any, Any, Any], expr: str) -> None:
    answers = [e.execute(f"select id, {expr} from t order by id").fetchall() for e in engines]
    assert same(answers[0], answers[1])
    assert same(answers[1], answers[2])


COMPARED = [("a", "c"), ("a", "1"), ("b", "2.5"), ("c", "-1"), ("id", "a"), ("a % 7", "1"), ("d", "12"),
            ("a", "9007199254740993"), ("a + 0.5", "c"), ("b", "9007199254740993"),
            ("a & 3", "1"), ("abs(b)", "2"), ("-a", "c"), ("a", "abs(-7)")]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), COMPARED)
@pytest.mark.parametrize("op", ["<", "<=", "=", "<>", ">=", ">", "is", "is not"])
def test_comparisons(engines: tuple[Any, Any, Any], left: str, op: str, right: str) -> None:
    for negation in ("", "not"):
        sql = f"select id from t where {negation} ({left} {op} {right}) order by id"
        answers = [e.execute(sql).fetchall() for e in engines]
        assert answers[0] == answers[1] == answers[2], sql


@pytest.mark.parametrize("function", ["count", "sum", "total", "avg", "min", "max"])
@pytest.mark.parametrize(
    "where", ["", "where typeof(a) in ('integer', 'null') and abs(a) < 1e9", "where id < 0"]
)
def test_aggregates(engines: tuple[Any, Any, Any], function: str, where: str) -> None:
    for arg in ("a", "b", "c % 5", "d"):
        sql = f"select {function}({arg}), count(*) from t {where}"
        answers = []
        for engine in engines:
            try:
                answers.append(engine.execute(sql).fetchall())
            except Exception as error:
                answers.append([(str(error),)])
        assert same(answers[1], answers[2]), sql
        if function in ("count", "min", "max"):
            assert same(answers[0], answers[1]), sql


def test_other_cursors(engines: tuple[Any, Any, Any]) -> None:
    """Indexes, outer joins, derived tables, sorters, deferred seeks."""
    for sql in (
        "select count(*) from t where c + 1 > 3",
        "select id, a from t where c = 7 and a + id > 50 order by id",
        "select t.id from t left join u on u.k = t.id where u.v + 1 > 0 or u.v is null order by t.id",
        "select count(*), sum(u.v + 1) from t left join u on u.k = t.id",
        "select sum(x * 2) from (select id x from t limit 100)",
        "select x % 3, count(*) from (select distinct id % 50 x from t) group by 1 order by 1",
        "select c, sum(id % 10) from t group by c order by 2, 1 limit 7",
    ):
        answers = [e.execute(sql).fetchall() for e in engines]
        assert answers[0] == answers[1] == answers[2], sql


TEXTS = [
    "",
    "ab",
    "AB",
    "xaby",
    "xAbY",
    "a",
    "ba",
    "aäb",
    "äab",
    "ab\0c",
    "\0ab",
    "a_b",
    "%ab",
    "K",
    "\u212a",
    "x" * 200 + "ab",
]
PATTERNS = [
    "%ab%", "ab%", "%ab", "ab", "%", "", "a%b", "a_b", "%AB%", "%1%",
    "k", "ä%", "%äab", "*ab*", "ab*", "*ab", "*", "[a]b",
    "a%b%", "%a%b", "%x%b%", "a%ab", "%a%a%b%", "%b%a%", "ab%ab", "%a%_", "*a*b*", "a**b", "*x*A*",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("op", ["like", "glob", "not like", "not glob"])
def test_matches(pattern: str, op: str) -> None:
    """(Texts with NULs are compared between the two ways only.)"""
    answers = []
    for module, without in ((foundrydb, ()), (foundrydb, ("formulas",)), (sqlite3, ())):
        connection = module.connect(":memory:")
        if without:
            leave_out(connection, without)
        connection.execute("create table t(id integer primary key, x)")
        rows = [(text,) for text in TEXTS if module is foundrydb or "\0" not in text]
        connection.executemany("insert into t(x) values (?)", [*rows, (None,), (17,), (1.5,), (b"ab",)])
        connection.execute("insert into t(x) values (cast(x'6162ff' as text)), (cast(x'e16162' as text))")
        answers.append(connection.execute(f"select hex(x) from t where x {op} '{pattern}'").fetchall())
    assert answers[0] == answers[1]
    assert [
        row
        for row in answers[0]
        if "00" not in row[0][::1] or "\0" not in bytes.fromhex(row[0]).decode("latin")
    ] == answers[2]


@pytest.mark.parametrize(
    "order", ["a", "a desc", "a nulls last", "a desc nulls first", "c, a", "a % 5, id", "b desc, id"]
)
def test_first_rows(engines: tuple[Any, Any, Any], order: str) -> None:
    for limit in (1, 10, 150):
        sql = f"select id, a from t order by {order}, id limit {limit}"
        answers = [e.execute(sql).fetchall() for e in engines]
        assert same(answers[0], answers[1]), sql
        assert same(answers[1], answers[2]), sql


def test_an_error_beside_a_skipped_row_is_raised() -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a, b)")
    connection.executemany("insert into t values (?, 1)", [(i,) for i in range(500)])
    connection.execute("insert into t values (1000, -9223372036854775808)")
    with pytest.raises(foundrydb.Error, match="integer overflow"):
        connection.execute("select a, abs(b) from t order by a limit 3").fetchall()


def test_a_damaged_record_names_its_page(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    connection = sqlite3.connect(path)
    connection.execute("create table t(a, b)")
    connection.execute("insert into t values (258, 772)")
    connection.commit()
    connection.close()
    data = bytearray(path.read_bytes())
    at = data.index(bytes((3, 2, 2, 1, 2, 3, 4)))
    data[at + 2] = 6  # the second value now reaches past the record
    path.write_bytes(data)
    for sql in (
        "select sum(b * 2) from t",
        "select a from t where b > 3",
        "select a from t order by b limit 1",
    ):
        with pytest.raises(DatabaseError, match="page 2"):
            foundrydb.connect(str(path)).execute(sql).fetchall()
    assert foundrydb.connect(str(path)).execute("select sum(a * 2) from t").fetchall() == [(516,)]


def test_a_scan_by_formula_can_be_interrupted() -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a)")
    connection.executemany("insert into t values (?)", [(i,) for i in range(1000)])
    connection.set_progress_handler(lambda: 1, 100)
    with pytest.raises(foundrydb.OperationalError, match="interrupted"):
        connection.execute("select sum(a * 2) from t where a % 3 <> 1").fetchall()


@pytest.mark.parametrize("text", ["", "c0", "(1 + 2", "1 + 2", "(1 ? 2)", "r[x]", "(1 + 2) 3"])
def test_text_that_is_no_formula(text: str) -> None:
    with pytest.raises(ValueError, match="no formula"):
        read_formula(text)
    with pytest.raises(AssemblyError, match="line 1: formula"):
        assemble(f'FormulaValue "{text}", r1, 0')


@pytest.mark.parametrize(
    "text", ["12", "-2.5e-07", "c0[1]", "real c0[1]", "c11.rowid", "r[3]", "(c0[1] << abs ((0 - r[2])))"]
)
def test_formulas_are_values(text: str) -> None:
    formula = read_formula(text)
    assert str(formula) == text
    assert formula == read_formula(text)
    assert hash(formula) == hash(read_formula(text))
    assert formula != read_formula(f"({text} + 1)")


def test_terms_of_different_kinds_differ() -> None:
    assert ConstantTerm(1) != ConstantTerm(1.0)
    assert FieldTerm(0, 1, False) != FieldText(0, 1)
    assert str(FieldTerm(0, 1, False)) == str(FieldText(0, 1))
    assert Addition(ConstantTerm(1), ConstantTerm(2)) != "(1 + 2)"
    with pytest.raises(ValueError, match="no text term"):
        read_text_term("(c0[1] + 1)")


def test_constants(run: Run) -> None:
    program = """
        FormulaValue "((1 + 2) * -3)", r1, done
        Null r1
    done:
        ResultRow r1, 1
        Halt
    """
    assert run(program) == [(-9,)]


FIELDS: list[Any] = [
    "1994-01-01", "1994-06-30", "1995-01-01", "5", " 5.0 ", "5e0x", "-", "1e999", "0x10", 9007199254740993, 1e300,
    None, 5, 2.5, b"", b"m", b"\xff", "", "a", "l", "m", "ma", "m\0", "m\0b", "M", "n", "é", "ma\u0301",
    "\U0001f600", "m" * 9000,
]  # fmt: skip
CONSTANTS = ["'m'", "''", "'M'", "'é'", "'m' || char(0)", "'mm'", "'5'", "'\U0001f600'", "5", "null",
    "date('1994-01-01', '+1 year')", "'1994-01-01'", "' 1.5e3 '", "1e999", "'5' || '.0'", "abs(-5)",
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
@pytest.mark.parametrize("declared", ["text", "", "text collate nocase", "int", "date"])
def test_texts_against_constants(encoding: str, declared: str) -> None:
    plain = foundrydb.connect(":memory:")
    leave_out(plain, ["formulas"])
    engines: list[Any] = [sqlite3.connect(":memory:"), foundrydb.connect(":memory:"), plain]
    for engine in engines:
        engine.execute(f"pragma encoding = '{encoding}'")
        engine.execute(f"create table t(id integer primary key, x {declared}, y {declared}, z)")
        pairs = zip(FIELDS, [*FIELDS[7:], *FIELDS[:7]])
        engine.executemany("insert into t(x, y, z) values (?, ?, 7)", pairs)
        engine.execute("create index t_x on t(x, y)")
        if encoding == "UTF-8":
            engine.execute("insert into t(x) values (cast(x'6dff' as text)), (cast(x'ff' as text))")
    wheres = [f"x {op} {c}" for op in ("<", "<=", "=", "<>", ">=", ">", "is", "is not") for c in CONSTANTS]
    wheres += [
        "x between 'a' and 'm'",
        "x between null and 'm'",
        "x between 'b' and null",
        "x between 'a' and 5",
    ]
    wheres += [
        "x > 'a' and x < 'n' and id > 3",
        "x < 'm' or id % 2 = 0",
        "'m' < x",
        "date('1994-01-01') >= x",
    ]
    wheres += [f"x {op} y" for op in ("<", "<=", "=", "<>", ">=", ">", "is", "is not")]
    wheres += [
        "x < y collate nocase",
        "+x < y",
        "x between y and 'n'",
        "x between date('1990-01-01') and '1995'",
    ]
    wheres += ["x between 2 and 7", "x between 2 and y", "y not between 'a' and 'm' and z = 7"]
    wheres += [
        f"{field} {op} ({items})"
        for field in ("x", "+x", "y")
        for op in ("in", "not in")
        for items in (
            "'a', 'm'",
            "5",
            "5, 2",
            "5, 2.5, 1",
            "'5', 'm'",
            "'m', null",
            "'m', 5",
            "'', 'é', 'M', 'b'",
        )
    ]
    for where in [*wheres, *(f"not ({where})" for where in wheres)]:
        answers = [e.execute(f"select id from t where {where} order by +id").fetchall() for e in engines]
        assert answers[0] == answers[1] == answers[2], where
    for field in ("x", "y", "x collate binary", "+x"):
        for where in ("1", "x > 'b'", "typeof(x) = 'text'", "x < ''", "id > 20", "id <= 8"):
            sql = f"select hex(min({field})), typeof(max({field})), hex(max({field})) from t where {where}"
            answers = [e.execute(sql).fetchall() for e in engines]
            assert answers[0] == answers[1] == answers[2], sql
    for bound in ("m", "", "é", "m\0", None, 5, 2.5, b"m", "m", "1994-06-30", "5", " 5.0"):
        sql = "select id from t where x >= ? order by +id"
        answers = [e.execute(sql, (bound,)).fetchall() for e in engines]
        assert answers[0] == answers[1] == answers[2], bound


def test_where_texts_are_compared_in_place() -> None:
    for encoding, declared, taken in (
        ("UTF-8", "text", True), ("UTF-8", "text collate nocase", True), ("UTF-8", "date", True),
        ("UTF-8", "text collate rtrim", False),
        ("UTF-8", "", True), ("UTF-16le", "text", False),
    ):  # fmt: skip
        connection = foundrydb.connect(":memory:")
        connection.execute(f"pragma encoding = '{encoding}'")
        connection.execute(f"create table t(x {declared})")
        opcodes = [row[1] for row in connection.execute("explain select count(*) from t where x < 'm'")]
        assert ("FormulaIf" in opcodes) is taken


@given(st.text("0123456789+-.eE \t\n\r\v\fx:/_", max_size=12))
def test_what_may_be_a_number(text: str) -> None:
    data = text.encode()
    if numeric_whole(text) is not None:
        assert may_be_number(b"x" + data + b"x", 1, len(data) + 1)


@pytest.mark.parametrize("text", ["1994-01-01", "12:30", "MAIL", "1-URGENT", "2024-01-01 12:00:00"])
def test_what_is_no_number(text: str) -> None:
    assert not may_be_number(text.encode(), 0, len(text))
