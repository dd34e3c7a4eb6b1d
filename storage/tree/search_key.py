"""Search keys: values made ready to be compared with records where they lie, without decoding them.

A seek compares one key with many records.  The key's text is encoded once, its integers are unboxed once;
a record's fields are then compared as bytes in place, and only as far as the first difference.
"""

from __future__ import annotations

from typing import Any, Final, final

from librt.strings import read_f64_be
from mypy_extensions import i64

from foundrydb.storage.format.record import integer_at, malformed, serial_size, text_at, value_at
from foundrydb.storage.format.values import (
    BINARY,
    NOCASE,
    UTF8,
    BinaryCollation,
    Collation,
    KeyInfo,
    Value,
    compare,
    compare_slices,
    encode_text,
    fold_ascii,
)
from foundrydb.storage.format.varint import read_varint, varint_end

NULL: Final = 0
INTEGER: Final = 1
REAL: Final = 2
TEXT: Final = 3
BLOB: Final = 4

UNDECIDED: Final = 2

BYTES: Final = 0
FOLDED: Final = 1
CALLED: Final = 2

_NO_VALUE: Final = float("nan")
"""Stands for a value of which there is no object: no value is it, nor equal to it."""

_EXACT: Final = 9007199254740992
"""Integers up to here are reals without a loss."""


def method_of(collation: Collation, encoding: i64) -> i64:
    """How text that holds no NUL compares."""
    if isinstance(collation, BinaryCollation):
        return BYTES
    return FOLDED if collation is NOCASE and encoding == UTF8 else CALLED


@final
class KeyField:
    """One value of a search key.

    Attributes:
        kind: ``NULL``, ``INTEGER``, ``REAL``, ``TEXT`` or ``BLOB``.
        exact: whether an integer is a real without a loss, and ``real`` is that.
        integer, real, text, raw: the value, in the attribute that the kind uses.  For text, ``raw`` is what
            the ``method`` compares.
        method: how text compares: ``BYTES`` as they are, ``FOLDED`` to small letters, or ``CALLED``, by the
            collation itself.
    """

    def __init__(self, collation: Collation, encoding: i64) -> None:
        self.kind: i64 = NULL
        self.integer: i64 = 0
        self.exact = False
        self.real: float = 0.0
        self.value: Value = None
        self.raw = b""
        self.method: i64 = BYTES
        self.collation: Final = collation
        self.encoding: Final[i64] = encoding

    def take(self, value: Value) -> None:
        """Make a value ready."""
        self.value = value
        if isinstance(value, int):
            self._take_integer(value)
        elif isinstance(value, str):
            self.kind = TEXT
            self._prepare_text(value)
        elif isinstance(value, float):
            self.kind = REAL
            self.real = value
        elif isinstance(value, bytes):
            self.kind = BLOB
            self.raw = value
        else:
            self.kind = NULL

    def _prepare_text(self, text: str) -> None:
        self.method = method_of(self.collation, self.encoding)
        if self.method == BYTES:
            self.raw = encode_text(text, self.encoding)
        elif self.method == FOLDED:
            if "\0" in text:
                self.method = CALLED
            else:
                self.raw = fold_ascii(text)

    def take_field(self, data: bytes, at: i64, serial: i64) -> None:
        """Make the value of a record's field ready, without an object for it where comparisons need none."""
        self.value = None
        if serial >= 12:
            stop = at + ((serial - 12) >> 1)
            if serial & 1 == 0:
                self.kind = BLOB
                self.raw = data[at:stop]
                return
            self.kind = TEXT
            self.method = method_of(self.collation, self.encoding)
            if self.method == BYTES:
                self.raw = data[at:stop]
            else:
                self.value = text_at(data, at, stop, self.encoding)
                self._prepare_text(self.value)
        elif serial == 7:
            self.take(value_at(data, at, serial, self.encoding))
        elif 0 < serial < 10:
            self._take_integer(integer_at(data, at, serial))
        else:
            self.kind = NULL

    def _take_integer(self, number: i64) -> None:
        self.kind = INTEGER
        self.integer = number
        self.exact = -_EXACT <= number <= _EXACT
        if self.exact:
            self.real = float(number)

    def _object(self) -> Value:
        """The value as an object."""
        if self.value is None:
            if self.kind == INTEGER:
                return int(self.integer)
            if self.kind == TEXT:
                return text_at(self.raw, 0, len(self.raw), self.encoding)
            if self.kind == BLOB:
                return self.raw
        return self.value

    def compare(self, data: bytes, at: i64, serial: i64) -> i64:
        """Order a record's field, which lies whole in ``data`` from ``at`` on, against this value."""
        if self.kind == INTEGER:
            if 0 < serial < 7 or serial == 8 or serial == 9:
                number = integer_at(data, at, serial)
                if number == self.integer:
                    return 0
                return -1 if number < self.integer else 1
            if serial == 7 and self.exact:
                return _order_reals(read_f64_be(data, at), self.real)
        elif self.kind == TEXT:
            if serial >= 13 and serial & 1:
                return self._compare_text(data, at, at + ((serial - 13) >> 1))
        elif self.kind == REAL:
            if serial == 7:
                return _order_reals(read_f64_be(data, at), self.real)
            if serial in (1, 2, 3, 4, 8, 9):
                return _order_reals(float(integer_at(data, at, serial)), self.real)
        elif self.kind == BLOB:
            if serial >= 12 and serial & 1 == 0:
                return compare_bytes(data[at : at + ((serial - 12) >> 1)], self.raw)
        elif self.kind == NULL and serial == 0:
            return 0
        return self._compare_classes(data, at, serial)

    def _compare_text(self, data: bytes, at: i64, stop: i64) -> i64:
        if self.method == BYTES:
            return compare_slices(data, at, stop, self.raw, 0, len(self.raw))
        if self.method == FOLDED:
            folded = data[at:stop].lower()
            if 0 not in folded:
                return compare_bytes(folded, self.raw)
        text = self._object()
        assert isinstance(text, str)
        return self.collation.compare(text_at(data, at, stop, self.encoding), text)

    def _compare_classes(self, data: bytes, at: i64, serial: i64) -> i64:
        """The comparisons left: different classes, or numbers of which one is a real."""
        if serial >= 12:
            if self.kind == TEXT:
                return 1
            return -1 if self.kind == BLOB else 1
        return compare(value_at(data, at, serial, self.encoding), self._object())


