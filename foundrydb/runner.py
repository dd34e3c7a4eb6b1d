"""The compiled part of a cursor: it runs statements and hands out their rows.

The machine gives rows in batches, as a list of tuples; a fetch is a slice of that list.  Rows pass through Python
code one by one only where a row factory, a text factory or converters ask for it.

The class may be subclassed by anybody, so that each call of one of its own methods would have to look for the method
of a subclass first.  What the public methods share is therefore in functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Self

from mypy_extensions import i64, mypyc_attr

from foundrydb.errors import Error, ProgrammingError
from foundrydb.limits import check_text, check_values
from foundrydb.parameters import bind
from foundrydb.session import Session
from foundrydb.statement import Prepared
from foundrydb.storage.values import Value
from foundrydb.turns import give_turns
from foundrydb.vm.machine import Machine

_NO_PARAMETERS: Final[tuple[Any, ...]] = ()

_BETWEEN_TURNS: Final = 255
"""How many runs of a statement there may be between turns for other threads; a power of two, less one."""

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
        self.row_factory: Any = connection.row_factory
        self._state = _OPEN
        self._busy = False
        self._prepared: Prepared | None = None
        self._machine = None
        self._rows: list[Any] = []
        self._next: i64 = 0
        self._decode: Callable[[Any], Any] | None = None

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
        prepared = _begin(self, "execute", sql)
        if prepared is None:
            return self
        try:
            if prepared.compiled.is_dml:
                self.rowcount = 0
                self.session.begin_if_due()
            _step(self, prepared, bind(prepared.program.parameters, parameters, prepared.literals))
            self.lastrowid = self.session.engine.last_insert_rowid
        finally:
            self._busy = False
        return self

    def executemany(self, sql: Any, parameters: Iterable[Any], /) -> Self:
        """Run one INSERT, UPDATE, DELETE or REPLACE for each set of parameters.

        Raises:
            ProgrammingError: it is another statement.
        """
        prepared = _begin(self, "executemany", sql)
        if prepared is None:
            return self
        session = self.session
        try:
            if not prepared.compiled.is_dml:
                raise ProgrammingError("executemany() can only execute DML statements.", "SQLITE_MISUSE")
            self.rowcount = 0
            session.begin_if_due()
            names = prepared.program.parameters
            literals = prepared.literals
            for count, each in enumerate(parameters):
                if count & _BETWEEN_TURNS == _BETWEEN_TURNS:
                    give_turns()
                _step(self, prepared, bind(names, each, literals))
                _drop_rows(self)
                again = self._prepared
                if again is not None and again is not prepared:
                    prepared = again
                    names = prepared.program.parameters
                    literals = prepared.literals
        finally:
            self._busy = False
        return self

    def executescript(self, sql_script: Any, /) -> Self:
        """Run every statement of a script; rows are dropped.  A pending transaction is committed first."""
        _check(self)
        if not isinstance(sql_script, str):
            raise TypeError(f"executescript() argument must be str, not {type(sql_script).__name__}")
        check_text(sql_script, self.session.engine.limits)
        if "\0" in sql_script:
            raise ValueError("embedded null character")
        _finish(self)
        session = self.session
        session.commit_before_script()
        offset = 0
        count = 0
        while offset < len(sql_script):
            count += 1
            if count & _BETWEEN_TURNS == 0:
                give_turns()
            prepared, offset = session.engine.prepare(sql_script, offset)
            if prepared is None:
                break
            session.run_to_end(prepared, prepared.unbound())
        return self

    # rows ---------------------------------------------------------------------------------------------------

    def fetchone(self) -> Any:
        """The next row; None when there is none."""
        return _row(self) if _ready(self) else None

    def fetchmany(self, size: Any = None) -> list[Any]:
        """The next rows, ``size`` (or ``arraysize``) at most."""
        _check(self)
        wanted: int = self.arraysize if size is None else size
        if wanted <= 0:
            return self.fetchall()
        result: list[Any] = []
        while len(result) < wanted:
            part = self._rows[self._next : self._next + wanted - len(result)]
            if not part:
                if not _more(self):
                    break
                continue
            self._next += len(part)
            result += part
        return _shaped(self, result)

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        _check(self)
        rows = self._rows[self._next :] if self._next > 0 else self._rows
        self._rows = []
        self._next = 0
        if self._machine is not None:
            while _more(self):
                rows += self._rows
            self._rows = []
        if self._decode is None and self.row_factory is None:
            return rows
        return _shaped(self, rows)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        if not _ready(self):
            raise StopIteration
        return _row(self)

    # the rest of PEP 249 ------------------------------------------------------------------------------------

    def setinputsizes(self, sizes: Any, /) -> None:
        """Does nothing, as PEP 249 allows."""

    def setoutputsize(self, size: Any, column: Any = None, /) -> None:
        """Does nothing, as PEP 249 allows."""

    def close(self) -> None:
        """End the running statement; the cursor cannot be used any more."""
        if self._state == _UNMADE:
            raise ProgrammingError("Base Cursor.__init__ not called.", "SQLITE_MISUSE")
        self.session.check_thread()
        _refuse_recursion(self)
        _finish(self)
        self._state = _CLOSED

    def __del__(self) -> None:
        machine = self._machine
        if machine is not None and not machine.done:
            machine.reset()


def _check(cursor: Runner) -> None:
    if cursor._state == _UNMADE:
        raise ProgrammingError("Base Cursor.__init__ not called.", "SQLITE_MISUSE")
    if cursor._state == _CLOSED:
        raise ProgrammingError("Cannot operate on a closed cursor.", "SQLITE_MISUSE")
    cursor.session.check()


def _refuse_recursion(cursor: Runner) -> None:
    """See that the cursor is not used by what it called itself."""
    if cursor._busy:
        raise ProgrammingError("Recursive use of cursors not allowed.", "SQLITE_MISUSE")


def _begin(cursor: Runner, method: str, sql: Any) -> Prepared | None:
    """Check, end what ran, and look the statement up; None for an empty one."""
    _check(cursor)
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


def _step(cursor: Runner, prepared: Prepared, values: list[Value]) -> None:
    """Run to the first batch of rows, again with a newly compiled program where the schema changed."""
    session = cursor.session
    if session.tracer is not None:
        session.trace(prepared, values)
    if session.engine.limited:
        check_values(values, session.engine.limits)
    ran, machine, rows = session.engine.first_batch(prepared, values)
    if ran is not prepared:
        session.keep(ran)
        cursor._prepared = ran
    cursor._rows = rows
    cursor._next = 0
    cursor.description = ran.compiled.description
    cursor._decode = None
    if session.text_factory is not str or session.detect_types:
        cursor.description, cursor._decode = cursor.connection._shape(ran)
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
    _check(cursor)
    _refuse_recursion(cursor)
    if cursor._next < len(cursor._rows) or _more(cursor):
        return True
    cursor._rows = []
    cursor._next = 0
    return False


def _row(cursor: Runner) -> Any:
    row = cursor._rows[cursor._next]
    cursor._next += 1
    if cursor._decode is not None:
        cursor._busy = True
        try:
            row = cursor._decode(row)
        finally:
            cursor._busy = False
    factory = cursor.row_factory
    return row if factory is None else factory(cursor, row)


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
    """The rows as the factories and converters want them."""
    decode = cursor._decode
    if decode is not None:
        cursor._busy = True
        try:
            rows = [decode(row) for row in rows]
        finally:
            cursor._busy = False
    factory = cursor.row_factory
    if factory is not None:
        return [factory(cursor, row) for row in rows]
    return rows
