"""The engines under one face: a statement goes in, rows, an error or a refusal comes out."""

from __future__ import annotations

import re
import sqlite3
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, final

import apsw
from harness.observed import CHANGES, action
from harness.soundness import sound_plans
from harness.switches import lift_at_first_sight

import foundrydb
from differential.sql import Value
from foundrydb.compiler.plan.nodes import Join
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.toolkit import stages

Row: TypeAlias = tuple[Value, ...]
QUERIES: Final = ("SELECT", "WITH", "VALUES")
CHANGING: Final = ("INSERT", "REPLACE", "UPDATE", "DELETE")
STEPS: Final = 400_000
"""How many instructions of C SQLite's machine a query, or a change with all that its triggers do, may take."""

SECONDS: Final = 60.0
"""How long any statement may take in the other engines."""

KEPT: Final = ("foreign_keys", "recursive_triggers")
"""What a life has set, and a connection that is opened again forgets."""

INTERRUPTED: Final = 9
"""The code of a statement that took too much."""


class Rows(NamedTuple):
    """What a statement gave: the output columns' names (none where no row came), rows and rows changed."""

    columns: tuple[str, ...]
    rows: list[Row]
    changes: int


class Failure(NamedTuple):
    """An error: its extended result code and its text."""

    code: int
    text: str


class Refusal(NamedTuple):
    """The engine does not do this yet, and says so."""

    text: str


class Unreadable(NamedTuple):
    """The driver cannot hand over what the statement gave (damaged text)."""

    text: str


class Crash(NamedTuple):
    """Something else was raised than a database error."""

    text: str
    where: str


Outcome: TypeAlias = Rows | Failure | Refusal | Unreadable | Crash


class Engine(Protocol):
    """A connection to a database in a file (or in memory) by one of the engines.

    further: the databases that it has attached.
    """

    further: Further

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""

    def reopen(self) -> None:
        """Close the database and open it again, where it is a file and no transaction is open."""

    def close(self) -> None:
        """Close the database."""


class Further:
    """The further databases of an engine, whose files are beside its own.

    Attributes:
        beside: what the paths of their files begin with.
        files: the paths of those that are attached, by name; "" for one in memory.
    """

    def __init__(self, beside: str) -> None:
        self.beside = beside
        self.files: dict[str, str] = {}

    def moved(self, sql: str) -> str:
        """A statement whose ATTACH names the engine's own file."""
        attach = _ATTACH.fullmatch(sql)
        return sql if attach is None else f"{attach[1]} '{self.beside}{attach[2]}' AS {attach[3]}"

    def note(self, sql: str) -> None:
        """Remember what a statement attached or detached."""
        attach, detach = _ATTACH.fullmatch(sql), _DETACH.fullmatch(sql)
        if attach is not None:
            self.files[attach[3]] = f"{self.beside}{attach[2]}"
        elif detach is not None:
            self.files.pop(detach[1], None)

    def again(self) -> list[str]:
        """Statements that attach all of them again."""
        return [f"ATTACH '{path}' AS {name}" for name, path in self.files.items()]


_ATTACH: Final = re.compile(r"(ATTACH(?: DATABASE)?) '(d\d+)' AS (\w+)")
_DETACH: Final = re.compile(r"DETACH(?: DATABASE)? (\w+)")


