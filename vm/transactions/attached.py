"""The databases of a connection: one list of them, in which the machine, transactions and the catalog look."""

from __future__ import annotations

from typing import Final, Generic, TypeVar, final

from foundrydb.errors import ProgrammingError
from foundrydb.storage.format.values import UTF8, Value
from foundrydb.storage.log.transaction_log import AUTO_CHECKPOINT
from foundrydb.storage.os.vfs import VFS, File
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database, ephemeral

MAIN: Final = 0
TEMP: Final = 1
"""The numbers of the two databases that every connection has.  TEMP is opened when something is put there."""

S = TypeVar("S")
"""What keeps a database's schema.  It is the compiler's: the machine has no use for it."""


@final
class Attached(Generic[S]):
    """One of the databases of a connection.

    Attributes:
        number: by which programs name it: its place in the list.
        name: ``main``, ``temp``, or as ATTACH calls it.
        database: its B-trees; None while temp has none.
        schema: what is declared in it.
        fresh: ``schema`` is what the file says.
        reading: a lock is held on it, for a statement or the transaction.
        writing: the transaction has begun to write it.
        altered: the transaction has changed its schema.
        settings: what PRAGMAs have set for it alone and nobody but they asks for, by their names.
        before, since: the generations that ended, and began, when it was attached.
    """

    def __init__(self, number: int, name: str, database: Database | None, schema: S) -> None:
        self.number = number
        self.name: Final = name
        self.database = database
        self.schema: Final = schema
        self.fresh = database is None
        self.reading = False
        self.writing = False
        self.altered = False
        self.settings: Final[dict[str, Value]] = {}
        self.before = -1
        self.since = -1

    def in_use(self) -> bool:
        """Whether a statement, a transaction or a backup holds a lock on it."""
        return self.reading or self.writing or (self.database is not None and self.database.pager.in_read)

    def let_go(self) -> None:
        """Give back the lock that a look at it took, unless a statement or a transaction needs it."""
        if self.database is not None and not self.reading and not self.writing:
            self.database.end_read()


@final
class AttachedDatabases(Generic[S]):
    """The list.

    Attributes:
        all: by number.  Who is at work keeps the list that it began with, which then only grows.
        open: ``close`` has not been called.
        encoding_fixed: something has been declared in one of them, so that their encoding is not changed any more.
        busy_timeout: milliseconds that each waits for a lock.
        auto_checkpoint: frames in a write-ahead log after which a commit copies them back.
        generation: tells programs that may be stale: whatever changes a schema (a statement, a rollback, another
            connection) makes a new generation, and programs of others are compiled anew.
    """

    def __init__(self, databases: list[Attached[S]]) -> None:
        self.all = databases
        self.open = True
        self.encoding_fixed = False
        self.busy_timeout = 0
        self.auto_checkpoint = AUTO_CHECKPOINT
        self.generation = 0
        self._generations = 0  # that there were

    def database(self, number: int) -> Database:
        """The database of that number; temp is opened when it is first asked for.

        Raises:
            ProgrammingError: all were closed.
        """
        return self.opened(self.all[number])

    def opened(self, attached: Attached[S]) -> Database:
        """The database of an entry, as ``database``."""
        found = attached.database
        if found is None:
            found = self._open_temp()
            attached.database = found
        return found

    def append(self, name: str, database: Database, schema: S) -> Attached[S]:
        """Add a database to the list."""
        added = Attached(len(self.all), name, database, schema)
        database.pager.busy_timeout = self.busy_timeout
        database.pager.auto_checkpoint = self.auto_checkpoint
        self.all.append(added)
        added.before = self.generation
        self.expire()
        added.since = self.generation
        return added

    def remove(self, attached: Attached[S]) -> None:
        """Take a database off the list; those behind it get other numbers.

        Programs that run go on with the list as it was.  Others are stale; but if nothing has happened to any schema
        since the database was attached, those from before are not.
        """
        last = attached.number == len(self.all) - 1
        self._number([each for each in self.all if each is not attached])
        if last and attached.since == self.generation:
            self.generation = attached.before
        else:
            self.expire()

    def put_back(self, all: list[Attached[S]]) -> None:
        """Have a list again that there was before."""
        self._number(list(all))
        self.expire()

    def _number(self, all: list[Attached[S]]) -> None:
        self.all = all
        for number, each in enumerate(all):
            each.number = number

    def named(self, name: str) -> Attached[S] | None:
        """The one with exactly this name; None without one."""
        for each in self.all:
            if each.name == name:
                return each
        return None

    def databases(self) -> list[Database]:
        """Those that there are."""
        return [each.database for each in self.all if each.database is not None]

    def _open_temp(self) -> Database:
        """The database temp: private, gone with the connection."""
        if not self.open:
            raise ProgrammingError("Cannot operate on a closed database.")
        pager = Pager(self.temporary_vfs(), "", temporary=True)
        pager.busy_timeout = self.busy_timeout
        pager.spills = self.database(MAIN).pager.spills
        database = Database(pager)
        database.encoding = self.encoding
        return database

    def set_busy_timeout(self, milliseconds: int) -> None:
        """Say how long all of them, and those that are opened later, wait for a lock."""
        self.busy_timeout = milliseconds
        for database in self.databases():
            database.pager.busy_timeout = milliseconds

    def set_auto_checkpoint(self, frames: int) -> None:
        """PRAGMA wal_autocheckpoint, for all of them and those that are attached later."""
        self.auto_checkpoint = frames
        for database in self.databases():
            database.pager.auto_checkpoint = frames

    @property
    def encoding(self) -> int:
        """The text encoding of all of them: one of ``storage.format.values``' constants."""
        main = self.all[MAIN].database if self.all else None
        return UTF8 if main is None else main.encoding

    # their schemas ------------------------------------------------------------------------------------------

    def schema_changed(self, number: int) -> None:
        """The schema may not be what was read any more: it is read again before the next statement is compiled."""
        if self.all[number].database is not None:
            self.all[number].fresh = False
        self.expire()

    def expire(self) -> None:
        """Have every statement compiled anew."""
        self._generations += 1
        self.generation = self._generations

    def come_back(self, attached: Attached[S], generation: int) -> None:
        """A database was just attached as it had been before: programs of that generation are good again."""
        self.generation = generation
        attached.since = generation

    # what is nobody's ---------------------------------------------------------------------------------------

    def temporary_vfs(self) -> VFS:
        """Where temporary files go: where the main database's file is."""
        return self.database(MAIN).pager.vfs

    def temporary_file(self) -> File:
        """A new file that nobody else sees and that vanishes when it is closed."""
        return self.temporary_vfs().open_temporary()

    def ephemeral(self) -> Database:
        """A private database for a statement's intermediate results."""
        database = ephemeral(self.temporary_vfs())
        database.encoding = self.encoding
        return database

    # the end ------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Roll back what is not committed, and release the files of all, also where one of them fails.

        Raises:
            Error: the first that a database gave.
        """
        self.open = False
        failure: BaseException | None = None
        for database in self.databases():
            try:
                database.close()
            except BaseException as problem:
                failure = failure or problem
        for each in self.all:
            each.database = None
        if failure is not None:
            raise failure
