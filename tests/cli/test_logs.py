"""``fdb dump-log``: journals and write-ahead logs as they lie on the disk, whole, in use and damaged."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.peer import SQLITE, Peer

import foundrydb
from foundrydb.storage.log.wal.log_file import LogHeader
from foundrydb.storage.os.vfs import File
from foundrydb.tools.views.drawings.diagram_formats import as_dot
from foundrydb.tools.views.logs.ahead_reading import read_ahead_log
from foundrydb.tools.views.logs.checkpoint_forecast import forecast_text
from foundrydb.tools.views.logs.log_drawing import survey_picture
from foundrydb.tools.views.logs.log_json import survey_json
from foundrydb.tools.views.logs.log_survey import LogSurvey, survey_log
from foundrydb.tools.views.logs.log_text import survey_text

Run = Callable[..., subprocess.CompletedProcess[str]]
FORMS = ("text", "json", "dot")


def opened(path: Path) -> foundrydb.Connection:
    """A connection that decides itself where transactions begin."""
    return foundrydb.connect(path, isolation_level=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in WAL mode, of pages of 512 bytes, with a table."""
    path = tmp_path / "w.db"
    con = opened(path)
    con.execute("PRAGMA page_size = 512")
    con.execute("PRAGMA journal_mode = wal")
    con.execute("CREATE TABLE t(a, b)")
    con.close()
    return path


@pytest.fixture
def writer(path: Path) -> Iterator[foundrydb.Connection]:
    """A connection that copies nothing back by itself."""
    con = opened(path)
    con.execute("PRAGMA wal_autocheckpoint = 0")
    yield con
    con.close()


def survey(path: Path, limit: int = 1000) -> LogSurvey:
    """What is read of a database's logs; each format must be able to tell it."""
    found = survey_log(str(path), limit)
    assert survey_text(found) and as_dot(survey_picture(found))
    json.loads(survey_json(found))
    return found


def insert(con: foundrydb.Connection, times: int = 1) -> None:
    """As many transactions of about two pages."""
    for _ in range(times):
        con.execute("INSERT INTO t VALUES (1, zeroblob(600))")


def copy_files(path: Path, folder: Path, suffixes: tuple[str, ...]) -> Path:
    """Copies of the database and of files beside it, as a loss of power would leave them."""
    folder.mkdir(exist_ok=True)
    for suffix in suffixes:
        shutil.copy(f"{path}{suffix}", f"{folder / path.name}{suffix}")
    return folder / path.name


# the write-ahead log --------------------------------------------------------------------------------------------


def test_the_whole_of_a_small_log(fdb: Run, path: Path, writer: foundrydb.Connection) -> None:
    writer.execute("INSERT INTO t VALUES (1, 2)")
    reader = opened(path)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM t").fetchall()
    insert(writer)
    text = fdb("dump-log", path).stdout
    reader.close()
    text = text.replace(str(path), "w.db")
    text = re.sub(r"salts [0-9a-f]{8} [0-9a-f]{8}", "salts S T", text)
    assert (
        text
        == """\
w.db: 2 pages of 512 bytes, mode: write-ahead log

write-ahead log: w.db-wal, 2,176 bytes
  magic 0x377f0682 (checksums of little-endian words), format 3007000, pages of 512 bytes
  sequence 0, salts S T, checksum good
  4 frames: 4 committed
  ends after frame 4: the file ends
   transaction           frames  pages after it
             1              1-1  2
             2              2-4  3
     frame       offset       page   commit  salts  checksum
         1           32          2        2  good   good
         2          568          1        -  good   good
         3        1,104          2        -  good   good
         4        1,640          3        3  good   good      the last that counts

its index: w.db-shm, 32,768 bytes, in use
  2 commits, last frame 4, 3 pages of 512 bytes, checksum good, salts of this log
  copied into the database: 0 of 4 frames (set out for: 0)
  locks: write: free, checkpoint: free, recovery: free
  read mark 0: the database alone; lock free
  read mark 1: frame 1, the end of transaction 1: a database of 2 pages; lock held shared
  read mark 2: not used; lock free
  read mark 3: not used; lock free
  read mark 4: not used; lock free

a checkpoint would copy frame 1 (1 page), no more: the reader of mark 1 needs the pages as they were at frame 1
"""
    )


