"""Control flow: jumps, conditions on one register, counters, and the ways a program ends.

Rows may refer to nothing for a while: FkCounter counts them, and the counts have to be back at zero when the statement
ends, or the transaction where a foreign key is deferred.  (https://sqlite.org/foreignkeys.html, 4.2)

An instruction that may jump backwards counts ``m.ticks`` down when it does, so that every loop can be
interrupted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.vm.arithmetic.cast import boolean, must_be_int
from foundrydb.vm.instruction import (
    Instruction,
    Operand,
    code,
    flag,
    integer,
    jump,
    reads,
    reads_range,
    text,
    updates,
)

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Init(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (jump("target", 2),)
    DOC: ClassVar[str] = (
        "Go to `target`. Every program begins with it; the code that opens the transaction follows "
        "at the end."
    )
    COMMENT: ClassVar[str] = "Start at {target}"
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, target: int) -> None:
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        return self.target


@final
class Goto(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (jump("target", 2),)
    DOC: ClassVar[str] = "Go to `target`."
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, target: int) -> None:
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        m.ticks -= 1
        if m.ticks < 0:
            m.attend()
        return self.target


@final
class If(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("source", 1),
        jump("target", 2),
        flag("jump_if_null", 1),
    )
    DOC: ClassVar[str] = "Go to `target` if R[source] is true; also if it is NULL and `jump_if_null`."

    def __init__(self, source: int, target: int, jump_if_null: bool = False) -> None:
        self.source: Final[i64] = source
        self.target: i64 = target
        self.jump_if_null: Final = jump_if_null

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        v = r[self.source]
        if v is None:
            return self.target if self.jump_if_null else pc + 1
        if isinstance(v, int):
            return self.target if v != 0 else pc + 1
        return self.target if boolean(v, m.encoding) else pc + 1


@final
class IfNot(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("source", 1),
        jump("target", 2),
        flag("jump_if_null", 1),
    )
    DOC: ClassVar[str] = "Go to `target` if R[source] is false; also if it is NULL and `jump_if_null`."

    def __init__(self, source: int, target: int, jump_if_null: bool = False) -> None:
        self.source: Final[i64] = source
        self.target: i64 = target
        self.jump_if_null: Final = jump_if_null

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        v = r[self.source]
        if v is None:
            return self.target if self.jump_if_null else pc + 1
        if isinstance(v, int):
            return self.target if v == 0 else pc + 1
        return pc + 1 if boolean(v, m.encoding) else self.target


@final
class IsNull(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("source", 1), jump("target", 2))
    DOC: ClassVar[str] = "Go to `target` if R[source] is NULL."
    COMMENT: ClassVar[str] = "if r[{source}]==NULL goto {target}"

    def __init__(self, source: int, target: int) -> None:
        self.source: Final[i64] = source
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        return self.target if r[self.source] is None else pc + 1


@final
class NotNull(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("source", 1), jump("target", 2))
    DOC: ClassVar[str] = "Go to `target` if R[source] is not NULL."
    COMMENT: ClassVar[str] = "if r[{source}]!=NULL goto {target}"

    def __init__(self, source: int, target: int) -> None:
        self.source: Final[i64] = source
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        return pc + 1 if r[self.source] is None else self.target


@final
class AnyNull(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("first", 1, "count"),
        jump("target", 2),
        integer("count", 3),
    )
    DOC: ClassVar[str] = "Go to `target` if any of R[first .. first+count-1] is NULL."
    COMMENT: ClassVar[str] = "if any NULL in r[{first}..] goto {target}"

    def __init__(self, first: int, target: int, count: int) -> None:
        self.first: Final[i64] = first
        self.target: i64 = target
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        for i in range(self.first, self.first + self.count):
            if r[i] is None:
                return self.target
        return pc + 1


@final
class IfPos(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        updates("counter", 1),
        jump("target", 2),
        integer("decrement", 3),
    )
    DOC: ClassVar[str] = "If R[counter] > 0, subtract `decrement` from it and go to `target`."
    COMMENT: ClassVar[str] = "if r[{counter}]>0 then r[{counter}]-={decrement}, goto {target}"

    def __init__(self, counter: int, target: int, decrement: int) -> None:
        self.counter: Final[i64] = counter
        self.target: i64 = target
        self.decrement: Final[i64] = decrement

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        v = r[self.counter]
        if isinstance(v, int) and v > 0:
            r[self.counter] = v - self.decrement
            return self.target
        return pc + 1


@final
class DecrJumpZero(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("counter", 1), jump("target", 2))
    DOC: ClassVar[str] = "Subtract 1 from R[counter] and go to `target` if that makes it zero."
    COMMENT: ClassVar[str] = "if (--r[{counter}])==0 goto {target}"

    def __init__(self, counter: int, target: int) -> None:
        self.counter: Final[i64] = counter
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        v = r[self.counter]
        if isinstance(v, int):
            v -= 1
            r[self.counter] = v
            if v == 0:
                return self.target
        return pc + 1


@final
class MustBeInt(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        updates("source", 1),
        jump("target", 2, optional=True),
    )
    DOC: ClassVar[str] = (
        "Make R[source] an integer if that loses nothing; else go to `target`, or fail with "
        '"datatype mismatch" when `target` is 0.'
    )

    def __init__(self, source: int, target: int = 0) -> None:
        self.source: Final[i64] = source
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        v = r[self.source]
        if isinstance(v, int):
            return pc + 1
        whole = must_be_int(v)
        if whole is not None:
            r[self.source] = whole
            return pc + 1
        if self.target == 0:
            raise m.error("datatype mismatch", "SQLITE_MISMATCH")
        return self.target


@final
class Once(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (jump("target", 2),)
    DOC: ClassVar[str] = "Go to `target`, except the first time that the instruction is met in a run."

    def __init__(self, target: int) -> None:
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        if m.once[pc]:
            return self.target
        m.once[pc] = True
        m.met = True
        return pc + 1


@final
class OnceEach(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("met", 1), jump("target", 2))
    DOC: ClassVar[str] = "Go to `target`, except where R[met] is NULL, which it is not afterwards."
    COMMENT: ClassVar[str] = "if r[{met}]!=NULL goto {target}; r[{met}]=1"

    def __init__(self, met: int, target: int) -> None:
        self.met: Final[i64] = met
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        if m.registers[self.met] is not None:
            return self.target
        m.registers[self.met] = 1
        return pc + 1


@final
class Jump(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        jump("less", 1),
        jump("equal", 2),
        jump("greater", 3),
    )
    DOC: ClassVar[str] = "Go to `less`, `equal` or `greater`, by the outcome of the last Compare."
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, less: int, equal: int, greater: int) -> None:
        self.less: i64 = less
        self.equal: i64 = equal
        self.greater: i64 = greater

    def execute(self, m: Machine, pc: i64) -> i64:
        order = m.order
        m.ticks -= 1
        if m.ticks < 0:
            m.attend()
        if order < 0:
            return self.less
        return self.greater if order > 0 else self.equal


@final
class Halt(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        code("code", 1),
        text("action", 2),
        text("message", 4),
    )
    DOC: ClassVar[str] = (
        "End the program; that of a trigger goes back to the one that it was run by. With a `code` other than "
        "SQLITE_OK, fail with `message`; `action` says what becomes of the changes: rollback, abort, fail, ignore or "
        "replace. A statement after which rows refer to nothing, by foreign keys that are not deferred, fails as well."
    )
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, code: str = "SQLITE_OK", action: str = "abort", message: str = "") -> None:
        self.code: Final = code
        self.action: Final = action
        self.message: Final = message

    def execute(self, m: Machine, pc: i64) -> i64:
        if self.code != "SQLITE_OK":
            raise m.fail(self.message, self.code, self.action)
        if m.activations:
            return m.leave(False)
        m.check_keys()
        return -1


@final
class HaltIfNull(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        code("code", 1),
        text("action", 2),
        reads("source", 3),
        text("message", 4),
    )
    DOC: ClassVar[str] = "If R[source] is NULL, halt as `Halt` does."
    COMMENT: ClassVar[str] = "if r[{source}]=null halt"

    def __init__(self, code: str, action: str, source: int, message: str) -> None:
        self.code: Final = code
        self.action: Final = action
        self.source: Final[i64] = source
        self.message: Final = message

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        if r[self.source] is None:
            raise m.fail(self.message, self.code, self.action)
        return pc + 1


@final
class ResultRow(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("first", 1, "count"),
        integer("count", 2),
    )
    DOC: ClassVar[str] = "Hand out the row R[first .. first+count-1]."
    COMMENT: ClassVar[str] = "output=r[{first}@{count}]"

    def __init__(self, first: int, count: int) -> None:
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        m.rows.append(tuple(r[self.first : self.first + self.count]))
        m.room -= 1
        if m.room == 0:
            return -2 - (pc + 1)
        return pc + 1


@final
class FkCounter(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (flag("deferred", 1, 1), integer("count", 2))
    DOC: ClassVar[str] = (
        "`count` more rows refer to nothing (-1: one less): to be looked at when the statement ends, or when the "
        "transaction does if the key is `deferred`, or all are."
    )
    COMMENT: ClassVar[str] = "fkctr[{deferred}]+={count}"

    def __init__(self, deferred: bool, count: int) -> None:
        self.deferred: Final = deferred
        self.count: Final = count

    def execute(self, m: Machine, pc: i64) -> i64:
        transaction = m.host.transaction
        if transaction.defers_all:
            transaction.postponed += self.count
        elif self.deferred:
            transaction.deferred += self.count
        else:
            m.violations += self.count
        return pc + 1


@final
class FkIfZero(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (flag("deferred", 1, 1), jump("target", 2))
    DOC: ClassVar[str] = (
        "Go to `target` if no row is known to refer to nothing: for the statement, or for the transaction if the key "
        "is `deferred`."
    )
    COMMENT: ClassVar[str] = "if fkctr[{deferred}]==0 goto {target}"

    def __init__(self, deferred: bool, target: int) -> None:
        self.deferred: Final = deferred
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        transaction = m.host.transaction
        count = transaction.deferred if self.deferred else m.violations
        return self.target if count == 0 and transaction.postponed == 0 else pc + 1


@final
class FkIfPostponed(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (jump("target", 2),)
    DOC: ClassVar[str] = "Go to `target` while all foreign keys are looked at when the transaction ends."

    def __init__(self, target: int) -> None:
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        return self.target if m.host.transaction.defers_all else pc + 1


@final
class FkCheck(Instruction):
    DOC: ClassVar[str] = (
        "Fail if rows refer to nothing, by foreign keys that are not deferred: rows of the result follow."
    )

    def execute(self, m: Machine, pc: i64) -> i64:
        m.check_keys()
        return pc + 1
