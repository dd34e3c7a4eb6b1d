"""Programs as text, both ways.

One instruction a line: its name, then its operands in the constructor's order, those that have their default left
out.  ``r3`` is a register, ``c0`` a cursor; a jump names a label, which stands before its line with a colon.

    .columns count(*), sum(b)
    .flags statement_journal
        Init         start
    main:
        OpenRead     c0, 2, columns=4, name="t"
        Rewind       c0, end
    loop:
        Column       c0, 1, r3          ; r[3]= cursor 0 column 1
        Ge           r3, r5, next, affinity="D"
    …

Constants are written as in Python: ``1``, ``2.5``, ``"text"``, ``b"\\x00"``, ``None``, ``(1, 2)``; formulas as texts.
Keys are written as EXPLAIN shows them, without the count: ``k(-B,NOCASE)``; collations by their name, functions as
``abs/1``.  What follows a semicolon is a comment; the disassembler puts EXPLAIN's there.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from typing import Any, Final, final

from foundrydb.errors import InternalError
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, Collation, KeyInfo
from foundrydb.vm.formulas.machine_term import MachineTerm
from foundrydb.vm.formulas.reading import read_formula, read_text_term
from foundrydb.vm.functions.registry import FunctionRegistry
from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.instruction import (
    CODE,
    COLLATION,
    CURSOR,
    FORMULA,
    FUNCTION,
    JUMP,
    KEY_INFO,
    MODULE,
    RANGE,
    REGISTER,
    TEXT_TERM,
    Instruction,
    Operand,
)
from foundrydb.vm.listing import comment_of
from foundrydb.vm.modules.module import VirtualTable
from foundrydb.vm.opcodes import OPCODES
from foundrydb.vm.program import Program, ResultColumn
from foundrydb.vm.shape import shape_of

_LINE: Final = re.compile(r"(\w+)(?:\s+(.*))?$")
_KEYWORD: Final = re.compile(r"([a-z_]\w*)=(.*)$", re.DOTALL)
_COLLATIONS: Final = {"B": BINARY, "BINARY": BINARY, "NOCASE": NOCASE, "RTRIM": RTRIM}


class AssemblyError(InternalError):
    """Text that is not a program; the message says which line."""


# text -> program ----------------------------------------------------------------------------------------------


def assemble(
    text: str, functions: FunctionRegistry | None = None, collations: dict[str, Collation] | None = None
) -> Program:
    """The program that a text describes.

    Args:
        functions: where function names are looked up.
        collations: collating sequences besides the built-in ones.

    Raises:
        AssemblyError: the text is not a program.
    """
    return _Assembler(functions or FunctionRegistry(), collations or {}).assemble(text)


def quoted_places(text: str) -> list[bool]:
    """For each character, whether it is inside quotes (or closes them)."""
    places = []
    quote = ""
    escaped = False
    for c in text:
        places.append(bool(quote))
        if escaped:
            escaped = False
        elif quote:
            escaped = c == "\\"
            if c == quote:
                quote = ""
        elif c in "\"'":
            quote = c
    return places


def split_operands(text: str) -> list[str]:
    """Cut at the commas that are outside quotes and brackets."""
    parts: list[str] = []
    depth = 0
    begin = 0
    quoted = quoted_places(text)
    for at in range(len(text)):
        if quoted[at]:
            continue
        c = text[at]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[begin:at].strip())
            begin = at + 1
    last = text[begin:].strip()
    return [*parts, last] if last else parts


def strip_comment(line: str) -> str:
    """The line without what follows a semicolon outside quotes."""
    quoted = quoted_places(line)
    for at in range(len(line)):
        if line[at] == ";" and not quoted[at]:
            return line[:at].strip()
    return line.strip()


@final
class _Assembler:
    def __init__(self, functions: FunctionRegistry, collations: dict[str, Collation]) -> None:
        self.functions: Final = functions
        self.collations: Final = collations
        self.instructions: Final[list[Instruction]] = []
        self.labels: Final[dict[str, int]] = {}
        self.jumps: Final[list[tuple[int, str, str, int]]] = []
        self.columns: list[ResultColumn] = []
        self.parameters: list[str | None] = [None]
        self.flags: set[str] = set()
        self.registers = 0
        self.cursors = 0
        self.line = 0

    def assemble(self, text: str) -> Program:
        for raw in text.splitlines():
            self.line += 1
            line = strip_comment(raw)
            if line.startswith("."):
                self._directive(line)
            elif line.endswith(":"):
                self.labels[line[:-1].strip()] = len(self.instructions)
            elif line:
                self._instruction(line)
        for address, operand, label, number in self.jumps:
            self.line = number
            if label not in self.labels:
                raise self._error(f"no such label: {label}")
            setattr(self.instructions[address], operand, self.labels[label])
        self._count()
        return Program(
            self.instructions,
            [""] * len(self.instructions),
            self.columns,
            self.registers,
            self.cursors,
            self.parameters,
            "writes" not in self.flags,
            "statement_journal" in self.flags,
            "counts_changes" in self.flags,
        )

    def _error(self, what: str) -> AssemblyError:
        return AssemblyError(f"line {self.line}: {what}", "SQLITE_INTERNAL")

    def _directive(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        if name == ".columns":
            self.columns = [ResultColumn(column) for column in split_operands(rest)]
        elif name == ".parameters":
            self.parameters = [None, *(None if p == "?" else p for p in split_operands(rest))]
        elif name == ".flags":
            self.flags.update(rest.split())
        elif name == ".registers":
            self.registers = int(rest)
        elif name == ".cursors":
            self.cursors = int(rest)
        else:
            raise self._error(f"no such directive: {name}")

    def _instruction(self, line: str) -> None:
        match = _LINE.match(line)
        if match is None or match[1] not in OPCODES:
            raise self._error(f"no such opcode: {line}")
        opcode = OPCODES[match[1]]
        arguments: dict[str, Any] = {}
        position = 0
        for part in split_operands(match[2] or ""):
            keyword = _KEYWORD.match(part)
            if keyword is not None and any(o.name == keyword[1] for o in opcode.OPERANDS):
                operand = next(o for o in opcode.OPERANDS if o.name == keyword[1])
                part = keyword[2]
            elif position < len(opcode.OPERANDS):
                operand = opcode.OPERANDS[position]
                position += 1
            else:
                raise self._error(f"too many operands for {match[1]}")
            arguments[operand.name] = self._operand(operand, part)
        try:
            self.instructions.append(opcode(**arguments))
        except TypeError as wrong:
            raise self._error(str(wrong)) from wrong

    def _operand(self, operand: Operand, text: str) -> object:
        try:
            return self._parsed(operand, text)
        except (ValueError, SyntaxError) as wrong:
            raise self._error(f"{operand.name}: {text}") from wrong

    def _parsed(self, operand: Operand, text: str) -> object:
        if operand.kind == JUMP:
            if not text.isdigit():
                self.jumps.append((len(self.instructions), operand.name, text, self.line))
                return 0
            return int(text)
        if operand.kind in (REGISTER, RANGE):
            return int(text[1:] if text.startswith("r") else text)
        if operand.kind == CURSOR:
            return int(text[1:] if text.startswith("c") else text)
        if operand.kind == COLLATION:
            return None if text == "None" else self._collation(text)
        if operand.kind == KEY_INFO:
            return None if text == "None" else self._keys(text)
        if operand.kind == FUNCTION:
            return self._function(text)
        if operand.kind == MODULE:
            return self._virtual_table(text)
        if operand.kind == CODE:
            return text
        if operand.kind == FORMULA:
            return read_formula(ast.literal_eval(text))
        if operand.kind == TEXT_TERM:
            return read_text_term(ast.literal_eval(text))
        return ast.literal_eval(text)

    def _collation(self, name: str) -> Collation:
        found = self.collations.get(name) or _COLLATIONS.get(name)
        if found is None:
            raise self._error(f"no such collation: {name}")
        return found

    def _keys(self, text: str) -> KeyInfo:
        collations: list[Collation] = []
        descending: list[bool] = []
        big_nulls: list[bool] = []
        for field in text.removeprefix("k(").removesuffix(")").split(","):
            field = field.strip()
            descending.append(field.startswith("-"))
            field = field.removeprefix("-")
            big_nulls.append(field.startswith("N."))
            collations.append(self._collation(field.removeprefix("N.")))
        return KeyInfo(collations, descending, big_nulls if any(big_nulls) else None)

    def _virtual_table(self, name: str) -> VirtualTable:
        found = self.functions.modules.table(name)
        if found is None:
            raise self._error(f"no such module: {name}")
        return found

    def _function(self, text: str) -> Function:
        name, _, count = text.partition("/")
        found = self.functions.find(name, int(count))
        if found is None:
            raise self._error(f"no such function: {text}")
        return found

    def _count(self) -> None:
        """Provide as many registers and cursors as are used, if the text does not say how many."""
        for instruction in self.instructions:
            shape = shape_of(instruction)
            for each in shape.registers:
                first: int = getattr(instruction, each.name)
                self.registers = max(self.registers, first + each.size(instruction, first) - 1)
            for cursor in shape.cursors:
                self.cursors = max(self.cursors, getattr(instruction, cursor.name) + 1)
            for name in shape.terms:
                term: MachineTerm = getattr(instruction, name)
                self.registers = max(self.registers, term.registers().bit_length() - 1)
                self.cursors = max(self.cursors, term.cursors().bit_length())


# program -> text ----------------------------------------------------------------------------------------------


def disassemble(program: Program, comments: bool = True) -> str:
    """The text of a program; ``assemble`` gives the same program back.

    Args:
        comments: add EXPLAIN's comment to each line.
    """
    lines = _header(program)
    targets = _targets(program)
    names = {targets[i]: f"L{i + 1}" for i in range(len(targets))}
    for address in range(len(program.instructions)):
        instruction = program.instructions[address]
        if address in names:
            lines.append(names[address] + ":")
        line = f"    {type(instruction).__name__:<12} {', '.join(_written(instruction, names))}".rstrip()
        if comments:
            remark = "; ".join(part for part in (comment_of(instruction), program.comments[address]) if part)
            remark = "".join(c if c.isprintable() else " " for c in remark)
            if remark:
                line = f"{line:<48} ; {remark}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _header(program: Program) -> list[str]:
    lines = []
    if program.columns:
        lines.append(".columns " + ", ".join(column.name for column in program.columns))
    if len(program.parameters) > 1:
        lines.append(".parameters " + ", ".join(name or "?" for name in program.parameters[1:]))
    flags = []
    if not program.read_only:
        flags.append("writes")
    if program.statement_journal:
        flags.append("statement_journal")
    if program.counts_changes:
        flags.append("counts_changes")
    if flags:
        lines.append(".flags " + " ".join(flags))
    lines.append(f".registers {program.registers}")
    lines.append(f".cursors {program.cursors}")
    return lines


def _targets(program: Program) -> list[int]:
    found: set[int] = set()
    for instruction in program.instructions:
        for operand in instruction.OPERANDS:
            if operand.kind == JUMP:
                target: int = getattr(instruction, operand.name)
                if target > 0 or not operand.optional:
                    found.add(target)
    return sorted(found)


def _written(instruction: Instruction, names: dict[int, str]) -> list[str]:
    """The operands; once one is left out, the following ones are named."""
    defaults = defaults_of(type(instruction))
    parts = []
    skipped = False
    for operand in instruction.OPERANDS:
        held: object = getattr(instruction, operand.name)
        if operand.name in defaults and _same(held, defaults[operand.name]):
            skipped = True
            continue
        written = _operand_text(operand, held, names)
        parts.append(f"{operand.name}={written}" if skipped else written)
    return parts


def _same(held: object, default: object) -> bool:
    return type(held) is type(default) and held == default


def defaults_of(opcode: type[Instruction]) -> dict[str, object]:
    """The constructor's defaults by parameter."""
    build: Callable[..., object] = opcode
    return {
        name: parameter.default
        for name, parameter in inspect.signature(build).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }


