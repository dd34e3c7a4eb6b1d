"""Who follows what statements do to the rows of a table.

An observer is what a trigger is, with one expression for a program.  Only tests put some into a catalog as yet, which
show that every change of a row is told; statements that triggers would have to follow are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.names import fold

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.syntax import ast


@final
class Observer:
    """Somebody who is told of changes of a table's rows.

    Attributes:
        table: the table's name.
        time: ``BEFORE`` or ``AFTER`` a row is changed.
        event: what becomes of it: ``INSERT``, ``UPDATE`` or ``DELETE``.
        columns: those of UPDATE OF, folded; empty for every UPDATE.
        action: is evaluated for each row, and knows it as ``old`` and ``new``.
        text: the SQL that the action is part of.
    """

    def __init__(
        self, table: str, time: str, event: str, columns: list[str], action: ast.Expression, text: str
    ) -> None:
        self.table: Final = table
        self.time: Final = time
        self.event: Final = event
        self.columns: Final = columns
        self.action: Final = action
        self.text: Final = text

    def follows(self, table: Table, event: str, names: list[str]) -> bool:
        """Whether it is told of an event of a table's rows.  names: those that an UPDATE sets."""
        return fold(self.table) == fold(table.name) and self.event == event and mentions(names, self.columns)


def mentions(names: list[str], columns: list[str]) -> bool:
    """Whether an UPDATE that sets columns by these names is one OF ``columns``, all of them where there are none.

    It goes by the names as they are written: what sets ``rowid`` does not set ``id``.
    """
    return not columns or any([name in columns for name in names])
