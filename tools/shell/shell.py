"""The shell: runs SQL and dot-commands, and prints what they give.

One ``Shell`` serves the one-shot query, the script on standard input and the prompt; they differ in where lines
come from.  ``input`` cuts the lines into dot-commands and statements.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from foundrydb.api.connection import Connection, connect
from foundrydb.compiler.plan.nodes import Vacuum
from foundrydb.engine.statement import Prepared
from foundrydb.errors import Error
from foundrydb.storage.format.values import Value
from foundrydb.toolkit.interruption import interruptible
from foundrydb.tools import late
from foundrydb.tools.output.modes import choose_mode, writer_for
from foundrydb.tools.output.problems import describe, report
from foundrydb.tools.output.stream import CapturedOutput, OutputStream, standard_output
from foundrydb.tools.output.writer import OutputSettings
from foundrydb.tools.shell.functions.declarations import add_functions
from foundrydb.tools.shell.input import InputPiece, ScriptLines
from foundrydb.vm.machine import BATCH, Machine

if TYPE_CHECKING:
    from foundrydb.tools.shell.dots.dots_watching import Progress
    from foundrydb.tools.shell.tracing import Tracer


class Leave(Exception):
    """The user asked to leave the shell.  ``status`` is the process's."""

    def __init__(self, status: int = 0) -> None:
        super().__init__(status)
        self.status = status


