"""Reading points in time, and the modifiers that move them, from text."""

from __future__ import annotations

from typing import Final

from foundrydb.vm.arithmetic.cast import SPACES, NumberScan
from foundrydb.vm.functions.dates.moment import DAY, EPOCH, HALF_DAY, Moment

_UNITS: Final = {
    "second": (4.6427e14, 1.0),
    "minute": (7.7379e12, 60.0),
    "hour": (1.2897e11, 3600.0),
    "day": (5373485.0, 86400.0),
    "month": (176546.0, 2592000.0),
    "year": (14713.0, 31536000.0),
}
"""What "+N units" may be: N's limit, and the seconds in a unit."""


def digits_at(text: str, at: int, count: int, least: int, most: int) -> int:
    """The number that ``count`` digits at ``at`` are; -1 when they are not digits or out of bounds."""
    part = text[at : at + count]
    if len(part) < count or not (part.isascii() and part.isdigit()):
        return -1
    number = int(part)
    return number if least <= number <= most else -1


def parse_number(text: str) -> float | None:
    """The number that all of ``text`` is."""
    scan = NumberScan(text)
    return float(text[scan.start : scan.end]) if scan.whole else None


def parse_date(text: str, moment: Moment) -> bool:
    """Read ``[-]YYYY-MM-DD``, with a time behind a ``T`` or spaces or without; False for anything else."""
    negative = text[:1] == "-"
    if negative:
        text = text[1:]
    year = digits_at(text, 0, 4, 0, 9999)
    month = digits_at(text, 5, 2, 1, 12)
    day = digits_at(text, 8, 2, 1, 31)
    if year < 0 or month < 0 or day < 0 or text[4] != "-" or text[7] != "-":
        return False
    at = 10
    while at < len(text) and (text[at] in SPACES or text[at] == "T"):
        at += 1
    if at < len(text):
        if not parse_time(text[at:], moment):
            return False
    else:
        moment.has_time = False
    moment.has_jd = False
    moment.has_date = True
    moment.year = -year if negative else year
    moment.month = month
    moment.day = day
    moment.find_overflow()
    if moment.zone:
        moment.find_jd()
    moment.end_of_day()
    return True


def parse_time(text: str, moment: Moment) -> bool:
    """Read ``HH:MM[:SS[.FFF]]`` and a zone; False for anything else."""
    hour = digits_at(text, 0, 2, 0, 24)
    minute = digits_at(text, 3, 2, 0, 59)
    if hour < 0 or minute < 0 or text[2] != ":":
        return False
    at = 5
    second = 0
    fraction = 0.0
    if text[at : at + 1] == ":":
        second = digits_at(text, at + 1, 2, 0, 59)
        if second < 0:
            return False
        at += 3
        if text[at : at + 1] == "." and text[at + 1 : at + 2] in "0123456789" and at + 1 < len(text):
            at += 1
            scale = 1.0
            while at < len(text) and "0" <= text[at] <= "9":
                fraction = fraction * 10.0 + int(text[at])
                scale *= 10.0
                at += 1
            fraction = min(fraction / scale, 0.999)
    if hour == 24 and (minute or second or fraction):
        return False
    moment.has_jd = False
    moment.raw = False
    moment.has_time = True
    moment.hour = hour
    moment.minute = minute
    moment.second = second + fraction
    return _parse_zone(text[at:].strip(SPACES), moment)


def _parse_zone(text: str, moment: Moment) -> bool:
    """Read ``Z``, ``+HH:MM``, ``-HH:MM`` or nothing."""
    moment.zone = 0
    if not text:
        return True
    if text in ("Z", "z"):
        moment.is_local = False
        moment.is_utc = True
        return True
    hours = digits_at(text, 1, 2, 0, 14)
    minutes = digits_at(text, 4, 2, 0, 59)
    if text[0] not in "+-" or hours < 0 or minutes < 0 or text[3] != ":" or len(text) != 6:
        return False
    moment.zone = (hours * 60 + minutes) * (-1 if text[0] == "-" else 1)
    if moment.zone == 0:
        moment.is_local = False
        moment.is_utc = True
    return True


# modifiers ----------------------------------------------------------------------------------------------------


def modify(text: str, moment: Moment, position: int) -> bool:
    """Apply a modifier; False when it is none, or does not fit here.

    Args:
        position: which argument it is, from 1: some must come first.
    """
    word = text.lower() if text.isascii() else text
    if word in ("subsec", "subsecond"):
        moment.subsec = True
        return True
    if word in ("auto", "julianday", "unixepoch"):
        return position <= 1 and _interpret(word, moment)
    if word in ("ceiling", "floor"):
        moment.find_jd()
        if word == "floor":
            moment.jd -= moment.overflow_days * DAY
        moment.overflow_days = 0
        moment.only_jd()
        return True
    if word == "localtime":
        if not moment.is_local:
            moment.to_local()
        moment.is_utc = False
        moment.is_local = True
        return True
    if word == "utc":
        if not moment.is_utc:
            moment.to_utc()
        return True
    if word.startswith("weekday "):
        return _to_weekday(word[8:], moment)
    if word.startswith("start of "):
        return _to_start(word[9:], moment)
    if word[:1] in tuple("+-0123456789"):
        return _shift(text, moment)
    return False


