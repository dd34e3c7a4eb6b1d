"""What the registers and cursors of a program stand for in the SQL.

A register is used for one thing after another.  What it holds now was written by the instruction that was carried out
last among those that write it; which expression that is for, the notes of code generation tell
(``compiler/provenance``).  Programs of triggers have no such notes: there the instruction's own comment has to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.bound import ColumnRef
from foundrydb.compiler.bind.text import ExprText, expr_text
from foundrydb.compiler.plan.describe import describe
from foundrydb.compiler.plan.nodes import SchemaChange
from foundrydb.vm.listing import comment_of
from foundrydb.vm.machine import OWN
from foundrydb.vm.ops.control import ResultRow
from foundrydb.vm.ops.cursors import OpenRead, OpenWrite
from foundrydb.vm.ops.registers import Copy, SCopy
from foundrydb.vm.ops.rows import Columns, ResultColumns
from foundrydb.vm.shape import shape_of

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.compiler.provenance import Provenance
    from foundrydb.vm.instruction import Instruction
    from foundrydb.vm.program import Program

Span = tuple[int, int]


class Meaning:
    """What a register stands for: in words, and as pieces of the SQL; both may be empty."""

    def __init__(self, text: str, spans: list[Span]) -> None:
        self.text: Final = text
        self.spans: Final = spans


class ProgramMeanings:
    """What holds of one program, whatever runs.

    Attributes:
        writers: by register, the addresses of the instructions that write it.
        makers: likewise, of those that do not only change what is there.
        openers: by cursor, those of the instructions that open it.
    """

    def __init__(self, program: Program) -> None:
        self.program: Final = program
        self.writers: Final[list[list[int]]] = [[] for _ in range(program.registers + 1)]
        self.makers: Final[list[list[int]]] = [[] for _ in range(program.registers + 1)]
        self.openers: Final[list[list[int]]] = [[] for _ in range(program.cursors)]
        for address, instruction in enumerate(program.instructions):
            shape = shape_of(instruction)
            for operand in shape.registers:
                first = int(getattr(instruction, operand.name))
                if operand.writes:
                    for register in range(first, first + operand.size(instruction, first)):
                        self.writers[register].append(address)
                        if not operand.reads:
                            self.makers[register].append(address)
            for cursor in shape.cursors:
                if cursor.opens:
                    self.openers[int(getattr(instruction, cursor.name))].append(address)


class Meanings:
    """What the programs of a statement are about."""

    def __init__(self, compilation: Compilation) -> None:
        self.compilation: Final = compilation
        self._programs: Final[dict[int, ProgramMeanings]] = {}
        self._registers: Final[dict[tuple[int, int, int], Meaning]] = {}
        # Once a change of the schema has run, its names are not there any more, or are there already.
        self._provenance = (
            compilation.provenance() if isinstance(compilation.bare_plan, SchemaChange) else None
        )

    def _chain(self) -> Provenance:
        """From the text to the instructions: a run that nobody looks at goes without."""
        made = self._provenance
        if made is None:
            made = self._provenance = self.compilation.provenance()
        return made

    def program(self, number: int) -> Program:
        """A program by its number: a trigger's, or ``OWN``."""
        own = self.compilation.program
        return own if number == OWN else own.triggers[number]

    def of(self, number: int) -> ProgramMeanings:
        """What holds of a program."""
        known = self._programs.get(number)
        if known is None:
            known = self._programs[number] = ProgramMeanings(self.program(number))
        return known

    def spans(self, number: int, address: int) -> list[Span]:
        """The pieces of the SQL that an instruction is for."""
        return [] if number != OWN else self._chain().pieces_at(address).spans

    def source(self, number: int, address: int) -> str:
        """The same as text."""
        return "" if number != OWN else self._chain().pieces_at(address).text(self.compilation.sql)

    def addresses_within(self, start: int, end: int) -> list[int]:
        """Those of the statement's own instructions whose own piece of the SQL lies within one."""
        found = []
        for address in range(len(self.compilation.program.instructions)):
            spans = self.spans(OWN, address)
            if spans and all(start <= first and last <= end for first, last in spans):
                found.append(address)
        return found

    def plan_nodes(self, addresses: list[int]) -> list[str]:
        """The plan nodes that some of the statement's own instructions are for, each once."""
        return list(dict.fromkeys(node for each in addresses if (node := self.plan_node(each))))

    def plan_node(self, address: int) -> str:
        """The plan node that one of the statement's own instructions is for; "" for none."""
        node = self._chain().owner_of(address)
        return "" if node is None else describe(node, ExprText()).title()

    def comment(self, number: int, address: int) -> str:
        """What is remarked on an instruction."""
        program = self.program(number)
        return program.comments[address] or comment_of(program.instructions[address])

    def register(self, number: int, register: int, writer: int) -> Meaning:
        """What a register stands for that the instruction at ``writer`` made."""
        known = self._registers.get((number, register, writer))
        if known is None:
            known = self._registers[number, register, writer] = self._made(number, register, writer)
        return known

    def _made(self, number: int, register: int, writer: int) -> Meaning:
        instruction = self.program(number).instructions[writer]
        if isinstance(instruction, (Copy, SCopy)):
            return self._copied(number, register, instruction)
        if number != OWN:
            return Meaning(self.program(number).comments[writer], [])
        exprs = self._chain().expressions_at(writer)
        chosen = self._one_of(exprs, instruction, register)
        if chosen is not None:
            return Meaning(expr_text(chosen), [] if chosen.start < 0 else [(chosen.start, chosen.end)])
        text = ", ".join(expr_text(expr) for expr in exprs) or self.program(number).comments[writer]
        return Meaning(text, self._chain().pieces_at(writer).spans if exprs else [])

    def _copied(self, number: int, register: int, copy: Copy | SCopy) -> Meaning:
        """What a copy stands for: what was copied, where one instruction alone writes that."""
        source = int(copy.source) + register - int(copy.dest)
        writers = self.of(number).makers[source]
        if len(writers) != 1 or source == register:
            return Meaning("", [])
        return self.register(number, source, writers[0])

    def _one_of(self, exprs: list[Expr], instruction: Instruction, register: int) -> Expr | None:
        """The expression whose value is in that register, of those that an instruction evaluates."""
        if isinstance(instruction, Columns):
            column = instruction.columns[register - int(instruction.dest)]
            named = [expr for expr in exprs if isinstance(expr, ColumnRef) and expr.index == column]
            return named[0] if named else None
        return exprs[0] if len(exprs) == 1 else None

    def tree(self, number: int, opener: int) -> OpenRead | OpenWrite | None:
        """The instruction that opened a cursor, where it opened a B-tree of a file."""
        instruction = self.program(number).instructions[opener]
        return instruction if isinstance(instruction, (OpenRead, OpenWrite)) else None

    def handing_out(self) -> list[int]:
        """The addresses of the statement's own instructions that hand out a row."""
        program = self.compilation.program
        return [
            i for i, each in enumerate(program.instructions) if isinstance(each, (ResultRow, ResultColumns))
        ]

    def row_registers(self) -> list[int]:
        """The registers that the statement hands out as a row, in the order of its columns; none where it has none."""
        for instruction in self.compilation.program.instructions:
            if isinstance(instruction, ResultRow):
                return list(range(int(instruction.first), int(instruction.first + instruction.count)))
            if isinstance(instruction, ResultColumns):
                break
        return []
