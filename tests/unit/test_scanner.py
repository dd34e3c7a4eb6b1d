"""The scanner: which pieces of a text are tokens, by SQLite's rules."""

from __future__ import annotations

import pytest

from foundrydb.compiler.syntax.scanner import pieces, tokens
from foundrydb.errors import OperationalError


def kinds(sql: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(sql)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select", [("SELECT", "select")]),
        ("Temporary", [("TEMP", "Temporary")]),
        ("selects", [("a name", "selects")]),
        ("select1", [("a name", "select1")]),
        ("_a$1", [("a name", "_a$1")]),
        ("naïve", [("a name", "naïve")]),
        ('"a""b"', [("a name", '"a""b"')]),
        ("[a b]", [("a name", "[a b]")]),
        ("`a``b`", [("a name", "`a``b`")]),
        ("'it''s'", [("a string", "'it''s'")]),
        ("x'0aFF'", [("a blob", "x'0aFF'")]),
        ("X''", [("a blob", "X''")]),
        ("1 1.5 .5 5. 1e5 1E-5 5.e+3", None),
        ("0x1F", [("an integer", "0x1F")]),
        ("1_000", [("a number", "1_000")]),
        ("? ?12 :a @a $a $a::b(c) #a", None),
        ("a<>b", [("a name", "a"), ("!=", "<>"), ("a name", "b")]),
        ("a==b", [("a name", "a"), ("=", "=="), ("a name", "b")]),
        ("a->>b->c", None),
        ("a<<b>>c||d|e", None),
        ("1-- c\n+2", [("an integer", "1"), ("+", "+"), ("an integer", "2")]),
        ("1/* /* */+2", [("an integer", "1"), ("+", "+"), ("an integer", "2")]),
        ("1/*/ */", [("an integer", "1")]),
        ("1/* open", [("an integer", "1")]),
        ("/*", [("/", "/"), ("*", "*")]),
        ("\ufeffselect", [("SELECT", "select")]),
        ("a\ufeff", [("a name", "a\ufeff")]),
        ("left outer cross", [("a join word", "left"), ("a join word", "outer"), ("a join word", "cross")]),
    ],
)
def test_tokens(sql: str, expected: list[tuple[str, str]] | None) -> None:
    found = kinds(sql)
    if expected is None:
        assert " ".join(text for _, text in found).replace(" ", "") == sql.replace(" ", "")
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("sql", "token"),
    [
        ("select 'abc", "'abc"),
        ('select "abc', '"abc'),
        ("select [abc", "[abc"),
        ("select x'abc'", "x'abc'"),
        ("select x'ag' z", "x'ag'"),
        ("select 1abc", "1abc"),
        ("select 0x", "0x"),
        ("select 1e+ 2", "1e"),
        ("select @ 1", "@"),
        ("select !1", "!"),
        ("select ^", "^"),
        ("select $a(b c)", "$a(b"),
        ("select \x01", "\x01"),
        ("select a\0b", "\0"),
    ],
)
def test_what_is_no_token_is_refused_with_its_place(sql: str, token: str) -> None:
    with pytest.raises(OperationalError) as caught:
        tokens(sql)
    assert caught.value.message == f'unrecognized token: "{token}"'
    assert caught.value.sql is not None
    assert caught.value.sql[caught.value.offset :][: caught.value.length] == token


def test_offsets_are_characters() -> None:
    sql = "select 'ß€😀', é from ü"
    assert [sql[t.start : t.end] for t in tokens(sql)] == ["select", "'ß€😀'", ",", "é", "from", "ü"]


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("sum(x) over (order by y)", "OVER"),
        ("sum(x) over w", "OVER"),
        ("sum(x) over /* c */ (", "OVER"),
        ("sum(x) over", None),
        ("over (x)", None),
        ("x over (y)", None),
        ("sum(x) filter (where 1)", "FILTER"),
        ("sum(x) filter from", None),
        ("t window w as ()", "WINDOW"),
        ("t window", None),
        ("t window w, x", None),
    ],
)
def test_window_words_are_keywords_only_in_their_place(sql: str, word: str | None) -> None:
    found = [token.kind for token in tokens(sql) if token.text.lower() in ("over", "filter", "window")]
    assert found == [word or "a name"]


def test_pieces_hold_comments_and_what_is_no_token() -> None:
    found = [(p.kind, p.text) for p in pieces("select -- one\n 1 /* two */ ! 'x")]
    assert found == [
        ("SELECT", "select"),
        ("comment", "-- one"),
        ("an integer", "1"),
        ("comment", "/* two */"),
        ("illegal", "!"),
        ("illegal", "'x"),
    ]
