"""What a recovery saved, what it did not, and which command shows where."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foundrydb.storage.salvage.page_claims import PageClaims
from foundrydb.storage.salvage.page_source import PageSource
from foundrydb.tools.views.excerpt import plural

if TYPE_CHECKING:
    from foundrydb.tools.recovery.lost_rows import LostRows
    from foundrydb.tools.recovery.lost_schema import SchemaEntry

SHOWN: Final = 20
"""Losses that the text has; JSON has them all."""

MOST_LOSSES: Final = 10_000
MOST_OF_STATEMENT: Final = 100


class Loss(NamedTuple):
    """Something that is not, or not wholly, in the script.

    Attributes:
        owner: what it was a part of.
        text: what is wrong.
        page, cell: where; 0 and -1 for no place.
    """

    owner: str
    text: str
    page: int
    cell: int


class RecoveryReport:
    """What came of it.

    Attributes:
        notes: what was found of the file itself.
        tables: how many rows of each table were written.
        losses: what is lost, as far as it can be told; ``more_losses`` were not kept.
        repaired: what is wrong but costs nothing: indexes are made anew.
        lost_table, lost_count: the table of rows that belong to none, "" for no such rows.
    """

    def __init__(self, path: str) -> None:
        self.path: Final = path
        self.notes: Final[list[str]] = []
        self.tables: Final[list[tuple[str, int]]] = []
        self.losses: Final[list[Loss]] = []
        self.repaired: Final[list[Loss]] = []
        self.more_losses = 0
        self.lost_table = ""
        self.lost_count = 0
        self.lost_pages = 0

    @property
    def whole(self) -> bool:
        """Whether nothing was found to be lost, and every row is in its table."""
        return not self.losses and not self.lost_count

    def describe(self, source: PageSource) -> None:
        """Take note of what the file is."""
        self.notes.append(f"{plural(int(source.page_count), 'page')} of {source.page_size:,} bytes")
        if source.page_count == 0:
            return  # a database in which nothing was ever written
        if not source.header_is_sound:
            self.losses.append(Loss("header", "it is not that of a database", 1, -1))
        elif source.page_size != source.believed_page_size:
            text = f"it tells pages of {source.believed_page_size:,} bytes"
            self.losses.append(Loss("header", text, 1, -1))
        if source.log is not None:
            pages = plural(len(source.log.places), "page")
            self.notes.append(f"{pages} taken from its {source.log.name}")
        if not source.locked:
            self.notes.append("somebody was writing it meanwhile")

    def add_table(self, name: str, count: int) -> None:
        """Take note of a table's rows."""
        self.tables.append((name, count))

    def add_unusable(self, entry: SchemaEntry, reason: str) -> None:
        """Take note of a part of the schema that cannot be made again."""
        self.losses.append(Loss(entry.title, reason, entry.page, entry.cell))

    def add_refused(self, statement: str, reason: str) -> None:
        """Take note of a statement that the new database did not take."""
        text = statement if len(statement) <= MOST_OF_STATEMENT else statement[:MOST_OF_STATEMENT] + " …"
        if len(self.losses) < MOST_LOSSES:
            self.losses.append(Loss("new database", f"{reason}: {text}", 0, -1))
        else:
            self.more_losses += 1

    def add_lost_rows(self, table: str, lost: LostRows) -> None:
        """Take note of the rows that belong to no table."""
        self.lost_table = table
        self.lost_count = lost.count
        self.lost_pages = lost.pages
        if lost.narrowed:
            text = f"{plural(lost.narrowed, 'row')} with more values than a table can have columns"
            self.losses.append(Loss(table, text, 0, -1))

    def take_faults(self, claims: PageClaims) -> None:
        """Take note of what was wrong with the pages."""
        for fault in claims.faults:
            loss = Loss(fault.owner, fault.text, fault.page, fault.cell)
            (self.repaired if fault.owner.startswith("index ") else self.losses).append(loss)
        self.more_losses += claims.fault_count - len(claims.faults)

    def command(self, loss: Loss) -> str:
        """What shows the place of a loss, "" for none."""
        if not loss.page:
            return ""
        cell = f" --cell {loss.cell}" if loss.cell >= 0 else ""
        return f"fdb dump-page {shlex.quote(self.path)} {loss.page}{cell}"


def report_text(report: RecoveryReport) -> str:
    """The report as lines."""
    lines = [f"{report.path}: {', '.join(report.notes)}"]
    lines += [f"  table {name}: {plural(count, 'row')}" for name, count in report.tables]
    if report.lost_count:
        rows = plural(report.lost_count, "row")
        lines.append(
            f"  {report.lost_table}: {rows} of no known table, on {plural(report.lost_pages, 'page')}"
        )
    lines += _losses_text(report, "lost", report.losses)
    lines += _losses_text(report, "made anew", report.repaired)
    if report.more_losses:
        lines.append(f"and {plural(report.more_losses, 'more fault')}")
    if report.whole:
        lines.append("nothing was found to be lost")
    return "\n".join(lines) + "\n"


def _losses_text(report: RecoveryReport, title: str, losses: list[Loss]) -> list[str]:
    lines = [f"{title}:"] if losses else []
    for loss in losses[:SHOWN]:
        place = f"page {loss.page}" + (f" cell {loss.cell}" if loss.cell >= 0 else "") if loss.page else ""
        lines.append(f"  {loss.owner}: " + (f"{place}: " if place else "") + loss.text)
        if loss.page:
            lines.append(f"    {report.command(loss)}")
    if len(losses) > SHOWN:
        lines.append(f"  and {len(losses) - SHOWN:,} more, all of which --report json tells")
    return lines


def report_json(report: RecoveryReport) -> str:
    """The same as JSON, with every loss that was kept."""
    document: dict[str, Any] = {
        "path": report.path,
        "whole": report.whole,
        "file": report.notes,
        "tables": [{"table": name, "rows": count} for name, count in report.tables],
        "lost_and_found": {"table": report.lost_table, "rows": report.lost_count, "pages": report.lost_pages}
        if report.lost_count
        else None,
        "lost": [_loss_json(report, loss) for loss in report.losses],
        "made_anew": [_loss_json(report, loss) for loss in report.repaired],
        "more_faults": report.more_losses,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _loss_json(report: RecoveryReport, loss: Loss) -> dict[str, Any]:
    return {
        "of": loss.owner,
        "fault": loss.text,
        "page": loss.page or None,
        "cell": loss.cell if loss.cell >= 0 else None,
        "command": report.command(loss) or None,
    }
