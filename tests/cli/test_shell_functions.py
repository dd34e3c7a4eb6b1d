"""The SQL functions of the shell: files and folders, regular expressions, hashes, an editor, exact numbers, base 64."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundrydb.storage.format.values import Value
from foundrydb.tools.shell.shell import shell_connection

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection

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
    "call",
    [
        "writefile('f', 'x')",
        "readfile('f')",
        "edit('x')",
        "sha3_query('select 1')",
        "base64('')",
        "name from fsdir('.')",
    ],
)
def test_a_view_cannot_call_what_reaches_beyond_its_rows(fdb: Run, call: str) -> None:
    done = fdb(":memory:", f"create view v as select {call}; select * from v")
    assert "unsafe use of" in done.stderr


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("decimal('1.50'), decimal(2.5), decimal(0.1) > 0.1", "1.50|2.5|1"),
        ("decimal('1.5e3'), decimal(' -.5'), decimal('1x2'), decimal('-0')", "1500|-0.5|12|0"),
        ("decimal('9.99', 2), decimal('999', 2), decimal(null) is null", "10.00|1000|1"),
        ("decimal_add('0.1', '0.20'), decimal_sub('-5', '-5'), decimal_mul('1.50', '2.0')", "0.30|-0|3.0"),
        ("decimal_add('1', null) is null, decimal_cmp('1.0', '1'), decimal_cmp('-2', '1e1')", "1|0|-1"),
        ("decimal_exp('123.45'), decimal_exp('1200', 3), decimal_exp(0)", "+1.2345e+02|+1.20e+03|+0.0e+00"),
        ("decimal_exp('-123456', 2), decimal_pow2(-3), decimal_pow2('3') is null", "-1.2e+05|+1.25e-01|1"),
        ("length(decimal_add('1e1000', '1e-1000'))", "2002"),
        ("decimal_mul('1e9000000', '1e9000000')", "Runtime error: a decimal number has more than 10,000,000 digits"),
        ("decimal_pow2(20001)", "Runtime error: decimal_pow2() takes powers from -20,000 to 20,000"),
        ("ieee754(2.5), ieee754(-0.0), ieee754(5, -1), ieee754(3, -2000)", "ieee754(5,-1)|ieee754(-1,-3071)|2.5|0.0"),
        ("ieee754_mantissa(-2.5), ieee754_exponent(x'4004000000000000')", "-5|-1"),
        ("hex(ieee754_to_blob(1)), ieee754_from_blob(x'3ff8000000000000')", "3FF0000000000000|1.5"),
        ("ieee754_from_blob('abcdefgh') is null, ieee754_inc(1.0, 1) > 1, ieee754_inc(0.0, -1) is null", "1|1|1"),
        ("ieee754_to_int(2.0), ieee754_from_int(4611686018427387904)", "4611686018427387904|2.0"),
        ("base64(x'010203'), hex(base64('AQ== AQID'))", "AQID\n|01010203"),
        ("length(base64(zeroblob(55))), length(base85(zeroblob(65)))", "78|84"),
        ("base85(x'01020304'), hex(base85('#ASD0 #$')), is_base85('#$ z'), is_base85('|')", "#ASD0\n|0102030401|1|0"),
        ("base64(5)", "Runtime error: base64 accepts only blob or text"),
        ("is_base85(5)", "Runtime error: is_base85 accepts only text or NULL"),
        ("lsmode(16877), lsmode(33188)", "drwxr-xr-x|-rw-r--r--"),
        ("lsmode(-1), lsmode(35309), lsmode(41471), lsmode(24576)", "?rwxrwxrwx|-rwxr-xr-x|lrwxrwxrwx|?---------"),
        ("decimal_mul('-1.5', '0.0'), decimal_sub('-1', '-1'), decimal_add('1', '-1.0')", "-0.0|-0|0.0"),
        ("decimal_sum(column1) from (values ('1.50'), ('-1.50'), ('0'))", "0.00"),
    ],
)  # fmt: skip
def test_values_of_the_newest_shell(fdb: Run, expression: str, value: str) -> None:
    assert answer(fdb, expression) == value


def test_decimals_are_summed_and_ordered(fdb: Run) -> None:
    rows = "(select column1 as x from (values ('10'), (null), ('9.50'), ('1e2')))"
    sums = "group_concat(coalesce(s, '')) from (select decimal_sum(x) over (rows 1 preceding) as s from "
    assert answer(fdb, f"decimal_sum(x) from {rows}") == "119.50"
    assert answer(fdb, f"{sums}{rows})") == "10,10,9.50,109.50"
    assert answer(fdb, f"decimal_sum(x) is null from {rows} where x = 'none'") == "1"
    assert (
        answer(fdb, f"group_concat(x) from (select x from {rows} order by x collate decimal)")
        == "9.50,10,1e2"
    )


def test_folders_are_walked(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "top" / "inner").mkdir(parents=True)
    (tmp_path / "top" / "file").write_bytes(b"text")
    (tmp_path / "top" / "inner" / "deep").write_bytes(b"\x00")
    (tmp_path / "top" / "link").symlink_to("file")
    listed = "name, level, quote(data) from fsdir('top') order by name"
    assert answer(fdb, listed).splitlines() == [
        "top|1|NULL", "top/file|2|X'74657874'", "top/inner|2|NULL", "top/inner/deep|3|X'00'", "top/link|2|'file'",
    ]  # fmt: skip
    assert answer(fdb, "group_concat(name) from fsdir('inner', 'top')") == "inner,inner/deep"
    assert answer(fdb, "count(*) from fsdir('top') where level <= 2") == "4"
    assert answer(fdb, "count(*) from fsdir('top') where level < 2") == "1"
    assert answer(fdb, "count(*) from fsdir where path = 'inner' and dir = 'top'") == "2"
    assert answer(fdb, "mtime > 1e9, lsmode(mode) from fsdir('top/link')") == "1|lrwxrwxrwx"
    assert answer(fdb, "* from fsdir('nothing')") == "Runtime error: cannot stat file: nothing"
    assert answer(fdb, "* from fsdir") == "Runtime error: table function fsdir requires an argument"
    assert answer(fdb, "* from fsdir(null)").endswith("requires a non-NULL argument")


NUMBERS = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.floats(allow_nan=False).map(lambda value: struct.pack(">d", value)),
    st.from_regex(r"[-+]?[0-9]{1,12}(\.[0-9]{0,12})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
)
CALLS = st.one_of(
    st.tuples(st.sampled_from(["decimal(?)", "decimal_exp(?)", "ieee754(?)", "ieee754_to_blob(?)"]), NUMBERS),
    st.tuples(st.sampled_from(["decimal(?, ?)", "decimal_exp(?, ?)"]), NUMBERS, st.integers(-1, 30)),
    st.tuples(
        st.sampled_from(["decimal_add(?, ?)", "decimal_sub(?, ?)", "decimal_mul(?, ?)"]), NUMBERS, NUMBERS
    ),
    st.tuples(st.just("ieee754(?, ?)"), st.integers(-(2**63), 2**63 - 1), st.integers(-3000, 3000)),
    st.tuples(st.just("ieee754_inc(?, ?)"), st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(
        st.sampled_from(["base64(?)", "base85(?)", "is_base85(?)"]),
        st.binary(max_size=200) | st.text(st.sampled_from("Qz+/#== \n!é\0"), max_size=12),
    ),
)


@pytest.fixture
def theirs() -> Iterator[Any]:
    """A connection of C SQLite's, with the extensions that its shell has."""
    apsw = pytest.importorskip("apsw")
    extra = pytest.importorskip("apsw.sqlite_extra", reason="this apsw comes without SQLite's extensions")
    connection = apsw.Connection(":memory:")
    for name in ("decimal", "ieee754", "base64", "base85"):
        if not extra.has(name):
            pytest.skip(f"this apsw comes without {name}")
        extra.load(connection, name)
    yield connection
    connection.close()


