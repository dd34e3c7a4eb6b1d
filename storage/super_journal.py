"""Committing several files together: all of them or none, whenever the power goes.

The name of a super-journal stands at the end of each file's own journal.  As long as the super-journal exists
those journals are valid, and recovery rolls every file back; deleting it is the moment of the commit, because
a journal that names a missing super-journal is void.  It lists the paths of the journals, each ended by a zero
byte.  "Multi-file Commit" in https://sqlite.org/atomiccommit.html.
"""

from __future__ import annotations

from foundrydb.errors import Error
from foundrydb.storage.btree import Database
from foundrydb.storage.hot_journal import delete_super
from foundrydb.storage.vfs import VFS


def commit_together(databases: list[Database]) -> None:
    """Commit the write transactions of several databases, the first of which is the connection's main one.

    Raises:
        Error: ``SQLITE_BUSY``, and the transactions stay open; or what a file answered: the caller then rolls
            all of them back, the last of which deletes the super-journal.
    """
    journals = [database.pager.journal_path for database in databases if database.pager.has_disk_journal()]
    changed = [
        database for database in databases if database.pager.changed() and not database.pager.temporary
    ]
    if len(changed) > 1:
        # What can be busy is so before anything is done.
        for database in changed:
            database.begin_write(exclusive=True)
    if len(journals) < 2:
        for database in databases:
            database.prepare()
        for database in databases:
            database.pager.finish()
        return
    vfs = databases[0].pager.vfs
    name = _create(vfs, databases[0].pager.path or journals[0], journals)
    try:
        for database in databases:
            database.prepare(name)
        _decide(vfs, name)
    except Error:
        delete_super(
            vfs, name, journals[0]
        )  # unless it is named already: without it what is written would be committed
        raise
    for database in databases:
        database.pager.finish(decided=True)


def _decide(vfs: VFS, name: str) -> None:
    """Delete the super-journal: with this the transaction is committed."""
    try:
        vfs.delete(name, sync_directory=True)
    except Error:
        if vfs.exists(name):
            raise


def _create(vfs: VFS, path: str, journals: list[str]) -> str:
    """Write a super-journal that lists the journals, durably, and return its name."""
    while True:
        number = int.from_bytes(vfs.random(4), "big")
        name = f"{path}-mj{number >> 8:06X}9{number & 255:02X}"
        if not vfs.exists(name):
            break
    file = vfs.open(name, create=True, like=path)
    try:
        file.write(0, b"".join(journal.encode("utf-8", "surrogateescape") + b"\x00" for journal in journals))
        file.sync()
    except Error:
        file.close()
        vfs.delete(name)
        raise
    file.close()
    return name
