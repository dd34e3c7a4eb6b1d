"""Ctrl-C stops the statement that runs, and not the program around it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from foundrydb.api.connection import Connection


@contextmanager
def interruptible(connection: Connection) -> Iterator[None]:
    """Let Ctrl-C end what a connection runs within, by an OperationalError; in the main thread only."""

    def stop(number: int, frame: FrameType | None) -> None:
        connection.interrupt()

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # another thread than the main one
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
