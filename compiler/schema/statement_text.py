"""The text of a CREATE statement as SQLite keeps it in sqlite_schema.

It begins with CREATE and the kind in capitals, then goes on as written from the name on.  Where it ends differs: a
table ends with its closing parenthesis, but with options (WITHOUT ROWID) or for an index everything up to the
semicolon, or to the end of the text, belongs to it; for a view, without the blanks at the end.
"""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import next_token


def table_text(statement: ast.CreateTable, sql: str) -> str:
    """The text of CREATE TABLE."""
    end = statement.end
    if statement.without_rowid or statement.strict:
        end = until_semicolon(sql, end)
    return "CREATE TABLE " + sql[statement.name.name.start : end]


def index_text(statement: ast.CreateIndex, sql: str) -> str:
    """The text of CREATE INDEX."""
    unique = " UNIQUE" if statement.unique else ""
    return f"CREATE{unique} INDEX " + sql[statement.name.name.start : until_semicolon(sql, statement.end)]


def view_text(statement: ast.CreateView, sql: str) -> str:
    """The text of CREATE VIEW."""
    end = until_semicolon(sql, statement.end)
    return "CREATE VIEW " + sql[statement.name.name.start : end].rstrip(" \t\n\v\f\r")


def trigger_text(statement: ast.CreateTrigger, sql: str) -> str:
    """The text of CREATE TRIGGER, which ends with END."""
    return "CREATE TRIGGER " + sql[statement.name.name.start : statement.end]


def until_semicolon(sql: str, start: int) -> int:
    """Where the semicolon after a statement is, or the end of the text; comments are passed over."""
    at = next_token(sql, start)
    while at < len(sql) and sql[at] != ";":
        at = next_token(sql, at + 1)
    return at


KEYWORD_SAFE = "abcdefghijklmnopqrstuvwxyz0123456789_"


def identifier(name: str, keywords: frozenset[str]) -> str:
    """A name, quoted where SQLite quotes it when it makes the text of CREATE TABLE AS."""
    plain = name != "" and not name[0].isdigit() and all(c in KEYWORD_SAFE for c in name.lower())
    if plain and name.upper() not in keywords:
        return name
    return quoted_name(name)


TYPE_NAMES = {"A": "", "B": " TEXT", "C": " NUM", "D": " INT", "E": " REAL", "F": " NUM", "": ""}


def table_as_text(name: str, columns: list[tuple[str, str]], keywords: frozenset[str]) -> str:
    """The text of CREATE TABLE AS: ``columns`` are names and affinities."""
    size = len(name) + name.count('"') + 2
    for column, _ in columns:
        size += len(column) + column.count('"') + 2 + 5
    first, between, last = ("", ",", ")") if size < 50 else ("\n  ", ",\n  ", "\n)")
    parts = [identifier(column, keywords) + TYPE_NAMES[affinity] for column, affinity in columns]
    return f"CREATE TABLE {identifier(name, keywords)}({first}{between.join(parts)}{last}"


def check_portable(node: ast.Node) -> None:
    """Refuse what most builds of SQLite do not know: they could not open a file whose schema says it."""
    if isinstance(node, ast.Call) and node.within_group is not None:
        raise errors.error("WITHIN GROUP is not allowed in the schema of a file").at(
            node.start, node.end - node.start
        )
