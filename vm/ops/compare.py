"""Comparisons, as jumps and as values, the three-valued logic, and tests of types.

Each comparison applies ``affinity`` to both operands first (a character of ``vm/arithmetic/affinity``, empty
for none), as the compiler found it for the two sides.  With ``nulls_equal`` NULL is a value like any other, equal
to itself and different from the rest: the operators IS and IS NOT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import (
    BLOB_TYPE,
    INTEGER_TYPE,
    NULL_TYPE,
    REAL_TYPE,
    TEXT_TYPE,
    KeyInfo,
    Value,
    compare,
)
from foundrydb.vm.arithmetic.cast import truth
from foundrydb.vm.instruction import (
    TABLE,
    Instruction,
    Operand,
    cursor,
    flag,
    integer,
    integers,
    jump,
    key_info,
    reads,
    reads_range,
    writes,
)
from foundrydb.vm.ops import compare_base as comparing
from foundrydb.vm.tables.stored import StoredTable

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Eq(comparing.EqualityJump):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.EQUALITY_JUMP
    DOC: ClassVar[str] = "Go to `target` if R[left] = R[right]; if one of them is NULL, if `jump_if_null`."
    COMMENT: ClassVar[str] = "if r[{left}]==r[{right}] goto {target}"
    OPERATOR: ClassVar[str] = "="


@final
class Ne(comparing.EqualityJump):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.EQUALITY_JUMP
    DOC: ClassVar[str] = "Go to `target` if R[left] <> R[right]; if one of them is NULL, if `jump_if_null`."
    COMMENT: ClassVar[str] = "if r[{left}]!=r[{right}] goto {target}"
    OPERATOR: ClassVar[str] = "<>"


@final
class Lt(comparing.OrderJump):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_JUMP
    DOC: ClassVar[str] = "Go to `target` if R[left] < R[right]; if one of them is NULL, if `jump_if_null`."
    COMMENT: ClassVar[str] = "if r[{left}]<r[{right}] goto {target}"
    OPERATOR: ClassVar[str] = "<"


@final
class Le(comparing.OrderJump):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_JUMP
    DOC: ClassVar[str] = "Go to `target` if R[left] <= R[right]; if one of them is NULL, if `jump_if_null`."
    COMMENT: ClassVar[str] = "if r[{left}]<=r[{right}] goto {target}"
    OPERATOR: ClassVar[str] = "<="


@final
class Gt(comparing.OrderJump):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_JUMP
    DOC: ClassVar[str] = "Go to `target` if R[left] > R[right]; if one of them is NULL, if `jump_if_null`."
    COMMENT: ClassVar[str] = "if r[{left}]>r[{right}] goto {target}"
    OPERATOR: ClassVar[str] = ">"


@final
class Ge(comparing.OrderJump):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_JUMP
    DOC: ClassVar[str] = "Go to `target` if R[left] >= R[right]; if one of them is NULL, if `jump_if_null`."
    COMMENT: ClassVar[str] = "if r[{left}]>=r[{right}] goto {target}"
    OPERATOR: ClassVar[str] = ">="


@final
class EqValue(comparing.EqualityValue):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.EQUALITY_VALUE
    DOC: ClassVar[str] = "R[dest] := R[left] = R[right] as 1 or 0; NULL if one of them is NULL."
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}]==r[{right}])"
    OPERATOR: ClassVar[str] = "="


@final
class NeValue(comparing.EqualityValue):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.EQUALITY_VALUE
    DOC: ClassVar[str] = "R[dest] := R[left] <> R[right] as 1 or 0; NULL if one of them is NULL."
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}]!=r[{right}])"
    OPERATOR: ClassVar[str] = "<>"


@final
class LtValue(comparing.OrderValue):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_VALUE
    DOC: ClassVar[str] = "R[dest] := R[left] < R[right] as 1 or 0; NULL if one of them is NULL."
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}]<r[{right}])"
    OPERATOR: ClassVar[str] = "<"


@final
class LeValue(comparing.OrderValue):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_VALUE
    DOC: ClassVar[str] = "R[dest] := R[left] <= R[right] as 1 or 0; NULL if one of them is NULL."
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}]<=r[{right}])"
    OPERATOR: ClassVar[str] = "<="


@final
class GtValue(comparing.OrderValue):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_VALUE
    DOC: ClassVar[str] = "R[dest] := R[left] > R[right] as 1 or 0; NULL if one of them is NULL."
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}]>r[{right}])"
    OPERATOR: ClassVar[str] = ">"


@final
class GeValue(comparing.OrderValue):
    OPERANDS: ClassVar[tuple[Operand, ...]] = comparing.ORDER_VALUE
    DOC: ClassVar[str] = "R[dest] := R[left] >= R[right] as 1 or 0; NULL if one of them is NULL."
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}]>=r[{right}])"
    OPERATOR: ClassVar[str] = ">="


@final
class Compare(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("left", 1, "count"),
        reads_range("right", 2, "count"),
        integer("count", 3),
        key_info("keys", 4),
        integers("permutation", 0),
    )
    DOC: ClassVar[str] = (
        "Compare R[left ..] with R[right ..], field by field in the order of `permutation` "
        "(offsets; as they stand when it is empty), for the next Jump. NULLs are equal to each "
        "other here."
    )
    COMMENT: ClassVar[str] = "r[{left}@{count}] <-> r[{right}@{count}]"

    def __init__(
        self,
        left: int,
        right: int,
        count: int,
        keys: KeyInfo | None = None,
        permutation: tuple[int, ...] = (),
    ) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.count: Final[i64] = count
        self.keys: Final = keys
        self.permutation: Final = permutation

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        m.order = 0
        keys = self.keys
        for i in range(self.count):
            j = self.permutation[i] if self.permutation else i
            a = r[self.left + j]
            b = r[self.right + j]
            if isinstance(a, int) and isinstance(b, int) and a == b:
                continue
            order = compare(a, b) if keys is None else keys.compare_field(i, a, b)
            if order != 0:
                m.order = order
                break
        return pc + 1


@final
class And(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 1),
        reads("right", 2),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = 'R[dest] := R[left] AND R[right], with NULL for "unknown".'
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}] && r[{right}])"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        a = truth(r[self.left], m.encoding)
        b = truth(r[self.right], m.encoding)
        r[self.dest] = 0 if a == 0 or b == 0 else 1 if a == 1 and b == 1 else None
        return pc + 1


@final
class Or(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 1),
        reads("right", 2),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = 'R[dest] := R[left] OR R[right], with NULL for "unknown".'
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{left}] || r[{right}])"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        a = truth(r[self.left], m.encoding)
        b = truth(r[self.right], m.encoding)
        r[self.dest] = 1 if a == 1 or b == 1 else 0 if a == 0 and b == 0 else None
        return pc + 1


@final
class Not(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("source", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := NOT R[source]; NULL stays NULL."
    COMMENT: ClassVar[str] = "r[{dest}]= !r[{source}]"

    def __init__(self, source: int, dest: int) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        a = truth(r[self.source], m.encoding)
        r[self.dest] = None if a == 2 else 1 - a
        return pc + 1


@final
class IsTrue(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("source", 1),
        writes("dest", 2),
        integer("null_value", 3),
        flag("invert", 1, 4),
    )
    DOC: ClassVar[str] = (
        "R[dest] := the truth of R[source] as 1 or 0, turned round if `invert`; `null_value` if it is NULL."
    )
    COMMENT: ClassVar[str] = "r[{dest}] = coalesce(r[{source}]==TRUE,{null_value}) ^ {invert}"

    def __init__(self, source: int, dest: int, null_value: int, invert: bool = False) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest
        self.null_value: Final[i64] = null_value
        self.invert: Final = invert

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        a = truth(r[self.source], m.encoding)
        if a == 2:
            r[self.dest] = self.null_value
        else:
            r[self.dest] = 1 - a if self.invert else a
        return pc + 1


@final
class IsNullValue(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("source", 1),
        writes("dest", 2),
        flag("invert", 1),
    )
    DOC: ClassVar[str] = "R[dest] := 1 if R[source] is NULL, else 0; the other way round if `invert`."
    COMMENT: ClassVar[str] = "r[{dest}]=(r[{source}] is NULL)"

    def __init__(self, source: int, dest: int, invert: bool = False) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest
        self.invert: Final = invert

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = 1 if (r[self.source] is None) != self.invert else 0
        return pc + 1


# -- types --------------------------------------------------------------------------------------------------------


def type_of(value: Value) -> i64:
    """The bit of a value's type."""
    if value is None:
        return NULL_TYPE
    if isinstance(value, int):
        return INTEGER_TYPE
    if isinstance(value, float):
        return REAL_TYPE
    return TEXT_TYPE if isinstance(value, str) else BLOB_TYPE


