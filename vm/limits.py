"""The engine's upper bounds, as SQLite has them by default (https://sqlite.org/limits.html)."""

from __future__ import annotations

from typing import Final

MAX_LENGTH: Final = 1_000_000_000
"""Bytes in a text, a blob or a row."""

MAX_PATTERN: Final = 50_000
"""Bytes in a pattern of LIKE or GLOB."""
