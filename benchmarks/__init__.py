"""Benchmarks that compare this engine with others: ``python -m benchmarks`` and ``python -m benchmarks.growth``."""

import sys
from pathlib import Path

# TPC-H's generator and queries, and the grammar's oracle, are shared with the tests.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
