"""The databases that the page works on: the file that it was opened for, and scratch ones made from a schema.

A scratch database is a file in a folder for the time of the server, made by running a text of SQL: what an example or
a shared address brings along.  The same text has the same one until it is made anew.  Without a file, the sample
database stands for it, and is such a scratch file, too: whatever is done to it harms nobody.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock, Timer
from typing import Final, final
from urllib.parse import quote

from foundrydb.api.connection import Connection, connect
from foundrydb.errors import Error, error
from foundrydb.tools.output.files import check_file
from foundrydb.tools.views.pages.survey import Survey, open_survey
from foundrydb.tools.views.sample import create_sample
from foundrydb.tools.web.guard import READ_ONLY, Guard

FILE: Final = "file"
"""The id of the database that the page was opened for."""

MOST_SCRATCH: Final = 8
"""So many scratch databases are kept."""

PATIENCE: Final = 10.0
"""Seconds that the text may take which makes a scratch database."""

WAIT: Final = 0.5
"""Seconds to wait for other programs' locks."""

CURRENT: Final = "SELECT 1 FROM sqlite_schema LIMIT 1"
"""What is compiled after it is compiled for the schema of now, whoever has changed that."""

TICKS: Final = 500
"""Loops of a statement between two looks at whether it is to be stopped."""


STEPPED: Final = "the debugger holds what its statement has changed: leave it first"
"""Why a database that the page itself has locked is locked."""


@final
class Busy(Exception):
    """A statement runs on the database: nothing else does meanwhile."""


@final
class PageDatabase:
    """One database, with the connection that the page's statements run on.

    Attributes:
        id: what the page calls it.
        path, title: of its file; what people call it.
        writable: statements may change it.
        guard: what else they may not do.
        stopping: what runs is to end; may be set in any thread.
        stepped: the debugger stands in a statement on it.
    """

    def __init__(self, id: str, path: str, title: str, writable: bool, folder: str) -> None:
        self.id: Final = id
        self.path: Final = path
        self.title: Final = title
        self.writable: Final = writable
        self.guard: Final = Guard(folder, writable)
        self.stopping = False
        self.stepped = False
        self._lock: Final = Lock()
        self._connection: Connection | None = None
        self._known: tuple[int, int] | None = None

    @contextmanager
    def connection(self, patience: float = -1) -> Iterator[Connection]:
        """The connection, for one piece of work at a time.

        Args:
            patience: seconds to wait for what runs on it; -1 for as long as that takes.

        Raises:
            Busy: something runs on it, and did not end in that time.
            Error: the file cannot be opened, or is gone.
        """
        if not self._lock.acquire(timeout=patience):
            raise Busy
        try:
            self.stopping = False
            with self.reasons():
                connection = self._opened()
                connection.execute(CURRENT).fetchall()
                yield connection
        finally:
            self._lock.release()

    @contextmanager
    def reasons(self) -> Iterator[None]:
        """Errors on the way out get what the page knows of their reasons for a hint."""
        self.guard.forget()
        try:
            yield
        except Error as problem:
            problem.hint = problem.hint or self.guard.refusal or self._reason(problem)
            raise

    def _reason(self, problem: Error) -> str | None:
        """Why an error may have come about, where the page has a hand in it."""
        if problem.code == "SQLITE_READONLY" and not self.writable:
            return READ_ONLY
        return STEPPED if self.stepped and problem.code.startswith("SQLITE_BUSY") else None

    def another(self) -> Connection:
        """Another connection, for work that goes on for long; whoever asks closes it.

        Raises:
            Error: the file cannot be opened, or is gone.
        """
        self._identity()
        return self._open()

    def survey(self) -> Survey:
        """A reading of the file's pages as they lie there; to be closed.

        Raises:
            Error: it cannot be opened.
        """
        self._identity()
        return open_survey(self.path)

    def stop(self) -> None:
        """Stop what runs."""
        self.stopping = True
        if self._connection is not None:
            self._connection.interrupt()

    def close(self) -> None:
        """Stop what runs, and close the file."""
        self.stop()
        with self._lock:
            self._close()

    def _opened(self) -> Connection:
        """The connection, opened anew where another file has the name now."""
        identity = self._identity()
        if self._connection is None or identity != self._known:
            self._close()
            self._connection = self._open()
            self._known = self._identity()
        return self._connection

    def _open(self) -> Connection:
        mode = "rwc" if self.writable else "ro"
        try:
            connection = connect(
                f"file:{quote(self.path)}?mode={mode}", WAIT, 0, None, check_same_thread=False, uri=True
            )
        except Error as problem:
            problem.message = f'unable to open database "{self.title}": {problem.message}'
            raise
        connection.session.carries_text = True
        connection.set_authorizer(self.guard)
        connection.set_progress_handler(lambda: self.stopping, TICKS)
        return connection

    def _identity(self) -> tuple[int, int]:
        """Which file has the name."""
        try:
            found = os.stat(self.path)
        except OSError as failure:
            raise error(f'"{self.title}" cannot be read: {failure.strerror}', "SQLITE_CANTOPEN") from None
        return found.st_dev, found.st_ino

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _require(path: str, writable: bool) -> None:
    """Make sure that there is a file; where it may be written it is made.

    Raises:
        Error: there is none, and none is made.
    """
    if writable and not os.path.exists(path):
        try:
            connect(path, isolation_level=None).execute("PRAGMA user_version").connection.close()
        except Error as problem:
            problem.message = f'unable to open database "{path}": {problem.message}'
            raise
    else:
        check_file(path)


