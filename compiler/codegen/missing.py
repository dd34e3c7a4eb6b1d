"""The error for a collating sequence that does not exist, as the text spells it and where it stands.

Plans name collations in capitals, so that they compare; only code generation knows which of them are needed.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.resolve.binding import near
from foundrydb.compiler.resolve.catalog import Catalog, fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.errors import Error, error

MISSING: Final = "SQLITE_ERROR_MISSING_COLLSEQ"

_TEXT: Final = "no such collation sequence: "


def missing_collation(name: str) -> Error:
    """The error, before anything is known of the text."""
    return error(_TEXT + name, MISSING)


def located(problem: Error, statement: ast.Statement, catalog: Catalog, known: list[str]) -> Error:
    """The same error with the place in the statement; in a view's text only the spelling is known.

    known: the collations that there are, for a hint.
    """
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
    return problem


def _find(node: ast.Node, name: str) -> ast.Name | None:
    """The first place where an expression names a collation."""
    for item in walk(node):
        if isinstance(item, ast.Collate) and fold(item.collation.text) == fold(name):
            return item.collation
    return None
