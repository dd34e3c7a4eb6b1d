"""JSONB made text: in one line, or laid out to be read (``json_pretty``).

The text is plain JSON, whatever the JSONB was made from.  JSONB that does not hold together is refused where that
shows; what is within a text or a number is not looked at.
"""

from __future__ import annotations

from typing import Final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from librt.vecs import append, pop, vec
from mypy_extensions import i64, u8

from foundrydb.storage.format.values import UTF8, decode_text
from foundrydb.vm.functions.json.escapes import special_place
from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    FALSE,
    FLOAT,
    FLOAT5,
    INT,
    INT5,
    MAX_DEPTH,
    OBJECT,
    TEXT,
    TEXTJ,
    TEXTRAW,
    copy_into,
    element_end,
    is_digit,
    is_hex,
    kind_at,
    malformed,
    payload,
    too_deep,
)

_ESCAPES: Final = {
    **{byte: b"\\u%04x" % byte for byte in range(32)},
    8: b"\\b", 9: b"\\t", 10: b"\\n", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\",
}  # fmt: skip
"""How bytes are written within a text that do not stand for themselves."""

_FEW_DIGITS: Final = 10**8
"""The least number whose digits are not written as one number of eight bytes."""

_LABELLED: Final = 1
_OBJECT: Final = 2
_OBJECT_AND_LABELLED: Final = 3
"""What is known of a container while it is written; see ``render_into``."""

_WORDS: Final[list[bytes]] = [b"null", b"true", b"false"]


def render(blob: bytes, at: i64) -> str:
    """The element at ``at`` as text.

    Raises:
        OperationalError: it is malformed, or too deep.
    """
    out = BytesWriter()
    render_into(out, blob, at, 0)
    return text_of_bytes(out.getvalue())


def text_of_bytes(whole: bytes) -> str:
    """The text that was put together of bytes."""
    try:
        return whole.decode()
    except UnicodeDecodeError:
        return decode_text(whole, UTF8)


def render_into(out: BytesWriter, blob: bytes, at: i64, depth: i64) -> i64:
    """Append the element at ``at``, with so many containers around it; where it ends."""
    kind: i64 = blob[at] & 0x0F
    if kind < ARRAY:
        return _scalar_into(out, blob, at)
    # For each container that is open: where it ends, and in the low bits whether it is an object, and whether a label
    # has been written in it whose value has not.
    frames = vec[i64]()
    frame: i64 = 0
    while True:
        kind = blob[at] & 0x0F
        if kind in (ARRAY, OBJECT):
            end = element_end(blob, at)
            if end < 0:
                raise malformed()
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep()
            frames = append(frames, frame)
            frame = end << 2 | (_OBJECT if kind == OBJECT else 0)
            out.append(0x7B if kind == OBJECT else 0x5B)
            at = payload(blob, at)
            if at < end:
                continue
        else:
            at = _scalar_into(out, blob, at)
            frame ^= _LABELLED
        # Leave the containers that end here.
        while at >= frame >> 2:
            if at > frame >> 2 or frame & _OBJECT_AND_LABELLED == _OBJECT_AND_LABELLED:
                raise malformed()
            out.append(0x7D if frame & _OBJECT != 0 else 0x5D)
            depth -= 1
            frames, frame = pop(frames)
            if i64(len(frames)) == 0:
                return at
            frame ^= _LABELLED
        out.append(0x3A if frame & _OBJECT_AND_LABELLED == _OBJECT_AND_LABELLED else 0x2C)


def _scalar_into(out: BytesWriter, blob: bytes, at: i64) -> i64:
    """Append the element at ``at``, which is no container; where it ends.

    What is short is copied as one or two numbers, where so many bytes lie behind it.
    """
    kind: i64 = blob[at] & 0x0F
    size: i64 = blob[at] >> 4
    start = at + 1
    quoted = kind in (TEXT, TEXTJ)
    needed = start + 8 if size <= 8 else start + 16
    if needed > len(blob) or size > 11 or size == 0 or not (quoted or kind in (FLOAT, INT)):
        return _any_scalar_into(out, blob, at, kind)
    if quoted:
        out.append(0x22)
    length = i64(len(out)) + size
    write_i64_le(out, read_i64_le(blob, start))
    if size > 8:
        write_i64_le(out, read_i64_le(blob, start + 8))
    out.truncate(length)
    if quoted:
        out.append(0x22)
    return start + size


def _any_scalar_into(out: BytesWriter, blob: bytes, at: i64, kind: i64) -> i64:
    """Append the element at ``at``, which is no container, whatever it is; where it ends."""
    end = element_end(blob, at)
    if end < 0:
        raise malformed()
    start = payload(blob, at)
    if kind in (TEXT, TEXTJ):
        out.append(0x22)
        copy_into(out, blob, start, end)
        out.append(0x22)
    elif kind == TEXTRAW:
        quoted_into(out, blob, start, end)
    elif kind <= FALSE:
        out.write(_WORDS[kind])
        return at + 1
    elif kind > OBJECT or (kind < TEXT and start == end):
        raise malformed()
    elif kind in (INT, FLOAT):
        copy_into(out, blob, start, end)
    elif kind == INT5:
        _hexadecimal_into(out, blob[start:end])
    elif kind == FLOAT5:
        _real_into(out, blob[start:end])
    else:
        out.append(0x22)
        _extended_into(out, blob[start:end])
        out.append(0x22)
    return end


