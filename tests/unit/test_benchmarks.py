"""The benchmark at toy size: both engines give every workload's answer, and the reports hold the figures."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

# Last, so that the package under test stays the installed one.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks import chart, layout, report
from benchmarks.databases import build
from benchmarks.engines import OURS, REFERENCE
from benchmarks.growth import Curve, report_above
from benchmarks.growth_tasks import TASKS
from benchmarks.layout.__main__ import functions
from benchmarks.layout.packing import RUN, cost, grouped, packed
from benchmarks.measure import Result, alone, measure, same
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

ROWS = 200
ENGINES = [REFERENCE, OURS]
SLOW = {"single-row transactions", "start-up of the command line"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("benchmarks")


@pytest.mark.parametrize(
    "workload", [w for w in WORKLOADS + TASKS if w.name not in SLOW], ids=lambda w: w.name
)
def test_engines_agree(workload: Workload, folder: Path) -> None:
    result = measure(workload, ENGINES, build(workload.database, folder, ROWS), ROWS, 1)
    assert not result.errors
    assert set(result.ratios) == set(ENGINES)


def test_each_workload_has_a_name_of_its_own() -> None:
    """A process of its own is told a workload by its name."""
    names = [workload.name for workload in WORKLOADS + TASKS]
    assert sorted(names) == sorted(set(names))


def test_a_process_of_its_own_tells_its_peak_and_is_given_up(folder: Path) -> None:
    task = TASKS[0]
    path = build(task.database, folder, ROWS)
    done = alone(task, REFERENCE, path, ROWS, 60)
    assert not done.error
    assert 1e6 < done.peak < 1e9
    assert "more than" in alone(task, REFERENCE, path, ROWS, 0.001).error
    assert "no such table" in alone(task, REFERENCE, build("empty", folder, ROWS), ROWS, 60).error


def test_reports() -> None:
    one = Result("one", {REFERENCE: 1.0, OURS: 0.5}, {REFERENCE: 1.0, OURS: 0.5}, {REFERENCE: 10, OURS: 20})
    other = Result("o < ther", {REFERENCE: 1.0, OURS: 8.0}, {REFERENCE: 1.0, OURS: 8.0})
    failed = Result("failed", {REFERENCE: 1.0}, {REFERENCE: 1.0}, errors={OURS: "another answer"})
    results = [one, other, failed]
    text = report.markdown("here", results, ENGINES, [("foundrydb", 2.0), ("another", 4.0)])
    assert "| one | 1.0000 | 0.5000 | 0.50 |" in text
    assert "**foundrydb**: geometric mean 2.00 over 2 workloads, 1 below 1, 1 above 3." in text
    assert "- failed: foundrydb: another answer" in text
    assert "| one | 0 | 0 | 2.00 |" in text
    assert "| another | 4 | 2.0 |" in text
    picture = ElementTree.fromstring(chart.svg("here", results, ENGINES))
    shown = [element.text for element in picture.iter() if element.tag.endswith("text")]
    assert {"o < ther", "0.50", "8.00"} <= set(shown)


def test_answers_are_compared() -> None:
    assert same([(1, 0.1 + 0.2)], [[1, 0.3]])
    assert not same([(1,)], [(2,)])
    assert not same([(1,)], [(1,), (1,)])


def test_exponents() -> None:
    curve = Curve("scan", OURS, [10, 100, 1000], [0.1, 1.0, 10.0], [7, 7, 7])
    assert curve.exponent(curve.seconds) == pytest.approx(1.0)
    assert curve.exponent(curve.peaks) == pytest.approx(0.0)


def test_the_order_of_functions_names_those_of_the_library() -> None:
    """Names that are gone do no harm one by one; when many are, ``python -m benchmarks.layout`` is due."""
    spec = importlib.util.find_spec("foundrydb__mypyc")
    if spec is None or spec.origin is None or shutil.which("nm") is None:
        pytest.skip("no compiled library, or nothing that lists its functions")
    there = {name for _, _, name in functions(Path(spec.origin))}
    if not there:
        pytest.skip("the library's names were stripped")
    order = (Path(layout.__file__).parent / "functions.txt").read_text().split()
    assert len(order) > 1000
    assert sum(name in there for name in order) >= 0.8 * len(order)


def test_functions_that_are_called_together_are_packed_together() -> None:
    sizes = {f"f{i}": RUN // 2 for i in range(40)}
    # Two workloads that share nothing, one's functions between the other's.
    called = [[f"f{i}" for i in range(0, 40, 2)], [f"f{i}" for i in range(1, 40, 2)]]
    groups = [
        group for name in sizes for group in grouped([[name] if name in c else [] for c in called], sizes)
    ]
    assert cost(groups, [1, 1]) == 40
    better = packed(groups, [1, 1], 20_000)
    assert sorted(name for group in better for name in group.functions) == sorted(sizes)
    assert cost(better, [1, 1]) < 30
    assert cost(grouped(called, sizes), [1, 1]) == 20


def test_too_much_memory(capsys: pytest.CaptureFixture[str]) -> None:
    curves = [Curve(task, engine, [10], [1.0], [peak * 10**6]) for task, engine, peak in [
        ("window", OURS, 70), ("queue", OURS, 60), ("window", REFERENCE, 90)
    ]]  # fmt: skip
    assert report_above(curves, 75) == 0
    assert report_above(curves, 64) == 1
    assert capsys.readouterr().err == "window: 70 MB, more than 64\n"
