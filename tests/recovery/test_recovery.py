"""Recoveries of whole databases give all that is in them; those of damaged ones as much as SQLite's own, soon."""

from __future__ import annotations

import random
import time
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import foundrydb
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.tools.recovery.recovery import Recovery, RecoveryChoices
from foundrydb.tools.recovery.rowid_ranges import RowidRanges
from recovery.comparing import Outcome, compare, recover
from recovery.databases import SCRIPTS, SETTINGS
from recovery.peer import WHY_NOT, find_shell

SEEDS = range(12)
PEER_SEEDS = range(12, 24)
SOON = 20.0
"""Seconds that random bytes may take, with whatever else the machine does."""

CONTENT = (
    "select type, name, tbl_name, sql from sqlite_schema where name not like 'sqlite_stat%' order by name"
)


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_files(tmp_path: Path, seed: int) -> None:
    """A share of ``python -m recovery``, without a peer."""
    outcome = compare(tmp_path, seed, "")
    assert outcome.faults == [], str(outcome)


@pytest.mark.parametrize("seed", PEER_SEEDS)
def test_as_many_rows_as_the_peer_saves(tmp_path: Path, seed: int) -> None:
    """A share of ``python -m recovery``."""
    shell = find_shell()
    if not shell:
        pytest.skip(WHY_NOT)
    outcome = compare(tmp_path, seed, shell)
    assert outcome.faults == [], str(outcome)


@pytest.mark.parametrize("setting", SETTINGS)
def test_whole_files(tmp_path: Path, setting: str) -> None:
    """Nothing is lost of a database that is not damaged, whatever is in it."""
    for number, script in enumerate(SCRIPTS):
        path = tmp_path / f"{number}.db"
        original = apsw.Connection(str(path))
        original.create_scalar_function("noise", lambda *size: random.Random(1).randbytes(size[0]), 1)
        original.execute(setting)
        original.execute(script)
        outcome = Outcome(number, [setting])
        copy = apsw.Connection(":memory:")
        for statement in recover(path, outcome, RecoveryChoices(ignore_freelist=True)):
            copy.execute(statement)
        assert outcome.faults == []
        assert copy.execute(CONTENT).fetchall() == original.execute(CONTENT).fetchall()
        for pragma in ("encoding", "page_size", "auto_vacuum", "user_version", "application_id"):
            asked = f"pragma {pragma}"
            assert copy.execute(asked).fetchall() == original.execute(asked).fetchall()
        for (table,) in original.execute("select name from sqlite_schema where type = 'table'").fetchall():
            rows = f'select * from "{table}"'
            assert copy.execute(rows).fetchall() == original.execute(rows).fetchall()
        original.close()


