"""The part of a connection that every statement passes: checks, the cache of statements, implicit transactions."""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable
from typing import Any, Final, final

from foundrydb.engine import Engine
from foundrydb.errors import ProgrammingError
from foundrydb.limits import check_text
from foundrydb.statement import Prepared, check_single, skip_blank
from foundrydb.storage.values import Value

LEGACY_TRANSACTION_CONTROL: Final = -1
"""For ``autocommit``: ``isolation_level`` says when a transaction begins."""


@final
class Session:
    """What the statements of a connection share.

    Attributes:
        engine: what does the work.
        open: whether the connection is.
        thread: the only thread that may use the connection, 0 for any.
        cache: the compiled statements by their texts, the one used last at the end.
        cache_size: how many are kept.
        isolation_level, autocommit: when transactions begin and end; see ``connect``.
        text_factory, detect_types: what becomes of values; see ``connect`` and ``Connection``.
        tracer: called with each statement before it runs.
    """

    def __init__(
        self,
        engine: Engine,
        thread: int,
        cache_size: int,
        isolation_level: str | None,
        autocommit: Any,
        detect_types: int,
    ) -> None:
        self.engine: Final = engine
        self.open = True
        self.thread: Final = thread
        self.cache: Final[dict[str, Prepared]] = {}
        self.cache_size: Final = cache_size
        self.isolation_level = isolation_level
        self.autocommit: Any = autocommit
        self.detect_types: Final = detect_types
        self.text_factory: Callable[[bytes], Any] = str
        self.tracer: Callable[[str], object] | None = None

    def check(self) -> None:
        """See that the connection is open and used by its own thread.

        Raises:
            ProgrammingError: it is not.
        """
        if not self.open:
            raise ProgrammingError("Cannot operate on a closed database.", "SQLITE_MISUSE")
        if self.thread != 0:
            self.check_thread()

    def check_thread(self) -> None:
        """See that the connection is used by its own thread.

        Raises:
            ProgrammingError: it is not.
        """
        here = get_ident()
        if self.thread != 0 and self.thread != here:
            raise ProgrammingError(
                "SQLite objects created in a thread can only be used in that same thread. The object was "
                f"created in thread id {self.thread} and this is thread id {here}.",
                "SQLITE_MISUSE",
            )

    # statements ---------------------------------------------------------------------------------------------

    def prepare(self, sql: str) -> Prepared | None:
        """The compiled statement, from the cache where it is there and not stale; None for an empty text."""
        cache = self.cache
        found = cache.pop(sql, None)
        if found is not None and found.compiled.generation == self.engine.generation:
            cache[sql] = found
            return found
        check_text(sql, self.engine.limits)
        if "\0" in sql:
            raise ProgrammingError("the query contains a null character", "SQLITE_MISUSE")
        prepared, end = self.engine.prepare(sql)
        check_single(sql, end)
        if prepared is None:
            if skip_blank(sql) < len(sql):
                check_single(sql, 0)
            return None
        self.keep(prepared)
        return prepared

    def keep(self, prepared: Prepared) -> None:
        """Put a statement into the cache; the one that was used least lately makes room."""
        cache = self.cache
        if self.cache_size > 0:
            cache.pop(prepared.sql, None)
            while len(cache) >= self.cache_size:
                del cache[next(iter(cache))]
            cache[prepared.sql] = prepared

    def run(self, sql: str) -> None:
        """Run a statement of the connection's own."""
        prepared = self.prepare(sql)
        assert prepared is not None
        self.run_to_end(prepared, [None])

    def run_to_end(self, prepared: Prepared, values: list[Value]) -> None:
        """Run a statement, whatever rows it has."""
        self.trace(prepared, values)
        ran, machine, rows = self.engine.first_batch(prepared, values)
        while rows:
            rows = machine.run()
        ran.compiled.give_back(machine)

    def trace(self, prepared: Prepared, values: list[Value]) -> None:
        """Tell the tracer what is going to run."""
        if self.tracer is not None:
            from foundrydb.trace import trace

            trace(self.tracer, prepared, values, self.engine.limits)

    # transactions -------------------------------------------------------------------------------------------

    def begin_if_due(self) -> None:
        """Open the transaction that precedes a change of data, where the isolation level asks for it."""
        level = self.isolation_level
        if level is not None and self.autocommit == LEGACY_TRANSACTION_CONTROL and self.engine.autocommit:
            self.run(f"BEGIN {level}")

    def commit_before_script(self) -> None:
        """End the transaction that a script must not run in."""
        if self.autocommit == LEGACY_TRANSACTION_CONTROL and not self.engine.autocommit:
            self.run("COMMIT")
