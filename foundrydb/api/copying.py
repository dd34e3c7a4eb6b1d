"""Whole databases copied page by page, and turned into bytes and back."""

from __future__ import annotations

from collections.abc import Callable

from foundrydb.engine.engine import Engine
from foundrydb.engine.opening import open_bytes
from foundrydb.errors import ProgrammingError, error, not_supported
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database

_NUMBERS = {"main": 0, "temp": 1}

DONE = 101
"""What ``progress`` is told when the copy is complete: SQLITE_DONE."""


def _number(name: str) -> int:
    """The number of the database ``name``.

    Raises:
        OperationalError: it is neither ``main`` nor ``temp``.
    """
    if name.lower() not in _NUMBERS:
        raise error(f"unknown database {name}")
    return _NUMBERS[name.lower()]


def database_bytes(engine: Engine, name: str) -> bytes:
    """The database as the bytes of a file, changes that are not committed included.

    Raises:
        OperationalError: there is no such database.
    """
    if name.lower() not in _NUMBERS:
        raise error(f"unable to serialize '{name}'")
    db = _number(name)
    database = engine.database(db)
    database.begin_read()
    try:
        database.backlog.settle()
        return _file_bytes(database.pager)
    finally:
        engine.let_go(db)


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
    """Let ``main`` be a database in memory with these bytes.

    Raises:
        OperationalError: a statement runs, or a transaction is open.
    """
    db = _number(name)
    if db:
        raise not_supported("deserialize() into temp")
    _must_be_idle(engine)
    old = engine.databases[db]
    engine.databases[db] = open_bytes(data)
    if old is not None:
        old.close()
    engine.schema_changed(db)


def _must_be_idle(engine: Engine) -> None:
    if engine.running or not engine.autocommit:
        raise error("target is in transaction")


def copy_database(
    source: Engine,
    target: Engine,
    name: str,
    pages: int,
    progress: Callable[[int, int, int], object] | None,
) -> None:
    """Make the main database of ``target`` a copy of the database ``name`` of ``source``.

    Args:
        pages: between two calls of ``progress``; all at once where it is not positive.

    Raises:
        OperationalError: the target is in use, or locked.
        ProgrammingError: ``progress`` closed one of the two.
    """
    db = _number(name)
    _must_be_idle(target)
    if progress is not None and not callable(progress):
        raise TypeError("progress argument must be a callable")
    database = source.database(db)
    database.begin_read()
    try:
        if database.page_count():
            _copy(source, database, target, pages, progress)
    finally:
        source.let_go(db)


def _copy(
    source: Engine,
    database: Database,
    target: Engine,
    pages: int,
    progress: Callable[[int, int, int], object] | None,
) -> None:
    destination = target.database(0)
    pager = destination.pager
    same = pager.page_size == database.pager.page_size and pager.usable_size == database.pager.usable_size
    if pager.temporary or (not same and not _can_resize(database.pager, pager)):
        if not pager.temporary:
            raise not_supported("a backup over a database with another page size")
        _tell(source, database, target, pages, progress)
        replace_with_bytes(target, _file_bytes(database.pager))
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
    target.schema_changed(0)
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
        before = (source.total_changes, source.generation)
        progress(0, int(database.pager.page_count) - copied, int(database.pager.page_count))
        if not source.databases or not target.databases:
            raise ProgrammingError("Cannot operate on a closed database.")
        copied = copied + pages if (source.total_changes, source.generation) == before else pages


def _copy_pages(source: Pager, pager: Pager) -> None:
    total = int(source.page_count)
    unused = lock_byte_page(int(source.page_size))
    for number in range(1, total + 1):
        if number != unused:
            page = pager.get(number) if number <= pager.page_count else pager.append_page()
            pager.touch(page)
            page.replace(source.get(number).image())
    pager.truncate(total)
