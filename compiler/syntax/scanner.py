"""Finds the tokens of an SQL text, by SQLite's rules.

The scanner reads bytes, one per character: text outside ASCII only matters as "a character that names may have",
so that every such character becomes one byte of 0x80 (the byte-order mark, which is a blank where a token could
begin, becomes 0x81).  Offsets are then offsets of characters, and reading one costs a nanosecond when compiled.

What a word is (keyword or name) is decided in two places.  The scanner says which keyword it is spelled as; the
parser's tables say where a keyword is a name.  Only WINDOW, OVER, FILTER and WITHIN need the words around them, and
so are settled here.
"""

from __future__ import annotations

import codecs
from typing import Final

from mypy_extensions import i64

from foundrydb.compiler.syntax.symbols import (
    HASH_FACTOR,
    HASH_MASK,
    KEYWORD_SLOTS,
    KEYWORD_TERMINALS,
    KEYWORD_WORDS,
    NAME_KEYWORDS,
    T_ARROW,
    T_ARROW_TEXT,
    T_AS,
    T_BITAND,
    T_BITNOT,
    T_BITOR,
    T_BLOB,
    T_COMMA,
    T_CONCAT,
    T_DOT,
    T_EOF,
    T_EQ,
    T_FILTER,
    T_FLOAT,
    T_GE,
    T_GROUP,
    T_GT,
    T_ID,
    T_INTEGER,
    T_JOIN_KW,
    T_LE,
    T_LP,
    T_LSHIFT,
    T_LT,
    T_MINUS,
    T_NE,
    T_OVER,
    T_PLUS,
    T_REM,
    T_RP,
    T_RSHIFT,
    T_SEMI,
    T_SEPARATED_NUMBER,
    T_SLASH,
    T_STAR,
    T_STRING,
    T_VARIABLE,
    T_WINDOW,
    T_WITHIN,
    TERMINAL_TEXTS,
)
from foundrydb.errors import Error, error

ILLEGAL: Final = -1
"""The kind of a piece of text that is no token."""

# Classes of characters.
_BAD: Final = 0
_LETTER: Final = 1
_DIGIT: Final = 2
_WIDE: Final = 3
_SPACE: Final = 4
_SINGLE: Final = 5
_OPERATOR: Final = 6
_QUOTE: Final = 7
_BRACKET: Final = 8
_MARK: Final = 9
_QUESTION: Final = 10
_BOM: Final = 11
_DOLLAR: Final = 12


def _character_classes() -> bytes:
    """The class of each byte."""
    classes = [_BAD] * 128 + [_WIDE] * 128
    groups = [
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", _LETTER),
        ("0123456789", _DIGIT),
        (" \t\n\f\r", _SPACE),
        ("();+*%,&~", _SINGLE),
        ("-<>=!|/.", _OPERATOR),
        ("'\"`", _QUOTE),
        ("[", _BRACKET),
        ("@#:", _MARK),
        ("$", _DOLLAR),
        ("?", _QUESTION),
        ("\x81", _BOM),
    ]
    for characters, number in groups:
        for character in characters:
            classes[ord(character)] = number
    return bytes(classes)


def _single_terminals() -> bytes:
    """The terminal of each character that is a token whatever follows."""
    terminals = [0] * 256
    pairs = [
        ("(", T_LP), (")", T_RP), (";", T_SEMI), ("+", T_PLUS), ("*", T_STAR), ("%", T_REM), (",", T_COMMA),
        ("&", T_BITAND), ("~", T_BITNOT),
    ]  # fmt: skip
    for character, terminal in pairs:
        terminals[ord(character)] = terminal
    return bytes(terminals)


_CLASSES: Final = _character_classes()
_SINGLES: Final = _single_terminals()
_WORD_TERMINALS: Final = bytes(KEYWORD_TERMINALS)
_END_PADDING: Final = b"\0\0\0\0"


def _wide(failure: UnicodeError) -> tuple[bytes, int]:
    """The bytes for a run of characters outside ASCII (an error handler of ``str.encode``)."""
    assert isinstance(failure, UnicodeEncodeError)
    run = failure.object[failure.start : failure.end]
    if "\ufeff" in run:
        return b"".join([b"\x81" if c == "\ufeff" else b"\x80" for c in run]), failure.end
    return b"\x80" * len(run), failure.end


codecs.register_error("foundrydb.wide", _wide)


