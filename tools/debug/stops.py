"""Commands about breakpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.tools.debug.command import CommandRefused, command

if TYPE_CHECKING:
    from foundrydb.tools.debug.debugger import Debugger


def _add(debugger: Debugger, text: str) -> None:
    target = debugger.target(text)
    number = max(debugger.stops, default=0) + 1
    debugger.stops[number] = target
    debugger.write(f"{number}: {target.text}")


@command("break", "br", arguments="TARGET", help="stop at a target from now on; see help targets")
def _break(debugger: Debugger, rest: str) -> None:
    if not rest:
        _breaks(debugger, rest)
        return
    _add(debugger, rest)


@command(
    "watch", "w", arguments="rN | CONDITION", help="stop where a register changes, or a condition comes true"
)
def _watch(debugger: Debugger, rest: str) -> None:
    if not rest:
        raise CommandRefused("watch what?  r3, or a condition on registers such as r3 > 5")
    word = rest.lower()
    single = word.removeprefix("r").strip("[]").isdigit() and word.startswith("r")
    _add(debugger, f"{rest} changes" if single else f"when {rest}")


@command("breaks", help="the breakpoints")
def _breaks(debugger: Debugger, rest: str) -> None:
    for number, target in debugger.stops.items():
        debugger.write(f"{number}: {target.text}")
    if not debugger.stops:
        debugger.write("there is no breakpoint")


@command("delete", "d", arguments="[N]", help="forget a breakpoint, or all")
def _delete(debugger: Debugger, rest: str) -> None:
    if not rest:
        debugger.stops.clear()
    elif not rest.isdigit() or int(rest) not in debugger.stops:
        raise CommandRefused(f'there is no breakpoint "{rest}"')
    else:
        del debugger.stops[int(rest)]
    _breaks(debugger, "")
