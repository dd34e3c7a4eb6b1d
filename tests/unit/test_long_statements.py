"""Statements of a hundred thousand characters and more: what compiling them does to the process."""

from __future__ import annotations

import gc

import pytest

import foundrydb


@pytest.mark.parametrize("ending", ["", ", (1, missing)"])
def test_cycles_are_not_collected_while_a_long_statement_is_compiled(ending: str) -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("CREATE TABLE t(a, b)")
    sql = "INSERT INTO t VALUES " + ", ".join(["(1, 'some text')"] * 20_000) + ending
    starts: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            starts.append(info["generation"])

    gc.callbacks.append(note)
    try:
        if ending:
            with pytest.raises(foundrydb.OperationalError, match="no such column: missing"):
                connection.engine.prepare(sql)
        else:
            connection.engine.prepare(sql)
    finally:
        gc.callbacks.remove(note)
    assert len(starts) < 10, "each 700 new objects would start it"
    assert gc.isenabled()
