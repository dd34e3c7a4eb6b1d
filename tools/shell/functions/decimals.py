"""Decimal numbers of any length, as texts: ``decimal`` and the functions that calculate with them.

A number keeps its places: 1.50 is not 1.5, though they are equal.  A text is read as far as it goes, and what is no
digit is passed over.  A real, and a blob with the 8 bytes of one, is the sum of powers of two that it is, where that
is asked for (``decimal``, ``decimal_exp``), else as SQL writes it.
(https://sqlite.org/floatingpoint.html#the_decimal_c_extension)

What is read has one zero; a sum, a difference or a product that is zero may be ``-0``, as SQLite's.  Other than
SQLite's, a result is NULL where an argument is.
"""

from __future__ import annotations

import re
import struct
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from math import isfinite
from typing import TYPE_CHECKING, Final

from foundrydb.errors import error
from foundrydb.storage.format.values import UTF8, Value
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.accumulator import Accumulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.api.connection import Connection

MOST_DIGITS: Final = 10_000_000
"""How many digits a number has at most."""

LARGEST_POWER: Final = 20_000
"""Of two, in ``decimal_pow2``; the smallest is as far below zero."""

# Python's operators would round to the digits of its own context.
_EXACT: Final = Context(
    MOST_DIGITS, ROUND_HALF_UP, MIN_EMIN, MAX_EMAX, traps=[Inexact, InvalidOperation, Overflow]
)
_NO_DIGIT: Final = re.compile("[^0-9]+")
_POWER: Final = re.compile("[eE]")
_SPACES: Final = " \t\n\v\f\r"
_POWER_DIGITS: Final = 7
"""How many digits of an exponent count."""


def decimal_of(value: Value, exact: bool = False) -> Decimal | None:
    """The number that a value is; None for NULL, and for what is none.

    Args:
        exact: a real is what its bits say, not what SQL writes; of blobs, those of 8 bytes are reals.
    """
    if value is None:
        return None
    if exact and isinstance(value, bytes):
        value = struct.unpack(">d", value)[0] if len(value) == 8 else None
    if exact and not isinstance(value, (int, str)):
        return Decimal(value) if isinstance(value, float) and isfinite(value) else None
    return _read(to_text(value, UTF8))


def _read(text: str) -> Decimal:
    text = text.lstrip(_SPACES)
    number, *powers = _POWER.split(text, maxsplit=1)
    whole, _, fraction = number.rpartition(".") if "." in number else (number, "", "")
    digits = [_NO_DIGIT.sub("", part) for part in (whole, fraction)]
    places = _power_of(powers[0] if powers else "") - len(digits[1])
    try:
        read = _EXACT.create_decimal(f"{''.join(digits) or '0'}E{places}")
        read = read.quantize(Decimal(1), context=_EXACT) if places > 0 else read
    except (Inexact, InvalidOperation):
        raise _too_long() from None
    return _signed(read.copy_negate() if text.startswith("-") else read)


def _power_of(text: str) -> int:
    digits = _NO_DIGIT.sub("", text).lstrip("0")[:_POWER_DIGITS]
    return int(digits or 0) * (-1 if text.startswith("-") else 1)


def _too_long() -> Exception:
    return error(f"a decimal number has more than {MOST_DIGITS:,} digits", "SQLITE_TOOBIG")


def _signed(number: Decimal) -> Decimal:
    """A number; there is one zero."""
    return number if number else number.copy_abs()


