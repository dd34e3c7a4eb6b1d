"""Formulas about texts, and parts of texts, computed from the bytes of a row where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.record import type_bit
from foundrydb.storage.format.values import (
    BLOB_TYPE,
    Value,
)
from foundrydb.storage.tree.entry_reader import INTEGER, NO_NUMBER
from foundrydb.vm.formulas.formula import Formula
from foundrydb.vm.formulas.text_term import FieldText, RegisterText, TextTerm, row_of
from foundrydb.vm.functions.text.pattern import Pattern, compile_glob, compile_like
from foundrydb.vm.functions.text.utf8 import count_chars, count_from_end, skip_chars

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

_LONGEST: Final = 400
"""The longest pattern."""


_FAR: Final = 1 << 20
"""Behind so many characters all of a text is read to find a part."""


@final
class SubstrText(TextTerm):
    """A part of a field's text, as substr() cuts it out.

    Args:
        first: the number of the first character, from 1; from the text's end if it is negative.
        count: how many characters.
    """

    def __init__(self, text: FieldText, first: i64, count: i64) -> None:
        super().__init__()
        self.text: Final = text
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        # So many bytes hold the part, of a text in UTF-8; -1: it reaches to the text's end, or is far away.
        self._most: i64 = -1
        if first > 0 and first + count < _FAR:
            self._most = 4 * (first + count)

    def __str__(self) -> str:
        return f"substr {self.text} {self.first} {self.count}"

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return self.text.cursors()

    def find(self, m: Machine) -> bool:
        """See ``TextTerm.find``."""
        text = self.text
        if not text.find_head(m, self._most):
            return False
        self._cut()
        # Bytes that are not UTF-8 may be any number to a character.
        if self._most < 0 or self.stop < text.stop or text.stop - text.start < self._most:
            return True
        if not text.find(m):
            return False
        self._cut()
        return True

    def _cut(self) -> None:
        """Find the part in what was found of the text."""
        text = self.text
        data = text.data
        stop = text.stop
        before = self.first - 1
        count = self.count
        if self.first < 0:
            before = count_from_end(data, text.start, stop) + self.first
            if before < 0:
                count += before
                before = 0
        self.data = data
        self.start = skip_chars(data, text.start, stop, before)
        self.stop = skip_chars(data, self.start, stop, count)

    def find_blob(self, m: Machine) -> bytes | None:
        """The part of a blob: of its bytes no others are fetched."""
        text = self.text
        row = row_of(m, text.cursor, text.field)
        serial = -1 if row is None else int(row.serial_type(text.field))
        if row is None or serial <= 12 or serial % 2 == 1:
            return None
        size = row.stop - row.start
        first = self.first - 1
        count = self.count
        if self.first < 0:
            first = size + self.first
            if first < 0:
                count += first
                first = 0
        if first + count > size:
            count = size - first
        return row.found_part(first, count) if count > 0 else b""


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
