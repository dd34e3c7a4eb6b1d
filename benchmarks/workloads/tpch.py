"""TPC-H's 22 queries."""

from __future__ import annotations

from typing import Final

from tpch.bench import QUERIES, answer

from benchmarks.databases import tpch_scale
from benchmarks.workload import Run, Session, Workload


def ask(name: str) -> Run:
    """A run of one query."""

    def run(session: Session) -> object:
        return answer(session.connection, name, tpch_scale(session.rows))

    return run


WORKLOADS: Final = [Workload(f"TPC-H {name}", ask(name), database="tpch") for name in QUERIES]
