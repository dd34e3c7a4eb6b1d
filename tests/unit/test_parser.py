"""The parser: trees, spans, names, limits, and SQLite's messages."""

from __future__ import annotations

import sqlite3
import time

import pytest

from foundrydb.compiler.syntax import ast, parser
from foundrydb.compiler.syntax.ast import rewrite, walk
from foundrydb.compiler.syntax.parser import expected, parse, parse_one
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.source import default_text
from foundrydb.compiler.trees.text import dump
from foundrydb.errors import DataError, Error, OperationalError


def expression(sql: str) -> ast.Expression:
    """The one result column of SELECT ``sql``."""
    (statement,) = parse("select " + sql)
    assert isinstance(statement, ast.Select) and isinstance(statement.body, ast.SelectCore)
    column = statement.body.columns[0]
    assert isinstance(column, ast.ResultExpression)
    return column.expression


def grouped(sql: str) -> str:
    """An expression with parentheses around each operation, to show how it was read."""

    def text(node: ast.Expression) -> str:
        if isinstance(node, ast.Binary):
            return f"({text(node.left)} {node.operator} {text(node.right)})"
        if isinstance(node, ast.Unary):
            return f"({node.operator} {text(node.operand)})"
        if isinstance(node, ast.IsNull):
            return f"({text(node.operand)} {'NOTNULL' if node.negated else 'ISNULL'})"
        if isinstance(node, ast.Like):
            escape = f" ESCAPE {text(node.escape)}" if node.escape is not None else ""
            return f"({text(node.operand)} {node.operator} {text(node.pattern)}{escape})"
        if isinstance(node, ast.Between):
            return f"({text(node.operand)} BETWEEN {text(node.low)} AND {text(node.high)})"
        if isinstance(node, ast.Collate):
            return f"({text(node.operand)} COLLATE {node.collation.text})"
        if isinstance(node, ast.InList):
            return f"({text(node.operand)} IN)"
        return to_sql(node)

    return text(expression(sql))


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("a or b and c", "(a OR (b AND c))"),
        ("not a = b", "(NOT (a = b))"),
        ("not a and b", "((NOT a) AND b)"),
        ("a < not b = c", "(a < (NOT (b = c)))"),
        ("a < not b and c", "((a < (NOT b)) AND c)"),
        ("- not a + b", "(- (NOT (a + b)))"),
        ("- a + b", "((- a) + b)"),
        ("- a collate x", "((- a) COLLATE x)"),
        ("a || b collate x", "(a || (b COLLATE x))"),
        ("a -> b ->> c", "((a -> b) ->> c)"),
        ("a = b < c", "(a = (b < c))"),
        ("a = b = c", "((a = b) = c)"),
        ("a & b + c << d", "((a & (b + c)) << d)"),
        ("a is not b", "(a IS NOT b)"),
        ("a is not not b", "(a IS NOT (NOT b))"),
        ("a is not distinct from b", "(a IS b)"),
        ("a is distinct from b", "(a IS NOT b)"),
        ("a is null", "(a ISNULL)"),
        ("a is not (null)", "(a NOTNULL)"),
        ("a not null", "(a NOTNULL)"),
        ("a + b isnull * c", "(((a + b) ISNULL) * c)"),
        ("x and a isnull + 1", "(x AND ((a ISNULL) + 1))"),
        ("a in (1) + 2", "((a IN) + 2)"),
        ("a like b escape c = d", "((a LIKE b ESCAPE c) = d)"),
        ("a like b < c", "(a LIKE (b < c))"),
        ("a between b and c and d", "((a BETWEEN b AND c) AND d)"),
        ("a between b = c and d = e", "((a BETWEEN (b = c) AND d) = e)"),
        ("a between b between c and d and e", "(a BETWEEN (b BETWEEN c AND d) AND e)"),
        ("a between not b and c", "(a BETWEEN (NOT b) AND c)"),
        ("a == b <> c", "((a = b) != c)"),
    ],
)
def test_precedence(sql: str, read: str) -> None:
    assert grouped(sql) == read


def test_spans_are_exact() -> None:
    sql = "select (a + b) * -c as x, count(*) from main.t as u -- end\n where x in (1, 2)"
    for node in walk(parse(sql)[0]):
        text = sql[node.start : node.end]
        assert text == text.strip() and text
        if isinstance(node, ast.Binary) and node.operator == "*":
            assert text == "(a + b) * -c"
        if isinstance(node, ast.Binary) and node.operator == "+":
            assert text == "a + b"
        if isinstance(node, ast.ResultExpression) and node.alias is not None:
            assert text == "(a + b) * -c as x"
        if isinstance(node, ast.TableSource):
            assert text == "main.t as u"
        if isinstance(node, ast.InList):
            assert text == "x in (1, 2)"
    children_inside = [
        parent.start <= child.start and child.end <= parent.end
        for parent in walk(parse(sql)[0])
        for child in parent.children()
    ]
    assert all(children_inside) and len(children_inside) > 20


