"""The functions that a connection knows, by name and number of arguments.

What is declared somewhere is loaded when a name is asked for that is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.functions.table import TableFunction


@final
class FunctionRegistry:
    """A connection's functions: SQLite's own and the user's."""

    def __init__(self) -> None:
        self._functions: Final[dict[str, list[Function]]] = {}
        self._tables: Final[dict[str, TableFunction]] = {}
        self._waiting: Final[list[Callable[[], list[Function]]]] = []
        self._waiting_tables: Final[list[Callable[[], list[TableFunction]]]] = []

    def functions_later(self, load: Callable[[], list[Function]]) -> None:
        """Have functions loaded when one is asked for that those before do not know."""
        self._waiting.append(load)

    def tables_later(self, load: Callable[[], list[TableFunction]]) -> None:
        """Have table-valued functions loaded when one is asked for that is not known."""
        self._waiting_tables.append(load)

    def _load_one(self) -> bool:
        """Load what waits first; False if nothing waits."""
        if not self._waiting:
            return False
        for function in self._waiting.pop(0)():
            self._declare(function)
        return True

    def _load(self) -> None:
        while self._load_one():
            pass

    def _load_tables(self) -> None:
        while self._waiting_tables:
            for table in self._waiting_tables.pop(0)():
                self.add_table(table)

    def add(self, function: Function) -> None:
        """Declare a function; it replaces one of that name with the same numbers of arguments."""
        self._load()
        self._declare(function)

    def _declare(self, function: Function) -> None:
        overloads = self._functions.setdefault(function.name.lower(), [])
        for i in range(len(overloads)):
            if overloads[i].min_args == function.min_args and overloads[i].max_args == function.max_args:
                overloads[i] = function
                return
        overloads.append(function)

    def remove(self, name: str, count: int) -> None:
        """Forget the function ``name`` that was declared with ``count`` arguments (-1: any number)."""
        self._load()
        overloads = self._functions.get(name.lower(), [])
        low = 0 if count < 0 else count
        for i in range(len(overloads)):
            if overloads[i].min_args == low and overloads[i].max_args == count:
                del overloads[i]
                return

    def find(self, name: str, count: int) -> Function | None:
        """The function ``name`` that takes ``count`` arguments; the closest fit, if several do."""
        while True:
            best: Function | None = None
            for function in self._functions.get(name.lower(), []):
                if function.accepts(count) and (best is None or function.min_args == function.max_args):
                    best = function
            if best is not None or not self._load_one():
                return best

    def exists(self, name: str) -> bool:
        """Whether there is a function ``name``, with whatever number of arguments."""
        self._load()
        return bool(self._functions.get(name.lower()))

    def all(self) -> list[Function]:
        """Every function, by name."""
        self._load()
        return [f for name in sorted(self._functions) for f in self._functions[name]]

    def add_table(self, function: TableFunction) -> None:
        """Declare a table-valued function."""
        self._tables[function.name.lower()] = function

    def clear(self) -> None:
        """Forget all functions."""
        self._waiting.clear()
        self._waiting_tables.clear()
        self._functions.clear()
        self._tables.clear()

    def table(self, name: str) -> TableFunction | None:
        """The table-valued function ``name``."""
        found = self._tables.get(name.lower())
        if found is None and self._waiting_tables:
            self._load_tables()
            found = self._tables.get(name.lower())
        return found

    def tables(self) -> list[TableFunction]:
        """Every table-valued function, by name."""
        self._load_tables()
        return [self._tables[name] for name in sorted(self._tables)]
