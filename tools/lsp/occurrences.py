"""Where names stand, and what each of them means: the same key for all that mean the same.

Binding notes every name of a statement and what it refers to (``compiler.bind.notes``).  From that and from the tree
come occurrences: of tables, views and their columns, which mean the same in all files, and of what only one statement
knows: common tables, aliases of tables and of results, parameters.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.binder import bind_names, names_until_mistake, trigger_notes
from foundrydb.compiler.bind.bound import ROWID, Source
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Trigger
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.errors import Error
from foundrydb.toolkit.rehearsal import made_name

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.names import Name, Names
    from foundrydb.toolkit.rehearsal import Rehearsal
    from foundrydb.tools.lsp.documents import StatementPiece

Key = tuple[str, ...]
"""What a name means: its kind, then names or places; the first of ``GLOBAL`` kinds is the same in all statements."""

GLOBAL: Final = frozenset(["table", "column", "index", "trigger"])

_OTHERS: Final = {
    ast.DropIndex: "index",
    ast.DropTrigger: "trigger",
    ast.CreateTrigger: "trigger",
}


class NameUse:
    """A name where it stands.

    Attributes:
        key: what it means.
        start, end: its place in the piece, quotes included.
        defines: whether it is given here.
        name: what binding noted of it; None for what only the tree tells.
    """

    def __init__(self, key: Key, start: int, end: int, defines: bool, name: Name | None = None) -> None:
        self.key: Final = key
        self.start: Final = start
        self.end: Final = end
        self.defines: Final = defines
        self.name: Final = name

    def __repr__(self) -> str:
        return f"Occurrence({self.key}, {self.start}..{self.end}{', defines' if self.defines else ''})"


def names_of(piece: StatementPiece, state: Rehearsal) -> Names | None:
    """What binding notes of a statement's names: up to the first mistake where there is one."""
    statement = piece.statement
    if statement is None:
        return None
    planned = statement.statement if isinstance(statement, ast.Explain) else statement
    functions = state.connection.engine.functions
    if isinstance(planned, ast.CreateTrigger):
        return _names_of_trigger(planned, piece.sql, state)
    with suppress(Error):
        return bind_names(planned, piece.sql, state.catalog, functions)[0]
    with suppress(Error):
        return names_until_mistake(planned, piece.sql, state.catalog, functions)
    return None


def _names_of_trigger(statement: ast.CreateTrigger, sql: str, state: Rehearsal) -> Names | None:
    schema = "temp" if statement.temporary else "main"
    if statement.name.schema is not None:
        schema = fold(statement.name.schema.text)
    table = statement.table.schema.text if statement.table.schema is not None else ""
    table = table or ("" if schema == "temp" else schema)
    made = Trigger(statement.name.name.text, schema, statement.table.name.text, table, sql, statement)
    with suppress(Error):
        return trigger_notes(made, state.catalog, state.connection.engine.functions)
    return None


def occurrences(piece: StatementPiece, state: Rehearsal) -> list[NameUse]:
    """The names of a piece, in the order of the text.

    Args:
        state: the schema before it.
    """
    statement = piece.statement
    if statement is None:
        return []
    found = _Finder(piece, statement, names_of(piece, state)).found()
    return sorted(found.values(), key=lambda each: (each.start, each.end))


