"""The rows of a run, as many as a disk has room for and as few in memory as a page of them.

A page of rows is laid down as the JSON that is sent when somebody turns to it, so that any page of a million rows is
one read of a file.
"""

from __future__ import annotations

import json
import tempfile
from threading import Lock
from typing import Final, final

from foundrydb.storage.format.values import Value
from foundrydb.tools.web.cells import cell

PAGE: Final = 100
"""Rows of a page."""

MOST_BYTES: Final = 256 << 20
"""What is beyond is counted, and not kept."""


@final
class KeptRows:
    """Takes rows as they come, and gives pages of them, whichever thread asks.

    Attributes:
        count: rows taken.
        kept: those of them that can be shown.
    """

    def __init__(self) -> None:
        self.count = 0
        self.kept = 0
        self._file: Final = tempfile.TemporaryFile(prefix="fdb-web-rows-")  # noqa: SIM115 (close)
        self._ends: Final[list[int]] = [0]
        self._last: list[list[str]] = []
        self._lock: Final = Lock()

    def take(self, rows: list[tuple[Value, ...]]) -> None:
        """Take more rows."""
        with self._lock:
            self.count += len(rows)
            if self._file.closed or self._ends[-1] >= MOST_BYTES:
                return
            self._last.extend([cell(value) for value in row] for row in rows)
            while len(self._last) >= PAGE:
                page, self._last = self._last[:PAGE], self._last[PAGE:]
                self._file.seek(self._ends[-1])
                self._ends.append(self._ends[-1] + self._file.write(json.dumps(page).encode("ascii")))
            self.kept = (len(self._ends) - 1) * PAGE + len(self._last)

    def page(self, number: int) -> str:
        """A page of rows as a JSON array, from 0; an empty one where there is none."""
        with self._lock:
            if number == len(self._ends) - 1:
                return json.dumps(self._last)
            if self._file.closed or not 0 <= number < len(self._ends) - 1:
                return "[]"
            self._file.seek(self._ends[number])
            return self._file.read(self._ends[number + 1] - self._ends[number]).decode("ascii")

    def close(self) -> None:
        """Give the disk back."""
        with self._lock:
            self._file.close()
