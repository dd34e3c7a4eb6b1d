"""States of a run as text: where it stands in the SQL and in the program, registers, cursors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from foundrydb.toolkit.debugging.state import row_text, value_text
from foundrydb.tools.output.columnar import display_width
from foundrydb.tools.output.listings import aligned_lines, table_lines
from foundrydb.vm.listing import COLUMNS, program_rows
from foundrydb.vm.machine import OWN

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.recorded_run import RecordedRun
    from foundrydb.toolkit.debugging.state import CursorState, State

AROUND: Final = 4
"""How many instructions a listing has before the next one, and behind it."""

_LONGEST_LINE: Final = 200

_SHOWN: Final = 5
"""How many pages are named."""


class StateView:
    """Makes lines of states."""

    def where(self, run: RecordedRun, state: State) -> list[str]:
        """Where it stands: the next instruction, its SQL, and what the last one did."""
        lines = [_heading(state)]
        if state.next is not None and state.next.spans:
            lines += marked(run.replay.compilation.sql, state.next.spans)
        return lines + ["  " + line for line in _done(state)]

    def listing(self, run: RecordedRun, state: State, around: int = AROUND) -> list[str]:
        """The instructions around the next one, beside their SQL; the next one marked."""
        place = state.next or state.last
        number = OWN if place is None else place.program
        address = 0 if place is None else place.address
        meanings = run.meanings
        program = meanings.program(number)
        rows = [(*row, meanings.source(number, row[0])) for row in program_rows(program)]
        lines = aligned_lines((*COLUMNS, "source"), rows)
        first, last = max(address - around, 0), min(address + around + 1, len(rows))
        mark = ">" if state.next is not None else "*"
        shown = [f"  {line}" for line in lines[:2]] + [
            f"{mark if at == address else ' '} {lines[at + 2]}" for at in range(first, last)
        ]
        return [f"{program.title}:", *shown] if program.title else shown

    def registers(self, state: State) -> list[str]:
        """What the registers hold, and what that stands for."""
        rows = [
            (
                f"r{told.number}",
                told.text,
                told.stands_for,
                f"{told.writer} at {told.step}" if told.writer >= 0 else "",
            )
            for told in state.registers
        ]
        return (
            table_lines(("", "holds", "stands for", "written by"), rows)
            if rows
            else ["no register was written"]
        )

    def cursors(self, state: State) -> list[str]:
        """Where the cursors stand, and what they hold."""
        if not state.cursors:
            return ["no cursor is open"]
        return [line for cursor in state.cursors for line in _cursor(cursor)]

    def row(self, state: State) -> list[str]:
        """The row so far, and the one before it."""
        lines = [f"rows: {state.rows:,}"]
        if state.last_row is not None:
            lines.append(f"the last one: {row_text(state.last_row)}")
        for name, (known, value) in zip(state.columns, state.row):
            lines.append(f"  {name}: {value_text(value) if known else '…'}")
        return lines

    def pages(self, state: State) -> list[str]:
        """The pages of the last instruction, and those that changed so far."""
        return [
            f"the last instruction asked for: {pages_text(state.asked) or 'none'}",
            f"it changed: {pages_text(state.changed) or 'none'}",
            f"changed since the start: {pages_text(state.changed_since_start, 50) or 'none'}",
        ]


def _heading(state: State) -> str:
    """The position, and what comes next."""
    of = "" if state.end is None else f" of {state.end:,}"
    if state.next is not None:
        program = f"in {state.next.title}, " if state.next.title else ""
        remark = f"  {state.next.comment}" if state.next.comment else ""
        return f"[{state.position:,}{of}] {program}next {state.next.address} {state.next.opcode}{remark}"
    if state.failure is not None:
        at = state.last
        place = "" if at is None else f" at {at.address} {at.opcode}"
        return f"[{state.position:,}{of}] failed{place}: {state.failure.message}"
    changes = f", {counted(state.changes, 'change')}" if state.changes else ""
    return f"[{state.position:,}{of}] the end: {counted(state.rows, 'row')}{changes}"


def _done(state: State) -> list[str]:
    """What the last instruction did."""
    lines = []
    for told in state.registers:
        if told.fresh:
            stands_for = f"  {told.stands_for}" if told.stands_for else ""
            lines.append(f"r{told.number} = {told.text}{stands_for}")
    if (
        state.last is not None
        and state.last.opcode in ("ResultRow", "ResultColumns")
        and state.last_row is not None
    ):
        lines.append(f"row {state.rows:,}: {row_text(state.last_row)}")
    if state.asked:
        lines.append(f"asked for {pages_text(state.asked)}")
    if state.changed:
        lines.append(f"changed {pages_text(state.changed)}")
    return lines


def _cursor(cursor: CursorState) -> list[str]:
    """A cursor, and some of what it holds."""
    view = cursor.view
    tree = f" {cursor.tree}, root page {cursor.root}" if cursor.tree else ""
    parts = [f"c{cursor.number}  {view.kind}{tree}"]
    if view.count >= 0:
        parts.append(f"{view.count:,} entries")
    if view.spilled:
        parts.append("in a temporary file")
    parts.append(_standing(cursor))
    lines = ["; ".join(part for part in parts if part)]
    lines += [f"      {row_text(row)}" for row in view.head]
    if view.head and view.count > len(view.head):
        lines.append(f"      … {view.count - len(view.head):,} more")
    return lines


def _standing(cursor: CursorState) -> str:
    """Where a cursor stands."""
    view = cursor.view
    if view.place == "null row":
        return "on a row of NULLs"
    if view.place == "deferred":
        return f"on row {view.rowid}, which only the index was asked about so far"
    if view.place != "row":
        return "on no row" if cursor.tree else ""
    place = f"page {view.page}, cell {view.cell}: " if view.page else ""
    key = f"row {view.rowid} " if view.rowid is not None else ""
    return f"{place}{key}{'' if view.row is None else row_text(view.row)}".rstrip()


def marked(sql: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """The lines of a text that pieces of it are on, each piece marked below."""
    lines: list[str] = []
    at = 0
    for line in sql.split("\n"):
        end = at + len(line)
        inside = [
            (max(start, at) - at, min(stop, end) - at) for start, stop in spans if start < end and stop > at
        ]
        if inside:
            lines += _marked_line(line, inside)
        at = end + 1
    return lines


def _marked_line(line: str, inside: list[tuple[int, int]]) -> list[str]:
    """A line with marks below; of a long one the part around the first mark."""
    skipped = max(inside[0][0] - _LONGEST_LINE // 2, 0) if len(line) > _LONGEST_LINE else 0
    shown = line[skipped : skipped + _LONGEST_LINE].replace("\t", " ")
    marks = ""
    for start, end in inside:
        start, end = start - skipped, min(end - skipped, len(shown))
        if start < end:
            marks += " " * (display_width(shown[:start]) - len(marks))
            marks += "^" + "~" * (display_width(shown[start:end]) - 1)
    return [f"    {shown}", f"    {marks}"]


def pages_text(pages: Iterable[tuple[int, int]], most: int = _SHOWN) -> str:
    """Pages by number, those of other databases than the main one with the database's number."""
    names = [f"{number}" if database == 0 else f"{database}.{number}" for database, number in pages]
    if not names:
        return ""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ("page " if len(names) == 1 else "pages ") + ", ".join(names[:most]) + more


def counted(count: int, noun: str) -> str:
    """So many of something."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