def _answer(connection: Any, sql: str, args: Sequence[Value] = ()) -> list[tuple[Value, ...]] | str:
    """Rows, or the message of an error."""
    try:
        return list(connection.execute(sql, args))
    except Exception as problem:
        return str(problem)


@pytest.fixture
def ours() -> Iterator[Connection]:
    with closing(shell_connection(":memory:")) as connection:
        yield connection


def test_as_the_extensions_of_c_sqlite(theirs: Any, ours: Connection) -> None:
    @given(CALLS)
    def check(call: tuple[str, Value]) -> None:
        sql, *args = call
        wanted = _answer(theirs, f"select {sql}", args)
        if wanted == "out of memory":
            assert None in args
            wanted = [(None,)]
        assert _answer(ours, f"select {sql}", args) == wanted

    check()


def test_sums_as_the_extension_of_c_sqlite(theirs: Any, ours: Connection) -> None:
    @given(st.lists(NUMBERS, max_size=8))
    def check(numbers: list[Value]) -> None:
        for connection in (ours, theirs):
            connection.execute("drop table if exists t")
            connection.execute("create table t(x)")
            connection.executemany("insert into t values (?)", [(number,) for number in numbers])
        for sums in ("decimal_sum(x)", "decimal_sum(x) over (rows 1 preceding)"):
            assert _answer(ours, f"select {sums} from t") == _answer(theirs, f"select {sums} from t")

    check()


@pytest.mark.parametrize("function", ["base64", "base85"])
@pytest.mark.parametrize("unit", ["#", b"a"])
def test_texts_and_blobs_end_at_the_limit(theirs: Any, ours: Connection, function: str, unit: Any) -> None:
    ours.setlimit(0, 100)
    theirs.limit(0, 100)
    sql = f"select {function}(?)"
    answers = [(_answer(ours, sql, (unit * n,)), _answer(theirs, sql, (unit * n,))) for n in range(101)]
    assert [ours for ours, _ in answers] == [theirs for _, theirs in answers]
    assert isinstance(answers[-1][0], str) == (unit == b"a")
