"""Whole files made of others: VACUUM, backups, and databases as bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.engines import module
from benchmarks.workload import Session, Workload
from benchmarks.workloads.changes import digest


def with_holes(session: Session) -> object:
    """Every third row is gone, and free pages with them."""
    session.connection.execute("delete from item where id % 3 = 0 or id between 100 and 5000")
    session.connection.commit()
    return None


def smaller_pages(session: Session) -> object:
    """The same, and the next VACUUM is to make pages of another size."""
    with_holes(session)
    session.connection.execute("pragma page_size = 1024")
    return None


def vacuum(session: Session) -> object:
    session.connection.execute("vacuum")
    return digest(session, "item")


def vacuum_into(session: Session) -> object:
    path = Path(f"{session.path}-{session.engine}-into")
    path.unlink(missing_ok=True)
    session.connection.execute("vacuum into ?", (str(path),))
    return digest(session, "item")


def copy_in_memory(session: Session) -> object:
    target = module(session.engine).connect(":memory:")
    session.connection.backup(target)
    return target.execute("select count(*), sum(a) from item").fetchall()


def copy_in_steps(session: Session) -> object:
    path = Path(f"{session.path}-{session.engine}-copy")
    path.unlink(missing_ok=True)
    target = module(session.engine).connect(str(path))
    session.connection.backup(target, pages=20)
    return target.execute("select count(*), sum(a) from item").fetchall()


def as_bytes(session: Session) -> object:
    target = module(session.engine).connect(":memory:")
    target.deserialize(session.connection.serialize())
    return target.execute("select count(*), sum(a) from item").fetchall()


WORKLOADS: Final = [
    Workload("VACUUM", vacuum, "changes", with_holes, writes=True),
    Workload("VACUUM, other page size", vacuum, "changes", smaller_pages, writes=True),
    Workload("VACUUM INTO", vacuum_into, "changes", with_holes, writes=True),
    Workload("backup into memory", copy_in_memory, "changes", writes=True),
    Workload("backup in steps", copy_in_steps, "changes", writes=True),
    Workload("serialize, deserialize", as_bytes, "changes", writes=True),
]
