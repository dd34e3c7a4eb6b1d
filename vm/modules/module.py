"""The interface of virtual tables: ``FROM generate_series(1, 10)``, ``FROM pragma_table_info('t')``.

A :class:`Module` has a name that FROM knows.  Its :class:`VirtualTable` has columns, some of them hidden: an argument
of the call is an equality with one of these.  Planning a query, the table is asked how it would find the rows
(``choose``), as often as there are ways to weigh; running it, for a :class:`VirtualCursor` over them (``open``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import mypyc_attr

from foundrydb.storage.format.values import Value

if TYPE_CHECKING:
    from foundrydb.vm.context import Context
    from foundrydb.vm.modules.strategy import Request, Strategy


@final
class VirtualColumn:
    """A column of a virtual table; ``hidden``: ``*`` leaves it out, and a call's arguments may give it.

    Without a type, a column keeps values as they are; a hidden one is NUMERIC.
    """

    def __init__(self, name: str, hidden: bool = False, declared_type: str = "") -> None:
        self.name: Final = name
        self.hidden: Final = hidden
        self.declared_type: Final = declared_type


def columns_of(shown: list[str], hidden: list[str]) -> list[VirtualColumn]:
    """Columns without types: those shown, then those hidden."""
    return [VirtualColumn(name) for name in shown] + [VirtualColumn(name, True) for name in hidden]


@mypyc_attr(allow_interpreted_subclasses=True, acyclic=True)
class VirtualCursor:
    """A walk over rows, before the first of them."""

    def next(self) -> bool:
        """Move to the first row, and then to each next one; False when there is none."""
        raise NotImplementedError

    def column(self, i: int) -> Value:
        """Column ``i`` of the current row."""
        raise NotImplementedError

    def marked_column(self, i: int) -> Value:
        """Column ``i`` with its subtype, for a function that asks for that."""
        return self.column(i)

    def rowid(self) -> int:
        """The current row's number."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what the walk holds."""


@mypyc_attr(allow_interpreted_subclasses=True)
class VirtualTable:
    """A table whose rows come from code.  This base is read only.

    strict: an argument (an equality with a hidden column) that is NULL leaves no rows.
    subtyped: the column whose values may have a subtype; -1 for none.
    innocuous: a view may read it even where the schema is not trusted, since it has no effects and tells nothing.
    direct_only: no view or trigger may read it.
    """

    def __init__(
        self,
        name: str,
        columns: list[VirtualColumn],
        strict: bool = False,
        innocuous: bool = False,
        subtyped: int = -1,
        direct_only: bool = False,
    ) -> None:
        self.name: Final = name
        self.columns: Final = columns
        self.strict: Final = strict
        self.innocuous: Final = innocuous
        self.subtyped: Final = subtyped
        self.direct_only: Final = direct_only

    def choose(self, request: Request) -> Strategy | None:
        """How rows are found under the conditions; None where they cannot be.

        Raises:
            Error: they cannot be, and it can be said why.
        """
        raise NotImplementedError

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        """Begin a walk, before its first row.

        Args:
            number, text: of the strategy that was chosen.
            values: of the conditions that it wanted the values of, in its order; never a part of an IN that is NULL.
            context: the statement and the connection.
        """
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class Module:
    """What virtual tables are made by.

    Attributes:
        name: in small letters.
        doc: one line about it.
    """

    def __init__(self, name: str, doc: str) -> None:
        self.name: Final = name
        self.doc: Final = doc

    def connect(self, arguments: list[str]) -> VirtualTable:
        """The module's table; ``arguments``: none, for the table that FROM finds under the module's own name."""
        raise NotImplementedError
