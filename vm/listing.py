"""EXPLAIN: a program as rows of SQLite's eight columns.

``addr``, ``opcode`` and ``p1`` to ``p5`` come from where each operand says it is shown; ``comment`` from the opcode's
template and the compiler's own remark on the instruction.
"""

from __future__ import annotations

import re
from typing import Final

from foundrydb.errors import CODES
from foundrydb.storage.format.values import UTF8, UTF16BE, UTF16LE, BinaryCollation, Collation, KeyInfo
from foundrydb.vm.arithmetic.real_text import real_to_text
from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.functions.text.quoting import quoted
from foundrydb.vm.instruction import (
    CODE,
    COLLATION,
    FLAG,
    FUNCTION,
    INTEGERS,
    KEY_INFO,
    MODULE,
    REGISTERS,
    ROWS,
    TEXT,
    TEXTS,
    VALUE,
    VALUES,
    Instruction,
    Operand,
)
from foundrydb.vm.modules.module import VirtualTable
from foundrydb.vm.program import Program

ExplainRow = tuple[int, str, int, int, int, str | None, int, str | None]

COLUMNS: Final = ("addr", "opcode", "p1", "p2", "p3", "p4", "p5", "comment")

_ACTIONS: Final = {"": 0, "rollback": 1, "abort": 2, "fail": 3, "ignore": 4, "replace": 5}
_ENCODINGS: Final = {UTF8: "8", UTF16LE: "16LE", UTF16BE: "16BE"}
_FIELD: Final = re.compile(r"\{(\w+)\}@\{(\w+)\}|\{(\w+)\}")


def explain(program: Program) -> list[ExplainRow]:
    """The rows of EXPLAIN: those of the program, then those of each trigger that it may set off, from address 0 on."""
    rows = program_rows(program)
    for trigger in program.triggers:
        rows.extend(program_rows(trigger))
    return rows


def program_rows(program: Program) -> list[ExplainRow]:
    """The rows of a program's own instructions; the first of a trigger's says whose it is."""
    rows = []
    for address in range(len(program.instructions)):
        instruction = program.instructions[address]
        numbers, p4 = _operands(instruction)
        comment = comment_of(instruction)
        remark = program.comments[address] if address or not program.title else program.title
        if remark:
            comment = f"{comment}; {remark}" if comment else remark
        rows.append(
            (
                address,
                type(instruction).__name__,
                numbers[1],
                numbers[2],
                numbers[3],
                p4,
                numbers[5],
                comment or None,
            )
        )
    return rows


def _operands(instruction: Instruction) -> tuple[list[int], str | None]:
    """What stands in p1 to p5 (by number), and the text of p4."""
    numbers = [0] * 6
    p4: str | None = None
    for operand in instruction.OPERANDS:
        if operand.place == 0:
            continue
        held: object = getattr(instruction, operand.name)
        if operand.place == 4:
            p4 = render(operand, held) if p4 is None else p4
        else:
            numbers[operand.place] += _number(operand, held)
    return numbers, p4


def _number(operand: Operand, held: object) -> int:
    """An operand in a numeric column."""
    if operand.kind == FLAG:
        return operand.bit if held else 0
    if operand.kind == CODE:
        assert isinstance(held, str)
        return CODES[held]
    if operand.kind == INTEGERS:
        assert isinstance(held, tuple)
        return sum(1 << i for i in held)
    if operand.kind == TEXT:
        assert isinstance(held, str)
        return _ACTIONS[held] if held in _ACTIONS else ord(held[0])
    return held if isinstance(held, int) else 0


def render(operand: Operand, held: object) -> str | None:
    """An operand in column p4, as SQLite writes it; None for nothing."""
    if operand.kind == VALUE:
        return _value(held)
    if operand.kind == KEY_INFO:
        return None if held is None else key_info_text(held)
    if operand.kind == COLLATION:
        return None if held is None else _collation_text(held)
    if operand.kind == FUNCTION:
        return function_text(held)
    if operand.kind == MODULE:
        assert isinstance(held, VirtualTable)
        return held.name
    if operand.kind in (INTEGERS, REGISTERS, TEXTS):
        assert isinstance(held, tuple)
        return "[" + ",".join(str(i) for i in held) + "]" if held else None
    if operand.kind == ROWS:
        assert isinstance(held, tuple)
        return f"{len(held)} rows"
    if operand.kind == VALUES:
        assert isinstance(held, tuple)
        return f"{len(held)} values"
    if operand.kind == FLAG:
        return "1" if held else "0"
    return str(held) if held != "" else None


def _value(held: object) -> str | None:
    if held is None:
        return None
    if isinstance(held, float):
        return real_to_text(held)
    return quoted(held) if isinstance(held, bytes) else str(held)


def _collation_text(held: object) -> str:
    assert isinstance(held, Collation)
    encoding = held.encoding if isinstance(held, BinaryCollation) else UTF8
    return f"{held.name}-{_ENCODINGS[encoding]}"


def key_info_text(held: object) -> str:
    """A key's fields: ``k(2,-B,NOCASE)``; ``-`` is descending, ``N.`` NULLs last, ``B`` BINARY."""
    assert isinstance(held, KeyInfo)
    parts = [f"k({len(held.collations)}"]
    for i in range(len(held.collations)):
        name = held.collations[i].name
        minus = "-" if i < len(held.descending) and held.descending[i] else ""
        nulls = "N." if held.big_nulls is not None and i < len(held.big_nulls) and held.big_nulls[i] else ""
        parts.append(f",{minus}{nulls}{'B' if name == 'BINARY' else name}")
    return "".join(parts) + ")"


def function_text(held: object) -> str:
    """A function's name and number of arguments: ``abs(1)``."""
    assert isinstance(held, Function)
    count = held.min_args if held.min_args == held.max_args else -1
    return f"{held.name}({count})"


def comment_of(instruction: Instruction) -> str:
    """The opcode's comment template, filled with the instruction's operands."""
    template = instruction.COMMENT
    if "{" not in template:
        return template
    operands = {operand.name: operand for operand in instruction.OPERANDS}

    def text_of(name: str) -> str:
        held: object = getattr(instruction, name)
        if operands[name].kind in (
            INTEGERS,
            REGISTERS,
            ROWS,
            TEXTS,
            VALUE,
            VALUES,
            KEY_INFO,
            COLLATION,
            FUNCTION,
        ):
            return render(operands[name], held) or ""
        return str(int(held)) if isinstance(held, bool) else str(held)

    def fill(match: re.Match[str]) -> str:
        if match[1]:
            return _span(text_of(match[1]), text_of(match[2]))
        return text_of(match[3])

    return _FIELD.sub(fill, template).rstrip("; ")


def _span(first: str, count: str) -> str:
    """``3..5`` for three registers from 3 on."""
    size = int(count)
    return first if size <= 1 else f"{first}..{int(first) + size - 1}"
