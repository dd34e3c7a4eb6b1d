"""Records: serial types, header sizes, and what damaged ones raise."""

from __future__ import annotations

import sqlite3

import pytest

from foundrydb.errors import CorruptError, DataError
from foundrydb.storage.format.record import count_fields, decode, decode_fields, encode, replace_fields
from foundrydb.storage.format.values import UTF8, UTF16BE, UTF16LE, Value
from foundrydb.vm.tables.packing import pack


@pytest.mark.parametrize(
    ("value", "record"),
    [
        (None, "0200"),
        (0, "0208"),
        (1, "0209"),
        (2, "020102"),
        (-1, "0201ff"),
        (127, "02017f"),
        (128, "02020080"),
        (-32768, "02028000"),
        (32768, "0203008000"),
        (-8388608, "0203800000"),
        (8388608, "020400800000"),
        (-2147483648, "020480000000"),
        (2147483648, "0205000080000000"),
        (-140737488355328, "0205800000000000"),
        (140737488355328, "02060000800000000000"),
        (2**63 - 1, "02067fffffffffffffff"),
        (-(2**63), "02068000000000000000"),
        (1.5, "02073ff8000000000000"),
        ("", "020d"),
        ("ab", "02116162"),
        (b"", "020c"),
        (b"\x00\xff", "021000ff"),
    ],
)
def test_serial_types(value: Value, record: str) -> None:
    assert encode([value]) == bytes.fromhex(record)
    assert decode(bytes.fromhex(record)) == [value]


def test_old_schema_formats_do_not_know_zero_and_one() -> None:
    assert encode([0, 1, 5], UTF8, 3) == bytes.fromhex("04010101000105")
    assert decode(bytes.fromhex("04010101000105")) == [0, 1, 5]


def test_text_encodings() -> None:
    assert encode(["aé"], UTF16LE) == b"\x02\x15a\0\xe9\0"
    assert decode(b"\x02\x15a\0\xe9\0", UTF16LE) == ["aé"]
    assert decode(b"\x02\x15\0a\0\xe9", UTF16BE) == ["aé"]
    assert encode(decode(b"\x02\x0f\xff"), UTF8) == b"\x02\x0f\xff"


@pytest.mark.parametrize("count", [125, 126, 127, 128, 16380, 16381, 16382, 16383, 16384])
def test_headers_of_more_than_one_byte(count: int) -> None:
    values: list[Value] = [None] * (count - 1)
    values.append("end")
    record = encode(values)
    assert decode(record) == values
    assert count_fields(record, 0, len(record)) == count


def test_what_sqlite_packs(tmp_path: object) -> None:
    values: list[Value] = [None, 1, -300, 2.25, "text", b"blob", 10**12, "é" * 100]
    connection = sqlite3.connect(f"{tmp_path}/x.db")
    connection.execute("create table t(a, b, c, d, e, f, g, h)")
    connection.execute("insert into t values(?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.commit()
    connection.close()
    with open(f"{tmp_path}/x.db", "rb") as file:
        assert encode(values) in file.read()


def test_fewer_fields_than_asked_for() -> None:
    record = encode([1, 2, 3])
    assert decode_fields(record, 0, len(record), 2, UTF8) == [1, 2]
    assert decode_fields(record, 0, len(record), 9, UTF8) == [1, 2, 3]


def test_nan_is_null() -> None:
    assert decode(bytes.fromhex("02077ff8000000000000")) == [None]


@pytest.mark.parametrize("damaged", ["", "05", "0505", "0206", "02ff", "021161", "028f", "00", "02077ff8"])
def test_damaged_records(damaged: str) -> None:
    with pytest.raises(CorruptError):
        decode(bytes.fromhex(damaged))


@pytest.mark.parametrize(
    ("damaged", "field"), [("02 80 00 00", 0), ("03 01 80 00 00", 1), ("02 80 80 00 00 00 00", 0)]
)
def test_replacing_in_a_record_whose_last_type_reaches_past_the_header(damaged: str, field: int) -> None:
    with pytest.raises(CorruptError, match="a serial type reaches past the header"):
        replace_fields(bytes.fromhex(damaged), [field], ["new"], UTF8, 4)


def test_too_big() -> None:
    with pytest.raises(DataError, match="string or blob too big"):
        encode([1, bytes(1_000_000_001)])


@pytest.mark.parametrize("encoding", [UTF8, UTF16LE])
@pytest.mark.parametrize("length", [0, 1, 28, 29, 56, 57, 58, 63, 64, 200])
@pytest.mark.parametrize("fields", [1, 2, 63, 126, 127, 128])
def test_registers_are_packed_as_values_are(fields: int, length: int, encoding: int) -> None:
    """Wherever the first value stands whose serial type takes more than a byte."""
    for long_at in {0, fields // 2, fields - 1}:
        values: list[Value] = [(None, 1.5, -7, 1 << 40, b"x", "é")[i % 6] for i in range(fields)]
        for long in ("a" * length, b"b" * length):
            values[long_at] = long
            assert pack([None, None, *values], 2, fields, b"", encoding, 4) == encode(values, encoding, 4)
