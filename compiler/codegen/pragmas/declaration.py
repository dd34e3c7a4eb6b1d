"""What a PRAGMA's declaration is."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, final

from foundrydb.vm.ops.control import ResultRow

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import Coder
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.schema import Schema


@final
class PragmaCall:
    """One use of a PRAGMA.

    Attributes:
        schema: the schema that it names, else main.
        qualified: it names a schema.
        argument: the text after ``=`` or in parentheses, None for none.
        quoted: the argument stood in quotes.
    """

    def __init__(self, schema: Schema, qualified: bool, argument: str | None, quoted: bool = False) -> None:
        self.schema: Final = schema
        self.qualified: Final = qualified
        self.argument: Final = argument
        self.quoted: Final = quoted


class Pragma:
    """The base of PRAGMA declarations.

    Attributes:
        name: in small letters.
        columns: the result's columns.
        doc: one line about it.
        reads_schema: whether it asks what the schema holds; one that does not must work before a file is looked at.
    """

    def __init__(self, name: str, columns: tuple[str, ...], doc: str) -> None:
        self.name: Final = name
        self.columns: Final = columns
        self.doc: Final = doc
        self.reads_schema = True

    def returns(self, call: PragmaCall) -> bool:
        """Whether this use of the PRAGMA has a result."""
        return True

    def arguments(self) -> list[str] | None:
        """The arguments (of ``arg`` and ``schema``) of its table-valued function; None where it has no such."""
        return []

    @abstractmethod
    def code(self, coder: Coder, call: PragmaCall) -> None:
        """Emit the PRAGMA's code."""


def show(coder: Coder, register: int) -> None:
    """Emit a row of one value."""
    coder.emit(ResultRow(register, 1))


def schemas_of(catalog: Catalog, call: PragmaCall) -> list[Schema]:
    """The databases that a PRAGMA is about: all that there are where it names none."""
    return [call.schema] if call.qualified else catalog.present()


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


def leading_integer(text: str) -> int | None:
    """What SQLite's ``sqlite3GetInt32`` makes of an argument: as ``integer_of``, None where no digit stands first."""
    body = text.lstrip("+-")
    return integer_of(text) if len(text) - len(body) <= 1 and body[:1].isdecimal() else None


def whole_integer(text: str) -> int | None:
    """What SQLite's ``sqlite3DecOrHexToI64`` makes of an argument: an integer of 64 bits and nothing else, or None."""
    body = text.strip()
    try:
        value = int(body, 16 if body[:2].lower() == "0x" else 10)
    except ValueError:
        return None
    if body[:2].lower() == "0x" and value < 2**64:
        return value - 2**64 if value >= 2**63 else value
    return value if -(2**63) <= value < 2**63 and body.isascii() and "_" not in body else None


def boolean_of(text: str) -> bool:
    """What SQLite makes of a switch's argument: a number, or one of a few words; any other word is off."""
    if text[:1].isdecimal():
        return integer_of(text) != 0
    return text.lower() in ("on", "yes", "true")
