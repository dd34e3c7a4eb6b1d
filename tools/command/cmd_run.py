"""``fdb run``: the options of the shell, of a one-shot query, and of a script."""

from __future__ import annotations

from typing import Any

import click

from foundrydb.tools.command import invocation
from foundrydb.tools.output.modes import MODES


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
@click.option("--noinit", "-noinit", is_flag=True, help="Do not read ~/.fdbrc.")
@click.option(
    "--param", "-param", "parameters", multiple=True, metavar="NAME=VALUE",
    help="Let the parameter NAME be VALUE, a SQL expression, or else text.",
)  # fmt: skip
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
def run(**options: Any) -> int:
    """Open FILE (an empty database in memory without one), and run SQL; the shell, where there is none.

    SQL may be several arguments; one that begins with a dot is a dot-command.  Without SQL, a script is read from
    standard input, or lines are asked for where that is a terminal.
    """
    return invocation.run(**options)
