"""A share of the goldens' statements; ``python -m debugging`` asks all."""

from __future__ import annotations

from pathlib import Path

import pytest

from debugging.queries import GOLDENS, connected, paths
from debugging.same_state import check
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging.replay import can_run

EVERY = 6
SHARE = paths()[::EVERY]


@pytest.mark.parametrize("path", SHARE, ids=[str(path.relative_to(GOLDENS))[:-7] for path in SHARE])
def test_forward_and_back_is_the_same_state(path: Path) -> None:
    check(path)


def test_all_statements_can_be_debugged() -> None:
    refused = []
    for path in paths():
        with connected(path) as (connection, sql):
            compilation = stages.compile(sql, connection, noting=True)
            if not can_run(compilation.statement):
                refused.append(type(compilation.statement))
    assert len(paths()) > 300 and refused == []