def test_nothing_is_changed(fdb: Run, path: Path, writer: foundrydb.Connection, tmp_path: Path) -> None:
    insert(writer, 3)
    left = copy_files(path, tmp_path / "left", ("", "-wal"))  # a log that waits for recovery
    for database in (path, left):
        folder = database.parent
        before = {each.name: (each.stat().st_mtime_ns, each.read_bytes()) for each in folder.glob("w.db*")}
        for form in FORMS:
            for name in before:
                assert fdb("dump-log", folder / name, "--format", form).returncode == 0
        after = {each.name: (each.stat().st_mtime_ns, each.read_bytes()) for each in folder.glob("w.db*")}
        assert before == after


def test_who_is_at_work_is_neither_hindered_nor_waited_for(path: Path) -> None:
    insert(con := opened(path))
    con.close()
    with Peer(SQLITE, str(path)) as other:
        other.ask("PRAGMA locking_mode = exclusive")
        other.ask("BEGIN EXCLUSIVE")
        assert other.ask("INSERT INTO t VALUES (1, 2)") == "[]"
        found = survey(path)
        assert other.ask("COMMIT") == "[]"
        assert found.log is not None


def test_processes_are_named_where_the_system_tells(path: Path) -> None:
    with Peer(SQLITE, str(path)) as other:
        other.ask("BEGIN IMMEDIATE")
        other.ask("INSERT INTO t VALUES (1, 2)")
        text = survey_text(survey(path))
        assert f"write: held exclusively (process {other.process.pid})" in text
        assert f"in use (process {other.process.pid})" in text


def test_what_an_earlier_use_left(path: Path, writer: foundrydb.Connection) -> None:
    insert(writer, 4)
    before = survey(path).log
    assert before is not None
    assert writer.execute("PRAGMA wal_checkpoint(restart)").fetchone()[0] == 0
    insert(writer)
    log = survey(path).log
    assert log is not None and log.header is not None
    assert log.frames.count == before.frames.count
    assert log.committed == log.valid < log.frames.count
    assert log.left_over == log.frames.count - log.valid
    assert log.end == f"frame {log.valid + 1} is left over from the use before this one"
    assert [frame.state for frame in log.frames.kept()] == ["committed"] * log.valid + [
        "left over"
    ] * log.left_over
    assert not log.faults


def test_frames_of_a_transaction_that_has_not_ended(path: Path, writer: foundrydb.Connection) -> None:
    insert(writer)
    committed = survey(path).log
    assert committed is not None
    writer.execute("PRAGMA cache_size = 5")
    writer.execute("BEGIN")
    insert(writer, 40)
    log = survey(path).log
    assert log is not None
    assert log.committed == committed.committed < log.valid
    assert {frame.state for frame in log.frames.kept()[log.committed :]} == {"not committed"}
    assert "of a transaction without an end" in survey_text(survey(path))
    writer.execute("ROLLBACK")


def test_a_long_log_is_shown_by_its_ends(fdb: Run, path: Path, writer: foundrydb.Connection) -> None:
    writer.execute("PRAGMA synchronous = off")
    insert(writer, 100)
    reader = opened(path)
    reader.execute("BEGIN")
    reader.execute("SELECT 1 FROM t").fetchall()
    insert(writer, 100)
    for form in FORMS:
        assert len(fdb("dump-log", path, "--format", form, "--limit", 6).stdout) < 8000
    found = survey(path, 6)
    log = found.log
    assert log is not None
    assert len(log.frames.kept()) == len(log.transactions.kept()) == 6
    assert log.frames.left_out + 6 == log.frames.count > 400
    assert log.transactions.count == 200
    assert [each.number for each in log.transactions.kept()] == [1, 2, 3, 198, 199, 200]
    reader_line = next(line for line in survey_text(found).splitlines() if "held shared" in line)
    assert "the end of transaction 100:" in reader_line
    reader.close()


