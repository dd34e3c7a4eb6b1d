"""A small share of the calls that ``python -m json_calls`` makes."""

from __future__ import annotations

import pytest

from json_calls.runner import differences


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_both_engines_answer_alike(seed: int) -> None:
    assert differences(700, seed) == []
