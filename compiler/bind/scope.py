"""Scopes: what names mean within one SELECT (or another statement), and how a column name is looked up.

The rules are SQLite's.  A column is sought among the sources of the innermost SELECT, then as the rowid of one of
them, then (in WHERE, GROUP BY, HAVING and ORDER BY) among the aliases of its result, and then in the same way
in each enclosing SELECT.  A name that nothing answers to and that stands in double quotes is a string; true and
false are numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ROWID, Expr, Extent, OrderTerm, OutputColumn, Source
from foundrydb.compiler.bind.from_items import FromItem, JoinItem
from foundrydb.compiler.schema.names import ROWID_NAMES, fold

if TYPE_CHECKING:
    from foundrydb.compiler.syntax import ast


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

    def defined_by(self, select: ast.Select) -> CommonTableEntry | None:
        """The table of this clause whose query that is."""
        for entry in self.tables.values():
            if entry.syntax.select is select:
                return entry
        return None


@final
class CommonTableEntry:
    """A common table expression.

    Attributes:
        number: identifies it among the statement's.
        refusal: what is wrong with its name in the text that is being bound, as the error says it; "" for nothing.
        recursion: what its recursive SELECTs read, while these are being bound.
    """

    def __init__(self, syntax: ast.CommonTable, frame: CommonTables, number: int, schema: str | None) -> None:
        self.syntax: Final = syntax
        self.frame: Final = frame
        self.number: Final = number
        self.schema: Final = schema
        self.refusal = ""
        self.recursion: RecursiveRow | None = None
        self.uses = 0


@final
class RecursiveRow:
    """The row of a recursive common table that its recursive SELECTs read.

    Attributes:
        source: the recursion's rows.
        columns: what these are called, and their types.
        readers: a source for each SELECT that reads it.
    """

    def __init__(self, source: Source, columns: list[OutputColumn]) -> None:
        self.source: Final = source
        self.columns: Final = columns
        self.readers: Final[list[Source]] = []


@final
class SharedWindow:
    """A window that functions of a SELECT are called over.

    output: the source of what these functions make.
    """

    def __init__(self, partition: list[Expr], order: list[OrderTerm], frame: Extent, output: Source) -> None:
        self.partition: Final = partition
        self.order: Final = order
        self.frame: Final = frame
        self.output: Final = output


@final
class NamedWindow:
    """A window of the WINDOW clause; name: folded."""

    def __init__(self, name: str, spec: ast.WindowSpec) -> None:
        self.name: Final = name
        self.spec: Final = spec


@final
class Scope:
    """What names mean in one SELECT.

    Attributes:
        outer: the scope of the enclosing query.
        items: those of FROM, in order.
        aliases: of the result columns; they are seen where ``aliases_visible``.
        allow_aggregates: whether an aggregate function may be called here.
        owner: the output source of the SELECT's Aggregate node, should it get one.
        has_aggregates: an aggregate of this SELECT was bound.
        allow_windows: whether a window function may be called here.
        windows: those that functions of this SELECT were called over, each once.
        definitions: of the WINDOW clause, the latest first.
        prohibited: "" or the place where subqueries, parameters, … are prohibited (``CHECK constraints``).
        unchecked: the expression belongs to the schema, and may call functions that there are not.
        shows_written: the row is the one that a statement writes, whose columns no authorizer can hide.
        outside_query: the expressions are those of a change, and not of a query: the star of a subquery that is
            compared counts as one value, for SQLite writes stars out only where it begins with a query.
        default_schema: where a view's unqualified tables are sought, None for everywhere.
        recursive: the common table that the SELECT is a recursive one of: its name in FROM means the row in hand.
    """

    def __init__(
        self,
        outer: Scope | None,
        owner: Source,
        ctes: CommonTables | None,
        default_schema: str | None,
        recursive: CommonTableEntry | None = None,
    ) -> None:
        self.outer: Final = outer
        self.owner: Final = owner
        self.ctes = ctes
        self.default_schema: Final = default_schema
        self.recursive: Final = recursive
        self.items: list[FromItem] = []
        self.aliases: list[Alias] = []
        self.aliases_visible = False
        self.allow_aggregates = False
        self.has_aggregates = False
        self.allow_windows = False
        self.windows: list[SharedWindow] = []
        self.definitions: list[NamedWindow] = []
        self.prohibited = ""
        self.unchecked = False
        self.shows_written = False
        self.outside_query = False

    def sources(self) -> list[Source]:
        """The sources of FROM."""
        return [source for item in self.items for source in item.sources()]

    def read_sources(self) -> list[Source]:
        """Those whose rows are read: not the row that a program is run for, or that a statement writes."""
        if self.shows_written:
            return []
        return [source for item in self.items if not item.qualified for source in item.sources()]


@final
class TriggerStep:
    """What a statement within a trigger's program knows of its surroundings.

    Attributes:
        scope: the row that the program is run for, as ``old`` and ``new``.
        home: the schema in which unqualified tables are sought, None for everywhere.
        conflict: the OR clause of the statement that sets the trigger off, "" for none.
    """

    def __init__(self, scope: Scope, home: str | None, conflict: str) -> None:
        self.scope: Final = scope
        self.home: Final = home
        self.conflict: Final = conflict


@final
class Match:
    """What a column name was found to be.

    Attributes:
        count: how many columns it could mean.
        item, index: the column, where it is one; index is ROWID for the rowid.
        rowids: how many rowids it could mean, where it means no column.
        merged: the same column on the left sides of FULL JOINs that USING joins: the first that is not NULL counts.
        alias: the result column that it names.
        scope: the scope that knows it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.item: FromItem | None = None
        self.index = 0
        self.rowids = 0
        self.merged: list[tuple[FromItem, int]] = []
        self.alias: Alias | None = None
        self.scope: Scope | None = None

    def refs(self, start: int, end: int) -> list[Expr]:
        """The columns meant: one, or all those to coalesce."""
        out: list[Expr] = []
        if self.item is not None:
            for item, index in [*self.merged, (self.item, self.index)]:
                out.append(item.column(index, start, end))
        return out

    def label(self) -> str | None:
        """How a result column is called that is a column of a join in parentheses; None where it is none."""
        if isinstance(self.item, JoinItem) and not self.merged:
            return self.item.columns[self.index].name
        return None

    def add(self, item: FromItem, index: int, column: str) -> bool:
        """A column of that name; see what it means beside an earlier one.  Whether it counts."""
        if self.count:
            if column not in item.using or self.item is item:
                self.merged.clear()
            elif not item.right:
                return False
            elif not item.left:
                self.count = 0
                self.merged.clear()
            elif self.item is not None:
                self.merged.append((self.item, self.index))
                self.count -= 1
        self.count += 1
        self.item = item
        self.index = index
        return True

    def add_rowid(self, item: FromItem, index: int) -> None:
        """A rowid that the name would mean, were there no column of that name."""
        if self.count == 0:
            self.rowids += 1
            self.item = item
            self.index = index


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
    for item in scope.items:
        if isinstance(item, JoinItem) and (_inside(item, schema, table, column, match) or table is None):
            continue
        if not item.is_named(table, schema):
            continue
        index = item.find(column)
        if index >= 0:
            match.add(item, index, column)
        elif item.rowid and column in ROWID_NAMES:
            match.add_rowid(item, ROWID)
    if match.count == 0 and scope.prohibited not in _WITHOUT_ROWID:
        match.count = match.rowids
    if match.count == 0 and scope.aliases_visible and table is None:
        for alias in scope.aliases:
            if alias.name == column:
                match.count = 1
                match.alias = alias
                return


def _inside(item: JoinItem, schema: str | None, table: str | None, column: str, match: Match) -> bool:
    """Look a column up by the names that it has within a join in parentheses; whether there is one that counts."""
    found = False
    for index in item.named(schema, table, column):
        if match.add(item, index, column):
            found = True
            if item.inner[index].merged:
                break
    if column in ROWID_NAMES:
        for index in item.rowids(schema, table):
            match.add_rowid(item, index)
    return found


_WITHOUT_ROWID: Final = ("index expressions", "generated columns")


def visible_names(scope: Scope | None, table: str | None) -> list[str]:
    """The column names that could have been meant, for a hint."""
    out: list[str] = []
    while scope is not None:
        for item in scope.items:
            out.extend(item.names(table))
        if table is None and scope.aliases_visible:
            out.extend(alias.name for alias in scope.aliases)
        scope = scope.outer
    return out


def visible_tables(scope: Scope | None) -> list[str]:
    """The table names and aliases in sight, for a hint."""
    out: list[str] = []
    while scope is not None:
        for item in scope.items:
            out.extend(item.tables())
        scope = scope.outer
    return out