def test_pages_of_big_endian_checksums(tmp_path: Path, path: Path, writer: foundrydb.Connection) -> None:
    header = LogHeader(512, 7, bytes(range(8)), True)
    (tmp_path / "b.db-wal").write_bytes(header.encode())
    log = survey(tmp_path / "b.db-wal").log
    assert log is not None and log.header is not None
    assert log.header.good and log.header.big_endian and log.header.sequence == 7


class Restarted(File):
    """A log that another process begins anew while it is read."""

    def __init__(self, first: bytes, then: bytes) -> None:
        super().__init__()
        self._images = [first, then]

    def size(self) -> int:
        return len(self._images[0])

    def read(self, offset: int, size: int) -> bytes:
        image = self._images[0]
        if offset == 0:
            self._images = self._images[::-1]
        return image[offset : offset + size]


def test_a_log_that_is_begun_anew_meanwhile(path: Path, writer: foundrydb.Connection) -> None:
    insert(writer, 2)
    before = Path(f"{path}-wal").read_bytes()
    writer.execute("PRAGMA wal_checkpoint(restart)")
    insert(writer)
    after = Path(f"{path}-wal").read_bytes()
    found = survey(path)
    assert found.log is not None and not found.log.changed
    found.log = read_ahead_log(Restarted(before, after), "w.db-wal", 10, [], lambda _: None)
    assert found.log.changed
    assert "somebody began the log anew while it was read: look again" in survey_text(found)


# what a checkpoint would do -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_checkpoint_does_what_was_foretold(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    with Peer(SQLITE, str(path)) as other:
        other.ask("PRAGMA wal_autocheckpoint = 0")
        readers = []
        for _ in range(dice.randrange(2, 9)):
            for _ in range(dice.randrange(3)):
                other.ask(f"INSERT INTO t VALUES ({dice.randrange(9)}, zeroblob({dice.randrange(2000)}))")
            if dice.randrange(3) == 0:
                reader = opened(path)
                reader.execute("BEGIN")
                reader.execute("SELECT 1 FROM t").fetchall()
                readers.append(reader)
            if dice.randrange(4) == 0:
                other.ask("PRAGMA wal_checkpoint")
            if readers and dice.randrange(3) == 0:
                readers.pop(dice.randrange(len(readers))).close()
        found = survey(path)
        before = path.read_bytes()
        busy, frames, copied = map(int, re.findall(r"-?\d+", other.ask("PRAGMA wal_checkpoint")))
        after = path.read_bytes()
        for reader in readers:
            reader.close()
    if found.forecast is None:
        assert copied <= 0
        return
    assert (busy, frames) == (0, found.log.committed if found.log else -1)
    assert copied == found.forecast.last, forecast_text(found.forecast)
    assert found.forecast.whole == (copied == frames)
    if found.forecast.pages == 0:
        assert after == before


def test_readers_of_the_database_alone_stop_a_checkpoint(path: Path, writer: foundrydb.Connection) -> None:
    insert(writer)
    writer.execute("PRAGMA wal_checkpoint")
    reader = opened(path)
    reader.execute("BEGIN")
    reader.execute("SELECT 1 FROM t").fetchall()
    insert(writer)
    found = survey(path)
    assert found.forecast is not None
    text = "a checkpoint would copy nothing: somebody reads the database without the log (read mark 0)"
    assert forecast_text(found.forecast) == text
    assert "mark0 -> database:db" in as_dot(survey_picture(found))
    reader.close()


