"""Table-valued functions: ``FROM generate_series(1, 10)``.

Such a function has result columns and hidden columns; its arguments are equality constraints on the hidden ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy_extensions import mypyc_attr

from foundrydb.storage.format.values import Value

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

NOT_YET: Final = ("json_each", "json_tree")
"""Table-valued functions of SQLite's that are not there yet: an error about their names says so."""


@mypyc_attr(allow_interpreted_subclasses=True)
class TableCursor:
    """A walk over the rows that one call gives."""

    def next(self) -> bool:
        """Move to the first row, and then to each next one; False when there is none."""
        raise NotImplementedError

    def column(self, i: int) -> Value:
        """Column ``i`` of the current row; the hidden columns follow the result's."""
        raise NotImplementedError

    def rowid(self) -> int:
        """The current row's number."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class TableFunction:
    """A table-valued function's declaration.

    Attributes:
        name: in small letters.
        columns: the result's columns.
        hidden: the hidden columns, in the order of the arguments.
        required: how many of the hidden columns must be given.
        doc: one line about it.
    """

    def __init__(self, name: str, columns: list[str], hidden: list[str], required: int, doc: str) -> None:
        self.name: Final = name
        self.columns: Final = columns
        self.hidden: Final = hidden
        self.required: Final = required
        self.doc: Final = doc

    def open(self, args: list[Value], given: int, context: Context) -> TableCursor:
        """Begin a walk, before its first row.

        Args:
            args: the values of the hidden columns that are given, in their order.
            given: bit ``i`` says that hidden column ``i`` is.
        """
        raise NotImplementedError
