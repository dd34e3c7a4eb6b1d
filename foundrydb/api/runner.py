"""The compiled part of a cursor: it runs statements and hands out their rows.

As in ``sqlite3`` a statement is one row ahead of what was fetched: it stands on its first row when ``execute``
returns, on the one after when a row is handed out, and has ended when the last one is.  What is seen of the changes,
and of the locks, that are made between two fetches depends on that.  Only where many rows are asked for at once, and
no code of the user's comes in between, are they computed in batches.

The class may be subclassed by anybody, so that each call of one of its own methods would have to look for the method
of a subclass first.  What the public methods share is therefore in functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import index
from typing import Any, Final, Self

from mypy_extensions import i64, mypyc_attr

from foundrydb.api.lease import Lease
from foundrydb.api.session import Session
from foundrydb.api.values.parameters import bind
from foundrydb.engine.options.limits import check_text, check_values
from foundrydb.engine.statement import Prepared
from foundrydb.engine.turns import give_turns
from foundrydb.errors import Error, ProgrammingError
from foundrydb.storage.format.values import Value
from foundrydb.vm.machine import BATCH, Machine

_NO_PARAMETERS: Final[tuple[Any, ...]] = ()

_BETWEEN_TURNS: Final = 255
_NOT_DML: Final = "executemany() can only execute DML statements."
"""How many runs of a statement there may be between turns for other threads; a power of two, less one."""

_END: Final = object()
"""Stands for the row after the last one."""

_NO_ROWS: Final[list[Any]] = []
"""Nothing is ever added to it."""

_ALL: Final = 1 << 62
_INT_LIMIT: Final = 1 << 31

_UNMADE: Final = 0
_OPEN: Final = 1
_CLOSED: Final = 2


@mypyc_attr(allow_interpreted_subclasses=True)
class Runner:
    """What ``Cursor`` inherits; see there.

    Attributes:
        session: of the connection.
    """

    # What a subclass that does not call __init__ has.
    _state: i64 = _UNMADE
    _machine: Machine | None = None

    def __init__(self, connection: Any, /) -> None:
        check = getattr(connection, "_check", None)
        if check is None:
            raise TypeError(f"Cursor() argument 1 must be Connection, not {type(connection).__name__}")
        check()
        if self._state == _OPEN:
            _refuse_recursion(self)
        self.connection: Any = connection
        self.session: Session = connection.session
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self.row_factory: Any = None
        self._state = _OPEN
        self._busy = False
        self._prepared: Prepared | None = None
        self._machine = None
        self._lease: Lease | None = None
        self._rows: list[Any] = []
        self._next: i64 = 0
        self._decode: Callable[[Any], Any] | None = None
        self._decoded_for: Any = None

    # running ------------------------------------------------------------------------------------------------

    def execute(self, sql: Any, parameters: Any = _NO_PARAMETERS, /) -> Self:
        """Run one statement.

        Args:
            sql: its text.
            parameters: values for its ``?`` in order, or a mapping for its ``:names``.

        Raises:
            Error: it is wrong, or it failed.
            ProgrammingError: there is a second statement, or the parameters do not fit.
        """
        session = _enter(self)
        try:
            _execute(self, session, sql, parameters)
        finally:
            session.leave()
        return self

    def executemany(self, sql: Any, parameters: Iterable[Any], /) -> Self:
        """Run one statement that changes the database for each set of parameters.

        Raises:
            ProgrammingError: it changes nothing, or the connection was closed by what gives the parameters.
        """
        session = _enter(self)
        try:
            prepared = _begin(self, "executemany", sql)
        finally:
            session.leave()
        if prepared is None:
            raise ProgrammingError(_NOT_DML)
        try:
            _execute_many(self, session, prepared, parameters)
        except BaseException:
            self.rowcount = -1
            raise
        finally:
            self._busy = False
        return self

    def executescript(self, sql_script: Any, /) -> Self:
        """Run every statement of a script; rows are dropped.  A pending transaction is committed first."""
        session = _enter(self)
        try:
            _execute_script(self, session, sql_script)
        finally:
            session.leave()
        return self

    # rows ---------------------------------------------------------------------------------------------------

    def fetchone(self) -> Any:
        """The next row; None when there is none."""
        row = _next_row(self)
        return None if row is _END else row

    def fetchmany(self, size: Any = None) -> list[Any]:
        """The next rows, ``size`` (or ``arraysize``) at most; all where that is not positive."""
        session = _enter(self)
        try:
            wanted: int = self.arraysize if size is None else index(size)
            if not -_INT_LIMIT <= wanted < _INT_LIMIT:
                raise OverflowError("Python int too large to convert to C int")
            return _some(self, wanted if wanted > 0 else _ALL)
        finally:
            session.leave()

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        session = _enter(self)
        try:
            return _some(self, _ALL)
        finally:
            session.leave()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        row = _next_row(self)
        if row is _END:
            raise StopIteration
        return row

    # the rest of PEP 249 ------------------------------------------------------------------------------------

    def setinputsizes(self, sizes: Any, /) -> None:
        """Does nothing, as PEP 249 allows."""

    def setoutputsize(self, size: Any, column: Any = None, /) -> None:
        """Does nothing, as PEP 249 allows."""

    def close(self) -> None:
        """End the running statement; the cursor cannot be used any more."""
        if self._state == _UNMADE:
            raise ProgrammingError("Base Cursor.__init__ not called.")
        session = self.session
        session.check_thread()
        session.check()
        session.enter()
        try:
            _refuse_recursion(self)
            _finish(self)
            self._state = _CLOSED
        finally:
            session.leave()


def _enter(cursor: Runner) -> Session:
    """Check that the cursor can be used, and take its session's lock."""
    _check(cursor)
    session = cursor.session
    session.enter()
    if session.lock is not None and not session.open:  # closed while this thread waited
        session.leave()
        session.check()
    return session


