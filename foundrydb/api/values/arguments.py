"""What the interface's methods take, checked as the standard module does, whose arguments become C's types."""

from __future__ import annotations

from operator import index
from typing import Any, NoReturn, SupportsIndex

from foundrydb.storage.format.values import contiguous_bytes


class NotPickled:
    """An object that is neither pickled nor copied: it stands for something outside of Python."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse to.

        Raises:
            TypeError: always.
        """
        kind = type(self)
        name = f"{kind.__module__}.{kind.__name__}" if kind.__module__ == "foundrydb" else kind.__name__
        raise TypeError(f"cannot pickle '{name}' object")


def c_int(value: Any) -> int:
    """An integer of 32 bits.

    Raises:
        OverflowError: it has more.
        TypeError: it is none.
    """
    number = index(value)
    if not -(1 << 31) <= number < 1 << 31:
        raise OverflowError("Python int too large to convert to C int")
    return number


def text(value: Any, method: str, argument: str) -> str:
    """A text; ``argument`` says which argument of ``method`` it is.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str):
        raise TypeError(f"{method}() argument {argument} must be str, not {type(value).__name__}")
    return value


def real(value: Any) -> float:
    """A number.

    Raises:
        TypeError: it is none.
    """
    if isinstance(value, (str, bytes)):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return float(value)


def buffer(value: Any) -> bytes:
    """The bytes of an object that has the buffer protocol.

    Raises:
        TypeError: it has none.
    """
    try:
        return contiguous_bytes(value)
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(value).__name__}'") from None
