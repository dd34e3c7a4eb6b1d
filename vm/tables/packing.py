"""Records packed straight from registers, as the file that they are for has them.

Affinities are letters here as in ``vm/arithmetic/affinity``, but in bytes, which compiled code compares faster.
"""

from __future__ import annotations

from typing import Any, Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from foundrydb.storage.format.record import begin_short, join_record, write_short_value, write_value
from foundrydb.storage.format.values import (
    ANY_TYPE,
    BLOB_TYPE,
    INTEGER_TYPE,
    NULL_TYPE,
    REAL_TYPE,
    TEXT_TYPE,
    Value,
)
from foundrydb.storage.format.varint import write_varint
from foundrydb.storage.tree.table_cursor import TableCursor
from foundrydb.vm.arithmetic.affinity import apply_affinity, stored_real, to_stored

BLOB: Final = 0x41
TEXT: Final = 0x42
INTEGER: Final = 0x44
REAL: Final = 0x45

_MOST_SHORT: Final = 126
"""So many fields may have a header of less than 128 bytes."""


def pack(r: list[Any], first: i64, count: i64, affinity: bytes, encoding: i64, schema_format: i64) -> bytes:
    """The record of ``r[first .. first+count-1]``, each as a column of its affinity stores it.

    Args:
        affinity: a letter for each; empty where the values are to be taken as they are.

    Raises:
        DataError: the record would be too long.
    """
    typed = len(affinity) > 0
    record = BytesWriter()
    begin_short(record, count if count <= _MOST_SHORT else 0)
    i: i64 = 0
    while i < count:
        value = r[first + i]
        if typed:
            value = stored(value, affinity[i])
        if count > _MOST_SHORT or not write_short_value(record, 1 + i, value, encoding, schema_format):
            return pack_rest(record.getvalue(), i, r, first, count, affinity, encoding, schema_format)
        i += 1
    return record.getvalue()


def pack_rest(
    begun: bytes,
    i: i64,
    r: list[Any],
    first: i64,
    count: i64,
    affinity: bytes,
    encoding: i64,
    schema_format: i64,
) -> bytes:
    """``pack`` from a field on whose serial type takes more than a byte, or where the header's size may.

    begun: the record so far, with room for short serial types of all fields.
    """
    header = BytesWriter()
    body = BytesWriter()
    header.write(begun[: i + 1])
    if i > 0:
        body.write(begun[count + 1 :])
    typed = len(affinity) > 0
    while i < count:
        value = r[first + i]
        if typed:
            value = stored(value, affinity[i])
        write_value(header, body, value, encoding, schema_format)
        i += 1
    return join_record(header, body)


def insert_row(
    cursor: TableCursor, rowid: i64, r: list[Any], first: i64, count: i64, affinity: bytes, schema_format: i64
) -> None:
    """Write the record of ``pack`` as a row: where it is short, in the cell that it is to be in."""
    encoding = cursor.tree.encoding
    cell = BytesWriter()
    cell.append(0)
    write_varint(cell, rowid)
    start: i64 = len(cell)
    begin_short(cell, count if count <= _MOST_SHORT else 0)
    i: i64 = 0
    while i < count:
        value = stored(r[first + i], affinity[i])
        place = start + 1 + i
        if count > _MOST_SHORT or not write_short_value(cell, place, value, encoding, schema_format):
            begun = cell.getvalue()[start:]
            record = pack_rest(begun, i, r, first, count, affinity, encoding, schema_format)
            cursor.insert(rowid, record)
            return
        i += 1
    size: i64 = len(cell) - start
    if size < 0x80 and cursor.is_local(size):
        cell[0] = u8(size)
        cursor.insert_cell(rowid, cell.getvalue())
    else:
        cursor.insert(rowid, cell.getvalue()[start:])


def pack_row(row: tuple[Value, ...], encoding: i64, schema_format: i64) -> bytes:
    """The record of a row's values as they are."""
    header = BytesWriter()
    body = BytesWriter()
    header.append(0)
    for value in row:
        write_value(header, body, value, encoding, schema_format)
    return join_record(header, body)


def short_index_cell(row: tuple[Value, ...], encoding: i64, schema_format: i64, largest: i64) -> bytes:
    """The cell of an index's leaf for the record of a row's values, its length in one byte; empty for a longer one.

    Args:
        largest: the longest record without overflow pages; where pages are small, its length takes one byte.
    """
    cell = BytesWriter()
    body = BytesWriter()
    cell.append(0)
    cell.append(0)
    for value in row:
        write_value(cell, body, value, encoding, schema_format)
    header: i64 = len(cell) - 1
    size = header + len(body)
    if size >= 0x80 or size > largest:
        return b""
    cell[0] = u8(size)
    cell[1] = u8(header)
    cell.write(body.getvalue())
    return cell.getvalue()


def stored(value: Any, letter: i64) -> Value:
    """The value as a column of that affinity stores it."""
    if letter == REAL and isinstance(value, float):
        return stored_real(value)
    if holds(value, letter):
        return value  # type: ignore[no-any-return]
    return to_stored(value, chr(int(letter)))


def holds(value: Any, letter: i64) -> bool:
    """Whether a value is plainly what a column of that affinity stores."""
    if letter == BLOB or value is None:
        return True
    if isinstance(value, int):
        return letter != TEXT and letter != REAL
    return letter == TEXT and isinstance(value, str)


def copied_types(affinity: str) -> bytes:
    """For each column's affinity the types of values that a column of the same affinity has in the same form.

    A number may stand in a text's place, and the other way round, where somebody has edited the schema.
    """
    always = NULL_TYPE | BLOB_TYPE
    types = {
        BLOB: ANY_TYPE,
        TEXT: always | TEXT_TYPE,
        REAL: always | REAL_TYPE | INTEGER_TYPE,
    }
    return bytes([types.get(letter, always | INTEGER_TYPE) for letter in affinity.encode()])


def convert(r: list[Any], first: i64, affinity: bytes) -> None:
    """Apply an affinity to each of the registers from ``first`` on."""
    i: i64 = 0
    while i < len(affinity):
        letter: i64 = affinity[i]
        value = r[first + i]
        if letter == REAL:
            if not isinstance(value, float):
                r[first + i] = apply_affinity(value, "E")
        elif not holds(value, letter):
            r[first + i] = apply_affinity(value, chr(int(letter)))
        i += 1
