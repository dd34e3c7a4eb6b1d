"""The debugger's commands: how one is declared, found and called.

A command is one ``@command`` on a function, in the file of its subject.  ``help``, completion, abbreviations and "did
you mean" come from the declarations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

from foundrydb.tools.output.problems import nearest

if TYPE_CHECKING:
    from foundrydb.tools.debug.debugger import Debugger

Action: TypeAlias = "Callable[[Debugger, str], None]"

_HOMES: Final = ("moves", "stops", "looks", "questions")


class CommandRefused(Exception):
    """A command cannot do what it was asked; the message is one line for a person."""


class SessionOver(Exception):
    """The session is over."""


class Command:
    """A command.

    Attributes:
        name: in full; ``aliases``: what it may be called as well.
        arguments: as ``help`` shows them.
        help: one line.
        action: called with the session and the rest of the line.
    """

    def __init__(
        self, name: str, aliases: tuple[str, ...], arguments: str, help: str, action: Action
    ) -> None:
        self.name: Final = name
        self.aliases: Final = aliases
        self.arguments: Final = arguments
        self.help: Final = help
        self.action: Final = action

    def call(self, debugger: Debugger, rest: str) -> None:
        """Carry it out.

        Raises:
            CommandRefused: it cannot do that, or takes no arguments.
            SessionOver: the session is over.
        """
        if rest and not self.arguments:
            raise CommandRefused(f'{self.name} takes no argument: "{rest}"')
        self.action(debugger, rest)

    @property
    def usage(self) -> str:
        """The command with its arguments."""
        return f"{self.name} {self.arguments}".rstrip()


_COMMANDS: Final[dict[str, Command]] = {}


def command(name: str, *aliases: str, arguments: str = "", help: str) -> Callable[[Action], Action]:
    """Declare a command; see ``Command``."""

    def declare(action: Action) -> Action:
        _COMMANDS[name] = Command(name, aliases, arguments, help, action)
        return action

    return declare


@cache
def commands() -> dict[str, Command]:
    """Every command by name, in the order of their declarations."""
    for home in _HOMES:
        import_module(f"foundrydb.tools.debug.{home}")
    return dict(_COMMANDS)


def find_command(word: str) -> Command:
    """The command of that name or alias, or the only one that begins so; case does not matter.

    Raises:
        CommandRefused: there is none.
    """
    known = commands()
    wanted = word.lower()
    for each in known.values():
        if wanted == each.name or wanted in each.aliases:
            return each
    starting = [name for name in known if name.startswith(wanted)]
    if len(starting) == 1:
        return known[starting[0]]
    if starting:
        raise CommandRefused(f'"{word}" may be {", ".join(starting)}')
    near = nearest(wanted, known)
    raise CommandRefused(
        f'no command is named "{word}"' + (f'; did you mean "{near}"?' if near else "; see help")
    )
