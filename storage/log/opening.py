"""Which log a database has."""

from __future__ import annotations

from foundrydb.storage.log.rollback.database_file import DatabaseFile
from foundrydb.storage.log.rollback.private_log import PrivateLog
from foundrydb.storage.log.rollback.rollback_log import RollbackLog
from foundrydb.storage.log.rollback.transaction_journal import JOURNAL_MODES
from foundrydb.storage.log.transaction_log import TransactionLog
from foundrydb.storage.os.busy import Patience
from foundrydb.storage.os.vfs import VFS

__all__ = ["JOURNAL_MODES", "open_log", "private_log"]


def open_log(
    vfs: VFS,
    path: str,
    read_only: bool,
    must_exist: bool,
    immutable: bool,
    page_size: int,
    patience: Patience,
) -> TransactionLog:
    """Open the database file at ``path``, with the log that its transactions go through; see ``Pager``."""
    disk = DatabaseFile(vfs, path, read_only, must_exist, immutable, patience)
    return RollbackLog(vfs, disk, page_size)


def private_log(vfs: VFS, page_size: int) -> TransactionLog:
    """The log of a temporary database."""
    return PrivateLog(vfs, page_size)
