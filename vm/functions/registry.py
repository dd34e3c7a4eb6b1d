"""The functions that a connection knows, by name and number of arguments; its modules are in a registry of their own.

A function of the user's goes before SQLite's own of that name, for the numbers of arguments that it takes.  What is
declared somewhere is loaded when a name is asked for that is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from foundrydb.storage.format.values import fold_ascii
from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.modules.registry import ModuleRegistry


@final
class Removed(Function):
    """Stands where a function of the user's was that is there no more: it still hides SQLite's own, as in SQLite."""


@final
class FunctionRegistry:
    """A connection's functions: SQLite's own and the user's.

    Attributes:
        trusts_schema: what the schema says (views, CHECK, …) may call functions of the user's.
        modules: what virtual tables are made by.
    """

    def __init__(self) -> None:
        self.trusts_schema = True
        self.modules: Final = ModuleRegistry()
        self._functions: Final[dict[bytes, list[Function]]] = {}
        self._of_user: Final[dict[bytes, list[Function]]] = {}
        self._waiting: Final[list[Callable[[], list[Function]]]] = []

    def functions_later(self, load: Callable[[], list[Function]]) -> None:
        """Have functions loaded when one is asked for that those before do not know."""
        self._waiting.append(load)

    def _load_one(self) -> bool:
        """Load what waits first, which goes on waiting if it cannot be loaded; False if nothing waits."""
        if not self._waiting:
            return False
        functions = self._waiting[0]()
        del self._waiting[0]
        for function in functions:
            self._declare(function)
        return True

    def _load(self) -> None:
        while self._load_one():
            pass

    def _declare(self, function: Function) -> None:
        self._functions.setdefault(fold_ascii(function.name), []).append(function)

    def add(self, function: Function) -> None:
        """Declare a function of the user's; it replaces one of that name with the same number of arguments."""
        overloads = self._of_user.setdefault(fold_ascii(function.name), [])
        overloads[:] = [other for other in overloads if other.max_args != function.max_args]
        overloads.append(function)

    def remove(self, name: str, count: int) -> None:
        """Forget the user's function ``name`` that was declared with ``count`` arguments (-1: any number)."""
        if any(function.max_args == count for function in self._of_user.get(fold_ascii(name), [])):
            self.add(Removed(name, max(count, 0), count, ""))

    def adopt(self, other: FunctionRegistry) -> None:
        """Know the functions of the user's that another registry knows."""
        self._of_user.update(other._of_user)
        self.trusts_schema = other.trusts_schema

    def find(self, name: str, count: int) -> Function | None:
        """The function ``name`` that takes ``count`` arguments; the closest fit, if several do."""
        key = fold_ascii(name)
        best = closest(self._of_user.get(key, []), count)
        while best is None:
            best = closest(self._functions.get(key, []), count)
            if best is None and not self._load_one():
                break
        return None if isinstance(best, Removed) else best

    def exists(self, name: str) -> bool:
        """Whether there is a function ``name``, with whatever number of arguments."""
        self._load()
        return len(self._named(fold_ascii(name))) > 0

    def all(self) -> list[Function]:
        """Every function, by name; the user's before SQLite's own."""
        self._load()
        return [f for name in sorted(set(self._functions) | set(self._of_user)) for f in self._named(name)]

    def is_own(self, function: Function) -> bool:
        """Whether a function is SQLite's own, and was not declared for this connection."""
        return function in self._functions.get(fold_ascii(function.name), [])

    def _named(self, name: bytes) -> list[Function]:
        found = self._of_user.get(name, []) + self._functions.get(name, [])
        return [function for function in found if not isinstance(function, Removed)]

    def clear(self) -> None:
        """Forget all functions and modules."""
        self.modules.clear()
        self._waiting.clear()
        self._functions.clear()
        self._of_user.clear()


def closest(functions: list[Function], count: int) -> Function | None:
    """Which of some functions takes ``count`` arguments; the one for just as many goes before others."""
    best: Function | None = None
    for function in functions:
        if function.accepts(count) and (best is None or function.min_args == function.max_args):
            best = function
    return best
