"""Functions that a user wrote in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.errors import Error, error
from foundrydb.storage.values import Collation, Value
from foundrydb.vm.cast import MAX_INTEGER, MIN_INTEGER
from foundrydb.vm.functions.aggregate import Accumulator, AggregateFunction
from foundrydb.vm.functions.scalar import DETERMINISTIC, ScalarFunction

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


def from_python(result: object, failed: str) -> Value:
    """The SQL value that a Python object is.

    Raises:
        Error: it is none; the message is ``failed``.
    """
    if result is None or isinstance(result, str):
        return result
    if isinstance(result, int):
        if MIN_INTEGER <= result <= MAX_INTEGER:
            return int(result)
        raise error(failed)
    if isinstance(result, float):
        return float(result) if result == result else None
    if isinstance(result, bytes):
        return result
    if isinstance(result, (bytearray, memoryview)):
        return bytes(result)
    raise error(failed)


@final
class UserFunction(ScalarFunction):
    """A scalar function in Python.

    Args:
        count: the number of arguments, or -1 for any.
    """

    def __init__(self, name: str, count: int, call: Callable[..., Any], deterministic: bool = False) -> None:
        flags = DETERMINISTIC if deterministic else 0
        super().__init__(name, 0 if count < 0 else count, count, "A function of the user's", flags)
        self._call: Final = call

    def call(self, args: list[Value], context: Context) -> Value:
        """What the Python function returns."""
        try:
            result = self._call(*args)
        except Error:
            raise
        except Exception as failure:
            raise error("user-defined function raised exception") from failure
        return from_python(result, "user-defined function raised exception")


@final
class UserAccumulator(Accumulator):
    """An instance of a user's aggregate class: ``step``, ``finalize``, and for windows ``inverse`` and ``value``."""

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__()
        self._make: Final = make
        self._instance: Any = None

    def _begin(self) -> None:
        """Make the instance, when the first row comes: a group without rows has the result NULL."""
        if self._instance is None:
            try:
                self._instance = self._make()
            except Error:
                raise
            except Exception as failure:
                raise error("user-defined aggregate's '__init__' method raised error") from failure

    def _called(self, method: str, args: list[Value]) -> object:
        failed = f"user-defined aggregate's '{method}' method raised error"
        try:
            found = getattr(self._instance, method)
        except AttributeError as missing:
            raise error(f"user-defined aggregate's '{method}' method not defined") from missing
        try:
            return found(*args)
        except Error:
            raise
        except Exception as failure:
            raise error(failed) from failure

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        self._begin()
        self._called("step", args)

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        self._called("inverse", args)

    def value(self) -> Value:
        """See ``Accumulator.value``."""
        if self._instance is None:
            return None
        return from_python(self._called("value", []), "user-defined aggregate's 'value' method raised error")

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        if self._instance is None:
            return None
        failed = "user-defined aggregate's 'finalize' method raised error"
        return from_python(self._called("finalize", []), failed)


@final
class UserAggregate(AggregateFunction):
    """An aggregate function in Python: a class, of which each group gets an instance."""

    def __init__(self, name: str, count: int, make: Callable[[], Any]) -> None:
        super().__init__(name, 0 if count < 0 else count, count, "An aggregate of the user's", 0)
        self._make: Final = make

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return UserAccumulator(self._make)


@final
class UserCollation(Collation):
    """A collating sequence in Python."""

    def __init__(self, name: str, order: Callable[[str, str], int]) -> None:
        super().__init__(name)
        self._order: Final = order

    def compare(self, a: str, b: str) -> int:
        """What the Python function says."""
        return int(self._order(a, b))
