"""Formulas about texts and NULLs: whole numbers computed from the bytes of a row where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.record import type_bit
from foundrydb.storage.format.values import (
    BLOB_TYPE,
    NULL_TYPE,
    REAL_TYPE,
    Value,
)
from foundrydb.storage.tree.cursor import INTEGER, NO_NUMBER
from foundrydb.vm.formulas.formula import Formula
from foundrydb.vm.formulas.text_term import FieldText, RegisterText, TextTerm, row_of
from foundrydb.vm.functions.text.pattern import Pattern, compile_glob, compile_like
from foundrydb.vm.functions.text.utf8 import count_chars

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

_LONGEST: Final = 400
"""The longest pattern."""


class TextFormula(Formula):
    """A whole number that is told from one text."""

    def __init__(self, text: TextTerm) -> None:
        super().__init__()
        self.text: Final = text

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return self.text.registers()

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return self.text.cursors()


@final
class TextLength(TextFormula):
    """The characters of a text; the bytes of a blob, of which only the header of its row is looked at."""

    def __str__(self) -> str:
        return f"length {self.text}"

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        text = self.text
        if text.find(m):
            self.whole = count_chars(text.data, text.start, text.stop)
            return INTEGER
        if not isinstance(text, FieldText):
            return NO_NUMBER
        row = row_of(m, text.cursor, text.field)
        if row is None:
            return NO_NUMBER
        serial = row.serial_type(text.field)
        if serial < 0 or type_bit(serial) != BLOB_TYPE:
            return NO_NUMBER
        self.whole = row.stop - row.start
        return INTEGER


@final
class TextCodePoint(TextFormula):
    """The code point of a text's first character, if that is one of ASCII."""

    def __str__(self) -> str:
        return f"unicode {self.text}"

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        text = self.text
        if not text.find(m) or text.start == text.stop:
            return NO_NUMBER
        self.whole = i64(text.data[text.start])
        return INTEGER if 0 < self.whole < 0x80 else NO_NUMBER


@final
class TextPlace(TextFormula):
    """The number of the character with which another text begins in a text; 0 where it is not in it."""

    def __init__(self, text: TextTerm, part: RegisterText) -> None:
        super().__init__(text)
        self.part: Final = part

    def __str__(self) -> str:
        return f"instr {self.text} {self.part}"

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return self.text.registers() | self.part.registers()

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        text = self.text
        part = self.part
        if not text.find(m) or not part.find(m) or part.stop == 0:
            return NO_NUMBER
        if i64(part.data[0]) & 0xC0 == 0x80:
            return NO_NUMBER
        found: i64 = text.data.find(part.data, text.start, text.stop)
        self.whole = 0
        if found >= 0:
            self.whole = 1 + _begun(text.data, text.start + 1, found + 1)
        return INTEGER


def _begun(data: bytes, at: i64, stop: i64) -> i64:
    """How many bytes between two offsets continue no character."""
    count: i64 = 0
    while at < stop:
        if i64(data[at]) & 0xC0 != 0x80:
            count += 1
        at += 1
    return count


@final
class TextMatch(TextFormula):
    """1 or 0: whether a text matches the pattern in a register.

    Args:
        operator: ``like``, ``LIKE`` that tells capitals from small letters, or ``glob``.
    """

    def __init__(self, text: TextTerm, operator: str, register: int) -> None:
        super().__init__(text)
        self.operator: Final = operator
        self.register: Final[i64] = register
        self._held: Value = None
        self._pattern = Pattern("", "", [])

    def __str__(self) -> str:
        return f"({self.text} {self.operator} r[{self.register}])"

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return self.text.registers() | 1 << int(self.register)

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        text = self.text
        if not text.find(m):
            return NO_NUMBER
        pattern = m.registers[self.register]
        if pattern is None or (pattern is not self._held and not self._take(pattern)):
            return NO_NUMBER
        self.whole = 1 if self._pattern.matches_bytes(text.data, text.start, text.stop) else 0
        return INTEGER

    def _take(self, pattern: Value) -> bool:
        """Compile another pattern; False where it is none, or a very long one."""
        if not isinstance(pattern, str) or len(pattern) > _LONGEST:
            return False
        if self.operator == "glob":
            self._pattern = compile_glob(pattern)
        else:
            self._pattern = compile_like(pattern, "", self.operator == "like")
        self._held = pattern
        return True


@final
class FieldPresence(Formula):
    """Whether a field of a cursor's current row is NULL, by the header of the row.

    Args:
        word: ``null``: 1 if it is, 0 if not; ``present``: 1 if it is not, and no number at all if it is.
    """

    def __init__(self, cursor: i64, field: i64, word: str) -> None:
        super().__init__()
        self.cursor: Final[i64] = cursor
        self.field: Final[i64] = field
        self.word: Final = word
        self._present: Final = word == "present"

    def __str__(self) -> str:
        return f"{self.word} c{self.cursor}[{self.field}]"

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return 1 << int(self.cursor)

    def evaluate(self, m: Machine) -> i64:
        """See ``Formula.evaluate``."""
        row = row_of(m, self.cursor, self.field)
        if row is None:
            return NO_NUMBER
        serial = row.serial_type(self.field)
        if serial < 0:
            return NO_NUMBER
        bit = type_bit(serial)
        if bit == REAL_TYPE and row.number(self.field) == NO_NUMBER:
            return NO_NUMBER  # what is no number counts as NULL
        if bit == NULL_TYPE:
            self.whole = 1
            return NO_NUMBER if self._present else INTEGER
        self.whole = 1 if self._present else 0
        return INTEGER
