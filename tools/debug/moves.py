"""Commands that move: forward and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.toolkit.debugging.target import OnPage, OutTo, StopTarget
from foundrydb.tools.debug.command import CommandRefused, command

if TYPE_CHECKING:
    from foundrydb.tools.debug.debugger import Debugger


def count_in(text: str, least: int = 1) -> int:
    """A number of steps, 1 where none is given.

    Raises:
        CommandRefused: it is none.
    """
    if not text:
        return 1
    digits = text.replace(",", "").replace("_", "")
    if not digits.isdigit() or len(digits) > 15 or int(digits) < least:
        raise CommandRefused(f'"{text}" is no number of steps')
    return int(digits)


def _tell(debugger: Debugger, found: str) -> None:
    """Show where a move has come to, and why it stopped where that was not asked for."""
    debugger.show()
    if found == "budget":
        debugger.write(f"a pause after {debugger.run.budget:,} instructions; continue goes on")
    elif found == "asked":
        debugger.write("interrupted; continue goes on")
    elif found == "start":
        debugger.write("that is the start")


@command("step", "s", arguments="[N]", help="carry out the next instruction, or N of them")
def _step(debugger: Debugger, rest: str) -> None:
    run = debugger.run
    if run.ended:
        raise CommandRefused("that is the end; back goes back")
    run.move(run.position + count_in(rest))
    debugger.show()


@command("back", "b", arguments="[N | TARGET]", help="go back an instruction, or N of them, or to a target")
def _back(debugger: Debugger, rest: str) -> None:
    run = debugger.run
    if run.position == 0:
        raise CommandRefused("that is the start")
    if rest and not rest.isdigit():
        _tell(debugger, run.back([debugger.target(rest)]))
        return
    run.move(run.position - count_in(rest))
    debugger.show()


@command("over", "o", help="carry out the next instruction, with the programs of triggers that it sets off")
def _over(debugger: Debugger, rest: str) -> None:
    run = debugger.run
    if run.ended:
        raise CommandRefused("that is the end; back goes back")
    depth = run.state().depth
    run.move(run.position + 1)
    if run.state().depth <= depth:
        debugger.show()
        return
    _tell(debugger, run.forward([OutTo(depth)]))


@command("next", "n", arguments="[N]", help="go on to the next row of the result, or N rows on")
def _next(debugger: Debugger, rest: str) -> None:
    if debugger.run.ended:
        raise CommandRefused("that is the end; back goes back")
    _tell(debugger, debugger.run.next_row(count_in(rest)))


@command(
    "previous", "p", arguments="[N]", help="go back to where the row before was returned, or N rows back"
)
def _previous(debugger: Debugger, rest: str) -> None:
    _tell(debugger, debugger.run.previous_row(count_in(rest)))


def _beyond(debugger: Debugger, target: StopTarget) -> str:
    """The end of a message about a target that cannot be met: a page that there is not."""
    return f": {missing}" if isinstance(target, OnPage) and (missing := debugger.missing_page(target)) else ""


@command(
    "run",
    "u",
    arguments="to TARGET",
    help="go on to a target, whatever breakpoints there are; see help targets",
)
def _run(debugger: Debugger, rest: str) -> None:
    if not rest or rest.lower() == "to":
        raise CommandRefused(
            "run to where?  An address, an opcode, sql TEXT, page N, row N, when CONDITION: see help targets"
        )
    if debugger.run.ended:
        raise CommandRefused("that is the end; back goes back")
    target = debugger.target(rest)
    found = debugger.run.forward([target])
    _tell(debugger, found)
    if found == "end":
        debugger.write(f"it did not come to that{_beyond(debugger, target)}")


@command("continue", "c", help="go on to the next breakpoint, or the end")
def _continue(debugger: Debugger, rest: str) -> None:
    if debugger.run.ended:
        raise CommandRefused("that is the end; back goes back")
    _tell(debugger, debugger.run.forward(list(debugger.stops.values())))


@command("reverse", "rc", help="go back to the last breakpoint before, or the start")
def _reverse(debugger: Debugger, rest: str) -> None:
    _tell(debugger, debugger.run.back(list(debugger.stops.values())))


@command("finish", "f", help="go on to the end, whatever breakpoints there are")
def _finish(debugger: Debugger, rest: str) -> None:
    _tell(debugger, debugger.run.finish())


@command("goto", "g", arguments="N", help="go to where N instructions were carried out, forward or back")
def _goto(debugger: Debugger, rest: str) -> None:
    if not rest:
        raise CommandRefused("goto which step?")
    debugger.run.move(count_in(rest, least=0))
    debugger.show()


@command("restart", help="go back to the start of the statement")
def _restart(debugger: Debugger, rest: str) -> None:
    debugger.run.move(0)
    debugger.show()


@command("statement", "ns", help="run the statement to its end, and go on to the next one")
def _statement(debugger: Debugger, rest: str) -> None:
    script = debugger.script
    if debugger.over():
        raise CommandRefused(debugger.over())
    before = script.index
    debugger.stops.clear()
    script.next_statement()
    for index in range(before, script.index):
        if index in script.failures:
            debugger.tell_failure(index)
        elif index > before:
            debugger.write(
                f"-- statement {index + 1} of {len(script.statements)} has run: {script.text(index)}"
            )
    if script.run is None:
        debugger.write(f"{debugger.over()}; commit keeps what was changed, quit does not")
    else:
        debugger.stand()
