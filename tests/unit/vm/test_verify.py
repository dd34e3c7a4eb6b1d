"""The verifier finds what is wrong, and only that."""

from __future__ import annotations

import pytest

from foundrydb.errors import InternalError
from foundrydb.vm.assembler import assemble
from foundrydb.vm.verify import problems, verify


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ResultRow r1, 1\nHalt", "r[1], which may not have been written"),
        ("Integer 1, r1\nAdd r1, r2, r3\nHalt", "r[2], which may not have been written"),
        ("Integer 1, r1\nIf r1, skip\nInteger 2, r2\nskip:\nResultRow r2, 1\nHalt", "r[2]"),
        ("Rewind c0, end\nend:\nHalt", "cursor 0 may not be open"),
        ("OpenRead c0, 2\nIdxRowid c0, r1\nHalt", "cursor 0 is of the wrong kind"),
        ('FormulaValue "(r[2] + 1)", r1, 1\nHalt', "formula reads r[2], which may not have been written"),
        ('FormulaValue "abs (c0[1])", r1, 1\nHalt', "cursor 0 may not be open"),
        ('OpenRead c0, 2\nInteger 1, r1\nFormulaIf "(text c0[1] = r[1])", 3, 3\nHalt', ""),
        ("Integer 1, r1", "runs off its end"),
        ("Goto 7", "target 7 is out of bounds"),
        (".registers 1\nInteger 1, r1\nHalt", ""),
        (
            "Gosub r1, sub\nResultRow r2, 1\nHalt\nsub:\nInteger 1, r3\nReturn r1",
            "r[2], which may not have been written",
        ),
    ],
)
def test_complaints(text: str, complaint: str) -> None:
    found = problems(assemble(text))
    assert bool(found) == bool(complaint)
    assert complaint in "; ".join(found)


def test_registers_out_of_bounds() -> None:
    program = assemble("Integer 1, r1\nHalt")
    narrow = type(program)(program.instructions, program.comments, [], 0, 0, [None], True, False, False)
    assert problems(narrow) == ["0 Integer: dest 1 is out of bounds"]


@pytest.mark.parametrize("text", ["(r[2] + 1)", "(1 + c0[1])"])
def test_formulas_out_of_bounds(text: str) -> None:
    program = assemble(f'FormulaValue "{text}", r1, 1\nHalt')
    narrow = type(program)(program.instructions, program.comments, [], 1, 0, [None], True, False, False)
    assert problems(narrow) == [f"0 FormulaValue: formula {text} is out of bounds"]


def test_verify_raises() -> None:
    with pytest.raises(InternalError, match=r"r.1., which may not have been written"):
        verify(assemble("ResultRow r1, 1\nHalt"))


def test_what_a_subroutine_writes_is_known_behind_its_call() -> None:
    text = """
        Gosub r1, sub
        ResultRow r2, 1
        Halt
    sub:
        Integer 1, r2
        Return r1
    """
    assert problems(assemble(text)) == []


def test_what_the_caller_wrote_is_known_behind_its_own_call_only() -> None:
    text = """
        Integer 1, r3
        Gosub r1, sub
        ResultRow r3, 1
        If r3, other
        Halt
    other:
        Gosub r1, sub
        ResultRow r4, 1
        Halt
    sub:
        Return r1
    """
    assert problems(assemble(text)) == ["6 ResultRow: first reads r[4], which may not have been written"]


def test_a_coroutine_gives_what_it_wrote() -> None:
    text = """
        InitCoroutine r1, main, body
    body:
        Integer 1, r2
        Yield r1
        EndCoroutine r1
    main:
        Yield r1, done
        ResultRow r2, 1
        Goto main
    done:
        Halt
    """
    assert problems(assemble(text)) == []


@pytest.mark.parametrize("once", ["Once skip", "OnceEach r3, skip"])
def test_what_runs_once_is_known_behind_it(once: str) -> None:
    text = f"""
        Integer 3, r1
        Null r3
    loop:
        {once}
        Integer 1, r2
    skip:
        ResultRow r2, 1
        IfPos r1, loop, 1
        Halt
    """
    assert problems(assemble(text)) == []
