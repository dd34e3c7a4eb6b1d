"""The names that PEP 249 asks of a module besides ``connect``, and how Python values become SQL values.

Adapters turn values of other types into SQL values when they are bound; converters turn columns back when
``detect_types`` asks for it.  Both are registered for the whole process, as in the standard library's ``sqlite3``.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from foundrydb.api.values.offered import adapt_plain_values
from foundrydb.errors import ProgrammingError
from foundrydb.pythons import HAS_CONFIG, deprecated

Date: TypeAlias = datetime.date
Time: TypeAlias = datetime.time
Timestamp: TypeAlias = datetime.datetime
Binary: TypeAlias = memoryview

STRING: Final = str
BINARY: Final = bytes
NUMBER: Final = float
DATETIME: Final = datetime.datetime
ROWID: Final = int

Adapter: TypeAlias = Callable[[Any], Any]
Converter: TypeAlias = Callable[[bytes], Any]

adapters: Final[dict[tuple[type, type], Adapter]] = {}
"""Registered adapters, by the adapted type and the protocol (always ``PrepareProtocol``)."""

converters: Final[dict[str, Converter]] = {}
"""Registered converters, by the declared type's first word in capitals."""


class PrepareProtocol:
    """What ``__conform__`` is asked for: a value that can be bound."""


def DateFromTicks(ticks: float) -> datetime.date:
    """The local date at ``ticks`` seconds since the epoch."""
    return Date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks: float) -> datetime.time:
    """The local time of day at ``ticks`` seconds since the epoch."""
    return Time(*time.localtime(ticks)[3:6])


def TimestampFromTicks(ticks: float) -> datetime.datetime:
    """The local date and time at ``ticks`` seconds since the epoch."""
    return Timestamp(*time.localtime(ticks)[:6])


def register_adapter(type: type, adapter: Adapter, /) -> None:
    """Let ``adapter`` turn parameters of exactly ``type`` into SQL values."""
    if type in (int, float, str, bytearray):
        adapt_plain_values()
    adapters[type, PrepareProtocol] = adapter


def register_converter(typename: str, converter: Converter, /) -> None:
    """Let ``converter`` turn the bytes of columns declared as ``typename`` (any case) into Python values."""
    if not isinstance(typename, str):
        raise TypeError(f"register_converter() argument 1 must be str, not {type(typename).__name__}")
    converters[typename.upper()] = converter


_MISSING: Final = object()


def adapt(obj: Any, proto: Any = PrepareProtocol, alt: Any = _MISSING, /) -> Any:
    """What the first makes of it that can: an adapter, the protocol's ``__adapt__``, the object's ``__conform__``.

    Args:
        proto: the protocol that it is adapted to.
        alt: the answer where none can; without it that is an error.

    Raises:
        ProgrammingError: none can.
    """
    adapter = adapters.get((type(obj), proto))
    if adapter is not None:
        return adapter(obj)
    for owner, method, argument in ((proto, "__adapt__", obj), (obj, "__conform__", proto)):
        found = getattr(owner, method, None)
        if found is None:
            continue
        try:
            adapted = found(argument)
        except TypeError:
            continue
        if adapted is not None:
            return adapted
    if alt is not _MISSING:
        return alt
    raise ProgrammingError("can't adapt")


def _deprecated_default(what: str) -> None:
    """From Python 3.12 on, warn that dates and times have an adapter or converter without being asked."""
    if HAS_CONFIG:
        deprecated(
            f"The default {what} is deprecated as of Python 3.12; "
            "see the sqlite3 documentation for suggested replacement recipes"
        )


def _adapt_date(value: datetime.date) -> str:
    _deprecated_default("date adapter")
    return value.isoformat()


def _adapt_datetime(value: datetime.datetime) -> str:
    _deprecated_default("datetime adapter")
    return value.isoformat(" ")


def _convert_date(value: bytes) -> datetime.date:
    _deprecated_default("date converter")
    return datetime.date(*map(int, value.split(b"-")))


def _convert_timestamp(value: bytes) -> datetime.datetime:
    _deprecated_default("timestamp converter")
    date, clock = value.split(b" ")
    seconds, _, fraction = clock.partition(b".")
    year, month, day = map(int, date.split(b"-"))
    hour, minute, second = map(int, seconds.split(b":"))
    microsecond = int(f"{fraction.decode():0<6.6}") if fraction else 0
    return datetime.datetime(year, month, day, hour, minute, second, microsecond)


register_adapter(datetime.date, _adapt_date)
register_adapter(datetime.datetime, _adapt_datetime)
register_converter("date", _convert_date)
register_converter("timestamp", _convert_timestamp)
