"""Rules about names, and about texts that cannot be compiled at all."""

from __future__ import annotations

from typing import Final

from foundrydb.api.values.literals import text_literal
from foundrydb.compiler.syntax.source import dequoted
from foundrydb.toolkit.checks.checked import CheckedStatement
from foundrydb.toolkit.checks.rules import (
    ERROR,
    OF_STATEMENTS,
    WARNING,
    Found,
    Rule,
    declared,
    statement_rule,
)

WRONG_SQL: Final = declared(
    Rule(
        "FDB001",
        "wrong-sql",
        ERROR,
        OF_STATEMENTS,
        "A statement that cannot be compiled.",
        "It is no SQL, or names what the schema does not have.",
        "SELECT a FROM nowhere",
        "CREATE TABLE nowhere(a); SELECT a FROM nowhere",
    )
)

UNKNOWN_RULE: Final = declared(
    Rule(
        "FDB002",
        "unknown-rule",
        WARNING,
        OF_STATEMENTS,
        "-- fdb: ignore with the name of no rule.",
        "It ignores nothing.",
        "SELECT 1 -- fdb: ignore no-such-rule",
        "SELECT 1 -- fdb: ignore null-comparison",
    )
)

STRING_NAME: Final = Rule(
    "FDB003",
    "name-taken-as-string",
    WARNING,
    OF_STATEMENTS,
    'A name in double quotes that no column has: "nmae".',
    "SQLite takes it for a string, so that a misspelt column is a constant, without an error.",
    "CREATE TABLE t(name); SELECT name FROM t WHERE \"nmae\" = 'x'",
    "CREATE TABLE t(name); SELECT name FROM t WHERE \"name\" = 'x'",
)


@statement_rule(STRING_NAME)
def name_taken_as_string(checked: CheckedStatement) -> Found:
    """A name in double quotes stands for a string."""
    if '"' not in checked.text(checked.statement) or checked.names is None:
        return
    for name in checked.names.in_order():
        if name.kind == "string":
            text = checked.sql[name.start : name.end]
            message = f"no such column: {text}: it is taken for a string"
            hint = f"write {text_literal(dequoted(text))} where a string is meant"
            yield checked.finding(STRING_NAME, name.node, message, hint)
