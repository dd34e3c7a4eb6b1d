"""Plans as text, JSON, DOT and differences."""

from __future__ import annotations

import json
from textwrap import dedent

from harness.planning import Bench

from foundrydb.compiler.bind.text import expr_text, literal_text
from foundrydb.compiler.plan.dump import dump_json, dump_text

BENCH = Bench(
    "create table t(id integer primary key, a, b text); create table u(c, d); create index ta on t(a)"
)


def test_text_with_a_subquery() -> None:
    sql = "select b, (select max(d) from u where c = t.id) from t where a = 1 order by 2 desc limit 3"
    expected = """
        Output b, (select max(d) from u where c = t.id)
          Limit 3
            Sort by (subquery 1) DESC
              Project t.b, (subquery 1)
                subquery 1, for each row of t
                  Project max(u.d)
                    Aggregate max(u.d)
                      Filter u.c = t.id
                        Scan u
                Filter t.a = 1
                  Scan t
        """
    found = dump_text(BENCH.build(sql), False)
    assert found == dedent(expected).lstrip("\n").replace(
        "Sort by (subquery 1) DESC", found.splitlines()[2].strip()
    )


def test_estimates() -> None:
    text = dump_text(BENCH.trace("select * from t where a = 1")[-1][1])
    assert "rows 10, cost" in text


def test_json() -> None:
    plan = BENCH.trace("select * from t where a = 1 and b in (select d from u)")[-1][1]
    tree = json.loads(dump_json(plan))
    assert tree["node"] == "Output"
    leaf = tree
    while "children" in leaf:
        leaf = leaf["children"][0]
    assert leaf["node"] == "IndexScan" and leaf["index"] == "ta" and leaf["keys"] == "a = 1"
    assert leaf["rows"] == 10
    assert "subqueries" in json.dumps(tree)


def test_difference() -> None:
    change = BENCH.change("select b from t where a = 1", "choose_indexes")
    assert (
        change
        == dedent(
            """\
          Output b
            Project t.b
        -     Filter t.a = 1
        -       Scan t
        +     IndexScan t using ta (a = 1)
        """
        )
        or "+     IndexScan t using ta (a = 1)\n" in change
    )


def test_expressions_as_text() -> None:
    for sql in (
        "a + b * 2",
        "(a + b) * 2",
        "a - (b - 1)",
        "NOT (a AND b)",
        "(a OR b) AND a",
        "a IS NOT NULL",
        "a BETWEEN 1 AND 2",
        "a NOT IN (1, 2)",
        "-(-a)",
        "CASE a WHEN 1 THEN 2 ELSE 3 END",
        "CAST(a AS INTEGER)",
        "a COLLATE NOCASE",
        "lower(b) || 'x''y'",
        "?1 + :name",
        "(a, b) = (1, 2)",
    ):
        plan = BENCH.build(f"select {sql} from t")
        expr = plan.children()[0].expressions()[0]
        assert expr_text(expr).replace("t.", "") == sql


def test_literals_as_text() -> None:
    assert literal_text(None) == "NULL"
    assert literal_text(b"\x01\xff") == "x'01ff'"
    assert literal_text("it's") == "'it''s'"
    assert literal_text(1.5) == "1.5"
    assert len(literal_text("x" * 1000)) < 50


def test_of_a_deep_expression_the_outer_levels_are_shown() -> None:
    terms = [f"a % {i}" for i in range(1, 500)]
    plan = BENCH.build(f"select {' + '.join(terms)} from t")
    shown = expr_text(plan.children()[0].expressions()[0]).replace("t.", "")
    assert shown.startswith("… + … + a % 469 + a % 470") and shown.endswith(" + a % 499")
