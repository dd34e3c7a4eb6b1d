"""Records: the values of a row or of an index entry, packed into bytes.

A record is a header, then the body with the values one after the other.

====== =====================================================================
field  meaning
====== =====================================================================
varint size of the header in bytes, this varint included
varint one serial type for each value
bytes  the values, each as long as its serial type says
====== =====================================================================

=========== ======= ==================================================
serial type length  value
=========== ======= ==================================================
0           0       NULL
1 to 4      1 to 4  two's-complement integer, big-endian
5           6       the same
6           8       the same
7           8       IEEE 754 double, big-endian
8, 9        0       the integers 0 and 1 (schema format 4 and later)
10, 11      –       not in files
even >= 12  (n-12)/2  blob
odd >= 13   (n-13)/2  text in the file's encoding
=========== ======= ==================================================

(https://sqlite.org/fileformat2.html, section 2.1)

Everything here reads from immutable bytes in which the whole record lies, from ``start`` on for ``size``
bytes.  A record that does not hold together raises ``CorruptError`` without a page; the cursor knows that.
"""

from __future__ import annotations

from typing import Final

from librt.strings import (
    BytesWriter,
    read_f64_be,
    read_i16_be,
    read_i32_be,
    read_i64_be,
    write_f64_be,
    write_i16_be,
    write_i32_be,
    write_i64_be,
)
from mypy_extensions import i16, i32, i64, u8

from foundrydb.errors import CorruptError, error
from foundrydb.storage.format.values import (
    BLOB_TYPE,
    INTEGER_TYPE,
    NULL_TYPE,
    REAL_TYPE,
    TEXT_TYPE,
    UTF8,
    Value,
    decode_text,
    encode_text,
)
from foundrydb.storage.format.varint import read_varint, varint_end, varint_size, write_varint

MAX_LENGTH: Final = 1_000_000_000
"""The longest record, text or blob, in bytes."""

_LONGEST_SHORT: Final = 57
"""The longest text or blob, in bytes, whose serial type takes one byte."""

ZERO_AND_ONE_FORMAT: Final = 4
"""The schema format from which on serial types 8 and 9 may be written."""


def malformed(what: str) -> CorruptError:
    """The error for a record that does not hold together."""
    return CorruptError("record: " + what)


def serial_size(serial: i64) -> i64:
    """How many bytes of the body a value of that serial type takes."""
    if serial >= 12:
        return (serial - 12) >> 1
    if serial <= 0:
        return 0
    if serial <= 4:
        return serial
    if serial == 5:
        return 6
    if serial <= 7:
        return 8
    return 0


def type_bit(serial: i64) -> i64:
    """The bit of the type that a serial type stands for; a REAL may still be a NaN, which is a NULL."""
    if serial >= 12:
        return BLOB_TYPE if serial & 1 == 0 else TEXT_TYPE
    if serial == 0 or serial >= 10:
        return NULL_TYPE
    return REAL_TYPE if serial == 7 else INTEGER_TYPE


def integer_at(data: bytes, at: i64, serial: i64) -> i64:
    """The integer of serial type 1 to 6, 8 or 9 whose bytes start at ``at``."""
    if serial == 1:
        byte: i64 = data[at]
        return byte if byte < 0x80 else byte - 0x100
    if serial == 2:
        return i64(read_i16_be(data, at))
    if serial == 4:
        return i64(read_i32_be(data, at))
    if serial == 8:
        return 0
    if serial == 9:
        return 1
    if serial == 3:
        top: i64 = i64(read_i16_be(data, at))
        low: i64 = data[at + 2]
        return top * 256 + low
    if serial == 6:
        return read_i64_be(data, at)
    high: i64 = i64(read_i16_be(data, at))
    rest: i64 = i64(read_i32_be(data, at + 2))
    return high * 0x100000000 + (rest & 0xFFFFFFFF)


