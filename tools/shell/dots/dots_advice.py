"""Dot-commands that say what is missing or likely wrong in a schema and in statements, and which index would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.foreign_keys import links_of
from foundrydb.compiler.schema.objects import Table
from foundrydb.toolkit.checks.foreign_key_indexes import ChildKey
from foundrydb.tools import late
from foundrydb.tools.output.quoting_forms import literal
from foundrydb.tools.shell.dots.dot_command import Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_SWITCHES: Final = {"-verbose", "--verbose", "-groupbyparent", "--groupbyparent"}


@command(
    "lint",
    "fkey-indexes ?OPTIONS? | check ?SQL?",
    raw=True,
    help="Find foreign keys whose child columns have no index; check the schema, or SQL, by the rules of fdb check",
    more="""
--verbose        Tell of foreign keys that need no index, too
--groupbyparent  Group the output by parent table
""",
)
def lint(shell: Shell, arguments: list[str]) -> None:
    """Print CREATE INDEX for each foreign key whose child would be read whole when a row of its parent changes.

    After ``check``, print what the rules find in the schema, or in the SQL that follows.
    """
    what, _, rest = (arguments[0] if arguments else "").partition(" ")
    if what == "check":
        _check(shell, rest.strip())
        return
    arguments = " ".join(arguments).split()
    if (
        not arguments
        or not "fkey-indexes".startswith(arguments[0])
        or not _SWITCHES.issuperset(arguments[1:])
    ):
        raise Usage
    switches = {argument.lstrip("-") for argument in arguments[1:]}
    shell.query("SELECT count(*) FROM sqlite_schema")  # the schema is read with the first statement
    found = [link for table in _tables(shell) for link in links_of(shell.connection.engine.catalog, table)]
    grouped = "groupbyparent" in switches
    if grouped:
        found.sort(key=lambda link: link.key.reference.table.text)
    last = ""
    for each in found:
        key = ChildKey(each)
        if key.needs_index() or "verbose" in switches:
            parent = each.key.reference.table.text
            if grouped and parent != last:
                shell.write(f"-- Parent table {parent}\n")
                last = parent
            shell.write(f"{'    ' if grouped else ''}{_advice(key)}\n")


def _check(shell: Shell, sql: str) -> None:
    shell.query("SELECT count(*) FROM sqlite_schema")
    checking = late.checking
    found = checking.check(sql, shell.connection) if sql else checking.check_schema(shell.connection)
    shell.write("".join(f"{finding}\n" for finding in found) or "nothing found\n")


def _tables(shell: Shell) -> list[Table]:
    """The tables of main by name."""
    return sorted(shell.connection.engine.catalog.main.tables.values(), key=lambda table: table.name)


def _advice(key: ChildKey) -> str:
    """CREATE INDEX, or that none is needed."""
    child = key.link.child
    names = [child.columns[column].name for column in key.columns]
    parents = key.parent_columns()
    reference = key.link.key.reference.table.text
    target = f"{reference}({','.join(parents)})" if parents is not None else "(null)"
    if not key.needs_index():
        return f"/* no extra indexes required for {child.name}({','.join(names)}) -> {target} */"
    return f"{key.index_sql(literal)}; --> {target}"


@command(
    "expert",
    "?SQL?",
    help="Suggest indexes for SQL, or for the next statement",
    raw=True,
    more="Nothing is changed.  Statistics come from a sample of the rows; the planner is asked with each index.",
)
def expert(shell: Shell, arguments: list[str]) -> None:
    """Print the indexes that make a statement cheaper, and its plan without and with them."""
    if not arguments:
        shell.expert = True
        return
    if arguments[0].startswith("-"):
        raise Usage(f"unknown option: {arguments[0].split()[0]}")
    shell.write(late.advice_text.advice_text(late.index_advice.advise(arguments[0], shell.connection)))
