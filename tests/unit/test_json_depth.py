"""How deep a document may be nested that is changed and made text, beside C SQLite."""

from __future__ import annotations

from typing import Any

import apsw
import pytest

import foundrydb

DEEP = "'$' || replace(hex(zeroblob({})), '00', '.a')"
"""A path of so many steps."""


@pytest.mark.parametrize("steps", [998, 999, 1000, 1001])
@pytest.mark.parametrize(
    "call",
    [
        "json_insert('{{}}', {path}, json('[1]'))",
        "json_set('{{\"b\": 1}}', {path}, json('[[1]]'))",
        "json_insert('{{}}', {path}, json('[1]'), '$.b', 2)",
        "json_insert('{{}}', {path}, json('[1]'), '$.b.c', 2)",
        "json_insert('{{}}', {path}, json('[1]'), '$.b[1].c', 2)",
        "json_insert('{{}}', {path}, json('[1]'), '$', 2)",
        "json_insert('{{}}', {path}, json('[1]'), null, 2)",
        "json_remove(jsonb_insert('{{}}', {path}, json('[1]')), '$.b.c')",
        "json(jsonb_insert('{{}}', {path}, json('[1]')))",
    ],
)
def test_levels_that_are_made_for_a_path(steps: int, call: str) -> None:
    sql = f"select length({call.format(path=DEEP.format(steps))})"
    assert _answer(foundrydb.connect(":memory:"), sql) == _answer(apsw.Connection(":memory:"), sql)


def _answer(connection: Any, sql: str) -> object:
    try:
        return list(connection.execute(sql))
    except (apsw.Error, foundrydb.Error) as problem:
        return str(problem).split(":")[0]
