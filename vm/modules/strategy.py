"""How the rows of a virtual table are to be found: what the planner asks, and what the table answers.

The planner offers the conditions that are known before the table is read, and the order in which the rows are wanted.
The table picks those conditions whose values it wants to be given, and says what this saves: which conditions need no
further test, whether the rows come in the order wanted, how many there are and what they cost::

    Request(value > ?, start = 1, stop = 9; ORDER BY value DESC)
        →  Strategy(0x20b, values=[1, 2, 0], certain=[0, 1, 2], ordered)

A strategy's ``number`` and ``text`` mean something to the table alone, which gets them back when the rows are read.
"""

from __future__ import annotations

from typing import Final, final

ROWID: Final = -1
"""Stands for the number of a column where a condition or an order is about the rowid."""

COMPARISONS: Final = ("=", "IS", "<", "<=", ">", ">=")
"""What conditions there are about a column."""

LIMIT: Final = "LIMIT"
OFFSET: Final = "OFFSET"
"""What else is offered as a condition, about no column: how many rows are wanted, and how many are left out before
them.  They are offered where every other condition is: a table that leaves one of these to be tested must take neither,
nor LIMIT without OFFSET where there is one."""

FEW_ROWS: Final = 25.0
"""So many rows are expected where nothing is known."""


@final
class Condition:
    """A condition on the rows: ``column op`` a value that is known when they are read.

    Attributes:
        column: the column's number, or ROWID; -2 for LIMIT and OFFSET.
        op: one of COMPARISONS, LIMIT or OFFSET.
        several: it is met by any of several values (IN): the table is read once for each, in rising order.
        collation: how texts are compared, in capitals.
        constant: the value, where it is known already; else None.
    """

    def __init__(
        self,
        column: int,
        op: str,
        several: bool = False,
        collation: str = "BINARY",
        constant: int | float | str | bytes | None = None,
    ) -> None:
        self.column: Final = column
        self.op: Final = op
        self.several: Final = several
        self.collation: Final = collation
        self.constant: Final = constant


@final
class Direction:
    """One term of an order: a column, or ROWID, as BINARY compares, NULLs before all else unless it descends."""

    def __init__(self, column: int, descending: bool) -> None:
        self.column: Final = column
        self.descending: Final = descending


@final
class Request:
    """What is asked of a table: rows under some conditions, in an order that would be welcome.

    order: empty where none is, or one that the table could not give.
    """

    def __init__(self, conditions: list[Condition], order: list[Direction]) -> None:
        self.conditions: Final = conditions
        self.order: Final = order


@final
class Strategy:
    """How a table finds rows.

    Attributes:
        number, text: the strategy's name; what EXPLAIN QUERY PLAN shows.
        values: the conditions (by their places in the request) whose values the table wants, in the order in which it
            wants them.
        certain: those of them that all its rows then meet, so that they need no test.
        rows: how many there are.  cost: what they cost, in units of a row of a stored table.
        ordered: they come in the order of the request.
        bits: ``number`` is a set of bits, and is shown as such.
    """

    def __init__(
        self,
        number: int = 0,
        text: str = "",
        values: list[int] | None = None,
        certain: list[int] | None = None,
        rows: float = FEW_ROWS,
        cost: float = FEW_ROWS,
        ordered: bool = False,
        bits: bool = False,
    ) -> None:
        self.number: Final = number
        self.text: Final = text
        self.values: Final[list[int]] = [] if values is None else values
        self.certain: Final[list[int]] = [] if certain is None else certain
        self.rows: Final = rows
        self.cost: Final = cost
        self.ordered: Final = ordered
        self.bits: Final = bits
