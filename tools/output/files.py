"""Files that a command is to look at: what is said where there is none."""

from __future__ import annotations

import os

from foundrydb.errors import error


def check_file(path: str) -> None:
    """Refuse a path at which there is no file, or a folder; URIs and databases in memory are left to who opens them.

    Raises:
        OperationalError: in one line.
    """
    if path == ":memory:" or path.startswith("file:"):
        return
    if os.path.isdir(path):
        raise error(f'"{path}" is a folder, not a file', "SQLITE_CANTOPEN")
    if not os.path.exists(path):
        raise error(f'there is no file "{path}"', "SQLITE_CANTOPEN")
    if not os.access(path, os.R_OK):
        raise error(f'the file "{path}" may not be read', "SQLITE_CANTOPEN")
