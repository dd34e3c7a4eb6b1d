"""The engine's upper bounds, as SQLite has them by default (https://sqlite.org/limits.html)."""

from __future__ import annotations

from typing import Final

from foundrydb.errors import error

MAX_LENGTH: Final = 1_000_000_000
"""Bytes in a text, a blob or a row."""

MAX_PATTERN: Final = 50_000
"""Bytes in a pattern of LIKE or GLOB."""


def check_length(length: int) -> None:
    """Refuse a text or blob of so many bytes, or characters, before it is made.

    Raises:
        DataError: it would be too long.
    """
    if length > MAX_LENGTH:
        raise error("string or blob too big", "SQLITE_TOOBIG")
