"""What is generated from the grammar is up to date, small and quick to load."""

from __future__ import annotations

import subprocess
import sys

import apsw
import pytest

from foundrydb.compiler.syntax import symbols, tables
from foundrydb.grammar import build
from foundrydb.grammar.symbols import spellings


def test_the_tables_are_what_the_grammar_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--check"]) == 0, capsys.readouterr().out


def test_a_change_of_the_grammar_is_noticed(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    original = build.source()
    monkeypatch.setattr(build, "source", lambda: original.replace("transaction: BEGIN", "transaction: CHECK"))
    assert build.main(["--check"]) == 1


def test_the_keywords_are_sqlites() -> None:
    ours = set(spellings())
    assert ours == {*apsw.keywords, "WITHIN"}, (
        "C SQLite has the latter where it is built with ordered-set aggregates"
    )
    found = {word.decode() for word in symbols.KEYWORD_WORDS if word}
    assert found == ours


def test_names_and_reserved_words_are_sqlites() -> None:
    connection = apsw.Connection(":memory:")
    for word, terminal in spellings().items():
        number = build.terminals().index(terminal)
        ours = number in symbols.NAME_KEYWORDS or terminal in (
            "JOIN_KW",
            "INDEXED",
            "WINDOW",
            "OVER",
            "FILTER",
            "WITHIN",
        )
        try:
            connection.execute(f"CREATE TABLE x.{word}(a)")
        except apsw.Error as failure:
            theirs = "syntax error" not in str(failure)
        assert ours == theirs, word


def test_the_tables_are_small() -> None:
    assert len(tables.DATA) < 64_000


def test_importing_the_parser_needs_neither_lark_nor_the_sources() -> None:
    code = "import sys; import foundrydb.compiler.syntax.parser; print('lark' in sys.modules, 'json' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False")
