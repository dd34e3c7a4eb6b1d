"""Formulas: arithmetic over fields, registers and constants, computed on machine numbers without making objects.

An instruction that carries a formula is a fast way through the instructions that follow it.  A formula knows integers
that fit 64 bits and reals, and gives up on everything else: NULL, text, blobs, an overflow, a division by zero, a
result that is not a number, a damaged record.  Whoever asked then carries on with the general instructions, which do
the same for any values and raise the errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.entry_reader import INTEGER, NO_NUMBER, REAL
from foundrydb.vm.formulas.machine_term import MachineTerm
from foundrydb.vm.tables.stored import StoredIndex, StoredTable

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

# Products of integers between these fit 64 bits, and sums of larger ones.
_FACTOR: Final = 2147483648
_TERM: Final = 1 << 61
# The longest shift to the left of a factor that fits.
_LONGEST_SHIFT: Final = 31
# Integers between these are exact as reals.
EXACT: Final = 1 << 53


class Formula(MachineTerm):
    """A formula, or a part of one.

    Attributes:
        size: of how many terms and operations it is made.
        whole, real: the value, after ``evaluate`` has said which.
    """

    def __init__(self, size: int = 1) -> None:
        self.size: Final = size
        self.whole: i64 = 0
        self.real = 0.0

    def saves_object(self) -> bool:
        """Whether the general code would make an object for the value: it is read from a row, or computed."""
        return True

    def evaluate(self, m: Machine) -> i64:
        """Compute the value: INTEGER or REAL says where it is, NO_NUMBER that there is none."""
        raise NotImplementedError

    def take(self, value: Value) -> i64:
        """Take any value, see ``evaluate``."""
        if isinstance(value, int):
            self.whole = value
            return INTEGER
        if isinstance(value, float):
            self.real = value
            return REAL
        return NO_NUMBER


@final
class FieldTerm(Formula):
    """A field of a cursor's current row."""

    def __init__(self, cursor: int, field: int, is_real: bool) -> None:
        super().__init__()
        self.cursor: Final[i64] = cursor
        self.field: Final[i64] = field
        self.is_real: Final = is_real

    def __str__(self) -> str:
        return f"{'real ' if self.is_real else ''}c{self.cursor}[{self.field}]"

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return 1 << int(self.cursor)

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        slot = m.cursors[self.cursor]
        if isinstance(slot, StoredTable) and (not slot.special or slot.has(self.field)):
            cursor = slot.cursor
            kind = cursor.number(self.field)
            if kind == INTEGER:
                self.whole = cursor.whole
            elif kind == REAL:
                self.real = cursor.real
        elif isinstance(slot, StoredIndex) and not slot.null_row:
            entry = slot.cursor
            kind = entry.number(self.field)
            if kind == INTEGER:
                self.whole = entry.whole
            elif kind == REAL:
                self.real = entry.real
        else:
            kind = self.take(slot.column(self.field))
        if kind == INTEGER and self.is_real:
            self.real = float(self.whole)
            return REAL
        return kind


@final
class RowidTerm(Formula):
    """The rowid of a cursor's current row."""

    def __init__(self, cursor: int) -> None:
        super().__init__()
        self.cursor: Final[i64] = cursor

    def __str__(self) -> str:
        return f"c{self.cursor}.rowid"

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return 1 << int(self.cursor)

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        slot = m.cursors[self.cursor]
        if isinstance(slot, StoredTable) and not slot.special:
            self.whole = slot.cursor.rowid()
            return INTEGER
        if isinstance(slot, StoredIndex) and not slot.null_row and not slot.cursor.is_gone():
            self.whole = slot.cursor.last_integer()
            return INTEGER
        return self.take(slot.rowid())


@final
class RegisterTerm(Formula):
    """What a register holds."""

    def __init__(self, register: int) -> None:
        super().__init__()
        self.register: Final[i64] = register

    def __str__(self) -> str:
        return f"r[{self.register}]"

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return 1 << int(self.register)

    def saves_object(self) -> bool:
        """See ``Formula.saves_object``."""
        return False

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        return self.take(m.registers[self.register])


@final
class ConstantTerm(Formula):
    """A constant."""

    def __init__(self, value: int | float) -> None:
        super().__init__()
        self.value: Final = value
        self.kind: Final[i64] = self.take(value)

    def __str__(self) -> str:
        return str(self.value)

    def saves_object(self) -> bool:
        """See ``Formula.saves_object``."""
        return False

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        return self.kind


