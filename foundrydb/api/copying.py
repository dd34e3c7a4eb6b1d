"""Whole databases copied page by page, and turned into bytes and back."""

from __future__ import annotations

from collections.abc import Callable

from foundrydb.compiler.schema.schema import Schema
from foundrydb.engine.engine import Engine
from foundrydb.engine.opening import close_database, open_bytes
from foundrydb.errors import ProgrammingError, error, not_supported
from foundrydb.storage.format.header import ROLLBACK_JOURNAL, WRITE_AHEAD_LOG, with_version
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import TEMP, Attached

DONE = 101
"""What ``progress`` is told when the copy is complete: SQLITE_DONE."""


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
        OperationalError: there is no such database.
    """
    attached = _database(engine, name, f"unable to serialize '{name}'")
    database = engine.attached.database(attached.number)
    database.begin_read()
    try:
        database.backlog.settle()
        return _file_bytes(database.pager)
    finally:
        attached.let_go()


def _file_bytes(pager: Pager) -> bytes:
    """All pages in a row; the header's size is made true, which a database in memory does not keep."""
    data = b"".join(_pages(pager))
    if not data:
        return data
    counter = data[24:28]
    return data[:28] + int(pager.page_count).to_bytes(4, "big") + data[32:92] + counter + data[96:]


def _pages(pager: Pager) -> list[bytes]:
    unused = lock_byte_page(int(pager.page_size))
    empty = bytes(int(pager.page_size))
    return [
        empty if number == unused else pager.get(number).image()
        for number in range(1, int(pager.page_count) + 1)
    ]


def replace_with_bytes(engine: Engine, data: bytes, name: str = "main") -> None:
    """Let a database be one in memory with these bytes.

    Raises:
        OperationalError: a statement runs, or a transaction is open.
    """
    replaced = _database(engine, name, f"unknown database {name}")
    if replaced.number == TEMP:
        raise not_supported("deserialize() into temp")
    _must_be_idle(engine)
    old = replaced.database
    replaced.database = open_bytes(data)
    if old is not None:
        close_database(old)
    engine.attached.schema_changed(replaced.number)


def _must_be_idle(engine: Engine) -> None:
    if engine.running.machines or not engine.transaction.autocommit:
        raise error("target is in transaction")


def copy_database(
    source: Engine,
    target: Engine,
    name: str,
    pages: int,
    progress: Callable[[int, int, int], object] | None,
    into: str = "main",
) -> None:
    """Make the database ``into`` of ``target`` a copy of the database ``name`` of ``source``.

    Args:
        pages: between two calls of ``progress``; all at once where it is not positive.

    Raises:
        OperationalError: the target is in use, or locked.
        ProgrammingError: ``progress`` closed one of the two.
    """
    attached = _database(source, name, f"unknown database {name}")
    place = _database(target, into, f"unknown database {into}")
    _must_be_idle(target)
    if progress is not None and not callable(progress):
        raise TypeError("progress argument must be a callable")
    database = source.attached.database(attached.number)
    database.begin_read()
    try:
        if database.page_count():
            _copy(source, database, target, place, pages, progress)
    finally:
        attached.let_go()


def _copy(
    source: Engine,
    database: Database,
    target: Engine,
    place: Attached[Schema],
    pages: int,
    progress: Callable[[int, int, int], object] | None,
) -> None:
    pager = target.attached.opened(place).pager
    same = pager.page_size == database.pager.page_size and pager.usable_size == database.pager.usable_size
    if pager.temporary or (not same and not _can_resize(database.pager, pager)):
        if not pager.temporary:
            raise not_supported("a backup over a database with another page size")
        _tell(source, database, target, pages, progress)
        data = _file_bytes(database.pager)
        replace_with_bytes(target, with_version(data, ROLLBACK_JOURNAL), place.name)
        if progress is not None:
            progress(DONE, 0, int(database.pager.page_count))
        return
    pager.begin_read()
    try:
        pager.begin_write(True)
        try:
            _tell(source, database, target, pages, progress)
            _copy_pages(database.pager, pager)
            pager.generation += 1  # another header, too
            pager.commit()
        except BaseException:
            pager.rollback()
            raise
    finally:
        pager.end_read()
    target.attached.schema_changed(place.number)
    if progress is not None:
        progress(DONE, 0, int(database.pager.page_count))


def _can_resize(source: Pager, pager: Pager) -> bool:
    reserved = int(source.page_size) - int(source.usable_size)
    return pager.set_page_size(int(source.page_size), reserved)


def _tell(
    source: Engine,
    database: Database,
    target: Engine,
    pages: int,
    progress: Callable[[int, int, int], object] | None,
) -> None:
    """Call ``progress`` once for so many pages, from the start again where it changed the source itself.

    The pages are copied when all is told: nobody else can change them meanwhile, and a ``progress`` that raises
    leaves the target as it was.
    """
    if progress is None or pages <= 0:
        return
    copied = pages
    while copied < database.pager.page_count:
        before = _changes_of(source)
        progress(0, int(database.pager.page_count) - copied, int(database.pager.page_count))
        if not source.attached.open or not target.attached.open:
            raise ProgrammingError("Cannot operate on a closed database.")
        copied = copied + pages if _changes_of(source) == before else pages


def _changes_of(engine: Engine) -> tuple[int, int]:
    """What is another after a change by a statement of the engine's."""
    return engine.statements.total_changes, engine.attached.generation


def _copy_pages(source: Pager, pager: Pager) -> None:
    total = int(source.page_count)
    ahead = pager.journal_mode == "wal"
    unused = lock_byte_page(int(source.page_size))
    for number in range(1, total + 1):
        if number != unused:
            page = pager.get(number) if number <= pager.page_count else pager.append_page()
            pager.touch(page)
            image = source.get(number).image()
            page.replace(with_version(image, WRITE_AHEAD_LOG) if ahead and number == 1 else image)
    pager.truncate(total)
