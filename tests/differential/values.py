"""Literals: values that sit on edges, and small ones that meet each other in joins.

Text is valid UTF-8 without NUL characters, and blobs are ASCII, so that the drivers of all engines can hand
over what casts and functions make of them.  Damaged text has its own tests.
"""

from __future__ import annotations

from typing import Final, final

from differential.choice import Choice
from differential.sql import Bound, Sql, Value, expression

BOUNDARIES: Final = [
    *(127, 128, -128, -129, 255, 256, 32767, 32768, -32768, -32769, 65535, 65536),
    *(8388607, 8388608, -8388608, -8388609, 2147483647, 2147483648, -2147483648, -2147483649, 4294967296),
    *(140737488355327, 140737488355328, -140737488355328, -140737488355329),
    *(9007199254740991, 9007199254740992, 9007199254740993, -9007199254740993),
    *(9223372036854775806, 9223372036854775807, -9223372036854775807, -9223372036854775808),
]
BIG: Final = [
    *("9223372036854775808", "-9223372036854775809", "10000000000000000000", "12345678901234567890"),
    *("99999999999999999999", "-99999999999999999999", "123456789012345678901234567890"),
]
"""Integers that are REAL because they do not fit into 64 bits."""
REALS: Final = [
    *("0.0", "-0.0", "0.5", "1.0", "1.5", "-1.5", "2.0", "2.25", "-3.75", "3.0", "1e3", "1.e2", ".25"),
    *("1e15", "1e16", "123456789012345.6", "1e-10", "9007199254740992.0", "9223372036854775807.0"),
    *("9223372036854775808.0", "-9223372036854775808.0", "9.3e18"),
    *("1e100", "-1e300", "1.7976931348623157e308"),
    *("4.9e-324", "1e999", "-1e999", "0.1", "0.3", "1e23", "2.5e-7", "100000.0", "12345678.9"),
]
TEXTS: Final = [
    *("", "a", "A", "b", "B", "ab", "AB", "aB"),
    *("abc", "ABC", "abc ", "abc  ", " abc", "b ", "z", "foo", "Foo"),
    *("it's", '"', "%", "_", "a%", "a_c", "*", "[a-c]*"),
    *("a*", "?b", "\\", "NULL", "true", "x\ty", "-", "a-b"),
]
NUMERIC_TEXTS: Final = [
    *("0", "1", "2", "3", "-1", "+1", "01", "1.0"),
    *("1.5", "2.25", ".5", "5.", "1e3", "1E-2", " 1", "1 ", "\n2"),
    *("1abc", "0x10", "1e", "1e+", "-", "--1"),
    *("inf", "nan", "1_000", "9223372036854775807", "1.0e0", "3.0"),
    *("9223372036854775808", "-9223372036854775808"),
    *("9007199254740993", "1e999", "123456789012345678901234"),
]
LATIN: Final = ["é", "É", "ß", "ÀÉ", "ÿ"]
UNICODE: Final = ["漢字", "😀", "a😀b", "ж", "Ж", "e\u0301", "\u20ac1"]
BLOBS: Final = [b"", b"a", b"A", b"abc", b"1", b"12", b"1.5", b" 1", b"\x01\x7f", b"~"]
DATES: Final = [
    *("2024-02-29", "2023-12-31", "2000-01-01 00:00:00", "1999-12-31 23:59:59", "2024-02-29T12:34:56"),
    *("2024-03-10 01:02:03.456", "12:00", "2451545"),
    *("2459580.5", "0000-01-01", "9999-12-31", "2023-02-30"),
    *("2024-13-01", "2020-06-15 10:00:00+02:00", "2020-06-15 10:00Z", "-4713-11-24", "nonsense"),
]
MODIFIERS: Final = [
    *("+1 day", "-1 days", "+1 month", "-13 months", "+1 year", "-4 years", "+36 hours", "-90 minutes"),
    *("+1.5 days", "+100 seconds", "start of month"),
    *("start of year", "start of day", "weekday 0", "weekday 3"),
    *("unixepoch", "julianday", "auto", "+00:30", "-0001-02-03", "utc again", "subsec"),
]
DATE_FORMATS: Final = [
    *("%Y-%m-%d", "%d/%m/%Y", "%H:%M:%S", "%f", "%j", "%J", "%s", "%w", "%W", "%Y%%", "%m %M", "x%dx"),
]
DOCUMENTS: Final = [
    *(
        "{}",
        "[]",
        "[1,2,3]",
        '{"a":1,"b":[true,null,"x"],"c":{"d":2.5}}',
        "[[1],[2,[3]],{}]",
        "null",
        '"text"',
        "-1.50",
    ),
    *('{"a":"2","a":3,"é":"\\u00e9"}', "{a:+1,'b':.5,c:[0x1F,],}", " [ 9223372036854775808 , 1e3 ] "),
]
PATHS: Final = ["$", "$.a", "$.b[1]", "$.c.d", "$[0]", "$[1][0]", "$[#-1]", "$[#]", '$."é"', "$.x.y", "$[9]"]

