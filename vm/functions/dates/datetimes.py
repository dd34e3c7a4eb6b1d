"""The date and time functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.dates.moment import EPOCH, Moment
from foundrydb.vm.functions.dates.moment_text import modify, parse_date, parse_number, parse_time
from foundrydb.vm.functions.scalar import CONSTANT, DETERMINISTIC, Function, ScalarFunction
from foundrydb.vm.functions.text.printf import Formatter
from foundrydb.vm.functions.text.text_functions import until_nul

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_FLAGS: Final = DETERMINISTIC | CONSTANT
"""They may stand in an index; that nothing asks for the present time there is checked when they are called."""

_ZERO_SPAN: Final = 148_699_540_800_000
"""0000-01-01 00:00:00: timediff() shows a span as the time after it."""


def current_time(context: Context, function: str) -> int:
    """The statement's time, in milliseconds of the Julian day.

    Raises:
        Error: the call stands where only a deterministic answer will do.
    """
    _not_pure(context, function)
    if context.now < 0:
        context.now = context.host.clock() + EPOCH
    return context.now


def _not_pure(context: Context, function: str) -> None:
    if context.place:
        raise error(f"non-deterministic use of {function}() in {context.place}")


def read_moment(args: list[Value], first: int, context: Context, function: str) -> Moment | None:
    """The point in time that arguments from ``first`` on describe; None when they describe none."""
    moment = Moment()
    if first >= len(args):
        moment.set_jd(current_time(context, function))
        return moment
    start = args[first]
    if isinstance(start, (int, float)):
        moment.set_number(float(start))
    elif start is None or not _parse(until_nul(to_text(start)), moment, context, function):
        return None
    for i in range(first + 1, len(args)):
        arg = args[i]
        if arg is None:
            return None
        text = until_nul(to_text(arg))
        if text.lower() in ("localtime", "utc"):
            _not_pure(context, function)
        if not modify(text, moment, i - first):
            return None
    moment.find_jd()
    if moment.wrong or not moment.in_range:
        return None
    if first + 1 == len(args) and moment.has_date and moment.day > 28:
        moment.has_date = False
    return moment


def _parse(text: str, moment: Moment, context: Context, function: str) -> bool:
    if parse_date(text, moment):
        return True
    if parse_time(text, moment):
        moment.end_of_day()
        return True
    word = text.lower()
    if word in ("now", "subsec", "subsecond"):
        moment.subsec = word != "now"
        moment.set_jd(current_time(context, function))
        return True
    number = parse_number(text)
    if number is None:
        return False
    moment.set_number(number)
    return True


def date_text(moment: Moment) -> str:
    """``YYYY-MM-DD``"""
    moment.find_date()
    sign = "-" if moment.year < 0 else ""
    return f"{sign}{abs(moment.year):04d}-{moment.month:02d}-{moment.day:02d}"


def time_text(moment: Moment) -> str:
    """``HH:MM:SS``, or ``HH:MM:SS.SSS`` if the fraction is to be shown"""
    moment.find_time()
    text = f"{moment.hour:02d}:{moment.minute:02d}:"
    if moment.subsec:
        milliseconds = int(1000.0 * moment.second + 0.5)
        return text + f"{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"
    return text + f"{int(moment.second):02d}"


@final
class Date(ScalarFunction):
    """date(…)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """``YYYY-MM-DD``"""
        moment = read_moment(args, 0, context, self.name)
        return None if moment is None else date_text(moment)


@final
class Time(ScalarFunction):
    """time(…)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """``HH:MM:SS``"""
        moment = read_moment(args, 0, context, self.name)
        return None if moment is None else time_text(moment)


@final
class DateTime(ScalarFunction):
    """datetime(…)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """``YYYY-MM-DD HH:MM:SS``"""
        moment = read_moment(args, 0, context, self.name)
        if moment is None:
            return None
        moment.find_all()
        return date_text(moment) + " " + time_text(moment)


@final
class JulianDay(ScalarFunction):
    """julianday(…)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The Julian day as a real."""
        moment = read_moment(args, 0, context, self.name)
        return None if moment is None else moment.jd / 86400000.0


@final
class UnixEpoch(ScalarFunction):
    """unixepoch(…)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Seconds since 1970."""
        moment = read_moment(args, 0, context, self.name)
        if moment is None:
            return None
        if moment.subsec:
            return (moment.jd - EPOCH) / 1000.0
        return moment.jd // 1000 - EPOCH // 1000


