"""What everything that binds a statement shares: the catalog, the functions, and numbers for new sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.bound import NONE, Expr, Literal, OutputColumn, Source, Subquery
from foundrydb.compiler.bind.scope import Scope, TriggerStep
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error, error

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.authorization import Authorization
    from foundrydb.compiler.bind.notes.names import Names
    from foundrydb.storage.format.values import Collation
    from foundrydb.vm.functions.registry import FunctionRegistry

MAX_DEPTH: Final = 1000
"""The depth past which SQLite refuses an expression."""


class Binding:
    """The state of binding one statement.

    The binder is the subclass: it knows how to bind a query within an expression.

    Attributes:
        text: the SQL text that the syntax being bound was made from.
        spans: whether that is the statement's own text; false within a view.
        full_names, short_names: what PRAGMA full_column_names and short_column_names say of result columns.
        looks_up_names: whether names of columns are looked up; false where only the tables are.
        collations: the collating sequences that there are, by name in capitals; None where nobody asks.
        declaring: whether the expressions of the schema are those of a statement that declares them: all functions
            that they call have to be there.
        strings: whether a name in double quotes that no column has is a string.
        schema_strings: the same for what a statement declares; what the schema has already may have such strings.
        authorization: is asked about what is read, called and written; None where nobody cares.
        trusted: whether the expressions are the user's, or of the schema ``temp``, which is the connection's own.
        names: takes notes of all names in ``text``; None where nobody asks.
        only_names: nothing but names is looked up: what is called need not be there, nothing is simplified.
        last_column_number: of those that tell columns of one name apart, where it is not one of the first few.
        step: the trigger's program that the statement is a part of, None for none.
        sources: how many sources there are.
        searches: the mistake is sought that is told, of several.
        late_errors: mistakes that SQLite finds when it makes code, and so tells after those of any name.
    """

    def __init__(self, catalog: Catalog, functions: FunctionRegistry, text: str) -> None:
        self.catalog: Final = catalog
        self.functions: Final = functions
        self.text = text
        self.spans = True
        self.looks_up_names = True
        self.full_names = False
        self.short_names = True
        self.depth = 0
        self.searches = False
        self.collations: dict[str, Collation] | None = None
        self.declaring = False
        self.strings = True
        self.schema_strings = True
        self.authorization: Authorization | None = None
        self.trusted = True
        self.names: Names | None = None
        self.only_names = False
        self.last_column_number = 0
        self.step: TriggerStep | None = None
        self.late_errors: Final[list[Error]] = []
        self.sources = 0

    def new_source(
        self,
        name: str,
        columns: list[OutputColumn],
        table: Table | None = None,
        schema: str = "",
        origin: str = "",
        prefix: str = "",
    ) -> Source:
        """A source with the next number."""
        self.sources += 1
        return Source(self.sources, name, columns, table, schema, origin, prefix)

    def table_source(self, table: Table, name: str, prefix: str = "") -> Source:
        """A source for a table, under an alias or its own name; ``prefix``: the schema that is written before that."""
        columns = list(_columns_of(table))  # a pass may give the source more
        return self.new_source(name, columns, table, table.schema, "", prefix)

    def given_row(self, table: Table, name: str, affinity: bool = False, subtyped: bool = False) -> Source:
        """A source for a row of a table that is there before the statement.

        affinity: its columns have theirs.  subtyped: its values may have a subtype.
        """
        self.sources += 1
        columns = [
            OutputColumn(
                column.name,
                column.affinity if affinity else NONE,
                column.collation.upper(),
                column.declared_type,
                column.hidden,
                subtyped=subtyped,
            )
            for column in table.columns
        ]
        return Source(self.sources, name, columns, table, table.schema, given=True)

    def subquery(self, select: ast.Select, scope: Scope) -> Subquery:
        """A query inside an expression of ``scope``."""
        raise NotImplementedError

    def table_query(self, node: ast.InTable, scope: Scope) -> Subquery:
        """The query of ``x IN table`` and ``x IN function(1, 2)``: all columns of the table."""
        raise NotImplementedError

    def width(self, select: ast.Select, scope: Scope) -> int:
        """How many columns a query inside an expression has, before its names are looked up."""
        raise NotImplementedError

    def naming(self) -> Names | None:
        """Where to note what any name refers to, None where nobody asks."""
        return self.names if self.spans else None

    def open_scope(self, scope: Scope, node: ast.Node) -> None:
        """Note what part of the text a scope is for."""
        names = self.naming()
        if names is not None:
            names.open(scope, node)

    def misuse(self, message: str, node: ast.Node) -> Expr:
        """Note that several values stand where one is wanted; what stands for them meanwhile."""
        self.late_errors.append(self.fail(message, node))
        return Literal(None, self.start(node), self.end(node))

    def raise_late_error(self) -> None:
        """Raise the first of the mistakes that are told once all names have been looked up."""
        if self.late_errors:
            raise self.late_errors[0]

    def require_collation(self, name: str) -> None:
        """Refuse a collating sequence that there is not.  name: as it is written, "" for none."""
        if self.collations is not None and name and name.upper() not in self.collations:
            raise named("missing_collation")(name)

    def start(self, node: ast.Node) -> int:
        """Where a node begins in the statement's text; -1 when it is not from there."""
        return node.start if self.spans else -1

    def end(self, node: ast.Node) -> int:
        """Where a node ends in the statement's text; -1 when it is not from there."""
        return node.end if self.spans else -1

    def fail(self, message: str, node: ast.Node, code: str = "SQLITE_ERROR") -> Error:
        """An error about a part of the statement, ready to raise."""
        problem = error(message, code)
        if self.spans:
            problem.at(node.start, node.end - node.start)
        return problem


def _columns_of(table: Table) -> list[OutputColumn]:
    """A table's columns as expressions see them; of a table that is stored, and so complete, they are made once."""
    columns = table.offered
    if columns is None:
        columns = [
            OutputColumn(
                column.name,
                column.affinity,
                column.collation.upper(),
                column.declared_type,
                column.hidden,
                column.not_null or index == table.rowid_alias,
            )
            for index, column in enumerate(table.columns)
        ]
        if table.root_page > 0:
            table.offered = columns
    return columns


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, …, as SQLite's messages count."""
    if number % 100 // 10 != 1:
        suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
        if suffix is not None:
            return f"{number}{suffix}"
    return f"{number}th"
