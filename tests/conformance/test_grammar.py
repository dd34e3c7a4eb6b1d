"""The grammar over the conformance data: a share of what the commands of this folder do for all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance import grammar_corpus
from conformance.grammar_agreement import Oracle as SQLite
from conformance.grammar_agreement import compare
from conformance.lark_oracle import Oracle, disagreement, statements

from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.parser import Parser, parse
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.errors import Error

STATEMENTS = grammar_corpus.constructs()

SHARE = 1000
"""One text in so many is read by the tests; every .sqltest file is read by the round trip."""


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture
def corpus(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FOUNDRYDB_SHARED", str(shared))
    yield


@pytest.mark.parametrize("sql", STATEMENTS)
def test_lark_makes_the_same_tree(oracle: Oracle, sql: str) -> None:
    assert disagreement(oracle, sql) is None


@pytest.mark.parametrize(
    "sql", ["select a from", "select 1 between 2 or 3 and 4", "create table t(a", "select a b c"]
)
def test_lark_refuses_what_we_refuse(oracle: Oracle, sql: str) -> None:
    assert disagreement(oracle, sql) is None


@pytest.mark.parametrize("sql", STATEMENTS)
def test_sqlite_accepts_what_we_accept(sql: str) -> None:
    assert SQLite().refuses(sql, []) is None


def test_sqlite_agrees_on_a_share_of_the_corpus(corpus: None) -> None:
    counts, differences = compare((7, SHARE))
    assert counts["agree"] > 500 and not differences, differences[:10]


def test_lark_agrees_on_a_share_of_the_corpus(corpus: None, oracle: Oracle) -> None:
    checked = 0
    for sql in statements((3, SHARE)):
        assert disagreement(oracle, sql) is None
        checked += 1
    assert checked > 500


def test_the_printed_corpus_reads_back(corpus: None) -> None:
    checked = 0
    for number, (name, text) in enumerate(grammar_corpus.texts()):
        if not name.endswith(".sqltest") and number % SHARE != 11:
            continue
        parser = Parser(text)
        try:
            while (statement := parser.next()) is not None:
                printed = to_sql(statement)
                assert parse(printed) == [statement], printed
                for node in walk(statement):
                    assert 0 <= node.start <= node.end <= len(text)
                checked += 1
        except Error:
            continue
    assert checked > 5000
