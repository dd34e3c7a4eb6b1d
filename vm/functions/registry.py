"""The functions that a connection knows, by name and number of arguments."""

from __future__ import annotations

from typing import Final, final

from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.functions.table import TableFunction


@final
class FunctionRegistry:
    """A connection's functions: SQLite's own and the user's."""

    def __init__(self) -> None:
        self._functions: Final[dict[str, list[Function]]] = {}
        self._tables: Final[dict[str, TableFunction]] = {}

    def add(self, function: Function) -> None:
        """Declare a function; it replaces one of that name with the same numbers of arguments."""
        overloads = self._functions.setdefault(function.name.lower(), [])
        for i in range(len(overloads)):
            if overloads[i].min_args == function.min_args and overloads[i].max_args == function.max_args:
                overloads[i] = function
                return
        overloads.append(function)

    def remove(self, name: str, count: int) -> None:
        """Forget the function ``name`` that was declared with ``count`` arguments (-1: any number)."""
        overloads = self._functions.get(name.lower(), [])
        low = 0 if count < 0 else count
        for i in range(len(overloads)):
            if overloads[i].min_args == low and overloads[i].max_args == count:
                del overloads[i]
                return

    def find(self, name: str, count: int) -> Function | None:
        """The function ``name`` that takes ``count`` arguments; the closest fit, if several do."""
        best: Function | None = None
        for function in self._functions.get(name.lower(), []):
            if function.accepts(count) and (best is None or function.min_args == function.max_args):
                best = function
        return best

    def exists(self, name: str) -> bool:
        """Whether there is a function ``name``, with whatever number of arguments."""
        return bool(self._functions.get(name.lower()))

    def all(self) -> list[Function]:
        """Every function, by name."""
        return [f for name in sorted(self._functions) for f in self._functions[name]]

    def add_table(self, function: TableFunction) -> None:
        """Declare a table-valued function."""
        self._tables[function.name.lower()] = function

    def table(self, name: str) -> TableFunction | None:
        """The table-valued function ``name``."""
        return self._tables.get(name.lower())

    def tables(self) -> list[TableFunction]:
        """Every table-valued function, by name."""
        return [self._tables[name] for name in sorted(self._tables)]
