"""Where statements end: the same as SQLite says, and the same line by line as at once."""

from __future__ import annotations

import re
import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from foundrydb.toolkit.completeness import Completeness

PIECES = st.sampled_from(
    [";", " ", "\n", "select", "1", "create", "CREATE", "temp", "temporary", "trigger", "end", "END", "explain",
     "begin", "'a;b'", "'a\nb'", '"x;y"', "[p;q]", "`r;s`", "-- c;\n", "/* d; */", "/* e\n; */", "'it''s'", ",", "(",
     ")", "x'00'", "endless", "'open;", '"open', "/* open;", "[open;", "created", "query", "plan"]
)  # fmt: skip
COMMENTS = re.compile(r"--[^\n]*\n|/\*.*?\*/", re.DOTALL)
TEXTS = st.lists(PIECES, max_size=14).map(" ".join)


@given(TEXTS)
def test_beside_sqlite(sql: str) -> None:
    ours = Completeness().feed(sql)
    theirs = bool(sqlite3.complete_statement(sql))
    if not any(character.isalnum() or character in ";'\"`[(),/-" for character in sql):
        assert ours and not theirs  # nothing at all is complete here: the shell then has nothing to wait for
    else:
        nothing = not COMMENTS.sub("", sql).strip()
        assert ours == (theirs or nothing)


@given(TEXTS)
def test_line_by_line(sql: str) -> None:
    whole = Completeness().feed(sql)
    progress = Completeness()
    result = True
    for line in sql.split("\n"):
        result = progress.feed(line + "\n")
    assert result == whole
