"""The SQL functions that SQLite's shell has beyond the library's: declared here, at hand in each of its connections.

What they do is loaded when one of them is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.format.values import Collation, Value
from foundrydb.tools import late
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.functions.scalar import DETERMINISTIC, DIRECT_ONLY, WINDOW, ScalarFunction

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.vm.context import Context
    from foundrydb.vm.functions.accumulator import Accumulator
    from foundrydb.vm.modules.module import Module

_DECLARED: Final = (
    ("base64", 1, 1, "The blob X as text in base 64, or the blob that the text X is", DETERMINISTIC | DIRECT_ONLY),
    ("base85", 1, 1, "The same in SQLite's base 85", DETERMINISTIC | DIRECT_ONLY),
    ("decimal", 1, 2, "The number X as exact decimal text, rounded to Y digits if that is given", DETERMINISTIC),
    ("decimal_add", 2, 2, "The sum of two decimal numbers, exactly", DETERMINISTIC),
    ("decimal_cmp", 2, 2, "-1, 0 or 1 as the decimal number X is less than Y, equal or greater", DETERMINISTIC),
    ("decimal_exp", 1, 2, "As decimal(), in scientific notation", DETERMINISTIC),
    ("decimal_mul", 2, 2, "The product of two decimal numbers, exactly", DETERMINISTIC),
    ("decimal_pow2", 1, 1, "Two to the power X, in scientific notation with all digits", DETERMINISTIC),
    ("decimal_sub", 2, 2, "The difference of two decimal numbers, exactly", DETERMINISTIC),
    ("edit", 1, 2, "The value X after it was edited, by the program $VISUAL or Y", DIRECT_ONLY),
    ("ieee754", 1, 2, "The real X as ieee754(mantissa,exponent), or the real with mantissa X and exponent Y", 0),
    ("ieee754_exponent", 1, 1, "The exponent of the real X", 0),
    ("ieee754_from_blob", 1, 1, "The real of the 8 bytes X", 0),
    ("ieee754_from_int", 1, 1, "The real of the bits of the integer X", 0),
    ("ieee754_inc", 2, 2, "The real X, with Y added to its bits", 0),
    ("ieee754_mantissa", 1, 1, "The mantissa of the real X", 0),
    ("ieee754_to_blob", 1, 1, "The 8 bytes of the real X", 0),
    ("ieee754_to_int", 1, 1, "The integer of the bits of the real X", 0),
    ("is_base85", 1, 1, "Whether the text X consists of digits of base 85 and white space", DETERMINISTIC),
    ("lsmode", 1, 1, "A file's mode X as ls shows it", 0),
    ("readfile", 1, 1, "The content of the file X as a blob, NULL if it cannot be read", DIRECT_ONLY),
    ("regexp", 2, 2, "Whether the regular expression X matches a part of Y, as Y REGEXP X asks", DETERMINISTIC),
    ("regexpi", 2, 2, "The same, and capital letters of ASCII count as small ones", DETERMINISTIC),
    ("sha3", 1, 2, "The SHA3 hash of X, of 256 bits or of Y", DETERMINISTIC),
    ("sha3_query", 1, 2, "The SHA3 hash of queries and their rows, of 256 bits or of Y", DIRECT_ONLY),
    ("writefile", 2, 4, "Writes Y to the file X: how many bytes; then come its mode and its time", DIRECT_ONLY),
)  # fmt: skip
"""Name, fewest and most arguments, what it does, flags."""


@final
class ShellFunction(ScalarFunction):
    """A function of the shell's.

    Args:
        connection: whose function it is.
    """

    def __init__(
        self, connection: Connection, name: str, fewest: int, most: int, doc: str, flags: int
    ) -> None:
        super().__init__(name, fewest, most, doc, flags)
        self._connection: Final = connection

    @property
    def of_user(self) -> bool:
        """See ``Function.of_user``."""
        return True

    def call(self, args: list[Value], context: Context) -> Value:
        """See ``ScalarFunction.call``."""
        return late.function_bodies.BODIES[self.name](self._connection, args)


@final
class DecimalSumFunction(AggregateFunction):
    """decimal_sum"""

    def __init__(self) -> None:
        doc = "The sum of decimal numbers, exactly"
        super().__init__("decimal_sum", 1, 1, doc, DETERMINISTIC | WINDOW)

    @property
    def of_user(self) -> bool:
        """See ``Function.of_user``."""
        return True

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return late.decimals.DecimalSum()


@final
class DecimalCollation(Collation):
    """``COLLATE decimal``: texts by the numbers that they are."""

    def __init__(self) -> None:
        super().__init__("DECIMAL")

    def compare(self, a: str, b: str) -> int:
        """See ``Collation.compare``."""
        return late.decimals.compared(a, b)


def add_functions(connection: Connection) -> None:
    """Let SQL call the shell's functions, read its table and order by its collation."""
    functions = connection.engine.functions
    for name, fewest, most, doc, flags in _DECLARED:
        functions.add(ShellFunction(connection, name, fewest, most, doc, flags))
    functions.add(DecimalSumFunction())
    functions.modules.later(_modules)
    connection.engine.collations["DECIMAL"] = DecimalCollation()


def _modules() -> list[Module]:
    return late.folders.MODULES
