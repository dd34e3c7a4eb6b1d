"""LIKE and GLOB.

Patterns, texts and the escape character end at their first NUL, as C strings do.

A pattern is compiled once and kept for the next row.  Patterns of nothing but characters and ``%`` are searched for
piece by piece, each as far to the left as it will go; the others are matched by going back to the last ``%``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.values import UTF8, Value, encode_text
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.scalar import DETERMINISTIC, Function, ScalarFunction
from foundrydb.vm.functions.text.text_functions import fold, until_nul
from foundrydb.vm.limits import MAX_PATTERN

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_LITERAL: Final = 0
_ONE: Final = 1
_MANY: Final = 2
_SET: Final = 3


@final
class Element:
    """A part of a pattern: a literal character, any one, any number of any, or one of a set."""

    def __init__(self, kind: int, text: str = "", negated: bool = False) -> None:
        self.kind: Final[i64] = kind
        self.text: Final = text
        self.negated: Final = negated

    def takes(self, c: str) -> bool:
        """Whether the element matches the character ``c``.  ``text`` of a set holds pairs of first and last."""
        if self.kind == _LITERAL:
            return c == self.text
        if self.kind == _ONE:
            return True
        text = self.text
        for i in range(0, len(text), 2):
            if text[i] <= c <= text[i + 1]:
                return not self.negated
        return self.negated


@final
class Piece:
    """The characters between two ``%`` of a pattern, or before the first, or after the last one.

    Attributes:
        text: the characters, in small letters where letters are folded.
        small, large: the same as bytes, in small letters and in capitals where they count as the same.
    """

    def __init__(self, elements: list[Element], folded: bool) -> None:
        self.text: Final = "".join([element.text for element in elements])
        self.small: Final = self.text.encode("utf-8", "surrogatepass")
        self.large: Final = self.small.upper() if folded else self.small
        self.size: Final[i64] = len(self.small)
        self._first_small: Final[i64] = self.small[0] if self.small else 0
        self._first_large: Final[i64] = self.large[0] if self.large else 0

    def is_at(self, data: bytes, at: i64) -> bool:
        """Whether the bytes from ``at`` on are the piece."""
        small = self.small
        large = self.large
        i: i64 = 0
        while i < self.size:
            c: i64 = data[at + i]
            if c != small[i] and c != large[i]:
                return False
            i += 1
        return True

    def find(self, data: bytes, at: i64, stop: i64) -> i64:
        """Where the piece, which is not empty, first lies between two offsets; -1 where it does not."""
        last = stop - self.size
        small = self._first_small
        large = self._first_large
        while at <= last:
            c: i64 = data[at]
            if c == small:
                if self.is_at(data, at):
                    return at
            elif c == large and self.is_at(data, at):
                return at
            at += 1
        return -1


@final
class Pattern:
    """A compiled pattern.

    Args:
        source, escape: what it was compiled from.
        elements: the parts; None for a pattern that matches nothing at all.
        folded: letters A to Z are the same as a to z, and the elements hold small ones.  (Texts are folded only
            for a pattern that has letters.)

    Attributes:
        plain: ``matches_bytes`` can be asked.
    """

    def __init__(self, source: str, escape: str, elements: list[Element] | None, folded: bool) -> None:
        self.source: Final = source
        self.escape: Final = escape
        self.folded: Final = folded and any(e.kind == _LITERAL and e.text.isalpha() for e in elements or [])
        self.elements: Final = elements if elements is not None else []
        self.nothing: Final = elements is None
        # Of a pattern in pieces: those that a text begins and ends with, and those in between, in their order.
        self._in_pieces: Final = all(e.kind == _LITERAL or e.kind == _MANY for e in self.elements)
        pieces = _pieces(self.elements, self.folded) if self._in_pieces else _pieces([], False)
        self._whole: Final = len(pieces) == 1
        self._first: Final = pieces[0]
        self._last: Final = pieces[len(pieces) - 1]
        self._inner: Final = [piece for piece in pieces[1:-1] if piece.size > 0]
        self.plain: Final = (
            self._in_pieces and not self.nothing and all(piece.text.isascii() for piece in pieces)
        )

    def matches(self, text: str) -> bool:
        """Whether all of ``text`` matches."""
        if self.nothing:
            return False
        text = until_nul(text)
        if self.folded:
            text = fold(text)
        if not self._in_pieces:
            return self._matches_in_general(text)
        first = self._first.text
        if self._whole:
            return text == first
        last = self._last.text
        at = len(first)
        stop = len(text) - len(last)
        if at > stop or not text.startswith(first) or not text.endswith(last):
            return False
        for piece in self._inner:
            at = text.find(piece.text, at, stop)
            if at < 0:
                return False
            at += len(piece.text)
        return True

    def matches_bytes(self, data: bytes, start: i64, stop: i64) -> bool:
        """``matches`` for the UTF-8 text between two offsets; only for a ``plain`` pattern."""
        first = self._first
        last = self._last
        if last.size > 0 or self._whole:
            stop = nul_in(data, start, stop)
        if self._whole:
            return stop - start == first.size and first.is_at(data, start)
        at = start + first.size
        stop -= last.size
        if at > stop:
            return False
        if (first.size > 0 and not first.is_at(data, start)) or (
            last.size > 0 and not last.is_at(data, stop)
        ):
            return False
        for piece in self._inner:
            at = piece.find(data, at, stop)
            if at < 0:
                return False
            at += piece.size
        # What was found was found as far to the left as it lies; a NUL before its end ends the text before it.
        return not self._inner or nul_in(data, start, at) == at

    def _matches_in_general(self, text: str) -> bool:
        elements = self.elements
        count: i64 = len(elements)
        size: i64 = len(text)
        at: i64 = 0
        place: i64 = 0
        # Where to go on when what follows the last "many" does not match there: one character further.
        many: i64 = -1
        resume: i64 = 0
        while at < size:
            if place < count and elements[place].kind == _MANY:
                place += 1
                many = place
                resume = at
            elif place < count and elements[place].takes(text[at]):
                place += 1
                at += 1
            elif many >= 0:
                resume += 1
                at = resume
                place = many
            else:
                return False
        while place < count and elements[place].kind == _MANY:
            place += 1
        return place == count


def nul_in(data: bytes, start: i64, stop: i64) -> i64:
    """Where the first NUL between two offsets is; the second one where there is none."""
    at = start
    while at < stop and data[at] != 0:
        at += 1
    return at


def _pieces(elements: list[Element], folded: bool) -> list[Piece]:
    """What lies before, between and after the wildcards of a pattern that has none but ``%``; one where it has none."""
    pieces: list[Piece] = []
    piece: list[Element] = []
    for element in elements:
        if element.kind == _MANY:
            pieces.append(Piece(piece, folded))
            piece = []
        else:
            piece.append(element)
    pieces.append(Piece(piece, folded))
    return pieces


def compile_like(pattern: str, escape: str, folds: bool) -> Pattern:
    """Compile a pattern of LIKE.

    Args:
        escape: the character after which any character stands for itself; empty for none.
        folds: letters A to Z are the same as a to z.
    """
    elements: list[Element] = []
    at: i64 = 0
    size: i64 = len(pattern)
    while at < size:
        c = pattern[at]
        if c == escape:
            at += 1
            if at == size:
                return Pattern(pattern, escape, None, folds)
            elements.append(Element(_LITERAL, fold(pattern[at]) if folds else pattern[at]))
        elif c == "%":
            if not elements or elements[len(elements) - 1].kind != _MANY:
                elements.append(Element(_MANY))
        elif c == "_":
            elements.append(Element(_ONE))
        else:
            elements.append(Element(_LITERAL, fold(c) if folds else c))
        at += 1
    return Pattern(pattern, escape, elements, folds)


def compile_glob(pattern: str) -> Pattern:
    """Compile a pattern of GLOB."""
    elements: list[Element] = []
    at: i64 = 0
    size: i64 = len(pattern)
    while at < size:
        c = pattern[at]
        at += 1
        if c == "*":
            if not elements or elements[len(elements) - 1].kind != _MANY:
                elements.append(Element(_MANY))
        elif c == "?":
            elements.append(Element(_ONE))
        elif c == "[":
            end = _set_end(pattern, at)
            if end < 0:
                return Pattern(pattern, "", None, False)
            elements.append(_set(pattern[at:end]))
            at = end + 1
        else:
            elements.append(Element(_LITERAL, c))
    return Pattern(pattern, "", elements, False)


def _set_end(pattern: str, begin: i64) -> i64:
    """Where the ``]`` is that closes the set whose first character is at ``begin``; -1 if nowhere."""
    at = begin
    if pattern[at : at + 1] == "^":
        at += 1
    return pattern.find("]", at + 1)


def _set(body: str) -> Element:
    negated = body[:1] == "^"
    if negated:
        body = body[1:]
    pairs = []
    at: i64 = 0
    size: i64 = len(body)
    while at < size:
        first = body[at]
        if at + 2 < size and body[at + 1] == "-":
            pairs.append(first + body[at + 2])
            at += 3
        else:
            pairs.append(first + first)
            at += 1
    return Element(_SET, "".join(pairs), negated)


class Matching(ScalarFunction):
    """A function of a pattern and a text."""

    def pattern(self, text: str, escape: str = "") -> Pattern:
        """A pattern, compiled.

        Raises:
            Error: it is too long.
        """
        raise NotImplementedError


@final
class Like(Matching):
    """like(Y, X, E): what ``X LIKE Y ESCAPE E`` calls.

    Attributes:
        folds: letters A to Z are the same as a to z.
    """

    def __init__(self, least: int, most: int, folds: bool = True) -> None:
        doc = "Whether X matches the LIKE pattern Y, with the escape character Z"
        super().__init__("like", least, most, doc, DETERMINISTIC)
        self.folds: Final = folds
        self._last: Pattern | None = None

    def call(self, args: list[Value], context: Context) -> Value:
        """1 if X matches the pattern Y, else 0; a blob matches nothing."""
        if isinstance(args[0], bytes) or isinstance(args[1], bytes):
            return 0
        escape = ""
        if len(args) == 3:
            if args[2] is None:
                return None
            escape = until_nul(to_text(args[2]))
            if len(escape) != 1:
                raise error("ESCAPE expression must be a single character")
        if args[0] is None or args[1] is None:
            return None
        compiled = self.pattern(to_text(args[0]), escape)
        x = args[1]
        return 1 if compiled.matches(x if isinstance(x, str) else to_text(x)) else 0

    def pattern(self, text: str, escape: str = "") -> Pattern:
        """See ``Matching.pattern``."""
        compiled = self._last
        if compiled is None or text != compiled.source or escape != compiled.escape:
            check_length(text)
            compiled = compile_like(until_nul(text), escape, self.folds)
            self._last = compiled
        return compiled


@final
class Glob(Matching):
    """glob(Y, X): what ``X GLOB Y`` calls."""

    def __init__(self, name: str, doc: str) -> None:
        super().__init__(name, 2, 2, doc, DETERMINISTIC)
        self._last: Pattern | None = None

    def call(self, args: list[Value], context: Context) -> Value:
        """1 if X matches the pattern Y, else 0; a blob matches nothing."""
        if isinstance(args[0], bytes) or isinstance(args[1], bytes):
            return 0
        if args[0] is None or args[1] is None:
            return None
        compiled = self.pattern(to_text(args[0]))
        x = args[1]
        return 1 if compiled.matches(x if isinstance(x, str) else to_text(x)) else 0

    def pattern(self, text: str, escape: str = "") -> Pattern:
        """See ``Matching.pattern``."""
        compiled = self._last
        if compiled is None or text != compiled.source:
            check_length(text)
            compiled = compile_glob(until_nul(text))
            self._last = compiled
        return compiled


@final
class MatchFunction(ScalarFunction):
    """match(Y, X): what ``X MATCH Y`` calls; only a virtual table gives it a sense."""

    def call(self, args: list[Value], context: Context) -> Value:
        """Refuse the call."""
        raise error("unable to use function MATCH in the requested context")


def check_length(pattern: str) -> None:
    """Refuse a pattern that is too long.

    Raises:
        Error: as SQLite words it.
    """
    if len(pattern) * 4 > MAX_PATTERN and len(encode_text(pattern, UTF8)) > MAX_PATTERN:
        raise error("LIKE or GLOB pattern too complex")


def like_functions(case_sensitive: bool) -> list[Function]:
    """LIKE as ``PRAGMA case_sensitive_like`` wants it, for each number of arguments."""
    return [Like(count, count, not case_sensitive) for count in (2, 3)]


FUNCTIONS: Final[list[Function]] = [
    Like(2, 3),
    MatchFunction("match", 2, 2, "X MATCH Y, which only a virtual table gives a sense", 0),
    Glob("glob", "Whether X matches the GLOB pattern Y"),
]
