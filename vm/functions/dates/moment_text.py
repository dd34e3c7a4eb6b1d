"""Reading points in time from text, digit by digit as it lies there."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.vm.arithmetic.cast import NumberScan
from foundrydb.vm.functions.dates.moment import Moment

_ZERO: Final = ord("0")
_COLON: Final = ord(":")
_DASH: Final = ord("-")
_PLUS: Final = ord("+")
_POINT: Final = ord(".")
_SPACE: Final = ord(" ")
_LONGEST_FRACTION: Final = 0.999


def digits_at(text: str, at: i64, count: i64, least: i64, most: i64) -> i64:
    """The number that ``count`` digits at ``at`` are; -1 when they are not digits or out of bounds."""
    stop = at + count
    if stop > len(text):
        return -1
    number: i64 = 0
    while at < stop:
        digit: i64 = ord(text[at]) - _ZERO
        if digit < 0 or digit > 9:
            return -1
        number = number * 10 + digit
        at += 1
    if number < least or number > most:
        return -1
    return number


def is_at(text: str, at: i64, c: i64) -> bool:
    """Whether the character at ``at`` is there, and is ``c``."""
    return at < len(text) and ord(text[at]) == c


def after_spaces(text: str, at: i64) -> i64:
    """Where the first character from ``at`` on is that is no space."""
    size: i64 = len(text)
    while at < size:
        c: i64 = ord(text[at])
        if c != _SPACE and (c < 9 or c > 13):
            break
        at += 1
    return at


def parse_number(text: str) -> float | None:
    """The number that all of ``text`` is."""
    scan = NumberScan(text)
    return float(text[scan.start : scan.end]) if scan.whole else None


def parse_date(text: str, moment: Moment) -> bool:
    """Read ``[-]YYYY-MM-DD``, with a time behind a ``T`` or spaces or without; False for anything else."""
    negative = is_at(text, 0, _DASH)
    at: i64 = 0
    if negative:
        at = 1
    year = digits_at(text, at, 4, 0, 9999)
    if year < 0 or not is_at(text, at + 4, _DASH):
        return False
    month = digits_at(text, at + 5, 2, 1, 12)
    if month < 0 or not is_at(text, at + 7, _DASH):
        return False
    day = digits_at(text, at + 8, 2, 1, 31)
    if day < 0:
        return False
    at = _time_in(text, at + 10)
    if at == len(text):
        moment.has_time = False
    elif not parse_time(text, at, moment):
        return False
    moment.has_jd = False
    moment.has_date = True
    moment.year = -year if negative else year
    moment.month = month
    moment.day = day
    moment.find_overflow()
    if moment.zone != 0:
        moment.find_jd()
    moment.end_of_day()
    return True


def _time_in(text: str, at: i64) -> i64:
    """Where the time begins behind a date that ends at ``at``."""
    while True:
        following = after_spaces(text, at)
        while is_at(text, following, 0x54):  # T
            following += 1
        if following == at:
            return at
        at = following


def parse_time(text: str, at: i64, moment: Moment) -> bool:
    """Read ``HH:MM[:SS[.FFF]]`` and a zone, from ``at`` to the end; False for anything else."""
    hour = digits_at(text, at, 2, 0, 24)
    if hour < 0 or not is_at(text, at + 2, _COLON):
        return False
    minute = digits_at(text, at + 3, 2, 0, 59)
    if minute < 0:
        return False
    at += 5
    second: i64 = 0
    fraction = 0.0
    if is_at(text, at, _COLON):
        second = digits_at(text, at + 1, 2, 0, 59)
        if second < 0:
            return False
        at += 3
        if is_at(text, at, _POINT) and digits_at(text, at + 1, 1, 0, 9) >= 0:
            end = after_digits(text, at + 1)
            fraction = _fraction(text, at + 1, end)
            at = end
    if hour == 24 and (minute != 0 or second != 0 or fraction != 0.0):
        return False
    moment.has_jd = False
    moment.raw = False
    moment.has_time = True
    moment.hour = hour
    moment.minute = minute
    moment.second = float(second) + fraction
    moment.zone = 0
    return at == len(text) or _parse_zone(text, after_spaces(text, at), moment)


def after_digits(text: str, at: i64) -> i64:
    """Where the first character from ``at`` on is that is no digit."""
    size: i64 = len(text)
    while at < size:
        digit: i64 = ord(text[at]) - _ZERO
        if digit < 0 or digit > 9:
            break
        at += 1
    return at


def _fraction(text: str, at: i64, stop: i64) -> float:
    """The part of a second that digits are, but never so much that it would show as a whole one."""
    number = 0.0
    scale = 1.0
    while at < stop:
        digit: i64 = ord(text[at]) - _ZERO
        number = number * 10.0 + float(digit)
        scale *= 10.0
        at += 1
    number = number / scale
    return number if number <= _LONGEST_FRACTION else _LONGEST_FRACTION


def _parse_zone(text: str, at: i64, moment: Moment) -> bool:
    """Read ``Z``, ``+HH:MM``, ``-HH:MM`` or nothing, from ``at`` to the end."""
    size: i64 = len(text)
    if at == size:
        return True
    if text[at] in ("Z", "z"):
        moment.is_local = False
        moment.is_utc = True
        return after_spaces(text, at + 1) == size
    hours = digits_at(text, at + 1, 2, 0, 14)
    minutes = digits_at(text, at + 4, 2, 0, 59)
    if hours < 0 or minutes < 0 or not is_at(text, at + 3, _COLON):
        return False
    east = hours * 60 + minutes
    if is_at(text, at, _DASH):
        moment.zone = -east
    elif is_at(text, at, _PLUS):
        moment.zone = east
    else:
        return False
    if east == 0:
        moment.is_local = False
        moment.is_utc = True
    return after_spaces(text, at + 6) == size