class _Finder:
    """Finds the names of a statement."""

    def __init__(self, piece: StatementPiece, statement: ast.Statement, names: Names | None) -> None:
        self._origin: Final = piece.origin
        self._statement: Final = statement
        self._names: Final = names
        self._found: Final[dict[tuple[int, int], NameUse]] = {}
        self._nodes: Final = walk(statement)
        self._commons: Final = {
            fold(node.name.text): node for node in self._nodes if isinstance(node, ast.CommonTable)
        }
        self._queries: Final = {
            fold(node.alias.text): node
            for node in self._nodes
            if isinstance(node, ast.SubquerySource) and node.alias is not None
        }

    def found(self) -> dict[tuple[int, int], NameUse]:
        """All names, by their places."""
        for name in [] if self._names is None else self._names.in_order():
            self._note(name)
        self._note_tree()
        return self._found

    def _add(self, node: ast.Node | None, key: Key, defines: bool = False, name: Name | None = None) -> None:
        if node is not None and node.end > node.start:
            start, end = node.start - self._origin, node.end - self._origin
            self._found.setdefault((start, end), NameUse(key, start, end, defines, name))

    # what binding noted -------------------------------------------------------------------------------------

    def _note(self, name: Name) -> None:
        node = name.node
        if name.kind in ("table", "view") and isinstance(node, (ast.QualifiedName, ast.Name)):
            last = node.name if isinstance(node, ast.QualifiedName) else node
            self._add(last, ("table", fold(last.text)), name.defines, name)
        elif name.kind == "common table" and isinstance(node, (ast.QualifiedName, ast.Name)):
            last = node.name if isinstance(node, ast.QualifiedName) else node
            self._add(last, self._common_key(fold(last.text)), name.defines, name)
        elif name.kind in ("column", "rowid"):
            self._note_column(name)
        elif name.kind == "star" and isinstance(node, ast.ResultTableStar):
            self._add(node.table, self._qualifier_key(node.table, name.source, name.found), False, name)
        elif name.kind == "result column":
            self._note_result(name)
        elif name.kind == "alias" and isinstance(node, ast.Name):
            self._add(node, self._alias_key(fold(node.text)), True, name)
        elif name.kind == "index" and isinstance(node, ast.QualifiedName):
            self._add(node.name, ("index", fold(node.name.text)), name.defines, name)
        elif name.kind == "parameter":
            text = node.text if isinstance(node, ast.Parameter) else ""
            self._add(node, ("parameter", text), False, name)
        elif isinstance(node, ast.Name):
            self._add(node, (name.kind, fold(node.text)), False, name)

    def _note_column(self, name: Name) -> None:
        node = name.node
        if isinstance(node, ast.Column):
            if node.table is not None:
                self._add(node.table, self._qualifier_key(node.table, name.source, name.found))
            self._add(node.column, self._column_key(name, node.column), False, name)
        elif isinstance(node, ast.Name):
            self._add(node, self._column_key(name, node), name.defines, name)

    def _column_key(self, name: Name, node: ast.Name) -> Key:
        source = name.source
        if source is None:
            owner, _, column = name.refers.rpartition(".")
            owner = fold(owner.rpartition(".")[2])
            if name.defines and owner in self._commons:
                return "common column", owner, str(node.start - self._origin)
            return (
                ("column", owner, fold(column))
                if owner and "," not in name.refers
                else ("value", fold(node.text))
            )
        index = name.index
        if source.table is not None:
            if index == ROWID:
                index = source.table.rowid_alias
            text = source.table.columns[index].name if index >= 0 else "rowid"
            return "column", fold(source.table.name), fold(text)
        text = source.columns[index].name if 0 <= index < len(source.columns) else node.text
        if source.origin and source.schema:
            return "column", fold(source.origin), fold(text)
        return self._column_of_query(source, index, text)

    def _column_of_query(self, source: Source, index: int, text: str) -> Key:
        """A column of a common table or of a subquery: the name that it is given there."""
        common = self._commons.get(fold(source.origin))
        if common is not None and common.columns:
            if 0 <= index < len(common.columns):
                return "common column", fold(source.origin), str(common.columns[index].start - self._origin)
            return "value", fold(text)
        query = self._queries.get(fold(source.name))
        select = common.select if common is not None else query.select if query is not None else None
        core = None if select is None else select.body
        while isinstance(core, ast.Compound):
            core = core.first
        if isinstance(core, ast.SelectCore) and 0 <= index < len(core.columns):
            column = core.columns[index]
            plain = all(isinstance(each, ast.ResultExpression) for each in core.columns[: index + 1])
            if plain and isinstance(column, ast.ResultExpression):
                if column.alias is not None:
                    return "result", str(column.alias.start - self._origin)
                return "expression", str(column.start - self._origin), str(column.end - self._origin)
        return "value", fold(text)

    def _note_result(self, name: Name) -> None:
        node = name.node
        if isinstance(node, ast.Name):
            self._add(node, ("result", str(node.start - self._origin)), name.defines, name)
            return
        text = fold(node.column.text) if isinstance(node, ast.Column) else ""
        for each in [] if self._names is None else self._names.found:
            if each.kind == "result column" and each.defines and isinstance(each.node, ast.Name):
                if fold(each.node.text) == text and each.scope == name.found:
                    self._add(node, ("result", str(each.node.start - self._origin)), False, name)
        self._add(node, ("value", text), False, name)

    def _qualifier_key(self, node: ast.Name, source: Source | None, scope: int) -> Key:
        """What stands before a column's dot: a table by its own name, or an alias."""
        text = fold(node.text)
        if source is not None:
            if source.table is not None and fold(source.table.name) == text and not self._is_alias(text):
                return "table", text
            if source.table is None and fold(source.origin) == text and not self._is_alias(text):
                return ("table", text) if source.schema else self._common_key(text)
        return self._alias_key(text)

    def _is_alias(self, text: str) -> bool:
        names = [] if self._names is None else self._names.found
        return any(
            each.kind == "alias" and isinstance(each.node, ast.Name) and fold(each.node.text) == text
            for each in names
        )

    def _alias_key(self, text: str) -> Key:
        return "alias", text

    def _common_key(self, text: str) -> Key:
        return "common table", text

    # what the tree tells ------------------------------------------------------------------------------------

    def _note_tree(self) -> None:
        """Names in statements of the schema, and in what binding has not come to."""
        statement = self._statement
        made = made_name(statement)
        if made is not None:
            kind = _OTHERS.get(
                type(statement), "index" if isinstance(statement, ast.CreateIndex) else "table"
            )
            defines = type(statement).__name__.startswith("Create")
            self._add(made.name, (kind, fold(made.name.text)), defines)
        if isinstance(statement, ast.CreateTrigger):
            self._add(statement.table.name, ("table", fold(statement.table.name.text)))
            for each in statement.columns:
                self._add(each, ("column", fold(statement.table.name.text), fold(each.text)))
        self._note_alter(statement)
        for node in self._nodes:
            if isinstance(node, ast.TableSource):
                text = fold(node.name.name.text)
                key = (
                    self._common_key(text)
                    if text in self._commons and not node.name.schema
                    else ("table", text)
                )
                self._add(node.name.name, key)
                if node.indexed_by is not None:
                    self._add(node.indexed_by, ("index", fold(node.indexed_by.text)))
            elif isinstance(node, ast.CommonTable):
                self._add(node.name, self._common_key(fold(node.name.text)), True)
            elif isinstance(node, ast.CreateView):
                for each in node.columns:
                    self._add(each, ("column", fold(node.name.name.text), fold(each.text)), True)

    def _note_alter(self, statement: ast.Statement) -> None:
        if isinstance(statement, ast.AlterRenameTable):
            self._add(statement.new_name, ("table", fold(statement.new_name.text)), True)
        elif isinstance(statement, (ast.AlterRenameColumn, ast.AlterDropColumn, ast.AlterSetNotNull)):
            table = fold(statement.table.name.text)
            self._add(statement.column, ("column", table, fold(statement.column.text)))
            if isinstance(statement, ast.AlterRenameColumn):
                self._add(statement.new_name, ("column", table, fold(statement.new_name.text)), True)
        elif isinstance(statement, ast.AlterAddColumn):
            name = statement.column.name
            self._add(name, ("column", fold(statement.table.name.text), fold(name.text)), True)
