"""What an output mode is, and what a user chooses about output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from foundrydb.storage.format.values import Value
from foundrydb.tools.output.stream import OutputStream

Row = Sequence[Value]


class OutputSettings:
    """What the user chose about output.

    Attributes:
        mode: a name of ``MODES``.
        headers: whether column names are shown; ``headers_set`` whether the user said so.
        column_separator, row_separator: used by the modes that have them.
        null: what NULL looks like.
        table: the table that insert mode names.
        widths: least widths of columnar modes' columns; negative ones align right.
        wrap: longest line of a columnar cell, 0 for no limit; ``word_wrap`` breaks at words.
        quote: columnar modes print SQL literals.
        fit: columnar modes leave out what does not fit on the screen, and say so by a mark.
    """

    def __init__(self) -> None:
        self.mode = "list"
        self.headers = False
        self.headers_set = False
        self.column_separator = "|"
        self.row_separator = "\n"
        self.null = ""
        self.table = "table"
        self.widths: list[int] = []
        self.wrap = 60
        self.word_wrap = False
        self.quote = False
        self.fit = False


class ResultWriter:
    """Prints one result in one mode."""

    def __init__(self, out: OutputStream, settings: OutputSettings) -> None:
        self.out: Final = out
        self.settings: Final = settings
        self.columns: list[str] = []

    def begin(self, columns: list[str]) -> None:
        """Learn the column names; nothing is printed before the first row."""
        self.columns = columns

    def rows(self, rows: Sequence[Row]) -> None:
        """Print a batch of rows."""
        raise NotImplementedError

    def end(self) -> None:
        """There are no more rows."""
