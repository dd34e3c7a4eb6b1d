"""Cuts lines of input into what the shell runs: dot-commands and statements.

The rules are the sqlite3 shell's: a line that begins with a dot, where no statement has begun, is a dot-command, and
one that begins with ``#`` is a comment; any other text is collected until it is a complete statement.  A script, the
lines at a prompt and a paste of several lines are cut by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from foundrydb.engine.statement import skip_blank
from foundrydb.toolkit.completeness import Completeness


class InputPiece:
    """A part of the input that can run.

    Attributes:
        kind: ``command``, ``comment``, ``blank`` or ``sql``.
        text: its lines.
        line: the number of the first.
    """

    def __init__(self, kind: str, text: str, line: int) -> None:
        self.kind: Final = kind
        self.text: Final = text
        self.line: Final = line


class InputCutter:
    """Takes lines in, and gives out each piece when its last line has come.

    Attributes:
        pending: the lines of the statement that has begun.
        number: of the last line, from 1.
    """

    def __init__(self) -> None:
        self.pending: list[str] = []
        self.number = 0
        self._first = 0
        self._progress = Completeness()

    def feed(self, line: str) -> InputPiece | None:
        """Take in a line, its end left off or not; the piece that it completes."""
        self.number += 1
        line = line.removesuffix("\n").removesuffix("\r")
        if not self.pending:
            if _is_blank(line):
                return InputPiece("blank", line, self.number)
            if line[0] in ".#":
                return InputPiece("command" if line[0] == "." else "comment", line, self.number)
            self._first = self.number
        if line.strip().lower() in ("go", "/") and not self._progress.open:
            line = ";"
        self.pending.append(line)
        return self._taken() if self._progress.feed(line + "\n") else None

    def rest(self) -> InputPiece | None:
        """The statement that has begun and not ended, where there is one."""
        text = "\n".join(self.pending)
        return self._taken() if skip_blank(text) < len(text) else None

    def _taken(self) -> InputPiece:
        piece = InputPiece("sql", "\n".join(self.pending), self._first)
        self.pending = []
        self._progress = Completeness()
        return piece


def is_complete(text: str) -> bool:
    """Whether nothing of the text waits for more lines: Enter at the prompt then runs it."""
    cutter = InputCutter()
    for line in text.strip().split("\n"):
        cutter.feed(line)
    return not cutter.pending


def _is_blank(line: str) -> bool:
    """Whether a line holds nothing but space and complete comments."""
    return skip_blank(line) >= len(line) and ("/*" not in line or line.rstrip().endswith("*/"))


class ScriptLines:
    """The lines of a script, one after the other.

    Attributes:
        cutter: cuts them.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.cutter: Final = InputCutter()
        self._lines: Final = iter(lines)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def taken(self) -> Iterator[str]:
        """The next lines, for who takes them from the cutter; it goes on counting."""
        for line in self._lines:
            self.cutter.number += 1
            yield line
