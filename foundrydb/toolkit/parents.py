"""The way up a syntax tree: what a node stands in, and which nodes stand at a place in the text.

Nodes are values and know nothing of what is above them, so that trees can share what they have in common.  Who needs to
go up makes the table of one tree's parents, in one walk.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import rewrite, walk


class Parents:
    """The parents in one tree.

    A node is looked up as the object that it is.  One that stands in several places of a tree (after a rewriting that
    put it there) is known by the first of them.

    Args:
        root: the tree.
    """

    def __init__(self, root: ast.Node) -> None:
        self.root: Final = root
        self._above: Final[dict[int, ast.Node]] = {}
        self._nodes: Final = walk(root)
        for node in self._nodes:
            for child in node.children():
                self._above.setdefault(id(child), node)

    def of(self, node: ast.Node) -> ast.Node | None:
        """What a node stands in; None for the root.

        Raises:
            LookupError: the node is not in the tree.
        """
        above = self._above.get(id(node))
        if above is None and node is not self.root:
            raise LookupError(f"that {type(node).__name__} is not in the tree")
        return None if node is self.root else above

    def ancestors(self, node: ast.Node) -> list[ast.Node]:
        """What a node stands in, what that stands in, and so on to the root."""
        found: list[ast.Node] = []
        above = self.of(node)
        while above is not None:
            found.append(above)
            above = self.of(above)
        return found

    def field(self, node: ast.Node) -> tuple[str, int]:
        """The field of its parent that a node stands in, and its place there; the place is -1 where there is one only.

        Raises:
            LookupError: the node is the root, or not in the tree.
        """
        above = self.of(node)
        if above is None:
            raise LookupError("the root stands in no field")
        for name, value in zip(above.FIELDS, above.values_of_fields()):
            if value is node:
                return name, -1
            if isinstance(value, tuple):
                for place, item in enumerate(value):
                    if item is node:
                        return name, place
        raise LookupError(f"that {type(node).__name__} is not in the tree")

    def at(self, offset: int) -> ast.Node | None:
        """The smallest node around a place in the text; None outside of all."""
        around = [node for node in self._nodes if node.start <= offset < node.end]
        return around[-1] if around else None

    def replaced(self, node: ast.Node, other: ast.Node) -> ast.Node:
        """The tree with another node in the place of one."""
        self.of(node)
        return rewrite(self.root, lambda each: other if each is node else each)
