"""Statements and expressions built piece by piece; fields replaced; the way up a tree."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import foundrydb
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.toolkit.building import (
    DeleteBuilder,
    InsertBuilder,
    SelectBuilder,
    UpdateBuilder,
    call,
    case,
    column,
    delete_from,
    exists,
    expression,
    insert_into,
    parameter,
    select,
    update,
    value,
)
from foundrydb.toolkit.parents import Parents

# -- statements


def flat(text: str) -> str:
    return " ".join(text.split())


def test_select() -> None:
    query = (
        select("name", column("town"), call("count").as_("n"))
        .from_("customer AS c")
        .left_join('"order" AS o', on="o.customer_id = c.id")
        .where(column("town", "c") == "Zut'phen", (column("a") > 1) | (column("b") < 2.5))
        .where("x IS NOT NULL")
        .group_by("name")
        .having(call("count") > 3)
        .order_by(column("n").desc("LAST"), "name COLLATE nocase")
        .limit(5, offset=parameter("skip"))
    )
    assert flat(query.sql()) == (
        'SELECT name, town, count(*) AS n FROM customer AS c LEFT JOIN "order" AS o ON o.customer_id = c.id'
        " WHERE c.town = 'Zut''phen' AND (a > 1 OR b < 2.5) AND x IS NOT NULL GROUP BY name HAVING count(*) > 3"
        " ORDER BY n DESC NULLS LAST, name COLLATE nocase LIMIT 5 OFFSET :skip"
    )
    assert query.node == foundrydb.parse(query.sql())[0]
    assert str(query) == query.sql()


BUILT: list[tuple[SelectBuilder | InsertBuilder | UpdateBuilder | DeleteBuilder, str]] = [
    (select().from_("t").distinct(), "SELECT DISTINCT * FROM t"),
    (select().from_("t").from_("u"), "SELECT * FROM t, u"),
    (select("a").from_("t").join("u", using=("a", "b")), "SELECT a FROM t JOIN u USING (a, b)"),
    (select().from_(select("1 AS a"), "s"), "SELECT * FROM (SELECT 1 AS a) AS s"),
    (select("a").columns("b + 1 AS c", "t.*").from_("t"), "SELECT a, b + 1 AS c, t.* FROM t"),
    (select().from_("t JOIN u", "x"), "SELECT * FROM (t JOIN u) AS x"),
    (
        select("a").union(select("b"), "UNION ALL").union(select("c")).order_by("1").limit(3),
        "SELECT a UNION ALL SELECT b UNION SELECT c ORDER BY 1 LIMIT 3",
    ),
    (
        select("x").from_("r").with_("r", select("1").union(select("x + 1").from_("r")), "x", recursive=True),
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION SELECT x + 1 FROM r) SELECT x FROM r",
    ),
    (
        select().from_("t").where(exists(select("1")), column("id").in_(select("id").from_("u"))),
        "SELECT * FROM t WHERE EXISTS (SELECT 1) AND id IN (SELECT id FROM u)",
    ),
    (select(select("max(a)").from_("t").term()), "SELECT (SELECT max(a) FROM t)"),
    (
        insert_into("t", "a", "select", conflict="replace").values(1, -5).values(None, 1e400).returning("*"),
        'INSERT OR REPLACE INTO t (a, "select") VALUES (1, -5), (NULL, 9e999) RETURNING *',
    ),
    (insert_into("t", schema="main").select(select("a").from_("u")), "INSERT INTO main.t SELECT a FROM u"),
    (
        update("t", "x").set(a=column("a") + 1).set({"odd name": "x"}).from_("u").where("u.id = x.id"),
        "UPDATE t AS x SET a = a + 1, \"odd name\" = 'x' FROM u WHERE u.id = x.id",
    ),
    (
        delete_from("t").where(column("a").between(1, 2) & column("b").is_null()).returning("a"),
        "DELETE FROM t WHERE a BETWEEN 1 AND 2 AND b IS NULL RETURNING a",
    ),
]


@pytest.mark.parametrize("number", range(len(BUILT)))
def test_statements(number: int) -> None:
    builder, text = BUILT[number]
    assert flat(builder.sql()) == text
    assert builder.node == foundrydb.parse(text)[0]


def test_expressions() -> None:
    a, b = column("a"), column("b")
    for term, text in [
        (2 * (a - 1) / 3, "2 * (a - 1) / 3"),
        (10 - a - (1 - b), "10 - a - (1 - b)"),
        (a % 2 == 0, "a % 2 = 0"),
        (-a + 1, "-a + 1"),
        (~(a == 1) & ((b != None) | (a == None)), "NOT a = 1 AND (b IS NOT NULL OR a IS NULL)"),  # noqa: E711
        (a.in_([1, None, b"x"]), "a IN (1, NULL, x'78')"),
        (a.like("x%", escape="!").is_(None), "a LIKE 'x%' ESCAPE '!' IS NULL"),
        (a.glob("x*"), "a GLOB 'x*'"),
        (a.concat(b).collate("nocase"), "(a || b) COLLATE nocase"),
        (a.cast("VARCHAR(10)"), "CAST(a AS VARCHAR(10))"),
        (case((a == 1, "one"), otherwise="many"), "CASE WHEN a = 1 THEN 'one' ELSE 'many' END"),
        (call("sum", a, distinct=True) >= 1, "sum(DISTINCT a) >= 1"),
        (column("a.b", "group"), '"group"."a.b"'),
        (expression("x + 1") * 2, "(x + 1) * 2"),
        (parameter() <= parameter("n"), "? <= :n"),
        (value(-(2**63)), "0x8000000000000000"),
    ]:
        assert term.sql() == text
        assert foundrydb.parse(f"SELECT {term.sql()}")


def test_parameters_are_numbered_by_their_place() -> None:
    found = [
        node
        for node in walk(select(parameter(), parameter("x"), parameter()).node)
        if isinstance(node, ast.Parameter)
    ]
    assert [node.number for node in found] == [1, 2, 3]


@given(
    st.one_of(
        st.none(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        st.binary(),
    )
)
def test_a_value_comes_back(given_value: object) -> None:
    (found,) = foundrydb.connect(":memory:").execute(select(value(given_value)).sql()).fetchone()  # type: ignore[arg-type]
    assert found == given_value and type(found) is type(given_value)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_a_name_stays_a_name(name: str) -> None:
    (core,) = [node for node in walk(select(column(name)).node) if isinstance(node, ast.Column)]
    assert core.column.text == name


def test_values_of_odd_types() -> None:
    assert value(True).sql() == "1"
    assert value(math.nan).sql() == "NULL"
    assert value(-0.0).sql() == "-0.0"


MISTAKES: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: select("a from t"), foundrydb.OperationalError, "more than one clause"),
    (lambda: select().from_("t where 1"), foundrydb.OperationalError, "more than one clause"),
    (lambda: select().from_("t; drop table t"), foundrydb.OperationalError, "more than one clause"),
    (lambda: select("1").order_by("a limit 3"), foundrydb.OperationalError, "more than one clause"),
    (lambda: select().where("a >"), foundrydb.OperationalError, "incomplete input"),
    (lambda: select("a,"), foundrydb.OperationalError, "incomplete input"),
    (lambda: update("t").sql(), ValueError, r"set\(\) is missing"),
    (lambda: bool(column("a") == 1), TypeError, "combine conditions with & and |"),
    (lambda: select().join("t"), ValueError, "after from_"),
    (lambda: select().from_("t").join("u", kind="SIDEWAYS"), ValueError, "no kind of join: SIDEWAYS"),
    (lambda: value(2**63), ValueError, "no integer of 64 bits"),
    (lambda: value("a\0"), ValueError, "NUL"),
    (lambda: value([1]), TypeError, "not list"),  # type: ignore[arg-type]
    (lambda: column("a").in_("abc"), TypeError, "several values are wanted"),
    (lambda: select("1").union(select("1").limit(1)), ValueError, "said of the whole compound"),
    (lambda: select("1").union(select("1"), "MINUS"), ValueError, "no operator of a compound"),
    (lambda: select("1").union(select("1")).where("a"), ValueError, "a compound has ORDER BY and LIMIT"),
    (lambda: case(), TypeError, "at least one pair"),
    (lambda: insert_into("t").select(select("1")).values(1), ValueError, "from a query already"),
]


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_mistakes(number: int) -> None:
    wrong, kind, message = MISTAKES[number]
    with pytest.raises(kind, match=message):
        wrong()


def test_a_mistake_in_a_piece_has_its_place_there() -> None:
    with pytest.raises(foundrydb.OperationalError) as caught:
        select("a, b c d")
    assert caught.value.sql == "a, b c d"
    assert caught.value.offset == 7


# -- fields replaced, copies


def test_fields_are_replaced_by_name() -> None:
    (query,) = foundrydb.parse("select a from t where b limit 3")
    assert isinstance(query, ast.Select)
    other = query.replace(limit=None)
    assert foundrydb.to_sql(other) == "SELECT a FROM t WHERE b"
    assert (other.start, other.end) == (query.start, query.end)
    assert query.replace() == query
    assert isinstance(query.body, ast.SelectCore)
    body = query.body.replace(group_by=[ast.Integer(0, 0, "1", 1)], distinct=True)
    assert (
        foundrydb.to_sql(query.replace(body=body, limit=None))
        == "SELECT DISTINCT a FROM t WHERE b GROUP BY 1"
    )
    with pytest.raises(TypeError, match="Select has no field wher: with_, body, order_by, limit, offset"):
        query.replace(wher=None)
    assert copy.deepcopy(query) == query and copy.deepcopy(query) is not query
    assert copy.copy(query) == query


# -- parents

TEXT = "select a + 1, (select max(b) from u where u.id = t.id) from t where c in (1, 2)"


def test_the_way_up() -> None:
    (query,) = foundrydb.parse(TEXT)
    parents = Parents(query)
    assert parents.of(query) is None
    for node in walk(query):
        for child in node.children():
            assert parents.of(child) is node
            name, place = parents.field(child)
            held = getattr(node, name)
            assert (held if place < 0 else held[place]) is child
    inner = next(node for node in walk(query) if isinstance(node, ast.Call))
    above = [type(node).__name__ for node in parents.ancestors(inner)]
    assert above == [
        "ResultExpression",
        "SelectCore",
        "Select",
        "Subquery",
        "ResultExpression",
        "SelectCore",
        "Select",
    ]


def test_what_stands_at_a_place() -> None:
    (query,) = foundrydb.parse(TEXT)
    parents = Parents(query)
    found = parents.at(TEXT.index("max"))
    assert isinstance(found, ast.Name) and found.text == "max"
    assert parents.at(len(TEXT)) is None
    one = parents.at(TEXT.index("(1") + 1)
    assert isinstance(one, ast.Integer) and one.value == 1


def test_one_node_is_replaced_where_it_stands() -> None:
    (query,) = foundrydb.parse("select a, a from t where a = 1")
    parents = Parents(query)
    second = [node for node in walk(query) if isinstance(node, ast.Column)][1]
    assert foundrydb.to_sql(parents.replaced(second, column("b").node)) == "SELECT a, b FROM t WHERE a = 1"
    with pytest.raises(LookupError, match="that Integer is not in the tree"):
        parents.of(ast.Integer(0, 0, "1", 1))
    with pytest.raises(LookupError, match="the root stands in no field"):
        parents.field(query)


def test_parents_of_a_deep_tree() -> None:
    (query,) = foundrydb.parse("select " + "+".join(["1"] * 900))
    parents = Parents(query)
    assert len(parents.ancestors(walk(query)[-1])) >= 2
