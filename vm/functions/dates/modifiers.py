"""Modifiers: what moves a point in time, read from text once and kept for the next row.

(https://sqlite.org/lang_datefunc.html#modifiers)
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.vm.arithmetic.cast import SPACES
from foundrydb.vm.functions.dates.moment import DAY, EPOCH, HALF_DAY, Moment
from foundrydb.vm.functions.dates.moment_text import digits_at, parse_number, parse_time
from foundrydb.vm.functions.text.text_functions import until_nul

_UNITS: Final = {
    "second": (4.6427e14, 1.0),
    "minute": (7.7379e12, 60.0),
    "hour": (1.2897e11, 3600.0),
    "day": (5373485.0, 86400.0),
    "month": (176546.0, 2592000.0),
    "year": (14713.0, 31536000.0),
}
"""What "+N units" may be: N's limit, and the seconds in a unit."""

_MOST_KEPT: Final = 256
"""So many modifiers are kept."""


class Modifier:
    """A modifier; this one is none, and fits nowhere.

    Attributes:
        impure: what it does is not for ever the same.
    """

    def __init__(self, impure: bool = False) -> None:
        self.impure: Final = impure

    def apply(self, moment: Moment, position: i64) -> bool:
        """Change the point in time; False where the modifier does not fit.

        Args:
            position: which argument it is, from 1: some must come first.
        """
        return False


@final
class Subsec(Modifier):
    """``subsec``: the fraction of the second is shown."""

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        moment.subsec = True
        return True


