"""Scopes: what names mean within one SELECT (or another statement), and how a column name is looked up.

The rules are SQLite's.  A column is sought among the sources of the innermost SELECT, then as the rowid of one of
them, then (in WHERE, GROUP BY, HAVING and ORDER BY) among the aliases of its result, and then in the same way
in each enclosing SELECT.  A name that nothing answers to and that stands in double quotes is a string; true and
false are numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.resolve.bound import ROWID, ColumnRef, Expr, Source
from foundrydb.compiler.resolve.catalog import ROWID_NAMES, fold

if TYPE_CHECKING:
    from foundrydb.compiler.syntax import ast


@final
class FromItem:
    """A source as names see it.

    Attributes:
        name: the alias or the table's name, folded.
        schema: the schema's name, folded; "" for a subquery.
        using: the columns (folded) that USING or NATURAL joins with the same column on the left.
        left, right: whether unmatched rows of the left, of the right side are kept by that join.
        rowid: whether it has a rowid.
        qualified: only names with the table's name find it (``excluded.x``).
    """

    def __init__(self, source: Source, name: str, schema: str, rowid: bool, qualified: bool = False) -> None:
        self.source: Final = source
        self.name: Final = fold(name)
        self.schema: Final = fold(schema)
        self.using: list[str] = []
        self.left = False
        self.right = False
        self.rowid: Final = rowid
        self.qualified: Final = qualified
        self._columns: dict[str, int] = {}
        table = source.table
        if table is None or len(table.columns) != len(source.columns):
            for i, column in enumerate(source.columns):
                self._columns.setdefault(fold(column.name), i)

    def find(self, column: str) -> int:
        """The index of the column of that (folded) name, -1 for none."""
        table = self.source.table
        if self._columns or table is None:
            return self._columns.get(column, -1)
        return table.column_index(column)

    def is_named(self, table: str | None, schema: str | None) -> bool:
        """Whether ``schema.table`` means this source; both folded, None where the name does not say."""
        if table is None:
            return not self.qualified
        if schema is not None and schema != self.schema:
            return False
        if self.name == table:
            return True
        own = self.source.table
        if own is None or not own.system or self.name != fold(own.name):
            return False
        return table in ("sqlite_schema", "sqlite_temp_schema", "sqlite_master", "sqlite_temp_master")


@final
class Alias:
    """A result column's AS name (folded), and the expression that it stands for."""

    def __init__(self, name: str, expr: Expr) -> None:
        self.name: Final = fold(name)
        self.expr: Final = expr


@final
class CommonTables:
    """The tables of one WITH clause, and the WITH clauses around it.

    tables: by folded name.  scope: what enclosing queries' names the tables' queries may use.
    """

    def __init__(self, parent: CommonTables | None, scope: Scope | None) -> None:
        self.parent: Final = parent
        self.scope: Final = scope
        self.tables: dict[str, CommonTableEntry] = {}

    def find(self, name: str) -> CommonTableEntry | None:
        """The innermost common table of that name."""
        key = fold(name)
        frame: CommonTables | None = self
        while frame is not None:
            entry = frame.tables.get(key)
            if entry is not None:
                return entry
            frame = frame.parent
        return None


@final
class CommonTableEntry:
    """A common table expression.  number: identifies it among the statement's; busy: its own query is being bound."""

    def __init__(self, syntax: ast.CommonTable, frame: CommonTables, number: int, schema: str | None) -> None:
        self.syntax: Final = syntax
        self.frame: Final = frame
        self.number: Final = number
        self.schema: Final = schema
        self.busy = False
        self.uses = 0


