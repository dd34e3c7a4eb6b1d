"""Runs a workload on every engine in turn and keeps the medians.

An engine that is neither ours nor the reference is first tried in a process of its own with a time limit, so that a
workload on which it hangs or crashes costs the run no more than that.
"""

from __future__ import annotations

import gc
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.engines import OURS, REFERENCE, connect
from benchmarks.workload import Session, Workload


def cpu_seconds() -> float:
    """Time of the processor that this process and its children have used."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


CLOCKS: Final[dict[str, Callable[[], float]]] = {"wall": time.perf_counter, "cpu": cpu_seconds}


@dataclass
class Result:
    """What was found for one workload, by engine.

    Attributes:
        seconds: the median.
        ratios: the median of the run-by-run ratios to the reference.
        peaks: peak memory of a process of its own, in bytes.
        errors: why there are no figures.
    """

    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def same(a: object, b: object) -> bool:
    """Whether two answers are equal; reals may differ where one engine adds them up with compensation."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return a == b or (len(a) == len(b) and all(map(same, a, b)))
    return a == b


def once(workload: Workload, engine: str, path: Path, rows: int, clock: str) -> tuple[float, object]:
    """One run on one engine: seconds, and the answer."""
    now = CLOCKS[clock]
    with tempfile.TemporaryDirectory() as folder:
        # pyturso turns a file that it opens into one with a write-ahead log, on which the others run otherwise.
        if workload.writes or engine not in (OURS, REFERENCE):
            path = Path(shutil.copy(path, folder))
        session = Session(engine, path, rows, connect(engine, path))
        session.given = workload.prepare(session)
        gc.collect()
        gc.disable()
        start = now()
        answer = workload.run(session)
        seconds = now() - start
        gc.enable()
        session.connection.close()
    if not workload.ordered:
        assert isinstance(answer, list)
        answer = sorted(map(tuple, answer))
    return seconds, answer


@dataclass(frozen=True)
class Alone:
    """What a process of its own found: seconds and peak memory in bytes, or why it found nothing."""

    seconds: float = 0.0
    peak: int = 0
    answer: object = None
    error: str = ""


def alone(workload: Workload, engine: str, path: Path, rows: int, limit: float) -> Alone:
    """One run in a process of its own, given up after the limit in seconds."""
    command = [sys.executable, "-m", "benchmarks.child", workload.name, engine, str(path), str(rows)]
    root = Path(__file__).resolve().parents[1]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return Alone(error=f"more than {limit:.0f} s")
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        return Alone(error=lines[-1])
    return Alone(**json.loads(done.stdout))


def measure(
    workload: Workload,
    engines: list[str],
    path: Path,
    rows: int,
    repeat: int,
    *,
    limit: float = 10.0,
    memory: bool = False,
    clock: str = "wall",
) -> Result:
    """Time the workload on every engine ``repeat`` times, in turn, and compare the answers with the reference's."""
    result = Result(workload.name)
    for engine in engines:
        if memory or engine not in (OURS, REFERENCE):
            # Ours and the reference are not given up: their slowness is what is looked for.
            tried = alone(workload, engine, path, rows, limit if engine not in (OURS, REFERENCE) else 3600)
            if tried.error:
                result.errors[engine] = tried.error
            elif memory:
                result.peaks[engine] = tried.peak
    times: dict[str, list[float]] = {engine: [] for engine in engines}
    for _ in range(repeat):
        expected: object = None
        for engine in engines:
            if engine in result.errors:
                continue
            try:
                seconds, answer = once(workload, engine, path, rows, clock)
            except Exception as e:
                result.errors[engine] = f"{type(e).__name__}: {e}"
                continue
            if engine == REFERENCE:
                expected = answer
            elif not same(answer, expected):
                result.errors[engine] = f"another answer than {REFERENCE}'s"
                continue
            times[engine].append(seconds)
    for engine, runs in times.items():
        if runs and engine not in result.errors:
            result.seconds[engine] = statistics.median(runs)
            result.ratios[engine] = statistics.median(a / b for a, b in zip(runs, times[REFERENCE]))
    return result
