"""The mathematical functions.  NULL or what is not a number gives NULL, and so does a result that is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import numeric_whole, to_integer, to_real
from foundrydb.vm.arithmetic.real_text import decode
from foundrydb.vm.functions.scalar import Function, OneArgument, ScalarFunction, TwoArguments

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_WHOLE: Final = 4503599627370496.0
"""From here on a real has no digits after the point."""

_MOST_DECIMALS: Final = 30


def _number(value: Value) -> float | None:
    """The real that a numeric argument is; None for NULL, and for text and blobs that are not numbers."""
    number = numeric_whole(value) if isinstance(value, str) else value  # unlike an affinity, it keeps -0.0
    return float(number) if isinstance(number, (int, float)) else None


def _result(value: float) -> Value:
    return value if value == value else None


@final
class RealFunction(OneArgument):
    """A function of one real.

    Attributes:
        compute: the function.
    """

    def __init__(self, name: str, compute: Callable[[float], float], doc: str) -> None:
        super().__init__(name, 1, 1, doc)
        self.compute: Final = compute

    def call_one(self, x: Value, context: Context) -> Value:
        """The function's value; NULL outside its domain."""
        x = _number(x)
        if x is None:
            return None
        try:
            return _result(self.compute(x))
        except ValueError:
            return None
        except OverflowError:
            return math.inf


@final
class TwoRealsFunction(TwoArguments):
    """A function of two reals.

    Attributes:
        compute: the function.
    """

    def __init__(self, name: str, compute: Callable[[float, float], float], doc: str) -> None:
        super().__init__(name, 2, 2, doc)
        self.compute: Final = compute

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """The function's value; NULL outside its domain."""
        x = _number(x)
        y = _number(y)
        if x is None or y is None:
            return None
        try:
            return _result(self.compute(x, y))
        except (ValueError, ZeroDivisionError):
            return None


def _power(x: float, y: float) -> float:
    """x to the power of y as C's pow() has it."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0.0 and math.fmod(y, 2.0) in (1.0, -1.0) else math.inf
    except ValueError:
        if x == 0.0:
            return math.inf
        raise


def _atanh(x: float) -> float:
    return math.copysign(math.inf, x) if x in (1.0, -1.0) else math.atanh(x)


def _sinh(x: float) -> float:
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(math.inf, x)


@final
class WholeNumber(OneArgument):
    """ceil(X), floor(X) and trunc(X): integers stay as they are, and reals stay reals.

    Attributes:
        compute: the function on reals.
    """

    def __init__(self, name: str, compute: Callable[[float], int], doc: str) -> None:
        super().__init__(name, 1, 1, doc)
        self.compute: Final = compute

    def call_one(self, x: Value, context: Context) -> Value:
        """X without a fraction."""
        if isinstance(x, str):
            x = numeric_whole(x)  # unlike an affinity, it leaves '1.0' a real
        if isinstance(x, int):
            return x
        if not isinstance(x, float):
            return None
        return x if math.isinf(x) else math.copysign(float(self.compute(x)), x)


@final
class Log(ScalarFunction):
    """log(X), log(B, X), ln(X), log10(X) and log2(X)

    Attributes:
        base: e, 10, or 2.
    """

    def __init__(self, name: str, base: float, most: int, doc: str) -> None:
        super().__init__(name, 1, most, doc)
        self.base: Final = base

    def call(self, args: list[Value], context: Context) -> Value:
        """The logarithm; NULL for what has none."""
        first = _number(args[0])
        if first is None or first <= 0.0:
            return None
        x = first
        if len(args) == 2:
            # As in SQLite, only the base must be a number; the second argument is read as one.
            base = first
            x = to_real(args[1], context.encoding)
            if x <= 0.0:
                return None
            divisor = math.log(base)
            if divisor <= 0.0:
                return None
            result = math.log(x) / divisor
            return result if result == result else None  # infinity by infinity
        if self.base == 10.0:
            return math.log10(x)
        return math.log2(x) if self.base == 2.0 else math.log(x)


@final
class Pi(ScalarFunction):
    """pi()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """3.14…"""
        return math.pi


@final
class Round(ScalarFunction):
    """round(X, Y)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """X as a real with Y digits after the point; halves go away from zero."""
        decimals = 0
        if len(args) == 2:
            if args[1] is None:
                return None
            decimals = min(max(to_integer(args[1], context.encoding), 0), _MOST_DECIMALS)
        if args[0] is None:
            return None
        x = to_real(args[0], context.encoding)
        if x < -_WHOLE or x > _WHOLE:
            return x
        if decimals == 0:
            return float(int(x - 0.5 if x < 0.0 else x + 0.5))
        return decode(x, 26, decimals).real()


FUNCTIONS: Final[list[Function]] = [
    RealFunction("acos", math.acos, "The arc cosine of X"),
    RealFunction("acosh", math.acosh, "The inverse hyperbolic cosine of X"),
    RealFunction("asin", math.asin, "The arc sine of X"),
    RealFunction("asinh", math.asinh, "The inverse hyperbolic sine of X"),
    RealFunction("atan", math.atan, "The arc tangent of X"),
    TwoRealsFunction("atan2", math.atan2, "The angle of the point (X, Y), as atan2(Y, X)"),
    RealFunction("atanh", _atanh, "The inverse hyperbolic tangent of X"),
    WholeNumber("ceil", math.ceil, "The smallest whole number that is not below X"),
    WholeNumber("ceiling", math.ceil, "The same as ceil"),
    RealFunction("cos", math.cos, "The cosine of X"),
    RealFunction("cosh", math.cosh, "The hyperbolic cosine of X"),
    RealFunction("degrees", math.degrees, "X radians in degrees"),
    RealFunction("exp", math.exp, "e to the power of X"),
    WholeNumber("floor", math.floor, "The largest whole number that is not above X"),
    Log("ln", math.e, 1, "The natural logarithm of X"),
    Log(
        "log",
        10.0,
        2,
        "The decimal logarithm of X; with two arguments, of the second to the base of the first",
    ),
    Log("log10", 10.0, 1, "The decimal logarithm of X"),
    Log("log2", 2.0, 1, "The logarithm of X to the base 2"),
    TwoRealsFunction("mod", math.fmod, "The remainder of X / Y, as a real"),
    Pi("pi", 0, 0, "The ratio of a circle's circumference to its diameter"),
    TwoRealsFunction("pow", _power, "X to the power of Y"),
    TwoRealsFunction("power", _power, "The same as pow"),
    RealFunction("radians", math.radians, "X degrees in radians"),
    Round("round", 1, 2, "X with Y digits after the point"),
    RealFunction("sin", math.sin, "The sine of X"),
    RealFunction("sinh", _sinh, "The hyperbolic sine of X"),
    RealFunction("sqrt", math.sqrt, "The square root of X"),
    RealFunction("tan", math.tan, "The tangent of X"),
    RealFunction("tanh", math.tanh, "The hyperbolic tangent of X"),
    WholeNumber("trunc", math.trunc, "X without its fraction"),
]
