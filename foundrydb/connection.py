"""Connections: ``connect`` and what PEP 249 and the standard library's ``sqlite3`` promise about its result."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn
from weakref import WeakSet

from foundrydb import errors
from foundrydb.cursor import Cursor
from foundrydb.engine import WATCH, Engine
from foundrydb.errors import OperationalError, ProgrammingError, not_loaded, not_supported
from foundrydb.opening import forget, open_database
from foundrydb.session import LEGACY_TRANSACTION_CONTROL, Session
from foundrydb.statement import Description, Prepared
from foundrydb.storage.values import contiguous_bytes
from foundrydb.uri import parse_target

if TYPE_CHECKING:
    from foundrydb.decoding import Decoder
    from foundrydb.vm.functions.scalar import Function

_ISOLATION_LEVELS: Final = ("", "DEFERRED", "IMMEDIATE", "EXCLUSIVE")
_PARSE_COLNAMES: Final = 2
_DEFAULTS: Final[dict[str, object]] = {
    "timeout": 5.0,
    "detect_types": 0,
    "isolation_level": "",
    "check_same_thread": True,
    "factory": None,
    "cached_statements": 128,
    "uri": False,
    "autocommit": LEGACY_TRANSACTION_CONTROL,
}

_OPEN: Final[WeakSet[Connection]] = WeakSet()
"""The open connections: what is left of them when the interpreter ends is closed while all modules still work."""


def connect(
    database: str | bytes | os.PathLike[str] | os.PathLike[bytes],
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
        uri: take ``database`` for a URI where it begins with ``file:``.
        autocommit: True: transactions are the user's business; False: there always is one;
            ``LEGACY_TRANSACTION_CONTROL``: see ``isolation_level``.

    Raises:
        OperationalError: it cannot be opened.
    """
    given: dict[str, Any] = {
        "timeout": timeout,
        "detect_types": detect_types,
        "isolation_level": isolation_level,
        "check_same_thread": check_same_thread,
        "factory": factory,
        "cached_statements": cached_statements,
        "uri": uri,
        "autocommit": autocommit,
    }
    # A factory's own constructor need not know of what nobody asked for.
    make = Connection if factory is None else factory
    return make(database, **{name: value for name, value in given.items() if value != _DEFAULTS[name]})


