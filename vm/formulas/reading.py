"""Terms from their texts, for the assembler; see ``vm/formulas/machine_term`` for what the texts mean."""

from __future__ import annotations

import re
from typing import Final, final

from foundrydb.vm.formulas.formula import (
    OPERATIONS,
    Absolute,
    ConstantTerm,
    FieldTerm,
    Formula,
    RegisterTerm,
    RowidTerm,
)
from foundrydb.vm.formulas.text_term import FieldText, RegisterText, TextTerm

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<real>real )?c(?P<cursor>\d+)(?:\[(?P<field>\d+)\]|\.rowid)"
    r"|r\[(?P<register>\d+)\]|(?P<number>-?\d[\d.]*(?:e[+-]?\d+)?)|(?P<sign>[()+*/%&|-]|<<|>>)|(?P<call>abs))"
)


def read_formula(text: str) -> Formula:
    """The formula that a text describes.

    Raises:
        ValueError: it describes none.
    """
    reader = _Reader(text)
    formula = reader.term()
    if reader.at != len(text):
        raise reader.error()
    return formula


def read_text_term(text: str) -> TextTerm:
    """The text term that a text describes.

    Raises:
        ValueError: it describes none.
    """
    term = read_formula(text)
    if isinstance(term, FieldTerm) and not term.is_real:
        return FieldText(term.cursor, term.field)
    if isinstance(term, RegisterTerm):
        return RegisterText(term.register)
    raise ValueError(f"no text term: {text}")


@final
class _Reader:
    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.at = 0

    def error(self) -> ValueError:
        return ValueError(f"no formula: {self.text}")

    def _next(self) -> re.Match[str]:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise self.error()
        self.at = match.end()
        return match

    def term(self) -> Formula:
        """A term, or an operation in brackets."""
        token = self._next()
        if token["cursor"] is not None:
            cursor = int(token["cursor"])
            if token["field"] is None:
                return RowidTerm(cursor)
            return FieldTerm(cursor, int(token["field"]), token["real"] is not None)
        if token["register"] is not None:
            return RegisterTerm(int(token["register"]))
        if token["number"] is not None:
            number = token["number"]
            return ConstantTerm(int(number) if number.lstrip("-").isdigit() else float(number))
        if token["call"] is not None:
            return Absolute(self.term())
        if token["sign"] != "(":
            raise self.error()
        return self._operation()

    def _operation(self) -> Formula:
        """What follows an opening bracket."""
        left = self.term()
        sign = self._next()["sign"]
        if sign == ")":
            return left
        if sign not in OPERATIONS:
            raise self.error()
        right = self.term()
        if self._next()["sign"] != ")":
            raise self.error()
        return OPERATIONS[sign](left, right)
