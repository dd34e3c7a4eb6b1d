"""A time at whose end all that a connection did may be undone, also what a savepoint does not undo.

A savepoint brings back what databases hold.  A dry run stands around one, and brings back which databases there are:
those that were detached stay open behind the scenes, and files that are made stay in memory (``OverlayVFS``) until
they are to be kept.  VACUUM, which wants no transaction around it, runs in the dry run's savepoint.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.schema.schema import Schema
from foundrydb.engine.engine import Engine
from foundrydb.engine.opening import close_database
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.os.overlay_vfs import OverlayVFS
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import Attached


@final
class DryRun:
    """Begins when it is made; one that begins within another one ends before it.

    Attributes:
        autocommit: the user has begun no transaction: there is none but for the dry run's sake.
        beyond_savepoints: pages have another size than when it began: no savepoint of then can be gone back to, only
            the whole transaction can be undone.
    """

    def __init__(self, engine: Engine) -> None:
        outer: DryRun | None = engine.dry_run
        self._engine: Final = engine
        self._outer: Final = outer
        self.autocommit: bool = engine.transaction.autocommit if outer is None else outer.autocommit
        self.beyond_savepoints = False
        self._all: Final = list(engine.attached.all)
        self._databases: Final = [each.database for each in self._all]
        self._detached: Final[list[Database]] = []
        self._vfs: Final = engine.vfs
        self._files: Final = OverlayVFS(OsVFS() if engine.vfs is None else engine.vfs)
        engine.dry_run = self
        engine.vfs = self._files

    def outlive_savepoints(self) -> None:
        """The pages of a database get another size."""
        self.beyond_savepoints = True
        if self._outer is not None:
            self._outer.outlive_savepoints()

    def set_aside(self, database: Database) -> None:
        """A database is detached: it stays open until it is sure that nobody wants it back."""
        self._detached.append(database)

    def undo(self) -> None:
        """Have the databases again that there were, and no new files; the savepoint was gone back to."""
        engine = self._engine
        self.beyond_savepoints = False
        attached = engine.attached
        before = attached.all
        for each in before:
            if each not in self._all:
                attached.remove(each)
                self._close(each)
        self._take_back()
        if attached.all is not before:
            engine.detached = None
        self._files.clear()

    def _close(self, gone: Attached[Schema]) -> None:
        gone.schema.clear()
        database, gone.database = gone.database, None
        if database is not None:
            self._engine.transaction.leave(database)
            close_database(database)

    def _take_back(self) -> None:
        """Put the databases that were detached where they were."""
        if not self._detached:
            return
        for database in self._detached:
            if database not in self._databases:
                close_database(database)
        self._detached.clear()
        attached = self._engine.attached
        attached.put_back(self._all)
        for each, known in zip(self._all, self._databases, strict=True):
            each.schema.number = each.number
            if each.database is None and known is not None:
                each.database = known
                attached.schema_changed(each.number)

    def end(self, keep: bool) -> None:
        """End it, and undo what was done unless it is to be kept; its savepoint has ended likewise.

        Raises:
            Error: a file that is to be kept cannot be written.
        """
        if not keep:
            self.undo()
        self._engine.dry_run = self._outer
        self._engine.vfs = self._vfs
        for database in self._detached:
            if self._outer is None:
                close_database(database)
            else:
                self._outer.set_aside(database)
        self._files.keep()