class Apsw:
    """The newest SQLite, through apsw.  What takes it more than ``STEPS`` instructions is interrupted."""

    attaches = True
    """Statements of the life may attach databases."""

    def __init__(self, path: str, beside: str = "") -> None:
        self.path = path
        self.further = Further(beside)
        self._parts = 0
        self.connection = self.connect()

    def connect(self) -> apsw.Connection:
        """A connection in autocommit mode."""
        # (A statement that is kept would not know of databases that are attached later.)
        connection = apsw.Connection(self.path, statementcachesize=0)
        connection.execute("PRAGMA synchronous = OFF")
        connection.set_progress_handler(self._too_much, STEPS // 10)
        for sql in self.further.again():
            connection.execute(sql)
        return connection

    def _too_much(self) -> bool:
        self._parts += 1
        return self._parts > 10

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""
        self._parts = 0 if sql.startswith((*QUERIES, *CHANGING)) else -1_000_000
        try:
            cursor = self.connection.cursor()
            cursor.execute(self.further.moved(sql), parameters)
            columns: tuple[str, ...] = ()
            rows: list[Row] = []
            for row in cursor:
                if not rows:
                    columns = tuple(name for name, _ in cursor.get_description())
                rows.append(row)
            self.further.note(sql)
            return Rows(columns, rows, self.connection.changes())
        except apsw.Error as error:
            text = re.sub(r"^\w+Error: ", "", str(error))
            return Failure(int(getattr(error, "extendedresult", 1)), text)
        except UnicodeDecodeError as error:
            return Unreadable(str(error))

    def reopen(self) -> None:
        """Close and open, unless it is in memory."""
        if self.path != ":memory:" and self.connection.get_autocommit():
            settings = _settings(self.connection)
            self.connection.close()
            self.connection = self.connect()
            for sql in settings:
                self.connection.execute(sql)

    def close(self) -> None:
        """Close the database."""
        self.connection.close()


@final
class Reversed(Apsw):
    """The same with every unordered scan of a query turned round: shows what the generator leaves to chance."""

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end; changes visit their rows in the usual order."""
        turned = "ON" if sql.startswith(QUERIES) else "OFF"
        self.connection.execute(f"PRAGMA reverse_unordered_selects = {turned}")
        return super().execute(sql, parameters)


class _Pep249:
    """What the two modules with PEP 249's interface have in common."""

    module: Any = None
    attaches = True

    def __init__(self, path: str, beside: str = "") -> None:
        self.path = path
        self.further = Further(beside)
        self._deadline = 0.0
        self.connection = self.connect()

    def connect(self) -> Any:
        """A connection in autocommit mode."""
        connection = self.module.connect(self.path, isolation_level=None)
        connection.set_progress_handler(lambda: time.monotonic() > self._deadline, 10_000)
        for sql in self.further.again():
            connection.execute(sql)
        return connection

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""
        module = self.module
        self._deadline = time.monotonic() + SECONDS
        try:
            cursor = self.connection.execute(self.further.moved(sql), parameters)
            rows = [tuple(row) for row in cursor.fetchall()]
            self.further.note(sql)
            columns = tuple(column[0] for column in cursor.description) if rows else ()
            return Rows(columns, rows, max(cursor.rowcount, 0))
        except module.NotSupportedError as error:
            return Refusal(str(error))
        except module.Error as error:
            if "Could not decode" in str(error):
                return Unreadable(str(error))
            return Failure(int(getattr(error, "sqlite_errorcode", 1)), str(error))
        except UnicodeDecodeError as error:
            return Unreadable(str(error))
        except Exception as error:
            return Crash(traceback.format_exc(limit=-12), f"{type(error).__name__} {_innermost(error)}")

    def reopen(self) -> None:
        """Close and open, unless it is in memory."""
        if self.path != ":memory:" and not self.connection.in_transaction:
            settings = _settings(self.connection)
            self.connection.close()
            self.connection = self.connect()
            for sql in settings:
                self.connection.execute(sql)

    def close(self) -> None:
        """Close the database."""
        self.connection.close()


@final
class Sqlite(_Pep249):
    """The SQLite of the standard library."""

    module = sqlite3


class Foundry(_Pep249):
    """FoundryDB, with every plan checked after every pass: one that is not sound is a crash."""

    module = foundrydb

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""
        with sound_plans():
            return super().execute(sql, parameters)

    def widest_join(self, sql: str) -> float:
        """The most rows that a join in a statement's plan, its subqueries included, is thought to have."""
        self._deadline = time.monotonic() + SECONDS
        plan = stages.compile(sql, self.connection).plans[-1][1]
        return max([node.rows for node in all_nodes(plan) if isinstance(node, Join)], default=0.0)


@final
class Lifting(Foundry):
    """FoundryDB with the literals of every statement lifted out where that is possible at all."""

    def connect(self) -> Any:
        """A connection that lifts at first sight."""
        connection = super().connect()
        lift_at_first_sight(connection)
        return connection


_CREATE_TABLE: Final = re.compile(r"CREATE (?:TEMP |TEMPORARY )?TABLE (\w+)")


@final
class _Log:
    """What a statement's changes have told, which becomes part of its outcome.

    tables: what is watched: the names of the tables, each with those of its columns.
    """

    def __init__(self) -> None:
        self.tables: dict[str, list[str]] = {}
        self._told: list[Row] = []

    def note(self, *values: Value) -> None:
        """Take a line down; on its way through a table that keeps rows, C SQLite loses the sign of zero."""
        plain = [value + 0.0 if isinstance(value, float) else value for value in values]
        self._told.append((len(self._told), *plain))

    def with_outcome(self, outcome: Outcome) -> Outcome:
        """The outcome, with what was told behind the rows or the error; the next statement begins anew."""
        told = self._told[:]
        self._told.clear()
        if isinstance(outcome, Rows):
            return Rows(outcome.columns, outcome.rows + told, outcome.changes)
        if isinstance(outcome, Failure):
            return Failure(outcome.code, "\n".join([outcome.text, *map(repr, told)]))
        return outcome

    def watching(self, execute: Callable[[str], Outcome], sql: str, outcome: Outcome) -> list[str]:
        """What makes the triggers for a table that a statement has made; each turns recursive triggers on or off."""
        created = _CREATE_TABLE.match(sql)
        if created is None or not isinstance(outcome, Rows):
            return []
        table = created[1]
        found = execute(f"PRAGMA table_xinfo({table})")
        assert isinstance(found, Rows)
        columns = self.tables[table] = [str(row[1]) for row in found.rows]
        triggers = [
            f"CREATE TEMP TRIGGER {table}_{time_}_{event} {time_} {event} ON {table} "
            f"BEGIN SELECT {action(time_, event, columns)}; END"
            for time_, event in CHANGES
        ]
        return [*triggers, f"PRAGMA recursive_triggers = {len(self.tables) % 2}"]


@final
class Triggered(Apsw):
    """The newest SQLite with triggers that tell of every change of a row, before and after."""

    attaches = False

    def __init__(self, path: str, beside: str = "") -> None:
        self.log = _Log()
        super().__init__(path, beside)

    def connect(self) -> apsw.Connection:
        """A connection that can tell."""
        connection = super().connect()
        connection.create_scalar_function("note", self.log.note, -1)
        return connection

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""
        outcome = super().execute(sql, parameters)
        for watching in self.log.watching(super().execute, sql, outcome):
            self.connection.execute(watching)
        return self.log.with_outcome(outcome)


@final
class TriggeredFoundry(Foundry):
    """FoundryDB with the same triggers."""

    attaches = False

    def __init__(self, path: str, beside: str = "") -> None:
        self.log = _Log()
        super().__init__(path, beside)

    def connect(self) -> Any:
        """A connection that can tell."""
        connection = super().connect()
        connection.create_function("note", -1, self.log.note)
        return connection

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""
        outcome = super().execute(sql, parameters)
        for watching in self.log.watching(super().execute, sql, outcome):
            self.connection.execute(watching)
        return self.log.with_outcome(outcome)


_MADE: Final = re.compile(r"CREATE (UNIQUE )?(TABLE|VIEW|INDEX) (IF NOT EXISTS )?(\w+)( ON (\w+))?")


def elsewhere(sql: str) -> str:
    """The statement with what it makes in another database than main: in ``one``, or by the table's name in ``two``."""
    made = _MADE.match(sql)
    if made is None:
        return sql
    place = "two" if sum(map(ord, made[6] or made[4])) % 4 == 0 else "one"
    return f"{sql[: made.start(4)]}{place}.{sql[made.start(4) :]}"


@final
class ApswAttached(Apsw):
    """The newest SQLite with nothing in main, and two databases more."""

    attaches = False

    def connect(self) -> apsw.Connection:
        """A connection to all of them."""
        connection = super().connect()
        for name in ("one", "two"):
            path = self.path if self.path == ":memory:" else f"{self.path}-{name}"
            connection.execute(f"ATTACH '{path}' AS {name}")
        return connection

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""
        return super().execute(elsewhere(sql), parameters)


@final
class FoundryAttached(Foundry):
    """FoundryDB with nothing in main, and two databases more."""

    attaches = False

    def connect(self) -> Any:
        """A connection to all of them."""
        connection = super().connect()
        for name in ("one", "two"):
            path = self.path if self.path == ":memory:" else f"{self.path}-{name}"
            connection.execute(f"ATTACH '{path}' AS {name}")
        return connection

    def execute(self, sql: str, parameters: Row = ()) -> Outcome:
        """Run one statement to its end."""
        return super().execute(elsewhere(sql), parameters)


def _settings(connection: Any) -> list[str]:
    """Statements that set again what a connection has set."""
    return [f"PRAGMA {name} = {next(iter(connection.execute(f'PRAGMA {name}')))[0]}" for name in KEPT]


def _innermost(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    return f"{Path(frames[-1].filename).name}:{frames[-1].name}"


ENGINES: Final[dict[str, type[Apsw] | type[Sqlite] | type[Foundry]]] = {
    "apsw": Apsw,
    "apsw-reversed": Reversed,
    "sqlite3": Sqlite,
    "foundrydb": Foundry,
    "foundrydb-lifting": Lifting,
    "apsw-triggered": Triggered,
    "foundrydb-triggered": TriggeredFoundry,
    "apsw-attached": ApswAttached,
    "foundrydb-attached": FoundryAttached,
}
"""The engines by the names that the command line takes."""


def version(name: str) -> tuple[int, int]:
    """The SQLite version whose language an engine speaks, its first two parts."""
    words = (sqlite3.sqlite_version if name == "sqlite3" else apsw.sqlite_lib_version()).split(".")
    return int(words[0]), int(words[1])
