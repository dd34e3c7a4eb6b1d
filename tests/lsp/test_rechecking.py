"""What is found after a change, looking at what it concerns alone, is what is found by looking at everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundrydb.tools.lsp.diagnostics import Diagnostic, diagnostics
from foundrydb.tools.lsp.positions import Lines
from foundrydb.tools.lsp.publications import Publication, Shown
from foundrydb.tools.lsp.workspace import Workspace

PATH = "/none/script.sql"
STATEMENTS = [
    "create table a(x, y);",
    "create table a(x integer primary key, z);",
    "create table b(x references a(x), w text);",
    "create table if not exists c(x, y);",
    "create table a(x, y",
    "create view v as select x, y from a;",
    "create view u as select * from v, b;",
    "create index i on a(y);",
    "create index i on b(x);",
    "create trigger t after insert on a begin insert into b(x) select new.x; end;",
    "create trigger t after delete on b begin update c set y = old.w; end;",
    "drop table a;",
    "drop table if exists b;",
    "drop index i;",
    "alter table a rename to d;",
    "alter table a rename column y to q;",
    "alter table b add column more;",
    "create temp table a(only);",
    "begin;",
    "rollback;",
    "pragma foreign_keys = on;",
    "attach 'other' as other;",
    "select x, y from a;",
    "select * from v where y = null;",
    "select w from u, d;",
    'select "y" from b where x + 1 = 5;',
    "select more from b indexed by i;",
    "insert into a(x) values (1);",
    "delete from a where z = 1;",
    "update b set w = 2, q = 1;",
    "select y from c join aa on y;",
    "select x from d1; select x from main.aa, bb;",
    'create table "a.a"(x, y); select x from "a.b";',
    "create table aa(x collate strange);",
    "select x from aa order by x;",
    "create view w as select x collate STRANGE from a;",
    "create index j on missing(x);",
    "select x from a where y = null; -- fdb: ignore null-comparison",
    "-- fdb: ignore nothing-known",
    "selct;",
    ".tables\n",
]


@contextmanager
def editing(text: str) -> Iterator[Workspace]:
    """An open document that has been looked at."""
    files = Workspace(None, lambda message: None)
    try:
        files.open(PATH, text)
        yield files
    finally:
        files.close()


def found_in(files: Workspace) -> tuple[int, list[Diagnostic]]:
    """How many statements are looked at, and what is told then."""
    course = files.course(PATH)
    steps = sum(course.check())
    return steps, diagnostics(course)


def told_of(files: Workspace, publication: Publication) -> list[Shown]:
    """What a client is told."""
    return publication.of(files.course(PATH), Lines(files.texts[PATH].text), silent=False)


@given(st.lists(st.sampled_from(STATEMENTS), max_size=12), st.sampled_from("\n "), st.data())
def test_as_looking_at_everything(statements: list[str], between: str, data: st.DataObject) -> None:
    publication = Publication()
    with editing(between.join(statements)) as files:
        found_in(files)
        for _ in range(4):
            statements = edited(statements, data)
            text = between.join(statements)
            files.open(PATH, text)
            begun(files, data)
            told_of(files, publication)
            with editing(text) as fresh:
                assert found_in(files)[1] == found_in(fresh)[1], text
                assert told_of(files, publication) == told_of(fresh, Publication()), text


def edited(statements: list[str], data: st.DataObject) -> list[str]:
    """Statements of which some are others."""
    at = data.draw(st.integers(0, len(statements)))
    new = data.draw(st.lists(st.sampled_from(STATEMENTS), max_size=2))
    return statements[:at] + new + statements[at + data.draw(st.integers(0, 2)) :]


def begun(files: Workspace, data: st.DataObject) -> None:
    """Begin to check: the next key comes meanwhile."""
    with closing(files.course(PATH).check()) as steps:
        for _ in range(data.draw(st.integers(0, 3))):
            next(steps, None)


SOME = st.lists(st.sampled_from(STATEMENTS), max_size=6)


@given(SOME, SOME, st.sampled_from(["/none/before.sql", "/none/then.sql"]), st.data())
def test_as_looking_at_everything_with_another_file(
    statements: list[str], others: list[str], path: str, data: st.DataObject
) -> None:
    with editing("\n".join(statements)) as files:
        for _ in range(4):
            files.open(path, "\n".join(others))
            files.concerned_by(path)
            begun(files, data)
            with editing("\n".join(statements)) as fresh:
                fresh.open(path, "\n".join(others))
                assert found_in(files)[1] == found_in(fresh)[1], (statements, others)
            others = edited(others, data)
            if data.draw(st.booleans()):
                statements = edited(statements, data)
                files.open(PATH, "\n".join(statements))


def test_a_rename_asks_every_view() -> None:
    made = "create table a(x);\n{}alter table a rename to d;\ndrop table a;"
    wrong = "create view u as select * from missing;\n"
    with editing(made.format(wrong)) as files:
        assert "error in view u" in found_in(files)[1][-1].message
        files.open(PATH, made.format(""))
        assert [each.message for each in found_in(files)[1]] == ["no such table: a"]
        files.open(PATH, made.format(wrong))
        assert "error in view u" in found_in(files)[1][-1].message


def test_what_was_typed_is_looked_at_first() -> None:
    text = "".join([f"select {i} from missing;\n" for i in range(100)])
    with editing(text) as files:
        course = files.course(PATH)
        with closing(course.check()) as steps:
            next(steps)
        assert len(diagnostics(course)) == 1
        files.open(PATH, text.replace("select 70 from missing", "select 70 from missed"))
        with closing(files.course(PATH).check()) as steps:
            next(steps)
        assert [each.message for each in diagnostics(course)] == [
            "no such table: missing",
            "no such table: missed",
        ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("select name from t7;", "select nam from t7;"),
        ("create table t3(id", "create table t3(id, more"),
        ("create view v3 as select id", "create view v3 as select 1"),
    ],
)
def test_only_what_a_change_concerns_is_looked_at(old: str, new: str) -> None:
    made = "create table t{0}(id, name);\ncreate view v{0} as select id from t{0};\n"
    asked = "select name from t{0};\nselect id from v{0};\n"
    text = "".join([form.format(i) for form in (made, asked) for i in range(50)])
    with editing(text) as files:
        assert found_in(files)[0] >= 200
        files.open(PATH, text.replace(old, new))
        assert 1 <= found_in(files)[0] <= 6
