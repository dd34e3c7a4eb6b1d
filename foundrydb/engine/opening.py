"""From a name to an open database: files, memory, and memory that connections share."""

from __future__ import annotations

from typing import Final

from foundrydb.engine.uri import OpenTarget
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database

_SHARED_MEMORY: Final = MemoryVFS()
"""Where databases live that connections of this process share by name (``mode=memory&cache=shared``)."""

_SHARERS: Final[dict[str, int]] = {}
"""How many connections are open on each of them; the last one takes it along."""


def open_database(target: OpenTarget, vfs: VFS | None = None) -> Database:
    """Open what ``target`` names.

    Args:
        vfs: where files are; None for the operating system's.

    Raises:
        OperationalError: it cannot be opened.
    """
    if target.memory:
        if target.shared:
            pager = _share_memory(target)
        else:
            pager = Pager(MemoryVFS(), "", temporary=True)
        if target.memory_file:
            pager.set_journal_mode("memory")
        else:
            pager.confine_journal()
        return Database(pager)
    if not target.path:
        return Database(Pager(OsVFS() if vfs is None else vfs, "", temporary=True))
    return Database(
        Pager(
            OsVFS(locking=not (target.immutable or target.unlocked)) if vfs is None else vfs,
            target.path,
            read_only=target.read_only or target.immutable,
            must_exist=target.must_exist,
            immutable=target.immutable,
        )
    )


def _share_memory(target: OpenTarget) -> Pager:
    """Open memory that connections share, which is made if there is none of that name."""
    _SHARED_MEMORY.open(_SHARED_MEMORY.full_path(target.path), create=True).close()
    pager = Pager(_SHARED_MEMORY, target.path, read_only=target.read_only)
    _SHARERS[pager.path] = _SHARERS.get(pager.path, 0) + 1
    return pager


def open_bytes(data: bytes) -> Database:
    """A database in memory whose file has these bytes."""
    vfs = MemoryVFS()
    file = vfs.open(vfs.full_path("database"), create=True)
    file.write(0, data)
    pager = Pager(vfs, "database")
    pager.set_journal_mode("memory")
    return Database(pager)


def is_shared(target: OpenTarget, database: Database) -> bool:
    """Whether ``target`` names memory that the database shares already."""
    pager = database.pager
    return (
        target.memory
        and target.shared
        and pager.vfs is _SHARED_MEMORY
        and pager.path == _SHARED_MEMORY.full_path(target.path)
    )


def close_database(database: Database) -> None:
    """Close what ``open_database`` or ``open_bytes`` opened, and roll back what is not committed."""
    try:
        database.close()
    finally:
        forget(database)


def forget(database: Database) -> None:
    """A database was closed: drop shared memory that nobody uses any more."""
    pager = database.pager
    if pager.vfs is _SHARED_MEMORY and not pager.temporary:
        _SHARERS[pager.path] -= 1
        if not _SHARERS[pager.path]:
            del _SHARERS[pager.path]
            _SHARED_MEMORY.delete(pager.path)
