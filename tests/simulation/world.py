"""One simulated world: connections with random work on one disk, some killed, the power lost, and again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import foundrydb
from simulation.history import COUNTERS, History, State, Wrong
from simulation.scheduler import Scheduler, SharedDisk

EXPECTED = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
"""What another connection in the way may be told as."""


class World:
    """A disk, a history, and generations of connections.

    Attributes:
        met: what happened, counted.
    """

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        random.seed(seed)
        self.met: Counter[str] = Counter()
        self.history = History()
        self.mode = self.chance.choice(["wal", "wal", "wal", "delete", "persist", "truncate"])
        self.scheduler = Scheduler(self.chance, self.chance.choice([0.02, 0.1, 0.5]))
        self.disk = SharedDisk(self.scheduler)
        with self.disk.connect() as connection:
            for statement in (
                f"pragma page_size = {self.chance.choice([512, 1024])}",
                f"pragma journal_mode = {self.mode}",
                "create table state(version int)",
                "create table counter(id integer primary key, value int, pad blob)",
                "create index by_value on counter(value, pad)",
                "insert into state values (0)",
                f"insert into counter select value, 0, x'' from generate_series(1, {COUNTERS})",
            ):
                connection.execute(statement).fetchall()
        connection.close()
        self.disk.sync_directory()

    def live(self) -> None:
        """Some generations.

        Raises:
            Wrong: something was seen that cannot be.
        """
        for _ in range(self.chance.choice([1, 2, 3])):
            self._generation()

    def _generation(self) -> None:
        chance, scheduler = self.chance, self.scheduler
        work: list[Callable[[], None]] = [
            Client(self, number).work for number in range(chance.choice([2, 3, 4]))
        ]
        scheduler.killed = []
        scheduler.deadline = chance.randint(1, 3000) if chance.random() < 0.5 else 0
        scheduler.power_loss = chance.randint(1, 6000) if chance.random() < 0.4 else 0
        lost = scheduler.power_loss
        scheduler.run(work)
        if lost and scheduler.power_loss == 0:
            self._restart()
        scheduler.deadline = scheduler.power_loss = 0
        self.met["killed"] += len(scheduler.killed)
        with self.disk.connect() as connection:
            version, state = read(connection)
            self.history.check(version, state, self.history.acknowledged, "who comes last")
            faults = connection.execute("pragma integrity_check").fetchall()
            if faults != [("ok",)]:
                raise Wrong(f"integrity_check: {faults}")
        connection.close()
        self.history.restart(version, state, self.history.acknowledged)

    def _restart(self) -> None:
        """The power goes, and comes back."""
        self.met["power lost"] += 1
        # Deleting a journal is durable at once with EXTRA only: one transaction may come undone.
        doubtful = 1 if self.mode == "delete" else 0
        files = self.disk.after_power_loss(self.chance)
        self.disk = SharedDisk(self.scheduler, files)
        with self.disk.connect() as connection:
            version, state = read(connection)
        connection.close()
        self.history.restart(version, state, self.history.acknowledged - doubtful)


def read(connection: foundrydb.Connection) -> tuple[int, State]:
    """The version and the counters, in one transaction."""
    version, counters = connection.execute(
        "select version, (select group_concat(value order by id) from counter) from state"
    ).fetchone()
    return version, tuple(int(value) for value in counters.split(","))


class Client:
    """A connection and its work."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.chance = random.Random(world.chance.random())
        self.name = f"connection {number}"
        self.number = number

    def work(self) -> None:
        """Some transactions, then the end in good order."""
        chance, world = self.chance, self.world
        connection = world.disk.connect()
        connection.execute("pragma busy_timeout = 100000")
        connection.execute(
            f"pragma journal_mode = {world.mode}"
        )  # a rollback journal's is the connection's own
        connection.execute(f"pragma cache_size = {chance.choice([1, 10, 100])}")
        connection.execute(f"pragma wal_autocheckpoint = {chance.choice([0, 1, 5, 40])}")
        connection.execute(f"pragma busy_timeout = {chance.choice([0, 100, 100000])}")
        for _ in range(chance.randint(1, 12)):
            kind = chance.choice([self.write, self.write, self.write, self.read, self.read, self.checkpoint])
            try:
                kind(connection)
                world.met[kind.__name__] += 1
            except foundrydb.Error as failure:
                code = failure.sqlite_errorname
                world.met[code] += 1
                if not code.startswith(EXPECTED):
                    raise Wrong(f"{self.name}: {failure!r} {code}") from failure
                if connection.in_transaction:
                    connection.execute("rollback")
        connection.close()

    def read(self, connection: foundrydb.Connection) -> None:
        """See the same version for a while."""
        oldest = self.world.history.acknowledged
        connection.execute("begin")
        seen = read(connection)
        self.world.history.check(*seen, oldest, self.name)
        for _ in range(self.chance.choice([0, 1, 3])):
            again = read(connection)
            if again != seen:
                raise Wrong(f"{self.name} reads {again} after {seen} in one transaction")
        connection.execute("commit")

    def write(self, connection: foundrydb.Connection) -> None:
        """Make the next version, or give it up."""
        chance, history = self.chance, self.world.history
        oldest = history.acknowledged
        connection.execute(chance.choice(["begin", "begin immediate", "begin exclusive"]))
        version, state = read(connection)
        history.check(version, state, oldest, self.name)
        counters = list(state)
        connection.execute("update state set version = version + 1")
        for _ in range(chance.choice([1, 2, 8])):
            which, amount = chance.randrange(COUNTERS), chance.randint(-9, 9)
            if chance.random() < 0.2:
                connection.execute("savepoint s")
                connection.execute("update counter set value = value - 100, pad = zeroblob(200)")
                connection.execute("rollback to s")
                connection.execute("release s")
            connection.execute(
                "update counter set value = value + ?, pad = zeroblob(?) where id = ?",
                (amount, chance.choice([0, 10, 700, 3000]), which + 1),
            )
            counters[which] += amount
        if chance.random() < 0.15:
            connection.execute("rollback")
            return
        wanted = tuple(counters)
        history.attempt(version + 1, wanted)
        connection.execute("commit")
        history.acknowledge(version + 1, wanted)

    def checkpoint(self, connection: foundrydb.Connection) -> None:
        """Copy the log back."""
        mode = self.chance.choice(["passive", "passive", "full", "restart", "truncate"])
        connection.execute(f"pragma wal_checkpoint({mode})").fetchall()