def value_at(data: bytes, at: i64, serial: i64, encoding: i64) -> Value:
    """The value of any serial type whose bytes start at ``at`` and all lie in ``data``."""
    if serial >= 12:
        stop = at + ((serial - 12) >> 1)
        if serial & 1 == 0:
            return data[at:stop]
        return text_at(data, at, stop, encoding)
    if serial == 0:
        return None
    if serial == 7:
        number = read_f64_be(data, at)
        return None if number != number else number
    if serial >= 10:
        return None
    return integer_at(data, at, serial)


def text_at(data: bytes, at: i64, stop: i64, encoding: i64) -> str:
    """The text between two offsets."""
    if encoding == UTF8:
        try:
            return data[at:stop].decode()
        except UnicodeDecodeError:
            return decode_text(data[at:stop], UTF8)
    return decode_text(data[at:stop], encoding)


def decode_fields(data: bytes, start: i64, size: i64, count: i64, encoding: i64) -> list[Value]:
    """The first ``count`` values of a record; fewer when it has fewer.

    Raises:
        CorruptError: the header or a value reaches past the record's end.
    """
    fields: list[Value] = []
    end: i64 = start + size
    header: i64 = data[start]
    p: i64 = start + 1
    if header >= 0x80:
        header = read_varint(data, start)
        p = varint_end(data, start)
    if header > size or header < 1:
        raise malformed("the header is longer than the record")
    body: i64 = start + header
    header_end: i64 = body
    while p < header_end and count > 0:
        serial: i64 = data[p]
        if serial < 0x80:
            p += 1
        else:
            serial = read_varint(data, p)
            p = varint_end(data, p)
        count -= 1
        if serial >= 12:
            stop: i64 = body + ((serial - 12) >> 1)
            if stop > end:
                raise malformed("a value reaches past the end")
            if serial & 1 == 0:
                fields.append(data[body:stop])
            else:
                fields.append(text_at(data, body, stop, encoding))
            body = stop
        elif serial == 1:
            if body >= end:
                raise malformed("a value reaches past the end")
            byte: i64 = data[body]
            fields.append(byte if byte < 0x80 else byte - 0x100)
            body += 1
        elif serial == 0:
            fields.append(None)
        else:
            length = serial_size(serial)
            if body + length > end:
                raise malformed("a value reaches past the end")
            if serial < 0:
                raise malformed("negative serial type")
            fields.append(value_at(data, body, serial, encoding))
            body += length
    return fields


def decode(record: bytes, encoding: int = UTF8) -> list[Value]:
    """All values of a record.

    Raises:
        CorruptError: it does not hold together.
    """
    try:
        return decode_fields(record, 0, len(record), len(record), encoding)
    except IndexError:
        raise malformed("cut short") from None


def count_fields(data: bytes, start: i64, size: i64) -> i64:
    """How many values a record has, by its header; all of the header must lie in ``data``."""
    header = read_varint(data, start)
    if header > size or header < 1:
        raise malformed("the header is longer than the record")
    end = start + header
    p = varint_end(data, start)
    count: i64 = 0
    while p < end:
        p = varint_end(data, p)
        count += 1
    return count


def integer_serial(value: i64, schema_format: i64) -> i64:
    """The shortest serial type for an integer."""
    if -128 <= value <= 127:
        if 0 <= value <= 1 and schema_format >= ZERO_AND_ONE_FORMAT:
            return 8 + value
        return 1
    if -32768 <= value <= 32767:
        return 2
    if -8388608 <= value <= 8388607:
        return 3
    if -2147483648 <= value <= 2147483647:
        return 4
    if -140737488355328 <= value <= 140737488355327:
        return 5
    return 6


