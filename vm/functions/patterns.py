"""LIKE and GLOB.

A pattern is compiled once and kept for the next row.  Patterns without inner wildcards (``abc``, ``abc%``, ``%abc``,
``%abc%``) become one call of Python's string search; the others are matched by going back to the last ``%``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.values import UTF8, Value, encode_text
from foundrydb.vm.cast import to_text
from foundrydb.vm.functions.scalar import DETERMINISTIC, Function, ScalarFunction
from foundrydb.vm.functions.text import fold
from foundrydb.vm.limits import MAX_PATTERN

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_LITERAL: Final = 0
_ONE: Final = 1
_MANY: Final = 2
_SET: Final = 3

_EQUAL: Final = 0
_PREFIX: Final = 1
_SUFFIX: Final = 2
_INSIDE: Final = 3
_GENERAL: Final = 4


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
class Pattern:
    """A compiled pattern.

    Args:
        source, escape: what it was compiled from.
        elements: the parts; None for a pattern that matches nothing at all.
        folded: letters A to Z are the same as a to z, and the elements hold small ones.  (Texts are folded only
            for a pattern that has letters.)
    """

    def __init__(self, source: str, escape: str, elements: list[Element] | None, folded: bool) -> None:
        self.source: Final = source
        self.escape: Final = escape
        self.folded: Final = folded and any(e.kind == _LITERAL and e.text.isalpha() for e in elements or [])
        self.elements: Final = elements if elements is not None else []
        self.nothing: Final = elements is None
        self.literal = ""
        self.form = _form(self.elements)
        if self.form != _GENERAL:
            self.literal = "".join([e.text for e in self.elements])
        # For ``matches_bytes``: what is searched for in small letters, and in capitals where they count as the same.
        self.plain: Final = self.form != _GENERAL and not self.nothing and self.literal.isascii()
        self.small: Final = self.literal.encode() if self.plain else b""
        self.large: Final = self.small.upper() if self.folded else self.small

    def matches(self, text: str) -> bool:
        """Whether all of ``text`` matches."""
        if self.nothing:
            return False
        if self.folded:
            text = fold(text)
        form = self.form
        if form == _INSIDE:
            return self.literal in text
        if form == _PREFIX:
            return text.startswith(self.literal)
        if form == _SUFFIX:
            return text.endswith(self.literal)
        if form == _EQUAL:
            return text == self.literal
        return self._matches_in_general(text)

    def matches_bytes(self, data: bytes, start: i64, stop: i64) -> bool:
        """``matches`` for the UTF-8 text between two offsets; only for a ``plain`` pattern."""
        size: i64 = len(self.small)
        last = stop - size
        form = self.form
        if last < start or (form == _EQUAL and last > start):
            return False
        if form == _INSIDE:
            return self._inside(data, start, last)
        return self._is_at(data, last if form == _SUFFIX else start)

    def _inside(self, data: bytes, at: i64, last: i64) -> bool:
        if len(self.small) == 0:
            return True
        small: i64 = self.small[0]
        large: i64 = self.large[0]
        while at <= last:
            c: i64 = data[at]
            if c == small:
                if self._is_at(data, at):
                    return True
            elif c == large and self._is_at(data, at):
                return True
            at += 1
        return False

    def _is_at(self, data: bytes, at: i64) -> bool:
        small = self.small
        large = self.large
        for i in range(i64(len(small))):
            c: i64 = data[at + i]
            if c != small[i] and c != large[i]:
                return False
        return True

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


def _form(elements: list[Element]) -> int:
    """Which simple form the elements have, if any."""
    inner = elements
    many_first = len(inner) > 0 and inner[0].kind == _MANY
    if many_first:
        inner = inner[1:]
    many_last = len(inner) > 0 and inner[len(inner) - 1].kind == _MANY
    if many_last:
        inner = inner[:-1]
    for element in inner:
        if element.kind != _LITERAL:
            return _GENERAL
    if many_first:
        # A lone "%" is anything with nothing in front.
        return _INSIDE if many_last or not inner else _SUFFIX
    return _PREFIX if many_last else _EQUAL


def compile_like(pattern: str, escape: str) -> Pattern:
    """Compile a pattern of LIKE.

    Args:
        escape: the character after which any character stands for itself; empty for none.
    """
    elements: list[Element] = []
    at: i64 = 0
    size: i64 = len(pattern)
    while at < size:
        c = pattern[at]
        if c == escape:
            at += 1
            if at == size:
                return Pattern(pattern, escape, None, True)
            elements.append(Element(_LITERAL, fold(pattern[at])))
        elif c == "%":
            if not elements or elements[len(elements) - 1].kind != _MANY:
                elements.append(Element(_MANY))
        elif c == "_":
            elements.append(Element(_ONE))
        else:
            elements.append(Element(_LITERAL, fold(c)))
        at += 1
    return Pattern(pattern, escape, elements, True)


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
    """like(Y, X, E): what ``X LIKE Y ESCAPE E`` calls."""

    def __init__(self, name: str, doc: str) -> None:
        super().__init__(name, 2, 3, doc, DETERMINISTIC)
        self._last: Pattern | None = None

    def call(self, args: list[Value], context: Context) -> Value:
        """1 if X matches the pattern Y, else 0; a blob matches nothing."""
        if isinstance(args[0], bytes) or isinstance(args[1], bytes):
            return 0
        escape = ""
        if len(args) == 3:
            if args[2] is None:
                return None
            escape = to_text(args[2])
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
            compiled = compile_like(text, escape)
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
            compiled = compile_glob(text)
            self._last = compiled
        return compiled


def check_length(pattern: str) -> None:
    """Refuse a pattern that is too long.

    Raises:
        Error: as SQLite words it.
    """
    if len(pattern) * 4 > MAX_PATTERN and len(encode_text(pattern, UTF8)) > MAX_PATTERN:
        raise error("LIKE or GLOB pattern too complex")


FUNCTIONS: Final[list[Function]] = [
    Like("like", "Whether X matches the LIKE pattern Y, with the escape character Z"),
    Glob("glob", "Whether X matches the GLOB pattern Y"),
]
