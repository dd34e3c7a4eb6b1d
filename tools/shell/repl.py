"""The prompt: reads lines from a person, with history, highlighting and completion where there is a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from foundrydb import __version__
from foundrydb.edition import mode, sqlite_version
from foundrydb.tools import late
from foundrydb.tools.output.problems import report
from foundrydb.tools.shell.input import InputCutter

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell


def prompt_loop(shell: Shell) -> int:
    """Read and run input until its end; the exit status.

    Raises:
        Leave: a command asked to leave.
    """
    if not sys.stdin.isatty() or os.environ.get("TERM") == "dumb":
        shell.run_lines(_plain_lines(shell))
        return 0
    _greet(shell)
    session = late.terminal.terminal_session(shell)
    while True:
        try:
            text = session.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0
        try:
            shell.run_lines(text.strip().split("\n"))
        except KeyboardInterrupt:
            report("interrupted")


def greeting() -> str:
    """The version, how it was installed, and which SQLite it follows."""
    return f"FoundryDB {__version__} ({mode()}), tracks SQLite {sqlite_version}"


def _greet(shell: Shell) -> None:
    shell.write(f"{greeting()}\n")
    shell.write('Enter ".help" for usage hints.\n')
    if shell.path == ":memory:":
        shell.write('Connected to a database in memory. Use ".open FILE" to open a file.\n')
    shell.out.flush()


def _plain_lines(shell: Shell) -> Iterator[str]:
    """Lines of standard input, each after a prompt."""
    cutter = InputCutter()
    while True:
        shell.standard.write(shell.prompts[1 if cutter.pending else 0])
        shell.standard.flush()
        line = sys.stdin.buffer.readline().decode("utf-8", "surrogateescape")
        if not line:
            shell.standard.write("\n")
            shell.standard.flush()
            return
        cutter.feed(line)
        yield line
