"""Names are compared without regard to the case of ASCII letters, and of no others."""

from __future__ import annotations

from typing import Any

import apsw
import pytest

import foundrydb

SCRIPTS = [
    ["with É as (select 1), é as (select 2) select * from É, é"],
    ["with Ka as (select 1), kA as (select 2) select * from ka"],
    ["with \u212a as (select 1), k as (select 2) select * from k"],
    ["savepoint É", "release é"],
    ["savepoint Sé", "release sé"],
    ["select li\u212ae('a', 'A')"],
    ["select LIKE('a', 'A')"],
    ["create index i on sqlite_master(name)"],
    ["create index temp.i on sqlite_temp_master(name)"],
]


def answer(connection: Any, script: list[str]) -> object:
    """The last statement's rows, or the error's text."""
    try:
        return [list(connection.execute(sql)) for sql in script][-1]
    except (foundrydb.Error, apsw.Error) as problem:
        return str(problem)


@pytest.mark.parametrize("script", SCRIPTS, ids="; ".join)
def test_as_in_c_sqlite(script: list[str]) -> None:
    ours = answer(foundrydb.connect(":memory:", isolation_level=None), script)
    assert ours == answer(apsw.Connection(":memory:"), script)
