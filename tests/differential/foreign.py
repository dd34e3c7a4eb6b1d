"""Random foreign keys: what refers to what, with which actions, and when that is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from differential.model import Column, Table
from differential.sql import Sql, expression, optional, text
from differential.statement import Statement

if TYPE_CHECKING:
    from differential.generator import Generator

_ACTIONS: Final = [
    *("foreign.cascade", "foreign.set_null", "foreign.set_default", "foreign.restrict", "foreign.no_action"),
]
_STATEMENTS: Final = ["foreign.check", "foreign.list", "foreign.defer", "foreign.switch"]


@final
class ForeignKeys:
    """Writes REFERENCES and the PRAGMAs of foreign keys.

    Attributes:
        wanted: this life enforces foreign keys.
    """

    def __init__(self, generator: Generator) -> None:
        self.choice = generator.choice
        self.schema = generator.schema
        self.attachments = generator.attachments
        self.wanted = False

    def beginning(self) -> list[Statement]:
        """Foreign keys are enforced, in some lives."""
        self.choice.start()
        self.wanted = self.choice.maybe("life.foreign_keys", 0.3)
        if not self.wanted:
            return []
        # C SQLite does not look up what a row refers to where a trigger before has had something set to NULL.
        other = "foreign.set_null" if self.choice.chance(0.6) else "life.triggers"
        self.choice.weights[other] = 0.0
        return [self._statement(text("PRAGMA foreign_keys = ON"))]

    def statement(self) -> Statement:
        """Something about foreign keys in general."""
        self.choice.start()
        kind = self.choice.pick(_STATEMENTS)
        table = self.choice.one(self.schema.tables)
        if kind == "foreign.check":
            which = self.choice.one(["", f"({table.name})", f"('{table.name}')"])
            return self._statement(text(f"PRAGMA {self._database(table)}foreign_key_check{which}"), "query")
        if kind == "foreign.list":
            return self._statement(
                text(f"PRAGMA {self._database(table)}foreign_key_list({table.name})"), "query"
            )
        if kind == "foreign.defer":
            return self._statement(text(f"PRAGMA defer_foreign_keys = {self.choice.one(['ON', 'OFF'])}"))
        return self._statement(text(f"PRAGMA foreign_keys = {self.choice.one(['ON', 'ON', 'OFF'])}"))

    def _database(self, table: Table) -> str:
        return f"{table.database}." if table.database and self.choice.chance(0.5) else ""

    def _statement(self, sql: Sql, kind: str = "schema") -> Statement:
        features = frozenset(self.choice.used | {"life.foreign_keys"})
        return Statement(sql, "query" if kind == "query" else "transaction", features)

    def constraints(self, table: Table) -> list[Sql]:
        """Table constraints for a new table, which is in its database already."""
        made: list[Sql] = []
        if not self.wanted:
            return made
        while len(made) < 2 and self.choice.maybe("table.foreign_key", 0.5):
            parents = [one for one in self.schema.tables if one.database == table.database and one.keys]
            if table.keys and self.choice.maybe("foreign.self", 0.25):
                parents = [table]
            if parents:
                made.append(self._constraint(table, self.choice.one(parents)))
        return made

    def _constraint(self, table: Table, parent: Table) -> Sql:
        key = self.choice.one(parent.keys)
        if self.choice.maybe("foreign.mismatch", 0.03):
            key = [self.choice.one(parent.columns)]
        own = self.choice.sample(table.writable(), len(key))
        if len(own) < len(key):
            return text("CHECK (1)")
        for column, other in zip(own, key):
            column.parent = (parent.name, other.name)
        names, others = _names(own), _names(key)
        target = (
            parent.name if key is parent.keys[0] and self._primary(parent) else f"{parent.name}({others})"
        )
        # C SQLite does not look up what a row refers to where it has code for SET NULL on the same table before.
        with self.choice.without("foreign.set_null" if parent is table else ""):
            actions = self._actions()
        return optional(f"FOREIGN KEY ({names}) REFERENCES {target}", *actions, self._deferral())

    def _primary(self, parent: Table) -> bool:
        """Whether REFERENCES may leave out the parent's columns."""
        return (
            parent.definition is not None
            and "PRIMARY KEY" in str(parent.definition)
            and self.choice.chance(0.4)
        )

    def _actions(self) -> list[Sql]:
        made: list[Sql] = []
        for event in ("DELETE", "UPDATE"):
            if self.choice.maybe("foreign.action", 0.6):
                action = self.choice.pick(_ACTIONS).removeprefix("foreign.").replace("_", " ").upper()
                made.append(optional(f" ON {event} {action}"))
        return made

    def _deferral(self) -> str:
        if not self.choice.maybe("foreign.deferred", 0.35):
            return ""
        return self.choice.one(
            [" DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE"]
        )

    def value(self, column: Column) -> Sql:
        """A value that the column may refer to something with."""
        assert column.parent is not None
        table, name = column.parent
        if self.choice.chance(0.2):
            return expression("NULL")
        offset = self.choice.number(0, 4)
        return expression(f"(SELECT {name} FROM {table} ORDER BY 1 LIMIT 1 OFFSET {offset})")


def _names(columns: list[Column]) -> str:
    return ", ".join(column.name for column in columns)
