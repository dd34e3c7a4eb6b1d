"""What the printer's functions return: lists of pieces, which ``lines`` lays out.

A piece is a string, a node that is still to be printed, or a mark.  ``render`` puts pieces in place of the nodes,
without recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, final

from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.printing.kept_comments import KeptComments
from foundrydb.compiler.syntax.printing.lines import (
    BACK,
    CLOSE,
    LINE,
    OPEN,
    SOFT,
    Mark,
    Printed,
    Remark,
    lay_out,
)
from foundrydb.compiler.trees.dispatch import Dispatch

WIDTH: Final = 88
"""How long a line may be before a group is broken."""


@final
class Parenthesized:
    """An expression that stands in parentheses where it binds looser than ``level``."""

    def __init__(self, node: Node, level: int) -> None:
        self.node: Final = node
        self.level: Final = level


Piece: TypeAlias = str | Mark | Node | Parenthesized
Pieces: TypeAlias = list[Piece]

PIECES: Final[Dispatch[Pieces]] = Dispatch("what a node consists of in print", Node)


def render(node: Node, level_of: Callable[[Node], int], comments: KeptComments | None = None) -> str:
    """The text of a node: ``PIECES`` says what it consists of, ``level_of`` how tightly it binds."""
    flat: list[Printed] = []
    waiting: list[Piece | Remark] = [node]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, Parenthesized):
            inner: list[Piece | Remark] = []
            inner += _commented(piece.node, comments)
            if level_of(piece.node) < piece.level:
                inner = ["(", *inner, ")"]
            inner.reverse()
            waiting.extend(inner)
        elif isinstance(piece, Node):
            pieces = _commented(piece, comments)
            pieces.reverse()
            waiting.extend(pieces)
        else:
            flat.append(piece)
    if comments is not None:
        flat = [*comments.rest(), *_commas_first(flat)]
    return lay_out(flat, WIDTH)


def _commented(node: Node, comments: KeptComments | None) -> list[Piece | Remark]:
    """What a node consists of, with the comments before and after it."""
    pieces: list[Piece | Remark] = []
    if comments is None:
        pieces += PIECES.of(node)(node)
        return pieces
    pieces += comments.take_before(node)
    after = comments.take_after(node)
    pieces += PIECES.of(node)(node)
    pieces += after
    return pieces


def _commas_first(flat: list[Printed]) -> list[Printed]:
    """The pieces with each comma before the comments that end the line before it."""
    result: list[Printed] = []
    for piece in flat:
        if isinstance(piece, str) and piece[:1] == ",":
            place = at = len(result)
            line_ends = False
            while at > 0:
                at -= 1
                before = result[at]
                if isinstance(before, Remark):
                    place = at
                    line_ends = line_ends or before.ends_line
                elif before is not CLOSE:
                    break
            result.insert(place if line_ends else len(result), piece)
        else:
            result.append(piece)
    return result


def joined(nodes: Sequence[Node], separator: Pieces) -> Pieces:
    """Nodes with something between them."""
    pieces: Pieces = []
    for i, node in enumerate(nodes):
        if i:
            pieces += separator
        pieces.append(node)
    return pieces


def listed(nodes: Sequence[Node]) -> Pieces:
    """Nodes with commas between them."""
    return joined(nodes, [",", LINE])


def in_parentheses(nodes: Sequence[Node]) -> Pieces:
    """A list of nodes in parentheses, each on a line of its own where they do not fit on one."""
    return ["(", OPEN, SOFT, *listed(nodes), BACK, CLOSE, ")"]
