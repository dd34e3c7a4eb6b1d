"""Golden files: one readable text file a behaviour, with a section for each stage that it is about.

A file opens with ``# Why: …``.  Then come sections, each under a line ``--- name``: what goes in (``schema``, ``sql``)
and what comes out (``formatted``, ``ast``, ``names``, ``plan``, ``eqp``, ``bytecode``, ``result``, ``error``,
``problems``, ``tree``, ``page N``).
A ``session`` is both: steps of several connections, each with what comes of it (``harness.session``); so is ``debug``:
commands of the debugger behind ``(fdb)``, each with its answer.  A ``script`` goes into the shell, and ``shell`` is
what that prints; ``shell as sqlite3`` is what SQLite's own shell prints of it as well.
Only the sections that are there are checked.  ``result`` and the text of ``error`` are compared with C SQLite too, and
an update never overrules it.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import apsw
import apsw.ext
import pytest
from harness.debugging import play_commands
from harness.origins import without_origin
from harness.session import play
from harness.shell_script import play_script, play_script_in_sqlite
from harness.soundness import sound_plans
from harness.sqlite_shell import Answer, answers

import foundrydb
from foundrydb.compiler.plan.dump import diff, dump_text
from foundrydb.storage.format.values import Value
from foundrydb.tools.output.listings import aligned_lines, query_plan_lines
from foundrydb.tools.output.modes import choose_mode, writer_for
from foundrydb.tools.output.problems import describe
from foundrydb.tools.output.stream import OutputStream
from foundrydb.tools.output.writer import OutputSettings
from foundrydb.tools.views.bind_dump import bind_text
from foundrydb.tools.views.pages.page_hex import dump_page_text
from foundrydb.tools.views.pages.survey import open_survey
from foundrydb.tools.views.pages.tree_dump import picture_text
from foundrydb.tools.views.syntax_dump import ast_text

INPUTS = {"schema", "script", "sql"}
AS_SQLITE = "shell as sqlite3"
SERIES = "generate_series"
"""What the shell has, and the library has not."""


@dataclass
class Golden:
    """A golden file: its comment lines, and its sections in order."""

    path: Path
    why: list[str]
    sections: dict[str, str]

    @staticmethod
    def read(path: Path) -> Golden:
        why: list[str] = []
        sections: dict[str, str] = {}
        name = ""
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.startswith("--- "):
                name = line[4:].strip()
                assert name not in sections, f"{path}: two sections {name}"
                sections[name] = ""
            elif name:
                sections[name] += line
            else:
                why.append(line)
        assert why and why[0].startswith("# Why: "), f"{path} does not say why"
        return Golden(path, why, sections)

    def text(self) -> str:
        parts = list(self.why)
        for name, body in self.sections.items():
            parts.append(f"--- {name}\n")
            parts.append(body if body.endswith("\n") or not body else body + "\n")
        return "".join(parts)

    @property
    def sql(self) -> str:
        return self.sections.get("sql", "").rstrip("\n")

    def outputs(self) -> dict[str, str]:
        """What comes out now, for each section that is there."""
        if "session" in self.sections:
            return {"session": play(self.sections.get("schema", ""), self.sections["session"])}
        if "script" in self.sections:
            shown = play_script(self.sections["script"])
            return {name: shown for name in self.sections if name not in INPUTS}
        with tempfile.TemporaryDirectory() as folder, sound_plans():
            path = Path(folder) / "golden.fdb"
            connection = foundrydb.connect(str(path), isolation_level=None)
            connection.executescript(self.sections.get("schema", ""))
            try:
                self._check_origins(connection)
                return {
                    name: self._output(name, connection, path) for name in self.sections if name not in INPUTS
                }
            finally:
                connection.close()

    def _check_origins(self, connection: foundrydb.Connection) -> None:
        """Everything that the statement is compiled to knows what it comes from."""
        try:
            compilation = foundrydb.compile(self.sql, connection)
        except foundrydb.Error:
            return
        lost = without_origin(compilation)
        assert not lost, f"without an origin: {lost}"

    def _output(self, name: str, connection: foundrydb.Connection, path: Path) -> str:
        if name == "debug":
            return play_commands(connection, self.sql, self.sections[name])
        if name.startswith("page "):
            return page_text(path, int(name[5:]))
        return OUTPUTS[name](self.sql, connection, path)

    def oracle(self) -> str:
        """The ``result`` section as C SQLite gives it."""
        if SERIES in self.sql:
            answer = self._shell()
            return answer if isinstance(answer, str) else rows_text(*answer)
        connection = apsw.Connection(":memory:")
        connection.execute(self.sections.get("schema", ""))
        columns = apsw.ext.query_info(connection, self.sql).description
        return rows_text([column[0] for column in columns], list(connection.execute(self.sql)))

    def oracle_shell(self) -> str:
        """The section ``shell as sqlite3`` as SQLite's shell prints it."""
        shown = play_script_in_sqlite(self.sections["script"])
        if shown is None:
            pytest.skip("apsw has no shell with it")
        return shown

    def oracle_error(self) -> str:
        """The first line of the ``error`` section as C SQLite gives it."""
        if SERIES in self.sql:
            answer = self._shell()
            return f"Error: {answer}" if isinstance(answer, str) else "no error"
        connection = apsw.Connection(":memory:")
        connection.execute(self.sections.get("schema", ""))
        try:
            list(connection.execute(self.sql))
        except apsw.Error as error:
            return f"Error: {error}"
        return "no error"

    def _shell(self) -> Answer:
        """What SQLite's shell answers, for what only it has."""
        found = answers(self.sections.get("schema", ""), [self.sql.replace("\n", " ")])
        if not found:
            pytest.skip("apsw has no shell with it")
        return found[0]


