"""What the order of functions is found from: every workload on small databases, those that read first."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.databases import build
from benchmarks.engines import OURS, use_installed_package
from benchmarks.measure import once
from benchmarks.workloads import WORKLOADS

ROWS: Final = 2000


def main() -> int:
    """Run the workloads."""
    use_installed_package()
    with tempfile.TemporaryDirectory() as folder:
        for workload in sorted(WORKLOADS, key=lambda one: one.writes):
            once(workload, OURS, build(workload.database, Path(folder), ROWS), ROWS, "cpu")
    return 0


if __name__ == "__main__":
    sys.exit(main())
