"""The formatter keeps trees and comments: every construct, SQL of the goldens, and a share of the conformance data."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance import formatting, grammar_corpus
from conformance.formatting import fault, parses
from harness.golden import Golden

GOLDENS = sorted((Path(__file__).resolve().parents[1] / "goldens").rglob("*.golden"))


@pytest.mark.parametrize("sql", grammar_corpus.constructs())
@pytest.mark.parametrize("width", [100, 20, 1])
def test_every_construct(sql: str, width: int) -> None:
    assert fault(sql, width) is None


def test_the_sql_of_goldens() -> None:
    for path in GOLDENS[::4]:
        golden = Golden.read(path)
        for sql in (golden.sql, golden.sections.get("schema", "")):
            if parses(sql):
                assert fault(sql, 80) is None


@pytest.mark.parametrize("options", [[], ["--comments"]])
def test_a_share_of_the_corpus(shared: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = formatting.main(["--sample", "7/4001", *options])
    assert status == 0, capsys.readouterr().out
