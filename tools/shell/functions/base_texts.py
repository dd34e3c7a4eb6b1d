"""Bytes as text of few characters: ``base64`` and ``base85``, each of which goes from blobs to texts and back.

Either writes lines, of 72 and of 80 characters, each with its end; what it reads may have white space between groups of
digits, and within a group white space ends it.  base85 takes four bytes as a number of five digits, which are the
characters of ASCII from ``#`` to ``z`` without ``'()``; fewer bytes have one digit more than there are bytes.
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

_GROUP64: Final = re.compile(rb"[^A-Za-z0-9+/=]*([A-Za-z0-9+/]{1,4})(={0,2})")
_GROUP85: Final = re.compile(rb"[#-&*-z]{1,5}")
_ONLY85: Final = re.compile(rb"[#-&*-z\s]*")


def _base64(connection: Connection, args: list[Value]) -> Value:
    value = args[0]
    if isinstance(value, bytes):
        lines = [b2a_base64(value[at : at + _LINE64]) for at in range(0, len(value), _LINE64)]
        return b"".join(lines).decode("ascii")
    if isinstance(value, str):
        return _from_base64(encode_text(value, UTF8))
    raise error("base64 accepts only blob or text")


def _from_base64(text: bytes) -> bytes:
    whole = _WHOLE64.match(text)
    end = 0 if whole is None else whole.end()
    return a2b_base64(text[:end]) + b"".join(_groups_of_base64(text[end:]))


def _groups_of_base64(text: bytes) -> Iterator[bytes]:
    """The bytes of groups of which some end early: at ``=``, white space, the end; anything else ends the text."""
    at = 0
    while group := _GROUP64.match(text, at):
        digits, padding = group[1], group[2]
        if len(digits) > 1:
            yield a2b_base64(digits.ljust(4, b"="))
        at = group.end()
        if len(digits) < 4 and len(digits + padding) != 4 and not text[at : at + 1].isspace():
            return


def _base85(connection: Connection, args: list[Value]) -> Value:
    value = args[0]
    if isinstance(value, bytes):
        lines = [_line85(value[at : at + _LINE85]) for at in range(0, len(value), _LINE85)]
        return "".join(lines)
    if isinstance(value, str):
        return b"".join([_bytes_of85(group) for group in _GROUP85.findall(encode_text(value, UTF8))])
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
