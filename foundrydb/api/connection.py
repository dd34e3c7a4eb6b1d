"""Connections: ``connect`` and what PEP 249 and the standard library's ``sqlite3`` promise about its result."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar
from weakref import WeakSet

from foundrydb import errors, late
from foundrydb.api.cursor import Cursor
from foundrydb.api.session import LEGACY_TRANSACTION_CONTROL, Session
from foundrydb.api.statement_handle import Statement
from foundrydb.api.values.arguments import NotPickled, buffer, c_int, real, text
from foundrydb.engine.engine import WATCH, Engine
from foundrydb.engine.opening import open_database
from foundrydb.engine.options.configuration import read_switch, turn_switch
from foundrydb.engine.uri import parse_target
from foundrydb.errors import OperationalError, ProgrammingError, not_supported
from foundrydb.pythons import HAS_CONFIG, WARNS_OF_CALLS, keywords_later, positional_later

if TYPE_CHECKING:
    from foundrydb.api.blob import Blob
    from foundrydb.vm.functions.scalar import Function

Path: TypeAlias = "str | bytes | os.PathLike[str] | os.PathLike[bytes]"

_ISOLATION_LEVELS: Final = ("", "DEFERRED", "IMMEDIATE", "EXCLUSIVE")
_KEYWORDS: Final = (
    "timeout", "detect_types", "isolation_level", "check_same_thread", "factory", "cached_statements", "uri"
)  # fmt: skip
_FACTORY: Final = 5
"""The place of ``factory`` among the arguments."""

_LONGEST_NAME: Final = 255
"""A function's name has so many bytes at most."""

_OPEN: Final[WeakSet[Connection]] = WeakSet()
"""The open connections: what is left of them when the interpreter ends is closed while all modules still work."""


# A bound that is a text would be compiled when this module is loaded, and the first text that is compiled costs 220 kB.
Connect = TypeVar("Connect", bound=Callable[..., Any])


def _given_to_the_factory(declared: Connect) -> Connect:
    """``connect``: its arguments go to the factory as they were given, which need not know of any others."""

    @wraps(declared)
    def connect(*args: Any, **kwargs: Any) -> Connection:
        factory = args[_FACTORY] if len(args) > _FACTORY else kwargs.get("factory")
        make = Connection if factory is None else factory
        made: Connection = make(*args, **kwargs)
        return made

    return keywords_later("sqlite3.connect", _KEYWORDS)(connect)  # type: ignore[return-value]


@_given_to_the_factory
def connect(
    database: Path,
    timeout: float = 5.0,
    detect_types: int = 0,
    isolation_level: str | None = "",
    check_same_thread: bool = True,
    factory: type[Connection] | None = None,
    cached_statements: int = 128,
    uri: bool = False,
    *,
    autocommit: bool | int = LEGACY_TRANSACTION_CONTROL,
) -> Connection:
    """Open a database.

    Args:
        database: the path of a file, ``":memory:"``, ``""`` for a private temporary one, or a URI.
        timeout: seconds to wait for other connections' locks.
        detect_types: ``PARSE_DECLTYPES`` and ``PARSE_COLNAMES``, which turn converters on.
        isolation_level: how the transaction begins that is opened before INSERT, UPDATE, DELETE and REPLACE
            ("" or ``"DEFERRED"``, ``"IMMEDIATE"``, ``"EXCLUSIVE"``); None for never.
        check_same_thread: refuse use by another thread than this one.
        factory: the class of the result.
        cached_statements: how many compiled statements are kept.
        uri: take ``database``, and what ATTACH names, for a URI where it begins with ``file:``.
        autocommit: True: transactions are the user's business; False: there always is one;
            ``LEGACY_TRANSACTION_CONTROL``: see ``isolation_level``.

    Raises:
        OperationalError: it cannot be opened.
    """
    raise NotImplementedError


