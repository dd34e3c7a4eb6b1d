"""Terms from their texts, for the assembler; see ``vm/formulas/machine_term`` for what the texts mean."""

from __future__ import annotations

import re
from typing import Final, final

from foundrydb.vm.arithmetic.affinity import TRUE_FOR
from foundrydb.vm.formulas.comparisons import FieldPresence, Negation, NumberComparison, TextComparison
from foundrydb.vm.formulas.formula import (
    OPERATIONS,
    Absolute,
    ConstantTerm,
    FieldTerm,
    Formula,
    RegisterTerm,
    RowidTerm,
)
from foundrydb.vm.formulas.text_formulas import (
    SubstrText,
    TextCodePoint,
    TextLength,
    TextMatch,
    TextPlace,
)
from foundrydb.vm.formulas.text_term import FieldText, RegisterText, TextTerm

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<real>real )?c(?P<cursor>\d+)(?:\[(?P<field>\d+)\]|\.rowid)"
    r"|r\[(?P<register>\d+)\]|(?P<number>-?\d[\d.]*(?:e[+-]?\d+)?)"
    r"|(?P<sign>[()+*/%&|-]|<<|>>|<>|<=|>=|<|>|=)|(?P<word>[a-zA-Z]+))"
)
_MATCHING: Final = ("like", "LIKE", "glob")


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
    reader = _Reader(text, "no text term")
    term = reader.text_term()
    if reader.at != len(text):
        raise reader.error()
    return term


@final
class _Reader:
    def __init__(self, text: str, complaint: str = "no formula") -> None:
        self.text: Final = text
        self.at = 0
        self._complaint: Final = complaint

    def error(self) -> ValueError:
        return ValueError(f"{self._complaint}: {self.text}")

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
        if token["word"] is not None:
            return self._call(token["word"])
        if token["sign"] != "(":
            raise self.error()
        return self._operation()

    def _call(self, word: str) -> Formula:
        """What follows the name of a function."""
        if word == "abs":
            return Absolute(self.term())
        if word == "not":
            return Negation(self.term())
        if word in ("null", "present"):
            field = self._field_text()
            return FieldPresence(field.cursor, field.field, word)
        text = self.text_term()
        if word == "length":
            return TextLength(text)
        if word == "unicode":
            return TextCodePoint(text)
        if word == "instr":
            return TextPlace(text, RegisterText(self._register()))
        raise self.error()

    def text_term(self) -> TextTerm:
        """A text: a field, a register, or a part of a text."""
        token = self._next()
        if token["cursor"] is not None and token["field"] is not None and token["real"] is None:
            return FieldText(int(token["cursor"]), int(token["field"]))
        if token["register"] is not None:
            return RegisterText(int(token["register"]))
        if token["word"] != "substr":
            raise self.error()
        return SubstrText(self._field_text(), self._number(), self._number())

    def _field_text(self) -> FieldText:
        text = self.text_term()
        if not isinstance(text, FieldText):
            raise self.error()
        return text

    def _number(self) -> int:
        token = self._next()
        if token["number"] is None:
            raise self.error()
        return int(token["number"])

    def _register(self) -> int:
        token = self._next()
        if token["register"] is None:
            raise self.error()
        return int(token["register"])

    def _word_follows(self, *words: str) -> str:
        """The next token if it is one of those words, which is then read over; else nothing."""
        match = _TOKEN.match(self.text, self.at)
        found = "" if match is None else match["word"]
        if match is None or found not in words:
            return ""
        self.at = match.end()
        return found

    def _operation(self) -> Formula:
        """What follows an opening bracket."""
        if self._word_follows("text"):
            return self._text_comparison()
        before = self.at
        try:
            return self._match(self.text_term())
        except ValueError:
            self.at = before
        left = self.term()
        sign = self._next()["sign"]
        if sign == ")":
            return left
        right = self.term()
        self._close()
        if sign in TRUE_FOR:
            return NumberComparison(left, sign, right)
        if sign not in OPERATIONS:
            raise self.error()
        return OPERATIONS[sign](left, right)

    def _match(self, text: TextTerm) -> Formula:
        word = self._word_follows(*_MATCHING)
        if not word:
            raise self.error()
        register = self._register()
        self._close()
        return TextMatch(text, word, register)

    def _text_comparison(self) -> Formula:
        left = self.text_term()
        operator = self._next()["sign"]
        if operator not in TRUE_FOR:
            raise self.error()
        right = self.text_term()
        numeric = self._word_follows("numeric") != ""
        folded = self._word_follows("nocase") != ""
        self._close()
        return TextComparison(left, operator, right, numeric, folded)

    def _close(self) -> None:
        if self._next()["sign"] != ")":
            raise self.error()
