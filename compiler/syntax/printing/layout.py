"""What the printer's functions return: lists of pieces, which ``lines`` lays out.

A piece is a string, a node that is still to be printed, or a mark.  ``render`` puts pieces in place of the nodes,
without recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, final

from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.printing.lines import BACK, CLOSE, LINE, OPEN, SOFT, Mark, Printed, lay_out
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


def render(node: Node, level_of: Callable[[Node], int]) -> str:
    """The text of a node: ``PIECES`` says what it consists of, ``level_of`` how tightly it binds."""
    flat: list[Printed] = []
    waiting: Pieces = [node]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, Parenthesized):
            inner = PIECES.of(piece.node)(piece.node)
            if level_of(piece.node) < piece.level:
                inner = ["(", *inner, ")"]
            waiting.extend(reversed(inner))
        elif isinstance(piece, Node):
            waiting.extend(reversed(PIECES.of(piece)(piece)))
        else:
            flat.append(piece)
    return lay_out(flat, WIDTH)


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
