"""Functions about values of any kind: choosing among them, asking for their type, making new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import error
from foundrydb.storage.format.values import Value, compare
from foundrydb.vm.arithmetic.affinity import FLEXNUM, apply_affinity
from foundrydb.vm.arithmetic.cast import MIN_INTEGER, boolean, to_integer, to_real
from foundrydb.vm.functions.scalar import (
    COLLATED,
    DETERMINISTIC,
    INLINE,
    Function,
    OneArgument,
    ScalarFunction,
    TwoArguments,
)
from foundrydb.vm.limits import check_length

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


@final
class Abs(OneArgument):
    """abs(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """The absolute value; text counts as the real that it begins with."""
        if x is None:
            return None
        if isinstance(x, int):
            if x == MIN_INTEGER:
                raise error("integer overflow")
            return -x if x < 0 else x
        real = to_real(x, context.encoding)
        return -real if real < 0.0 else real


@final
class Coalesce(ScalarFunction):
    """coalesce(X, Y, …) and ifnull(X, Y)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The first argument that is not NULL."""
        for arg in args:
            if arg is not None:
                return arg
        return None


@final
class Iif(ScalarFunction):
    """iif(X, Y, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Like CASE: the value after the first true condition, else the odd last argument, else NULL."""
        for i in range(0, len(args) - 1, 2):
            if boolean(args[i], context.encoding):
                return args[i + 1]
        return args[len(args) - 1] if len(args) % 2 else None


@final
class NullIf(TwoArguments):
    """nullif(X, Y)"""

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """X, or NULL if X equals Y."""
        return None if compare(x, y, context.collation) == 0 else x


@final
class First(ScalarFunction):
    """likely(X), unlikely(X) and likelihood(X, Y): X, with a hint for the planner."""

    def call(self, args: list[Value], context: Context) -> Value:
        """X itself."""
        return args[0]


@final
class TypeOf(OneArgument):
    """typeof(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """The name of the storage class."""
        if x is None:
            return "null"
        if isinstance(x, str):
            return "text"
        if isinstance(x, int):
            return "integer"
        return "real" if isinstance(x, float) else "blob"


@final
class ScalarExtreme(ScalarFunction):
    """max(X, Y, …) and min(X, Y, …)

    Attributes:
        sign: 1 for the largest, -1 for the smallest.
    """

    def __init__(self, name: str, sign: int, doc: str) -> None:
        super().__init__(name, 2, -1, doc, DETERMINISTIC | COLLATED)
        self.sign: Final = sign

    def call(self, args: list[Value], context: Context) -> Value:
        """The extreme argument, NULL if one is NULL; of equal ones min gives the last and max the first."""
        best = args[0]
        for arg in args:
            if arg is None:
                return None
            order = compare(best, arg, context.collation)
            if order < 0 if self.sign > 0 else order >= 0:
                best = arg
        return best

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """See ``call``."""
        if x is None or y is None:
            return None
        order = compare(x, y, context.collation)
        return y if (order < 0 if self.sign > 0 else order >= 0) else x


@final
class Sign(OneArgument):
    """sign(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """-1, 0 or 1; NULL for what is not a number."""
        x = apply_affinity(x, FLEXNUM)
        if not isinstance(x, (int, float)):
            return None
        return -1 if x < 0 else 1 if x > 0 else 0


@final
class Random(ScalarFunction):
    """random()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Any integer."""
        return int.from_bytes(context.host.random(8), "big", signed=True)


@final
class RandomBlob(OneArgument):
    """randomblob(N)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """N random bytes, one if N is below 1."""
        return context.host.random(_length(x, 1, context))


@final
class ZeroBlob(OneArgument):
    """zeroblob(N)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """N bytes of zero."""
        return bytes(_length(x, 0, context))


def _length(value: Value, least: int, context: Context) -> int:
    length = max(to_integer(value, context.encoding), least)
    check_length(length)
    return length


FUNCTIONS: Final[list[Function]] = [
    Abs("abs", 1, 1, "The absolute value of X"),
    Coalesce("coalesce", 2, -1, "The first argument that is not NULL", DETERMINISTIC | INLINE),
    Coalesce("ifnull", 2, 2, "X, or Y if X is NULL", DETERMINISTIC | INLINE),
    Iif(
        "iif",
        2,
        -1,
        "The value after the first true condition, else the last argument",
        DETERMINISTIC | INLINE,
    ),
    Iif("if", 2, -1, "The same as iif", DETERMINISTIC | INLINE),
    NullIf("nullif", 2, 2, "X, or NULL if X equals Y", DETERMINISTIC | COLLATED),
    First("likely", 1, 1, "X, which is mostly true", DETERMINISTIC | INLINE),
    First("unlikely", 1, 1, "X, which is mostly false", DETERMINISTIC | INLINE),
    First("likelihood", 2, 2, "X, which is true with the probability Y", DETERMINISTIC | INLINE),
    TypeOf("typeof", 1, 1, "The storage class of X: null, integer, real, text or blob"),
    ScalarExtreme("max", 1, "The largest argument, NULL if one is NULL"),
    ScalarExtreme("min", -1, "The smallest argument, NULL if one is NULL"),
    Sign("sign", 1, 1, "-1, 0 or 1 as X is below, at or above zero"),
    Random("random", 0, 0, "A random integer", 0),
    RandomBlob("randomblob", 1, 1, "N random bytes", 0),
    ZeroBlob("zeroblob", 1, 1, "N bytes of zero"),
]
