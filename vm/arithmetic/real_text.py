"""How a real number is written as text, to SQLite's letter.

SQLite 3.54 writes a real with 17 significant digits, except that it drops the last ones where a run of nines or zeros
shows that a shorter number means the same double.  The digits come from a longer rendering, which is made by one
multiplication of 64 bits by 64 bits and then rounded to 17: the last digit can differ from that of the exact value, and
is the same here because the same bits are cut off.
"""

from __future__ import annotations

from math import frexp, ldexp
from typing import Final, final

from mypy_extensions import i64

INFINITY: Final = float("inf")


@final
class Digits:
    """The decimal form of a finite real.

    Attributes:
        negative: it is below zero.
        digits: significant digits without trailing zeros; "0" for zero, and none at all when every digit was
            rounded away.
        point: where the decimal point goes: before digit number ``point`` (from 0; may be outside).
    """

    def __init__(self, negative: bool, digits: str, point: int) -> None:
        self.negative: Final = negative
        self.digits: Final = digits
        self.point: Final = point


def decode(value: float, significant: int, decimals: int = -1, most: int = 26) -> Digits:
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
        return Digits(False, "0", 1)
    digits, point = _expand(value, 18 if decimals >= 0 else min(significant + 1, 18))
    keep = significant
    if decimals >= 0:
        keep = point + decimals
        if keep < 0 or (keep == 0 and digits[0] < "5"):
            return Digits(negative, "", point)
    if keep < len(digits) or len(digits) > most:
        keep = min(keep, most)
        if keep == 17:
            keep = _shortened(value, digits, point)
        rounded = _round_half_up(digits, keep)
        if len(rounded) > keep:
            point += 1
        digits = rounded
    return Digits(negative, digits.rstrip("0"), point)


def _expand(value: float, wanted: int) -> tuple[str, int]:
    """At least ``wanted`` digits of a positive real, and where its point goes.

    The real is ``fraction * 2**exponent`` with 64 bits of fraction; times a power of ten, of which 64 bits are known,
    it has the digits before the point.  What the product loses is why the last digit may not be the nearest.
    """
    fraction, exponent = frexp(value)
    exponent -= 64
    power = wanted - 1 - ((exponent + 63) * 78913 >> 18)
    product = int(ldexp(fraction, 64)) * (_power_of_ten(power) >> 32) >> 64
    shift = -(exponent + (power * 108853 >> 15) + 2)
    if wanted == 18:
        product >>= shift
        number = product + (product << 1 & 2) >> 1
    else:
        number = product >> shift + 1
    digits = str(number)
    return digits, len(digits) - power


_GROUP: Final = 27
"""SQLite knows every 27th power of ten, and the first 27 of them exactly."""


def _power_of_ten(power: int) -> int:
    """The first 96 bits of ``10 ** power``: a known power times a small one, as SQLite makes it, all cut off."""
    known = _POWERS.get(power)
    if known is not None:
        return known
    rest = power % _GROUP
    if rest == 0 or power in (-1, rest):
        known = _leading_bits(power, 96)
    else:
        known = _power_of_ten(power - rest) * _leading_bits(rest, 64) >> 64
        if known < 1 << 95:
            known = known << 1 | 1
    _POWERS[power] = known
    return known


def _leading_bits(power: int, bits: int) -> int:
    """The first bits of ``10 ** power``."""
    if power >= 0:
        exact: int = 10**power << bits
        return exact >> exact.bit_length() - bits
    inverse: int = 10**-power
    return (1 << inverse.bit_length() - 1 + bits) // inverse


_POWERS: Final[dict[int, int]] = {}


def _round_half_up(digits: str, keep: int) -> str:
    """The first ``keep`` digits, rounded by the next one; one digit longer when the carry runs over."""
    if keep >= len(digits) or digits[keep] < "5":
        return digits[:keep]
    if keep == 0:
        return "1"
    return str(int(digits[:keep]) + 1).rjust(keep, "0")


def _shortened(value: float, digits: str, point: int) -> int:
    """How many digits to keep: fewer than 17 where nines or zeros near the end tell of a shorter number."""
    if digits[14] == "9" and digits[15] == "9":
        keep: i64 = 14
        while keep > 0 and digits[keep - 1] == "9":
            keep -= 1
        shorter = int(digits[:keep]) + 1 if keep > 0 else 1
    elif point >= len(digits) or digits[13:16] == "000":
        keep = 13
        while keep > 0 and digits[keep - 1] == "0":
            keep -= 1
        shorter = int(digits[:keep])
    else:
        return 17
    if float(f"{shorter}e{point - keep}") == value:
        return keep if keep > 0 else 1
    return 17


def real_to_text(value: float) -> str:
    """The text of a real as CAST and column output give it: ``0.1``, ``1.0e+20``, ``Inf``."""
    if value == INFINITY:
        return "Inf"
    if value == -INFINITY:
        return "-Inf"
    text = repr(value)
    if len(text) <= 14 and "e" not in text:
        return text if value != 0.0 else "0.0"
    decoded = decode(value, 17)
    return plain_or_exponent(decoded, 16)


def plain_or_exponent(decoded: Digits, precision: int) -> str:
    """Write digits plainly, or with an exponent when that is below -4 or above ``precision``; always with a point."""
    digits = decoded.digits or "0"
    point = decoded.point
    exponent = point - 1
    sign = "-" if decoded.negative else ""
    if exponent < -4 or exponent > precision:
        fraction = digits[1:] or "0"
        mark = "-" if exponent < 0 else "+"
        return f"{sign}{digits[0]}.{fraction}e{mark}{abs(exponent):02d}"
    if point <= 0:
        return sign + "0." + "0" * -point + digits
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits)) + ".0"
    return sign + digits[:point] + "." + digits[point:]
