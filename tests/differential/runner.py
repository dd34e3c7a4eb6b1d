"""Runs a database's life in two engines side by side, and looks at the file that is left."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias, final

import apsw

from differential.accidents import Case, LifeSoFar, accident_of
from differential.compare import Difference, compare, same_rows
from differential.engines import (
    ENGINES,
    INTERRUPTED,
    Apsw,
    Engine,
    Failure,
    Outcome,
    Refusal,
    Row,
    Rows,
    Unreadable,
    version,
)
from differential.features import weights
from differential.generator import SCHEMA_SHARE, Generator
from differential.reducer import Reducer
from differential.statement import Statement

LARGEST_ROWID = (1 << 63) - 1

SCHEMA = "SELECT type, name, tbl_name, sql FROM {}.sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"


class Found(NamedTuple):
    """A difference and the statement at which it showed (past the last one: in the file that was left)."""

    difference: Difference
    position: int


Check: TypeAlias = Callable[[list[Statement]], Found | None]


def reduced(statements: list[Statement], check: Check, kind: str, seconds: float) -> list[Statement]:
    """The smallest life found in which ``check`` still finds a difference of the kind.

    Args:
        seconds: when to stop with what there is.
    """

    def shows(trial: list[Statement]) -> bool:
        found = check(trial)
        return found is not None and found.difference.kind == kind

    return Reducer(shows, seconds).reduce(statements)


@final
class Tally:
    """What was run: statements, refusals by text, by feature how often it was used and refused, and accidents."""

    def __init__(self) -> None:
        self.statements = 0
        self.refusals: Counter[str] = Counter()
        self.used: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.accidents: Counter[str] = Counter()

    def add(self, statement: Statement, refusal: Refusal | None) -> None:
        """Count one statement."""
        self.statements += 1
        self.used.update(statement.features)
        if refusal is not None:
            self.refusals[refusal.text] += 1
            self.refused.update(statement.features)

    def weigh(self, wanted: dict[str, float]) -> dict[str, float]:
        """The weights, lowered for the features that were refused every time they were used."""
        return {
            name: weight / 20 if self.refused[name] >= 3 and self.refused[name] == self.used[name] else weight
            for name, weight in wanted.items()
        }


@final
class Runner:
    """Two engines by name, and how lives are run in them.  wanted: weights of features that are to have others."""

    def __init__(self, engine: str, reference: str, wanted: dict[str, float] | None = None) -> None:
        self.engine = engine
        self.reference = reference
        self.wanted = wanted or {}
        self.tally = Tally()

    def life(self, statements: list[Statement], tally: Tally | None = None) -> Found | None:
        """Run the statements in new databases; the first difference, or None."""
        with tempfile.TemporaryDirectory(prefix="differential-") as folder:
            path = Path(folder, "life.db")
            engine: Engine = ENGINES[self.engine](str(path), str(Path(folder, "engine-")))
            reference: Engine = ENGINES[self.reference](":memory:", str(Path(folder, "reference-")))
            try:
                found, whole = self._statements(engine, reference, statements, tally)
                engine.close()
                reference.execute("ROLLBACK")
                if found is None and whole:
                    found = self._files(path, engine, reference, len(statements))
                if found is not None and _draws_rowids(reference):
                    return None
            finally:
                reference.close()
            return found

    def _files(self, path: Path, engine: Engine, reference: Engine, position: int) -> Found | None:
        """The first difference between the files that are left and what the reference has."""
        places = {"main": path, **{name: Path(file) for name, file in engine.further.files.items()}}
        if self.engine.endswith("-attached"):
            places = {name: Path(f"{path}-{name}") for name in ("one", "two")}
        for database, file in places.items():
            difference = compare_files(file, reference, database)
            if difference is not None:
                return Found(difference, position)
        return None

    def _statements(
        self, engine: Engine, reference: Engine, statements: list[Statement], tally: Tally | None
    ) -> tuple[Found | None, bool]:
        """The first difference, and whether the life went on to its end."""
        life = LifeSoFar()
        for position, statement in enumerate(statements):
            if statement.kind == "reopen":
                engine.reopen()
                continue
            sql, values = statement.sql.prepared()
            wanted: Outcome | None = None
            if statement.kind in ("query", "change"):
                wanted = reference.execute(sql, values)
                if isinstance(wanted, Failure) and wanted.code == INTERRUPTED:
                    return None, False  # A change's transaction is gone, a query's has begun to read.
            got = engine.execute(sql, values)
            refusal = got if isinstance(got, Refusal) else None
            if tally is not None:
                tally.add(statement, refusal)
            life.begin(statement, got)
            if refusal is not None or isinstance(got, Unreadable):
                continue
            case = Case(statement, got, wanted or reference.execute(sql, values), life, engine, reference)
            difference = compare(statement, got, case.wanted)
            accident = accident_of(case, difference is not None)
            if accident is None and difference is not None:
                return Found(difference, position), False
            if accident is not None:
                if tally is not None:
                    tally.accidents[accident.name] += 1
                if accident.ends:
                    return None, False
            life.end(statement, case.wanted)
        return None, True

    def generate(self, seed: str, statements: int, schema: int = SCHEMA_SHARE) -> list[Statement]:
        """A life from a seed, with what the engine refuses made rare.

        schema: how many of a hundred statements change the schema.
        """
        wanted = weights(min(version(self.engine), version(self.reference))) | self.wanted
        if not ENGINES[self.engine].attaches:
            wanted["life.attach"] = wanted["life.triggers"] = 0.0
        if self.engine.endswith("-attached"):
            wanted["life.encoding"] = 0.0  # an empty main would have another one when it is opened again
        return Generator(seed, self.tally.weigh(wanted), schema).life(statements)


def _draws_rowids(reference: Engine) -> bool:
    """Whether a table has the largest rowid that there is: the rowids of further rows are drawn at random."""
    for (database,) in _rows(reference, "SELECT name FROM pragma_database_list"):
        for (table,) in _rows(reference, f"SELECT name FROM {database!s}.sqlite_schema WHERE type = 'table'"):
            if _rows(reference, f'SELECT max(rowid) FROM {database!s}."{table!s}"') == [(LARGEST_ROWID,)]:
                return True
    return False


def compare_files(path: Path, reference: Engine, database: str) -> Difference | None:
    """Whether C SQLite finds the file whole, and in it what the reference has in a database.

    The file is attached under the database's name, which views in it may say.
    """
    try:
        checked = Apsw(str(path) if database == "main" else ":memory:")
    except apsw.Error as error:
        return Difference("file", str(error), "a database")
    try:
        if database != "main":
            checked.execute(f"PRAGMA encoding = '{_rows(reference, 'PRAGMA encoding')[0][0]!s}'")
            attached = checked.execute(f"ATTACH '{path}' AS {database}")
            if not isinstance(attached, Rows):
                return Difference("file", str(attached), "a database")
        return _compare_contents(checked, reference, database)
    finally:
        checked.close()


def _compare_contents(checked: Apsw, reference: Engine, database: str) -> Difference | None:
    verdict = _rows(checked, f"PRAGMA {database}.integrity_check")
    if verdict != [("ok",)]:
        return Difference("integrity_check", str(verdict), "ok")
    schema = _rows(checked, SCHEMA.format(database))
    wanted = _rows(reference, SCHEMA.format(database))
    if not same_rows(schema, wanted):
        return Difference("schema", _lines(schema), _lines(wanted))
    for kind, name, _, sql in schema:
        if kind != "table":
            continue
        rowid = "" if "WITHOUT ROWID" in str(sql) else "rowid, "
        query = f'SELECT {rowid}* FROM {{}}."{name!s}"'
        one, other = _rows(checked, query.format(database)), _rows(reference, query.format(database))
        if not same_rows(one, other):
            return Difference("content", f"{name!s}\n{_lines(one)}", _lines(other))
    return None


def _rows(engine: Engine, sql: str) -> list[Row]:
    outcome = engine.execute(sql)
    return outcome.rows if isinstance(outcome, Rows) else [(str(outcome),)]


def _lines(rows: list[Row]) -> str:
    return "\n".join(map(repr, rows))
