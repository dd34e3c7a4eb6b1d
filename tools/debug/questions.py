"""Commands that ask why: who changed a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.toolkit.debugging.page_changes import PageChange, PageChanges
from foundrydb.toolkit.debugging.target import OnPage
from foundrydb.tools.debug.command import Refused, command
from foundrydb.tools.debug.view import counted

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.recorded_run import RecordedRun
    from foundrydb.tools.debug.debugger import Debugger

_SHOWN: Final = 20
"""How many changes of a kind are shown."""


@command("who", arguments="PAGE", help="which instructions of which statements changed a page, and how")
def _who(debugger: Debugger, rest: str) -> None:
    if not rest:
        raise Refused("who changed which page?")
    target = debugger.target(f"page {rest}")
    assert isinstance(target, OnPage)
    told: list[str] = []

    def look(index: int, run: RecordedRun) -> None:
        changes = PageChanges(run, target.page, target.database)
        if changes.found:
            told.extend(_told(debugger, index, changes))

    debugger.script.runs_so_far(look)
    if not told:
        told.append("nothing that ran here changed it")
    for line in told:
        debugger.write(line)


def _told(debugger: Debugger, index: int, changes: PageChanges) -> list[str]:
    """What a statement did to the page: all that changed its part in the tree, the first and the last of the rest."""
    text = " ".join(debugger.script.text(index).split())
    head = f"statement {index + 1}: " if len(debugger.script.statements) > 1 else ""
    lines = [f"{head}{text[:100]}{' …' if len(text) > 100 else ''}"]
    found = changes.found
    shown = {id(change): change for change in (found[0], found[-1])}
    shown |= {id(change): change for change in [each for each in found if each.shape][:_SHOWN]}
    left_out = 0
    for change in found:
        if id(change) not in shown:
            left_out += 1
            continue
        lines += _left_out(left_out) + _line(debugger, change)
        left_out = 0
    if changes.undone:
        lines.append("  the statement failed, and this was undone")
    if changes.outcome != "end":
        lines.append("  the statement was not run to its end")
    return lines


def _left_out(count: int) -> list[str]:
    return [f"  … {counted(count, 'change')} of cells"] if count else []


def _line(debugger: Debugger, change: PageChange) -> list[str]:
    place = change.place
    at = (
        f"{place.title}, {place.address} {place.opcode}" if place.title else f"{place.address} {place.opcode}"
    )
    return [f"  [{change.step:,}] {at}: {change.what}"]
