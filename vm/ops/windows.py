"""Functions over windows: rows are taken in, and come out with what the functions make of them.

WindowOpen, a WindowFrame for each frame and a WindowCall for each function declare what is computed; WindowPut takes
rows.  SorterSort and SorterNext then walk over these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation, KeyInfo
from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.instruction import (
    SORTER,
    Instruction,
    Operand,
    collation,
    cursor,
    flag,
    function,
    integer,
    integers,
    jump,
    key_info,
    opens,
    reads,
    reads_range,
    text,
)
from foundrydb.vm.sorting.sorter import SORT_BUDGET
from foundrydb.vm.windows.columns import Inputs
from foundrydb.vm.windows.frames import FrameShape
from foundrydb.vm.windows.window_slot import Called, WindowSlot

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class WindowOpen(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, SORTER),
        integer("fields", 2),
        integer("partition", 3),
        key_info("keys", 4),
        flag("ordered", 1),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on rows with `fields` fields, of which the first `partition` say to which partition a row "
        "belongs, and the others of `keys` the order within it. With `ordered` the rows arrive in order. What "
        "functions make of a row are fields behind its own."
    )
    COMMENT: ClassVar[str] = "nColumn={fields}"

    def __init__(
        self, cursor: int, fields: int, partition: int, keys: KeyInfo, ordered: bool = False
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.fields: Final[i64] = fields
        self.partition: Final[i64] = partition
        self.keys: Final = keys
        self.ordered: Final = ordered

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        budget = min(m.memory_budget, SORT_BUDGET)
        m.cursors[self.cursor] = WindowSlot(
            m.host, m.context, budget, self.keys, int(self.partition), self.ordered
        )
        return pc + 1


@final
class WindowFrame(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        text("mode", 4),
        text("lower", 0),
        reads("lower_offset", 2, optional=True),
        text("upper", 0),
        reads("upper_offset", 3, optional=True),
        text("exclude", 0),
    )
    DOC: ClassVar[str] = (
        "Declare the next frame of `cursor`: `mode` BETWEEN `lower` AND `upper` EXCLUDE `exclude`, the offsets of its "
        "ends in R[lower_offset] and R[upper_offset]."
    )
    COMMENT: ClassVar[str] = "{mode} {lower} to {upper}"

    def __init__(
        self,
        cursor: int,
        mode: str,
        lower: str,
        lower_offset: int,
        upper: str,
        upper_offset: int,
        exclude: str,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.mode: Final = mode
        self.lower: Final = lower
        self.lower_offset: Final[i64] = lower_offset
        self.upper: Final = upper
        self.upper_offset: Final[i64] = upper_offset
        self.exclude: Final = exclude

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, WindowSlot)
        lower = r[self.lower_offset] if self.lower_offset > 0 else None
        upper = r[self.upper_offset] if self.upper_offset > 0 else None
        c.frame(FrameShape(self.mode, self.lower, lower, self.upper, upper, self.exclude))
        return pc + 1


@final
class WindowCall(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        function("function", 4),
        integers("args", 0),
        integer("filter", 3),
        integers("subtypes", 0),
        integer("frame", 2),
        collation("collation", 0),
    )
    DOC: ClassVar[str] = (
        "Give every row of `cursor` one more field: what `function` makes of the fields `args` of the rows in its "
        "frame, number `frame`, for which field `filter` is not 0 (-1 for all rows). The fields `subtypes`, where "
        "they are not -1, hold the subtypes of the arguments."
    )
    COMMENT: ClassVar[str] = "{function} of fields {args}"

    def __init__(
        self,
        cursor: int,
        function: Function,
        args: tuple[int, ...],
        filter: int,
        subtypes: tuple[int, ...],
        frame: int,
        collation: Collation | None = None,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.function: Final = function
        self.args: Final = args
        self.filter: Final[i64] = filter
        self.subtypes: Final = subtypes
        self.frame: Final[i64] = frame
        self.collation: Final = collation

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, WindowSlot)
        inputs = Inputs(self.args, self.filter, self.subtypes)
        c.call(Called(self.function, inputs, int(self.frame), self.collation))
        return pc + 1


@final
class WindowPut(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        reads_range("first", 2, "count"),
        integer("count", 3),
        jump("target", 5),
    )
    DOC: ClassVar[str] = (
        "Take the row R[first .. first+count-1] in, and go to `target`. Carry on only where rows arrive in order and "
        "it is the first of another partition: that of the rows before is complete, and has to be gone through."
    )
    COMMENT: ClassVar[str] = "row=r[{first}@{count}]"

    def __init__(self, cursor: int, first: int, count: int, target: int) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, WindowSlot)
        full = c.put(tuple(m.registers[self.first : self.first + self.count]))
        return pc + 1 if full else self.target
