"""Every workload, a file a subject."""

from __future__ import annotations

from typing import Final

from benchmarks.workload import Workload
from benchmarks.workloads import changes, grouping, joins, points, scans, tpch, whole

WORKLOADS: Final[list[Workload]] = [
    *scans.WORKLOADS,
    *grouping.WORKLOADS,
    *points.WORKLOADS,
    *joins.WORKLOADS,
    *tpch.WORKLOADS,
    *changes.WORKLOADS,
    *whole.WORKLOADS,
]
