"""The base of every opcode, and the small language in which an opcode declares its operands.

An opcode is one ``@final`` subclass of :class:`Instruction` in ``vm/ops``.  Its class variables say all
there is to know about it besides what it does, and what it does is its ``execute`` method:

* ``OPERANDS``: one :class:`Operand` for each constructor parameter, in the same order, under the same name;
* ``DOC``: a sentence or a formula such as ``R[dest] := R[left] + R[right]``, in operand names;
* ``COMMENT``: the template of EXPLAIN's comment, ``r[{dest}]=r[{left}]+r[{right}]``.

EXPLAIN's rows, the verifier, the assembler and docs/opcodes.md are all derived from these.  Class variables
are used because compiled classes keep them, while docstrings and annotations are dropped.

Registers are numbered from 1, as in SQLite; register 0 is never named by an operand.  A jump operand holds an
address, or a label (a negative number) until :class:`foundrydb.vm.program.ProgramBuilder` resolves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

# Kinds of operand.
REGISTER: Final = "register"
RANGE: Final = "range"
JUMP: Final = "jump"
CURSOR: Final = "cursor"
INTEGER: Final = "integer"
FLAG: Final = "flag"
TEXT: Final = "text"
VALUE: Final = "value"
CODE: Final = "code"
KEY_INFO: Final = "keyinfo"
COLLATION: Final = "collation"
FUNCTION: Final = "function"
MODULE: Final = "module"
INTEGERS: Final = "integers"
REGISTERS: Final = "registers"
TEXTS: Final = "texts"
ROWS: Final = "rows"
VALUES: Final = "values"
FORMULA: Final = "formula"
TEXT_TERM: Final = "text term"
COMPARISON: Final = "comparison"

# What an instruction does with a register, or with a range of them.
READ: Final = "read"
WRITE: Final = "write"
UPDATE: Final = "update"

# Kinds of cursor, as the verifier tells them apart.
TABLE: Final = "table"
INDEX: Final = "index"
SORTER: Final = "sorter"
QUEUE: Final = "queue"
VIRTUAL: Final = "virtual"
SAMPLER: Final = "sampler"


@final
class Operand:
    """One operand of an opcode.

    Attributes:
        name: the constructor's parameter and the instruction's attribute.
        kind: one of the kinds above.
        place: which of EXPLAIN's columns p1 to p5 shows it; 0 for none.
        role: ``read``, ``write`` or ``update`` for registers and ranges.
        count: for a range, the operand that says how many registers; for ``integers`` ranges likewise.
        size: for a range without a count operand, how many registers (a fixed number).
        cursors: for a cursor, the kinds that will do; for an opening instruction, what it opens.
        opens: the instruction opens this cursor rather than using it.
        bit: for a flag, its bit within p5.
        optional: register 0, or an address below 0 for a jump, stands for "none".
    """

    def __init__(
        self,
        name: str,
        kind: str,
        place: int,
        role: str = "",
        count: str = "",
        size: int = 1,
        cursors: tuple[str, ...] = (),
        opens: bool = False,
        bit: int = 0,
        optional: bool = False,
    ) -> None:
        self.name: Final = name
        self.kind: Final = kind
        self.place: Final = place
        self.role: Final = role
        self.count: Final = count
        self.size: Final = size
        self.cursors: Final = cursors
        self.opens: Final = opens
        self.bit: Final = bit
        self.optional: Final = optional


def reads(name: str, place: int, optional: bool = False) -> Operand:
    """A register that the instruction reads; ``optional``: 0 stands for none."""
    return Operand(name, REGISTER, place, READ, optional=optional)


def writes(name: str, place: int, optional: bool = False) -> Operand:
    """A register that the instruction writes; ``optional``: 0 stands for none."""
    return Operand(name, REGISTER, place, WRITE, optional=optional)


def updates(name: str, place: int, optional: bool = False) -> Operand:
    """A register that the instruction reads and then writes."""
    return Operand(name, REGISTER, place, UPDATE, optional=optional)


def reads_range(name: str, place: int, count: str) -> Operand:
    """Consecutive registers, as many as the operand ``count`` says, that the instruction reads."""
    return Operand(name, RANGE, place, READ, count=count)


def reads_each(name: str, place: int) -> Operand:
    """A tuple of registers that the instruction reads; 0 stands for none."""
    return Operand(name, REGISTERS, place, READ)


def writes_range(name: str, place: int, count: str) -> Operand:
    """Consecutive registers, as many as the operand ``count`` says (or is long), that the instruction writes."""
    return Operand(name, RANGE, place, WRITE, count=count)


def updates_range(name: str, place: int, count: str) -> Operand:
    """Consecutive registers that the instruction reads and then writes."""
    return Operand(name, RANGE, place, UPDATE, count=count)


def jump(name: str, place: int, optional: bool = False) -> Operand:
    """An address to go to."""
    return Operand(name, JUMP, place, optional=optional)


def cursor(name: str, place: int, *kinds: str) -> Operand:
    """A cursor that has been opened as one of ``kinds`` (any kind when none is named)."""
    return Operand(name, CURSOR, place, cursors=kinds)


def opens(name: str, place: int, *kinds: str) -> Operand:
    """A cursor that the instruction opens."""
    return Operand(name, CURSOR, place, cursors=kinds, opens=True)


def integer(name: str, place: int) -> Operand:
    """A plain number."""
    return Operand(name, INTEGER, place)


def flag(name: str, bit: int, place: int = 5) -> Operand:
    """A switch, shown as one bit of p5."""
    return Operand(name, FLAG, place, bit=bit)


def text(name: str, place: int) -> Operand:
    """A string of the compiler's: a name, an affinity string, a message."""
    return Operand(name, TEXT, place)


