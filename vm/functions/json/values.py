"""SQL values as JSON, and JSON as SQL values."""

from __future__ import annotations

import re
from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from foundrydb.errors import Error, error
from foundrydb.storage.format.values import UTF8, Value, decode_text, encode_text
from foundrydb.vm.arithmetic.cast import MAX_INTEGER, MIN_INTEGER, NumberScan
from foundrydb.vm.arithmetic.real_text import INFINITY, real_to_text
from foundrydb.vm.functions.json.escapes import INVALID, Escape
from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    FALSE,
    FLOAT,
    INT,
    INT5,
    NULL,
    TEXT,
    TEXTRAW,
    TRUE,
    element_end,
    header,
    is_hex,
    kind_at,
    malformed,
    payload,
)
from foundrydb.vm.functions.json.parse import END, JsonReader
from foundrydb.vm.functions.json.render import integer_into, quoted_into, render, render_into
from foundrydb.vm.functions.json.subtype import JsonText
from foundrydb.vm.functions.json.validity import is_jsonb
from foundrydb.vm.functions.text.quoting import quoted_real

# -- to JSON --------------------------------------------------------------------------------------------------------


def value_into(out: BytesWriter, value: Value) -> None:
    """Append a value as JSON text.

    Raises:
        OperationalError: a blob that is no JSONB, or one that is malformed.
    """
    if isinstance(value, str):
        text = encode_text(value, UTF8)
        if type(value) is str or not isinstance(value, JsonText):
            quoted_into(out, text, 0, len(text))
        else:
            out.write(text)
    elif isinstance(value, int):
        integer_into(out, value)
    elif value is None:
        out.write(b"null")
    elif isinstance(value, float):
        out.write(quoted_real(value).encode())
    elif is_jsonb(value):
        render_into(out, value, 0, 0)
    else:
        raise blob_error()


def blob_error() -> Error:
    """The error for a blob that is no JSONB."""
    return error("JSON cannot hold BLOB values")


def as_element(value: Value, out: BytesWriter) -> bytes:
    """A value as an element of JSONB.

    Args:
        out: an empty writer, to make it in.

    Raises:
        OperationalError: a blob that is no JSONB, or a JSON text that is malformed.
    """
    if value is None:
        return b"\0"
    if isinstance(value, str):
        text = encode_text(value, UTF8)
        if not isinstance(value, JsonText):
            return header(TEXTRAW, len(text)) + text
        reader = JsonReader()
        if not reader.parse(text + END):
            raise malformed()
        return reader.blob()
    if isinstance(value, bytes):
        if not is_jsonb(value):
            raise blob_error()
        return bytes(value)
    if isinstance(value, int):
        out.append(0)
        integer_into(out, value)
        size = i64(len(out)) - 1
        if size <= 11:
            out[0] = u8(INT | size << 4)
            return out.getvalue()
        digits = out.getvalue()[1:]
        return header(INT, len(digits)) + digits
    if value == INFINITY or value == -INFINITY:
        digits = b"9e999" if value > 0 else b"-9e999"
    else:
        digits = real_to_text(value).encode()
    return header(FLOAT, len(digits)) + digits


def blob_of(text: bytes) -> bytes:
    """JSON that was just made, as JSONB; where a part that was taken for JSON is none, the rest is left out."""
    reader = JsonReader()
    return reader.blob() if reader.parse(text + END) else reader.begun()


# -- from JSON ------------------------------------------------------------------------------------------------------


def sql_value(blob: bytes, at: i64, binary: bool) -> Value:
    """The element at ``at`` as a SQL value; a container is a text, or with ``binary`` a blob.

    Raises:
        OperationalError: it is malformed.
    """
    if at >= len(blob):
        raise malformed()
    end = element_end(blob, at)
    if end < 0:
        raise malformed()
    kind = kind_at(blob, at)
    start = payload(blob, at)
    if kind in (TEXT, TEXTRAW):
        return _text(blob[start:end])
    if kind <= FALSE:
        if start < end:
            raise malformed()
        return None if kind == NULL else 1 if kind == TRUE else 0
    if kind < TEXT:
        return _number(blob, kind, start, end)
    if kind < ARRAY:
        return _text(unescaped(blob[start:end]))
    if kind > ARRAY + 1:
        raise malformed()
    element = blob[at:end]
    return element if binary else render(element, 0)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return decode_text(data, UTF8)


_EXACT: Final = 15
"""So many digits are exact in a real, and the power of ten that they are divided by, too."""


