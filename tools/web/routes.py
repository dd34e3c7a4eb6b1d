"""What the page can ask for, each declared once: a name, and the function that answers.

All are ``POST /api/NAME`` with a JSON object, and answer one.  What goes wrong with SQL or with a file is an answer,
too: ``problem``, with a message and its place.  A run that there is not is told by the status 404.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

from foundrydb.compiler.syntax.scanner import pieces
from foundrydb.tools.shell.completion import complete_sql
from foundrydb.tools.web import storage
from foundrydb.tools.web.asks import Ask, Forgotten
from foundrydb.tools.web.databases import Databases, PageDatabase
from foundrydb.tools.web.examples import EXAMPLES
from foundrydb.tools.web.looking import all_problems, look, statement_at
from foundrydb.tools.web.places import in_characters
from foundrydb.tools.web.running import tracing, why
from foundrydb.tools.web.running.runs import Runs, WatchedRun
from foundrydb.tools.web.running.stepping import Steppings

Document = dict[str, Any]

MOST_CANDIDATES: Final = 60
"""So many completions are offered."""

QUICK: Final = 0.2
"""Seconds in which most statements have ended: their outcome is the answer to the request that began them."""


WARM_UP: Final = "SELECT type, count(*) FROM sqlite_schema WHERE rootpage > 0 GROUP BY 1 ORDER BY 2"


@final
class Desk:
    """What the server works with.

    Attributes:
        databases: what can be asked about.
        runs: what was started; steppings: what is stepped through.
    """

    def __init__(self, databases: Databases) -> None:
        self.databases: Final = databases
        self.runs: Final = Runs()
        self.steppings: Final = Steppings()

    def database(self, ask: Ask) -> PageDatabase:
        """The database that a request is about."""
        return self.databases.find(ask.text("database"))

    def warm_up(self) -> None:
        """Load what the first statement would wait for, and its figures would tell of."""
        self.runs.begin(self.databases.file, WARM_UP, (0, len(WARM_UP)), {})

    def close(self) -> None:
        """Stop everything, and close the files."""
        self.runs.close()
        self.steppings.leave()
        self.databases.close()


Answer = Callable[[Desk, Ask], Document]

ROUTES: Final[dict[str, Answer]] = {}
"""Everything that can be asked for, by name."""


def route(answer: Answer) -> Answer:
    """Enter a function under its name."""
    ROUTES[answer.__name__] = answer
    return answer


@route
def hello(desk: Desk, ask: Ask) -> Document:
    """What the page begins with: the file, and the examples."""
    file = desk.databases.file
    return {
        "database": file.id,
        "title": file.title,
        "writable": file.writable,
        "sample": desk.databases.is_sample,
        "examples": [
            {"title": one.title, "note": one.note, "sql": one.sql, "schema": one.schema, "panes": one.panes}
            for one in EXAMPLES
            if one.schema or desk.databases.is_sample
        ],
    }


@route
def scratch(desk: Desk, ask: Ask) -> Document:
    """A scratch database made from a schema; anew where that is asked for."""
    made = desk.databases.scratch(ask.text("schema"), ask.flag("anew"))
    return {"database": made.id, "title": made.title, "writable": True}


@route
def renew(desk: Desk, ask: Ask) -> Document:
    """The sample database as it was."""
    desk.databases.renew()
    return {}


@route
def chain(desk: Desk, ask: Ask) -> Document:
    """The tokens of a text, and the whole chain of the statement at the cursor."""
    text = ask.text("text")
    return look(desk.database(ask), text, in_characters(text, ask.number("at", 0)))


@route
def problems(desk: Desk, ask: Ask) -> Document:
    """All that is wrong with the statement at the cursor, once its first mistake is known."""
    text = ask.text("text")
    return all_problems(desk.database(ask), text, in_characters(text, ask.number("at", 0)))


@route
def complete(desk: Desk, ask: Ask) -> Document:
    """What may follow at the cursor."""
    text = ask.text("text")
    at = in_characters(text, ask.number("at"))
    with desk.database(ask).connection(patience=0.2) as connection:
        found = complete_sql(text[:at], text[at:], connection)
    return {
        "candidates": [[one.text, one.replaces, one.kind] for one in found[:MOST_CANDIDATES]],
        "more": max(len(found) - MOST_CANDIDATES, 0),
    }


@route
def run(desk: Desk, ask: Ask) -> Document:
    """Run the statement at the cursor."""
    text, place = _statement(ask)
    begun = desk.runs.begin(desk.database(ask), text, place, ask.texts("parameters"))
    begun.wait(QUICK)
    return begun.state()


@route
def state(desk: Desk, ask: Ask) -> Document:
    """How a run goes, and its outcome once there is one."""
    found = _run(desk, ask)
    found.wait(QUICK)
    return found.state()


@route
def stop(desk: Desk, ask: Ask) -> Document:
    """Stop a run."""
    found = _run(desk, ask)
    found.stop()
    found.wait(QUICK)
    return found.state()


@route
def rows(desk: Desk, ask: Ask) -> Document:
    """A page of a run's rows, from 0."""
    found = _run(desk, ask)
    return {
        "rows": found.rows.page(ask.number("page")),
        "count": found.rows.count,
        "kept": found.rows.kept,
    }


