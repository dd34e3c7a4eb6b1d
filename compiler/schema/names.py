"""Names of the schema: how two are compared, and those that SQLite gives."""

from __future__ import annotations

from typing import Final

ROWID: Final = -1
"""As the column of an IndexColumn: the table's rowid."""

EXPRESSION: Final = -2
"""As the column of an IndexColumn: an expression."""

ROWID_NAMES: Final = ("rowid", "oid", "_rowid_")

SCHEMA_TABLE_NAMES: Final = ("sqlite_schema", "sqlite_master")

TEMP_SCHEMA_TABLE_NAMES: Final = ("sqlite_temp_schema", "sqlite_temp_master")

_UPPER: Final = {c: c + 32 for c in range(65, 91)}


def fold(name: str) -> str:
    """The form in which two names are compared: ASCII letters made small, nothing else changed."""
    return name.lower() if name.isascii() else name.translate(_UPPER)


def quoted_name(name: str) -> str:
    """A name in double quotes, which any name may stand in."""
    return '"' + name.replace('"', '""') + '"'
