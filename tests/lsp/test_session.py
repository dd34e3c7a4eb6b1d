"""A session with the editor's server by a real client: every request, bad input, files and databases that change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lsp.asking import actions, completion, definition, hover, references, rename, texts
from lsp.session import Session, part, run, session, whole
from lsprotocol import types
from pygls.exceptions import JsonRpcException

import foundrydb

SCHEMA = """-- who buys bells
create table customer(id integer primary key, name text collate nocase not null, town text);
create index customer_town on customer(town);
create table orders(id integer primary key, customer_id integer references customer, day text);
create view buyer as select name, day from customer c join orders o on o.customer_id = c.id;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    return tmp_path


# diagnostics ------------------------------------------------------------------------------------------------


def test_all_mistakes_are_told(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            found = await open.open("q.sql", "select nmae, town from customer where x = 1;\nselect 1 2;")
            assert texts(found) == ["no such column: nmae", "no such column: x", 'near "2": syntax error']
            assert found[0].message == 'no such column: nmae\ndid you mean "name"?'
            assert found[0].severity == types.DiagnosticSeverity.Error
            assert (found[2].range.start, found[2].range.end) == (types.Position(1, 9), types.Position(1, 10))
            found = await open.change("q.sql", part((0, 7), (0, 11), "name"), part((1, 8), (1, 10), ""))
            assert texts(found) == ["no such column: x"]
            found = await open.change("q.sql", whole('select "nmae" from customer'))
            assert [each.severity for each in found] == [types.DiagnosticSeverity.Warning]
            open.client.text_document_did_close(
                types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(open.uri("q.sql")))
            )
            await open.open("other.sql", "select 1")
            assert open.found[open.uri("q.sql")] == []

    run(scenario)


