"""One database's life: its schema, its rows, and then whatever comes to mind."""

from __future__ import annotations

from random import Random
from typing import Final, final

from differential.attaching import Attachments
from differential.choice import Choice
from differential.dml import Changes
from differential.expressions import Expressions
from differential.foreign import ForeignKeys
from differential.model import Schema
from differential.schema import Schemas
from differential.select import Queries
from differential.sql import text
from differential.statement import Statement
from differential.transaction import Transactions
from differential.triggers import Triggers
from differential.values import Literals

SCHEMA_SHARE: Final = 7
"""How many of a hundred statements change the schema, unless more are wanted."""


@final
class Generator:
    """The writers of every subject, sharing one source of choices and one model of the database.

    Args:
        seed: what the life follows from, together with ``weights``.
        weights: the weight of each feature (``features.weights``).
        schema: how many of a hundred statements change the schema.
    """

    def __init__(self, seed: str, weights: dict[str, float], schema: int = SCHEMA_SHARE) -> None:
        self.schema_share = schema
        self.choice = Choice(Random(seed), dict(weights))
        self.schema = Schema()
        self.literals = Literals(self.choice)
        self.expressions = Expressions(self)
        self.queries = Queries(self)
        self.schemas = Schemas(self)
        self.changes = Changes(self)
        self.transactions = Transactions(self)
        self.attachments = Attachments(self)
        self.foreign_keys = ForeignKeys(self)
        self.triggers = Triggers(self)

    def life(self, statements: int) -> list[Statement]:
        """About ``statements`` statements, the first of which make and fill the tables."""
        made = self.beginning()
        while len(made) < statements:
            made.append(self._next())
        if self.schema.transaction or self.schema.savepoints:
            made.append(self.transactions.end())
        return made

    def beginning(self) -> list[Statement]:
        """Tables with rows, some indexes and views."""
        made = self._settings() + self.attachments.beginning() + self.foreign_keys.beginning()
        self.triggers.decide()
        for _ in range(self.choice.number(1, 3)):
            made.append(self.schemas.table())
            made += [self.changes.fill(self.schema.tables[-1]) for _ in range(self.choice.number(1, 2))]
        made += [self.schemas.index() for _ in range(self.choice.number(0, 3))]
        if self.choice.chance(0.3):
            made += self.schemas.statistics()
        made += [self.schemas.create_view() for _ in range(self.choice.number(0, 2))]
        return made + self.triggers.beginning()

    def _settings(self) -> list[Statement]:
        """What has to be set before there is a table."""
        settings = {
            "life.page_size": f"PRAGMA page_size = {self.choice.one([512, 1024, 8192, 65536])}",
            "life.encoding": f"PRAGMA encoding = '{self.choice.one(['UTF-16le', 'UTF-16be'])}'",
            "life.auto_vacuum": f"PRAGMA auto_vacuum = {self.choice.one(['FULL', 'INCREMENTAL'])}",
        }
        made: list[Statement] = []
        for feature, sql in settings.items():
            self.choice.start()
            if self.choice.maybe(feature, 0.12):
                made.append(Statement(text(sql), "transaction", frozenset(self.choice.used)))
                if feature == "life.encoding":
                    self._in_utf16()
        return made

    def _in_utf16(self) -> None:
        """Leave out the functions for which C SQLite counts a blob's bytes before it converts them from UTF-16."""
        self.schema.utf16 = True
        for feature in ("function.concat", "function.concat_ws"):
            self.choice.weights[feature] = 0.0

    def _next(self) -> Statement:
        kind = self.choice.number(0, 99)
        others = 100 - self.schema_share
        if self.triggers.wanted and self.choice.chance(0.12):
            return self.triggers.statement()
        if self.foreign_keys.wanted and self.choice.chance(0.04):
            return self.foreign_keys.statement()
        if self.triggers.wanted and kind < others // 3:
            return self.changes.statement()
        if kind < others * 2 // 3:
            return self.queries.statement()
        if kind < others * 9 // 10:
            return self.changes.statement()
        if self.attachments.wanted and kind >= others - 2:
            return self.attachments.statement()
        if kind < others or self.schema.transaction or self.schema.savepoints:
            return self.transactions.statement()
        lasting = not self.schema.temporary and not self.schema.counted
        if lasting and self.choice.maybe("life.reopen", 0.15):
            return self.transactions.reopen()
        if self.choice.maybe("life.vacuum", 0.15):
            return self.transactions.vacuum()
        return self.schemas.statement()
