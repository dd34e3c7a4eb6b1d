"""How a real number is written as text, to SQLite's letter.

SQLite 3.54 writes a real with 17 significant digits, except that it drops the last ones where a run of nines or zeros
shows that a shorter number means the same double.  The digits come from a longer rendering, which is made by one
multiplication of 64 bits by 64 bits and then rounded to 17: the last digit can differ from that of the exact value, and
is the same here because the same bits are cut off.
"""

from __future__ import annotations

from math import frexp
from typing import Final, final

from mypy_extensions import i64

INFINITY: Final = float("inf")

_TENS: Final[list[int]] = [10**power for power in range(19)]
_REAL_TENS: Final = [10.0**power for power in range(23)]
"""The powers of ten that are exact as reals."""

_EXACT: Final = 1 << 53
"""Integers up to here are exact as reals."""


@final
class Digits:
    """The decimal form of a finite real.

    Args:
        negative: it is below zero.
        number: the significant digits, read as a number, without trailing zeros.
        count: how many they are: 1 for zero, and none at all when every digit was rounded away.
        point: where the decimal point goes: before digit number ``point`` (from 0; may be outside).
    """

    def __init__(self, negative: bool, number: i64, count: i64, point: i64) -> None:
        self.negative: Final = negative
        self.number: Final[i64] = number
        self.count: Final[i64] = count
        self.point: Final[i64] = point

    @property
    def digits(self) -> str:
        """The significant digits."""
        return str(self.number) if self.count > 0 else ""

    def real(self) -> float:
        """The real that is nearest to it."""
        value = real_of(self.number, self.point - self.count)
        return -value if self.negative else value


def real_of(number: i64, exponent: i64) -> float:
    """The real that is nearest to ``number * 10 ** exponent``."""
    if number <= _EXACT and -22 <= exponent <= 22:
        # Both are exact as reals, so that one operation gives the nearest one.
        if exponent < 0:
            return float(number) / _REAL_TENS[-exponent]
        return float(number) * _REAL_TENS[exponent]
    return float(f"{number}e{exponent}")


