"""What a test says about a query: how it is planned, and what comes out.

Every assertion that fails shows the plan, with what it says and the estimates.  A query may have parameters; without
values they are NULL where it runs, and any value where it is planned.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from foundrydb.api.connection import Connection
from foundrydb.compiler.plan.describe import number_text
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.diagnostics import did_you_mean, render
from foundrydb.errors import Error, error
from foundrydb.testing.goldens import Goldens
from foundrydb.testing.named_queries import FileQuery, named_queries
from foundrydb.testing.plan_database import Serializable, copy_of
from foundrydb.testing.plan_lock import TOLERANCE, PlanLock, locked_plan
from foundrydb.toolkit.analysis import can_be_analyzed
from foundrydb.toolkit.plan_facts import PlanFacts, TableRead, facts_of
from foundrydb.toolkit.stages import Compilation
from foundrydb.toolkit.stages import compile as compile_sql
from foundrydb.toolkit.undoing import undo_savepoint
from foundrydb.tools.output.modes import choose_mode, writer_for
from foundrydb.tools.output.stream import OutputStream
from foundrydb.tools.output.writer import OutputSettings
from foundrydb.tools.views.bytecode_dump import bytecode_table
from foundrydb.tools.views.excerpt import plural

_SAVEPOINT: Final = "foundrydb_golden"


class QueryChecks:
    """Checks of queries on one database.

    Args:
        database: a foundrydb connection; or one of ``sqlite3``'s or apsw's, whose database is copied as it is now.
        goldens: the test's golden files; None where there are none.
        lock: the plan lock, likewise.
        folder: where paths of files of queries begin.
    """

    def __init__(
        self,
        database: Connection | Serializable,
        goldens: Goldens | None = None,
        lock: PlanLock | None = None,
        folder: Path | None = None,
    ) -> None:
        self.connection: Final = copy_of(database)
        self._goldens: Final = goldens
        self._lock: Final = lock
        self._folder: Final = Path() if folder is None else folder

    def on(self, database: Connection | Serializable) -> QueryChecks:
        """The same checks on another database."""
        return QueryChecks(database, self._goldens, self._lock, self._folder)

    # what is known of a query -------------------------------------------------------------------------------

    def compile(self, sql: str) -> Compilation:
        """A query with all its stages.

        Raises:
            AssertionError: it is wrong; the message has the place.
        """
        __tracebackhide__ = True
        return _or_fail(lambda: compile_sql(sql, self.connection))

    def plan(self, sql: str) -> Node:
        """A query's plan.

        Raises:
            AssertionError: it is wrong, or has no plan.
        """
        __tracebackhide__ = True
        plan = self.compile(sql).plan
        if plan is None:
            raise AssertionError("the statement has no plan: it works on no rows")
        return plan

    def facts(self, sql: str) -> PlanFacts:
        """What a query's plan reads and sorts, and what it costs."""
        __tracebackhide__ = True
        return facts_of(self.plan(sql))

    # assertions ---------------------------------------------------------------------------------------------

    def assert_uses_index(self, sql: str, index: str) -> None:
        """The plan searches or scans an index."""
        __tracebackhide__ = True
        plan = self.plan(sql)
        used = facts_of(plan).indexes
        if index.lower() in [name.lower() for name in used]:
            return
        known = self._indexes()
        if index.lower() not in [name.lower() for name in known]:
            hint = did_you_mean(index, known)
            _fail(f"there is no index {index}" + (f": {hint}" if hint else ""), sql, plan)
        _fail(f"the plan does not use {index}, but {', '.join(used) or 'no index'}", sql, plan)

    def assert_no_sort(self, sql: str) -> None:
        """Rows come in the order that they are wanted in: nothing is sorted."""
        __tracebackhide__ = True
        plan = self.plan(sql)
        sorts = facts_of(plan).sorts
        if sorts:
            _fail(f"the plan sorts: {'; '.join(sorts)}", sql, plan)

    def assert_no_scan(self, sql: str, *tables: str) -> None:
        """No table is read whole; none of ``tables``, where they are named."""
        __tracebackhide__ = True
        wanted = [name.lower() for name in tables]
        plan = self.plan(sql)
        for name in tables:
            kind = self._kind(name)
            if kind == "view":
                _fail(f"{name} is a view: name the tables that it reads", sql, plan)
            if not kind:
                _fail(f"there is no table {name}", sql, plan)
        _refuse(
            [read for read in facts_of(plan).scans() if not wanted or read.table.lower() in wanted], sql, plan
        )

    def assert_no_scan_over(self, sql: str, rows: float) -> None:
        """No scan reads more rows than this, by the planner's estimate."""
        __tracebackhide__ = True
        plan = self.plan(sql)
        _refuse([read for read in facts_of(plan).scans() if read.rows > rows], sql, plan)

    def assert_cost_at_most(self, sql: str, cost: float) -> None:
        """The plan costs no more than this, in units of a row visited."""
        __tracebackhide__ = True
        plan = self.plan(sql)
        if plan.cost > cost:
            _fail(f"the plan costs {number_text(plan.cost)}, more than {number_text(cost)}", sql, plan)

    # goldens ------------------------------------------------------------------------------------------------

    def golden_plan(self, sql: str, name: str = "", *, estimates: bool = False) -> None:
        """The plan is the one that is kept; with ``estimates``, they are too."""
        __tracebackhide__ = True
        self._golden("plan", name, sql, dump_text(self.plan(sql), estimates))

    def golden_bytecode(self, sql: str, name: str = "") -> None:
        """The program is the one that is kept."""
        __tracebackhide__ = True
        self._golden("bytecode", name, sql, bytecode_table(self.compile(sql).program))

    def golden_rows(self, sql: str, parameters: Any = (), name: str = "") -> None:
        """The rows are those that are kept, in their order, values as SQL literals; what is changed is undone."""
        __tracebackhide__ = True
        compilation = self.compile(sql)
        if not can_be_analyzed(compilation) and not isinstance(compilation.statement, ast.Explain):
            raise AssertionError(f"this begins or ends a transaction, and has no rows: {sql.strip()}")
        self._golden("rows", name, sql, _or_fail(lambda: self._rows(sql, parameters)))

    def _rows(self, sql: str, parameters: Any) -> str:
        """The rows of a query as text; other tests see the database as it was."""
        self.connection.execute(f"SAVEPOINT {_SAVEPOINT}")
        try:
            cursor = self.connection.execute(sql, parameters)
            return _rows_text([item[0] for item in cursor.description or ()], cursor.fetchall())
        finally:
            if self.connection.in_transaction:  # else the query has undone all itself
                undo_savepoint(self.connection, _SAVEPOINT)

    def _golden(self, kind: str, name: str, sql: str, text: str) -> None:
        __tracebackhide__ = True
        if self._goldens is None:
            raise AssertionError("there are no golden files here: take these checks from the fixture fdb")
        self._goldens.check(kind, name, sql, text)

    # the plan lock ------------------------------------------------------------------------------------------

    def lock_plan(self, name: str, sql: str, *, tolerance: float = TOLERANCE) -> None:
        """The plan is not worse than the one in the plan lock (``plan_lock`` says what that is).

        Args:
            name: the query's, in the lock.
            tolerance: so much may its cost rise, as a share of it.
        """
        __tracebackhide__ = True
        if self._lock is None:
            raise AssertionError("there is no plan lock here: take these checks from the fixture fdb")
        lock, plan = self._lock, locked_plan(sql, self.plan(sql), self.connection)
        _or_fail(lambda: lock.check(name, plan, tolerance))

    def lock_file(self, path: str | Path, *, tolerance: float = TOLERANCE) -> None:
        """No query of a file is planned worse than the plan lock has it; all that are, are told.

        Args:
            path: of the file; one that is relative begins beside pytest's file of settings.
            tolerance: as in ``lock_plan``.
        """
        __tracebackhide__ = True
        place = self._folder / path
        failures = []
        for query in _or_fail(lambda: named_queries(place)):
            try:
                self._compile_within(query)
                self.lock_plan(query.name, query.sql, tolerance=tolerance)
            except Error as problem:
                failures.append(f"{place}: {query.name}: {render(problem)}")
            except AssertionError as failure:
                failures.append(str(failure))
        if failures:
            raise AssertionError("\n\n".join(failures))

    def _compile_within(self, query: FileQuery) -> None:
        """Compile a query of a file.

        Raises:
            Error: it is wrong, with the place in the file, or it is no query.
        """
        try:
            plan = compile_sql(query.sql, self.connection).plan
        except Error as problem:
            problem.move_to(query.file, query.start, query.sql)
            raise
        if plan is None:
            raise error("the statement has no plan: it works on no rows").at(query.start, 0, query.file)

    def _indexes(self) -> list[str]:
        rows = self.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'").fetchall()
        return [str(name) for (name,) in rows]

    def _kind(self, name: str) -> str:
        """What has a name: a table of some kind, or a view; "" where nothing has."""
        found = "SELECT type FROM pragma_table_list WHERE name = ? COLLATE NOCASE"
        row = self.connection.execute(found, (name,)).fetchone()
        return "" if row is None else str(row[0])


