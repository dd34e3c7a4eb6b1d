"""Two files in one statement, and in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.workload import Run, Session, Workload, query

COMMITS: Final = 100


def attach_itself(session: Session) -> object:
    """The same file once more, as ``other``."""
    session.connection.execute("attach ? as other", (str(session.path),))
    return None


def attach_empty(session: Session) -> object:
    """A new file, as ``other``, with an empty table like ``item``, and one for single rows."""
    path = Path(f"{session.path}-{session.engine}-other")
    path.unlink(missing_ok=True)
    session.connection.execute("attach ? as other", (str(path),))
    session.connection.execute("create table other.copy as select * from item where 0")
    session.connection.execute("create table other.log(n integer primary key, id int)")
    session.connection.commit()
    return None


def copy_rows(session: Session) -> object:
    """All rows of a table go to another file."""
    session.connection.execute("insert into other.copy select * from item")
    session.connection.commit()
    return session.connection.execute("select count(*) from other.copy").fetchall()


def commit_both(session: Session) -> object:
    """Transactions that change a row in each file."""
    execute = session.connection.execute
    for i in range(COMMITS):
        execute("begin")
        execute("update item set a = a + 1 where id = ?", (i + 1,))
        execute("insert into other.log values (?, ?)", (i, i + 1))
        execute("commit")
    return execute("select count(*) from other.log").fetchall()


def attach_and_detach(session: Session) -> object:
    """A file that comes, is asked, and goes."""
    answer: list[object] = []
    for _ in range(COMMITS):
        session.connection.execute("attach ? as other", (str(session.path),))
        answer = session.connection.execute("select count(*) from other.small where k < 10").fetchall()
        session.connection.execute("detach other")
    return answer


def joined(sql: str, name: str) -> Workload:
    """A query over the file, and the file once more."""
    run: Run = query(sql)
    return Workload(name, run, prepare=attach_itself)


WORKLOADS: Final = [
    joined("select sum(s.v) from t join other.small s on s.k = t.a % 10000 + 1", "ATTACH join by rowid"),
    joined(
        "select count(*), max(i.c) from small s join other.indexed i on i.a = s.k", "ATTACH join by index"
    ),
    joined("select count(*), sum(p.w) from t join other.plain p on p.v = t.a", "ATTACH join without index"),
    Workload("INSERT … SELECT to another file", copy_rows, "changes", attach_empty, writes=True),
    Workload("transactions over two files", commit_both, "changes", attach_empty, writes=True),
    Workload("ATTACH, a query, DETACH", attach_and_detach),
]
"""Each has the same answer on every engine."""
