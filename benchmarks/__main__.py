"""Side by side with C SQLite, as Python sees both: ``python -m benchmarks [--group G] [--rows N] [--memory] …``.

Every workload runs on each engine in turn, in one process, several times; the results are checked equal, and the
median of the ratios of neighbouring runs is what counts, so that a machine whose speed drifts does not decide.
Engines: this package, the standard library's ``sqlite3``, and ``pyturso`` where it is installed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import chart, report
from benchmarks.databases import build
from benchmarks.engines import OURS, REFERENCE, installed, use_installed_package, versions
from benchmarks.front import front_rows
from benchmarks.measure import CLOCKS, Result, measure
from benchmarks.workloads import CORE, GROUPS


def where(args: argparse.Namespace) -> str:
    """What was measured, in one line."""
    return f"{versions()}; {args.rows:,} rows, median of {args.repeat} runs, {args.clock} time"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="size of the largest table (default 10^6)"
    )
    parser.add_argument("--repeat", type=int, default=5, help="runs of each engine (default 5)")
    parser.add_argument(
        "--group", choices=list(GROUPS), default=CORE, help=f"of the workloads (default {CORE})"
    )
    parser.add_argument("--only", help="workloads whose name contains this")
    parser.add_argument("--engines", help=f"names, separated by commas; {REFERENCE} is always there")
    parser.add_argument(
        "--clock", choices=list(CLOCKS), default="wall", help="cpu: steadier on a busy machine"
    )
    parser.add_argument("--limit", type=float, default=10, help="seconds until another engine is given up")
    parser.add_argument(
        "--memory", action="store_true", help="also each engine's peak memory, alone in a process"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="an SVG of the ratios")
    return parser.parse_args()


def progress(result: Result) -> None:
    """One line on standard error."""
    parts = [f"{name} {seconds:.4f} s" for name, seconds in result.seconds.items()]
    parts += [f"{name} {peak / 1e6:.0f} MB" for name, peak in result.peaks.items()]
    parts += [f"{name}: {text}" for name, text in result.errors.items()]
    ratio = f"; ratio {result.ratios[OURS]:.2f}" if OURS in result.ratios else ""
    print(f"{result.name}: {', '.join(parts)}{ratio}", file=sys.stderr, flush=True)


def main() -> int:
    """Run the command; 1 where this package gave no answer or another one than the reference."""
    args = arguments()
    use_installed_package()
    chosen = installed()
    if args.engines:
        chosen = [name for name in chosen if name == REFERENCE or name in args.engines.split(",")]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for workload in GROUPS[args.group]:
            if args.only and args.only.lower() not in workload.name.lower():
                continue
            path = build(workload.database, Path(folder), args.rows)
            result = measure(
                workload, chosen, path, args.rows, args.repeat,
                limit=args.limit, memory=args.memory, clock=args.clock,
            )  # fmt: skip
            results.append(result)
            progress(result)
    front = front_rows() if args.group == CORE and not args.only else []
    picture = args.picture.name if args.picture else ""
    text = report.markdown(where(args), results, chosen, front, picture)
    print(text)
    if args.picture:
        args.picture.write_text(chart.svg(where(args), results, chosen), encoding="utf-8")
    if args.markdown:
        args.markdown.write_text(text, encoding="utf-8")
    if args.json:
        args.json.write_text(json.dumps(report.as_json(where(args), results, chosen, front), indent=1))
    return 1 if any(OURS in r.errors for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
