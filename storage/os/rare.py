"""What the standard library has for rare needs: loaded when one arises, since most processes never have it."""

from __future__ import annotations

import os
from typing import Any, Final

_temporary: Final = [""]
"""The folder that the process's temporary files go to, "" for the system's."""


def temporary_folder() -> str:
    """The folder that was set for the process's temporary files; "" where none was."""
    return _temporary[0]


def set_temporary_folder(path: str) -> bool:
    """Have temporary files go to a folder, "" for the system's; False where it cannot be written."""
    if path and not os.access(path, os.R_OK | os.W_OK):
        return False
    _temporary[0] = path
    return True


def new_temporary() -> tuple[int, str]:
    """A new temporary file: its descriptor and its path."""
    import tempfile

    return tempfile.mkstemp(prefix="fdb_", dir=_temporary[0] or None)


def map_file(descriptor: int, size: int, offset: int, read_only: bool) -> Any:
    """An ``mmap`` of a part of a file, shared with all processes that map it, from an offset that the system allows."""
    import mmap

    access = mmap.ACCESS_READ if read_only else mmap.ACCESS_WRITE
    return mmap.mmap(descriptor, size, offset=offset, access=access)


def map_granularity() -> int:
    """What the offset of a mapping must be a multiple of."""
    import mmap

    return mmap.ALLOCATIONGRANULARITY
