"""Reading a database in WAL mode whose write-ahead log is empty or absent.

Such a file is a plain database as long as nobody checkpoints into it while we read.  Whoever has it open in WAL
mode does that only under an exclusive lock on "read mark 0" of the shared-memory file (``-shm``); so a read
holds that one shared, as every reader of WAL mode does that needs nothing of the log, and then looks whether
the log is empty.  "WAL Locks" in https://sqlite.org/walformat.html: the lock bytes begin at offset 120 of the
file, and read mark 0 is the fourth of them.

To write, EXCLUSIVE on the database keeps everybody out, since a connection in WAL mode holds SHARED on it as
long as it lives.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.errors import Error, not_supported
from foundrydb.storage.os.vfs import EXCLUSIVE, NONE, SHARED, VFS, File

READ_MARK_0: Final = 123


@final
class WalGuard:
    """Keeps checkpoints away from one database while it is read."""

    def __init__(self, vfs: VFS, path: str) -> None:
        self._vfs: Final = vfs
        self._log_path: Final = path + "-wal"
        self._shared_path: Final = path + "-shm"
        self._database_path: Final = path
        self._held: File | None = None
        self._created = False

    def hold(self) -> bool:
        """Keep checkpoints away until ``release``; False while one is running.

        Raises:
            NotSupportedError: the log has content.
        """
        if self._held is None:
            if not self._vfs.exists(self._shared_path):
                self._create()
            if self._vfs.exists(self._shared_path):
                self._held = self._vfs.share_byte(self._shared_path, READ_MARK_0)
                if self._held is None:
                    return False
        try:
            self.check_log()
        except Error:
            self.release()
            raise
        return True

    def check_log(self) -> None:
        """Refuse a log with content."""
        if self._vfs.size(self._log_path) > 0:
            raise not_supported(f"a write-ahead log with content ({self._log_path})")

    def release(self) -> None:
        """Let checkpoints go on."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def clean_up(self, database: File) -> None:
        """Delete a shared-memory file that only this connection made use of."""
        if not self._created or not database.lock(SHARED):
            return
        if database.lock(EXCLUSIVE) and self._vfs.size(self._shared_path) == 0:
            self._vfs.delete(self._shared_path)
        database.unlock(NONE)

    def _create(self) -> None:
        """Make the file whose byte is to be locked; where that is not permitted nobody else can either."""
        try:
            self._vfs.open(self._shared_path, create=True, like=self._database_path).close()
            self._created = True
        except Error:
            return