class Connection:
    """An open database.  See ``connect`` for the parameters.

    Attributes:
        engine: what does the work; for tools.
        session: what its cursors share.
        row_factory: what cursors turn rows into, None for tuples; cursors take it over when they are made.
    """

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

    def __init__(
        self,
        database: str | bytes | os.PathLike[str] | os.PathLike[bytes],
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
        vars(self).pop("session", None)  # should what follows fail, the connection is none
        thread = threading.get_ident() if check_same_thread else 0
        level = _isolation_level(isolation_level)
        self.row_factory: Callable[[Cursor, tuple[Any, ...]], Any] | None = None
        self._target = parse_target(os.fsdecode(database), uri)
        self.engine = Engine(open_database(self._target))
        self.engine.write_setting(0, "busy_timeout", max(int(timeout * 1000), 0))
        self.session = Session(self.engine, thread, cached_statements, level, autocommit, detect_types)
        self._process = os.getpid()
        _OPEN.add(self)
        if autocommit is False:
            self.session.run("BEGIN")

    # statements ---------------------------------------------------------------------------------------------

    def cursor(self, factory: Callable[[Connection], Cursor] = Cursor) -> Cursor:
        """A new cursor."""
        self._check()
        cursor = factory(self)
        if not issubclass(type(cursor), Cursor):
            raise TypeError(f"factory must return a cursor, not {type(cursor).__name__}")
        if self.row_factory is not None:
            cursor.row_factory = self.row_factory
        return cursor

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """A new cursor that has run the statement; see ``Cursor.execute``."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """A new cursor that has run the statement for each set of parameters; see ``Cursor.executemany``."""
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> Cursor:
        """A new cursor that has run the script; see ``Cursor.executescript``."""
        return self.cursor().executescript(sql_script)

    def __call__(self, sql: str = "", /) -> Prepared | None:
        """Compile a statement and keep it, without running it."""
        self._check()
        return self.session.prepare(sql)

    # transactions -------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        self._check()
        return not self.engine.autocommit

    @property
    def isolation_level(self) -> str | None:
        """How implicit transactions begin; None: they do not."""
        self._check_made()
        return self.session.isolation_level

    @isolation_level.setter
    def isolation_level(self, level: str | None) -> None:
        self.session.isolation_level = _isolation_level(level)
        if level is None and self.session.open and self.session.autocommit == LEGACY_TRANSACTION_CONTROL:
            self.commit()

    @property
    def autocommit(self) -> bool | int:
        """See ``connect``."""
        found: bool | int = self.session.autocommit
        return found

    @autocommit.setter
    def autocommit(self, value: bool | int) -> None:
        self._check()
        if value is True and not self.engine.autocommit:
            self.session.run("COMMIT")
        elif value is False and self.engine.autocommit:
            self.session.run("BEGIN")
        self.session.autocommit = value

    def commit(self) -> None:
        """Make the open transaction's changes durable; nothing happens where there is none."""
        self._end_transaction("COMMIT")

    def rollback(self) -> None:
        """Undo the open transaction's changes; nothing happens where there is none."""
        self._end_transaction("ROLLBACK")

    def _end_transaction(self, statement: str) -> None:
        self._check()
        if self.session.autocommit is True:
            return
        if not self.engine.autocommit:
            self.session.run(statement)
        if self.session.autocommit is False:
            self.session.run("BEGIN")

    def __enter__(self) -> Connection:
        self._check()
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
        if self.session.autocommit is False and not self.engine.autocommit:
            self.session.run("ROLLBACK")
        session.cache.clear()
        self._release()

    def __del__(self) -> None:
        session = getattr(self, "session", None)
        if session is not None and session.open:
            self._abandon()

    def _abandon(self) -> None:
        """Close a connection that nobody closed; a forked child leaves the files to its parent."""
        if self._process == os.getpid():
            with contextlib.suppress(errors.Error):
                self._release()
        self.session.open = False

    def _release(self) -> None:
        self.session.open = False
        _OPEN.discard(self)
        self.engine.close()
        forget(self._target)

    # what was changed ---------------------------------------------------------------------------------------

    @property
    def total_changes(self) -> int:
        """How many rows were changed since the connection was opened."""
        self._check()
        return self.engine.total_changes

    # callbacks ----------------------------------------------------------------------------------------------

    def create_function(
        self, name: str, narg: int, func: Callable[..., Any] | None, *, deterministic: bool = False
    ) -> None:
        """Let SQL call ``func`` as ``name`` with ``narg`` arguments (-1: any number); None removes it."""
        self._check()
        if func is None:
            self.engine.functions.remove(name, narg)
        else:
            from foundrydb.vm.functions.user import UserFunction

            self._declare(UserFunction(name, _argument_count(narg, "function"), func, deterministic))
        self.engine.expire()

    def create_aggregate(self, name: str, n_arg: int, aggregate_class: Callable[[], Any] | None, /) -> None:
        """Let SQL aggregate with instances of a class that has ``step(...)`` and ``finalize()``."""
        self._check()
        if aggregate_class is None:
            self.engine.functions.remove(name, n_arg)
        else:
            from foundrydb.vm.functions.user import UserAggregate

            self._declare(UserAggregate(name, _argument_count(n_arg, "aggregate"), aggregate_class))
        self.engine.expire()

    def create_window_function(
        self, name: str, num_params: int, aggregate_class: Callable[[], Any] | None, /
    ) -> None:
        """As ``create_aggregate``; the class also has ``value()`` and ``inverse(...)``."""
        self.create_aggregate(name, num_params, aggregate_class)

    def _declare(self, function: Function) -> None:
        self.engine.functions.add(function)

    def create_collation(self, name: str, order: Callable[[str, str], int] | None, /) -> None:
        """Let ``COLLATE name`` order text by ``order(a, b)``: negative, zero or positive; None removes it."""
        self._check()
        if not isinstance(name, str):
            raise TypeError(f"create_collation() argument 1 must be str, not {type(name).__name__}")
        name.encode()
        key = str.upper(name)
        if order is None:
            self.engine.collations.pop(key, None)
        elif not callable(order):
            raise TypeError("parameter must be callable")
        else:
            from foundrydb.vm.functions.user import UserCollation

            self.engine.collations[key] = UserCollation(name, order)
        self.engine.expire()

    def set_progress_handler(self, progress_handler: Callable[[], object] | None, n: int) -> None:
        """Call ``progress_handler`` about every ``n`` loops of a statement; a true answer stops it."""
        self._check()
        self.engine.progress_handler = progress_handler
        self.engine.watch = WATCH if progress_handler is None else max(n, 1)

    def set_trace_callback(self, trace_callback: Callable[[str], object] | None) -> None:
        """Call ``trace_callback`` with each statement before it runs, its parameters filled in."""
        self._check()
        self.session.tracer = trace_callback

    def set_authorizer(self, authorizer_callback: Callable[..., int] | None) -> None:
        """Not supported yet, except for taking it away."""
        self._check()
        if authorizer_callback is not None:
            raise not_supported("authorizers")

    def getlimit(self, category: int, /) -> int:
        """A limit, by one of the constants ``SQLITE_LIMIT_...``."""
        self._check()
        return self.engine.limits.get(category)

    def setlimit(self, category: int, limit: int, /) -> int:
        """Lower a limit, or raise it again up to SQLite's default; the answer is what it was.

        Raises:
            ProgrammingError: there is no such category.
            NotSupportedError: this limit cannot be lowered.
        """
        self._check()
        before = self.engine.limits.set(category, limit)
        self.engine.limited = self.engine.limits.are_lowered()
        return before

    def blobopen(
        self, table: str, column: str, row: int, /, *, readonly: bool = False, name: str = "main"
    ) -> NoReturn:
        """Not supported yet."""
        self._check()
        raise not_supported("blobopen()")

    def interrupt(self) -> None:
        """Stop what the connection runs, with ``SQLITE_INTERRUPT``; may be called from any thread."""
        if not self.session.open:
            raise ProgrammingError("Cannot operate on a closed database.", "SQLITE_MISUSE")
        self.engine.interrupt()

    # copies -------------------------------------------------------------------------------------------------

    def iterdump(self) -> Iterator[str]:
        """The database as SQL, statement by statement."""
        with loading():
            from foundrydb.dump import dump_statements

        self._check()
        return dump_statements(self)

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

        Args:
            pages: between two calls of ``progress``, for all.
            progress: called with 0 (or 101 at the end), the pages that are left, and all pages.
            name: ``main`` or ``temp``.
        """
        with loading():
            from foundrydb.copying import copy_database

        self._check()
        if not isinstance(target, Connection):
            raise TypeError(f"backup() argument 'target' must be Connection, not {type(target).__name__}")
        if target is self:
            raise ValueError("target cannot be the same connection instance")
        target._check()
        copy_database(self.engine, target.engine, name, pages, progress)

    def serialize(self, *, name: str = "main") -> bytes:
        """The bytes that the database has, or would have, as a file."""
        with loading():
            from foundrydb.copying import database_bytes

        self._check()
        return database_bytes(self.engine, name)

    def deserialize(self, data: bytes, /, *, name: str = "main") -> None:
        """Let ``main`` be a database in memory that has these bytes."""
        with loading():
            from foundrydb.copying import replace_with_bytes

        self._check()
        replace_with_bytes(self.engine, contiguous_bytes(data), name)
        self.session.cache.clear()

    # checks, conversions ------------------------------------------------------------------------------------

    def _check(self) -> None:
        self._check_made()
        self.session.check()

    def _check_made(self) -> None:
        if not hasattr(self, "session"):
            raise ProgrammingError("Base Connection.__init__ not called.", "SQLITE_MISUSE")

    @property
    def text_factory(self) -> Callable[[bytes], Any]:
        """What text becomes: ``str``, ``bytes``, ``bytearray`` or any callable of bytes."""
        return self.session.text_factory

    @text_factory.setter
    def text_factory(self, factory: Callable[[bytes], Any]) -> None:
        self.session.text_factory = factory

    def _shape(self, prepared: Prepared) -> tuple[Description | None, Decoder]:
        """What ``Cursor.description`` says of the result, and what turns its rows into what the user wants.

        Names lose their ``[type]`` where that has a meaning.
        """
        session = self.session
        description = prepared.compiled.description
        if session.detect_types & _PARSE_COLNAMES and description is not None:
            description = tuple((column[0].partition(" [")[0], *column[1:]) for column in description)
        from foundrydb.decoding import row_decoder

        return description, row_decoder(prepared.program, session.text_factory, session.detect_types)


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Where a module is loaded late: a typed error if it cannot be."""
    try:
        yield
    except (OSError, ImportError) as cause:
        raise not_loaded(cause) from cause


@atexit.register
def _close_all() -> None:
    """Roll back and close what is still open when the interpreter ends."""
    for connection in list(_OPEN):
        connection._abandon()


def _argument_count(count: int, kind: str) -> int:
    if not -1 <= count <= 127:
        raise OperationalError(f"Error creating {kind}", "SQLITE_MISUSE")
    return count


def _isolation_level(level: str | None) -> str | None:
    """The level in capitals.

    Raises:
        ValueError: there is no such level.
    """
    if level is None:
        return None
    if not isinstance(level, str):
        raise TypeError("isolation_level must be str or None")
    capitals = str.upper(level)
    if capitals not in _ISOLATION_LEVELS:
        raise ValueError("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")
    return capitals
