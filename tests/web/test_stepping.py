"""The page's debugger: moves forward and back, what is told at each place, and what is undone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from web.conftest import Pages

QUERY = "select inscription from bell where note = 'a1' and weight > 1250"


def test_forward_and_back_come_to_the_same(pages: Pages) -> None:
    page = pages()
    state = page.ask("debug", text=f"-- x\n{QUERY}", at=8)
    assert (state["position"], state["next"]["opcode"]) == (0, "Init")
    told = [state]
    while not state["ended"]:
        state = page.ask("move", stepping=state["stepping"], how="step")
        told.append(state)
    assert state["rows"] == 2 and len(told) == state["end"] + 1
    for known in reversed(told[:-1]):
        state = page.ask("move", stepping=state["stepping"], how="back")
        for part in ("position", "next", "registers", "cursors", "row", "pages"):
            assert state[part] == known[part]
    assert page.ask("move", stepping=state["stepping"], how="back")["note"] == "that is the start"


def test_places_are_found_and_told_in_the_editors_text(pages: Pages) -> None:
    page = pages()
    text = f"select '🔔';\n{QUERY}"
    state = page.ask("debug", text=text, at=len(text))
    state = page.ask("move", stepping=state["stepping"], how="run", to="sql weight > 1250")
    units = text.encode("utf-16-le")
    pieces = [units[2 * a : 2 * b].decode("utf-16-le") for a, b in state["next"]["spans"]]
    assert any("weight" in piece or "1250" in piece for piece in pieces)
    state = page.ask("move", stepping=state["stepping"], how="next")
    assert state["last_row"] == ["tSoli Deo gloria"]
    state = page.ask("move", stepping=state["stepping"], how="reverse", to="page 26")
    assert [0, 26] in state["pages"]["asked"]
    assert "says no place" in page.ask("move", stepping=state["stepping"], how="run", to="who knows")["note"]
    assert page.ask("move", stepping=state["stepping"], how="finish")["ended"]


def test_what_is_changed_on_the_way_is_undone(pages: Pages, file: Path) -> None:
    page = pages(file, True)
    state = page.ask("debug", text="delete from bell", at=0)
    state = page.ask("move", stepping=state["stepping"], how="finish")
    assert state["changes"] == 226 and state["pages"]["changed_since_start"]
    page.ask("leave")
    assert page.run("select * from bell")["count"] == 226
    assert "any more" in page.ask("move", stepping=state["stepping"], how="step")["note"]


@pytest.mark.parametrize(
    "sql", ["begin", "explain select 1", "", "select nmae from bell", "delete from bell"]
)
def test_what_cannot_be_stepped_through_gets_one_line(pages: Pages, file: Path, sql: str) -> None:
    page = pages(file)
    state = page.ask("debug", text=sql, at=0)
    if "problem" not in state:
        state = page.ask("move", stepping=state["stepping"], how="finish")
        assert state["failure"]
    else:
        assert state["problem"]["message"]
    assert page.run(QUERY)["count"] == 2


def test_what_was_refused_is_forgotten_by_the_next_statement(pages: Pages, file: Path) -> None:
    page = pages(file)
    for ask in ("run", "debug"):
        problem = page.ask(ask, text="attach '/nowhere/else.db' as x", at=0)["problem"]
        assert problem["message"] == "not authorized" and "lies outside" in problem["hint"]
        assert page.ask("debug", text=QUERY, at=0)["position"] == 0


def test_whose_lock_it_is_is_said(pages: Pages, file: Path) -> None:
    page = pages(file, True)
    state = page.ask("debug", text="delete from bell", at=0)
    page.ask("move", stepping=state["stepping"], how="finish")
    problem = page.run("delete from alloy")["problem"]
    assert problem["message"] == "database is locked" and "leave it first" in problem["hint"]
    page.ask("leave")
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("begin immediate")
        assert page.run("delete from bell")["problem"]["hint"] == ""
        other.execute("rollback")
    other.close()


def test_a_sum_that_is_not_done_is_no_value_of_the_row(pages: Pages) -> None:
    page = pages()
    state = page.ask("debug", text="select count(*), max(weight) from bell", at=0)
    for move in ("AggFinal", "ResultRow"):
        state = page.ask("move", stepping=state["stepping"], how="run", to=move)
        assert state["row"] == (["", ""] if move == "AggFinal" else ["i226", "r4837.3"]), move


def test_a_move_without_end_makes_a_pause(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foundrydb.tools.web.running.stepping.PATIENCE", 0.2)
    page = pages()
    sql = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    state = page.ask("debug", text=sql, at=0)
    first = page.ask("move", stepping=state["stepping"], how="finish")
    assert "pause" in first["note"] and not first["ended"]
    second = page.ask("move", stepping=state["stepping"], how="finish")
    assert second["position"] > first["position"]
