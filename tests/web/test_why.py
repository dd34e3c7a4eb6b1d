"""Why a row is missing, and who changes a page, as the page's server tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from web.conftest import Page, Pages

QUERY = "select inscription from bell where note = 'a1' and weight > 1250"
SPLIT = "insert into bell select id + 226, order_id, alloy_id, note, weight, inscription from bell"


def why(page: Page, sql: str, row: str, **body: Any) -> dict[str, Any]:
    return page.ask("why_not", text=sql, at=3, row=row, **body)


def test_what_dropped_a_row_has_its_sql_its_instructions_and_its_plan_node(pages: Pages) -> None:
    page = pages()
    (answer,) = why(page, QUERY, "bell 3")["answers"]
    ((start, end),) = answer["spans"]
    assert (answer["kind"], QUERY[start:end]) == ("dropped", "note = 'a1'")
    assert answer["text"] == "WHERE note = 'a1' is not true: note is 'e3'"
    code = page.look(QUERY)["chain"]["instructions"]
    assert [code[at]["opcode"] for at in answer["instructions"]] == ["String8"]
    assert answer["nodes"][0].startswith("IndexScan bell")
    (answer,) = why(page, QUERY, "bell weight=1270.7")["answers"]
    assert (answer["kind"], answer["text"], answer["spans"]) == ("there", "it is there", [])


def test_places_are_the_editors_and_parameters_count(pages: Pages) -> None:
    page = pages()
    text = "select '𝄞';\nselect id from bell where note = :note"
    asked = page.ask("why_not", text=text, at=20, row="bell 3", parameters={":note": "a1"})
    (answer,) = asked["answers"]
    ((start, end),) = answer["spans"]
    units = text.encode("utf-16-le")
    assert units[2 * start : 2 * end].decode("utf-16-le") == "note = :note"
    asked = page.ask("why_not", text=text, at=20, row="bell 3", parameters={":note": "e3"})
    assert asked["answers"][0]["kind"] == "there"


def test_a_question_that_cannot_be_answered_gets_a_line(pages: Pages) -> None:
    page = pages()
    assert why(page, QUERY, "")["note"] == "which row?  TABLE ROWID, or TABLE COLUMN=VALUE …"
    assert why(page, QUERY, "bell nope")["note"] == "no COLUMN=VALUE: nope"
    assert "reads no table tower" in why(page, QUERY, "tower 1")["note"]
    assert why(page, QUERY, "bell 4711")["note"] == "bell has no such row"
    assert why(page, "selec 1", "bell 1")["problem"]["start"] == 0
    assert "no rows that one could be missing" in why(page, "create table t(a)", "bell 1")["note"]


def test_who_changes_a_page_and_nothing_stays_changed(pages: Pages, file: Path) -> None:
    page = pages(file, True)
    before = file.read_bytes()
    told = page.ask("who", text=SPLIT, at=3, number=6)
    assert (told["failure"], told["note"], told["undone"]) == (None, "", False)
    first = told["changes"][0]
    assert first["shape"] and first["what"] == "cell inserted: 1 → 2 cells, and page 28 allocated beside it"
    assert first["place"]["opcode"] == "InsertRow"
    told = page.ask("who", text=SPLIT, at=3, number=28)["changes"]
    assert told[0]["what"].startswith("allocated") and told[1]["left_out"] > 100
    assert file.read_bytes() == before
    assert page.ask("who", text=QUERY, at=3, number=13)["changes"] == []


def test_a_statement_that_fails_or_may_not_write_says_so(pages: Pages, file: Path) -> None:
    page = pages(file, True)
    told = page.ask(
        "who", text="insert into bell(id) select 300 - id from bell where id < 90", at=3, number=13
    )
    assert told["undone"] and "constraint failed" in told["failure"]
    problem = pages(file).ask("who", text=SPLIT, at=3, number=13)
    assert "readonly" in str(problem) and "--write" in str(problem)
