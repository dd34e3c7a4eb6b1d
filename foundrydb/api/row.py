"""Rows that know their columns' names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from foundrydb.api.runner import Runner
from foundrydb.api.values.arguments import NotPickled

if TYPE_CHECKING:
    from foundrydb.api.cursor import Cursor


_SMALL: Final = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


class Row(NotPickled):
    """A row of a result, by position and by name; a ``row_factory`` as the standard library's ``sqlite3.Row``.

    Names compare without regard to the case of ASCII letters.  Two rows are equal when their names and values are.
    """

    __module__ = "foundrydb"

    __slots__ = ("_names", "_values")

    def __init__(self, cursor: Cursor, values: tuple[Any, ...]) -> None:
        if not issubclass(type(cursor), Runner):
            raise TypeError(f"Row() argument 1 must be Cursor, not {type(cursor).__name__}")
        if not isinstance(values, tuple):
            raise TypeError(f"Row() argument 2 must be tuple, not {type(values).__name__}")
        description = cursor.description or ()
        self._names: tuple[str, ...] = tuple(column[0] for column in description)
        self._values = values

    def keys(self) -> list[str]:
        """The columns' names."""
        return list(self._names)

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, str):
            wanted = _folded(key)
            for name, value in zip(self._names, self._values):
                if name == key or _folded(name) == wanted:
                    return value
            raise IndexError("No item with that key")
        if isinstance(key, (int, slice)):
            return self._values[key]
        raise IndexError("Index must be int or string")

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __reversed__(self) -> Iterator[Any]:
        return iter(self._values[::-1])

    def __contains__(self, value: object) -> bool:
        return value in self._values

    def __hash__(self) -> int:
        return hash(self._names) ^ hash(self._values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return self._names == other._names and self._values == other._values

    def __repr__(self) -> str:
        return f"<foundrydb.Row {dict(zip(self._names, self._values))!r}>"


def _folded(name: str) -> str:
    """A name with its ASCII letters small; others stay as they are."""
    return name.lower() if name.isascii() else name.translate(_SMALL)


Sequence.register(Row)