class Token:
    """One token of an SQL text.

    Attributes:
        kind: the terminal's name in messages: a keyword, a symbol, or "a name", "a string", "an integer", …
        text: the token as written.
        start: offset of its first character.
        end: offset past its last character.
    """

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind: Final = kind
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end

    def __repr__(self) -> str:
        return f"Token({self.kind!r}, {self.text!r}, {self.start}, {self.end})"


class Scanner:
    """A position in an SQL text, and the token that stands there.

    Attributes:
        kind: the terminal of the current token (a ``T_`` number of symbols.py), or ILLEGAL.
        start: offset of its first character.
        end: offset past its last character.
    """

    def __init__(self, sql: str, offset: int = 0) -> None:
        self.sql: Final = sql
        self.data: Final = sql.encode("ascii", "foundrydb.wide") + _END_PADDING
        self.size: i64 = len(sql)
        self.kind: i64 = T_SEMI
        self.start: i64 = offset
        self.end: i64 = offset

    def go_to(self, offset: i64) -> None:
        """Stand before the token that begins at or after ``offset``, as at the beginning of a statement."""
        self.kind = T_SEMI
        self.start = offset
        self.end = offset

    def advance(self) -> None:
        """Go to the next token; at the end of the text, ``kind`` is T_EOF."""
        previous = self.kind
        self._next()
        kind = self.kind
        if kind in (T_OVER, T_FILTER, T_WINDOW, T_WITHIN):
            self._window_word(previous)

    def _next(self) -> None:
        """Find the token that begins at or after ``end``."""
        data = self.data
        at = self.end
        while True:
            first: i64 = data[at]
            character_class: i64 = _CLASSES[first]
            if character_class == _LETTER:
                self._word(data, at)
                return
            if character_class in (_SPACE, _BOM):
                at += 1
                continue
            if character_class == _OPERATOR:
                past = _comment_end(data, at, first)
                if past > 0:
                    at = past
                    continue
            break
        self.start = at
        if character_class == _SINGLE:
            self.kind = _SINGLES[first]
            self.end = at + 1
        elif character_class == _DIGIT:
            self._number(data, at)
        elif character_class == _OPERATOR:
            self._operator(data, at, first)
        elif character_class == _QUOTE:
            self._quoted(data, at, first)
        elif character_class == _WIDE:
            self._name(data, at + 1)
        else:
            self._rare(data, at, first, character_class)

    def _word(self, data: bytes, begin: i64) -> None:
        """A keyword, a name, or a blob literal."""
        self.start = begin
        slot: i64 = 0
        at = begin
        while True:
            character: i64 = data[at]
            if _CLASSES[character] != _LETTER:
                break
            slot = (slot * HASH_FACTOR + (character & 0xDF)) & HASH_MASK
            at += 1
        following: i64 = _CLASSES[character]
        if following in (_DIGIT, _WIDE, _DOLLAR, _BOM):
            self._name(data, at + 1)
            return
        if character == 39 and at == begin + 1 and (data[begin] == 120 or data[begin] == 88):
            self._blob(data, at + 1)
            return
        self.end = at
        number: i64 = KEYWORD_SLOTS[slot]
        self.kind = T_ID
        if number != 0:
            word = KEYWORD_WORDS[number]
            size: i64 = len(word)
            if size == at - begin:
                i: i64 = 0
                while i < size:
                    if data[begin + i] & 0xDF != word[i]:
                        return
                    i += 1
                self.kind = _WORD_TERMINALS[number]

    def _name(self, data: bytes, at: i64) -> None:
        """The rest of a bare name."""
        while _is_name_character(data[at]):
            at += 1
        self.kind = T_ID
        self.end = at

    def _blob(self, data: bytes, at: i64) -> None:
        """The rest of x'…'."""
        begin = at
        while _is_hexadecimal(data[at]):
            at += 1
        self.kind = T_BLOB
        if data[at] != 39 or (at - begin) & 1 == 1:
            self.kind = ILLEGAL
            while at < self.size and data[at] != 39:
                at += 1
        if at < self.size:
            at += 1
        self.end = at

    def _number(self, data: bytes, at: i64) -> None:
        """An integer or a floating-point literal; a point may come first."""
        kind: i64 = T_INTEGER
        second: i64 = data[at + 1]
        if data[at] == 48 and (second == 120 or second == 88) and _is_hexadecimal(data[at + 2]):
            at += 3
            while _is_hexadecimal(data[at]) or data[at] == 95:
                at += 1
        else:
            at = _digits_end(data, at)
            if data[at] == 46:
                kind = T_FLOAT
                at = _digits_end(data, at + 1)
            if data[at] & 0xDF == 69:
                sign: i64 = 2 if data[at + 1] == 43 or data[at + 1] == 45 else 1
                if _CLASSES[data[at + sign]] == _DIGIT:
                    kind = T_FLOAT
                    at = _digits_end(data, at + sign)
        if _is_name_character(data[at]):
            kind = ILLEGAL
            while _is_name_character(data[at]):
                at += 1
        elif data.find(b"_", self.start, at) >= 0:
            kind = T_SEPARATED_NUMBER
        self.kind = kind
        self.end = at

    def _operator(self, data: bytes, at: i64, first: i64) -> None:
        """An operator that its next character decides, or a point."""
        second: i64 = data[at + 1]
        kind: i64 = ILLEGAL
        size: i64 = 2
        if first == 61:  # =
            kind = T_EQ
            size = 2 if second == 61 else 1
        elif first == 46:  # .
            if _CLASSES[second] == _DIGIT:
                self._number(data, at)
                return
            kind = T_DOT
            size = 1
        elif first == 60:  # <
            if second == 61:
                kind = T_LE
            elif second == 62:
                kind = T_NE
            elif second == 60:
                kind = T_LSHIFT
            else:
                kind = T_LT
                size = 1
        elif first == 62:  # >
            if second == 61:
                kind = T_GE
            elif second == 62:
                kind = T_RSHIFT
            else:
                kind = T_GT
                size = 1
        elif first == 45:  # -
            if second != 62:
                kind = T_MINUS
                size = 1
            elif data[at + 2] == 62:
                kind = T_ARROW_TEXT
                size = 3
            else:
                kind = T_ARROW
        elif first == 124:  # |
            kind = T_CONCAT if second == 124 else T_BITOR
            size = 2 if second == 124 else 1
        elif first == 47:  # /
            kind = T_SLASH
            size = 1
        elif second == 61:  # !=
            kind = T_NE
        else:
            size = 1
        self.kind = kind
        self.end = at + size

    def _quoted(self, data: bytes, at: i64, quote: i64) -> None:
        """A string or a quoted name; the quote doubled stands for itself."""
        size = self.size
        at += 1
        while at < size:
            if data[at] == quote:
                if data[at + 1] != quote:
                    self.kind = T_STRING if quote == 39 else T_ID
                    self.end = at + 1
                    return
                at += 1
            at += 1
        self.kind = ILLEGAL
        self.end = size

    def _rare(self, data: bytes, at: i64, first: i64, character_class: i64) -> None:
        """A bracketed name, a parameter, the end of the text, or nothing that SQL knows."""
        if at >= self.size:
            self.kind = T_EOF
            self.start = self.size
            self.end = self.size
        elif character_class == _QUESTION:
            self.kind = T_VARIABLE
            at += 1
            while _CLASSES[data[at]] == _DIGIT:
                at += 1
            self.end = at
        elif character_class in (_MARK, _DOLLAR):
            self._variable(data, at + 1)
        elif character_class == _BRACKET:
            past: i64 = data.find(b"]", at)
            self.kind = T_ID if past >= 0 else ILLEGAL
            self.end = past + 1 if past >= 0 else self.size
        else:
            self.kind = ILLEGAL
            self.end = at + 1

    def _variable(self, data: bytes, at: i64) -> None:
        """The rest of :name, @name, #name or $name::part(suffix)."""
        letters: i64 = 0
        self.kind = T_VARIABLE
        while at < self.size:
            character: i64 = data[at]
            if _is_name_character(character):
                letters += 1
            elif character == 40 and letters > 0:
                at += 1
                while at < self.size and data[at] != 41 and _CLASSES[data[at]] != _SPACE:
                    at += 1
                if at < self.size and data[at] == 41:
                    at += 1
                else:
                    self.kind = ILLEGAL
                break
            elif character == 58 and data[at + 1] == 58:
                at += 1
            else:
                break
            at += 1
        if letters == 0:
            self.kind = ILLEGAL
        self.end = at

    def _window_word(self, previous: i64) -> None:
        """Decide whether WINDOW, OVER, FILTER or WITHIN is a keyword here.

        WINDOW is one before a name and AS; OVER after a closing parenthesis and before a name or an opening
        one; FILTER after a closing parenthesis and before an opening one; WITHIN between such a one and GROUP.
        """
        kind = self.kind
        start = self.start
        end = self.end
        keyword = False
        if kind == T_WINDOW or previous == T_RP:
            self._next()
            if kind == T_WINDOW:
                if _may_be_name(self.kind):
                    self._next()
                    keyword = self.kind == T_AS
            elif kind == T_WITHIN:
                keyword = self.kind == T_GROUP
            elif self.kind == T_LP:
                keyword = True
            elif kind == T_OVER:
                keyword = _may_be_name(self.kind)
        self.kind = kind if keyword else T_ID
        self.start = start
        self.end = end

    def module_arguments(self) -> list[str]:
        """Read the raw arguments of a virtual table from ``end`` to the parenthesis that closes them.

        The next token is then that parenthesis, or the end of the text, or illegal.  Returned are the texts
        between the commas outside inner parentheses.
        """
        arguments: list[str] = []
        depth = 0
        begin = -1
        past = -1
        while True:
            at = self.end
            self._next()
            kind = self.kind
            if kind in (T_EOF, ILLEGAL) or (kind == T_RP and depth == 0):
                break
            if kind == T_COMMA and depth == 0:
                arguments.append(self.sql[begin:past] if begin >= 0 else "")
                begin = -1
                continue
            depth += 1 if kind == T_LP else -1 if kind == T_RP else 0
            begin = self.start if begin < 0 else begin
            past = self.end
        arguments.append(self.sql[begin:past] if begin >= 0 else "")
        if kind == T_RP:
            self.end = at
        return arguments


