"""How a real number is written as text, to SQLite's letter.

SQLite 3.54 writes a real with 17 significant digits, except that it drops the last ones where a run of nines or zeros
shows that a shorter number means the same double.  The digits come from a longer rendering that is then rounded to
17, so the last one can differ from a rendering that rounds once.  The longer rendering has 18 digits; 19 where a power
of ten lies between the real and the power of two below it, because SQLite estimates the exponent from the latter.
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
        significant: keep at most so many significant digits (never more than 19); 17 asks for the shortening
            described above.
        decimals: if not negative, keep at most so many digits after the point.
        most: a second bound on the significant digits.
    """
    negative = value < 0.0
    if negative:
        value = -value
    if value == 0.0:
        return Digits(False, "0", 1)
    text = f"{value:.17e}"
    point = int(text[20:]) + 1
    if text[0] == "1" and ldexp(0.5, frexp(value)[1]) < float(f"1e{point - 1}"):
        text = f"{value:.18e}"
    digits = text[0] + text[2 : text.index("e")]
    if significant < 17 and decimals < 0:
        # Up to 16 digits are made from 17, and these are cut off, not rounded.
        text = f"{value:.24e}"
        point = int(text[27:]) + 1
        digits = text[0] + text[2:18]
    keep = min(significant, most)
    if decimals >= 0:
        keep = min(keep, point + decimals)
    elif keep == 17:
        keep = _shortened(value, digits, point)
    if keep < 0 or (keep == 0 and digits[0] < "5"):
        return Digits(negative, "", point)
    if keep < len(digits):
        rounded = _round_half_up(digits, keep)
        if len(rounded) > keep:
            point += 1
        digits = rounded
    return Digits(negative, digits.rstrip("0"), point)


def _round_half_up(digits: str, keep: int) -> str:
    """The first ``keep`` digits, rounded by the next one; one digit longer when the carry runs over."""
    if digits[keep] < "5":
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
    elif digits[13] == "0" and digits[14] == "0" and digits[15] == "0":
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
