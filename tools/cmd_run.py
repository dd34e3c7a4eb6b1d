"""``fdb [FILE [SQL]...]``: the shell, a one-shot query, or a script."""

from __future__ import annotations

import sys

import click

from foundrydb.errors import Error
from foundrydb.tools.modes import MODES
from foundrydb.tools.problems import describe, report
from foundrydb.tools.shell import Leave, Shell, new_shell, standard_input


def _mode_options(function: click.decorators.FC) -> click.decorators.FC:
    """An option for each output mode: ``--csv`` or ``-csv``."""
    for name in reversed(MODES):
        function = click.option(
            f"--{name}", f"-{name}", "mode", flag_value=name, help=f"Output mode {name}."
        )(function)
    return function


@click.command(context_settings={"help_option_names": ["-h", "--help", "-help"]})
@click.argument("file", required=False, default="")
@click.argument("sql", nargs=-1)
@click.option("--cmd", "-cmd", "commands", multiple=True, metavar="COMMAND", help="Run COMMAND first.")
@click.option("--init", "-init", "init", metavar="SCRIPT", help="Read SCRIPT first.")
@click.option("--header/--noheader", "-header/-noheader", "header", default=None, help="Show column names.")
@click.option("--separator", "-separator", help="Column separator.")
@click.option("--newline", "-newline", help="Row separator.")
@click.option("--nullvalue", "-nullvalue", help="What NULL looks like.")
@click.option("--readonly", "-readonly", is_flag=True, help="Open the database for reading only.")
@click.option("--bail", "-bail", is_flag=True, help="Stop at the first error.")
@click.option("--echo", "-echo", is_flag=True, help="Print commands before they run.")
@click.option("--batch", "-batch", is_flag=True, help="Never prompt.")
@click.option("--interactive", "-interactive", is_flag=True, help="Prompt even where input is no terminal.")
@_mode_options
def run(
    file: str,
    sql: tuple[str, ...],
    commands: tuple[str, ...],
    init: str | None,
    header: bool | None,
    separator: str | None,
    newline: str | None,
    nullvalue: str | None,
    readonly: bool,
    bail: bool,
    echo: bool,
    batch: bool,
    interactive: bool,
    mode: str | None,
) -> None:
    """Open FILE (an empty database in memory without one), and run SQL; the shell, where there is none.

    SQL may be several arguments; one that begins with a dot is a dot-command.  Without SQL, a script is read from
    standard input, or lines are asked for where that is a terminal.
    """
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
    sys.exit(_session(shell, init, commands, sql, ask))


def _session(
    shell: Shell, init: str | None, commands: tuple[str, ...], sql: tuple[str, ...], ask: bool
) -> int:
    """Run everything and close the shell; the exit status."""
    try:
        if init is not None:
            shell.dot_command(".read " + _quoted(init))
        for command in commands:
            if not shell.run_argument(command) and shell.bail:
                return 1
        if sql:
            return 0 if all(shell.run_argument(text) for text in sql) else 1
        if ask:
            from foundrydb.tools.repl import prompt_loop

            return prompt_loop(shell)
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