def write_integer(out: BytesWriter, value: i64, serial: i64) -> None:
    """Append an integer in the form of its serial type (1 to 6, 8 or 9)."""
    if serial == 1:
        out.append(u8(value & 0xFF))
    elif serial == 2:
        write_i16_be(out, i16(value))
    elif serial == 3:
        write_i16_be(out, i16(value >> 8))
        out.append(u8(value & 0xFF))
    elif serial == 4:
        write_i32_be(out, i32(value))
    elif serial == 5:
        write_i16_be(out, i16(value >> 32))
        write_i16_be(out, _low16(value >> 16))
        write_i16_be(out, _low16(value))
    elif serial == 6:
        write_i64_be(out, value)


def _low16(value: i64) -> i16:
    low: i64 = value & 0xFFFF
    return i16(low if low < 0x8000 else low - 0x10000)


def encode(values: list[Value], encoding: int = UTF8, schema_format: int = ZERO_AND_ONE_FORMAT) -> bytes:
    """Pack values into a record.

    Args:
        encoding: the file's text encoding.
        schema_format: the file's; below 4, serial types 8 and 9 are not used.

    Raises:
        DataError: the record would be longer than ``MAX_LENGTH``.
    """
    out = BytesWriter()
    body = BytesWriter()
    out.append(0)
    for value in values:
        write_value(out, body, value, encoding, schema_format)
    return join_record(out, body)


def replace_fields(
    record: bytes, fields: list[int], values: list[Value], encoding: i64, schema_format: i64
) -> bytes:
    """A record with other values in some fields; what lies between them is copied as it is.

    Args:
        fields: the fields' numbers, ascending; the record grows by NULLs where it is shorter.
        values: a value for each of them.
    """
    head = BytesWriter()
    body = BytesWriter()
    head.append(0)
    header_end = read_varint(record, 0)
    at = varint_end(record, 0)
    place = header_end
    copied = at
    body_copied = place
    field: i64 = 0
    done: i64 = 0
    count: i64 = len(fields)
    if header_end > len(record) or header_end < at:
        raise malformed("the header is longer than the record")
    while at < header_end and done < count:
        serial = read_varint(record, at)
        following = varint_end(record, at)
        after = place + serial_size(serial)
        if after > len(record) or serial < 0:
            raise malformed("a value reaches past the end")
        if following > header_end:
            raise malformed("a serial type reaches past the header")
        if field == fields[done]:
            head.write(record[copied:at])
            body.write(record[body_copied:place])
            write_value(head, body, values[done], encoding, schema_format)
            copied = following
            body_copied = after
            done += 1
        at = following
        place = after
        field += 1
    head.write(record[copied:header_end])
    body.write(record[body_copied:])
    while done < count:
        while field < fields[done]:
            head.append(0)
            field += 1
        write_value(head, body, values[done], encoding, schema_format)
        field += 1
        done += 1
    return join_record(head, body)


OTHER_LENGTH: Final = 0
UNCHANGED: Final = 1
CHANGED: Final = 2
"""What other values in the place of fields come to."""


def overwrite_fields(
    target: BytesWriter | None,
    record: bytes,
    start: i64,
    size: i64,
    fields: list[int],
    head: BytesWriter,
    body: BytesWriter,
) -> i64:
    """Write other values over fields of a record, if they are as long as the old ones.

    Args:
        target: where the record is written over, at the offset that it has in ``record``; None to only try.
        fields: the fields' numbers, ascending.
        head, body: the new values as ``write_value`` writes them.

    Returns:
        OTHER_LENGTH where they are not; UNCHANGED, where nothing is written, or CHANGED.
    """
    result: i64 = UNCHANGED
    count: i64 = len(fields)
    at = start + 1
    place = start + i64(record[start])
    header_end = place
    end = start + size
    if record[start] >= 0x80 or place > end or len(head) != count:
        return OTHER_LENGTH
    field: i64 = 0
    done: i64 = 0
    taken: i64 = 0
    while at < header_end and done < count:
        serial: i64 = record[at]
        following = at + 1
        if serial >= 0x80:
            serial = read_varint(record, at)
            following = varint_end(record, at)
        length = serial_size(serial)
        if place + length > end or length < 0:
            return OTHER_LENGTH
        if field == fields[done]:
            if following > at + 1 or serial_size(i64(head[done])) != length:
                return OTHER_LENGTH
            if i64(head[done]) != serial or not _equal(record, place, body, taken, length):
                result = CHANGED
                if target is not None:
                    target[at] = head[done]
                    _copy_over(target, place, body, taken, length)
            taken += length
            done += 1
        at = following
        place += length
        field += 1
    return result if done == count else OTHER_LENGTH


