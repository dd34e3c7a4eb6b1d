"""Puts pieces of text on lines: a group stands on one line when it fits, else its breaks become line ends.

What is laid out is a flat list of strings, remarks (comments) and marks.  A group is what stands between ``OPEN`` or
``FLUSH`` and its ``CLOSE``; its breaks are the marks right within it.  A remark that must end its line, a string of
several lines and ``BROKEN`` break every group around them.  The method is that of Oppen's pretty printer (ACM TOPLAS 2,
1980), with the whole text at hand: one pass measures, another writes.
"""

from __future__ import annotations

from typing import Final, TypeAlias, final

INDENT: Final = 2
"""How many blanks a group's lines are indented by."""

_ENDLESS: Final = 1 << 30
"""The width of what fits on no line."""


@final
class Mark:
    """A group's beginning or end, or a place where its lines may break."""

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def __repr__(self) -> str:
        return self.name


OPEN: Final = Mark("open")
"""A group begins; its lines are indented."""
FLUSH: Final = Mark("flush")
"""A group begins whose lines are not indented."""
CLOSE: Final = Mark("close")
"""The group ends."""
LINE: Final = Mark("line")
"""A blank, or a line end where the group is broken."""
SOFT: Final = Mark("soft")
"""Nothing, or a line end where the group is broken."""
BACK: Final = Mark("back")
"""Like SOFT, at the indentation outside the group."""
LINE_BACK: Final = Mark("line back")
"""Like LINE, at the indentation outside the group."""
FILL: Final = Mark("fill")
"""A blank, or a line end where the group is broken and what follows, up to the next break, does not fit."""
BROKEN: Final = Mark("broken")
"""The group, and each around it, is broken."""
EMPTY: Final = Mark("empty")
"""Where a line ends next, before any text, an empty line follows."""

_BREAKS: Final = (LINE, SOFT, BACK, LINE_BACK, FILL)


@final
class Remark:
    """A comment.

    Attributes:
        text: as written, without the line end.
        own_line: whether nothing but comments stands on its line.
        ends_line: whether its line ends with it.
    """

    def __init__(self, text: str, own_line: bool, ends_line: bool) -> None:
        self.text: Final = text
        self.own_line: Final = own_line
        self.ends_line: Final = ends_line or text.startswith("--")


Printed: TypeAlias = str | Mark | Remark


def lay_out(flat: list[Printed], width: int, newline: str = "\n") -> str:
    """The text of the pieces.

    Args:
        flat: pieces whose groups are whole.
        width: how long a line may be before a group is broken.
        newline: what ends a line.
    """
    return _Layout(flat, width, newline).text()


