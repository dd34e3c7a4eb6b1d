"""Bytes as text of few characters: ``base64`` and ``base85``, each of which goes from blobs to texts and back.

Either writes lines, of 72 and of 80 characters, each with its end; what it reads may have white space between groups of
digits, and within a group white space ends it.  Neither makes what might be longer than the connection allows.  base85
takes four bytes as a number of five digits, which are the characters of ASCII from ``#`` to ``z`` without ``'()``;
fewer bytes have one digit more than there are bytes.
(https://sqlite.org/cli.html; the digits are those of SQLite's own base85, not of Ascii85)
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING, Final

from foundrydb.errors import error
from foundrydb.storage.format.values import UTF8, Value, encode_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foundrydb.api.connection import Connection

_LINE64: Final = 54
_LINE85: Final = 64
"""How many bytes a line has of either."""

_DIGITS64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS85: Final = bytes([*range(ord("#"), ord("'")), *range(ord("*"), ord("{"))])
_VALUES85: Final = {digit: value for value, digit in enumerate(_DIGITS85)}

_WHOLE64: Final = re.compile(rb"(?:\s*[A-Za-z0-9+/]{4})*")
"""Groups of which each is whole: most of any text, if not all."""

_BEFORE64: Final = re.compile(rb"[^A-Za-z0-9+/\0]*")
"""What is passed over before a group."""

_END64: Final = re.compile(rb"[^A-Za-z0-9+/=\x80-\xff]")
"""What a group ends at."""

_PADDING64: Final = bytes([ord("A") if byte == ord("=") or byte > 127 else byte for byte in range(256)])
"""Padding counts for zeros, and so does what is not ASCII."""

_GROUP85: Final = re.compile(rb"[#-&*-z]{1,5}")
_ONLY85: Final = re.compile(rb"[#-&*-z\s]*(?:\0.*)?", re.DOTALL)


def _base64(connection: Connection, args: list[Value]) -> Value:
    value = args[0]
    if isinstance(value, bytes):
        digits = 4 * ((len(value) + 2) // 3)
        _check_length(connection, digits + (digits + 71) // 72 + 1, "blob expanded to base64 too big")
        lines = [b2a_base64(value[at : at + _LINE64]) for at in range(0, len(value), _LINE64)]
        return b"".join(lines).decode("ascii")
    if isinstance(value, str):
        text = encode_text(value, UTF8)
        _check_length(connection, 3 * ((len(text) + 3) // 4), "blob from base64 may be too big")
        return _from_base64(text)
    raise error("base64 accepts only blob or text")


def _check_length(connection: Connection, length: int, message: str) -> None:
    """Refuse what may be longer than a value may be; SQLite rounds ``length`` up, and so do we."""
    if length > connection.engine.preparer.limits.length:
        raise error(message)


def _from_base64(text: bytes) -> bytes:
    text = text.removesuffix(b"\n")
    whole = _WHOLE64.match(text)
    end = 0 if whole is None else whole.end()
    return a2b_base64(text[:end]) + b"".join(_groups_of_base64(text, end))


def _groups_of_base64(text: bytes, at: int) -> Iterator[bytes]:
    """The bytes of the groups from an offset on, some of which may be padded, or end early.

    That is at white space, or at what is neither a digit nor padding, where the text ends, too.  As in SQLite each
    padding makes a group a byte shorter, wherever it stands, and a group that ends early counts as four characters, so
    that the text loses at its end those that were not read.
    """
    end = len(text)
    while at < end and text[at : at + 1] != b"=":
        at += len(_BEFORE64.findall(text, at, end)[0])
        group = text[at : min(at + 4, end)]
        size = len(group) - 1
        if size < 1:
            return
        stop = _END64.search(group)
        digits = group if stop is None else group[: stop.start()]
        at += len(group) if stop is None else stop.end()
        if stop is not None:
            end = end - len(group) + stop.end() if stop[0].isspace() else at
            size -= 1
        zeros = digits.translate(_PADDING64)
        size -= sum(a != b for a, b in zip(digits, zeros, strict=True))
        yield a2b_base64(zeros.ljust(4, b"A"))[:size]


def _base85(connection: Connection, args: list[Value]) -> Value:
    value = args[0]
    if isinstance(value, bytes):
        length = 5 * (len(value) // 4) + len(value) % 4 + len(value) // _LINE85 + 3
        _check_length(connection, length, "blob expanded to base85 too big")
        lines = [_line85(value[at : at + _LINE85]) for at in range(0, len(value), _LINE85)]
        return "".join(lines)
    if isinstance(value, str):
        text = encode_text(value, UTF8)
        _check_length(connection, 4 * (len(text) // 5) + len(text) % 5, "blob from base85 may be too big")
        return b"".join([_bytes_of85(group) for group in _GROUP85.findall(text)])
    raise error("base85 accepts only blob or text.")


def _line85(data: bytes) -> str:
    return b"".join([_digits85(data[at : at + 4]) for at in range(0, len(data), 4)]).decode("ascii") + "\n"


def _digits85(data: bytes) -> bytes:
    number = int.from_bytes(data, "big")
    return bytes([_DIGITS85[number // 85**place % 85] for place in range(len(data), -1, -1)])


def _bytes_of85(digits: bytes) -> bytes:
    number = 0
    for digit in digits:
        number = 85 * number + _VALUES85[digit]
    size = len(digits) - 1
    return (number & (1 << 8 * size) - 1).to_bytes(size, "big")


def _is_base85(connection: Connection, args: list[Value]) -> Value:
    value = args[0]
    if value is None:
        return None
    if not isinstance(value, str):
        raise error("is_base85 accepts only text or NULL")
    return int(_ONLY85.fullmatch(encode_text(value, UTF8)) is not None)


BODIES: Final[dict[str, Callable[[Connection, list[Value]], Value]]] = {
    "base64": _base64,
    "base85": _base85,
    "is_base85": _is_base85,
}
"""See ``function_bodies.BODIES``."""