@final
class Strftime(ScalarFunction):
    """strftime(FORMAT, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """FORMAT with the conversions replaced; NULL for an unknown one."""
        if not args or args[0] is None:
            return None
        format = until_nul(to_text(args[0]))
        moment = read_moment(args, 1, context, self.name)
        if moment is None:
            return None
        moment.find_all()
        out = []
        at = 0
        while at < len(format):
            mark = format.find("%", at)
            if mark < 0:
                break
            out.append(format[at:mark])
            part = _conversion(format[mark + 1 : mark + 2], moment)
            if part is None:
                return None
            out.append(part)
            at = mark + 2
        out.append(format[at:])
        return "".join(out)


def _conversion(letter: str, moment: Moment) -> str | None:
    """What a conversion of strftime() stands for; None for an unknown one."""
    if letter in ("d", "e"):
        return f"{moment.day:02d}" if letter == "d" else f"{moment.day:2d}"
    if letter == "f":
        return _formatted("%06.3f", min(moment.second, 59.999))
    if letter == "F":
        return f"{_year(moment.year)}-{moment.month:02d}-{moment.day:02d}"
    if letter in ("G", "g"):
        year = moment.iso_thursday().year
        return _year(year) if letter == "G" else f"{year % 100 if year >= 0 else -(-year % 100):02d}"
    if letter in ("H", "k"):
        return f"{moment.hour:02d}" if letter == "H" else f"{moment.hour:2d}"
    if letter in ("I", "l"):
        hour = (moment.hour - 12 if moment.hour > 12 else moment.hour) or 12
        return f"{hour:02d}" if letter == "I" else f"{hour:2d}"
    if letter == "j":
        return f"{moment.day_of_year() + 1:03d}"
    if letter == "J":
        return _formatted("%.16g", moment.jd / 86400000.0)
    if letter == "m":
        return f"{moment.month:02d}"
    if letter == "M":
        return f"{moment.minute:02d}"
    if letter in ("p", "P"):
        half = "PM" if moment.hour >= 12 else "AM"
        return half if letter == "p" else half.lower()
    if letter == "R":
        return f"{moment.hour:02d}:{moment.minute:02d}"
    return _late_conversion(letter, moment)


def _late_conversion(letter: str, moment: Moment) -> str | None:
    """The second half of the alphabet, for ``_conversion``."""
    if letter == "s":
        if moment.subsec:
            return _formatted("%.3f", (moment.jd - EPOCH) / 1000.0)
        return str(moment.jd // 1000 - EPOCH // 1000)
    if letter == "S":
        return f"{int(moment.second):02d}"
    if letter == "T":
        return f"{moment.hour:02d}:{moment.minute:02d}:{int(moment.second):02d}"
    if letter in ("u", "w"):
        day = moment.after_sunday()
        return str(day or 7) if letter == "u" else str(day)
    if letter == "U":
        return f"{(moment.day_of_year() - moment.after_sunday() + 7) // 7:02d}"
    if letter == "V":
        return f"{moment.iso_thursday().day_of_year() // 7 + 1:02d}"
    if letter == "W":
        return f"{(moment.day_of_year() - moment.after_monday() + 7) // 7:02d}"
    if letter == "Y":
        return _year(moment.year)
    return "%" if letter == "%" else None


def _year(year: int) -> str:
    return f"{year:04d}" if year >= 0 else f"-{-year:03d}"


def _formatted(format: str, number: float) -> str:
    return Formatter(format, [format, number]).run()


@final
class TimeDiff(ScalarFunction):
    """timediff(A, B)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """What must be added to B to get A, as ``±YYYY-MM-DD HH:MM:SS.SSS``."""
        a = read_moment(args[:1], 0, context, self.name)
        b = read_moment(args[1:], 0, context, self.name)
        if a is None or b is None:
            return None
        a.find_all()
        b.find_all()
        step = -1 if a.jd >= b.jd else 1
        years = (b.year - a.year) * step
        if years:
            b.year = a.year
            b.has_jd = False
            b.find_jd()
        months = (b.month - a.month) * step
        if months < 0:
            years -= 1
            months += 12
        if months:
            b.month = a.month
            b.has_jd = False
            b.find_jd()
        while a.jd < b.jd if step < 0 else a.jd > b.jd:
            months -= 1
            if months < 0:
                months = 11
                years -= 1
            b.month += step
            if b.month < 1 or b.month > 12:
                b.month -= 12 * step
                b.year += step
            b.has_jd = False
            b.find_jd()
        span = Moment()
        span.set_jd(abs(a.jd - b.jd) + _ZERO_SPAN)
        span.find_all()
        seconds = _formatted("%06.3f", span.second)
        sign = "+" if step < 0 else "-"
        return (
            f"{sign}{years:04d}-{months:02d}-{span.day - 1:02d} {span.hour:02d}:{span.minute:02d}:{seconds}"
        )


@final
class Current(ScalarFunction):
    """CURRENT_DATE, CURRENT_TIME and CURRENT_TIMESTAMP

    Attributes:
        date, time: which parts are shown.
    """

    def __init__(self, name: str, date: bool, time: bool, doc: str) -> None:
        super().__init__(name, 0, 0, doc, CONSTANT)
        self.date: Final = date
        self.time: Final = time

    def call(self, args: list[Value], context: Context) -> Value:
        """The statement's time, in UTC."""
        moment = Moment()
        moment.set_jd(current_time(context, self.name))
        if self.date and self.time:
            return date_text(moment) + " " + time_text(moment)
        return date_text(moment) if self.date else time_text(moment)


FUNCTIONS: Final[list[Function]] = [
    Date("date", 0, -1, "The date of a time value: YYYY-MM-DD", _FLAGS),
    Time("time", 0, -1, "The time of a time value: HH:MM:SS", _FLAGS),
    DateTime("datetime", 0, -1, "Date and time of a time value", _FLAGS),
    JulianDay("julianday", 0, -1, "The Julian day of a time value", _FLAGS),
    UnixEpoch("unixepoch", 0, -1, "Seconds from 1970 to a time value", _FLAGS),
    Strftime("strftime", 0, -1, "A time value as FORMAT says", _FLAGS),
    TimeDiff("timediff", 2, 2, "What must be added to the time value B to get A", _FLAGS),
    Current("current_date", True, False, "The present date, in UTC"),
    Current("current_time", False, True, "The present time, in UTC"),
    Current("current_timestamp", True, True, "The present date and time, in UTC"),
]
