"""What a document consists of: its statements with what they make, and what can be folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.scanner import pieces
from foundrydb.toolkit.rehearsal import made_name

if TYPE_CHECKING:
    from foundrydb.tools.lsp.documents import OpenDocument, StatementPiece

_KINDS: Final[dict[type[ast.Statement], str]] = {
    ast.CreateTable: "table",
    ast.CreateTableAs: "table",
    ast.CreateVirtualTable: "table",
    ast.CreateView: "view",
    ast.CreateIndex: "index",
    ast.CreateTrigger: "trigger",
}
_SHOWN: Final = 60
"""How many characters of a statement stand for it."""


class Symbol:
    """A statement, or a part of one that has a name.

    Attributes:
        name: as it is shown; detail: what else is said.
        kind: ``table``, ``view``, ``index``, ``trigger``, ``column``, ``common table`` or ``statement``.
        start, end: its place in the text; name_start, name_end: that of its name.
        below: its parts.
    """

    def __init__(
        self, name: str, detail: str, kind: str, place: tuple[int, int], named: tuple[int, int]
    ) -> None:
        self.name: Final = name
        self.detail: Final = detail
        self.kind: Final = kind
        self.start, self.end = place
        self.name_start, self.name_end = named
        self.below: Final[list[Symbol]] = []


def symbols(document: OpenDocument) -> list[Symbol]:
    """The statements of a document."""
    found = []
    for piece, start in zip(document.pieces, document.starts):
        statement = piece.statement
        if statement is not None and statement.end > statement.start:
            found.append(_symbol(statement, piece, start - piece.origin))
    return found


def _symbol(statement: ast.Statement, piece: StatementPiece, shift: int) -> Symbol:
    place = statement.start + shift, statement.end + shift
    kind = _KINDS.get(type(statement))
    made = made_name(statement)
    if kind is not None and made is not None and made.name.text:
        symbol = Symbol(made.name.text, kind, kind, place, (made.start + shift, made.end + shift))
    else:
        text = " ".join(piece.sql[statement.start : statement.end][: 4 * _SHOWN].split())
        text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
        symbol = Symbol(text, "", "statement", place, place)
    for node in walk(statement):
        if isinstance(node, ast.CommonTable):
            symbol.below.append(_named("common table", node, node.name, "", shift))
        elif isinstance(node, ast.ColumnDefinition) and isinstance(statement, ast.CreateTable):
            declared = "" if node.type is None else node.type.text
            symbol.below.append(_named("column", node, node.name, declared, shift))
    return symbol


def _named(kind: str, node: ast.Node, name: ast.Name, detail: str, shift: int) -> Symbol:
    place = node.start + shift, node.end + shift
    return Symbol(name.text or "?", detail, kind, place, (name.start + shift, name.end + shift))


def folds(document: OpenDocument) -> list[tuple[int, int, bool]]:
    """What can be folded: statements, queries in them, comments.  Each its place, and whether it is a comment."""
    found: list[tuple[int, int, bool]] = []
    for piece, start in zip(document.pieces, document.starts):
        if "\n" not in piece.text and "\r" not in piece.text:
            continue
        shift = start - piece.origin
        for node in [] if piece.statement is None else walk(piece.statement):
            if isinstance(node, (ast.Statement, ast.Case)):
                found.append((node.start + shift, node.end + shift, False))
        for token in pieces(piece.text):
            if token.kind == "comment":
                found.append((start + token.start, start + token.end, True))
    return found
