"""Every plan node, bound expression and instruction knows what it comes from, whatever passes made of the plan.

The goldens look at the same (``harness.golden``).
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from differential.runner import Runner
from harness.origins import without_origin

import foundrydb
from foundrydb.compiler.bind.bound import Literal
from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.plan.nodes import Limit


def compiled(connection: foundrydb.Connection, sql: str) -> Compilation | None:
    """The compiled statement, None where there is an error."""
    try:
        return foundrydb.compile(sql, connection)
    except foundrydb.Error:
        return None


@pytest.mark.parametrize("life", range(4))
def test_of_generated_statements(life: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some statements attach files
    connection = foundrydb.connect(":memory:", isolation_level=None)
    count = 0
    for statement in Runner("foundrydb", "apsw").generate(f"origins:{life}", 80):
        sql = str(statement.sql)
        if not sql:
            continue
        compilation = compiled(connection, sql)
        if compilation is not None:
            assert without_origin(compilation) == [], sql
            count += 1
        if statement.kind != "query":
            with contextlib.suppress(foundrydb.Error):
                connection.execute(sql).fetchall()
    assert count > 30
    connection.close()


def test_what_is_not_traced_is_named() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("create table t(a)")
    compilation = foundrydb.compile("select a from t", connection)
    plan = compilation.plan
    assert plan is not None and without_origin(compilation) == []
    (child,) = plan.children()
    compilation.plans.append(("a new pass", plan.with_children([Limit(child, Literal(7), None)])))
    assert without_origin(compilation) == ["Limit '7', which a new pass made", "Literal '7'"]
    connection.close()
