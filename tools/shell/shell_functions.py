"""The SQL functions that SQLite's shell has beyond the library's: declared here, at hand in each of its connections.

What they do stands in ``function_bodies``, which is loaded when one of them is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.format.values import Value
from foundrydb.tools import late
from foundrydb.vm.functions.scalar import DETERMINISTIC, DIRECT_ONLY, ScalarFunction

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.vm.context import Context

_DECLARED: Final = (
    ("edit", 1, 2, "The value X after it was edited, by the program $VISUAL or Y", DIRECT_ONLY),
    ("readfile", 1, 1, "The content of the file X as a blob, NULL if it cannot be read", DIRECT_ONLY),
    (
        "regexp",
        2,
        2,
        "Whether the regular expression X matches a part of Y, as Y REGEXP X asks",
        DETERMINISTIC,
    ),
    ("regexpi", 2, 2, "The same, and capital letters of ASCII count as small ones", DETERMINISTIC),
    ("sha3", 1, 2, "The SHA3 hash of X, of 256 bits or of Y", DETERMINISTIC),
    ("sha3_query", 1, 2, "The SHA3 hash of queries and their rows, of 256 bits or of Y", DIRECT_ONLY),
    (
        "writefile",
        2,
        4,
        "Writes Y to the file X: how many bytes; then come its mode and its time",
        DIRECT_ONLY,
    ),
)
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


def add_functions(connection: Connection) -> None:
    """Let SQL call the shell's functions."""
    for name, fewest, most, doc, flags in _DECLARED:
        connection.engine.functions.add(ShellFunction(connection, name, fewest, most, doc, flags))
