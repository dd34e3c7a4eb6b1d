"""``fdb``: the command line.

``fdb FILE`` opens the shell and ``fdb FILE SQL`` answers one query; everything else is a subcommand.  Starting takes
no longer than it must: arguments without an option need no parser, which only ``commands`` loads.  Nor
does ending: once all is closed and written, the process leaves without taking the interpreter apart.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from foundrydb.errors import Error
from foundrydb.tools import late
from foundrydb.tools.command.subcommands import SUBCOMMANDS, NoSuchCommand, refuse_misspelling, version_text
from foundrydb.tools.output.problems import describe, report


def process() -> None:
    """Run the command line as a process of its own; the entry point of ``fdb``.

    Where somebody watches the interpreter (a profiler, a debugger, ``python -i``), its end is left to it.
    """
    try:
        main()
    except SystemExit as leave:
        if sys.getprofile() is None and sys.gettrace() is None and not sys.flags.inspect:
            sys.stderr.flush()
            os._exit(leave.code & 0xFF if isinstance(leave.code, int) else 0)
        raise


def main(arguments: list[str] | None = None) -> None:
    """Run the command line.

    Raises:
        SystemExit: always, with the status.
    """
    try:
        status = _call(sys.argv[1:] if arguments is None else arguments)
        if not sys.stdout.closed:  # as it is when an editor has ended its session
            sys.stdout.flush()
    except BrokenPipeError:
        status = _hang_up()
    except Error as problem:
        report(describe(problem))
        status = 1
    except NoSuchCommand as problem:
        report(f"Error: {problem}")
        status = 2
    except KeyboardInterrupt:
        status = 130
    except OSError as failure:
        report(f"Error: {failure.filename}: {failure.strerror}" if failure.filename else f"Error: {failure}")
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _call(arguments: list[str]) -> Any:
    """Do what the arguments ask for; the exit status, where there is one."""
    if arguments == ["--version"]:
        print(version_text())
        return 0
    if any(argument.startswith("-") for argument in arguments) or (arguments and arguments[0] in SUBCOMMANDS):
        return late.commands.call(arguments)
    if arguments:
        refuse_misspelling(arguments[0])
    # Of what is loaded now nothing is garbage.
    gc.disable()
    run = late.invocation.run
    gc.freeze()
    gc.enable()
    return run(arguments[0] if arguments else "", arguments[1:])


def _hang_up() -> int:
    """Nobody reads on: keep the interpreter from writing at its end.  The status is that of a killed filter."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


if __name__ == "__main__":
    process()
