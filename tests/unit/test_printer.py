"""The printer: every construct reads back as the same tree, and long statements break where a person would."""

from __future__ import annotations

import pytest
from conformance.grammar_corpus import constructs

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.parser import parse
from foundrydb.compiler.syntax.printing.printer import to_sql

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
