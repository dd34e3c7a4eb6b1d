"""Progress of long work: bars, where a person looks at standard error, and nothing elsewhere.

A bar appears only when the work has gone on for a second, so that short work stays quiet.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from foundrydb.tools import late

if TYPE_CHECKING:
    from rich.progress import Progress

_DELAY = 1.0


class Meter:
    """Shows how far work has come, once it takes long."""

    def __init__(self, title: str, unit: str, total: int | None, show: bool) -> None:
        self.title = title
        self.unit = unit
        self.total = total
        self.done = 0
        self.show = show and sys.stderr.isatty()
        self._started = time.monotonic()
        self._bar: Progress | None = None

    def advance(self, amount: int) -> None:
        """So much more was done."""
        self.done += amount
        if not self.show:
            return
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self.done)
        elif time.monotonic() - self._started > _DELAY:
            self._open()

    def _open(self) -> None:
        self._bar = late.progress_bar.progress_bar(self.unit)
        self._bar.add_task(self.title, total=self.total, completed=self.done)
        self._bar.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def counting(
    title: str, unit: str, total: int | None = None, show: bool = True
) -> Iterator[Callable[[int], None]]:
    """A function that is told how much more was done."""
    meter = Meter(title, unit, total, show)
    try:
        yield meter.advance
    finally:
        meter.close()


def file_lines(stream: BinaryIO, title: str) -> Iterator[str]:
    """The lines of a file, bytes that are not UTF-8 kept, with progress by bytes."""
    size = os.fstat(stream.fileno()).st_size
    with counting(title, "bytes", size or None) as advance:
        for line in stream:
            advance(len(line))
            yield line.decode("utf-8", "surrogateescape")