def test_a_log_that_waits_for_recovery(path: Path, writer: foundrydb.Connection, tmp_path: Path) -> None:
    insert(writer, 3)
    for name, suffixes in (("bare", ("", "-wal")), ("indexed", ("", "-wal", "-shm"))):
        left = copy_files(path, tmp_path / name, suffixes)
        found = survey(left)
        assert found.forecast is not None and found.log is not None
        assert found.forecast.last == found.log.committed
        assert "nobody has the database open" in forecast_text(found.forecast)
    assert "which nobody has open: it means nothing, and is made anew" in survey_text(found)


# the rollback journal -------------------------------------------------------------------------------------------


def journalled(folder: Path, mode: str = "delete") -> foundrydb.Connection:
    """A transaction that has spilled pages into ``folder/j.db``."""
    con = opened(folder / "j.db")
    con.execute("PRAGMA page_size = 512")
    con.execute(f"PRAGMA journal_mode = {mode}")
    con.execute("CREATE TABLE t(a, b)")
    con.execute("BEGIN")
    insert(con, 60)
    con.execute("COMMIT")
    con.execute("PRAGMA cache_size = 5")
    con.execute("BEGIN")
    con.execute("UPDATE t SET a = a + 1, b = zeroblob(700)")
    return con


def test_a_journal_in_use_and_hot(tmp_path: Path) -> None:
    con = journalled(tmp_path)
    found = survey(tmp_path / "j.db")
    assert found.journal is not None
    assert found.journal_state == "in use"
    assert found.journal.durable and found.journal.sections.count > 1
    hot_path = copy_files(tmp_path / "j.db", tmp_path / "hot", ("", "-journal"))
    con.execute("ROLLBACK")
    con.close()
    hot = survey(hot_path)
    journal = hot.journal
    assert journal is not None and hot.journal_state == "hot"
    assert journal.good == sum(section.records for section in journal.sections.kept()) > 20
    pages = {record.page for record in journal.records.kept() if not record.fault}
    assert len(pages) == journal.good
    image = hot_path.read_bytes()
    oracle = sqlite3.connect(hot_path)
    assert oracle.execute("SELECT count(*), sum(a) FROM t").fetchone() == (60, 60)
    oracle.close()
    undone = hot_path.read_bytes()
    assert len(undone) == 512 * journal.page_count
    changed = {
        1 + at // 512 for at in range(0, len(undone), 512) if undone[at : at + 512] != image[at : at + 512]
    }
    assert changed <= pages


def test_a_zeroed_journal_is_void(tmp_path: Path) -> None:
    con = journalled(tmp_path, "persist")
    con.execute("COMMIT")
    found = survey(tmp_path / "j.db-journal")
    assert found.journal is not None and found.journal.zeroed and found.journal_state == "void"
    assert found.journal.rest == found.journal.size
    assert not found.journal.faults
    con.close()


def test_a_journal_whose_super_journal_is_gone(tmp_path: Path) -> None:
    con = journalled(tmp_path)
    hot = copy_files(tmp_path / "j.db", tmp_path / "hot", ("", "-journal"))
    con.close()
    name = str(hot).encode() + b"-mj01234590A"
    tail = name + len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big")
    journal = Path(f"{hot}-journal")
    journal.write_bytes(journal.read_bytes() + bytes(4) + tail + bytes.fromhex("d9d505f920a163d7"))
    assert survey(hot).journal_state == "committed"
    Path(name.decode()).write_bytes(f"{hot}-journal\0".encode())
    found = survey(hot)
    assert found.journal_state == "hot"
    assert f"super-journal: {name.decode()}, which is there" in survey_text(found)


def test_a_journal_beside_nothing(tmp_path: Path) -> None:
    con = journalled(tmp_path)
    shutil.copy(tmp_path / "j.db-journal", tmp_path / "gone.db-journal")
    con.close()
    found = survey(tmp_path / "gone.db-journal")
    assert found.journal_state == "stray"
    assert "there is no such database" in survey_text(found)


# damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_log_ends_where_recovery_ends_it(
    path: Path, writer: foundrydb.Connection, tmp_path: Path, seed: int
) -> None:
    insert(writer, 6)
    dice = random.Random(seed)
    left = copy_files(path, tmp_path / "left", ("", "-wal"))
    wal = Path(f"{left}-wal")
    data = bytearray(wal.read_bytes())
    for _ in range(dice.choice([1, 1, 3])):
        at = dice.randrange(32) if dice.randrange(5) == 0 else dice.randrange(len(data))
        data[at] = dice.randrange(256)
    if dice.randrange(4) == 0:
        del data[dice.randrange(len(data)) :]
    wal.write_bytes(data)
    found = survey(left)
    assert found.log is not None
    for fault in found.log.faults:
        assert 0 <= fault.offset <= len(data) and fault.text
    oracle = sqlite3.connect(left)
    try:
        answer = oracle.execute("PRAGMA wal_checkpoint").fetchone()
    except sqlite3.Error:
        return  # a version of the format that is not known
    finally:
        oracle.close()
    assert max(answer[1], 0) == found.log.committed


def test_any_bytes_are_told_of(tmp_path: Path, path: Path, writer: foundrydb.Connection) -> None:
    insert(writer, 3)
    con = journalled(tmp_path)
    files = ((path, "-wal"), (path, "-shm"), (path, ""), (tmp_path / "j.db", "-journal"))
    originals = [(suffix, Path(f"{source}{suffix}").read_bytes()) for source, suffix in files]
    con.execute("ROLLBACK")
    con.close()
    (left := tmp_path / "left").mkdir()
    dice = random.Random(3)
    for _ in range(60):
        for suffix, original in originals:
            data = bytearray(original)
            for _ in range(dice.choice([0, 1, 5, 40])):
                at = dice.randrange(min(len(data), dice.choice([40, 140, 1 << 20])))
                data[at] = dice.choice([0, 1, 255, dice.randrange(256)])
            (left / f"d.db{suffix}").write_bytes(data[: dice.choice([0, 5, 31, 100, 600, 1 << 20, 1 << 20])])
        for suffix in ("", "-wal", "-shm", "-journal"):
            survey(left / f"d.db{suffix}", 10)


def test_sizes_that_lie(fdb: Run, tmp_path: Path) -> None:
    con = journalled(tmp_path)
    data = bytearray((tmp_path / "j.db-journal").read_bytes())
    con.execute("ROLLBACK")
    con.close()
    data[8:12] = (0x7FFFFFFF).to_bytes(4, "big")
    (tmp_path / "k.db-journal").write_bytes(data[:2000])
    text = fdb("dump-log", "k.db-journal").stdout
    assert "!! offset 1,552: the file ends within a record, after 448 bytes of 520: " in text
    assert "the header promised 2,147,483,647 records, 2 are good" in text
    data[24:28] = (1 << 20).to_bytes(4, "big")
    (tmp_path / "k.db-journal").write_bytes(data)
    assert "!! offset 24: the page size is 1,048,576" in fdb("dump-log", "k.db-journal").stdout


# mistakes -------------------------------------------------------------------------------------------------------


def test_mistakes_are_one_line(fdb: Run, tmp_path: Path) -> None:
    done = fdb("dump-log", "nosuch.db")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", 'Error: there is no file "nosuch.db"\n')
    (tmp_path / "folder").mkdir()
    done = fdb("dump-log", "folder")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        'Error: "folder" is a folder, not a file\n',
    )


def test_a_database_without_logs(fdb: Run, sample: Path) -> None:
    text = fdb("dump-log", sample).stdout
    assert text == (
        f"{sample}: 27 pages of 4096 bytes, mode: rollback journal\n\n"
        "no log lies beside it: nothing to undo, nothing to copy\n"
    )