def integer_into(out: BytesWriter, number: int) -> None:
    """Append the digits of a number."""
    if not 0 <= number < _FEW_DIGITS:
        out.write(str(number).encode())
        return
    rest: i64 = number
    digits: i64 = 0x30 + rest % 10
    size: i64 = 1
    rest //= 10
    while rest > 0:
        digits = digits << 8 | 0x30 + rest % 10
        size += 1
        rest //= 10
    length = i64(len(out)) + size
    write_i64_le(out, digits)
    out.truncate(length)


def quoted_into(out: BytesWriter, text: bytes, at: i64, end: i64) -> None:
    """Append what lies between two offsets as a text, with escapes."""
    out.append(0x22)
    while True:
        place = special_place(text, at, end)
        if at < place:
            copy_into(out, text, at, place)
        if place == end:
            break
        out.write(_ESCAPES[text[place]])
        at = place + 1
    out.append(0x22)


def _hexadecimal_into(out: BytesWriter, digits: bytes) -> None:
    """Append the decimal form of a number of JSON5's; one beyond 64 bits is infinite."""
    at = 2
    if digits[0] == 0x2D or digits[0] == 0x2B:
        at = 3
        if digits[0] == 0x2D:
            out.append(0x2D)
    for byte in digits[at:]:
        if not is_hex(byte):
            raise malformed()
    number = int(digits[at:] or b"0", 16)
    out.write(b"9.0e999" if number >> 64 else str(number).encode())


def _real_into(out: BytesWriter, digits: bytes) -> None:
    """Append a real with the digits around its point that JSON5 lets it do without."""
    at: i64 = 0
    size: i64 = len(digits)
    if digits[0] == 0x2D:
        out.append(0x2D)
        at = 1
        if size == 1:
            raise malformed()
    if at < size and digits[at] == 0x2E:
        out.append(0x30)
    while at < size:
        out.append(u8(digits[at]))
        if digits[at] == 0x2E and (at + 1 == size or not is_digit(i64(digits[at + 1]))):
            out.append(0x30)
        at += 1


def _extended_into(out: BytesWriter, text: bytes) -> None:
    """Append a text whose escapes may be those of JSON5."""
    at: i64 = 0
    size: i64 = len(text)
    while at < size:
        byte: i64 = text[at]
        if byte != 0x5C:
            if byte == 0x22 or byte < 0x20:
                out.write(_ESCAPES[byte])
            else:
                out.append(u8(text[at]))
            at += 1
            continue
        if at + 1 >= size:
            raise malformed()
        byte = text[at + 1]
        at += 2
        if byte == 0x27:
            out.append(0x27)
        elif byte == 0x76:
            out.write(b"\\u000b")
        elif byte == 0x30:
            out.write(b"\\u0000")
        elif byte == 0x78:
            if at + 2 > size:
                raise malformed()
            out.write(b"\\u00" + text[at : at + 2])
            at += 2
        elif byte == 0x0D:
            if at < size and text[at] == 0x0A:
                at += 1
        elif byte == 0xE2:
            if text[at : at + 2] not in (b"\x80\xa8", b"\x80\xa9"):
                raise malformed()
            at += 2
        elif byte != 0x0A:
            out.write(text[at - 2 : at])


def pretty(blob: bytes, indent: str) -> str:
    """JSONB as text in lines, each level of containers indented once more.

    Raises:
        OperationalError: it is malformed, or too deep.
    """
    out = BytesWriter()
    step = indent.encode("utf-8", "surrogateescape")
    ends = vec[i64]()
    # Whether the container is an object; then a value follows its label in the same line.
    objects: list[bool] = []
    at: i64 = 0
    while True:
        if at >= len(blob):
            raise malformed()
        kind = kind_at(blob, at)
        end = element_end(blob, at)
        if end < 0:
            raise malformed()
        start = payload(blob, at)
        if (kind in (ARRAY, OBJECT)) and start < end:
            ends = append(ends, end)
            objects.append(kind == OBJECT)
            if i64(len(ends)) >= MAX_DEPTH:
                raise too_deep()
            out.write(b"{\n" if kind == OBJECT else b"[\n")
            at = start
        else:
            if kind in (ARRAY, OBJECT):
                out.write(b"{}" if kind == OBJECT else b"[]")
                at = end
            else:
                at = _scalar_into(out, blob, at)
            while objects and at >= ends[-1]:
                ends, end = pop(ends)
                is_object = objects.pop()
                # As in SQLite, the last value of an object is not asked how far it reaches.
                if at > end and not is_object:
                    raise malformed()
                at = end
                closing = b"}" if is_object else b"]"
                out.write(b"\n" + step * len(objects) + closing)
            if not objects:
                return text_of_bytes(out.getvalue())
            out.write(b",\n")
        out.write(step * len(objects))
        if objects[-1]:
            at = render_into(out, blob, at, len(objects))
            if at > ends[-1]:
                raise malformed()
            out.write(b": ")
