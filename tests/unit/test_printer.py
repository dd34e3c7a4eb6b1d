"""The printer: every construct reads back as the same tree, and long statements break where a person would."""

from __future__ import annotations

import random

import pytest
from conformance.formatting import commented, parses
from conformance.grammar_corpus import constructs

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node, rewrite, walk
from foundrydb.compiler.syntax.parser import parse
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.compiler.syntax.trivia import comments

STATEMENTS = constructs()


@pytest.mark.parametrize("sql", STATEMENTS)
def test_printed_statements_read_back(sql: str) -> None:
    (statement,) = parse(sql)
    printed = to_sql(statement)
    assert parse(printed) == [statement], printed
    assert to_sql(parse(printed)[0]) == printed


def test_every_node_class_is_printed_here() -> None:
    classes = {c for c in vars(ast).values() if isinstance(c, type) and issubclass(c, ast.Node)}
    concrete = {c.__name__ for c in classes if not c.__subclasses__() and c is not ast.Node}
    seen = {n.__class__.__name__ for sql in STATEMENTS for s in parse(sql) for n in walk(s)}
    assert concrete - seen == set()


def test_long_statements_break_at_their_clauses() -> None:
    (statement,) = parse(
        "select c.name, count(*) as orders, sum(i.price * i.quantity) as total from customers c"
        " left join orders o on o.customer = c.id where c.country in ('NO','SE') and o.day >= '2024-01-01'"
        " group by c.name order by total desc"
    )
    assert to_sql(statement) == (
        "SELECT c.name, count(*) AS orders, sum(i.price * i.quantity) AS total\n"
        "FROM customers AS c LEFT JOIN orders AS o ON o.customer = c.id\n"
        "WHERE c.country IN ('NO', 'SE') AND o.day >= '2024-01-01'\n"
        "GROUP BY c.name\n"
        "ORDER BY total DESC"
    )


def test_made_names_are_quoted_where_they_must_be() -> None:
    for text in ("select", "a b", "", "1a", 'x"y', "from"):
        made = ast.Column(0, 0, None, None, ast.Name(0, 0, text, ""))
        (statement,) = parse("select " + to_sql(made))
        assert isinstance(statement, ast.Select) and isinstance(statement.body, ast.SelectCore)
        column = statement.body.columns[0]
        assert isinstance(column, ast.ResultExpression) and isinstance(column.expression, ast.Column)
        assert column.expression.column.text == text


def test_parameters_of_limit_keep_their_order() -> None:
    (statement,) = parse("SELECT a LIMIT ?, 1 + ?")
    assert to_sql(statement) == "SELECT a LIMIT ?, 1 + ?"
    assert parse(to_sql(statement)) == [statement]
    assert to_sql(parse("SELECT a LIMIT 2, 1")[0]) == "SELECT a LIMIT 1 OFFSET 2"


@pytest.mark.parametrize("sql", STATEMENTS)
def test_comments_are_printed_with_their_text(sql: str) -> None:
    for seed in range(3):
        text = commented(sql, random.Random(seed))
        if parses(text):
            (statement,) = parse(text)
            printed = to_sql(statement, text)
            assert parse(printed) == [statement], printed
            assert sorted(each.text for each in comments(printed)) == sorted(
                each.text for each in comments(text)
            )


def test_comments_stay_where_they_were() -> None:
    text = "select a, -- first\n b /* x */ + 1 -- second\n, c from t\n-- own\nwhere a = 1 /* in */ and b = 2 -- end\n"
    (statement,) = parse(text)
    assert to_sql(statement, text) == (
        "SELECT a, -- first\n  b /* x */ + 1, -- second\n  c\nFROM t\n-- own\nWHERE a = 1 /* in */ AND b = 2 -- end"
    )


def test_a_rewriting_keeps_comments() -> None:
    text = "select a /* the a */, b from t -- all of it"

    def renamed(node: Node) -> Node:
        if isinstance(node, ast.Name) and node.text == "a":
            return ast.Name(node.start, node.end, "z", "")
        return node

    (statement,) = parse(text)
    assert to_sql(rewrite(statement, renamed), text) == "SELECT z /* the a */, b FROM t -- all of it"
