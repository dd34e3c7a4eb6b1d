"""Files elsewhere than on the operating system's disk as databases of a connection, as ATTACH adds those there."""

from __future__ import annotations

import foundrydb
from foundrydb.compiler.schema.schema import Schema
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database


def attach(connection: foundrydb.Connection, path: str, name: str, vfs: VFS) -> None:
    """Add a file to the databases of a connection."""
    attached = connection.engine.attached
    attached.append(name, Database(Pager(vfs, path)), Schema(name, len(attached.all)))
