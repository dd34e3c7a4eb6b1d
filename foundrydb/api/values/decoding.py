"""Values as the user wants them: text factories, and converters chosen by declared types or column names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from foundrydb.api.values.adapters import Converter, converters
from foundrydb.api.values.parse_flags import PARSE_COLNAMES, PARSE_DECLTYPES
from foundrydb.errors import OperationalError
from foundrydb.storage.format.values import UTF8, Value, encode_text, is_well_formed
from foundrydb.vm.arithmetic.real_text import real_to_text
from foundrydb.vm.program import Program, ResultColumn

Decoder: TypeAlias = Callable[[tuple[Any, ...]], tuple[Any, ...]]


_LONGEST_COMPLAINT: Final = 198


def row_decoder(
    program: Program, text_factory: Callable[[bytes], Any], detect_types: int, strict: bool
) -> Decoder:
    """What turns a row of SQL values into a row of Python values.

    Args:
        text_factory: called with a text's bytes in UTF-8; ``str`` leaves texts as they are.
        detect_types: ``PARSE_DECLTYPES``, ``PARSE_COLNAMES`` or both.
        strict: refuse texts that are not UTF-8 where they are to be ``str``.
    """
    columns = program.columns
    chosen = [_converter(column, detect_types) for column in program.columns]

    def decode(row: tuple[Any, ...]) -> tuple[Any, ...]:
        values: list[Any] = []
        for i, value in enumerate(row):
            converter = chosen[i]
            if converter is not None and value is not None:
                # A converter never sees an empty text or blob: SQLite has no address for its bytes.
                values.append(None if value == b"" or value == "" else converter(_bytes(value)))
            elif not isinstance(value, str):
                values.append(value)
            elif text_factory is not str:
                values.append(text_factory(encode_text(value, UTF8)))
            elif strict and not is_well_formed(value):
                raise _undecodable(columns[i].name, value)
            else:
                values.append(value)
        return tuple(values)

    return decode


def _converter(column: ResultColumn, detect_types: int) -> Converter | None:
    """The converter for a column: by ``[name]`` at the end of its name, else by its declared type's first word."""
    if detect_types & PARSE_COLNAMES:
        found = re.search(r"\[([^\]]*)\]", column.name)
        if found is not None and found[1].upper() in converters:
            return converters[found[1].upper()]
    if detect_types & PARSE_DECLTYPES and column.decltype:
        return converters.get(re.split(r"[ (]", column.decltype, maxsplit=1)[0].upper())
    return None


def _undecodable(column: str, text: str) -> OperationalError:
    """The error for a text that is no ``str``, in the words, the alphabet and the length of the standard module."""
    said = f"Could not decode to UTF-8 column '{column}' with text '{text.partition(chr(0))[0]}'"
    return OperationalError(encode_text(said, UTF8)[:_LONGEST_COMPLAINT].decode("ascii", "replace"))


def _bytes(value: Value) -> bytes:
    """A value's text in UTF-8, or a blob."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, float):
        return real_to_text(value).encode()
    return encode_text(str(value), UTF8)
