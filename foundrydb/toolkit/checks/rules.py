"""A rule and what it finds; every rule is declared once, beside the function that looks.

The listing, the documentation, the help and the tests of ``fdb check`` come from the declaration: its examples are what
the tests check, and the bad one is found by its rule alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from foundrydb.compiler.syntax.diagnostics import render
from foundrydb.errors import Error

if TYPE_CHECKING:
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.toolkit.checks.checked import CheckedStatement

ERROR: Final = "error"
WARNING: Final = "warning"
NOTE: Final = "note"

OF_STATEMENTS: Final = "statement"
OF_SCHEMAS: Final = "schema"
OF_WORKLOADS: Final = "workload"


@dataclass(frozen=True)
class Rule:
    """What is looked for.

    Attributes:
        code: by which files and tools name it for good.
        name: by which people name it.
        severity: ERROR for what cannot work, WARNING for what is likely a mistake, NOTE for what costs time.
        about: OF_STATEMENTS, OF_SCHEMAS, or OF_WORKLOADS (a schema together with the statements that use it).
        what: what it finds, as one sentence.
        why: what is wrong with that.
        bad: a text in which it finds something; good: the same without.
    """

    code: str
    name: str
    severity: str
    about: str
    what: str
    why: str
    bad: str
    good: str


@dataclass(frozen=True)
class Finding:
    """What a rule has found.

    Attributes:
        rule: which.
        message: what, in one line.
        sql: the text that it is in: the one that was checked, or a statement of a schema.
        offset, length: where, in characters.
        hint: what to do about it, "" for nothing in particular.
    """

    rule: Rule
    message: str
    sql: str
    offset: int
    length: int
    hint: str = ""

    def __str__(self) -> str:
        """As a person reads it: the message, the line with a caret, the hint."""
        failure = Error(f"{self.rule.severity} {self.rule.code} {self.rule.name}: {self.message}")
        failure.at(self.offset, self.length, self.sql)
        failure.hint = self.hint or None
        return render(failure)


Found: TypeAlias = Iterator[Finding]
StatementCheck: TypeAlias = "Callable[[CheckedStatement], Found]"
SchemaCheck: TypeAlias = "Callable[[Catalog], Found]"

RULES: Final[dict[str, Rule]] = {}
"""Every rule by its name, in the order of the codes once all modules of rules are there (``catalogue``)."""

STATEMENT_CHECKS: Final[list[tuple[Rule, StatementCheck]]] = []
SCHEMA_CHECKS: Final[list[tuple[Rule, SchemaCheck]]] = []


def declared(rule: Rule) -> Rule:
    """Note a rule; a second one of its code or name is a mistake."""
    assert rule.name not in RULES and all(rule.code != other.code for other in RULES.values()), rule
    RULES[rule.name] = rule
    return rule


def statement_rule(rule: Rule) -> Callable[[StatementCheck], StatementCheck]:
    """The decorator of the function that looks at a statement for a rule."""

    def note(check: StatementCheck) -> StatementCheck:
        STATEMENT_CHECKS.append((declared(rule), check))
        return check

    return note


def schema_rule(rule: Rule) -> Callable[[SchemaCheck], SchemaCheck]:
    """The decorator of the function that looks at a schema for a rule."""

    def note(check: SchemaCheck) -> SchemaCheck:
        SCHEMA_CHECKS.append((declared(rule), check))
        return check

    return note
