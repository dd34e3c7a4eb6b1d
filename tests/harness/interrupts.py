"""Interrupts from another thread, however late a busy machine lets that thread, or the statement, begin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interrupting(connection: Any, every: float = 0.1) -> Iterator[None]:
    """Interrupt what runs on a connection again and again; when this ends, no more interrupts come."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(every):
            connection.interrupt()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
