"""Documents as text and as JSONB, paths and values: most of them right, some with a few bytes changed."""

from __future__ import annotations

import random

import apsw

LABELS = (
    "a",
    "b",
    "c",
    "a b",
    "",
    "x1",
    "é",
    "日",
    "a.b",
    "ab[0]",
    "1",
    "a\\u0062",
    "long-label-of-many-characters",
    "$",
)
SPECIALS = (
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-1",
        "12",
        "123456789012",
        "9223372036854775807",
        "1.0",
        "12.50",
    ),
    *(
        "9223372036854775808",
        "-9223372036854775808",
        "123456789012345678901234567890",
        "0.5",
        "1.5e3",
        "-2E-7",
    ),
    "1e400",
)
EXTENDED = (
    *("+1", ".5", "5.", "-.5", "+.5e2", "5.e3", "0x1F", "-0xff", "0x8000000000000000", "0xFFFFFFFFFFFFFFFFF"),
    *("Infinity", "-Infinity", "+inf", "NaN", "-inf", "QNaN", "snan", "nAn", "+Infinity"),
)
WRONG = (
    *(
        "01",
        "-",
        "+",
        ".",
        "1.e",
        "1e",
        "1e+",
        "tru",
        "nul",
        "0x",
        "--1",
        "1.2.3",
        "1e5e5",
        "trueish",
        "'",
        '"',
    ),
    *("-01", "Infinityx", "0x1G", "-x", "\\", "/", "/*", "undefined"),
)
PIECES = (
    *("a", "b", "xyz", " ", "é", "日本", "𝄞", "/", "'", "1", "\\n", "\\t", "\\\\", '\\"', "\\/", "\\b\\f\\r"),
    *("\\u0041", "\\u00e9", "\\ud834\\udd1e", "\\ud800", "\\udc00x", "\\u0000", "\\u001f"),
    "some longer piece of text ",
)
EXTENDED_PIECES = (
    "\\'",
    "\\v",
    "\\0",
    "\\x41",
    "\\xe9",
    "\\\n",
    "\\\r\n",
    "\\\r",
    "\\\u2028",
    "\\\u2029z",
    "\x01",
    "\t",
    "\n",
)
WRONG_PIECES = ("\\q", "\\u12", "\\x1", "\\01", "\\", "\0")
BLANKS = ("", "", "", "", " ", "  ", "\n", "\t ", "\r\n")
EXTENDED_BLANKS = (
    "/* c */",
    "// c\n",
    "\f",
    "\v",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\ufeff",
    "/**/",
    "//\u2028",
    "\u1680",
    "/***/",
)


