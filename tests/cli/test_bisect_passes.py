"""``fdb bisect-passes``, and what stands behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import foundrydb
from foundrydb.errors import ProgrammingError
from foundrydb.toolkit.pass_bisection import (
    NAMES,
    OPEN,
    OTHER_ORDER,
    OTHER_ROWS,
    SAME,
    TIED,
    WRONG,
    WRONG_ORDER,
    PassBisection,
    compared,
    first_with,
    passes_left_out,
)

Run = Callable[..., "CompletedProcess[str]"]

SCHEMA = "create table t(a, b); create index t_a on t(a); insert into t values (1, 2), (2, 1), (1, 0); "
QUERY = "select b from t where a = 1 order by b limit 2"


def test_effects(fdb: Run) -> None:
    done = fdb("bisect-passes", SCHEMA + QUERY)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("-- the plan that all passes make\nOutput b ")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert next(line for line in lines if line[:1] == ["choose_indexes"])[:2] == ["choose_indexes", "another"]
    assert "\n-- without choose_indexes\n" in done.stdout
    assert any(line.startswith("+") and "Scan t " in line for line in done.stdout.splitlines())


def test_effects_as_json(fdb: Run) -> None:
    found = json.loads(fdb("bisect-passes", "--format", "json", SCHEMA + QUERY).stdout)
    assert found["plan"]["node"] == "Output"
    by_name = {item["left_out"]: item for item in found["passes"]}
    assert by_name["choose_indexes"]["same_plan"] is False
    assert {item["answer"] for item in found["passes"]} == {"the same"}


def test_the_first_pass_that_brings_something(fdb: Run) -> None:
    done = fdb("bisect-passes", "--plan", "using T_A", SCHEMA + QUERY)
    assert done.returncode == 0
    assert done.stdout.startswith("choose_indexes brings 'using T_A' into the plan\n")
    assert fdb("bisect-passes", "--plan", "nothing like it", SCHEMA + QUERY).returncode == 1
    built = fdb("bisect-passes", "--plan", "Project", SCHEMA + QUERY)
    assert built.stdout.startswith("the plan as it is built has 'Project' already\n")


def test_expected_answers(fdb: Run) -> None:
    assert fdb("bisect-passes", "--expect", "[[0],[2]]", SCHEMA + QUERY).stdout == (
        "the answer is as expected (2 rows), whichever passes there are\n"
    )
    other = fdb("bisect-passes", "--expect", "[[2],[0]]", SCHEMA + QUERY)
    assert (other.returncode, other.stdout) == (
        1,
        "the answer is another one without any pass (2 rows, not 2): no pass makes it\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--expect", "[1", "select 1"], "--expect is not JSON"),
        (["--expect", "{}", "select 1"], "--expect is an array of rows"),
        (["--expect", "[[[1]]]", "select 1"], "--expect holds numbers, strings and null"),
        (["--plan", "x", "--no-answers", "select 1"], "--plan stands alone"),
        (["select * form t"], 'near "form": syntax error'),
        (["pragma user_version"], "the statement has no plan"),
        (["--db", "none.db", "select 1"], 'there is no file "none.db"'),
        ([""], "there is no statement"),
        (
            ["--expect", "[]", "create table t(a); delete from t"],
            "answers are compared of statements that only read",
        ),
    ],
)
def test_mistakes(fdb: Run, arguments: list[str], message: str) -> None:
    done = fdb("bisect-passes", *arguments)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_writes_or_wavers_is_not_compared(fdb: Run, sample: Path) -> None:
    done = fdb("bisect-passes", "create table t(a); delete from t where a = 1")
    assert "answers are not compared: the statement writes" in done.stderr
    assert "answer" not in done.stdout
    done = fdb("bisect-passes", "--db", sample, "select random() from bell where id = 3")
    assert "answers otherwise each time" in done.stderr
    done = fdb("bisect-passes", "--db", sample, "select id from bell where note = ?")
    assert "parameters have no values" in done.stderr
    assert done.returncode == 0 and "without choose_indexes" in done.stdout


def test_bisection_by_fake_outcomes() -> None:
    names = ("a", "b", "c")
    assert first_with(names, lambda without: "b" not in without) == "b"
    assert first_with(names, lambda without: True) == ""
    assert first_with(names, lambda without: False) is None


def test_answers_are_compared_by_value_and_type() -> None:
    assert compared([(1,), (2,)], [(1,), (2,)]) == SAME
    assert compared([(1,), (2,)], [(2,), (1,)]) == OTHER_ORDER
    assert compared([(1,)], [(1.0,)]) == OTHER_ROWS
    assert compared([(1,), (1,)], [(1,)]) == OTHER_ROWS
    assert compared([(None,), (b"x",), ("x",)], [("x",), (None,), (b"x",)]) == OTHER_ORDER


def test_passes_come_back() -> None:
    con = foundrydb.connect(":memory:")
    con.executescript(SCHEMA)
    with (
        pytest.raises(ProgrammingError, match="no such pass: choose_index"),
        passes_left_out(con, frozenset(["choose_index"])),
    ):
        pass
    bisection = PassBisection(con, QUERY)
    before = str(foundrydb.compile(QUERY, con))
    assert set(bisection.trace) <= set(NAMES)
    bisection.effects(answers=True)
    assert str(foundrydb.compile(QUERY, con)) == before
    assert con.execute(QUERY).fetchall() == [(0,), (2,)]


TIES = """
create table t(a, b, c); create index t_a on t(a); create index t_cb on t(c, b);
insert into t values (1, 2, 'x'), (2, 1, 'X'), (1, 0, 'x'), (3, 2, 'y'), (1, 1, 'X');
"""


@pytest.mark.parametrize(
    "query",
    [
        "select b from t order by a limit 2",
        "select b from t order by a",
        "select a from t where c = 'x' limit 1",
        "select b, c from t order by c collate nocase limit 3",
        "select c as k, b from t order by k limit 1",
        "select * from t order by 1 limit 2 offset 1",
        "select distinct c, a from t order by a limit 2",
        "select a from t union all select c from t order by 1 desc limit 1",
        "select t.b + u.b from t join t as u using (a) order by t.a limit 2",
        "select a, count(*) as n from t group by a order by n limit 1",
        "select max(b) from t group by a order by count(*) + 0 limit 1",
        "with w as (select * from t) select b from w order by a % 2 limit 2",
    ],
)
def test_ties_are_no_fault(query: str) -> None:
    """Every answer that SQL allows is right, and no other."""
    con = foundrydb.connect(":memory:")
    con.executescript(TIES)
    bisection = PassBisection(con, query)
    assert not any(each.answer in WRONG for each in bisection.effects(answers=True))
    answer = bisection.answer(frozenset())
    wrong = [*answer[:-1], tuple([None for _ in answer[-1]])]
    assert bisection.likeness(wrong, answer) == OTHER_ROWS
    assert bisection.likeness(answer[:-1], answer) == OTHER_ROWS


def test_which_answers_a_tie_allows() -> None:
    con = foundrydb.connect(":memory:")
    con.executescript(TIES)
    bisection = PassBisection(con, "select b from t order by a limit 4")
    assert bisection.likeness([(0,), (1,), (2,), (1,)], [(2,), (0,), (1,), (1,)]) == OTHER_ORDER
    assert bisection.likeness([(1,), (0,), (1,), (2,)], [(2,), (0,), (1,), (1,)]) == WRONG_ORDER
    assert PassBisection(con, "select b from t order by a limit 1").likeness([(0,)], [(2,)]) == TIED
    assert PassBisection(con, "select group_concat(b) from t").likeness([("0,1",)], [("1,0",)]) == OPEN
    assert PassBisection(con, "select b, count(*) from t group by a").likeness([(1, 3)], [(2, 3)]) == OPEN
    assert PassBisection(con, "select sum(b) from t").likeness([(1,)], [(2,)]) == OTHER_ROWS


def test_expected_rows_of_a_tie(fdb: Run) -> None:
    done = fdb("bisect-passes", "--expect", "[[2]]", TIES + "select b from t order by a limit 1")
    assert (done.returncode, done.stdout) == (
        0,
        "the answer is as expected (1 row), whichever passes there are\n",
    )
    done = fdb("bisect-passes", "--expect", "[[5]]", TIES + "select b from t order by a limit 1")
    assert done.returncode == 1
