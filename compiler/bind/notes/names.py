"""Every name of a statement and what it refers to: notes taken while names are looked up, where somebody asks.

``fdb dump-bind`` shows them.  A name within a view, or within a common table that is never used, is not looked up as
part of the statement, so that there is none of it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ROWID, ColumnRef, Expr, Source
from foundrydb.compiler.bind.expr import BLOB, FLEXNUM, INTEGER, NUMERIC, REAL, TEXT
from foundrydb.compiler.bind.notes.uses import NameUses
from foundrydb.compiler.syntax import ast

if TYPE_CHECKING:
    from foundrydb.compiler.bind.scope import Scope

AFFINITY_NAMES: Final = {
    BLOB: "BLOB",
    TEXT: "TEXT",
    NUMERIC: "NUMERIC",
    INTEGER: "INTEGER",
    REAL: "REAL",
    FLEXNUM: "FLEXNUM",
}


@final
class Name:
    """A name where it stands, and what it refers to.

    Attributes:
        kind: ``table``, ``view``, ``common table``, ``table function``, ``subquery``, ``column``, ``rowid``, ``star``,
            ``result column``, ``function``, ``aggregate``, ``collation``, ``parameter`` or ``string``.
        defines: whether the name is given here (AS, WITH), rather than used.
        start, end: its place in the SQL; that of a column takes in the table's name before it.
        source: whose column it is, or what stands in FROM under that name; None for anything else.
        index: which column, ROWID for the rowid.
        expr: what a result column is computed by; None for anything else.
        refers: what it refers to, in words.
        scope: the number of the scope that it stands in, 0 for none; found: that of the scope that knows it.
        nullable: whether it may be NULL; None for what has no value.
    """

    def __init__(self, kind: str, node: ast.Node, refers: str, scope: int, found: int = 0) -> None:
        self.kind: Final = kind
        self.node: Final = node
        self.start: Final = node.start
        self.end: Final = node.end
        self.refers: Final = refers
        self.scope: Final = scope
        self.found: Final = found or scope
        self.defines = False
        self.source: Source | None = None
        self.index = 0
        self.expr: Expr | None = None
        self.nullable: bool | None = None

    @property
    def declared_type(self) -> str:
        """The type as CREATE TABLE has it, "" where there is none."""
        source = self.source
        if source is None or self.kind not in ("column", "rowid"):
            return ""
        index = self.index
        if index == ROWID:
            index = -1 if source.table is None else source.table.rowid_alias
        return "" if index < 0 else source.columns[index].declared_type

    @property
    def affinity(self) -> str:
        """The affinity's name, "" for none."""
        letter = "" if self.expr is None else self.expr.affinity
        return AFFINITY_NAMES.get(letter, "")

    @property
    def collation(self) -> str:
        """The collating sequence that a comparison with it takes, "" for none of its own."""
        return "" if self.expr is None else self.expr.collation

    def __repr__(self) -> str:
        return f"{self.kind} {self.refers} at {self.start}..{self.end}"


@final
class NamedScope:
    """A query, or another part of the statement, within which names mean the same.

    Attributes:
        number: from 1, in the order in which they were met.
        outer: the number of the scope around it, 0 for none.
        start, end: the text that it is for; -1 where it has none of its own.
        again: the scopes of the same text, where that is looked at more than once.
    """

    def __init__(self, number: int, outer: int, scope: Scope) -> None:
        self.number: Final = number
        self.outer: Final = outer
        self.scope: Final = scope
        self.start = -1
        self.end = -1
        self.again: Final[list[Scope]] = []

    @property
    def sources(self) -> list[Source]:
        """What stands in its FROM."""
        return self.scope.sources()


