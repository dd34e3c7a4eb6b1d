"""Texts of JSON looked at several bytes at a time: what is special is found wherever it stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import foundrydb
from foundrydb.vm.functions.json.escapes import WORD, plain_bytes, special_place

SPECIAL = {*range(0x20), 0x22, 0x5C}
NEAR = [0, 1, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0x9F, 0xA2, 0xDC, 0xFF]
"""Bytes that are special, and those that a bit tells from them."""

STRINGS = st.lists(st.sampled_from(NEAR) | st.integers(0x20, 0x7E), max_size=40).map(bytes)


@given(STRINGS.filter(lambda data: len(data) >= 8), st.data())
def test_plain_bytes_are_counted_up_to_the_first_special_one(data: bytes, choice: st.DataObject) -> None:
    at = choice.draw(st.integers(0, len(data) - 8))
    wanted = next((i for i in range(WORD) if data[at + i] in SPECIAL), WORD)
    assert plain_bytes(data, at) == wanted


@given(STRINGS, st.data())
def test_the_first_special_byte_between_two_places(data: bytes, choice: st.DataObject) -> None:
    at = choice.draw(st.integers(0, len(data)))
    end = choice.draw(st.integers(at, len(data)))
    assert special_place(data, at, end) == next((i for i in range(at, end) if data[i] in SPECIAL), end)


@pytest.mark.parametrize("size", [*range(25), 139, 140, 141, 147, 148, 300])
@pytest.mark.parametrize("last", ["", "\\n", "\\u0041", "é", "'"])
def test_texts_of_every_length(size: int, last: str) -> None:
    con = foundrydb.connect(":memory:")
    text = '["' + "x" * size + last + '",{"' + "y" * size + last + '":1}]'
    assert con.execute("select json(?)", (text,)).fetchall() == [(text,)]
    value = json.loads(text)[0]
    assert con.execute("select json_extract(?, '$[0]')", (text,)).fetchall() == [(value,)]
    assert con.execute("select json_array(?)", (value,)).fetchone()[0] == json.dumps(
        [value], ensure_ascii=False
    )
    assert con.execute("select json_valid(?)", (text.replace(last + '"', "\n"),)).fetchall() == [(0,)]
    con.close()


def test_bytes_of_a_hexadecimal_number_in_jsonb_that_does_not_hold_together() -> None:
    """What follows the document is no part of it, and what is said there of lengths is not true."""
    con = foundrydb.connect(":memory:")
    blob = b'\xcb\x10E1e400\x98\\"\\udc00x'
    made = con.execute("select json_array_insert(?, '$', 1e+300)", (blob,)).fetchall()
    assert made == [('[1e40,null,"\\"\\udc00x"]',)]
    con.close()
