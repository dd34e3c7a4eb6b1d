"""Opening and closing cursors, and walking them from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import KeyInfo
from foundrydb.vm.instruction import (
    INDEX,
    SAMPLER,
    TABLE,
    Instruction,
    Operand,
    cursor,
    flag,
    integer,
    jump,
    key_info,
    opens,
    reads,
    text,
    writes,
)
from foundrydb.vm.slots import CLOSED, NullSlot

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class OpenRead(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, TABLE, INDEX),
        integer("root", 2),
        integer("db", 3),
        key_info("keys", 4),
        integer("columns", 4),
        text("name", 0),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on the B-tree with root page `root` of database `db`, to read. With `keys` "
        "it is an index, else a table of `columns` columns."
    )
    COMMENT: ClassVar[str] = "root={root} iDb={db}; {name}"

    def __init__(
        self,
        cursor: int,
        root: int,
        db: int = 0,
        keys: KeyInfo | None = None,
        columns: int = 0,
        name: str = "",
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.root: Final[i64] = root
        self.db: Final[i64] = db
        self.keys: Final = keys
        self.columns: Final[i64] = columns
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.open_tree(self.cursor, self.db, self.root, self.keys, False)
        return pc + 1


@final
class OpenWrite(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, TABLE, INDEX),
        integer("root", 2),
        integer("db", 3),
        key_info("keys", 4),
        integer("columns", 4),
        text("name", 0),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on the B-tree with root page `root` of database `db`, to read and write. "
        "With `keys` it is an index, else a table of `columns` columns."
    )
    COMMENT: ClassVar[str] = "root={root} iDb={db}; {name}"

    def __init__(
        self,
        cursor: int,
        root: int,
        db: int = 0,
        keys: KeyInfo | None = None,
        columns: int = 0,
        name: str = "",
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.root: Final[i64] = root
        self.db: Final[i64] = db
        self.keys: Final = keys
        self.columns: Final[i64] = columns
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.open_tree(self.cursor, self.db, self.root, self.keys, True)
        return pc + 1


@final
class OpenRoot(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, TABLE, INDEX),
        reads("root", 2),
        integer("db", 3),
        key_info("keys", 4),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` to read and write on the B-tree whose root page is R[root]: one that this "
        "program has just created."
    )
    COMMENT: ClassVar[str] = "root=r[{root}] iDb={db}"

    def __init__(self, cursor: int, root: int, db: int = 0, keys: KeyInfo | None = None) -> None:
        self.cursor: Final[i64] = cursor
        self.root: Final[i64] = root
        self.db: Final[i64] = db
        self.keys: Final = keys

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        page = r[self.root]
        assert isinstance(page, int)
        m.open_tree(self.cursor, self.db, page, self.keys, True)
        return pc + 1


@final
class OpenDup(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, TABLE, INDEX),
        cursor("original", 2, TABLE, INDEX),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` as a second, independent position in the ephemeral table of `original`."
    )

    def __init__(self, cursor: int, original: int) -> None:
        self.cursor: Final[i64] = cursor
        self.original: Final[i64] = original

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        m.cursors[self.cursor] = m.cursors[self.original].duplicate()
        return pc + 1


@final
class Close(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1),)
    DOC: ClassVar[str] = "Close `cursor`."

    def __init__(self, cursor: int) -> None:
        self.cursor: Final[i64] = cursor

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        return pc + 1


@final
class Rewind(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX, SAMPLER),
        jump("target", 2),
    )
    DOC: ClassVar[str] = "Move to the first entry; go to `target` if there is none."

    def __init__(self, cursor: int, target: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        return pc + 1 if m.cursors[self.cursor].first() else self.target


@final
class Last(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        jump("target", 2, optional=True),
    )
    DOC: ClassVar[str] = (
        "Move to the last entry; go to `target` if there is none (carry on if `target` is 0)."
    )

    def __init__(self, cursor: int, target: int = 0) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        return pc + 1 if m.cursors[self.cursor].last() or self.target == 0 else self.target


@final
class Next(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX, SAMPLER),
        jump("target", 2),
    )
    DOC: ClassVar[str] = "Move to the next entry and go to `target`; carry on past the last one."

    def __init__(self, cursor: int, target: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        if m.cursors[self.cursor].next():
            m.ticks -= 1
            if m.ticks < 0:
                m.attend()
            return self.target
        return pc + 1


@final
class Prev(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        jump("target", 2),
    )
    DOC: ClassVar[str] = "Move to the previous entry and go to `target`; carry on before the first one."

    def __init__(self, cursor: int, target: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        if m.cursors[self.cursor].previous():
            m.ticks -= 1
            if m.ticks < 0:
                m.attend()
            return self.target
        return pc + 1


@final
class CursorLock(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, TABLE, INDEX),)
    DOC: ClassVar[str] = "Pin `cursor`: a change of its B-tree by another cursor fails until `CursorUnlock`."

    def __init__(self, cursor: int) -> None:
        self.cursor: Final[i64] = cursor

    def execute(self, m: Machine, pc: i64) -> i64:
        m.cursors[self.cursor].pin(True)
        return pc + 1


@final
class CursorUnlock(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, TABLE, INDEX),)
    DOC: ClassVar[str] = "Undo `CursorLock`."

    def __init__(self, cursor: int) -> None:
        self.cursor: Final[i64] = cursor

    def execute(self, m: Machine, pc: i64) -> i64:
        m.cursors[self.cursor].pin(False)
        return pc + 1


@final
class NullRow(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1),)
    DOC: ClassVar[str] = "Put `cursor` on a row whose columns and rowid are all NULL."

    def __init__(self, cursor: int) -> None:
        self.cursor: Final[i64] = cursor

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        if c is CLOSED:
            m.cursors[self.cursor] = NullSlot()
        else:
            c.set_null_row()
        return pc + 1


@final
class IfNullRow(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1),
        jump("target", 2),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "If `cursor` is on its null row, R[dest] := NULL and go to `target`."
    COMMENT: ClassVar[str] = "if P1.nullRow then r[{dest}]=NULL, goto {target}"
    WRITES_WHEN: ClassVar[str] = "jump"

    def __init__(self, cursor: int, target: int, dest: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        if m.cursors[self.cursor].null_row:
            r[self.dest] = None
            return self.target
        return pc + 1


@final
class Count(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        writes("dest", 2),
        flag("approximate", 1, 3),
    )
    DOC: ClassVar[str] = (
        "R[dest] := the number of entries; about that number, from a few pages, if `approximate`."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=count()"

    def __init__(self, cursor: int, dest: int, approximate: bool = False) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest
        self.approximate: Final = approximate

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        r[self.dest] = c.estimate() if self.approximate else c.count()
        return pc + 1


@final
class Sequence(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1), writes("dest", 2))
    DOC: ClassVar[str] = (
        "R[dest] := a number that grows by one, from 0, each time that it is asked of `cursor`."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=cursor[{cursor}].ctr++"

    def __init__(self, cursor: int, dest: int) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        r[self.dest] = c.sequence
        c.sequence += 1
        return pc + 1


@final
class ResetSorter(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1),)
    DOC: ClassVar[str] = "Take all records out of a sorter or an ephemeral table."

    def __init__(self, cursor: int) -> None:
        self.cursor: Final[i64] = cursor

    def execute(self, m: Machine, pc: i64) -> i64:
        m.cursors[self.cursor].clear()
        return pc + 1