def _is_name_character(character: i64) -> bool:
    """Whether a bare name may go on with the character."""
    kind: i64 = _CLASSES[character]
    return kind in (_LETTER, _DIGIT, _WIDE, _DOLLAR, _BOM)


def _is_hexadecimal(character: i64) -> bool:
    if character >= 48 and character <= 57:
        return True
    capital = character & 0xDF
    return capital >= 65 and capital <= 70


def _digits_end(data: bytes, at: i64) -> i64:
    """Where a run of digits and separators ends."""
    while _CLASSES[data[at]] == _DIGIT or data[at] == 95:
        at += 1
    return at


def _comment_end(data: bytes, at: i64, first: i64) -> i64:
    """Where the comment that begins at ``at`` ends, or 0 when none does.  The text's end ends a comment too."""
    size: i64 = len(data) - len(_END_PADDING)
    past: i64 = -1
    if first == 45 and data[at + 1] == 45:
        past = data.find(b"\n", at)
        return past + 1 if past >= 0 else size
    if first == 47 and data[at + 1] == 42 and at + 2 < size:
        past = data.find(b"*/", at + 2)
        return past + 2 if past >= 0 else size
    return 0


def _may_be_name(kind: i64) -> bool:
    """Whether a token of the kind counts as a name around WINDOW and OVER."""
    if kind in (T_ID, T_STRING, T_JOIN_KW, T_WINDOW, T_OVER):
        return True
    return kind in NAME_KEYWORDS


