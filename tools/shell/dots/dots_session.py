"""Dot-commands about the session: leaving, help, files, settings."""

from __future__ import annotations

import os
import subprocess
from typing import Final

from foundrydb.tools.output.problems import nearest, report
from foundrydb.tools.output.progress import file_lines
from foundrydb.tools.output.quoting_forms import c_literal
from foundrydb.tools.shell.dots.dot_command import Usage, command, commands, find_command, switch
from foundrydb.tools.shell.dots.dots_output import mode_line
from foundrydb.tools.shell.hexdb import database_of
from foundrydb.tools.shell.repl import greeting
from foundrydb.tools.shell.shell import Leave, Shell


@command("exit", "?CODE?", help="Exit this program with return-code CODE")
@command("quit", help="Exit this program")
def leave(shell: Shell, arguments: list[str]) -> None:
    """End the session."""
    try:
        status = int(arguments[0]) if arguments else 0
    except ValueError:
        raise Usage(f"not an integer: {arguments[0]}") from None
    shell.out.flush()
    if shell.interactive:
        report("Goodbye!")
    raise Leave(status)


@command("version", help="Show the version, and which SQLite it follows")
def show_version(shell: Shell, arguments: list[str]) -> None:
    """Print what the prompt begins with."""
    if arguments:
        raise Usage
    shell.write(f"{greeting()}\n")


@command("help", "?PATTERN?", help="Show help text for PATTERN, or for all commands")
def show_help(shell: Shell, arguments: list[str]) -> bool:
    """List the commands, or explain one."""
    known = commands()
    if not arguments or arguments[0] in ("-all", "--all"):
        for each in known.values():
            shell.write(_help_line(each.usage, each.help))
        return True
    wanted = arguments[0].lstrip(".").lower()
    found = find_command(wanted)
    matching = (
        [found] if found else [c for c in known.values() if wanted in c.name or wanted in c.help.lower()]
    )
    for each in matching:
        shell.write(_help_line(each.usage, each.help))
        if found and each.more:
            shell.write("".join(f"   {line}\n" for line in each.more.strip("\n").split("\n")))
    if not matching:
        near = nearest(wanted, known)
        report(f"Nothing matches '{arguments[0]}'" + (f" (did you mean .{near}?)" if near else ""))
    return bool(matching)


def _help_line(usage: str, help: str) -> str:
    return f"{usage:<24} {help}\n"


@command(
    "open",
    "?OPTIONS? ?FILE?",
    help="Close the database and open FILE",
    more="""
--deserialize   Load FILE into memory, and leave it as it is
--hexdb         Load into memory what .dbtotxt has printed: FILE, or the lines that follow
--new           Delete what FILE holds first
--nofollow      Do not follow a symbolic link
--readonly      Open FILE for reading only
Without FILE, an empty database in memory is opened.
""",
)
def open_file(shell: Shell, arguments: list[str]) -> None:
    """Change the database."""
    options = [word.lstrip("-") for word in arguments if word.startswith("-")]
    paths = [word for word in arguments if not word.startswith("-")]
    for option in options:
        if option not in _OPEN_OPTIONS:
            raise Usage(f"unknown option: --{option}")
    if len(paths) > 1:
        raise Usage(f'extra argument: "{paths[1]}"')
    path = paths[0] if paths else ":memory:"
    if "nofollow" in options and os.path.islink(path):
        raise Usage(f'unable to open database "{path}": it is a symbolic link')
    if "hexdb" in options or "deserialize" in options:
        data = _pages(shell, paths) if "hexdb" in options else _content(path)
        shell.open(":memory:")
        shell.connection.deserialize(data)
        return
    if "new" in options and path != ":memory:" and os.path.exists(path):
        os.remove(path)
    shell.open(path, "readonly" in options)


_OPEN_OPTIONS: Final = ("deserialize", "hexdb", "new", "nofollow", "readonly")


def _pages(shell: Shell, paths: list[str]) -> bytes:
    """The database that a file, or what follows in a script, has as text."""
    if not paths:
        return database_of(shell.following_lines())
    with open(paths[0], encoding="utf-8", errors="surrogateescape") as stream:
        return database_of(stream)


def _content(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


@command("read", "FILE", help="Read input from FILE, or with |CMD from what a command prints")
def read(shell: Shell, arguments: list[str]) -> bool:
    """Run a script."""
    if not arguments or (len(arguments) > 1 and not arguments[0].startswith("|")):
        raise Usage
    if shell.depth >= 25:
        raise Usage("scripts read each other more than 25 deep")
    outer = shell.source
    shell.depth += 1
    try:
        if arguments[0].startswith("|"):
            return _read_command(shell, " ".join(arguments)[1:])
        with open(arguments[0], "rb") as stream:
            shell.source = arguments[0]
            return shell.run_lines(file_lines(stream, arguments[0])) == 0
    finally:
        shell.depth -= 1
        shell.source = outer


def _read_command(shell: Shell, text: str) -> bool:
    """Run what a command prints."""
    shell.source = f"|{text}"
    with subprocess.Popen(text, shell=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = (line.decode("utf-8", "surrogateescape") for line in process.stdout)
        errors = shell.run_lines(lines)
    if process.returncode:
        raise Usage(f"the command failed with status {process.returncode}: {text}")
    return errors == 0


@command("echo", "on|off", help="Turn command echo on or off")
def echo(shell: Shell, arguments: list[str]) -> None:
    """Print commands before they run."""
    shell.echo = switch(arguments)


@command("bail", "on|off", help="Stop after hitting an error.  Default OFF")
def bail(shell: Shell, arguments: list[str]) -> None:
    """Stop scripts at the first error."""
    shell.bail = switch(arguments)


@command("timer", "on|off", help="Turn SQL timer on or off")
def timer(shell: Shell, arguments: list[str]) -> None:
    """Print how long statements take."""
    shell.timer = switch(arguments)


@command("changes", "on|off", help="Show number of rows changed by SQL")
def changes(shell: Shell, arguments: list[str]) -> None:
    """Print how many rows statements change."""
    shell.changes = switch(arguments)


@command("prompt", "MAIN ?CONTINUE?", help="Replace the standard prompts")
def prompt(shell: Shell, arguments: list[str]) -> None:
    """Change what stands before a line of input."""
    if not 1 <= len(arguments) <= 2:
        raise Usage
    shell.prompts[: len(arguments)] = arguments


@command("print", "STRING...", help="Print literal STRING")
def print_words(shell: Shell, arguments: list[str]) -> None:
    """Print the arguments."""
    shell.write(" ".join(arguments) + "\n")


@command("show", help="Show the current values for various settings")
def show(shell: Shell, arguments: list[str]) -> None:
    """Print the settings."""
    if arguments:
        raise Usage
    settings = shell.settings
    eqp = "full" if shell.eqp_bytecode else "on" if shell.eqp else "off"
    rows = {
        "echo": _on_off(shell.echo),
        "eqp": eqp,
        "explain": shell.explain,
        "headers": _on_off(settings.headers),
        "mode": mode_line(settings),
        "nullvalue": c_literal(settings.null),
        "output": shell.out.name,
        "colseparator": c_literal(settings.column_separator),
        "rowseparator": c_literal(settings.row_separator),
        "stats": _on_off(shell.stats),
        "width": "".join(f"{width} " for width in settings.widths),
        "filename": shell.path,
    }
    for name, value in rows.items():
        shell.write(f"{name:>12}: {value}\n")


def _on_off(value: bool) -> str:
    return "on" if value else "off"
