"""The subcommands of ``fdb``, as click knows them.

A subcommand's module is loaded when it is called.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import click

from foundrydb.tools.command.subcommands import SUBCOMMANDS, refuse_misspelling, version_text

DEFAULT: Final = "run"
_OWN_OPTIONS: Final = ("--help", "-h", "-help", "--version", "-version")


class DefaultGroup(click.Group):
    """A group that takes what is no subcommand's name for arguments of ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` before the arguments where no subcommand is named."""
        if not args or (args[0] not in SUBCOMMANDS and args[0] not in _OWN_OPTIONS):
            if args:
                refuse_misspelling(args[0])
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every subcommand."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a subcommand."""
        if cmd_name not in SUBCOMMANDS:
            return None
        module, name = SUBCOMMANDS[cmd_name]
        command = getattr(import_module(f"foundrydb.tools.command.{module}"), name)
        assert isinstance(command, click.Command)
        return command


def show_version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the version and leave."""
    if wanted and not ctx.resilient_parsing:
        click.echo(version_text())
        ctx.exit()


@click.group(
    cls=DefaultGroup,
    context_settings={"help_option_names": ["-h", "--help", "-help"]},
    subcommand_metavar="[FILE [SQL]...] | COMMAND [ARGS]...",
)
@click.option(
    "--version", "-version", is_flag=True, is_eager=True, expose_value=False, callback=show_version,
    help="Show the version, the mode and the SQLite version that is tracked.",
)  # fmt: skip
def fdb() -> None:
    """A SQLite-compatible database whose every stage can be looked at.

    \b
    fdb FILE             open the shell on a database
    fdb FILE SQL         answer a query
    fdb FILE < SCRIPT    run a script
    fdb run --help       show the options of these three
    """


def call(arguments: list[str]) -> Any:
    """Run what the arguments name; its exit status, where it has one."""
    try:
        return fdb.main(arguments, prog_name="fdb", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except click.Abort:
        return 130
