"""Dot-commands that look for what is missing in a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.foreign_keys import Link, links_of
from foundrydb.compiler.schema.objects import Table
from foundrydb.tools.output.quoting_forms import literal
from foundrydb.tools.shell.dots.dot_command import Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_SWITCHES: Final = {"-verbose", "--verbose", "-groupbyparent", "--groupbyparent"}


@command(
    "lint",
    "fkey-indexes ?OPTIONS?",
    help="Find foreign keys whose child columns have no index",
    more="""
--verbose        Tell of those that need none, too
--groupbyparent  Group the output by parent table
""",
)
def lint(shell: Shell, arguments: list[str]) -> None:
    """Print CREATE INDEX for each foreign key whose child would be read whole when a row of its parent changes."""
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
        advice = Advice(each)
        if advice.is_needed() or "verbose" in switches:
            parent = each.key.reference.table.text
            if grouped and parent != last:
                shell.write(f"-- Parent table {parent}\n")
                last = parent
            shell.write(f"{'    ' if grouped else ''}{advice.text()}\n")


def _tables(shell: Shell) -> list[Table]:
    """The tables of main by name."""
    return sorted(shell.connection.engine.catalog.main.tables.values(), key=lambda table: table.name)


@final
class Advice:
    """An index for the child columns of a foreign key."""

    def __init__(self, link: Link) -> None:
        self.link: Final = link
        self.columns: Final = link.key.columns
        self.collations: Final = [self._collation(i) for i in range(len(self.columns))]

    def _parent_columns(self) -> list[str] | None:
        """The names of the columns that it refers to; None where that is not known."""
        names = [name.text for name in self.link.key.reference.columns]
        parent = self.link.parent
        if names:
            return names
        if not isinstance(parent, Table) or len(parent.primary_key) != len(self.columns):
            return None
        return [parent.columns[column].name for column in parent.primary_key]

    def _collation(self, i: int) -> str:
        """The collation by which a column is compared: its parent's."""
        parent = self.link.parent
        names = self._parent_columns()
        column = parent.column_index(names[i]) if isinstance(parent, Table) and names is not None else -1
        if column < 0 or not isinstance(parent, Table):
            return self.link.child.columns[self.columns[i]].collation
        return parent.columns[column].collation

    def is_needed(self) -> bool:
        """Whether no index, and not the rowid, finds the child's rows."""
        child = self.link.child
        if self.columns == [child.rowid_alias]:
            return False
        wanted = {(column, name.upper()) for column, name in zip(self.columns, self.collations)}
        for index in child.indexes:
            first = index.columns[: len(wanted)]
            if index.where is None and {(item.column, item.collation.upper()) for item in first} == wanted:
                return False
        return True

    def text(self) -> str:
        """CREATE INDEX, or that none is needed."""
        child = self.link.child
        names = [child.columns[column].name for column in self.columns]
        parents = self._parent_columns()
        reference = self.link.key.reference.table.text
        target = f"{reference}({','.join(parents)})" if parents is not None else "(null)"
        if not self.is_needed():
            return f"/* no extra indexes required for {child.name}({','.join(names)}) -> {target} */"
        keys = []
        for i, column in enumerate(self.columns):
            own = child.columns[column].collation
            differs = own.upper() != self.collations[i].upper()
            keys.append(literal(names[i]) + (f" COLLATE {self.collations[i]}" if differs else ""))
        index = literal(f"{child.name}_{'_'.join(names)}")
        return f"CREATE INDEX {index} ON {literal(child.name)}({', '.join(keys)}); --> {target}"
