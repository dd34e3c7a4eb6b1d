"""SQL values: storage classes, their order, collations, text encodings, and what a key compares by.

A value is a plain Python object: ``None``, ``int`` (64 bits, signed), ``float``, ``str`` or ``bytes``.
Values of different classes order as NULL < numbers < text < blobs; integers and reals compare by their exact
mathematical values, text by a collation, blobs byte by byte.
(https://sqlite.org/datatype3.html, sections 2, 4.1 and 7)

Text that is not valid in the file's encoding is carried byte for byte: a byte that does not decode becomes
a lone surrogate U+DC80..U+DCFF ("surrogateescape"), and goes back to the file as the same byte.  It is refused
where Python meets SQL: what a user binds has no lone surrogates, and a result that has some is an error there.

Arithmetic, casts and affinity are not here: they belong to the virtual machine.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias, final

from mypy_extensions import i64, mypyc_attr

Value: TypeAlias = int | float | str | bytes | None

UTF8: Final = 1
UTF16LE: Final = 2
UTF16BE: Final = 3

ENCODING_NAMES: Final[dict[int, str]] = {UTF8: "UTF-8", UTF16LE: "UTF-16le", UTF16BE: "UTF-16be"}
"""What ``PRAGMA encoding`` calls the header's encoding numbers."""

CLASS_NULL: Final = 0
CLASS_NUMBER: Final = 1
CLASS_TEXT: Final = 2
CLASS_BLOB: Final = 3

# Types as bits, so that a sum of them says which ones are allowed.
INTEGER_TYPE: Final = 1
REAL_TYPE: Final = 2
TEXT_TYPE: Final = 4
BLOB_TYPE: Final = 8
NULL_TYPE: Final = 16
ANY_TYPE: Final = 31


def storage_rank(value: Value) -> int:
    """The rank of the value's class in the order of classes: one of the ``CLASS_`` numbers."""
    if value is None:
        return CLASS_NULL
    if isinstance(value, str):
        return CLASS_TEXT
    if isinstance(value, bytes):
        return CLASS_BLOB
    return CLASS_NUMBER


@final
class Met:
    """What this process has come across, so that what is rare costs nothing before it is met.

    Attributes:
        ill_formed: a text that is not valid in its encoding.
    """

    def __init__(self) -> None:
        self.ill_formed = False


MET: Final = Met()


def is_well_formed(text: str) -> bool:
    """Whether no byte of the text is an escaped one."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def well_formed(text: str) -> str:
    """What SQLite's way from UTF-8 to UTF-16 makes of a text that is not valid.

    A first byte and those after it, however many they are, give the bits that they hold; U+FFFD stands for what that
    makes no character.
    """
    return re.sub(r"[\udcc0-\udcff][\udc80-\udcbf]*|[\ud800-\udfff]", _character, text)


def _character(found: re.Match[str]) -> str:
    """The character that SQLite reads in escaped bytes, of which the first one begins a character of UTF-8."""
    escaped = found[0]
    first = ord(escaped[0]) - 0xDC00
    if first < 0xC0:
        return "\ufffd"
    point = first & (0x1F if first < 0xE0 else 0x0F if first < 0xF0 else 0x07 if first < 0xF8 else 0x03)
    if first >= 0xFC:
        point = first & 1 if first < 0xFE else 0
    for byte in escaped[1:]:
        point = (point << 6 | ord(byte) & 0x3F) & 0xFFFFFFFF
    if point < 0x80 or 0xD800 <= point <= 0xDFFF or point in (0xFFFE, 0xFFFF):
        return "\ufffd"
    return chr(point if point < 0x10000 else 0x10000 + (point - 0x10000 & 0xFFFFF))


def encode_text(text: str, encoding: int) -> bytes:
    """The bytes that ``text`` has in a file of the given encoding (``UTF8``, ``UTF16LE``, ``UTF16BE``)."""
    if encoding == UTF8:
        try:
            return text.encode()
        except UnicodeEncodeError:
            return _encode_surrogates(text)
    return text.encode("utf-16-le" if encoding == UTF16LE else "utf-16-be", "surrogatepass")


def _encode_surrogates(text: str) -> bytes:
    """UTF-8 of text with lone surrogates: escaped bytes become those bytes, others their three-byte form."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        parts = [
            c.encode("utf-8", "surrogateescape" if 0xDC80 <= ord(c) <= 0xDCFF else "surrogatepass")
            for c in text
        ]
        return b"".join(parts)


