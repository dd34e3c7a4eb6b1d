"""The output modes that lay rows out in columns: box, table, column, markdown.

They print nothing until the last row is known, because only then the columns' widths are.  Widths are those of
a terminal: a wide character takes two places, a combining one none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from foundrydb.storage.format.values import Value
from foundrydb.tools import late
from foundrydb.tools.output import quoting_forms as text
from foundrydb.tools.output.stream import OutputStream
from foundrydb.tools.output.writer import OutputSettings, ResultWriter, Row


def display_width(line: str) -> int:
    """How many places of a terminal's line ``line`` takes."""
    if line.isascii():
        return len(line)
    wcwidth = late.wcwidth.wcwidth
    return sum(max(wcwidth(char), 0) if char >= "\x7f" else 1 for char in line)


def _cut(line: str, width: int) -> str:
    """As many characters of ``line`` as fit in ``width`` places."""
    if display_width(line) <= width:
        return line
    if line.isascii():
        return line[:width]
    used = 0
    for i, char in enumerate(line):
        used += display_width(char)
        if used > width:
            return line[:i]
    return line


def pad(line: str, width: int) -> str:
    """``line`` in a column: cut or filled to ``width`` places, to the right of the space if it is negative."""
    line = _cut(line, abs(width))
    space = " " * (abs(width) - display_width(line))
    return space + line if width < 0 else line + space


