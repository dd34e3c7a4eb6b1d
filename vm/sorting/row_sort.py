"""Sorting rows in memory by a key, at the speed of Python's own sort.

A row is a tuple of values; the key is its first fields, compared as :class:`KeyInfo` says.  Python's sort is fast when
one call compares values of one type, so the rows are sorted by their first field, then those that are equal in it by
the next one; and for each field they are parted by storage class: NULLs, numbers, texts and blobs never compare with
each other.  Numbers and blobs compare in Python as in SQLite; texts do for BINARY where they are ASCII, and go through
the collation's sort key, or its ``compare``, elsewhere.  Many integers are sorted by their digits.
"""

from __future__ import annotations

from functools import cmp_to_key
from operator import itemgetter
from typing import Any, Final, TypeAlias, final

from mypy_extensions import i64

from foundrydb.storage.format.values import (
    BINARY,
    CLASS_BLOB,
    CLASS_NULL,
    CLASS_NUMBER,
    CLASS_TEXT,
    UTF8,
    BinaryCollation,
    Collation,
    KeyInfo,
    Value,
    storage_rank,
)
from foundrydb.vm.sorting.radix import WORTHWHILE, sort_by_digits

Row: TypeAlias = tuple[Value, ...]
"""Rows are tuples: the garbage collector soon stops looking at those that hold plain values."""


@final
class Parted:
    """Rows parted by the storage class of one field, in their old order within each class."""

    def __init__(self, rows: list[Row], field: i64) -> None:
        self.nulls: list[Row] = []
        self.numbers: list[Row] = []
        self.texts: list[Row] = []
        self.blobs: list[Row] = []
        if not self._take_all(rows, field):
            for row in rows:
                value = row[field]
                if isinstance(value, str):
                    self.texts.append(row)
                elif value is None:
                    self.nulls.append(row)
                elif isinstance(value, bytes):
                    self.blobs.append(row)
                else:
                    self.numbers.append(row)

    def _take_all(self, rows: list[Row], field: i64) -> bool:
        """Take the rows as they are, if all are of one class; mostly they are."""
        rank = storage_rank(rows[0][field]) if rows else CLASS_NULL
        for row in rows:
            if storage_rank(row[field]) != rank:
                return False
        if rank == CLASS_NUMBER:
            self.numbers = rows
        elif rank == CLASS_TEXT:
            self.texts = rows
        elif rank == CLASS_BLOB:
            self.blobs = rows
        else:
            self.nulls = rows
        return True


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
    """The rows in the order of their first ``fields`` fields; equal ones stay in their old order.

    The list that is given may get another order, too.
    """
    if fields == 0:
        return rows
    rows = _sort_by(rows, keys, 0)
    field: i64 = 0
    tied = _ties(rows, 0, len(rows), keys, field, fields)
    while len(tied) > 0:
        field += 1
        further: list[tuple[int, int]] = []
        for start, stop in tied:
            rows[start:stop] = _sort_by(rows[start:stop], keys, int(field))
            further += _ties(rows, start, stop, keys, field, fields)
        tied = further
    return rows


def _ties(
    rows: list[Row], start: i64, stop: i64, keys: KeyInfo, field: i64, fields: i64
) -> list[tuple[int, int]]:
    """From where to where rows are equal in a field, but are not in the order of those that follow it."""
    found: list[tuple[int, int]] = []
    if field + 1 >= fields:
        return found
    collation = keys.collations[field] if field < len(keys.collations) else BINARY
    binary = isinstance(collation, BinaryCollation)
    while start < stop:
        row = rows[start]
        value = row[field]
        ordered = True
        at = start + 1
        while at < stop:
            following = rows[at]
            other = following[field]
            same_kind = isinstance(value, int) and isinstance(other, int)
            if same_kind or (binary and isinstance(value, str) and isinstance(other, str)):
                equal = value == other
            else:
                equal = keys.compare_field(int(field), value, other) == 0
            if not equal:
                break
            if ordered and compare_rows(row, following, keys, fields, field + 1) > 0:
                ordered = False
            row = following
            at += 1
        if not ordered:
            found.append((int(start), int(at)))
        start = at
    return found


def compare_rows(a: Row, b: Row, keys: KeyInfo, fields: i64, first: i64 = 0) -> int:
    """Order two rows by their first ``fields`` fields, or by those from another one on."""
    i = first
    while i < fields:
        order = keys.compare_field(int(i), a[i], b[i])
        if order != 0:
            return order
        i += 1
    return 0


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
    if isinstance(collation, BinaryCollation) and collation.encoding == UTF8 and _ascii(texts, field):
        texts.sort(key=itemgetter(field), reverse=descending)
        return
    for row in texts:
        text = row[field]
        assert isinstance(text, str)
        if collation.sort_key(text) is None:
            texts.sort(key=cmp_to_key(_Compare(field, collation)), reverse=descending)
            return
    texts.sort(key=_SortKey(field, collation), reverse=descending)


def _ascii(rows: list[Row], field: i64) -> bool:
    """Whether the rows' texts are ASCII; asked of all at once, which takes fewer calls."""
    texts = []
    for row in rows:
        text = row[field]
        assert isinstance(text, str)
        texts.append(text)
    return "".join(texts).isascii()


_SHORT: Final = 64
"""Of a shorter text it hardly matters how wide its characters are."""


def footprint(values: Row) -> int:
    """About how many bytes of memory a row takes."""
    size: i64 = 40 + 8 * len(values)
    for value in values:
        if isinstance(value, str):
            length: i64 = len(value)
            size += 49 + (length if length < _SHORT or value.isascii() else 4 * length)
        elif isinstance(value, bytes):
            size += 33 + len(value)
        elif value is not None:
            size += 28
    return size


def value_size(value: object) -> int:
    """About how many bytes of memory a value takes, or a row of values."""
    if isinstance(value, tuple):
        return footprint(value)
    if isinstance(value, str):
        return 49 + (len(value) if len(value) < _SHORT or value.isascii() else 4 * len(value))
    return 33 + len(value) if isinstance(value, bytes) else 28
