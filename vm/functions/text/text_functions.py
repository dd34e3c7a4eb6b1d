"""Functions about text and blobs.

Text ends at its first NUL for the functions that SQLite writes with C strings (length, substr, quote); the others
take all of it.  Only the letters A to Z have a case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.values import MET, UTF8, Value, decode_text, encode_text, is_well_formed
from foundrydb.vm.arithmetic.cast import MAX_INTEGER, number_text, to_bytes, to_integer, to_text
from foundrydb.vm.functions.scalar import Function, OneArgument, ScalarFunction, TwoArguments
from foundrydb.vm.functions.text.quoting import quoted, unistr_quoted
from foundrydb.vm.limits import MAX_LENGTH, check_length

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_UPPER: Final = {c: c - 32 for c in range(ord("a"), ord("z") + 1)}
_LOWER: Final = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
_HEX: Final = "0123456789abcdefABCDEF"


def fold(text: str) -> str:
    """The text with A to Z made small."""
    if text.isascii():
        return text.lower()
    return text.translate(_LOWER) if has_escapes(text) else text.encode().lower().decode()


def unfold(text: str) -> str:
    """The text with a to z made large."""
    if text.isascii():
        return text.upper()
    return text.translate(_UPPER) if has_escapes(text) else text.encode().upper().decode()


def until_nul(text: str) -> str:
    """The text up to its first NUL."""
    return text if "\0" not in text else text[: text.find("\0")]


def has_escapes(text: str) -> bool:
    """Whether some of the text stands for bytes that are not UTF-8."""
    return MET.ill_formed and not is_well_formed(text)


def checked(text: str) -> str:
    """The text, if it is not longer than a text may be."""
    if len(text) > MAX_LENGTH // 4 and len(encode_text(text, UTF8)) > MAX_LENGTH:
        check_length(MAX_LENGTH + 1)
    return text


def joined(separator: str, parts: list[Value], encoding: int) -> str:
    """The values as text in a row, with the separator between, if that is not longer than a text may be."""
    length = max(len(parts) - 1, 0) * len(separator)
    for part in parts:
        if isinstance(part, (str, bytes)):
            length += len(part)
    check_length(length)
    return checked(separator.join([to_text(part, encoding) for part in parts]))


def char_count(text: str) -> int:
    """How many characters SQLite counts: bytes that begin one, in text that is not UTF-8."""
    text = until_nul(text)
    if not has_escapes(text):
        return len(text)
    return len(split_chars(encode_text(text, UTF8)))


def split_chars(data: bytes) -> list[bytes]:
    """The characters of bytes that may not be UTF-8, as SQLite tells them apart."""
    chars = []
    at = 0
    while at < len(data):
        end = at + 1
        if data[at] >= 0x80:
            while end < len(data) and data[end] & 0xC0 == 0x80:
                end += 1
        chars.append(data[at:end])
        at = end
    return chars


@final
class Length(OneArgument):
    """length(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """Characters of text, bytes of a blob, digits of a number."""
        if isinstance(x, str):
            return char_count(x)
        if x is None:
            return None
        return len(x) if isinstance(x, bytes) else len(number_text(x))


@final
class OctetLength(OneArgument):
    """octet_length(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """Bytes of the text in the database's encoding."""
        if x is None:
            return None
        return len(to_bytes(x, context.encoding))


@final
class Upper(OneArgument):
    """upper(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """a to z made large."""
        return None if x is None else unfold(to_text(x, context.encoding))


@final
class Lower(OneArgument):
    """lower(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """A to Z made small."""
        return None if x is None else fold(to_text(x, context.encoding))


@final
class Trim(ScalarFunction):
    """trim(X, Y), ltrim and rtrim

    Attributes:
        left, right: which ends are trimmed.
    """

    def __init__(self, name: str, left: bool, right: bool, doc: str) -> None:
        super().__init__(name, 1, 2, doc)
        self.left: Final = left
        self.right: Final = right

    def call(self, args: list[Value], context: Context) -> Value:
        """X without the characters of Y (spaces) at its ends."""
        if args[0] is None:
            return None
        text = to_text(args[0], context.encoding)
        chars = " "
        if len(args) == 2:
            if args[1] is None:
                return None
            chars = until_nul(to_text(args[1], context.encoding))
        if not chars:
            return text
        if self.left:
            text = text.lstrip(chars)
        return text.rstrip(chars) if self.right else text


@final
class Substr(ScalarFunction):
    """substr(X, Y, Z)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Z characters of X from the Y-th on (from the end, if Y is negative); those before it, if Z is negative."""
        if len(args) == 2:
            return self.call_two(args[0], args[1], context)
        x = args[0]
        start = args[1]
        length = args[2]
        if x is None or start is None or length is None:
            return None
        return _part(x, to_integer(start, context.encoding), to_integer(length, context.encoding))

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """The characters of X from the Y-th on."""
        return None if x is None or y is None else _part(x, to_integer(y, context.encoding), MAX_INTEGER)


def _part(x: int | float | str | bytes, start: int, length: int) -> Value:
    """What substr gives of a value that is not NULL."""
    if isinstance(x, bytes):
        if not x:
            return None  # as C SQLite has it, where an empty blob is a null pointer
        first, count = _span(len(x), start, length)
        return x[first : first + count]
    text = until_nul(x if isinstance(x, str) else number_text(x))
    if has_escapes(text):
        chars = split_chars(encode_text(text, UTF8))
        # From the end, a byte that continues nothing counts as a character of its own.
        size = sum([len(char) if 0x80 <= char[0] < 0xC0 else 1 for char in chars])
        first, count = _span(size, start, length)
        return decode_text(b"".join(chars[first : first + count]), UTF8)
    first, count = _span(len(text), start, length)
    return text[first : first + count]


def _span(size: int, start: int, length: int) -> tuple[int, int]:
    """Where the part begins (from 0) and how long it is, by the rules of substr."""
    if start < 0:
        start += size
        if start < 0:
            length = 0 if length < 0 else length + start
            start = 0
    elif start > 0:
        start -= 1
    elif length > 0:
        length -= 1
    if length < 0:
        length = min(start, -length)
        start -= length
    return start, length


@final
class Replace(ScalarFunction):
    """replace(X, Y, Z)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """X with every Y replaced by Z."""
        if args[0] is None or args[1] is None:
            return None
        text = to_text(args[0], context.encoding)
        old = to_text(args[1], context.encoding)
        if not old or old[0] == "\0":
            return text
        if args[2] is None:
            return None
        found = text.count(old)
        new = to_text(args[2], context.encoding)
        check_length(len(text) + found * (len(new) - len(old)))
        return checked(text.replace(old, new))


@final
class Instr(TwoArguments):
    """instr(X, Y)"""

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """Where Y first is in X, from 1; 0 if nowhere."""
        if x is None or y is None:
            return None
        if isinstance(x, bytes) and isinstance(y, bytes):
            return x.find(y) + 1
        text, part = to_text(x, context.encoding), to_text(y, context.encoding)
        if not part and isinstance(y, bytes) and y:
            # SQLite looks for the end of X then: half a character of UTF-16 is no text.
            part = "\0"
            text += "\0"
        if has_escapes(text) or has_escapes(part):
            return _place_of(encode_text(part, UTF8), encode_text(text, UTF8))
        return text.find(part) + 1


def _place_of(part: bytes, text: bytes) -> int:
    """Which character, from 1, bytes begin at in text that may not be UTF-8; 0 for none."""
    number = 1
    at = 0
    while at + len(part) <= len(text):
        if text.startswith(part, at):
            return number
        number += 1
        at += 1
        while at < len(text) and text[at] & 0xC0 == 0x80:
            at += 1
    return 0


@final
class Hex(OneArgument):
    """hex(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """The bytes of X in hexadecimal digits: text in the database's encoding, a number's digits in UTF-8."""
        x = to_bytes(x, context.encoding if isinstance(x, str) else UTF8)
        check_length(2 * len(x))
        return x.hex().upper()


def _from_hex(text: str) -> bytes | None:
    """The bytes that hexadecimal digits say; None where there is anything else."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return None
    return data if 2 * len(data) == len(text) else None  # blanks would be passed over


@final
class Unhex(ScalarFunction):
    """unhex(X, Y)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The bytes that the hexadecimal digits say; NULL for anything else, but for characters of Y between bytes."""
        if args[0] is None or (len(args) == 2 and args[1] is None):
            return None
        text = until_nul(to_text(args[0], context.encoding))
        skip = to_text(args[1], context.encoding) if len(args) == 2 else ""
        data = _from_hex(text)
        if data is not None or not skip:
            return data
        digits = []
        for c in text:
            if c in _HEX:
                digits.append(c)
            elif c not in skip or len(digits) % 2:
                return None
        return _from_hex("".join(digits))


@final
class Unicode(OneArgument):
    """unicode(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """The code point of the first character."""
        if x is None:
            return None
        text = until_nul(to_text(x, context.encoding))
        if not text:
            return None
        if has_escapes(text[:2]):
            return _loose_code_point(encode_text(text[:16], UTF8))
        return ord(text[0])


def _loose_code_point(data: bytes) -> int:
    """The code point that SQLite reads from bytes that are not UTF-8."""
    first = data[0]
    if first < 0xC0:
        return first
    point = first & (0x1F if first < 0xE0 else 0x0F if first < 0xF0 else 0x07 if first < 0xF8 else 0)
    for byte in data[1:]:
        if byte & 0xC0 != 0x80:
            break
        point = ((point << 6) + (byte & 0x3F)) & 0xFFFFFFFF
    if point < 0x80 or point & 0xFFFFF800 == 0xD800 or point & 0xFFFFFFFE == 0xFFFE:
        return 0xFFFD
    return point if point < 0x80000000 else point - 0x100000000


@final
class Char(ScalarFunction):
    """char(X1, X2, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The characters with these code points."""
        out = []
        for arg in args:
            point = to_integer(arg, context.encoding)
            if point < 0 or point > 0x10FFFF:
                point = 0xFFFD
            out.append(code_point_text(point))
        return "".join(out)


def code_point_text(point: int) -> str:
    """A character; half of a surrogate pair becomes its three bytes, which are not UTF-8."""
    if 0xD800 <= point <= 0xDFFF:
        return decode_text(chr(point).encode("utf-8", "surrogatepass"), UTF8)
    return chr(point)


@final
class Concat(ScalarFunction):
    """concat(X, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """All arguments in a row; NULL counts as empty."""
        return joined("", args, context.encoding)


@final
class ConcatWs(ScalarFunction):
    """concat_ws(SEP, X, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """All arguments but NULLs in a row, with SEP between."""
        if args[0] is None:
            return None
        parts: list[Value] = [arg for arg in args[1:] if arg is not None]
        return joined(to_text(args[0], context.encoding), parts, context.encoding)


@final
class Quote(OneArgument):
    """quote(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """X as a SQL literal."""
        return quoted(x)


@final
class UnistrQuote(OneArgument):
    """unistr_quote(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        """X as a SQL literal, control characters written with unistr()."""
        return unistr_quoted(x)


@final
class Unistr(OneArgument):
    r"""unistr(X)"""

    def call_one(self, x: Value, context: Context) -> Value:
        r"""X with ``\XXXX``, ``\uXXXX``, ``\+XXXXXX``, ``\UXXXXXXXX`` and ``\\`` replaced by characters."""
        if x is None:
            return None
        text = to_text(x, context.encoding)
        out = []
        at: i64 = 0
        while True:
            mark: i64 = text.find("\\", at)
            if mark < 0 or text.find("\0", at, mark) >= 0:
                out.append(text[at:])
                return "".join(out)
            out.append(text[at:mark])
            following = text[mark + 1 : mark + 2]
            if following == "\\":
                out.append("\\")
                at = mark + 2
                continue
            begin = mark + 2
            size = 8
            if following == "u":
                size = 4
            elif following == "+":
                size = 6
            elif following != "U":
                size = 4
                begin = mark + 1
            digits = text[begin : begin + size]
            if len(digits) < size or not all(c in _HEX for c in digits):
                raise error("invalid Unicode escape")
            point = int(digits, 16)
            out.append(code_point_text(point if point <= 0x10FFFF else 0xFFFD))
            at = begin + size


FUNCTIONS: Final[list[Function]] = [
    Length("length", 1, 1, "Characters of a text, bytes of a blob"),
    OctetLength("octet_length", 1, 1, "Bytes of X, in the database's encoding"),
    Upper("upper", 1, 1, "X with a to z made large"),
    Lower("lower", 1, 1, "X with A to Z made small"),
    Trim("trim", True, True, "X without the characters of Y (spaces) at both ends"),
    Trim("ltrim", True, False, "X without the characters of Y (spaces) at its beginning"),
    Trim("rtrim", False, True, "X without the characters of Y (spaces) at its end"),
    Substr("substr", 2, 3, "Z characters of X, from the Y-th on"),
    Substr("substring", 2, 3, "The same as substr"),
    Replace("replace", 3, 3, "X with every Y replaced by Z"),
    Instr("instr", 2, 2, "Where Y first is in X, from 1; 0 if nowhere"),
    Hex("hex", 1, 1, "The bytes of X in hexadecimal"),
    Unhex("unhex", 1, 2, "The bytes that the hexadecimal digits in X say"),
    Unicode("unicode", 1, 1, "The code point of the first character of X"),
    Char("char", 0, -1, "The characters with these code points"),
    Concat("concat", 1, -1, "All arguments in a row"),
    ConcatWs("concat_ws", 2, -1, "All arguments but the first in a row, with the first between them"),
    Quote("quote", 1, 1, "X as a SQL literal"),
    UnistrQuote("unistr_quote", 1, 1, "X as a SQL literal, control characters as escapes"),
    Unistr("unistr", 1, 1, "X with its Unicode escapes replaced"),
]
