"""The subtype by which a text or blob says that it is JSON.

A text that a JSON function makes is JSON to the function that takes it as an argument at once, and plain text to
everything else.  So a value has a subtype only on its way from one function to the other: the compiler has the first
one called through its twin there (``compiler/bind/expressions/subtypes``), and nowhere else is there a ``JsonText``: of
a row that is written the subtypes are beside the values.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import mypyc_attr

from foundrydb.storage.format.values import Value

JSON_SUBTYPE: Final = 74
"""What subtype() says of JSON: the letter J."""


@mypyc_attr(native_class=False)
class JsonText(str):
    """A text that is JSON to the function that takes it."""


@mypyc_attr(native_class=False)
class JsonBlob(bytes):
    """A blob likewise: JSONB, which functions know by its bytes as well."""


def marked(value: Value) -> Value:
    """A text or blob with the subtype of JSON; other values as they are."""
    if isinstance(value, str):
        return JsonText(value)
    return JsonBlob(value) if isinstance(value, bytes) else value


def unmarked(value: Value) -> Value:
    """The value without a subtype."""
    if isinstance(value, JsonText):
        return str(value)
    return bytes(value) if isinstance(value, JsonBlob) else value


def subtype_of(value: object) -> int:
    """The number of the subtype that a value has; 0 for none."""
    return JSON_SUBTYPE if isinstance(value, (JsonText, JsonBlob)) else 0
