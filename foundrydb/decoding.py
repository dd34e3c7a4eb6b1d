"""Values as the user wants them: text factories, and converters chosen by declared types or column names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from foundrydb.dbapi import PARSE_COLNAMES, PARSE_DECLTYPES, Converter, converters
from foundrydb.storage.values import UTF8, Value, encode_text
from foundrydb.vm.program import Program, ResultColumn
from foundrydb.vm.real_text import real_to_text

Decoder: TypeAlias = Callable[[tuple[Any, ...]], tuple[Any, ...]]


def row_decoder(program: Program, text_factory: Callable[[bytes], Any], detect_types: int) -> Decoder:
    """What turns a row of SQL values into a row of Python values.

    Args:
        text_factory: called with a text's bytes in UTF-8; ``str`` leaves texts as they are.
        detect_types: ``PARSE_DECLTYPES``, ``PARSE_COLNAMES`` or both.
    """
    chosen = [_converter(column, detect_types) for column in program.columns]

    def decode(row: tuple[Any, ...]) -> tuple[Any, ...]:
        values: list[Any] = []
        for value, converter in zip(row, chosen):
            if converter is not None and value is not None:
                # A converter never sees an empty blob: SQLite has no address for its bytes.
                values.append(None if value == b"" else converter(_bytes(value)))
            elif text_factory is not str and isinstance(value, str):
                values.append(text_factory(encode_text(value, UTF8)))
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


def _bytes(value: Value) -> bytes:
    """A value's text in UTF-8, or a blob."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, float):
        return real_to_text(value).encode()
    return encode_text(str(value), UTF8)
