"""Further databases of a connection: what ATTACH will do, by the interface that it will use."""

from __future__ import annotations

import foundrydb
from foundrydb.compiler.schema.schema import Schema
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import Attached


def attach(connection: foundrydb.Connection, path: str, name: str, vfs: VFS | None = None) -> None:
    """Append a file to the databases of a connection."""
    attached = connection.engine.attached
    pager = Pager(OsVFS() if vfs is None else vfs, path)
    pager.busy_timeout = attached.busy_timeout
    number = len(attached.all)
    attached.all.append(Attached(number, name, Database(pager), Schema(name, number)))
    attached.expire()
