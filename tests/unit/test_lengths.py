"""A text or blob that would be too long is refused before it is made: the memory that it would take is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import foundrydb
from foundrydb.engine.options.constants import LIMITS

LENGTH = LIMITS["SQLITE_LIMIT_LENGTH"]
MEMORY = 1600 << 20
"""For a value of half the greatest length, a copy of it, and the interpreter."""

TOO_LONG = [
    "hex(?1)",
    "quote(?1)",
    "?1 || ?1 || ?1 || ?1 || ?1 || ?1",
    "concat(?1, ?1, ?1, ?1, ?1, ?1)",
    "concat_ws(?2, ?1, 1, 2, 3, 4, 5, 6)",
    "concat_ws(?2, ?2, ?2, ?2, ?2, ?2)",
    "replace(?2, 'xxxx', '0123456789 0123456789 0123456789 0123456789')",
    "quote(?3)",
    "unistr_quote(?4)",
    "printf('%s%s%s%s%s%s', ?2, ?2, ?2, ?2, ?2, ?2)",
    "printf('%q', ?3)",
    "printf('%w', ?5)",
    "printf('%#Q', ?4)",
    "printf('%.*c', 1000000001, 'x')",
    "printf('%.600000000c', 'é')",
    "printf('%1000000001d', 1)",
    "printf('%-*s', 2000000000, 'x')",
    "zeroblob(1000000001)",
    "randomblob(1000000001)",
    "(select group_concat(?2) from generate_series(1, 6))",
    "(select string_agg('a', ?2) from generate_series(1, 7))",
]

SCRIPT = f"""
import resource, sys
import foundrydb
connection = foundrydb.connect(":memory:", isolation_level=None)
connection.execute("select hex(1), quote(1), printf('%d%.2f', 1, 2.0), concat(1, 2), unistr_quote('a')").fetchall()
connection.execute("select group_concat(value) from generate_series(1, 6)").fetchall()
values = [(bytes, 510_000_000), ("x", 200_000_000), ("'", 501_000_000), ("\\1", 170_000_000), ('"', 501_000_000)]
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
for expression in {TOO_LONG!r}:
    try:
        given = []
        for i, (part, length) in enumerate(values, 1):
            if any(f"?{{j}}" in expression for j in range(i, 6)):
                used = f"?{{i}}" in expression
                given.append((part(length) if part is bytes else part * length) if used else None)
        connection.execute("select length(" + expression + ")", given).fetchall()
        print(expression, "was made")
    except foundrydb.DataError as error:
        if str(error) != "string or blob too big":
            print(expression, error)
    except MemoryError:
        print(expression, "was begun")
"""


def test_what_would_be_too_long_is_not_made() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.stderr == "" and done.stdout == ""


def test_parameters_that_are_too_long() -> None:
    """Counted in bytes, of UTF-8 where they are text, and of a buffer before it is copied."""
    connection = foundrydb.connect(":memory:")
    before = connection.setlimit(LENGTH, 100)
    assert before == 1_000_000_000
    for value in ("x" * 100, "é" * 50, b"x" * 100, bytearray(100)):
        connection.execute("select ?", (value,))
    for value in ("x" * 101, "é" * 51, b"x" * 101, bytearray(101)):
        with pytest.raises(foundrydb.DataError, match="string or blob too big"):
            connection.execute("select ?", (value,))


def test_escapes_of_control_characters() -> None:
    """All of them, beside backslashes and quotes; a NUL ends the text."""
    text = "".join([chr(i) for i in range(1, 36)]) + "\\'é\0x"
    expected = "".join([f"\\u{i:04x}" for i in range(1, 32)]) + ' !"#' + "\\\\''é"
    connection = foundrydb.connect(":memory:")
    rows = connection.execute("select unistr_quote(?1), printf('%#Q', ?1)", (text,)).fetchall()
    assert rows == [(f"unistr('{expected}')", f"unistr('{expected}')")]
    assert connection.execute(f"select {rows[0][0]}").fetchone() == (text[:-2],)
