"""What all nodes of the syntax tree share: spans, walking and rewriting.

None of it recurses: a tree is as deep as its text says (up to a thousand expressions, and more through
subqueries in FROM), and the interpreter's stack must not decide whether two trees are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Self, cast

from foundrydb.compiler.trees.compare import equal
from foundrydb.compiler.trees.declared import Declared


class Node(Declared):
    """A piece of SQL text that means something.

    Attributes:
        start: offset of its first character in the SQL text.
        end: offset past its last character.
    """

    def __init__(self, start: int, end: int) -> None:
        self.start: Final = start
        self.end: Final = end

    def with_fields(self, values: list[object]) -> Node:
        """A node of the same class and span with other fields (``values`` in the order of ``FIELDS``)."""
        raise NotImplementedError

    def replace(self, **fields: object) -> Self:
        """The same node with other values in some fields; a list may stand for a tuple.

        Raises:
            TypeError: the node has no field of a name.
        """
        unknown = fields.keys() - set(self.FIELDS)
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {min(unknown)}: {', '.join(self.FIELDS)}")
        values: list[object] = []
        for name, value in zip(self.FIELDS, self.values_of_fields()):
            new = fields.get(name, value)
            values.append(tuple(new) if isinstance(new, list) else new)
        return cast(Self, self.with_fields(values))

    def beside(self) -> dict[str, object]:
        return {"start": self.start, "end": self.end}

    def children(self) -> list[Node]:
        """The nodes right below this one, in the order of the fields."""
        return children(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and equal(self, other, shares=True)

    def __ne__(self, other: object) -> bool:
        return not (isinstance(other, Node) and equal(self, other, shares=True))

    def __hash__(self) -> int:
        return super().__hash__()


def children(node: Node) -> list[Node]:
    """The nodes right below ``node``, in the order of its fields."""
    result: list[Node] = []
    for value in node.values_of_fields():
        if isinstance(value, Node):
            result.append(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    result.append(item)
    return result


def walk(node: Node) -> list[Node]:
    """``node`` and everything below it, parents first, in the order of the text's clauses."""
    result: list[Node] = []
    waiting: list[Node] = [node]
    while waiting:
        current = waiting.pop()
        result.append(current)
        below = children(current)
        below.reverse()
        waiting.extend(below)
    return result


def rewrite(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree in which ``change`` replaced every node, children before parents.

    ``change`` is given each node with its children already replaced, and returns it or another in its place.
    Parts that nothing changed are shared with the old tree.
    """
    order = walk(node)
    done: dict[int, Node] = {}
    for current in reversed(order):
        done[id(current)] = change(_with_children(current, done))
    return done[id(node)]


def _with_children(node: Node, done: dict[int, Node]) -> Node:
    """``node`` with its children's replacements, itself where there are none."""
    changed = False
    values: list[object] = []
    for value in node.values_of_fields():
        new: object = value
        if isinstance(value, Node):
            new = done[id(value)]
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            items = [done[id(item)] for item in value]
            if any(a is not b for a, b in zip(items, value)):
                new = tuple(items)
        changed = changed or new is not value
        values.append(new)
    return node.with_fields(values) if changed else node
