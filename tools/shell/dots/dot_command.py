"""Dot-commands: how one is declared, found and called.

A dot-command is one ``@command`` on a function, in the file of its subject (``dots_*.py``).  ``.help``, completion
and "did you mean" come from the declarations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

from foundrydb.errors import Error
from foundrydb.tools.output.problems import describe, nearest, report

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

Action: TypeAlias = "Callable[[Shell, list[str]], bool | None]"

_HOMES: Final = (
    "dots_session",
    "dots_system",
    "dots_watching",
    "dots_options",
    "dots_facts",
    "dots_connections",
    "dots_output",
    "dots_advice",
    "dots_schema",
    "dots_data",
    "dots_files",
    "dots_dump",
    "dots_parameters",
    "dots_stages",
    "dots_tests",
    "dots_refused",
)


class Usage(Exception):
    """A dot-command was called with the wrong arguments."""


class DotCommand:
    """A dot-command.

    Attributes:
        name: without the dot.
        arguments: as ``.help`` shows them.
        help: one line.
        more: lines that ``.help NAME`` adds.
        raw: the function takes the rest of the line as one argument, quotes and all.
        action: called with the shell and the arguments; False says that it failed.
    """

    def __init__(self, name: str, arguments: str, help: str, more: str, raw: bool, action: Action) -> None:
        self.name: Final = name
        self.arguments: Final = arguments
        self.help: Final = help
        self.more: Final = more
        self.raw: Final = raw
        self.action: Final = action

    @property
    def usage(self) -> str:
        """The command with its arguments."""
        return f".{self.name} {self.arguments}".rstrip()


_COMMANDS: Final[dict[str, DotCommand]] = {}


def command(
    name: str, arguments: str = "", *, help: str, more: str = "", raw: bool = False
) -> Callable[[Action], Action]:
    """Declare a dot-command; see ``DotCommand``."""

    def declare(action: Action) -> Action:
        _COMMANDS[name] = DotCommand(name, arguments, help, more, raw, action)
        return action

    return declare


@cache
def commands() -> dict[str, DotCommand]:
    """Every dot-command, by name."""
    for home in _HOMES:
        import_module(f"foundrydb.tools.shell.dots.{home}")
    return dict(sorted(_COMMANDS.items()))


def find_command(name: str) -> DotCommand | None:
    """The command of that name, or the only one that begins with it; case does not matter."""
    known = commands()
    wanted = name.lower()
    if wanted in known:
        return known[wanted]
    starting = [command for key, command in known.items() if key.startswith(wanted)]
    return starting[0] if len(starting) == 1 and wanted else None


def run_dot_command(shell: Shell, line: str) -> bool:
    """Run the dot-command on ``line``; False where it failed.  What went wrong is reported."""
    try:
        words = split_words(line[1:])
        if not words:
            return True
        found = find_command(words[0])
        if found is None:
            near = nearest(words[0].lower(), commands())
            hint = f" (did you mean .{near}?)" if near else ""
            report(f"Unrecognized command: .{words[0]}{hint}")
            return False
        arguments = words[1:]
        if found.raw:
            rest = line.strip()[1:].lstrip()[len(words[0]) :].strip()
            arguments = [rest] if rest else []
        return _call(shell, found, arguments)
    except Usage as problem:
        report(f"Error: {problem}")
        return False


def _call(shell: Shell, found: DotCommand, arguments: list[str]) -> bool:
    try:
        return found.action(shell, arguments) is not False
    except Usage as problem:
        report(f"Error: {problem}" if str(problem) else f"Usage: {found.usage}")
    except Error as problem:
        report(describe(problem))
    except OSError as problem:
        if isinstance(problem, BrokenPipeError):
            raise
        report(
            f'Error: cannot open "{problem.filename}": {problem.strerror}'
            if problem.filename
            else f"Error: {problem}"
        )
    return False


def split_words(line: str) -> list[str]:
    """The words of a dot-command: quoted ones keep their spaces; backslashes count but within single quotes.

    Raises:
        Usage: a quote is not closed.
    """
    words: list[str] = []
    at, size = 0, len(line)
    while at < size:
        if line[at].isspace():
            at += 1
        elif line[at] in "'\"":
            word, at = _quoted_word(line, at)
            words.append(word)
        else:
            word, at = _bare_word(line, at)
            words.append(word)
    return words


_ESCAPES: Final = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}


def _bare_word(line: str, at: int) -> tuple[str, int]:
    """A word without quotes and the offset past it."""
    end = at
    while end < len(line) and not line[end].isspace():
        end += 1
    word = line[at:end]
    return _unescaped(word) if "\\" in word else word, end


def _unescaped(text: str) -> str:
    """The text with each backslash sequence replaced by what it stands for."""
    pieces: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            piece, at = _escape(text, at + 1)
        else:
            piece, at = text[at], at + 1
        pieces.append(piece)
    return "".join(pieces)


def _quoted_word(line: str, at: int) -> tuple[str, int]:
    """A word in quotes and the offset past it."""
    quote = line[at]
    end = at + 1
    while end < len(line) and line[end] != quote:
        end += 2 if quote == '"' and line[end] == "\\" else 1
    if end >= len(line):
        raise Usage(f"unterminated {quote}")
    word = line[at + 1 : end]
    return _unescaped(word) if quote == '"' else word, end + 1


def _escape(line: str, at: int) -> tuple[str, int]:
    """What a backslash sequence stands for, and the offset past it."""
    char = line[at]
    if char in _ESCAPES:
        return _ESCAPES[char], at + 1
    end = at
    while end < at + 3 and end < len(line) and line[end] in "01234567":
        end += 1
    if end > at:
        return chr(int(line[at:end], 8) & 0xFF), end
    if char == "x":
        end = at + 1
        while end < at + 3 and end < len(line) and line[end] in "0123456789abcdefABCDEF":
            end += 1
        if end > at + 1:
            return chr(int(line[at + 1 : end], 16)), end
    return char, at + 1


def check_schema(shell: Shell, schema: str) -> None:
    """Refuse the name of a database that there is not.

    Raises:
        Usage: there is none.
    """
    if shell.connection.engine.catalog.schema(schema) is None:
        raise Usage(f"unknown database {schema}")


def switch(arguments: list[str]) -> bool:
    """The only argument as on or off.

    Raises:
        Usage: there is not exactly one, or it is neither.
    """
    if len(arguments) != 1:
        raise Usage
    word = arguments[0].lower()
    if word in ("on", "yes", "true", "1"):
        return True
    if word in ("off", "no", "false", "0"):
        return False
    raise Usage(f'Not a boolean value: "{arguments[0]}". Use on or off.')
