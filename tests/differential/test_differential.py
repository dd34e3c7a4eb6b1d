"""A share of the differential oracle: fixed seeds, FoundryDB against the newest SQLite.

``python -m differential`` in ``tests/`` runs as many statements as wanted and reduces what it finds.
"""

from __future__ import annotations

import pytest

from differential.accidents import ACCIDENTS, ENDINGS, Case, LifeSoFar, accident_of
from differential.compare import compare, same_rows
from differential.engines import Apsw, Failure, Foundry, Outcome, Refusal, Rows
from differential.features import FEATURES
from differential.runner import Found, Runner, reduced
from differential.sql import text
from differential.statement import Statement


@pytest.mark.parametrize(
    ("engine", "life"),
    [*(("foundrydb", life) for life in range(6)), *(("foundrydb-lifting", life) for life in range(6, 12))],
)
def test_engine_answers_as_the_reference(engine: str, life: int) -> None:
    runner = Runner(engine, "apsw")
    statements = runner.generate(f"ci:{life}", 50)
    found = runner.life(statements, runner.tally)
    assert found is None, _case(runner, statements, found)
    assert runner.tally.statements > 0


@pytest.mark.parametrize("life", range(4))
def test_changes_of_the_schema(life: int) -> None:
    runner = Runner("foundrydb", "apsw")
    statements = runner.generate(f"schema:{life}", 45, schema=45)
    found = runner.life(statements, runner.tally)
    assert found is None, _case(runner, statements, found)


@pytest.mark.parametrize("life", range(8))
def test_observers_are_told_what_triggers_see(life: int) -> None:
    runner = Runner("foundrydb-triggered", "apsw-triggered")
    statements = runner.generate(f"observed:{life}", 120, schema=0)
    statements = [statement for statement in statements if statement.kind != "query"]
    found = runner.life(statements, runner.tally)
    assert found is None, _case(runner, statements, found)


@pytest.mark.parametrize("life", range(8))
def test_triggers(life: int) -> None:
    runner = Runner("foundrydb", "apsw", {"life.triggers": 4.0})
    statements = runner.generate(f"triggers:{life}", 60)
    found = runner.life(statements, runner.tally)
    assert found is None, _case(runner, statements, found)


@pytest.mark.parametrize("life", range(6))
def test_databases_beside_main(life: int) -> None:
    runner = Runner("foundrydb-attached", "apsw-attached")
    statements = runner.generate(f"attached:{life}", 60, schema=30)
    found = runner.life(statements, runner.tally)
    assert found is None, _case(runner, statements, found)


def _case(runner: Runner, statements: list[Statement], found: Found) -> str:
    kind = found.difference.kind
    small = reduced(statements[: found.position + 1], runner.life, kind, 30)
    script = ";\n".join(str(statement.sql) for statement in small)
    return f"{kind}\n{script};\n{found.difference.got}\n---\n{found.difference.wanted}"


@pytest.mark.parametrize("life", range(4))
def test_generator_leaves_nothing_to_the_order_of_rows(life: int) -> None:
    runner = Runner("apsw-reversed", "apsw")
    statements = runner.generate(f"reversed:{life}", 60)
    assert runner.life(statements) is None


def test_generator_repeats_itself() -> None:
    one, other = (Runner("apsw", "apsw").generate("again", 40) for _ in range(2))
    assert [str(statement.sql) for statement in one] == [str(statement.sql) for statement in other]


def test_features_have_one_entry_each() -> None:
    names = [feature.name for feature in FEATURES]
    assert len(names) == len(set(names))


def test_comparison_tells_types_apart() -> None:
    assert same_rows([(1, "a"), (None, b"x")], [(None, b"x"), (1, "a")])
    assert not same_rows([(1,)], [(1.0,)])
    assert same_rows([(1,)], [(1.0,)], loose=True)
    assert same_rows([(0.1 + 0.2,)], [(0.3,)])
    assert not same_rows([(1,)], [(1,), (1,)])


