"""The power goes before each change of the disk: every image that it may leave is recovered to a whole transaction.

``python -m crash.images`` makes more of them.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from crash.images import Script

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))


def test_images(tmp_path: Path) -> None:
    images: Counter[int] = Counter()
    modes: Counter[str] = Counter()
    seed = 0
    while images.total() < 2500 * SCALE or len(modes) < 4:
        seed += 1
        script = Script(f"image {seed}", tmp_path)
        script.run(3)
        images.update(script.images)
        modes[script.mode] += 1
    assert images[1] > 50 and images[2] > 5