def test_equality_ignores_spans_and_nothing_else() -> None:
    a, b = parse("select a+1 from t; select   a + 1   from t")
    assert a == b and hash(a) == hash(b) and a.end != b.end
    assert a != parse("select a+2 from t")[0]
    assert a != parse('select "a"+1 from t')[0]
    assert a != parse("select a+1.0 from t")[0]
    assert a != parse("select a+1, 2 from t")[0]
    assert a != 5


def test_names_keep_their_quotes() -> None:
    column = expression('"a""b".[c d]')
    assert isinstance(column, ast.Column) and column.table is not None
    assert (column.table.text, column.table.quote) == ('a"b', '"')
    assert (column.column.text, column.column.quote) == ("c d", "[")
    (statement,) = parse("select 1 as 'x'")
    assert isinstance(statement, ast.Select) and isinstance(statement.body, ast.SelectCore)
    result = statement.body.columns[0]
    assert isinstance(result, ast.ResultExpression) and result.alias == ast.Name(0, 0, "x", "'")


@pytest.mark.parametrize(
    ("sql", "node"),
    [
        ("123", ast.Integer(0, 0, "123", 123)),
        ("0x7fffffffffffffff", ast.Integer(0, 0, "0x7fffffffffffffff", (1 << 63) - 1)),
        ("0xFFFFFFFFFFFFFFFF", ast.Integer(0, 0, "0xFFFFFFFFFFFFFFFF", -1)),
        ("9223372036854775808", ast.Integer(0, 0, "9223372036854775808", 1 << 63)),
        ("0x10000000000000000", ast.Integer(0, 0, "0x10000000000000000", 1 << 64)),
        ("1_000", ast.Integer(0, 0, "1_000", 1000)),
        ("0x1_F", ast.Integer(0, 0, "0x1_F", 31)),
        ("1_0.5", ast.Float(0, 0, "1_0.5", 10.5)),
        ("1e3", ast.Float(0, 0, "1e3", 1000.0)),
        (".5", ast.Float(0, 0, ".5", 0.5)),
        ("'it''s'", ast.String(0, 0, "it's")),
        ("x'00fF'", ast.Blob(0, 0, b"\x00\xff")),
        ("null", ast.Null(0, 0)),
        ("current_time", ast.CurrentTime(0, 0, "CURRENT_TIME")),
    ],
)
def test_literals(sql: str, node: ast.Expression) -> None:
    assert expression(sql) == node


def test_huge_integer_literal_is_bounded() -> None:
    node = expression("9" * 100_000)
    assert isinstance(node, ast.Float) and node.value == float("inf")
    zero = expression("0" * 5000 + "7")
    assert isinstance(zero, ast.Integer) and zero.value == 7


def test_parameters_are_numbered_as_sqlite_does() -> None:
    (statement,) = parse("select ?, :a, ?5, ?, :a, $x::y(z), @b from t limit ?2, ?")
    found = [(n.text, n.number) for n in walk(statement) if isinstance(n, ast.Parameter)]
    assert sorted(found, key=lambda f: f[1]) == [
        ("?", 1), (":a", 2), (":a", 2), ("?2", 2), ("?5", 5), ("?", 6), ("$x::y(z)", 7), ("@b", 8), ("?", 9),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "create table abort(action, after, key, row)",
        "select end from begin",
        "select left from t as cross",
        "select replace(a, b, c), like(1, 2), glob(1, 2), match from match",
        "select over, filter, window from t",
        "select a over from t",
        "select filter(1) filter from t",
        "select 1 current_date from t",
        "create table t(a generated always)",
        "insert into rows(partition) values (1)",
        "select temp.temp from temp.temp",
        "with with as (select 1) select * from with",
        "select indexed from indexed",
    ],
)
def test_keywords_are_names_where_they_can_be(sql: str) -> None:
    assert len(parse(sql)) == 1


def test_statements_one_by_one() -> None:
    sql = ";; select 1; /* x */ select 2 ; -- end"
    first, at = parse_one(sql)
    second, at = parse_one(sql, at)
    nothing, at = parse_one(sql, at)
    assert first == parse("select 1")[0] and second == parse("select 2")[0]
    assert second is not None and sql[second.start : second.end] == "select 2"
    assert nothing is None and at == len(sql)


def test_a_statement_before_a_wrong_one_is_read() -> None:
    statement, at = parse_one("select 1; sel 'ect")
    assert statement is not None and at == 9
    with pytest.raises(OperationalError, match='near "sel"'):
        parse_one("select 1; sel 'ect", at)


