"""Places in a text: offsets of characters here, lines and code units in the protocol.

A line ends with a line feed, a carriage return, or both, and with nothing else that Python takes for the end of a line.
How far into a line a place is counts in units of UTF-16 unless client and server agree on UTF-8 or UTF-32.
(https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\n|\r")


class Lines:
    """The lines of a text.

    Args:
        text: the text.
        encoding: ``utf-8``, ``utf-16`` or ``utf-32``: what a line's units are.
    """

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self._text: Final = text
        self._encoding: Final = encoding
        self.starts: Final = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._plain: Final = text.isascii() or encoding == "utf-32"

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
        text = self.line(line)
        if self._plain:
            return self.starts[line] + min(max(character, 0), len(text))
        units = 0
        for i, each in enumerate(text):
            units += self._units(each)
            if units > character:
                return self.starts[line] + i
        return self.starts[line] + len(text)

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the units into it of an offset."""
        offset = min(max(offset, 0), len(self._text))
        line = bisect_right(self.starts, offset) - 1
        before = self._text[self.starts[line] : offset]
        if self._plain or (self._encoding == "utf-16" and before.isascii()):
            return line, len(before)
        return line, sum(self._units(each) for each in before)

    def units(self, start: int, end: int) -> int:
        """How many units a piece of a line takes."""
        return sum(self._units(each) for each in self._text[start:end])

    def _units(self, character: str) -> int:
        if self._encoding == "utf-16":
            return 2 if ord(character) > 0xFFFF else 1
        if self._encoding == "utf-8":
            return len(character.encode("utf-8", "surrogatepass"))
        return 1
