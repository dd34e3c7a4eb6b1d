"""printf() and format(): SQLite's own formatting language.

(https://sqlite.org/printf.html.)  Widths and precisions of text count bytes, or characters with the flag ``!``, so the
result is put together from bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64

from foundrydb.storage.format.values import UTF8, Value, decode_text, encode_text
from foundrydb.vm.arithmetic.cast import to_integer, to_real, to_text
from foundrydb.vm.arithmetic.real_text import INFINITY, Digits, decode
from foundrydb.vm.functions.scalar import Function, ScalarFunction
from foundrydb.vm.functions.text.text_functions import until_nul
from foundrydb.vm.limits import check_length

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_FLAGS: Final = "-+ #!0,"
_LARGEST: Final = 2147483647
_STAR: Final = -(1 << 40)
"""As a width or a precision: the next argument says it."""

_MOST_DIGITS: Final = 100_000_000

_JSON: Final = {
    **{byte: b"\\u%04x" % byte for byte in range(32)},
    8: b"\\b",
    9: b"\\t",
    10: b"\\n",
    12: b"\\f",
    13: b"\\r",
    34: b'\\"',
    92: b"\\\\",
}
"""How bytes of a text are written within a JSON string, those that are not written as they are."""
_SUFFIXES: Final = ("th", "st", "nd", "rd")


@final
class Directive:
    """A conversion: ``%``, flags, width, precision and a letter, and the text in front of it.

    Attributes:
        before: that text, in UTF-8.
        width, precision: -1 as the precision for none; ``_STAR`` for what an argument says.
    """

    def __init__(self, before: bytes) -> None:
        self.before: Final = before
        self.left = False
        self.sign = ""
        self.alternate = False
        self.exact = False
        self.zeros = False
        self.thousands = False
        self.width = 0
        self.precision = -1
        self.letter = ""

    def set_flag(self, c: str) -> None:
        """Take in one flag."""
        if c == "-":
            self.left = True
        elif c == "+":
            self.sign = "+"
        elif c == " ":
            self.sign = " "
        elif c == "#":
            self.alternate = True
        elif c == "!":
            self.exact = True
        elif c == "0":
            self.zeros = True
        else:
            self.thousands = True

    def has_star(self) -> bool:
        """Whether an argument says its width or its precision."""
        return self.width == _STAR or self.precision == _STAR

    def with_sizes(self, width: int, precision: int) -> Directive:
        """The same with other sizes, as arguments say them: a negative width stands for the flag ``-``."""
        other = Directive(self.before)
        other.left = self.left or width < 0
        other.sign = self.sign
        other.alternate = self.alternate
        other.exact = self.exact
        other.zeros = self.zeros
        other.thousands = self.thousands
        other.width = width if width >= 0 else -width if width >= -_LARGEST else 0
        other.precision = precision
        other.letter = self.letter
        return other


@final
class Format:
    """A format, taken apart.

    Attributes:
        source: its text.
        directives: its conversions, in order.
        end: the text behind the last one, in UTF-8.
    """

    def __init__(self, source: str) -> None:
        self.source: Final = source
        self.directives: Final[list[Directive]] = []
        self._text: Final = until_nul(source)
        self._at: i64 = 0
        self.end: Final = self._read()

    def _read(self) -> bytes:
        """Read the conversions; the text that is left."""
        text = self._text
        size: i64 = len(text)
        while True:
            mark: i64 = text.find("%", self._at)
            if mark < 0:
                return encode_text(text[self._at :], UTF8)
            if mark + 1 == size:
                return encode_text(text[self._at :], UTF8)
            before = encode_text(text[self._at : mark], UTF8)
            self._at = mark + 1
            self.directives.append(self._directive(before))

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _directive(self, before: bytes) -> Directive:
        directive = Directive(before)
        while self._peek() and self._peek() in _FLAGS:
            directive.set_flag(self._peek())
            self._at += 1
        directive.width = self._size()
        if self._peek() == ".":
            self._at += 1
            directive.precision = self._size()
        while self._peek() == "l":
            self._at += 1
        directive.letter = self._peek()
        self._at += 1
        return directive

    def _size(self) -> int:
        """A number, or ``*`` for an argument; 0 when there is none."""
        if self._peek() == "*":
            self._at += 1
            return _STAR
        begin = self._at
        while "0" <= self._peek() <= "9":
            self._at += 1
        digits = self._text[begin : self._at]
        return int(digits) & _LARGEST if digits else 0


@final
class Formatter:
    """One call of printf()."""

    def __init__(self, format: Format, args: list[Value], encoding: int) -> None:
        self.format: Final = format
        self.args: Final = args
        self.encoding: Final = encoding
        self.next = 1
        self.out: Final = BytesWriter()

    def run(self) -> str:
        """The result.  An unknown conversion ends it."""
        for directive in self.format.directives:
            self._put(directive.before)
            if directive.has_star():
                directive = self._sized(directive)
            check_length(directive.width)
            if not self._convert(directive):
                return decode_text(self.out.getvalue(), UTF8)
        self._put(self.format.end)
        return decode_text(self.out.getvalue(), UTF8)

    def _put(self, data: bytes) -> None:
        check_length(len(self.out) + len(data))
        self.out.write(data)

    def _argument(self) -> Value:
        if self.next < len(self.args):
            self.next += 1
            return self.args[self.next - 1]
        return None

    def _sized(self, directive: Directive) -> Directive:
        """The directive with the sizes that arguments say."""
        width = self._said_size() if directive.width == _STAR else directive.width
        precision = directive.precision
        if precision == _STAR:
            precision = abs(self._said_size())
            if precision > _LARGEST:
                precision = -1
        return directive.with_sizes(width, precision)

    def _said_size(self) -> int:
        given = to_integer(self._argument(), self.encoding) & 0xFFFFFFFF
        return given - 0x100000000 if given > _LARGEST else given

    # conversions --------------------------------------------------------------------------------------------

    def _convert(self, directive: Directive) -> bool:
        """Write the conversion; False for an unknown one."""
        letter = directive.letter
        if letter == "%":
            self._pad(directive, b"%")
        elif letter in ("d", "i", "u", "x", "X", "o", "p", "r"):
            check_length(directive.precision)
            self._pad(directive, _integer(directive, to_integer(self._argument(), self.encoding)).encode())
        elif letter in ("f", "e", "E", "g", "G"):
            self._pad(directive, _real(directive, to_real(self._argument(), self.encoding)).encode())
        elif letter in ("s", "z", "j"):
            self._text(directive)
        elif letter in ("q", "Q", "w"):
            self._quoted(directive)
        elif letter == "c":
            self._character(directive)
        else:
            return letter == "n"
        return True

    def _pad(self, directive: Directive, data: bytes, extra: int = 0) -> None:
        missing = directive.width + extra - len(data)
        if missing > 0:
            data = data + b" " * missing if directive.left else b" " * missing + data
        self._put(data)

    def _bytes(self, value: Value) -> bytes:
        data = encode_text(to_text(value, self.encoding), UTF8)
        end = data.find(b"\0")
        return data if end < 0 else data[:end]

    def _text(self, directive: Directive) -> None:
        data = self._bytes(self._argument())
        if directive.precision >= 0:
            data = data[: _cut(data, directive.precision)] if directive.exact else data[: directive.precision]
        if directive.letter == "j":
            data = b"".join([_JSON.get(byte) or bytes((byte,)) for byte in data])
        self._pad(directive, data, _continuation_bytes(data) if directive.exact else 0)

    def _character(self, directive: Directive) -> None:
        value = self._argument()
        data = self._bytes(value)
        data = data[: _cut(data, 1)] if data else b"\0"
        times = max(directive.precision, 1)
        check_length(len(self.out) + len(data) * times)
        self._pad(directive, data * times, _continuation_bytes(data) * times)

    def _quoted(self, directive: Directive) -> None:
        value = self._argument()
        letter = directive.letter
        if value is None:
            data = b"NULL" if letter == "Q" else b"(NULL)"
        else:
            data = self._bytes(value)
        if directive.precision >= 0:
            data = data[: _cut(data, directive.precision)] if directive.exact else data[: directive.precision]
        mark = b'"' if letter == "w" else b"'"
        escape = directive.alternate and letter != "w"
        if letter == "Q" and not any(byte < 32 for byte in data):
            escape = False
        check_length(len(self.out) + len(data) + data.count(mark))
        data = data.replace(mark, mark + mark)
        if escape:
            data = self._with_escapes(data)
        if letter == "Q" and value is not None:
            data = b"unistr('" + data + b"')" if escape else b"'" + data + b"'"
        self._pad(directive, data, _continuation_bytes(data) if directive.exact else 0)

    def _with_escapes(self, data: bytes) -> bytes:
        """The text with control characters, and backslashes, as unistr() reads them."""
        data = data.replace(b"\\", b"\\\\")
        for byte in range(1, 32):
            found = data.count(byte)
            if found > 0:
                check_length(len(self.out) + len(data) + 5 * found)
                data = data.replace(bytes([byte]), f"\\u{byte:04x}".encode())
        return data


def _cut(data: bytes, characters: int) -> int:
    """How many bytes the first characters take."""
    at = 0
    while characters > 0 and at < len(data):
        lead = data[at] & 0xC0 == 0xC0
        at += 1
        while lead and at < len(data) and data[at] & 0xC0 == 0x80:
            at += 1
        characters -= 1
    return at


def _continuation_bytes(data: bytes) -> int:
    if data.isascii():
        return 0
    return sum(1 for byte in data if byte & 0xC0 == 0x80)


def _integer(directive: Directive, number: int) -> str:
    letter = directive.letter
    prefix = ""
    if letter in ("d", "i", "r"):
        prefix = "-" if number < 0 else directive.sign
        number = abs(number)
    else:
        number &= 0xFFFFFFFFFFFFFFFF
    if letter == "x":
        digits = f"{number:x}"
    elif letter in ("X", "p"):
        digits = f"{number:X}"
    else:
        digits = f"{number:o}" if letter == "o" else str(number)
    if letter == "r":
        last = number % 10
        digits += _SUFFIXES[0 if last >= 4 or number // 10 % 10 == 1 else last]
    precision = directive.precision
    if directive.zeros and precision < directive.width - len(prefix):
        precision = directive.width - len(prefix)
    digits = digits.rjust(precision, "0")
    if directive.thousands and letter in ("d", "i", "u"):
        digits = _grouped(digits)
    if directive.alternate and number != 0:
        prefix = {"x": "0x", "p": "0x", "X": "0X", "o": "0"}.get(letter, "") + prefix
    return prefix + digits


def _grouped(digits: str) -> str:
    first = (len(digits) - 1) % 3 + 1
    parts = [digits[:first]]
    for at in range(first, len(digits), 3):
        parts.append(digits[at : at + 3])
    return ",".join(parts)


def _real(directive: Directive, value: float) -> str:
    letter = directive.letter.lower()
    precision = 6 if directive.precision < 0 else min(directive.precision, _MOST_DIGITS)
    most = 26 if directive.exact else 16
    if abs(value) == INFINITY:
        if not directive.zeros:
            return ("-" if value < 0.0 else directive.sign) + "Inf"
        digits = Digits(value < 0.0, 9, 1, 1000)
    elif letter == "f":
        digits = decode(value, most, precision, most)
    else:
        precision = max(precision, 1) if letter == "g" else precision
        digits = decode(value, precision if letter == "g" else precision + 1, most=most)
    return _written(directive, digits, letter, precision)


def _written(directive: Directive, digits: Digits, letter: str, precision: int) -> str:
    """Lay the digits out."""
    sign = "-" if digits.negative else directive.sign
    if digits.negative and directive.alternate and not directive.sign and letter == "f":
        if digits.point <= -precision:
            sign = ""
    exponent = int(digits.point) - 1
    trim = directive.exact
    if letter == "g":
        trim = not directive.alternate
        precision -= 1
        if exponent < -4 or exponent > precision:
            letter = "e"
        else:
            letter = "f"
            precision -= exponent
    body = _body(directive, digits, letter == "e", precision, trim)
    if letter == "e":
        mark = "E" if directive.letter in ("E", "G") else "e"
        body += f"{mark}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if directive.zeros and not directive.left:
        body = body.rjust(directive.width - len(sign), "0")
    return sign + body


def _body(directive: Directive, digits: Digits, scientific: bool, precision: int, trim: bool) -> str:
    """The digits before and after the point."""
    before = 1 if scientific else int(digits.point)
    held = digits.digits
    if before <= 0:
        whole = "0"
        fraction = "0" * -before + held
    else:
        whole = held[:before].ljust(before, "0")
        fraction = held[before:]
    if directive.thousands and not scientific:
        whole = _grouped(whole)
    fraction = fraction[: max(precision, 0)]
    if not trim:
        fraction = fraction.ljust(precision, "0")
    point = precision > 0 or directive.alternate or directive.exact
    if trim and point:
        fraction = fraction.rstrip("0")
        if not fraction:
            return whole + ".0" if directive.exact else whole
    return whole + "." + fraction if point else whole


@final
class Printf(ScalarFunction):
    """printf(FORMAT, …) and format(FORMAT, …)"""

    def __init__(self, name: str, doc: str) -> None:
        super().__init__(name, 0, -1, doc)
        self._last = Format("")

    def call(self, args: list[Value], context: Context) -> Value:
        """FORMAT with the arguments in the places of its conversions."""
        if not args or args[0] is None:
            return None
        text = to_text(args[0], context.encoding)
        format = self._last
        if format.source != text:
            format = self._last = Format(text)
        return Formatter(format, args, context.encoding).run()


FUNCTIONS: Final[list[Function]] = [
    Printf("printf", "FORMAT with the arguments in the places of its conversions"),
    Printf("format", "The same as printf"),
]