def decode_text(data: bytes, encoding: int) -> str:
    """The text that bytes of a file of the given encoding stand for; never fails.

    A last odd byte of UTF-16 is dropped, as SQLite does.
    """
    if encoding == UTF8:
        try:
            return data.decode()
        except UnicodeDecodeError:
            MET.ill_formed = True
            return data.decode("utf-8", "surrogateescape")
    if len(data) % 2:
        data = data[:-1]
    codec = "utf-16-le" if encoding == UTF16LE else "utf-16-be"
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        MET.ill_formed = True
        return data.decode(codec, "surrogatepass")


@mypyc_attr(allow_interpreted_subclasses=True)
class Collation:
    """An order of text.  Users' collations are subclasses; the built-in ones are below.

    Attributes:
        name: what ``COLLATE`` calls it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def compare(self, a: str, b: str) -> int:
        """Negative, zero or positive as ``a`` orders before, with or after ``b``."""
        raise NotImplementedError

    def sort_key(self, text: str) -> object | None:
        """A key whose Python order is this order, or None when there is only ``compare``."""
        return None


@final
class BinaryCollation(Collation):
    """BINARY: the order of the text's bytes in the file's encoding.

    For UTF-8 that is the order of code points, which is Python's own, except that escaped bytes must compare
    as the bytes they stand for.  UTF-16 files compare the bytes of their code units, in their byte order.
    """

    def __init__(self, encoding: int) -> None:
        super().__init__("BINARY")
        self.encoding: Final = encoding

    def compare(self, a: str, b: str) -> int:
        """Compare as memcmp would, see ``Collation.compare``."""
        if a == b:
            return 0
        if self.encoding == UTF8 and not MET.ill_formed:
            return -1 if a < b else 1
        left = encode_text(a, self.encoding)
        right = encode_text(b, self.encoding)
        if left == right:
            return 0
        return -1 if left < right else 1

    def sort_key(self, text: str) -> object | None:
        """The bytes themselves."""
        return encode_text(text, self.encoding)


@final
class NoCaseCollation(Collation):
    """NOCASE: the letters A to Z count as a to z; everything else by its UTF-8 bytes."""

    def __init__(self) -> None:
        super().__init__("NOCASE")

    def compare(self, a: str, b: str) -> int:
        """Compare with ASCII letters folded, see ``Collation.compare``."""
        size: i64 = len(a)
        other: i64 = len(b)
        longer = size - other
        if longer > 0:
            size = other
        i: i64 = 0
        while i < size:
            x: i64 = ord(a[i])
            y: i64 = ord(b[i])
            if x != y:
                if 0x41 <= x <= 0x5A:
                    x += 0x20
                if 0x41 <= y <= 0x5A:
                    y += 0x20
                if x != y:
                    return _compare_folded(a, b) if MET.ill_formed else -1 if x < y else 1
            elif x == 0:
                return _compare_folded(a, b)
            i += 1
        return int(longer)

    def sort_key(self, text: str) -> object | None:
        """The folded bytes; None for text with a NUL, which SQLite compares in its own way."""
        return None if "\0" in text else fold_ascii(text)


@final
class RTrimCollation(Collation):
    """RTRIM: BINARY, but spaces at the end do not count."""

    def __init__(self) -> None:
        super().__init__("RTRIM")

    def compare(self, a: str, b: str) -> int:
        """Compare without the spaces at the ends, see ``Collation.compare``."""
        left = encode_text(a.rstrip(" "), UTF8)
        right = encode_text(b.rstrip(" "), UTF8)
        if left == right:
            return 0
        return -1 if left < right else 1

    def sort_key(self, text: str) -> object | None:
        """The bytes without the spaces at the end."""
        return encode_text(text.rstrip(" "), UTF8)


def fold_ascii(text: str) -> bytes:
    """UTF-8 bytes with the letters A to Z made small, and nothing else changed."""
    return encode_text(text, UTF8).lower()


def _compare_folded(a: str, b: str) -> int:
    """NOCASE of texts with NULs, or with bytes that are not UTF-8."""
    left = encode_text(a, UTF8)
    right = encode_text(b, UTF8)
    return int(compare_folded_slices(left, 0, len(left), right, 0, len(right)))


BINARY: Final = BinaryCollation(UTF8)
BINARY_UTF16LE: Final = BinaryCollation(UTF16LE)
BINARY_UTF16BE: Final = BinaryCollation(UTF16BE)
NOCASE: Final = NoCaseCollation()
RTRIM: Final = RTrimCollation()


def binary_collation(encoding: int) -> Collation:
    """The BINARY of a file of the given encoding."""
    if encoding == UTF16LE:
        return BINARY_UTF16LE
    if encoding == UTF16BE:
        return BINARY_UTF16BE
    return BINARY


def _compare_objects(a: object, b: object) -> int:
    # Through ``object``: Python compares an int with a float exactly, while compiled code that knows both
    # types would round the int first.
    if a == b:
        return 0
    return -1 if a < b else 1  # type: ignore[operator]


def compare(a: Value, b: Value, collation: Collation = BINARY) -> int:
    """Order two values: negative, zero or positive.  NULLs are equal to each other here.

    Args:
        collation: orders the values when both are text.
    """
    if isinstance(a, str):
        if isinstance(b, str):
            return collation.compare(a, b)
        return -1 if isinstance(b, bytes) else 1
    if a is None:
        return 0 if b is None else -1
    if b is None:
        return 1
    if isinstance(a, bytes):
        return _compare_objects(a, b) if isinstance(b, bytes) else 1
    if isinstance(b, (str, bytes)):
        return -1
    return _compare_objects(a, b)


def compare_slices(a: bytes, start: i64, stop: i64, b: bytes, at: i64, end: i64) -> i64:
    """Order the bytes of ``a`` from ``start`` to ``stop`` against those of ``b`` from ``at`` to ``end``."""
    longer = stop - start - (end - at)
    if longer > 0:
        stop -= longer
    while start < stop:
        x: i64 = a[start]
        y: i64 = b[at]
        if x != y:
            return -1 if x < y else 1
        start += 1
        at += 1
    return longer


def compare_folded_slices(a: bytes, start: i64, stop: i64, b: bytes, at: i64, end: i64) -> i64:
    """``compare_slices`` by NOCASE: after a NUL that both have at one place only the lengths count, as in SQLite."""
    longer = stop - start - (end - at)
    if longer > 0:
        stop -= longer
    while start < stop:
        x: i64 = a[start]
        y: i64 = b[at]
        if x != y:
            if 0x41 <= x <= 0x5A:
                x += 0x20
            if 0x41 <= y <= 0x5A:
                y += 0x20
            if x != y:
                return -1 if x < y else 1
        elif x == 0:
            break
        start += 1
        at += 1
    return longer


@final
class KeyInfo:
    """How the fields of a key compare: for index cursors and the sorter.

    Attributes:
        collations: one for each field; fields past the end compare by BINARY.
        descending: whether the field's order is turned round.
        big_nulls: whether NULL comes after all values instead of before (before ``descending`` turns the
            order; ``NULLS FIRST`` and ``NULLS LAST`` set it where they are not the default).
    """

    def __init__(
        self, collations: list[Collation], descending: list[bool], big_nulls: list[bool] | None = None
    ) -> None:
        self.collations: Final = collations
        self.descending: Final = descending
        self.big_nulls: Final = big_nulls
        self.plain: Final = not any(descending) and (big_nulls is None or not any(big_nulls))

    def compare(self, a: list[Value], b: list[Value]) -> int:
        """Order two keys by the fields that both have."""
        for i in range(min(len(a), len(b))):
            result = self.compare_field(i, a[i], b[i])
            if result != 0:
                return result
        return 0

    def first_difference(self, a: list[Value] | None, b: list[Value] | None) -> int:
        """The first field in which two entries differ; 0 where one is none, or they have not as many fields."""
        if a is None or b is None or len(a) != len(b):
            return 0
        for i in range(len(a)):
            if self.compare_field(i, a[i], b[i]) != 0:
                return i
        return len(a)

    def compare_field(self, i: int, a: Value, b: Value) -> int:
        """Order two values as field ``i`` of the key."""
        collation = self.collations[i] if i < len(self.collations) else BINARY
        result = compare(a, b, collation)
        if self.plain or result == 0:
            return result
        if self.big_nulls is not None and i < len(self.big_nulls) and self.big_nulls[i]:
            if a is None or b is None:
                result = -result
        if i < len(self.descending) and self.descending[i]:
            result = -result
        return result


def contiguous_bytes(value: object) -> bytes:
    """The bytes of an object that has the buffer protocol.

    Raises:
        BufferError: they do not lie together.
        TypeError: it has none.
    """
    view = memoryview(value)  # type: ignore[arg-type]
    if not view.c_contiguous:
        raise BufferError("underlying buffer is not C-contiguous")
    return bytes(view)
