"""Page numbers: the one that is never used, the largest one, and sets of them."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.os.vfs import PENDING_BYTE

MAX_PAGE_COUNT: Final = 4294967294


def lock_byte_page(page_size: int) -> int:
    """The number of the page that holds the lock bytes, and nothing else."""
    return PENDING_BYTE // page_size + 1


@final
class PageSet:
    """Page numbers from 1 to ``bound``, one bit for each."""

    def __init__(self, bound: i64) -> None:
        self.bound: Final[i64] = bound
        self._bits = bytearray(int(bound // 8 + 1))

    def has(self, number: i64) -> bool:
        """Whether ``number``, at most ``bound``, is in the set."""
        return self._bits[number >> 3] & (1 << (number & 7)) != 0

    def add(self, number: i64) -> None:
        """Put ``number``, at most ``bound``, into the set."""
        self._bits[number >> 3] |= 1 << (number & 7)

    def members(self) -> list[int]:
        """The numbers in the set, in their order."""
        result: list[int] = []
        for place in range(len(self._bits)):
            byte = self._bits[place]
            if byte:
                result += [8 * place + bit for bit in range(8) if byte & (1 << bit)]
        return result
