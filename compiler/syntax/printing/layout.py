"""Lays pieces of text out on lines: a group stands on one line when it fits, else its breaks become line ends.

A piece is a string, a node that is still to be printed, or a mark.  The printer's functions return lists of pieces;
``render`` puts them in place of the nodes (without recursion) and lays out the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, final

from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.trees.dispatch import Dispatch

WIDTH: Final = 88
"""How long a line may be before a group is broken."""

INDENT: Final = 2


@final
class Mark:
    """A group's beginning or end, or a place where its lines may break."""

    def __init__(self, name: str) -> None:
        self.name: Final = name


OPEN: Final = Mark("open")
"""A group begins; its lines are indented."""
FLUSH: Final = Mark("flush")
"""A group begins whose lines are not indented."""
CLOSE: Final = Mark("close")
"""The group ends."""
LINE: Final = Mark("line")
"""A blank, or a line end where the group is broken."""
SOFT: Final = Mark("soft")
"""Nothing, or a line end where the group is broken."""
BACK: Final = Mark("back")
"""Like SOFT, at the indentation outside the group."""


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
    flat: list[str | Mark] = []
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
    return _lay_out(flat)


def _group_widths(flat: list[str | Mark]) -> dict[int, int]:
    """The width of each group on one line, by the place where it begins."""
    widths: dict[int, int] = {}
    opened: list[tuple[int, int]] = []
    total = 0
    for i, piece in enumerate(flat):
        if isinstance(piece, str):
            total += len(piece)
        elif piece is LINE:
            total += 1
        elif piece is OPEN or piece is FLUSH:
            opened.append((i, total))
        elif piece is CLOSE:
            place, before = opened.pop()
            widths[place] = total - before
    return widths


def _lay_out(flat: list[str | Mark]) -> str:
    widths = _group_widths(flat)
    out: list[str] = []
    column = 0
    groups: list[tuple[bool, int]] = [(False, 0)]
    for i, piece in enumerate(flat):
        if isinstance(piece, str):
            out.append(piece)
            column += len(piece)
            continue
        broken, indent = groups[-1]
        if piece is OPEN or piece is FLUSH:
            groups.append((column + widths[i] > WIDTH, indent + (INDENT if piece is OPEN else 0)))
        elif piece is CLOSE:
            groups.pop()
        elif broken:
            spaces = max(0, indent - (INDENT if piece is BACK else 0))
            out.append("\n" + " " * spaces)
            column = spaces
        elif piece is LINE:
            out.append(" ")
            column += 1
    return "".join(out)


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
