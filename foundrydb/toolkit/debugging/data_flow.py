"""What each instruction of a program passes on: from registers and cursors' entries to registers, entries and rows.

An instruction that writes registers gives them what it has read.  One that puts an entry into a sorter, a hash table or
another table of the statement's own, one that takes a row into an aggregate, and one that hands out a row pass on
something else as well: the entries on which the loops around them stand, for those are why they are carried out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.vm.instruction import CURSOR, JUMP, VIRTUAL
from foundrydb.vm.ops.aggregates import AggStep, GroupAdd, GroupOpen, GroupStep
from foundrydb.vm.ops.control import Once, OnceEach, ResultRow
from foundrydb.vm.ops.cursors import Count, Last, OpenDup, OpenRead, OpenWrite, Rewind, Sequence
from foundrydb.vm.ops.ephemeral import Dequeue, Enqueue, FoundOrInsert
from foundrydb.vm.ops.formulas import FormulaStep, TextStep
from foundrydb.vm.ops.rows import IdxInsert, Insert, InsertRow, NewRowid, ResultColumns
from foundrydb.vm.ops.sorter import SorterPut, SorterSort
from foundrydb.vm.ops.subroutines import InitCoroutine
from foundrydb.vm.ops.windows import WindowPut
from foundrydb.vm.shape import shape_of

if TYPE_CHECKING:
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.vm.instruction import Instruction

_PUTS: Final = (
    SorterPut,
    GroupStep,
    WindowPut,
    FoundOrInsert,
    IdxInsert,
    Insert,
    InsertRow,
    Enqueue,
)
_SETS: Final = (GroupStep, FoundOrInsert, IdxInsert)
"""Those for which equal entries are one."""
_STEPS: Final = (AggStep, FormulaStep, TextStep)
_ROWS: Final = (ResultRow, ResultColumns)
_OF_NO_ENTRY: Final = (Count, Sequence, NewRowid, GroupAdd)
"""What writes a register, or names a cursor, but reads no entry of it."""


@final
class Passing:
    """What an instruction passes on.

    Attributes:
        reads, writes: registers; ``keeps``: what a written one was made from stays among what it is made from.
        entries: the cursors whose entries it reads.
        around: the cursors of the loops around it, where their entries count.
        put: the cursor of the statement's own table that it puts an entry into, -1 for none; ``entry``: the
            registers that hold the entry, or its record.
        merges: an equal entry that is there already is the same one.
        moved: the cursor of such a table that it moves, -1 for none; ``begins``: to the first entry.
        taken: the entry leaves the table for the registers that are written.
        row: it hands out a row.
    """

    def __init__(self, instruction: Instruction, own: set[int]) -> None:
        self.reads, self.writes, self.keeps = _registers(instruction)
        named = [int(getattr(instruction, each.name)) for each in instruction.OPERANDS if each.kind == CURSOR]
        is_put = isinstance(instruction, _PUTS) and named[0] in own
        self.put: Final = named[0] if is_put else -1
        self.entry: Final = self.reads if is_put else []
        self.merges: Final = isinstance(instruction, _SETS)
        self.row: Final = isinstance(instruction, _ROWS)
        self.entries: Final = self._entries(instruction, [] if is_put else named)
        jumps = any(each.kind == JUMP for each in instruction.OPERANDS)
        self.moved: Final = named[0] if named and not is_put and jumps and named[0] in own else -1
        self.begins: Final = isinstance(instruction, (Rewind, Last, SorterSort))
        self.taken: Final = isinstance(instruction, Dequeue)
        self.around: tuple[int, ...] = ()

    def _entries(self, instruction: Instruction, named: list[int]) -> list[int]:
        if isinstance(instruction, (_OF_NO_ENTRY, Dequeue)) or not (self.writes or self.row):
            return []
        found = list(named)
        for name in shape_of(instruction).terms:
            found += _bits(getattr(instruction, name).cursors())
        return list(dict.fromkeys(found))

    @property
    def is_nothing(self) -> bool:
        """It passes nothing on."""
        return not (self.writes or self.row) and self.put < 0 and self.moved < 0


def _registers(instruction: Instruction) -> tuple[list[int], list[int], bool]:
    """The registers that an instruction reads and writes, and whether one that it writes is one that it reads."""
    shape = shape_of(instruction)
    reads: list[int] = []
    writes: list[int] = []
    for operand in shape.registers:
        first = int(getattr(instruction, operand.name))
        numbers = list(range(first, first + operand.size(instruction, first)))
        reads += numbers if operand.reads else []
        writes += numbers if operand.writes else []
    for name in shape.tuples:
        reads += [register for register in getattr(instruction, name) if register > 0]
    for name in shape.terms:
        reads += _bits(getattr(instruction, name).registers())
    return reads, writes, bool(set(reads) & set(writes))


def _bits(numbers: int) -> list[int]:
    return [at for at in range(numbers.bit_length()) if numbers >> at & 1]


@final
class DataFlow:
    """What holds of a program.

    Attributes:
        passings: by address; None for an instruction that passes nothing on.
        stored: the numbers of the cursors on B-trees of files, with the number of the database.
        same: by a cursor that is another position in a table of the statement's own, the cursor that opened it.
        keys: by a cursor on groups, what the fields at a row's beginning are that its group is known by.
        lasting: what a row is made from may have been read long before it: in an earlier run of the loops.
    """

    def __init__(self, compilation: Compilation) -> None:
        code = compilation.program.instructions
        self.stored: Final = {
            int(each.cursor): int(each.db) for each in code if isinstance(each, (OpenRead, OpenWrite))
        }
        self.same: Final = {
            int(each.cursor): int(each.original) for each in code if isinstance(each, OpenDup)
        }
        self.keys: Final = {int(each.cursor): each.keys for each in code if isinstance(each, GroupOpen)}
        own = {
            int(getattr(each, operand.name))
            for each in code
            for operand in each.OPERANDS
            if operand.kind == CURSOR and operand.opens and VIRTUAL not in operand.cursors
        } - set(self.stored)
        self.lasting: Final = bool(own) or any(isinstance(each, (*_STEPS, InitCoroutine)) for each in code)
        self.passings: Final[list[Passing | None]] = []
        around = _Around(compilation)
        for address, instruction in enumerate(code):
            made = Passing(instruction, own)
            if made.row or made.put >= 0 or isinstance(instruction, _STEPS):
                made.around = around.of(address)
            self.passings.append(None if made.is_nothing else made)


@final
class _Around:
    """Which cursors' loops an instruction is within.

    A loop is what an instruction that moves a cursor jumps back over; what reads a single row has none, and there
    the code for the rows of its plan node counts.  What is done once for all rows of a loop is not for any of them.
    """

    def __init__(self, compilation: Compilation) -> None:
        self._regions: Final[list[tuple[int, int, int]]] = []
        self._once: Final[list[tuple[int, int]]] = []
        code = compilation.program.instructions
        for address, instruction in enumerate(code):
            if isinstance(instruction, (Once, OnceEach)):
                self._once.append((address, int(instruction.target)))
            named = [each.name for each in instruction.OPERANDS if each.kind == CURSOR]
            for operand in instruction.OPERANDS:
                target = getattr(instruction, operand.name) if operand.kind == JUMP else address
                if named and target < address:
                    self._regions.append((target, address, int(getattr(instruction, named[0]))))
        provenance = compilation.provenance()
        readers = provenance.readers
        for region in provenance.attribution.yields:
            self._regions.extend(
                (region.start, region.end, cursor) for cursor, node in readers.items() if node is region.node
            )

    def of(self, address: int) -> tuple[int, ...]:
        """The cursors, each once."""
        begins = max((start for start, end in self._once if start <= address < end), default=0)
        found = [cursor for start, end, cursor in self._regions if begins <= start <= address < end]
        return tuple(dict.fromkeys(found))
