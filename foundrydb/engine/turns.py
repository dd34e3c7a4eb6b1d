"""Turns for others while compiled code runs for long.

The interpreter handles signals, and lets other threads run, between the instructions of interpreted code.  Compiled
code has none of those, so that it calls this function, which must stay interpreted.
"""

from __future__ import annotations


def give_turns() -> None:
    """Let signal handlers and other threads have their turn."""