class Connection(NotPickled):
    """An open database.  See ``connect`` for the parameters.

    Attributes:
        engine: what does the work; for tools.
        session: what its cursors share.
    """

    __module__ = "foundrydb"

    Warning = errors.Warning
    Error = errors.Error
    InterfaceError = errors.InterfaceError
    DatabaseError = errors.DatabaseError
    DataError = errors.DataError
    OperationalError = errors.OperationalError
    IntegrityError = errors.IntegrityError
    InternalError = errors.InternalError
    ProgrammingError = errors.ProgrammingError
    NotSupportedError = errors.NotSupportedError

    __text_signature__ = "(sql, /)"  # how inspect shows a call of a connection

    @keywords_later("_sqlite3.Connection", _KEYWORDS)
    def __init__(
        self,
        database: Path,
        timeout: float = 5.0,
        detect_types: int = 0,
        isolation_level: str | None = "",
        check_same_thread: bool = True,
        factory: type[Connection] | None = None,
        cached_statements: int = 128,
        uri: bool = False,
        *,
        autocommit: bool | int = LEGACY_TRANSACTION_CONTROL,
    ) -> None:
        former = vars(self).pop("session", None)  # should what follows fail, the connection is none
        if former is not None:
            former.text_factory = str  # its cursors keep all else that they had
        thread = threading.get_ident() if check_same_thread else 0
        level = _isolation_level(isolation_level)
        mode = _transaction_control(autocommit)
        wait = max(int(real(timeout) * 1000), 0)
        self._row_factory: Callable[[Cursor, tuple[Any, ...]], Any] | None = None
        self.engine = Engine(open_database(parse_target(_path(database), uri)), bool(uri))
        self.engine.write_setting(0, "busy_timeout", wait)
        self.session = Session(
            self.engine, thread, c_int(cached_statements), level, mode, c_int(detect_types)
        )
        self._process = os.getpid()
        _OPEN.add(self)
        if autocommit is False:
            self.session.run("BEGIN")

    # statements ---------------------------------------------------------------------------------------------

    def cursor(self, factory: Callable[[Connection], Cursor] = Cursor) -> Cursor:
        """A new cursor."""
        if factory is Cursor:
            cursor = Cursor(self)  # which checks the connection
        else:
            self._check()
            cursor = factory(self)
            if not issubclass(type(cursor), Cursor):
                raise TypeError(f"factory must return a cursor, not {type(cursor).__name__}")
        if self._row_factory is not None:
            cursor.row_factory = self._row_factory
        return cursor

    @property
    def row_factory(self) -> Callable[[Cursor, tuple[Any, ...]], Any] | None:
        """What cursors turn rows into, None for tuples; cursors take it over when they are made."""
        return self._row_factory

    @row_factory.setter
    def row_factory(self, factory: Callable[[Cursor, tuple[Any, ...]], Any] | None) -> None:
        self._row_factory = factory

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """A new cursor that has run the statement; see ``Cursor.execute``."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """A new cursor that has run the statement for each set of parameters; see ``Cursor.executemany``."""
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> Cursor:
        """A new cursor that has run the script; see ``Cursor.executescript``."""
        return self.cursor().executescript(sql_script)

    def __call__(self, *args: str) -> Statement:
        """Compile a statement, the only argument, and keep it, without running it."""
        self._check()
        if len(args) != 1:
            raise TypeError(f"function takes exactly 1 argument ({len(args)} given)")
        (sql,) = args
        if not isinstance(sql, str):
            raise TypeError(f"argument 1 must be str, not {type(sql).__name__}")
        with self._turn():
            return Statement.of(self.session.prepare(sql))

    # transactions -------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; any thread may ask."""
        self._check_open()
        return not self.engine.transaction.autocommit

    @property
    def isolation_level(self) -> str | None:
        """How implicit transactions begin; None: they do not."""
        self._check_open()
        return self.session.isolation_level

    @isolation_level.setter
    def isolation_level(self, level: str | None) -> None:
        self._check_open()
        self.session.isolation_level = _isolation_level(level)
        if level is None and self.session.autocommit == LEGACY_TRANSACTION_CONTROL:
            self.commit()

    @property
    def autocommit(self) -> bool | int:
        """See ``connect``."""
        found: bool | int = self.session.autocommit
        return found

    @autocommit.setter
    def autocommit(self, value: bool | int) -> None:
        self._check()
        mode = _transaction_control(value)
        with self._turn():
            if mode is True and not self.engine.transaction.autocommit:
                self.session.run("COMMIT")
            elif mode is False and self.engine.transaction.autocommit:
                self.session.run("BEGIN")
            self.session.autocommit = mode

    def commit(self) -> None:
        """Make the open transaction's changes durable; nothing happens where there is none."""
        self._end_transaction("COMMIT")

    def rollback(self) -> None:
        """Undo the open transaction's changes; nothing happens where there is none."""
        self._end_transaction("ROLLBACK")

    def _end_transaction(self, statement: str) -> None:
        self._check()
        self.session.end_transaction(statement)

    def __enter__(self) -> Connection:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if kind is not None:
            self.rollback()
            return False
        try:
            self.commit()
        except errors.Error:
            self.rollback()
            raise
        return False

    def close(self) -> None:
        """Release the database; what is not committed is rolled back."""
        self._check_made()
        session = self.session
        session.check_thread()
        if not session.open:
            return
        with self._turn():
            if session.autocommit is False and not self.engine.transaction.autocommit:
                session.run("ROLLBACK")
            session.statements.clear()
            self._release()

    def __del__(self) -> None:
        session = getattr(self, "session", None)
        if session is not None and session.open:
            if WARNS_OF_CALLS and self._process == os.getpid():
                warnings.warn(f"unclosed database in {self!r}", ResourceWarning, stacklevel=2, source=self)
            self._abandon()

    def _abandon(self) -> None:
        """Close a connection that nobody closed."""
        with contextlib.suppress(errors.Error):
            self._release()
        self.session.open = False

    def _release(self) -> None:
        self.session.open = False
        _OPEN.discard(self)
        self.engine.close()

    # what was changed ---------------------------------------------------------------------------------------

    @property
    def total_changes(self) -> int:
        """How many rows were changed since the connection was opened; any thread may ask."""
        self._check_open()
        return self.engine.statements.total_changes

    # callbacks ----------------------------------------------------------------------------------------------

    @positional_later("name", "narg", "func")
    def create_function(
        self, name: str, narg: int, func: Callable[..., Any] | None, *, deterministic: bool = False
    ) -> None:
        """Let SQL call ``func`` as ``name`` with ``narg`` arguments (-1: any number); None removes it."""
        self._check()
        text(name, "create_function", "'name'").encode()
        count = _argument_count(name, c_int(narg), "function")
        if func is None:
            self.engine.functions.remove(name, count)
        else:
            self._declare(late.user.UserFunction(name, count, func, deterministic))
        self.engine.attached.expire()

    @positional_later("name", "n_arg", "aggregate_class")
    def create_aggregate(self, name: str, n_arg: int, aggregate_class: Callable[[], Any] | None) -> None:
        """Let SQL aggregate with instances of a class that has ``step(...)`` and ``finalize()``."""
        self._check()
        text(name, "create_aggregate", "'name'").encode()
        count = _argument_count(name, c_int(n_arg), "aggregate")
        if aggregate_class is None:
            self.engine.functions.remove(name, count)
        else:
            self._declare(late.user.UserAggregate(name, count, aggregate_class))
        self.engine.attached.expire()

    def create_window_function(
        self, name: str, num_params: int, aggregate_class: Callable[[], Any] | None, /
    ) -> None:
        """As ``create_aggregate``; the class also has ``value()`` and ``inverse(...)``."""
        self._check()
        text(name, "create_window_function", "1")
        count = c_int(num_params)
        if not _may_be_function(name, count):
            raise ProgrammingError("bad parameter or other API misuse")
        if aggregate_class is None:
            self.engine.functions.remove(name, count)
        else:
            self._declare(late.user.UserAggregate(name, count, aggregate_class, True))
        self.engine.attached.expire()

    def _declare(self, function: Function) -> None:
        self.engine.functions.add(function)

    def create_collation(self, name: str, order: Callable[[str, str], int] | None, /) -> None:
        """Let ``COLLATE name`` order text by ``order(a, b)``: negative, zero or positive; None removes it."""
        self._check()
        text(name, "create_collation", "1").encode()
        key = str.upper(name)
        if order is None:
            self.engine.collations.pop(key, None)
        elif not callable(order):
            raise TypeError("parameter must be callable")
        else:
            self.engine.collations[key] = late.user.UserCollation(name, order, self.engine.failures)
        self.engine.attached.expire()

    @positional_later("progress_handler")
    def set_progress_handler(self, progress_handler: Callable[[], object] | None, n: int) -> None:
        """Call ``progress_handler`` about every ``n`` loops of a statement; a true answer stops it.

        It is not called where ``n`` is not positive.
        """
        self._check()
        every = c_int(n)
        if every < 1:
            progress_handler = None
        self.engine.progress_handler = progress_handler
        self.engine.watch = WATCH if progress_handler is None else every

    @positional_later("trace_callback")
    def set_trace_callback(self, trace_callback: Callable[[str], object] | None) -> None:
        """Call ``trace_callback`` with each statement before it runs, its parameters filled in."""
        self._check()
        self.session.tracer = trace_callback

    @positional_later("authorizer_callback")
    def set_authorizer(self, authorizer_callback: Callable[..., int] | None) -> None:
        """Let ``authorizer_callback`` be asked about each access of a statement when it is compiled.

        It is called with one of the constants ``SQLITE_READ``, ``SQLITE_INSERT``, ..., what is accessed, a part of it,
        the database, and the view that does so (each a text or None), and answers ``SQLITE_OK``, ``SQLITE_DENY``
        (the statement fails) or ``SQLITE_IGNORE`` (a column is NULL, a change is not made).  None takes it away.
        """
        self._check()
        with self._turn():
            asked = None if authorizer_callback is None else late.authorizer.authorizer(authorizer_callback)
            self.engine.preparer.authorizer = asked
            self.engine.attached.expire()

    def set_update_hook(self, update_callback: Callable[[int, str, str, int], object] | None, /) -> None:
        """Call ``update_callback`` with each row of a table with rowids that a statement inserts, changes or deletes.

        It is called with ``SQLITE_INSERT``, ``SQLITE_UPDATE`` or ``SQLITE_DELETE``, the database, the table, and the
        rowid that the row has then.  As in SQLite it is not told of rows that make room for others (REPLACE), nor of a
        DELETE of all rows at once.  None takes it away.
        """
        self._check()
        with self._turn():
            late.hooks.set_update_hook(self.engine, update_callback)

    def set_commit_hook(self, commit_callback: Callable[[], object] | None, /) -> None:
        """Call ``commit_callback`` before a transaction that has written is committed.

        A true answer rolls it back, and the statement fails with "constraint failed".
        """
        self._check()
        late.hooks.set_commit_hook(self.engine, commit_callback)

    def set_rollback_hook(self, rollback_callback: Callable[[], object] | None, /) -> None:
        """Call ``rollback_callback`` when a transaction has been rolled back, whoever wanted that."""
        self._check()
        late.hooks.set_rollback_hook(self.engine, rollback_callback)

    def set_wal_hook(self, wal_callback: Callable[[str, int], object] | None, /) -> None:
        """Call ``wal_callback`` after a commit in WAL mode, with the database's name and the pages in its log.

        As in SQLite it takes the place of automatic checkpoints, and ``PRAGMA wal_autocheckpoint`` its place in turn.
        It may run ``PRAGMA wal_checkpoint``.
        """
        self._check()
        late.hooks.set_wal_hook(self.engine, wal_callback)

    def getlimit(self, category: int, /) -> int:
        """A limit, by one of the constants ``SQLITE_LIMIT_...``."""
        self._check()
        return self.engine.preparer.limits.get(c_int(category))

    def setlimit(self, category: int, limit: int, /) -> int:
        """Lower a limit, or raise it again up to SQLite's default; the answer is what it was.

        Raises:
            ProgrammingError: there is no such category.
        """
        self._check()
        return int(late.lowering.set_limit(self.engine, c_int(category), c_int(limit)))

    def blobopen(
        self, table: str, column: str, row: int, /, *, readonly: bool = False, name: str = "main"
    ) -> Blob:
        """Open a text or blob for reading and writing in parts.

        Args:
            row: the row's rowid.
            readonly: it is not to be written, and nobody is kept from writing.
            name: the database: ``main``, ``temp``, or an attached one.

        Raises:
            OperationalError: there is no such table, column or row, or no text or blob.
        """
        for place, given in (("1", table), ("2", column), ("'name'", name)):
            if "\0" in text(given, "blobopen", place):
                raise ValueError("embedded null character")
        if not isinstance(row, int):
            raise TypeError("expected 'int'")
        if not -(1 << 63) <= row < 1 << 63:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        writable = not readonly
        self._check()
        with self._turn():
            return late.blob.Blob.of(
                self, late.blob.open_blob(self.engine, table, column, row, writable, name)
            )

    if HAS_CONFIG or TYPE_CHECKING:

        def getconfig(self, op: int, /) -> bool:
            """Whether a switch is on: one of the constants ``SQLITE_DBCONFIG_...``.

            Raises:
                ValueError: there is no such switch.
            """
            self._check()
            return read_switch(self.engine, c_int(op))

        def setconfig(self, op: int, enable: bool = True, /) -> None:
            """Turn a switch on or off.

            Raises:
                ValueError: there is no such switch.
                OperationalError: this one cannot be changed.
            """
            self._check()
            turn_switch(self.engine, c_int(op), bool(enable))

    def enable_load_extension(self, enable: bool, /) -> None:
        """Not supported, except for turning it off."""
        self._check()
        if enable:
            raise not_supported("loading extensions")

    def load_extension(self, name: str, /, *, entrypoint: str | None = None) -> None:
        """Not supported: there is nothing that a C library could be loaded into."""
        self._check()
        raise not_supported("loading extensions")

    def interrupt(self) -> None:
        """Stop what the connection runs, with ``SQLITE_INTERRUPT``; may be called from any thread."""
        self._check_open()
        self.engine.interrupt()

    # copies -------------------------------------------------------------------------------------------------

    def iterdump(self, *, filter: str | None = None) -> Iterator[str]:
        """The database as SQL, statement by statement; of all objects, or of those whose names are LIKE ``filter``."""
        self._check()
        return late.sql_dump.dump_statements(self, filter)

    def backup(
        self,
        target: Connection,
        *,
        pages: int = -1,
        progress: Callable[[int, int, int], object] | None = None,
        name: str = "main",
        sleep: float = 0.250,
    ) -> None:
        """Copy the database into that of ``target``, page by page; what was there is gone.

        Between two steps the source can be read and written.  What this connection commits there is in the copy; what
        another one does lets it begin anew.

        Args:
            pages: copied in a step; all at once where it is not positive.
            progress: called after each step with 0 (101 after the last one, 5 or 6 where somebody is in the way), the
                pages that are left, and all pages.
            name: which database: ``main``, ``temp`` or an attached one.
            sleep: seconds to wait for somebody who is in the way.

        Raises:
            OperationalError: the target is in a transaction, or a file cannot be read or written; or this connection
                is in the middle of writing the source, and no ``progress`` could end that.
        """
        self._check()
        if not isinstance(target, Connection):
            raise TypeError(f"backup() argument 'target' must be Connection, not {type(target).__name__}")
        pages = c_int(pages)
        text(name, "backup", "'name'")
        pause = real(sleep)
        if target is self:
            raise ValueError("target cannot be the same connection instance")
        target._check_open()
        if progress is not None and not callable(progress):
            raise TypeError("progress argument must be a callable")
        with self._turn():
            target.session.visit()
            try:
                late.copying.copy_database(self.engine, target.engine, name, pages, progress, pause)
            finally:
                target.session.end_visit()

    def serialize(self, *, name: str = "main") -> bytes:
        """The bytes that the database has, or would have, as a file."""
        self._check()
        text(name, "serialize", "'name'")
        with self._turn():
            return late.copying.database_bytes(self.engine, name)

    def deserialize(self, data: bytes | str, /, *, name: str = "main") -> None:
        """Let ``main``, or an attached database, be one in memory that has these bytes."""
        self._check()
        text(name, "deserialize", "'name'")
        with self._turn():
            given = data.encode() if isinstance(data, str) else buffer(data)
            late.copying.replace_with_bytes(self.engine, given, name)
            self.session.statements.clear()

    # checks, conversions ------------------------------------------------------------------------------------

    def _check(self) -> None:
        try:
            session = self.session
        except AttributeError:
            self._check_made()
            raise
        session.check()

    def _check_open(self) -> None:
        """See that the connection is open, in whatever thread."""
        self._check_made()
        if not self.session.open:
            raise ProgrammingError("Cannot operate on a closed database.")

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Keep other threads out of a connection that is theirs as well."""
        self.session.enter()
        try:
            yield
        finally:
            self.session.leave()

    def _check_made(self) -> None:
        if not hasattr(self, "session"):
            raise ProgrammingError("Base Connection.__init__ not called.")

    @property
    def text_factory(self) -> Callable[[bytes], Any]:
        """What text becomes: ``str``, ``bytes``, ``bytearray`` or any callable of bytes."""
        return self.session.text_factory

    @text_factory.setter
    def text_factory(self, factory: Callable[[bytes], Any]) -> None:
        self.session.text_factory = factory


def _leave_to_parent() -> None:
    """In a forked child: connections that were idle can be used, with locks of their own; the others are closed."""
    for connection in list(_OPEN):
        connection.session.after_fork()
        if not connection.engine.after_fork():
            connection.session.open = False
            _OPEN.discard(connection)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)


@atexit.register
def _close_all() -> None:
    """Roll back and close what is still open when the interpreter ends."""
    for connection in list(_OPEN):
        connection._abandon()


def _transaction_control(value: bool | int) -> bool | int:
    """What ``autocommit`` may be.

    Raises:
        ValueError: it is something else.
    """
    if value is True or value is False or value == LEGACY_TRANSACTION_CONTROL:
        return value
    raise ValueError("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL")


def _path(database: Path) -> str:
    """The path as text.

    Raises:
        ValueError: it has a NUL.
    """
    path = os.fsdecode(database)
    if "\0" in path:
        raise ValueError("embedded null byte")
    return path


def _argument_count(name: str, count: int, kind: str) -> int:
    """The number of a function's arguments.

    Raises:
        OperationalError: there cannot be such a function.
    """
    if not _may_be_function(name, count):
        raise OperationalError(f"Error creating {kind}")
    return count


def _may_be_function(name: str, count: int) -> bool:
    """Whether there can be a function of that name with so many arguments."""
    return -1 <= count <= 127 and len(name.encode()) <= _LONGEST_NAME


def _isolation_level(level: str | None) -> str | None:
    """The level in capitals.

    Raises:
        ValueError: there is no such level.
    """
    if level is None:
        return None
    if not isinstance(level, str):
        raise TypeError("isolation_level must be str or None")
    if "\0" in level:
        raise ValueError("embedded null character")
    capitals = str.upper(level)
    if capitals not in _ISOLATION_LEVELS:
        raise ValueError("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")
    return capitals
