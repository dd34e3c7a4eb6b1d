"""A share of the goldens' statements; ``python -m debugging`` asks all."""

from __future__ import annotations

from pathlib import Path

import pytest

from debugging.queries import GOLDENS, paths
from debugging.same_state import check

EVERY = 6
SHARE = paths()[::EVERY]


@pytest.mark.parametrize("path", SHARE, ids=[str(path.relative_to(GOLDENS))[:-7] for path in SHARE])
def test_forward_and_back_is_the_same_state(path: Path) -> None:
    check(path)


def test_most_statements_can_be_debugged() -> None:
    assert sum(check(path) for path in paths()[:: 8 * EVERY]) >= 5
