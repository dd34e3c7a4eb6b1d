"""What an application does in the crash tests: statements of every kind that writes, made up by chance.

Whatever order rows come in, the same statements make the same rows of them, so that C SQLite can tell what is right.
"""

from __future__ import annotations

import random
import sqlite3

SETUP = (
    "create table t(k integer primary key, v int, pad text)",
    "create index tv on t(v)",
    "create index tp on t(pad, v)",
    "create table w(a text, b int, c blob, primary key(a, b)) without rowid",
    "create index wb on w(b)",
    "create unique index wc on w(c, a, b)",
    "begin",
    "insert into t select value, value % 17, substr('abcdefghijklmnopqrstuvwxyz', value % 20, 5)"
    " from generate_series(1, 60)",
    "insert into w select 'key' || k % 11, k, zeroblob(k * 7 % 90) from t",
    "commit",
)
"""The tables at first; the model reads ``generate_series`` from a common table."""


def settings(chance: random.Random) -> list[str]:
    """How the file is laid out and kept."""
    return [
        f"pragma page_size = {chance.choice([512, 512, 1024, 4096])}",
        f"pragma auto_vacuum = {chance.choice([0, 0, 1, 2])}",
        f"pragma cache_size = {chance.choice([10, 10, 40, 2000])}",
    ]


class Workload:
    """The application.

    Args:
        model: C SQLite, with the tables as they are.
    """

    def __init__(self, chance: random.Random, model: sqlite3.Connection) -> None:
        self.chance = chance
        self.model = model
        self.made = 0

    def statement(self) -> str:
        """The next statement."""
        kinds = [self._change, self._change, self._change, self._transaction, self._transaction, self._read]
        return self.chance.choice([*kinds, self._definition, self._rebuild])()

    def _some(self, column: str) -> str:
        modulus = self.chance.choice([1, 2, 3, 7, 31])
        return f"{column} % {modulus} = {self.chance.randrange(modulus)}"

    def _change(self) -> str:
        chance = self.chance
        length = chance.choice([1, 10, 60, 200, 900, 3000])
        number = chance.randrange(200)
        word = chance.choice(
            ["insert", "insert or replace", "insert or ignore", "insert or rollback", "insert or fail"]
        )
        some = self._some("k")
        return chance.choice(
            [
                f"{word} into t(k, v, pad) values ({number}, {number % 13}, printf('%.*c', {length}, 'z'))",
                f"{word} into t(k, v, pad) select k + {number}, v, pad from t where {some}",
                f"update t set v = v + {number}, pad = substr(pad || pad || pad || 'q', 1, {length}) where {some}",
                f"update or ignore t set k = k + {number} where {some}",
                f"update t set v = {number} where k = {number}",
                f"delete from t where {some}",
                f"{word} into w select 'n' || k % 5, v + {number}, zeroblob({length}) from t where {some}",
                f"update w set c = zeroblob({length}), b = b + {number} where {self._some('b')}",
                f"delete from w where {self._some('b')}",
                f"delete from {chance.choice('tw')} where 1",
            ]
        )

    def _transaction(self) -> str:
        words = ["begin", "begin immediate", "begin exclusive", "savepoint s"]
        if self.model.in_transaction:
            words = [
                "commit",
                "commit",
                "rollback",
                "savepoint s",
                "savepoint r",
                "release s",
                "rollback to s",
            ]
        return self.chance.choice(words)

    def _read(self) -> str:
        return self.chance.choice(
            [
                "select count(*), sum(v), sum(length(pad)) from t",
                f"select k, v from t where v = {self.chance.randrange(17)}",
                "select a, sum(b), sum(length(c)) from w group by a",
                "select count(*) from t join w on w.b = t.v",
                "select distinct v from t order by pad desc, v",
                "pragma incremental_vacuum(3)",
            ]
        )

    def _rebuild(self) -> str:
        """VACUUM, and what it is to change of the file."""
        chance = self.chance
        return chance.choice(
            [
                "vacuum",
                "vacuum",
                "vacuum main",
                f"pragma page_size = {chance.choice([512, 1024, 4096, 8192])}",
                f"pragma auto_vacuum = {chance.choice([0, 1, 2])}",
            ]
        )

    def _tables(self) -> list[str]:
        found = self.model.execute("select name from sqlite_schema where type = 'table' and name like 'x%'")
        return [row[0] for row in found]

    def _indexes(self) -> list[str]:
        found = self.model.execute("select name from sqlite_schema where type = 'index' and sql is not null")
        return [row[0] for row in found]

    def _definition(self) -> str:
        chance = self.chance
        self.made += 1
        new = [
            f"create table x{self.made}(a, b unique, c default 'c{self.made}')",
            f"create table x{self.made} as select k, pad from t where {self._some('k')}",
            f"create index i{self.made} on t(pad, k)",
            f"create index i{self.made} on w(c) where b > 20",
            f"create unique index i{self.made} on t(v, pad)",
            f"create view if not exists z{self.made} as select k from t",
            f"create temp table y{self.made} as select * from w",
            "reindex",
        ]
        tables, indexes = self._tables(), self._indexes()
        if tables:
            table = chance.choice(tables)
            new += [f"drop table {table}", f"alter table {table} add column d{self.made} default {self.made}"]
            new += [f"insert into {table} select v, k from t where {self._some('k')}"] * 2
            new += [f"alter table {table} rename to x{self.made}r"]
        if len(indexes) > 1:
            new += [f"drop index {chance.choice(indexes)}"]
        return chance.choice(new)
