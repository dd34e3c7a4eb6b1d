"""Commands that ask why: who changed a page, why a row is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.toolkit.debugging.page_changes import PageChange, PageChanges
from foundrydb.toolkit.debugging.target import OnPage
from foundrydb.toolkit.missing_row.question import QuestionError, places_of, row_meant
from foundrydb.toolkit.missing_row.why_not import FoundRow, WhyNot
from foundrydb.tools.debug.command import CommandRefused, command
from foundrydb.tools.debug.view import counted, marked
from foundrydb.vm.machine import OWN

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.recorded_run import RecordedRun
    from foundrydb.tools.debug.debugger import Debugger

_SHOWN: Final = 20
"""How many changes of a kind are shown."""


@command("who", arguments="PAGE", help="which instructions of which statements changed a page, and how")
def _who(debugger: Debugger, rest: str) -> None:
    if not rest:
        raise CommandRefused("who changed which page?")
    target = debugger.target(f"page {rest}")
    assert isinstance(target, OnPage)
    told: list[str] = []

    def look(index: int, run: RecordedRun) -> None:
        changes = PageChanges(run, target.page, target.database)
        if changes.found:
            told.extend(_told(debugger, index, changes))

    debugger.script.runs_so_far(look)
    if not told:
        told.append(debugger.missing_page(target) or "nothing that ran here changed it")
    for line in told:
        debugger.write(line)


def _told(debugger: Debugger, index: int, changes: PageChanges) -> list[str]:
    """What a statement did to the page: all that changed its part in the tree, the first and the last of the rest."""
    text = " ".join(debugger.script.text(index).split())
    head = f"statement {index + 1}: " if len(debugger.script.statements) > 1 else ""
    lines = [f"{head}{text[:100]}{' …' if len(text) > 100 else ''}"]
    for change in changes.telling(_SHOWN):
        lines.append(
            _line(change) if isinstance(change, PageChange) else f"  … {counted(change, 'change')} of cells"
        )
    if changes.undone:
        lines.append("  the statement failed, and this was undone")
    if changes.outcome != "end":
        lines.append("  the statement was not run to its end")
    return lines


def _line(change: PageChange) -> str:
    place = change.place
    at = (
        f"{place.title}, {place.address} {place.opcode}" if place.title else f"{place.address} {place.opcode}"
    )
    return f"  [{change.step:,}] {at}: {change.what}"


@command(
    "why", arguments="not TABLE ROWID | not TABLE COLUMN=VALUE …",
    help="why a row of a table is not in the result: the condition, join or limit that dropped it",
)  # fmt: skip
def _why(debugger: Debugger, rest: str) -> None:
    word, _, question = rest.partition(" ")
    try:
        table, conditions = row_meant(question if word.lower() == "not" else "")
    except QuestionError as problem:
        raise CommandRefused(str(problem)) from problem
    run = debugger.run
    run.replay.rewind()  # the question is about the database as the statement finds it
    compilation = run.replay.compilation
    asked = WhyNot(debugger.script.connection, compilation.statement, compilation.sql)
    found = asked.ask(table, conditions)
    places = places_of(compilation.sql, found)
    for each in found:
        for line in _told_of(debugger, each, places[each.occurrence.source.start]):
            debugger.write(line)
    if asked.more:
        debugger.write(f"{counted(asked.more, 'more row')} like that")


def _told_of(debugger: Debugger, found: FoundRow, at: str) -> list[str]:
    """What became of a row, the piece of the SQL that dropped it, and the instructions for that.

    Args:
        at: the place where the statement reads it; "" for the only one.
    """
    answer = found.answer
    prefix = "cannot tell: " if answer.kind == "unknown" else ""
    place = f", {at}" if at else ""
    lines = [f"{found.key.table} {found.key.text()}{place}: {prefix}{answer.text}"]
    run = debugger.run
    if answer.kind != "dropped":
        return lines
    lines += marked(run.replay.compilation.sql, answer.spans)
    start, end = answer.spans[0]
    addresses = run.meanings.addresses_within(start, end)
    if addresses:
        names = [
            f"{each} {type(run.meanings.program(OWN).instructions[each]).__name__}" for each in addresses
        ]
        lines.append(f"  instructions {', '.join(names[:_SHOWN])}")
        lines += [f"  for {node}" for node in run.meanings.plan_nodes(addresses)]
    return lines
