"""Terms: what an instruction carries of an expression, a tree that code generation builds and the machine evaluates.

EXPLAIN and the assembler show a term as text (``reading`` reads it):

========== =======================================================================
text       value
========== =======================================================================
c0[2]      field 2 of the current row of cursor 0
real c0[2] the same in a REAL column: an integer stands for a real number
c0.rowid   the rowid of the current row of cursor 0
r[5]       the value in register 5
12, 2.5    a constant
(a + b)    an operation: + - * / % & | << or >>
abs (a)    the absolute value
(a < b)    1 or 0: a comparison of numbers, by < <= = <> >= or >
not (a)    1 if the number is zero, else 0
========== =======================================================================

And of texts, each of which is a field, a register or ``substr a 2 3``, 3 characters of a text from its second on:

=================== ==============================================================
text                value
=================== ==============================================================
length a            the number of characters; of a blob's bytes
unicode a           the first character's code point
instr a r[5]        the place in it of what register 5 holds
(a like r[5])       1 or 0: whether it matches a pattern; also LIKE, which tells
                    capitals from small letters, and glob
(text a < b)        1 or 0: a comparison by bytes; "numeric" behind b: of texts
                    that do not look like numbers; "nocase": by NOCASE
null c0[2]          1 or 0: whether the field is NULL
present c0[2]       1, if the field is not NULL
=================== ==============================================================

A term keeps the value that it was evaluated to, so it has one place, in one instruction.
"""

from __future__ import annotations


class MachineTerm:
    """A formula or a text term.  Two are equal when they are of one class and read the same."""

    def __str__(self) -> str:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def registers(self) -> int:
        """The registers that it reads, a bit for each."""
        return 0

    def cursors(self) -> int:
        """The cursors that it reads, a bit for each."""
        return 0
