"""Commands that show what there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from foundrydb.tools import late
from foundrydb.tools.debug.command import CommandRefused, SessionOver, command, commands, find_command
from foundrydb.tools.debug.moves import count_in
from foundrydb.tools.output.listings import table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foundrydb.tools.debug.debugger import Debugger

_TARGETS: Final = (
    ("12", "before the instruction at address 12"),
    ("Column", "before an instruction of that opcode"),
    ("sql weight > 300", "before an instruction that this piece of the SQL is evaluated by"),
    ("sql 10..20", "likewise, the piece from offset 10 to before 20"),
    ("page 12", "after an instruction that asked for page 12, or changed it"),
    ("page 12 changed", "after one that changed it; page 12 read: that asked for it"),
    ("page temp.3", "the same of another database"),
    ("row 5", "after the fifth row"),
    ("r3 changes", "after an instruction that gave register 3 another value"),
    ("when r3 > 5 and r4 = 1", "after one that made a condition on registers, in SQL, true"),
)


def _write(debugger: Debugger, lines: Iterable[str]) -> None:
    for line in lines:
        debugger.write(line)


@command("where", help="where the run stands")
def _where(debugger: Debugger, rest: str) -> None:
    debugger.show()


@command(
    "list",
    "l",
    arguments="[N]",
    help="the instructions around the next one, beside their SQL; N before and behind",
)
def _list(debugger: Debugger, rest: str) -> None:
    around = (count_in(rest),) if rest else ()
    _write(debugger, debugger.view.listing(debugger.run, debugger.state(), *around))


@command("registers", "r", help="what the registers hold, and what that stands for")
def _registers(debugger: Debugger, rest: str) -> None:
    _write(debugger, debugger.view.registers(debugger.state()))


@command(
    "cursors", "cu", help="where the cursors stand; what sorters and other tables of the statement's own hold"
)
def _cursors(debugger: Debugger, rest: str) -> None:
    _write(debugger, debugger.view.cursors(debugger.state()))


@command("row", help="the row so far, and the one before it")
def _row(debugger: Debugger, rest: str) -> None:
    _write(debugger, debugger.view.row(debugger.state()))


@command("state", help="all that there is: where the run stands, registers, cursors, the row so far, pages")
def _state(debugger: Debugger, rest: str) -> None:
    state, view = debugger.state(), debugger.view
    debugger.show()
    for told in (view.registers, view.cursors, view.row, view.pages):
        _write(debugger, told(state))


@command("pages", help="the pages of the last instruction, and those that changed so far")
def _pages(debugger: Debugger, rest: str) -> None:
    _write(debugger, debugger.view.pages(debugger.state()))


@command("sql", help="the statement")
def _sql(debugger: Debugger, rest: str) -> None:
    debugger.announce()
    debugger.write(debugger.script.text(min(debugger.script.index, len(debugger.script.statements) - 1)))


@command("plan", help="the statement's plan")
def _plan(debugger: Debugger, rest: str) -> None:
    debugger.write(late.plan_dump.FORMATS["text"](debugger.run.replay.compilation, False, False).rstrip("\n"))


@command("json", help="all that there is, as JSON")
def _json(debugger: Debugger, rest: str) -> None:
    debugger.write(json.dumps(debugger.state().as_json(), ensure_ascii=False))


@command(
    "help",
    "h",
    "?",
    arguments="[COMMAND | targets]",
    help="the commands, or one of them, or where one can stop",
)
def _help(debugger: Debugger, rest: str) -> None:
    if rest.lower() == "targets":
        _write(debugger, table_lines(("target", "stops"), _TARGETS))
    elif rest:
        found = find_command(rest)
        also = f" (also {', '.join(found.aliases)})" if found.aliases else ""
        debugger.write(f"{found.usage}{also}: {found.help}")
    else:
        rows = [(each.usage, ", ".join(each.aliases), each.help) for each in commands().values()]
        _write(debugger, table_lines(("command", "also", ""), rows))


@command("commit", help="run what is left of the statement, keep what was changed, and leave")
def _commit(debugger: Debugger, rest: str) -> None:
    run = debugger.script.run
    if run is not None:
        found = "budget"
        while found == "budget":
            found = run.finish()
        if found == "asked":
            debugger.show()
            raise CommandRefused("interrupted; nothing is kept yet")
        if debugger.state().failure is not None:
            debugger.show()
            raise CommandRefused(
                "nothing is kept yet: statement goes on, and then commit keeps what there is"
            )
    debugger.script.close(keep=True)
    debugger.write("what was changed is kept")
    raise SessionOver


@command("quit", "q", "exit", help="leave; what was changed is undone")
def _quit(debugger: Debugger, rest: str) -> None:
    raise SessionOver
