"""Cursors: run statements and hand out their rows.

The machine gives rows in batches, as a list of tuples; a fetch is a slice of that list.  Rows pass through Python
code one by one only where a row factory, a text factory or converters ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import get_ident
from typing import TYPE_CHECKING, Any

from foundrydb.errors import Error, ProgrammingError
from foundrydb.statement import Description, Prepared, bind, skip_blank

if TYPE_CHECKING:
    from foundrydb.connection import Connection
    from foundrydb.vm.machine import Machine


class Cursor:
    """Runs statements on a connection (PEP 249; the details are those of the standard library's ``sqlite3``).

    Attributes:
        connection: whose cursor it is.
        description: a tuple (name, and six times None) for each column of the result; None without one.
        rowcount: rows that INSERT, UPDATE, DELETE or REPLACE changed; -1 for other statements.
        lastrowid: the rowid that the last INSERT of the connection wrote.
        arraysize: how many rows ``fetchmany`` returns.
        row_factory: called with the cursor and each row's tuple; its answer is what a fetch returns.
    """

    __slots__ = (
        "__weakref__",
        "_busy",
        "_closed",
        "_decode",
        "_machine",
        "_next",
        "_prepared",
        "_rows",
        "arraysize",
        "connection",
        "description",
        "lastrowid",
        "row_factory",
        "rowcount",
    )

    def __init__(self, connection: Connection, /) -> None:
        check = getattr(connection, "_check", None)
        if check is None:
            raise TypeError(f"Cursor() argument 1 must be Connection, not {type(connection).__name__}")
        check()
        self.connection = connection
        self.description: Description | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self.row_factory: Callable[[Cursor, tuple[Any, ...]], Any] | None = connection.row_factory
        self._closed = False
        self._busy = False
        self._prepared: Prepared | None = None
        self._machine: Machine | None = None
        self._rows: list[tuple[Any, ...]] = []
        self._next = 0
        self._decode: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None

    # running ------------------------------------------------------------------------------------------------

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """Run one statement.

        Args:
            sql: its text.
            parameters: values for its ``?`` in order, or a mapping for its ``:names``.

        Raises:
            Error: it is wrong, or it failed.
            ProgrammingError: there is a second statement, or the parameters do not fit.
        """
        prepared = self._begin("execute", sql)
        if prepared is None:
            return self
        connection = self.connection
        try:
            if prepared.is_dml:
                self.rowcount = 0
                connection._begin_if_due()
            self._step(prepared, bind(prepared, parameters), None)
            self.lastrowid = connection.engine.last_insert_rowid
        finally:
            self._busy = False
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Run one INSERT, UPDATE, DELETE or REPLACE for each set of parameters.

        Raises:
            ProgrammingError: it is another statement.
        """
        prepared = self._begin("executemany", sql)
        if prepared is None:
            return self
        connection = self.connection
        try:
            if not prepared.is_dml:
                raise ProgrammingError("executemany() can only execute DML statements.", "SQLITE_MISUSE")
            self.rowcount = 0
            connection._begin_if_due()
            machine: Machine | None = None
            engine = connection.engine
            for each in parameters:
                values = bind(prepared, each)
                if (
                    machine is None
                    or engine.generation != prepared.generation
                    or connection._tracer is not None
                ):
                    machine = self._step(prepared, values, machine)
                    self._finish()
                    prepared = self._prepared or prepared
                else:
                    self._repeat(prepared, values, machine)
        finally:
            self._busy = False
        return self

    def executescript(self, sql_script: str, /) -> Cursor:
        """Run every statement of a script; rows are dropped.  A pending transaction is committed first."""
        self._check()
        if not isinstance(sql_script, str):
            raise TypeError(f"executescript() argument must be str, not {type(sql_script).__name__}")
        if "\0" in sql_script:
            raise ValueError("embedded null character")
        self._finish()
        connection = self.connection
        connection._commit_before_script()
        engine = connection.engine
        offset = 0
        while offset < len(sql_script):
            prepared, offset = engine.prepare(sql_script, offset)
            if prepared is None:
                break
            connection._trace(prepared, [None])
            _, machine, rows = engine.first_batch(prepared, [None] * len(prepared.parameters))
            while rows:
                rows = machine.run()
        return self

    def _begin(self, method: str, sql: str) -> Prepared | None:
        """Check, end what ran, and look the statement up; None for an empty one."""
        self._check()
        if not isinstance(sql, str):
            raise TypeError(f"{method}() argument 1 must be str, not {type(sql).__name__}")
        if self._busy:
            raise ProgrammingError("Recursive use of cursors not allowed.", "SQLITE_MISUSE")
        if self._machine is not None or self._rows:
            self._finish()
        self.description = None
        self.rowcount = -1
        prepared = self.connection._prepare(sql)
        self._prepared = prepared
        self._busy = prepared is not None
        return prepared

    def _step(self, prepared: Prepared, values: list[Any], machine: Machine | None) -> Machine:
        """Run to the first batch of rows, again with a newly compiled program where the schema changed."""
        connection = self.connection
        if connection._tracer is not None:
            connection._trace(prepared, values)
        ran, machine, rows = connection.engine.first_batch(prepared, values, machine)
        if ran is not prepared:
            connection._keep(ran)
            self._prepared = prepared = ran
        self._rows = rows
        self._next = 0
        self.description = prepared.description
        if connection.text_factory is not str or connection._detect_types:
            self.description = connection._description(prepared)
            self._decode = connection._decoder(prepared)
        else:
            self._decode = None
        if machine.done:
            self._machine = None
            if prepared.is_dml:
                self.rowcount += machine.changes
        else:
            self._machine = machine
        return machine

    def _repeat(self, prepared: Prepared, values: list[Any], machine: Machine) -> None:
        """Run a statement once more, on the machine that ran it before; its rows are dropped."""
        machine.reset()
        machine.parameters = values
        try:
            while machine.run():
                pass
        except Error as problem:
            if problem.sqlite_errorname != "SQLITE_SCHEMA":
                _place(problem, prepared.sql)
                raise
            self._step(prepared, values, None)
            self._finish()
        else:
            self.rowcount += machine.changes

    def _more(self) -> bool:
        """Get the next batch, once the last one is used up; False when there is none."""
        machine = self._machine
        if machine is None:
            return False
        self.connection._check()
        try:
            self._rows = machine.run()
        except Error as problem:
            self._machine = None
            self._rows = []
            self._next = 0
            if self._prepared is not None:
                _place(problem, self._prepared.sql)
            raise
        self._next = 0
        if machine.done:
            self._machine = None
            if self._prepared is not None and self._prepared.is_dml:
                self.rowcount += machine.changes
        return bool(self._rows)

    def _finish(self) -> None:
        """End a statement that is still running."""
        machine = self._machine
        self._machine = None
        self._rows = []
        self._next = 0
        if machine is not None and not machine.done:
            machine.reset()

    # rows ---------------------------------------------------------------------------------------------------

    def fetchone(self) -> Any:
        """The next row; None when there is none."""
        return next(self, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows, ``size`` (or ``arraysize``) at most."""
        self._check()
        wanted = self.arraysize if size is None else size
        if wanted <= 0:
            return self.fetchall()
        result: list[Any] = []
        while len(result) < wanted:
            part = self._rows[self._next : self._next + wanted - len(result)]
            if not part:
                if not self._more():
                    break
                continue
            self._next += len(part)
            result += part
        return self._shaped(result)

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        self._check()
        rows = self._rows[self._next :] if self._next else self._rows
        self._rows = []
        self._next = 0
        machine = self._machine
        if machine is not None:
            while self._more():
                rows += self._rows
            self._rows = []
        return self._shaped(rows)

    def _shaped(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        """The rows as the factories and converters want them."""
        decode = self._decode
        if decode is not None:
            rows = [decode(row) for row in rows]
        factory = self.row_factory
        if factory is not None:
            return [factory(self, row) for row in rows]
        return rows

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self._check()
        if self._next >= len(self._rows) and not self._more():
            self._rows = []
            self._next = 0
            raise StopIteration
        row = self._rows[self._next]
        self._next += 1
        if self._decode is not None:
            row = self._decode(row)
        factory = self.row_factory
        return row if factory is None else factory(self, row)

    # the rest of PEP 249 ------------------------------------------------------------------------------------

    def setinputsizes(self, sizes: Any, /) -> None:
        """Does nothing, as PEP 249 allows."""

    def setoutputsize(self, size: Any, column: Any = None, /) -> None:
        """Does nothing, as PEP 249 allows."""

    def close(self) -> None:
        """End the running statement; the cursor cannot be used any more."""
        self.connection._check_thread()
        self._finish()
        self._closed = True

    def _check(self) -> None:
        if self._closed:
            raise ProgrammingError("Cannot operate on a closed cursor.", "SQLITE_MISUSE")
        connection = self.connection
        if not connection._open or (connection._thread and connection._thread != get_ident()):
            connection._check()

    def __del__(self) -> None:
        machine = getattr(self, "_machine", None)
        if machine is not None and not machine.done:
            machine.reset()


def _place(problem: Error, sql: str) -> None:
    """Let an error know its statement's text."""
    if problem.sql is None:
        problem.sql = sql


def check_single(sql: str, end: int) -> None:
    """See that nothing but space and comments follows a statement.

    Raises:
        ProgrammingError: something does.
    """
    if end < len(sql) and skip_blank(sql, end) < len(sql):
        raise ProgrammingError("You can only execute one statement at a time.", "SQLITE_MISUSE")
