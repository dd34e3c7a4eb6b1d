"""Processes of ours and of the C library at work on one database, some of which are killed: nothing is lost.

``python -m contention`` lets them work for longer; FOUNDRYDB_TEST_SCALE=100 as well.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from contention.bank import Bank

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_bank(tmp_path: Path, mode: str) -> None:
    bank = Bank(tmp_path, mode, ["foundrydb", "foundrydb", "sqlite3", "apsw"], seed=1)
    bank.run(10 * SCALE)
    assert bank.wrong == []
    assert bank.met["transfer"] > 10 and bank.met["read"] > 5
