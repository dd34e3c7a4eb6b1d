"""What becomes of changes: commit, rollback, savepoints, and the conflict actions."""

from __future__ import annotations

import pytest

from foundrydb.errors import OperationalError
from foundrydb.vm.assembler import assemble
from foundrydb.vm.machine import Machine

from .conftest import Run, SchemaHost, fetch

CREATE = ".flags writes\nTransaction 0, 1\nCreateBtree 0, r1\nResultRow r1, 1\nHalt"


def insert(root: int, rowid: int, ending: str = "Halt", flags: str = "writes counts_changes") -> str:
    return f"""
    .flags {flags}
        Transaction 0, 1
        OpenWrite c0, {root}
        Integer {rowid}, r1
        MakeRecord r1, 1, r2
        Insert c0, r2, r1, count_change=True
        {ending}
    """


def rowids(run: Run, root: int) -> list[object]:
    rows = run(f"""
        Transaction 0, 0
        OpenRead c0, {root}
        Rewind c0, end
    loop:
        Rowid c0, r1
        ResultRow r1, 1
        Next c0, loop
    end:
        Halt
    """)
    return [row[0] for row in rows]


@pytest.fixture
def root(run: Run) -> int:
    [(page,)] = run(CREATE)
    assert isinstance(page, int)
    return page


BEGIN = "AutoCommit 0"
COMMIT = "AutoCommit 1"
ROLLBACK = "AutoCommit 1, True"


def test_autocommit(run: Run, root: int, host: SchemaHost) -> None:
    run(insert(root, 1))
    database = host.attached.all[0].database
    assert database is not None
    assert not database.pager.in_write
    assert not database.pager.in_read
    assert rowids(run, root) == [1]


def test_rollback_and_commit(run: Run, root: int) -> None:
    run(BEGIN)
    run(insert(root, 1))
    run(ROLLBACK)
    assert rowids(run, root) == []
    run(BEGIN)
    run(insert(root, 1))
    run(COMMIT)
    assert rowids(run, root) == [1]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (BEGIN, BEGIN, "cannot start a transaction within a transaction"),
        ("", COMMIT, "cannot commit - no transaction is active"),
        ("", ROLLBACK, "cannot rollback - no transaction is active"),
    ],
)
def test_transactions_do_not_nest(run: Run, first: str, second: str, message: str) -> None:
    if first:
        run(first)
    with pytest.raises(OperationalError) as caught:
        run(second)
    assert str(caught.value) == message


def halt(action: str) -> str:
    return f'Halt SQLITE_CONSTRAINT_UNIQUE, "{action}", "no"'


@pytest.mark.parametrize(
    ("action", "kept", "open_after"),
    [("abort", [1], True), ("fail", [1, 2], True), ("rollback", [], False)],
)
def test_conflict_actions_in_a_transaction(
    run: Run, root: int, host: SchemaHost, action: str, kept: list[int], open_after: bool
) -> None:
    run(BEGIN)
    run(insert(root, 1))
    with pytest.raises(Exception, match=r"^no$"):
        run(insert(root, 2, halt(action), "writes counts_changes statement_journal"))
    assert host.transaction.autocommit is not open_after
    assert rowids(run, root) == kept
    if open_after:
        run(COMMIT)
        assert rowids(run, root) == kept


@pytest.mark.parametrize(("action", "kept"), [("abort", []), ("fail", [2]), ("rollback", [])])
def test_conflict_actions_in_autocommit(run: Run, root: int, action: str, kept: list[int]) -> None:
    with pytest.raises(Exception, match=r"^no$"):
        run(insert(root, 2, halt(action), "writes counts_changes statement_journal"))
    assert rowids(run, root) == kept


