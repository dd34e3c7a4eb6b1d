"""Formulas: arithmetic over fields, registers and constants, computed on machine numbers without making objects.

An instruction that carries a formula is a fast way through the instructions that follow it.  A formula knows integers
that fit 64 bits and reals, and gives up on everything else: NULL, text, blobs, an overflow, a division by zero, a
result that is not a number, a damaged record.  Whoever asked then carries on with the general instructions, which do
the same for any values and raise the errors.

========== =======================================================================
text       value
========== =======================================================================
c0[2]      field 2 of the current row of cursor 0
real c0[2] the same in a REAL column: an integer stands for a real number
c0.rowid   the rowid of the current row of cursor 0
r[5]       the value in register 5
12, 2.5    a constant
(a + b)    an operation: + - * / % & | << or >>
abs (a)    the absolute value
========== =======================================================================
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.errors import InternalError
from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.cursor import INTEGER, NO_NUMBER, REAL
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


class Formula:
    """A formula, or a part of one.

    Attributes:
        whole, real: the value, after ``evaluate`` has said which.
    """

    def __init__(self) -> None:
        self.whole: i64 = 0
        self.real = 0.0

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

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        slot = m.cursors[self.cursor]
        if isinstance(slot, StoredTable) and not slot.special:
            self.whole = slot.cursor.rowid()
            return INTEGER
        if isinstance(slot, StoredIndex) and not slot.null_row:
            self.whole = slot.cursor.last_integer()
            return INTEGER
        return self.take(slot.rowid())


@final
class RegisterTerm(Formula):
    """What a register holds."""

    def __init__(self, register: int) -> None:
        super().__init__()
        self.register: Final[i64] = register

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        return self.take(m.registers[self.register])


@final
class ConstantTerm(Formula):
    """A constant."""

    def __init__(self, value: int | float) -> None:
        super().__init__()
        self.kind: Final[i64] = self.take(value)

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        return self.kind


class Operation(Formula):
    """Two terms and what is done with them: a subclass says it for integers and for reals."""

    def __init__(self, left: Formula, right: Formula) -> None:
        super().__init__()
        self.left: Final = left
        self.right: Final = right

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
    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        self.whole = a & b
        return INTEGER


@final
class BitOr(BitOperation):
    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        self.whole = a | b
        return INTEGER


@final
class ShiftLeft(BitOperation):
    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if not -_FACTOR <= a <= _FACTOR or not 0 <= b <= _LONGEST_SHIFT:
            return NO_NUMBER
        self.whole = a << b
        return INTEGER


@final
class ShiftRight(BitOperation):
    def of_integers(self, a: i64, b: i64) -> i64:
        """See ``Operation.of_integers``."""
        if not 0 <= b < 64:
            return NO_NUMBER
        self.whole = a >> b
        return INTEGER


@final
class Absolute(Formula):
    """The absolute value of a term."""

    def __init__(self, operand: Formula) -> None:
        super().__init__()
        self.operand: Final = operand

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        operand = self.operand
        kind = operand.evaluate(m)
        if kind == INTEGER:
            if operand.whole < -_TERM:
                return NO_NUMBER
            self.whole = operand.whole if operand.whole >= 0 else -operand.whole
        elif kind == REAL:
            self.real = abs(operand.real)
        return kind


# Text -----------------------------------------------------------------------------------------------------------

_TOKEN: Final = (
    r"\s*(?:(?P<real>real )?c(?P<cursor>\d+)(?:\[(?P<field>\d+)\]|\.rowid)"
    r"|r\[(?P<register>\d+)\]|(?P<number>-?\d[\d.]*(?:e[+-]?\d+)?)|(?P<sign>[()+*/%&|-]|<<|>>)|(?P<call>abs))"
)


def parse(text: str) -> Formula:
    """The formula that a text describes; see the module's docstring.

    Raises:
        InternalError: it describes none.
    """
    reader = _Reader(text)
    formula = reader.term()
    if reader.at != len(text):
        raise reader.error()
    return formula


@final
class _Reader:
    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.at = 0
        # (``re`` keeps what it has compiled.)
        self._token: Final = re.compile(_TOKEN)

    def error(self) -> InternalError:
        return InternalError(f"no formula: {self.text}", "SQLITE_INTERNAL")

    def _next(self) -> re.Match[str]:
        match = self._token.match(self.text, self.at)
        if match is None:
            raise self.error()
        self.at = match.end()
        return match

    def term(self) -> Formula:
        """A term, or an operation in brackets."""
        token = self._next()
        if token["cursor"] is not None:
            cursor = int(token["cursor"])
            if token["field"] is None:
                return RowidTerm(cursor)
            return FieldTerm(cursor, int(token["field"]), token["real"] is not None)
        if token["register"] is not None:
            return RegisterTerm(int(token["register"]))
        if token["number"] is not None:
            number = token["number"]
            return ConstantTerm(int(number) if number.lstrip("-").isdigit() else float(number))
        if token["call"] is not None:
            return Absolute(self.term())
        if token["sign"] != "(":
            raise self.error()
        left = self.term()
        sign = self._next()["sign"]
        if sign == ")":
            return left
        operation = _operation(sign, left, self.term())
        if operation is None or self._next()["sign"] != ")":
            raise self.error()
        return operation


def _operation(sign: str | None, left: Formula, right: Formula) -> Formula | None:
    if sign == "+":
        return Addition(left, right)
    if sign == "-":
        return Subtraction(left, right)
    if sign == "*":
        return Multiplication(left, right)
    if sign == "/":
        return Division(left, right)
    if sign == "%":
        return Remaindering(left, right)
    if sign == "&":
        return BitAnd(left, right)
    if sign == "|":
        return BitOr(left, right)
    if sign == "<<":
        return ShiftLeft(left, right)
    return ShiftRight(left, right) if sign == ">>" else None