def test_every_row_of_an_undamaged_page_is_saved(tmp_path: Path) -> None:
    """Whatever becomes of other pages, the rows of those that are left are in their table or among the lost."""
    path = tmp_path / "rows.db"
    connection = apsw.Connection(str(path))
    connection.execute("pragma page_size = 512; create table t(a integer primary key, b)")
    connection.executemany("insert into t values (?, ?)", [(i, f"row {i:04d}") for i in range(500)])
    connection.close()
    image = path.read_bytes()
    original = {image[at : at + 512] for at in range(0, len(image), 512)}
    for seed in range(30):
        chance = random.Random(seed)
        spoilt = bytearray(image)
        for number in chance.sample(range(len(image) // 512), 6):
            spoilt[number * 512 : number * 512 + 512] = chance.choice([bytes(512), chance.randbytes(512)])
        path.write_bytes(spoilt)
        outcome = Outcome(seed, [])
        saved = "\n".join(recover(path, outcome))
        assert outcome.faults == []
        pages = [bytes(spoilt[at : at + 512]) for at in range(0, len(spoilt), 512)]
        leaves = b"".join(page for page in pages if page[0] == 13 and page in original)
        left = [i for i in range(500) if b"row %04d" % i in leaves]
        assert 200 < len(left) < 500
        assert [i for i in left if f"'row {i:04d}'" not in saved] == []


def recovered(image: bytes) -> list[str]:
    """The script of a file in memory."""
    vfs = MemoryVFS()
    vfs.open(vfs.full_path("any"), create=True).write(0, image)
    recovery = Recovery(vfs, "any", RecoveryChoices())
    try:
        return list(recovery.statements())
    finally:
        recovery.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("small") / "small.db"
    connection = apsw.Connection(str(path))
    connection.execute("pragma page_size = 512; create table t(a, b); create index i on t(b)")
    connection.executemany("insert into t values (?, ?)", [(i, "b" * (i * 40 % 900)) for i in range(40)])
    connection.execute(
        "create table w(k primary key, v) without rowid; insert into w select b, a from t where a < 20"
    )
    connection.close()
    return path.read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bytes(small: bytes, data: st.DataObject) -> None:
    """Whatever a file holds, there is a script that runs, soon."""
    image = bytearray(data.draw(st.one_of(st.just(small), st.binary(max_size=3000))))
    edits = st.tuples(st.integers(0, max(len(image) - 1, 0)), st.binary(min_size=1, max_size=8))
    for at, new in data.draw(st.lists(edits, max_size=12)):
        image[at : at + len(new)] = new
    started = time.monotonic()
    script = recovered(bytes(image))
    assert time.monotonic() - started < SOON
    connection = apsw.Connection(":memory:")
    for statement in script:
        connection.execute(statement)


def test_page_numbers_that_lie_everywhere_end_soon() -> None:
    """Trees that all lead to each other, and overflow chains that all are the longest one."""
    image = bytearray(crowded())
    size = 512
    count = len(image) // size
    for number in range(2, count + 1):
        start = (number - 1) * size
        if image[start] == 5:
            for cell in range(int.from_bytes(image[start + 3 : start + 5], "big")):
                slot = start + 12 + 2 * cell
                at = start + int.from_bytes(image[slot : slot + 2], "big")
                image[at : at + 4] = (2 + (number * 7 + cell * 3) % (count - 1)).to_bytes(4, "big")
        elif image[start] == 0:
            image[start : start + 4] = (number % count + 1).to_bytes(4, "big")
    started = time.monotonic()
    recovered(bytes(image))
    assert time.monotonic() - started < SOON


def test_tables_that_all_have_the_same_tree_end_soon() -> None:
    """No more is written than a few times what the file holds."""
    connection = apsw.Connection(":memory:")
    connection.execute("pragma page_size = 512; create table big(a)")
    connection.executemany("insert into big values (?)", [(i,) for i in range(3000)])
    for table in range(300):
        connection.execute(f"create table t{table}(a)")
    connection.execute("pragma writable_schema = on; update sqlite_schema set rootpage = 2")
    assert 3000 < len(recovered(connection.serialize("main"))) < 30_000


def crowded() -> bytes:
    """A database of many tables with long rows."""
    connection = apsw.Connection(":memory:")
    connection.execute("pragma page_size = 512")
    for table in range(20):
        connection.execute(f"create table t{table}(a, b)")
        rows = [(i, "b" * 2000 if i % 7 == 0 else "c" * 60) for i in range(100)]
        connection.executemany(f"insert into t{table} values (?, ?)", rows)
    return connection.serialize("main")


@given(st.lists(st.integers(-20, 20)))
def test_rowid_ranges(rowids: list[int]) -> None:
    ranges, met = RowidRanges(), set()
    for rowid in rowids:
        assert ranges.add(rowid) == (rowid not in met)
        met.add(rowid)


def test_an_empty_file() -> None:
    """It is a database in which nothing was ever written."""
    assert recovered(b"") == [
        "PRAGMA foreign_keys = off",
        "BEGIN",
        "PRAGMA encoding = 'UTF-8'",
        "PRAGMA page_size = 4096",
        "COMMIT",
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(foundrydb.Error):
        Recovery(MemoryVFS(), "nosuch", RecoveryChoices())