def rows_text(names: list[str], rows: list[tuple[Value, ...]]) -> str:
    """Rows as SQL literals in columns, so that types can be told apart."""
    stream = io.BytesIO()
    settings = OutputSettings()
    choose_mode(settings, "box")
    settings.quote = True
    out = OutputStream(stream, "result")
    writer = writer_for(out, settings)
    writer.begin(names)
    writer.rows(rows)
    writer.end()
    out.flush()
    return stream.getvalue().decode()


def ast_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    return "".join(ast_text(statement, spans=True) for statement in foundrydb.parse(sql))


def names_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    return bind_text(foundrydb.compile(sql, connection), False)


def bound_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    return bind_text(foundrydb.compile(sql, connection), True)


def plan_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    """The first plan, then the difference that each pass made."""
    plans = foundrydb.compile(sql, connection).plans
    parts = [dump_text(plans[0][1], estimates=False)]
    for (_, before), (name, after) in pairwise(plans):
        parts.append(f"\n{name}:\n{diff(before, after)}")
    return "".join(part if part.endswith("\n") else part + "\n" for part in parts)


def bytecode_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    cursor = connection.execute("explain " + sql)
    names = [column[0] for column in cursor.description or ()]
    return "\n".join(aligned_lines(names, cursor.fetchall())) + "\n"


def eqp_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    return "\n".join(query_plan_lines(connection.execute("explain query plan " + sql).fetchall())) + "\n"


def result_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    cursor = connection.execute(sql)
    return rows_text([column[0] for column in cursor.description or ()], cursor.fetchall())


def error_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    try:
        connection.execute(sql).fetchall()
    except foundrydb.Error as error:
        return f"{describe(error)}\n{type(error).__name__}, {error.sqlite_errorname}\n"
    raise AssertionError(f"no error: {sql}")


def tree_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    survey = open_survey(str(path))
    try:
        return picture_text(survey.picture(None, 150)).replace(str(path), path.name)
    finally:
        survey.close()


def page_text(path: Path, number: int) -> str:
    survey = open_survey(str(path))
    try:
        return dump_page_text(survey, number)
    finally:
        survey.close()


def problems_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    found = foundrydb.problems(sql, connection)
    return "".join(f"{each.severity}: {each}\n" for each in found) or "none\n"


def formatted_section(sql: str, connection: foundrydb.Connection, path: Path) -> str:
    """The text formatted, at a width that makes short examples break."""
    return foundrydb.format_sql(sql, 60)


OUTPUTS: dict[str, Callable[[str, foundrydb.Connection, Path], str]] = {
    "formatted": formatted_section,
    "ast": ast_section,
    "names": names_section,
    "bound": bound_section,
    "plan": plan_section,
    "bytecode": bytecode_section,
    "eqp": eqp_section,
    "result": result_section,
    "error": error_section,
    "problems": problems_section,
    "tree": tree_section,
}