def _check(cursor: Runner) -> None:
    if cursor._state == _UNMADE:
        raise ProgrammingError("Base Cursor.__init__ not called.")
    if cursor._state == _CLOSED:
        raise ProgrammingError("Cannot operate on a closed cursor.")
    cursor.session.check()


def _refuse_recursion(cursor: Runner) -> None:
    """See that the cursor is not used by what it called itself."""
    if cursor._busy:
        raise ProgrammingError("Recursive use of cursors not allowed.")


def _begin(cursor: Runner, method: str, sql: Any) -> Prepared | None:
    """End what ran, and look the statement up, from when on the cursor is busy; None for an empty one."""
    if not isinstance(sql, str):
        raise TypeError(f"{method}() argument 1 must be str, not {type(sql).__name__}")
    _refuse_recursion(cursor)
    _finish(cursor)
    cursor.description = None
    cursor.rowcount = -1
    prepared = cursor.session.prepare(sql)
    cursor._prepared = prepared
    cursor._busy = prepared is not None
    return prepared


def _execute(cursor: Runner, session: Session, sql: Any, parameters: Any) -> None:
    prepared = _begin(cursor, "execute", sql)
    if prepared is None:
        return
    try:
        if prepared.compiled.is_dml:
            cursor.rowcount = 0
            session.begin_if_due()
        _step(cursor, prepared, bind(prepared.program.parameters, parameters, prepared.literals))
        cursor.lastrowid = session.engine.statements.last_insert_rowid
    except BaseException:
        cursor.rowcount = -1
        raise
    finally:
        cursor._busy = False


def _execute_many(cursor: Runner, session: Session, prepared: Prepared, parameters: Iterable[Any]) -> None:
    """Run the statement for each set of parameters; other threads may use the connection in between."""
    if prepared.program.read_only:
        raise ProgrammingError(_NOT_DML)
    rows = iter(parameters)
    if prepared.compiled.is_dml:
        cursor.rowcount = 0
        session.enter()
        try:
            session.begin_if_due()
        finally:
            session.leave()
    names = prepared.program.parameters
    literals = prepared.literals
    for count, each in enumerate(rows):
        if count & _BETWEEN_TURNS == _BETWEEN_TURNS:
            give_turns()
        if not session.open:
            session.check()
        if session.lock is None:
            _step(cursor, prepared, bind(names, each, literals))
            _drop_rows(cursor)
        else:
            _step_in_turn(cursor, session, prepared, bind(names, each, literals))
        again = cursor._prepared
        if again is not None and again is not prepared:
            prepared = again
            names = prepared.program.parameters
            literals = prepared.literals


def _step_in_turn(cursor: Runner, session: Session, prepared: Prepared, values: list[Value]) -> None:
    """Run the statement to its end while no other thread uses the connection."""
    session.enter()
    try:
        _step(cursor, prepared, values)
        _drop_rows(cursor)
    finally:
        session.leave()


def _execute_script(cursor: Runner, session: Session, script: Any) -> None:
    if not isinstance(script, str):
        raise TypeError(f"executescript() argument must be str, not {type(script).__name__}")
    check_text(script, session.engine.preparer.limits)
    if "\0" in script:
        raise ValueError("embedded null character")
    _finish(cursor)
    session.commit_before_script()
    offset = 0
    count = 0
    while offset < len(script):
        count += 1
        if count & _BETWEEN_TURNS == 0:
            give_turns()
        start = offset
        prepared, offset = session.engine.prepare(script, start)
        if prepared is None:
            break
        session.run_to_end(prepared, prepared.unbound(), start)


def _step(cursor: Runner, prepared: Prepared, values: list[Value]) -> None:
    """Run to the first row, again with a newly compiled program where the schema changed."""
    session = cursor.session
    if session.tracer is not None:
        session.trace(prepared, values)
    if session.engine.preparer.limited:
        check_values(values, session.engine.preparer.limits)
    ran, machine, rows = session.engine.first_row(prepared, values)
    if session.engine.failures:
        session.engine.raise_failure(machine)
    if ran is not prepared:
        session.statements.keep(ran)
        cursor._prepared = ran
    cursor._rows = rows
    cursor._next = 0
    cursor.description = ran.compiled.description
    cursor._decode = None
    if session.detect_types:
        cursor.description = session.described(ran)
    _settle(cursor, ran, machine)


