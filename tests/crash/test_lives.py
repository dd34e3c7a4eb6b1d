"""An application goes on after whatever the disk did to it: what it was told is so is so.

``python -m crash`` lives more lives; FOUNDRYDB_TEST_SCALE=12 lets every single call of the script fail.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.disk import EVERY_CALL, OUT_OF_MEMORY, OWN_CODE
from harness.pressure import put_under_pressure

from crash.life import FOREVER, ON_DISK, Life, live
from foundrydb.edition import mode

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))

SCRIPT = (
    "update t set v = v + 1, pad = pad || pad || pad || pad || 'abcdefghijklmnopqrstuvwxyz'",
    "begin",
    "insert into w select 'n' || k % 5, v, zeroblob(400) from t where k % 3 = 1",
    "savepoint s",
    "delete from t where k % 2 = 0",
    "rollback to s",
    "create table x1(a, b unique)",
    "insert into x1 select v, k from t where k % 5 = 0",
    "release s",
    "commit",
    "create index i1 on t(pad, k)",
    "drop index tv",
    "delete from w where b % 2 = 0",
    "alter table x1 add column d default 5",
    "drop table x1",
    "pragma page_size = 1024",
    "vacuum",
    "update t set v = v + 1",
    "vacuum",
)


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


@pytest.mark.parametrize("fault", [OWN_CODE, "SQLITE_FULL", OUT_OF_MEMORY])
@pytest.mark.parametrize("times", [1, FOREVER])
def test_every_call_fails(tmp_path: Path, fault: str, times: int) -> None:
    """The n-th call, whatever it is, fails once or from then on; and so for each n."""
    place, step = 1, max(1, 36 // SCALE)
    while True:
        life = Life(f"{place} {fault}", tmp_path, ON_DISK[place % 4])
        life.disk.counted = EVERY_CALL
        life.disk.fault = fault
        life.fail_at(place, times)
        for sql in SCRIPT:
            life.run(sql)
        life.mend()
        life.finish()
        if not life.faults:
            break
        place += step
    assert place > 100
