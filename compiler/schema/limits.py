"""How long lists may be: as SQLite's defaults have it, or as a connection has lowered that.

(https://sqlite.org/limits.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.errors import error

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value

MAX_COLUMNS: Final = 2000
"""Columns of a table, an index or a result, and terms of the lists that are about columns (SQLITE_LIMIT_COLUMN)."""


COLUMN_LIMIT: Final = "column_limit"
"""The setting of a connection that has a lower limit."""


def check_columns(count: int, place: str) -> None:
    """Refuse a list of columns that is too long.  place: ``index``, ``set list`` or ``result set``."""
    if count > MAX_COLUMNS:
        raise error(f"too many columns in {place}")


def check_keys(count: int, settings: dict[str, Value]) -> None:
    """Refuse an index with too many columns, of a connection with these settings."""
    if count > _most(settings):
        raise error("too many columns in index")


def check_terms(count: int, clause: str, settings: dict[str, Value]) -> None:
    """Refuse a list of terms that is too long, likewise.  clause: ``ORDER`` or ``GROUP``."""
    if count > _most(settings):
        raise error(f"too many terms in {clause} BY clause")


def _most(settings: dict[str, Value]) -> int:
    limit = settings.get(COLUMN_LIMIT)
    return limit if isinstance(limit, int) else MAX_COLUMNS
