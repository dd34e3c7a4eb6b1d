"""Hints for names that do not exist."""

from __future__ import annotations

from collections.abc import Callable

from foundrydb.compiler.late import named
from foundrydb.compiler.schema.names import fold


def near(name: str, candidates: list[str]) -> str | None:
    """A hint for a name that does not exist: ``did you mean "x"?``, None when nothing is near."""
    get_close_matches: Callable[[str, list[str], int, float], list[str]] = named("get_close_matches")
    names: dict[str, str] = {}
    for candidate in candidates:
        names.setdefault(fold(candidate), candidate)
    close = get_close_matches(fold(name), list(names), 1, 0.6)
    return f'did you mean "{names[close[0]]}"?' if close else None
