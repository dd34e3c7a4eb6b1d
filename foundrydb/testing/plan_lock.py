"""The plan lock: how queries were planned when somebody last looked, and whether that got worse since.

``queries.lock`` is TOML, with a table for each query: its text, what its plan costs by the planner's estimates, what is
scanned and sorted, the plan as text, and which statistics that was planned by.

A plan is *worse* when, under the statistics as they are now,

* its cost is more than a tolerance above the one that is kept, or
* its cost did not fall, and it scans a table that it did not scan, or
* its cost did not fall, and it sorts more often than it did.

So a scan that the planner prefers to a search because it is cheaper is no fault, while one that came because an index
is gone is.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from foundrydb.api.connection import Connection
from foundrydb.compiler.plan.describe import number_text
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.compiler.plan.nodes import Node
from foundrydb.testing.goldens import difference, write
from foundrydb.testing.plan_database import statistics_of
from foundrydb.toolkit.plan_facts import facts_of

TOLERANCE: Final = 0.1
"""So much may a plan's cost rise, as a share of it, before that counts."""

_HEAD: Final = """\
# How queries are planned.  pytest fails where a plan gets worse; pytest --fdb-update writes this file.
"""


@dataclass(frozen=True)
class LockedPlan:
    """A query, and how it was planned.

    Attributes:
        cost: in units of a row visited.
        scans, sorts: what is read whole, and what is sorted, in words.
        statistics: which ones it was planned by, as a digest; "" for none.
        plan: as text, with estimates.
    """

    sql: str
    cost: float
    scans: list[str]
    sorts: list[str]
    statistics: str
    plan: str


def locked_plan(sql: str, plan: Node, connection: Connection) -> LockedPlan:
    """What is to be kept of a plan that was made on a connection."""
    facts = facts_of(plan)
    rows = statistics_of(connection)
    return LockedPlan(
        sql.strip(),
        round(facts.cost, 1),
        [str(read) for read in facts.scans()],
        facts.sorts,
        sha256(repr(rows).encode()).hexdigest()[:16] if rows else "",
        dump_text(plan),
    )


def what_got_worse(before: LockedPlan, now: LockedPlan, tolerance: float = TOLERANCE) -> list[str]:
    """In which ways a plan is worse than the one that is kept, a line each; empty where it is not."""
    found = []
    if now.cost > before.cost * (1 + tolerance):
        found.append(f"the cost rose from {number_text(before.cost)} to {number_text(now.cost)}")
    if now.cost < before.cost:
        return found
    left = list(before.scans)
    for scan in now.scans:
        if scan in left:
            left.remove(scan)
        else:
            found.append(f"new: {scan}")
    if len(now.sorts) > len(before.sorts):
        found += [f"new: sort, {sort}" for sort in now.sorts if sort not in before.sorts] or ["one more sort"]
    return found


class PlanLock:
    """A lock file.

    Args:
        path: where it is, or will be.
        update: keep plans as they are now, and compare nothing.
        written: takes the path, once it is written.
        asked: by name, the queries that were asked about; those of a run of tests have it in common.
    """

    def __init__(
        self,
        path: Path,
        update: bool = False,
        written: list[Path] | None = None,
        asked: dict[str, str] | None = None,
    ) -> None:
        self._path: Final = path
        self._update: Final = update
        self._written: Final = [] if written is None else written
        self._asked: Final = {} if asked is None else asked

    def check(self, name: str, now: LockedPlan, tolerance: float = TOLERANCE) -> None:
        """Compare a plan with the one that is kept under a name.

        Raises:
            AssertionError: it is worse, nothing is kept yet, or another query has the name.
            ValueError: the file is no lock file.
        """
        __tracebackhide__ = True
        other = self._asked.setdefault(name, now.sql)
        if other != now.sql:
            raise AssertionError(f"two queries are called {name}:\n\n{other}\n\n{now.sql}")
        kept = self.read()
        before = kept.get(name)
        if self._update:
            if before != now:
                kept[name] = now
                write(self._path, lock_text(kept))
                self._written.append(self._path)
            return
        if before is None:
            raise AssertionError(
                f"{name} is not in {self._path}: pytest --fdb-update puts it there\n\n{now.plan}"
            )
        worse = what_got_worse(before, now, tolerance)
        if worse:
            raise AssertionError(_message(name, worse, before, now))

    def read(self) -> dict[str, LockedPlan]:
        """What is kept, by name.

        Raises:
            ValueError: the file is no lock file.
        """
        if not self._path.exists():
            return {}
        try:
            tables = tomllib.loads(self._path.read_text(encoding="utf-8"))
            return {name: _from_table(table) for name, table in tables.items()}
        except OSError as problem:
            raise ValueError(f"{self._path}: {problem.strerror}") from None
        except KeyError as problem:
            raise ValueError(f"{self._path} is no lock file: a query has no {problem.args[0]}") from None
        except (ValueError, TypeError) as problem:
            raise ValueError(f"{self._path} is no lock file: {problem}") from None


def _from_table(table: dict[str, object]) -> LockedPlan:
    """A query from its table in the file."""
    scans, sorts, cost = table["scans"], table["sorts"], table["cost"]
    if not isinstance(scans, list) or not isinstance(sorts, list) or not isinstance(cost, (int, float)):
        raise TypeError("cost is a number, scans and sorts are arrays")
    texts = [str(table[key]) for key in ("sql", "statistics", "plan")]
    return LockedPlan(texts[0], float(cost), list(scans), list(sorts), texts[1], texts[2])


def _message(name: str, worse: list[str], before: LockedPlan, now: LockedPlan) -> str:
    lines = [f"the plan of {name} got worse: {'; '.join(worse)}"]
    if before.sql != now.sql:
        lines.append("(the query is another one than was kept)")
    if before.statistics != now.statistics:
        lines.append("(the statistics are others than those that it was planned by)")
    lines.append("if that is right, pytest --fdb-update keeps it")
    changes = difference(before.plan, now.plan)
    return "\n".join(lines) + f"\n\n{now.sql}\n\n{changes or now.plan}"


# -- the file


def lock_text(plans: dict[str, LockedPlan]) -> str:
    """The text of a lock file, queries by name."""
    return _HEAD + "".join(_table(name, plans[name]) for name in sorted(plans))


def _table(name: str, plan: LockedPlan) -> str:
    return (
        f"\n[{_string(name)}]\n"
        f"sql = {_text(plan.sql)}\n"
        f"cost = {plan.cost}\n"
        f"scans = {_strings(plan.scans)}\n"
        f"sorts = {_strings(plan.sorts)}\n"
        f"statistics = {_string(plan.statistics)}\n"
        f"plan = {_text(plan.plan)}\n"
    )


def _strings(items: list[str]) -> str:
    return f"[{', '.join(_string(item) for item in items)}]"


def _text(text: str) -> str:
    """A text of several lines as it is, where TOML can have it so."""
    if "\n" not in text:
        return _string(text)
    if _is_plain(text):
        return f"'''\n{text}'''"
    lines = [_string(line)[1:-1] for line in text.split("\n")]
    return '"""\n' + "\n".join(lines) + '"""'


def _is_plain(text: str) -> bool:
    """Whether a literal string of TOML can hold the text."""
    return (
        "''" not in text
        and not text.endswith("'")
        and all(char in "\t\n" or char.isprintable() for char in text)
    )


def _string(text: str) -> str:
    """A basic string of TOML."""
    escaped = [_ESCAPES.get(char) or (char if char.isprintable() else f"\\U{ord(char):08X}") for char in text]
    return f'"{"".join(escaped)}"'


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
