"""All mistakes of a text: the parser resumes after each, statements are compiled for the schema before them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance.grammar_corpus import constructs
from harness.golden import Golden

import foundrydb
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse
from foundrydb.compiler.syntax.resumption import read
from foundrydb.toolkit.rehearsal import Rehearsal

GOLDENS = Path(__file__).parent.parent / "goldens"


def told(sql: str, connection: foundrydb.Connection | None = None) -> list[tuple[str, str]]:
    """Each problem's message, and what of the text it is about."""
    found = foundrydb.problems(sql, connection)
    return [(each.message, sql[each.offset : each.offset + each.length]) for each in found]


def repaired(sql: str) -> list[str | None]:
    """Each statement as it is read, on one line; None where it cannot be."""
    readings = read(sql)
    return [
        None if each.statement is None else " ".join(foundrydb.to_sql(each.statement).split())
        for each in readings
    ]


@pytest.mark.parametrize(
    ("sql", "mistakes", "statements"),
    [
        ("select a, from t where x = ; select 1", 2, ['SELECT a, "" FROM t WHERE x = ""', "SELECT 1"]),
        ("select count(* from t where (b = 2; select 2", 2, ["SELECT count(*) FROM t WHERE b = 2", "SELECT 2"]),
        ("select a b c from t", 1, ["SELECT a AS b FROM t"]),
        ("select * from t order a limit 1", 1, ["SELECT * FROM t LIMIT 1"]),
        ("create table t(a int not , b text,, c)", 2, ['CREATE TABLE t (a int, b text, "", c)']),
        ("create table a(x)\ncreate table b(y)", 1, ["CREATE TABLE a (x)", "CREATE TABLE b (y)"]),
        ("select (select 1; 2); select 3", 1, ["SELECT (SELECT 1)", "SELECT 3"]),
        ("select (1; select 2", 1, ["SELECT 1", "SELECT 2"]),
        ("selec 1; select 2", 1, [None, "SELECT 2"]),
        ("select 'abc\n from t; select 5", 1, ['SELECT "" FROM t', "SELECT 5"]),
        ("select a where 'abc\nselect 5", 1, ['SELECT a WHERE ""', "SELECT 5"]),
        ("select @ from t", 1, ['SELECT "" FROM t']),
        ("insert into t values (1 2), (3, 4, (5, ", 2, ['INSERT INTO t VALUES (1), (3, 4, (5, ""))']),
        ("with a as (select 1,), b as (select from) select 1", 2,
            ['WITH a AS (SELECT 1, ""), b AS (SELECT "" FROM "") SELECT 1']),
        ("select case when a then b els c end from t where", 2, ['SELECT CASE WHEN a THEN b END FROM t WHERE ""']),
        ("select x union order by 1 union select 2, 3 4", 2, ["SELECT x UNION SELECT 2, 3"]),
        (
            "create trigger x after insert on t begin select a b c; update t set ; delete from t where; end; select 2",
            3,
            ['CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT a AS b; DELETE FROM t WHERE ""; END', "SELECT 2"],
        ),
        ("create trigger x after insert on t begin selec; select 1; create table u(a)", 2,
            [None, "CREATE TABLE u (a)"]),
    ],
)  # fmt: skip
def test_the_parser_resumes(sql: str, mistakes: int, statements: list[str | None]) -> None:
    assert sum(len(reading.mistakes) for reading in read(sql)) == mistakes
    assert repaired(sql) == statements


def test_parse_takes_mistakes() -> None:
    mistakes: list[foundrydb.Error] = []
    statements = foundrydb.parse("select 1 2; select 3; selec", mistakes)
    assert [foundrydb.to_sql(statement) for statement in statements] == ["SELECT 1", "SELECT 3"]
    assert [(mistake.message, mistake.offset) for mistake in mistakes] == [
        ('near "2": syntax error', 9),
        ('near "selec": syntax error', 22),
    ]


@pytest.mark.parametrize("sql", constructs())
def test_right_statements_have_no_mistakes(sql: str) -> None:
    (reading,) = read(sql)
    assert not reading.mistakes and not reading.repaired
    assert [reading.statement] == foundrydb.parse(sql)


