"""Any text has its problems told: never an exception, each place within the text, each statement after the other."""

from __future__ import annotations

from conformance.grammar_corpus import constructs
from hypothesis import given
from hypothesis import strategies as st

import foundrydb
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.resumption import read
from foundrydb.compiler.syntax.scanner import pieces

SCHEMA = (
    "create table t(a integer primary key, b, c); create table u(a, b); create view v as select a from t;\n"
)
STATEMENTS = constructs()
TOKENS = sorted({piece.text for sql in STATEMENTS for piece in pieces(sql)}) + [
    "'",
    '"',
    "[",
    "/*",
    "--",
    "\n",
    "@",
]


@st.composite
def mutilated(draw: st.DrawFn) -> str:
    """Some statements of which tokens are missing, or stand twice, or are others."""
    words: list[str] = []
    for sql in draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=3)):
        words += [piece.text for piece in pieces(sql)] + [";\n"]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(words) - 1))
        words[at : at + draw(st.integers(0, 3))] = draw(st.lists(st.sampled_from(TOKENS), max_size=2))
        words = words or [";"]
    return " ".join(words)


@given(st.one_of(mutilated(), st.text(alphabet="select from(),;'\"x1*\n=ü😀", max_size=60)))
def test_statements_follow_one_another(sql: str) -> None:
    end = 0
    for reading in read(sql):
        assert end <= reading.start < reading.end <= len(sql)
        end = reading.end
        for mistake in reading.mistakes:
            assert 0 <= mistake.offset <= mistake.offset + mistake.length <= len(sql)
        for node in walk(reading.statement) if reading.statement is not None else []:
            assert reading.start <= node.start and node.end <= reading.end
    try:
        statements = foundrydb.parse(sql)
    except foundrydb.Error as failure:
        (first, *_) = [mistake for reading in read(sql) for mistake in reading.mistakes]
        assert first.offset == failure.offset
    else:
        assert [reading.statement for reading in read(sql)] == statements


@given(mutilated())
def test_every_problem_has_a_place(sql: str) -> None:
    text = SCHEMA + sql
    for problem in foundrydb.problems(text):
        assert 0 <= problem.offset <= problem.offset + problem.length <= len(text)
        assert str(problem).startswith(problem.message.split("\n")[0])


@given(mutilated())
def test_every_beginning_of_a_text_is_read(sql: str) -> None:
    for at in range(0, len(sql), 7):
        read(sql[:at])
        foundrydb.parse_expression(sql[:at], [])
