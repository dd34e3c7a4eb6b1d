"""Keys and values on one short line, for diagrams and page dumps."""

from __future__ import annotations

from collections.abc import Sequence

from foundrydb.storage.format.values import Value
from foundrydb.tools.output.quoting_forms import literal


def short_value(value: Value, limit: int = 24) -> str:
    """A value as a SQL literal of at most about ``limit`` characters, without control characters."""
    if isinstance(value, bytes):
        shown = f"x'{value[: limit // 2].hex()}'"
        return shown if len(value) <= limit // 2 else f"{shown[:-1]}…' ({len(value)} bytes)"
    shown = literal(value[: limit + 1] if isinstance(value, str) else value)
    shown = "".join(c if c.isprintable() else "·" for c in shown)
    if isinstance(value, str) and len(value) > limit:
        return shown[: limit - 1].rstrip("'") + "…'"
    return shown


def short_key(key: Sequence[Value] | int | None, limit: int = 24) -> str:
    """A rowid, or the fields of an index entry in parentheses, ``?`` for what cannot be read."""
    if key is None:
        return "?"
    if isinstance(key, int):
        return str(key)
    shown = ", ".join(short_value(value, max(limit // max(len(key), 1), 12)) for value in key[:4])
    return f"({shown}{', …' if len(key) > 4 else ''})"
