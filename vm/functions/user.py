"""Functions that a user wrote in Python."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from operator import index
from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.storage.format.values import MET, Collation, Value, contiguous_bytes
from foundrydb.vm.arithmetic.cast import MAX_INTEGER, MIN_INTEGER
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.callbacks import failed
from foundrydb.vm.functions.scalar import DETERMINISTIC, WINDOW, ScalarFunction

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


def from_python(result: object) -> Value:
    """The SQL value that a Python object is.

    Raises:
        OverflowError: an integer beyond 64 bits.
        UnicodeEncodeError: text with lone surrogates.
        BufferError: a buffer that is not contiguous.
        TypeError: SQL has no such values.
    """
    if result is None:
        return None
    if isinstance(result, str):
        if not result.isascii():
            result.encode()
        return result if type(result) is str else "".join([result])
    if isinstance(result, int):
        if MIN_INTEGER <= result <= MAX_INTEGER:
            return int.__index__(result)
        raise OverflowError("Python int too large to convert to SQLite INTEGER")
    if isinstance(result, float):
        return float.__float__(result) if result == result else None
    if type(result) is bytes:
        return result
    return contiguous_bytes(result)


def _refuse_ill_formed(args: list[Value]) -> None:
    """See that all texts can be given to Python.

    Raises:
        UnicodeEncodeError: one has bytes that are not UTF-8.
    """
    if MET.ill_formed:
        for value in args:
            if isinstance(value, str):
                value.encode()


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

    @property
    def of_user(self) -> bool:
        """See ``Function.of_user``."""
        return True

    def call(self, args: list[Value], context: Context) -> Value:
        """What the Python function returns."""
        try:
            _refuse_ill_formed(args)
            return from_python(self._call(*args))
        except BaseException as failure:
            raise failed(failure, self._call, "user-defined function raised exception") from failure


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
            except BaseException as failure:
                message = "user-defined aggregate's '__init__' method raised error"
                raise failed(failure, self._make, message) from failure

    def _called(self, method: str, args: list[Value]) -> object:
        try:
            found = getattr(self._instance, method)
        except AttributeError as missing:
            message = f"user-defined aggregate's '{method}' method not defined"
            raise failed(missing, self._make, message) from missing
        try:
            _refuse_ill_formed(args)
            return found(*args)
        except BaseException as failure:
            message = f"user-defined aggregate's '{method}' method raised error"
            raise failed(failure, self._make, message) from failure

    def _result(self, method: str) -> Value:
        if self._instance is None:
            return None
        result = self._called(method, [])
        try:
            return from_python(result)
        except Exception as failure:
            message = f"user-defined aggregate's '{method}' method raised error"
            raise failed(failure, self._make, message) from failure

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        self._begin()
        self._called("step", args)

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        self._called("inverse", args)

    def value(self) -> Value:
        """See ``Accumulator.value``."""
        return self._result("value")

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        return self._result("finalize")

    def close(self) -> None:
        """See ``Accumulator.close``; what ``finalize`` gives or raises is of no account, as in SQLite."""
        with suppress(Exception):
            self._result("finalize")


@final
class UserAggregate(AggregateFunction):
    """An aggregate function in Python: a class, of which each group gets an instance."""

    def __init__(self, name: str, count: int, make: Callable[[], Any], window: bool = False) -> None:
        flags = WINDOW if window else 0
        super().__init__(name, 0 if count < 0 else count, count, "An aggregate of the user's", flags)
        self._make: Final = make

    @property
    def of_user(self) -> bool:
        """See ``Function.of_user``."""
        return True

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return UserAccumulator(self._make)


@final
class UserCollation(Collation):
    """A collating sequence in Python."""

    def __init__(self, name: str, order: Callable[[str, str], Any], failures: list[BaseException]) -> None:
        super().__init__(name)
        self._order: Final = order
        self._failures: Final = failures

    def compare(self, a: str, b: str) -> int:
        """What the Python function says; 0 where that is no integer.

        A statement is not cut where the function raises: texts are equal from there on, and the exception is raised
        when the statement stops.
        """
        if self._failures:
            return 0
        try:
            answer = self._order(a, b)
        except BaseException as failure:
            self._failures.append(failure)
            return 0
        try:
            order = index(answer)
        except TypeError:
            return 0
        return (order > 0) - (order < 0)
