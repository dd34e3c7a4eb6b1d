"""Jumps, counters, subroutines, coroutines, and how programs end."""

from __future__ import annotations

import pytest

from foundrydb.errors import IntegrityError, OperationalError
from foundrydb.storage.format.values import Value
from foundrydb.vm.assembler import assemble
from foundrydb.vm.machine import Machine
from foundrydb.vm.profile import Profile

from .conftest import Run, SchemaHost, fetch


def test_a_loop_counts_down(run: Run) -> None:
    rows = run("""
        Integer 3, r1
    loop:
        ResultRow r1, 1
        IfPos r1, loop, 1
        Halt
    """)
    assert rows == [(3,), (2,), (1,), (0,)]


@pytest.mark.parametrize(
    ("value", "if_", "if_null", "not_", "not_null"),
    [
        (1, 1, 1, 0, 0),
        (0, 0, 0, 1, 1),
        (0.5, 1, 1, 0, 0),
        (None, 0, 1, 0, 1),
        ("abc", 0, 0, 1, 1),
        ("2abc", 1, 1, 0, 0),
        (b"0.1", 1, 1, 0, 0),
    ],
)
def test_conditions(run: Run, value: Value, if_: int, if_null: int, not_: int, not_null: int) -> None:
    answers = []
    for opcode in ("If r1, yes", "If r1, yes, True", "IfNot r1, yes", "IfNot r1, yes, True"):
        [(answer,)] = run(
            f"""
            Variable 1, r1
            Integer 0, r2
            {opcode}
            Goto end
        yes:
            Integer 1, r2
        end:
            ResultRow r2, 1
            Halt
            """,
            value,
        )
        answers.append(answer)
    assert answers == [if_, if_null, not_, not_null]


def test_null_jumps(run: Run) -> None:
    rows = run("""
        Null r1
        Integer 1, r2
        IsNull r1, a
        Halt
    a:
        NotNull r2, b
        Halt
    b:
        AnyNull r1, c, 2
        Halt
    c:
        ResultRow r2, 1
        Halt
    """)
    assert rows == [(1,)]


def test_must_be_int(run: Run) -> None:
    text = "Variable 1, r1\nMustBeInt r1\nResultRow r1, 1\nHalt"
    assert run(text, "12") == [(12,)]
    assert run(text, 3.0) == [(3,)]
    assert run(text, -(2.0**63)) == [(-(2**63),)]
    for wrong in ("x", 1.5, None, b"1", 2.0**63, "-9223372036854775808.0"):
        with pytest.raises(IntegrityError, match=r"^datatype mismatch$"):
            run(text, wrong)


def test_once_runs_once(run: Run) -> None:
    rows = run("""
        Integer 2, r1
        Integer 0, r2
    loop:
        Once skip
        AddImm r2, 1
    skip:
        ResultRow r2, 1
        IfPos r1, loop, 1
        Halt
    """)
    assert rows == [(1,), (1,), (1,)]


def test_once_each_runs_again_after_null(run: Run) -> None:
    rows = run("""
        Integer 1, r1
        Integer 0, r2
    loop:
        Null r3
        OnceEach r3, first
        AddImm r2, 1
    first:
        OnceEach r3, second
        AddImm r2, 10
    second:
        ResultRow r2, 1
        IfPos r1, loop, 1
        Halt
    """)
    assert rows == [(1,), (2,)]


def test_decr_jump_zero(run: Run) -> None:
    rows = run("""
        Integer 2, r1
        Integer 0, r2
    loop:
        AddImm r2, 1
        DecrJumpZero r1, end
        Goto loop
    end:
        ResultRow r1, 2
        Halt
    """)
    assert rows == [(0, 2)]


def test_subroutine(run: Run) -> None:
    rows = run("""
        Integer 5, r1
        Gosub r3, double
        Gosub r3, double
        ResultRow r2, 1
        Halt
    double:
        Add r1, r1, r2
        SCopy r2, r1
        Return r3
    """)
    assert rows == [(20,)]


