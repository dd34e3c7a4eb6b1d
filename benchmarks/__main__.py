"""Side by side with C SQLite, as Python sees both: ``python -m benchmarks [--rows N] [--json F] [--markdown F]``.

Every workload runs on each engine in turn, in one process, several times; the results are checked equal, and the
median of the ratios of neighbouring runs is what counts, so that a machine whose speed drifts does not decide.
Engines: this package, the standard library's ``sqlite3``, and ``pyturso`` where it is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import sqlite3
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.front import front_rows
from benchmarks.measure import Result, measure
from benchmarks.workloads import WORKLOADS, build


def engines() -> dict[str, object]:
    # The installed package is measured, compiled if it is, and not the checkout that this command runs in.
    root = Path(__file__).resolve().parents[1]
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != root]
    import foundrydb

    found: dict[str, object] = {"foundrydb": foundrydb, "sqlite3": sqlite3}
    if importlib.util.find_spec("turso") is not None:
        import turso

        found["pyturso"] = turso
    return found


def mode() -> str:
    import foundrydb.storage.record

    return "plain" if str(foundrydb.storage.record.__file__).endswith(".py") else "compiled"


def table(results: list[Result], names: list[str]) -> str:
    """The results as a Markdown table: seconds of each engine, ratios to sqlite3."""
    others = [n for n in names if n != "sqlite3"]
    head = "| workload | sqlite3 s | " + " | ".join(f"{n} s | ratio" for n in others) + " |"
    lines = [head, "|---|---:|" + "---:|---:|" * len(others)]
    for r in results:
        cells = []
        for n in others:
            seconds = r.seconds.get(n)
            cells.append("– | –" if seconds is None else f"{seconds:.4f} | {r.ratios[n]:.2f}")
        lines.append(f"| {r.name} | {r.seconds['sqlite3']:.4f} | " + " | ".join(cells) + " |")
    for n in others:
        ratios = [r.ratios[n] for r in results if n in r.ratios]
        if ratios:
            lines.append(f"\nGeometric mean of {n}'s ratios over {len(ratios)} workloads: "
                         f"{statistics.geometric_mean(ratios):.2f}")  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", help="workloads whose name contains this")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    args = parser.parse_args()
    found = engines()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        build(path, args.rows)
        for workload in WORKLOADS:
            if args.only and args.only not in workload.name:
                continue
            result = measure(workload, found, path, args.rows, args.repeat)
            results.append(result)
            shown = ", ".join(f"{n} {s:.4f} s" for n, s in result.seconds.items())
            print(
                f"{result.name}: {shown}; ratio {result.ratios.get('foundrydb', float('nan')):.2f}",
                file=sys.stderr,
            )
    where = (f"{platform.python_implementation()} {platform.python_version()}, sqlite3 {sqlite3.sqlite_version}, "
             f"foundrydb {mode()}, {args.rows} rows, median of {args.repeat} runs")  # fmt: skip
    text = f"{where}\n\n{table(results, list(found))}\n"
    front = front_rows() if not args.only else []
    if front:
        text += "\nText to tree, the 98-token query:\n\n| parser | µs | ratio |\n|---|---:|---:|\n"
        ours = front[0][1]
        for name, micros in front:
            text += f"| {name} | {micros:.0f} | {micros / ours:.1f} |\n"
    print(text)
    if args.markdown:
        args.markdown.write_text(text, encoding="utf-8")
    if args.json:
        args.json.write_text(
            json.dumps({"where": where, "results": [r.as_json() for r in results], "front": front}, indent=1)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
