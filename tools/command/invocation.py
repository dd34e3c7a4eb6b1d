"""One call of ``fdb [FILE [SQL]...]``: the shell, a one-shot query, or a script."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from foundrydb.errors import Error, error
from foundrydb.tools import late
from foundrydb.tools.output.problems import describe, report
from foundrydb.tools.shell.shell import Leave, Shell, new_shell, standard_input


def run(
    file: str = "",
    sql: Sequence[str] = (),
    commands: Sequence[str] = (),
    init: str | None = None,
    noinit: bool = False,
    parameters: Sequence[str] = (),
    header: bool | None = None,
    separator: str | None = None,
    newline: str | None = None,
    nullvalue: str | None = None,
    readonly: bool = False,
    bail: bool = False,
    echo: bool = False,
    batch: bool = False,
    interactive: bool = False,
    mode: str | None = None,
) -> int:
    """Open a database, and run what is given or read; the exit status.  ``cmd_run`` says what the options mean."""
    ask = not sql and (interactive or (sys.stdin.isatty() and not batch))
    shell = new_shell(file or ":memory:", readonly, mode or "", ask)
    settings = shell.settings
    if header is not None:
        settings.headers = settings.headers_set = header
    if separator is not None:
        settings.column_separator = separator
    if newline is not None:
        settings.row_separator = newline
    if nullvalue is not None:
        settings.null = nullvalue
    shell.bail = bail
    shell.echo = echo
    script = init if init is not None or noinit else user_script()
    first = [] if script is None else [f".read {_quoted(script)}"]
    first += [_setting(parameter) for parameter in parameters]
    return _session(shell, first, commands, sql, ask)


def user_script() -> str | None:
    """The script that the user wants to be read at the start: ``$FDBRC``, ``~/.fdbrc``; None where there is none."""
    path = os.environ.get("FDBRC") or os.path.expanduser("~/.fdbrc")
    return path if os.path.isfile(path) else None


def _setting(parameter: str) -> str:
    """The command that sets a parameter.

    Raises:
        Error: it is not NAME=VALUE.
    """
    name, equals, value = parameter.partition("=")
    if not name or not equals:
        raise error(f"--param {parameter}: NAME=VALUE is wanted")
    return f".parameter set {_quoted(name if name[0] in ':@$?' else ':' + name)} {_quoted(value)}"


def _session(
    shell: Shell, first: Sequence[str], commands: Sequence[str], sql: Sequence[str], ask: bool
) -> int:
    """Run everything and close the shell; the exit status.  first: dot-commands that come before all."""
    try:
        for line in first:
            shell.dot_command(line)
        for command in commands:
            if not shell.run_argument(command) and shell.bail:
                return 1
        if sql:
            return 0 if all(shell.run_argument(text) for text in sql) else 1
        if ask:
            return late.repl.prompt_loop(shell)
        return 1 if shell.run_lines(standard_input()) else 0
    except Leave as leave:
        return leave.status
    except Error as problem:
        report(describe(problem))
        return 1
    finally:
        _close(shell)


def _close(shell: Shell) -> None:
    try:
        shell.close()
    except BrokenPipeError:
        shell.standard.discard()
        raise


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
