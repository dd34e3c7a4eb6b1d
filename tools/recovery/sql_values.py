"""Values of a damaged file as SQL that means them, byte for byte."""

from __future__ import annotations

from typing import Final

from foundrydb.storage.format.values import Value, encode_text, is_well_formed
from foundrydb.tools.output.quoting_forms import escaped

_INFINITIES: Final = {float("inf"): "9.0e+999", float("-inf"): "-9.0e+999"}


def value_sql(value: Value, encoding: int) -> str:
    """A value as a SQL expression on one line.

    Args:
        encoding: of the database that the SQL makes: text that no literal can hold is written as its bytes.
    """
    if value is None:
        return "NULL"
    if isinstance(value, str):
        if "\0" in value or not is_well_formed(value):
            return f"CAST(X'{encode_text(value, encoding).hex()}' AS TEXT)"
        return escaped(value)
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, float):
        return _INFINITIES.get(value) or repr(value)
    return str(value)


def text_sql(text: str) -> str:
    """A text as a literal, on as many lines as it has."""
    return "'" + text.replace("'", "''") + "'"
