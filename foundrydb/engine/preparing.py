"""From the text of a statement to its program: one that is kept, one that is shared, or a new one.

A compiled statement carries the number of the schemas' generation that it was compiled for, and is compiled anew where
there is a newer one (see ``AttachedDatabases.generation``).
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, Final, final

from foundrydb import late
from foundrydb.compiler.bind.notes.authorization import Ask, Authorization
from foundrydb.compiler.late import named
from foundrydb.compiler.pipeline import Compilation, Options, compile_statement, explain_compiled
from foundrydb.compiler.syntax.ast import (
    Begin,
    Commit,
    Explain,
    Pragma,
    Release,
    Rollback,
    RollbackTo,
    Savepoint,
)
from foundrydb.compiler.syntax.literals import Outline, outline
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.engine.options.limits import Limits
from foundrydb.engine.shared_programs import Sharing, Variant, share
from foundrydb.engine.statement import Compiled, Prepared, is_dml, skip_blank
from foundrydb.engine.statement_cache import StatementCache
from foundrydb.errors import Error
from foundrydb.storage.format.values import BINARY, BINARY_UTF16BE, BINARY_UTF16LE, UTF16BE, UTF16LE
from foundrydb.vm.limits import MAX_LENGTH

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.attribution import Attribution
    from foundrydb.compiler.plan.choices import Choices
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.compiler.syntax.ast import Statement
    from foundrydb.engine.schema_keeper import SchemaKeeper
    from foundrydb.storage.format.values import Collation, Value
    from foundrydb.vm.functions.registry import FunctionRegistry
    from foundrydb.vm.program import Program
    from foundrydb.vm.transactions.attached import AttachedDatabases

_OF_TRANSACTIONS: Final = (Begin, Commit, Rollback, Savepoint, Release, RollbackTo)

_UNSEEN: Final = frozenset({"fold_constants", "formulas"})
"""What makes values that stand in no register: left out where values must not be long."""


def needs_no_schema(statement: Statement) -> bool:
    """Whether this is a PRAGMA that does not look at the file."""
    if not isinstance(statement, Pragma):
        return False
    pragma = named("find_pragma")(statement.name.name.text.lower())
    return pragma is not None and not pragma.reads_schema


@final
class Preparer:
    """Compiles a connection's statements.

    Args:
        functions, collations, settings: the connection's.

    Attributes:
        cache: the statements that are kept, by their texts.
        sharing: the programs that statements share.
        limits: what the user may lower; ``limited`` says whether anything is.
        authorizer: is asked about what each statement does before there is code for it.
        observed: a user wants to be told of each row that a statement changes.
        without: names of optimizer passes that are left out; ``formulas`` for the fast ways of code generation.
    """

    def __init__(
        self,
        attached: AttachedDatabases[Schema],
        catalog: Catalog,
        keeper: SchemaKeeper,
        functions: FunctionRegistry,
        collations: dict[str, Collation],
        settings: dict[str, Value],
    ) -> None:
        self._attached: Final = attached
        self._catalog: Final = catalog
        self._keeper: Final = keeper
        self._functions: Final = functions
        self._collations: Final = collations
        self._settings: Final = settings
        self.cache: Final = StatementCache()
        self.sharing: Final = Sharing()
        self.limits: Final = Limits()
        self.limited = False
        self.authorizer: Ask | None = None
        self.observed = False
        self.without: frozenset[str] = frozenset()
        self._scanners: Final[list[Scanner]] = []

    def clear(self) -> None:
        """Forget all statements."""
        self.cache.clear()
        self.sharing.clear()
        self._scanners.clear()

    # from a text --------------------------------------------------------------------------------------------

    def prepare(self, sql: str, offset: int) -> tuple[Prepared | None, int]:
        """The statement that begins at ``offset``, None where there is none, and the offset past it and its semicolon.

        Raises:
            Error: it is wrong, with its place in ``sql``.
        """
        scanner = self._scanner_of(sql)
        prepared, end = self._prepared(sql, offset, scanner)
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
            found = self.sharing.find(met, self._attached.generation)
            if found is not None:
                return share(sql, met, found), met.end
        # The trees of a statement are thousands of objects, or millions, that live and go together, without a cycle:
        # Python's collector would look through them for garbage again and again.
        rests = gc.isenabled()
        if rests:
            gc.disable()
        try:
            return self._made(sql, offset, scanner, met)
        except Error as problem:
            if problem.sql is None:
                problem.sql = sql
            raise
        finally:
            if rests:
                gc.enable()

    def _made(
        self, sql: str, offset: int, scanner: Scanner, met: Outline | None
    ) -> tuple[Prepared | None, int]:
        """A statement that is compiled, with its literals lifted if others like it may come."""
        if met is not None and self.sharing.is_worth_lifting(met, self._attached.generation):
            found = self._lifted(sql, met, scanner)
            if found is not None:
                return share(sql, met, found), met.end
        statement, end = parse_one(sql, offset, False, scanner, self.limits.variables)
        if statement is None:
            return None, end
        if self.limited:
            return self._prepared_within_limits(statement, sql, offset, end), end
        return Prepared(sql, statement.start, self._program(statement, sql, end), []), end

    def _prepared_within_limits(self, statement: Statement, sql: str, offset: int, end: int) -> Prepared:
        """The statement, where it has not more of anything than the connection allows.

        Raises:
            Error: it has.
        """
        statement_limits: Any = late.statement_limits
        statement_limits.StatementLimits(self.limits.values).check(statement, sql, offset, end)
        work = self.stages(statement, sql)
        statement_limits.check_compiled(work, statement, self.limits.values)
        return Prepared(sql, statement.start, self._compiled(work, statement, sql), [])

    def _program(self, statement: Statement, sql: str, end: int) -> Compiled:
        """The program of a parsed statement; of what EXPLAIN tells about, the one that would run."""
        if isinstance(statement, Explain) and self.may_share() and skip_blank(sql, end) == len(sql):
            told = self._explained(statement.statement, sql)
            compiled = self.explanation(told, statement.query_plan)
            if compiled is not None:
                return compiled
        return self._compile(statement, sql)

    def _compile(self, statement: Statement, sql: str) -> Compiled:
        return self._compiled(self.stages(statement, sql), statement, sql)

    def _compiled(self, work: Compilation, statement: Statement, sql: str) -> Compiled:
        return Compiled(work.program, work.bare_plan, self._attached.generation, is_dml(sql, statement.start))

    # shared programs ----------------------------------------------------------------------------------------

    def may_share(self) -> bool:
        """Whether a program does for another statement: one made with all passes, any number of parts, unwatched."""
        return not (self.without or self.limited or self.observed or self.authorizer is not None)

    def _outline(self, scanner: Scanner, offset: int) -> Outline | None:
        """The outline of a statement, where programs may be shared."""
        return outline(scanner, offset) if self.may_share() else None

    def _lifted(self, sql: str, met: Outline, scanner: Scanner) -> Variant | None:
        """Compile a statement with its literals lifted; None where that is not possible."""
        try:
            statement, _ = parse_one(sql, met.start, False, scanner)
            assert statement is not None
            work = self.stages(statement, sql, lifted=frozenset(met.places))
        except Error:
            return None  # the statement as it is written tells the error
        generation = self._attached.generation
        compiled = Compiled(work.program, work.bare_plan, generation, is_dml(sql, statement.start))
        return self.sharing.add(met, work.lifting, compiled)

    # EXPLAIN ------------------------------------------------------------------------------------------------

    def explanation(self, prepared: Prepared, query_plan: bool) -> Compiled | None:
        """What tells how a compiled statement runs.

        None for the bytecode of a shared program: its comments tell the literals of another statement.
        """
        if prepared.literals and not query_plan:
            return None
        told = prepared.compiled
        program: Program = explain_compiled(
            query_plan, told.program, told.plan, self._catalog, self._functions, self._options()
        )
        return Compiled(program, None, told.generation, False)

    def _explained(self, statement: Statement, sql: str) -> Prepared:
        """The statement after EXPLAIN, which is all the rest of the text, as it would run by itself.

        Its text then is likely what comes after the keyword and one space.
        """
        gap = len(sql[: statement.start].rstrip()) + 1
        text = sql[min(gap, statement.start) :]
        found = self.cache.find(text, self._attached.generation)
        if found is not None:
            return found
        met = self._outline(Scanner(sql), statement.start)
        variant = None if met is None else self.sharing.find(met, self._attached.generation)
        if met is not None and variant is not None:
            return share(sql, met, variant)
        compiled = self._compile(statement, sql)
        prepared = Prepared(text, statement.start - (len(sql) - len(text)), compiled, [])
        self.cache.keep(prepared)
        return prepared

    def _lifted_by_others(self, statement: Explain, sql: str) -> frozenset[int]:
        """What is lifted of the statement that EXPLAIN explains, if it would run a shared program."""
        met = self._outline(Scanner(sql), statement.statement.start)
        shared = met is not None and self.sharing.find(met, self._attached.generation) is not None
        return frozenset(met.places) if met is not None and shared else frozenset()

    # through the stages -------------------------------------------------------------------------------------

    def stages(
        self,
        statement: Statement,
        sql: str,
        noting: bool = False,
        lifted: frozenset[int] = frozenset(),
    ) -> Compilation:
        """Compile a statement for the schemas as they are now, and keep every stage's result.

        Args:
            noting: keep what ``pipeline.Options`` offers too.
            lifted: where the literals begin that become parameters if they can.
        """
        if isinstance(statement, _OF_TRANSACTIONS) or needs_no_schema(statement):
            # They name nothing in the schema, and must do their work though it cannot be read, or is not to be yet.
            return self._staged(statement, sql, noting, lifted)
        self.load_catalog()
        try:
            return self._staged(statement, sql, noting, lifted)
        except Error:
            if not self._keeper.changed_outside():
                raise
        self.load_catalog()
        return self._staged(statement, sql, noting, lifted)

    def load_catalog(self) -> None:
        """Read the schemas that are not known; BINARY compares the bytes of the encoding that they are found in."""
        if self._keeper.load():
            chosen = {UTF16LE: BINARY_UTF16LE, UTF16BE: BINARY_UTF16BE}.get(self._attached.encoding, BINARY)
            self._collations["BINARY"] = chosen

    def _staged(self, statement: Statement, sql: str, noting: bool, lifted: frozenset[int]) -> Compilation:
        if isinstance(statement, Explain):
            lifted = self._lifted_by_others(statement, sql)
        options = self._options(noting, lifted)
        try:
            return compile_statement(statement, sql, self._catalog, self._functions, options)
        except Error as problem:
            if problem.sql is None:
                problem.sql = sql
            raise

    def _options(self, noting: bool = False, lifted: frozenset[int] = frozenset()) -> Options:
        choices: Choices | None = named("Choices")() if noting else None
        attribution: Attribution | None = named("Attribution")() if noting else None
        return Options(
            self._attached.encoding,
            self._collations,
            self.without | _UNSEEN if self.limits.length < MAX_LENGTH else self.without,
            self._settings,
            choices,
            attribution,
            lifted,
            None if self.authorizer is None else Authorization(self.authorizer),
            self.observed,
        )
