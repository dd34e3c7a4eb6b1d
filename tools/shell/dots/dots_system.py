"""Dot-commands about what is outside: the operating system, extensions, the log of errors."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from foundrydb.tools.output.problems import report
from foundrydb.tools.output.stream import OutputStream, file_output
from foundrydb.tools.shell.dots.dot_command import Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell


@command("shell", "CMD ARGS...", help="Run CMD ARGS... in a system shell", raw=True)
@command("system", "CMD ARGS...", help="Run CMD ARGS... in a system shell", raw=True)
def system(shell: Shell, arguments: list[str]) -> bool:
    """Run a command, and say so where it fails."""
    if not arguments:
        raise Usage
    shell.out.flush()
    status = subprocess.run(arguments[0], shell=True, check=False).returncode
    if status:
        report(f"System command returns {status}")
    return status == 0


@command("cd", "DIRECTORY", help="Change the working directory to DIRECTORY")
def change_directory(shell: Shell, arguments: list[str]) -> None:
    """Change the folder in which relative paths begin."""
    if len(arguments) != 1:
        raise Usage
    try:
        os.chdir(os.path.expanduser(arguments[0]))
    except OSError as problem:
        raise Usage(f'cannot change to directory "{arguments[0]}": {problem.strerror}') from None


@command("load", "FILE ?ENTRY?", help="(refused: extensions are machine code for SQLite's own library)")
def load(shell: Shell, arguments: list[str]) -> None:
    """Refuse an extension, and say what there is instead."""
    if not 1 <= len(arguments) <= 2:
        raise Usage
    raise Usage(
        f'"{arguments[0]}" cannot be loaded: an extension is machine code that calls SQLite\'s library, and none runs '
        "here (Python's create_function, create_aggregate and create_collation add to a connection)"
    )


@command("log", "FILE|on|off", help="Turn logging of errors on or off.  FILE can be stderr/stdout")
def log(shell: Shell, arguments: list[str]) -> None:
    """Choose where statements that fail are noted."""
    if len(arguments) != 1:
        raise Usage
    chosen = destination(arguments[0])
    if shell.log is not None:
        shell.log.close()
    shell.log = chosen


def destination(word: str) -> OutputStream | None:
    """Where notes go that ``.log`` and ``.trace`` make: a file, one of the process's streams, or nowhere.

    Raises:
        OSError: the file cannot be written.
    """
    if word == "off":
        return None
    if word in ("stdout", "on"):
        return OutputStream(sys.stdout.buffer, "stdout")
    if word == "stderr":
        return OutputStream(sys.stderr.buffer, "stderr")
    return file_output(word)