def _equal(data: bytes, at: i64, source: BytesWriter, start: i64, length: i64) -> bool:
    """Whether bytes of a writer are those at a place of the data."""
    i: i64 = 0
    while i < length:
        if data[at + i] != source[start + i]:
            return False
        i += 1
    return True


def _copy_over(target: BytesWriter, at: i64, source: BytesWriter, start: i64, length: i64) -> None:
    """Write bytes of one writer over those of another."""
    i: i64 = 0
    while i < length:
        target[at + i] = source[start + i]
        i += 1


def join_record(header: BytesWriter, body: BytesWriter) -> bytes:
    """The record of a header, whose first byte is kept free for its size, and a body."""
    size: i64 = len(header)
    _check_length(len(body) + size)
    if size < 0x80:
        header[0] = u8(size)
        header.write(body.getvalue())
        return header.getvalue()
    return _with_long_header(header.getvalue(), body.getvalue())


def write_value(
    header: BytesWriter, body: BytesWriter, value: Value, encoding: i64, schema_format: i64
) -> None:
    """Append a value's serial type to the header, and the value to the body."""
    if isinstance(value, int):
        number: i64 = value
        serial = integer_serial(number, schema_format)
        header.append(u8(serial))
        write_integer(body, number, serial)
    elif isinstance(value, str):
        text = encode_text(value, encoding)
        _check_length(len(body) + len(text))
        write_varint(header, 13 + 2 * len(text))
        body.write(text)
    elif value is None:
        header.append(0)
    elif isinstance(value, float):
        header.append(7)
        write_f64_be(body, value)
    else:
        _check_length(len(body) + len(value))
        write_varint(header, 12 + 2 * len(value))
        body.write(value)


def begin_short(record: BytesWriter, count: i64) -> None:
    """Begin a record of so many fields, fewer than 127: a header in which the serial types are yet to be put."""
    record.append(u8(count + 1))
    while count > 0:
        record.append(0)
        count -= 1


def write_short_value(
    record: BytesWriter, place: i64, value: Value, encoding: i64, schema_format: i64
) -> bool:
    """Append a value, and put its serial type at ``place``; False where that takes more than a byte."""
    if isinstance(value, int):
        number: i64 = value
        serial = integer_serial(number, schema_format)
        record[place] = u8(serial)
        write_integer(record, number, serial)
    elif isinstance(value, str):
        text = encode_text(value, encoding)
        if len(text) > _LONGEST_SHORT:
            return False
        record[place] = u8(13 + 2 * len(text))
        record.write(text)
    elif isinstance(value, float):
        record[place] = 7
        write_f64_be(record, value)
    elif value is not None:
        if len(value) > _LONGEST_SHORT:
            return False
        record[place] = u8(12 + 2 * len(value))
        record.write(value)
    return True


def _check_length(size: i64) -> None:
    if size > MAX_LENGTH:
        raise error("string or blob too big", "SQLITE_TOOBIG")


def _with_long_header(header: bytes, body: bytes) -> bytes:
    """Put the header's true size, which takes more than one byte, in place of its first byte."""
    rest: i64 = len(header) - 1
    size = rest + varint_size(rest)
    size = rest + varint_size(size)
    out = BytesWriter()
    write_varint(out, size)
    out.write(header[1:])
    out.write(body)
    return out.getvalue()
