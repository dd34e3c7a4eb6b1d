"""The n-th call to the disk, whatever it is, fails once or from then on; and so for each n, at regular distances.

``python -m crash.faults`` takes every one.
"""

from __future__ import annotations

import os
from pathlib import Path

from crash.faults import SCENARIOS, Faults

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))


def test_faults(tmp_path: Path) -> None:
    faults = Faults(tmp_path)
    faults.run(170 * SCALE, 1, max(293 // SCALE, 1))
    assert len(faults.trials) == len(SCENARIOS)
    assert len(faults.met) > 5
