"""Fast ways: arithmetic and comparisons of numbers in one instruction, in front of the general ones.

A formula (see ``vm/formulas/formula``) stands for the instructions that follow it, up to `done`. Where it gives a
number, they are jumped over; where it does not, because a value is NULL or a text, say, they do the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value, compare_slices
from foundrydb.storage.tree.cursor import INTEGER, NO_NUMBER
from foundrydb.vm.formulas.formula import EXACT, Formula
from foundrydb.vm.formulas.text_term import TextTerm
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.aggregates import ExtremeState
from foundrydb.vm.functions.text.patterns import Matching
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
    value,
    writes,
)
from foundrydb.vm.ops.compare_base import EQUAL, LARGER, SMALLER, TRUE_FOR
from foundrydb.vm.slots import IndexSlot
from foundrydb.vm.tables.stored import StoredTable

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
        left = self.left
        right = self.right
        kind = left.evaluate(m)
        if kind == NO_NUMBER:
            return pc + 1
        other = right.evaluate(m)
        if other == NO_NUMBER:
            return pc + 1
        order: i64
        if kind == INTEGER and other == INTEGER:
            a = left.whole
            b = right.whole
            order = SMALLER if a < b else LARGER if a > b else EQUAL
        else:
            # An integer that is not exact as a real is left to the general comparison.
            if kind == INTEGER:
                if left.whole > EXACT or left.whole < -EXACT:
                    return pc + 1
                left.real = float(left.whole)
            elif other == INTEGER:
                if right.whole > EXACT or right.whole < -EXACT:
                    return pc + 1
                right.real = float(right.whole)
            x = left.real
            y = right.real
            order = SMALLER if x < y else LARGER if x > y else EQUAL
        return self.target if self._true_for & order != 0 else self.done


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
class MatchJump(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1),
        integer("field", 5),
        value("pattern", 4),
        function("function", 0),
        jump("target", 2),
        jump("done", 3),
        flag("negated", 0, 0),
    )
    DOC: ClassVar[str] = (
        "If field `field` of the current row of `cursor` is a text, go to `target` if `function` (like or glob) matches it, to `done` if not; with `negated`, the other way round."
    )
    COMMENT: ClassVar[str] = (
        "if cursor {cursor} column {field} {function} '{pattern}' goto {target} else {done}"
    )

    def __init__(
        self,
        cursor: int,
        field: int,
        pattern: Value,
        function: Matching,
        target: int,
        done: int,
        negated: bool = False,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.field: Final[i64] = field
        self.pattern: Final = pattern
        self.function: Final = function
        self.target: i64 = target
        self.done: i64 = done
        self.negated: Final = negated
        self._compiled: Final = function.pattern(str(pattern))

    def execute(self, m: Machine, pc: i64) -> i64:
        slot = m.cursors[self.cursor]
        if not isinstance(slot, StoredTable) or slot.special:
            return pc + 1
        row = slot.cursor
        if not row.text_in_place(self.field):
            return pc + 1
        matches = self._compiled.matches_bytes(row.image, row.start, row.stop)
        return self.target if matches != self.negated else self.done


@final
class TextJump(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        text_term("left", 4),
        comparison("operator", 0),
        text_term("right", 0),
        jump("target", 2),
        jump("done", 3),
        flag("numeric", 1),
    )
    DOC: ClassVar[str] = (
        "If `left` and `right`, each a field or a register, are both texts, compare their bytes by `operator` (one of "
        "< <= = <> >= >), and go to `target` if that is true, to `done` if not. With `numeric` neither must look like "
        "a number."
    )
    COMMENT: ClassVar[str] = "if {left}{operator}{right} goto {target} else {done}"

    def __init__(
        self, left: TextTerm, operator: str, right: TextTerm, target: int, done: int, numeric: bool = False
    ) -> None:
        self.left: Final = left
        self.operator: Final = operator
        self.right: Final = right
        self.target: i64 = target
        self.done: i64 = done
        self.numeric: Final = numeric
        self._true_for: Final[i64] = TRUE_FOR[operator]

    def execute(self, m: Machine, pc: i64) -> i64:
        left = self.left
        right = self.right
        if not left.find(m) or not right.find(m):
            return pc + 1
        if self.numeric and (right.may_be_number() or left.may_be_number()):
            return pc + 1
        found = compare_slices(left.data, left.start, left.stop, right.data, right.start, right.stop)
        order = SMALLER if found < 0 else LARGER if found > 0 else EQUAL
        return self.target if self._true_for & order != 0 else self.done


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
