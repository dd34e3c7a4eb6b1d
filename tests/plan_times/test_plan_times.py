"""A small share of what ``python -m plan_times`` asks.  Answers are compared; times are not: machines drift."""

from __future__ import annotations

from plan_times.measuring import Measured, difference, measure
from plan_times.schemas import SCHEMAS
from plan_times.shapes import SHAPES
from plan_times.writer import Query


def test_the_answers_are_alike() -> None:
    found = list(measure(160, 3, 0.02, newest=True))
    assert [item.text() for item in found if item.wrong] == []
    assert len(found) == 320


def test_every_shape_is_written() -> None:
    asked = {item.query.shape for item in measure(300, 1, 0.01, newest=True)}
    assert asked == set(SHAPES)


def test_every_plan_is_shown() -> None:
    item = next(iter(measure(1, 1, 0.01, newest=False, schemas=SCHEMAS[:1])))
    ours, theirs = item.plans
    assert ours and theirs
    assert item.query.sql in item.text()


def test_what_is_slow() -> None:
    item = Measured(Query("point", "SELECT 1"), "shop", False)
    item.ours, item.theirs = 0.010, 0.004
    assert item.is_slow(2.0, 0.001)
    assert not item.is_slow(3.0, 0.001)
    assert not item.is_slow(2.0, 0.007)


def test_how_answers_differ() -> None:
    assert difference([(1, "a"), (2, None)], [(2, None), (1, "a")], False) == ""
    assert difference([(0.1 + 0.2,)], [(0.3,)], False) == ""
    assert difference([(1,)], [(1.0,)], False) == "(1,), not (1.0,)"
    assert difference([(1,)], [(2,)], True) == ""
    assert difference([], [(2,)], True) == "0 rows, not 1"
