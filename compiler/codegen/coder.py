"""The state of one code generation: what has been emitted, and where everything is kept at run time.

Code generation is produce/consume.  ``produce(node, consumer)`` emits the loop that yields a plan node's rows and calls
``consumer.row`` exactly once, where the code for one row belongs.  A consumer that does not want a row jumps to the
``next`` label that it is given; falling out at the end means the same.  So a filter is a jump, a join is a loop in a
loop, and rows are only stored where an operator must hold them (sorters, groups, ephemeral tables).

Where the columns of a source are found at run time is its ``Location``; it may change on the way (a cursor's
columns while the table is scanned, a sorter's afterwards), always before the code that reads them is emitted.

Programs have SQLite's shape::

    Init → setup
    …the statement…
    Halt
    setup: Transaction, constants
    Goto 1
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.bind.bound import Expr, Literal, Parameter, Source
from foundrydb.compiler.codegen.dispatch import VALUES
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.storage.format.values import KeyInfo, binary_collation
from foundrydb.vm.ops.control import Goto, Halt, Init
from foundrydb.vm.ops.registers import Blob, Int64, Integer, Null, Real, String8, Variable
from foundrydb.vm.ops.transactions import Transaction
from foundrydb.vm.program import Program, ProgramBuilder

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Shared, Subquery
    from foundrydb.compiler.bind.notes.authorization import Authorization
    from foundrydb.compiler.codegen.attribution import Attribution
    from foundrydb.compiler.plan.nodes import Delete, Node, Output
    from foundrydb.compiler.schema.objects import ForeignKey, Table, Trigger
    from foundrydb.storage.format.values import Collation, Value
    from foundrydb.vm.functions.registry import FunctionRegistry
    from foundrydb.vm.instruction import Instruction


class Consumer:
    """What is done with each row that a plan node yields."""

    @abstractmethod
    def row(self, coder: Coder, next: int) -> None:
        """Emit the code for one row.

        Args:
            next: the label to jump to for the next row; the code may also just end.
        """

    def early(self, coder: Coder, next: int, known: list[Source]) -> None:
        """Emit a jump over a row that will not be wanted, before it is joined with others.

        Args:
            next: the label to jump to for the next row.
            known: whose columns the row has until now.
        """


class Location:
    """Where the columns of a source are at run time."""

    @abstractmethod
    def read(self, coder: Coder, index: int, dest: int) -> None:
        """Emit code that puts column ``index`` (ROWID: the rowid) into register ``dest``."""

    def read_marked(self, coder: Coder, index: int, dest: int) -> None:
        """The same for a function that asks for the value's subtype, which a value that is stored has not."""
        self.read(coder, index, dest)

    def register(self, coder: Coder, index: int) -> int:
        """The register that holds the column already, 0 when there is none."""
        return 0

    def subtype(self, index: int) -> int:
        """The register with the number of the column's subtype, 0 where it has none."""
        return 0

    def expression(self, index: int) -> Expr | None:
        """The expression that the column stands for, None where it is stored."""
        return None

    def field(self, coder: Coder, index: int) -> Field | None:
        """The cursor's field that holds the column and needs no more than reading, None when there is more to do."""
        return None

    @abstractmethod
    def set_null(self, coder: Coder) -> None:
        """Emit code that makes every column read as NULL from here on (the missing side of an outer join)."""

    def nullable(self) -> bool:
        """Whether ``set_null`` works: not where columns are expressions, which have no place of their own."""
        return True


@final
class Field:
    """A field of a cursor's record; ``real``: an integer in it stands for a real number."""

    def __init__(self, cursor: int, position: int, real: bool) -> None:
        self.cursor: Final = cursor
        self.position: Final = position
        self.real: Final = real


@final
class Remembered:
    """The value of a correlated subquery, kept while the rows that it refers to stay.

    Attributes:
        known: a register that is NULL until it was evaluated since they last changed.
        first: the first register of the value.
        coded: whether code for it was emitted.
        columns: the columns of the subquery that the value is made of.
    """

    def __init__(self, known: int) -> None:
        self.known: Final = known
        self.first: Final = known + 1
        self.coded = False
        self.columns: list[int] = []


