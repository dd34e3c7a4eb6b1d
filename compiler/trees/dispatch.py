"""Tables from the class of a node to the function that handles it, in the place of chains of ``isinstance``.

The entry stands beside the function::

    TEXTS: Final[Dispatch[str]] = Dispatch("the text of a shape", Shape)

    @TEXTS.entry(Circle)
    def _circle(shape: Circle) -> str: ...

    TEXTS.of(shape)(shape)

A class without an entry is an error that names it; ``missing`` finds such classes before that, and a test asks every
table.  Modules that only rare nodes need are loaded with the first of these (``late.py`` says which).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, final

from foundrydb.compiler.late import load
from foundrydb.errors import InternalError

Result = TypeVar("Result")
Handler = TypeVar("Handler", bound=Callable[..., Any])


@final
class Dispatch(Generic[Result]):
    """What to do with a node, by its class.

    Attributes:
        task: what the functions do, for messages.
        bases: the classes whose leaves need an entry each.
        without: classes among these that need none, with all below them.
        late: the modules of functions that are loaded late, by the classes' names.
    """

    def __init__(
        self, task: str, *bases: type, without: tuple[type, ...] = (), late: dict[str, str] | None = None
    ) -> None:
        self.task: Final = task
        self.bases: Final = bases
        self.without: Final = without
        self.late: Final[dict[str, str]] = {} if late is None else late
        self._functions: Final[dict[type, Callable[..., Result]]] = {}
        TABLES.append(self)

    def entry(self, *classes: type) -> Entry[Result]:
        """The decorator of the function for nodes of these classes."""
        return Entry(self, classes)

    def add(self, node_class: type, function: Callable[..., Result]) -> None:
        """Have a function handle the nodes of a class; a second one for it is a mistake."""
        if node_class in self._functions:
            raise InternalError(f"{self.task}: {node_class.__name__} has two entries")
        self._functions[node_class] = function

    def of(self, node: object) -> Callable[..., Result]:
        """The function for a node."""
        function = self._functions.get(type(node))
        if function is None:
            return self._loaded(type(node))
        return function

    def _loaded(self, node_class: type) -> Callable[..., Result]:
        """The function for a class whose module may not have been loaded yet."""
        name = node_class.__name__
        if name in self.late:
            load(self.late[name])
        function = self._functions.get(node_class)
        if function is None:
            raise InternalError(f"{self.task}: {name} has no entry")
        return function

    def missing(self) -> list[str]:
        """The names of the classes that need an entry and have none, once everything is loaded."""
        for module in self.late.values():
            load(module)
        wanted = [leaf for base in self.bases for leaf in leaves(base) if not issubclass(leaf, self.without)]
        return sorted([leaf.__name__ for leaf in wanted if leaf not in self._functions])


TABLES: Final[list[Dispatch[Any]]] = []
"""Every table, for the test that asks each for what is missing."""


@final
class Entry(Generic[Result]):
    """Puts the function that it decorates into a table."""

    def __init__(self, table: Dispatch[Result], classes: tuple[type, ...]) -> None:
        self._table: Final = table
        self._classes: Final = classes

    def __call__(self, function: Handler) -> Handler:
        for node_class in self._classes:
            self._table.add(node_class, function)
        return function


def leaves(base: type) -> list[type]:
    """The classes below one that have none below them, or the class itself where it is one."""
    below: list[type] = base.__subclasses__()
    if not below:
        return [base]
    return [leaf for subclass in below for leaf in leaves(subclass)]
