"""The grammar of SQLite's language, and the parser tables that Lark makes of it.

The grammar is in the ``.lark`` files and in keywords.json, which ``keywords`` reads.  ``build`` makes tables.bin of it,
and ``symbols`` the names of terminals and actions in the compiler.
"""

from __future__ import annotations

import os


def tables() -> bytes:
    """The content of tables.bin (its layout: build.py)."""
    path = os.path.join(os.path.dirname(__file__), "tables.bin")
    loader = globals()["__loader__"]
    if hasattr(loader, "get_data"):
        data: bytes = loader.get_data(path)
        return data
    with open(path, "rb") as file:
        return file.read()
