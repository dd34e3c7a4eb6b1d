"""What is told of a document: its mistakes, and what the rules of ``fdb check`` find that no comment ignores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from foundrydb.toolkit.checks import rules
from foundrydb.toolkit.checks.ignoring import IgnoreComments
from foundrydb.toolkit.checks.placing import made_text, placed, text_of_schema
from foundrydb.toolkit.problems import ERROR, INFORMATION, WARNING

if TYPE_CHECKING:
    from foundrydb.toolkit.checks.rules import Finding
    from foundrydb.toolkit.problems import Problem
    from foundrydb.tools.lsp.documents import OpenDocument
    from foundrydb.tools.lsp.schemas import Course

_SEVERITIES: Final = {rules.ERROR: ERROR, rules.WARNING: WARNING, rules.NOTE: INFORMATION}

MARK: Final = "fdb:"
"""What a comment has in it that ignores something."""


class Diagnostic(NamedTuple):
    """Something to be told.

    Attributes:
        start, length: where in the document, in characters.
        message: what, and below that what to do about it.
        severity: as of a ``Problem``.
        code: of the rule or of SQLite, "" for none.
        rule: the name of the rule, "" for none.
    """

    start: int
    length: int
    message: str
    severity: str
    code: str
    rule: str = ""


def diagnostics(course: Course) -> list[Diagnostic]:
    """What is told of a document, in its order, as far as it has been looked at."""
    found: list[Diagnostic] = []
    for number, findings in enumerate(all_findings(course)):
        found += of_piece(course.document, number, findings)
    return found


def all_findings(course: Course) -> Iterator[list[Finding]]:
    """What the rules find in each piece, by offsets in its ``sql``."""
    of_schema = _of_schema(course)
    for number, piece in enumerate(course.document.pieces):
        yield [*(piece.findings or ()), *of_schema.get(number, ())]


def findings_at(course: Course, number: int) -> list[Finding]:
    """What the rules find in a piece, by offsets in its ``sql``."""
    piece = course.document.pieces[number]
    return [*(piece.findings or ()), *_of_schema(course).get(number, ())]


def _of_schema(course: Course) -> dict[int, list[Finding]]:
    """What is found in the schema, at the statements that make it, by the numbers of their pieces."""
    found: dict[int, list[Finding]] = {}
    if not course.schema_findings:
        return found
    pieces = course.document.pieces
    made = {made_text(each.sql, each.statement): i for i, each in enumerate(pieces) if each.changes}
    for finding in course.schema_findings:
        number = made.get(text_of_schema(finding))
        statement = None if number is None else pieces[number].statement
        if number is not None and statement is not None:
            found.setdefault(number, []).append(placed(finding, pieces[number].sql, statement))
    return found


def of_piece(document: OpenDocument, number: int, findings: list[Finding]) -> Iterator[Diagnostic]:
    """What is told of a piece, of which the rules find something."""
    piece = document.pieces[number]
    start = document.starts[number]
    window = window_of(document, number) if findings or MARK in piece.text else ""
    ignored = IgnoreComments(window) if MARK in window else None
    said = {(each.message, each.offset) for each in findings}
    for problem in (*piece.problems, *piece.late_problems):
        # A rule that finds the same has a name, by which it can be ignored.
        if (problem.message, problem.offset) not in said:
            yield _of_problem(problem, start - piece.origin)
    unknown = [] if ignored is None else ignored.unknown
    for finding in findings:
        at = finding.offset - piece.origin
        if ignored is None or not ignored.covers(finding.rule, at):
            yield _of_finding(finding, start + at)
    for finding in unknown:
        if finding.offset < len(piece.text):
            yield _of_finding(finding, start + finding.offset)


def window_of(document: OpenDocument, number: int) -> str:
    """The text of a piece, and what comes after it on its last line, where a comment may speak of it."""
    start = document.starts[number]
    end = start + len(document.pieces[number].text)
    past = document.text.find("\n", end)
    return document.text[start : past if past >= 0 else len(document.text)]


def _of_problem(problem: Problem, shift: int) -> Diagnostic:
    message = _with_hint(problem.message, problem.hint or "")
    return Diagnostic(problem.offset + shift, problem.length, message, problem.severity, problem.code)


def _of_finding(finding: Finding, start: int) -> Diagnostic:
    message = _with_hint(finding.message, finding.hint)
    rule = finding.rule
    return Diagnostic(start, finding.length, message, _SEVERITIES[rule.severity], rule.code, rule.name)


def _with_hint(message: str, hint: str) -> str:
    return f"{message}\n{hint}" if hint else message
