"""Copies of trees, and trees as pickles.

A tree is taken apart into a flat list, what is below before what is above, and put together from that: neither
recurses, and what several places of the tree share is one object in the copy too.  Origins stay behind.
"""

from __future__ import annotations

from typing import Any, Final, cast, final

from foundrydb.compiler.late import named
from foundrydb.compiler.trees.fields import Entity, Fields, inner


@final
class Place:
    """Stands in a list of parts for the part of that number."""

    def __init__(self, number: int) -> None:
        self.number: Final = number

    def __reduce__(self) -> tuple[object, ...]:
        return Place, (self.number,)


def in_order(tree: Fields) -> list[Fields]:
    """Everything in a tree, each object once, what is below before what is above.

    An entity that is no part of the tree is left out.
    """
    found: list[Fields] = []
    seen: set[int] = set()
    waiting: list[tuple[Fields, bool]] = [(tree, False)]
    while waiting:
        item, is_entered = waiting.pop()
        if is_entered:
            found.append(item)
        elif id(item) not in seen:
            seen.add(id(item))
            waiting.append((item, True))
            for below in reversed(inner(item.values_of_fields())):
                if not isinstance(below, Entity) or below.is_entered():
                    waiting.append((below, False))
    return found


def shallow(item: Fields) -> Fields:
    """An object with the same fields, of the same class."""
    return _make(item.__class__, item.values_of_fields(), item.beside(), item.notes())


def deep(tree: Fields, memo: dict[int, Any]) -> Fields:
    """A copy of a tree; ``memo`` is what ``copy.deepcopy`` has copied already."""
    for item in in_order(tree):
        if id(item) not in memo:
            values = [_copied(value, memo) for value in item.values_of_fields()]
            memo[id(item)] = _make(item.__class__, values, item.beside(), item.notes())
    return cast(Fields, memo[id(tree)])


def _copied(value: object, memo: dict[int, Any]) -> object:
    """A field's value with copies in place of what it holds."""
    if isinstance(value, Fields):
        known = memo.get(id(value))
        return named("deepcopy")(value, memo) if known is None else known
    if isinstance(value, list):
        return [_copied(item, memo) for item in value]
    if isinstance(value, tuple):
        return tuple([_copied(item, memo) for item in value])
    return value


def packed(tree: Fields) -> list[tuple[type, list[object], dict[str, object], list[float]]]:
    """A tree as a flat list of its parts: class, fields, what stands beside them, notes."""
    numbers: dict[int, int] = {}
    parts: list[tuple[type, list[object], dict[str, object], list[float]]] = []
    for item in in_order(tree):
        values = [_numbered(value, numbers) for value in item.values_of_fields()]
        numbers[id(item)] = len(parts)
        parts.append((item.__class__, values, item.beside(), item.notes()))
    return parts


def _numbered(value: object, numbers: dict[int, int]) -> object:
    """A field's value with places in place of parts."""
    if isinstance(value, Fields):
        number = numbers.get(id(value))
        return value if number is None else Place(number)
    if isinstance(value, list):
        return [_numbered(item, numbers) for item in value]
    if isinstance(value, tuple):
        return tuple([_numbered(item, numbers) for item in value])
    return value


def unpacked(parts: list[tuple[type, list[object], dict[str, object], list[float]]]) -> Fields:
    """The tree that ``packed`` took apart."""
    made: list[Fields] = []
    for part_class, values, beside, notes in parts:
        made.append(_make(part_class, [_placed(value, made) for value in values], beside, notes))
    return made[-1]


def _placed(value: object, made: list[Fields]) -> object:
    """A field's value with parts in place of places."""
    if isinstance(value, Place):
        return made[value.number]
    if isinstance(value, list):
        return [_placed(item, made) for item in value]
    if isinstance(value, tuple):
        return tuple([_placed(item, made) for item in value])
    return value


def _make(part_class: type, values: list[object], beside: dict[str, object], notes: list[float]) -> Fields:
    arguments = dict(zip(cast(Any, part_class).FIELDS, values))
    made = cast(Fields, cast(Any, part_class)(**arguments, **beside))
    made.take_notes(notes)
    return made
