"""What a PRAGMA's declaration is."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import Coder
    from foundrydb.compiler.resolve.catalog import Schema
    from foundrydb.storage.values import Value
    from foundrydb.vm.host import Host


@final
class PragmaCall:
    """One use of a PRAGMA.

    Attributes:
        schema: the schema that it names, else main.
        qualified: it names a schema.
        argument: the text after ``=`` or in parentheses, None for none.
    """

    def __init__(self, schema: Schema, qualified: bool, argument: str | None) -> None:
        self.schema: Final = schema
        self.qualified: Final = qualified
        self.argument: Final = argument


class Pragma:
    """The base of PRAGMA declarations.

    Attributes:
        name: in small letters.
        columns: the result's columns.
        doc: one line about it.
    """

    def __init__(self, name: str, columns: tuple[str, ...], doc: str) -> None:
        self.name: Final = name
        self.columns: Final = columns
        self.doc: Final = doc

    def returns(self, call: PragmaCall) -> bool:
        """Whether this use of the PRAGMA has a result."""
        return True

    def readable(self) -> bool:
        """Whether ``read`` gives its value."""
        return False

    def read(self, host: Host, db: int) -> Value:
        """The value of a PRAGMA that shows one: for its table-valued function."""
        raise NotImplementedError

    @abstractmethod
    def code(self, coder: Coder, call: PragmaCall) -> None:
        """Emit the PRAGMA's code."""


def integer_of(text: str) -> int:
    """What SQLite's ``sqlite3Atoi`` makes of an argument: a leading integer of 32 bits, else 0."""
    body = text.strip()
    negative = body.startswith("-")
    if body[:1] in ("+", "-"):
        body = body[1:]
    if body[:2].lower() == "0x":
        try:
            value = int(body[2:], 16)
        except ValueError:
            return 0
        return value if value <= 0x7FFFFFFF else 0
    digits = 0
    while digits < len(body) and "0" <= body[digits] <= "9":
        digits += 1
    value = int(body[:digits]) if digits else 0
    if negative:
        value = -value
    return value if -0x80000000 <= value <= 0x7FFFFFFF else 0


def boolean_of(text: str) -> bool:
    """What SQLite makes of a switch's argument."""
    word = text.lower()
    if word in ("on", "yes", "true", "extra", "full"):
        return True
    if word in ("off", "no", "false"):
        return False
    return integer_of(word) & 0xFF != 0
