"""The commit of a transaction over several databases: all of them or none.

How a loss of power between two of them is undone is told in :mod:`foundrydb.storage.log.rollback.super_journal`.
"""

from __future__ import annotations

from foundrydb.errors import Error
from foundrydb.storage.log.rollback.super_journal import create_super, decide, delete_super
from foundrydb.storage.tree.database import Database


def commit_together(databases: list[Database]) -> None:
    """Commit the write transactions of several databases.

    Raises:
        Error: ``SQLITE_BUSY``, and the transactions stay open; or what a file answered: the caller then rolls
            all of them back, the last of which deletes the super-journal.
    """
    journaled = [database.pager for database in databases if database.pager.has_disk_journal()]
    journals = [pager.journal_path for pager in journaled]
    changed = [
        database for database in databases if database.pager.changed() and not database.pager.temporary
    ]
    if len(changed) > 1:
        # What can be busy is so before anything is done.
        for database in changed:
            database.begin_write(exclusive=True)
    if len(journals) < 2:
        for database in databases:
            database.prepare("", len(changed) > 1)
        for database in databases:
            database.pager.finish()
        return
    vfs = journaled[0].vfs
    name = create_super(vfs, journaled[0].path, journals)
    try:
        for database in databases:
            database.prepare(name, True)
        decide(vfs, name)
    except Error:
        delete_super(
            vfs, name, journals[0]
        )  # unless it is named already: without it what is written would be committed
        raise
    for database in databases:
        database.pager.finish(decided=True)
