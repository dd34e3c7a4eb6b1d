"""Shared memory: what the connections of one database, in all processes, keep in common while a log is in use.

It is a file beside the database, ``-shm``, which they map; what stands there is the log's business, and worth nothing
once nobody has it open.  Eight locks go with it, each shared by many or held by one.  A write-ahead log numbers them:

====  ============  =======================================================================
lock  byte          held
====  ============  =======================================================================
0     120           exclusively by who appends to the log
1     121           exclusively by who copies the log into the database
2     122           exclusively by who builds the memory's content anew
3-7   123 to 127    shared by readers, one for each "read mark"; exclusively by who moves the mark
      128           shared by everybody who has the file open; exclusively by who empties it first
====  ============  =======================================================================

(https://sqlite.org/walformat.html, "The WAL-Index File Format" and "WAL Locks")
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import mypyc_attr

REGION_SIZE: Final = 32768
LOCK_COUNT: Final = 8


@mypyc_attr(allow_interpreted_subclasses=True)
class SharedMemory:
    """One connection's part in the shared memory of a database.  Get one from ``VFS.share_memory``.

    Attributes:
        read_only: whether it can only be read, and only be locked shared, since the file permits no more.
    """

    def __init__(self) -> None:
        self.read_only = False

    def map(self, region: int, extend: bool) -> memoryview | None:
        """The memory from ``region * REGION_SIZE`` on, ``REGION_SIZE`` bytes, zeros where they are new.

        What one connection writes there the others read, though not at once: see ``barrier``.

        Args:
            region: which part.
            extend: whether to make the memory that large where it is not.

        Returns:
            None where it is not that large.
        """
        raise NotImplementedError

    def lock(self, first: int, count: int, exclusive: bool) -> bool:
        """Take ``count`` locks from number ``first`` on, without waiting.

        This connection holds none of them, or all exclusively and wants them shared from now on, which happens without
        a moment in which another one could have them.

        Returns:
            False, and none of them is held, where another connection is in the way.
        """
        raise NotImplementedError

    def unlock(self, first: int, count: int) -> None:
        """Give locks back."""
        raise NotImplementedError

    def barrier(self) -> None:
        """What was written before is seen by others before what is written from now on."""
        raise NotImplementedError

    def close(self, delete: bool = False) -> None:
        """Give everything back; a second call does nothing.

        Args:
            delete: whether to delete the file too; the caller sees to it that nobody else has it open.
        """
        raise NotImplementedError