def test_long_scripts_are_read_once() -> None:
    sql = "insert into t values (1, 'x');\n" * 20_000
    begin = time.process_time()
    scanner = Scanner(sql)
    at = count = 0
    while True:
        statement, at = parse_one(sql, at, scanner=scanner)
        if statement is None:
            break
        count += 1
    assert count == 20_000 and time.process_time() - begin < 30


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FORM t", 'near "FORM": syntax error'),
        ("select", "incomplete input"),
        ("select /* open", "incomplete input"),
        ("select a b c", 'near "c": syntax error'),
        ("(select 1)", 'near "(": syntax error'),
        ("select 1 between 2 or 3 and 4 and 5)", 'near ")": syntax error'),
        ("select 1 order by 1 union select 2", "ORDER BY clause should come after UNION not before"),
        ("select 1 limit 1 except select 2", "LIMIT clause should come after EXCEPT not before"),
        ("values (1) order by 1", 'near "order": syntax error'),
        ("select * from t on 1", "a JOIN clause is required before ON"),
        ("select * from t using (a)", "a JOIN clause is required before USING"),
        ("select * from t outer join u", "unknown join type: outer"),
        ("select * from t left foo bar join u", "unknown join type: left foo bar"),
        ("with x(a collate nocase) as (select 1) select 1", 'syntax error after column name "a"'),
        ("with a as (select 1), A as (select 2) select 1", "duplicate WITH table name: A"),
        ("create temp table main.x(a)", "temporary table name must be unqualified"),
        ("create temp trigger main.x after insert on t begin select 1; end",
         "temporary trigger may not have qualified name"),
        ("create table t(a) foo", "unknown table option: foo"),
        ("create table t(a) foo bar", 'near "bar": syntax error'),
        ("create table t(a as (1) foo)", 'error in generated column "a"'),
        ("create index i on t(a nulls first)", "unsupported use of NULLS FIRST"),
        ("update t set (a, b) = (1, 2, 3)", "2 columns assigned 3 values"),
        ("select (1, 2) in ((1, 2), (3, 4, 5))", "IN(...) element has 3 terms - expected 2"),
        ("select sum(distinct a) over ()", "DISTINCT is not supported for window functions"),
        ("select sum(a) over (rows 1 following)", "unsupported frame specification"),
        ("create trigger x after insert on t begin delete from t not indexed; end",
         "the NOT INDEXED clause is not allowed on UPDATE or DELETE statements within triggers"),
        ("create trigger x after insert on t begin insert into t values (1) returning a; end",
         "cannot use RETURNING in a trigger"),
        ("select ?0", "variable number must be between ?1 and ?32766"),
        ("select ?32767", "variable number must be between ?1 and ?32766"),
        ("select #1", 'near "#1": syntax error'),
        ("select 1__0", 'unrecognized token: "1__0"'),
        ("pragma x = 1_0", 'near "1_0": syntax error'),
        ("create virtual table v using fts5(a, b", "incomplete input"),
        ("delete from t limit 1", 'near "limit": syntax error'),
        ("alter table t add unique (a)", 'near "unique": syntax error'),
        ("select abs(" + ",".join("1" * 1001) + ")", "too many arguments on function abs"),
        ("select * from " + ",".join("t" * 201), "too many FROM clause terms, max: 200"),
        ("select 1" + " union select 1" * 500, "too many terms in compound SELECT"),
    ],
)  # fmt: skip
def test_messages_are_sqlites(sql: str, message: str) -> None:
    with pytest.raises(OperationalError) as caught:
        parse(sql)
    assert caught.value.message == message
    assert caught.value.sql == sql and 0 <= caught.value.offset <= len(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "(" * 10_000 + "1" + ")" * 10_000,
        "select " + "abs(" * 10_000 + "1" + ")" * 10_000,
        "select " + "not " * 10_000 + "1",
        "select " + "- " * 10_000 + "1",
        "select * from " + "(select * from " * 10_000 + "t" + ")" * 10_000,
        "select " + "case when 1 then " * 10_000,
    ],
)
def test_deep_nesting_is_refused(sql: str) -> None:
    with pytest.raises(OperationalError, match=r"Recursion limit|Expression tree is too large"):
        parse(sql)


@pytest.mark.parametrize("word", ["and", "or", "+", "||", "=", "->", "collate x ||"])
def test_long_chains_are_refused(word: str) -> None:
    assert parse("select " + f"1 {word} " * 400 + "1")
    with pytest.raises(OperationalError, match="Expression tree is too large"):
        parse("select " + f"1 {word} " * 100_000 + "1")


def test_the_deepest_trees_can_be_used() -> None:
    for sql in ("select " + "1+" * 999 + "1", "select " + "(" * 2000 + "1" + ")" * 2000, "select " + "-" * 1):
        try:
            (statement,) = parse(sql)
        except Error:
            continue
        assert parse(to_sql(statement)) == [statement]
        assert hash(statement) == hash(rewrite(statement, lambda node: node))
        assert dump(statement)


