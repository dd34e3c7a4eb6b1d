"""What a cell asks for: options before the SQL, declared once."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from foundrydb.errors import ProgrammingError
from foundrydb.notebook.shown import SHOWN, Drawing, Listing
from foundrydb.tools import late
from foundrydb.tools.output.problems import nearest

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection

Shown: TypeAlias = "Drawing | Listing"
View: TypeAlias = "Callable[[Connection, str], Shown]"


def _plan(connection: Connection, sql: str) -> Shown:
    """the plan, drawn"""
    return _of_plan(connection, sql, False)


def _passes(connection: Connection, sql: str) -> Shown:
    """the plan after each optimizer pass"""
    return _of_plan(connection, sql, True)


def _of_plan(connection: Connection, sql: str, passes: bool) -> Shown:
    compilation = late.stages.compile(sql, connection)
    dump = late.plan_dump
    return Drawing(dump.plan_picture(compilation, passes), dump.plan_text(compilation, passes))


def _why(connection: Connection, sql: str) -> Shown:
    """the plan, and what was weighed"""
    return Listing(late.plan_dump.plan_text(late.stages.compile(sql, connection, noting=True), False, True))


def _analyze(connection: Connection, sql: str) -> Shown:
    """the plan with what each node did and cost in a run that is rolled back"""
    analysis = late.stages.analyze(sql, connection)
    dump = late.analysis_dump
    return Drawing(dump.analysis_picture(analysis), dump.analysis_text(analysis))


def _ast(connection: Connection, sql: str) -> Shown:
    """the syntax tree"""
    statements = late.stages.parse(sql)
    dump = late.syntax_dump
    return Drawing(dump.ast_picture(statements), "".join(dump.ast_text(each) for each in statements))


def _bytecode(connection: Connection, sql: str) -> Shown:
    """the program"""
    program = late.stages.compile(sql, connection).program
    return Listing(late.bytecode_dump.bytecode_table(program))


def _trees(connection: Connection, table: str) -> Shown:
    """the B-trees of the file, or those of one table"""
    path = connection.execute("PRAGMA database_list").fetchall()[0][2]
    name = os.path.basename(path) or ":memory:"
    survey = late.survey.Survey(connection.engine.attached.database(0), name)
    try:
        picture = survey.picture(table.strip() or None)
    finally:
        survey.close()
    return Drawing(late.tree_drawing.trees_picture(picture), late.tree_dump.picture_text(picture))


def _expert(connection: Connection, sql: str) -> Shown:
    """the indexes that would help, and the plan without and with them"""
    return Listing(late.advice_text.advice_text(late.index_advice.advise(sql, connection)))


VIEWS: Final[dict[str, View]] = {
    "plan": _plan,
    "passes": _passes,
    "why": _why,
    "analyze": _analyze,
    "ast": _ast,
    "bytecode": _bytecode,
    "trees": _trees,
    "expert": _expert,
}
"""What a cell may ask for instead of rows."""

VALUES: Final = {
    "to": "NAME: the variable that takes the result, which is not shown then",
    "limit": f"N: how many rows are shown ({SHOWN})",
    "using": "NAME: the variable that has the connection, for this cell",
}
"""Options that take a value."""


class Question:
    """A cell taken apart.

    Attributes:
        view: a name of ``VIEWS``, "" for rows.
        values: of the options that take one.
        sql: what is left, on the lines that it has in a cell.

    Raises:
        ProgrammingError: there is no such option, or its value is missing.
    """

    def __init__(self, text: str) -> None:
        self.view = ""
        self.values: Final[dict[str, str]] = {}
        rest = text.lstrip()
        while rest.startswith("--") and len(rest) > 2 and not rest[2].isspace():
            word, rest = _next_word(rest)
            name = word.removeprefix("--")
            if name in VIEWS:
                if self.view:
                    raise ProgrammingError(f"--{self.view} and --{name} are two things to show")
                self.view = name
            elif name in VALUES:
                self.values[name], rest = _next_word(rest)
                if not self.values[name]:
                    raise ProgrammingError(f"--{name} wants a value: {VALUES[name]}")
            else:
                near = nearest(name, [*VIEWS, *VALUES])
                raise ProgrammingError(f"no option --{name}" + (f": did you mean --{near}?" if near else ""))
        # The first line is that of the magic command, where options stand.
        lines = text[: len(text) - len(rest)].count("\n")
        self.sql: Final = "\n" * (lines - 1) + rest
        if not rest and not self.view and self.values:
            raise ProgrammingError("there is no statement")

    def limit(self) -> int:
        """How many rows are to be shown.

        Raises:
            ProgrammingError: that is no number.
        """
        word = self.values.get("limit", str(SHOWN))
        if not word.isdecimal():
            raise ProgrammingError(f"--limit wants a number, not {word}")
        return int(word)


def _next_word(text: str) -> tuple[str, str]:
    """The first word, and what comes after it."""
    words = text.split(None, 1)
    return (words[0] if words else ""), (words[1] if len(words) > 1 else "")


def usage() -> str:
    """The options, as help."""
    lines = [f"  --{name:<9} {view.__doc__}" for name, view in VIEWS.items()]
    lines += [f"  --{name:<9} {help}" for name, help in VALUES.items()]
    return "\n".join(lines)
