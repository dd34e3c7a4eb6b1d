"""The formats of strftime(): read once, and kept for the next row.

(https://sqlite.org/lang_datefunc.html#strftime)
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import UTF8
from foundrydb.vm.functions.dates.moment import EPOCH, Moment, remainder
from foundrydb.vm.functions.text.printf import Format, Formatter
from foundrydb.vm.functions.text.text_functions import until_nul

_TWO: Final = [f"{number:02d}" for number in range(100)]
"""The numbers below a hundred in two digits."""

_ABBREVIATIONS: Final = {"F": ("Ymd", "-"), "R": ("HM", ":"), "T": ("HMS", ":")}
"""Conversions that stand for several, and what is between these."""


def two(number: i64) -> str:
    """A number in two digits, and more if it takes more."""
    return _TWO[number] if number < 100 else str(number)


def four(number: i64) -> str:
    """A number in four digits, and more if it takes more."""
    return two(number // 100) + _TWO[number % 100]


def formatted(format: str, number: float) -> str:
    """A real as printf() writes it."""
    return Formatter(Format(format), [format, number], UTF8).run()


@final
class DateFormat:
    """A format of strftime().

    Args:
        source: its text.
    """

    def __init__(self, source: str) -> None:
        self.source: Final = source
        self._known = True
        # The text before each conversion, what the conversion is, and the text behind the last one.
        self._texts: Final[list[str]] = []
        self._letters: Final[list[str]] = []
        self._end = ""
        self._read(until_nul(source))

    def _read(self, format: str) -> None:
        """Take the format apart; what follows an unknown conversion does not count."""
        at = 0
        mark = format.find("%")
        while mark >= 0:
            text = format[at:mark]
            letter = format[mark + 1 : mark + 2]
            letters, between = _ABBREVIATIONS.get(letter, (letter, ""))
            if letter == "" or letters[0] not in _LETTERS:
                self._known = False
                return
            for each in letters:
                self._texts.append(text)
                self._letters.append(each)
                text = between
            at = mark + 2
            mark = format.find("%", at)
        self._end = format[at:]

    def of(self, moment: Moment) -> str | None:
        """The text of a point in time; None where the format has an unknown conversion."""
        if not self._known:
            return None
        moment.find_all()
        parts = []
        count: i64 = len(self._letters)
        i: i64 = 0
        while i < count:
            parts.append(self._texts[i])
            parts.append(_converted(self._letters[i], moment))
            i += 1
        parts.append(self._end)
        return "".join(parts)


_LETTERS: Final = "YmdHMSfsjJweugGUVWIklpP%"
"""The conversions, the usual ones first."""


def _converted(letter: str, moment: Moment) -> str:
    """What a conversion stands for."""
    if letter == "Y":
        return year_text(moment.year)
    if letter == "m":
        return two(moment.month)
    if letter == "d":
        return two(moment.day)
    if letter == "H":
        return two(moment.hour)
    if letter == "M":
        return two(moment.minute)
    if letter == "S":
        return two(int(moment.second))
    if letter == "f":
        return formatted("%06.3f", moment.second if moment.second < 59.999 else 59.999)
    if letter == "s":
        if moment.subsec:
            return formatted("%.3f", float(moment.jd - EPOCH) / 1000.0)
        return str(moment.jd // 1000 - EPOCH // 1000)
    if letter == "J":
        return formatted("%.16g", float(moment.jd) / 86400000.0)
    return _day(letter, moment) if letter in "jweuU" else _rarely_converted(letter, moment)


def _day(letter: str, moment: Moment) -> str:
    """The conversions that tell a day in a way of their own."""
    if letter == "j":
        return f"{moment.day_of_year() + 1:03d}"
    if letter == "e":
        return f"{moment.day:2d}"
    if letter == "U":
        return two((moment.day_of_year() - moment.after_sunday() + 7) // 7)
    day = moment.after_sunday()
    return "7" if letter == "u" and day == 0 else str(day)


def _rarely_converted(letter: str, moment: Moment) -> str:
    """The conversions that are seldom asked for: ISO weeks, and hours of half a day."""
    if letter == "G":
        return year_text(moment.iso_thursday().year)
    if letter == "g":
        return f"{remainder(moment.iso_thursday().year, 100):02d}"
    if letter == "V":
        return two(moment.iso_thursday().day_of_year() // 7 + 1)
    if letter == "W":
        return two((moment.day_of_year() - moment.after_monday() + 7) // 7)
    if letter == "k":
        return f"{moment.hour:2d}"
    if letter in ("I", "l"):
        hour = moment.hour % 12
        if hour == 0:
            hour = 12
        return two(hour) if letter == "I" else f"{hour:2d}"
    if letter in ("p", "P"):
        half = "PM" if moment.hour >= 12 else "AM"
        return half if letter == "p" else half.lower()
    return "%"


def year_text(year: i64) -> str:
    """A year in four places, the sign included."""
    return four(year) if year >= 0 else f"-{-year:03d}"
