"""The items of a FROM clause as names see them: a source, or a join in parentheses.

To SQLite a join in parentheses is a query, ``SELECT * FROM …``, whose columns still answer to the names that they have
inside.  They have labels, too: their plain names, a repeated one numbered (``a``, ``a:1``).  Labels are what USING and
NATURAL join by, what an alias of the whole join qualifies, and how result columns are called.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Final, final

from foundrydb.compiler.bind.bound import ROWID, Call, ColumnRef, Expr, OutputColumn, Source
from foundrydb.compiler.schema.names import SCHEMA_TABLE_NAMES, fold


class FromItem:
    """What the items have in common.

    Attributes:
        name: the alias or the table's name, folded; "" for none.
        schema: the schema's name, folded; "*" for what is no table or view.
        columns: what it offers, in order.
        using: the columns (folded) that USING or NATURAL joins with the same column on the left.
        using_written: their names as USING has them, or, for NATURAL, as they are declared here.
        left, right: whether unmatched rows of the left, of the right side are kept by that join.
        rowid: whether it has a rowid.
        qualified: only names with the table's name find it (``excluded.x``).
    """

    def __init__(
        self, name: str, schema: str, columns: list[OutputColumn], rowid: bool, qualified: bool
    ) -> None:
        self.name: Final = fold(name)
        self.schema: Final = fold(schema) or "*"
        self.columns: Final = columns
        self.using: list[str] = []
        self.using_written: list[str] = []
        self.left = False
        self.right = False
        self.rowid: Final = rowid
        self.qualified: Final = qualified

    @abstractmethod
    def find(self, column: str) -> int:
        """The index of the column of that (folded) name, -1 for none."""

    @abstractmethod
    def column(self, index: int, start: int = -1, end: int = -1) -> Expr:
        """A reference to a column."""

    @abstractmethod
    def sources(self) -> list[Source]:
        """The sources that its columns come from."""

    def written(self) -> str:
        """Its name as it is declared: the alias, or the table's name."""
        return self.name

    def is_named(self, table: str | None, schema: str | None) -> bool:
        """Whether ``schema.table`` means this item; both folded, None where the name does not say."""
        if table is None:
            return not self.qualified
        if schema is not None and schema != self.schema:
            return False
        return self.name == table

    def names(self, table: str | None) -> list[str]:
        """The names of its columns, or of those of one table (folded), as they are declared."""
        return [column.name for column in self.columns] if self.is_named(table, None) else []

    def tables(self) -> list[str]:
        """The names of tables that it answers to, folded."""
        return [self.name]

    def joins_by(self, name: str) -> bool:
        """Whether a column (folded) is there for NATURAL to join by."""
        index = self.find(name)
        return index >= 0 and not self.columns[index].hidden


@final
class SourceItem(FromItem):
    """A source: a table, a view, a subquery or a function."""

    def __init__(self, source: Source, name: str, schema: str, rowid: bool, qualified: bool = False) -> None:
        super().__init__(name, schema, source.columns, rowid, qualified)
        self.source: Final = source
        self._places: dict[str, int] = {}
        table = source.table
        if table is None or len(table.columns) != len(source.columns):
            for i, column in enumerate(source.columns):
                self._places.setdefault(fold(column.name), i)

    def find(self, column: str) -> int:
        table = self.source.table
        if self._places or table is None:
            return self._places.get(column, -1)
        return table.column_index(column)

    def column(self, index: int, start: int = -1, end: int = -1) -> Expr:
        return column_ref(self.source, index, start, end)

    def sources(self) -> list[Source]:
        return [self.source]

    def written(self) -> str:
        table = self.source.table
        return self.source.name if table is None or fold(table.name) != self.name else table.name

    def is_named(self, table: str | None, schema: str | None) -> bool:
        if super().is_named(table, schema):
            return True
        own = self.source.table
        if table is None or own is None or not own.system or self.name != fold(own.name):
            return False
        if schema is not None and schema != self.schema:
            return False
        if self.schema != "temp":
            return table == "sqlite_schema"
        return table == "sqlite_temp_schema" or (schema is not None and table in SCHEMA_TABLE_NAMES)


@final
class InnerColumn:
    """A column of a join in parentheses.

    Attributes:
        schema, table, name: its names inside, folded; the first two "" for one that USING made.
        expr: its value.
        rowid: it is the rowid of a table inside, and answers to every name of a rowid.
        merged: it is what USING or NATURAL made of several, and goes before these.
    """

    def __init__(
        self, schema: str, table: str, name: str, expr: Expr, rowid: bool = False, merged: bool = False
    ) -> None:
        self.schema: Final = schema
        self.table: Final = table
        self.name: Final = name
        self.expr: Final = expr
        self.rowid: Final = rowid
        self.merged: Final = merged

    def is_of(self, schema: str | None, table: str | None) -> bool:
        """Whether it is a column of ``schema.table``; both folded, None where a name does not say."""
        return schema in (None, self.schema) and table in (None, self.table)


@final
class JoinItem(FromItem):
    """A join in parentheses.

    inner: its columns; ``columns`` has their labels.  starred: per column, whether it is part of ``*``.
    """

    def __init__(
        self, name: str, inner: list[InnerColumn], columns: list[OutputColumn], starred: list[bool]
    ) -> None:
        super().__init__(name, "*", columns, False, False)
        self.inner: Final = inner
        self.starred: Final = starred
        self._places: Final = {fold(column.name): i for i, column in enumerate(columns)}
        self._named: Final[dict[str, list[int]]] = {}
        self._rowids: Final[list[int]] = []
        for i, one in enumerate(inner):
            if one.rowid:
                self._rowids.append(i)
            else:
                self._named.setdefault(one.name, []).append(i)

    def named(self, schema: str | None, table: str | None, column: str) -> list[int]:
        """The columns, rowids aside, that a (folded) name means."""
        return [i for i in self._named.get(column, ()) if self.inner[i].is_of(schema, table)]

    def rowids(self, schema: str | None, table: str | None) -> list[int]:
        """The rowids of the tables that a name means."""
        return [i for i in self._rowids if self.inner[i].is_of(schema, table)]

    def find(self, column: str) -> int:
        return self._places.get(column, -1)

    def column(self, index: int, start: int = -1, end: int = -1) -> Expr:
        expr = self.inner[index].expr
        if isinstance(expr, ColumnRef):
            return ColumnRef(expr.source, expr.index, start, end)
        if isinstance(expr, Call):
            return expr.at(start, end)
        return expr

    def sources(self) -> list[Source]:
        out: list[Source] = []
        for column in self.inner:
            if isinstance(column.expr, ColumnRef) and column.expr.source not in out:
                out.append(column.expr.source)
        return out

    def names(self, table: str | None) -> list[str]:
        if self.name == table:
            return super().names(table)
        return [column.name for column in self.inner if column.is_of(None, table)]

    def tables(self) -> list[str]:
        out = [self.name] if self.name else []
        for column in self.inner:
            if column.table and column.table not in out:
                out.append(column.table)
        return out


def column_ref(source: Source, index: int, start: int = -1, end: int = -1) -> ColumnRef:
    """A reference to a column; one to an INTEGER PRIMARY KEY is one to the rowid."""
    table = source.table
    if table is not None and index >= 0 and index == table.rowid_alias:
        return ColumnRef(source, ROWID, start, end)
    return ColumnRef(source, index, start, end)
