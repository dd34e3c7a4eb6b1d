"""What an object of a declared class says of itself: its fields, and what stands beside them."""

from __future__ import annotations

from typing import ClassVar


class Fields:
    """The base of everything that is made of declared fields: nodes of trees, their parts, and entities.

    The constructor takes the fields, and what ``beside`` gives, by their names.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def values_of_fields(self) -> list[object]:
        """The values of the fields, in the order of ``FIELDS``."""
        raise NotImplementedError

    def fields(self) -> list[tuple[str, object]]:
        """The fields as pairs of name and value."""
        return list(zip(self.FIELDS, self.values_of_fields()))

    def values_compared(self) -> list[object]:
        """The values of the fields that two objects which say the same agree in."""
        return self.values_of_fields()

    def beside(self) -> dict[str, object]:
        """What the constructor takes beside the fields, such as the place in the text."""
        return {}

    def notes(self) -> list[float]:
        """What others noted on it later, such as estimates; a copy has them too."""
        return []

    def take_notes(self, notes: list[float]) -> None:
        """Take over what ``notes`` gave of another."""

    def made_entities(self) -> list[Entity]:
        """The entities that exist because of this object: in another tree, others correspond to them."""
        return []


class Entity(Fields):
    """Something that several places of a tree refer to, and that only it itself is equal to.

    A copy of a tree has one copy of each of its entities.
    """

    def number_of(self) -> int:
        """What tells it from others that look like it, where it comes from outside of a tree."""
        return 0

    def is_entered(self) -> bool:
        """Whether it belongs to the tree that refers to it: what it holds is part of the tree's text."""
        return False


class Outside:
    """Something that trees refer to and that is no part of them, such as a table.

    A copy of a tree refers to the same one.
    """

    def identity(self) -> tuple[object, ...]:
        """What two objects agree in that stand for the same thing."""
        raise NotImplementedError


def inner(values: list[object]) -> list[Fields]:
    """The objects right within some values, lists and tuples of them included, in order."""
    found: list[Fields] = []
    for value in values:
        if isinstance(value, Fields):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, Fields):
                    found.append(item)
                elif isinstance(item, (list, tuple)):
                    found.extend(inner(list(item)))
    return found
