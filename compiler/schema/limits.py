"""How long lists may be, as SQLite's defaults have it.  (https://sqlite.org/limits.html)"""

from __future__ import annotations

from typing import Final

from foundrydb.errors import error

MAX_COLUMNS: Final = 2000
"""Columns of a table, an index or a result, and terms of the lists that are about columns (SQLITE_LIMIT_COLUMN)."""


def check_columns(count: int, place: str) -> None:
    """Refuse a list of columns that is too long.  place: ``index``, ``set list`` or ``result set``."""
    if count > MAX_COLUMNS:
        raise error(f"too many columns in {place}")


def check_terms(count: int, clause: str) -> None:
    """Refuse a list of terms that is too long.  clause: ``ORDER`` or ``GROUP``."""
    if count > MAX_COLUMNS:
        raise error(f"too many terms in {clause} BY clause")