def test_ten_megabytes_are_read_in_linear_time() -> None:
    begin = time.process_time()
    (statement,) = parse("select '" + "x" * 10_000_000 + "'")
    assert isinstance(statement, ast.Select)
    (insert,) = parse("insert into t values " + ",".join(["(1)"] * 20_000))
    assert isinstance(insert, ast.Insert)
    assert time.process_time() - begin < 20


@pytest.mark.skipif(not str(parser.__file__).endswith(".py"), reason="compiled code asks the string itself")
def test_text_past_sqlites_limit_is_too_big() -> None:
    class Long(str):
        def __len__(self) -> int:
            return 1_000_000_001

    with pytest.raises(DataError, match="string or blob too big"):
        parse(Long("select 1"))


def test_legacy_schema_text_is_read() -> None:
    sql = "create view v(a collate nocase, b desc) as select 1, 2"
    with pytest.raises(OperationalError):
        parse(sql)
    (view,) = parse(sql, legacy=True)
    assert isinstance(view, ast.CreateView) and [c.text for c in view.columns] == ["a", "b"]


def test_constraint_names_belong_to_what_follows() -> None:
    (table,) = parse(
        "create table t(a constraint p primary key check (a) constraint q,"
        " constraint r unique (a) check (1), check (2))"
    )
    assert isinstance(table, ast.CreateTable)
    assert [(c.__class__.__name__, n.text if n else None) for c, n in _names(table)] == [
        ("ColumnPrimaryKey", "p"),
        ("ColumnCheck", "p"),
        ("ColumnConstraintName", "q"),
        ("TableUnique", "r"),
        ("TableCheck", "r"),
        ("TableCheck", None),
    ]


def _names(table: ast.CreateTable) -> list[tuple[ast.Node, ast.Name | None]]:
    constraints: list[ast.Node] = [*table.columns[0].constraints, *table.constraints]
    return [(c, dict(c.fields())["name"]) for c in constraints]  # type: ignore[misc]


def test_module_arguments_are_raw() -> None:
    (table,) = parse("create virtual table v using m( a  b , 'x,y' , (c, (d)), ;)")
    assert isinstance(table, ast.CreateVirtualTable)
    assert table.arguments == ("a  b", "'x,y'", "(c, (d))", ";")


def test_rewrite_shares_what_it_leaves() -> None:
    (statement,) = parse("select a, b + 1 from t where a > 2")

    def double(node: ast.Node) -> ast.Node:
        if isinstance(node, ast.Integer):
            return ast.Integer(node.start, node.end, str(node.value * 2), node.value * 2)
        return node

    changed = rewrite(statement, double)
    assert to_sql(changed) == "SELECT a, b + 2 FROM t WHERE a > 4"
    assert isinstance(statement, ast.Select) and isinstance(changed, ast.Select)
    assert isinstance(statement.body, ast.SelectCore) and isinstance(changed.body, ast.SelectCore)
    assert changed.body.columns[0] is statement.body.columns[0]
    assert rewrite(statement, lambda node: node) is statement


@pytest.mark.parametrize(
    ("prefix", "some", "none"),
    [
        ("", {"SELECT", "CREATE", "EXPLAIN"}, {"FROM", "a name"}),
        ("select * ", {"FROM", "WHERE", ",", ";"}, {"a name", "SELECT"}),
        ("select * from t ", {"JOIN", "WHERE", "a name", "AS"}, {"SET"}),
        ("create table t(a ", {"PRIMARY", "a name", ")"}, {"SELECT"}),
        ("insert ", {"INTO", "OR"}, {"VALUES"}),
        ("select 1; del", set(), {"SELECT"}),
        ("select 1 +* ", set(), {"SELECT"}),
    ],
)
def test_expected(prefix: str, some: set[str], none: set[str]) -> None:
    found = expected(prefix)
    assert some <= found and not none & found


@pytest.mark.parametrize(
    ("default", "shown"),
    [
        ("'x'", "'x'"),
        ("- 1.5", "- 1.5"),
        ("abc", "abc"),
        ("( 1+2 )", "1+2"),
        ("(( 1 ) )", "( 1 )"),
        ("(a) not null", "a"),
    ],
)
def test_default_text(default: str, shown: str) -> None:
    sql = f"create table t(x constraint n default {default})"
    (table,) = parse(sql)
    assert isinstance(table, ast.CreateTable)
    constraint = table.columns[0].constraints[0]
    assert isinstance(constraint, ast.ColumnDefault)
    assert default_text(sql, constraint) == shown
    connection = sqlite3.connect(":memory:")
    if "a" not in default:
        connection.execute(sql)
        assert connection.execute("pragma table_info(t)").fetchone()[4] == shown
