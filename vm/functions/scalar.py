"""The bases of SQL functions: what every function declares, and what a scalar function does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mypy_extensions import mypyc_attr

from foundrydb.errors import InternalError
from foundrydb.storage.format.values import Value

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

DETERMINISTIC: Final = 1
"""The same arguments always give the same result: the call may stand in an index and, if it is not CONSTANT too, be
folded."""
CONSTANT: Final = 2
"""The result is the same during a statement, not for ever (``changes()``, ``date('now')``)."""
COLLATED: Final = 4
"""The function compares text, by the collation of its first argument that has one."""
INLINE: Final = 8
"""The compiler turns the call into code of its own (``coalesce``, ``iif``, ``likely``); not all arguments are
evaluated."""
WINDOW: Final = 16
"""The function may be called with OVER; one that is no aggregate function with OVER only."""
DIRECT_ONLY: Final = 32
"""The function may not be called from a view, a trigger, or the schema."""
HIDDEN: Final = 64
"""The function is not listed."""
RETURNS_SUBTYPE: Final = 256
"""The result may have a subtype: it is JSON to a function that takes it at once.  Such a function has a ``twin``."""
TAKES_SUBTYPE: Final = 512
"""The function asks for the subtypes of its arguments."""
MARKING: Final = 1024
"""The function is a twin: its result has its subtype with it."""
SMALL_STATE: Final = 128
"""The accumulator of the aggregate function takes little memory, however many rows it sees: many groups can be kept."""

ORDERED_SET: Final = 2048
"""The aggregate function looks at its rows in the order of their values: it may be called with WITHIN GROUP."""


FINDERS: Final[list[Callable[[str, int], Function | None]]] = []
"""Find a function of SQLite's own by its name and number of arguments: the module that lists them adds itself."""


def own_function(name: str, count: int) -> Function:
    """The function of SQLite's own that a pickle speaks of."""
    for find in FINDERS:
        found = find(name, count)
        if found is not None:
            return found
    raise InternalError(f"there is no function {name}() with {count} arguments")


@mypyc_attr(allow_interpreted_subclasses=True)
class Function:
    """A SQL function's declaration.

    Attributes:
        name: in small letters.
        min_args, max_args: how many arguments it takes; -1 as the maximum for any number.
        doc: one line about it.
        flags: the constants above, added up.
    """

    def __init__(self, name: str, min_args: int, max_args: int, doc: str, flags: int = DETERMINISTIC) -> None:
        self.name: Final = name
        self.min_args: Final = min_args
        self.max_args: Final = max_args
        self.doc: Final = doc
        self.flags: Final = flags

    def __repr__(self) -> str:
        return self.name

    def accepts(self, count: int) -> bool:
        """Whether it may be called with ``count`` arguments."""
        return self.min_args <= count and (self.max_args < 0 or count <= self.max_args)

    def __reduce__(self) -> tuple[object, ...]:
        if self.of_user:
            raise TypeError(f"{self.name}() is a function of the connection's: it cannot be pickled")
        return own_function, (self.name, max(self.max_args, self.min_args))

    @property
    def deterministic(self) -> bool:
        """Whether the same arguments always give the same result."""
        return self.flags & DETERMINISTIC != 0

    @property
    def aggregate(self) -> bool:
        """Whether it takes the rows of a group rather than one row's values."""
        return False

    @property
    def chooses_row(self) -> bool:
        """Whether the other columns of a group come from the row that gave this aggregate's result (min and max)."""
        return self.aggregate and self.flags & COLLATED != 0

    @property
    def twin(self) -> Function | None:
        """What is called in its place where the result goes to a function that asks for its subtype."""
        return None

    @property
    def of_user(self) -> bool:
        """Whether a user wrote it: it may raise anything."""
        return False

    @property
    def own_frame(self) -> tuple[str, str, str] | None:
        """The mode and the ends of the one frame that it knows, whatever a window says; None where that counts."""
        return None

    @property
    def window(self) -> bool:
        """Whether it may be called with OVER."""
        return self.flags & WINDOW != 0


@mypyc_attr(allow_interpreted_subclasses=True)
class ScalarFunction(Function):
    """A function of one row's values."""

    def call(self, args: list[Value], context: Context) -> Value:
        """The function's result.

        Raises:
            Error: what SQLite reports for these arguments.
        """
        raise NotImplementedError

    def call_one(self, x: Value, context: Context) -> Value:
        """``call`` with one argument."""
        return self.call([x], context)

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """``call`` with two arguments."""
        return self.call([x, y], context)


class OneArgument(ScalarFunction):
    """A function of exactly one argument; it says what ``call_one`` does."""

    def call(self, args: list[Value], context: Context) -> Value:
        """See ``ScalarFunction.call``."""
        return self.call_one(args[0], context)


class TwoArguments(ScalarFunction):
    """A function of exactly two arguments; it says what ``call_two`` does."""

    def call(self, args: list[Value], context: Context) -> Value:
        """See ``ScalarFunction.call``."""
        return self.call_two(args[0], args[1], context)
