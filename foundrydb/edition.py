"""Which SQLite's behaviour is tracked, and how this package was installed."""

from __future__ import annotations

from typing import Final

from foundrydb.vm.functions import session
from foundrydb.vm.functions.session import SQLITE_VERSION

sqlite_version: Final = SQLITE_VERSION
sqlite_version_info: Final = tuple(int(part) for part in SQLITE_VERSION.split("."))


def mode() -> str:
    """``compiled`` where the hot modules are extension modules, ``plain`` where they run as Python source."""
    origin = session.__file__
    return "plain" if origin.endswith((".py", ".pyc")) else "compiled"
