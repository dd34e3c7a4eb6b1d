"""A share of the fuzzer: fixed seeds.

``python -m fuzz`` in ``tests/`` runs as many statements as wanted and reduces what it finds.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from differential.sql import text

import foundrydb
from fuzz.against import Pair
from fuzz.derivation import RULES, Derivation
from fuzz.schema import SCHEMA
from fuzz.session import session
from fuzz.step import Step
from fuzz.tables import ROLES, WEIGHTS
from fuzz.trial import Trial, reduced, run


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Statements that attach files make them where they run."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("number", range(8))
def test_rows_or_an_error_of_the_engine(number: int) -> None:
    steps = session(f"ci:{number}", 80)
    found = run(steps)
    if found is not None:
        script = ";\n".join(f"{step.sql} -- {step.way}" for step in reduced(steps, found, 30))
        pytest.fail(f"{found.kind}\n{script}\n{found.detail}")


def test_sessions_repeat_themselves() -> None:
    one, other = (session("again:3", 40) for _ in range(2))
    assert [(str(step.sql), step.way, step.values) for step in one] == [
        (str(step.sql), step.way, step.values) for step in other
    ]


def test_weights_are_of_alternatives_that_exist() -> None:
    known = {
        (rule, name)
        for rule, alternatives in RULES.items()
        for each in alternatives
        for name in (each.action, each.symbols[0] if each.symbols else "-")
    }
    assert {key for key in WEIGHTS if key[0] != "any"} <= known


def test_roles_are_of_places_that_exist() -> None:
    places = {
        (name, place)
        for alternatives in RULES.values()
        for each in alternatives
        for place in range(len(each.symbols))
        for name in (each.rule, each.action)
    }
    assert set(ROLES) <= places


def test_many_derived_statements_can_be_prepared() -> None:
    """A fuzzer whose statements the binder refuses would try little."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    for sql in SCHEMA:
        connection.execute(sql)
    prepared = 0
    for number in range(200):
        try:
            foundrydb.compile(str(Derivation(Random(number), False).statement(30)), connection)
        except foundrydb.Error:
            continue
        prepared += 1
    assert prepared > 60


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (KeyError("wide#2"), "KeyError test_fuzz.py:fail"),
        (foundrydb.InternalError("no way"), "InternalError: no way"),
        (foundrydb.OperationalError("<Node object at 0x7f>"), "OperationalError: <Node object at 0x7f>"),
    ],
)
def test_what_is_no_error_for_a_user_is_found(
    error: Exception, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Trial, step: Step) -> None:
        if "2" in str(step.sql):
            raise error

    monkeypatch.setattr(Trial, "step", fail)
    found = run([Step(text("SELECT 1")), Step(text("SELECT 2"))])
    assert found is not None
    assert (found.kind, found.position) == (kind, 1)


def test_errors_for_users_are_none() -> None:
    assert run([Step(text("SELECT absent FROM t")), Step(text("SELECT ?"), "rows", (6,))]) is None


def test_what_only_one_engine_accepts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [Step(text("SELECT absent")), Step(text("SELECT 1"))]
    assert run(steps, Pair) is None
    monkeypatch.setattr(Trial, "step", lambda self, step: None)
    found = run(steps, Pair)
    assert found is not None
    assert (found.kind, found.position) == ("accepted: no such column: …", 0)
