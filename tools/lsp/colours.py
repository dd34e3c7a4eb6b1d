"""What each token of a text is, for an editor's colours: keywords by the scanner, names by what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax.scanner import pieces
from foundrydb.tools.lsp.occurrences import occurrences

if TYPE_CHECKING:
    from foundrydb.tools.lsp.schemas import Course

TYPES: Final = (
    "keyword", "string", "number", "comment", "operator", "parameter", "class", "property", "function", "variable",
)  # fmt: skip
"""The types that are told, of those that the protocol knows; the protocol counts by their places here."""

_OF_TOKENS: Final = {
    "a string": "string",
    "a blob": "string",
    "an integer": "number",
    "a number": "number",
    "a parameter": "parameter",
    "comment": "comment",
}
_OF_NAMES: Final = {
    "table": "class",
    "common table": "class",
    "index": "class",
    "trigger": "class",
    "alias": "variable",
    "column": "property",
    "common column": "property",
    "expression": "property",
    "value": "property",
    "result": "property",
    "function": "function",
    "aggregate": "function",
    "string": "string",
}


def colours(course: Course, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The tokens of a part of a document: each its place and the number of its type."""
    document = course.document
    for number, piece in enumerate(document.pieces):
        at = document.starts[number]
        if at + len(piece.text) < start or at > end:
            continue
        names = {(each.start, each.end): each.key[0] for each in occurrences(piece, course.before(number))}
        for token in pieces(piece.text):
            kind = _OF_NAMES.get(names.get((token.start, token.end), ""))
            kind = kind or _OF_TOKENS.get(token.kind)
            if kind is None and token.text.isalpha() and token.kind == token.text.upper():
                kind = "keyword"
            if kind is not None:
                yield at + token.start, at + token.start + len(token.text), TYPES.index(kind)
