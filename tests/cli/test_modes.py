"""Output modes: recorded layouts of the sqlite3 shell, and the shell itself beside ours where it is installed."""

from __future__ import annotations

import io
import random
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from foundrydb.storage.format.values import Value
from foundrydb.tools.output.columnar import display_width, first_line
from foundrydb.tools.output.modes import MODES, choose_mode, writer_for
from foundrydb.tools.output.stream import OutputStream
from foundrydb.tools.output.writer import OutputSettings

Row = tuple[Value, ...]

ROWS: list[Row] = [(1, "x y"), (None, "it's"), (2.5, b"\x01\x02"), ("tab\tq", "two\nlines")]

RECORDED = {
    "ascii": "1\x1fx y\x1e\x1fit's\x1e2.5\x1f\x01\x02\x1etab\tq\x1ftwo\nlines\x1e",
    "box": """\
┌───────────┬───────┐
│     a     │   b   │
├───────────┼───────┤
│ 1         │ x y   │
├───────────┼───────┤
│           │ it's  │
├───────────┼───────┤
│ 2.5       │       │
│           │       │
├───────────┼───────┤
│ tab     q │ two   │
│           │ lines │
└───────────┴───────┘
""",
    "column": """\
a          b    
---------  -----
1          x y  

           it's 

2.5             
                

tab     q  two  
           lines
""",
    "csv": '1,"x y"\r\n,"it\'s"\r\n2.5,"\x01\x02"\r\n"tab\tq","two\nlines"\r\n',
    "html": """\
<TR><TD>1</TD>
<TD>x y</TD>
</TR>
<TR><TD></TD>
<TD>it&#39;s</TD>
</TR>
<TR><TD>2.5</TD>
<TD>\x01\x02</TD>
</TR>
<TR><TD>tab\tq</TD>
<TD>two
lines</TD>
</TR>
""",
    "insert": """\
INSERT INTO "table" VALUES(1,'x y');
INSERT INTO "table" VALUES(NULL,'it''s');
INSERT INTO "table" VALUES(2.5,X'0102');
INSERT INTO "table" VALUES('tab\tq',replace('two\\nlines','\\n',char(10)));
""",
    "json": """\
[{"a":1,"b":"x y"},
{"a":null,"b":"it's"},
{"a":2.5,"b":"\\u0001\\u0002"},
{"a":"tab\\tq","b":"two\\nlines"}]
""",
    "line": """\
    a = 1
    b = x y

    a = 
    b = it's

    a = 2.5
    b = \x01\x02

    a = tab\tq
    b = two
lines
""",
    "list": "1|x y\n|it's\n2.5|\x01\x02\ntab\tq|two\nlines\n",
    "markdown": """\
|     a     |   b   |
|-----------|-------|
| 1         | x y   |
|           | it's  |
| 2.5       |       |
|           |       |
| tab     q | two   |
|           | lines |
""",
    "qbox": """\
┌────────────┬─────────┐
│     a      │    b    │
├────────────┼─────────┤
│ 1          │ 'x y'   │
├────────────┼─────────┤
│ NULL       │ 'it''s' │
├────────────┼─────────┤
│ 2.5        │ x'0102' │
├────────────┼─────────┤
│ 'tab    q' │ 'two    │
│            │ lines'  │
└────────────┴─────────┘
""",
    "quote": "1,'x y'\nNULL,'it''s'\n2.5,X'0102'\n'tab\tq','two\nlines'\n",
    "table": """\
+-----------+-------+
|     a     |   b   |
+-----------+-------+
| 1         | x y   |
+-----------+-------+
|           | it's  |
+-----------+-------+
| 2.5       |       |
|           |       |
+-----------+-------+
| tab     q | two   |
|           | lines |
+-----------+-------+
""",
    "tabs": "1\tx y\n\tit's\n2.5\t\x01\x02\ntab\tq\ttwo\nlines\n",
    "tcl": '"1" "x y"\n"" "it\'s"\n"2.5" "\\001\\002"\n"tab\\tq" "two\\nlines"\n',
    "count": "4 rows\n",
    "off": "",
}


def printed(settings: OutputSettings, columns: list[str], rows: list[Row]) -> str:
    stream = io.BytesIO()
    out = OutputStream(stream, "test")
    writer = writer_for(out, settings)
    writer.begin(columns)
    writer.rows(rows[:1])
    writer.rows(rows[1:])
    writer.end()
    out.flush()
    return stream.getvalue().decode("utf-8", "surrogateescape")


def chosen(name: str, headers: bool = False) -> OutputSettings:
    settings = OutputSettings()
    if name != "column":
        settings.headers = settings.headers_set = headers
    choose_mode(settings, name)
    return settings


def test_every_mode_is_recorded() -> None:
    assert set(RECORDED) == set(MODES)


@pytest.mark.parametrize("name", MODES)
def test_recorded(name: str) -> None:
    assert printed(chosen(name), ["a", "b"], ROWS) == RECORDED[name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("csv", 'a b,"c""d"\r\n'.replace("a b", '"a b"') + "1,2\r\n"),
        ("list", 'a b|c"d\n1|2\n'),
        ("tabs", 'a b\tc"d\n1\t2\n'),
        ("quote", "'a b','c\"d'\n1,2\n"),
        ("insert", 'INSERT INTO "table"("a b","c""d") VALUES(1,2);\n'),
        ("html", "<TR><TH>a b</TH>\n<TH>c&quot;d</TH>\n</TR>\n<TR><TD>1</TD>\n<TD>2</TD>\n</TR>\n"),
        ("tcl", '"a b" "c\\"d"\n"1" "2"\n'),
        ("json", '[{"a b":1,"c\\"d":2}]\n'),
    ],
)
def test_headers(name: str, expected: str) -> None:
    assert printed(chosen(name, headers=True), ["a b", 'c"d'], [(1, 2)]) == expected