def unrecognized(sql: str, start: int, end: int) -> Error:
    """SQLite's error for a piece of text that is no token."""
    return error(f'unrecognized token: "{sql[start:end]}"').at(start, end - start, sql)


def tokens(sql: str) -> list[Token]:
    """The tokens of ``sql``, semicolons included; OperationalError where the text holds something else."""
    result = pieces(sql)
    for token in result:
        if token.kind == "illegal":
            raise unrecognized(sql, token.start, token.end)
    return [token for token in result if token.kind != "comment"]


def pieces(sql: str) -> list[Token]:
    """The tokens and comments of ``sql``, for highlighting: what is no token has the kind "illegal"."""
    result: list[Token] = []
    scanner = Scanner(sql)
    while True:
        before = scanner.end
        scanner.advance()
        gap = sql[before : scanner.start]
        if gap.strip(" \t\n\f\r\ufeff"):
            start = before + len(gap) - len(gap.lstrip(" \t\n\f\r\ufeff"))
            result.append(Token("comment", sql[start : scanner.start].rstrip(), start, scanner.start))
        if scanner.kind == T_EOF:
            return result
        kind = "illegal" if scanner.kind == ILLEGAL else TERMINAL_TEXTS[scanner.kind]
        result.append(Token(kind, sql[scanner.start : scanner.end], scanner.start, scanner.end))
