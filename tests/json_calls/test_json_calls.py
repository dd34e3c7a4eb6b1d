"""A small share of the calls that ``python -m json_calls`` makes."""

from __future__ import annotations

import pytest

from json_calls.runner import Asked, differences


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_both_engines_answer_alike(seed: int) -> None:
    assert differences(700, seed) == []


@pytest.mark.parametrize(
    "call", ["json_set(?1, '$.a', 1)", "json_remove(?1, '$.a')", "json_set(?1, '$.a', null)"]
)
def test_a_text_with_a_hexadecimal_number_is_taken_for_the_jsonb_that_it_was_made_of(call: str) -> None:
    """The JSONB is ``[{1:5,1:null}]``, 5 from three bytes of type INT5 that do not begin with 0x."""
    asked = Asked()
    sql = f"select json_patch('1', {call})"
    jsonb = bytes.fromhex("ab9c1331340e3735133100")
    answer = asked.our_answer(sql, [jsonb])
    assert answer == asked.their_answer(sql, [jsonb]) == [("[{1:5,1:null}]",)]
