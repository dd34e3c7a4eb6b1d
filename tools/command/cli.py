"""``fdb``: the command line.

``fdb FILE`` opens the shell and ``fdb FILE SQL`` answers one query; everything else is a subcommand.  Starting takes
no longer than it must: arguments without an option need no parser, and whatever has one loads ``commands``.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Any, Final

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


class NoSuchCommand(Exception):
    """The first argument is no file, and too near to a subcommand's name to make one of it."""


def refuse_misspelling(word: str) -> None:
    """Make sure that what stands where a subcommand may stand is meant as the name of a database.

    A new file with a suffix or in a named folder is made without a question, as the sqlite3 shell does.

    Raises:
        NoSuchCommand: it looks like a subcommand.
    """
    if not word.replace("-", "").isalpha() or os.path.exists(word):
        return
    from foundrydb.tools.output.problems import nearest

    near = nearest(word.lower(), SUBCOMMANDS, 0.7)
    if near is not None:
        raise NoSuchCommand(
            f'no command and no file is named "{word}": did you mean "{near}"? (./{word} makes a database of that name)'
        )


def version_text() -> str:
    """The version, how it was installed, and which SQLite it follows."""
    from foundrydb import __version__
    from foundrydb.edition import mode, sqlite_version

    return f"foundrydb {__version__} ({mode()}), tracks SQLite {sqlite_version}"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; the entry point of ``fdb``."""
    from foundrydb.errors import Error

    try:
        status = _call(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        status = _hang_up()
    except Error as problem:
        from foundrydb.tools.output.problems import describe, report

        report(describe(problem))
        status = 1
    except NoSuchCommand as problem:
        from foundrydb.tools.output.problems import report

        report(f"Error: {problem}")
        status = 2
    except KeyboardInterrupt:
        status = 130
    except OSError as failure:
        from foundrydb.tools.output.problems import report

        report(f"Error: {failure.filename}: {failure.strerror}" if failure.filename else f"Error: {failure}")
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _call(arguments: list[str]) -> Any:
    """Do what the arguments ask for; the exit status, where there is one."""
    if arguments == ["--version"]:
        print(version_text())
        return 0
    if any(argument.startswith("-") for argument in arguments) or (arguments and arguments[0] in SUBCOMMANDS):
        from foundrydb.tools.command.commands import call

        return call(arguments)
    if arguments:
        refuse_misspelling(arguments[0])
    # Of what is loaded now nothing is garbage.
    gc.disable()
    from foundrydb.tools.command.invocation import run

    gc.freeze()
    gc.enable()
    return run(arguments[0] if arguments else "", arguments[1:])


def _hang_up() -> int:
    """Nobody reads on: keep the interpreter from writing at its end.  The status is that of a killed filter."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


if __name__ == "__main__":
    main()
