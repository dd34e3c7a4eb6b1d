"""Random triggers: every time, event and kind of step, RAISE in all forms, and what is asked about afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, final

from differential.model import Scope, Table
from differential.sql import EMPTY, Sql, expression, items, optional, text
from differential.statement import Statement

if TYPE_CHECKING:
    from differential.generator import Generator

MOST: Final = 7
"""How many triggers a life makes: with more of them, one change sets off too much."""

MOST_TEMPORARY: Final = 3
"""How many of them are temporary: C SQLite sets off more of them in the order of a hash table."""

_EVENTS: Final = ["trigger.insert", "trigger.update", "trigger.delete"]
_STEPS: Final = ["trigger.change", "trigger.select", "trigger.raise"]
_RAISES: Final = ["trigger.ignore", "trigger.abort", "trigger.fail", "trigger.rollback"]
_STATEMENTS: Final = [
    *("trigger.create", "trigger.drop", "trigger.recursive", "trigger.counts", "trigger.view"),
    "trigger.misuse",
]
_MISUSES: Final = [
    "DROP TRIGGER absent",
    "CREATE TRIGGER x AFTER INSERT ON absent BEGIN SELECT 1; END",
    "CREATE TRIGGER x AFTER INSERT ON {} BEGIN SELECT ?; END",
    "CREATE TRIGGER x INSTEAD OF INSERT ON {} BEGIN SELECT 1; END",
    "CREATE TRIGGER x AFTER INSERT ON {} BEGIN DELETE FROM main.{} ; END",
    "SELECT RAISE(ABORT, 'x')",
]


@final
class Triggers:
    """Writes CREATE and DROP TRIGGER.

    Attributes:
        wanted: this life has triggers.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.choice = generator.choice
        self.schema = generator.schema
        self.wanted = False
        self._made = 0
        self._temporary = 0
        self._names: list[str] = []

    def decide(self) -> None:
        """Whether this life has triggers, which its tables have to suit."""
        self.choice.start()
        self.wanted = self.choice.maybe("life.triggers", 0.25)
        if self.wanted:
            # In C SQLite a statement and its programs count on one number, which is stored in the end.
            self.choice.weights["table.autoincrement"] = 0.0

    def beginning(self) -> list[Statement]:
        """The first triggers, in some lives."""
        self.choice.start()
        if not self.wanted:
            return []
        if self.choice.chance(0.5):
            self.choice.weights["schema.rename_table"] = 0.0
        made = [self._statement(self._view())] if self.choice.maybe("trigger.view", 0.3) else []
        return made + [self._statement(self._create()) for _ in range(self.choice.number(1, 4))]

    def statement(self) -> Statement:
        """One trigger more or less, or something else about them."""
        self.choice.start()
        kind = self.choice.pick(_STATEMENTS)
        if kind == "trigger.counts" and not self.schema.reopened:
            return self._statement(text("SELECT changes(), total_changes(), last_insert_rowid()"), "query")
        if kind == "trigger.recursive":
            return self._statement(text(f"PRAGMA recursive_triggers = {self.choice.one(['ON', 'OFF'])}"))
        if kind == "trigger.misuse":
            name = self.choice.one(self.schema.tables).name
            return self._statement(text(self.choice.one(_MISUSES).format(name, name)))
        if kind == "trigger.drop" and self._names:
            name = self._names.pop(self.choice.number(0, len(self._names) - 1))
            return self._statement(text(f"DROP TRIGGER {name}"))
        if kind == "trigger.view":
            return self._statement(self._view())
        return self._statement(self._create())

    def _statement(self, sql: Sql, kind: str = "schema") -> Statement:
        features = frozenset(self.choice.used | {"life.triggers"})
        return Statement(sql, "query" if kind == "query" else "schema", features)

    def _view(self) -> Sql:
        """A view of all that is in one table, whose rows come in the table's order."""
        own = [table for table in self.schema.tables if table.database in ("main", "temp")]
        table = self.choice.one(own or self.schema.tables)
        view = Table(self.schema.fresh("v"), [column.called(column.name) for column in table.columns])
        view.view, view.rowid, view.database = True, False, "temp"
        for column in view.columns:
            column.rowid = column.generated = False
        self.schema.temporary = True
        self.schema.changeable.append(view)
        names = ", ".join(column.name for column in table.columns)
        return text(f"CREATE TEMP VIEW {view.name} AS SELECT {names} FROM {table.database}.{table.name}")

    # one trigger --------------------------------------------------------------------------------------------

    def _create(self) -> Sql:
        table = self.choice.one([*self.schema.tables, *self.schema.changeable])
        temporary = table.database == "temp" or self.choice.maybe("trigger.temporary", 0.2)
        if self._made == MOST or (temporary and self._temporary == MOST_TEMPORARY):
            return text("DROP TRIGGER IF EXISTS absent")
        self._made += 1
        name = self.schema.fresh("g")
        self._names.append(name)
        if temporary:
            self._temporary += 1
            self.schema.temporary = True
            self.schema.held.add(table.database)
        event = self.choice.pick(_EVENTS)
        if table.view:
            when = "INSTEAD OF"
            table.instead.add(event)
        else:
            when = self.choice.one(["BEFORE", "AFTER", "AFTER", ""])
        of = ""
        if event == "trigger.update" and self.choice.maybe("trigger.of", 0.3):
            columns = self.choice.sample(table.columns, self.choice.number(1, 2))
            of = f" OF {', '.join(column.name for column in columns)}"
        scope = self._row(table, event, when)
        place = (
            table.name
            if table.database in ("main", "temp") or not temporary
            else f"{table.database}.{table.name}"
        )
        prefix = "" if temporary or table.database == "main" else f"{table.database}."
        with self._inside("temp" if temporary else table.database, scope):
            condition = EMPTY
            if self.choice.maybe("trigger.when", 0.35):
                condition = optional(" WHEN ", self.generator.expressions.condition(scope, 1))
            steps = items([self._step(scope) for _ in range(self.choice.number(1, 3))], " ")
        each = self.choice.one(["", " FOR EACH ROW"])
        word = "TEMP " if temporary else ""
        return text(
            f"CREATE {word}TRIGGER {prefix}{name} {when} {event[8:].upper()}{of} ON {place}{each}",
            condition,
            " BEGIN ",
            steps,
            " END",
        )

    def _row(self, table: Table, event: str, when: str) -> Scope:
        """The columns of ``new`` and ``old`` that there are.

        Before an UPDATE no generated ones: C SQLite computes them from NULL where nothing reads what they are made of.
        """
        columns = []
        if event != "trigger.delete":
            early = event == "trigger.update" and when in ("BEFORE", "")
            known = [column for column in table.columns if not (early and column.generated)]
            columns += [column.called(f"new.{column.name}") for column in known]
        if event != "trigger.insert":
            columns += [column.called(f"old.{column.name}") for column in table.columns]
        return Scope(columns)

    @contextmanager
    def _inside(self, database: str, scope: Scope) -> Iterator[None]:
        """Write for the program of a trigger in a database: no parameters, nothing but what it can see."""
        generator = self.generator
        generator.expressions.constant = True
        attached, generator.attachments.wanted = generator.attachments.wanted, False
        generator.changes.around = scope
        with (
            self.choice.without("literal.parameter"),
            self.choice.without("change.returning"),
            self.choice.without("join.nested"),  # as in views (``Queries.view``)
            generator.attachments.only(database),
        ):
            yield
        generator.changes.around = None
        generator.attachments.wanted = attached
        generator.expressions.constant = False

    def _step(self, scope: Scope) -> Sql:
        kind = self.choice.pick(_STEPS)
        if kind == "trigger.change":
            return text(self.generator.changes.step(), ";")
        condition = self.generator.expressions.condition(scope, 1)
        if kind == "trigger.select":
            return text("SELECT ", self.generator.expressions.any(scope, 1), " WHERE ", condition, ";")
        how = self.choice.pick(_RAISES)[8:].upper()
        told = text("'told ' || ", self.choice.one(scope.columns).name)
        raising = expression("RAISE(IGNORE)") if how == "IGNORE" else text(f"RAISE({how}, ", told, ")")
        if self.choice.chance(0.5):
            return text("SELECT CASE WHEN ", condition, " THEN ", raising, " END;")
        return text("SELECT ", raising, " WHERE ", condition, ";")
