"""The error for a collating sequence that does not exist, as the text spells it and where it stands.

Plans name collations in capitals, so that they compare; only code generation knows which of them are needed.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.errors import Error, error

MISSING: Final = "SQLITE_ERROR_MISSING_COLLSEQ"

_TEXT: Final = "no such collation sequence: "


def missing_collation(name: str) -> Error:
    """The error, before anything is known of the text."""
    return error(_TEXT + name, MISSING)


def located(problem: Error, statement: ast.Statement, catalog: Catalog, known: list[str]) -> Error:
    """The same error with the place in the statement; in the schema's texts only the spelling is known.

    known: the collations that there are, for a hint.
    Another error is returned as it is.
    """
    if problem.code != MISSING:
        return problem
    name = problem.message.removeprefix(_TEXT)
    found = _find(statement, name)
    if found is not None:
        better = missing_collation(found.text).at(found.start, found.end - found.start)
        better.hint = near(found.text, known)
        return better
    for schema in catalog.schemas:
        for view in schema.views.values():
            found = _find(view.select, name)
            if found is not None:
                return missing_collation(found.text)
        for table in schema.tables.values():
            spelled = _spelled(table, name)
            if spelled:
                return missing_collation(spelled)
    return problem


def _spelled(table: Table, name: str) -> str:
    """A collation's name as a table or one of its indexes spells it, "" where they do not name it."""
    expressions = [column.generated for column in table.columns] + [
        check.expression for check in table.checks
    ]
    for index in table.indexes:
        for key in index.columns:
            if fold(key.collation) == fold(name):
                return key.collation
            expressions.append(key.expression)
        expressions.append(index.where)
    for column in table.columns:
        if fold(column.collation) == fold(name):
            return column.collation
        expressions.append(column.default)
    for expression in expressions:
        found = None if expression is None else _find(expression, name)
        if found is not None:
            return found.text
    return ""


def _find(node: ast.Node, name: str) -> ast.Name | None:
    """The first place where an expression names a collation."""
    for item in walk(node):
        if isinstance(item, ast.Collate) and fold(item.collation.text) == fold(name):
            return item.collation
    return None