def _operand_text(operand: Operand, held: object, names: dict[int, str]) -> str:
    if operand.kind == JUMP:
        assert isinstance(held, int)
        return "0" if operand.optional and held == 0 else names[held]
    if operand.kind in (REGISTER, RANGE):
        return f"r{held}"
    if operand.kind == CURSOR:
        return f"c{held}"
    if operand.kind == CODE:
        return str(held)
    if isinstance(held, Collation):
        return held.name
    if isinstance(held, KeyInfo):
        return _keys_text(held)
    if isinstance(held, MachineTerm):
        return repr(str(held))
    if isinstance(held, VirtualTable):
        return held.name
    if isinstance(held, Function):
        return f"{held.name}/{held.min_args}"
    if isinstance(held, float) and held in (float("inf"), float("-inf")):
        return "1e999" if held > 0 else "-1e999"
    return repr(held)


def _keys_text(keys: KeyInfo) -> str:
    fields = []
    for i in range(len(keys.collations)):
        minus = "-" if i < len(keys.descending) and keys.descending[i] else ""
        nulls = "N." if keys.big_nulls is not None and i < len(keys.big_nulls) and keys.big_nulls[i] else ""
        name = keys.collations[i].name
        fields.append(minus + nulls + ("B" if name == "BINARY" else name))
    return f"k({','.join(fields)})"
