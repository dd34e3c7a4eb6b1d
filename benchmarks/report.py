"""Results as a Markdown table and as JSON."""

from __future__ import annotations

import dataclasses
import statistics
from typing import Any

from benchmarks.engines import REFERENCE
from benchmarks.measure import Result


def others(engines: list[str]) -> list[str]:
    """The engines that are compared with the reference."""
    return [name for name in engines if name != REFERENCE]


def _summary_of(engine: str, ratios: dict[str, float]) -> dict[str, Any]:
    worst = sorted(ratios, key=lambda name: -ratios[name])[:5]
    return {
        "engine": engine,
        "workloads": len(ratios),
        "geometric_mean": statistics.geometric_mean(ratios.values()),
        "below_1": sum(ratio < 1 for ratio in ratios.values()),
        "above_3": sum(ratio > 3 for ratio in ratios.values()),
        "worst": [(name, ratios[name]) for name in worst],
    }


def summaries(results: list[Result], engines: list[str]) -> list[dict[str, Any]]:
    """Geometric mean, counts below 1 and above 3, and the worst, of each engine's ratios to the reference."""
    found = [
        (engine, {r.name: r.ratios[engine] for r in results if engine in r.ratios})
        for engine in others(engines)
    ]
    return [_summary_of(engine, ratios) for engine, ratios in found if ratios]


def _between(results: list[Result], engines: list[str]) -> str:
    """Our time over another engine's, over the workloads that both can run."""
    lines = []
    ours, *rest = others(engines)
    for other in rest:
        ratios = [
            r.seconds[ours] / r.seconds[other] for r in results if ours in r.seconds and other in r.seconds
        ]
        if ratios:
            mean = statistics.geometric_mean(ratios)
            lines.append(
                f"{ours} takes {mean:.2f} times {other}'s time over the {len(ratios)} that both can run."
            )
    return "\n".join(lines)


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _head(columns: list[str]) -> list[str]:
    return [_row("workload", columns), "|---|" + "---:|" * len(columns)]


def time_table(results: list[Result], engines: list[str]) -> str:
    """Seconds of each engine, ratios to the reference."""
    columns = [f"{REFERENCE} s"]
    for name in others(engines):
        columns += [f"{name} s", "ratio"]
    lines = _head(columns)
    for r in results:
        cells = [f"{r.seconds[REFERENCE]:.4f}" if REFERENCE in r.seconds else "–"]
        for name in others(engines):
            known = name in r.ratios
            cells += [f"{r.seconds[name]:.4f}", f"{r.ratios[name]:.2f}"] if known else ["–", "–"]
        lines.append(_row(r.name, cells))
    return "\n".join(lines)


def memory_table(results: list[Result], engines: list[str]) -> str:
    """Peak megabytes of each engine's process, ratios to the reference."""
    columns = [f"{REFERENCE} MB"]
    for name in others(engines):
        columns += [f"{name} MB", "ratio"]
    lines = _head(columns)
    for r in results:
        base = r.peaks.get(REFERENCE)
        if base is None:
            continue
        cells = [f"{base / 1e6:.0f}"]
        for name in others(engines):
            peak = r.peaks.get(name)
            cells += ["–", "–"] if peak is None else [f"{peak / 1e6:.0f}", f"{peak / base:.2f}"]
        lines.append(_row(r.name, cells))
    return "\n".join(lines)


def markdown(
    where: str, results: list[Result], engines: list[str], front: list[tuple[str, float]], picture: str = ""
) -> str:
    """The whole report, with a reference to the picture where there is one."""
    parts = [
        "# Benchmarks",
        f"Written by `python -m benchmarks`; [performance.md](performance.md) says how. {where}.",
    ]
    if picture:
        parts.append(f"![Ratios to {REFERENCE}]({picture})")
    parts.append(time_table(results, engines))
    for one in summaries(results, engines):
        worst = ", ".join(f"{name} {ratio:.2f}" for name, ratio in one["worst"])
        parts.append(
            f"**{one['engine']}**: geometric mean {one['geometric_mean']:.2f} over {one['workloads']} workloads, "
            f"{one['below_1']} below 1, {one['above_3']} above 3. Highest: {worst}."
        )
    between = _between(results, engines)
    if between:
        parts.append(between)
    failed = [f"- {r.name}: {name}: {text}" for r in results for name, text in r.errors.items()]
    if failed:
        parts.append("Not measured:\n\n" + "\n".join(failed))
    if any(r.peaks for r in results):
        parts.append("Peak memory of a process that runs one workload:\n\n" + memory_table(results, engines))
    if front:
        ours = front[0][1]
        lines = [_row(name, [f"{micros:.0f}", f"{micros / ours:.1f}"]) for name, micros in front]
        head = "Text to tree, the 98-token query:\n\n| parser | µs | ratio |\n|---|---:|---:|\n"
        parts.append(head + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def as_json(
    where: str, results: list[Result], engines: list[str], front: list[tuple[str, float]]
) -> dict[str, Any]:
    """The same as data."""
    return {
        "where": where,
        "summary": summaries(results, engines),
        "results": [dataclasses.asdict(r) for r in results],
        "front": front,
    }