@pytest.mark.parametrize("name", sorted(set(MODES) - {"count"}))
def test_no_rows_no_output(name: str) -> None:
    assert printed(chosen(name, headers=True), ["a"], []) == ""


def test_null_value_and_separators() -> None:
    settings = chosen("list")
    settings.null, settings.column_separator, settings.row_separator = "~", "::", "!\n"
    assert printed(settings, ["a", "b"], [(None, 1), ("", None)]) == "~::1!\n::~!\n"


def test_a_text_ends_at_its_first_nul() -> None:
    assert printed(chosen("list"), ["a"], [("ab\0cd",), (b"x\0y",)]) == "ab\nx\n"


def test_bytes_that_are_not_utf8_come_out_as_they_were() -> None:
    stream = io.BytesIO()
    out = OutputStream(stream, "test")
    out.write("a\udcffb")
    out.flush()
    assert stream.getvalue() == b"a\xffb"


def test_reals_are_sqlites_text() -> None:
    rows: list[Row] = [(0.1 + 0.2,), (1e23,), (100.0,), (float("inf"),), (0.99,)]
    assert printed(chosen("list"), ["a"], rows) == "0.30000000000000004\n1.0e+23\n100.0\nInf\n0.99\n"
    assert printed(chosen("json"), ["a"], rows[3:]) == '[{"a":1e999},\n{"a":0.99}]\n'
    assert printed(chosen("insert"), ["a"], rows[3:4]) == 'INSERT INTO "table" VALUES(1e999);\n'


def test_wide_characters_take_two_places() -> None:
    assert display_width("ab") == 2
    assert display_width("日本") == 4
    assert display_width("e\u0301") == 1
    lines = printed(chosen("box"), ["k"], [("日本",), ("abcd",)]).splitlines()
    assert [display_width(line) for line in lines] == [8] * 6


@pytest.mark.parametrize(
    ("text", "width", "words", "line", "rest"),
    [
        ("plain", 0, False, "plain", None),
        ("one\ntwo", 0, False, "one", "two"),
        ("one\r\ntwo", 0, False, "one", "two"),
        ("abcdefgh", 3, False, "abc", "defgh"),
        ("hello there", 8, True, "hello ", "there"),
        ("hello,there", 8, True, "hello,", "there"),
        ("\tx", 0, False, "        x", None),
        ("", 5, False, "", None),
    ],
)
def test_first_line(text: str, width: int, words: bool, line: str, rest: str | None) -> None:
    assert first_line(text, width, words) == (line, rest)


# beside the real shell ------------------------------------------------------------------------------------------

PIECES = ["a", "b", " ", "'", '"', "\\", "\t", "\n", "\r", "\r\n", ",", "|", "e", "<", "&", ">", "\x07", "\x1b", "x",
          "1", " the ", "word", "\\n", "\\012", "\\r", "."]  # fmt: skip


def random_value(dice: random.Random) -> Value:
    kind = dice.random()
    if kind < 0.1:
        return None
    if kind < 0.2:
        return dice.choice([0, -1, 2**63 - 1, -(2**63), 12])
    if kind < 0.3:
        return dice.choice([0.5, -2.0, 0.25])
    if kind < 0.4:
        return dice.choice([b"ab", b"", b"\x00\x01", b"\x41\x00b"])
    return "".join(dice.choice(PIECES) for _ in range(dice.choice([0, 1, 3, 10, 40])))


@pytest.mark.parametrize("name", sorted(set(MODES) - {"count", "off"}))
def test_beside_the_sqlite3_shell(name: str, tmp_path: Path) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("no sqlite3 shell")
    version = tuple(
        int(part) for part in subprocess.check_output([shell, "--version"]).split()[0].split(b".")
    )
    if not (3, 40) <= version < (3, 47):
        pytest.skip("the layouts are those of sqlite3 3.40 to 3.46")
    dice = random.Random(name)
    for trial in range(6):
        rows: list[Row] = [tuple(random_value(dice) for _ in range(2)) for _ in range(dice.choice([1, 2, 5]))]
        path = tmp_path / f"{trial}.db"
        con = sqlite3.connect(path)
        con.execute("CREATE TABLE t(a, b)")
        con.executemany("INSERT INTO t VALUES (?, ?)", rows)
        con.commit()
        con.close()
        for options in (
            ([], ["--wrap", "7"], ["--wrap", "7", "--ww"], ["--quote"]) if MODES[name].columnar else ([],)
        ):
            settings = chosen(name, headers=True)
            settings.wrap = 7 if options[:1] == ["--wrap"] else settings.wrap
            settings.word_wrap = "--ww" in options
            settings.quote = settings.quote or "--quote" in options
            settings.widths = dice.choice([[], [3, -5], [20]])
            width = " ".join(map(str, settings.widths))
            commands = [
                f".mode {name} {' '.join(options)}",
                ".headers on",
                *([f".width {width}"] if width else []),
            ]
            done = subprocess.run(
                [shell, path, *commands, "SELECT a AS 'x y', b AS \"select\" FROM t"],
                stdout=subprocess.PIPE,
                check=True,
            )
            assert printed(settings, ["x y", "select"], rows).encode() == done.stdout
