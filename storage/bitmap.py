"""A set of page numbers that takes one bit for each page of the database."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64


@final
class Bitmap:
    """Page numbers from 1 to ``bound``."""

    def __init__(self, bound: i64) -> None:
        self.bound: Final[i64] = bound
        self._bits = bytearray(int(bound // 8 + 1))

    def has(self, number: i64) -> bool:
        """Whether ``number``, at most ``bound``, is in the set."""
        return self._bits[number >> 3] & (1 << (number & 7)) != 0

    def add(self, number: i64) -> None:
        """Put ``number``, at most ``bound``, into the set."""
        self._bits[number >> 3] |= 1 << (number & 7)
