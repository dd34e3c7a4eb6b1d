"""Whole databases copied page by page, and turned into bytes and back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, final

from foundrydb.compiler.schema.schema import Schema
from foundrydb.engine.engine import Engine
from foundrydb.engine.opening import close_database, open_bytes
from foundrydb.errors import CODES, Error, ProgrammingError, error, not_supported
from foundrydb.storage.copies.page_copy import Backup
from foundrydb.storage.pages.page_store import TOGETHER
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.header_fields import new_schema_page
from foundrydb.vm.transactions.attached import TEMP, Attached
from foundrydb.vm.transactions.failures import BUSY, primary

OK: Final = 0
DONE: Final = 101
"""What ``progress`` is told: there are more pages, or the copy is complete (SQLITE_DONE)."""

LOCKED: Final = CODES["SQLITE_LOCKED"]


def _database(engine: Engine, name: str, message: str) -> Attached[Schema]:
    """The database of that name.

    Raises:
        OperationalError: there is none, as the message says.
    """
    schema = engine.catalog.schema(name)
    if schema is None:
        raise error(message)
    return engine.attached.all[schema.number]


def database_bytes(engine: Engine, name: str) -> bytes:
    """The database as the bytes of a file, changes that are not committed included.

    Raises:
        OperationalError: there is no such database, or nothing in temp.
    """
    attached = _database(engine, name, f"unable to serialize '{name}'")
    if attached.database is None:
        raise error(f"unable to serialize '{name}'")
    database = engine.attached.database(attached.number)
    database.begin_read()
    try:
        database.backlog.settle()
        if database.pager.page_count == 0:
            return new_schema_page(database.pager, database.auto_vacuum).encode()
        return _file_bytes(database.pager)
    finally:
        attached.let_go()


def _file_bytes(pager: Pager) -> bytes:
    """All pages in a row; the header's size is made true, which a database in memory does not keep."""
    pages = _pages(pager)
    first = pages[0]
    size = int(pager.page_count).to_bytes(4, "big")
    pages[0] = first[:28] + size + first[32:92] + first[24:28] + first[96:]
    return b"".join(pages)


def _pages(pager: Pager) -> list[bytes]:
    pages: list[bytes] = []
    total = int(pager.page_count)
    for first in range(1, total + 1, TOGETHER):
        pages += pager.row_of_images(first, min(TOGETHER, total + 1 - first))
    return pages


def replace_with_bytes(engine: Engine, data: bytes, name: str = "main") -> None:
    """Let the database of that name be one in memory with these bytes.

    An open transaction goes on, without what it has done in the old one.

    Raises:
        OperationalError: there is none, it is temp, or a statement runs.
    """
    replaced = _database(engine, name, f"unknown database {name}")
    if replaced.number == TEMP:
        raise not_supported("deserialize() into temp")
    if engine.running.machines:
        raise error("destination database is in use")
    old = engine.transaction.exchange(replaced, open_bytes(data))
    if old is not None:
        close_database(old)
    engine.attached.schema_changed(replaced.number)


@final
class BackupLoop:
    """A backup, step by step, from the database ``name`` of ``source`` to ``into`` of ``target``.

    Raises:
        OperationalError: there is no such database, or the target is in use.
    """

    def __init__(self, source: Engine, target: Engine, name: str, into: str) -> None:
        self._source: Final = source
        self._target: Final = target
        self._from: Final = _database(source, name, f"unknown database {name}")
        self._to: Final = _database(target, into, f"unknown database {into}")
        if self._to.in_use():
            raise error("destination database is in use")
        database = source.attached.database(self._from.number)
        self._backup: Final = Backup(database, target.attached.database(self._to.number))
        self._done = False
        self._waits = 0

    def run(
        self, pages: int, progress: Callable[[int, int, int], object] | None, sleep: float, waits: int
    ) -> None:
        """Copy all pages; see ``Connection.backup``.

        Args:
            waits: how often to wait for what is in the way at most; negative for ever.

        Raises:
            OperationalError: a file cannot be read or written, or nobody could end what is in the way.
            ProgrammingError: ``progress`` closed one of the two.
        """
        try:
            status = OK
            while status != DONE:
                failure = self._step(pages)
                status = primary(failure) if failure is not None else DONE if self._done else OK
                if progress is not None:
                    progress(status, int(self._backup.left), int(self._backup.total))
                    if not self._source.attached.open or not self._target.attached.open:
                        raise ProgrammingError("Cannot operate on a closed database.")
                if failure is not None:
                    self._wait(failure, progress is not None, sleep, waits)
        finally:
            if self._target.attached.open:
                self._backup.give_up()
        self._target.attached.schema_changed(self._to.number)

    def _step(self, pages: int) -> Error | None:
        """One step; what was in its way."""
        database = self._source.attached.database(self._from.number)
        try:
            database.begin_read()
            database.backlog.settle()
            self._done = self._backup.step(pages)
        except Error as failure:
            return failure
        finally:
            self._from.let_go()
        return None

    def _wait(self, failure: Error, told: bool, sleep: float, waits: int) -> None:
        """Wait for whoever is in the way; a transaction of the source's own nobody would end."""
        own = self._source.attached.database(self._from.number).pager.in_write and not told
        if own or primary(failure) not in (BUSY, LOCKED) or self._waits == waits:
            raise failure
        self._waits += 1
        time.sleep(sleep)


def copy_database(
    source: Engine,
    target: Engine,
    name: str,
    pages: int,
    progress: Callable[[int, int, int], object] | None,
    sleep: float = 0.25,
    into: str = "main",
    waits: int = -1,
) -> None:
    """Make the database ``into`` of ``target`` a copy of the database ``name`` of ``source``; see ``BackupLoop``."""
    BackupLoop(source, target, name, into).run(pages if pages > 0 else -1, progress, sleep, waits)
