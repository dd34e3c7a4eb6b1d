"""From a statement's syntax to a program: the one place that lists the stages in order.

``STAGES`` is the list.  Each stage takes what the stages before it left in a ``Compilation`` and adds its own result,
so that afterwards every intermediate form can be looked at: the tokens, the tree, the plan as it was built and after
each pass that changed it, the program.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.binder import WITH_ROWS, bind_names, bind_statement
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.bind.notes.authorization import Ignored
from foundrydb.compiler.codegen.coder import Coder, Settings, TriggerCompiler
from foundrydb.compiler.codegen.statements import empty_program, explained, generate
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.building.builder import build
from foundrydb.compiler.plan.costs.estimates import estimate
from foundrydb.compiler.plan.optimizer import optimize
from foundrydb.compiler.syntax import ast, scanner
from foundrydb.errors import OperationalError
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, UTF8, Collation, Value

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.bind.notes.authorization import Authorization
    from foundrydb.compiler.bind.notes.names import Names
    from foundrydb.compiler.bind.statements import BoundStatement
    from foundrydb.compiler.codegen.attribution import Attribution
    from foundrydb.compiler.codegen.coder import TriggerCode
    from foundrydb.compiler.lift import Lifting
    from foundrydb.compiler.plan.choices import Choices
    from foundrydb.compiler.plan.nodes import Delete, Node, Output
    from foundrydb.compiler.plan.nullable import Nullable
    from foundrydb.compiler.provenance import Provenance
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table, Trigger
    from foundrydb.compiler.syntax.scanner import Token
    from foundrydb.vm.functions.registry import FunctionRegistry
    from foundrydb.vm.program import Program


@final
class Options:
    """What compiling a statement takes beside the schema.

    Attributes:
        encoding: the text encoding of the main database (``storage.format.values``).
        collations: the collating sequences, by name in capitals; None for the built-in ones.
        without: names of optimizer passes that are left out; ``formulas`` for the fast ways of code generation.
        values: what PRAGMAs have set, by name; code depends on some of them (``foreign_keys``, ``query_only``).
        choices: takes notes of what the planner weighed; None where nobody asks.
        attribution: takes notes which plan node each instruction is for; likewise.
        lifted: where the literals begin that become parameters if they can.
        authorization: is asked about what the statement does; None where nobody cares.
        observed: a user wants to be told of each row that is changed.
    """

    def __init__(
        self,
        encoding: int = UTF8,
        collations: dict[str, Collation] | None = None,
        without: frozenset[str] = frozenset(),
        values: dict[str, Value] | None = None,
        choices: Choices | None = None,
        attribution: Attribution | None = None,
        lifted: frozenset[int] = frozenset(),
        authorization: Authorization | None = None,
        observed: bool = False,
    ) -> None:
        self.encoding: Final = encoding
        self.collations: Final[dict[str, Collation]] = (
            {"BINARY": BINARY, "NOCASE": NOCASE, "RTRIM": RTRIM} if collations is None else collations
        )
        self.without: Final = without
        self.values: Final[dict[str, Value]] = {} if values is None else values
        self.choices: Final = choices
        self.attribution: Final = attribution
        self.lifted: Final = lifted
        self.authorization: Final = authorization
        self.observed: Final = observed


@final
class Compilation:
    """A statement on its way through the stages, and in the end the result of each of them.

    Attributes:
        sql: the text that the statement is part of.
        statement: its syntax tree; spans are offsets in ``sql``.
        lifting: the statement with parameters in place of literals, None where there are none.
        bound: the statement with its names looked up, as it was bound; None for a statement that has no plan.
        program: the program; ``compile_statement`` returns only when it is there.
    """

    def __init__(
        self,
        statement: ast.Statement,
        sql: str,
        catalog: Catalog,
        functions: FunctionRegistry,
        options: Options,
    ) -> None:
        self.sql: Final = sql
        self.statement: Final = statement
        self.catalog: Final = catalog
        self.functions: Final = functions
        self.options: Final = options
        self.lifting: Lifting | None = None
        self.bound: BoundStatement | None = None
        self._trace: Final[list[tuple[str, Node]]] = []
        self._program: Program | None = None

    def __repr__(self) -> str:
        size = "" if self._program is None else f", {len(self._program.instructions)} instructions"
        return f"<Compilation of {self._own_text()!r}: {len(self._trace)} plans{size}>"

    def __str__(self) -> str:
        plan = self.plan
        dump: Callable[[Node], str] = named("dump_text")
        return self._own_text() if plan is None else f"{self._own_text()}\n\n{dump(plan)}"

    def _repr_html_(self) -> str:
        """What a notebook shows: the statement and its plan."""
        text = str(self).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f"<pre>{text}</pre>"

    def _own_text(self) -> str:
        return self.sql[self.statement.start : self.statement.end]

    @property
    def tokens(self) -> list[Token]:
        """The tokens of the statement."""
        start = self.statement.start
        end = self.statement.end
        return [token for token in scanner.tokens(self.sql) if start <= token.start and token.end <= end]

    @property
    def planned(self) -> ast.Statement:
        """The statement that is planned: the one within EXPLAIN, or the statement itself; its literals lifted."""
        if self.lifting is not None:
            return self.lifting.statement
        statement = self.statement
        return statement.statement if isinstance(statement, ast.Explain) else statement

    @property
    def plan(self) -> Node | None:
        """The plan that code is generated from, with its estimates; None for a statement that has none."""
        plan = self.bare_plan
        if plan is not None:
            self._estimate([plan])
        return plan

    def _estimate(self, plans: list[Node]) -> None:
        room = DeepRecursion()
        room.enter()
        try:
            for plan in plans:
                estimate(plan, self.catalog)
        finally:
            room.leave()

    @property
    def bare_plan(self) -> Node | None:
        """The last plan, with the estimates alone that passes have asked for."""
        return self._trace[-1][1] if self._trace else None

    @property
    def plans(self) -> list[tuple[str, Node]]:
        """The plan as built (under the name ``build``), then after each pass that changed it, by the pass's name, each
        with its estimates; empty for a statement that has no plan (CREATE TABLE, PRAGMA)."""
        self._estimate([plan for _, plan in self._trace])
        return self._trace

    def planned_by(self, stage: str, plan: Node) -> None:
        """Add the next plan, and the stage or pass that made it."""
        self._trace.append((stage, plan))

    @property
    def program(self) -> Program:
        """The program."""
        assert self._program is not None, "the statement is not compiled yet"
        return self._program

    @program.setter
    def program(self, program: Program) -> None:
        self._program = program

    def names(self) -> Names:
        """Every name of the statement, with what it refers to: names are looked up once more, this time with notes.

        Raises:
            Error: the schema has changed since, and the statement no longer fits it.
        """
        values = self.options.values
        names, bound = bind_names(self.planned, self.sql, self.catalog, self.functions, values)
        room = DeepRecursion()
        room.enter()
        try:
            known: Nullable = named("Nullable")(None if bound is None else build(bound, self.functions))
            for name in names.found:
                if name.expr is not None and name.kind != "parameter":
                    name.nullable = known.expression(name.expr)
        finally:
            room.leave()
        return names

    def attributed(self) -> Attribution:
        """Which plan node and expressions each instruction is for; where nobody noted it, code is made again."""
        if self.options.attribution is not None:
            return self.options.attribution
        made: Attribution = named("Attribution")()
        literals = self.lifting.texts(self.sql) if self.lifting is not None else {}
        settings = _settings(self, literals, made)
        generate(self.statement, self.sql, self.bare_plan, self.catalog, self.functions, settings)
        return made

    def provenance(self) -> Provenance:
        """The chain from the text to the instructions and back."""
        made: Provenance = named("trace")(self)
        return made

    def stages(self) -> dict[str, object]:
        """The whole chain as one JSON document with ids; ``compiler.provenance`` says what is in it."""
        return self.provenance().document


ASKED_WHILE_BOUND: Final = (ast.Select, ast.Insert, ast.Update, ast.Delete, ast.Attach, ast.Detach)
"""The statements about which an authorizer is asked as their names are looked up."""


_CHANGES: Final = (ast.Insert, ast.Update, ast.Delete, ast.DropTable)
"""The statements that may set off triggers, or concern foreign keys."""


@final
class LateTriggers(TriggerCompiler):
    """Compiles the programs of triggers, with what is loaded when there is the first of them."""

    def __init__(self, catalog: Catalog, functions: FunctionRegistry, options: Options) -> None:
        self._catalog: Final = catalog
        self._functions: Final = functions
        self._options: Final = options
        self._made: TriggerCompiler | None = None

    def _compiler(self) -> TriggerCompiler:
        made = self._made
        if made is None:
            made = self._made = named("TriggerPrograms")(self._catalog, self._functions, self._options)
        return made

    def code(self, top: Coder, trigger: Trigger, conflict: str) -> TriggerCode:
        return self._compiler().code(top, trigger, conflict)

    def query(self, text: str, table: Table) -> tuple[Output, Source]:
        return self._compiler().query(text, table)

    def deletion(self, table: Table) -> Delete:
        return self._compiler().deletion(table)

    def programs(self) -> list[Program]:
        return [] if self._made is None else self._made.programs()

    def plans(self) -> list[Node]:
        return [] if self._made is None else self._made.plans()


class Stage:
    """A step of the way from syntax to program."""

    name: str = ""
    doc: str = ""

    @abstractmethod
    def run(self, work: Compilation) -> None:
        """Add this stage's result."""


