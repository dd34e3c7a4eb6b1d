"""Runs a session, and tells when anything else comes out than rows or ``foundrydb.Error``."""

from __future__ import annotations

import contextlib
import faulthandler
import re
import signal
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import apsw
from differential.reducer import Reducer
from harness.soundness import sound_plans

import foundrydb
from foundrydb.compiler.syntax.scanner import pieces
from foundrydb.errors import CorruptError
from foundrydb.toolkit import stages as toolkit
from foundrydb.tools.output import problems
from foundrydb.tools.views import analysis_dump, bytecode_dump, plan_dump, syntax_dump
from foundrydb.tools.views.drawings.diagram_formats import as_dot
from fuzz.mutation import of_tokens, tokens
from fuzz.step import Step
from fuzz.words import VALUES

SECONDS: Final = 20.0
"""How much of the processor's time a statement may take, however it is interrupted."""

TICKS: Final = 40
"""After so many calls of the progress handler a statement is interrupted."""

_STRANGE: Final = re.compile(r" object at 0x|Traceback|<class |NoneType|foundrydb\.(vm|compiler|storage)\.")
"""What no message to a user holds."""

_PARAMETER: Final = re.compile("[?:@$#]")

_BINDING: Final = (OverflowError, UnicodeEncodeError, BufferError)
"""What values for parameters may raise, as they do in the standard library's ``sqlite3``."""

_MOST_ROWS: Final = 300


class Hang(BaseException):
    """A statement did not end in time."""


class Finding(NamedTuple):
    """What should not have come out: its kind, the details, and the position of the step."""

    kind: str
    detail: str
    position: int


class Strange(Exception):
    """An answer that is wrong in itself.

    Attributes:
        kind: what is wrong with it.
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


def run(steps: list[Step], made: type[Trial] | None = None) -> Finding | None:
    """Run a session in a database of its own, every plan checked after every pass; the first finding.

    What it attaches, or writes copies to, is in a folder of its own.
    made: what runs the steps, ``Trial`` if nothing else.
    """
    trial = (made or Trial)()
    previous = signal.signal(signal.SIGVTALRM, _hang)
    faulthandler.dump_traceback_later(SECONDS * 30, exit=True)
    try:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), sound_plans():
            for position, step in enumerate(steps):
                finding = _checked(trial.step, step, position)
                if finding is not None:
                    return finding
            return _checked(trial.end, None, len(steps))
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGVTALRM, previous)


def reduced(steps: list[Step], found: Finding, seconds: float, made: type[Trial] | None = None) -> list[Step]:
    """The smallest session found that shows the same kind of finding."""

    def shows(trial: list[Step]) -> bool:
        again = run(trial, made)
        return again is not None and again.kind == found.kind

    steps = Reducer(shows, seconds).reduce(steps[: found.position + 1])
    return Reducer(shows, seconds).reduce([step.with_sql(of_tokens(tokens(str(step.sql)))) for step in steps])


def _hang(number: int, frame: object) -> None:
    raise Hang


def _checked(call: Callable[[Any], None], argument: Step | None, position: int) -> Finding | None:
    """Call something, and look at what it raises."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        call(argument)
    except foundrydb.Error as error:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return _judged(error, position)
    except _BINDING as error:
        return None if "to_sql_value" in traceback.format_exc() else _crash(error, position)
    except Exception as error:
        return _crash(error, position)
    except Hang:
        return Finding("hang", traceback.format_exc(limit=-8), position)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return None


def _judged(error: foundrydb.Error, position: int) -> Finding | None:
    """Whether an error of the engine's is one that may be: not about itself, and not about damage that nobody did."""
    if isinstance(error, CorruptError | foundrydb.InternalError) or _STRANGE.search(str(error)):
        return Finding(f"{type(error).__name__}: {error}", traceback.format_exc(limit=-6), position)
    try:
        problems.describe(error)
    except Exception as failure:
        return _crash(failure, position)
    return None


def _crash(error: Exception, position: int) -> Finding:
    if isinstance(error, Strange):
        return Finding(error.kind, str(error), position)
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else ""
    return Finding(f"{type(error).__name__} {where}", traceback.format_exc(limit=-12), position)


