"""What all pictures are made of, whatever they are written as: boxes, strips of cells, and edges between them.

A picture is built once; ``diagram_formats`` writes it as Graphviz DOT, Mermaid, SVG or PNG.  Names are those of the
boxes, labels any text: making it safe is the writers' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, final

WHITE: Final = "#ffffff"
PALE: Final = "#f4f6fa"


@final
class Box:
    """A titled box with lines of text.

    Attributes:
        name: its own, unlike all others of the diagram.
        title, lines: its text; the title may be empty.
        color: of its back.
        head: what it is the first of, on a dark ground above it; "" for nothing.
        code: its lines are code: one width, and from the left.
        place: where in the grid its tree is; -1 where there is none.
    """

    def __init__(
        self, name: str, title: str, lines: Sequence[str], color: str, head: str, code: bool, place: int
    ) -> None:
        self.name: Final = name
        self.title: Final = title
        self.lines: Final = list(lines)
        self.color: Final = color
        self.head: Final = head
        self.code: Final = code
        self.place: Final = place


@final
class Strip:
    """Cells side by side, each with a name of its own, text and color; edges lead to ``strip:cell``."""

    def __init__(self, name: str, cells: list[tuple[str, str, str]]) -> None:
        self.name: Final = name
        self.cells: Final = cells


@final
class DrawnEdge:
    """A way from one box to another.

    Attributes:
        tail, head: the boxes' names.
        label: text beside it.
        style: ``solid``, ``dashed``, ``dotted`` or ``bold``.
        back: it leads back, and has no say in where the boxes stand.
        up: the arrow points at the tail.
    """

    def __init__(self, tail: str, head: str, label: str, style: str, back: bool, up: bool) -> None:
        self.tail: Final = tail
        self.head: Final = head
        self.label: Final = label
        self.style: Final = style
        self.back: Final = back
        self.up: Final = up


@final
class Diagram:
    """A picture.

    Args:
        name: an identifier.
        across: it grows from left to right, not from the top down.
        title: above it.
        rows: its trees fill a grid of so many rows; 0 where they stand side by side.

    Attributes:
        boxes, strips, edges: in the order in which they are to be laid out.
    """

    def __init__(self, name: str, across: bool = False, title: str = "", rows: int = 0) -> None:
        self.name: Final = name
        self.across: Final = across
        self.title: Final = title
        self.rows: Final = rows
        self.boxes: Final[list[Box]] = []
        self.strips: Final[list[Strip]] = []
        self.edges: Final[list[DrawnEdge]] = []

    def box(
        self,
        name: str,
        title: str,
        lines: Sequence[str] = (),
        color: str = WHITE,
        head: str = "",
        code: bool = False,
        place: int = -1,
    ) -> None:
        """Add a box."""
        self.boxes.append(Box(name, title, lines, color, head, code, place))

    def strip(self, name: str, cells: list[tuple[str, str, str]]) -> None:
        """Add a strip of cells: name, text, color."""
        self.strips.append(Strip(name, cells))

    def edge(
        self,
        tail: str,
        head: str,
        label: str = "",
        style: str = "solid",
        back: bool = False,
        up: bool = False,
    ) -> None:
        """Add an edge."""
        self.edges.append(DrawnEdge(tail, head, label, style, back, up))
