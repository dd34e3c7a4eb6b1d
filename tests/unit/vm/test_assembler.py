"""Programs as text, both ways, and EXPLAIN's rows."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, Collation, KeyInfo
from foundrydb.vm.assembler import AssemblyError, assemble, defaults_of, disassemble
from foundrydb.vm.formulas.reading import read_formula, read_text_term
from foundrydb.vm.functions.builtin import builtin_registry
from foundrydb.vm.instruction import (
    CODE,
    COLLATION,
    COMPARISON,
    CURSOR,
    FLAG,
    FORMULA,
    FUNCTION,
    INTEGER,
    INTEGERS,
    JUMP,
    KEY_INFO,
    MODULE,
    RANGE,
    REGISTER,
    REGISTERS,
    ROWS,
    TEXT,
    TEXT_TERM,
    TEXTS,
    VALUE,
    VALUES,
    Instruction,
    Operand,
)
from foundrydb.vm.listing import explain
from foundrydb.vm.opcodes import OPCODES
from foundrydb.vm.ops import control
from foundrydb.vm.ops.formulas import FormulaStep
from foundrydb.vm.program import Program, ResultColumn

FUNCTIONS = builtin_registry()
FORMULAS = [
    "12", "r[3]", "((c0[1] + c0.rowid) % 3)", "(real c2[0] / -2.5)", "abs ((c1[0] << 2))", "(c0[1] < r[4])",
    "not ((c0[1] like r[2]))", "(substr c0[1] -3 2 glob r[2])", "(c0[1] LIKE r[2])", "length c0[1]",
    "unicode substr c0[0] 2 1", "instr c0[1] r[3]", "null c0[1]", "present c0[1]", "(text c0[1] <= r[3])",
    "(text c0[1] = substr c0[2] 1 7 numeric)", "(text r[1] <> c0[2] nocase)", "((c0[1] = 3) + (text c0[1] > r[3]))",
]  # fmt: skip

values = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(), st.binary(max_size=9)
)
keys = st.lists(
    st.tuples(st.sampled_from([BINARY, NOCASE, RTRIM]), st.booleans(), st.booleans()), min_size=1, max_size=4
)


def key_info(fields: list[tuple[Collation, bool, bool]]) -> KeyInfo:
    nulls = [big for _, _, big in fields]
    return KeyInfo([c for c, _, _ in fields], [d for _, d, _ in fields], nulls if any(nulls) else None)


def operand(opcode: type[Instruction], of: Operand, size: int, data: st.DataObject) -> object:
    """Any value that the operand may have."""
    if of.kind == JUMP:
        return data.draw(st.integers(1, size - 1))
    if of.kind == VALUE:
        return data.draw(values)
    if of.kind == TEXT:
        return data.draw(st.text(st.characters(codec="ascii", exclude_characters="\n\r")))
    if of.kind == CODE:
        return "SQLITE_CONSTRAINT_CHECK"
    if of.kind == KEY_INFO:
        return key_info(data.draw(keys))
    if of.kind == COLLATION:
        return data.draw(st.sampled_from([None, BINARY, NOCASE, RTRIM]))
    if of.kind == FUNCTION:
        aggregates = opcode is FormulaStep or opcode.__name__.startswith(("Agg", "Group"))
        return FUNCTIONS.find("count" if aggregates else "abs", 1)
    if of.kind == MODULE:
        return FUNCTIONS.modules.table("generate_series")
    if of.kind in (INTEGERS, REGISTERS):
        return tuple(data.draw(st.lists(st.integers(0, 5), max_size=4)))
    if of.kind == ROWS:
        return tuple(data.draw(st.lists(st.tuples(values, values), max_size=3)))
    if of.kind == VALUES:
        return tuple(data.draw(st.lists(values, max_size=3)))
    if of.kind == TEXTS:
        return tuple(data.draw(st.lists(st.sampled_from(["a", "INT"]), max_size=3)))
    if of.kind == TEXT_TERM:
        return read_text_term(data.draw(st.sampled_from(["r[3]", "c0[1]", "substr c0[1] 2 3"])))
    if of.kind == FORMULA:
        return read_formula(data.draw(st.sampled_from(FORMULAS)))
    if of.kind == COMPARISON:
        return data.draw(st.sampled_from(["<", "<=", "=", "<>", ">=", ">"]))
    if of.kind == FLAG:
        return data.draw(st.booleans())
    assert of.kind in (CURSOR, INTEGER, RANGE, REGISTER), of.kind
    return data.draw(st.integers(1, 9))


@given(st.sampled_from(list(OPCODES.values())), st.data())
def test_every_opcode_survives_the_round_trip(opcode: type[Instruction], data: st.DataObject) -> None:
    one = opcode(*(operand(opcode, o, 2, data) for o in opcode.OPERANDS))
    columns = [ResultColumn("a b")]
    program = Program([one, one], ["", ""], columns, 30, 12, [None, ":x", None], False, True, True)
    text = disassemble(program)
    again = assemble(text, FUNCTIONS)
    assert disassemble(again) == text
    other = again.instructions[1]
    assert type(other) is opcode
    for of in opcode.OPERANDS:
        held, back = getattr(one, of.name), getattr(other, of.name)
        if not isinstance(held, KeyInfo):
            assert repr(back) == repr(held) if isinstance(held, (int, float)) else back == held
    assert len(explain(again)) == 2


def test_defaults_are_left_out() -> None:
    program = assemble("OpenRead c0, 2, keys=k(-NOCASE,B)\nResultRow r1, 1\nHalt")
    assert disassemble(program, comments=False).splitlines()[2:] == [
        "    OpenRead     c0, 2, keys=k(-NOCASE,B)",
        "    ResultRow    r1, 1",
        "    Halt",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Jmup 1", "line 1: no such opcode: Jmup 1"),
        ("Halt\nGoto nowhere", "line 2: no such label: nowhere"),
        ("Integer 1, r1, 5", "line 1: too many operands for Integer"),
        ("Function r1, 1, r2, nonsuch/1", "line 1: no such function: nonsuch/1"),
        ("Integer one, r1", "line 1: value: one"),
        (".colums a", "line 1: no such directive: .colums"),
    ],
)
def test_errors_name_the_line(text: str, complaint: str) -> None:
    with pytest.raises(AssemblyError) as caught:
        assemble(text)
    assert str(caught.value) == complaint


def test_explain_has_sqlites_columns() -> None:
    program = assemble(
        """
        OpenRead c0, 2, keys=k(-NOCASE,N.B)
        Column c0, 1, r3
        Ge r3, r4, end, "D", NOCASE, True
        MakeRecord r3, 2, r5, "DB"
        HaltIfNull SQLITE_CONSTRAINT_NOTNULL, "abort", r3, "NOT NULL constraint failed: t.a"
        Function r3, 1, r6, abs/1
    end:
        Halt
        """,
        FUNCTIONS,
    )
    assert explain(program) == [
        (0, "OpenRead", 0, 2, 0, "k(2,-NOCASE,N.B)", 0, "root=2 iDb=0"),
        (1, "Column", 0, 1, 3, None, 0, "r[3]= cursor 0 column 1"),
        (2, "Ge", 4, 6, 3, "NOCASE-8", 84, "if r[3]>=r[4] goto 6"),
        (3, "MakeRecord", 3, 2, 5, "DB", 0, "r[5]=mkrec(r[3..4])"),
        (4, "HaltIfNull", 1299, 2, 3, "NOT NULL constraint failed: t.a", 0, "if r[3]=null halt"),
        (5, "Function", 1, 3, 6, "abs(1)", 0, "r[6]=func(r[3])"),
        (6, "Halt", 0, 2, 0, None, 0, None),
    ]


def test_every_opcode_is_declared_in_full() -> None:
    for name, opcode in OPCODES.items():
        assert opcode.DOC, name
        names = [o.name for o in opcode.OPERANDS]
        assert len(set(names)) == len(names), name
        assert set(defaults_of(opcode)) <= set(names), name
        for o in opcode.OPERANDS:
            assert not o.count or o.count in names, name
            assert 0 <= o.place <= 5, name


@pytest.mark.skipif(control.__doc__ is None, reason="compiled modules have no docstrings to document")
def test_the_documentation_is_not_stale() -> None:
    command = [sys.executable, "-m", "foundrydb.vm.opcode_docs", "--check"]
    assert subprocess.run(command, check=False).returncode == 0
