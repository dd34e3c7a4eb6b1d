"""What one open document makes counts in the others, before it is saved: they are checked again where that changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp.session import Session, part, run, session, whole
from lsprotocol import types

from foundrydb.tools.lsp.workspace import Workspace

TABLE = "create table t(a);"
WITHOUT = "no such column: b"
MISSING = "no such table: t"


async def pair(open: Session, made: str, asked: str) -> None:
    """Open a document that makes things and one that speaks of them."""
    await open.open("made.sql", made)
    await open.open("asked.sql", asked)


def document(open: Session, name: str) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(open.uri(name))


@pytest.mark.parametrize(
    ("made", "asked", "before", "after"),
    [
        ("create table t(a, b);", "select b from t", WITHOUT, ""),
        ("create table t(a", "select b from t; select c from s", f"{WITHOUT}|no such table: s", "no such table: s"),
        ("create table tt(a);", "select a from t", "", MISSING),
        (f"{TABLE} alter table t add column b;", "select b from t", WITHOUT, ""),
        (f"{TABLE} create view v as select a from t;", "select a from v", "no such table: v", ""),
        ("create table x(a);", "select a from t; select a from u", "no such table: u", f"{MISSING}|no such table: u"),
        ("create table t(b);", "create view v as select a from t", "", "no such column: a"),
        ("", "insert into t values (1)", "", MISSING),
    ],
)  # fmt: skip
def test_a_change_of_one_is_told_of_the_other(
    tmp_path: Path, made: str, asked: str, before: str, after: str
) -> None:
    async def scenario() -> None:
        async with session(tmp_path) as open:
            await pair(open, TABLE, asked)
            await open.until("asked.sql", *before.split("|") if before else ())
            await open.change("made.sql", whole(made))
            await open.until("asked.sql", *after.split("|") if after else ())
            await open.change("made.sql", whole(TABLE))
            await open.until("asked.sql", *before.split("|") if before else ())

    run(scenario)


def test_it_follows_at_every_key(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with session(tmp_path) as open:
            asked = "select bell from t;\n" * 500
            await pair(open, TABLE, asked)
            for i, letter in enumerate(", bell"):
                await open.change("made.sql", part((0, 16 + i), (0, 16 + i), letter))
            await open.until("asked.sql")
            assert open.found[open.uri("made.sql")] == []

    run(scenario)


def test_the_other_way_round_too(tmp_path: Path) -> None:
    """Each makes what the other speaks of."""

    async def scenario() -> None:
        async with session(tmp_path) as open:
            await pair(open, "create table t(a); select b from u;", "create table u(b); select a from t;")
            await open.until("made.sql")
            await open.change("made.sql", whole("create table t(c); select b from u;"))
            await open.until("asked.sql", "no such column: a")
            await open.change("asked.sql", whole("create table u(d); select a from t;"))
            await open.until("made.sql", "no such column: b")

    run(scenario)


def test_what_is_not_saved_goes_with_its_document(tmp_path: Path) -> None:
    (tmp_path / "made.sql").write_text(TABLE, encoding="utf-8")

    async def scenario() -> None:
        async with session(tmp_path) as open:
            await pair(open, TABLE, "select b from t")
            assert open.found[open.uri("asked.sql")] != []
            await open.change("made.sql", whole("create table t(a, b);"))
            await open.until("asked.sql")
            open.client.text_document_did_close(types.DidCloseTextDocumentParams(document(open, "made.sql")))
            await open.until("asked.sql", WITHOUT)
            (tmp_path / "made.sql").write_text("create table t(a, b);", encoding="utf-8")
            open.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
            await open.until("asked.sql")
            (tmp_path / "made.sql").unlink()
            open.client.text_document_did_save(types.DidSaveTextDocumentParams(document(open, "asked.sql")))
            await open.until("asked.sql", MISSING)

    run(scenario)


def test_a_document_of_no_folder_counts_while_it_is_open(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    async def scenario() -> None:
        async with session(tmp_path / "folder") as open:
            await open.open("asked.sql", "select a from t")
            await open.open("../made.sql", TABLE)
            await open.until("asked.sql")
            open.client.text_document_did_close(
                types.DidCloseTextDocumentParams(document(open, "../made.sql"))
            )
            await open.until("asked.sql", MISSING)

    run(scenario)


def test_nothing_is_done_where_nothing_is_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with session(tmp_path) as open:
            asked = open.uri("asked.sql")
            await pair(open, f"{TABLE} select a from t;", "select b from t")
            count = open.counts[asked]
            await open.change("made.sql", whole(f"-- more\n{TABLE} select c, d from t;"))
            await open.change("made.sql", whole(f"{TABLE} drop table t;"))
            open.client.text_document_did_save(types.DidSaveTextDocumentParams(document(open, "made.sql")))
            await open.change("made.sql", whole(f"{TABLE} create table u(b);"))
            await open.ask(
                open.client.text_document_document_symbol_async(
                    types.DocumentSymbolParams(document(open, "asked.sql"))
                )
            )
            assert open.counts[asked] <= count + 1

    run(scenario)


def test_a_client_is_asked_to_watch_files(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with session(tmp_path, watching=True, options={"database": "bells.db"}) as open:
            await open.open("asked.sql", "select 1")
            assert open.watched == ["**/*.sql", "**/bells.db", "**/bells.db-wal"]
        async with session(tmp_path) as open:
            await open.open("asked.sql", "select 1")
            assert open.watched == []

    run(scenario)


def test_which_documents_a_change_concerns() -> None:
    files = Workspace(None, lambda message: None)
    try:
        paths = ["/none/a.sql", "/none/b.sql", "/none/c.sql"]
        for path in paths:
            files.open(path, TABLE)
        for path in paths:
            for _ in files.course(path).check():
                pass
        files.open(paths[0], f"-- more\n{TABLE}\nselect 1; drop table t;")
        assert files.concerned_by(paths[0]) == []
        files.open(paths[0], f"{TABLE} create table u(a);")
        assert files.concerned_by(paths[0]) == paths[1:]
        assert sum(files.course(paths[1]).check()) == 0
        assert files.concerned_by(paths[0]) == paths[2:]
        files.shut(paths[0])
        assert sorted(files.concerned_by(paths[0])) == paths[1:]
    finally:
        files.close()
