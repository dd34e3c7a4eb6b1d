"""Statements that run: figures by the ids of the chain, rows by pages, a stop that is heard, what is allowed."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest
from web.conftest import Pages, until

import foundrydb

JOIN = """select c.name, b.note from customer c join "order" o on o.customer_id = c.id
join bell b on b.order_id = o.id where b.note = 'c1'"""
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select {what} from n"


def test_the_figures_are_those_of_the_chains_items(pages: Pages) -> None:
    run = pages().run(JOIN)
    chain, figures = run["chain"], run["figures"]
    assert len(figures["instructions"]) == len(chain["instructions"]) == len(figures["uses"])
    assert set(figures["nodes"]) == set(chain["plans"][-1]["nodes"])
    root = figures["nodes"][chain["plans"][-1]["root"]]
    assert root["rows"] == run["count"] == 3
    assert set(figures["cursors"]) <= {cursor["id"] for cursor in chain["cursors"]}
    for cursor in chain["cursors"]:
        assert figures["cursors"][cursor["id"]][0]["page"] >= 1


def test_rows_come_by_pages(pages: Pages) -> None:
    page = pages()
    run = page.run("select value, 'n' || value from generate_series(1, 1050)")
    assert (run["count"], run["kept"]) == (1050, 1050)
    rows = [row for at in range(11) for row in json.loads(page.ask("rows", run=run["run"], page=at)["rows"])]
    assert rows == [[f"i{n}", f"tn{n}"] for n in range(1, 1051)]
    for beyond in (11, 1000, -1):
        assert json.loads(page.ask("rows", run=run["run"], page=beyond)["rows"]) == []


def test_values_of_every_type_are_told_apart(pages: Pages) -> None:
    page = pages()
    run = page.run(
        "select null, 9007199254740993, 1e999, 'x', x'00ff', '<b>&' || char(0), hex(zeroblob(1000)), 0.1,"
        " char(0) || hex(zeroblob(1000)), zeroblob(1000)"
    )
    [row] = json.loads(page.ask("rows", run=run["run"], page=0)["rows"])
    assert row[:6] == ["n", "i9007199254740993", "r1e999", "tx", "b00ff", "t<b>&\0"]
    assert row[6] == "T" + "0" * 400 + "\0" + "2,000 characters"
    assert row[7] == "r0.1"
    assert row[8] == "T\0" + "0" * 399 + "\0" + "2,001 characters"
    assert row[9] == "B" + "00" * 400 + "\0" + "1,000 bytes"


@pytest.mark.parametrize("what", ["i", "count(*)", "max(i), (select 1 from bell)"])
def test_a_query_without_end_is_stopped_at_once(pages: Pages, what: str) -> None:
    page = pages()
    sql = ENDLESS.format(what=what)
    state = page.ask("run", text=sql, at=0)
    assert state["running"]
    assert page.look(sql)["busy"]
    begun = time.perf_counter()
    state = page.ask("stop", run=state["run"])
    assert not state.get("running") and time.perf_counter() - begun < 5
    assert state["stopped"] and sum(one[0] for one in state["figures"]["instructions"]) > 100
    assert page.look("select 1")["chain"]["tokens"]
    assert page.run("select 1")["count"] == 1


def test_rows_can_be_read_while_a_run_goes_on(pages: Pages) -> None:
    page = pages()
    state = page.ask("run", text=ENDLESS.format(what="i"), at=0)
    until(lambda: page.ask("state", run=state["run"])["kept"] > 300)
    assert json.loads(page.ask("rows", run=state["run"], page=2)["rows"])[0] == ["i201"]
    page.ask("stop", run=state["run"])


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("nan", "tnan"), ("Infinity", "tInfinity"), ("1_000", "t1_000"), ("\u0661", "t\u0661"), ("-", "t-"),
        ("9223372036854775807", "i9223372036854775807"), ("-9223372036854775808", "i-9223372036854775808"),
        ("9223372036854775808", "r9.2233720368547758e+18"), ("9" * 5000, "r1e999"), ("0" * 5000, "r0.0"),
        (" +7 ", "i7"), (".5", "r0.5"), ("1e3", "r1000.0"), ("'", "t'"), ("''", "t"), ("0x10", "t0x10"),
    ],
)  # fmt: skip
def test_a_parameter_is_a_number_where_sql_has_one(pages: Pages, typed: str, value: str) -> None:
    page = pages()
    run = page.run("select :a", parameters={":a": typed})
    assert json.loads(page.ask("rows", run=run["run"], page=0)["rows"]) == [[value]]


def test_parameters_are_what_somebody_typed(pages: Pages) -> None:
    page = pages()
    values = {":a": "12", "?2": "1.5", "$c": "'it''s'", "@d": "it"}
    run = page.run("select :a, ?2, $c, @d, :none", parameters=values)
    assert json.loads(page.ask("rows", run=run["run"], page=0)["rows"]) == [
        ["i12", "r1.5", "tit's", "tit", "n"]
    ]


def test_the_statement_at_the_cursor_is_run(pages: Pages) -> None:
    page = pages()
    sql = "select 1; select 2, 3; -- the end"
    for at, width in ((0, 1), (8, 1), (10, 2), (len(sql), 2)):
        run = page.run(sql, at)
        assert len(json.loads(page.ask("rows", run=run["run"], page=0)["rows"])[0]) == width


def test_a_file_is_read_only_unless_that_is_asked_for(pages: Pages, file: Path) -> None:
    before = file.read_bytes()
    for sql in (
        "delete from bell",
        "create table t(a)",
        "pragma user_version = 7",
        "vacuum",
        "pragma journal_mode = wal",
    ):
        assert pages(file).run(sql)["problem"]["message"], sql
    assert file.read_bytes() == before
    assert "--write" in pages(file).run("delete from bell")["problem"]["hint"]
    assert pages(file, True).run("delete from bell where id < 10")["figures"]["changes"] == 9
    with foundrydb.connect(str(file)) as connection:
        assert connection.execute("select count(*) from bell").fetchone() == (217,)


def test_what_a_change_has_written_is_told(pages: Pages, file: Path) -> None:
    run = pages(file, True).run("update bell set inscription = 'x' where id = 1")
    assert run["changed"] == [1, 12]


def test_transactions_go_on_from_one_run_to_the_next(pages: Pages, file: Path) -> None:
    page = pages(file, True)
    assert page.run("begin")["in_transaction"]
    assert page.run("delete from bell")["figures"]["changes"] == 226
    assert not page.run("rollback")["in_transaction"]
    run = page.run("select count(*) from bell")
    assert json.loads(page.ask("rows", run=run["run"], page=0)["rows"]) == [["i226"]]


# what SQL may not do -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "attach '{outside}' as x",
        "attach '{folder}/../outside.db' as x",
        "attach '{folder}/link.db' as x",
        "attach 'file:{outside}' as x",
        "attach 'file:{folder}/foundry.fdb?mode=rwc' as x",
        "attach '{folder}/' || 'foundry.fdb' as x",
        "vacuum into '{outside}.new'",
        "vacuum into '{outside}' || '.new'",
        "attach '{folder}/\0' as x",
    ],
)
@pytest.mark.parametrize("writable", [False, True])
def test_nothing_outside_the_folder_is_opened(pages: Pages, file: Path, sql: str, writable: bool) -> None:
    outside = file.parent.parent / "outside.db"
    foundrydb.connect(str(outside)).execute("create table secret(a)").connection.close()
    (file.parent / "link.db").symlink_to(outside)
    page = pages(file, writable)
    problem = page.run(sql.format(outside=outside, folder=file.parent))["problem"]
    assert "authoriz" in problem["message"] and problem["hint"]
    assert not Path(f"{outside}.new").exists()
    assert page.run("select * from x.secret")["problem"]


def test_a_file_of_the_folder_may_be_attached_and_only_read(pages: Pages, file: Path) -> None:
    other = file.parent / "other.db"
    with foundrydb.connect(str(other)) as connection:
        connection.execute("create table t(a)")
    connection.close()
    before = other.read_bytes()
    page = pages(file)
    assert "problem" not in page.run(f"attach '{other}' as x")
    assert page.run("select * from x.t")["count"] == 0
    for sql in (
        "insert into x.t values (1)",
        "drop table x.t",
        "create index x.i on t(a)",
        "pragma x.user_version = 3",
        "create table x.u as select 1",
        "alter table x.t add column b",
        f"vacuum x into '{other}.new'",
    ):
        assert page.run(sql)["problem"]["hint"], sql
    assert other.read_bytes() == before
    assert page.run(f"attach '{file.parent}/new.db' as y")["problem"]["hint"]
    assert not (file.parent / "new.db").exists()
    assert "problem" not in page.run("create temp table mine(a)")
    assert page.run("insert into mine values (1)")["figures"]["changes"] == 1


def test_a_writable_folder_may_be_written(pages: Pages, file: Path) -> None:
    page = pages(file, True)
    copy = file.parent / "copy.db"
    assert "problem" not in page.run(f"vacuum into '{copy}'")
    assert "problem" not in page.run(f"attach '{copy}' as copy")
    assert page.run("delete from copy.bell")["figures"]["changes"] == 226


def test_the_schema_is_that_of_now_whoever_changed_it(pages: Pages, file: Path) -> None:
    page = pages(file)
    query = "select * from alloy"
    columns = page.run(query)["results"]
    for name in ("first", "second"):
        with sqlite3.connect(file) as other:
            other.execute(f"alter table alloy add column {name}")
        columns = [*columns, name]
        assert page.look(query)["results"] == columns
        with sqlite3.connect(file) as other:
            other.execute(f"alter table alloy add column {name}_too")
        columns = [*columns, f"{name}_too"]
        run = page.run(query)
        assert "problem" not in run and run["results"] == columns


@pytest.mark.parametrize("question", ["rows", "state", "stop", "origins", "given"])
def test_a_run_that_there_is_not(pages: Pages, question: str) -> None:
    answer = pages().post(question, run="r4711", page=0, number=1, cell=0)
    assert (answer.status_code, answer.json()) == (404, {"message": "this run is forgotten"})