def _places(number: Decimal) -> int:
    """How many digits it has after the point."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _with_places(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places, _EXACT), context=_EXACT)


def _rounded(number: Decimal, digits: int) -> Decimal:
    """A number with so many digits that count, and as many places as before; all of them for 0 or less."""
    if digits < 1 or not number or number.adjusted() + 1 + _places(number) <= digits:
        return number
    return _with_places(Context(digits, ROUND_HALF_UP).plus(number), _places(number))


def _plain(number: Decimal) -> str:
    return format(number, "f")


def _scientific(number: Decimal, digits: int) -> str:
    """A number as ``+1.5e+00``.

    Args:
        digits: of so many at its beginning those at the end that are zeros stay.
    """
    if not number:
        return "+0.0e+00"
    _, _, fraction = (written := _plain(number.copy_abs())).partition(".")
    shown = written.replace(".", "").lstrip("0")
    # Zeros between the point and the first other digit count among the digits.
    leading = len(fraction) - len(shown) if number.adjusted() < 0 else 0
    kept = max(len(shown.rstrip("0")), min(digits - leading, len(shown)))
    sign = "-" if number < 0 else "+"
    return f"{sign}{shown[0]}.{shown[1:kept] or '0'}e{number.adjusted():+03d}"


def _length(args: list[Value]) -> int:
    """The second argument: how many digits count."""
    return int(_read(to_text(args[1], UTF8))) if len(args) > 1 and args[1] is not None else 0


# -- the functions


def _decimal(connection: Connection, args: list[Value]) -> Value:
    number = decimal_of(args[0], exact=True)
    return None if number is None else _plain(_signed(_rounded(number, _length(args))))


def _decimal_exp(connection: Connection, args: list[Value]) -> Value:
    number = decimal_of(args[0], exact=True)
    if number is None:
        return None
    digits = _length(args)
    written = isinstance(args[0], (int, str))
    return _scientific(_rounded(number, digits), digits if written else 0)


def _decimal_pow2(connection: Connection, args: list[Value]) -> Value:
    power = args[0]
    if not isinstance(power, int):
        return None
    if abs(power) > LARGEST_POWER:
        raise error(f"decimal_pow2() takes powers from -{LARGEST_POWER:,} to {LARGEST_POWER:,}")
    if power >= 0:
        return _scientific(Decimal(1 << power), 0)
    return _scientific(Decimal(5**-power).scaleb(power, _EXACT), 0)


def _decimal_cmp(connection: Connection, args: list[Value]) -> Value:
    a, b = decimal_of(args[0]), decimal_of(args[1])
    return None if a is None or b is None else int(a.compare(b, _EXACT))


def _add(a: Decimal, b: Decimal) -> Decimal:
    """The sum; zero has the sign of the first number."""
    total = _EXACT.add(a, b)
    return total or total.copy_sign(a)


def _subtract(a: Decimal, b: Decimal) -> Decimal:
    """The difference; zero has the sign of the first number."""
    return _add(a, b.copy_negate())


def _multiply(a: Decimal, b: Decimal) -> Decimal:
    """The product, without zeros at its end beyond the places of the factor that has fewer."""
    product = _EXACT.multiply(a, b)
    needed = _places(product.normalize(_EXACT))
    return _with_places(product, max(needed, min(_places(a), _places(b))))


def _calculating(
    operation: Callable[[Decimal, Decimal], Decimal],
) -> Callable[[Connection, list[Value]], Value]:
    """The function for an operation."""

    def call(connection: Connection, args: list[Value]) -> Value:
        a, b = decimal_of(args[0]), decimal_of(args[1])
        return None if a is None or b is None else _plain(calculated(operation, a, b))

    return call


def calculated(operation: Callable[[Decimal, Decimal], Decimal], a: Decimal, b: Decimal) -> Decimal:
    """What an operation makes of two numbers.

    Raises:
        DataError: that has too many digits.
    """
    try:
        return operation(a, b)
    except (Inexact, InvalidOperation, Overflow):
        raise _too_long() from None


class DecimalSum(Accumulator):
    """``decimal_sum``: of NULLs 0, of no rows NULL."""

    def __init__(self) -> None:
        super().__init__()
        self._total: Decimal | None = None

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        self._change(_add, args[0])

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        self._change(_subtract, args[0])

    def _change(self, operation: Callable[[Decimal, Decimal], Decimal], value: Value) -> None:
        total, number = self._total, decimal_of(value)
        total = Decimal(0) if total is None else total
        self._total = total if number is None else calculated(operation, total, number)

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        return None if self._total is None else _plain(self._total)


def compared(a: str, b: str) -> int:
    """-1, 0 or 1 as the number of a text is less than that of another one, equal or greater."""
    return int(_read(a).compare(_read(b), _EXACT))


BODIES: Final[dict[str, Callable[[Connection, list[Value]], Value]]] = {
    "decimal": _decimal,
    "decimal_add": _calculating(_add),
    "decimal_cmp": _decimal_cmp,
    "decimal_exp": _decimal_exp,
    "decimal_mul": _calculating(_multiply),
    "decimal_pow2": _decimal_pow2,
    "decimal_sub": _calculating(_subtract),
}
"""See ``function_bodies.BODIES``."""
