"""A workload from which the order of functions is found: ``python -m benchmarks.layout.training WORKLOAD FOLDER``.

The folder keeps the databases on which workloads run.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from benchmarks.databases import build
from benchmarks.engines import OURS, use_installed_package
from benchmarks.growth_tasks import TASKS
from benchmarks.measure import once
from benchmarks.workloads import WORKLOADS

ROWS: Final = 200_000
"""So many that tables are larger than the cache: what evicts and writes pages is called too."""


def main() -> int:
    """Run the workload that the arguments name."""
    use_installed_package()
    name, folder = sys.argv[1:]
    workload = next(one for one in [*WORKLOADS, *TASKS] if one.name == name)
    once(workload, OURS, build(workload.database, Path(folder), ROWS), ROWS, "cpu")
    return 0


if __name__ == "__main__":
    sys.exit(main())
