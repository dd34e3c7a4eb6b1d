"""What triggers are told of changes of rows, by this engine and by C SQLite.

Both call a function ``note`` that writes a log, with the time, the event, and the row before and after.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import apsw

import foundrydb

Row = tuple[object, ...]

CHANGES = [(time, event) for event in ("INSERT", "UPDATE", "DELETE") for time in ("BEFORE", "AFTER")]
"""All that can be observed."""


def action(time: str, event: str, columns: list[str]) -> str:
    """A call of ``note`` with the rows of an event."""
    shown = [f"'{time} {event}'"]
    for row in ("old", "new"):
        if (row, event) not in (("old", "INSERT"), ("new", "DELETE")):
            shown += [f"'{row}'", *[f'{row}."{column}"' for column in columns]]
    return f"note({', '.join(shown)})"


class Both:
    """One schema in both engines, whose logs, answers, mistakes and tables are to be the same.

    Attributes:
        log: what this engine has told; theirs is in ``their_log``.
    """

    def __init__(self, schema: str, recursive: bool = False) -> None:
        self.log: list[Row] = []
        self.their_log: list[Row] = []
        self.ours = foundrydb.connect(":memory:", isolation_level=None)
        self.theirs = apsw.Connection(":memory:")
        self.ours.create_function("note", -1, self._noting(self.log))
        self.theirs.create_scalar_function("note", self._noting(self.their_log), -1)
        pragma = f"pragma recursive_triggers = {int(recursive)};"
        self.ours.executescript(pragma + schema)
        self.theirs.execute(pragma + schema)
        self._triggers = 0

    def close(self) -> None:
        """Close both connections."""
        self.ours.close()
        self.theirs.close()

    def _noting(self, log: list[Row]) -> Callable[..., object]:
        def note(*values: object) -> object:
            log.append(values)
            return values[-1]

        return note

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns, generated ones included, and of its rowid."""
        found = [str(row[1]) for row in self.theirs.execute(f'pragma table_xinfo("{table}")')]
        with contextlib.suppress(apsw.SQLError):
            self.theirs.execute(f'select rowid from "{table}"')
            return ["rowid", *found]
        return found

    def observe(self, table: str, time: str, event: str, of: tuple[str, ...] = (), called: str = "") -> None:
        """Have both tell of an event.  of: the columns of UPDATE OF.  called: what is evaluated for each row."""
        called = called or action(time, event, self.columns(table))
        self._triggers += 1
        listed = f" OF {', '.join(of)}" if of else ""
        text = (
            f'CREATE TRIGGER r{self._triggers} {time} {event}{listed} ON "{table}" BEGIN SELECT {called}; END'
        )
        self.theirs.execute(text)
        self.ours.execute(text)

    def observe_all(self, *tables: str) -> None:
        """Have both tell of everything."""
        for table in tables:
            for time, event in CHANGES:
                self.observe(table, time, event)

    def outcome(self, run: Callable[[], Iterator[Row]]) -> tuple[str, list[Row]]:
        """The error, or "", and the rows of a statement."""
        try:
            return "", [tuple(row) for row in run()]
        except (foundrydb.Error, apsw.Error) as problem:
            return str(problem), []

    def run(self, sql: str) -> list[Row]:
        """Run a statement in both, hold one against the other, and give what was told meanwhile."""
        self.log.clear()
        self.their_log.clear()
        ours = self.outcome(lambda: iter(self.ours.execute(sql)))
        theirs = self.outcome(lambda: iter(self.theirs.execute(sql)))
        assert (*ours, self.log) == (*theirs, self.their_log), sql
        for table in self.tables():
            query = f'select * from "{table}"'
            assert list(map(tuple, self.ours.execute(query))) == list(self.theirs.execute(query)), (
                sql,
                table,
            )
        return list(self.log)

    def tables(self) -> list[str]:
        """The names of all tables."""
        return [
            str(row[0]) for row in self.theirs.execute("select name from sqlite_schema where type = 'table'")
        ]
