"""What a look at a text gives: the chain, problems with their places, whatever the text or the file is."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from web.conftest import Page, Pages

import foundrydb
from foundrydb.tools.web.examples import EXAMPLES
from foundrydb.tools.web.places import in_characters, in_units

QUERY = "select inscription from bell where note = 'a1' and weight > 300"
LONG = """
with heavy(id, order_id, weight) as (select id, order_id, weight from bell where weight > 100)
select c.name, count(*) as bells, sum(h.weight * a.price) as total, max(m.hertz)
from customer c join "order" o on o.customer_id = c.id join heavy h on h.order_id = o.id
join bell b on b.id = h.id join alloy a on a.id = b.alloy_id 
left join measurement m on m.bell_id = b.id and m.partial = 'prime'
where c.country in ('Netherlands', 'Belgium') and exists (select 1 from waiting w where w.customer = c.name)
group by c.name having count(*) > 1 order by total desc limit 10;
"""


def test_every_stage_is_there_and_names_the_others(pages: Pages) -> None:
    look = pages().look(QUERY)
    chain = look["chain"]
    nodes = {node["id"] for node in chain["nodes"]}
    assert [tree["after"] for tree in look["trees"]] == ["build", "choose_indexes"]
    assert (
        look["trees"][-1]["tree"]["id"] == chain["plans"][-1]["root"]
        and look["trees"][-1]["tree"]["id"] in nodes
    )
    assert {one["node"] for one in chain["instructions"]} - {None} <= nodes
    assert look["results"] == ["inscription"]
    assert {choice["pass"] for choice in look["choices"]} == {"choose_indexes"}
    assert len(look["indents"]) == len(look["jumps"]) == len(chain["instructions"])
    assert [text for _, _, text in look["tokens"]].count("keyword") == 4


def test_the_chain_stands_where_the_statement_does(pages: Pages) -> None:
    text = f"-- a note\nselect 1;\n  {QUERY} ; select 2"
    look = pages().look(text, text.index("bell"))
    start, end = look["statement"]
    assert text[start:end] == QUERY
    assert [text[token["start"] : token["end"]] for token in look["chain"]["tokens"]] == [
        token["text"] for token in look["chain"]["tokens"]
    ]
    assert look["chain"]["ast"][0]["start"] == start


def test_places_are_counted_as_a_browser_counts_them(pages: Pages) -> None:
    text = "select '🔔🔔' as \"🔔\", weight from bell"
    look = pages().look(text, 5)
    units = text.encode("utf-16-le")
    for token, (start, end, _) in zip(look["chain"]["tokens"], look["tokens"], strict=True):
        assert units[2 * start : 2 * end].decode("utf-16-le") == token["text"]
        assert (token["start"], token["end"]) == (start, end)
    wrong = pages().look("select '🔔', nmae from bell")["problem"]
    assert (wrong["start"], wrong["end"]) == (13, 17)
    assert in_characters("a🔔b", 3) == 2
    assert in_units("abc", {"start": 1}) == {"start": 1}


def test_a_problem_has_its_place_and_its_hint(pages: Pages) -> None:
    page = pages()
    problem = page.look("select 1; select nmae from customer", 12)["problem"]
    assert (problem["message"], problem["start"], problem["end"]) == ("no such column: nmae", 17, 21)
    assert problem["hint"]
    told = page.ask("problems", text="select 1; select nmae, '🔔', twon from customer", at=12)["problems"]
    assert [(one["message"], one["start"]) for one in told] == [
        ("no such column: nmae", 17),
        ("no such column: twon", 29),
    ]
    assert page.look("")["statement"] == [0, 0]
    assert "chain" not in page.look("-- nothing but this")


def test_completion_is_that_of_the_shell(pages: Pages) -> None:
    text = "select  from bell b where b."
    page = pages()
    kinds = {kind for _, _, kind in page.ask("complete", text=text, at=7)["candidates"]}
    assert {"column", "table", "function"} <= kinds | {"table"}
    assert ["weight", 0, "column"] in page.ask("complete", text=text, at=len(text))["candidates"]


def test_every_beginning_of_a_text_gets_an_answer(pages: Pages) -> None:
    page = pages()
    for end in range(0, len(LONG), 3):
        look = page.look(LONG[:end], end)
        assert ("chain" in look) or ("problem" in look) or look["statement"] == [0, 0]
        page.ask("complete", text=LONG[:end], at=end)


def test_texts_that_nobody_would_write_get_an_answer(pages: Pages) -> None:
    page, dice = pages(), random.Random(12)
    pieces = [
        *LONG.split(),
        "'",
        '"',
        "/*",
        "--",
        "\0",
        "\ud800",
        "🔔",
        "(" * 50,
        ";",
        "create trigger",
        "begin",
        "end",
        "\r\n",
        "x'0",
        "]",
        "1e",
        "?",
        ":",
    ]
    for _ in range(150):
        text = " ".join(dice.choices(pieces, k=dice.randrange(1, 14)))
        look = page.look(text, dice.randrange(-2, len(text) + 3))
        assert "tokens" in look
    for text in (
        "select " + "(" * 3000,
        "select " + " union all select ".join(map(str, range(1200))),
        "[" * 2000,
    ):
        assert "tokens" in page.look(text)


def test_every_example_compiles_and_runs(pages: Pages) -> None:
    page = pages()
    assert len(EXAMPLES) == 10
    for example in EXAMPLES[:-1]:
        database = page.ask("scratch", schema=example.schema)["database"] if example.schema else "file"
        at = 0
        while at < len(example.sql):
            look = page.look(example.sql, at, database=database)
            assert "problem" not in look, (example.title, look["problem"])
            assert "problem" not in page.run(example.sql, at, database=database), example.title
            following = look["statement"][1] + 2
            if following <= at:
                break
            at = following


def test_a_page_is_split_in_its_example(pages: Pages) -> None:
    page = pages()
    example = next(one for one in EXAMPLES if "split" in one.title)
    database = page.ask("scratch", schema=example.schema)["database"]
    assert "children" not in page.ask("trees", database=database)["trees"][1]["root"]
    run = page.run(example.sql, database=database)
    assert run["changed"] == [1, 2, 3, 4]
    assert [
        child["page"] for child in page.ask("trees", database=database)["trees"][1]["root"]["children"]
    ] == [3, 4]
    again = page.ask("scratch", schema=example.schema, anew=True)["database"]
    assert page.ask("trees", database=again)["page_count"] == 2


def test_a_schema_that_is_wrong_or_has_no_end_is_refused(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pages()
    assert page.ask("scratch", schema="create tabel t(a)")["problem"]["message"]
    assert page.ask("scratch", schema=f"attach '{os.getcwd()}/x.db' as x")["problem"]["hint"]
    monkeypatch.setattr("foundrydb.tools.web.databases.PATIENCE", 0.2)
    numbers = "with recursive n(i) as (select 1 union all select i from n) select i from n"
    endless = f"create table t(a); insert into t {numbers}"
    assert "seconds" in page.ask("scratch", schema=endless)["problem"]["message"]
    assert page.ask("trees", database="s0")["problem"]["message"]


# files -------------------------------------------------------------------------------------------------------------


def every_answer(page: Page) -> list[str]:
    """What is said to each question about a file that cannot be used."""
    answers = [
        page.look(QUERY),
        page.run(QUERY),
        page.ask("schema"),
        page.ask("trees"),
        page.ask("page", number=6),
    ]
    return [answer.get("problem", {}).get("message", "") for answer in answers]


def test_a_file_that_vanishes_gets_one_clear_line(pages: Pages, file: Path) -> None:
    page = pages(file)
    assert page.run(QUERY)["count"] == 10
    file.unlink()
    for message in every_answer(page):
        assert "cannot be read: No such file" in message and "\n" not in message
    foundrydb.connect(str(file)).execute("create table bell(note, weight, inscription)").connection.close()
    assert page.run(QUERY)["count"] == 0


def test_a_locked_file_gets_one_clear_line(pages: Pages, file: Path) -> None:
    page = pages(file)
    other = foundrydb.connect(str(file), isolation_level=None)
    other.execute("begin exclusive")
    assert set(every_answer(page)) == {"database is locked"}
    other.close()
    assert page.run(QUERY)["count"] == 10


def test_a_damaged_file_gets_one_clear_line(pages: Pages, file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[5 * 4096 : 6 * 4096] = b"\xff" * 4096
    file.write_bytes(bytes(data))
    page = pages(file)
    assert "problem" in page.run("select * from bell")
    assert page.ask("trees")["trees"]
    assert page.ask("page", number=6)["bytes"].startswith("ffff")
    file.write_bytes(b"no database" * 1000)
    for message in every_answer(pages(file)):
        assert message and "\n" not in message


def test_pages_are_told_byte_by_byte(pages: Pages) -> None:
    page = pages()
    for number in (1, 6, 12, 26):
        told = page.ask("page", number=number)
        size = told["page_size"]
        assert len(told["bytes"]) == 2 * size
        ends = [0, *(end for _, end, _ in told["regions"])]
        assert [start for start, _, _ in told["regions"]] == ends[:-1] and ends[-1] == size
    for number in (0, -1, 28, 1 << 40):
        assert "there is no page" in page.ask("page", number=number)["problem"]["message"]


def test_names_and_values_that_look_like_html_stay_text(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "<img src=x onerror=alert(1)>.db"
    with foundrydb.connect(str(path)) as connection:
        connection.execute('create table "<script>alert(1)</script>" ("<b>" text)')
    connection.close()
    page = pages(path)
    assert page.ask("schema")["tables"][0]["name"] == "<script>alert(1)</script>"
    assert page.run('select * from "<script>alert(1)</script>"')["results"] == ["<b>"]
