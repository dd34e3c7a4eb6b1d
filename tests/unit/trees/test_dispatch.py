"""A class without an entry in a table is named, before it is met and when it is."""

from __future__ import annotations

import pytest

from foundrydb.compiler.trees.dispatch import Dispatch, leaves
from foundrydb.errors import InternalError


class Shape:
    pass


class Round(Shape):
    pass


class Circle(Round):
    pass


class Square(Shape):
    pass


def table() -> Dispatch[str]:
    made: Dispatch[str] = Dispatch("the name of a shape", Shape)

    @made.entry(Circle)
    def _circle(shape: Circle) -> str:
        return "circle"

    return made


def test_a_node_goes_to_the_function_of_its_class() -> None:
    shape = Circle()
    assert table().of(shape)(shape) == "circle"


def test_a_class_without_an_entry_is_named() -> None:
    assert table().missing() == ["Square"]
    with pytest.raises(InternalError, match="the name of a shape: Square has no entry"):
        table().of(Square())


def test_a_second_entry_is_a_mistake() -> None:
    with pytest.raises(InternalError, match="Circle has two entries"):
        table().add(Circle, repr)


def test_leaves_are_the_classes_without_subclasses() -> None:
    assert leaves(Shape) == [Circle, Square]
    assert leaves(Square) == [Square]
