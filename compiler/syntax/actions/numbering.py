"""Which module runs which action of the grammar.

Actions are numbered file by file (grammar/build.py), the few that any rule may name first.
"""

from __future__ import annotations

from typing import Final, cast

from mypy_extensions import i64

from foundrydb.compiler.syntax.actions.build_change import change_action
from foundrydb.compiler.syntax.actions.build_expression import expression_action
from foundrydb.compiler.syntax.actions.build_query import query_action
from foundrydb.compiler.syntax.actions.build_schema import schema_action
from foundrydb.compiler.syntax.actions.build_statement import statement_action
from foundrydb.compiler.syntax.actions.builder import SyntaxBuilder
from foundrydb.compiler.syntax.symbols import (
    A_APPEND,
    A_APPEND_TO,
    A_EMPTY_LIST,
    A_EMPTY_TEXT,
    A_FALSE,
    A_FIRST,
    A_FOURTH,
    A_NONE,
    A_PASS,
    A_SECOND,
    A_THIRD,
    A_TRUE,
    FIRST_CHANGE,
    FIRST_EXPRESSION,
    FIRST_QUERY,
    FIRST_SCHEMA,
    FIRST_SQL,
)

_ACTIONS_BEFORE_FILES: Final = FIRST_SQL


def run_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """The value of a rule whose symbols stand from ``base`` to ``last``; an empty rule's last is ``base``."""
    if action >= FIRST_EXPRESSION:
        if action < FIRST_CHANGE:
            return expression_action(b, action, base, last)
        if action < FIRST_SCHEMA:
            return change_action(b, action, base, last)
        return schema_action(b, action, base, last)
    if action >= FIRST_QUERY:
        return query_action(b, action, base, last)
    if action >= _ACTIONS_BEFORE_FILES:
        return statement_action(b, action, base, last)
    return _generic(b.values, action, base)


def _generic(values: list[object], action: i64, base: i64) -> object:
    """The actions that any rule may name."""
    if action == A_NONE:
        return None
    if action == A_FIRST:
        return [values[base]]
    if action == A_APPEND:
        items = cast(list[object], values[base])
        items.append(values[base + 2])
        return items
    if action == A_SECOND:
        return values[base + 1]
    if action == A_APPEND_TO:
        items = cast(list[object], values[base])
        items.append(values[base + 1])
        return items
    if action == A_FALSE:
        return False
    if action == A_EMPTY_LIST:
        return []
    if action == A_THIRD:
        return values[base + 2]
    if action == A_EMPTY_TEXT:
        return ""
    if action == A_TRUE:
        return True
    if action == A_FOURTH:
        return values[base + 3]
    assert action == A_PASS
    return values[base]
