"""How long a connection waits for a lock that another one holds: PRAGMA busy_timeout."""

from __future__ import annotations

from typing import Final

DELAYS: Final = (1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100)
"""Milliseconds that successive tries wait; the last one repeats."""


def busy_delay(tries: int, timeout: int) -> int:
    """Milliseconds to wait before the next try, 0 when the timeout is over.

    Args:
        tries: how many tries there were after the first.
        timeout: milliseconds for all of them together.
    """
    last = len(DELAYS) - 1
    waited = sum(DELAYS[:tries]) + DELAYS[last] * max(0, tries - len(DELAYS))
    return max(0, min(DELAYS[min(tries, last)], timeout - waited))
