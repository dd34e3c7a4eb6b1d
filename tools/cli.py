"""``fdb``: the command line.

``fdb FILE`` opens the shell and ``fdb FILE SQL`` answers one query; everything else is a subcommand.  A
subcommand's module is loaded when it is called, so that ``fdb --version`` costs no more than it must.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, Final

import click

SUBCOMMANDS: Final[dict[str, tuple[str, str]]] = {
    "run": ("cmd_run", "run"),
    "sample": ("cmd_sample", "sample"),
    "explain": ("cmd_explain", "explain"),
    "dump-tokens": ("cmd_syntax", "dump_tokens"),
    "dump-ast": ("cmd_syntax", "dump_ast"),
    "dump-plan": ("cmd_explain", "dump_plan"),
    "dump-tree": ("cmd_pages", "dump_tree"),
    "dump-page": ("cmd_pages", "dump_page"),
    "opcodes": ("cmd_lists", "opcodes"),
    "functions": ("cmd_lists", "functions"),
    "pragmas": ("cmd_lists", "pragmas"),
}
"""Each subcommand: its module in this package, and its name there."""

DEFAULT: Final = "run"
_OWN_OPTIONS: Final = ("--help", "-h", "-help", "--version", "-version")


class DefaultGroup(click.Group):
    """A group that takes what is no subcommand's name for arguments of ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` before the arguments where no subcommand is named."""
        if not args or (args[0] not in SUBCOMMANDS and args[0] not in _OWN_OPTIONS):
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
        command = getattr(import_module(f"foundrydb.tools.{module}"), name)
        assert isinstance(command, click.Command)
        return command


def show_version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the version, how it was installed, and which SQLite it follows."""
    if not wanted or ctx.resilient_parsing:
        return
    from foundrydb import __version__
    from foundrydb.version import mode, sqlite_version

    click.echo(f"foundrydb {__version__} ({mode()}), tracks SQLite {sqlite_version}")
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


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; the entry point of ``fdb``."""
    from foundrydb.errors import Error

    try:
        status: Any = fdb.main(arguments, prog_name="fdb", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        status = _hang_up()
    except Error as problem:
        from foundrydb.tools.problems import describe, report

        report(describe(problem))
        status = 1
    except click.exceptions.Exit as leave:
        status = leave.exit_code
    except click.ClickException as problem:
        problem.show()
        status = problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except OSError as failure:
        from foundrydb.tools.problems import report

        report(f"Error: {failure.filename}: {failure.strerror}" if failure.filename else f"Error: {failure}")
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _hang_up() -> int:
    """Nobody reads on: keep the interpreter from writing at its end.  The status is that of a killed filter."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


if __name__ == "__main__":
    main()
