"""Programs, and the builder with which the compiler makes them.

A :class:`Program` is a list of instructions and what the machine and its callers need to know about them: how many
registers and cursors to provide, the result's columns, the parameters.  It holds no state of a run, so it can be
kept and run again, also by several machines at once.

A :class:`ProgramBuilder` hands out registers, cursors and labels, takes instructions in order, and resolves the
labels at the end.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import vec

from foundrydb.vm.instruction import Instruction
from foundrydb.vm.shape import shape_of


@final
class ResultColumn:
    """A column of the result.

    Attributes:
        name: as ``cursor.description`` gives it.
        decltype: the declared type of the table column that it shows, or None for an expression.
        database, table, origin: where that table column is, or None.
    """

    def __init__(
        self,
        name: str,
        decltype: str | None = None,
        database: str | None = None,
        table: str | None = None,
        origin: str | None = None,
    ) -> None:
        self.name: Final = name
        self.decltype: Final = decltype
        self.database: Final = database
        self.table: Final = table
        self.origin: Final = origin


@final
class QueryPlanRow:
    """A row of EXPLAIN QUERY PLAN: its number, its parent's (0 at the top), and the text."""

    def __init__(self, id: int, parent: int, detail: str) -> None:
        self.id: Final = id
        self.parent: Final = parent
        self.detail: Final = detail


@final
class Program:
    """A statement, compiled.

    Attributes:
        instructions: run from address 0 on.
        code: the same, in the form that the machine reads fastest.
        comments: a comment of the compiler's for each instruction, or an empty string; it replaces the comment
            that the instruction's own template gives.
        columns: the result's columns; none when the statement returns no rows.
        registers: how many registers there are; the highest number that is used.
        cursors: how many cursors there are; numbers from 0.
        parameters: the parameters' names by number, from 1 (index 0 is not used): ``?`` and gaps are None,
            others with their sign (``:name``, ``?5``).
        read_only: it changes nothing in a database.
        statement_journal: it may fail after it has changed something, and must then undo its own changes alone.
        counts_changes: it sets ``changes()``: INSERT, UPDATE, DELETE.
        explain: 0 for a plain statement, 1 for EXPLAIN, 2 for EXPLAIN QUERY PLAN.
        triggers: the programs of the triggers that it may set off, and of those that these set off; an instruction
            Program names one by its number.
        title: of a trigger's program, the trigger.
        arguments: of a trigger's program: so many registers, the first ones, hold the row that it is run for.
        passing: of a trigger's program: the cursors that are closed at the end of a run; the others stay open for the
            next one, and their opening is part of the setup.
    """

    def __init__(
        self,
        instructions: list[Instruction],
        comments: list[str],
        columns: list[ResultColumn],
        registers: int,
        cursors: int,
        parameters: list[str | None],
        read_only: bool,
        statement_journal: bool,
        counts_changes: bool,
        explain: int = 0,
        title: str = "",
        arguments: int = 0,
        passing: list[int] | None = None,
    ) -> None:
        self.instructions: Final = instructions
        self.code: Final = vec[Instruction](instructions)
        self.comments: Final = comments
        self.columns: Final = columns
        self.registers: Final = registers
        self.cursors: Final = cursors
        self.parameters: Final = parameters
        self.read_only: Final = read_only
        self.statement_journal: Final = statement_journal
        self.counts_changes: Final = counts_changes
        self.explain: Final = explain
        self.triggers: list[Program] = []
        self.title: Final = title
        self.arguments: Final = arguments
        self.passing: Final[list[int]] = [] if passing is None else passing

    def __repr__(self) -> str:
        return f"<Program: {len(self.instructions)} instructions, {self.registers} registers, {self.cursors} cursors>"


@final
class ProgramBuilder:
    """Makes a program.

    Attributes:
        instructions: what was emitted so far; an instruction's index is its address.
        columns: the result's columns, to be filled by the compiler.
        parameters: see :class:`Program`.
        statement_journal, counts_changes, read_only, arguments: see :class:`Program`.
        lasting: the cursors that a trigger's program keeps open from run to run.
    """

    def __init__(self) -> None:
        self.instructions: Final[list[Instruction]] = []
        self.comments: Final[list[str]] = []
        self.columns: list[ResultColumn] = []
        self.parameters: list[str | None] = [None]
        self.statement_journal = False
        self.counts_changes = False
        self.read_only = True
        self.arguments = 0
        self.lasting: Final[set[int]] = set()
        self._registers = 0
        self._cursors = 0
        self._labels: Final[list[int]] = []
        self._free: Final[list[int]] = []

    # registers, cursors -------------------------------------------------------------------------------------

    def register(self) -> int:
        """A new register's number."""
        self._registers += 1
        return self._registers

    def registers(self, count: int) -> int:
        """The number of the first of ``count`` new, consecutive registers."""
        first = self._registers + 1
        self._registers += count
        return first

    def temp(self) -> int:
        """A register for a short while: one that was given back, or a new one.  See ``free``."""
        return self._free.pop() if self._free else self.register()

    def free(self, register: int) -> None:
        """Give back a register that ``temp`` gave, once nothing reads it any more."""
        self._free.append(register)

    def cursor(self) -> int:
        """A new cursor's number."""
        self._cursors += 1
        return self._cursors - 1

    # code ---------------------------------------------------------------------------------------------------

    @property
    def address(self) -> int:
        """Where the next instruction goes."""
        return len(self.instructions)

    def emit(self, instruction: Instruction, comment: str = "") -> int:
        """Append an instruction; its address."""
        self.instructions.append(instruction)
        self.comments.append(comment)
        return len(self.instructions) - 1

    def label(self) -> int:
        """A new label: a negative number that stands for an address until ``finish``."""
        self._labels.append(-1)
        return -len(self._labels)

    def place(self, label: int) -> int:
        """Let ``label`` be the next instruction's address; that address."""
        self._labels[-label - 1] = len(self.instructions)
        return len(self.instructions)

    def here(self) -> int:
        """A new label that is placed at once."""
        label = self.label()
        self.place(label)
        return label

    def finish(self, explain: int = 0, title: str = "") -> Program:
        """Resolve the labels and make the program.  The builder is then used up."""
        for instruction in self.instructions:
            for jump in shape_of(instruction).jumps:
                target: int = getattr(instruction, jump.name)
                if target < 0:
                    setattr(instruction, jump.name, self.address_of(target))
        return Program(
            self.instructions,
            self.comments,
            self.columns,
            self._registers,
            self._cursors,
            self.parameters,
            self.read_only,
            self.statement_journal,
            self.counts_changes,
            explain,
            title,
            self.arguments,
            [cursor for cursor in range(self._cursors) if cursor not in self.lasting],
        )

    def address_of(self, label: int) -> int:
        """The address that a label stands for."""
        address = self._labels[-label - 1]
        assert address >= 0, f"label {label} was never placed"
        return address
