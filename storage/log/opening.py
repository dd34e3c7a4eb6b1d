"""Which log a database has."""

from __future__ import annotations

from typing import Any, Final

from foundrydb import late
from foundrydb.storage.log.rollback.database_file import DatabaseFile
from foundrydb.storage.log.rollback.private_log import PrivateLog
from foundrydb.storage.log.rollback.rollback_log import RollbackLog
from foundrydb.storage.log.rollback.transaction_journal import JOURNAL_MODES as ROLLBACK_MODES
from foundrydb.storage.log.transaction_log import TransactionLog
from foundrydb.storage.os.busy import Patience
from foundrydb.storage.os.vfs import VFS, storage_error

JOURNAL_MODES: Final = (*ROLLBACK_MODES, "wal")


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


def next_log(vfs: VFS, log: TransactionLog) -> TransactionLog:
    """The log that a database has whose mode has changed.

    Args:
        log: the one that it had, which is superseded.

    Raises:
        Error: ``SQLITE_CANTOPEN``, ``SQLITE_BUSY``: the database is in WAL mode, and its log cannot be used.
    """
    before = log.before
    if before is not None:
        before.take_over(log)
        before.superseded = False
        return before
    assert isinstance(log, RollbackLog)
    log.superseded = False
    try:
        if not log.may_write_ahead():
            raise storage_error("SQLITE_CANTOPEN")
        # Through Any: compiled code would call the class before its module is loaded.
        module: Any = late.write_ahead_log
        ahead: TransactionLog = module.WriteAheadLog(vfs, log.disk, log)
    except BaseException:
        log.disk.forget()
        log.disk.release()
        raise
    return ahead


def private_log(vfs: VFS, page_size: int) -> TransactionLog:
    """The log of a temporary database."""
    return PrivateLog(vfs, page_size)
