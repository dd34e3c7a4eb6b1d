"""Committing several files together: all of them or none, whenever the power goes.

The name of a super-journal stands at the end of each file's own journal.  As long as the super-journal exists
those journals are valid, and recovery rolls every file back; deleting it is the moment of the commit, because
a journal that names a missing super-journal is void.  It lists the paths of the journals, each ended by a zero
byte.  "Multi-file Commit" in https://sqlite.org/atomiccommit.html.
"""

from __future__ import annotations

from typing import Final

from foundrydb.errors import Error
from foundrydb.storage.log.rollback.journal import VOID, read_super_name
from foundrydb.storage.os.vfs import VFS

LONGEST_LISTING: Final = 1 << 20
"""Bytes in a super-journal, which only lists the journals of the attached databases."""


def decide(vfs: VFS, name: str) -> None:
    """Delete the super-journal: with this the transaction is committed."""
    try:
        vfs.delete(name, sync_directory=True)
    except Error:
        if vfs.exists(name):
            raise


def create_super(vfs: VFS, path: str, journals: list[str]) -> str:
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


def delete_super(vfs: VFS, super_name: str, journal_path: str) -> None:
    """Delete a super-journal, unless some journal that it lists still waits for it.

    Only a file that lists ``journal_path``, the journal that named it, is one: any other is left alone.
    """
    if not 0 < vfs.size(super_name) <= LONGEST_LISTING:
        return
    listing = vfs.open(super_name, read_only=True)
    try:
        names = listing.read(0, listing.size()).decode("utf-8", "surrogateescape").split("\x00")
    finally:
        listing.close()
    if journal_path not in names:
        return
    for name in names:
        if name and vfs.exists(name):
            child = vfs.open(name, read_only=True)
            try:
                if child.read(0, 1) not in VOID and read_super_name(child) == super_name:
                    return
            finally:
                child.close()
    vfs.delete(super_name)
