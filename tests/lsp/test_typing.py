"""What is offered while somebody types: at the end of a file, in quotes, between statements, with signs of any kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp.asking import actions, completed, completion
from lsp.session import run, session
from lsprotocol import types

SCHEMA = """create table customer(id integer primary key, name text, town text);
create table orders(id integer primary key, customer_id integer, "total sum" real);
create index by_customer on orders(customer_id);
create table "order"("group" int, x😀 int);
create view buyer as select name from customer;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    return tmp_path


OFFERED = [
    ("insert into ‸", ["buyer", "customer", '"order"', "orders"]),
    ("insert into customer(id, ‸", ["id", "name", "town"]),
    ("update customer set ‸", ["id", "name", "town"]),
    ("update customer set name = (select 1), ‸", ["id", "name", "town"]),
    ("create index i on ‸", ["buyer", "customer", '"order"', "orders"]),
    ("alter table customer rename column ‸", ["id", "name", "town"]),
    ("select * from customer join orders using(‸)", ["id", "name", "town", "customer_id", '"total sum"']),
    ("select * from orders indexed by ‸", ["by_customer"]),
    ("select name collate ‸", ["BINARY", "NOCASE", "RTRIM"]),
    ("pragma table_info(‸", ["buyer", "customer", '"order"', "orders", "by_customer"]),
    ("create trigger t after insert on customer begin select new.‸; end", ["id", "name", "town"]),
    ("with ‸", []),
    ("select cast(name as ‸", []),
    ("select * from customer natural ‸", []),
    ("select x😀‸ from \"order\"", ['"x😀"']),
    ("select 1;\r\nselect '😀', na‸ from customer", ["name"]),
    ("insert into -- where to\n‸", ["buyer", "customer", '"order"', "orders"]),
    ("insert into \n\n‸\n\nselect 1;", ["buyer", "customer", '"order"', "orders"]),
]  # fmt: skip


def test_names_are_offered_where_they_can_stand(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            for marked, wanted in OFFERED:
                found = await completion(open, marked)
                assert [each for each in found if not (each.isalpha() and each.isupper())] == [
                    each for each in wanted if not each.isupper()
                ], marked
                assert set(wanted) <= set(found)

    run(scenario)


def test_a_statement_can_begin_anywhere(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            for marked in (
                "‸",
                "\n\n‸",
                "select 1;\n‸",
                "select 1;\n\n‸\n\nselect 2;",
                ".tables\n‸",
                "# x\n‸",
            ):
                found = await completion(open, marked)
                assert {"SELECT", "INSERT", "CREATE"} <= set(found), marked
            assert await completion(open, "-- ‸") == await completion(open, "'‸") == []

    run(scenario)


def test_quotes_that_stand_there_are_taken_up(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            for quoted in ('"tot‸', '"tot‸"', "[tot‸]", "`tot‸`", "tot‸", '"‸"'):
                after = await completed(open, f"select '😀', {quoted} from orders", '"total sum"')
                assert after == "select '😀', \"total sum\" from orders", quoted
            document, position = await open.at("q.sql", "select * from or‸")
            asked = types.CompletionParams(document, position)
            found = await open.ask(open.client.text_document_completion_async(asked))
            assert isinstance(found, types.CompletionList)
            # An editor compares it with what was typed.
            assert [item.filter_text for item in found.items] == ["order", "orders"]

    run(scenario)


def test_actions_leave_something_right(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            star = "Write the columns of * out"
            after = (await actions(open, "select ‸* from pragma_table_info('t')"))[star]
            assert after == "select cid, name, type, \"notnull\", dflt_value, pk from pragma_table_info('t')"
            after = (await actions(open, "select '😀', ‸* from \"order\""))[star]
            assert after == 'select \'😀\', "group", "x😀" from "order"'
            assert await actions(open, "update customer set nme‸ = 1") == {
                "Write name": "update customer set name = 1"
            }
            assert await actions(open, "sele‸c 1") == {"Write select": "select 1"}
            assert await actions(open, "SELE‸C 1") == {"Write SELECT": "SELECT 1"}
            made = await actions(open, "select 1;\r\nselect name from customer where ‸town = null;\r\n")
            assert len(made) == 2
            assert all(text.count("\r\n") == text.count("\n") == 3 for text in made.values())

    run(scenario)
