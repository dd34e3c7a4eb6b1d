"""Text terms: texts as UTF-8 where they lie, in a page or in a register, to be compared without making objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import UTF8, Value, encode_text
from foundrydb.storage.tree.cursor import Cursor
from foundrydb.vm.formulas.machine_term import MachineTerm
from foundrydb.vm.tables.stored import StoredIndex, StoredTable

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


def row_of(m: Machine, cursor: i64, field: i64) -> Cursor | None:
    """The storage's cursor from whose row a field is read; None where it is not read from a stored row."""
    slot = m.cursors[cursor]
    if isinstance(slot, StoredTable):
        return None if slot.special and not slot.has(field) else slot.cursor
    if isinstance(slot, StoredIndex):
        return None if slot.null_row else slot.cursor
    return None


class TextTerm(MachineTerm):
    """A text.

    Attributes:
        data, start, stop: where its bytes lie, after ``find``.
    """

    def __init__(self) -> None:
        self.data = b""
        self.start: i64 = 0
        self.stop: i64 = 0

    def find(self, m: Machine) -> bool:
        """Find the text; False where the value is none, or is not plain to see."""
        raise NotImplementedError

    def may_be_number(self) -> bool:
        """Whether a numeric affinity might change the text that was found."""
        return may_be_number(self.data, self.start, self.stop)

    def find_blob(self, m: Machine) -> bytes | None:
        """The blob that stands in the text's place; None where there is none, or it is empty."""
        return None


@final
class FieldText(TextTerm):
    """A field of a cursor's current row."""

    def __init__(self, cursor: i64, field: i64) -> None:
        super().__init__()
        self.cursor: Final[i64] = cursor
        self.field: Final[i64] = field

    def __str__(self) -> str:
        return f"c{self.cursor}[{self.field}]"

    def cursors(self) -> int:
        """See ``MachineTerm.cursors``."""
        return 1 << int(self.cursor)

    def find(self, m: Machine) -> bool:
        """See ``TextTerm.find``."""
        return self.find_head(m, -1)

    def find_head(self, m: Machine, most: i64) -> bool:
        """``find``, but of a text in overflow pages only the first ``most`` bytes, if that is not negative."""
        row = row_of(m, self.cursor, self.field)
        if row is None or not row.text_in_place(self.field, most):
            return False
        self.data = row.image
        self.start = row.start
        self.stop = row.stop
        return True


@final
class RegisterText(TextTerm):
    """What a register holds: the same in every row of a run, so that it is encoded once."""

    def __init__(self, register: i64) -> None:
        super().__init__()
        self.register: Final[i64] = register
        self._held: Value = None
        self._may_be_number = False

    def __str__(self) -> str:
        return f"r[{self.register}]"

    def registers(self) -> int:
        """See ``MachineTerm.registers``."""
        return 1 << int(self.register)

    def find(self, m: Machine) -> bool:
        """See ``TextTerm.find``."""
        text = m.registers[self.register]
        if text is self._held:
            return text is not None
        if not isinstance(text, str):
            return False
        self.data = encode_text(text, UTF8)
        self.stop = len(self.data)
        self._may_be_number = may_be_number(self.data, 0, self.stop)
        self._held = text
        return True

    def may_be_number(self) -> bool:
        """See ``TextTerm.may_be_number``."""
        return self._may_be_number


def may_be_number(data: bytes, at: i64, stop: i64) -> bool:
    """Whether a text might read as a number: False for dates as for words, True where it takes a closer look."""
    digit = False
    while at < stop:
        byte: i64 = data[at]
        if 0x30 <= byte <= 0x39:
            digit = True
        elif byte == 0x2B or byte == 0x2D:  # a sign, at the beginning or after an e
            if digit:
                return False
        elif byte == 0x2E or byte == 0x45 or byte == 0x65 or byte == 0x20 or 9 <= byte <= 13:
            digit = False
        else:
            return byte == 0  # where a text ends that reads as a number
        at += 1
    return True
