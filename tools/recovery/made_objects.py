"""Which statements of a schema can be run, and what columns the tables have that they make.

They are tried out on an empty database.  The text comes from a damaged file, and may be anything: what is not one
CREATE statement of the kind that its row tells is never run, nor written to the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.api.connection import connect
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse
from foundrydb.errors import Error, NotSupportedError
from foundrydb.storage.format.values import is_well_formed

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.tools.recovery.lost_schema import SchemaEntry

SEQUENCE: Final = "sqlite_sequence"
STATISTICS: Final = "sqlite_stat"
KEPT_STATISTICS: Final = "sqlite_stat1"
"""The statistics that ANALYZE makes in every build of SQLite."""

OBJECTS_TOGETHER: Final = 64
"""Tables and views that are tried out in one database."""

_OF_KIND: Final[dict[str, tuple[type, ...]]] = {
    "table": (ast.CreateTable, ast.CreateVirtualTable),
    "index": (ast.CreateIndex,),
    "view": (ast.CreateView,),
    "trigger": (ast.CreateTrigger,),
}


class Unusable(Exception):
    """Why an entry of the schema cannot be made again."""


class MadeObjects:
    """Makes the objects of a schema in empty databases: a few in each, for all that are there cost time."""

    def __init__(self) -> None:
        self._scratches: Final[list[Connection]] = []
        self._left = 0
        # The database that each name is in; None for a name that is only taken.
        self._homes: Final[dict[str, Connection | None]] = {}

    def close(self) -> None:
        """Let go of the databases."""
        for scratch in self._scratches:
            scratch.close()

    def has(self, name: str) -> bool:
        """Whether an object of that name was made."""
        return name.lower() in self._homes

    def _home(self, statement: ast.Statement) -> Connection:
        """The database in which to run a statement: that of its table.

        Raises:
            Unusable: that was not made.
        """
        table = ""
        if isinstance(statement, ast.CreateIndex):
            table = statement.table.text
        elif isinstance(statement, ast.CreateTrigger):
            table = statement.table.name.text
        if table:
            home = self._homes.get(table.lower())
            if home is None:
                raise Unusable(f"no such table: {table}")
            return home
        if self._left == 0:
            self._left = OBJECTS_TOGETHER
            self._scratches.append(connect(":memory:", isolation_level=None))
            self._scratches[-1].execute("PRAGMA writable_schema = on")
        self._left -= 1
        return self._scratches[-1]

    def parse(self, entry: SchemaEntry) -> tuple[ast.Statement, str]:
        """The statement of an entry, and its text without what stands around it.

        Raises:
            Unusable: it is not one that a schema can have.
        """
        if not is_well_formed(entry.sql) or "\0" in entry.sql:
            raise Unusable("its statement is not text")
        try:
            statements = parse(entry.sql, True)
        except Error as problem:
            raise Unusable(problem.message) from problem
        if len(statements) != 1 or not isinstance(statements[0], _OF_KIND[entry.kind]):
            raise Unusable(f"its statement is not CREATE {entry.kind.upper()}")
        statement = statements[0]
        name = statement.name  # type: ignore[attr-defined]
        if name.schema is not None or getattr(statement, "temporary", False):
            raise Unusable("its statement is not one of a schema")
        if name.name.text.lower() != entry.name.lower():
            raise Unusable(f"its statement makes {name.name.text}")
        return statement, entry.sql[statement.start : statement.end]

    def make(self, entry: SchemaEntry, statement: ast.Statement, sql: str) -> None:
        """Run the statement of an entry, which ``parse`` has passed.

        What is not supported here yet is believed to be right.

        Raises:
            Unusable: it cannot be run.
        """
        if self.has(entry.name):
            raise Unusable(f"there is another {entry.name}")
        home = self._home(statement)
        try:
            home.execute(sql)
        except NotSupportedError:
            if entry.kind != "trigger":
                raise Unusable("it is not supported yet") from None
        except Error as problem:
            raise Unusable(problem.message) from problem
        self._homes[entry.name.lower()] = home

    def note(self, name: str) -> None:
        """Let a name be taken."""
        self._homes[name.lower()] = None

    def table(self, name: str) -> Table | None:
        """A table that was made, or that another one brought with it."""
        home = self._homes.get(name.lower())
        for scratch in self._scratches if home is None else [home]:
            found = scratch.engine.catalog.main.table(name)
            if found is not None:
                return found
        return None