class Operation(Formula):
    """Two terms and what is done with them: a subclass says it for integers and for reals."""

    SIGN: ClassVar[str] = ""

    def __init__(self, left: Formula, right: Formula) -> None:
        super().__init__(left.size + right.size + 1)
        self.left: Final = left
        self.right: Final = right

    def __str__(self) -> str:
        return f"({self.left} {self.SIGN} {self.right})"

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return self.left.registers() | self.right.registers()

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return self.left.cursors() | self.right.cursors()

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        left = self.left
        right = self.right
        kind = left.evaluate(m)
        if kind == NO_NUMBER:
            return NO_NUMBER
        other = right.evaluate(m)
        if kind == INTEGER:
            if other == INTEGER:
                return self.of_integers(left.whole, right.whole)
            if other == REAL:
                return self.of_reals(float(left.whole), right.real)
            return NO_NUMBER
        if other == REAL:
            return self.of_reals(left.real, right.real)
        if other == INTEGER:
            return self.of_reals(left.real, float(right.whole))
        return NO_NUMBER

    def of_integers(self, a: i64, b: i64) -> i64:
        """The result for integers, see ``evaluate``."""
        raise NotImplementedError

    def of_reals(self, a: float, b: float) -> i64:
        """The result for reals, see ``evaluate``."""
        raise NotImplementedError

    def real_result(self, value: float) -> i64:
        """A real result, unless it is not a number."""
        self.real = value
        return REAL if value == value else NO_NUMBER


@final
class Addition(Operation):
    SIGN: ClassVar[str] = "+"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if -_TERM <= a <= _TERM and -_TERM <= b <= _TERM:
            self.whole = a + b
            return INTEGER
        return NO_NUMBER

    def of_reals(self, a: float, b: float) -> i64:
        """See ``Operation.of_reals``."""
        return self.real_result(a + b)


@final
class Subtraction(Operation):
    SIGN: ClassVar[str] = "-"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if -_TERM <= a <= _TERM and -_TERM <= b <= _TERM:
            self.whole = a - b
            return INTEGER
        return NO_NUMBER

    def of_reals(self, a: float, b: float) -> i64:
        """See ``Operation.of_reals``."""
        return self.real_result(a - b)


@final
class Multiplication(Operation):
    SIGN: ClassVar[str] = "*"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if -_FACTOR <= a <= _FACTOR and -_FACTOR <= b <= _FACTOR:
            self.whole = a * b
            return INTEGER
        return NO_NUMBER

    def of_reals(self, a: float, b: float) -> i64:
        """See ``Operation.of_reals``."""
        return self.real_result(a * b)


@final
class Division(Operation):
    SIGN: ClassVar[str] = "/"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if b <= 0 or a < -_TERM:
            return NO_NUMBER
        self.whole = a // b if a >= 0 else -(-a // b)
        return INTEGER

    def of_reals(self, a: float, b: float) -> i64:
        """See ``Operation.of_reals``."""
        return NO_NUMBER if b == 0.0 else self.real_result(a / b)


@final
class Remaindering(Operation):
    SIGN: ClassVar[str] = "%"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if b <= 0 or a < -_TERM:
            return NO_NUMBER
        self.whole = a % b if a >= 0 else -(-a % b)
        return INTEGER

    def of_reals(self, a: float, b: float) -> i64:
        """Not here: the operands are made integers first."""
        return NO_NUMBER


class BitOperation(Operation):
    """An operation on bits: reals are made integers first, but not here."""

    def of_reals(self, a: float, b: float) -> i64:
        """Not here, see ``Operation.of_reals``."""
        return NO_NUMBER


@final
class BitAnd(BitOperation):
    SIGN: ClassVar[str] = "&"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        self.whole = a & b
        return INTEGER


@final
class BitOr(BitOperation):
    SIGN: ClassVar[str] = "|"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        self.whole = a | b
        return INTEGER


@final
class ShiftLeft(BitOperation):
    SIGN: ClassVar[str] = "<<"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if not -_FACTOR <= a <= _FACTOR or not 0 <= b <= _LONGEST_SHIFT:
            return NO_NUMBER
        self.whole = a << b
        return INTEGER


@final
class ShiftRight(BitOperation):
    SIGN: ClassVar[str] = ">>"

    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if not 0 <= b < 64:
            return NO_NUMBER
        self.whole = a >> b
        return INTEGER


class UnaryFormula(Formula):
    """What is computed from one term."""

    WORD: ClassVar[str] = ""
    """How a listing names it."""

    def __init__(self, operand: Formula) -> None:
        super().__init__(operand.size + 1)
        self.operand: Final = operand

    def __str__(self) -> str:
        return f"{self.WORD} ({self.operand})"

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return self.operand.registers()

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return self.operand.cursors()


@final
class Absolute(UnaryFormula):
    """The absolute value of a term."""

    WORD: ClassVar[str] = "abs"

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        operand = self.operand
        kind = operand.evaluate(m)
        if kind == INTEGER:
            if operand.whole < -_TERM:
                return NO_NUMBER
            self.whole = operand.whole if operand.whole >= 0 else -operand.whole
        elif kind == REAL:
            # As by SQLite: minus zero keeps its sign.
            self.real = operand.real
            if operand.real < 0.0:
                self.real = -operand.real
        return kind


OPERATIONS: Final[dict[str, type[Operation]]] = {
    "+": Addition,
    "-": Subtraction,
    "*": Multiplication,
    "/": Division,
    "%": Remaindering,
    "&": BitAnd,
    "|": BitOr,
    "<<": ShiftLeft,
    ">>": ShiftRight,
}