FORMATS: Final = [
    *("%d", "%5d", "%-5d|", "%05d", "%+d", "%x", "%X", "%o"),
    *("%u", "%s", "%10s", "%-10s|", "%.2s", "%c", "%q", "%Q"),
    *("%w", "%f", "%.3f", "%10.2f", "%e", "%.2e", "%g"),
    *("%G", "%%", "%,d", "%i%%", "[%s]", "%lld", "%!.3f"),
]


def quoted(value: str) -> str:
    """The text as a SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def real(value: str) -> float:
    """What a real literal means."""
    return float(value)


@final
class Literals:
    """Writes literals and parameters."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice

    def any(self) -> Sql:
        """A literal of any kind, or a parameter with such a value."""
        value, literal = self.value()
        if self.choice.maybe("literal.parameter", 1.0):
            return expression(Bound(value, literal))
        return expression(literal)

    def constant(self) -> Sql:
        """A literal of any kind, never a parameter (schemas may hold none)."""
        return expression(self.value()[1])

    def value(self) -> tuple[Value, str]:
        """A value, and its literal."""
        kind = self.choice.pick(_KINDS)
        if kind == "literal.small":
            number = self.choice.number(-2, 6)
            return number, str(number)
        if kind == "literal.boundary":
            number = self.choice.one(BOUNDARIES)
            return number, str(number)
        if kind == "literal.real":
            word = self.choice.one(REALS)
            return real(word), word
        if kind == "literal.blob":
            blob = self.choice.one(BLOBS)
            return blob, f"x'{blob.hex()}'"
        if kind in _TEXT_KINDS:
            word = self.choice.one(_TEXT_KINDS[kind])
            return word, quoted(word)
        return self._rare(kind)

    def _rare(self, kind: str) -> tuple[Value, str]:
        if kind == "literal.boolean":
            truth = self.choice.chance(0.5)
            return int(truth), "TRUE" if truth else "FALSE"
        if kind == "literal.hex":
            number = self.choice.number(0, 300)
            return number, hex(number)
        if kind == "literal.big":
            word = self.choice.one(BIG)
            return real(word), word
        if kind == "literal.underscore":
            return 1_000, "1_000"
        if kind == "literal.nul":
            first, second = self.choice.one(_AROUND_NUL), self.choice.one(_AROUND_NUL)
            return f"{first}\0{second}", f"({quoted(first)} || char(0) || {quoted(second)})"
        if kind == "literal.long":
            word = self.choice.one(["ab", "x", "é"]) * self.choice.one([40, 300, 1500])
            return word, quoted(word)
        return None, "NULL"

    def in_double_quotes(self) -> Sql:
        """A string in double quotes, which no column has for a name."""
        return expression(self.choice.one(['"a"', '"B"', '"a b"', '"1"', '"it\'s"', '"say ""x"""']))

    def small(self) -> str:
        """A small integer's literal."""
        return str(self.choice.number(-3, 5))

    def text(self) -> Sql:
        """A string literal."""
        kind = self.choice.pick(list(_TEXT_KINDS))
        return expression(quoted(self.choice.one(_TEXT_KINDS[kind])))

    def pattern(self) -> Sql:
        """A string literal that LIKE or GLOB finds something with."""
        pieces = ["a", "b", "A", "%", "_", "*", "?", "[ab]", "[^a]", "c", "1", "é", "%", "*"]
        return expression(quoted("".join(self.choice.one(pieces) for _ in range(self.choice.number(1, 4)))))


_TEXT_KINDS: Final = {
    "literal.text": TEXTS,
    "literal.numeric_text": NUMERIC_TEXTS,
    "literal.latin": LATIN,
    "literal.unicode": UNICODE,
}
_AROUND_NUL: Final = ["", "a", "1", " 2 ", "1.5", "a%", "_"]
_KINDS: Final = [
    *("literal.small", "literal.boundary", "literal.real", "literal.text", "literal.numeric_text"),
    *("literal.latin", "literal.unicode", "literal.blob", "literal.null"),
    *("literal.boolean", "literal.hex", "literal.underscore", "literal.big"),
    *("literal.nul", "literal.long"),
]
