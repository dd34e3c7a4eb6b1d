"""One workload on one engine as a process of its own, for its peak memory: ``python -m benchmarks.child …``.

Prints what ``measure.Alone`` holds, as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from benchmarks.engines import use_installed_package
from benchmarks.growth_tasks import TASKS
from benchmarks.measure import once
from benchmarks.workloads import WORKLOADS


def peak_bytes() -> int:
    """The most memory that this process has had resident.

    Linux says it of the program that runs now; ``getrusage`` there also remembers the process that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> int:
    """Run the workload that the arguments name."""
    name, engine, path, rows = sys.argv[1:]
    use_installed_package()
    workload = next(one for one in [*WORKLOADS, *TASKS] if one.name == name)
    seconds, answer = once(workload, engine, Path(path), int(rows), "cpu")
    small = answer if workload in TASKS else None
    print(json.dumps({"seconds": seconds, "peak": peak_bytes(), "answer": small}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
