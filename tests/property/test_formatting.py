"""Comments anywhere in a statement: each is kept, in its order, and formatting is stable."""

from __future__ import annotations

from conformance.formatting import FORMS, fault, parses
from conformance.grammar_corpus import constructs
from hypothesis import assume, given
from hypothesis import strategies as st

from foundrydb import format_sql
from foundrydb.compiler.syntax.scanner import tokens
from foundrydb.errors import Error

PLACES = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(FORMS)), max_size=8)
SCRIPTS = st.text("select 1;.#/*-'\n\r\ufeff\"go", max_size=40)


@given(st.sampled_from(constructs()), PLACES, st.integers(1, 120))
def test_comments_between_any_tokens(sql: str, places: list[tuple[int, str]], width: int) -> None:
    words = [token.text for token in tokens(sql)]
    for number, (place, form) in enumerate(places):
        words.insert(place % (len(words) + 1), form % number)
    text = " ".join(words)
    assume(parses(text))
    assert fault(text, width) is None


@given(SCRIPTS, st.integers(1, 40))
def test_any_text_is_formatted_or_refused(sql: str, width: int) -> None:
    try:
        formatted = format_sql(sql, width)
    except Error as problem:
        assert problem.sqlite_errorname == "SQLITE_ERROR", sql
        return
    assert format_sql(formatted, width) == formatted