class Shell:
    """A connection, output settings, and where output goes.

    Attributes:
        path: the database's path, ``:memory:`` for none.
        connection: open on it.
        settings: of the output.
        out: where results go.
        standard: standard output; ``out`` unless ``.output`` or ``.once`` said otherwise.
        once: ``out`` is to be closed after the next statement.
        interactive: a person reads along.
        echo, bail, timer, changes, stats: the switches of the dot-commands of these names.
        case: what the last ``.testcase`` has printed.
        log: where ``.log`` notes errors; ``tracer`` writes statements as they run, ``progress`` tells of long ones.
        pager: the command that shows what is longer than the screen, "" for none.
        expert: the next statement is not run: ``.expert`` tells which index would help it.
        active: the number of the connection, among those of ``.connection``.
        eqp: print the query plan before each statement; ``eqp_bytecode`` the bytecode too.
        explain: how EXPLAIN's rows are laid out: ``auto``, ``on`` (always so) or ``off``.
        source: the name of the script that is run, None for standard input.
        line: its current line.
    """

    def __init__(self, path: str = ":memory:", read_only: bool = False) -> None:
        self.settings = OutputSettings()
        self.standard = standard_output()
        self.out: OutputStream = self.standard
        self.once = False
        self.interactive = False
        self.echo = False
        self.bail = False
        self.timer = False
        self.changes = False
        self.stats = False
        self.expert = False
        self.log: OutputStream | None = None
        self.case: CapturedOutput | None = None
        self.tracer: Tracer | None = None
        self.progress: Progress | None = None
        self.pager = ""
        self.active = 0
        self._resting: dict[int, tuple[str, bool, Connection]] = {}
        self.eqp = False
        self.eqp_bytecode = False
        self.explain = "auto"
        self.prompts = ["fdb > ", " ...> "]
        self.source: str | None = None
        self.depth = 0
        self._script: ScriptLines | None = None
        self.path = path
        self.read_only = read_only
        self.connection = shell_connection(path, read_only)

    # statements ---------------------------------------------------------------------------------------------

    def run_sql(self, sql: str, source: str = "", line: int = 0) -> bool:
        """Run every statement of a text; the first one that fails is reported, and ends it.

        Args:
            source: the script that the text comes from, as an error tells it, and line: where in it the text begins;
                0 where that is not to be told.

        Returns:
            Whether all went well.
        """
        offset = begun = 0
        phase = "Parse"
        try:
            while offset < len(sql):
                begun = offset
                started = time.perf_counter(), time.process_time()
                phase = "Parse"
                prepared, offset = self.connection.engine.prepare(sql, offset)
                if prepared is None:
                    break
                if self.expert:
                    self.expert = False
                    self.dot_command(f".expert {prepared.sql[prepared.start : offset].rstrip().rstrip(';')}")
                    continue
                phase = "Runtime"
                if self.eqp and prepared.program.explain == 0:
                    self._show_plan(prepared)
                with interruptible(self.connection), self._paged():
                    self._run(prepared)
                if self.timer:
                    self._show_time(*started)
        except Error as problem:
            self.out.flush()
            self._note(problem, sql[begun:])
            report(_told(problem, phase, sql, source, line))
            return False
        finally:
            self._end_once()
        if self.changes:
            engine = self.connection.engine
            self.out.write(
                f"changes: {engine.statements.changes}   total_changes: {engine.statements.total_changes}\n"
            )
        self.out.flush()
        return True

    @contextmanager
    def _paged(self) -> Iterator[None]:
        """Show what is written within by the pager, if that is more than the screen holds."""
        if not (self.pager and self.interactive and self.out is self.standard and self.out.isatty()):
            yield
            return
        height = late.shutil.get_terminal_size().lines
        out = self.out = late.dots_output.PagedOutput(self.standard, self.pager, height)
        try:
            yield
        finally:
            self.out = self.standard
            with suppress(BrokenPipeError):  # the user has left the pager
                out.close()

    def _run(self, prepared: Prepared) -> None:
        """Run one statement and print its rows."""
        engine = self.connection.engine
        values = self._values(prepared)
        started = time.perf_counter()
        if self.progress is not None:
            self.progress.begin()
        if self.tracer is not None:
            self.tracer.begun(prepared, values)
        figures = late.figures.Figures(prepared, engine, values) if self.stats else None
        with self._copying_pages(prepared):
            ran, machine, rows = engine.first_row(prepared, values)
        try:
            self._print(ran, machine, rows)
        finally:
            if not machine.done:
                machine.reset()
            if self.tracer is not None:
                self.out.flush()
                self.tracer.ended(prepared, values, time.perf_counter() - started)
        if figures is not None:
            self.out.write(figures.end())

    def _note(self, problem: Error, sql: str) -> None:
        """Write an error where ``.log`` said, with the SQL from the statement on that has failed."""
        if self.log is not None:
            number = getattr(problem, "sqlite_errorcode", 1)
            self.log.write(f'({number}) {problem.message} in "{sql.strip()}"\n')
            self.log.flush()

    @contextmanager
    def _copying_pages(self, prepared: Prepared) -> Iterator[None]:
        """Show how far VACUUM has come."""
        if not isinstance(prepared.compiled.plan, Vacuum):
            yield
            return
        engine = self.connection.engine
        with late.progress.counting("vacuum", "pages") as advance:
            engine.page_copied = advance
            try:
                yield
            finally:
                engine.page_copied = None

    def _print(self, prepared: Prepared, machine: Machine, rows: Sequence[tuple[Value, ...]]) -> None:
        columns = [column.name for column in prepared.program.columns]
        if not columns:
            for _ in _batches(machine, rows):
                pass
            return
        kind = prepared.program.explain
        if kind == 2 and self.explain != "off":
            self._print_query_plan(machine, rows)
        elif (kind == 1 and self.explain == "auto") or self.explain == "on":
            self._print_explain(columns, machine, rows)
        else:
            writer = writer_for(self.out, self.settings)
            writer.begin(columns)
            for batch in _batches(machine, rows):
                writer.rows(batch)
            writer.end()

    def _print_query_plan(self, machine: Machine, rows: Sequence[tuple[Value, ...]]) -> None:
        steps: list[tuple[Value, ...]] = []
        for batch in _batches(machine, rows):
            steps.extend(batch)
        self.out.write("".join(line + "\n" for line in late.listings.query_plan_lines(steps)))

    def _print_explain(self, columns: list[str], machine: Machine, rows: Sequence[tuple[Value, ...]]) -> None:
        listing: list[tuple[Value, ...]] = []
        for batch in _batches(machine, rows):
            listing.extend(batch)
        self.out.write("".join(line + "\n" for line in late.listings.explain_lines(columns, listing)))

    def _show_plan(self, prepared: Prepared) -> None:
        """What ``.eqp on`` prints before a statement."""
        for query_plan in (True, False) if self.eqp_bytecode else (True,):
            self._run(self.connection.engine.explain(prepared, query_plan))

    def _show_time(self, started: float, used: float) -> None:
        real = time.perf_counter() - started
        user = time.process_time() - used
        self.out.write(f"Run Time: real {real:.3f} user {user:.6f} sys {0.0:.6f}\n")

    # input --------------------------------------------------------------------------------------------------

    def run_argument(self, text: str) -> bool:
        """Run an argument of the command line: a dot-command, or SQL."""
        if text.startswith("."):
            return self.dot_command(text)
        return self.run_sql(text)

    def run_lines(self, lines: Iterable[str]) -> int:
        """Run a script, line by line; the number of errors."""
        outer, self._script = self._script, ScriptLines(lines)
        try:
            return self._run_script(self._script)
        finally:
            self._script = outer

    def _run_script(self, script: ScriptLines) -> int:
        errors = 0
        for line in script:
            piece = script.cutter.feed(line)
            if piece is not None and not self._run_piece(piece):
                errors += 1
                if self.bail:
                    return errors
        rest = script.cutter.rest()
        if rest is not None:
            errors += not self._run_piece(rest)
        return errors

    def following_lines(self) -> Iterator[str]:
        """The lines that follow in the script that is run: a command to which they belong takes them."""
        return iter(()) if self._script is None else self._script.taken()

    def _run_piece(self, piece: InputPiece) -> bool:
        """Run a piece of a script; False where it failed."""
        if self.echo and piece.text.strip():
            self.out.write(piece.text + "\n")
            self.out.flush()  # an error of it comes behind
        if piece.kind == "command":
            return self.dot_command(piece.text)
        return piece.kind != "sql" or self._run_script_sql(piece)

    def _run_script_sql(self, piece: InputPiece) -> bool:
        """Run the statements of a script; an error tells where in it they begin, but not to who just typed them."""
        if self.source:
            return self.run_sql(piece.text, self.source, piece.line)
        return self.run_sql(piece.text, "", 0 if self.interactive else piece.line)

    def dot_command(self, line: str) -> bool:
        """Run a dot-command; False where it failed.

        Raises:
            Leave: it asked to leave.
        """
        try:
            return late.dot_command.run_dot_command(self, line)
        finally:
            self.out.flush()

    # output -------------------------------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """Send text to where results go."""
        self.out.write(text)

    def send_to(self, out: OutputStream | None, once: bool = False) -> None:
        """Change where results go; None for standard output."""
        if self.out is not self.standard:
            self.out.close()
        self.out = self.standard if out is None else out
        self.once = once

    def _end_once(self) -> None:
        if self.once:
            self.send_to(None)

    # the database -------------------------------------------------------------------------------------------

    def open(self, path: str, read_only: bool = False) -> None:
        """Close the database and open another one.

        Raises:
            Error: it cannot be opened; the shell then keeps the old one.
        """
        connection = shell_connection(path, read_only)
        self.connection.close()
        self.connection = connection
        self.path = path
        self.read_only = read_only

    def resting_paths(self) -> dict[int, str]:
        """The paths of the connections that are not active, by number."""
        return {number: path for number, (path, _, _) in self._resting.items()}

    def switch_connection(self, number: int) -> None:
        """Make another connection active; one that is not there yet is made, on an empty database in memory."""
        if number == self.active:
            return
        found = self._resting.pop(number, None)
        if found is None:
            found = ":memory:", False, shell_connection(":memory:")
        self._resting[self.active] = self.path, self.read_only, self.connection
        self.path, self.read_only, self.connection = found
        self.active = number

    def close_connection(self, number: int) -> None:
        """Close a connection that is not active."""
        found = self._resting.pop(number, None)
        if found is not None:
            found[2].close()

    def has_parameters(self) -> bool:
        """Whether there is the table that has the values of parameters."""
        return bool(self.query("SELECT 1 FROM sqlite_temp_schema WHERE name = 'sqlite_parameters'"))

    def _values(self, prepared: Prepared) -> list[Value]:
        """The values of a statement's parameters: those that ``.parameter`` set, NULL for others."""
        values = prepared.unbound()
        names = prepared.program.parameters
        if len(names) > 1 and self.has_parameters():
            known = dict(self.query("SELECT key, value FROM temp.sqlite_parameters"))
            for number in range(1, len(names)):
                values[number] = known.get(names[number] or f"?{number}")
        return values

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query of the shell's own."""
        return self.connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close output and database."""
        self.send_to(None)
        self.standard.flush()
        for _, _, connection in self._resting.values():
            connection.close()
        self.connection.close()


def _told(problem: Error, phase: str, sql: str, source: str, line: int) -> str:
    """An error as ``run_sql`` reports it: one in the text is told with the line of the script that it stands in."""
    place = f" in {source}" if source else ""
    within = problem.sql == sql and 0 <= problem.offset <= len(sql)
    if line:
        before = (
            sql[: problem.offset].rstrip() if within and problem.offset == len(sql) else sql[: problem.offset]
        )
        place += f" near line {line + before.count(chr(10)) if within else line}"
    return describe(problem, f"{phase} error{place}: ", line if line and within else 1)


def open_connection(path: str, read_only: bool = False) -> Connection:
    """A connection in which transactions are the user's business, whose failure says what could not be opened."""
    target = path or ":memory:"
    uri = target.startswith("file:")
    try:
        if read_only and not uri and target != ":memory:":
            target, uri = f"file:{late.parse.quote(target)}?mode=ro", True
        connection = connect(target, isolation_level=None, uri=uri)
    except Error as problem:
        problem.message = f'unable to open database "{path}": {problem.message}'
        raise
    connection.session.carries_text = True
    return connection


