"""Which SQLite's behaviour is tracked, and how this package was installed."""

from __future__ import annotations

from typing import Final

from foundrydb.storage.header import VERSION_NUMBER

sqlite_version_info: Final = (VERSION_NUMBER // 1000000, VERSION_NUMBER // 1000 % 1000, VERSION_NUMBER % 1000)
sqlite_version: Final = ".".join(str(part) for part in sqlite_version_info)


def mode() -> str:
    """``compiled`` where the hot modules are extension modules, ``plain`` where they run as Python source."""
    from importlib.util import find_spec

    spec = find_spec("foundrydb.storage.record")
    plain = spec is None or spec.origin is None or spec.origin.endswith((".py", ".pyc"))
    return "plain" if plain else "compiled"
