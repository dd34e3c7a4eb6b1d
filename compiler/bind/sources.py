"""What bound expressions refer to: sources of rows, and the queries within expressions.

Both are known by what they are, not by what they say: two uses of one table are two sources with the same content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from foundrydb.compiler.trees.declared import SharedEntity, Traced
from foundrydb.compiler.trees.fields import Entity

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr, OutputColumn
    from foundrydb.compiler.schema.objects import Table

ROWID: Final = -1
"""The column index that stands for a table's rowid."""


@final
class Source(SharedEntity):
    """Something whose rows expressions refer to.

    number: unique within the statement, in order of appearance; dumps show it.
    name: the alias, or the table's name, or a word such as ``aggregate`` for a plan node's output.
    table: the table or view behind it, None for anything else.
    schema: the schema's name (``main``) where there is a table.
    origin: the name of the view or common table that it is a use of, else "".
    prefix: the schema as the statement writes it before the table's name, else "".
    given: it has one row, which is there before the statement begins: that which a trigger's program is run for.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "number",
        "name",
        "columns",
        "table",
        "schema",
        "origin",
        "prefix",
        "given",
    )

    def __init__(
        self,
        number: int,
        name: str,
        columns: list[OutputColumn],
        table: Table | None = None,
        schema: str = "",
        origin: str = "",
        prefix: str = "",
        given: bool = False,
    ) -> None:
        self.number: Final = number
        self.name: Final = name
        self.columns: Final = columns
        self.table: Final = table
        self.schema: Final = schema
        self.origin: Final = origin
        self.prefix: Final = prefix
        self.given: Final = given

    def values_of_fields(self) -> list[object]:
        return [self.number, *self.values_compared()]

    def values_compared(self) -> list[object]:
        return [self.name, self.columns, self.table, self.schema, self.origin, self.prefix, self.given]

    def number_of(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"{self.name}#{self.number}"

    def column_name(self, index: int) -> str:
        """What a column is called; the rowid by the name that a column gives it, if one does."""
        if index >= 0:
            return self.columns[index].name
        alias = -1 if self.table is None else self.table.rowid_alias
        return self.columns[alias].name if alias >= 0 else "rowid"


class Relation(Traced):
    """What rows come from: the base of bound statements and of plan nodes."""

    def expressions(self) -> list[Expr]:
        """Its own expressions, in a fixed order."""
        return []

    def made_source(self) -> Source | None:
        """The source that it makes, None for what only passes rows on."""
        return None

    def made_sources(self) -> list[Source]:
        """Every source that it makes."""
        return []

    def written_sources(self) -> list[Source]:
        """The sources of the rows that it writes, to which expressions apart from its own refer."""
        return []

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]


@final
class Subquery(SharedEntity):
    """A query inside an expression.

    plan: what its rows come from: the bound query, and within a plan the plan that was made of it.
    outer: the sources of enclosing queries that it refers to.  Empty: evaluated once a statement.
    columns: what it offers.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("plan", "outer", "columns")

    def __init__(self, plan: Relation, outer: list[Source], columns: list[OutputColumn]) -> None:
        self.plan: Final = plan
        self.outer: Final = outer
        self.columns: Final = columns

    def values_of_fields(self) -> list[object]:
        return [self.plan, self.outer, self.columns]

    def is_entered(self) -> bool:
        return True