@final
class Kept:
    """Where the value of a shared expression is kept while a row stays.

    Attributes:
        register: its register, NULL until the expression was evaluated.
        repeats: how many loops enclose the code for the row.
        coded: whether code that evaluates it was emitted.
    """

    def __init__(self, register: int, repeats: int) -> None:
        self.register: Final = register
        self.repeats: Final = repeats
        self.coded = False


class TriggerCode:
    """The program of a trigger, as the code that runs it sees it."""

    @abstractmethod
    def old_columns(self, count: int) -> list[int]:
        """The columns (ROWID: the rowid) of the row as it was that it reads.  count: how many there are."""

    @abstractmethod
    def new_columns(self, count: int) -> list[int]:
        """Likewise those of the row as it becomes."""

    @abstractmethod
    def fire(
        self, coder: Coder, count: int, old: Location | None, new: Location | None, ignored: int
    ) -> None:
        """Emit the code that runs it.

        count: of columns.  old, new: where the row is as it was and as it becomes, in registers.
        ignored: the label that RAISE(IGNORE) leads to.
        """


Tree = tuple[int, int, bool]
"""A B-tree that a program opens: database, root page, and whether to write it."""


@final
class LastingCursors:
    """The cursors on trees that a trigger's program opens in its setup, and keeps open for all its statements and runs.

    Its statements follow one another, so that each may have all of them.
    """

    def __init__(self) -> None:
        self._all: Final[dict[Tree, list[int]]] = {}
        self._taken: Final[dict[Tree, int]] = {}

    def take(self, tree: Tree) -> int:
        """One that the present statement does not use yet, -1 where there is none."""
        cursors = self._all.get(tree, [])
        taken = self._taken.get(tree, 0)
        if taken == len(cursors):
            return -1
        self._taken[tree] = taken + 1
        return cursors[taken]

    def add(self, tree: Tree, cursor: int) -> None:
        """There is one more, which the present statement uses."""
        self._all.setdefault(tree, []).append(cursor)
        self._taken[tree] = self._taken.get(tree, 0) + 1

    def begin_statement(self) -> None:
        """Another statement may use all of them."""
        self._taken.clear()


class TriggerCompiler:
    """What compiles the programs of the triggers that a statement may set off."""

    @abstractmethod
    def code(self, top: Coder, trigger: Trigger, conflict: str) -> TriggerCode:
        """The program of a trigger, each made once.

        top: the statement's.  conflict: the OR clause that it goes by, "" for its own.
        """

    @abstractmethod
    def query(self, text: str, table: Table) -> tuple[Output, Source]:
        """The plan of a query, and the row of ``table`` that it knows as ``row``, whose place it has to be told."""

    @abstractmethod
    def deletion(self, table: Table) -> Delete:
        """The plan that deletes all rows of a table, and sets off no triggers."""

    @abstractmethod
    def programs(self) -> list[Program]:
        """All that were made."""

    @abstractmethod
    def plans(self) -> list[Node]:
        """The plans of all statements in them."""


