"""What holds of every recorded run."""

from __future__ import annotations

import json
import random
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from debugging.queries import connected, recorded
from foundrydb.storage.format.values import Value
from foundrydb.toolkit.debugging.recorded_run import RecordedRun

LONGEST = 2_000
"""A statement with more instructions is not walked through."""


def check(path: Path, seed: int = 1) -> bool:
    """Check a golden's statement; False where it cannot be debugged."""
    with TemporaryDirectory() as folder, chdir(folder), connected(path) as (connection, sql):
        run = recorded(connection, sql)
        if run is None:
            return False
        rows = _rows(run)
        end = run.position
        failed = run.replay.failure is not None
        if end <= LONGEST:
            _same_states(run, end, random.Random(seed))
        run.close()
        if not failed and "random" not in sql:
            connection.engine.clock = lambda: run.replay.conditions.now
            assert rows == connection.execute(sql).fetchall()
        return True


def _rows(run: RecordedRun) -> list[tuple[Value, ...] | None]:
    """The rows of a run, one by one, to its end."""
    rows: list[tuple[Value, ...] | None] = []
    while run.next_row() == "target":
        rows.append(run.state().last_row)
    return rows


def told(run: RecordedRun) -> str:
    """The state as text."""
    return json.dumps(run.state().as_json())


def _same_states(run: RecordedRun, end: int, chance: random.Random) -> None:
    """Each way to a position leads to the same state."""
    run.move(0)
    seen = [told(run)]
    while not run.ended:
        run.move(run.position + 1)
        seen.append(told(run))
    assert len(seen) == end + 1
    for steps in sorted({0, 1, end // 2, end, chance.randrange(end + 1)}, reverse=True):
        run.move(end)
        run.move(end - steps)
        assert told(run) == seen[end - steps], f"{steps} back from the end"
        run.move(end)
        assert told(run) == seen[end], f"{steps} back and forward again"
