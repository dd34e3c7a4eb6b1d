"""Statements that run: each in a thread of its own, watched, and stopped when somebody asks for that.

A run gives its rows while it goes on, and its figures when it has ended or was stopped: by plan node, by instruction,
by cursor and by page, under the ids of the chain that was made for this run.
"""

from __future__ import annotations

from itertools import count
from threading import Event, Thread
from time import perf_counter
from typing import Any, Final, final

from foundrydb.api.connection import Connection
from foundrydb.compiler.provenance import Provenance
from foundrydb.errors import Error
from foundrydb.storage.log.transaction_log import Commit, CommitListener
from foundrydb.storage.pages.pager import Pager
from foundrydb.toolkit.analysis import Analysis, Audience, analyze, can_be_analyzed
from foundrydb.tools.views.analysis_dump import page_objects
from foundrydb.tools.web.cells import values_of
from foundrydb.tools.web.databases import PageDatabase
from foundrydb.tools.web.looking import chain, compiled, problem_object
from foundrydb.tools.web.places import in_units
from foundrydb.tools.web.running.kept_rows import KeptRows
from foundrydb.vm.transactions.attached import MAIN

Document = dict[str, Any]

MOST_RUNS: Final = 4
"""So many ended runs keep their rows."""


@final
class ChangedPages(CommitListener):
    """Which pages the commits of a run have changed."""

    def __init__(self, pager: Pager) -> None:
        self.numbers: Final[set[int]] = set()
        self.count_before: Final = int(pager.page_count)

    def before_commit(self, commit: Commit) -> None:
        self.numbers.update(int(number) for number in commit.numbers())


@final
class WatchedRun:
    """One statement's run.

    Attributes:
        id: what the page calls it.
        database, text, place: what it runs on; where in a text its statement stands.
        rows: those that came.
        outcome: what it did; None while it runs.
        parameters: the values that were typed, by name.
        given: by page and cell, the numbers of the rows that came from there, and what is not known of that; None
            before somebody has asked.
    """

    def __init__(self, id: str, database: PageDatabase, text: str, place: tuple[int, int]) -> None:
        self.id: Final = id
        self.rows: Final = KeptRows()
        self.outcome: Document | None = None
        self.parameters: dict[str, str] = {}
        self.given: tuple[dict[tuple[int, int], list[int]], str] | None = None
        self.database: Final = database
        self.text: Final = text
        self.place: Final = place
        self._started: Final = perf_counter()
        self._ended: Final = Event()
        self._stopped = False

    def start(self) -> None:
        """Begin."""
        Thread(target=self._work, name=f"fdb web run {self.id}", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, or does within that time."""
        return self._ended.wait(seconds)

    def stop(self) -> None:
        """Have it end soon; its figures up to there are told."""
        if not self._ended.is_set():
            self._stopped = True
            self.database.stop()

    def state(self) -> Document:
        """What is known of it now."""
        found: Document = {"run": self.id, "count": self.rows.count, "kept": self.rows.kept}
        if self.outcome is None:
            return found | {"running": True, "seconds": perf_counter() - self._started}
        return found | self.outcome

    def _work(self) -> None:
        try:
            with self.database.connection() as connection:
                outcome = {"stopped": True} if self._stopped else self._done(connection)
        except Error as problem:
            outcome = {"problem": problem_object(problem)}
        except Exception as failure:  # a fault of the program's own: the page has to hear of it, too
            outcome = {"problem": {"message": f"{type(failure).__name__}: {failure}", "start": -1, "end": -1}}
        self.outcome = in_units(self.text, outcome)
        self._ended.set()

    def _done(self, connection: Connection) -> Document:
        compilation = compiled(connection, self.text, *self.place)
        provenance = compilation.provenance()
        made = chain(compilation, provenance) | {"statement": list(self.place)}
        if not can_be_analyzed(compilation):
            return made | self._executed(connection)
        pager = connection.engine.attached.database(MAIN).pager
        changed = ChangedPages(pager)
        given = values_of(compilation, self.parameters)
        pager.listener = changed
        try:
            run = analyze(connection, compilation, given, True, Audience(self.rows.take, True))
        finally:
            pager.listener = None
        outcome = made | {"figures": figures(run, provenance), "stopped": run.stopped}
        outcome["changed"] = sorted(changed.numbers)
        outcome["new_from"] = changed.count_before + 1
        outcome["in_transaction"] = connection.in_transaction
        return outcome

    def _executed(self, connection: Connection) -> Document:
        """A statement about transactions, or an EXPLAIN, is just carried out."""
        cursor = connection.execute(self.text[slice(*self.place)])
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(1000):
            self.rows.take(rows)
        return {"results": names, "stopped": False, "in_transaction": connection.in_transaction}


def figures(run: Analysis, provenance: Provenance) -> Document:
    """What a run did, under the ids of the chain."""
    profile, program = run.profile, run.compilation.program
    return {
        "rows": run.rows,
        "changes": run.changes if program.counts_changes else None,
        "nanoseconds": run.nanoseconds,
        "instructions": [
            [profile.counts[at], profile.pages[at], profile.reads[at], profile.nanoseconds[at]]
            for at in range(len(profile.counts))
        ],
        "uses": [page_objects(uses.in_order()) for uses in profile.uses],
        "nodes": {
            str(provenance.id_of(node.node)): {
                "runs": node.runs,
                "rows_in": node.rows_in,
                "rows": node.rows,
                "pages": node.pages,
                "reads": node.reads,
                "nanoseconds": node.nanoseconds,
                "off": off_by(node.rows_per_run if node.runs else -1.0, node.node.rows),
            }
            for node in run.nodes
        },
        "cursors": {f"c{one.number}": page_objects(one.pages.in_order()) for one in run.cursors},
    }


def off_by(rows: float, expected: float) -> float:
    """By which factor a run yielded other than the expected rows, at least 1; 1 where nothing is known."""
    if rows < 0 or expected < 0:
        return 1.0
    factor = max(rows, 1.0) / max(expected, 1.0)
    return max(factor, 1 / factor)


@final
class Runs:
    """The runs of a server, the oldest ended ones forgotten."""

    def __init__(self) -> None:
        self._runs: Final[dict[str, WatchedRun]] = {}
        self._numbers: Final = count(1)

    def begin(
        self, database: PageDatabase, text: str, place: tuple[int, int], parameters: dict[str, str]
    ) -> WatchedRun:
        """Start a statement."""
        run = WatchedRun(f"r{next(self._numbers)}", database, text, place)
        run.parameters = parameters
        self._runs[run.id] = run
        for old in list(self._runs.values())[:-MOST_RUNS]:
            if old.outcome is not None:
                self._runs.pop(old.id).rows.close()
        run.start()
        return run

    def find(self, id: str) -> WatchedRun | None:
        """A run by its id, None where it is forgotten."""
        return self._runs.get(id)

    def close(self) -> None:
        """Stop all that run, and forget their rows."""
        for run in self._runs.values():
            run.stop()
            run.rows.close()
