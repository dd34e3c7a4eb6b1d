"""Where a statement makes something, under which name, and whether the name is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.schema.names import SCHEMA_TABLE_NAMES, fold

if TYPE_CHECKING:
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.compiler.syntax import ast
    from foundrydb.errors import Error
    from foundrydb.storage.format.values import Value


def target_schema(catalog: Catalog, name: ast.QualifiedName, temporary: bool = False) -> Schema:
    """The schema in which a statement makes or seeks something: as it says, or main.

    Raises:
        OperationalError: there is no such database, or TEMP and another database were named.
    """
    if name.schema is None:
        return catalog.temp if temporary else catalog.main
    found = catalog.schema(name.schema.text)
    if found is None:
        raise unknown_database(name.schema)
    if temporary and found.name != "temp":
        raise errors.error("temporary table name must be unqualified")
    return found


def index_schema(catalog: Catalog, statement: ast.CreateIndex) -> Schema:
    """The schema in which CREATE INDEX seeks the table and makes the index: as it says, temp if the name means
    something there (``sqlite_master`` alone is main's), else main.

    Raises:
        OperationalError: there is no such database.
    """
    if statement.name.schema is not None:
        return target_schema(catalog, statement.name)
    name = statement.table.text
    temp = catalog.temp
    if fold(name) in SCHEMA_TABLE_NAMES:
        return catalog.main
    return catalog.main if temp.table(name) is None and temp.view(name) is None else temp


def unknown_database(name: ast.Name) -> Error:
    """The error for a database that there is not, ready to raise."""
    problem = errors.error(f"unknown database {as_written(name)}")
    return problem.at(name.start, name.end - name.start)


def as_written(name: ast.Name) -> str:
    """A name as SQLite's message shows it: with the quotes that it was written in."""
    if not name.quote:
        return name.text
    closing = "]" if name.quote == "[" else name.quote
    return name.quote + name.text.replace(closing, closing * 2) + closing


def check_name(name: str, settings: dict[str, Value]) -> None:
    """Refuse a name that SQLite keeps for itself, unless ``PRAGMA writable_schema`` is on.

    Args:
        settings: what PRAGMAs have set, by name.

    Raises:
        OperationalError: ``object name reserved for internal use``.
    """
    if fold(name).startswith("sqlite_") and not settings.get("writable_schema", 0):
        raise errors.error(f"object name reserved for internal use: {name}")


def exists_already(schema: Schema, name: ast.Name, if_not_exists: bool) -> bool:
    """Whether there is a table or view of the name and that is fine.

    Raises:
        OperationalError: there is one and that is not fine, or there is an index of the name.
    """
    text = name.text
    kind = "table" if schema.table(text) is not None else "view" if schema.view(text) is not None else ""
    if kind:
        if if_not_exists:
            return True
        raise errors.error(f"{kind} {as_written(name)} already exists")
    if schema.index(text) is not None:
        raise errors.error(f"there is already an index named {text}")
    return False
