"""Runs programs that tests write in the assembler's form."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from foundrydb.storage.format.values import Value
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database
from foundrydb.vm.assembler import assemble
from foundrydb.vm.functions.builtin import builtin_registry
from foundrydb.vm.host import Host
from foundrydb.vm.machine import Machine
from foundrydb.vm.transactions.attached import MAIN, TEMP, Attached, AttachedDatabases
from foundrydb.vm.verify import verify

FUNCTIONS = builtin_registry()

Run = Callable[..., list[tuple[Value, ...]]]


class SchemaHost(Host):
    """A host without a catalog: it notes what it was asked for."""

    def __init__(self) -> None:
        database = Database(Pager(MemoryVFS(), "test.db"))
        super().__init__(
            AttachedDatabases([Attached(MAIN, "main", database, None), Attached(TEMP, "temp", None, None)])
        )
        self.asked: list[tuple[object, ...]] = []

    def cookie_changed(self, db: int, cookie: int) -> None:
        self.asked.append(("cookie_changed", db, cookie))

    def parse_schema(self, db: int, name: str, kind: str) -> None:
        self.asked.append(("parse_schema", db, name, kind))

    def drop_object(self, db: int, kind: str, name: str) -> None:
        self.asked.append(("drop_object", db, kind, name))


@pytest.fixture
def host() -> Iterator[SchemaHost]:
    """A connection to an empty database in memory."""
    connection = SchemaHost()
    yield connection
    connection.attached.close()


def fetch(machine: Machine) -> list[tuple[Value, ...]]:
    """All rows of a run."""
    rows: list[tuple[Value, ...]] = []
    while batch := machine.run():
        rows.extend(batch)
    return rows


@pytest.fixture
def run(host: SchemaHost) -> Run:
    """Assemble, verify and run a program; its rows."""

    def go(text: str, *parameters: Value) -> list[tuple[Value, ...]]:
        program = assemble(text, FUNCTIONS)
        verify(program)
        return fetch(Machine(program, host, [None, *parameters]))

    return go
