"""Rows as bytes, for temporary files.

Rows are tuples of plain objects, which ``marshal`` writes and reads fastest.  It does not know what JSON functions have
marked with a subtype: a list of rows in which there is such a value is written as a tuple that holds the list, and in
it each such value as a tuple of the plain one.
"""

from __future__ import annotations

import marshal
from typing import Final

from foundrydb.storage.format.values import Value
from foundrydb.vm.functions.json.subtype import marked, subtype_of
from foundrydb.vm.sorting.row_sort import Row

_VERSION: Final = 2
"""Of what ``marshal`` writes: it looks for no object that occurs twice, which takes longer."""


def pack(rows: list[Row]) -> bytes:
    """The rows as bytes."""
    try:
        return marshal.dumps(rows, _VERSION)
    except ValueError:
        return marshal.dumps(([tuple([_plain(value) for value in row]) for row in rows],), _VERSION)


def unpack(data: bytes) -> list[Row]:
    """The rows that ``pack`` made bytes of."""
    loaded: object = marshal.loads(data)
    if isinstance(loaded, list):
        return loaded
    assert isinstance(loaded, tuple)
    return [tuple([_as_it_was(value) for value in row]) for row in loaded[0]]


def _plain(value: Value) -> object:
    if not subtype_of(value):
        return value
    return (str(value),) if isinstance(value, str) else (bytes(value),)  # type: ignore[arg-type]


def _as_it_was(value: object) -> Value:
    return marked(value[0]) if isinstance(value, tuple) else value  # type: ignore[return-value]
