"""Random ATTACH and DETACH, journal modes, and where statements make and seek things among several databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, final

from differential.model import Database, Table
from differential.sql import Sql, text
from differential.statement import Statement

if TYPE_CHECKING:
    from differential.generator import Generator

_MISUSES: Final = [
    *("DETACH absent", "DETACH main", "DETACH temp", "ATTACH ':memory:' AS main", "ATTACH '' AS Temp"),
    *("ATTACH 'no/such/file' AS other", "ATTACH absent.name AS other", "DETACH nosuch()"),
]


@final
class Attachments:
    """Writes ATTACH and DETACH, and names with databases.

    Attributes:
        wanted: this life has further databases.
    """

    def __init__(self, generator: Generator) -> None:
        self.choice = generator.choice
        self.schema = generator.schema
        self.wanted = False

    def beginning(self) -> list[Statement]:
        """The first databases, in some lives."""
        self.choice.start()
        self.wanted = self.choice.maybe("life.attach", 0.3)
        return (
            [self._statement(self._attach()) for _ in range(self.choice.number(1, 2))] if self.wanted else []
        )

    def statement(self) -> Statement:
        """One database more or less, or one that is kept otherwise."""
        self.choice.start()
        if self.choice.maybe("attach.misuse", 0.15):
            return self._statement(text(self.choice.one(_MISUSES)))
        databases = self.schema.databases
        if databases and self.choice.maybe("attach.journal", 0.4):
            return self._statement(self._keep_otherwise(self.choice.one(databases)))
        # Temporary triggers on what is detached are lost to C SQLite when it is attached again.
        loose = [database for database in databases if database.name not in self.schema.held]
        if loose and self.choice.chance(0.5):
            return self._statement(self._detach(self.choice.one(loose)))
        return self._statement(self._attach())

    def _statement(self, sql: Sql) -> Statement:
        return Statement(sql, "transaction", frozenset(self.choice.used | {"life.attach"}))

    def _attach(self) -> Sql:
        schema = self.schema
        if schema.detached and self.choice.chance(0.6):
            database = self.choice.one(schema.detached)
            schema.detached.remove(database)
        else:
            database = Database(schema.fresh("d"), self.choice.maybe("attach.memory", 0.3))
        # What is in memory does not come back, nor what has another encoding than main, should that be empty.
        schema.temporary = schema.temporary or database.memory or schema.utf16
        schema.databases.append(database)
        schema.tables += database.tables
        schema.views += database.views
        schema.indexes += database.indexes
        file = ":memory:" if database.memory else database.name
        word = self.choice.one(["ATTACH", "ATTACH DATABASE"])
        return text(f"{word} '{file}' AS {database.name}")

    def _detach(self, database: Database) -> Sql:
        schema, name = self.schema, database.name
        schema.databases.remove(database)
        if not database.memory:
            schema.detached.append(database)
        database.tables = [table for table in schema.tables if table.database == name]
        database.views = [view for view in schema.views if view.database == name]
        database.indexes = [index for index in schema.indexes if index.table.database == name]
        schema.tables = [table for table in schema.tables if table.database != name] or schema.tables
        schema.views = [view for view in schema.views if view.database != name]
        schema.indexes = [index for index in schema.indexes if index.table.database != name]
        return text(f"{self.choice.one(['DETACH', 'DETACH DATABASE'])} {name}")

    def _keep_otherwise(self, database: Database) -> Sql:
        """Another journal mode, WAL above all: what is read and written then is the same."""
        mode = self.choice.one(["wal", "wal", "wal", "delete", "truncate", "persist", "memory"])
        return text(f"PRAGMA {database.name}.journal_mode = {mode}")

    # where things are ---------------------------------------------------------------------------------------

    def home(self) -> str:
        """The database in which something is made; "" for main, unsaid."""
        names = [database.name for database in self.schema.databases]
        if not names or not self.choice.maybe("attach.elsewhere", 0.6):
            return "main" if names and self.choice.chance(0.1) else ""
        return self.choice.one(names)

    def place(self, table: Table) -> str:
        """A table or view as a statement names it."""
        return self.named(table.database, table.name)

    def named(self, database: str, name: str) -> str:
        """A name as a statement has it: with its database now and then, where there are further ones.

        database: "" for a common table, which is in none.
        """
        if self.wanted and database and self.choice.maybe("attach.qualified", 0.5):
            return f"{database}.{name}"
        return name

    @contextmanager
    def only(self, database: str) -> Iterator[None]:
        """Let nothing be there but what a view in a database can see: what is in it, or all for temp."""
        tables, views = self.schema.tables, self.schema.views
        if database != "temp":
            self.schema.tables = [table for table in tables if table.database == database] or tables
            self.schema.views = [view for view in views if view.database == database]
        yield
        self.schema.tables, self.schema.views = tables, views
