"""A text of one or more statements, debugged one after the other within one transaction.

All of it happens within a savepoint of the script's own: when the debugger is left, the database is as it was, unless
what was done is to be kept.  So a script's own BEGIN and COMMIT cannot begin and end a transaction; they open and
release a savepoint instead, and ROLLBACK goes back to that.  Statements that nobody stops in are run to their end.

What ran before can be run again, each statement under the conditions of its first time: that is how it is found out
which of them changed a page.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax import ast, parser
from foundrydb.engine.dry_run import DryRun
from foundrydb.errors import Error, ProgrammingError, error
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging.recorded_run import BUDGET, RecordedRun
from foundrydb.toolkit.debugging.replay import Conditions, can_run, refused
from foundrydb.toolkit.undoing import undo_savepoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.api.connection import Connection

_SCRIPT: Final = "foundrydb_script"
_BEGUN: Final = "foundrydb_begun"

_INSTEAD: Final[dict[type[ast.Statement], tuple[str, ...]]] = {
    ast.Begin: (f"SAVEPOINT {_BEGUN}",),
    ast.Commit: (f"RELEASE {_BEGUN}",),
    ast.Rollback: (f"ROLLBACK TO {_BEGUN}", f"RELEASE {_BEGUN}"),
    ast.Explain: (),
}
"""What is run in the place of statements about the whole transaction, and of those that run nothing."""


class Script:
    """Statements, and the run of one of them.

    Attributes:
        sql: the text.
        statements: those in it.
        index: which of them is debugged, from 0; ``len(statements)`` after the last one.
        run: its run; None after the last one, and where the statement could not be compiled.
        asked_to_stop: is asked now and then while something runs; where it answers yes, that makes a pause.
        failures: of the statements that failed, by number; their changes are undone, and the script goes on.
    """

    def __init__(self, connection: Connection, sql: str, first: int = 0, budget: int = BUDGET) -> None:
        """Begin.

        Args:
            connection: where it runs; it is in no transaction.
            first: the statement that is debugged first; those before it are run.  -1 is the last one that can be.
            budget: how many instructions a move carries out at most.

        Raises:
            Error: the text is wrong, or the statement is.
            ProgrammingError: there is no statement, or none that can be debugged.
        """
        self.connection: Final = connection
        self.budget: Final = budget
        self.sql: Final = sql
        self.statements: Final = parser.parse(sql)
        if not self.statements:
            raise ProgrammingError("there is no statement")
        able = [index for index, each in enumerate(self.statements) if can_run(each)]
        if not able:
            raise refused() if len(self.statements) == 1 else refused("each of these statements")
        self.index = 0
        self.run: RecordedRun | None = None
        self.failures: Final[dict[int, Error]] = {}
        self._conditions: Final[dict[int, Conditions]] = {}
        # Where the script's own transaction began, -1 outside of one, and the statements that a rollback has undone.
        self._begun = -1
        self._void: Final[set[int]] = set()
        self.asked_to_stop: Callable[[], bool] = lambda: False
        self._dry_run = DryRun(connection.engine)
        try:
            self.connection.execute(f"SAVEPOINT {_SCRIPT}")
            self._go_to(first if first >= 0 else able[first])
        except BaseException:
            self.close()
            raise

    def text(self, index: int) -> str:
        """A statement's own text."""
        statement = self.statements[index]
        return self.sql[statement.start : statement.end]

    # from statement to statement ----------------------------------------------------------------------------

    def next_statement(self) -> None:
        """Run the statement to its end, and stand at the start of the next one that can be debugged.

        Raises:
            Error: the next one is wrong.
        """
        self._go_to(self.index + 1)

    def _go_to(self, index: int) -> None:
        """Stand at the start of a statement, or of the first one after it that can be debugged."""
        while self.index < index:
            self._run_this()
            self.index += 1
        while self.index < len(self.statements) and not can_run(self.statements[self.index]):
            self._run_this()
            self.index += 1
        self._prepare()

    def _run_this(self) -> None:
        """Run the statement to its end; whether it failed is kept in ``failures``."""
        statement = self.statements[self.index]
        self.failures.pop(self.index, None)
        try:
            if not can_run(statement):
                self._run_plainly(statement)
                return
            if self.run is None:
                self._prepare()
            run, self.run = self.run, None
            assert run is not None
            run.close(keep=True)
        except Error as failure:
            self.failures[self.index] = failure
            if self.connection.engine.transaction.autocommit:
                self._after_rollback()

    def _run_plainly(self, statement: ast.Statement) -> None:
        """Run a statement that cannot be debugged, or what stands in its place.

        Raises:
            Error: it failed.
        """
        if isinstance(statement, ast.Begin):
            if self._begun >= 0:
                raise error("cannot start a transaction within a transaction")
            self._set_begun(self.index)
        elif isinstance(statement, (ast.Commit, ast.Rollback)):
            if self._begun < 0:
                what = "commit" if isinstance(statement, ast.Commit) else "rollback"
                raise error(f"cannot {what} - no transaction is active")
            self._set_begun(-1)
        for sql in _INSTEAD.get(type(statement), (self.text(self.index),)):
            self.connection.execute(sql).fetchall()

    def _set_begun(self, index: int) -> None:
        self._begun = index
        self._dry_run.autocommit = index < 0

    def _after_rollback(self) -> None:
        """The statement has undone all that the debugger did: do again what was no part of its own transaction."""
        index = self.index
        self._void.update(range(self._begun if self._begun >= 0 else index, index + 1))
        self._run_before(index)

    def _prepare(self) -> None:
        """Compile the statement, and stand at its start."""
        self.run = None
        if self.index < len(self.statements):
            statement = self.statements[self.index]
            compilation = stages.compile_parsed(self.connection, statement, self.sql, noting=True)
            known = self._conditions.get(self.index)
            self.run = RecordedRun(self.connection, compilation, conditions=known)
            self._conditions[self.index] = self.run.replay.conditions
            self.run.budget = self.budget
            self.run.replay.asked_to_stop = self._is_asked_to_stop
            self.run.replay.restore = self._restore

    def _restore(self) -> None:
        """Run what came before the statement again, after a failure that has undone everything."""
        run, index = self.run, self.index
        self._run_before(index)
        self.run = run

    def _run_before(self, index: int) -> None:
        """All was undone: run the statements before one of them, from the first on."""
        self._dry_run.undo()
        self.connection.execute(f"SAVEPOINT {_SCRIPT}")
        self.index = 0
        self.run = None
        self._set_begun(-1)
        while self.index < index:
            if self.index not in self._void:
                self._run_this()
            self.index += 1

    def _is_asked_to_stop(self) -> bool:
        return self.asked_to_stop()

    # what ran before ----------------------------------------------------------------------------------------

    def runs_so_far(self, look: Callable[[int, RecordedRun], None]) -> None:
        """Run all again from the script's start; the statement that is debugged now is stood in as before.

        Args:
            look: is given each statement's number and its run, which stands at its start.
        """
        index = self.index
        position = 0 if self.run is None else self.run.position
        self._back_to_start()
        while self.index < index:
            if can_run(self.statements[self.index]):
                self._prepare()
                assert self.run is not None
                look(self.index, self.run)
            self._run_this()
            self.index += 1
        self._prepare()
        if self.run is not None:
            look(self.index, self.run)
            self.run.move(position)

    def _back_to_start(self) -> None:
        if self.run is not None:
            self.run.close()
        self.run = None
        if self._dry_run.beyond_savepoints:
            self._undo_all()
        if not self.connection.engine.transaction.autocommit:
            self.connection.execute(f"ROLLBACK TO {_SCRIPT}")
        else:  # all is undone
            self.connection.execute(f"SAVEPOINT {_SCRIPT}")
        self._dry_run.undo()
        self._void.clear()
        self._set_begun(-1)
        self.index = 0

    # the end ------------------------------------------------------------------------------------------------

    def close(self, keep: bool = False) -> None:
        """Leave; what was done is undone, or kept: then the statement runs to its end first.

        Raises:
            Error: what is to be kept failed.
        """
        run, self.run = self.run, None
        try:
            if run is not None:
                run.close(keep)
        except Error:
            self._leave(False)
            raise
        self._leave(keep)

    def _leave(self, keep: bool) -> None:
        try:
            self._end_savepoint(keep)
        finally:
            self._dry_run.end(keep)

    def _end_savepoint(self, keep: bool) -> None:
        if self.connection.engine.transaction.autocommit:
            return
        if keep:
            self.connection.execute(f"RELEASE {_SCRIPT}")
        elif self._dry_run.beyond_savepoints:
            self._undo_all()
        else:
            with suppress(Error):
                undo_savepoint(self.connection, _SCRIPT)

    def _undo_all(self) -> None:
        if not self.connection.engine.transaction.autocommit:
            self.connection.execute("ROLLBACK")
