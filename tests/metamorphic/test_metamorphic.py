"""A share of the metamorphic oracle: fixed seeds, FoundryDB alone.

``python -m metamorphic`` in ``tests/`` asks as many pairs as wanted and reduces what does not fit.
"""

from __future__ import annotations

import pytest
from differential.engines import Row
from differential.sql import expression, items, text

from metamorphic import runner
from metamorphic.passes import ALL, PASS_NAMES, PassPairs
from metamorphic.relations import RELATIONS, Case, case_of
from metamorphic.runner import Failed, Pairs


@pytest.mark.parametrize("database", range(1, 5))
def test_answers_follow_from_one_another(database: int) -> None:
    pairs = Pairs("foundrydb")
    failed = pairs.run(f"ci:{database}", 25)
    if failed is not None:
        _fail(pairs.reduce(failed, 30))
    assert sum(pairs.asked.values()) >= 5


def _fail(failed: Failed) -> None:
    script = ";\n".join(str(statement.sql) for statement in failed.statements)
    difference = failed.difference
    pytest.fail(f"{difference.kind}\n{script}\n{difference.got}\n---\n{difference.wanted}")


@pytest.mark.parametrize("database", range(3))
def test_rows_do_not_depend_on_passes(database: int) -> None:
    pairs = PassPairs()
    failed = pairs.run(f"ci:{database}", 10 * (len(PASS_NAMES) + 1))
    if failed is not None:
        _fail(pairs.reduce(failed, 30))
    assert set(pairs.asked) == {*PASS_NAMES, ALL}


def test_relations_hold_for_sqlite() -> None:
    pairs = Pairs("apsw")
    assert pairs.run("sqlite", 200) is None
    assert set(pairs.asked) == set(runner.ALL)


def test_relations_see_a_wrong_answer() -> None:
    case = Case(items([expression("a")]), text(" FROM t"), expression("a > 1"))
    assert case_of(case.sql()) == case
    rows: dict[str, list[Row]] = {"SELECT a FROM t": [(1,), (2,)], "SELECT a FROM t WHERE (a > 1)": [(2,)]}
    difference = RELATIONS["tlp_where"].check(lambda sql: rows.get(sql, []), case)
    assert difference is not None
    assert difference.kind == "tlp_where"
