"""A statement as pieces for the layout: what each kind of node does with its words and children.

A node consists of *parts*: its own words and the nodes right below it, in the order of the text.  A style turns parts
into pieces, which are words, marks, nodes still to be turned, and parts still to be arranged.  Most nodes need no style
of their own: ``arranged`` makes a group of what stands in parentheses, and lets lines break after commas.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.printing.lines import BACK, BROKEN, CLOSE, FILL, LINE, OPEN, SOFT, Mark
from foundrydb.toolkit.formatting.words import PlacedWord

Part: TypeAlias = PlacedWord | Node


class Parts:
    """Parts that are still to be arranged."""

    def __init__(self, parts: list[Part], comma: Mark) -> None:
        self.parts: Final = parts
        self.comma: Final = comma


class Bare:
    """A node whose lines break with the group that it stands in."""

    def __init__(self, node: Node) -> None:
        self.node: Final = node


Piece: TypeAlias = PlacedWord | Mark | Node | Parts | Bare
Pieces: TypeAlias = list[Piece]


class Text:
    """The words of a statement, and where each begins."""

    def __init__(self, words: list[PlacedWord]) -> None:
        self.words: Final = words
        self._index: Final = {word.start: word.index for word in words}

    def parts_of(self, node: Node) -> list[Part]:
        """A node's own words and the nodes right below it, in the order of the text."""
        words = self.words
        at = self._index[node.start]
        if words[at].end >= node.end:
            return [words[at]]
        parts: list[Part] = []
        for child in sorted(node.children(), key=_place):
            if child.end <= child.start:
                continue
            while words[at].start < child.start:
                parts.append(words[at])
                at += 1
            parts.append(child)
            while at < len(words) and words[at].end <= child.end:
                at += 1
        while at < len(words) and words[at].end <= node.end:
            parts.append(words[at])
            at += 1
        return parts

    def begins_line(self, part: Part) -> bool:
        """Whether a part begins a line of the text."""
        word = part if isinstance(part, PlacedWord) else self.words[self._index[part.start]]
        return word.new_line

    def breaks_after(self, word: PlacedWord) -> bool:
        """Whether a line of the text ends after a word."""
        return self.words[word.index + 1].new_line


def _place(node: Node) -> tuple[int, int]:
    return node.start, node.end


Style: TypeAlias = Callable[[Text, list[Part]], Pieces]


def is_word(part: Part, *texts: str) -> bool:
    """Whether a part is one of some words of the node's own."""
    return isinstance(part, PlacedWord) and part.text in texts


def arranged(text: Text, parts: list[Part], comma: Mark = LINE) -> Pieces:
    """Parts with a group for each pair of parentheses, and ``comma`` after commas."""
    pieces: Pieces = []
    i = 0
    while i < len(parts):
        part = parts[i]
        if is_word(part, "("):
            end = closing(parts, i)
            pieces += in_parentheses(text, parts[i : end + 1])
            i = end + 1
            continue
        pieces.append(part)
        if is_word(part, ","):
            pieces.append(comma)
        i += 1
    return pieces


def closing(parts: list[Part], at: int) -> int:
    """Where the parenthesis that opens at ``at`` closes."""
    depth = 0
    for i in range(at, len(parts)):
        if is_word(parts[i], "("):
            depth += 1
        elif is_word(parts[i], ")"):
            depth -= 1
            if depth == 0:
                return i
    raise AssertionError("parentheses come in pairs")


def in_parentheses(text: Text, parts: list[Part], keep: bool = False) -> Pieces:
    """A pair of parentheses with what they hold, as a group.

    A query that begins on a line of its own goes on doing so.

    Args:
        keep: do so for anything else, too.
    """
    first, inner, last = parts[0], parts[1:-1], parts[-1]
    assert isinstance(first, PlacedWord)
    if not inner:
        return [first, last]
    pieces: Pieces = [first, OPEN]
    if (keep or isinstance(inner[0], ast.Select)) and text.breaks_after(first):
        pieces.append(BROKEN)
    pieces.append(SOFT)
    if len(inner) == 1 and isinstance(inner[0], Node):
        pieces.append(Bare(inner[0]))
    else:
        pieces.append(Parts(inner, FILL if all(map(_is_short, inner)) else LINE))
    return [*pieces, BACK, CLOSE, last]


_SHORT: Final = (ast.Integer, ast.Float, ast.String, ast.Blob, ast.Null, ast.Parameter)


def _is_short(part: Part) -> bool:
    """Whether a part of a list may share its line with others."""
    if isinstance(part, ast.Unary):
        return isinstance(part.operand, _SHORT)
    return is_word(part, ",") or isinstance(part, _SHORT)


def split(parts: list[Part], starts: tuple[str, ...]) -> list[list[Part]]:
    """Parts cut before each of the node's own keywords that begins a clause."""
    clauses: list[list[Part]] = [[]]
    depth = 0
    for part in parts:
        if is_word(part, "("):
            depth += 1
        elif is_word(part, ")"):
            depth -= 1
        elif (
            depth == 0
            and isinstance(part, PlacedWord)
            and part.keyword
            and part.text in starts
            and clauses[-1]
        ):
            clauses.append([])
        clauses[-1].append(part)
    return clauses
