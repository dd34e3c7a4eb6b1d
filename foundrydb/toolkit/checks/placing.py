"""Where in a text a finding about the schema stands: at the statement that makes what it is about.

The schema keeps a statement from the name of what it makes on, and writes words of its own before that:
``CREATE TABLE`` also where the text has ``create temp table if not exists main.``.
"""

from __future__ import annotations

from dataclasses import replace

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.toolkit.checks.rules import Finding
from foundrydb.toolkit.rehearsal import made_name


def made_text(sql: str, statement: ast.Statement | None) -> str | None:
    """What a text and the schema have alike of a statement that makes something; None for another statement."""
    name = None if statement is None else made_name(statement)
    return None if name is None or statement is None else sql[name.name.start : statement.end]


def text_of_schema(finding: Finding) -> str | None:
    """The same of what a finding about the schema is in."""
    return made_text(finding.sql, parse_one(finding.sql, 0, True)[0])


def placed(finding: Finding, sql: str, statement: ast.Statement) -> Finding:
    """A finding about the schema at its place in a text.

    Args:
        sql: the text.
        statement: of the text, and with the same ``made_text`` as the finding's.
    """
    stored, _ = parse_one(finding.sql, 0, True)
    here, there = made_name(statement), None if stored is None else made_name(stored)
    assert here is not None and there is not None
    shift = here.name.start - there.name.start
    start = finding.offset + shift if finding.offset >= there.name.start else statement.start
    return replace(finding, sql=sql, offset=start, length=finding.offset + finding.length + shift - start)
