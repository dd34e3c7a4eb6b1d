"""Keys of dicts that compare as SQL compares: what DISTINCT, IN, GROUP BY and hash joins look rows up by.

Python's ``==`` and ``hash`` on values are SQL's equality under BINARY: integers and reals are equal by their exact
mathematical values, and numbers, texts and blobs never equal each other.  Texts under another collation are represented
by their sort key.  NULLs equal each other here, as they do for DISTINCT and GROUP BY.
"""

from __future__ import annotations

from foundrydb.storage.format.values import BINARY, BinaryCollation, Collation, Value


def hashed_text(text: str, collation: Collation) -> object | None:
    """What stands for a text in a key, so that equal texts of the collation are equal there.

    None when the collation has no such thing for this text.
    """
    if isinstance(collation, BinaryCollation):
        return text
    key = collation.sort_key(text)
    return None if key is None else (collation.name, key)


def hashed_key(values: list[Value], collations: list[Collation]) -> object | None:
    """The dict's key for a row of values; None when it cannot stand in a dict.

    A key of one value is that value (an empty tuple for NULL), a longer one a tuple.
    """
    if len(values) == 1:
        only = values[0]
        if isinstance(only, str):
            return hashed_text(only, collations[0] if collations else BINARY)
        return () if only is None else only
    parts: list[object] = []
    for i in range(len(values)):
        value = values[i]
        if isinstance(value, str):
            key = hashed_text(value, collations[i] if i < len(collations) else BINARY)
            if key is None:
                return None
            parts.append(key)
        else:
            parts.append(value)
    return tuple(parts)
