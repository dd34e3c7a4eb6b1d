"""The bases of aggregate functions: the declaration, and the accumulator that takes a group's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy_extensions import i64, mypyc_attr

from foundrydb.storage.format.values import Collation, Value
from foundrydb.vm.functions.scalar import Function

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


@mypyc_attr(allow_interpreted_subclasses=True, acyclic=True)
class Accumulator:
    """The state of one aggregate over one group.

    Attributes:
        hit: the last row's value became the result (min and max): the row's other columns then go with it.
        following: the next accumulator of the same group, where groups are kept in a hash table.
    """

    def __init__(self) -> None:
        self.hit = False
        self.following: Accumulator | None = None

    def step(self, args: list[Value]) -> None:
        """Take in a row's arguments."""
        raise NotImplementedError

    def step_one(self, arg: Value) -> None:
        """Take in a row's only argument; the same as ``step``, without a list."""
        self.step([arg])

    def step_whole(self, arg: i64) -> None:
        """Take in a row whose only argument is an integer; the same as ``step``, without an object."""
        self.step_one(arg)

    def step_real(self, arg: float) -> None:
        """Take in a row whose only argument is a real; the same as ``step``, without an object."""
        self.step_one(arg)

    def step_row(self) -> None:
        """Take in a row without arguments."""
        self.step([])

    def inverse(self, args: list[Value]) -> None:
        """Take out the arguments of the oldest row that is still in: it leaves the window's frame."""
        raise NotImplementedError

    def value(self) -> Value:
        """The present result; rows may still come and go."""
        return self.finish()

    def close(self) -> None:
        """Let go of what it holds; its result will not be asked for again."""

    def weight(self) -> int:
        """Bytes of memory that the values take which it keeps, beside what every accumulator takes."""
        return 0

    def finish(self) -> Value:
        """The result over the whole group."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class AggregateFunction(Function):
    """A function of the rows of a group."""

    @property
    def aggregate(self) -> bool:
        """True; see ``Function.aggregate``."""
        return True

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """A new accumulator, for a group without rows so far."""
        raise NotImplementedError
