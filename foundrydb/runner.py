"""The compiled part of a cursor: it runs statements and hands out their rows.

The machine gives rows in batches, as a list of tuples; a fetch is a slice of that list.  Rows pass through Python
code one by one only where a row factory, a text factory or converters ask for it.

The class may be subclassed by anybody, so that each call of one of its own methods would have to look for the method
of a subclass first.  What the public methods share is therefore in functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import index
from typing import Any, Final, Self

from mypy_extensions import i64, mypyc_attr

from foundrydb.errors import Error, ProgrammingError
from foundrydb.limits import check_text, check_values
from foundrydb.parameters import bind
from foundrydb.session import Session
from foundrydb.statement import Prepared
from foundrydb.storage.format.values import Value
from foundrydb.turns import give_turns
from foundrydb.vm.machine import Machine

_NO_PARAMETERS: Final[tuple[Any, ...]] = ()

_BETWEEN_TURNS: Final = 255
_NOT_DML: Final = "executemany() can only execute DML statements."
"""How many runs of a statement there may be between turns for other threads; a power of two, less one."""

_END: Final = object()
"""Stands for the row after the last one."""

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
            return _part(self, wanted) if wanted > 0 else _all(self)
        finally:
            session.leave()

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        session = _enter(self)
        try:
            return _all(self)
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
        session.enter()
        try:
            _refuse_recursion(self)
            _finish(self)
            self._state = _CLOSED
        finally:
            session.leave()

    def __del__(self) -> None:
        machine = self._machine
        if machine is not None and not machine.done:
            self.session.drop(machine)


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
        cursor.lastrowid = session.engine.last_insert_rowid
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
    check_text(script, session.engine.limits)
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
        prepared, offset = session.engine.prepare(script, offset)
        if prepared is None:
            break
        session.run_to_end(prepared, prepared.unbound())


def _step(cursor: Runner, prepared: Prepared, values: list[Value]) -> None:
    """Run to the first batch of rows, again with a newly compiled program where the schema changed."""
    session = cursor.session
    if session.tracer is not None:
        session.trace(prepared, values)
    if session.engine.limited:
        check_values(values, session.engine.limits)
    ran, machine, rows = session.engine.first_batch(prepared, values)
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
        cursor._machine = machine
        return
    cursor._machine = None
    if prepared.compiled.is_dml:
        cursor.rowcount += machine.changes
    prepared.compiled.give_back(machine)


def _drop_rows(cursor: Runner) -> None:
    """Run a statement to its end; what it returns is not wanted."""
    if cursor._machine is not None:
        while _more(cursor):
            pass
    cursor._rows = []


def _ready(cursor: Runner) -> bool:
    """Whether there is a next row; the next batch is fetched once the last one is used up."""
    _refuse_recursion(cursor)
    if cursor._next < len(cursor._rows) or _more(cursor):
        return True
    cursor._rows = []
    cursor._next = 0
    return False


def _part(cursor: Runner, wanted: int) -> list[Any]:
    """The next rows, so many at most."""
    result: list[Any] = []
    while len(result) < wanted:
        part = cursor._rows[cursor._next : cursor._next + wanted - len(result)]
        if not part:
            if not _more(cursor):
                break
            continue
        cursor._next += len(part)
        result += part
    return _shaped(cursor, result)


def _all(cursor: Runner) -> list[Any]:
    """All rows that are left."""
    rows = cursor._rows[cursor._next :] if cursor._next > 0 else cursor._rows
    cursor._rows = []
    cursor._next = 0
    if cursor._machine is not None:
        while _more(cursor):
            rows += cursor._rows
        cursor._rows = []
    return _shaped(cursor, rows)


def _next_row(cursor: Runner) -> Any:
    """The next row as the user wants it; ``_END`` where there is none."""
    _check(cursor)
    if cursor.session.lock is None:
        return _row(cursor) if _ready(cursor) else _END
    session = _enter(cursor)
    try:
        return _row(cursor) if _ready(cursor) else _END
    finally:
        session.leave()


def _row(cursor: Runner) -> Any:
    """The next row; one that cannot be decoded stays the next one."""
    row = cursor._rows[cursor._next]
    if not cursor.session.hands_out_plainly():
        row = _decoded(cursor, row)
    cursor._next += 1
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


def _more(cursor: Runner) -> bool:
    """Get the next batch; False when there is none."""
    machine = cursor._machine
    prepared = cursor._prepared
    if machine is None or prepared is None:
        return False
    cursor.session.check()
    try:
        cursor._rows = machine.run()
    except Error as problem:
        cursor._machine = None
        cursor._rows = []
        cursor._next = 0
        if problem.sql is None:
            problem.sql = prepared.sql
        raise
    cursor._next = 0
    _settle(cursor, prepared, machine)
    return len(cursor._rows) > 0


def _finish(cursor: Runner) -> None:
    """End a statement that is still running."""
    machine = cursor._machine
    if machine is not None:
        cursor._machine = None
        if not machine.done:
            machine.reset()
    cursor._rows = []
    cursor._next = 0


def _shaped(cursor: Runner, rows: list[Any]) -> list[Any]:
    """The rows as the factories and converters want them; what comes after one that fails waits for the next fetch."""
    decode = _decoder(cursor)
    factory = cursor.row_factory
    if decode is None and factory is None:
        return rows
    result: list[Any] = []
    done: i64 = 0
    try:
        for row in rows:
            if decode is not None:
                row = _guarded(cursor, decode, row)
            done += 1
            result.append(row if factory is None else factory(cursor, row))
    except BaseException:
        cursor._rows = rows[done:] + cursor._rows[cursor._next :]
        cursor._next = 0
        raise
    return result


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