@pytest.mark.parametrize(
    ("sql", "printed"),
    [
        ("a + b*2", "a + b * 2"),
        (" (a) /* x */ ", "a"),
        ("(select 1)", "(SELECT 1)"),
        ("not a in (1)", "NOT a IN (1)"),
    ],
)
def test_an_expression_is_parsed(sql: str, printed: str) -> None:
    expression = foundrydb.parse_expression(sql)
    assert expression is not None and foundrydb.to_sql(expression) == printed


def test_an_expression_knows_its_place() -> None:
    expression = foundrydb.parse_expression("  a + 1")
    assert isinstance(expression, ast.Binary)
    assert (expression.start, expression.end, expression.right.start) == (2, 7, 6)


@pytest.mark.parametrize(
    ("sql", "message", "offset"),
    [
        ("", "incomplete input", 0),
        ("a +", "incomplete input", 3),
        ("a, b", 'near ",": syntax error', 1),
        ("a b", 'near "b": syntax error', 2),
        ("a as b", 'near "as": syntax error', 2),
        ("a from t", 'near "from": syntax error', 2),
        ("a; b", 'near ";": syntax error', 1),
        ("*", 'near "*": syntax error', 0),
        ("distinct a", 'near "distinct": syntax error', 0),
        ("a 'b' c", "near \"'b'\": syntax error", 2),
    ],
)
def test_what_is_no_expression(sql: str, message: str, offset: int) -> None:
    with pytest.raises(foundrydb.OperationalError) as caught:
        foundrydb.parse_expression(sql)
    assert (caught.value.message, caught.value.offset) == (message, offset)
    mistakes: list[foundrydb.Error] = []
    foundrydb.parse_expression(sql, mistakes)
    assert mistakes[0].message == message


def test_all_names_that_mean_nothing_are_told() -> None:
    sql = "create table t(a, b); select nope, a from t where nofn(b) = zork and t.q = abs()"
    assert told(sql) == [
        ("no such column: nope", "nope"),
        ("no such function: nofn", "nofn"),
        ("no such column: zork", "zork"),
        ("no such column: t.q", "t.q"),
        ("wrong number of arguments to function abs()", "abs()"),
    ]


def test_a_missing_table_is_told_and_not_its_columns() -> None:
    sql = "create table t(y); select x.a, m.b, b, t.zz from m join t x where x.c = m.c"
    assert [message for message, _ in told(sql)] == [
        "no such column: x.a",
        "no such column: t.zz",
        "no such table: m",
        "no such column: x.c",
    ]


def test_statements_see_what_those_before_them_made() -> None:
    sql = """
        create table t(a); alter table t add column b; select b from t; alter table t rename to u;
        select b from u; select b from t; drop table u; select b from u;
        create table w as select 1 as one, 'x' as two; select one, two, three from w;
        begin; create table x(a); rollback; select a from x;
    """
    assert [message for message, _ in told(sql)] == [
        "no such table: t",
        "no such table: u",
        "no such column: three",
        "no such table: x",
    ]


def test_a_wrong_create_is_told_once() -> None:
    sql = "create table t(a,, b); select a, b, c from t; create table u(; select * from u; select 1 from w"
    assert [message for message, _ in told(sql)] == [
        'near ",": syntax error',
        'near ";": syntax error',
        "no such table: w",
    ]


