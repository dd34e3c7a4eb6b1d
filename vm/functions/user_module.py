"""Modules that a user wrote in Python: what they answer is looked at before the engine relies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import Error, error
from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import MAX_INTEGER, MIN_INTEGER
from foundrydb.vm.functions.callbacks import failed
from foundrydb.vm.functions.user import from_python
from foundrydb.vm.modules.module import Module, VirtualCursor, VirtualTable
from foundrydb.vm.modules.strategy import Request, Strategy

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


def told(failure: BaseException, name: str, callback: object) -> Exception:
    """What SQL is told of an exception in a module; an error of the engine's own kind is told as it is."""
    if isinstance(failure, Error):
        return failure
    problem = failed(failure, callback, f"module {name} raised exception")
    problem.__cause__ = failure  # compiled code forgets what stands after `from`
    return problem


@final
class UserModule(Module):
    """A module of the user's, guarded."""

    def __init__(self, module: Module) -> None:
        super().__init__(module.name.lower(), module.doc)
        self._module: Final = module

    def connect(self, arguments: list[str]) -> VirtualTable:
        """See ``Module.connect``."""
        try:
            table = self._module.connect(arguments)
            return UserTable(self.name, table)
        except BaseException as failure:
            raise told(failure, self.name, self._module) from failure


@final
class UserTable(VirtualTable):
    """The table of such a module."""

    def __init__(self, name: str, table: VirtualTable) -> None:
        super().__init__(
            name, list(table.columns), table.strict, table.innocuous, direct_only=table.direct_only
        )
        self._table: Final = table

    def choose(self, request: Request) -> Strategy | None:
        """See ``VirtualTable.choose``.

        Raises:
            OperationalError: the answer is about conditions that were not offered.
        """
        try:
            strategy = self._table.choose(request)
        except BaseException as failure:
            raise told(failure, self.name, self._table) from failure
        if strategy is not None and not _is_sound(strategy, len(request.conditions)):
            raise error(f"module {self.name} chose conditions that were not offered")
        return strategy

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        """See ``VirtualTable.open``."""
        try:
            return UserCursor(self.name, self._table.open(number, text, values, context))
        except BaseException as failure:
            raise told(failure, self.name, self._table) from failure


def _is_sound(strategy: Strategy, offered: int) -> bool:
    """Whether a strategy takes only conditions that there are, and is certain only of those that it takes."""
    if any(not 0 <= place < offered for place in strategy.values):
        return False
    return all(place in strategy.values for place in strategy.certain)


@final
class UserCursor(VirtualCursor):
    """A walk over the rows of such a table."""

    def __init__(self, name: str, cursor: VirtualCursor) -> None:
        self._name: Final = name
        self._cursor: Final = cursor

    def next(self) -> bool:
        """See ``VirtualCursor.next``."""
        try:
            return bool(self._cursor.next())
        except BaseException as failure:
            raise told(failure, self._name, self._cursor) from failure

    def column(self, i: int) -> Value:
        """See ``VirtualCursor.column``."""
        try:
            return from_python(self._cursor.column(i))
        except BaseException as failure:
            raise told(failure, self._name, self._cursor) from failure

    def rowid(self) -> int:
        """See ``VirtualCursor.rowid``."""
        try:
            number = self._cursor.rowid()
            if MIN_INTEGER <= number <= MAX_INTEGER:
                return number
            raise OverflowError("a rowid has 64 bits")
        except BaseException as failure:
            raise told(failure, self._name, self._cursor) from failure

    def close(self) -> None:
        """See ``VirtualCursor.close``."""
        try:
            self._cursor.close()
        except BaseException as failure:
            raise told(failure, self._name, self._cursor) from failure
