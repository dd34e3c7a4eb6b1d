"""An application goes on after whatever the disk did to it: what it was told is so is so.

``python -m crash`` lives more lives.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.pressure import put_under_pressure

from crash.life import Life, live
from foundrydb.edition import mode

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))


def test_lives(tmp_path: Path) -> None:
    met = 0
    for seed in range(1, 100 * SCALE + 1):
        life = Life(str(seed), tmp_path)
        live(life)
        met += life.faults > 0
    assert met > 30 * SCALE


@pytest.mark.skipif(mode() == "compiled", reason="compiled code calls its own functions")
def test_lives_without_room_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page that is not pinned leaves the memory before the next one is asked for."""
    put_under_pressure(monkeypatch)
    for seed in range(1, 20 * SCALE + 1):
        live(Life(f"pressed {seed}", tmp_path))