def decode(value: float, significant: i64, decimals: i64 = -1, most: i64 = 26) -> Digits:
    """The digits of a finite real, rounded.

    Args:
        significant: keep at most so many significant digits; 17 asks for the shortening described above.
        decimals: if not negative, keep at most so many digits after the point.
        most: a second bound on the significant digits.
    """
    negative = value < 0.0
    if negative:
        value = -value
    if value == 0.0:
        return Digits(False, 0, 1, 1)
    wanted: i64 = 18
    if decimals < 0 and significant < 17:
        wanted = significant + 1
    number, power = _expand(value, wanted)
    count = _digit_count(number)
    point = count - power
    keep = significant
    if decimals >= 0:
        keep = point + decimals
        if keep < 0 or (keep == 0 and number // _ten(count - 1) < 5):
            return Digits(negative, 0, 0, point)
    if keep < count or count > most:
        if keep > most:
            keep = most
        if keep == 17:
            keep = _shortened(value, number, count, point)
        if keep == 0:
            return Digits(negative, 1, 1, point + 1)
        if keep < count:
            unit = _ten(count - keep)
            number = (number + (unit >> 1)) // unit
            count = keep
            if number == _ten(keep):
                point += 1
                count += 1
    while number % 10 == 0:
        number //= 10
        count -= 1
    return Digits(negative, number, count, point)


def _ten(power: i64) -> i64:
    """Ten to the power of at most 18."""
    return _TENS[power]


def _digit_count(number: i64) -> i64:
    """How many digits a positive number has."""
    count: i64 = 18 if number >= 100_000_000_000_000_000 else 1
    while count < 19 and number >= _ten(count):
        count += 1
    return count


def _expand(value: float, wanted: i64) -> tuple[i64, i64]:
    """At least ``wanted`` digits of a positive real as a number, and by which power of ten that is too large.

    The real is ``fraction * 2**exponent`` with 64 bits of fraction; times a power of ten, of which 64 bits are known,
    it has the digits before the point.  What the product loses is why the last digit may not be the nearest.
    """
    fraction, binary = frexp(value)
    exponent: i64 = binary - 64
    power = wanted - 1 - ((exponent + 63) * 78913 >> 18)
    known = _power_of_ten(power)
    product = _high_product(int(fraction * 9007199254740992.0), known.high, known.low)
    shift = -(exponent + (power * 108853 >> 15) + 2)
    if wanted == 18:
        product = _shifted(product, shift)
        return product + (product << 1 & 2) >> 1, power
    return _shifted(product, shift + 1), power


def _high_product(bits: i64, high: i64, low: i64) -> i64:
    """The upper half of the 128 bits of a product: of ``bits``, 53 ones followed by 11 zeros, and of two halves.

    It has all 64 bits, the sign's among them.  Each partial product fits into 63.
    """
    upper = bits >> 25
    lower = bits & 0x1FFFFFF
    middle = upper * low + (lower * low >> 25)
    cross = lower * high
    return upper * high * 16 + (cross >> 21) + (((cross & 0x1FFFFF) << 7) + middle >> 28)


def _shifted(bits: i64, by: i64) -> i64:
    """64 bits without a sign, moved to the right by at least one place."""
    return (bits >> 1 & 0x7FFFFFFFFFFFFFFF) >> by - 1


@final
class PowerOfTen:
    """The first 64 bits of a power of ten, in two halves."""

    def __init__(self, bits: int) -> None:
        self.high: Final[i64] = bits >> 32
        self.low: Final[i64] = bits & 0xFFFFFFFF


def _power_of_ten(power: i64) -> PowerOfTen:
    """The first 64 bits of ``10 ** power``, made once."""
    known = _POWERS.get(power)
    if known is None:
        known = _POWERS[power] = PowerOfTen(_leading_96(power) >> 32)
    return known


_GROUP: Final = 27
"""SQLite knows every 27th power of ten, and the first 27 of them exactly."""


def _leading_96(power: int) -> int:
    """The first 96 bits of ``10 ** power``: a known power times a small one, as SQLite makes it, all cut off."""
    rest = power % _GROUP
    if rest == 0 or power in (-1, rest):
        return _leading_bits(power, 96)
    bits = _leading_bits(power - rest, 96) * _leading_bits(rest, 64) >> 64
    return bits << 1 | 1 if bits < 1 << 95 else bits


def _leading_bits(power: int, bits: int) -> int:
    """The first bits of ``10 ** power``."""
    if power >= 0:
        exact: int = 10**power << bits
        return exact >> exact.bit_length() - bits
    inverse: int = 10**-power
    return (1 << inverse.bit_length() - 1 + bits) // inverse


_POWERS: Final[dict[int, PowerOfTen]] = {}


def _shortened(value: float, number: i64, count: i64, point: i64) -> i64:
    """How many digits to keep: fewer than 17 where nines or zeros near the end tell of a shorter number.

    Of ``number`` there are at least 18 digits.
    """
    keep: i64 = 13
    last: i64 = 0
    if number // _ten(count - 16) % 100 == 99:
        keep = 14
        last = 9
    elif point < count and number // _ten(count - 16) % 1000 != 0:
        return 17
    shorter = number // _ten(count - keep)
    while keep > 0 and shorter % 10 == last:
        shorter //= 10
        keep -= 1
    if last == 9:
        shorter += 1
    if real_of(shorter, point - keep) != value:
        return 17
    return keep if keep > 0 else 1


def real_to_text(value: float) -> str:
    """The text of a real as CAST and column output give it: ``0.1``, ``1.0e+20``, ``Inf``."""
    if value == INFINITY:
        return "Inf"
    if value == -INFINITY:
        return "-Inf"
    return plain_or_exponent(decode(value, 17), 16)


def plain_or_exponent(decoded: Digits, precision: i64) -> str:
    """Write digits plainly, or with an exponent when that is below -4 or above ``precision``; always with a point."""
    digits = decoded.digits or "0"
    point = decoded.point
    exponent = point - 1
    sign = "-" if decoded.negative else ""
    if exponent < -4 or exponent > precision:
        fraction = digits[1:] or "0"
        mark = "-" if exponent < 0 else "+"
        return f"{sign}{digits[0]}.{fraction}e{mark}{abs(int(exponent)):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -int(point)}{digits}"
    count: i64 = len(digits)
    if point >= count:
        return f"{sign}{digits}{'0' * int(point - count)}.0"
    return f"{sign}{digits[:point]}.{digits[point:]}"
