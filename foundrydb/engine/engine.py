"""The engine behind a connection: databases, catalog, functions, and what the virtual machine asks of its host.

It compiles statements and keeps the catalog in step with the files.  A compiled statement carries the number of the
schema's generation that it was compiled for; whatever changes a schema (a statement of ours, a rollback, another
connection) makes a new generation, and statements of older ones are compiled anew before they run.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.notes.authorization import Ask, Authorization
from foundrydb.compiler.schema.catalog import Catalog, RowEstimator
from foundrydb.compiler.schema.load import load_row
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.watch import Watch
from foundrydb.compiler.syntax.ast import (
    Begin,
    Commit,
    Explain,
    Release,
    Rollback,
    RollbackTo,
    Savepoint,
)
from foundrydb.compiler.syntax.literals import Outline, outline
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.engine.estimates import Estimator
from foundrydb.engine.interrupts import CompilationWatch
from foundrydb.engine.limits import Limits
from foundrydb.engine.schema_tables import load_analysis, load_schema
from foundrydb.engine.settings import read_setting, write_setting
from foundrydb.engine.shared_programs import Sharing, Variant, share
from foundrydb.engine.statement import Compiled, Prepared, is_dml, skip_blank
from foundrydb.engine.statement_cache import StatementCache
from foundrydb.engine.turns import give_turns
from foundrydb.errors import Error, error, not_loaded
from foundrydb.storage.format.header import META_SCHEMA_COOKIE
from foundrydb.storage.format.values import BINARY, BINARY_UTF16BE, BINARY_UTF16LE, UTF16BE, UTF16LE, Value
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database
from foundrydb.vm.functions.callbacks import report
from foundrydb.vm.host import Host
from foundrydb.vm.machine import Machine

if TYPE_CHECKING:
    from foundrydb.compiler.pipeline import Compilation, Options
    from foundrydb.compiler.syntax.ast import Statement
    from foundrydb.vm.modules.module import Module

_OF_TRANSACTIONS: Final = (Begin, Commit, Rollback, Savepoint, Release, RollbackTo)

WATCH: Final = 20_000
"""How many loops a statement makes between two looks at interrupts; signals and threads get their turn there."""

LONG_TEXT: Final = 100_000
"""The length of SQL, in characters, from which on Python's collector of cycles rests while it is compiled.

