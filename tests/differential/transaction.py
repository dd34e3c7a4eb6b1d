"""Transactions and savepoints, mostly well formed, now and then misused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from differential.sql import Sql, text
from differential.statement import Statement

if TYPE_CHECKING:
    from differential.generator import Generator

_MISUSES: Final = ["BEGIN", "COMMIT", "ROLLBACK", "RELEASE absent", "ROLLBACK TO absent"]


@final
class Transactions:
    """Writes BEGIN, COMMIT, ROLLBACK and the savepoint statements."""

    def __init__(self, generator: Generator) -> None:
        self.choice = generator.choice
        self.schema = generator.schema

    def statement(self) -> Statement:
        """The next step of a transaction, as far as the generator knows of one."""
        self.choice.start()
        sql = self._misuse() if self.choice.maybe("transaction.misuse", 0.3) else self._step()
        return Statement(sql, "transaction", frozenset(self.choice.used))

    def end(self) -> Statement:
        """COMMIT, whether or not there is anything to commit."""
        self.choice.start()
        self.schema.transaction = False
        self.schema.savepoints.clear()
        return Statement(text("COMMIT"), "transaction")

    def reopen(self) -> Statement:
        """The file closed and opened again."""
        self.schema.reopened = True
        return Statement(text(), "reopen", frozenset(["life.reopen"]))

    def vacuum(self) -> Statement:
        """The file made anew, now and then of another shape."""
        self.choice.start()
        self.schema.reopened = True  # last_insert_rowid() tells of rows that C SQLite has made of views
        words = ["VACUUM", "VACUUM main", "VACUUM temp", "PRAGMA page_size = 512", "PRAGMA page_size = 4096"]
        step = self.choice.one([*words, "PRAGMA auto_vacuum = 1"])
        self.schema.resized = self.schema.resized or step.startswith("PRAGMA page_size")
        return Statement(
            text(step),
            "transaction",
            frozenset(["life.vacuum"]),
        )

    def _step(self) -> Sql:
        schema = self.schema
        options = ["transaction.savepoint"]
        if not schema.transaction and not schema.savepoints:
            options.append("transaction.begin")
        if schema.transaction:
            options += ["transaction.commit", "transaction.rollback"]
        if schema.savepoints:
            options += ["transaction.release", "transaction.rollback_to"]
        kind = self.choice.pick(options)
        if kind == "transaction.savepoint":
            name = self.choice.one(["s1", "s2", "S1", "'s 3'"])
            schema.savepoints.append(name)
            return text(f"SAVEPOINT {name}")
        if kind == "transaction.begin":
            schema.transaction = True
            return text(self.choice.one(["BEGIN", "BEGIN TRANSACTION", "BEGIN DEFERRED", "BEGIN IMMEDIATE"]))
        if kind in ("transaction.commit", "transaction.rollback"):
            schema.transaction = False
            schema.savepoints.clear()
            words = ["COMMIT", "END", "COMMIT TRANSACTION"] if kind == "transaction.commit" else ["ROLLBACK"]
            return text(self.choice.one(words))
        return self._to_savepoint(kind)

    def _to_savepoint(self, kind: str) -> Sql:
        savepoints = self.schema.savepoints
        position = self.choice.number(0, len(savepoints) - 1)
        name = savepoints[position]
        if kind == "transaction.rollback_to":
            del savepoints[position + 1 :]
            return text(self.choice.one(["ROLLBACK TO ", "ROLLBACK TRANSACTION TO SAVEPOINT "]) + name)
        del savepoints[position:]
        return text(self.choice.one(["RELEASE ", "RELEASE SAVEPOINT "]) + name)

    def _misuse(self) -> Sql:
        word = self.choice.one(_MISUSES)
        if word == "BEGIN":
            self.schema.transaction = True
        elif word in ("COMMIT", "ROLLBACK"):
            self.schema.transaction = False
            self.schema.savepoints.clear()
        return text(word)
