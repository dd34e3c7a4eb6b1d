"""Commands that ask why: who changed a page, why a row is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax.diagnostics import line_and_column
from foundrydb.toolkit.debugging.page_changes import PageChange, PageChanges
from foundrydb.toolkit.debugging.target import AtPiece, OnPage
from foundrydb.toolkit.missing_row.why_not import FoundRow, WhyNot
from foundrydb.tools.debug.command import CommandRefused, command
from foundrydb.tools.debug.view import counted, marked
from foundrydb.vm.machine import OWN

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value
    from foundrydb.toolkit.debugging.recorded_run import RecordedRun
    from foundrydb.tools.debug.debugger import Debugger

_NAME: Final = r'"(?:[^"]|"")*"|[^\W\d][\w$]*'
_TABLE: Final = re.compile(rf"({_NAME})\s*(.*)", re.DOTALL)
_CONDITION: Final = re.compile(rf"({_NAME})\s*=\s*('(?:[^']|'')*'|[^\s,']+)\s*,?\s*")
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}")

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


@command(
    "why", arguments="not TABLE ROWID | not TABLE COLUMN=VALUE …",
    help="why a row of a table is not in the result: the condition, join or limit that dropped it",
)  # fmt: skip
def _why(debugger: Debugger, rest: str) -> None:
    word, _, question = rest.partition(" ")
    table, conditions = _row_meant(question if word.lower() == "not" else "")
    run = debugger.run
    run.replay.rewind()  # the question is about the database as the statement finds it
    compilation = run.replay.compilation
    asked = WhyNot(debugger.script.connection, compilation.statement, compilation.sql)
    found = asked.ask(table, conditions)
    places = _places(compilation.sql, {each.occurrence.source.start: each.occurrence.name for each in found})
    for each in found:
        for line in _told_of(debugger, each, places[each.occurrence.source.start]):
            debugger.write(line)
    if asked.more:
        debugger.write(f"{counted(asked.more, 'more row')} like that")


def _row_meant(question: str) -> tuple[str, list[tuple[str, Value]]]:
    """The table and what its row is known by.

    Raises:
        CommandRefused: that is no question.
    """
    match = _TABLE.match(question.strip())
    if match is None:
        raise CommandRefused("ask: why not TABLE ROWID, or why not TABLE COLUMN=VALUE …")
    table, rest = _plain_name(match[1]), match[2].strip()
    if _NUMBER.fullmatch(rest):
        return table, [("rowid", int(rest))]
    conditions: list[tuple[str, Value]] = []
    at = 0
    while at < len(rest):
        condition = _CONDITION.match(rest, at)
        if condition is None:
            raise CommandRefused(f'"{rest[at:]}" is no COLUMN=VALUE')
        conditions.append((_plain_name(condition[1]), _value(condition[2])))
        at = condition.end()
    if not conditions:
        raise CommandRefused("which row?  Its rowid, or COLUMN=VALUE")
    return table, conditions


def _plain_name(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _value(text: str) -> Value:
    """A value as people write it; a bare word is a text."""
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.lower() == "null":
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _places(sql: str, names: dict[int, str]) -> dict[int, str]:
    """How places are told apart where a statement reads the table: by name, by line and column where names are alike.

    Args:
        names: what the table is called, by the offset at which the statement names it.
    """
    if len(names) < 2:
        return dict.fromkeys(names, "")
    alike = len(set(names.values())) < len(names)
    found: dict[int, str] = {}
    for start, name in names.items():
        line, column = line_and_column(sql, start)
        found[start] = f", as {name} at {line}:{column}" if alike else f", as {name}"
    return found


def _told_of(debugger: Debugger, found: FoundRow, at: str) -> list[str]:
    """What became of a row, the piece of the SQL that dropped it, and the instructions for that.

    Args:
        at: the place where the statement reads it; "" for the only one.
    """
    answer = found.answer
    prefix = "cannot tell: " if answer.kind == "unknown" else ""
    lines = [f"{found.key.table} {found.key.text()}{at}: {prefix}{answer.text}"]
    run = debugger.run
    if answer.kind != "dropped":
        return lines
    lines += marked(run.replay.compilation.sql, answer.spans)
    start, end = answer.spans[0]
    addresses = AtPiece("", start, end).addresses(run.meanings)[OWN]
    if addresses:
        names = [
            f"{each} {type(run.meanings.program(OWN).instructions[each]).__name__}" for each in addresses
        ]
        lines.append(f"  instructions {', '.join(names[:_SHOWN])}")
        nodes = dict.fromkeys(node for each in addresses if (node := run.meanings.plan_node(each)))
        lines += [f"  for {node}" for node in nodes]
    return lines
