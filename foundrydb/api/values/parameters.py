"""Values for a statement's parameters: from what Python gives to what SQL knows."""

from __future__ import annotations

from typing import Any, Final

from foundrydb import late
from foundrydb.api.values.carried_text import CarriedText
from foundrydb.api.values.offered import PLAIN_ADAPTED
from foundrydb.errors import ProgrammingError
from foundrydb.pythons import WARNS_OF_NAMES, deprecated
from foundrydb.storage.format.values import MET, Value, contiguous_bytes, is_well_formed
from foundrydb.vm.limits import MAX_LENGTH, check_length

_MIN: Final = -(1 << 63)
_MAX: Final = (1 << 63) - 1
_SHORT: Final = 1 << 60
"""Integers below this are compared without a look at 64 bits: they are most, and compare fastest."""

_PLAIN: Final = frozenset((int, float, str, bytes, type(None)))

_WARNS: Final[bool] = WARNS_OF_NAMES
"""The same, where compiled code finds it without a look into a dictionary."""

_plain_adapted: Final = PLAIN_ADAPTED


def bind(names: list[str | None], parameters: Any, literals: list[Value]) -> list[Value]:
    """The values of a statement's parameters, by number (index 0 is not used).

    Args:
        names: the parameters' names by number, as in ``Program``.
        parameters: a sequence, or a mapping from names.
        literals: values that follow those of the parameters.

    Raises:
        ProgrammingError: too few or too many, or a name is missing.
    """
    if not isinstance(parameters, (tuple, list)):
        if isinstance(parameters, dict) or not _is_sequence(parameters):
            if not hasattr(parameters, "__getitem__") or not hasattr(parameters, "keys"):
                raise ProgrammingError("parameters are of unsupported type")
            return _bind_names(names, parameters) + literals
    needed = len(names) - 1
    given = len(parameters)
    if given != needed:
        raise ProgrammingError(
            f"Incorrect number of bindings supplied. The current statement uses {needed}, and there are "
            f"{given} supplied."
        )
    values: list[Value] = [None] * (needed + 1)
    adapting = _plain_adapted[0]
    if _WARNS:
        _warn_of_names(names)
    for i in range(needed):
        value: Any = parameters[i]
        values[i + 1] = value if not adapting and _is_plain(value) else to_sql_value(value, str(i + 1))
    if literals:
        values += literals
    return values


def _is_plain(value: Any) -> bool:
    """Whether a value stays as it is, whatever ``to_sql_value`` would look at; it may say no of some that do."""
    kind = type(value)
    if kind is int:
        number: int = value
        return -_SHORT < number < _SHORT
    if value is None:
        return True
    return (kind is bytes or (kind is str and value.isascii())) and len(value) <= MAX_LENGTH


def _warn_of_names(names: list[str | None]) -> None:
    """Warn of parameters with names whose values come in a sequence."""
    for number in range(1, len(names)):
        name = names[number]
        if name is not None and not name.startswith("?"):
            deprecated(
                f"Binding {number} ('{name}') is a named parameter, but you supplied a sequence which requires "
                "nameless (qmark) placeholders. Starting with Python 3.14 an sqlite3.ProgrammingError will be raised."
            )


def _is_sequence(value: Any) -> bool:
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and not hasattr(value, "keys")


def _bind_names(names: list[str | None], parameters: Any) -> list[Value]:
    values: list[Value] = [None]
    for number in range(1, len(names)):
        name = names[number]
        if name is None:
            raise ProgrammingError(
                f"Binding {number} has no name, but you supplied a dictionary (which has only names)."
            )
        try:
            value: Any = parameters[name[1:]]
        except LookupError:
            message = f"You did not supply a value for binding parameter :{name[1:]}."
            raise ProgrammingError(message) from None
        values.append(to_sql_value(value, f"':{name[1:]}'"))
    return values


def to_sql_value(value: Any, position: str) -> Value:
    """The SQL value for a parameter.

    Args:
        value: what was given.
        position: how an error names the parameter, ``1`` or ``':a'``.

    Raises:
        OverflowError: an integer beyond 64 bits.
        BufferError: a buffer that is not contiguous.
        UnicodeEncodeError: text with lone surrogates.
        DataError: a text or blob that is longer than any may be.
        ProgrammingError: a type that no adapter knows.
    """
    if type(value) not in _PLAIN or _plain_adapted[0]:
        adapters: Any = late.adapters
        value = adapters.adapt(value, adapters.PrepareProtocol, value)
    if isinstance(value, str):
        text = value if type(value) is str else "".join([value])
        check_length(len(text))
        if not text.isascii():
            carried = isinstance(value, CarriedText)
            check_length(len(text.encode("utf-8", "surrogateescape" if carried else "strict")))
            if carried and not is_well_formed(text):
                MET.ill_formed = True
        return text
    if isinstance(value, int):
        if not _MIN <= value <= _MAX:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return value if type(value) is int else int.__index__(value)
    if isinstance(value, float):
        return None if value != value else float.__float__(value)
    if value is None:
        return None
    try:
        check_length(memoryview(value).nbytes)
        return value if type(value) is bytes else contiguous_bytes(value)
    except TypeError:
        name = type(value).__name__
        message = f"Error binding parameter {position}: type '{name}' is not supported"
        raise ProgrammingError(message) from None
