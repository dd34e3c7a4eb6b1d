"""Where the rows of a run were read from, and what a cell of a page has given: asked when somebody points at one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foundrydb.errors import Error
from foundrydb.toolkit.debugging.row_origins import RowOrigins
from foundrydb.tools.web.cells import cell
from foundrydb.tools.web.running.kept_rows import PAGE
from foundrydb.tools.web.running.once_more import TOO_LONG, once_more

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.origins import ReadCell
    from foundrydb.tools.web.running.runs import WatchedRun

Document = dict[str, Any]

MOST_ROWS: Final = 20_000
"""Among so many rows those are looked for that a cell has given."""

MOST_SHOWN: Final = 40
"""So many of them are told."""

_OF_CHANGES: Final = "the rows of a statement that changes the database are not traced"
_OTHERWISE: Final = "the statement gives other rows when it runs again: run it anew"


def origins(run: WatchedRun, page: int) -> Document:
    """Of each row of a page of rows, the cells that it was read from.

    Returns:
        ``cells``: each once, as cursor, database, page, cell; ``rows``: of each, the numbers of its cells among those,
        how many more there were, and whether some were lost on the way; ``note``: why there are none.
    """
    refusal = _refusal(run)
    if refusal is not None:
        return _none(refusal)
    kept = json.loads(run.rows.page(page))
    try:
        with once_more(run.database, run.text, run.place, run.parameters) as recorded:
            found = RowOrigins(recorded, page * PAGE, len(kept))
            failure = recorded.replay.failure
    except Error as problem:
        return _none(problem.message)
    rows = [[cell(value) for value in row] for row in found.rows]
    if rows != kept[: len(rows)] or (found.whole and len(rows) < len(kept)):
        return _none(_OTHERWISE if failure is None else failure.message)
    numbers: dict[ReadCell, int] = {}
    told = [
        [[numbers.setdefault(each, len(numbers)) for each in one.cells], one.more, one.lost]
        for one in found.origins
    ]
    return {"cells": [list(each) for each in numbers], "rows": told, "note": "" if found.whole else TOO_LONG}


def _refusal(run: WatchedRun) -> str | None:
    """Why the rows of a run are not traced; None where they can be."""
    outcome = run.outcome
    if outcome is None or "chain" not in outcome:
        return "it has not run, or has failed"
    return _OF_CHANGES if outcome["writes"] else None


def _none(note: str) -> Document:
    return {"cells": [], "rows": [], "note": note}


def given(run: WatchedRun, page: int, number: int) -> Document:
    """The rows that a cell of the main database has given.

    Returns:
        ``rows``: their numbers, from 0; ``more``: how many more there are; ``note``: what is not known.
    """
    if run.given is None:
        try:
            run.given = _given(run)
        except Error as problem:
            return {"rows": [], "more": 0, "note": problem.message}
    rows, note = run.given
    found = rows.get((page, number), [])
    return {"rows": found[:MOST_SHOWN], "more": max(len(found) - MOST_SHOWN, 0), "note": note}


def _given(run: WatchedRun) -> tuple[dict[tuple[int, int], list[int]], str]:
    """By page and cell, the rows that came from there; and what is not known."""
    rows: dict[tuple[int, int], list[int]] = {}
    refusal = _refusal(run)
    if refusal is not None:
        return rows, refusal
    with once_more(run.database, run.text, run.place, run.parameters) as recorded:
        found = RowOrigins(recorded, 0, min(MOST_ROWS, run.rows.count))
    for at, one in enumerate(found.origins):
        for each in one.cells:
            if each.database == 0:
                rows.setdefault((each.page, each.cell), []).append(at)
    if not found.whole:
        return rows, TOO_LONG
    return rows, f"looked for among the first {MOST_ROWS:,} rows" if run.rows.count > MOST_ROWS else ""