class Material:
    """What a seed makes.

    Args:
        seed: of the random numbers.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.oracle = apsw.Connection(":memory:")

    # -- text

    def blank(self) -> str:
        """White space, or a comment."""
        chance = self.random.random()
        return self.random.choice(EXTENDED_BLANKS if chance < self.extended * 0.2 else BLANKS)

    def text(self) -> str:
        """A text in quotes."""
        pieces: list[str] = []
        for _ in range(self.random.choice((0, 1, 1, 2, 3, 8))):
            chance = self.random.random()
            if chance < self.wrong:
                pieces.append(self.random.choice(WRONG_PIECES))
            elif chance < self.wrong + self.extended * 0.4:
                pieces.append(self.random.choice(EXTENDED_PIECES))
            else:
                pieces.append(self.random.choice(PIECES))
        if self.random.random() < self.extended * 0.3:
            return "'" + "".join(pieces).replace('\\"', '"') + "'"
        return '"' + "".join(pieces) + '"'

    def scalar(self) -> str:
        """An element that is no container."""
        chance = self.random.random()
        if chance < self.wrong:
            return self.random.choice(WRONG)
        if chance < self.wrong + self.extended * 0.3:
            return self.random.choice(EXTENDED)
        return self.random.choice(SPECIALS) if chance < 0.6 else self.text()

    def label(self) -> str:
        """A label."""
        chance = self.random.random()
        if chance < self.extended * 0.4:
            return self.random.choice(("a", "b", "$x", "_1", "ab", "é", "a\\u0062", "true1", "1a"))
        if chance < 0.1:
            return self.text()
        return '"' + self.random.choice(LABELS) + '"'

    def element(self, depth: int) -> str:
        """An element, with at most so many levels."""
        chance = self.random.random()
        if depth <= 0 or chance < 0.35:
            return self.blank() + self.scalar() + self.blank()
        count = self.random.choice((0, 1, 1, 2, 3, 4))
        tail = "," if self.random.random() < self.extended * 0.2 else ""
        if self.random.random() < self.wrong:
            tail = self.random.choice((",", ",,", ":", "}", "]", "1", "[", "{"))
        comma = "," if self.random.random() > self.wrong else self.random.choice(("", ";", ":", " "))
        if chance < 0.65:
            items = comma.join(self.element(depth - 1) for _ in range(count))
            return self.blank() + "[" + items + tail + self.blank() + "]" + self.blank()
        colon = ":" if self.random.random() > self.wrong else self.random.choice(("", ",", "=", "::", " 1"))
        members = comma.join(
            self.blank() + self.label() + self.blank() + colon + self.element(depth - 1) for _ in range(count)
        )
        return self.blank() + "{" + members + tail + self.blank() + "}" + self.blank()

    def json(self) -> bytes:
        """JSON text, or JSON5, or nearly that."""
        self.extended = self.random.choice((0.0, 0.0, 0.0, 0.3, 1.0))
        self.wrong = self.random.choice((0.0, 0.0, 0.0, 0.0, 0.1))
        if self.random.random() < 0.01:
            depth = self.random.choice((998, 999, 1000, 1001, 1002))
            opening, closing = self.random.choice((("[", "]"), ('{"a":', "}"), ("[[", "]]")))
            count = depth // len(opening) if opening == "[[" else depth
            return (opening * count + "1" + closing * count).encode()
        whole = self.element(self.random.choice((0, 1, 2, 2, 3, 4)))
        if self.random.random() < 0.02:
            whole = (
                '{"a":"'
                + "x" * self.random.choice((10, 11, 12, 253, 254, 255, 256, 300, 65534, 65537))
                + '","b":'
                + whole
                + "}"
            )
        data = whole.encode("utf-8", "surrogatepass")
        return self.damaged(data) if self.random.random() < 0.08 else data

    def damaged(self, data: bytes) -> bytes:
        """Bytes with a few changes."""
        changed = bytearray(data)
        for _ in range(self.random.choice((1, 1, 2, 3))):
            place = self.random.randrange(len(changed) + 1)
            what = self.random.random()
            if what < 0.4 and place < len(changed):
                changed[place] = self.random.choice(
                    (self.random.randrange(256), changed[place] ^ 1 << self.random.randrange(8))
                )
            elif what < 0.6:
                del changed[place : place + self.random.choice((1, 1, 2, 5))]
            elif what < 0.8:
                changed[place:place] = bytes((self.random.randrange(256),))
            else:
                del changed[place:]
        return bytes(changed)

    # -- JSONB

    def jsonb(self) -> bytes:
        """JSONB, or nearly that."""
        while True:
            try:
                data: bytes = self.oracle.execute("SELECT jsonb(CAST(? AS TEXT))", (self.json(),)).get
            except apsw.Error:
                continue
            break
        chance = self.random.random()
        if chance < 0.6:
            return data
        if chance < 0.7:
            return self.widened(data)
        return (
            self.reheaded(self.damaged(data))
            if chance < 0.95
            else self.random.randbytes(self.random.randrange(12))
        )

    def widened(self, data: bytes) -> bytes:
        """An element whose header is larger than it needs to be."""
        form = data[0] >> 4
        start = {12: 2, 13: 3, 14: 5, 15: 9}.get(form, 1)
        body = data[start:]
        width = self.random.choice([w for w in (1, 2, 4, 8) if len(body) < 256**w])
        first = {1: 0xC0, 2: 0xD0, 4: 0xE0, 8: 0xF0}[width] | data[0] & 15
        return bytes((first,)) + len(body).to_bytes(width, "big") + body

    def reheaded(self, data: bytes) -> bytes:
        """Bytes with a header around them that fits."""
        if not data or self.random.random() < 0.3:
            return data
        kind = data[0] & 15 if self.random.random() < 0.8 else self.random.randrange(16)
        start = {12: 2, 13: 3, 14: 5, 15: 9}.get(data[0] >> 4, 1)
        body = data[start:]
        if len(body) <= 11:
            return bytes((len(body) << 4 | kind,)) + body
        if len(body) < 256:
            return bytes((0xC0 | kind, len(body))) + body
        return bytes((0xE0 | kind,)) + len(body).to_bytes(4, "big") + body

    # -- paths and values

    def path(self) -> str:
        """A path, or nearly one."""
        if self.random.random() < 0.004:
            return "$" + self.random.choice(("[0]", ".a")) * self.random.choice((998, 999, 1000, 1001))
        steps = [self.step() for _ in range(self.random.choice((0, 1, 1, 1, 2, 2, 3)))]
        whole = "$" + "".join(steps)
        if self.random.random() < 0.06:
            place = self.random.randrange(len(whole) + 1)
            whole = (
                whole[:place]
                + self.random.choice('.[]#-"\\x0$ \0é')
                + whole[place + self.random.choice((0, 1)) :]
            )
        return whole

    def step(self) -> str:
        """One step of a path."""
        chance = self.random.random()
        if chance < 0.4:
            return "." + self.random.choice(("a", "b", "c", "x1", "é", "1", "a b", "日"))
        if chance < 0.55:
            return '."' + self.random.choice((*LABELS, "\\x61", "\\u0061", 'q\\"r', "\\q")) + '"'
        if chance < 0.8:
            return f"[{self.random.choice((0, 0, 0, 1, 1, 2, 3, 99, 4294967296, '00', '01'))}]"
        return f"[#{self.random.choice(('', '-1', '-1', '-2', '-3', '-0', '-99999999999', '-', 'x', '-1x'))}]"

    def arrow(self) -> object:
        """What may stand to the right of an arrow."""
        chance = self.random.random()
        if chance < 0.3:
            return self.path()
        if chance < 0.5:
            return self.random.choice((0, 1, -1, -2, 2, 99, -99, 4294967295))
        return self.random.choice(
            (*LABELS, "[0]", "[1]", "[#-1]", "[]", "[x]", "#-1", 'a"b', "a\0b", 1.5, 0.0, b"a", None)
        )

    def value(self) -> object:
        """A SQL value."""
        chance = self.random.random()
        if chance < 0.15:
            return None
        if chance < 0.3:
            return self.random.choice((0, 1, -1, 255, 9223372036854775807, -9223372036854775808))
        if chance < 0.45:
            return self.random.choice((0.5, 1e300, 1e-7, 0.1 + 0.2, float("inf"), float("-inf"), -0.0, 3.0))
        if chance < 0.9:
            texts = (
                "",
                "x",
                'q"q',
                "\\",
                "a\nb",
                "\x01\x1f\x7f",
                "é日𝄞",
                "plain text of some length",
                "[1]",
                "{}",
                "a\0b",
            )
            return self.random.choice(texts)
        return self.jsonb()
