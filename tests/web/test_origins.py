"""Where rows were read from: the cells that are told are those of the rows' own records, whatever the plan."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from web.conftest import Page, Pages

import foundrydb
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging.recorded_run import RecordedRun
from foundrydb.toolkit.debugging.row_origins import RowOrigins
from foundrydb.tools.web.running import once_more


def traced(page: Page, sql: str, number: int = 0) -> tuple[list[list[str]], dict[str, Any]]:
    """A page of rows of a run, and where these came from."""
    run = page.run(sql)
    assert "problem" not in run, run
    rows: list[list[str]] = json.loads(page.ask("rows", run=run["run"], page=number)["rows"])
    return rows, page.ask("origins", run=run["run"], page=number)


def rowids(page: Page, answer: dict[str, Any], row: int, table: str) -> list[int]:
    """The rowids of a table's rows by the cells of the table and of its indexes that a row was read from."""
    found = set()
    for at in answer["rows"][row][0]:
        _, database, number, cell = answer["cells"][at]
        assert database == 0
        shown = page.ask("page", number=number, cell=cell)
        (one,) = [each for each in shown["cells"] if each["cell"] == cell]
        if f"table {table}," in shown["role"] or shown["role"].endswith(f"table {table}"):
            found.add(one["rowid"])
        elif f"index {table}_" in shown["role"]:
            found.add(int(one["fields"][-1]["value"]))
    return sorted(found)


SINGLE = [
    "select id, note from bell",
    "select id, weight from bell order by weight desc",
    "select id, note from bell order by note collate nocase desc",
    "select id, weight from bell order by weight limit 7 offset 3",
    "select id, inscription from bell where note = 'a1' and weight > 300",
    "select id from bell where id in (5, 3, 200, 7) or note = 'b3'",
    "select id, row_number() over (partition by note order by weight) from bell",
    "select distinct id, alloy_id from bell",
    "select id from (select id, note from bell order by note limit 40) order by id desc",
    "with heavy as materialized (select id from bell where weight > 1000) select id from heavy order by 1",
    "select max(id) from bell group by id",
    "select id, (select count(*) from alloy) from bell where weight < 100",
    "select id from bell where exists (select 1 from alloy where alloy.id = alloy_id and copper > 77)",
    "select id from bell where weight > 2000 union all select id from bell where weight < 50",
]


@pytest.mark.parametrize("sql", SINGLE)
def test_a_row_comes_from_the_cells_of_its_own_record(pages: Pages, sql: str) -> None:
    page = pages()
    rows, answer = traced(page, sql)
    assert len(answer["rows"]) == len(rows) > 3 and answer["note"] == ""
    for at, row in enumerate(rows[:12]):
        assert rowids(page, answer, at, "bell") == [int(row[0][1:])], (at, row)


GROUPS = [
    ("select alloy_id, count(*) from bell group by alloy_id", "alloy_id"),
    ("select note, max(weight) from bell group by note", "note"),
    ("select upper(note) collate nocase, sum(weight) from bell group by 1", "upper(note)"),
    ("select id, (select max(weight) from bell where alloy_id = a.id) from alloy a", "alloy_id"),
    ("select alloy_id, count(*) from bell group by 1 having count(*) > 31 order by 2", "alloy_id"),
]


@pytest.mark.parametrize(("sql", "key"), GROUPS)
def test_a_group_comes_from_the_cells_of_its_members(pages: Pages, file: Path, sql: str, key: str) -> None:
    page = pages(file)
    rows, answer = traced(page, sql)
    oracle = sqlite3.connect(file)
    assert 2 <= len(rows) == len(answer["rows"])
    for at, row in enumerate(rows[:4]):
        value = row[0][1:] if row[0][0] == "t" else int(row[0][1:])
        members = oracle.execute(f"select id from bell where {key} = ? order by 1", (value,))
        expected = [each[0] for each in members]
        assert rowids(page, answer, at, "bell") == expected, row
    oracle.close()


