"""What the comparing opcodes have in common: the order of two registers' values, and what is true in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation
from foundrydb.vm.arithmetic.affinity import EQUAL, LARGER, NO_ORDER, SMALLER, TRUE_FOR, compare_as
from foundrydb.vm.instruction import Instruction, Operand, collation, flag, jump, reads, text, writes

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

ORDER_JUMP: Final[tuple[Operand, ...]] = (
    reads("left", 3),
    reads("right", 1),
    jump("target", 2),
    text("affinity", 5),
    collation("collation", 4),
    flag("jump_if_null", 16),
)
EQUALITY_JUMP: Final[tuple[Operand, ...]] = (*ORDER_JUMP, flag("nulls_equal", 128))
ORDER_VALUE: Final[tuple[Operand, ...]] = (
    reads("left", 3),
    reads("right", 1),
    writes("dest", 2),
    text("affinity", 5),
    collation("collation", 4),
)
EQUALITY_VALUE: Final[tuple[Operand, ...]] = (*ORDER_VALUE, flag("nulls_equal", 128))


class Comparison(Instruction):
    """A comparison of two registers; ``OPERATOR`` says which."""

    OPERATOR: ClassVar[str] = "="

    def __init__(
        self, left: int, right: int, affinity: str, collation: Collation | None, nulls_equal: bool
    ) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.affinity: Final = affinity
        self.numeric: Final = affinity >= "C"
        self.textual: Final = affinity == "B"
        self.collation: Final = collation
        self.nulls_equal: Final = nulls_equal
        self.true_for: Final[i64] = TRUE_FOR[self.OPERATOR]

    def order(self, m: Machine) -> i64:
        """The order of the two values; ``NO_ORDER`` where one is NULL, unless NULLs are values like others."""
        r = m.registers
        a = r[self.left]
        b = r[self.right]
        if isinstance(a, int):
            if isinstance(b, int):
                return SMALLER if a < b else LARGER if a > b else EQUAL
        elif isinstance(a, float) and isinstance(b, float):
            return SMALLER if a < b else LARGER if a > b else EQUAL
        if a is None or b is None:
            if self.nulls_equal:
                return EQUAL if a is None and b is None else SMALLER
            return NO_ORDER
        order = compare_as(a, b, self.numeric, self.textual, self.collation)
        return SMALLER if order < 0 else LARGER if order > 0 else EQUAL


class EqualityJump(Comparison):
    """A jump if the comparison is true."""

    def __init__(
        self,
        left: int,
        right: int,
        target: int,
        affinity: str = "",
        collation: Collation | None = None,
        jump_if_null: bool = False,
        nulls_equal: bool = False,
    ) -> None:
        super().__init__(left, right, affinity, collation, nulls_equal)
        self.target: i64 = target
        self.jump_if_null: Final = jump_if_null

    def execute(self, m: Machine, pc: i64) -> i64:
        order = self.order(m)
        if order == NO_ORDER:
            return self.target if self.jump_if_null else pc + 1
        return self.target if self.true_for & order != 0 else pc + 1


class OrderJump(EqualityJump):
    """A jump by an order, which a NULL never has."""

    def __init__(
        self,
        left: int,
        right: int,
        target: int,
        affinity: str = "",
        collation: Collation | None = None,
        jump_if_null: bool = False,
    ) -> None:
        super().__init__(left, right, target, affinity, collation, jump_if_null)


class EqualityValue(Comparison):
    """The comparison as 1, 0 or NULL."""

    def __init__(
        self,
        left: int,
        right: int,
        dest: int,
        affinity: str = "",
        collation: Collation | None = None,
        nulls_equal: bool = False,
    ) -> None:
        super().__init__(left, right, affinity, collation, nulls_equal)
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        order = self.order(m)
        r = m.registers
        if order == NO_ORDER:
            r[self.dest] = None
        else:
            r[self.dest] = 1 if self.true_for & order != 0 else 0
        return pc + 1


class OrderValue(EqualityValue):
    """An order as 1, 0 or NULL."""

    def __init__(
        self, left: int, right: int, dest: int, affinity: str = "", collation: Collation | None = None
    ) -> None:
        super().__init__(left, right, dest, affinity, collation)
