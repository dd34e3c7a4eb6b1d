"""The dot-command about several connections: each has its database, and one is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.tools.shell.dots.dot_command import Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

MOST: Final = 5
"""So many connections there may be, as in the sqlite3 shell."""


@command("connection", "[close] [#]", help="Open or close an auxiliary database connection")
def connection(shell: Shell, arguments: list[str]) -> None:
    """List the connections, make one active, or close one."""
    match arguments:
        case []:
            _list(shell)
        case ["close"]:
            raise Usage("which connection is to be closed?  .connection close NUMBER")
        case [word]:
            shell.switch_connection(_number(word))
        case ["close", word]:
            number = _number(word)
            if number == shell.active:
                raise Usage("cannot close the active database connection")
            if number not in shell.resting_paths():
                raise Usage(f"there is no connection {number}")
            shell.close_connection(number)
        case _:
            raise Usage


def _list(shell: Shell) -> None:
    for number, path in sorted({**shell.resting_paths(), shell.active: shell.path}.items()):
        mark = "ACTIVE" if number == shell.active else ""
        shell.write(f"{mark:>6} {number}: {path}\n")


def _number(word: str) -> int:
    if not word.isdecimal() or int(word) >= MOST:
        raise Usage(f"connections are numbered from 0 to {MOST - 1}, not {word}")
    return int(word)
