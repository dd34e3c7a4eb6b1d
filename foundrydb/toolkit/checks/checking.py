"""Looks at a text, or at a schema, for all that rules find.

Nothing of a text is run: each statement is compiled for the schema as those before it would leave it (``rehearsal``).
"""

from __future__ import annotations

from collections.abc import Iterable

from foundrydb.api.connection import Connection
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.plan.nodes import CountRows, IndexScan
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.resumption import Reading, read
from foundrydb.errors import Error
from foundrydb.toolkit.checks.catalogue import rules
from foundrydb.toolkit.checks.checked import CheckedStatement
from foundrydb.toolkit.checks.ignoring import IgnoreComments
from foundrydb.toolkit.checks.name_rules import WRONG_SQL
from foundrydb.toolkit.checks.placing import made_text, placed, text_of_schema
from foundrydb.toolkit.checks.rules import (
    RULES,
    SCHEMA_CHECKS,
    STATEMENT_CHECKS,
    Finding,
    Rule,
    StatementCheck,
)
from foundrydb.toolkit.checks.schema_rules import UNUSED, unused_indexes
from foundrydb.toolkit.problems import ERROR, problems_of
from foundrydb.toolkit.rehearsal import Rehearsal


def check(
    sql: str,
    connection: Connection | None = None,
    *,
    workload: bool = False,
    only: Iterable[str] | None = None,
) -> list[Finding]:
    """What the rules find in a text, in its order; findings that a comment ignores are left out.

    Args:
        sql: any number of statements; none of them is run.  The shell's dot-commands are passed over.
        connection: whose schema and functions count; without one the text begins with an empty database.
        workload: the statements are all that the database is asked, so that an index none of them uses is one too many.
        only: the names or codes of the rules to go by; all where there are none.

    Raises:
        ValueError: a rule of that name does not exist.
    """
    wanted = _wanted(only)
    rehearsal = Rehearsal(connection)
    try:
        before = _texts(rehearsal)
        readings = read(sql, commands=True)
        found, used = _of_statements(readings, sql, rehearsal, wanted)
        made = {made_text(sql, each.statement): each.statement for each in readings}
        for finding in _of_schema(rehearsal, wanted, used if workload else None):
            maker = made.get(text_of_schema(finding))
            if maker is not None:
                found.append(placed(finding, sql, maker))
            elif finding.rule is UNUSED or finding.sql not in before:
                found.append(finding)
    finally:
        rehearsal.close()
    ignored = IgnoreComments(sql)
    kept = [each for each in found if each.sql is not sql or each not in ignored]
    kept += [each for each in ignored.unknown if each.rule in wanted]
    return sorted(dict.fromkeys(kept), key=_place)


def check_schema(connection: Connection, *, only: Iterable[str] | None = None) -> list[Finding]:
    """What the rules find in a database's schema: its keys and indexes, and the queries of its views.

    Args:
        connection: to the database.
        only: as for ``check``.
    """
    wanted = _wanted(only)
    rehearsal = Rehearsal(connection)
    try:
        found = list(_of_schema(rehearsal, wanted, None))
        for schema in rehearsal.catalog.schemas:
            for view in list(schema.views.values()):
                for reading in read(view.sql):
                    if reading.statement is not None:
                        found += _of_statement(view.sql, reading.statement, rehearsal, wanted, set())
    finally:
        rehearsal.close()
    return [each for each in dict.fromkeys(found) if each not in IgnoreComments(each.sql)]


def _wanted(only: Iterable[str] | None) -> list[Rule]:
    """The rules that are asked for."""
    known = rules()
    if only is None:
        return known
    found: list[Rule] = []
    for name in only:
        rule = next((each for each in known if name.lower() in (each.name, each.code.lower())), None)
        if rule is None:
            raise ValueError(f"no rule is named {name}")
        found.append(rule)
    return found


def _of_statements(
    readings: list[Reading], sql: str, rehearsal: Rehearsal, wanted: list[Rule]
) -> tuple[list[Finding], set[str]]:
    """What is found in the statements of a text, and the names of the indexes that they use."""
    found: list[Finding] = []
    used: set[str] = set()
    for reading in readings:
        if reading.statement is not None and not reading.mistakes:
            found += _of_statement(sql, reading.statement, rehearsal, wanted, used)
        for problem in problems_of(reading, sql, rehearsal):
            if problem.severity == ERROR and WRONG_SQL in wanted:
                finding = Finding(
                    WRONG_SQL, problem.message, sql, problem.offset, problem.length, problem.hint or ""
                )
                found.append(finding)
    return found, used


def _of_statement(
    sql: str, statement: ast.Statement, rehearsal: Rehearsal, wanted: list[Rule], used: set[str]
) -> list[Finding]:
    """What is found in a statement; the indexes that it uses join ``used``."""
    checked = _checked(sql, statement, rehearsal)
    if checked.final is not None:
        for node in all_nodes(checked.final):
            if isinstance(node, IndexScan | CountRows) and node.index is not None:
                used.add(node.index.name)
    return _found(checked, [check for rule, check in STATEMENT_CHECKS if rule in wanted])


def findings_of(statement: ast.Statement, sql: str, rehearsal: Rehearsal) -> list[Finding]:
    """What the rules find in a statement, for the schema before it.

    Args:
        sql: the text that it stands in.
    """
    return _found(_checked(sql, statement, rehearsal), [check for _, check in STATEMENT_CHECKS])


def _found(checked: CheckedStatement, checks: list[StatementCheck]) -> list[Finding]:
    room = DeepRecursion()
    room.enter()
    try:
        return [finding for check in checks for finding in check(checked)]
    finally:
        room.leave()


def findings_of_schema(rehearsal: Rehearsal) -> list[Finding]:
    """What the rules find in a schema, each in a statement as the schema has it."""
    return [finding for _, check in SCHEMA_CHECKS for finding in check(rehearsal.catalog)]


def _checked(sql: str, statement: ast.Statement, rehearsal: Rehearsal) -> CheckedStatement:
    """A statement as rules look at it; of one that makes a view or table of a query, the query."""
    planned = statement
    if isinstance(statement, ast.CreateView | ast.CreateTableAs):
        planned = statement.select
    try:
        compilation = rehearsal.compiled(planned, sql)
    except Error:
        compilation = None
    return CheckedStatement(sql, planned, compilation)


def _of_schema(rehearsal: Rehearsal, wanted: list[Rule], used: set[str] | None) -> list[Finding]:
    found = [finding for finding in findings_of_schema(rehearsal) if finding.rule in wanted]
    if used is not None and UNUSED in wanted:
        found += unused_indexes(rehearsal.catalog, used)
    return found


def _texts(rehearsal: Rehearsal) -> set[str]:
    """The statements that a schema consists of."""
    found: set[str] = set()
    for schema in rehearsal.catalog.schemas:
        found |= {table.sql for table in schema.tables.values()}
        found |= {index.sql for index in schema.indexes.values() if index.sql is not None}
    return found


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.offset, finding.length, finding.rule.code


__all__ = ["RULES", "check", "check_schema", "findings_of", "findings_of_schema"]