def value(name: str, place: int) -> Operand:
    """A SQL constant."""
    return Operand(name, VALUE, place)


def code(name: str, place: int) -> Operand:
    """A result code by its name, shown as its number."""
    return Operand(name, CODE, place)


def key_info(name: str, place: int) -> Operand:
    """The collations and directions of an index's or a sorter's key."""
    return Operand(name, KEY_INFO, place)


def collation(name: str, place: int) -> Operand:
    """A collating sequence, or None where it does not matter."""
    return Operand(name, COLLATION, place)


def function(name: str, place: int) -> Operand:
    """A SQL function's declaration."""
    return Operand(name, FUNCTION, place)


def module(name: str, place: int) -> Operand:
    """A virtual table, by the name of its module."""
    return Operand(name, MODULE, place)


def integers(name: str, place: int) -> Operand:
    """A tuple of plain numbers."""
    return Operand(name, INTEGERS, place)


def texts(name: str, place: int) -> Operand:
    """A tuple of names."""
    return Operand(name, TEXTS, place)


def rows(name: str, place: int) -> Operand:
    """A tuple of rows, each a tuple of SQL constants."""
    return Operand(name, ROWS, place)


def values(name: str, place: int) -> Operand:
    """A tuple of SQL constants."""
    return Operand(name, VALUES, place)


def formula(name: str, place: int) -> Operand:
    """A formula, see ``vm/formulas/formula``."""
    return Operand(name, FORMULA, place)


def text_term(name: str, place: int) -> Operand:
    """A text where it lies, see ``vm/formulas/text_term``."""
    return Operand(name, TEXT_TERM, place)


def comparison(name: str, place: int) -> Operand:
    """An operator: one of < <= = <> >= >."""
    return Operand(name, COMPARISON, place)


class Instruction:
    """One instruction of a program; see the module's docstring."""

    OPERANDS: ClassVar[tuple[Operand, ...]] = ()
    DOC: ClassVar[str] = ""
    COMMENT: ClassVar[str] = ""
    FALLS_THROUGH: ClassVar[bool] = True
    """False where the next address is never reached by just carrying on (Goto, Halt)."""

    WRITES_WHEN: ClassVar[str] = ""
    """When its registers are written: ``jump`` only if it jumps, ``fall`` only if it does not, else always."""

    def execute(self, m: Machine, pc: i64) -> i64:
        """Carry the instruction out on ``m`` and return the next address.

        A negative answer ends the loop: see :mod:`foundrydb.vm.machine`.
        """
        raise NotImplementedError


def cursor_numbers(instruction: Instruction) -> list[int]:
    """The cursors that an instruction names, that which it works on first."""
    return [int(getattr(instruction, one.name)) for one in instruction.OPERANDS if one.kind == CURSOR]
