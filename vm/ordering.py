"""Sorting rows in memory by a key, at the speed of Python's own sort.

A row is a tuple of values; the key is its first fields, compared as :class:`KeyInfo` says.  Python's sort is fast when
one call compares values of one type, so the rows are sorted field by field, from the last to the first (the sort is
stable), and for each field they are parted by storage class: NULLs, numbers, texts and blobs never compare with each
other.  Numbers and blobs compare in Python as in SQLite; texts do for BINARY where they are ASCII, and go through
the collation's sort key, or its ``compare``, elsewhere.  Many integers are sorted by their digits.
"""

from __future__ import annotations

from functools import cmp_to_key
from operator import itemgetter
from typing import Any, Final, TypeAlias, final

from mypy_extensions import i64

from foundrydb.storage.values import BINARY, UTF8, BinaryCollation, Collation, KeyInfo, Value
from foundrydb.vm.radix import WORTHWHILE, sort_by_digits

Row: TypeAlias = tuple[Value, ...]
"""Rows are tuples: the garbage collector soon stops looking at those that hold plain values."""


@final
class Parted:
    """Rows parted by the storage class of one field, in their old order within each class."""

    def __init__(self, rows: list[Row], field: i64) -> None:
        self.nulls: Final[list[Row]] = []
        self.numbers: Final[list[Row]] = []
        self.texts: Final[list[Row]] = []
        self.blobs: Final[list[Row]] = []
        self.ascii = True
        for row in rows:
            value = row[field]
            if isinstance(value, str):
                self.texts.append(row)
                if self.ascii and not value.isascii():
                    self.ascii = False
            elif value is None:
                self.nulls.append(row)
            elif isinstance(value, bytes):
                self.blobs.append(row)
            else:
                self.numbers.append(row)


@final
class _SortKey:
    """A text field's sort key."""

    def __init__(self, field: int, collation: Collation) -> None:
        self.field: Final[i64] = field
        self.collation: Final = collation

    def __call__(self, row: Row) -> Any:
        text = row[self.field]
        assert isinstance(text, str)
        return self.collation.sort_key(text)


@final
class _Compare:
    """A text field's order by the collation's ``compare``."""

    def __init__(self, field: int, collation: Collation) -> None:
        self.field: Final[i64] = field
        self.collation: Final = collation

    def __call__(self, left: Row, right: Row) -> int:
        a = left[self.field]
        b = right[self.field]
        assert isinstance(a, str) and isinstance(b, str)
        return self.collation.compare(a, b)


def sort_rows(rows: list[Row], keys: KeyInfo, fields: int) -> list[Row]:
    """The rows in the order of their first ``fields`` fields; equal ones stay in their old order."""
    for field in range(fields - 1, -1, -1):
        rows = _sort_by(rows, keys, field)
    return rows


def _sort_by(rows: list[Row], keys: KeyInfo, field: int) -> list[Row]:
    collation = keys.collations[field] if field < len(keys.collations) else BINARY
    descending = field < len(keys.descending) and keys.descending[field]
    big_nulls = keys.big_nulls is not None and field < len(keys.big_nulls) and keys.big_nulls[field]
    parts = Parted(rows, field)
    by_field = itemgetter(field)
    numbers = parts.numbers
    if numbers:
        by_digits = sort_by_digits(numbers, field, descending) if len(numbers) >= WORTHWHILE else None
        if by_digits is None:
            numbers.sort(key=by_field, reverse=descending)
        else:
            numbers = by_digits
    if parts.texts:
        _sort_texts(parts, field, collation, descending)
    if parts.blobs:
        parts.blobs.sort(key=by_field, reverse=descending)
    classes = [numbers, parts.texts, parts.blobs]
    if big_nulls:
        classes.append(parts.nulls)
    else:
        classes.insert(0, parts.nulls)
    if descending:
        classes.reverse()
    filled = [part for part in classes if part]
    if len(filled) == 1:
        return filled[0]
    return [row for part in filled for row in part]


def _sort_texts(parts: Parted, field: int, collation: Collation, descending: bool) -> None:
    texts = parts.texts
    if isinstance(collation, BinaryCollation) and parts.ascii and collation.encoding == UTF8:
        texts.sort(key=itemgetter(field), reverse=descending)
        return
    for row in texts:
        text = row[field]
        assert isinstance(text, str)
        if collation.sort_key(text) is None:
            texts.sort(key=cmp_to_key(_Compare(field, collation)), reverse=descending)
            return
    texts.sort(key=_SortKey(field, collation), reverse=descending)


def footprint(values: Row) -> int:
    """About how many bytes of memory a row takes."""
    size: i64 = 40 + 8 * len(values)
    for value in values:
        if isinstance(value, str):
            size += 49 + (len(value) if value.isascii() else 4 * len(value))
        elif isinstance(value, bytes):
            size += 33 + len(value)
        elif value is not None:
            size += 28
    return size
