"""What the standard library has for rare needs: loaded when one arises, since most processes never have it."""

from __future__ import annotations

from typing import Any


def new_temporary() -> tuple[int, str]:
    """A new temporary file: its descriptor and its path."""
    import tempfile

    return tempfile.mkstemp(prefix="fdb_")


def map_file(descriptor: int, size: int, offset: int, read_only: bool) -> Any:
    """An ``mmap`` of a part of a file, shared with all processes that map it, from an offset that the system allows."""
    import mmap

    access = mmap.ACCESS_READ if read_only else mmap.ACCESS_WRITE
    return mmap.mmap(descriptor, size, offset=offset, access=access)


def map_granularity() -> int:
    """What the offset of a mapping must be a multiple of."""
    import mmap

    return mmap.ALLOCATIONGRANULARITY