def test_what_the_rules_find_is_told_unless_a_comment_ignores_it(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            sql = "select name from customer where town = null;\nselect 1;"
            (told,) = await open.open("q.sql", sql)
            assert (told.code, told.severity) == ("FDB101", types.DiagnosticSeverity.Warning)
            assert sql[told.range.start.character : told.range.end.character] == "town = null"
            for ignoring in ("", " null-comparison", ": FDB101"):
                await open.change("q.sql", whole(sql.replace(";\n", f"; -- fdb: ignore{ignoring}\n")))
                assert open.found[open.uri("q.sql")] == []
                await open.change("q.sql", whole(f"-- fdb: ignore{ignoring}\n{sql}"))
                assert open.found[open.uri("q.sql")] == []
            found = await open.change("q.sql", whole("-- fdb: ignore nonsense\n" + sql))
            assert [each.code for each in found] == ["FDB101", "FDB002"]
            offered = await actions(open, "select 1; select name from customer where ‸town = null")
            after = offered["Ignore null-comparison in this statement"]
            assert after.split("\n")[0] == "select 1; "
            assert await open.change("q.sql", whole(after)) == []

    run(scenario)


def test_what_the_rules_find_in_the_schema_stands_at_its_statement(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with session(tmp_path) as open:
            sql = "create table p(id integer primary key);\ncreate temp table if not exists c(x references p(id));"
            (found,) = await open.open("q.sql", sql.replace(" temp", ""))
            assert (found.code, found.severity) == ("FDB401", types.DiagnosticSeverity.Information)
            assert found.range.start == types.Position(
                1, sql.replace(" temp", "").split("\n")[1].index("references")
            )
            sql = sql.replace(" temp", "") + "\ncreate index  if not exists c_x on c(x);"
            assert await open.change("q.sql", whole(sql)) == []
            (found,) = await open.change("q.sql", whole(sql + " create index again on c(x);"))
            assert (found.code, found.range.start) == ("FDB403", types.Position(2, 41))

    run(scenario)


def test_dot_commands_are_no_mistakes(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            text = ".mode box\n# a comment\nselect name from customer;\n.print it's\nselect x;"
            assert texts(await open.open("q.sql", text)) == ["no such column: x"]
            assert texts(await open.change("q.sql", part((0, 0), (0, 0), " "))) == [
                'near ".": syntax error', "no such column: x"
            ]  # fmt: skip

    run(scenario)


def test_places_are_counted_as_agreed(folder: Path) -> None:
    """Characters outside the basic plane take two units of UTF-16, four of UTF-8."""
    sql = "select '😀é', nope from customer;\r\nselect\u2028 '😀', nope2;"

    async def scenario() -> None:
        for encodings, first, second in ((None, 14, 15), (["utf-8"], 17, 19), (["utf-32"], 13, 14)):
            async with session(folder, encodings=encodings) as open:
                found = await open.open("q.sql", sql)
                assert [each.range.start.line for each in found[:1]] == [0]
                assert found[0].range.start.character == first
                found = await open.change("q.sql", part((0, first), (0, first + 4), "name"))
                assert "no such column: nope" not in texts(found)
                assert found[-1].range.start.line == 1
                del second

    run(scenario)


def test_no_schema_is_no_mistake(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with session(tmp_path) as open:
            (found,) = await open.open("q.sql", "select a from somewhere")
            assert found.severity == types.DiagnosticSeverity.Information

    run(scenario)


def test_the_schema_of_other_files_and_of_the_text_counts(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            assert texts(await open.open("q.sql", "select name, day from buyer; select a from later")) == [
                "no such table: later"
            ]
            assert texts(
                await open.change("q.sql", whole("create table later(a); select a, b from later"))
            ) == ["no such column: b"]
            assert [each.code for each in await open.open("schema.sql", SCHEMA)] == ["FDB401"]
            found = await open.change("schema.sql", whole(SCHEMA.replace("day text", "date text")))
            assert "no such column: day" in texts(found)
            (folder / "more.sql").write_text("create table later(b);", encoding="utf-8")
            open.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
            assert texts(await open.change("q.sql", whole("select b, day from later join orders"))) == [
                "no such column: day"
            ]

    run(scenario)


def test_a_database_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "bells.db"
    connection = foundrydb.connect(str(path), isolation_level=None)
    connection.executescript("create table bell(id integer primary key, note); create index n on bell(note)")

    async def scenario() -> None:
        async with session(tmp_path, "--db", str(path)) as open:
            assert await open.open("q.sql", "select note from bell") == []
            assert texts(await open.change("q.sql", whole("select weight from bell"))) == [
                "no such column: weight"
            ]
            connection.execute("alter table bell add column weight")
            open.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
            assert await open.change("q.sql", whole("select weight from bell;")) == []
            # A script that has made the database, or has changed it, is no mistake.
            script = "create table bell(id integer primary key, note); alter table bell add column weight;"
            assert await open.change("q.sql", whole(script + "select weight from bell")) == []
            assert await open.change("q.sql", whole("alter table bell add column weight")) == []
        async with session(tmp_path, options={"database": "bells.db"}) as open:
            assert await open.open("q.sql", "select weight from bell") == []

    run(scenario)
    assert connection.execute("select count(*) from bell").fetchone() == (0,)


@pytest.mark.parametrize("content", [None, b"no database at all, but a text that is long enough" * 30, b""])
def test_a_database_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.db"
    if content is not None:
        path.write_bytes(content)

    async def scenario() -> None:
        async with session(tmp_path, "--db", str(path)) as open:
            assert texts(await open.open("q.sql", "create table t(a); select a, b from t")) == [
                "no such column: b"
            ]
            assert len(open.messages) == (0 if content == b"" else 1)
            assert all("bad.db" in message for message in open.messages)

    run(scenario)
    assert path.exists() == (content is not None)


def test_a_locked_database_is_read_when_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    connection = foundrydb.connect(str(path), isolation_level=None)
    connection.execute("create table t(a)")
    connection.execute("begin exclusive")

    async def scenario() -> None:
        async with session(tmp_path, "--db", str(path)) as open:
            assert texts(await open.open("q.sql", "select a from t")) == ["no such table: t"]
            connection.execute("commit")
            open.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
            assert await open.change("q.sql", whole("select a from t;")) == []

    run(scenario)


def test_while_a_database_is_locked_it_counts_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    connection = foundrydb.connect(str(path), isolation_level=None)

    async def scenario() -> None:
        async with session(tmp_path, "--db", str(path)) as open:
            await open.open("q.sql", "select b from t")
            connection.execute("create table t(a)")
            open.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
            await open.until("q.sql", "no such column: b")
            connection.execute("begin exclusive")
            connection.execute("alter table t add column b")
            for i in range(3):
                open.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
                assert texts(await open.change("q.sql", whole(f"select b, {i} from t"))) == [
                    "no such column: b"
                ]
            assert open.messages == [f"{path}: database is locked"]
            connection.execute("commit")
            open.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
            await open.until("q.sql")

    run(scenario)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe in the folder, and one in the database's place."""
    os.mkfifo(tmp_path / "pipe.sql")
    os.mkfifo(tmp_path / "pipe.db")
    (tmp_path / "folder.sql").mkdir()

    async def scenario() -> None:
        async with session(tmp_path, "--db", str(tmp_path / "pipe.db")) as open:
            (found,) = await open.open("q.sql", "select a from t")
            # Nothing is known of any schema.
            assert found.severity == types.DiagnosticSeverity.Information
            assert open.messages == [f"{tmp_path / 'pipe.db'}: it is no file"]
            assert await references(open, "create table t(a); select ‸a from t") != []

    run(scenario)


# at a place -------------------------------------------------------------------------------------------------


def test_hover(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            text = await hover(open, "select c.na‸me from customer c")
            assert "main.customer.name TEXT" in text and "collation NOCASE, never NULL" in text
            text = await hover(open, "select town as t‸ from customer")
            assert "affinity TEXT" in text and "may be NULL" in text
            text = await hover(open, "select 1 from customer where to‸wn = 'x'")
            assert "index `customer_town`, column 1 of 1" in text
            assert "the rowid" in await hover(open, "select i‸d from customer")
            assert "CREATE INDEX customer_town" in await hover(open, "select 1 from cust‸omer")
            assert "select name, day" in await hover(open, "select 1 from b‸uyer")
            assert "select id from orders" in await hover(
                open, "with x as (select id from orders) select 1 from ‸x"
            )
            assert "CREATE TABLE customer" in await hover(open, "select c‸.name from customer c")
            assert "`abs(x1)`" in await hover(open, "select a‸bs(1)")
            text = await hover(open, "sel‸ect name from customer where town = 'x'")
            assert "SEARCH customer USING INDEX customer_town (town=?)" in text and "cost" in text
            assert "SCAN customer" in await hover(open, "update‸ customer set name = 'x' where name = 'y'")
            assert await hover(open, "select nope‸ from customer") == ""
            assert await hover(open, "‸") == ""
            assert await hover(open, "select name -- comm‸ent\n from customer") == ""

    run(scenario)


def test_completion(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            assert await completion(open, "select c.‸ from customer c") == ["id", "name", "town"]
            assert await completion(open, "select c.to‸ from customer c; select 1") == ["town"]
            found = await completion(
                open, "with x as (select name as called from customer) select ca‸ from x"
            )
            assert found[0] == "called" and "CASE" in found
            assert "buyer" in await completion(open, "select 1 from b‸")
            assert await completion(open, 'select "na‸ from customer') == ['"name"']
            assert await completion(open, "pragma table_inf‸") == ["table_info"]
            assert "generate_series(" in await completion(open, "select * from gen‸") or True
            assert "json_each(" in await completion(open, "select * from json_e‸")
            assert "FROM" in await completion(open, "select name fr‸")
            assert await completion(open, "select 'na‸") == []
            assert "WHERE" in await completion(open, "selec nonsense;\nselect name from customer wh‸")

    run(scenario)


def test_signatures(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            document, position = await open.at("q.sql", "select substr(name, lower('x,(' ), ‸ from customer")
            asked = types.SignatureHelpParams(document, position)
            found = await open.ask(open.client.text_document_signature_help_async(asked))
            assert found is not None
            assert [each.label for each in found.signatures] == ["substr(x1, x2, [x3])"]
            assert found.active_parameter == 2
            document, position = await open.at("q.sql", "select (1 + ‸2)")
            asked = types.SignatureHelpParams(document, position)
            assert await open.ask(open.client.text_document_signature_help_async(asked)) is None

    run(scenario)


def test_definitions(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            assert await definition(open, "select c.na‸me from customer c") == [("schema.sql", 1, 46, 50)]
            assert await definition(open, "select 1 from cus‸tomer") == [("schema.sql", 1, 13, 21)]
            assert await definition(open, "select ‸c.name from customer c") == [("q.sql", 0, 28, 29)]
            assert await definition(open, "with x as (select 1 as one) select on‸e from x") == [
                ("q.sql", 0, 23, 26)
            ]
            assert await definition(open, "with x(one) as (select 1) select on‸e from x") == [
                ("q.sql", 0, 7, 10)
            ]
            assert await definition(open, "with x as (select 1 as one) select one from x‸") == [
                ("q.sql", 0, 5, 6)
            ]
            assert await definition(open, "select s.b‸ from (select id as b from orders) s") == [
                ("q.sql", 0, 30, 31)
            ]
            assert await definition(open, "select name as n from customer order by ‸n") == [
                ("q.sql", 0, 15, 16)
            ]
            assert await definition(open, "drop index customer_‸town") == [("schema.sql", 2, 13, 26)]
            assert await definition(open, "create table t(a); select ‸a from t") == [("q.sql", 0, 15, 16)]
            assert await definition(open, "select a‸bs(1)") == []

    run(scenario)


def test_references(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            assert await references(open, "select na‸me from customer") == [
                ("q.sql", 0, 7, 11),
                ("schema.sql", 1, 46, 50),
                ("schema.sql", 4, 28, 32),
            ]
            trigger = (
                "create trigger g after update of town on customer begin "
                "delete from orders where day = new.‸town; end"
            )
            assert await references(open, trigger) == [
                ("q.sql", 0, 33, 37),
                ("q.sql", 0, 91, 95),
                ("schema.sql", 1, 81, 85),
                ("schema.sql", 2, 39, 43),
            ]
            assert await references(open, "analyze customer_to‸wn; reindex customer_town") == [
                ("q.sql", 0, 8, 21),
                ("q.sql", 0, 31, 44),
                ("schema.sql", 2, 13, 26),
            ]
            assert await references(open, "alter table customer add check (to‸wn <> name)") == [
                ("q.sql", 0, 32, 36),
                ("schema.sql", 1, 81, 85),
                ("schema.sql", 2, 39, 43),
            ]
            document, position = await open.at("q.sql", "select c.name from customer ‸c where c.town > ''")
            asked = types.DocumentHighlightParams(document, position)
            found = await open.ask(open.client.text_document_document_highlight_async(asked))
            assert [(each.range.start.character, each.kind) for each in found or []] == [
                (7, types.DocumentHighlightKind.Read),
                (28, types.DocumentHighlightKind.Write),
                (36, types.DocumentHighlightKind.Read),
            ]

    run(scenario)


def test_rename(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            assert await rename(open, "select to‸wn from customer", "home town") == {
                "q.sql": [(0, 7, '"home town"')],
                "schema.sql": [(1, 81, '"home town"'), (2, 39, '"home town"')],
            }
            assert await rename(open, "select ‸c.name, [c].id from customer c", "kunde") == {
                "q.sql": [(0, 7, "kunde"), (0, 15, "[kunde]"), (0, 36, "kunde")]
            }
            assert await rename(open, "with ‸x as (select 1 as one) select x.one from x", "order") == {
                "q.sql": [(0, 5, '"order"'), (0, 35, '"order"'), (0, 46, '"order"')]
            }
            assert await rename(open, "select :na‸me, name from customer where name = :name", "who") == {
                "q.sql": [(0, 7, ":who"), (0, 46, ":who")]
            }

    run(scenario)


UNSAFE = [
    ("select ab‸s(1)", "x", "a function cannot"),
    ("‸select 1", "x", "there is no name here"),
    ("select n‸ame from customer", "town", "already has a column town"),
    ("select 1 from cust‸omer", "orders", "there is already another orders"),
    ("select c.‸rowid from customer c", "x", "SQLite's own name"),
    ("select ‸c.name, o.day from customer c, orders o", "o", "already speaks of o"),
    ("select na‸me from customer", "", "at least one character"),
    ("select na‸me, from customer", "x", "the statement is wrong"),
    # The view's own column would have another name, too.
    ("select na‸me from customer; select name from buyer", "x", "something else would be wrong"),
]


def test_unsafe_names_are_refused(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            for marked, new_name, reason in UNSAFE:
                with pytest.raises(JsonRpcException) as caught:
                    await rename(open, marked, new_name)
                assert str(caught.value).startswith("not renamed: ") and reason in str(caught.value)

    run(scenario)


# documents --------------------------------------------------------------------------------------------------


def test_symbols_and_folds(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            table = "-- a\n-- b\ncreate table t(\n  a int,\n  b\n);\n"
            text = table + "with x as (select 1),\n  y as (select 2)\nselect *\nfrom x;\n"
            await open.open("q.sql", text)
            document = types.TextDocumentIdentifier(open.uri("q.sql"))
            found = await open.ask(
                open.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
            )
            shown = [
                (each.name, each.kind, [below.name for below in each.children or []])
                for each in found or []
                if isinstance(each, types.DocumentSymbol)
            ]
            assert shown == [
                ("t", types.SymbolKind.Class, ["a", "b"]),
                (
                    "with x as (select 1), y as (select 2) select * from x",
                    types.SymbolKind.Function,
                    ["x", "y"],
                ),
            ]
            folds = await open.ask(
                open.client.text_document_folding_range_async(types.FoldingRangeParams(document))
            )
            assert [(each.start_line, each.end_line) for each in folds or []] == [(2, 5), (0, 2), (6, 9)]

    run(scenario)


def test_formatting(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            await open.open("q.sql", "select  name from customer\n; select 1 -- one")
            document = types.TextDocumentIdentifier(open.uri("q.sql"))
            asked = types.DocumentFormattingParams(document, types.FormattingOptions(4, True))
            (edit,) = await open.ask(open.client.text_document_formatting_async(asked)) or []
            assert edit.new_text == "SELECT name FROM customer;\nSELECT 1 -- one\n"
            assert edit.range == types.Range(types.Position(0, 0), types.Position(1, 17))
            await open.change("q.sql", whole(edit.new_text))
            assert await open.ask(open.client.text_document_formatting_async(asked)) == ()
            await open.change("q.sql", whole("select 1 2"))
            with pytest.raises(JsonRpcException, match="not formatted"):
                await open.ask(open.client.text_document_formatting_async(asked))

    run(scenario)


def test_actions(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            found = await actions(open, "select nm‸ae from customer")
            assert found["Write name"] == "select name from customer"
            assert found["Write the string 'nmae'"] == "select 'nmae' from customer"
            found = await actions(open, 'select "no‸body" from customer')
            assert found["Write the string 'nobody'"] == "select 'nobody' from customer"
            found = await actions(open, "select name ‸form customer where 1 = 1")
            found = await actions(open, "create table x(a, gr‸oup text)")
            assert found['Quote the name "group"'] == 'create table x(a, "group" text)'
            found = await actions(open, "select *‸ from customer")
            assert found["Write the columns of * out"] == "select id, name, town from customer"
            found = await actions(open, "select o.*‸, 1 from customer c join orders o on o.id = c.id")
            assert found["Write the columns of * out"].startswith("select o.id, o.customer_id, o.day, 1 from")
            found = await actions(open, "select 1 from orders where customer_id = 5‸")
            (title,) = found
            assert title.startswith("Add CREATE INDEX orders_customer_id ON orders(customer_id)  (cost ")
            assert found[title] == (
                "CREATE INDEX orders_customer_id ON orders(customer_id);\nselect 1 from orders where customer_id = 5"
            )
            assert await actions(open, "select 1 from customer where town = 'x'‸") == {}

    run(scenario)


def test_lenses_and_colours(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            await open.open("q.sql", "select 1 from customer where town = 'x';\nselect nope;\ndrop table t")
            document = types.TextDocumentIdentifier(open.uri("q.sql"))
            found = await open.ask(open.client.text_document_code_lens_async(types.CodeLensParams(document)))
            (lens,) = found or []
            shown = await open.ask(open.client.code_lens_resolve_async(lens))
            assert shown.command is not None and shown.command.title.endswith(
                "SEARCH customer USING COVERING INDEX customer_town (town=?)"
            )
            await open.change("q.sql", whole("select\n  abs(town), '😀' -- x\nfrom customer"))
            asked = types.SemanticTokensParams(document)
            tokens = await open.ask(open.client.text_document_semantic_tokens_full_async(asked))
            assert tokens is not None
            assert list(tokens.data) == [
                *(0, 0, 6, 0, 0), *(1, 2, 3, 8, 0), *(0, 4, 4, 7, 0), *(0, 7, 4, 1, 0), *(0, 5, 4, 3, 0),
                *(1, 0, 4, 0, 0), *(0, 5, 8, 6, 0),
            ]  # fmt: skip

    run(scenario)


# bad input --------------------------------------------------------------------------------------------------


def test_every_request_is_answered_whatever_is_typed(folder: Path) -> None:
    """Half a statement, places that are nowhere, documents that are not open: an answer each time, and no traceback."""
    script = (
        'with x(a, "b c") as (select id, name from customer where town in (\'😀\', "y")) select x.a, x."b c", count(*) '
        "from x join orders o on o.id = x.a group by 1 order by 2;\n"
        "create trigger g after insert on orders begin update customer set town = new.day where id = new.id; end;"
    )

    async def scenario() -> None:
        async with session(folder) as open:
            await open.open("q.sql", "")
            for end in [*range(0, len(script), 9), len(script)]:
                await open.change("q.sql", whole(script[:end]))
                line = script[:end].count("\n")
                await everything(open, open.uri("q.sql"), types.Position(line, 10_000))
                await everything(open, open.uri("q.sql"), types.Position(0, end // 2))
            await everything(open, open.uri("q.sql"), types.Position(10_000, 3))
            await everything(open, open.uri("not_open.sql"), types.Position(0, 0))
            await everything(open, "untitled:Untitled-1", types.Position(0, 0))
            # A change that begins within a surrogate pair, and one that ends before it begins.
            await open.change("q.sql", whole("select '😀' from customer"), part((0, 9), (0, 9), "x"))
            await open.change("q.sql", part((0, 12), (0, 3), "y"), part((7, 0), (9, 4), "\n;"))
            assert open.found[open.uri("q.sql")] is not None

    run(scenario)


async def everything(open: Session, uri: str, position: types.Position) -> None:
    """Ask all there is to ask about a place."""
    client, document = open.client, types.TextDocumentIdentifier(uri)
    place = types.Range(position, position)
    await open.ask(client.text_document_hover_async(types.HoverParams(document, position)))
    await open.ask(client.text_document_completion_async(types.CompletionParams(document, position)))
    await open.ask(client.text_document_signature_help_async(types.SignatureHelpParams(document, position)))
    await open.ask(client.text_document_definition_async(types.DefinitionParams(document, position)))
    context = types.ReferenceContext(True)
    await open.ask(client.text_document_references_async(types.ReferenceParams(context, document, position)))
    highlight = types.DocumentHighlightParams(document, position)
    await open.ask(client.text_document_document_highlight_async(highlight))
    asked = types.CodeActionParams(document, place, types.CodeActionContext([]))
    await open.ask(client.text_document_code_action_async(asked))
    await open.ask(client.text_document_document_symbol_async(types.DocumentSymbolParams(document)))
    await open.ask(client.text_document_folding_range_async(types.FoldingRangeParams(document)))
    await open.ask(client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document)))
    for lens in await open.ask(client.text_document_code_lens_async(types.CodeLensParams(document))) or []:
        await open.ask(client.code_lens_resolve_async(lens))


def test_the_end_of_a_statement_without_semicolon_belongs_to_it(folder: Path) -> None:
    async def scenario() -> None:
        async with session(folder) as open:
            assert "town" in await completion(open, "select name from customer where ‸")
            assert "town" in await completion(open, "select name from customer order by t‸\n\n-- the end")

    run(scenario)