def test_nothing_is_run(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    sql = f"""
        attach '{path}' as other; create table other.t(a); insert into other.t values (1); select nope from other.t;
        select * from other.unknown; vacuum into '{path}'; create table w as with recursive r(x) as
        (select 1 union all select x + 1 from r) select x from r; select x from w
    """
    assert told(sql) == [("no such column: nope", "nope")]
    assert not path.exists()


def test_views_and_triggers_are_looked_at_when_all_is_made() -> None:
    sql = """
        create view v as select a, nope from t; create table t(a);
        create trigger g after insert on t begin insert into gone values (new.a); end;
        create trigger h after insert on t begin update t set a = new.b; end;
    """
    found = foundrydb.problems(sql)
    assert [(each.severity, each.message) for each in found] == [
        ("warning", "no such column: nope"),
        ("warning", "no such table: main.gone"),
        ("warning", "no such column: new.b"),
    ]


def test_names_taken_for_strings_are_warned_of() -> None:
    (found,) = foundrydb.problems('create table t(a); select "a", "b" from t')
    assert (found.severity, found.offset) == ("warning", 31)
    assert found.hint == "write 'b' where a string is meant"


def test_a_problem_is_shown_with_its_place() -> None:
    (found,) = foundrydb.problems("select 1;\nselect form")
    assert str(found) == "no such column: form\n  2:8 | select form\n      |        ^~~~"


def test_a_connections_schema_and_functions_count() -> None:
    connection = foundrydb.connect(":memory:")
    connection.create_function("mine", 1, lambda x: x)
    connection.create_collation("german", lambda a, b: 0)
    connection.executescript("""
        create table t(a, b); create index i on t(a); create view v as select a from t;
        create temp table s(c); attach ':memory:' as aux; create table aux.u(d);
    """)
    sql = """
        select mine(a), b from t order by b collate german; select a from v; select c from temp.s; select d from u;
        select d from aux.u indexed by nope; drop index i; drop index i; select e from u
    """
    assert [message for message, _ in told(sql, connection)] == [
        "no such index: nope",
        "no such index: i",
        "no such column: e",
    ]
    assert connection.execute("select count(*) from sqlite_schema").fetchone() == (3,)


def _right() -> list[tuple[str, str]]:
    """The schema and SQL of the goldens of statements that run."""
    found = []
    for path in sorted(GOLDENS.rglob("*.golden")):
        golden = Golden.read(path)
        if "result" in golden.sections and "error" not in golden.sections:
            found.append((golden.sections.get("schema", ""), golden.sql))
    return found


def test_no_problem_is_made_up() -> None:
    """What runs has no errors, with its schema in front of it and with a connection that has it."""
    right = _right()
    assert len(right) > 200
    for i, (schema, sql) in enumerate(right):
        connection = None
        if i % 2:
            connection = foundrydb.connect(":memory:", isolation_level=None)
            connection.executescript(schema)
        else:
            sql = f"{schema.rstrip().rstrip(';')};\n{sql}"
        found = foundrydb.problems(sql, connection)
        assert [str(each) for each in found if each.severity == "error"] == []


def test_the_first_error_of_a_golden_is_found() -> None:
    """Where a golden holds an error with its place, the problems have it too."""
    checked = 0
    for path in sorted((GOLDENS / "errors").rglob("*.golden")):
        golden = Golden.read(path)
        lines = golden.sections["error"].splitlines() if "error" in golden.sections else []
        if len(lines) > 2 and "^" in lines[2]:
            connection = foundrydb.connect(":memory:", isolation_level=None)
            connection.executescript(golden.sections.get("schema", ""))
            assert lines[0].partition(": ")[2] in [m for m, _ in told(golden.sql, connection)], path
            checked += 1
    assert checked >= 50


def test_problems_and_rules_share_what_is_compiled() -> None:
    rehearsal = Rehearsal()
    sql = "select a from t"
    statement = parse(sql)[0]
    with pytest.raises(foundrydb.Error, match="no such table: t"):
        rehearsal.compiled(statement, sql)
    rehearsal.run("create table t(a)")
    known = rehearsal.compiled(statement, sql)
    assert rehearsal.compiled(statement, sql) is known
    rehearsal.run("create index i on t(a)")
    assert rehearsal.compiled(statement, sql) is not known
    rehearsal.close()


def test_dots_in_names_divide_nothing() -> None:
    """A wrong CREATE has nothing said of what it might have made, but of other names all."""
    found = told('create table b(x, x); select x from b; select x from "a.b"; select x from main."a.b"')
    assert [message for message, _ in found] == [
        "duplicate column name: x",
        "no such table: a.b",
        "no such table: main.a.b",
    ]