The trees of a long statement are millions of objects that live and go together; looking through them for garbage
again and again takes more time than all the compiling.
"""

RETRIES: Final = 20
"""How often a statement is compiled anew because the schema changed under it."""


@final
class Engine(Host):
    """A connection's databases and everything that outlives a statement.

    Args:
        main: the main database.

    Attributes:
        failures: what collations raised since the statement went on, to be raised when it stops.
        limits: what the user may lower; ``limited`` says whether anything is.
        authorizer: is asked about what each statement does before there is code for it.
        statements: those that are compiled and kept.
    """

    def __init__(self, main: Database) -> None:
        super().__init__()
        self.databases.append(main)
        self.databases.append(None)
        self.catalog: Final = Catalog()
        self.catalog.estimator = Estimator(self)
        self._compilation: Final = CompilationWatch()
        self.catalog.watch = self._compilation
        self.generation = 0
        self.settings: Final[dict[str, Value]] = {}
        self.busy_timeout = 0
        self.progress_handler: Callable[[], object] | None = None
        self.failures: Final[list[BaseException]] = []
        self.watch = WATCH
        self.without: frozenset[str] = frozenset()
        self._fresh: Final = [False, True]
        self.limits: Final = Limits()
        self.limited = False
        self.authorizer: Ask | None = None
        self.statements: Final = StatementCache()
        self.sharing: Final = Sharing()
        self._scanners: Final[list[Scanner]] = []
        self.functions.modules.later(_pragma_modules)

    # preparing ----------------------------------------------------------------------------------------------

    def prepare(self, sql: str, offset: int = 0) -> tuple[Prepared | None, int]:
        """Compile the statement that begins at ``offset``; None where there is none.

        Returns:
            The statement, and the offset past it and its semicolon.

        Raises:
            Error: it is wrong, with its place in ``sql``.
        """
        self._compilation.begin(self)
        scanner = self._scanner_of(sql)
        try:
            prepared, end = self._prepared(sql, offset, scanner)
        except (OSError, ImportError) as cause:
            raise not_loaded(cause) from cause
        finally:
            self._compilation.end()
        if end < len(sql):
            self._scanners[:] = [scanner]
        return prepared, end

    def _scanner_of(self, sql: str) -> Scanner:
        """A scanner of the text: that of the statement before, where it stands in the same text.

        Who has it has it alone, whatever other threads prepare meanwhile.
        """
        try:
            scanner = self._scanners.pop() if self._scanners else Scanner(sql)
        except IndexError:
            scanner = Scanner(sql)
        return scanner if scanner.sql is sql else Scanner(sql)

    def _prepared(self, sql: str, offset: int, scanner: Scanner) -> tuple[Prepared | None, int]:
        met = self._outline(scanner, offset)
        if met is not None:
            found = self.sharing.find(met, self.generation)
            if found is None and self.sharing.is_worth_lifting(met, self.generation):
                found = self._lifted(sql, met, scanner)
            if found is not None:
                return share(sql, met, found), met.end
        rests = len(sql) - offset >= LONG_TEXT and gc.isenabled()
        if rests:
            gc.disable()
        try:
            statement, end = parse_one(sql, offset, False, scanner)
            if statement is None:
                return None, end
            if self.limited:
                self.limits.check(statement, sql)
            compiled: Compiled | None = None
            if isinstance(statement, Explain) and self._may_share() and skip_blank(sql, end) == len(sql):
                compiled = self._explanation(self._explained(statement.statement, sql), statement.query_plan)
            if compiled is None:
                compiled = self._compile(statement, sql)
        except Error as problem:
            if problem.sql is None:
                problem.sql = sql
            raise
        finally:
            if rests:
                gc.enable()
        return Prepared(sql, statement.start, compiled, []), end

    def _compile(self, statement: Statement, sql: str) -> Compiled:
        work = self.stages(statement, sql)
        return Compiled(work.program, work.plan, self.generation, is_dml(sql, statement.start))

    def explain(self, prepared: Prepared, query_plan: bool) -> Prepared:
        """EXPLAIN QUERY PLAN, or EXPLAIN, of a compiled statement."""
        statement, _ = prepared.parsed()
        prefix = "EXPLAIN QUERY PLAN " if query_plan else "EXPLAIN "
        sql = prefix + prepared.sql[statement.start : statement.end]
        compiled = self._explanation(prepared, query_plan) if self._may_share() else None
        if compiled is not None:
            return Prepared(sql, 0, compiled, [])
        explaining, _ = self.prepare(sql)
        assert explaining is not None
        return explaining

    def _explanation(self, prepared: Prepared, query_plan: bool) -> Compiled | None:
        """What tells how a compiled statement runs.

        None for the bytecode of a shared program: its comments tell the literals of another statement.
        """
        from foundrydb.compiler.pipeline import explain_compiled

        if prepared.literals and not query_plan:
            return None
        told = prepared.compiled
        program = explain_compiled(
            query_plan, told.program, told.plan, self.catalog, self.functions, self._options()
        )
        return Compiled(program, None, told.generation, False)

    def _explained(self, statement: Statement, sql: str) -> Prepared:
        """The statement after EXPLAIN, which is all the rest of the text, as it would run by itself.

        Its text then is likely what comes after the keyword and one space.
        """
        gap = len(sql[: statement.start].rstrip()) + 1
        text = sql[min(gap, statement.start) :]
        found = self.statements.find(text, self.generation)
        if found is not None:
            return found
        met = self._outline(Scanner(sql), statement.start)
        variant = None if met is None else self.sharing.find(met, self.generation)
        if met is not None and variant is not None:
            return share(sql, met, variant)
        compiled = self._compile(statement, sql)
        prepared = Prepared(text, statement.start - (len(sql) - len(text)), compiled, [])
        self.statements.keep(prepared)
        return prepared

    def _may_share(self) -> bool:
        """Whether a program does for another statement: one made with all passes, any number of parts, unasked."""
        return not self.without and not self.limited and self.authorizer is None

    def _outline(self, scanner: Scanner, offset: int) -> Outline | None:
        """The outline of a statement, where programs may be shared."""
        return outline(scanner, offset) if self._may_share() else None

    def _lifted(self, sql: str, met: Outline, scanner: Scanner) -> Variant | None:
        """Compile a statement with its literals lifted; None where that is not possible."""
        try:
            statement, _ = parse_one(sql, met.start, False, scanner)
            assert statement is not None
            work = self.stages(statement, sql, lifted=frozenset(met.places))
        except Error:
            return None  # the statement as it is written tells the error
        compiled = Compiled(work.program, work.plan, self.generation, is_dml(sql, statement.start))
        return self.sharing.add(met, work.lifting, compiled)

    def stages(
        self,
        statement: Statement,
        sql: str,
        noting: bool = False,
        lifted: frozenset[int] = frozenset(),
    ) -> Compilation:
        """Compile a statement for the schema as it is now, and keep every stage's result.

        Args:
            noting: keep what ``pipeline.Options`` offers too.
            lifted: where the literals begin that become parameters if they can.
        """
        if isinstance(statement, _OF_TRANSACTIONS):
            # They name nothing in the schema, and must do their work though it cannot be read.
            return self._compiled(statement, sql, noting, lifted)
        self.load_catalog()
        try:
            return self._compiled(statement, sql, noting, lifted)
        except Error:
            if not self._changed_outside():
                raise
        self.load_catalog()
        return self._compiled(statement, sql, noting, lifted)

    def _compiled(self, statement: Statement, sql: str, noting: bool, lifted: frozenset[int]) -> Compilation:
        from foundrydb.compiler.pipeline import compile_statement

        if isinstance(statement, Explain):
            lifted = self._lifted_by_others(statement, sql)
        return compile_statement(statement, sql, self.catalog, self.functions, self._options(noting, lifted))

    def _options(self, noting: bool = False, lifted: frozenset[int] = frozenset()) -> Options:
        from foundrydb.compiler.pipeline import Options

        choices, attribution = None, None
        if noting:
            from foundrydb.compiler.codegen.attribution import Attribution
            from foundrydb.compiler.plan.choices import Choices

            choices, attribution = Choices(), Attribution()
        return Options(
            self.encoding,
            self.collations,
            self.without,
            self.settings,
            choices,
            attribution,
            lifted,
            None if self.authorizer is None else Authorization(self.authorizer),
        )

    def _lifted_by_others(self, statement: Explain, sql: str) -> frozenset[int]:
        """What is lifted of the statement that EXPLAIN explains, if it would run a shared program."""
        met = self._outline(Scanner(sql), statement.statement.start)
        shared = met is not None and self.sharing.find(met, self.generation) is not None
        return frozenset(met.places) if met is not None and shared else frozenset()

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
        while True:
            machine = prepared.compiled.idle
            if machine is None:
                machine = Machine(prepared.compiled.program, self, values)
            else:
                prepared.compiled.idle = None
                machine.parameters = values
            machine.watch(self.watch)
            try:
                return prepared, machine, machine.run(1)
            except Error as problem:
                self.failures.clear()
                if problem.code != "SQLITE_SCHEMA" or attempts == RETRIES:
                    if problem.sql is None:
                        problem.sql = prepared.sql
                    raise
            attempts += 1
            bound = values[: len(prepared.program.parameters)]
            prepared = self._again(prepared)
            values = bound + prepared.literals

    def raise_failure(self, machine: Machine) -> None:
        """End a run, and raise what a collation raised in it."""
        failure = self.failures[0]
        self.failures.clear()
        machine.reset()
        raise failure

    def _again(self, prepared: Prepared) -> Prepared:
        """The statement, compiled for the schema as it is now."""
        again, _ = self.prepare(prepared.sql, prepared.start)
        assert again is not None
        return again

    # the catalog --------------------------------------------------------------------------------------------

    def load_catalog(self) -> None:
        """Read the schemas that are not known."""
        for db, fresh in enumerate(self._fresh):
            if not fresh:
                self._load(db)

    def _load(self, db: int) -> None:
        database = self.database(db)
        schema = self.catalog.schemas[db]
        database.begin_read()
        try:
            schema.cookie = database.get_meta(META_SCHEMA_COOKIE) if database.pager.page_count else 0
            schema.encoding = database.encoding
            load_schema(schema, database)
            self._fresh[db] = True
            load_analysis(schema, database)
        except BaseException:
            self._fresh[db] = False
            raise
        finally:
            self.let_go(db)
        if db == 0:
            self._choose_binary()

    def let_go(self, db: int) -> None:
        """Give back the lock that loading took, unless a statement or a transaction needs it."""
        if db < len(self.databases) and db not in self._reading and db not in self._writing:
            self.database(db).end_read()

    def _choose_binary(self) -> None:
        """BINARY compares the bytes of the file's encoding."""
        encoding = self.encoding
        chosen = {UTF16LE: BINARY_UTF16LE, UTF16BE: BINARY_UTF16BE}.get(encoding, BINARY)
        self.collations["BINARY"] = chosen

    def _changed_outside(self) -> bool:
        """Whether another connection changed a schema since it was read; it is then read again."""
        changed = False
        for db, fresh in enumerate(self._fresh):
            database = self.databases[db]
            if fresh and database is not None:
                database.begin_read()
                cookie = database.get_meta(META_SCHEMA_COOKIE) if database.pager.page_count else 0
                self.let_go(db)
                if cookie != self.catalog.schemas[db].cookie:
                    self.schema_changed(db)
                    changed = True
        return changed

    # what the machine asks for ------------------------------------------------------------------------------

    def open_temp(self) -> Database:
        """The database ``temp``: private, gone with the connection."""
        main = self.database(0)
        pager = Pager(main.pager.vfs, "", temporary=True)
        database = Database(pager)
        database.encoding = main.encoding
        pager.busy_timeout = self.busy_timeout
        return database

    def drop_temp(self) -> None:
        """Forget the database ``temp`` with all that is in it.

        Raises:
            OperationalError: a transaction is open.
        """
        temp = self.databases[1]
        if temp is None:
            return
        if not self.autocommit or temp.pager.in_write or 1 in self._reading:
            raise error("temporary storage cannot be changed from within a transaction")
        temp.close()
        self.databases[1] = None
        self.catalog.schemas[1].clear()
        self.catalog.schemas[1].cookie = 0
        self._fresh[1] = True
        self.generation += 1

    def begin(self, machine: Machine, db: int, write: int, cookie: int) -> None:
        """A statement begins to read or write ``db``; see the base class.

        Raises:
            OperationalError: ``PRAGMA query_only`` is on, and it would write.
        """
        if write and self.settings.get("query_only"):
            raise error("attempt to write a readonly database", "SQLITE_READONLY")
        super().begin(machine, db, write, cookie)

    def schema_changed(self, db: int) -> None:
        """Read the schema of ``db`` again before the next statement is compiled."""
        if self.databases[db] is not None:
            self._fresh[db] = False
        self.generation += 1

    def expire(self) -> None:
        """Have every statement compiled anew."""
        self.generation += 1

    def set_meta(self, db: int, field: int, value: int) -> None:
        """Change a field of the header; a new schema cookie makes a new generation."""
        super().set_meta(db, field, value)
        if field == META_SCHEMA_COOKIE:
            self.catalog.schemas[db].cookie = value
            self.generation += 1

    def parse_schema(self, db: int, where: str) -> None:
        """Add what rows of the schema table say, those that satisfy ``where``; without it, read all anew."""
        self.note_altered(db)
        schema = self.catalog.schemas[db]
        if not where:
            load_schema(schema, self.database(db))
        else:
            name = schema.name.replace('"', '""')
            query = f'SELECT name, rootpage, sql FROM "{name}".sqlite_schema WHERE {where} ORDER BY rowid'
            for row in self.query(query):
                load_row(schema, row[0], row[1], row[2])
        self.generation += 1

    def query(self, sql: str) -> list[tuple[Value, ...]]:
        """All rows of a query of the engine's own, about which nobody is asked."""
        authorizer, self.authorizer = self.authorizer, None
        try:
            prepared, _ = self.prepare(sql)
        finally:
            self.authorizer = authorizer
        assert prepared is not None
        machine = Machine(prepared.program, self, prepared.unbound())
        rows: list[tuple[Value, ...]] = []
        while batch := machine.run():
            rows.extend(batch)
        return rows

    def load_analysis(self, db: int) -> None:
        """Read ``sqlite_stat1`` anew."""
        load_analysis(self.catalog.schemas[db], self.database(db))
        self.generation += 1

    def drop_object(self, db: int, kind: str, name: str) -> None:
        """Forget a table or view with what hangs on it, an index, or a trigger."""
        self.note_altered(db)
        schema = self.catalog.schemas[db]
        key = fold(name)
        if kind == "table":
            table = schema.tables.pop(key, None)
            schema.views.pop(key, None)
            for index in table.indexes if table is not None else []:
                schema.indexes.pop(fold(index.name), None)
            for trigger in schema.triggers_of(name):
                schema.triggers.pop(fold(trigger.name), None)
        elif kind == "index":
            index_of = schema.indexes.pop(key, None)
            if index_of is not None:
                index_of.table.indexes.remove(index_of)
        else:
            schema.triggers.pop(key, None)
        self.generation += 1

    def root_moved(self, db: int, moved: int, root: int) -> None:
        """Correct the catalog after a B-tree's root page moved."""
        self.note_altered(db)
        schema = self.catalog.schemas[db]
        for table in schema.tables.values():
            if table.root_page == moved:
                table.root_page = root
        for index in schema.indexes.values():
            if index.root_page == moved:
                index.root_page = root

    def integrity_check(self, db: int, roots: tuple[int, ...], limit: int, check_header: bool) -> list[str]:
        """The faults of B-trees, in SQLite's words."""
        from foundrydb.engine.checking import faults_of

        return faults_of(self.database(db), list(roots), limit, check_header, self.running)

    def journal_mode(self, db: int, mode: str) -> str:
        """Change the journal mode, and tell it."""
        pager = self.database(db).pager
        return pager.set_journal_mode(mode) if mode else pager.journal_mode

    def read_setting(self, db: int, name: str) -> Value:
        """A setting that a PRAGMA shows."""
        return read_setting(self, db, name)

    def write_setting(self, db: int, name: str, value: Value) -> None:
        """Change a setting as a PRAGMA does."""
        write_setting(self, db, name, value)

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
        self.interrupted = True
        for machine in list(self.running):
            machine.interrupt()

    def after_fork(self) -> bool:
        """In a forked child: leave what runs, and the transaction, to the parent; False where there was such."""
        idle = self.autocommit and not self.running
        for database in self.databases:
            if database is not None:
                idle = database.pager.after_fork() and idle
        for machine in list(self.running):
            machine.abandon()
        return idle

    def close(self) -> None:
        """End what runs, roll back what is not committed, and release the files."""
        for machine in list(self.running):
            machine.reset()
        for database in self.databases:
            if database is not None:
                database.close()
        self.databases[:] = []
        self.statements.clear()
        self.sharing.clear()
        self._scanners.clear()
        # Nothing may be left that refers to the engine in a circle: it would stay until Python's collector comes.
        for schema in self.catalog.schemas:
            schema.clear()
        self.catalog.estimator = RowEstimator()
        self.catalog.watch = Watch()
        self.functions.clear()


def _pragma_modules() -> list[Module]:
    from foundrydb.compiler.codegen.pragmas.as_tables import pragma_modules

    return pragma_modules()