class Trial:
    """One database, with the cursors that are left open in it."""

    def __init__(self) -> None:
        self._connection = foundrydb.connect(":memory:", isolation_level=None)
        self._connection.set_progress_handler(self._tick, 5000)
        self._open: list[foundrydb.Cursor] = []
        self._ticks = 0

    def _tick(self) -> bool:
        self._ticks += 1
        return self._ticks > TICKS

    def step(self, step: Step) -> None:
        """Run one step."""
        self._ticks = 0
        sql = str(step.sql)
        if step.way == "rest":
            for cursor in self._open[:1]:
                del self._open[0]
                cursor.fetchmany(_MOST_ROWS)
        if step.way == "script":
            if "\0" not in sql:
                self._connection.executescript(sql)
        elif step.way == "many":
            self._connection.executemany(sql, [self.bind(sql, step.values), self.bind(sql, step.values[1:])])
        elif step.way == "stages":
            _stages(self._connection, sql)
        elif step.way == "analyze":
            analysis = toolkit.analyze(sql, self._connection)
            for form in analysis_dump.FORMATS.values():
                form(analysis)
        else:
            self._execute(step, sql)

    def _execute(self, step: Step, sql: str) -> None:
        cursor = self._connection.execute(sql, self.bind(sql, step.values))
        if step.way == "half":
            cursor.fetchone()
            self._open = [*self._open[-2:], cursor]
            return
        cursor.fetchmany(_MOST_ROWS)
        cursor.close()

    def bind(self, sql: str, values: tuple[int, ...]) -> Any:
        """What is bound to a statement's parameters."""
        return bound(sql, values, VALUES)

    def end(self, nothing: None) -> None:
        """Close what is open, and have the file checked by both engines."""
        self._ticks = -1_000_000
        for cursor in self._open:
            cursor.close()
        connection = self._connection
        if connection.in_transaction:
            connection.rollback()
        connection.set_progress_handler(None, 0)
        connection.execute("PRAGMA query_only = OFF")
        connection.execute("PRAGMA main.integrity_check").fetchall()
        encoding = connection.execute("PRAGMA encoding").fetchone()
        image = connection.serialize()
        connection.close()
        # A connection that has changed nothing says what holds: CHECK may ask for total_changes().
        ours = _checked_by_ours(image)
        # In a UTF-16 file C SQLite takes the bytes of blobs for UTF-16 wherever a function of an index wants text.
        theirs = _checked_by_sqlite(image) if encoding == ("UTF-8",) else ours
        if ours != theirs:
            raise Strange("integrity_check", f"{ours[:3]}\nC SQLite: {theirs[:3]}")


def _checked_by_ours(image: bytes) -> list[tuple[object, ...]]:
    checker = foundrydb.connect(":memory:", isolation_level=None)
    try:
        checker.deserialize(image)
        return checker.execute("PRAGMA main.integrity_check").fetchall()
    except foundrydb.Error as error:
        return [(str(error),)]
    finally:
        checker.close()


def _checked_by_sqlite(image: bytes) -> list[tuple[object, ...]]:
    if not image:
        return [("ok",)]
    checker = apsw.Connection(":memory:")
    try:
        checker.deserialize("main", image)
        return list(checker.execute("PRAGMA main.integrity_check"))
    except apsw.Error as error:
        return [(str(error),)]
    finally:
        checker.close()


def bound(sql: str, values: tuple[int, ...], options: Sequence[object]) -> Any:
    """Values for all parameters of a statement, some of the options: by name where one of them has one."""
    if not _PARAMETER.search(sql):
        return ()
    names = [piece.text for piece in pieces(sql) if piece.kind == "a parameter"]
    drawn = [options[values[i % len(values)] % len(options)] if values else None for i in range(len(names))]
    if all(name == "?" for name in names):
        return tuple(drawn)
    return {name.lstrip(":@$?#"): value for name, value in zip(names, drawn)}


def _stages(connection: foundrydb.Connection, sql: str) -> None:
    """Have every stage of a statement shown in every form."""
    with contextlib.suppress(ValueError):  # of a NUL, as the standard module's
        foundrydb.complete_statement(sql)
    syntax_dump.tokens_text(sql)
    syntax_dump.tokens_json(sql)
    statements = foundrydb.parse(sql)
    printed = "".join(foundrydb.to_sql(statement) + ";" for statement in statements)
    if foundrydb.parse(printed) != statements:
        raise Strange("printed as another statement", printed)
    for statement in statements:
        syntax_dump.ast_text(statement, True)
    syntax_dump.ast_json(statements)
    as_dot(syntax_dump.ast_picture(statements))
    compilation = toolkit.compile(sql, connection, noting=True)
    for listing in bytecode_dump.BYTECODE_FORMATS.values():
        listing(compilation.program)
    steps = bytecode_dump.query_plan(connection, compilation)
    for tree in bytecode_dump.QUERY_PLAN_FORMATS.values():
        tree(steps)
    if compilation.plans:
        for name, plan in plan_dump.FORMATS.items():
            plan(compilation, True, name != "dot")
