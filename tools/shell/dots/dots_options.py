"""Dot-commands about a connection's limits and switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.engine.options.configuration import SWITCHES, read_switch, turn_switch
from foundrydb.engine.options.constants import LIMITS
from foundrydb.tools.output.problems import nearest
from foundrydb.tools.shell.dots.dot_command import Usage, command, switch

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_LIMITS: Final = {name.removeprefix("SQLITE_LIMIT_").lower(): number for name, number in LIMITS.items()}
_SWITCHES: Final = {
    each.name.lower().replace("enable_load", "load").replace("enable_fts3", "fts3"): number
    for number, each in SWITCHES.items()
}


@command("limit", "?LIMIT? ?VAL?", help="Display or change the value of an SQLITE_LIMIT")
def limit(shell: Shell, arguments: list[str]) -> None:
    """Show limits, or lower one."""
    if len(arguments) > 2:
        raise Usage
    name = _named(arguments[0], _LIMITS, "limit") if arguments else ""
    if len(arguments) == 2:
        try:
            shell.connection.setlimit(_LIMITS[name], int(arguments[1]))
        except ValueError:
            raise Usage(f"not an integer: {arguments[1]}") from None
    for each in [name] if name else _LIMITS:
        shell.write(f"{each:>20} {shell.connection.getlimit(_LIMITS[each])}\n")


@command("dbconfig", "?SWITCH? ?on|off?", help="List or change the switches of sqlite3_db_config()")
def dbconfig(shell: Shell, arguments: list[str]) -> None:
    """Show switches, or turn one."""
    if len(arguments) > 2:
        raise Usage
    engine = shell.connection.engine
    name = _named(arguments[0], _SWITCHES, "switch") if arguments else ""
    if len(arguments) == 2:
        turn_switch(engine, _SWITCHES[name], switch(arguments[1:]))
    for each in [name] if name else sorted(_SWITCHES):
        shell.write(f"{each:>19} {'on' if read_switch(engine, _SWITCHES[each]) else 'off'}\n")


def _named(word: str, known: dict[str, int], kind: str) -> str:
    """The name that a word is, or alone begins with it."""
    wanted = word.lower()
    found = [name for name in known if name == wanted] or [name for name in known if name.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Usage(f'ambiguous {kind}: "{word}" ({", ".join(found)})')
    near = nearest(wanted, known)
    raise Usage(f'unknown {kind}: "{word}"' + (f" (did you mean {near}?)" if near else ""))