@final
class Lift(Stage):
    name = "lift"
    doc = "Put parameters in the place of literals, where statements that differ in those share the program."

    def run(self, work: Compilation) -> None:
        """Lift the literals that can be."""
        if work.options.lifted:
            work.lifting = named("lift")(work.planned, work.catalog, work.options.lifted)


@final
class Bind(Stage):
    name = "bind"
    doc = "Look all names up in the catalog."

    def run(self, work: Compilation) -> None:
        """Bind the statement, where it works on rows."""
        statement = work.planned
        options = work.options
        if options.authorization is not None and not isinstance(statement, ASKED_WHILE_BOUND):
            authorize: Callable[[ast.Statement, str, Catalog, Authorization], None] = named("authorize")
            authorize(statement, work.sql, work.catalog, options.authorization)
        if isinstance(statement, WITH_ROWS):
            work.bound = bind_statement(
                statement,
                work.sql,
                work.catalog,
                work.functions,
                options.collations,
                options.authorization,
                options.values,
            )


@final
class Build(Stage):
    name = "build"
    doc = "Make the logical plan."

    def run(self, work: Compilation) -> None:
        """Make the plan of what is bound."""
        if work.bound is not None:
            work.planned_by("build", build(work.bound, work.functions))


@final
class Optimize(Stage):
    name = "optimize"
    doc = "Rewrite the plan, pass by pass."

    def run(self, work: Compilation) -> None:
        """Run the passes."""
        plan = work.bare_plan
        if plan is not None:
            options = work.options
            backwards = bool(options.values.get("reverse_unordered_selects"))
            trace = optimize(
                plan,
                work.catalog,
                work.functions,
                options.without,
                options.encoding,
                options.choices,
                backwards,
            )
            for name, made in trace:
                work.planned_by(name, made)