def _interpret(word: str, moment: Moment) -> bool:
    """Say what a raw number means."""
    if word == "julianday":
        if not (moment.has_jd and moment.raw):
            return False
        moment.raw = False
        return True
    if word == "unixepoch":
        return moment.raw and moment.set_unix(moment.second)
    if not moment.raw or moment.has_jd:
        moment.raw = False
    elif -210866760000.0 <= moment.second <= 253402300799.0:
        moment.set_jd(int(moment.second * 1000.0 + float(EPOCH) + 0.5))
        moment.raw = False
    return True


def _to_weekday(text: str, moment: Moment) -> bool:
    number = parse_number(text)
    if number is None or not -7.0 < number < 7.0 or number != int(number):
        return False
    backwards = text.lstrip(SPACES).startswith("-")
    moment.find_all()
    moment.zone = 0
    moment.has_jd = False
    moment.find_jd()
    if backwards:
        moment.jd -= (moment.after_sunday() + int(number)) % 7 * DAY
    else:
        moment.jd += (int(number) - moment.after_sunday()) % 7 * DAY
    moment.only_jd()
    return True


def _to_start(unit: str, moment: Moment) -> bool:
    if not moment.has_jd and not moment.has_date and not moment.has_time:
        return False
    if unit not in ("month", "year", "day"):
        return False
    moment.find_date()
    moment.has_time = True
    moment.hour = 0
    moment.minute = 0
    moment.second = 0.0
    moment.raw = False
    moment.zone = 0
    moment.has_jd = False
    if unit != "day":
        moment.day = 1
    if unit == "year":
        moment.month = 1
    return True


def _shift(text: str, moment: Moment) -> bool:
    """``±N unit``, ``±HH:MM[:SS.FFF]`` or ``±YYYY-MM-DD[ HH:MM[:SS.FFF]]``"""
    end = 1
    while end < len(text) and text[end] != ":" and text[end] not in SPACES:
        if text[end] == "-" and (
            (end == 5 and digits_at(text, 1, 4, 0, 14712) >= 0)
            or (end == 6 and digits_at(text, 1, 5, 0, 14712) >= 0)
        ):
            break
        end += 1
    number = parse_number(text[:end])
    if number is None:
        return False
    follows = text[end : end + 1]
    if follows == "-":
        return _shift_date(text, end, moment)
    if follows == ":":
        return _shift_time(text[0], text if text[0].isdigit() else text[1:], moment)
    return _shift_units(number, text[end:].lstrip(SPACES), moment)


def _shift_date(text: str, end: int, moment: Moment) -> bool:
    if text[0] not in "+-":
        return False
    year = digits_at(text, 1, end - 1, 0, 14712)
    month = digits_at(text, end + 1, 2, 0, 11)
    day = digits_at(text, end + 4, 2, 0, 30)
    if year < 0 or month < 0 or day < 0 or text[end + 3] != "-":
        return False
    sign = -1 if text[0] == "-" else 1
    moment.add_months(sign * (12 * year + month))
    moment.find_jd()
    moment.has_date = False
    moment.has_time = False
    moment.jd += sign * day * DAY
    rest = text[end + 6 :]
    if not rest:
        return True
    if rest[0] not in SPACES or digits_at(rest, 1, 2, 0, 24) < 0 or digits_at(rest, 4, 2, 0, 59) < 0:
        return False
    return rest[3] == ":" and _shift_time(text[0], rest[1:], moment)


def _shift_time(sign: str, text: str, moment: Moment) -> bool:
    span = Moment()
    if not parse_time(text, span):
        return False
    span.find_jd()
    milliseconds = (span.jd - HALF_DAY) % DAY
    moment.find_jd()
    moment.only_jd()
    moment.jd += -milliseconds if sign == "-" else milliseconds
    return True


def _shift_units(number: float, unit: str, moment: Moment) -> bool:
    if not 3 <= len(unit) <= 10:
        return False
    name = unit.lower()
    if name.endswith("s"):
        name = name[:-1]
    moment.find_jd()
    moment.overflow_days = 0
    found = _UNITS.get(name)
    if found is None or not -found[0] < number < found[0]:
        moment.only_jd()
        return False
    rest = number
    if name in ("month", "year"):
        whole = int(number)
        moment.add_months(whole if name == "month" else 12 * whole)
        rest -= whole
    moment.find_jd()
    moment.jd += int(rest * 1000.0 * found[1] + (-0.5 if number < 0 else 0.5))
    moment.only_jd()
    return True
