"""Runs a workload on every engine in turn and keeps the medians."""

from __future__ import annotations

import gc
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.workloads import Workload


@dataclass
class Result:
    """Median seconds of each engine, and the median of its run-by-run ratios to sqlite3."""

    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "seconds": self.seconds, "ratios": self.ratios, "errors": self.errors}


def same(a: object, b: object) -> bool:
    """Whether two answers are equal; reals may differ where one engine adds them up with compensation."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return a == b or (len(a) == len(b) and all(map(same, a, b)))
    return a == b


def once(workload: Workload, module: Any, path: Path, rows: int) -> tuple[float, object]:
    """One run on one engine: seconds, and the answer."""
    with tempfile.TemporaryDirectory() as folder:
        target = path
        if workload.writes:
            target = Path(folder) / "copy.db"
            shutil.copy(path, target)
        connection = module.connect(str(target))
        workload.prepare(connection, rows)
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        answer = workload.run(connection, rows)
        seconds = time.perf_counter() - start
        gc.enable()
        connection.close()
    return seconds, answer


def measure(workload: Workload, engines: dict[str, Any], path: Path, rows: int, repeat: int) -> Result:
    """Time the workload on every engine ``repeat`` times, in turn.

    Raises AssertionError where an engine's answer differs from sqlite3's.
    """
    result = Result(workload.name)
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(repeat):
        expected: object = None
        for name in sorted(engines, key=lambda n: n != "sqlite3"):
            if name in result.errors:
                continue
            try:
                seconds, answer = once(workload, engines[name], path, rows)
            except Exception as e:
                if name != "pyturso":
                    raise
                result.errors[name] = f"{type(e).__name__}: {e}"
                continue
            if name == "sqlite3":
                expected = answer
            elif not same(answer, expected):
                if name != "pyturso":
                    raise AssertionError(f"{workload.name}: {name} answers otherwise than sqlite3")
                result.errors[name] = "another answer"
                continue
            times[name].append(seconds)
    for name, runs in times.items():
        if runs and name not in result.errors:
            result.seconds[name] = statistics.median(runs)
            result.ratios[name] = statistics.median(a / b for a, b in zip(runs, times["sqlite3"]))
    return result
