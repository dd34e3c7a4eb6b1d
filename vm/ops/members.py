"""The members of IN, put into an ephemeral index: constants, parameters, and values that are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.vm.arithmetic.affinity import to_stored
from foundrydb.vm.instruction import (
    INDEX,
    Instruction,
    Operand,
    cursor,
    integers,
    reads,
    text,
    updates,
    values,
)
from foundrydb.vm.slots import IndexSlot

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.machine import Machine


@final
class AddMembers(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        updates("null", 2),
        values("members", 4),
        text("affinity", 0),
    )
    DOC: ClassVar[str] = (
        "Put the constants `members`, after applying `affinity`, into the ephemeral index; R[null] := 1 if one is NULL."
    )
    COMMENT: ClassVar[str] = "affinity {affinity}"

    def __init__(self, cursor: int, null: int, members: tuple[Value, ...], affinity: str) -> None:
        self.cursor: Final[i64] = cursor
        self.null: Final[i64] = null
        self.members: Final = members
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        index = m.cursors[self.cursor]
        assert isinstance(index, IndexSlot)
        affinity = self.affinity
        for member in self.members:
            index.meet_one(to_stored(member, affinity))
            if member is None:
                m.registers[self.null] = 1
        return pc + 1


@final
class AddParameters(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        updates("null", 2),
        integers("parameters", 4),
        text("affinity", 0),
    )
    DOC: ClassVar[str] = (
        "Put the values bound to these parameters, after applying `affinity`, into the ephemeral index; "
        "R[null] := 1 if one is NULL."
    )
    COMMENT: ClassVar[str] = "affinity {affinity}"

    def __init__(self, cursor: int, null: int, parameters: tuple[int, ...], affinity: str) -> None:
        self.cursor: Final[i64] = cursor
        self.null: Final[i64] = null
        self.parameters: Final = parameters
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        index = m.cursors[self.cursor]
        assert isinstance(index, IndexSlot)
        affinity = self.affinity
        for parameter in self.parameters:
            member = m.parameters[parameter]
            index.meet_one(to_stored(member, affinity))
            if member is None:
                m.registers[self.null] = 1
        return pc + 1


@final
class AddMember(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        updates("null", 2),
        reads("member", 3),
        text("affinity", 4),
    )
    DOC: ClassVar[str] = (
        "Put R[member], after applying `affinity`, into the ephemeral index; R[null] := 1 if it is NULL."
    )
    COMMENT: ClassVar[str] = "key=r[{member}]"

    def __init__(self, cursor: int, null: int, member: int, affinity: str) -> None:
        self.cursor: Final[i64] = cursor
        self.null: Final[i64] = null
        self.member: Final[i64] = member
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        index = m.cursors[self.cursor]
        assert isinstance(index, IndexSlot)
        member = m.registers[self.member]
        index.meet_one(to_stored(member, self.affinity))
        if member is None:
            m.registers[self.null] = 1
        return pc + 1