@final
class Settings:
    """What code generation asks of the connection.

    Attributes:
        encoding: the text encoding of the main database.
        collations: the collating sequences, by name in capitals.
        values: what PRAGMAs have set, by name; code depends on some of them.
        attribution: notes which plan node each instruction is for; None where nobody asks.
        formulas: numbers get fast ways, see ``formulas.py``.
        literals: the texts of literals that became parameters, by the parameters' numbers.
        authorization: is asked about what the statement does; None where nobody cares.
        triggers: compiles the programs of triggers; None for a statement that cannot set off any.
        observed: a user wants to be told of each row that is changed.
    """

    def __init__(
        self,
        encoding: int,
        collations: dict[str, Collation],
        values: dict[str, Value] | None = None,
        attribution: Attribution | None = None,
        formulas: bool = True,
        literals: dict[int, str] | None = None,
        authorization: Authorization | None = None,
        triggers: TriggerCompiler | None = None,
        observed: bool = False,
    ) -> None:
        self.encoding: Final = encoding
        self.collations: Final = collations
        self.values: Final[dict[str, Value]] = {} if values is None else values
        self.attribution: Final = attribution
        self.formulas: Final = formulas
        self.literals: Final[dict[int, str]] = {} if literals is None else literals
        self.authorization: Final = authorization
        self.triggers: Final = triggers
        self.observed: Final = observed

    def on(self, name: str) -> bool:
        """Whether a switch is on that is off by default."""
        return bool(self.values.get(name, 0))

    def number(self, name: str) -> int:
        """A number that is 0 as long as nobody has set it."""
        value = self.values.get(name, 0)
        return value if isinstance(value, int) else 0

    def for_trial(self) -> Settings:
        """The same for code that is thrown away: nobody notes what it is for."""
        return Settings(
            self.encoding,
            self.collations,
            self.values,
            formulas=self.formulas,
            literals=self.literals,
            authorization=self.authorization,
            triggers=self.triggers,
            observed=self.observed,
        )


