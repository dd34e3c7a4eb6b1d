"""Fast ways: arithmetic and comparisons of numbers in one instruction, in front of the general ones.

A formula (see ``vm/formulas/formula``) stands for the instructions that follow it, up to `done`. Where it gives a
number, they are jumped over; where it does not, because a value is NULL or a text, say, they do the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.record import text_at, type_bit
from foundrydb.storage.format.values import BLOB_TYPE, TEXT_TYPE, UTF8
from foundrydb.storage.tree.entry_reader import INTEGER, NO_NUMBER
from foundrydb.vm.arithmetic.affinity import NO_ORDER, TRUE_FOR
from foundrydb.vm.formulas.comparisons import order_of
from foundrydb.vm.formulas.formula import Formula
from foundrydb.vm.formulas.text_term import TextTerm, row_of
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.aggregates import ExtremeState
from foundrydb.vm.instruction import (
    INDEX,
    Instruction,
    Operand,
    comparison,
    cursor,
    flag,
    formula,
    function,
    integer,
    jump,
    text_term,
    updates,
    writes,
)
from foundrydb.vm.slots import IndexSlot

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class FormulaValue(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        formula("formula", 4),
        writes("dest", 3),
        jump("done", 2),
    )
    DOC: ClassVar[str] = "If `formula` gives a number, put it into R[dest] and go to `done`."
    COMMENT: ClassVar[str] = "r[{dest}]={formula} goto {done}"
    WRITES_WHEN: ClassVar[str] = "jump"

    def __init__(self, formula: Formula, dest: int, done: int) -> None:
        self.formula: Final = formula
        self.dest: Final[i64] = dest
        self.done: i64 = done

    def execute(self, m: Machine, pc: i64) -> i64:
        term = self.formula
        kind = term.evaluate(m)
        if kind == NO_NUMBER:
            return pc + 1
        r = m.registers
        if kind == INTEGER:
            r[self.dest] = term.whole
        else:
            r[self.dest] = term.real
        return self.done


@final
class TextValue(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        text_term("text", 4),
        writes("dest", 3),
        jump("done", 2),
    )
    DOC: ClassVar[str] = (
        "If `text` is a text, or a part of one or of a blob, put it into R[dest] and go to `done`."
    )
    COMMENT: ClassVar[str] = "r[{dest}]={text} goto {done}"
    WRITES_WHEN: ClassVar[str] = "jump"

    def __init__(self, text: TextTerm, dest: int, done: int) -> None:
        self.text: Final = text
        self.dest: Final[i64] = dest
        self.done: i64 = done

    def execute(self, m: Machine, pc: i64) -> i64:
        term = self.text
        r = m.registers
        if term.find(m):
            r[self.dest] = text_at(term.data, term.start, term.stop, UTF8)
            return self.done
        blob = term.find_blob(m)
        if blob is None:
            return pc + 1
        r[self.dest] = blob
        return self.done


@final
class FieldType(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1),
        integer("field", 4),
        writes("dest", 3),
        jump("done", 2),
    )
    DOC: ClassVar[str] = (
        "If field `field` of the current row of `cursor` is a text or a blob, as the header of the row tells, put the "
        "name of that type into R[dest] and go to `done`."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=typeof(cursor {cursor} column {field}) goto {done}"
    WRITES_WHEN: ClassVar[str] = "jump"

    def __init__(self, cursor: int, field: int, dest: int, done: int) -> None:
        self.cursor: Final[i64] = cursor
        self.field: Final[i64] = field
        self.dest: Final[i64] = dest
        self.done: i64 = done

    def execute(self, m: Machine, pc: i64) -> i64:
        row = row_of(m, self.cursor, self.field)
        bit: i64 = 0
        if row is not None:
            bit = type_bit(row.serial_type(self.field))
        r = m.registers
        if bit == TEXT_TYPE:
            r[self.dest] = "text"
        elif bit == BLOB_TYPE:
            r[self.dest] = "blob"
        else:
            return pc + 1
        return self.done


@final
class FormulaJump(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        formula("left", 4),
        comparison("operator", 0),
        formula("right", 0),
        jump("target", 2),
        jump("done", 3),
    )
    DOC: ClassVar[str] = (
        "If the formulas `left` and `right` both give numbers, compare them by `operator` (one of < <= = <> >= >), and "
        "go to `target` if that is true, to `done` if not."
    )
    COMMENT: ClassVar[str] = "if {left}{operator}{right} goto {target} else {done}"

    def __init__(self, left: Formula, operator: str, right: Formula, target: int, done: int) -> None:
        self.left: Final = left
        self.operator: Final = operator
        self.right: Final = right
        self.target: i64 = target
        self.done: i64 = done
        self._true_for: Final[i64] = TRUE_FOR[operator]

    def execute(self, m: Machine, pc: i64) -> i64:
        order = order_of(m, self.left, self.right)
        if order == NO_ORDER:
            return pc + 1
        return self.target if self._true_for & order != 0 else self.done


@final
class FormulaIf(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        formula("formula", 4),
        jump("target", 2),
        jump("done", 3),
        flag("negated", 0, 0),
    )
    DOC: ClassVar[str] = (
        "If `formula` gives a number, go to `target` if it is not zero, to `done` if it is; with `negated`, the other "
        "way round."
    )
    COMMENT: ClassVar[str] = "if {formula} goto {target} else {done}"

    def __init__(self, formula: Formula, target: int, done: int, negated: bool = False) -> None:
        self.formula: Final = formula
        self.target: i64 = target
        self.done: i64 = done
        self.negated: Final = negated

    def execute(self, m: Machine, pc: i64) -> i64:
        term = self.formula
        kind = term.evaluate(m)
        if kind == NO_NUMBER:
            return pc + 1
        true = term.whole != 0 if kind == INTEGER else term.real != 0.0
        return self.target if true != self.negated else self.done


@final
class FormulaStep(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        formula("formula", 4),
        function("function", 0),
        updates("accumulator", 3),
        jump("done", 2),
    )
    DOC: ClassVar[str] = (
        "If `formula` gives a number, take it into the accumulator R[accumulator] of `function` and go to `done`."
    )
    COMMENT: ClassVar[str] = "accum=r[{accumulator}] {function} step({formula}) goto {done}"

    def __init__(self, formula: Formula, function: AggregateFunction, accumulator: int, done: int) -> None:
        self.formula: Final = formula
        self.function: Final = function
        self.accumulator: Final[i64] = accumulator
        self.done: i64 = done

    def execute(self, m: Machine, pc: i64) -> i64:
        term = self.formula
        kind = term.evaluate(m)
        if kind == NO_NUMBER:
            return pc + 1
        r = m.registers
        state = r[self.accumulator]
        if not isinstance(state, Accumulator):
            return pc + 1
        if kind == INTEGER:
            state.step_whole(term.whole)
        else:
            state.step_real(term.real)
        return self.done


@final
class FormulaFound(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        formula("formula", 4),
        jump("target", 2),
        jump("absent", 3),
    )
    DOC: ClassVar[str] = (
        "If `formula` gives an integer, go to `target` if it is an entry of `cursor`, to `absent` if not."
    )
    COMMENT: ClassVar[str] = "if {formula} in cursor {cursor} goto {target} else {absent}"

    def __init__(self, cursor: int, formula: Formula, target: int, absent: int) -> None:
        self.cursor: Final[i64] = cursor
        self.formula: Final = formula
        self.target: i64 = target
        self.absent: i64 = absent

    def execute(self, m: Machine, pc: i64) -> i64:
        term = self.formula
        if term.evaluate(m) != INTEGER:
            return pc + 1
        slot = m.cursors[self.cursor]
        assert isinstance(slot, IndexSlot)
        return self.target if slot.find_one(term.whole) else self.absent


@final
class TextStep(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        text_term("text", 4),
        updates("accumulator", 3),
        jump("done", 2),
    )
    DOC: ClassVar[str] = (
        "If `text`, a field, is a text, and the accumulator R[accumulator] of min or max holds one too, take it in by "
        "its bytes and go to `done`."
    )
    COMMENT: ClassVar[str] = "accum=r[{accumulator}] step({text}) goto {done}"

    def __init__(self, text: TextTerm, accumulator: int, done: int) -> None:
        self.text: Final = text
        self.accumulator: Final[i64] = accumulator
        self.done: i64 = done

    def execute(self, m: Machine, pc: i64) -> i64:
        state = m.registers[self.accumulator]
        if not isinstance(state, ExtremeState):
            return pc + 1
        term = self.text
        if not term.find(m) or not state.step_bytes(term.data, term.start, term.stop):
            return pc + 1
        return self.done
