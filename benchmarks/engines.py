"""The engines that are compared, as PEP 249 modules: this package, the standard library's ``sqlite3``, ``pyturso``.

An engine is loaded when it is asked for: in a process whose memory is measured, it is the only one.
"""

from __future__ import annotations

import importlib
import importlib.util
import platform
import sys
from pathlib import Path
from typing import Any, Final

OURS: Final = "foundrydb"
REFERENCE: Final = "sqlite3"
MODULES: Final = {REFERENCE: "sqlite3", OURS: "foundrydb", "pyturso": "turso"}
"""The module behind each engine's name, in the order in which the engines take their turns."""

CACHE_SIZE: Final = -2000
"""PRAGMA cache_size of every engine: 2 MB, SQLite's default."""


def use_installed_package() -> None:
    """Measure the installed package, compiled if it is, and not the checkout that the command runs in."""
    root = Path(__file__).resolve().parents[1]
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != root]


def module(engine: str) -> Any:
    """The engine's module."""
    return importlib.import_module(MODULES[engine])


def installed() -> list[str]:
    """The names of the engines that are there."""
    return [name for name, target in MODULES.items() if importlib.util.find_spec(target) is not None]


def versions() -> str:
    """What is compared, in one line."""
    mode = importlib.import_module("foundrydb.edition").mode()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, sqlite3 {module(REFERENCE).sqlite_version}, foundrydb {mode}"


def connect(engine: str, path: Path) -> Any:
    """A connection to the database, with the cache that every engine gets."""
    connection = module(engine).connect(str(path))
    connection.execute(f"pragma cache_size = {CACHE_SIZE}").fetchall()
    return connection