def _settle(cursor: Runner, prepared: Prepared, machine: Machine) -> None:
    """Keep the machine as long as more rows may come."""
    if not machine.done:
        if cursor._machine is not machine:
            cursor._machine = machine
            cursor._lease = Lease(cursor.session, machine)
        return
    _let_go(cursor)
    if prepared.compiled.is_dml:
        cursor.rowcount += machine.changes
    prepared.compiled.give_back(machine)


def _let_go(cursor: Runner) -> None:
    """The run has ended, or is about to: there is no machine to ask for rows."""
    cursor._machine = None
    if cursor._lease is not None:
        cursor._lease.machine = None
        cursor._lease = None


def _drop_rows(cursor: Runner) -> None:
    """Run a statement to its end; what it returns is not wanted."""
    if cursor._machine is not None:
        while _more(cursor, BATCH):
            pass
    cursor._rows = _NO_ROWS


def _some(cursor: Runner, wanted: i64) -> list[Any]:
    """The next rows, so many at most."""
    _refuse_recursion(cursor)
    result: list[Any] = []
    missing = wanted
    while missing > 0 and cursor._next < len(cursor._rows) and not _comes_in_between(cursor):
        rows = cursor._rows
        if cursor._next > 0 or len(rows) > missing:
            rows = rows[cursor._next : cursor._next + missing]
        cursor._next += len(rows)
        missing -= len(rows)
        if result:
            result += rows
        else:
            result = rows
        if cursor._next == len(cursor._rows):
            _more(cursor, missing + 1 if missing < BATCH else BATCH)
    while missing > 0 and (cursor.row_factory is not None or cursor._next < len(cursor._rows)):
        _check(cursor)
        row = _row(cursor)
        if row is _END:
            break
        result.append(row)
        missing -= 1
    return result


def _comes_in_between(cursor: Runner) -> bool:
    """Whether code of the user's may run, or a row may be refused, where one row follows another."""
    return cursor.row_factory is not None or not cursor.session.hands_out_plainly()


def _next_row(cursor: Runner) -> Any:
    """The next row as the user wants it; ``_END`` where there is none."""
    _check(cursor)
    if cursor.session.lock is None:
        return _row(cursor)
    session = _enter(cursor)
    try:
        return _row(cursor)
    finally:
        session.leave()


def _row(cursor: Runner) -> Any:
    """The next row; one that cannot be decoded stays the next one, one after which the statement fails is lost."""
    _refuse_recursion(cursor)
    if cursor._next == len(cursor._rows):
        return _END
    row = cursor._rows[cursor._next]
    if not cursor.session.hands_out_plainly():
        row = _decoded(cursor, row)
    cursor._next += 1
    if cursor._next == len(cursor._rows):
        _more(cursor, 1)
    factory = cursor.row_factory
    return row if factory is None else factory(cursor, row)


def _decoded(cursor: Runner, row: Any) -> Any:
    decode = _decoder(cursor)
    return row if decode is None else _guarded(cursor, decode, row)


def _guarded(cursor: Runner, decode: Callable[[Any], Any], row: Any) -> Any:
    """The decoded row; the user's code that decodes it may not use the cursor."""
    cursor._busy = True
    try:
        return decode(row)
    finally:
        cursor._busy = False


def _more(cursor: Runner, most: i64) -> bool:
    """Run on to the next rows, so many at most; False when there is none."""
    cursor._rows = _NO_ROWS
    cursor._next = 0
    machine = cursor._machine
    prepared = cursor._prepared
    if machine is None or prepared is None:
        return False
    if not cursor.session.open:
        cursor.session.check()
    busy = cursor._busy
    cursor._busy = True
    try:
        rows = machine.run(most)
    except BaseException as problem:
        cursor._busy = busy
        _let_go(cursor)
        cursor.session.engine.failures.clear()
        if isinstance(problem, Error) and problem.sql is None:
            problem.sql = prepared.sql
        raise
    cursor._busy = busy
    if cursor.session.engine.failures:
        _let_go(cursor)
        cursor.session.engine.raise_failure(machine)
    cursor._rows = rows
    _settle(cursor, prepared, machine)
    return len(rows) > 0


def _finish(cursor: Runner) -> None:
    """End a statement that is still running."""
    machine = cursor._machine
    if machine is not None:
        _let_go(cursor)
        prepared = cursor._prepared
        if prepared is not None:
            prepared.compiled.give_back(machine)
    cursor._rows = _NO_ROWS
    cursor._next = 0


def _decoder(cursor: Runner) -> Callable[[Any], Any] | None:
    """What turns a row of SQL values into what the user wants, as it is asked for now; None where that is the same."""
    session = cursor.session
    prepared = cursor._prepared
    if session.hands_out_plainly() or prepared is None:
        return None
    if cursor._decode is None or cursor._decoded_for is not session.text_factory:
        cursor._decoded_for = session.text_factory
        cursor._decode = session.decoder(prepared)
    return cursor._decode
