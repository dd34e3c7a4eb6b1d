"""The beginning and the end of a list too long to be shown, and how many things there are."""

from __future__ import annotations

from collections import deque
from typing import Final, Generic, TypeVar

T = TypeVar("T")


class Excerpt(Generic[T]):
    """The first and the last of the items that were added.

    Attributes:
        count: how many were added.
        head, tail: those that are kept.
    """

    def __init__(self, limit: int) -> None:
        self.count = 0
        self.head: Final[list[T]] = []
        self.tail: Final[deque[T]] = deque(maxlen=limit // 2)
        self._room: Final = limit - limit // 2

    def add(self, item: T) -> None:
        """Take one more."""
        self.count += 1
        if len(self.head) < self._room:
            self.head.append(item)
        else:
            self.tail.append(item)

    @property
    def left_out(self) -> int:
        """How many are missing between the head and the tail."""
        return self.count - len(self.head) - len(self.tail)

    def kept(self) -> list[T]:
        """Those that are kept, in their order."""
        return [*self.head, *self.tail]


def plural(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
