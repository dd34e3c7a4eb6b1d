"""The engine behind a connection: it ties the parts together, runs statements, and is the machine's host.

What the parts are for: ``attached`` lists the databases, ``keeper`` keeps the ``catalog`` in step with them,
``preparer`` makes programs, and the machine's ``statements`` and ``transaction`` say what becomes of changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from foundrydb import late
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.catalog import Catalog, RowEstimator
from foundrydb.compiler.schema.schema import Schema
from foundrydb.compiler.schema.watch import Watch
from foundrydb.engine.estimates import Estimator
from foundrydb.engine.interrupts import CompilationWatch
from foundrydb.engine.opening import forget
from foundrydb.engine.options.settings import read_setting, write_setting
from foundrydb.engine.preparing import Preparer
from foundrydb.engine.schema_keeper import SchemaKeeper
from foundrydb.engine.statement import Prepared
from foundrydb.engine.turns import give_turns
from foundrydb.errors import Error, error, not_loaded
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, Collation, Value
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.tree.database import Database
from foundrydb.vm.functions.builtin import builtin_registry
from foundrydb.vm.functions.callbacks import report
from foundrydb.vm.host import Host
from foundrydb.vm.machine import Machine, Observer
from foundrydb.vm.transactions.attached import MAIN, TEMP, Attached, AttachedDatabases

if TYPE_CHECKING:
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.compiler.syntax.ast import Statement
    from foundrydb.engine.attaching import Detached
    from foundrydb.engine.dry_run import DryRun
    from foundrydb.vm.modules.module import Module

WATCH: Final = 20_000
"""How many loops a statement makes between two looks at interrupts; signals and threads get their turn there."""

RETRIES: Final = 20
"""How often a statement is compiled anew because the schema changed under it."""


@final
class Engine(Host):
    """A connection's databases and everything that outlives a statement.

    Args:
        main: the main database.
        uri: files may be named by URIs.
        vfs: where the files are that it attaches; None for the operating system's.

    Attributes:
        catalog: the schemas of the databases.
        keeper: reads them, and follows what statements change.
        preparer: compiles statements.
        functions: the SQL functions.
        collations: the collating sequences, by name in capitals.
        settings: what PRAGMAs have set, by name.
        failures: what collations raised since the statement went on, to be raised when it stops.
        next_page_size, next_auto_vacuum: what PRAGMAs have asked for last, for VACUUM; 0 and -1 where nothing.
        detached: what is kept of the database that was detached last.
        dry_run: what undoes all that is done; None where nobody is to do so.
        page_copied: is told by VACUUM of each page that it reads or writes; None where nobody wants to know.
        guard: runs statements in the place of the machine's own loop, where limits want that.
        progress_handler: is called now and then, and stops what runs if it says so; ``watch`` says how often.
    """

    def __init__(self, main: Database, uri: bool = False, vfs: VFS | None = None) -> None:
        attached = AttachedDatabases(
            [
                Attached(MAIN, "main", main, Schema("main", MAIN)),
                Attached(TEMP, "temp", None, Schema("temp", TEMP)),
            ]
        )
        super().__init__(attached)
        self.uri: Final = uri
        self.vfs = vfs
        self.functions: Final = builtin_registry()
        self.functions.modules.later(_pragma_modules)
        self.collations: Final[dict[str, Collation]] = {"BINARY": BINARY, "NOCASE": NOCASE, "RTRIM": RTRIM}
        self.settings: Final[dict[str, Value]] = {}
        self.catalog: Final = Catalog(attached)
        self.catalog.estimator = Estimator(attached, self.collations)
        self._compilation: Final = CompilationWatch()
        self.catalog.watch = self._compilation
        self.keeper: Final = SchemaKeeper(attached, self.catalog)
        self.preparer: Final = Preparer(
            attached, self.catalog, self.keeper, self.functions, self.collations, self.settings
        )
        self.failures: Final[list[BaseException]] = []
        self.progress_handler: Callable[[], object] | None = None
        self.watch = WATCH
        self.guard: Observer | None = None
        self.detached: Detached | None = None
        self.dry_run: DryRun | None = None
        self.page_copied: Callable[[int], None] | None = None
        self.next_page_size = 0
        self.next_auto_vacuum = -1

    # statements ---------------------------------------------------------------------------------------------

    def prepare(self, sql: str, offset: int = 0) -> tuple[Prepared | None, int]:
        """Compile the statement that begins at ``offset``; None where there is none.

        Returns:
            The statement, and the offset past it and its semicolon.

        Raises:
            Error: it is wrong, with its place in ``sql``.
        """
        self._compilation.begin(self)
        try:
            return self.preparer.prepare(sql, offset)
        except (OSError, ImportError) as cause:
            raise not_loaded(cause) from cause
        finally:
            self._compilation.end()

    def stages(self, statement: Statement, sql: str, noting: bool = False) -> Compilation:
        """Compile a statement, and keep every stage's result; see ``Preparer.stages``.

        Raises:
            Error: it is wrong.
        """
        self._compilation.begin(self)
        try:
            return self.preparer.stages(statement, sql, noting)
        finally:
            self._compilation.end()

    def explain(self, prepared: Prepared, query_plan: bool) -> Prepared:
        """EXPLAIN QUERY PLAN, or EXPLAIN, of a compiled statement."""
        statement, _ = prepared.parsed()
        prefix = "EXPLAIN QUERY PLAN " if query_plan else "EXPLAIN "
        sql = prefix + prepared.sql[statement.start : statement.end]
        may_share = self.preparer.may_share()
        compiled = self.preparer.explanation(prepared, query_plan) if may_share else None
        if compiled is not None:
            return Prepared(sql, 0, compiled, [])
        explaining, _ = self.prepare(sql)
        assert explaining is not None
        return explaining

    def first_row(
        self, prepared: Prepared, values: list[Value]
    ) -> tuple[Prepared, Machine, list[tuple[Value, ...]]]:
        """Run a statement to its first row, compiling it anew where the schema changed under it.

        Args:
            values: of the parameters, by number; index 0 is not used.

        Returns:
            The statement that ran in the end, its machine, and the row (none when it has ended).

        Raises:
            Error: the statement failed; the error knows its text.
        """
        attempts = 0
        if prepared.compiled.generation != self.attached.generation:
            prepared, values = self._again(prepared, values)
        while True:
            machine = prepared.compiled.idle
            if machine is None:
                machine = Machine(prepared.compiled.program, self, values)
            else:
                prepared.compiled.idle = None
                machine.parameters = values
            machine.watch(self.watch)
            if self.guard is not None:
                machine.observer = self.guard
            try:
                return prepared, machine, machine.run(1)
            except Error as problem:
                self.failures.clear()
                if problem.code != "SQLITE_SCHEMA" or attempts == RETRIES:
                    if problem.sql is None:
                        problem.sql = prepared.sql
                    raise
            attempts += 1
            prepared, values = self._again(prepared, values)

    def _again(self, prepared: Prepared, values: list[Value]) -> tuple[Prepared, list[Value]]:
        """The statement, compiled for the schema as it is now, and the values of its parameters."""
        bound = values[: len(prepared.program.parameters)]
        again, _ = self.prepare(prepared.sql, prepared.start)
        assert again is not None
        return again, bound + again.literals

    def raise_failure(self, machine: Machine) -> None:
        """End a run, and raise what a collation raised in it."""
        failure = self.failures[0]
        self.failures.clear()
        machine.reset()
        raise failure

    def query(self, sql: str) -> list[tuple[Value, ...]]:
        """All rows of a query of the engine's own, about which nobody is asked."""
        preparer = self.preparer
        authorizer, preparer.authorizer = preparer.authorizer, None
        try:
            prepared, _ = self.prepare(sql)
        finally:
            preparer.authorizer = authorizer
        assert prepared is not None
        machine = Machine(prepared.program, self, prepared.unbound())
        rows: list[tuple[Value, ...]] = []
        while batch := machine.run():
            rows.extend(batch)
        return rows

    # databases ----------------------------------------------------------------------------------------------

    def attach(self, file: str, name: str) -> None:
        """ATTACH.

        Raises:
            Error: the name is taken, or the file is no database of the connection's encoding, or cannot be read.
        """
        attaching: Any = late.attaching
        attaching.attach(self, file, name)

    def detach(self, machine: Machine, name: str) -> None:
        """DETACH.

        Raises:
            Error: there is no such database, or it is in use.
        """
        attaching: Any = late.attaching
        attaching.detach(self, machine, name)

    # the schema ---------------------------------------------------------------------------------------------

    def parse_schema(self, db: int, name: str, kind: str) -> None:
        """Add what the schema table says of a new object; without a name, read all anew."""
        if name:
            self.keeper.add(db, name, kind)
        else:
            self.keeper.read_all(db)

    def load_analysis(self, db: int) -> None:
        """Read ``sqlite_stat1`` anew."""
        self.keeper.load_analysis(db)

    def drop_object(self, db: int, kind: str, name: str) -> None:
        """Forget a table or view with what hangs on it, an index, or a trigger."""
        self.keeper.drop(db, kind, name)

    def root_moved(self, db: int, moved: int, root: int) -> None:
        """Correct the catalog after a B-tree's root page moved."""
        self.keeper.root_moved(db, moved, root)

    def cookie_changed(self, db: int, cookie: int) -> None:
        """A statement changes the schema of ``db``."""
        self.keeper.cookie_changed(db, cookie)

    def drop_temp(self) -> None:
        """Forget the database ``temp`` with all that is in it.

        Raises:
            OperationalError: a transaction is open.
        """
        temp = self.attached.all[TEMP]
        if temp.database is None:
            return
        if not self.transaction.autocommit or temp.writing or temp.reading:
            raise error("temporary storage cannot be changed from within a transaction")
        temp.database.close()
        temp.database = None
        self.catalog.temp.clear()
        self.catalog.temp.cookie = 0
        temp.fresh = True
        self.attached.expire()

    # whole databases ----------------------------------------------------------------------------------------

    def vacuum(self, machine: Machine, db: int) -> None:
        """Make a database anew."""
        work: Any = late.vacuum
        work.vacuum(self, machine, db)

    def vacuum_into(self, machine: Machine, db: int, file: Value) -> None:
        """Make it anew in another file."""
        work: Any = late.vacuum
        work.vacuum_into(self, machine, db, file)

    # PRAGMAs ------------------------------------------------------------------------------------------------

    def integrity_check(self, db: int, roots: tuple[int, ...], limit: int, check_header: bool) -> list[str]:
        """The faults of B-trees, in SQLite's words."""
        checking: Any = late.checking
        database = self.attached.database(db)
        faults: list[str] = checking.faults_of(
            database, list(roots), limit, check_header, self.running.machines
        )
        return faults

    def read_setting(self, db: int, name: str) -> Value:
        """A setting that a PRAGMA shows."""
        return read_setting(self, db, name)

    def write_setting(self, db: int, name: str, value: Value) -> None:
        """Change a setting as a PRAGMA does."""
        write_setting(self, db, name, value)

    # turns, and the end -------------------------------------------------------------------------------------

    def progress(self) -> bool:
        """Let signals and other threads have their turn, and stop the statement if the user's handler says so."""
        give_turns()
        handler = self.progress_handler
        if handler is None:
            return False
        try:
            return bool(handler())
        except BaseException as failure:
            report(failure, handler)
            return True

    def interrupt(self) -> None:
        """Stop the running statements, and the compilation of one."""
        self._compilation.interrupted = True
        self.running.interrupt()

    def after_fork(self) -> bool:
        """In a forked child: leave what runs, and the transaction, to the parent; False where there was such."""
        idle = self.transaction.autocommit and not self.running.machines
        for database in self.attached.databases():
            idle = database.pager.after_fork() and idle
        for machine in list(self.running.machines):
            machine.abandon()
        return idle

    def close(self) -> None:
        """End what runs, roll back what is not committed, and release the files."""
        for machine in list(self.running.machines):
            machine.reset()
        # Nothing may be left that refers to the engine in a circle: it would stay until Python's collector comes.
        self.detached = None
        for schema in self.catalog.schemas:
            schema.clear()
        opened = self.attached.databases()
        try:
            self.attached.close()
        finally:
            for database in opened:
                forget(database)
            self.preparer.clear()
            self.catalog.estimator = RowEstimator()
            self.catalog.watch = Watch()
            self.functions.clear()


def _pragma_modules() -> list[Module]:
    made: list[Module] = named("pragma_modules")()
    return made
