"""Every workload, a file a subject, in named groups.

``core`` is what the report in the documentation is about; the others are measured when they are asked for.
"""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload
from benchmarks.workloads import (
    attached,
    changes,
    following,
    functions,
    grouping,
    joins,
    json,
    long_values,
    modules,
    plans,
    points,
    recursion,
    scans,
    storage,
    tpch,
    whole,
    windows,
    write_ahead,
)

CORE: Final = "core"

GROUPS: Final[dict[str, list[Workload]]] = {
    CORE: [
        *scans.WORKLOADS,
        *grouping.WORKLOADS,
        *points.WORKLOADS,
        *joins.WORKLOADS,
        *tpch.WORKLOADS,
        *changes.WORKLOADS,
        *whole.WORKLOADS,
    ],
    "attached": attached.WORKLOADS,
    "following": following.WORKLOADS,
    "functions": functions.WORKLOADS,
    "json": json.WORKLOADS,
    "long values": long_values.WORKLOADS,
    "modules": modules.WORKLOADS,
    "plans": plans.WORKLOADS,
    "recursion": recursion.WORKLOADS,
    "storage": storage.WORKLOADS,
    "windows": windows.WORKLOADS,
    "write ahead": write_ahead.WORKLOADS,
}

WORKLOADS: Final[list[Workload]] = [workload for group in GROUPS.values() for workload in group]
