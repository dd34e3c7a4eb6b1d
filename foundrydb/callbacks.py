"""Python callables as SQL functions, aggregates and collations."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from foundrydb.dbapi import to_sql_value
from foundrydb.errors import Error, error
from foundrydb.storage.values import Collation, Value
from foundrydb.vm.context import Context
from foundrydb.vm.functions.aggregate import Accumulator, AggregateFunction
from foundrydb.vm.functions.scalar import DETERMINISTIC, ScalarFunction


def _failed(what: str, cause: BaseException) -> Error:
    """The error of a statement in which a callable raised ``cause``, which is kept as the error's cause."""
    problem = error(what)
    problem.__cause__ = cause
    return problem


class UserFunction(ScalarFunction):
    """A scalar function that calls ``function``."""

    def __init__(self, name: str, count: int, function: Callable[..., Any], deterministic: bool) -> None:
        low = 0 if count < 0 else count
        super().__init__(name.lower(), low, count, "defined by the user", DETERMINISTIC if deterministic else 0)
        self.function: Final = function

    def call(self, args: list[Value], context: Context) -> Value:
        """The callable's result.

        Raises:
            OperationalError: it raised, or returned what is no SQL value.
        """
        try:
            return to_sql_value(self.function(*args), "result")
        except Exception as cause:
            raise _failed("user-defined function raised exception", cause) from cause


class UserAccumulator(Accumulator):
    """One instance of a user's aggregate class."""

    def __init__(self, maker: Callable[[], Any]) -> None:
        super().__init__()
        try:
            self._state = maker()
        except Exception as cause:
            raise _failed("user-defined aggregate's '__init__' method raised error", cause) from cause

    def step(self, args: list[Value]) -> None:
        """Call the class's ``step``."""
        self._call("step", args)

    def step_one(self, arg: Value) -> None:
        """Call the class's ``step`` with one argument."""
        self._call("step", [arg])

    def inverse(self, args: list[Value]) -> None:
        """Call the class's ``inverse``."""
        self._call("inverse", args)

    def value(self) -> Value:
        """Call the class's ``value``, or ``finalize`` where it has none."""
        return self._result("value" if hasattr(self._state, "value") else "finalize")

    def finish(self) -> Value:
        """Call the class's ``finalize``."""
        return self._result("finalize")

    def _call(self, method: str, args: list[Value]) -> None:
        try:
            getattr(self._state, method)(*args)
        except Exception as cause:
            raise _failed(f"user-defined aggregate's '{method}' method raised error", cause) from cause

    def _result(self, method: str) -> Value:
        try:
            return to_sql_value(getattr(self._state, method)(), "result")
        except Exception as cause:
            raise _failed(f"user-defined aggregate's '{method}' method raised error", cause) from cause


class UserAggregate(AggregateFunction):
    """An aggregate whose groups are instances of ``maker``'s."""

    def __init__(self, name: str, count: int, maker: Callable[[], Any]) -> None:
        super().__init__(name.lower(), 0 if count < 0 else count, count, "defined by the user", 0)
        self.maker: Final = maker

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """A new instance."""
        return UserAccumulator(self.maker)


class UserCollation(Collation):
    """A collating sequence that calls ``function(a, b)``."""

    def __init__(self, name: str, function: Callable[[str, str], int]) -> None:
        super().__init__(name)
        self.function: Final = function

    def compare(self, a: str, b: str) -> int:
        """The callable's answer; texts count as equal where it raises, which cannot be reported otherwise."""
        try:
            result = self.function(a, b)
            if not isinstance(result, int):
                raise TypeError(f"a collation must return an int, not {type(result).__name__}")
        except Exception:
            sys.unraisablehook(_Unraisable(*sys.exc_info(), self.function))
            return 0
        return (result > 0) - (result < 0)


class _Unraisable:
    """What ``sys.unraisablehook`` is told."""

    def __init__(self, kind: Any, value: Any, trace: Any, place: Any) -> None:
        self.exc_type = kind
        self.exc_value = value
        self.exc_traceback = trace
        self.err_msg = "Exception ignored in collation"
        self.object = place
