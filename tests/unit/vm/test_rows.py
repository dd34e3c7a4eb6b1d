"""Tables and indexes: writing, walking, seeking."""

from __future__ import annotations

import pytest

from foundrydb.storage.format.values import Value

from .conftest import Run, SchemaHost

MAKE = """
.flags writes counts_changes
    Transaction 0, 1
    CreateBtree 0, r1
    OpenRoot c0, r1
    CreateBtree 0, r1, True
    OpenRoot c1, r1, keys=k(NOCASE,B)
"""

# Rows 10, 20, 30 with the texts a, B, c, and an index on the text.
FILL = MAKE + "".join(
    f"""
    Integer {rowid}, r2
    String8 "{text}", r3
    MakeRecord r3, 1, r4, "B"
    Insert c0, r4, r2, count_change=True, set_last_rowid=True
    SCopy r3, r5
    SCopy r2, r6
    MakeRecord r5, 2, r4
    IdxInsert c1, r4
"""
    for rowid, text in ((10, "a"), (20, "B"), (30, "c"))
)


def test_rows_come_in_the_order_of_their_rowids(run: Run, host: SchemaHost) -> None:
    rows = run(
        FILL
        + """
        Rewind c0, end
    loop:
        Rowid c0, r7
        Column c0, 0, r8
        Column c0, 1, r9, "default"
        ResultRow r7, 3
        Next c0, loop
    end:
        Halt
    """
    )
    assert rows == [(10, "a", "default"), (20, "B", "default"), (30, "c", "default")]
    assert (host.statements.changes, host.statements.total_changes, host.statements.last_insert_rowid) == (
        3,
        3,
        30,
    )


def test_backwards(run: Run) -> None:
    rows = run(
        FILL
        + """
        Last c1, end
    loop:
        IdxRowid c1, r7
        ResultRow r7, 1
        Prev c1, loop
    end:
        Halt
    """
    )
    assert rows == [(30,), (20,), (10,)]


@pytest.mark.parametrize(
    ("opcode", "key", "found"),
    [
        ("SeekGE", 20, 20),
        ("SeekGE", 21, 30),
        ("SeekGE", 31, None),
        ("SeekGT", 20, 30),
        ("SeekGT", 9, 10),
        ("SeekLE", 20, 20),
        ("SeekLE", 19, 10),
        ("SeekLE", 9, None),
        ("SeekLT", 20, 10),
        ("SeekLT", 99, 30),
        ("SeekGE", 20.5, 30),
        ("SeekLE", 20.5, 20),
        ("SeekGT", 19.5, 20),
        ("SeekLT", 20.5, 20),
        ("SeekGE", -1e300, 10),
        ("SeekLE", 1e300, 30),
        ("SeekGT", 1e300, None),
        ("SeekGE", "20", 20),
        ("SeekGE", "x", None),
        ("SeekLE", "x", 30),
        ("SeekLT", b"", 30),
        ("SeekGE", None, None),
        ("SeekLE", None, None),
        ("SeekGT", -0.5, 10),
        ("SeekLT", 9.5, None),
    ],
)
def test_seeks_in_a_table(run: Run, opcode: str, key: Value, found: int | None) -> None:
    rows = run(
        FILL
        + f"""
        Variable 1, r7
        {opcode} c0, end, r7
        Rowid c0, r8
        ResultRow r8, 1
    end:
        Halt
    """,
        key,
    )
    assert rows == ([] if found is None else [(found,)])


@pytest.mark.parametrize(
    ("opcode", "key", "found"),
    [
        ("SeekGE", "b", 20),
        ("SeekGE", "bb", 30),
        ("SeekGT", "b", 30),
        ("SeekGT", "C", None),
        ("SeekLE", "B", 20),
        ("SeekLE", "aa", 10),
        ("SeekLT", "A", None),
        ("SeekLT", "b", 10),
    ],
)
def test_seeks_in_an_index(run: Run, opcode: str, key: str, found: int | None) -> None:
    rows = run(
        FILL
        + f"""
        Variable 1, r7
        {opcode} c1, end, r7, 1
        IdxRowid c1, r8
        ResultRow r8, 1
    end:
        Halt
    """,
        key,
    )
    assert rows == ([] if found is None else [(found,)])