def test_an_interrupt_undoes_a_transaction_that_has_no_other_way_back(
    run: Run, root: int, host: SchemaHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(BEGIN)
    run(insert(root, 1))
    machine = Machine(assemble(insert(root, 2, "here:\nGoto here")), host)
    monkeypatch.setattr(host, "progress", lambda: True)
    machine.watch(10)
    with pytest.raises(OperationalError, match="interrupted"):
        machine.run()
    assert host.transaction.autocommit
    assert rowids(run, root) == []


def test_savepoints(run: Run, root: int, host: SchemaHost) -> None:
    run('Savepoint 0, "a"\nHalt')
    assert not host.transaction.autocommit
    run(insert(root, 1))
    run('Savepoint 0, "b"\nHalt')
    run(insert(root, 2))
    run('Savepoint 2, "B"\nHalt')
    assert rowids(run, root) == [1]
    run(insert(root, 3))
    run('Savepoint 1, "b"\nHalt')
    assert rowids(run, root) == [1, 3]
    run('Savepoint 1, "a"\nHalt')
    assert host.transaction.autocommit
    assert rowids(run, root) == [1, 3]
    with pytest.raises(OperationalError, match=r"^no such savepoint: a$"):
        run('Savepoint 1, "a"\nHalt')


def test_a_savepoint_before_the_first_write(run: Run, root: int) -> None:
    run(BEGIN)
    run('Savepoint 0, "a"\nHalt')
    run(insert(root, 1))
    run('Savepoint 2, "a"\nHalt')
    assert rowids(run, root) == []
    run(insert(root, 2))
    run(COMMIT)
    assert rowids(run, root) == [2]


def test_a_stale_schema_is_noticed(run: Run, root: int, host: SchemaHost) -> None:
    run(".flags writes\nTransaction 0, 1\nSetCookie 0, 1, 5\nHalt")
    assert fetch(
        Machine(assemble("Transaction 0, 0, 5\nReadCookie 0, r1, 1\nResultRow r1, 1\nHalt"), host)
    ) == [(5,)]
    assert host.asked == [("cookie_changed", 0, 5)]
    main = host.attached.all[0]
    main.fresh = True
    generation = host.attached.generation
    with pytest.raises(OperationalError, match=r"^database schema has changed$") as caught:
        run("Transaction 0, 0, 4\nHalt")
    assert caught.value.sqlite_errorname == "SQLITE_SCHEMA"
    assert not main.fresh
    assert host.attached.generation > generation


def test_clear_counts(run: Run, root: int, host: SchemaHost) -> None:
    for rowid in (1, 2, 3):
        run(insert(root, rowid))
    rows = run(
        ".flags writes counts_changes\nTransaction 0, 1\nInteger 10, r1\n"
        f"Clear {root}, 0, r1, True\nResultRow r1, 1\nHalt"
    )
    assert rows == [(13,)]
    assert host.statements.changes == 3
    assert rowids(run, root) == []


def test_destroy_waits_for_readers(run: Run, root: int, host: SchemaHost) -> None:
    run(insert(root, 1))
    reader = Machine(
        assemble(
            f"Transaction 0, 0\nOpenRead c0, {root}\nhere:\nRewind c0, here\nRowid c0, r1\nResultRow r1, 1\nGoto here"
        ),
        host,
    )
    assert reader.run()
    with pytest.raises(OperationalError, match="database table is locked"):
        run(f".flags writes\nTransaction 0, 1\nDestroy {root}, r1, 0\nHalt")
    reader.reset()
    run(f".flags writes\nTransaction 0, 1\nDestroy {root}, r1, 0\nHalt")
    assert not host.running.machines


def test_schema_instructions_ask_the_host(run: Run, host: SchemaHost) -> None:
    run("""
        ParseSchema 0, "t", "table"
        DropTable 0, "t"
        DropIndex 0, "i"
        DropTrigger 1, "x"
        Halt
    """)
    assert host.asked == [
        ("parse_schema", 0, "t", "table"),
        ("drop_object", 0, "table", "t"),
        ("drop_object", 0, "index", "i"),
        ("drop_object", 1, "trigger", "x"),
    ]
