"""What all nodes of the syntax tree share: spans, equality, walking and rewriting.

None of it recurses: a tree is as deep as its text says (up to a thousand expressions, and more through
subqueries in FROM), and the interpreter's stack must not decide whether two trees are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final


class Node:
    """A piece of SQL text that means something.

    Attributes:
        start: offset of its first character in the SQL text.
        end: offset past its last character.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, start: int, end: int) -> None:
        self.start: Final = start
        self.end: Final = end

    def values_of_fields(self) -> list[object]:
        """The values of the fields, in the order of ``FIELDS``."""
        raise NotImplementedError

    def with_fields(self, values: list[object]) -> Node:
        """A node of the same class and span with other fields (``values`` in the order of ``FIELDS``)."""
        raise NotImplementedError

    def fields(self) -> list[tuple[str, object]]:
        """The fields as pairs of name and value, spans left out."""
        return list(zip(self.FIELDS, self.values_of_fields()))

    def children(self) -> list[Node]:
        """The nodes right below this one, in the order of the fields."""
        return children(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and _equal(self, other)

    def __ne__(self, other: object) -> bool:
        return not (isinstance(other, Node) and _equal(self, other))

    def __hash__(self) -> int:
        total = 0
        for node in walk(self):
            total = hash((total, node.__class__.__name__))
            for value in node.values_of_fields():
                if not isinstance(value, Node) and not isinstance(value, tuple):
                    total = hash((total, value))
        return total

    def __repr__(self) -> str:
        return dump(self)


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


def _equal(a: Node, b: Node) -> bool:
    """Whether two trees say the same, spans aside."""
    left: list[Node] = [a]
    right: list[Node] = [b]
    while left:
        x = left.pop()
        y = right.pop()
        if x is y:
            continue
        if x.__class__ is not y.__class__:
            return False
        for v, w in zip(x.values_of_fields(), y.values_of_fields()):
            if isinstance(v, Node) and isinstance(w, Node):
                left.append(v)
                right.append(w)
            elif isinstance(v, tuple) and isinstance(w, tuple):
                if len(v) != len(w):
                    return False
                for i in range(len(v)):
                    p = v[i]
                    q = w[i]
                    if isinstance(p, Node) and isinstance(q, Node):
                        left.append(p)
                        right.append(q)
                    elif p != q:
                        return False
            elif v != w:
                return False
    return True


def dump(node: Node, spans: bool = False) -> str:
    """The tree on one line: ``Binary(operator='+', left=…, right=…)``; with ``[start:end]`` where asked."""
    pieces: list[str] = []
    waiting: list[object] = [_Open(node)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
        elif isinstance(item, _Open):
            waiting.extend(reversed(_pieces(item.value, spans)))
    return "".join(pieces)


class _Open:
    """A value that ``dump`` has still to write."""

    def __init__(self, value: object) -> None:
        self.value: Final = value


def _pieces(value: object, spans: bool) -> list[object]:
    """A value as text and smaller values."""
    result: list[object] = []
    if isinstance(value, Node):
        result.append(value.__class__.__name__)
        if spans:
            result.append(f"[{value.start}:{value.end}]")
        result.append("(")
        first = True
        for name, item in value.fields():
            result.append(f"{name}=" if first else f", {name}=")
            result.append(_Open(item))
            first = False
        result.append(")")
    elif isinstance(value, tuple):
        result.append("(")
        for item in value:
            result.append(_Open(item))
            result.append(", ")
        if len(value) > 1:
            result.pop()
        elif value:
            result[-1] = ","
        result.append(")")
    else:
        result.append(repr(value))
    return result
