"""How long a connection waits for a lock that another one holds: PRAGMA busy_timeout, or a handler of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from foundrydb.storage.os.vfs import VFS

DELAYS: Final = (1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100)
"""Milliseconds that successive tries wait; the last one repeats."""


@final
class Patience:
    """What a connection does while a lock is in the way.

    Attributes:
        handler: called with the number of calls so far; True asks to try again.
        timeout: where there is no handler: milliseconds to go on trying.
    """

    def __init__(self, vfs: VFS) -> None:
        self._vfs: Final = vfs
        self.handler: Callable[[int], bool] | None = None
        self.timeout = 0

    def try_again(self, tries: int) -> bool:
        """Whether to try once more, after a wait.

        Args:
            tries: how many tries there were after the first.
        """
        handler = self.handler
        if handler is not None:
            return handler(tries)
        delay = busy_delay(tries, self.timeout)
        if delay > 0:
            self._vfs.sleep(delay)
        return delay > 0


def busy_delay(tries: int, timeout: int) -> int:
    """Milliseconds to wait before the next try, 0 when the timeout is over.

    Args:
        tries: how many tries there were after the first.
        timeout: milliseconds for all of them together.
    """
    last = len(DELAYS) - 1
    waited = sum(DELAYS[:tries]) + DELAYS[last] * max(0, tries - len(DELAYS))
    return max(0, min(DELAYS[min(tries, last)], timeout - waited))