@final
class Generate(Stage):
    name = "generate"
    doc = "Emit the program."

    def run(self, work: Compilation) -> None:
        """Generate code."""
        literals = work.lifting.texts(work.sql) if work.lifting is not None else {}
        settings = _settings(work, literals)
        work.program = generate(
            work.statement, work.sql, work.bare_plan, work.catalog, work.functions, settings
        )


def _settings(
    work: Compilation, literals: dict[int, str], attribution: Attribution | None = None
) -> Settings:
    options = work.options
    triggers: TriggerCompiler | None = None
    if isinstance(work.planned, _CHANGES):
        triggers = LateTriggers(work.catalog, work.functions, options)
    return Settings(
        options.encoding,
        options.collations,
        options.values,
        options.attribution if attribution is None else attribution,
        "formulas" not in options.without,
        literals,
        options.authorization,
        triggers,
        options.observed,
    )


STAGES: Final[tuple[Stage, ...]] = (Lift(), Bind(), Build(), Optimize(), Generate())
"""What happens to a statement after parsing, in order."""

PROGRAM_WATCHERS: Final[list[Callable[[Program], None]]] = []
"""Each is shown every program before it runs; tests and oracles have ``vm.verify.verify`` look at them so."""


def _show(program: Program) -> None:
    for watcher in PROGRAM_WATCHERS:
        watcher(program)


def compile_statement(
    statement: ast.Statement,
    sql: str,
    catalog: Catalog,
    functions: FunctionRegistry,
    options: Options | None = None,
) -> Compilation:
    """Compile a parsed statement for the schema as the catalog has it.

    Args:
        statement: the statement; its spans are offsets in ``sql``.
        sql: the text, which may hold other statements too.

    Raises:
        Error: what is wrong with the statement, in SQLite's words; NotSupportedError for what does not run yet.
    """
    work = Compilation(statement, sql, catalog, functions, Options() if options is None else options)
    room = DeepRecursion()
    room.enter()
    try:
        for stage in STAGES:
            stage.run(work)
    except Ignored:
        work.program = empty_program(catalog, functions)
    except OperationalError as problem:
        better: OperationalError = named("located")(
            problem, statement, catalog, list(work.options.collations)
        )
        if better is problem:
            raise
        raise better from problem
    finally:
        room.leave()
    _show(work.program)
    return work


def explain_compiled(
    query_plan: bool,
    program: Program,
    plan: Node | None,
    catalog: Catalog,
    functions: FunctionRegistry,
    options: Options,
) -> Program:
    """The program of EXPLAIN, or of EXPLAIN QUERY PLAN, before a statement that is compiled.

    Args:
        program, plan: what compiling the statement gave.
    """
    settings = Settings(options.encoding, options.collations, options.values)
    explaining = explained(query_plan, program, plan, Coder(catalog, functions, settings))
    _show(explaining)
    return explaining
