"""The package's names in a module of their own, where the standard library's ``sqlite3`` has them as well."""

from __future__ import annotations

import foundrydb

__all__ = [name for name in dir(foundrydb) if not name.startswith("_")]


def __getattr__(name: str) -> object:
    """What the package calls by that name."""
    return getattr(foundrydb, name)


def __dir__() -> list[str]:
    return __all__
