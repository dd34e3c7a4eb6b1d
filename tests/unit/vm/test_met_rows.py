"""The rows that were met: in a set, and in an index once that is full."""

from __future__ import annotations

import random

import pytest

from foundrydb.storage.format.values import BINARY, NOCASE, KeyInfo, Value
from foundrydb.vm.tables.met_rows import MetRows

from .conftest import SchemaHost

VALUES: list[Value] = [None, 0, 1, 1.0, -0.0, 2**53 + 1, float(2**53), "a", "A", b"a", "", b"", 2.5]


def what_equals(value: Value, folded: bool) -> object:
    """The same for values that SQL takes for equal."""
    number = isinstance(value, (int, float))
    text = value.lower() if folded and isinstance(value, str) else value
    return (int if number else type(value), text)


@pytest.mark.parametrize("budget", [0, 400, 10**9])
@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("folded", [False, True])
def test_each_row_is_new_once(budget: int, width: int, folded: bool) -> None:
    keys = KeyInfo([NOCASE if folded else BINARY] * width, [False] * width)
    rows = MetRows(SchemaHost().attached.ephemeral, budget, keys)
    chance = random.Random(budget + width)
    for _ in range(2):
        known = set()
        for _ in range(300):
            row = [chance.choice(VALUES) for _ in range(width)]
            wanted = tuple(what_equals(value, folded) for value in row)
            met = rows.meet_one(row[0]) if width == 1 else rows.meet(row)
            assert met == (wanted in known), row
            known.add(wanted)
        rows.clear()
    rows.close()