@pytest.mark.parametrize(("opcode", "count"), [("IdxGE", 1), ("IdxGT", 2), ("IdxLE", 2), ("IdxLT", 3)])
def test_a_range_of_an_index_ends(run: Run, opcode: str, count: int) -> None:
    """Walk up until the entry is >= or > "b", or down until it is <= or < "b"."""
    up = opcode in ("IdxGE", "IdxGT")
    rows = run(
        FILL
        + f"""
        String8 "b", r7
        {"Rewind" if up else "Last"} c1, end
    loop:
        {opcode} c1, end, r7, 1
        Column c1, 0, r8
        ResultRow r8, 1
        {"Next" if up else "Prev"} c1, loop
    end:
        Halt
    """
    )
    walked = ["a", "B", "c"] if up else ["c", "B", "a"]
    expected = {"IdxGE": 1, "IdxGT": 2, "IdxLE": 1, "IdxLT": 2}[opcode]
    assert [row[0] for row in rows] == walked[:expected]


def test_found_and_its_relatives(run: Run) -> None:
    text = (
        FILL
        + """
        Variable 1, r7
        Integer 0, r8
        Integer 0, r9
        Integer 0, r10
        Found c1, a, r7, 1
        Goto b
    a:
        Integer 1, r8
    b:
        NotFound c1, c, r7, 1
        Goto d
    c:
        Integer 1, r9
    d:
        NoConflict c1, e, r7, 1
        Goto f
    e:
        Integer 1, r10
    f:
        ResultRow r8, 3
        Halt
    """
    )
    assert run(text, "b") == [(1, 0, 0)]
    assert run(text, "x") == [(0, 1, 1)]
    assert run(text, None) == [(0, 1, 1)]


def test_seek_rowid_converts_and_not_exists_does_not(run: Run) -> None:
    text = (
        FILL
        + """
        Variable 1, r7
        SeekRowid c0, end, r7
        Column c0, 0, r8
        ResultRow r8, 1
    end:
        Halt
    """
    )
    assert run(text, 20) == [("B",)]
    assert run(text, 20.0) == [("B",)]
    assert run(text, "20") == [("B",)]
    assert run(text, 20.5) == []
    assert run(text, "x") == []
    assert run(text, 2**62) == []


def test_a_deferred_seek_reads_from_the_index_what_is_there(run: Run) -> None:
    rows = run(
        FILL
        + """
        Last c1, end
        DeferredSeek c1, c0, (0, 0)
        Rowid c0, r7
        Column c0, 0, r8
        ResultRow r7, 2
        Rewind c1, end
        DeferredSeek c1, c0, (1,)
        Column c0, 0, r8
        Rowid c0, r7
        ResultRow r7, 2
    end:
        Halt
    """
    )
    assert rows == [(30, "c"), (10, "a")]


def test_null_row(run: Run) -> None:
    rows = run(
        FILL
        + """
        Rewind c0, end
        NullRow c0
        Rowid c0, r7
        Column c0, 0, r8
        ResultRow r7, 2
        Integer 1, r9
        IfNullRow c0, isnull, r9
        Halt
    isnull:
        ResultRow r9, 1
        Rewind c0, end
        Column c0, 0, r8
        ResultRow r8, 1
    end:
        Halt
    """
    )
    assert rows == [(None, None), (None,), ("a",)]


def test_deleting_while_walking(run: Run) -> None:
    rows = run(
        FILL
        + """
        Rewind c0, end
    loop:
        Rowid c0, r7
        Integer 20, r8
        Ne r7, r8, next
        Delete c0, True
    next:
        Next c0, loop
        SCopy r8, r7
        String8 "B", r6
        SCopy r8, r7
        IdxDelete c1, r6, 2, True
        Count c0, r7
        Count c1, r8
        ResultRow r7, 2
    end:
        Halt
    """
    )
    assert rows == [(2, 2)]