def center(line: str, width: int) -> str:
    """``line`` amid spaces; an odd one goes to the right."""
    space = max(width - display_width(line), 0)
    return " " * (space // 2) + line + " " * ((space + 1) // 2)


def first_line(value: str, width: int, word_wrap: bool) -> tuple[str, str | None]:
    """Split the first line of a cell from the rest.

    Args:
        value: the cell's text.
        width: the longest line, 0 for no limit.
        word_wrap: break between words rather than exactly at the width.

    Returns:
        The line, its tabs expanded, and the text of the next lines (None when there is none).
    """
    limit = width or 1_000_000
    size = len(value)
    i = places = 0
    while places < limit and i < size and (value[i] >= " " or value[i] == "\t"):
        places += display_width(value[i]) if value[i] != "\t" else min(8 - places % 8, limit - places)
        i += 1
    end = i
    if places >= limit and word_wrap:
        found = _word_break(value, i)
        if found > 0:
            end = i = found
            while i < size and value[i] == " ":
                i += 1
    rest: str | None = None
    if places >= limit and i < size and value[i] >= " ":
        rest = value[i:]
    elif value[i : i + 2] == "\r\n":
        rest = value[i + 2 :] or None
    elif i + 1 < size:
        rest = value[i + 1 :]
    return _expand_tabs(value[:end], limit), rest


def _word_break(value: str, i: int) -> int:
    """A better place before ``i`` to break the line: after a space, else between a word and a sign; 0 for none."""
    for k in range(i, i // 2, -1):
        if value[k - 1] in " \t\n\v\f\r":
            return k
    for k in range(i, i // 2, -1):
        if _is_word(value[k - 1]) != (k < len(value) and _is_word(value[k])):
            return k
    return 0


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _expand_tabs(line: str, limit: int) -> str:
    """``line`` with tabs to every eighth place."""
    if "\t" not in line:
        return line
    pieces: list[str] = []
    places = 0
    for char in line:
        if char == "\t":
            count = min(8 - places % 8, max(limit - places, 1))
            pieces.append(" " * count)
            places += count
        else:
            pieces.append(char)
            places += display_width(char)
    return "".join(pieces)


ELISION: Final = "…"
"""Stands where something is left out: the end of a cell, or columns."""

LEAST: Final = 8
"""A column is not made narrower than this to fit."""


def elided(line: str, width: int) -> str:
    """``line``, or as much of it as there is room for, and the mark."""
    return line if display_width(line) <= width else _cut(line, width - 1) + ELISION


def fitted(widths: list[int], screen: int, frame: TableFrame) -> tuple[list[int], list[int]]:
    """Columns that fit on a line, and their widths: the widest are made narrower, then those in the middle left out.

    Args:
        widths: those that they want, negative to align right.
        screen: how many places a line has.

    Returns:
        The columns' numbers, -1 for the mark in the place of some, and a width for each.
    """
    between = len(frame.between)
    place = screen - (len(frame.left) + len(frame.right) - 1) + between
    columns = list(range(len(widths)))
    kept = min(len(widths), max(place // (1 + between), 3))
    while _needed(columns, widths, between) > place and kept > 2:
        kept -= 1
        columns = [*range(kept - kept // 2), -1, *range(len(widths) - kept // 2, len(widths))]
    chosen = [1 if i < 0 else abs(widths[i]) for i in columns]
    limit = _common_limit(chosen, max(place - between * len(columns), len(columns)))
    signs = [-1 if i >= 0 and widths[i] < 0 else 1 for i in columns]
    return columns, [sign * min(width, limit) for sign, width in zip(signs, chosen)]


def _needed(columns: list[int], widths: list[int], between: int) -> int:
    """How many places columns take at least."""
    return sum([(1 if i < 0 else min(abs(widths[i]), LEAST)) + between for i in columns])


def _common_limit(widths: list[int], room: int) -> int:
    """The greatest width to which all can be held so that they have room together."""
    rest, left = room, len(widths)
    for width in sorted(widths):
        if width * left > rest:
            return max(rest // left, 1)
        rest -= width
        left -= 1
    return max(widths, default=1)


class TableFrame:
    """The lines drawn around the cells.

    Attributes:
        left, between, right: what surrounds the cells of a line.
        top, middle, bottom: rules, each as four characters: left end, line, crossing, right end; or "".
    """

    def __init__(self, left: str, between: str, right: str, top: str, middle: str, bottom: str) -> None:
        self.left: Final = left
        self.between: Final = between
        self.right: Final = right
        self.top: Final = top
        self.middle: Final = middle
        self.bottom: Final = bottom


_FRAMES: Final[dict[str, TableFrame]] = {
    "box": TableFrame("│ ", " │ ", " │\n", "┌─┬┐", "├─┼┤", "└─┴┘"),
    "table": TableFrame("| ", " | ", " |\n", "+-++", "+-++", "+-++"),
    "markdown": TableFrame("| ", " | ", " |\n", "", "|-||", ""),
    "column": TableFrame("", "  ", "\n", "", "", ""),
}


class ColumnarWriter(ResultWriter):
    """Collects the rows of a result and prints them within a frame."""

    def __init__(self, name: str, out: OutputStream, settings: OutputSettings) -> None:
        super().__init__(out, settings)
        self.name: Final = name
        self.frame: Final = _FRAMES[name]
        self._lines: list[list[str]] = []
        self._ends: list[bool] = []  # whether the line is the last one of its row
        self._multiline = False

    def rows(self, rows: Sequence[Row]) -> None:
        """Lay the rows out in lines and keep them."""
        settings = self.settings
        limits = [self._limit(i) for i in range(len(self.columns))]
        show: Callable[[Value], str | None] = _literal if settings.quote else text.plain
        for row in rows:
            cells: list[str | None] = []
            for value in row:
                shown = show(value)
                cells.append(settings.null if shown is None else shown)
            self._row(cells, limits)

    def _limit(self, column: int) -> int:
        """The longest line of a column's cells, 0 for any."""
        widths = self.settings.widths
        width = abs(widths[column]) if column < len(widths) else 0
        return width or self.settings.wrap

    def _row(self, cells: list[str | None], limits: list[int]) -> None:
        """Keep one row as one or more lines."""
        while True:
            line: list[str] = []
            rest: list[str | None] = []
            for cell, limit in zip(cells, limits):
                head, tail = first_line(cell or "", limit, self.settings.word_wrap)
                line.append(head)
                rest.append(tail)
            self._lines.append(line)
            more = any(tail is not None for tail in rest)
            self._ends.append(not more)
            if not more:
                return
            self._multiline = True
            cells = rest

    def end(self) -> None:
        """Print everything, if there was a row."""
        if not self._lines:
            return
        word_wrap = self.settings.word_wrap
        names = [
            first_line(text.c_string(name), self._limit(i), word_wrap)[0]
            for i, name in enumerate(self.columns)
        ]
        signed = self._widths(names)
        if self.settings.fit:
            columns, signed = fitted(signed, late.shutil.get_terminal_size().columns, self.frame)
            names = [elided(names[i] if i >= 0 else ELISION, abs(width)) for i, width in zip(columns, signed)]
            self._lines = [[line[i] if i >= 0 else ELISION for i in columns] for line in self._lines]
        widths = [abs(width) for width in signed]
        write = self.out.write
        frame = self.frame
        self._head(names, signed)
        for i, line in enumerate(self._lines):
            cells = [pad(elided(cell, abs(width)), width) for cell, width in zip(line, signed)]
            write(frame.left + frame.between.join(cells) + frame.right)
            if self._multiline and self._ends[i] and i + 1 < len(self._lines):
                write(self._between_rows(widths))
        write(self._rule(frame.bottom, widths))

    def _between_rows(self, widths: list[int]) -> str:
        """What separates rows where some take more than one line."""
        if self.name == "column":
            return "\n"
        return "" if self.name == "markdown" else self._rule(self.frame.middle, widths)

    def _widths(self, names: list[str]) -> list[int]:
        """The columns' widths, negative for those that align right."""
        chosen = self.settings.widths
        result = []
        for i, name in enumerate(names):
            wish = chosen[i] if i < len(chosen) else 0
            width = max([abs(wish), display_width(name)] + [display_width(line[i]) for line in self._lines])
            result.append(-width if wish < 0 else width)
        return result

    def _head(self, names: list[str], signed: list[int]) -> None:
        """Print the column names and the rules around them."""
        write = self.out.write
        frame = self.frame
        widths = [abs(width) for width in signed]
        if self.name == "column":
            if self.settings.headers:
                write("  ".join(pad(name, width) for name, width in zip(names, signed)) + "\n")
                write("  ".join("-" * width for width in widths) + "\n")
            return
        write(self._rule(frame.top, widths))
        cells = [center(name, width) for name, width in zip(names, widths)]
        write(frame.left + frame.between.join(cells) + frame.right)
        write(self._rule(frame.middle, widths))

    @staticmethod
    def _rule(rule: str, widths: list[int]) -> str:
        """A horizontal line, with its end of line."""
        if not rule:
            return ""
        left, line, crossing, right = list(rule)
        return left + crossing.join(line * (width + 2) for width in widths) + right + "\n"


def _literal(value: Value) -> str | None:
    """A value as a SQL literal, as ``--quote`` asks for; here the shell writes a blob's x small."""
    return f"x'{value.hex()}'" if isinstance(value, bytes) else text.literal(value)


def columnar_writer(name: str, out: OutputStream, settings: OutputSettings) -> ResultWriter:
    """What prints one result in the columnar mode ``name``."""
    return ColumnarWriter(name, out, settings)