def _refuse(scans: list[TableRead], sql: str, plan: Node) -> None:
    """Fail where there are such scans."""
    __tracebackhide__ = True
    if scans:
        told = [f"{read}, {number_text(read.rows)} rows" for read in scans]
        _fail(f"the plan has a {'; a '.join(told)}", sql, plan)


def _fail(message: str, sql: str, plan: Node) -> NoReturn:
    __tracebackhide__ = True
    raise AssertionError(f"{message}\n\n{sql.strip()}\n\n{dump_text(plan)}")


Result = TypeVar("Result")


def _or_fail(action: Callable[[], Result]) -> Result:
    """What an action gives; a mistake in SQL fails the test with the place in it, one in a file with its path."""
    __tracebackhide__ = True
    try:
        return action()
    except Error as problem:
        message = render(problem)
    except ValueError as problem:
        message = str(problem)
    raise AssertionError(message)


def _rows_text(columns: list[str], rows: list[Any]) -> str:
    """Rows as a box, and how many there are."""
    shown = io.BytesIO()
    out = OutputStream(shown, "golden")
    settings = OutputSettings()
    choose_mode(settings, "box")
    settings.quote, settings.wrap = True, 0
    writer = writer_for(out, settings)
    writer.begin(columns)
    writer.rows([tuple(row) for row in rows])
    writer.end()
    out.flush()
    return f"{shown.getvalue().decode('utf-8', 'surrogateescape')}{plural(len(rows), 'row')}\n"