def _statement(ask: Ask) -> tuple[str, tuple[int, int]]:
    """A text, and the place in it of the statement at the cursor."""
    text = ask.text("text")
    return text, statement_at(text, pieces(text), in_characters(text, ask.number("at", 0)))


def _run(desk: Desk, ask: Ask) -> WatchedRun:
    """The run that a request is about.

    Raises:
        Forgotten: there is none, or none any more.
    """
    found = desk.runs.find(ask.text("run"))
    if found is None:
        raise Forgotten("this run is forgotten")
    return found


@route
def origins(desk: Desk, ask: Ask) -> Document:
    """The cells that the rows of a page of a run's rows were read from."""
    found = _run(desk, ask)
    return tracing.origins(found, ask.number("page"))


@route
def given(desk: Desk, ask: Ask) -> Document:
    """The rows of a run that a cell of a page has given."""
    found = _run(desk, ask)
    return tracing.given(found, ask.number("number"), ask.number("cell"))


@route
def why_not(desk: Desk, ask: Ask) -> Document:
    """Why a row of a table is not in the result of the statement at the cursor."""
    text, place = _statement(ask)
    return why.why_not(desk.database(ask), text, place, ask.texts("parameters"), ask.text("row"))


@route
def who(desk: Desk, ask: Ask) -> Document:
    """Which instructions of the statement at the cursor change a page, and how."""
    text, place = _statement(ask)
    return why.who(desk.database(ask), text, place, ask.texts("parameters"), ask.number("number"))


@route
def debug(desk: Desk, ask: Ask) -> Document:
    """Begin to step through the statement at the cursor."""
    text, place = _statement(ask)
    return desk.steppings.begin(desk.database(ask), text, place, ask.texts("parameters"))


@route
def move(desk: Desk, ask: Ask) -> Document:
    """Move forward or back, and tell what there is then: registers, cursors, the row so far, pages."""
    found = desk.steppings.find(ask.text("stepping"))
    if found is None:
        return {"note": "it is not being stepped through any more"}
    return found.move(ask.text("how"), ask.text("to", ""))


@route
def leave(desk: Desk, ask: Ask) -> Document:
    """Step through nothing any more; what was changed on the way is undone."""
    desk.steppings.leave()
    return {}


@route
def schema(desk: Desk, ask: Ask) -> Document:
    """Tables, columns, indexes, views and triggers."""
    return storage.schema(desk.database(ask))


@route
def trees(desk: Desk, ask: Ask) -> Document:
    """The B-trees, all or those of a table."""
    return storage.trees(desk.database(ask), ask.text("table", "") or None)


@route
def page(desk: Desk, ask: Ask) -> Document:
    """A page of the file, byte by byte."""
    return storage.page(desk.database(ask), ask.number("number"), ask.number("cell", -1))


@route
def log(desk: Desk, ask: Ask) -> Document:
    """What lies beside the file: a rollback journal or a write-ahead log."""
    return storage.log(desk.database(ask))
