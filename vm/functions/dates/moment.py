"""A point in time as the date and time functions handle it.

Inside, a point is a Julian day in milliseconds: days since noon in Greenwich on November 24, 4714 BC, in the proleptic
Gregorian calendar, times 86,400,000.  A :class:`Moment` may know itself as that number, as year, month and day, as
hours, minutes and seconds, or as a number whose meaning a modifier decides ("raw"), and computes the one from the
other when asked.  (https://sqlite.org/lang_datefunc.html)
"""

from __future__ import annotations

import time
from typing import Final, final

from mypy_extensions import i64

DAY: Final = 86_400_000
HALF_DAY: Final = 43_200_000
EPOCH: Final = 210_866_760_000_000
"""1970-01-01 00:00:00 in milliseconds of the Julian day."""

LATEST: Final = 464_269_060_799_999
"""The last millisecond of the year 9999."""

_BEFORE: Final = 131_716_800_000
"""The 1,524.5 days that the count of days in ``Moment.find_jd`` begins before the Julian day's, in milliseconds."""

_LONG_MONTHS: Final = (1, 3, 5, 7, 8, 10, 12)


@final
class Moment:
    """A point in time.

    Attributes:
        jd: the Julian day in milliseconds, if ``has_jd``.
        year, month, day: if ``has_date``.
        hour, minute, second: if ``has_time``; ``second`` with its fraction, or the number itself if ``raw``.
        zone: minutes east of Greenwich that the hours and minutes are of.
        overflow_days: how far the day is past the end of its month, for the modifier "floor".
        subsec: the fraction of the second is to be shown.
        is_utc, is_local: what the hours are known to be.
        wrong: it is out of range.
    """

    def __init__(self) -> None:
        self.jd: i64 = 0
        self.year: i64 = 2000
        self.month: i64 = 1
        self.day: i64 = 1
        self.hour: i64 = 0
        self.minute: i64 = 0
        self.second = 0.0
        self.zone: i64 = 0
        self.has_jd = False
        self.has_date = False
        self.has_time = False
        self.raw = False
        self.overflow_days: i64 = 0
        self.subsec = False
        self.is_utc = False
        self.is_local = False
        self.wrong = False

    def copy(self) -> Moment:
        """Another one that knows the same."""
        other = Moment()
        other.jd = self.jd
        other.year = self.year
        other.month = self.month
        other.day = self.day
        other.hour = self.hour
        other.minute = self.minute
        other.second = self.second
        other.zone = self.zone
        other.has_jd = self.has_jd
        other.has_date = self.has_date
        other.has_time = self.has_time
        other.raw = self.raw
        return other

    def set_jd(self, jd: i64) -> None:
        """Be the Julian day ``jd`` (in milliseconds), and know nothing else."""
        self.jd = jd
        self.has_jd = True
        self.only_jd()

    def only_jd(self) -> None:
        """Forget the date, the time and the zone: the Julian day has changed."""
        self.has_date = False
        self.has_time = False
        self.zone = 0

    def set_number(self, number: float) -> None:
        """Be a number: a Julian day, unless a modifier says that it is something else."""
        self.second = number
        self.raw = True
        if 0.0 <= number < 5373484.5:
            self.jd = int(number * 86400000.0 + 0.5)
            self.has_jd = True

    def set_unix(self, seconds: float) -> bool:
        """Be that many seconds after 1970; False when that is out of range."""
        milliseconds = seconds * 1000.0 + float(EPOCH)
        if not 0.0 <= milliseconds < 464269060800000.0:
            return False
        self.set_jd(int(milliseconds + 0.5))
        self.raw = False
        return True

    @property
    def in_range(self) -> bool:
        """Whether the Julian day is one of the years -4713 to 9999."""
        return 0 <= self.jd <= LATEST

    def find_jd(self) -> None:
        """Compute the Julian day."""
        if self.has_jd:
            return
        year: i64 = 2000
        month: i64 = 1
        day: i64 = 1
        if self.has_date:
            year = self.year
            month = self.month
            day = self.day
        if year < -4713 or year > 9999 or self.raw:
            self._fail()
            return
        if month <= 2:
            year -= 1
            month += 12
        century = (year + 4800) // 100
        correction = 38 - century + century // 4
        days = 36525 * (year + 4716) // 100 + 306001 * (month + 1) // 10000 + day + correction
        self.jd = days * DAY - _BEFORE
        self.has_jd = True
        if self.has_time:
            self.jd += self.hour * 3600000 + self.minute * 60000 + int(self.second * 1000.0 + 0.5)
            if self.zone:
                self.jd -= self.zone * 60000
                self.only_jd()
                self.is_utc = True
                self.is_local = False
            elif self.hour == 24:
                self.only_jd()

    def _fail(self) -> None:
        """Be nothing any more; what is computed from here on starts at zero, as in SQLite."""
        self.jd = 0
        self.has_jd = False
        self.only_jd()
        self.raw = False
        self.hour = 0
        self.minute = 0
        self.second = 0.0
        self.overflow_days = 0
        self.subsec = False
        self.is_utc = False
        self.is_local = False
        self.wrong = True

    def find_date(self) -> None:
        """Compute year, month and day."""
        if self.has_date:
            return
        if not self.has_jd:
            self.year, self.month, self.day = 2000, 1, 1
        elif not self.in_range:
            self._fail()
            return
        else:
            whole = (self.jd + HALF_DAY) // DAY
            alpha = (4 * whole + 128179) // 146097 - 52
            a = whole + 1 + alpha - (alpha + 100) // 4 + 25
            b = a + 1524
            c = (100 * b - 12210) // 36525
            d = 36525 * (c & 32767) // 100
            e = (b - d) * 10000 // 306001
            self.day = b - d - 306001 * e // 10000
            self.month = e - 1 if e < 14 else e - 13
            self.year = c - 4716 if self.month > 2 else c - 4715
        self.has_date = True

    def find_time(self) -> None:
        """Compute hours, minutes and seconds."""
        if self.has_time:
            return
        self.find_jd()
        rest = (self.jd + HALF_DAY) % DAY
        self.second = float(rest % 60000) / 1000.0
        self.minute = rest // 60000 % 60
        self.hour = rest // 3600000
        self.raw = False
        self.has_time = True

    def find_all(self) -> None:
        """Compute date and time."""
        self.find_date()
        self.find_time()

    def end_of_day(self) -> None:
        """Turn the time 24:00 into the next day's 00:00."""
        if self.has_time and self.hour == 24:
            self.find_jd()
            self.only_jd()
            self.overflow_days = 0

    def find_overflow(self) -> None:
        """Note how far the day is past the end of its month."""
        if self.day <= 28 or self.month in _LONG_MONTHS:
            self.overflow_days = 0
        elif self.month != 2:
            self.overflow_days = 1 if self.day == 31 else 0
        elif self.year % 4 or (self.year % 100 == 0 and self.year % 400):
            self.overflow_days = self.day - 28
        else:
            self.overflow_days = self.day - 29

    def add_months(self, months: int) -> None:
        """Move by whole months; the day may then be past the end of its month."""
        self.find_all()
        total = self.year * 12 + self.month - 1 + months
        self.year = total // 12
        self.month = total % 12 + 1
        self.find_overflow()
        self.has_jd = False

    def to_local(self) -> None:
        """Turn UTC into the machine's local time.  Years that the clock's zones do not cover count as like ones."""
        self.find_jd()
        shift: i64 = 0
        jd = self.jd
        if jd < EPOCH or jd > 213_014_145_600_000:
            like = self.copy()
            like.find_all()
            shift = 2000 + remainder(like.year, 4) - like.year
            like.year += shift
            like.has_jd = False
            like.find_jd()
            jd = like.jd
        local = time.localtime(jd // 1000 - EPOCH // 1000)
        self.year = local.tm_year - shift
        self.month = local.tm_mon
        self.day = local.tm_mday
        self.hour = local.tm_hour
        self.minute = local.tm_min
        self.second = float(local.tm_sec) + float(self.jd % 1000) * 0.001
        self.has_date = True
        self.has_time = True
        self.has_jd = False
        self.raw = False
        self.zone = 0
        self.wrong = False

    def to_utc(self) -> None:
        """Turn local time into UTC: look for the moment whose local time this is."""
        self.find_jd()
        wanted = self.jd
        guess = wanted
        off: i64 = 0
        for _ in range(4):
            guess -= off
            other = Moment()
            other.set_jd(guess)
            other.to_local()
            other.find_jd()
            off = other.jd - wanted
            if off == 0:
                break
        self.set_jd(guess)
        self.raw = False
        self.wrong = False
        self.subsec = False
        self.overflow_days = 0
        self.is_utc = True
        self.is_local = False

    # calendar -----------------------------------------------------------------------------------------------

    def day_of_year(self) -> i64:
        """Days since January 1."""
        first = self.copy()
        first.has_jd = False
        first.month = 1
        first.day = 1
        first.find_jd()
        return (self.jd - first.jd + HALF_DAY) // DAY

    def after_monday(self) -> i64:
        """Days since the last Monday: 0 on a Monday."""
        return (self.jd + HALF_DAY) // DAY % 7

    def after_sunday(self) -> i64:
        """Days since the last Sunday: 0 on a Sunday."""
        return (self.jd + DAY + HALF_DAY) // DAY % 7

    def iso_thursday(self) -> Moment:
        """The Thursday of the same ISO week, whose year is the week's."""
        other = self.copy()
        other.jd += (3 - self.after_monday()) * DAY
        other.has_date = False
        other.find_date()
        return other


def remainder(a: i64, b: i64) -> i64:
    """What is left of ``a`` when it is divided by ``b`` as C divides: its sign is that of ``a``."""
    if a >= 0:
        return a % b
    return -(-a % b)
