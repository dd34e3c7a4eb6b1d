"""``fdb bisect-passes``: which optimizer pass made a plan or an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import emit, sql_argument
from foundrydb.tools.output.problems import report

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.toolkit.pass_bisection import PassBisection, PassEffect
    from foundrydb.toolkit.right_answers import Row


@click.command("bisect-passes")
@click.argument("sql", required=False)
@click.option("--db", "database", metavar="FILE", help="The database whose schema and rows count.")
@click.option("--plan", "wanted", metavar="TEXT", help="Name the pass that first brings TEXT into the plan.")
@click.option(
    "--expect", metavar="ROWS",
    help="Name the pass with which the answer first is not ROWS, a JSON array of arrays.",
)  # fmt: skip
@click.option("--no-answers", is_flag=True, help="Look at plans alone: run nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def bisect_passes(
    sql: str | None, database: str | None, wanted: str | None, expect: str | None, no_answers: bool, form: str
) -> int:
    """Leave optimizer passes out of SQL (standard input without it), and show what that changes.

    Any plan gives the same answer, but for what SQL leaves open: the order of rows without an ORDER BY, or of those
    equal by it, and which of them a LIMIT takes.  An answer that is wrong beside another shows a fault, and the exit
    status is 1 then.
    Without --db, the statements before the last one make the schema and its rows.
    """
    if wanted is not None and (expect is not None or no_answers):
        raise click.UsageError("--plan stands alone")
    if expect is not None and no_answers:
        raise click.UsageError("--expect compares answers")
    expected = None if expect is None else expected_rows(expect)
    connection = connection_for(database)
    try:
        text = _last_statement(connection, sql_argument(sql), database is not None)
        bisection = late.pass_bisection.PassBisection(connection, text)
        if wanted is not None:
            return _first_plan(bisection, wanted, form)
        if expected is not None:
            return _first_answer(bisection, expected, form)
        return _effects(bisection, not no_answers, form)
    finally:
        connection.close()


def _last_statement(connection: Connection, sql: str, has_schema: bool) -> str:
    """The statement that is asked about, once those before it have run, which give a schema where there is no file."""
    if has_schema:
        return sql
    statement = late.stages.compile_last(connection, sql).statement
    return sql[statement.start : statement.end]


def expected_rows(text: str) -> list[Row]:
    """Rows from JSON.

    Raises:
        UsageError: it is something else.
    """
    try:
        rows = json.loads(text)
    except ValueError as problem:
        raise click.UsageError(f"--expect is not JSON: {problem}") from None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise click.UsageError('--expect is an array of rows, each an array of values: [[1, "a"], [2, null]]')
    if any(isinstance(value, (bool, dict, list)) for row in rows for value in row):
        raise click.UsageError("--expect holds numbers, strings and null")
    return [tuple(row) for row in rows]


def _first_plan(bisection: PassBisection, wanted: str, form: str) -> int:
    name = bisection.first_with_plan(wanted)
    dump = late.bisection_dump
    emit(dump.first_json(name) if form == "json" else dump.first_plan_text(bisection, wanted, name))
    return 1 if name is None else 0


def _first_answer(bisection: PassBisection, expected: list[Row], form: str) -> int:
    name = bisection.first_not_answering(expected)
    dump = late.bisection_dump
    emit(dump.first_json(name) if form == "json" else dump.first_answer_text(bisection, expected, name))
    return 0 if name is None else 1


def _effects(bisection: PassBisection, answers: bool, form: str) -> int:
    if answers and not bisection.reads_only:
        report("answers are not compared: the statement writes")
        answers = False
    if answers and bisection.has_parameters:
        report("answers are not compared: the statement's parameters have no values")
        answers = False
    if answers and not bisection.is_steady():
        report("answers are not compared: the statement answers otherwise each time")
        answers = False
    effects: list[PassEffect] = bisection.effects(answers)
    dump = late.bisection_dump
    emit(dump.effects_json(bisection, effects) if form == "json" else dump.effects_text(bisection, effects))
    return 1 if any(effect.answer in late.pass_bisection.WRONG for effect in effects) else 0
