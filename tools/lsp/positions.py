"""Places in a text: offsets of characters here, lines and code units in the protocol.

A line ends with a line feed, a carriage return, or both, and with nothing else that Python takes for the end of a line.
How far into a line a place is counts in units of UTF-16 unless client and server agree on UTF-8 or UTF-32.
(https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position)
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_SEVERAL: Final = {
    "utf-8": re.compile("[\x80-\U0010ffff]"),
    "utf-16": re.compile("[\U00010000-\U0010ffff]"),
}
"""The characters that take several units."""

_UNITS: Final[dict[str, Callable[[str], int]]] = {
    "utf-8": lambda character: len(character.encode("utf-8", "surrogatepass")),
    "utf-16": lambda character: 2,
    "utf-32": lambda character: 1,
}
"""How many units one of these takes."""


class Lines:
    """The lines of a text.

    Args:
        text: the text.
        encoding: ``utf-8``, ``utf-16`` or ``utf-32``: what a line's units are.
    """

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self._text: Final = text
        self.starts: Final = [0, *(found.end() for found in _LINE_END.finditer(text))]
        wide = None if text.isascii() else _SEVERAL.get(encoding)
        self._wide: Final = [] if wide is None else [found.start() for found in wide.finditer(text)]
        self._more: Final = [0, *accumulate(_UNITS[encoding](text[at]) - 1 for at in self._wide)]

    def line(self, number: int) -> str:
        """A line without what ends it."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self._text)
        return self._text[self.starts[number] : end].rstrip("\r\n")

    def offset(self, line: int, character: int) -> int:
        """The offset of a place; the nearest one where there is no such place."""
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self._text)
        start = self.starts[line]
        end = start + len(self.line(line))
        first, past = bisect_left(self._wide, start), bisect_left(self._wide, end)

        def units_with(k: int) -> int:
            return self._wide[k] + 1 - start + self._more[k + 1] - self._more[first]

        k = bisect_right(range(first, past), character, key=units_with) + first
        offset = start + max(character - (self._more[k] - self._more[first]), 0)
        return min(offset, self._wide[k] if k < past else end)

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the units into it of an offset."""
        offset = min(max(offset, 0), len(self._text))
        line = bisect_right(self.starts, offset) - 1
        start = self.starts[line]
        more = self._more[bisect_left(self._wide, offset)] - self._more[bisect_left(self._wide, start)]
        return line, offset - start + more
