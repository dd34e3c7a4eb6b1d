"""Whether values are of the types that their columns allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import BLOB_TYPE, INTEGER_TYPE, NULL_TYPE, REAL_TYPE, TEXT_TYPE, Value
from foundrydb.vm.instruction import TABLE, Instruction, Operand, cursor, integer, integers, jump, reads
from foundrydb.vm.tables.stored import StoredTable

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


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