@final
class Coder:
    """The state of one code generation.

    Attributes:
        builder: takes the instructions; hands out registers, cursors and labels.
        locations: where each source's columns are at this point of the code.
        used: which columns of each source the statement refers to (``usage.py`` fills it).
        opened: the cursors of the plan's leaves that have been opened, see ``opening.py``.
        repeats: how many loops enclose the code that is being emitted; at 0 nothing runs twice.
        general: above 0 within the general code behind a formula, see ``formulas.py``.
        queries_vary: the statement changes what subqueries may read: those that read what it changes are evaluated
            every time.
        changed: the table that it changes; None where it is a view, of which no plan tells whether it reads it.
        within: how many subqueries of expressions enclose the code that is being emitted.
        correlated: the subqueries whose value depends on enclosing rows and on nothing else (``usage.py`` fills it).
        remembered: those of them whose value is kept, by identity, see ``subqueries.py``.
        runs: of what keeps rows for one run of a join, by identity: the register that is NULL until it has them, see
            ``rows/keeping.py``.
        bases: the registers of the enclosing CASEs' bases, innermost last.
        shared: the common table expressions that have been coded, by their number.
        sharing: the expressions that are evaluated once a row, by their number (``usage.py`` fills it).
        kept: where their values are kept within the code for a row, by their number, see ``shared_values.py``.
        top: the statement that sets off the trigger whose program this is; None for a statement's own code.
        lasting: the cursors that the program of a trigger keeps open; None for a statement's own code.
        settled: the foreign key by which nothing is left over once this program of a trigger has run, None for none.
    """

    def __init__(
        self, catalog: Catalog, functions: FunctionRegistry, settings: Settings, top: Coder | None = None
    ) -> None:
        self.top: Final = top
        self.lasting: Final = None if top is None else LastingCursors()
        self.settled: ForeignKey | None = None
        self.catalog: Final = catalog
        self.functions: Final = functions
        self.settings: Final = settings
        self.builder: Final = ProgramBuilder()
        self.locations: Final[dict[Source, Location]] = {}
        self.used: Final[dict[Source, dict[int, int]]] = {}
        self.opened: Final[dict[int, tuple[int, int]]] = {}
        self.shared: Final[dict[int, SharedRows]] = {}
        self.sharing: Final[dict[int, Shared]] = {}
        self.kept: Final[dict[int, Kept]] = {}
        self.correlated: Final[list[Subquery]] = []
        # How many sorts that want their first rows alone are being filled: they may pass over a row early.
        self.tops = 0
        self.remembered: Final[dict[int, Remembered]] = {}
        self.runs: Final[dict[int, int]] = {}
        self.bases: Final[list[int]] = []
        self.repeats = 0
        self.general = 0
        self.queries_vary = False
        self.changed: Table | None = None
        self.within = 0
        self._setup_label = self.builder.label()
        self._setup: Final[list[Instruction]] = []
        self._constants: Final[dict[tuple[int, Value], int]] = {}
        self._variables: Final[dict[int, int]] = {}
        self._hoisted: Final[list[tuple[Expr, int]]] = []
        self._transactions: Final[dict[int, int]] = {}
        self._any_cookie = False
        self.in_setup = False
        self.emit(Init(self._setup_label))

    # emitting -----------------------------------------------------------------------------------------------

    def emit(self, instruction: Instruction, comment: str = "") -> None:
        """Append an instruction, with a comment that replaces the one EXPLAIN would make."""
        self.builder.emit(instruction, comment)

    def set_up(self, instruction: Instruction) -> None:
        """Let an instruction that depends on nothing be part of the program's setup."""
        self._setup.append(instruction)

    def label(self) -> int:
        """A new label."""
        return self.builder.label()

    def place(self, label: int) -> None:
        """Let a label stand for the next instruction."""
        self.builder.place(label)

    def here(self) -> int:
        """A new label that stands for the next instruction."""
        return self.builder.here()

    def register(self) -> int:
        """A new register."""
        return self.builder.register()

    def registers(self, count: int) -> int:
        """The first of ``count`` new registers in a row."""
        return self.builder.registers(count)

    def cursor(self) -> int:
        """A new cursor's number."""
        return self.builder.cursor()

    # what the program needs ---------------------------------------------------------------------------------

    def schema_number(self, schema: str) -> int:
        """The number of the database of that name (0 for main)."""
        found = self.catalog.schema(schema)
        if found is None:
            raise errors.error(f"unknown database {schema}")
        return found.number

    def use(self, database: int, write: bool = False) -> None:
        """Note that the program reads, or writes, a database: setup begins the transaction."""
        if self.top is not None:
            self.top.use(database, write)
            return
        level = 1 if write else 0
        self._transactions[database] = max(level, self._transactions.get(database, 0))
        if write:
            self.builder.read_only = False

    def trigger(self, trigger: Trigger, conflict: str) -> TriggerCode:
        """The program of a trigger that this code may set off.  conflict: the OR clause that it goes by."""
        compiler = self.settings.triggers
        assert compiler is not None, "this statement changes no rows"
        return compiler.code(self if self.top is None else self.top, trigger, conflict)

    def collation(self, name: str) -> Collation:
        """The collating sequence of that name.

        Raises:
            OperationalError: ``no such collation sequence``.
        """
        if name == "" or name == "BINARY":
            return binary_collation(self.settings.encoding)
        found = self.settings.collations.get(name.upper())
        if found is None:
            raise named("missing_collation")(name)
        return found

    def comparison_collation(self, name: str) -> Collation | None:
        """As ``collation``, but None for BINARY, which the comparing opcodes take as the plain order."""
        if (name == "" or name == "BINARY") and self.settings.encoding == 1:
            return None
        return self.collation(name)

    def key_info(
        self, collations: list[str], descending: list[bool] | None = None, big_nulls: list[bool] | None = None
    ) -> KeyInfo:
        """How a key compares, from the names of its collating sequences."""
        return KeyInfo(
            [self.collation(name) for name in collations],
            [False] * len(collations) if descending is None else descending,
            big_nulls,
        )

    # constants ----------------------------------------------------------------------------------------------

    def constant(self, value: Value) -> int:
        """The register that holds a constant from the program's start on."""
        if value is None:
            kind = 0
        elif isinstance(value, int):
            kind = 1
        elif isinstance(value, float):
            kind = 2 if value != 0.0 or str(value)[0] != "-" else 5
        else:
            kind = 3 if isinstance(value, str) else 4
        key = (kind, value)
        register = self._constants.get(key, 0)
        if register == 0:
            register = self.register()
            if self.in_setup:
                self.emit(load(value, register))
                return register
            self._constants[key] = register
            self._note_constant(register)
            self._setup.append(load(value, register))
        return register

    def variable(self, number: int) -> int:
        """The register that holds a parameter's value from the program's start on."""
        register = self._variables.get(number, 0)
        if register == 0:
            register = self.register()
            if self.in_setup:
                self.emit(Variable(number, register))
                return register
            self._variables[number] = register
            self._note_constant(register)
            self._setup.append(Variable(number, register))
        return register

    def hoist(self, expr: Expr, dest: int) -> None:
        """Evaluate a constant expression into ``dest``, which nothing else writes, at the program's start."""
        self._note_constant(dest, expr)
        if isinstance(expr, Literal):
            self._setup.append(load(expr.value, dest))
        elif isinstance(expr, Parameter):
            self._setup.append(Variable(expr.number, dest))
        else:
            self._hoisted.append((expr, dest))

    def _note_constant(self, register: int, expr: Expr | None = None) -> None:
        attribution = self.settings.attribution
        if attribution is not None:
            attribution.keep(register, expr)

    # the end ------------------------------------------------------------------------------------------------

    def begin_statement(self) -> None:
        """Forget what was noted of the statement before, of several in one program."""
        self.shared.clear()
        self.sharing.clear()
        self.kept.clear()
        self.correlated.clear()
        self.remembered.clear()
        self.runs.clear()
        if self.lasting is not None:
            self.lasting.begin_statement()

    def finish(self, explain: int = 0, title: str = "") -> Program:
        """End the statement's code, emit the setup, and resolve the labels.  title: what a trigger's program is."""
        self.emit(Halt())
        self.place(self._setup_label)
        if self.settings.on("query_only") and any(level > 0 for level in self._transactions.values()):
            self.emit(Halt("SQLITE_READONLY", "abort", "attempt to write a readonly database"))
        for database in sorted(self._transactions):
            self.emit(Transaction(database, self._transactions[database], self._cookie(database)))
        for instruction in self._setup:
            self.emit(instruction)
        self.in_setup = True
        attribution = self.settings.attribution
        for expr, dest in self._hoisted:
            if attribution is not None:
                attribution.evaluate(self, [expr])
            VALUES.of(expr)(self, expr, dest)
            if attribution is not None:
                attribution.evaluated(self)
        self.emit(Goto(1))
        if self.settings.literals:
            self._name_literals(self.settings.literals)
        program = self.builder.finish(explain, title)
        if self.settings.triggers is not None and self.top is None:
            program.triggers = self.settings.triggers.programs()
        return program

    def _name_literals(self, literals: dict[int, str]) -> None:
        """Say of each parameter that was a literal which one it was."""
        builder = self.builder
        for address in range(len(builder.instructions)):
            instruction = builder.instructions[address]
            if isinstance(instruction, Variable) and instruction.parameter in literals:
                builder.comments[address] = f"literal {literals[instruction.parameter]}"

    def any_schema(self) -> None:
        """The program does not depend on what the schema says: it is never stale."""
        self._any_cookie = True

    def _cookie(self, database: int) -> int:
        if self._any_cookie:
            return -1
        for schema in self.catalog.schemas:
            if schema.number == database:
                return schema.cookie
        return -1


@final
class SharedRows:
    """The rows of a common table expression that is used more than once.

    Attributes:
        cursor: the ephemeral table with the rows.
        routine: the label of the subroutine that fills it, once; back: its return register.
    """

    def __init__(self, cursor: int, routine: int, back: int) -> None:
        self.cursor: Final = cursor
        self.routine: Final = routine
        self.back: Final = back


def load(value: Value, dest: int) -> Instruction:
    """The instruction that puts a constant into a register."""
    if value is None:
        return Null(dest)
    if isinstance(value, int):
        if -0x80000000 <= value <= 0x7FFFFFFF:
            return Integer(value, dest)
        return Int64(value, dest)
    if isinstance(value, float):
        return Real(value, dest)
    if isinstance(value, str):
        return String8(value, dest)
    return Blob(value, dest)
