"""Recovery: a journal whose writer died before its transaction was whole is rolled back by the next reader.

A journal is hot when it is not empty, its header was not zeroed, and no process holds RESERVED on its
database.  "Hot Rollback Journals" in https://sqlite.org/atomiccommit.html tells the whole story.
"""

from __future__ import annotations

import contextlib
from typing import Final

from foundrydb.errors import Error
from foundrydb.storage.format.file_shape import FileShape, valid_page_size
from foundrydb.storage.format.header import HEADER_SIZE
from foundrydb.storage.log.rollback.journal import VOID, JournalReader, read_super_name
from foundrydb.storage.log.rollback.super_journal import delete_super
from foundrydb.storage.os.vfs import RESERVED, SHARED, VFS, File, storage_error

USUAL_PAGE_SIZE: Final = 4096


def is_hot(vfs: VFS, file: File, journal_path: str) -> bool:
    """Whether the database ``file``, locked SHARED, has a hot journal at ``journal_path``.

    A journal beside an empty database belongs to one that was deleted, and is deleted too.
    """
    if not vfs.exists(journal_path) or vfs.size(journal_path) <= 0 or file.reserved():
        return False
    if file.size() == 0:
        if not file.read_only and file.lock(RESERVED):
            with contextlib.suppress(Error):  # whoever begins a transaction meets what is wrong with it
                vfs.delete(journal_path)
            file.unlock(SHARED)
        return False
    try:
        journal = vfs.open(journal_path, read_only=True)
    except Error:
        if vfs.exists(journal_path):
            raise
        return False
    try:
        return journal.read(0, 1) not in VOID
    finally:
        journal.close()


def roll_back(vfs: VFS, file: File, journal_path: str) -> None:
    """Undo the transaction that the journal belongs to, and delete the journal.

    The caller holds EXCLUSIVE on ``file``.  A journal that names a super-journal which is gone, or empty, belongs
    to a transaction that was committed: it is only deleted.
    """
    if not vfs.exists(journal_path):
        return  # another process was faster
    journal = vfs.open(journal_path)
    try:
        if journal.read_only:
            raise storage_error("SQLITE_CANTOPEN")
        journal.sync()
        super_name = read_super_name(journal)
        if not super_name or vfs.size(super_name) > 0:
            play_back(journal, file)
            file.sync()
    finally:
        journal.close()
    vfs.delete(journal_path, sync_directory=True)
    if super_name:
        delete_super(vfs, super_name, journal_path)


def play_back(journal: File, file: File) -> None:
    """Write the images of every whole section back and give the file its old size."""
    reader = JournalReader(journal, page_size_of(file))
    first = True
    while reader.next_section():
        if first:
            resize(file, reader.page_count * reader.page_size)
            first = False
        while reader.next_record():
            if reader.number <= reader.page_count:
                file.write((reader.number - 1) * reader.page_size, reader.image)


def resize(file: File, size: int) -> None:
    """Give the file ``size`` bytes where it has not."""
    if file.size() != size:
        file.truncate(size)


def page_size_of(file: File) -> int:
    """The page size that the database's header gives, or the usual one where it gives none that can be."""
    header = file.read(0, HEADER_SIZE)
    size = FileShape(header + bytes(HEADER_SIZE - len(header)), 0).page_size
    return size if valid_page_size(size) else USUAL_PAGE_SIZE
