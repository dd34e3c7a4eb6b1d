"""Dot-commands about what the database holds: tables, indexes, schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.tools import late
from foundrydb.tools.output.quoting_forms import identifier, literal
from foundrydb.tools.shell.dots.dot_command import Usage, command
from foundrydb.vm.transactions.attached import TEMP

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_SCREEN = 80


def in_columns(names: list[str]) -> str:
    """Names in as many columns as fit on a line, down before across."""
    if not names:
        return ""
    longest = max(len(name) for name in names)
    across = max(_SCREEN // (longest + 2), 1)
    down = -(-len(names) // across)
    lines = ["  ".join(f"{name:<{longest}}" for name in names[row::down]) for row in range(down)]
    return "".join(line + "\n" for line in lines)


def schemas(shell: Shell) -> list[str]:
    """The names of the databases: main, temp where anything is in it, and what is attached."""
    return [str(row[1]) for row in shell.query("PRAGMA database_list")]


@command("tables", "?TABLE?", help="List names of tables matching LIKE pattern TABLE")
def tables(shell: Shell, arguments: list[str]) -> None:
    """List tables and views."""
    _list(shell, "type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'", "name", arguments)


@command("indexes", "?TABLE?", help="Show names of indexes")
def indexes(shell: Shell, arguments: list[str]) -> None:
    """List indexes, of one table or all."""
    _list(shell, "type = 'index'", "tbl_name", arguments)


def _list(shell: Shell, condition: str, column: str, arguments: list[str]) -> None:
    """Print the names of objects; those outside of main with the name of their database."""
    if len(arguments) > 1:
        raise Usage
    if arguments:
        condition += f" AND {column} LIKE ?1"
    selects = []
    for schema in schemas(shell):
        prefix = "" if schema == "main" else f"{literal(schema + '.')} || "
        selects.append(f"SELECT {prefix}name FROM {quoted_name(schema)}.sqlite_schema WHERE {condition}")
    rows = shell.query(f"{' UNION ALL '.join(selects)} ORDER BY 1", arguments)
    shell.write(in_columns([str(row[0]) for row in rows]))


@command("databases", help="List names and files of attached databases")
def databases(shell: Shell, arguments: list[str]) -> None:
    """List main and what is attached."""
    for each in shell.connection.engine.attached.all:
        database = each.database
        if database is not None and (each.number != TEMP or database.pager.page_count):
            path = database.pager.path or '""'
            shell.write(f"{each.name}: {path} {'r/o' if database.pager.read_only else 'r/w'}\n")


@command(
    "schema",
    "?PATTERN?",
    help="Show the CREATE statements matching PATTERN",
    more="""
--indent        Print each statement anew from its syntax tree
--nosys         Omit objects whose names start with "sqlite_"
""",
)
def schema(shell: Shell, arguments: list[str]) -> None:
    """Print CREATE statements."""
    pattern: str | None = None
    indent = no_system = False
    for word in arguments:
        option = word.lstrip("-") if word.startswith("-") else ""
        if option == "indent":
            indent = True
        elif option == "nosys":
            no_system = True
        elif option or pattern is not None:
            raise Usage
        else:
            pattern = word
    if pattern is not None and pattern.lower() in _SCHEMA_TABLES:
        shell.write(_SCHEMA_TABLE.replace("sqlite_schema", pattern.lower()))
        return
    for schema in schemas(shell):
        for kind, name, sql in shell.query(*_schema_query(schema, pattern, no_system)):
            shell.write(_create_text(shell, schema, str(kind), str(name), str(sql), indent))


_SCHEMA_TABLES = ("sqlite_schema", "sqlite_master", "sqlite_temp_schema", "sqlite_temp_master")
_SCHEMA_TABLE = """CREATE TABLE sqlite_schema (
  type text,
  name text,
  tbl_name text,
  rootpage integer,
  sql text
);
"""


def _schema_query(schema: str, pattern: str | None, no_system: bool) -> tuple[str, list[str]]:
    """The query for what ``.schema`` prints of one database, and its parameters.

    A pattern with a dot is one for the name of the database too; one with ``*``, ``?`` or ``[`` is for GLOB.
    """
    query = f"SELECT type, name, sql FROM {quoted_name(schema)}.sqlite_schema WHERE sql IS NOT NULL"
    parameters: list[str] = []
    if pattern is not None:
        name = "?2 || '.' || tbl_name" if "." in pattern else "tbl_name"
        operator = "GLOB" if any(sign in pattern for sign in "*?[") else "LIKE"
        query += f" AND lower({name}) {operator} lower(?1)"
        parameters = [pattern, schema] if "." in pattern else [pattern]
    if no_system:
        query += " AND name NOT LIKE 'sqlite_%'"
    return query + " ORDER BY rowid", parameters


def _create_text(shell: Shell, schema: str, kind: str, name: str, sql: str, indent: bool) -> str:
    """A CREATE statement as ``.schema`` prints it; a view's columns follow in a comment."""
    prefix = {"main": "", "temp": "temp."}.get(schema, identifier(schema) + ".")
    if prefix:
        sql = _CREATED.sub(lambda head: head[0] + prefix, sql, count=1)
    if indent:
        sql = _indented(sql)
    if kind == "view":
        columns = shell.query(f"PRAGMA {quoted_name(schema)}.table_info({quoted_name(name)})")
        names = ",".join(identifier(str(row[1])) for row in columns)
        return f"{sql};\n/* {prefix}{identifier(name)}({names}) */\n"
    return with_if_not_exists(sql) + ";\n"


def _indented(sql: str) -> str:
    """A statement printed anew from its syntax tree."""
    return late.stages.to_sql(late.stages.parse(sql)[0])


_CREATED = re.compile(r"CREATE (?:UNIQUE |VIRTUAL )?(?:TABLE|INDEX|VIEW|TRIGGER) ")
"""How every statement that sqlite_schema holds begins: SQLite writes these words itself."""


def with_if_not_exists(sql: str) -> str:
    """A CREATE TABLE statement; with IF NOT EXISTS where its name is quoted, as the sqlite3 shell prints it."""
    head = "CREATE TABLE "
    if sql.startswith((head + "'", head + '"')):
        return f"{head}IF NOT EXISTS {sql[len(head) :]}"
    return sql


@command("fullschema", "?--indent?", help="Show schema and the content of sqlite_stat tables")
def full_schema(shell: Shell, arguments: list[str]) -> None:
    """Print all that plans of main's and temp's tables depend on."""
    if arguments not in ([], ["--indent"], ["-indent"]):
        raise Usage
    selects = [
        f"SELECT sql, rowid FROM {quoted_name(schema)}.sqlite_schema "
        "WHERE sql NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        for schema in schemas(shell)
        if schema in ("main", "temp")
    ]
    for sql, _ in shell.query(f"{' UNION ALL '.join(selects)} ORDER BY 2"):
        shell.write(with_if_not_exists(_indented(str(sql)) if arguments else str(sql)) + ";\n")
    _print_statistics(shell)


def _print_statistics(shell: Shell) -> None:
    """Statements that put the statistics of ANALYZE where they are."""
    tables = shell.query("SELECT name FROM sqlite_schema WHERE name GLOB 'sqlite_stat[134]' ORDER BY name")
    if not tables:
        shell.write("/* No STAT tables available */\n")
        return
    shell.write("ANALYZE sqlite_schema;\n")
    for (table,) in tables:
        for row in shell.query(f"SELECT * FROM {table}"):
            shell.write(f"INSERT INTO {table} VALUES({','.join(literal(value) for value in row)});\n")
    shell.write("ANALYZE sqlite_schema;\n")