def test_comparison_of_errors_and_refusals() -> None:
    statement = Statement(text("SELECT 1"), "query")
    rows = Rows(("1",), [(1,)], 0)
    assert compare(statement, rows, rows) is None
    assert compare(statement, Refusal("not supported yet: x"), rows) is None
    assert compare(statement, Failure(1, "no such column: a"), rows) is not None
    assert compare(statement, Failure(1, "no such column: a"), Failure(1, "no such column: b")) is not None
    drawn, counted = Failure(1, "no such column: a:3978022138"), Failure(1, "no such column: a:15")
    assert compare(statement, counted, drawn) is None
    assert (
        compare(statement, Failure(1, "no such column: a:1"), Failure(1, "no such column: a:2")) is not None
    )


def test_of_two_missing_tables_that_of_a_view_is_told_by_either() -> None:
    in_view, named = Failure(1, "no such table: main.t1"), Failure(1, "no such table: t9")
    assert _accident("SELECT 1 FROM v1, t9", in_view, named) == "a table missing in a view and beside it"
    assert _accident("SELECT 1 FROM v1, t9", named, in_view) == ""
    assert _accident("SELECT 1 FROM v1, t9", in_view, Failure(1, "no such table: t8")) == ""


def test_a_product_that_does_not_end_is_told_apart_from_a_bad_plan() -> None:
    interrupted, none = Failure(9, "interrupted"), Rows((), [], 0)
    tables = ", ".join(f"t AS a{number}" for number in range(10))
    name = "a product without an empty table early on"
    assert _accident(f"SELECT count(*) FROM {tables} WHERE a0.a < a9.b", interrupted, none) == name
    assert _accident(f"SELECT count(*) FROM {tables} WHERE a0.a < a9.b", none, none) == ""
    assert _accident("SELECT count(*) FROM t AS a0, t AS a1", interrupted, none) == ""


def test_a_plan_is_looked_at_after_its_statement_took_too_long() -> None:
    engine = Foundry(":memory:")
    engine.execute("CREATE TABLE t(a)")
    engine._deadline = 0.0
    assert engine.widest_join(" UNION ALL ".join(["SELECT count(*) FROM t AS a, t AS b"] * 60)) > 1
    engine.close()


def _accident(sql: str, got: Outcome, wanted: Outcome) -> str:
    """The name of what a query's answers are, "" for a difference."""
    engine, reference = Foundry(":memory:"), Apsw(":memory:")
    engine.execute("CREATE TABLE t(a, b)")
    case = Case(Statement(text(sql), "query"), got, wanted, LifeSoFar(), engine, reference)
    found = accident_of(case, True)
    engine.close()
    reference.close()
    return "" if found is None else found.name


def test_accidents_have_a_name_each() -> None:
    names = [accident.name for accident in (*ACCIDENTS, *ENDINGS)]
    assert len(names) == len(set(names))


def test_order_by_is_checked_by_its_keys() -> None:
    statement = Statement(text("SELECT a, b FROM t ORDER BY 1"), "query", order=(0,))
    wanted = Rows(("a", "b"), [(1, 1), (1, 2), (2, 3)], 0)
    assert compare(statement, Rows(("a", "b"), [(1, 2), (1, 1), (2, 3)], 0), wanted) is None
    assert compare(statement, Rows(("a", "b"), [(2, 3), (1, 1), (1, 2)], 0), wanted) is not None


def test_reducer_keeps_what_shows_the_difference() -> None:
    runner = Runner("apsw", "apsw")
    statements = runner.generate("reduce", 30)
    wanted = next(position for position, one in enumerate(statements) if "SELECT" in str(one.sql))

    def check(trial: list[Statement]) -> Found | None:
        shows = any("SELECT" in str(one.sql) for one in trial)
        difference = compare(statements[wanted], Failure(1, "x"), Rows((), [], 0))
        assert difference is not None
        return Found(difference, 0) if shows else None

    kind = compare(statements[wanted], Failure(1, "x"), Rows((), [], 0))
    assert kind is not None
    small = reduced(statements, check, kind.kind, 60)
    assert len(small) == 1
    assert len(str(small[0].sql)) <= len(str(statements[wanted].sql))