@final
class _Layout:
    """The text so far, and what is to come at its next line end.

    Attributes:
        column: how long the last line is; at_start: whether it has nothing but its indentation.
        due: whether the line must end before any more text; due_indent: how the text after it is then indented.
        trailing: whether what makes it end is a remark after other text.
        apart: whether a blank is due before text that is no punctuation (a remark came before).
    """

    def __init__(self, flat: list[Printed], width: int, newline: str) -> None:
        self.flat: Final = flat
        self.width: Final = width
        self.newline: Final = newline
        self.out: Final[list[str]] = []
        self.column = 0
        self.at_start = True
        self.due = False
        self.due_indent = 0
        self.trailing = False
        self.apart = False
        self.empty = False
        self.groups: Final[list[tuple[bool, int, int]]] = [(False, 0, 0)]
        self.following: Final = _widths_to_next_break(flat)
        self.group_widths: Final = _group_widths(flat)

    def text(self) -> str:
        """Lay all pieces out."""
        for i, piece in enumerate(self.flat):
            if isinstance(piece, str):
                self._string(piece)
            elif isinstance(piece, Remark):
                self._remark(piece)
            elif piece is OPEN or piece is FLUSH:
                self._open(i, piece is OPEN)
            elif piece is CLOSE:
                self.groups.pop()
            elif piece is EMPTY:
                self.empty = True
            elif piece is not BROKEN:
                self._break(i, piece)
        return "".join(self.out)

    def _open(self, place: int, indented: bool) -> None:
        outer = self.groups[-1][1]
        inner = outer + (INDENT if indented else 0)
        column = self.due_indent if self.due else self.column
        broken = (self.due and self.trailing) or column + self.group_widths[place] > self.width
        self.groups.append((broken, inner, outer))

    def _break(self, place: int, mark: Mark) -> None:
        """A place where the line may end."""
        broken, inner, outer = self.groups[-1]
        if mark is FILL and broken:
            broken = self.column + 1 + self.following[place + 1] > self.width
        if broken or self.due:
            self._new_line(outer if mark is BACK or mark is LINE_BACK else inner)
        elif mark is not SOFT and mark is not BACK and not self.at_start:
            self._write(" ")
            self.apart = False

    def _string(self, text: str) -> None:
        if not text:
            return
        if self.due:
            if text == " ":
                return
            self._new_line(self.due_indent)
        if self.at_start and text == " ":
            return
        if self.apart and text[0] not in " ,;).":
            self._write(" ")
        self.apart = False
        self.empty = False
        self._write(text)

    def _remark(self, remark: Remark) -> None:
        """A comment: after a blank, or on a line of its own."""
        if self.due:
            self._new_line(self.due_indent)
        elif remark.own_line and not self.at_start:
            self._new_line(self.groups[-1][1])
        elif not self.at_start and not self.out[-1].endswith(("(", " ")):
            self._write(" ")
        self.trailing = not self.at_start
        self.due_indent = self.groups[-1][1] + INDENT if self.trailing else self.column
        self._write(remark.text)
        self.apart = True
        self.due = remark.ends_line

    def _new_line(self, indent: int) -> None:
        """End the line, unless nothing stands on it yet."""
        if not self.at_start or self.due:
            while self.out and self.out[-1] == " ":
                self.out.pop()
            self.out.append(self.newline * 2 if self.empty else self.newline)
        elif self.out and self.out[-1].isspace() and self.out[-1][0] == " ":
            self.out.pop()
        self.empty = False
        self.due = False
        self.apart = False
        if indent and self.out:
            self.out.append(" " * indent)
        self.column = indent if self.out else 0
        self.at_start = True

    def _write(self, text: str) -> None:
        self.out.append(text)
        last = text.rfind("\n")
        self.column = self.column + len(text) if last < 0 else len(text) - last - 1
        self.at_start = False


def _width(piece: Printed) -> int:
    """How much of a line a piece takes where nothing is broken."""
    if isinstance(piece, str):
        return len(piece) if "\n" not in piece else _ENDLESS
    if isinstance(piece, Remark):
        return len(piece.text) + 2 if not piece.ends_line and "\n" not in piece.text else _ENDLESS
    if piece is BROKEN:
        return _ENDLESS
    return 1 if piece is LINE or piece is FILL or piece is LINE_BACK else 0


def _group_widths(flat: list[Printed]) -> dict[int, int]:
    """The width of each group on one line with what cannot be parted from it, by the place where it begins."""
    following = _widths_to_next_break(flat)
    widths: dict[int, int] = {}
    opened: list[tuple[int, int]] = []
    total = 0
    for i, piece in enumerate(flat):
        if piece is OPEN or piece is FLUSH:
            opened.append((i, total))
        elif piece is CLOSE:
            place, before = opened.pop()
            widths[place] = total - before + following[i + 1]
        else:
            total += _width(piece)
    return widths


def _widths_to_next_break(flat: list[Printed]) -> list[int]:
    """From each place, how much text comes before the line may end or must."""
    widths = [0] * (len(flat) + 1)
    for i in range(len(flat) - 1, -1, -1):
        piece = flat[i]
        if isinstance(piece, str):
            first = piece.find("\n")
            widths[i] = len(piece) + widths[i + 1] if first < 0 else first
        elif isinstance(piece, Remark) or piece in _BREAKS:
            widths[i] = 0
        else:
            widths[i] = widths[i + 1]
    return widths