def _order_reals(a: float, b: float) -> i64:
    """Order two reals; what the file has as a NaN counts as NULL, which comes first."""
    if a == b:
        return 0
    return 1 if a > b else -1


def compare_bytes(a: bytes, b: bytes) -> i64:
    """Order two strings of bytes."""
    if a == b:
        return 0
    return -1 if a < b else 1


@final
class SearchKey:
    """A key to look for in an index tree.

    Attributes:
        values: the key's values, ``_NO_VALUE`` for one that came from a record.
        fields: the same, made ready.
        bias: what a record counts as whose first ``len(values)`` fields equal the key: 0 equal, -1 smaller,
            +1 larger.
    """

    def __init__(self, values: list[Value], key_info: KeyInfo, encoding: i64) -> None:
        self.values: Final = list(values)
        self.key_info: Final = key_info
        self.bias: i64 = 0
        self.fields: Final[list[KeyField]] = []
        # For the most frequent of all keys, integers in their plain order.
        self.single: Final = len(values) == 1
        self.integer_first = False
        self.integer: i64 = 0
        collations = key_info.collations
        for number, value in enumerate(values):
            collation = collations[number] if number < len(collations) else BINARY
            field = KeyField(collation, encoding)
            field.take(value)
            self.fields.append(field)
        self._note_integer()

    def take(self, values: list[Value]) -> None:
        """Become another key of as many values."""
        for number, field in enumerate(self.fields):
            self.values[number] = values[number]
            field.take(values[number])
        self._note_integer()

    def take_from(self, registers: list[Any], first: i64) -> None:
        """Become the key of the values from ``registers[first]`` on; row after row most are often the very same."""
        number: i64 = 0
        count: i64 = len(self.fields)
        while number < count:
            value = registers[first + number]
            if self.values[number] is not value:
                self.values[number] = value
                self.fields[number].take(value)
                if number == 0:
                    self._note_integer()
            number += 1

    def take_record(self, record: bytes) -> bool:
        """Become the key of all values of a record; False where these are more or fewer."""
        header_end = read_varint(record, 0)
        p = varint_end(record, 0)
        body = header_end
        number: i64 = 0
        count: i64 = len(self.fields)
        while p < header_end:
            if number == count:
                return False
            serial: i64 = record[p]
            if serial < 0x80:
                p += 1
            else:
                serial = read_varint(record, p)
                p = varint_end(record, p)
            self.values[number] = _NO_VALUE
            self.fields[number].take_field(record, body, serial)
            body += serial_size(serial)
            number += 1
        self._note_integer()
        return number == count

    def _note_integer(self) -> None:
        """Note whether ``compare_integer`` can compare by the first field."""
        if len(self.fields) > 0:
            first = self.fields[0]
            self.integer_first = first.kind == INTEGER and self.key_info.plain
            self.integer = first.integer

    def compare_integer(self, data: bytes, start: i64, size: i64) -> i64:
        """``compare`` by a first field that is an integer in both, if that decides; ``UNDECIDED`` otherwise."""
        if not self.integer_first or size < 2 or size >= 0x80:
            return UNDECIDED
        header: i64 = data[start]
        serial: i64 = data[start + 1]
        if header < 2 or header > size or serial < 1 or serial > 9 or serial == 7:
            return UNDECIDED
        body = start + header
        if body + (serial if serial <= 4 else serial_size(serial)) > start + size:
            return UNDECIDED
        number = integer_at(data, body, serial)
        if number != self.integer:
            return -1 if number < self.integer else 1
        if self.single:
            return self.bias
        return UNDECIDED

    def compare(self, data: bytes, start: i64, size: i64) -> i64:
        """Order a record, which lies whole in ``data``, against the key: negative when it is smaller.

        Raises:
            CorruptError: the record does not hold together.
            IndexError: it is cut short.
        """
        order = self.compare_integer(data, start, size)
        if order != UNDECIDED:
            return order
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
        for number, field in enumerate(self.fields):
            if p >= header_end:
                break
            serial: i64 = data[p]
            if serial < 0x80:
                p += 1
            else:
                serial = read_varint(data, p)
                p = varint_end(data, p)
            stop = body + serial_size(serial)
            if stop > end or serial < 0:
                raise malformed("a value reaches past the end")
            result = field.compare(data, body, serial)
            if result != 0:
                return result if self.key_info.plain else self._turn(result, number, serial, field.kind)
            body = stop
        return self.bias

    def _turn(self, result: i64, number: int, serial: i64, kind: i64) -> i64:
        """Apply DESC and NULLS FIRST/LAST to the result of a field."""
        info = self.key_info
        big = info.big_nulls
        if big is not None and number < len(big) and big[number] and (serial == 0 or kind == NULL):
            result = -result
        if number < len(info.descending) and info.descending[number]:
            result = -result
        return result