def shell_connection(path: str, read_only: bool = False) -> Connection:
    """A connection for statements that are typed: a misspelt name in double quotes is no string there, and the shell's
    own functions are at hand."""
    connection = open_connection(path, read_only)
    for setting in ("dqs_dml", "dqs_ddl"):
        connection.engine.write_setting(0, setting, 0)
    add_functions(connection)
    return connection


def _batches(machine: Machine, rows: Sequence[tuple[Value, ...]]) -> Iterator[Sequence[tuple[Value, ...]]]:
    """The rows of a statement, ``rows`` first: few at a time, so that the first are seen soon, then more."""
    most = 4
    while rows:
        yield rows
        rows = machine.run(most)
        most = min(4 * most, BATCH)


def new_shell(path: str, read_only: bool, mode: str, interactive: bool) -> Shell:
    """A shell with the settings that it starts with."""
    shell = Shell(path, read_only)
    shell.interactive = interactive
    choose_mode(shell.settings, mode or ("box" if interactive else "list"))
    if not mode:
        shell.settings.wrap = 0
    if interactive and shell.standard.isatty():
        shell.settings.fit = True
        shell.pager = late.dots_output.default_pager()
    return shell


def standard_input() -> Iterator[str]:
    """The lines of standard input, bytes that are not UTF-8 kept."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "surrogateescape")
