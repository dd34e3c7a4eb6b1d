"""Dot-commands about what is outside: the operating system, where files are, the log of errors."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.storage.pages.pager import Pager
from foundrydb.tools.output.problems import report
from foundrydb.tools.output.stream import OutputStream, file_output
from foundrydb.tools.shell.dots.dot_command import Usage, check_schema, command, switch
from foundrydb.vm.transactions.attached import MAIN

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


# -- where files are


_VFS: Final = {
    "unix": "files of the operating system, with SQLite's locks",
    "memory": "files in memory, seen by this process alone",
}
"""The kinds of places where databases are, as ``storage.os`` has them."""


@command("vfslist", help="List the kinds of places where files can be")
def vfs_list(shell: Shell, arguments: list[str]) -> None:
    """Print all of them, the one of the main database marked."""
    if arguments:
        raise Usage
    current = _vfs_name(shell, "main")
    for name, what in _VFS.items():
        shell.write(f"{name:<8} {what}{'  <--- CURRENT' if name == current else ''}\n")


@command("vfsname", "?DB?", help="Print the name of the place where a database's file is")
@command("vfsinfo", "?DB?", help="Print what is known of the place where a database's file is")
def vfs_name(shell: Shell, arguments: list[str]) -> None:
    """Print the name of one, and what it is."""
    if len(arguments) > 1:
        raise Usage
    name = _vfs_name(shell, arguments[0] if arguments else "main")
    shell.write(f"{name}: {_VFS[name]}\n")


def _vfs_name(shell: Shell, schema: str) -> str:
    return "unix" if _pager(shell, schema).vfs.survives_power_loss() else "memory"


def _pager(shell: Shell, schema: str) -> Pager:
    check_schema(shell, schema)
    attached = shell.connection.engine.attached
    found = attached.named(schema)
    return attached.database(MAIN if found is None else found.number).pager


_CONTROLS: Final = ("data_version", "reserve_bytes")


@command(
    "filectrl",
    "?--schema DB? CMD",
    help="Show a figure of a database's file",
    more="""
data_version    A number that another one takes the place of when the file changes
reserve_bytes   How many bytes at the end of each page are nobody's
What sets something has commands of its own: .timeout, PRAGMA max_page_count, PRAGMA journal_mode.
""",
)
def file_control(shell: Shell, arguments: list[str]) -> None:
    """Print one figure of a file."""
    schema = "main"
    if len(arguments) > 1 and arguments[0].lstrip("-") == "schema":
        schema, arguments = arguments[1], arguments[2:]
    if len(arguments) != 1:
        raise Usage
    if arguments[0] not in _CONTROLS:
        raise Usage(f"unknown file-control: {arguments[0]} (there are {', '.join(_CONTROLS)})")
    pager = _pager(shell, schema)
    if arguments[0] == "data_version":
        shell.write(f"{shell.query(f'PRAGMA {quoted_name(schema)}.data_version')[0][0]}\n")
    else:
        shell.write(f"{int(pager.page_size - pager.usable_size)}\n")


@command("crlf", "?on|off?", help="Show whether lines end as Windows has it: never")
@command("binary", "?on|off?", help="(without effect: output is never translated)")
def line_ends(shell: Shell, arguments: list[str]) -> None:
    """Say that lines end with a line feed, whatever is asked for."""
    if arguments:
        switch(arguments)
    report("crlf is OFF")