@final
class IsType(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("source", 1),
        jump("target", 2),
        integer("types", 3),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if R[source] is of one of `types`: the sum of 1 for INTEGER, 2 for REAL, 4 for TEXT, "
        "8 for BLOB, 16 for NULL."
    )
    COMMENT: ClassVar[str] = "if typeof(r[{source}]) in {types} goto {target}"

    def __init__(self, source: int, target: int, types: int) -> None:
        self.source: Final[i64] = source
        self.target: i64 = target
        self.types: Final[i64] = types

    def execute(self, m: Machine, pc: i64) -> i64:
        return self.target if type_of(m.registers[self.source]) & self.types != 0 else pc + 1


@final
class RowTypes(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE),
        jump("target", 2),
        integers("types", 4),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if each field of the current row is plainly of one of the types that `types` has for it, "
        "as in IsType; carry on where it takes a closer look."
    )
    COMMENT: ClassVar[str] = "if types of cursor {cursor} are {types} goto {target}"

    def __init__(self, cursor: int, target: int, types: tuple[int, ...]) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.types: Final = types
        self._types: Final = bytes(types)

    def execute(self, m: Machine, pc: i64) -> i64:
        slot = m.cursors[self.cursor]
        if not isinstance(slot, StoredTable) or slot.special:
            return pc + 1
        return self.target if slot.cursor.has_types(self._types) else pc + 1
