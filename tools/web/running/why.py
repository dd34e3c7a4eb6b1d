"""Why a row is missing, and who changes a page: the questions of the debugger, asked in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foundrydb.errors import Error
from foundrydb.toolkit.debugging.page_changes import PageChange, PageChanges
from foundrydb.toolkit.missing_row.question import QuestionError, places_of, row_meant
from foundrydb.toolkit.missing_row.why_not import WhyNot
from foundrydb.tools.web.places import in_units
from foundrydb.tools.web.running.once_more import TOO_LONG, once_more

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.meanings import Meanings
    from foundrydb.toolkit.missing_row.why_not import FoundRow
    from foundrydb.tools.web.databases import PageDatabase

Document = dict[str, Any]

MOST_CHANGES: Final = 60
"""So many changes of a page's part in its tree are told."""


def why_not(
    database: PageDatabase, text: str, place: tuple[int, int], parameters: dict[str, str], question: str
) -> Document:
    """Why a row of a table is not in the result: what dropped it, with its SQL and the instructions for that.

    Raises:
        Error: the statement is wrong, or cannot be asked about.
    """
    try:
        table, conditions = row_meant(question)
    except QuestionError as problem:
        return {"answers": [], "note": str(problem)}
    with once_more(database, text, place, parameters) as run:
        compilation = run.replay.compilation
        try:
            asked = WhyNot(run.replay.connection, compilation.statement, compilation.sql, run.replay.values)
            found = asked.ask(table, conditions)
        except Error as problem:  # of the question, not of the SQL
            return {"answers": [], "note": problem.message}
        places = places_of(compilation.sql, found)
        answers = [_answer(each, places[each.occurrence.source.start], run.meanings) for each in found]
    made: Document = in_units(text, {"answers": answers, "more": asked.more, "note": ""})
    return made


def _answer(found: FoundRow, place: str, meanings: Meanings) -> Document:
    answer = found.answer
    addresses = meanings.addresses_within(*answer.spans[0]) if answer.spans else []
    return {
        "row": f"{found.key.table} {found.key.text()}",
        "place": place,
        "kind": answer.kind,
        "text": answer.text,
        "spans": answer.spans,
        "instructions": addresses,
        "nodes": meanings.plan_nodes(addresses),
    }


def who(
    database: PageDatabase, text: str, place: tuple[int, int], parameters: dict[str, str], page: int
) -> Document:
    """Which instructions of a statement change a page, were it run now, and how; of the rest, how many.

    Raises:
        Error: the statement is wrong, or may not change the database.
    """
    with once_more(database, text, place, parameters) as run:
        changes = PageChanges(run, page)
        failure = run.replay.failure
        if failure is not None and failure.code == "SQLITE_READONLY":
            raise failure
    return {
        "changes": [
            _change(each) if isinstance(each, PageChange) else {"left_out": each}
            for each in changes.telling(MOST_CHANGES)
        ],
        "undone": changes.undone,
        "failure": None if failure is None else failure.message,
        "note": "" if changes.outcome == "end" else TOO_LONG,
    }


def _change(change: PageChange) -> Document:
    return {"step": change.step, "place": change.place.as_json(), "what": change.what, "shape": change.shape}