def _number(blob: bytes, kind: i64, start: i64, end: i64) -> Value:
    """The number that is written between two offsets; most have few digits, and perhaps a point among them."""
    if end - start <= _EXACT and start < end:
        number: i64 = 0
        divisor: i64 = 0
        at = start
        if blob[at] == 0x2D:
            at += 1
        first = at
        while at < end:
            byte: i64 = blob[at]
            if 0x30 <= byte <= 0x39:
                number = number * 10 + byte - 0x30
                divisor *= 10
            elif byte == 0x2E and divisor == 0 and at > first:
                divisor = 1
            else:
                break
            at += 1
        if at == end and at > first:
            if blob[start] == 0x2D:
                number = -number
            if divisor == 0 and kind == INT:
                return int(number)
            if divisor > 0 and kind == FLOAT and number != 0:
                return float(number) / float(divisor)
    if kind in (INT, INT5):
        return _integer(blob[start:end])
    return _real(blob[start:end])


def _integer(digits: bytes) -> Value:
    """The integer, or the real that one beyond 64 bits becomes."""
    if len(digits) < 19 and digits.isdigit():
        return int(digits)
    if not digits or digits == b"-":
        raise malformed()
    negative = digits[0] == 0x2D
    plain = (digits[1:] if negative else digits).partition(b"\0")[0]
    if plain[:2] in (b"0x", b"0X"):
        number = _hexadecimal(plain[2:])
    else:
        # SQLite looks at these characters, and at the first one behind them.
        plain = plain[: len(plain) - len(plain.lstrip(b"+- \n\t0123456789")) + 1]
        found = _DECIMAL.match(plain)
        assert found is not None
        if found[2] == b"" or len(found[2].lstrip(b"0")) > 19:
            return _real(digits)
        number = int(found[1] + found[2])
        if number == MAX_INTEGER + 1 and negative:
            return MIN_INTEGER
        if not MIN_INTEGER <= number <= MAX_INTEGER:
            return _real(digits)
        if plain[found.end() :].strip(b" \t\n\v\f\r"):
            raise malformed()
    if 0 <= number <= MAX_INTEGER:
        return -number if negative else number
    real = float(number & 0xFFFFFFFFFFFFFFFF)
    return -real if negative else real


_DECIMAL: Final = re.compile(rb"[ \t\n\v\f\r]*([+-]?)([0-9]*)")


def _hexadecimal(digits: bytes) -> int:
    """The number of hexadecimal digits, 16 at most beside zeros before them."""
    digits = digits.lstrip(b"0")
    number = 0
    for i in range(len(digits)):
        if i == 16 or not is_hex(digits[i]):
            raise malformed()
        number = number * 16 + int(digits[i : i + 1], 16)
    return number


def _real(digits: bytes) -> float:
    """The real that is written so; what only JSON5 allows is read by SQLite's rules."""
    at: i64 = 0
    size: i64 = len(digits)
    while at < size:
        byte: i64 = digits[at]
        if not (0x30 <= byte <= 0x39 or byte == 0x2E or byte | 0x20 == 0x65 or byte == 0x2D or byte == 0x2B):
            break
        at += 1
    if at == size:
        try:
            return float(digits)
        except ValueError:
            raise malformed() from None
    text = _text(digits.partition(b"\0")[0])
    scan = NumberScan(text)
    if not scan.whole:
        raise malformed()
    return float(text[scan.start : scan.end])


def unescaped(data: bytes) -> bytes:
    """A text's bytes without its escapes; what is no escape is left out."""
    at = data.find(b"\\")
    if at < 0:
        return data
    out = BytesWriter()
    done = 0
    while at >= 0:
        out.write(data[done:at])
        escape = Escape(data, at, len(data))
        if escape.point != INVALID:
            out.write(_utf8(escape.point))
        done = at + int(escape.size)
        at = data.find(b"\\", done)
    out.write(data[done:])
    return out.getvalue()


def _utf8(point: i64) -> bytes:
    """The bytes of a character, of half a surrogate pair likewise."""
    if point < 0x80:
        return bytes((point,))
    if point < 0x800:
        return bytes((0xC0 | point >> 6, 0x80 | point & 0x3F))
    if point < 0x10000:
        return bytes((0xE0 | point >> 12, 0x80 | point >> 6 & 0x3F, 0x80 | point & 0x3F))
    low = (0x80 | point >> 12 & 0x3F, 0x80 | point >> 6 & 0x3F, 0x80 | point & 0x3F)
    return bytes((0xF0 | point >> 18 & 0x07, *low))
