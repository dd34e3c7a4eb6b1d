"""VACUUM, and VACUUM INTO a file that an expression names.

https://sqlite.org/lang_vacuum.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.bind.statements import BoundStatement, BoundVacuum
from foundrydb.compiler.schema.new_names import unknown_database

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.syntax import ast


def bind_vacuum(b: QueryBinding, statement: ast.Vacuum) -> BoundStatement:
    """VACUUM; of temp nothing is asked, as in SQLite, not even for the file."""
    named = statement.schema
    schema = b.catalog.main if named is None else b.catalog.schema(named.text)
    if schema is None:
        assert named is not None
        raise unknown_database(named)
    file = None
    if statement.into is not None and schema is not b.catalog.temp:
        file = bind(b, statement.into, Scope(None, b.new_source("into", []), None, None))
    return BoundVacuum(b.nested, b.shared(), schema.name, file)
