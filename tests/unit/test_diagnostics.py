"""Errors as a person reads them."""

from __future__ import annotations

import pytest

from foundrydb.compiler.syntax.diagnostics import did_you_mean, line_and_column, render
from foundrydb.compiler.syntax.parser import parse
from foundrydb.errors import OperationalError


def rendered(sql: str) -> str:
    with pytest.raises(OperationalError) as caught:
        parse(sql)
    return render(caught.value)


def test_a_misspelt_keyword() -> None:
    assert rendered("SELECT *\nFORM t") == (
        'near "FORM": syntax error\n'
        "  2:1 | FORM t\n"
        "      | ^~~~\n"
        "did you mean FROM?"
    )  # fmt: skip


def test_what_could_have_stood_there() -> None:
    assert rendered("create table t a") == (
        'near "a": syntax error\n'
        "  1:16 | create table t a\n"
        "       |                ^\n"
        "expected (, . or AS"
    )  # fmt: skip
    assert rendered("select 1 from t where").endswith("expected an expression")


def test_the_end_of_the_text() -> None:
    assert rendered("select (1 + 2\n\n") == (
        "incomplete input\n"
        "  1:14 | select (1 + 2\n"
        "       |              ^"
    )  # fmt: skip


def test_a_long_line_is_cut_around_the_place() -> None:
    text = rendered("select " + "a, " * 200 + "from t where x y" + " and b" * 100)
    line, caret = text.splitlines()[1:3]
    assert line.startswith("  1:") and "…" in line and len(line) < 125
    assert line[caret.index("^")] == "f"


def test_tabs_keep_the_caret_in_place() -> None:
    assert "|\t       ^" in rendered("\tselect from").replace("| \t", "|\t")


def test_line_and_column() -> None:
    assert line_and_column("ab\ncd\n", 0) == (1, 1)
    assert line_and_column("ab\ncd\n", 4) == (2, 2)
    assert line_and_column("ab\ncd\n", 6) == (3, 1)


def test_did_you_mean() -> None:
    assert did_you_mean("Usres", ["users", "orders"]) == "did you mean users?"
    assert did_you_mean("x", ["users", "orders"]) is None
    assert did_you_mean("a", []) is None


def test_an_error_without_a_place() -> None:
    assert render(OperationalError("no such thing")) == "no such thing"


@pytest.mark.parametrize(
    ("before", "cells"),
    [("'日本語'", 8), ("'e\u0301'", 3), ("'😀'", 4), ("'\u200b'", 2), ("'\x01'", 3)],
)
def test_the_caret_counts_cells_of_the_terminal(before: str, cells: int) -> None:
    line, mark = rendered(f"select {before} x 名前").split("\n")[1:3]
    start = line.index("|") + 2
    assert mark == " " * (start - 2) + "| " + " " * (len("select ") + cells + len(" x ")) + "^~~~"


def test_tabs_stand_under_tabs_and_control_characters_are_not_printed() -> None:
    line, mark = rendered("select '\x1b[1m' x\ty").split("\n")[1:3]
    assert "\x1b" not in line
    assert mark.index("^") == line.index("\t") + 1 and mark[line.index("\t")] == "\t"