@final
class Interpretation(Modifier):
    """``auto``, ``julianday`` and ``unixepoch``: what a number as the time value means."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._is_julian: Final = word == "julianday"
        self._is_unix: Final = word == "unixepoch"

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        if position > 1:
            return False
        if self._is_julian:
            if not (moment.has_jd and moment.raw):
                return False
            moment.raw = False
            return True
        if self._is_unix:
            return moment.raw and moment.set_unix(moment.second)
        if not moment.raw or moment.has_jd:
            moment.raw = False
        elif -210866760000.0 <= moment.second <= 253402300799.0:
            moment.set_jd(int(moment.second * 1000.0 + float(EPOCH) + 0.5))
            moment.raw = False
        return True


@final
class Overflow(Modifier):
    """``ceiling`` and ``floor``: where a day past the end of its month goes."""

    def __init__(self, down: bool) -> None:
        super().__init__()
        self._down: Final = down

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        moment.find_jd()
        if self._down:
            moment.jd -= moment.overflow_days * DAY  # and again by the next "floor"
        else:
            moment.overflow_days = 0
        moment.only_jd()
        return True


@final
class LocalTime(Modifier):
    """``localtime``"""

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        if not moment.is_local:
            moment.to_local()
        moment.is_utc = False
        moment.is_local = True
        return True


@final
class Utc(Modifier):
    """``utc``"""

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        if not moment.is_utc:
            moment.to_utc()
        return True


@final
class Weekday(Modifier):
    """``weekday N``: the next day of that name, or the last one for a negative N."""

    def __init__(self, day: i64, backwards: bool) -> None:
        super().__init__()
        self._day: Final[i64] = day
        self._backwards: Final = backwards

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        moment.find_all()
        moment.zone = 0
        moment.has_jd = False
        moment.find_jd()
        if self._backwards:
            moment.jd -= (moment.after_sunday() + self._day) % 7 * DAY
        else:
            moment.jd += (self._day - moment.after_sunday()) % 7 * DAY
        moment.only_jd()
        return True


@final
class StartOf(Modifier):
    """``start of month``, ``start of year`` and ``start of day``"""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._month: Final = unit != "day"
        self._year: Final = unit == "year"

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        if not moment.has_jd and not moment.has_date and not moment.has_time:
            return False
        moment.find_date()
        moment.has_time = True
        moment.hour = 0
        moment.minute = 0
        moment.second = 0.0
        moment.raw = False
        moment.zone = 0
        moment.has_jd = False
        if self._month:
            moment.day = 1
        if self._year:
            moment.month = 1
        return True


@final
class Shift(Modifier):
    """``±N unit``, ``±HH:MM[:SS.FFF]`` and ``±YYYY-MM-DD[ HH:MM[:SS.FFF]]``

    Args:
        months: so many months.
        milliseconds: so many milliseconds, after the months.
        by_calendar: it has months, be they none.
        by_unit: it is of the first form, and moves a point in time, not a date and a time in some zone.
    """

    def __init__(self, months: i64, milliseconds: i64, by_calendar: bool, by_unit: bool) -> None:
        super().__init__()
        self._months: Final[i64] = months
        self._milliseconds: Final[i64] = milliseconds
        self._by_calendar: Final = by_calendar
        self._by_unit: Final = by_unit

    def apply(self, moment: Moment, position: i64) -> bool:
        """See ``Modifier.apply``."""
        if self._by_unit:
            moment.find_jd()
            moment.overflow_days = 0
        if self._by_calendar:
            moment.add_months(self._months)
        moment.find_jd()
        moment.jd += self._milliseconds
        moment.only_jd()
        return True


# reading them -------------------------------------------------------------------------------------------------

NO_MODIFIER: Final = Modifier()

_WORDS: Final[dict[str, Modifier]] = {
    "subsec": Subsec(),
    "subsecond": Subsec(),
    "auto": Interpretation("auto"),
    "julianday": Interpretation("julianday"),
    "unixepoch": Interpretation("unixepoch"),
    "ceiling": Overflow(False),
    "floor": Overflow(True),
    "localtime": LocalTime(True),
    "utc": Utc(True),
    "start of month": StartOf("month"),
    "start of year": StartOf("year"),
    "start of day": StartOf("day"),
}
"""The modifiers that are words."""

_KEPT: Final[dict[str, Modifier]] = {}
"""The modifiers that were asked for, by their texts."""


def modifier(text: str) -> Modifier:
    """The modifier that a text is; ``NO_MODIFIER`` for any other text."""
    known = _KEPT.get(text)
    if known is None:
        known = _read(until_nul(text))
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[text] = known
    return known


def _read(text: str) -> Modifier:
    word = text.lower() if text.isascii() else text
    known = _WORDS.get(word)
    if known is not None:
        return known
    if word.startswith("weekday "):
        return _weekday(word[8:])
    return _shift(text) if word[:1] in tuple("+-0123456789") else NO_MODIFIER


def _weekday(text: str) -> Modifier:
    number = parse_number(text)
    if number is None or not -7.0 < number < 7.0 or number != int(number):
        return NO_MODIFIER
    return Weekday(int(number), text.lstrip(SPACES).startswith("-"))


def _shift(text: str) -> Modifier:
    end: i64 = 1
    size: i64 = len(text)
    while end < size and text[end] != ":" and text[end] not in SPACES and not _ends_year(text, end):
        end += 1
    number = parse_number(text[:end])
    if number is None:
        return NO_MODIFIER
    follows = text[end : end + 1]
    if follows == "-":
        return _shift_by_date(text, end)
    if follows == ":":
        return _shift_by_time(text[0] == "-", 0, text if text[0].isdigit() else text[1:], False)
    return _shift_by_units(number, text[end:].lstrip(SPACES))


def _ends_year(text: str, end: i64) -> bool:
    """Whether the year of a span of time ends there: a dash behind four or five digits."""
    return text[end] == "-" and 5 <= end <= 6 and digits_at(text, 1, end - 1, 0, 14712) >= 0


def _shift_by_date(text: str, end: i64) -> Modifier:
    year = digits_at(text, 1, end - 1, 0, 14712)
    month = digits_at(text, end + 1, 2, 0, 11)
    day = digits_at(text, end + 4, 2, 0, 30)
    if text[0] not in "+-" or year < 0 or month < 0 or day < 0 or text[end + 3] != "-":
        return NO_MODIFIER
    months = 12 * year + month
    milliseconds = day * DAY
    back = text[0] == "-"
    if back:
        months = -months
        milliseconds = -milliseconds
    rest = text[end + 6 :]
    if not rest:
        return Shift(months, milliseconds, True, False)
    if rest[0] not in SPACES or digits_at(rest, 1, 2, 0, 24) < 0 or digits_at(rest, 4, 2, 0, 59) < 0:
        return NO_MODIFIER
    return _shift_by_time(back, months, rest[1:], True, milliseconds)


def _shift_by_time(back: bool, months: i64, text: str, by_calendar: bool, milliseconds: i64 = 0) -> Modifier:
    span = Moment()
    if not parse_time(text, 0, span):
        return NO_MODIFIER
    span.find_jd()
    time = (span.jd - HALF_DAY) % DAY
    if back:
        time = -time
    return Shift(months, milliseconds + time, by_calendar, False)


def _shift_by_units(number: float, unit: str) -> Modifier:
    if not 3 <= len(unit) <= 10:
        return NO_MODIFIER
    name = unit.lower()
    if name.endswith("s"):
        name = name[:-1]
    found = _UNITS.get(name)
    if found is None or not -found[0] < number < found[0]:
        return NO_MODIFIER
    months: i64 = 0
    rest = number
    by_calendar = name in ("month", "year")
    if by_calendar:
        months = int(number)
        rest -= float(months)
        if name == "year":
            months *= 12
    milliseconds = int(rest * 1000.0 * found[1] + (-0.5 if number < 0 else 0.5))
    return Shift(months, milliseconds, by_calendar, True)
