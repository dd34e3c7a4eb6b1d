"""Compiled patterns of LIKE and GLOB, matched against UTF-8 where it lies.

A pattern is cut at its ``%`` (``*`` of GLOB) into segments, each a row of atoms: a piece of literal characters, any one
character, or one of a set.  The first segment stands where the text begins, the last where it ends; those in between
are searched for one after the other, each as far to the left as it will go.  A segment has a fixed number of
characters, so that there is never a reason to go back.

Patterns, texts and the escape character end at their first NUL, as C strings do.  Characters of bytes that are not
UTF-8 are told apart as SQLite does.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import UTF8, encode_text
from foundrydb.vm.functions.text.text_functions import until_nul
from foundrydb.vm.functions.text.utf8 import FAR, after_char, code_point_at, nul_in

_LEAP: Final = 2048
"""So many bytes are looked through at once for the beginning of a piece."""


class Atom:
    """A part of a pattern that stands for a fixed number of characters.

    Attributes:
        size: the fewest bytes that it takes.
    """

    def __init__(self, size: i64) -> None:
        self.size: Final[i64] = size

    def end_at(self, data: bytes, at: i64, stop: i64) -> i64:
        """Where it ends if it stands at ``at``; -1 if it does not."""
        raise NotImplementedError


@final
class Piece(Atom):
    """Literal characters.

    Args:
        text: the characters.
        folded: the letters A to Z are the same as a to z.
    """

    def __init__(self, text: str, folded: bool) -> None:
        data = encode_text(text, UTF8)
        super().__init__(len(data))
        self._small: Final = data.lower() if folded else data
        self._large: Final = data.upper() if folded else data
        # Behind a character of several bytes no further byte may continue it, where the text is not UTF-8.
        self._continues: Final = self._small[-1] >= 0x80
        self._first_small: Final[i64] = self._small[0]
        self._first_large: Final[i64] = self._large[0]

    def end_at(self, data: bytes, at: i64, stop: i64) -> i64:
        """See ``Atom.end_at``."""
        end = at + self.size
        if end > stop or not self._is_at(data, at, stop):
            return -1
        return end

    def _is_at(self, data: bytes, at: i64, stop: i64) -> bool:
        small = self._small
        large = self._large
        i: i64 = 0
        while i < self.size:
            c: i64 = data[at + i]
            if c != small[i] and c != large[i]:
                return False
            i += 1
        at += self.size
        return not self._continues or at == stop or i64(data[at]) & 0xC0 != 0x80

    def find(self, data: bytes, at: i64, stop: i64) -> i64:
        """Where it first stands between two offsets; -1 where it does not."""
        last = stop - self.size
        small = self._first_small
        large = self._first_large
        near = at + FAR
        while at <= last:
            c: i64 = data[at]
            if c in (small, large):
                if self._is_at(data, at, stop):
                    return at
                near = at + FAR
            elif at > near:
                at = self._next_first(data, at, last + 1) - 1
                near = at + FAR
            at += 1
        return -1

    def _next_first(self, data: bytes, at: i64, stop: i64) -> i64:
        """Where the first byte next is between two offsets; the second one where it is not."""
        while at < stop:
            limit = at + _LEAP
            if limit > stop:
                limit = stop
            found: i64 = data.find(self._first_small, at, limit)
            if found >= 0:
                limit = found
            if self._first_large != self._first_small:
                other: i64 = data.find(self._first_large, at, limit)
                if other >= 0:
                    return other
            if found >= 0:
                return found
            at = limit
        return stop


@final
class AnyOne(Atom):
    """Any one character."""

    def __init__(self) -> None:
        super().__init__(1)

    def end_at(self, data: bytes, at: i64, stop: i64) -> i64:
        """See ``Atom.end_at``."""
        if at >= stop or data[at] == 0:
            return -1
        return after_char(data, at, stop)


@final
class OneOf(Atom):
    """A character of a set, or one that is not in it.

    Args:
        ranges: pairs of characters, the first and the last of a range.
    """

    def __init__(self, ranges: list[str], negated: bool) -> None:
        super().__init__(1)
        self._lows: Final = [ord(pair[0]) for pair in ranges]
        self._highs: Final = [ord(pair[1]) for pair in ranges]
        self._negated: Final = negated

    def end_at(self, data: bytes, at: i64, stop: i64) -> i64:
        """See ``Atom.end_at``."""
        if at >= stop or data[at] == 0:
            return -1
        point = code_point_at(data, at, stop)
        if self._holds(point) == self._negated:
            return -1
        return after_char(data, at, stop)

    def _holds(self, point: i64) -> bool:
        lows = self._lows
        i: i64 = 0
        count: i64 = len(lows)
        while i < count:
            if lows[i] <= point <= self._highs[i]:
                return True
            i += 1
        return False


@final
class Segment:
    """The atoms between two ``%`` of a pattern, before the first one, or after the last one.

    Attributes:
        size: the fewest bytes that it takes; 0 if it has no atoms.
    """

    def __init__(self, atoms: list[Atom]) -> None:
        self._atoms: Final = atoms
        size: i64 = 0
        for atom in atoms:
            size += atom.size
        self.size: Final[i64] = size
        first = atoms[0] if atoms else None
        self._first: Final = first if isinstance(first, Piece) else None
        self._single: Final = self._first if len(atoms) == 1 else None

    def end_at(self, data: bytes, at: i64, stop: i64) -> i64:
        """Where it ends if it stands at ``at``; -1 if it does not."""
        single = self._single
        if single is not None:
            return single.end_at(data, at, stop)
        for atom in self._atoms:
            at = atom.end_at(data, at, stop)
            if at < 0:
                return -1
        return at

    def find_end(self, data: bytes, at: i64, stop: i64) -> i64:
        """Where it ends if it stands as far to the left as it can between two offsets; -1 if it does not."""
        first = self._first
        last = stop - self.size
        while at <= last:
            if first is not None:
                at = first.find(data, at, stop)
                if at < 0:
                    return -1
            end = self.end_at(data, at, stop)
            if end >= 0:
                return end
            at = after_char(data, at, stop)
        return -1

    def is_last(self, data: bytes, at: i64, stop: i64) -> bool:
        """Whether it stands somewhere between two offsets so that it ends at the second one."""
        last = stop - self.size
        if self._single is not None:
            return at <= last and self._single.end_at(data, last, stop) == stop
        while at <= last:
            if self.end_at(data, at, stop) == stop:
                return True
            at = after_char(data, at, stop)
        return False


@final
class Pattern:
    """A compiled pattern.

    Args:
        source, escape: what it was compiled from.
        segments: at least one; none for a pattern that matches nothing at all.
    """

    def __init__(self, source: str, escape: str, segments: list[Segment]) -> None:
        self.source: Final = source
        self.escape: Final = escape
        self._nothing: Final = not segments
        if not segments:
            segments = [Segment([])]
        self._first: Final = segments[0]
        self._last: Final = segments[len(segments) - 1]
        self._whole: Final = len(segments) == 1
        self._inner: Final = segments[1:-1]
        self._to_end: Final = self._whole or self._last.size > 0

    def matches(self, text: str) -> bool:
        """Whether all of ``text`` matches."""
        data = encode_text(text, UTF8)
        return self.matches_bytes(data, 0, len(data))

    def matches_bytes(self, data: bytes, start: i64, stop: i64) -> bool:
        """``matches`` for the UTF-8 text between two offsets."""
        if self._nothing:
            return False
        if self._to_end:
            stop = nul_in(data, start, stop)
        at = self._first.end_at(data, start, stop)
        if at < 0 or self._whole:
            return at == stop
        for segment in self._inner:
            at = segment.find_end(data, at, stop)
            if at < 0:
                return False
        if self._to_end:
            return self._last.is_last(data, at, stop)
        # What was found was found as far to the left as it lies; a NUL before its end ends the text before it.
        return not self._inner or nul_in(data, start, at) == at


@final
class _Builder:
    """A pattern that is being put together from left to right."""

    def __init__(self, folded: bool) -> None:
        self.segments: Final[list[Segment]] = []
        self._folded: Final = folded
        self._atoms: list[Atom] = []
        self._literal = ""

    def literal(self, text: str) -> None:
        """Characters that stand for themselves follow."""
        self._literal = self._literal + text if self._literal else text

    def atom(self, atom: Atom) -> None:
        """Something else follows that stands for a character."""
        self._end_literal()
        self._atoms.append(atom)

    def many(self) -> None:
        """Any number of any characters follow."""
        self._end_literal()
        if self._atoms or not self.segments:
            self.segments.append(Segment(self._atoms))
            self._atoms = []

    def finished(self) -> list[Segment]:
        """The segments; nothing follows."""
        self._end_literal()
        self.segments.append(Segment(self._atoms))
        return self.segments

    def _end_literal(self) -> None:
        if self._literal:
            self._atoms.append(Piece(self._literal, self._folded))
            self._literal = ""


def compile_like(pattern: str, escape: str, folds: bool) -> Pattern:
    """Compile a pattern of LIKE.

    Args:
        escape: the character after which any character stands for itself; empty for none.
        folds: letters A to Z are the same as a to z.
    """
    builder = _Builder(folds)
    at: i64 = 0
    begin: i64 = 0
    source = pattern
    pattern = until_nul(pattern)
    size: i64 = len(pattern)
    while at < size:
        c = pattern[at]
        if c == escape:
            builder.literal(pattern[begin:at])
            begin = at + 1
            at += 1
            if at == size:
                return Pattern(source, escape, [])
        elif c == "%" or c == "_":
            builder.literal(pattern[begin:at])
            begin = at + 1
            if c == "%":
                builder.many()
            else:
                builder.atom(AnyOne())
        at += 1
    builder.literal(pattern[begin:])
    return Pattern(source, escape, builder.finished())


def compile_glob(pattern: str) -> Pattern:
    """Compile a pattern of GLOB."""
    builder = _Builder(False)
    at: i64 = 0
    source = pattern
    pattern = until_nul(pattern)
    size: i64 = len(pattern)
    while at < size:
        c = pattern[at]
        at += 1
        if c == "*":
            builder.many()
        elif c == "?":
            builder.atom(AnyOne())
        elif c == "[":
            end = _set_end(pattern, at)
            if end < 0:
                return Pattern(source, "", [])
            builder.atom(_set(pattern[at:end]))
            at = end + 1
        else:
            builder.literal(c)
    return Pattern(source, "", builder.finished())


def _set_end(pattern: str, begin: i64) -> i64:
    """Where the ``]`` is that closes the set whose first character is at ``begin``; -1 if nowhere."""
    at = begin
    if pattern[at : at + 1] == "^":
        at += 1
    return pattern.find("]", at + 1)


def _set(body: str) -> OneOf:
    negated = body[:1] == "^"
    if negated:
        body = body[1:]
    pairs: list[str] = []
    begin = ""  # the character that a range may begin with: no "]" does, and no end of another one
    at: i64 = 0
    size: i64 = len(body)
    while at < size:
        char = body[at]
        if char == "-" and begin and at + 1 < size:
            at += 1
            if begin < body[at]:
                pairs[len(pairs) - 1] = begin + body[at]
            begin = ""
        else:
            pairs.append(char + char)
            begin = "" if char == "]" else char
        at += 1
    return OneOf(pairs, negated)