def test_subroutine_entered_by_falling_in(run: Run) -> None:
    rows = run("""
        Null r3
        Integer 7, r1
        Return r3, True
        ResultRow r1, 1
        Halt
    """)
    assert rows == [(7,)]


def test_coroutine(run: Run) -> None:
    rows = run("""
        InitCoroutine r1, main, body
    body:
        Integer 1, r2
        Yield r1
        Integer 2, r2
        Yield r1
        EndCoroutine r1
    main:
        Yield r1, done
        ResultRow r2, 1
        Goto main
    done:
        Halt
    """)
    assert rows == [(1,), (2,)]


def test_halt_fails_with_its_code(run: Run) -> None:
    with pytest.raises(IntegrityError, match=r"^UNIQUE constraint failed: t\.a$") as caught:
        run('Halt SQLITE_CONSTRAINT_UNIQUE, "abort", "UNIQUE constraint failed: t.a"')
    assert caught.value.sqlite_errorname == "SQLITE_CONSTRAINT_UNIQUE"


def test_halt_if_null(run: Run) -> None:
    null = (
        'Variable 1, r1\nHaltIfNull SQLITE_CONSTRAINT_NOTNULL, "abort", r1, "NOT NULL"\nResultRow r1, 1\nHalt'
    )
    assert run(null, 1) == [(1,)]
    with pytest.raises(IntegrityError, match="NOT NULL"):
        run(null, None)


def test_as_many_rows_as_are_asked_for(host: SchemaHost) -> None:
    text = """
        Integer 999, r1
    loop:
        ResultRow r1, 1
        IfPos r1, loop, 1
        Halt
    """
    machine = Machine(assemble(text), host)
    assert [len(machine.run(most)) for most in (1, 5, 3)] == [1, 5, 3]
    rest = 0
    while batch := machine.run():
        rest += len(batch)
    assert rest == 991
    assert machine.done
    assert machine.run() == []


def test_rows_before_an_error_come_first(host: SchemaHost) -> None:
    text = """
        Integer 1, r1
        ResultRow r1, 1
        Halt SQLITE_ERROR, "abort", "late"
    """
    machine = Machine(assemble(text), host)
    assert machine.run() == [(1,)]
    with pytest.raises(OperationalError, match="late"):
        machine.run()
    assert machine.run() == []


def test_an_endless_loop_can_be_interrupted(host: SchemaHost) -> None:
    machine = Machine(assemble("here:\nGoto here"), host)
    machine.interrupt()
    with pytest.raises(OperationalError, match=r"^interrupted$") as caught:
        machine.run()
    assert caught.value.sqlite_errorname == "SQLITE_INTERRUPT"
    assert not host.running.machines


def test_the_progress_handler_can_stop_a_loop(host: SchemaHost) -> None:
    calls = []

    def progress() -> bool:
        calls.append(1)
        return len(calls) == 3

    host.progress = progress  # type: ignore[method-assign]
    machine = Machine(assemble("here:\nGoto here"), host)
    machine.watch(10)
    with pytest.raises(OperationalError, match=r"^interrupted$"):
        machine.run()
    assert len(calls) == 3


def test_reset_starts_anew(host: SchemaHost) -> None:
    machine = Machine(assemble("Integer 1, r1\nResultRow r1, 1\nHalt"), host)
    assert fetch(machine) == [(1,)]
    machine.reset()
    assert fetch(machine) == [(1,)]


def test_each_instruction_is_counted_and_timed(host: SchemaHost) -> None:
    machine = Machine(assemble("Integer 9, r1\nloop:\nIfPos r1, loop, 1\nHalt"), host)
    profile = Profile(len(machine.code))
    machine.observer = profile
    machine.run()
    assert profile.counts == [1, 10, 1]
    assert all(spent > 0 for spent in profile.nanoseconds)