def test_a_missing_index_entry_is_damage(run: Run) -> None:
    with pytest.raises(Exception, match="index corruption"):
        run(FILL + 'String8 "zz", r6\nIdxDelete c1, r6, 1, True\nHalt')


def test_new_rowids(run: Run) -> None:
    text = (
        FILL
        + """
        NewRowid c0, r7
        Variable 1, r8
        NewRowid c0, r9, r8
        ResultRow r7, 3
        Halt
    """
    )
    assert run(text, 5) == [(31, 31, 31)]
    assert run(text, 77) == [(31, 78, 78)]
    with pytest.raises(Exception, match="database or disk is full"):
        run(text, 2**63 - 1)


def test_affinities_and_records(run: Run) -> None:
    rows = run(
        MAKE
        + """
        Integer 1, r2
        String8 "12", r3
        Real 5.0, r4
        Integer 7, r5
        MakeRecord r3, 3, r6, "DEB"
        Insert c0, r6, r2
        Rewind c0, end
        Column c0, 0, r7
        Column c0, 1, r8
        RealAffinity r8
        Column c0, 2, r9
        ResultRow r7, 3
        Affinity r3, 3, "EBC"
        ResultRow r3, 3
    end:
        Halt
    """
    )
    assert [[repr(v) for v in row] for row in rows] == [["12", "5.0", "'7'"], ["12.0", "'5.0'", "7"]]


def test_columns_and_result_columns(run: Run) -> None:
    rows = run(
        MAKE
        + """
        Integer 9, r2
        Integer 1, r3
        Integer 2, r4
        MakeRecord r3, 2, r6
        Insert c0, r6, r2
        Rewind c0, end
        Columns c0, (1, -1, 0), r7, (2,)
        ResultRow r7, 3
        ResultColumns c0, (-1, 1), (1,)
        ResultColumns c0, (1, 0)
        ResultColumns c0, (0, 1, 2)
    end:
        Halt
    """
    )
    assert [[repr(v) for v in row] for row in rows] == [
        ["2", "9", "1.0"],
        ["9", "2.0"],
        ["2", "1"],
        ["1", "2", "None"],
    ]


@pytest.mark.parametrize(
    ("value", "type_", "stored"),
    [
        ("12", "INTEGER", 12),
        (12.0, "INT", 12),
        (5, "TEXT", "5"),
        (5, "REAL", 5.0),
        ("1", "ANY", "1"),
        (b"x", "BLOB", b"x"),
        (None, "TEXT", None),
    ],
)
def test_strict_types(run: Run, value: Value, type_: str, stored: Value) -> None:
    [(result,)] = run(
        f"""
        Variable 1, r1
        TypeCheck r1, 1, ("{type_}",), ("c",), "t"
        ResultRow r1, 1
        Halt
        """,
        value,
    )
    assert repr(result) == repr(stored)


@pytest.mark.parametrize(
    ("value", "type_", "kind"),
    [("x", "INTEGER", "TEXT"), (1.5, "INT", "REAL"), (b"", "TEXT", "BLOB"), (1, "BLOB", "INT")],
)
def test_strict_types_refuse(run: Run, value: Value, type_: str, kind: str) -> None:
    with pytest.raises(Exception, match=rf"^cannot store {kind} value in {type_} column t\.c$"):
        run(f'Variable 1, r1\nTypeCheck r1, 1, ("{type_}",), ("c",), "t"\nHalt', value)


def test_row_sets(run: Run) -> None:
    rows = run("""
        Null r1
        Integer 3, r2
        RowSetTest r1, never, r2
        Integer 1, r2
        RowSetTest r1, never, r2
        RowSetTest r1, twice, r2
    never:
        Halt
    twice:
        ResultRow r2, 1
        Null r1
        RowSetTest r1, never, r2
        ResultRow r2, 1
        Halt
    """)
    assert rows == [(1,), (1,)]


def test_sequences(run: Run) -> None:
    rows = run("""
        OpenEphemeral c0, 1
        Sequence c0, r1
        Sequence c0, r2
        ResultRow r1, 2
        Halt
    """)
    assert rows == [(0, 1)]
