"""How cost grows with the table: ``python -m benchmarks.growth [--large] [--repeat N] [--most MB] [--json F] …``.

Each task runs at 10^4, 10^5 and 10^6 rows (10^7 with ``--large``), each time as a process of its own; the least
CPU time of a few runs, and the peak memory, are fitted by ``cost = c * rows ^ exponent`` (least squares of the
logarithms), beside ``sqlite3``'s.  With ``--most`` it fails where a process of this engine had more memory than that.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.databases import build
from benchmarks.engines import OURS, REFERENCE, use_installed_package, versions
from benchmarks.growth_tasks import TASKS
from benchmarks.measure import alone, same
from benchmarks.workload import Workload

ENGINES = [REFERENCE, OURS]
FOR_EVER = 24 * 3600.0


@dataclass
class Curve:
    """One task on one engine: what it costs at each size."""

    task: str
    engine: str
    rows: list[int]
    seconds: list[float]
    peaks: list[int]

    def exponent(self, costs: list[float] | list[int]) -> float:
        """The power of the number of rows with which a cost grows."""
        xs = [math.log(n) for n in self.rows]
        ys = [math.log(cost) for cost in costs]
        x, y = sum(xs) / len(xs), sum(ys) / len(ys)
        return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def curves(task: Workload, folders: dict[int, Path], repeat: int) -> list[Curve]:
    """The task at every size on every engine; their answers have to agree."""
    found = [Curve(task.name.removeprefix("growth: "), engine, list(folders), [], []) for engine in ENGINES]
    for rows, folder in folders.items():
        path = build(task.database, folder, rows)
        answers = []
        for curve in found:
            runs = [alone(task, curve.engine, path, rows, FOR_EVER) for _ in range(repeat)]
            failed = [run.error for run in runs if run.error]
            if failed:
                raise RuntimeError(f"{curve.engine}, {curve.task}, {rows} rows: {failed[0]}")
            curve.seconds.append(min(run.seconds for run in runs))
            curve.peaks.append(max(run.peak for run in runs))
            answers.append(runs[0].answer)
            print(f"{curve.task}, {rows:,} rows, {curve.engine}: {curve.seconds[-1]:.4f} s, "
                  f"{curve.peaks[-1] / 1e6:.0f} MB", file=sys.stderr, flush=True)  # fmt: skip
        if not same(answers[0], answers[1]):
            raise AssertionError(f"{task.name}, {rows} rows: {answers[1]} instead of {answers[0]}")
    return found


def markdown(found: list[Curve], sizes: list[int]) -> str:
    """Seconds and megabytes at each size, and the exponents."""
    names = [f"10^{round(math.log10(n))}" for n in sizes]
    columns = [*(f"s at {n}" for n in names), "exponent", *(f"MB at {n}" for n in names), "exponent"]
    lines = ["# Growth", ""]
    lines += [
        f"Written by `python -m benchmarks.growth`; [performance.md](performance.md) says how. {versions()}.",
        "",
    ]
    lines += [f"| task | engine | {' | '.join(columns)} |", "|---|---|" + "---:|" * len(columns)]
    for curve in found:
        cells = [f"{s:.4f}" for s in curve.seconds] + [f"**{curve.exponent(curve.seconds):.2f}**"]
        cells += [f"{p / 1e6:.0f}" for p in curve.peaks] + [f"**{curve.exponent(curve.peaks):.2f}**"]
        lines.append(f"| {curve.task} | {curve.engine} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--large", action="store_true", help="10^7 rows too")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (default 3)")
    parser.add_argument("--only", help="tasks whose name contains this")
    parser.add_argument("--most", type=float, metavar="MB", help="fail where foundrydb's peak is above that")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    args = parser.parse_args()
    use_installed_package()
    sizes = [10**power for power in range(4, 8 if args.large else 7)]
    found: list[Curve] = []
    with tempfile.TemporaryDirectory() as top:
        folders = {rows: Path(top) / str(rows) for rows in sizes}
        for folder in folders.values():
            folder.mkdir()
        for task in TASKS:
            if not args.only or args.only in task.name:
                found += curves(task, folders, args.repeat)
    text = markdown(found, sizes)
    print(text)
    if args.markdown:
        args.markdown.write_text(text, encoding="utf-8")
    if args.json:
        args.json.write_text(json.dumps([asdict(curve) for curve in found], indent=1))
    return 0 if args.most is None else report_above(found, args.most)


def report_above(found: list[Curve], most: float) -> int:
    """Print what this engine took more memory for than so many megabytes; 1 if there is any, 0 otherwise."""
    above = [curve for curve in found if curve.engine == OURS and max(curve.peaks) > most * 1e6]
    for curve in above:
        print(f"{curve.task}: {max(curve.peaks) / 1e6:.0f} MB, more than {most:.0f}", file=sys.stderr)
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
