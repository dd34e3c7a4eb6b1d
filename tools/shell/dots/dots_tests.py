"""Dot-commands that test what a script prints, and the tests that a database holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.errors import Error
from foundrydb.storage.format.values import UTF8, Value
from foundrydb.tools.output.problems import report
from foundrydb.tools.output.quoting_forms import literal
from foundrydb.tools.output.stream import CapturedOutput
from foundrydb.tools.shell.dots.dot_command import Usage, command
from foundrydb.vm.arithmetic.cast import to_text

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell


@command("testcase", "?NAME?", help="Keep what is printed from now on, for .check")
def testcase(shell: Shell, arguments: list[str]) -> None:
    """Begin a test case."""
    if len(arguments) > 1:
        raise Usage
    shell.case = CapturedOutput(f"testcase-{arguments[0] if arguments else '?'}")
    shell.send_to(shell.case)


@command(
    "check",
    "GLOB",
    help="Fail if output since .testcase does not match",
    more="In GLOB, * ? and [...] are as in SQL, # is any number of digits; blanks match any blanks.",
)
def check(shell: Shell, arguments: list[str]) -> bool:
    """End a test case, unless that is done: say whether what it printed is as expected."""
    if len(arguments) != 1:
        raise Usage
    case = shell.case
    if case is None:
        raise Usage("there is no .testcase before")
    text = case.text()
    if shell.out is case:
        shell.send_to(None)
    if matches(arguments[0], text):
        shell.write(f"{case.name} ok\n")
        return True
    report(f"{case.name} FAILED\n Expected: [{arguments[0]}]\n      Got: [{text}]")
    return False


def matches(pattern: str, text: str) -> bool:
    """Whether text is as a pattern of ``.check`` says, blanks at its end aside."""
    parts = _PART.findall(pattern)
    return re.fullmatch("".join(map(_meaning, parts)) + r"\s*", text, re.DOTALL) is not None


_PART: Final = re.compile(r"\[\^?\]?[^]]*\]|\s+|.", re.DOTALL)
"""A set of characters, blanks, or a character."""

_MEANINGS: Final = {"*": ".*", "?": ".", "#": "[-+]?[0-9]+"}


def _meaning(part: str) -> str:
    """A part of a pattern as a regular expression."""
    if part.isspace():
        return r"\s+"
    if len(part) == 1:
        return _MEANINGS.get(part, re.escape(part))
    inverse = "^" if part[1] == "^" else ""
    within = part[1 + len(inverse) : -1]
    return f"[{inverse}{within.translate(_ESCAPED)}]"


_ESCAPED: Final = str.maketrans({each: f"\\{each}" for each in "\\]^[&~|"})
"""What would mean more in a set of a regular expression than in one of GLOB."""


@command(
    "selftest",
    "?--init? ?-v?",
    help="Run tests defined in the SELFTEST table",
    more="""
--init          Create the table first, with tests of the schema, the rows of each table, and the integrity
-v              Verbose output
The table has columns tno, op, cmd, ans: op "run" has cmd answer ans, values with commas and rows with | between them;
op "memo" prints cmd.
""",
)
def selftest(shell: Shell, arguments: list[str]) -> bool:
    """Run each query of the table, and compare what it answers with what is kept."""
    options = {word.lstrip("-") for word in arguments if word.startswith("-")}
    if len(arguments) != len(options) or not options <= {"init", "v"}:
        raise Usage
    if "init" in options:
        _create_tests(shell)
    verbose = "v" in options
    failed = count = 0
    known = shell.query("SELECT 1 FROM sqlite_schema WHERE name = 'selftest' COLLATE NOCASE")
    for number, kind, sql, wanted in shell.query(_TESTS) if known else _WITHOUT_TABLE:
        if verbose:
            shell.write(f"{number}: {kind} {sql}\n")
        if kind == "memo":
            shell.write("" if verbose else f"{sql}\n")
        elif kind == "run":
            count += 1
            failed += not _passes(shell, number, str(sql), wanted, verbose)
        else:
            raise Usage(f'unknown operation "{kind}" in test {number}')
    shell.write(f"{failed} errors out of {count} tests\n")
    return failed == 0


_TESTS: Final = "SELECT tno, op, cmd, ans FROM selftest ORDER BY tno"

_WITHOUT_TABLE: Final = [
    (0, "memo", "Missing SELFTEST table - default checks only", ""),
    (1, "run", "PRAGMA integrity_check", "ok"),
]
"""The tests of a database that holds none."""

_SCHEMA: Final = "SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY 2"


def _create_tests(shell: Shell) -> None:
    """Add tests which say that the database is as it is now; the table is made where there is none."""
    shell.query("SAVEPOINT selftest_init")
    try:
        shell.query(
            "CREATE TABLE IF NOT EXISTS selftest(\n"
            "  tno INTEGER PRIMARY KEY,\n  op TEXT,\n  cmd TEXT,\n  ans TEXT\n)"
        )
        for kind, sql in _tests(shell):
            answer = None if kind == "memo" else shell.query(sql)[0][0]
            shell.query(
                "INSERT INTO selftest SELECT 10 + coalesce(max(tno), 90), ?, ?, ? FROM selftest",
                (kind, sql, answer),
            )
    except BaseException:
        shell.query("ROLLBACK TO selftest_init")
        raise
    finally:
        shell.query("RELEASE selftest_init")


def _tests(shell: Shell) -> list[tuple[str, str]]:
    """The kinds and the texts of the tests of a database: its schema, its rows, its integrity."""
    tables = shell.query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"
        " AND name <> 'selftest' AND coalesce(rootpage, 0) > 0 ORDER BY 1"
    )
    hashed = [_SCHEMA, *[f"SELECT * FROM {quoted_name(str(name))} NOT INDEXED" for (name,) in tables]]
    tests = [f"SELECT hex(sha3_query({literal(query)},224))" for query in hashed]
    return [
        ("memo", "Tests generated by --init"),
        *[("run", sql) for sql in [*tests, "PRAGMA integrity_check"]],
    ]


def _passes(shell: Shell, number: int, sql: str, wanted: Value, verbose: bool) -> bool:
    """Run a test, and tell where it fails."""
    try:
        answer = "|".join(",".join(map(_shown, row)) for row in shell.query(sql))
    except Error as problem:
        answer = f"error: {problem}"
    if verbose:
        shell.write(f"Result: {answer}\n")
    if answer != wanted:
        shell.write(f"{number}: Expected: [{_shown(wanted)}]\n{number}:      Got: [{answer}]\n")
    return answer == wanted


def _shown(value: Value) -> str:
    return "" if value is None else to_text(value, UTF8)