@final
class Databases:
    """All databases of a server.

    Args:
        path: the file that the page is opened for; "" for the sample database.
        writable: statements may change the file.

    Raises:
        Error: there is no such file.
    """

    def __init__(self, path: str, writable: bool) -> None:
        self._folder: Final = tempfile.mkdtemp(prefix="fdb-web-")
        self._lock: Final = Lock()
        self._scratch: Final[dict[str, PageDatabase]] = {}
        self.is_sample: Final = not path
        if path:
            place = os.path.abspath(path)
            try:
                _require(path, writable)
            except Error:
                shutil.rmtree(self._folder)
                raise
            self.file = PageDatabase(FILE, place, path, writable, os.path.dirname(place))
        else:
            self.file = self._sample()

    def find(self, id: str) -> PageDatabase:
        """A database by its id.

        Raises:
            Error: there is none of that id, or none any more.
        """
        found = self.file if id == FILE else self._scratch.get(id)
        if found is None:
            raise error("this database is gone: it has to be made anew")
        return found

    def scratch(self, schema: str, anew: bool = False) -> PageDatabase:
        """The scratch database that a text of SQL makes.

        Args:
            anew: make it again, whatever has become of it.

        Raises:
            Error: the text is wrong, with the place.
        """
        id = "s" + sha256(schema.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        with self._lock:
            found = self._scratch.pop(id, None)
            if found is not None and anew:
                found.close()
                found = None
            if found is None:
                found = self._make(id, schema)
            self._scratch[id] = found
            while len(self._scratch) > MOST_SCRATCH:
                self._scratch.pop(next(iter(self._scratch))).close()
            return found

    def renew(self) -> None:
        """Make the sample database again."""
        if self.is_sample:
            old, self.file = self.file, self._sample()
            old.close()

    def close(self) -> None:
        """Close all of them, and remove what was made."""
        for database in (self.file, *self._scratch.values()):
            database.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _sample(self) -> PageDatabase:
        folder = tempfile.mkdtemp(dir=self._folder)
        path = os.path.join(folder, "foundry.fdb")
        create_sample(path)
        return PageDatabase(FILE, path, "foundry.fdb (sample)", True, folder)

    def _make(self, id: str, schema: str) -> PageDatabase:
        folder = tempfile.mkdtemp(dir=self._folder)
        path = os.path.join(folder, "scratch.fdb")
        with open(path, "xb"):
            pass
        database = PageDatabase(id, path, "scratch", True, folder)
        timer = Timer(PATIENCE, database.stop)
        timer.daemon = True
        timer.start()
        try:
            with database.connection() as connection:
                connection.executescript(schema)
        except Error as problem:
            database.close()
            if problem.code == "SQLITE_INTERRUPT":
                raise error(f"the schema took more than {PATIENCE:.0f} seconds") from None
            raise
        finally:
            timer.cancel()
        return database
