"""The files beside a database that its transactions go through, found and read.

Everything is opened for reading alone.  Nothing is locked, so that others are not held up, and what they write
meanwhile may be half there: a log that was begun anew under the reader says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from foundrydb.errors import Error
from foundrydb.storage.format.file_shape import FileShape, valid_page_size
from foundrydb.storage.format.header import HEADER_SIZE, MAGIC
from foundrydb.storage.os.lock_probe import HeldLock, held_locks
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.os.range_locks import DATABASE_RANGES, UNLOCKED
from foundrydb.storage.os.vfs import VFS
from foundrydb.tools.output.files import check_file
from foundrydb.tools.views.logs.ahead_reading import AheadLog, read_ahead_log
from foundrydb.tools.views.logs.checkpoint_forecast import CheckpointForecast, forecast
from foundrydb.tools.views.logs.index_reading import AheadIndex, read_index
from foundrydb.tools.views.logs.journal_reading import RollbackJournal, read_journal

JOURNAL: Final = "-journal"
AHEAD: Final = "-wal"
INDEX: Final = "-shm"
RESERVED_RANGE: Final = 1
"""Which of the database's ranges a writer holds."""


class LogSurvey:
    """What was found beside a database.

    Attributes:
        path: the database.
        size: its bytes; -1 where there is none.
        shape: what its header tells; None where it has none.
        locks: who holds the database's three ranges; empty where it cannot be told.
        journal, log, index: what was read of each file; None where there is none.
        forecast: what a checkpoint would do; None where there is nothing committed in the log.
        super_size: bytes in the super-journal that the journal names, -1 where there is none.
    """

    def __init__(self, path: str) -> None:
        self.path: Final = path
        self.size = -1
        self.shape: FileShape | None = None
        self.locks: list[HeldLock] = []
        self.journal: RollbackJournal | None = None
        self.log: AheadLog | None = None
        self.index: AheadIndex | None = None
        self.forecast: CheckpointForecast | None = None
        self.super_size = -1

    @property
    def writing(self) -> bool | None:
        """Whether somebody holds RESERVED on the database; None where it cannot be told."""
        return self.locks[RESERVED_RANGE].kind != UNLOCKED if self.locks else None

    @property
    def journal_state(self) -> str:
        """What the journal means to the next one who opens the database."""
        journal = self.journal
        if journal is None or journal.size == 0 or journal.zeroed:
            return "void"
        if self.writing:
            return "in use"
        if self.size <= 0:
            return "stray"
        if not journal.durable:
            return "void"
        if journal.super_name and self.super_size <= 0:
            return "committed"
        return "hot"


def survey_log(path: str, limit: int, progress: Callable[[int], None] | None = None) -> LogSurvey:
    """Read what lies beside a database.

    Args:
        path: the database, or its journal, log or index: then that alone is read, a log and its index together.
        limit: how many frames, records, transactions to keep of each.
        progress: is told of the bytes that were read.

    Raises:
        Error: there is no such file, or it cannot be read.
    """
    vfs = OsVFS()
    check_file(path)
    database, suffix = _database_of(vfs, vfs.full_path(path))
    survey = LogSurvey(database)
    _read_database(vfs, survey)
    tell = progress or _nobody
    if suffix in ("", JOURNAL) and vfs.exists(database + JOURNAL):
        _read_journal(vfs, survey, limit, tell)
    if suffix != JOURNAL:
        _read_ahead(vfs, survey, limit, tell)
    return survey


def _nobody(_: int) -> None:
    """Tell nobody."""


def _database_of(vfs: VFS, path: str) -> tuple[str, str]:
    """The database that a path belongs to, and the suffix that makes it another file's."""
    for suffix in (JOURNAL, AHEAD, INDEX):
        if path.endswith(suffix) and len(path) > len(suffix):
            file = vfs.open(path, read_only=True)
            try:
                if file.read(0, len(MAGIC)) != MAGIC:
                    return path[: -len(suffix)], suffix
            finally:
                file.close()
    return path, ""


def _read_database(vfs: VFS, survey: LogSurvey) -> None:
    survey.size = vfs.size(survey.path)
    if survey.size < 0:
        return
    file = vfs.open(survey.path, read_only=True)
    try:
        header = file.read(0, HEADER_SIZE)
    finally:
        file.close()
    if len(header) == HEADER_SIZE and header.startswith(MAGIC):
        survey.shape = FileShape(header, survey.size)
    survey.locks = held_locks(survey.path, DATABASE_RANGES)


def _read_journal(vfs: VFS, survey: LogSurvey, limit: int, progress: Callable[[int], None]) -> None:
    path = survey.path + JOURNAL
    file = vfs.open(path, read_only=True)
    try:
        shape = survey.shape
        page_size = shape.page_size if shape is not None and valid_page_size(shape.page_size) else 0
        survey.journal = read_journal(file, path, page_size, limit, progress)
    finally:
        file.close()
    if survey.journal.super_name:
        survey.super_size = vfs.size(survey.journal.super_name)


def _read_ahead(vfs: VFS, survey: LogSurvey, limit: int, progress: Callable[[int], None]) -> None:
    path = survey.path + AHEAD
    survey.index = _index(vfs, survey.path + INDEX)
    if not vfs.exists(path):
        return
    file = vfs.open(path, read_only=True)
    try:
        marks = [mark.frame for mark in survey.index.marks] if survey.index is not None else []
        survey.log = read_ahead_log(file, path, limit, marks, progress)
        survey.forecast = forecast(survey.log, survey.index, file)
    finally:
        file.close()


def _index(vfs: VFS, path: str) -> AheadIndex | None:
    if not vfs.exists(path):
        return None
    file = vfs.open(path, read_only=True)
    try:
        return read_index(file, path)
    except Error as problem:
        index = AheadIndex(path, vfs.size(path), [])
        index.why_not = problem.message
        return index
    finally:
        file.close()
