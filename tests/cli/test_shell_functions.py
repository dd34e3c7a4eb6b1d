"""The SQL functions of the shell: files, regular expressions, hashes, an editor."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]


def answer(fdb: Run, expression: str) -> str:
    done = fdb(":memory:", f"select {expression}")
    return done.stdout.strip() or done.stderr.strip()


@pytest.mark.parametrize(
    ("expression", "value"),  # as SQLite's shell 3.40.1 has them
    [
        ("hex(sha3('a'))", "80084BF2FBA02475726FEB2CAB2D8215EAB14BC6BDD8BFB2C8151257032ECD8B"),
        ("hex(sha3(x'', 224))", "6B4E03423667DBB73B6E15454F0EB1ABD4597F9A1B078E3F5B5A6BC7"),
        ("hex(sha3(5))", "86BC56FC56AF4C3CDE021282F6B727EE9F90DD636E0B0C712A85D416C75E652D"),
        ("sha3(null) is null", "1"),
        ("substr(hex(sha3_query('select 1')), 1, 40)", "29355B338AD34B4575278B3775539E31E3AD6DCE"),
        ("substr(hex(sha3_query('select 1; select 2,null')), 1, 40)", "DC008AE8D4989E32B871BEA8EA199C4560C80CC8"),
        ("sha3('a', 5)", "Runtime error: SHA3 size should be one of: 224 256 384 512"),
        ("sha3_query('begin')", "Runtime error: non-query: [begin]"),
        ("regexp('b', 'abc')", "1"),
        ("'aBc' regexp 'b'", "0"),
        ("regexpi('b', 'aBc')", "1"),
        ("'abc' || char(10) regexp 'c$'", "0"),
        ("'a$b' regexp 'a[$]b'", "1"),
        ("char(10) regexp '^.$'", "1"),
        ("'é' regexp '\\w'", "0"),
        ("regexp(null, 1) is null", "1"),
        ("regexp('(', 'a')", "Runtime error: wrong regular expression: missing ), unterminated subpattern"),
        ("edit(x'61', 'true')", "a"),
        ("typeof(edit(x'61', 'true'))", "blob"),
        ("edit('x', 'false')", "Runtime error: EDITOR returned non-zero"),
    ],
)  # fmt: skip
def test_values(fdb: Run, expression: str, value: str) -> None:
    assert answer(fdb, expression) == value


def test_files_are_written_and_read(fdb: Run, tmp_path: Path) -> None:
    assert answer(fdb, "writefile('new/folder/f', x'00ff'), hex(readfile('new/folder/f'))") == "2|00FF"
    assert answer(fdb, "readfile('nofile') is null, readfile('new') is null") == "1|1"
    assert answer(fdb, f"writefile('m', 'abc', {0o100600}, 86400), readfile('m')") == "3|abc"
    assert (
        stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o600 and (tmp_path / "m").stat().st_mtime == 86400
    )
    assert answer(fdb, f"writefile('l', 'm', {0o120777}), readfile('l')") == "|abc"
    assert os.readlink(tmp_path / "l") == "m"
    assert answer(fdb, "writefile('m/below', 'x') is null") == "1"
    assert "failed to write file: m/below" in answer(fdb, f"writefile('m/below', 'x', {0o100600})")


@pytest.mark.parametrize(
    "call", ["writefile('f', 'x')", "readfile('f')", "edit('x')", "sha3_query('select 1')"]
)
def test_a_view_cannot_call_what_reaches_beyond_its_rows(fdb: Run, call: str) -> None:
    done = fdb(":memory:", f"create view v as select {call} as x; select * from v")
    assert "unsafe use of" in done.stderr