@final
class Names:
    """The names of one statement.

    Attributes:
        found: in the order in which they were looked up; ``in_order`` gives that of the text.
        scopes: the scopes that they stand in.
        uses: of tables and columns, as ALTER TABLE follows them.
        followed: whether it follows those that are looked up now.
    """

    def __init__(self) -> None:
        self.found: Final[list[Name]] = []
        self.scopes: Final[list[NamedScope]] = []
        self.uses: Final = NameUses()
        self.followed = True
        self._met: Final[dict[tuple[int, int, bool], Name]] = {}

    def in_order(self) -> list[Name]:
        """The names in the order of the text."""
        return sorted(self.found, key=_place)

    def open(self, scope: Scope, node: ast.Node) -> None:
        """A scope begins that is for a part of the text; that of a common table is met at each use, and counts once."""
        for known in self.scopes:
            if known.start == node.start and known.end == node.end:
                known.again.append(scope)
                return
        known = self.scopes[self.number_of(scope) - 1]
        known.start, known.end = node.start, node.end

    def number_of(self, scope: Scope | None) -> int:
        """The number of a scope, 0 for none."""
        if scope is None:
            return 0
        for known in self.scopes:
            if known.scope is scope or scope in known.again:
                return known.number
        outer = self.number_of(scope.outer)
        self.scopes.append(NamedScope(len(self.scopes) + 1, outer, scope))
        return len(self.scopes)

    def note(
        self, kind: str, node: ast.Node, refers: str, scope: Scope | None, found: Scope | None = None
    ) -> Name:
        """A name; one that is met again, such as that in a common table which is used twice, counts once."""
        key = (node.start, node.end, kind == "result column")
        known = self._met.get(key)
        if known is None:
            known = Name(kind, node, refers, self.number_of(scope), self.number_of(found))
            self._met[key] = known
            self.found.append(known)
        return known

    def definition(
        self, kind: str, node: ast.Node, refers: str, scope: Scope | None, expr: Expr | None = None
    ) -> None:
        """A name that is given here."""
        name = self.note(kind, node, refers, scope)
        name.defines = True
        name.expr = expr

    def relation(self, kind: str, node: ast.Node, source: Source, refers: str, scope: Scope | None) -> None:
        """What stands in FROM under its own name."""
        self.note(kind, node, refers, scope).source = source

    def table(
        self, node: ast.QualifiedName, alias: ast.Name | None, source: Source, scope: Scope | None
    ) -> None:
        """A table in FROM."""
        self.relation("table", node, source, relation_text(source), scope)
        if self.followed:
            self.uses.tables.append((node, source))
            if alias is None:
                self.uses.called.append(source)

    def star(self, node: ast.ResultTableStar, source: Source, scope: Scope | None) -> None:
        """``table.*``."""
        self.relation("star", node, source, f"{relation_text(source)}.*", scope)
        if self.followed:
            self.uses.stars.append((node, source))

    def string(self, node: ast.Name, scope: Scope | None) -> None:
        """A name in double quotes that no column has."""
        self.note("string", node, "no column: a string", scope)
        if self.followed:
            self.uses.strings.append(node)

    def column(
        self,
        node: ast.Node,
        source: Source,
        index: int,
        scope: Scope | None,
        found: Scope | None = None,
    ) -> None:
        """A column, or a rowid, of a source."""
        if isinstance(node, ast.Column) and self.followed:
            self.uses.columns.append((node, source, index))
        if index == _rowid_column(source):
            index = ROWID
        kind = "rowid" if index == ROWID and _rowid_column(source) < 0 else "column"
        name = self.note(kind, node, column_text(source, index), scope, found)
        name.source = source
        name.index = index
        name.expr = ColumnRef(source, index)

    def value(
        self,
        kind: str,
        node: ast.Node,
        refers: str,
        expr: Expr,
        scope: Scope | None,
        found: Scope | None = None,
    ) -> None:
        """A name that stands for an expression."""
        self.note(kind, node, refers, scope, found).expr = expr


def _place(name: Name) -> tuple[int, int]:
    return name.start, name.end


def _rowid_column(source: Source) -> int:
    return -1 if source.table is None else source.table.rowid_alias


def relation_text(source: Source) -> str:
    """What a source is a use of, by its full name."""
    if source.table is not None:
        return f"{source.schema}.{source.table.name}"
    if source.origin:
        return f"{source.schema}.{source.origin}" if source.schema else source.origin
    return source.name or "subquery"


def column_text(source: Source, index: int) -> str:
    """A column by its full name."""
    if index == ROWID:
        index = _rowid_column(source)
    column = "rowid" if index < 0 else source.columns[index].name
    return f"{relation_text(source)}.{column}"


def name_object(name: Name, sql: str) -> dict[str, object]:
    """A name as JSON can hold it."""
    return {
        "start": name.start,
        "end": name.end,
        "text": sql[name.start : name.end],
        "kind": name.kind,
        "defines": name.defines,
        "refers_to": name.refers,
        "source": None if name.source is None else name.source.number,
        "type": name.declared_type,
        "affinity": name.affinity,
        "collation": name.collation,
        "nullable": name.nullable,
        "scope": name.scope,
        "found_in": name.found,
    }


def scope_object(scope: NamedScope) -> dict[str, object]:
    """A scope as JSON can hold it."""
    return {
        "scope": scope.number,
        "outer": scope.outer,
        "start": scope.start,
        "end": scope.end,
        "sources": [
            {"source": source.number, "name": source.name, "refers_to": relation_text(source)}
            for source in scope.sources
        ],
    }
