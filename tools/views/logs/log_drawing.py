"""A database's logs (see ``log_survey``) as a picture: a row of transactions over the database."""

from __future__ import annotations

from typing import Final, NamedTuple

from foundrydb.tools.views.drawings.diagram import Diagram
from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.logs.ahead_reading import AheadLog
from foundrydb.tools.views.logs.checkpoint_forecast import forecast_text
from foundrydb.tools.views.logs.index_reading import AheadIndex
from foundrydb.tools.views.logs.journal_reading import RollbackJournal
from foundrydb.tools.views.logs.log_survey import LogSurvey
from foundrydb.tools.views.logs.log_text import JOURNAL_STATES, lock_text

COMMITTED_COLOR: Final = "#d9ead3"
COPIED_COLOR: Final = "#cfe2f3"
PALE_COLOR: Final = "#eeeeee"
OPEN_COLOR: Final = "#fff2cc"


class LogStretch(NamedTuple):
    """Frames that the picture shows as one cell."""

    first: int
    last: int
    title: str
    color: str


def survey_picture(survey: LogSurvey) -> Diagram:
    """The picture."""
    diagram = Diagram("logs")
    _draw_database(diagram, survey)
    if survey.journal is not None:
        _draw_journal(diagram, survey, survey.journal)
    if survey.log is not None:
        stretches = log_stretches(survey.log, survey.index)
        _draw_log(diagram, survey.log, stretches)
        if survey.index is not None:
            _draw_marks(diagram, survey.index, stretches)
        _draw_checkpoint(diagram, survey, stretches)
    return diagram


def _draw_database(diagram: Diagram, survey: LogSurvey) -> None:
    shape = survey.shape
    pages = plural(shape.page_count, "page") if shape is not None else "no database"
    diagram.strip("database", [("db", f"{survey.path}\n{pages}", PALE_COLOR)])


# the log ------------------------------------------------------------------------------------------------------


def log_stretches(log: AheadLog, index: AheadIndex | None) -> list[LogStretch]:
    """The log's frames in runs: transactions, those that are left out between them, and what does not count."""
    copied = index.backfill if index is not None and index.in_use is not False else 0
    stretches: list[LogStretch] = []
    for each in log.transactions.kept():
        missing = stretches[-1].last + 1 if stretches else 1
        if each.first > missing:
            title = f"… {plural(log.transactions.left_out, 'transaction')}"
            stretches.append(LogStretch(missing, each.first - 1, title, PALE_COLOR))
        color = COPIED_COLOR if each.last <= copied else COMMITTED_COLOR
        title = f"transaction {each.number:,}\n{plural(each.page_count, 'page')} after it"
        stretches.append(LogStretch(each.first, each.last, title, color))
    if log.valid > log.committed:
        stretches.append(LogStretch(log.committed + 1, log.valid, "not committed", OPEN_COLOR))
    if log.frames.count > log.valid:
        title = "left over" if log.left_over else "behind the end"
        stretches.append(LogStretch(log.valid + 1, log.frames.count, title, PALE_COLOR))
    return stretches


def _draw_log(diagram: Diagram, log: AheadLog, stretches: list[LogStretch]) -> None:
    header = log.header
    judged = "no header" if header is None else "good" if header.good else "bad"
    sequence = "" if header is None else f"\nsequence {header.sequence:,}"
    cells = [("head", f"{log.path}\nheader: {judged}{sequence}", PALE_COLOR)]
    for number, each in enumerate(stretches):
        frames = (
            f"frame {each.first:,}" if each.first == each.last else f"frames {each.first:,}-{each.last:,}"
        )
        cells.append((f"s{number}", f"{frames}\n{each.title}", each.color))
    diagram.strip("log", cells)


def _place(stretches: list[LogStretch], frame: int) -> str:
    """The port of the cell that a frame is in."""
    for number, each in enumerate(stretches):
        if each.first <= frame <= each.last:
            return f"log:s{number}"
    return "log:head"


def _draw_marks(diagram: Diagram, index: AheadIndex, stretches: list[LogStretch]) -> None:
    for mark in index.marks:
        if mark.unused or (mark.number == 0 and not mark.held):
            continue
        sees = "the database alone" if mark.number == 0 else f"frame {mark.frame:,}"
        name = f"mark{mark.number}"
        color = OPEN_COLOR if mark.held else "white"
        diagram.strip(name, [("m", f"read mark {mark.number}: {sees}\nlock {lock_text(mark.lock)}", color)])
        diagram.edge(name, "database:db" if mark.number == 0 else _place(stretches, mark.frame))


def _draw_checkpoint(diagram: Diagram, survey: LogSurvey, stretches: list[LogStretch]) -> None:
    index = survey.index
    if index is not None and index.backfill and index.in_use is not False:
        diagram.edge(
            _place(stretches, index.backfill), "database:db", f"copied up to frame {index.backfill:,}"
        )
    if survey.forecast is None:
        return
    diagram.strip("checkpoint", [("c", forecast_text(survey.forecast).replace(": ", ":\n", 1), "white")])
    if survey.forecast.last >= survey.forecast.first:
        diagram.edge(_place(stretches, survey.forecast.last), "checkpoint", style="dashed")
    diagram.edge("checkpoint", "database:db", style="dashed")


# the journal --------------------------------------------------------------------------------------------------


def _draw_journal(diagram: Diagram, survey: LogSurvey, journal: RollbackJournal) -> None:
    state = JOURNAL_STATES[survey.journal_state].replace(": ", ":\n", 1)
    cells = [("head", f"{journal.path}\n{state}", PALE_COLOR)]
    for number, each in enumerate(journal.sections.kept()):
        if journal.sections.left_out and number == len(journal.sections.head):
            cells.append(("rest", f"… {plural(journal.sections.left_out, 'section')}", PALE_COLOR))
        text = f"section {each.number}\n{plural(each.records, 'record')}\n{plural(each.page_count, 'page')} before"
        cells.append((f"s{number}", text, COMMITTED_COLOR if each.durable else OPEN_COLOR))
    diagram.strip("journal", cells)
    label = "undoes" if survey.journal_state == "hot" else ""
    diagram.edge("journal", "database:db", label, style="solid" if label else "dotted")