@final
class Scope:
    """What names mean in one SELECT.

    Attributes:
        outer: the scope of the enclosing query.
        items: the sources of FROM, in order.
        aliases: of the result columns; they are seen where ``aliases_visible``.
        allow_aggregates: whether an aggregate function may be called here.
        owner: the output source of the SELECT's Aggregate node, should it get one.
        has_aggregates: an aggregate of this SELECT was bound.
        prohibited: "" or the place where subqueries, parameters, … are prohibited (``CHECK constraints``).
        unchecked: the expression belongs to the schema, and may call functions that there are not.
        default_schema: where a view's unqualified tables are sought, None for everywhere.
    """

    def __init__(
        self, outer: Scope | None, owner: Source, ctes: CommonTables | None, default_schema: str | None
    ) -> None:
        self.outer: Final = outer
        self.owner: Final = owner
        self.ctes: Final = ctes
        self.default_schema: Final = default_schema
        self.items: list[FromItem] = []
        self.aliases: list[Alias] = []
        self.aliases_visible = False
        self.allow_aggregates = False
        self.has_aggregates = False
        self.prohibited = ""
        self.unchecked = False

    def sources(self) -> list[Source]:
        """The sources of FROM."""
        return [item.source for item in self.items]


@final
class Match:
    """What a column name was found to be.

    count: how many columns it could mean.  expr: the column, where it is one.  merged: the same column on both sides
    of a FULL JOIN that USING joins: the first that is not NULL counts.  alias: the result column that it names.
    """

    def __init__(self) -> None:
        self.count = 0
        self.item: FromItem | None = None
        self.index = 0
        self.merged: list[tuple[FromItem, int]] = []
        self.alias: Alias | None = None
        self.scope: Scope | None = None

    def refs(self, start: int, end: int) -> list[Expr]:
        """The columns meant: one, or all those to coalesce."""
        out: list[Expr] = []
        if self.item is not None:
            for item, index in [*self.merged, (self.item, self.index)]:
                out.append(column_ref(item.source, index, start, end))
        return out


def column_ref(source: Source, index: int, start: int = -1, end: int = -1) -> ColumnRef:
    """A reference to a column; one to an INTEGER PRIMARY KEY is one to the rowid."""
    table = source.table
    if table is not None and index >= 0 and index == table.rowid_alias:
        return ColumnRef(source, ROWID, start, end)
    return ColumnRef(source, index, start, end)


def lookup(scope: Scope | None, schema: str | None, table: str | None, column: str) -> Match:
    """Look a column up, from the innermost scope outwards.  All names are folded; None where not given."""
    match = Match()
    while scope is not None:
        _lookup_in(scope, schema, table, column, match)
        if match.count:
            match.scope = scope
            return match
        scope = scope.outer
    return match


def _lookup_in(scope: Scope, schema: str | None, table: str | None, column: str, match: Match) -> None:
    """Look a column up in one scope."""
    with_rowid: list[FromItem] = []
    for item in scope.items:
        if not item.is_named(table, schema):
            continue
        index = item.find(column)
        if index >= 0:
            _found(item, index, column, match)
        elif item.rowid:
            with_rowid.append(item)
    if match.count == 0 and with_rowid and column in ROWID_NAMES and scope.prohibited not in _WITHOUT_ROWID:
        match.count = len(with_rowid)
        match.item = with_rowid[-1]
        match.index = ROWID
    if match.count == 0 and scope.aliases_visible and table is None:
        for alias in scope.aliases:
            if alias.name == column:
                match.count = 1
                match.alias = alias
                return


_WITHOUT_ROWID: Final = ("index expressions", "generated columns")


def _found(item: FromItem, index: int, column: str, match: Match) -> None:
    """A source has the column; see what that means beside an earlier one that has it too."""
    if match.count:
        if column not in item.using:
            match.merged.clear()
        elif not item.right:
            return
        elif not item.left:
            match.count = 0
            match.merged.clear()
        elif match.item is not None:
            match.merged.append((match.item, match.index))
            match.count -= 1
    match.count += 1
    match.item = item
    match.index = index


def visible_names(scope: Scope | None, table: str | None) -> list[str]:
    """The column names that could have been meant, for a hint."""
    out: list[str] = []
    while scope is not None:
        for item in scope.items:
            if item.is_named(table, None):
                out.extend(column.name for column in item.source.columns)
        if table is None and scope.aliases_visible:
            out.extend(alias.name for alias in scope.aliases)
        scope = scope.outer
    return out


def visible_tables(scope: Scope | None) -> list[str]:
    """The table names and aliases in sight, for a hint."""
    out: list[str] = []
    while scope is not None:
        out.extend(item.name for item in scope.items)
        scope = scope.outer
    return out
