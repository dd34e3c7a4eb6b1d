"""Reals taken apart: the functions ``ieee754…``, which show the mantissa, the exponent and the bits of one.

A real is its mantissa, an integer, times a power of two.  (https://sqlite.org/floatingpoint.html#the_ieee754_c_extension)

Its 8 bytes: a bit for the sign, 11 for the exponent and 1023, 52 for the mantissa without its first bit.
"""

from __future__ import annotations

import struct
from math import copysign, isnan
from typing import TYPE_CHECKING, Final

from foundrydb.storage.format.values import UTF8, Value
from foundrydb.vm.arithmetic.cast import MIN_INTEGER, to_integer, to_real

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.api.connection import Connection

_MANTISSA_BITS: Final = 52
_BIAS: Final = 1023 + _MANTISSA_BITS
_MOST: Final = 0x7FF
"""The exponent of infinity."""

_ZEROS: Final = {1.0: (0, -_BIAS), -1.0: (-1, -1996 - _BIAS)}
"""By sign, what stands for a zero: no other real is taken apart into that."""

_FAR: Final = 10_000
"""Exponents beyond are as good as this one."""

_NEAR: Final = 1000
"""A mantissa of zero is zero where the exponent is less than that."""


def _real(value: Value) -> float:
    """A value as a real; a blob of 8 bytes is those of one."""
    if isinstance(value, bytes) and len(value) == 8:
        return float(struct.unpack(">d", value)[0])
    return to_real(value, UTF8)


def _bits(value: float) -> int:
    return int.from_bytes(struct.pack(">d", value), "big")


def _of_bits(bits: int) -> float | None:
    """The real of some bits, of which those above 64 are left out; None where they are no number."""
    found = float(struct.unpack(">d", (bits & (1 << 64) - 1).to_bytes(8, "big"))[0])
    return None if isnan(found) else found


def _apart(value: float) -> tuple[int, int]:
    """Mantissa and exponent of a real."""
    sign = copysign(1.0, value)
    if value == 0:
        return _ZEROS[sign]
    exponent, mantissa = divmod(_bits(abs(value)), 1 << _MANTISSA_BITS)
    mantissa = mantissa << 1 if exponent == 0 else mantissa | 1 << _MANTISSA_BITS
    zeros = (mantissa & -mantissa).bit_length() - 1
    spare = max(min(zeros, _BIAS - exponent), 0)
    return int(sign) * (mantissa >> spare), exponent + spare - _BIAS


def _together(mantissa: int, exponent: int) -> float | None:
    """The real of a mantissa and an exponent; what does not fit in its bits is cut off."""
    sign, mantissa = int(mantissa < 0), abs(mantissa)
    if mantissa == 0 and abs(exponent) < _NEAR:
        return 0.0
    above = mantissa.bit_length() - _MANTISSA_BITS - 1 if mantissa else 0
    mantissa = mantissa >> above if above > 0 else mantissa << -above
    exponent = max(min(exponent, _FAR), -_FAR) + above + _BIAS
    if exponent <= 0:
        mantissa >>= min(1 - exponent, 64)
        exponent = 0
    fraction = mantissa & (1 << _MANTISSA_BITS) - 1
    return _of_bits(sign << 63 | min(exponent, _MOST) << _MANTISSA_BITS | fraction)


# -- the functions


def _ieee754(connection: Connection, args: list[Value]) -> Value:
    if len(args) == 1:
        return "ieee754({},{})".format(*_apart(_real(args[0])))
    mantissa = to_integer(args[0], UTF8)
    return None if mantissa == MIN_INTEGER else _together(mantissa, to_integer(args[1], UTF8))


def _mantissa(connection: Connection, args: list[Value]) -> Value:
    return _apart(_real(args[0]))[0]


def _exponent(connection: Connection, args: list[Value]) -> Value:
    return _apart(_real(args[0]))[1]


def _from_blob(connection: Connection, args: list[Value]) -> Value:
    value = args[0]
    return _of_bits(int.from_bytes(value, "big")) if isinstance(value, bytes) and len(value) == 8 else None


def _to_blob(connection: Connection, args: list[Value]) -> Value:
    return struct.pack(">d", args[0]) if isinstance(args[0], (int, float)) else None


def _from_int(connection: Connection, args: list[Value]) -> Value:
    return _of_bits(args[0]) if isinstance(args[0], int) else None


def _to_int(connection: Connection, args: list[Value]) -> Value:
    if not isinstance(args[0], float):
        return None
    return int.from_bytes(struct.pack(">d", args[0]), "big", signed=True)


def _inc(connection: Connection, args: list[Value]) -> Value:
    return _of_bits(_bits(to_real(args[0], UTF8)) + to_integer(args[1], UTF8))


BODIES: Final[dict[str, Callable[[Connection, list[Value]], Value]]] = {
    "ieee754": _ieee754,
    "ieee754_exponent": _exponent,
    "ieee754_from_blob": _from_blob,
    "ieee754_from_int": _from_int,
    "ieee754_inc": _inc,
    "ieee754_mantissa": _mantissa,
    "ieee754_to_blob": _to_blob,
    "ieee754_to_int": _to_int,
}
"""See ``function_bodies.BODIES``."""
