"""Runs programs that tests write in the assembler's form."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from foundrydb.storage.format.values import Value
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database
from foundrydb.vm.assembler import assemble
from foundrydb.vm.host import Host
from foundrydb.vm.machine import Machine
from foundrydb.vm.verify import verify

Run = Callable[..., list[tuple[Value, ...]]]


class SchemaHost(Host):
    """A host without a catalog: it notes what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, ...]] = []

    def schema_changed(self, db: int) -> None:
        self.asked.append(("schema_changed", db))

    def parse_schema(self, db: int, where: str) -> None:
        self.asked.append(("parse_schema", db, where))

    def drop_object(self, db: int, kind: str, name: str) -> None:
        self.asked.append(("drop_object", db, kind, name))


@pytest.fixture
def host() -> Iterator[SchemaHost]:
    """A connection to an empty database in memory."""
    connection = SchemaHost()
    database = Database(Pager(MemoryVFS(), "test.db"))
    connection.databases.append(database)
    connection.databases.append(None)
    yield connection
    database.close()


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
        program = assemble(text, host.functions)
        verify(program)
        return fetch(Machine(program, host, [None, *parameters]))

    return go
