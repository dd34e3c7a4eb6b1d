"""Formulas that are 1 or 0: comparisons of two numbers, and of two texts where they lie, IS NULL, and NOT."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.record import type_bit
from foundrydb.storage.format.values import NULL_TYPE, REAL_TYPE, compare_folded_slices, compare_slices
from foundrydb.storage.tree.entry_reader import INTEGER, NO_NUMBER
from foundrydb.vm.arithmetic.affinity import EQUAL, LARGER, NO_ORDER, SMALLER, TRUE_FOR
from foundrydb.vm.formulas.formula import EXACT, Formula, UnaryFormula
from foundrydb.vm.formulas.text_term import TextTerm, row_of

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


def order_of(m: Machine, left: Formula, right: Formula) -> i64:
    """The order of two numbers; NO_ORDER where one is none, or where reals would not do."""
    kind = left.evaluate(m)
    if kind == NO_NUMBER:
        return NO_ORDER
    other = right.evaluate(m)
    if other == NO_NUMBER:
        return NO_ORDER
    if kind == INTEGER and other == INTEGER:
        a = left.whole
        b = right.whole
        return SMALLER if a < b else LARGER if a > b else EQUAL
    # An integer that is not exact as a real is left to the general comparison.
    if kind == INTEGER:
        if left.whole > EXACT or left.whole < -EXACT:
            return NO_ORDER
        left.real = float(left.whole)
    elif other == INTEGER:
        if right.whole > EXACT or right.whole < -EXACT:
            return NO_ORDER
        right.real = float(right.whole)
    x = left.real
    y = right.real
    return SMALLER if x < y else LARGER if x > y else EQUAL


@final
class NumberComparison(Formula):
    """A comparison of two numbers.

    Args:
        operator: one of ``TRUE_FOR``.
    """

    def __init__(self, left: Formula, operator: str, right: Formula) -> None:
        super().__init__(left.size + right.size + 1)
        self.left: Final = left
        self.operator: Final = operator
        self.right: Final = right
        self._true_for: Final[i64] = TRUE_FOR[operator]

    def __str__(self) -> str:
        return f"({self.left} {self.operator} {self.right})"

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return self.left.registers() | self.right.registers()

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return self.left.cursors() | self.right.cursors()

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        order = order_of(m, self.left, self.right)
        if order == NO_ORDER:
            return NO_NUMBER
        self.whole = 1 if self._true_for & order != 0 else 0
        return INTEGER


@final
class TextComparison(Formula):
    """A comparison of two texts by their bytes.

    Args:
        operator: one of ``TRUE_FOR``.
        numeric: neither must look like a number.
        folded: the letters A to Z count as a to z.
    """

    def __init__(
        self, left: TextTerm, operator: str, right: TextTerm, numeric: bool = False, folded: bool = False
    ) -> None:
        super().__init__()
        self.left: Final = left
        self.operator: Final = operator
        self.right: Final = right
        self.numeric: Final = numeric
        self.folded: Final = folded
        self._true_for: Final[i64] = TRUE_FOR[operator]

    def __str__(self) -> str:
        words = f"text {self.left} {self.operator} {self.right}"
        if self.numeric:
            words += " numeric"
        return f"({words} nocase)" if self.folded else f"({words})"

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
        if not left.find(m) or not right.find(m):
            return NO_NUMBER
        if self.numeric and (right.may_be_number() or left.may_be_number()):
            return NO_NUMBER
        found: i64 = 0
        if self.folded:
            found = compare_folded_slices(
                left.data, left.start, left.stop, right.data, right.start, right.stop
            )
        else:
            found = compare_slices(left.data, left.start, left.stop, right.data, right.start, right.stop)
        order = SMALLER if found < 0 else LARGER if found > 0 else EQUAL
        self.whole = 1 if self._true_for & order != 0 else 0
        return INTEGER


@final
class FieldPresence(Formula):
    """Whether a field of a cursor's current row is NULL, by the header of the row.

    Args:
        word: ``null``: 1 if it is, 0 if not; ``present``: 1 if it is not, and no number at all if it is.
    """

    def __init__(self, cursor: i64, field: i64, word: str) -> None:
        super().__init__()
        self.cursor: Final[i64] = cursor
        self.field: Final[i64] = field
        self.word: Final = word
        self._present: Final = word == "present"

    def __str__(self) -> str:
        return f"{self.word} c{self.cursor}[{self.field}]"

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return 1 << int(self.cursor)

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        row = row_of(m, self.cursor, self.field)
        if row is None:
            return NO_NUMBER
        serial = row.serial_type(self.field)
        if serial < 0:
            return NO_NUMBER
        bit = type_bit(serial)
        if bit == REAL_TYPE and row.number(self.field) == NO_NUMBER:
            return NO_NUMBER  # what is no number counts as NULL
        if bit == NULL_TYPE:
            self.whole = 1
            return NO_NUMBER if self._present else INTEGER
        self.whole = 1 if self._present else 0
        return INTEGER


@final
class Negation(UnaryFormula):
    """NOT: 1 where a term is zero, 0 where it is another number."""

    WORD: ClassVar[str] = "not"

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        operand = self.operand
        kind = operand.evaluate(m)
        if kind == NO_NUMBER:
            return NO_NUMBER
        if kind == INTEGER:
            self.whole = 1 if operand.whole == 0 else 0
        else:
            self.whole = 1 if operand.real == 0.0 else 0
        return INTEGER
