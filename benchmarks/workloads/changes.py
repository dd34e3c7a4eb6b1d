"""INSERT, UPDATE, DELETE and CREATE INDEX, each answered with a digest of what is there afterwards."""

from __future__ import annotations

import random
from typing import Final

from benchmarks.workload import Session, Workload

NEW_TABLE: Final = "create table n(id integer primary key, a int, b real, c text)"
INDEXES: Final = ["create index n_a on n(a)", "create index n_b on n(b)", "create index n_c on n(c)"]


def digest(session: Session, table: str) -> object:
    """What the table holds, in one row."""
    session.connection.commit()
    return session.connection.execute(f"select count(*), sum(a), sum(id * a % 7) from {table}").fetchall()


def bare_rows(session: Session) -> object:
    """A new table without indexes, and rows for it in rowid order."""
    session.connection.execute(NEW_TABLE)
    return [(i, i * 3, i * 0.5, f"row {i}") for i in range(session.rows // 5)]


def indexed_rows(session: Session) -> object:
    """A new table with three indexes, and rows for it in no order but the rowid's."""
    for text in [NEW_TABLE, *INDEXES]:
        session.connection.execute(text)
    rng = random.Random(3)
    rows = session.rows
    return [(i, rng.randrange(rows), rng.random(), f"row {rng.randrange(rows)}") for i in range(rows // 20)]


def insert_many(session: Session) -> object:
    session.connection.executemany("insert into n values(?,?,?,?)", session.given)
    return digest(session, "n")


def insert_transactions(session: Session) -> object:
    for row in session.given[:100]:
        session.connection.execute("insert into n values(?,?,?,?)", row)
        session.connection.commit()
    return digest(session, "n")


def script(session: Session) -> object:
    """INSERT statements that differ in their literals, in one transaction."""
    session.connection.execute(NEW_TABLE)
    inserts = (
        f"insert into n values({i}, {i * 3}, {i * 0.5}, 'row {i}');\n" for i in range(session.rows // 10)
    )
    return f"begin;\n{''.join(inserts)}commit;\n"


def run_script(session: Session) -> object:
    session.connection.executescript(session.given)
    return digest(session, "n")


def update_by_key(session: Session) -> object:
    keys = [(i * 31 % (session.rows // 5) + 1,) for i in range(min(10_000, session.rows))]
    session.connection.executemany("update item set b = b + 1, c = c || '!' where id = ?", keys)
    return digest(session, "item")


def update_all(session: Session) -> object:
    session.connection.execute("update item set b = b + 1")
    return digest(session, "item")


def update_indexed(session: Session) -> object:
    session.connection.execute("update item set a = a + 1 where id % 2 = 0")
    return digest(session, "item")


def delete_by_key(session: Session) -> object:
    keys = [(i * 31 % (session.rows // 5) + 1,) for i in range(min(10_000, session.rows))]
    session.connection.executemany("delete from item where id = ?", keys)
    return digest(session, "item")


def delete_half(session: Session) -> object:
    session.connection.execute("delete from item where id % 2 = 0")
    return digest(session, "item")


def create_index(session: Session) -> object:
    session.connection.execute("create index item_c on item(c)")
    return digest(session, "item")


WORKLOADS: Final = [
    Workload("executemany INSERT, bare table", insert_many, "empty", bare_rows, writes=True),
    Workload("executemany INSERT, 3 indexes", insert_many, "empty", indexed_rows, writes=True),
    Workload("single-row transactions", insert_transactions, "empty", bare_rows, writes=True),
    Workload("script of distinct INSERTs", run_script, "empty", script, writes=True),
    Workload("UPDATE by key", update_by_key, "changes", writes=True),
    Workload("UPDATE of all rows", update_all, "changes", writes=True),
    Workload("UPDATE of an indexed column", update_indexed, "changes", writes=True),
    Workload("DELETE by key", delete_by_key, "changes", writes=True),
    Workload("DELETE of half", delete_half, "changes", writes=True),
    Workload("CREATE INDEX", create_index, "changes", writes=True),
]