def test_a_joined_row_comes_from_both_tables(pages: Pages) -> None:
    page = pages()
    sql = 'select c.id, o.id from customer c join "order" o on o.customer_id = c.id order by o.id'
    rows, answer = traced(page, sql)
    for at, (customer, order) in enumerate(rows[:10]):
        assert rowids(page, answer, at, "customer") == [int(customer[1:])]
        assert rowids(page, answer, at, "order") == [int(order[1:])]


def test_what_an_outer_join_did_not_find_has_no_cell(pages: Pages) -> None:
    page = pages()
    sql = "select a.id, b.id from customer a left join alloy b on b.id = a.id order by 1"
    rows, answer = traced(page, sql)
    assert [row[1] for row in rows[:6]] == ["i1", "i2", "i3", "i4", "n", "n"]
    for at, row in enumerate(rows[:6]):
        found = rowids(page, answer, at, "alloy")
        assert found == ([] if row[1] == "n" else [int(row[1][1:])])


def test_later_pages_of_rows_are_traced(pages: Pages) -> None:
    page = pages()
    for sql in (
        "select a.id, b.id from bell a, bell b",
        "select a.id from bell a, alloy b order by a.weight",
    ):
        rows, answer = traced(page, sql, 7)
        assert rowids(page, answer, 50, "bell") == sorted({int(each[1:]) for each in rows[50]})


def test_cells_beyond_a_bound_are_counted(pages: Pages) -> None:
    page = pages()
    _, answer = traced(page, "select max(a.hertz + b.id) from measurement a, alloy b")
    found, more, lost = answer["rows"][0]
    assert len(found) == 1_000 and more > 100 and not lost


def test_a_cell_knows_the_rows_that_it_gave(pages: Pages) -> None:
    page = pages()
    sql = 'select o.id, c.id from customer c, "order" o where o.customer_id = c.id order by o.id'
    _, answer = traced(page, sql)
    gave: dict[tuple[int, int], list[int]] = {}
    for row, (found, _, _) in enumerate(answer["rows"]):
        for at in found:
            gave.setdefault(tuple(answer["cells"][at][2:]), []).append(row)
    run = page.run(sql)["run"]
    assert max(map(len, gave.values())) > 2
    for (number, cell), expected in gave.items():
        told = page.ask("given", run=run, number=number, cell=cell)
        assert told == {"rows": expected, "more": 0, "note": ""}
    assert page.ask("given", run=run, number=1, cell=0)["rows"] == []


def test_what_cannot_be_told_says_why(pages: Pages, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = pages(file, True)
    _, answer = traced(page, "update bell set note = 'x' where id = 3 returning id")
    assert "changes the database" in answer["note"]
    _, answer = traced(page, "select random() from bell")
    assert answer == {
        "cells": [],
        "rows": [],
        "note": "the statement gives other rows when it runs again: run it anew",
    }
    _, answer = traced(page, "explain select 1")
    assert answer["rows"] == []
    run = page.run("select id, weight from bell order by id")["run"]
    with sqlite3.connect(file) as other:
        other.execute("delete from bell where id = 4")
    assert "other rows" in page.ask("origins", run=run, page=0)["note"]
    failed = page.run("select nothing")["run"]
    assert "has failed" in page.ask("origins", run=failed, page=0)["note"]
    assert "has failed" in page.ask("given", run=failed, number=1, cell=0)["note"]
    monkeypatch.setattr(once_more, "PATIENCE", -1.0)
    _, answer = traced(page, "select a.id from bell a, bell b, alloy order by a.weight")
    assert answer["note"] == once_more.TOO_LONG and answer["rows"] == []


def test_rows_that_went_through_a_temporary_file_say_so(file: Path) -> None:
    connection = foundrydb.connect(str(file), isolation_level=None)
    connection.engine.memory_budget = 2_000
    sql = "with m as materialized (select id, note, inscription from bell) select id, note || inscription from m"
    run = RecordedRun(connection, stages.compile(sql, connection, noting=True))
    found = RowOrigins(run, 0, 300)
    assert len(found.origins) == 226 and all(each.lost and not each.cells for each in found.origins)
    run.close()
    connection.close()


def test_counting_by_page_headers_reads_no_cell(pages: Pages) -> None:
    _, answer = traced(pages(), "select count(*) from bell")
    assert answer["rows"] == [[[], 0, False]]
