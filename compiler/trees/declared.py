"""The bases of declared classes: what every tree can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, final

from foundrydb.compiler.late import named
from foundrydb.compiler.trees.compare import equal, hash_of
from foundrydb.compiler.trees.fields import Entity, Fields

Item = TypeVar("Item")


class Declared(Fields):
    """A node of a tree, or a part of one: a value that can be copied, pickled and compared."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and equal(self, other)

    def __ne__(self, other: object) -> bool:
        return not (isinstance(other, Fields) and equal(self, other))

    def __hash__(self) -> int:
        return hash_of(self)

    def __repr__(self) -> str:
        text: str = named("dump")(self)
        return text

    def __copy__(self) -> Fields:
        copy: Fields = named("shallow")(self)
        return copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Fields:
        copy: Fields = named("deep")(self, memo)
        return copy

    def __reduce__(self) -> tuple[Callable[..., Fields], tuple[object, ...]]:
        return named("unpacked"), (named("packed")(self),)


class Traced(Declared):
    """A node that knows what it was made from.

    Attributes:
        origin: the syntax that asks for it, or what a pass replaced by it.
    """

    origin: Fields | None


TracedT = TypeVar("TracedT", bound=Traced)


def made_from(origin: Fields, node: TracedT) -> TracedT:
    """A new node, which knows from now on what it was made from; one that knows it already stays as it is."""
    if node.origin is None and node is not origin:
        node.origin = origin
    return node


class SharedEntity(Entity):
    """An entity that can be copied and pickled."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Fields:
        copy: Fields = named("deep")(self, memo)
        return copy

    def __reduce__(self) -> tuple[Callable[..., Fields], tuple[object, ...]]:
        return named("unpacked"), (named("packed")(self),)


class Part(Declared):
    """A part of a node that is no node itself, such as a term of an ORDER BY."""


@final
class Feed(Generic[Item]):
    """Gives out a list's items to the fields that take them, in order."""

    def __init__(self, items: list[Item]) -> None:
        self._items: Final = items
        self._position = 0

    def one(self) -> Item:
        """The next item."""
        self._position += 1
        return self._items[self._position - 1]

    def several(self, count: int) -> list[Item]:
        """The next ``count`` items."""
        start = self._position
        self._position += count
        return self._items[start : self._position]

    def turns(self, count: int) -> tuple[list[Item], list[Item]]:
        """The next ``count`` pairs: their first items, their second ones."""
        both = self.several(2 * count)
        return both[::2], both[1::2]
