"""The life of an application on a disk that fails under it, held against a model of what was acknowledged.

The application goes on after an error, without a rollback, as applications do.  C SQLite, on a database in memory that
never fails, is the model: each statement that succeeded is repeated there, each that failed is not, and a transaction
that the error ended is rolled back there.  Only after a commit that failed may either have happened; what is read then
decides.

At any moment the content that is read, by this connection, by a new one, and after a loss of power by C SQLite and by
us, is the model's.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.disk import CHANGES, EVERY_CALL, OUT_OF_MEMORY, OWN_CODE, Disk, PowerLoss

import foundrydb
from crash.workload import SETUP, Workload, settings

NORMAL, FULL, EXTRA = 1, 2, 3
IN_FILE = ("delete", "truncate", "persist")
ON_DISK = (*IN_FILE, "wal")
FOREVER = 1 << 30

Content = dict[str, list[tuple[object, ...]]]
"""What a database holds: by the name of each table its rows, and the schema."""


class Wrong(AssertionError):
    """The content is not what was acknowledged, or an error came from nowhere."""


def content_of(connection: foundrydb.Connection | sqlite3.Connection, schema: str = "main") -> Content:
    """The rows of all tables, in an order of their own."""
    objects = connection.execute(f"select type, name, tbl_name, sql from {schema}.sqlite_schema").fetchall()
    found: Content = {"sqlite_schema": sorted(objects, key=repr)}
    for kind, name, _, _ in objects:
        if kind == "table":
            rows = connection.execute(f'select * from {schema}."{name}"').fetchall()
            found[name] = sorted(rows, key=repr)
    return found


def all_content_of(connection: foundrydb.Connection | sqlite3.Connection) -> tuple[Content, Content]:
    """What is in the file, and in temporary tables."""
    return content_of(connection), content_of(connection, "temp")


def difference(got: Content, wanted: Content) -> str:
    """Where two contents differ, in a line."""
    for name in sorted({*got, *wanted}):
        rows, right = got.get(name), wanted.get(name)
        if rows != right:
            if rows is None or right is None:
                return f"{name}: {'missing' if rows is None else 'not expected'}"
            extra = [row for row in rows if row not in right][:2]
            lost = [row for row in right if row not in rows][:2]
            return f"{name}: {len(rows)} rows, not {len(right)}; {extra!r:.90}; without {lost!r:.90}"
    return "none"


def new_model() -> sqlite3.Connection:
    """C SQLite with the tables of the beginning."""
    model = sqlite3.connect(":memory:", isolation_level=None)
    for statement in SETUP:
        model.execute(
            statement.replace(
                "generate_series(1, 60)",
                "(with recursive s(value) as (values (1) union all select value + 1 from s where value < 60)"
                " select value from s)",
            )
        )
    return model


class Life:
    """One connection from its opening to its end.

    Args:
        seed: what all of it follows from.
        folder: where C SQLite may look at files.
        journal_mode: how the journal ends; by chance where it is not given.

    Attributes:
        journal_mode, synchronous: how the database is kept.
        faults: how many calls failed.
        log: what was done, for who reads of a failure.
    """

    def __init__(self, seed: str, folder: Path, journal_mode: str = "") -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.folder = folder
        self.log: list[str] = []
        chance = self.chance
        random.seed(seed)
        self.journal_mode = journal_mode or chance.choice([*ON_DISK, "delete", "wal", "wal", "memory"])
        self.synchronous = chance.choice([NORMAL, FULL, FULL, EXTRA])
        self.disk = Disk(in_order=self.synchronous == NORMAL, sector=chance.choice([512, 512, 4096]))
        self.connection = self.disk.connect("db")
        self.model = new_model()
        self.workload = Workload(chance, self.model)
        for statement in (
            *settings(chance),
            f"pragma journal_mode = {self.journal_mode}",
            f"pragma synchronous = {self.synchronous}",
            f"pragma wal_autocheckpoint = {chance.choice([0, 2, 10, 1000])}",
            *SETUP,
            "pragma wal_checkpoint",  # what is written ahead is durable then
        ):
            self.connection.execute(statement).fetchall()
        self.pending: foundrydb.Cursor | None = None
        self.committed = all_content_of(self.model)
        self.durable = [self.committed[0]]
        self.attempt: tuple[Content, Content] | None = None
        self._savepoints: list[str] = []
        self._opened_by_savepoint = False
        self._begun = False
        self._met_unnoticed = False
        self.disk.sync_directory()
        self.disk.counted = EVERY_CALL
        self.disk.operations = 0
        # What a log has not synced yet, since NORMAL does not ask for it, a sync that fails may lose for good.
        unsynced = self.journal_mode == "wal" and self.synchronous == NORMAL
        self.disk.forgetful = chance.random() < 0.5 and not unsynced

    @property
    def faults(self) -> int:
        """How many calls failed."""
        return self.disk.failed

    # what goes wrong ----------------------------------------------------------------------------------------

    def fail_by_chance(self) -> None:
        """Let some call fail, one of a kind, once, some times, or until it is mended."""
        chance, disk = self.chance, self.disk
        single = frozenset({chance.choice(sorted(EVERY_CALL))})
        disk.counted = chance.choice([EVERY_CALL, CHANGES, single, single])
        full = ["SQLITE_FULL"] if disk.counted <= CHANGES - {"delete"} else []
        disk.fault = chance.choice([OWN_CODE, OWN_CODE, OUT_OF_MEMORY, *full, *full])
        self.fail_at(
            chance.randint(1, chance.choice([3, 10, 40, 120, 400])), chance.choice([1, 1, 3, FOREVER])
        )

    def fail_at(self, place: int, times: int) -> None:
        """Let calls fail from the ``place``-th on."""
        self.disk.operations = 0
        self.disk.fail_at, self.disk.fail_for = place, times

    def mend(self) -> None:
        """From now on no call fails."""
        self.disk.fail_at = 0

    @contextmanager
    def _mended(self) -> Iterator[None]:
        disk = self.disk
        saved = disk.counted, disk.operations, disk.fail_at, disk.crash_at
        disk.fail_at = disk.crash_at = 0
        try:
            yield
        finally:
            disk.counted, disk.operations, disk.fail_at, disk.crash_at = saved

    # the application ----------------------------------------------------------------------------------------

    def step(self) -> None:
        """One more statement."""
        if self.chance.random() < 0.06:
            self._keep_reading()
        elif self.journal_mode == "wal" and self.chance.random() < 0.06:
            self._checkpoint()
        else:
            self.run(self.workload.statement())

    def run(self, sql: str) -> None:
        """Run a statement, here and in the model, and see that it came to the same."""
        was_open = self.connection.in_transaction
        if was_open != self.model.in_transaction:
            raise Wrong(f"{'a' if was_open else 'no'} transaction is open")
        faults = self.faults
        self.attempt = self._outcome(sql)
        error: BaseException | None = None
        rows: list[tuple[object, ...]] = []
        try:
            rows = self.connection.execute(sql).fetchall()
        except (foundrydb.Error, MemoryError) as failure:
            error = failure
        self.log.append(f"{sql:.100} -> {error!r}" if error else f"{sql:.100}")
        if error is None:
            self._repeat(sql, rows)
        elif self.faults > faults or self._is_late(error):
            self._look_after_fault(sql, was_open)
        else:
            self._fail_alike(sql, error)
        unnoticed = self.faults > faults or self._met_unnoticed
        self._met_unnoticed = unnoticed and self.connection.in_transaction
        self.attempt = None
        if self.connection.in_transaction != self.model.in_transaction:
            raise Wrong(f"a transaction is open here or there alone after {sql:.100}")

    def _is_late(self, error: BaseException) -> bool:
        """Whether a call failed before, as a statement was compiled, and only a rollback is left."""
        name = getattr(error, "sqlite_errorname", "SQLITE_NOMEM")
        late = ("SQLITE_IOERR", "SQLITE_FULL", "SQLITE_NOMEM", "SQLITE_ABORT_ROLLBACK")
        return self._met_unnoticed and name.startswith(late)

    def _outcome(self, sql: str) -> tuple[Content, Content] | None:
        """What is committed if this statement succeeds; None if it does not commit, or fails."""
        model = self.model
        ends = sql.startswith(("commit", "release")) and self._closes(sql)
        if (model.in_transaction and not ends) or sql.startswith(("begin", "savepoint", "select", "pragma")):
            return None
        if ends:
            return all_content_of(model)
        model.execute("savepoint trial")
        with suppress(sqlite3.Error):  # with OR FAIL, what came before the row at fault stays
            model.execute(sql).fetchall()
        try:
            return all_content_of(model) if model.in_transaction else None
        finally:
            if model.in_transaction:
                model.execute("rollback")

    def _closes(self, sql: str) -> bool:
        """Whether COMMIT or RELEASE ends the transaction."""
        if sql == "commit" or not self.model.in_transaction:
            return self.model.in_transaction
        name = sql.split()[-1]
        return (
            self._opened_by_savepoint and self._savepoints[:1] == [name] and name not in self._savepoints[1:]
        )

    def _repeat(self, sql: str, rows: list[tuple[object, ...]]) -> None:
        """The statement succeeded: so it must in the model."""
        try:
            expected = self.model.execute(sql).fetchall()
        except sqlite3.Error as failure:
            raise Wrong(f"{sql:.100} should fail: {failure}") from failure
        if sql.startswith("select") and sorted(rows, key=repr) != sorted(expected, key=repr):
            raise Wrong(f"{sql:.100}: {rows!r:.200}, not {expected!r:.200}")
        self._note(sql)
        if not self.model.in_transaction and self.attempt is not None:
            self._acknowledge(self.attempt, doubtful=False)

    def _fail_alike(self, sql: str, error: BaseException) -> None:
        """It failed though no call did: so it must in the model."""
        name = getattr(error, "sqlite_errorname", "")
        busy = ("SQLITE_LOCKED", "SQLITE_BUSY")
        if self.pending is not None and (
            name in busy or str(error) == "cannot VACUUM - SQL statements in progress"
        ):
            return
        try:
            self.model.execute(sql).fetchall()
        except sqlite3.Error as failure:
            if str(failure) != str(error):
                raise Wrong(f"{sql:.100}: {error}, not {failure}") from error
            if not self.model.in_transaction:
                self._acknowledge(all_content_of(self.model), doubtful=False)
            return
        raise Wrong(f"{sql:.100} should not fail: {error!r}") from error

    def _look_after_fault(self, sql: str, was_open: bool) -> None:
        """A call failed, and so did the statement: see what is left."""
        model = self.model
        ended = was_open and not self.connection.in_transaction
        if sql == "rollback" and not ended and self.connection.in_transaction:
            raise Wrong("ROLLBACK did not end the transaction")
        if ended and self.attempt is None:
            model.execute("rollback")
            self._note("rollback")
        elif self.attempt is not None and not self.connection.in_transaction:
            self._find_out(sql, self.attempt)
        if self.chance.random() < 0.5:
            self.compare()

    def _find_out(self, sql: str, attempt: tuple[Content, Content]) -> None:
        """A commit failed: has it happened?"""
        with self._mended():
            found = all_content_of(self.connection)
        if found == attempt:
            with suppress(sqlite3.Error):
                self.model.execute(sql)
            self._note(sql)
        elif found == self.committed:
            if self.model.in_transaction:
                self.model.execute("rollback")
                self._note("rollback")
        elif found == (attempt[0], self.committed[1]):
            # What failed came after the journal's end, which no temporary table depends on: those alone are undone.
            self.model.execute(sql)
            self._note(sql)
            found = self._without_temporary_tables()
        else:
            told = [difference(*pair) for pair in zip(found, self.committed, strict=True)]
            raise Wrong(f"neither before nor after {sql:.100}: {told}")
        self._acknowledge(found, doubtful=True)

    def _without_temporary_tables(self) -> tuple[Content, Content]:
        """Have the application and the model go on without them; returns what there is then."""
        for connection in (self.connection, self.model):
            with self._mended():
                for (name,) in connection.execute(
                    "select name from temp.sqlite_schema where type = 'table'"
                ).fetchall():
                    connection.execute(f"drop table temp.{name}")
        return all_content_of(self.model)

    def _acknowledge(self, content: tuple[Content, Content], doubtful: bool) -> None:
        """This is what is committed; until the next transaction a loss of power may lead back, where it may."""
        keeps = self.journal_mode == "delete" and self.synchronous < EXTRA
        if doubtful:
            assert self.attempt is not None
            self.durable = [*self.durable, self.attempt[0]]
        elif content[0] != self.committed[0]:
            if self.journal_mode == "wal" and self.synchronous == NORMAL:
                self.durable = [*self.durable, content[0]]  # only a checkpoint makes them durable
            else:
                self.durable = [self.committed[0], content[0]] if keeps else [content[0]]
        self.committed = content

    def _note(self, sql: str) -> None:
        """Keep count of the savepoints."""
        word, name = sql.split()[0], sql.split()[-1]
        if not self.model.in_transaction:
            self._savepoints.clear()
        elif word == "savepoint":
            if not self._savepoints:
                self._opened_by_savepoint = not self._begun
            self._savepoints.append(name)
        elif sql.startswith(("release", "rollback to")):
            while self._savepoints[-1] != name:
                self._savepoints.pop()
            if word == "release":
                self._savepoints.pop()
        self._begun = self.model.in_transaction

    def _keep_reading(self) -> None:
        """Leave a query half read while others run, or go on with it."""
        faults = self.faults
        try:
            if self.pending is None:
                self.pending = self.connection.execute("select * from t order by v, k")
                self.pending.fetchone()
            else:
                self.pending.fetchmany(self.chance.choice([1, 1000]))
                self.pending = None
        except (foundrydb.Error, MemoryError) as failure:
            self.log.append(f"half a query -> {failure!r}")
            self.pending = None
            self._follow()
        self._met_unnoticed |= self.faults > faults and self.connection.in_transaction

    def _follow(self) -> None:
        """A failure that ends a transaction ends the model's."""
        if self.model.in_transaction and not self.connection.in_transaction:
            self.model.execute("rollback")
            self._note("rollback")

    def _checkpoint(self) -> None:
        """Copy the log back; whatever becomes of it, nothing is to be seen of it."""
        mode = self.chance.choice(["passive", "full", "restart", "truncate"])
        faults = self.faults
        try:
            self.connection.execute(f"pragma wal_checkpoint({mode})").fetchall()
            self.log.append(f"checkpoint {mode}")
        except (foundrydb.Error, MemoryError) as failure:
            self.log.append(f"checkpoint {mode} -> {failure!r}")
            self._follow()
        self._met_unnoticed |= self.faults > faults and self.connection.in_transaction

    # what must hold -----------------------------------------------------------------------------------------

    def compare(self) -> None:
        """The connection reads what the model holds, and the file is sound."""
        with self._mended():
            for schema in ("main", "temp"):
                got, wanted = content_of(self.connection, schema), content_of(self.model, schema)
                if got != wanted:
                    raise Wrong(f"{schema} as the connection reads it: {difference(got, wanted)}")

    def finish(self) -> None:
        """End the application in good order: what it leaves is what was acknowledged."""
        self.mend()
        self.pending = None
        if self.connection.in_transaction:
            self.run("rollback")
        self.compare()
        self.run("update t set v = v + 5")
        self.compare()
        faults = self.connection.execute("pragma integrity_check").fetchall()
        if faults != [("ok",)]:
            raise Wrong(f"our own integrity_check: {faults!r:.200}")
        self.connection.close()
        self._check_files(self.disk.files(), [content_of(self.model)], "at the end")

    def lose_power(self) -> None:
        """Cut the power now: what C SQLite finds, and we, is what was acknowledged, or what was just being."""
        files = self.disk.after_power_loss(self.chance)
        possible = self.durable + ([self.attempt[0]] if self.attempt is not None else [])
        self._check_files(files, possible, "after the loss of power")

    def _check_files(self, files: dict[str, bytes], possible: list[Content], when: str) -> None:
        for path in self.folder.iterdir():
            path.unlink()
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        theirs = sqlite3.connect(self.folder / "db")
        try:
            found = content_of(theirs)
            faults = theirs.execute("pragma integrity_check").fetchall()
        finally:
            theirs.close()
        if found not in possible:
            told = "; ".join(difference(found, each) for each in possible)
            raise Wrong(f"C SQLite reads {when}: {told}")
        if faults != [("ok",)]:
            raise Wrong(f"C SQLite's integrity_check {when}: {faults!r:.200}")
        ours = Disk(files).connect("db")
        if content_of(ours) != found:
            raise Wrong(f"recovered otherwise than by C SQLite {when}")
        ours.close()


def live(life: Life) -> None:
    """A whole life by chance: some statements, a fault or two, and the end, by a loss of power or in good order."""
    chance = life.chance
    for _ in range(chance.choice([1, 1, 2])):
        for _ in range(chance.randrange(4)):
            life.step()
        life.fail_by_chance()
        for _ in range(chance.randint(2, 12)):
            life.step()
        life.mend()
    if life.journal_mode == "memory" or chance.random() < 0.4:
        for _ in range(chance.randrange(4)):
            life.step()
        life.finish()
        return
    life.disk.counted = CHANGES
    life.disk.operations = 0
    life.disk.crash_at = chance.randint(1, chance.choice([3, 20, 80, 200]))
    try:
        for _ in range(40):
            life.step()
    except PowerLoss:
        pass
    life.disk.crash_at = 0
    life.lose_power()
