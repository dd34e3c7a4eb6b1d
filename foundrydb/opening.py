"""From a name to an open database: files, memory, and memory that connections share."""

from __future__ import annotations

from typing import Final

from foundrydb.storage.btree import Database
from foundrydb.storage.memory_vfs import MemoryVFS
from foundrydb.storage.os_vfs import OsVFS
from foundrydb.storage.pager import Pager
from foundrydb.uri import Target

_SHARED_MEMORY: Final = MemoryVFS()
"""Where databases live that connections of this process share by name (``mode=memory&cache=shared``)."""


def open_database(target: Target) -> Database:
    """Open what ``target`` names.

    Raises:
        OperationalError: it cannot be opened.
    """
    if target.memory:
        if target.shared and target.path != ":memory:":
            return Database(Pager(_SHARED_MEMORY, target.path))
        return Database(Pager(MemoryVFS(), "", temporary=True))
    if not target.path:
        return Database(Pager(OsVFS(), "", temporary=True))
    return Database(
        Pager(
            OsVFS(), target.path, read_only=target.read_only or target.immutable, must_exist=target.must_exist
        )
    )


def open_bytes(data: bytes) -> Database:
    """A database in memory whose file has these bytes."""
    vfs = MemoryVFS()
    file = vfs.open("database", create=True)
    file.write(0, data)
    return Database(Pager(vfs, "database"))
