"""The date and time functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.dates.date_format import DateFormat, formatted, four, two
from foundrydb.vm.functions.dates.modifiers import modifier
from foundrydb.vm.functions.dates.moment import EPOCH, Moment
from foundrydb.vm.functions.dates.moment_text import parse_date, parse_number, parse_time
from foundrydb.vm.functions.scalar import CONSTANT, DETERMINISTIC, Function, ScalarFunction
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
    if not _start(args[first], moment, context, function):
        return None
    for i in range(first + 1, len(args)):
        arg = args[i]
        if arg is None:
            return None
        change = modifier(to_text(arg, context.encoding))
        if change.impure:
            _not_pure(context, function)
        if not change.apply(moment, i - first):
            return None
    return _found(moment, first + 1 == len(args))


def _start(value: Value, moment: Moment, context: Context, function: str) -> bool:
    """Read a time value; False for NULL, and for what is none."""
    if isinstance(value, str):
        return parse_date(value, moment) or _parse(until_nul(value), moment, context, function)
    if value is None:
        return False
    if isinstance(value, bytes):
        return _parse(until_nul(to_text(value, context.encoding)), moment, context, function)
    moment.set_number(float(value))
    return True


def _found(moment: Moment, alone: bool) -> Moment | None:
    """The point in time, if it is one that SQLite knows; ``alone``: no modifiers stand behind the time value."""
    moment.find_jd()
    if moment.wrong or not moment.in_range:
        return None
    if alone and moment.has_date and moment.day > 28:
        moment.has_date = False
    return moment


def _parse(text: str, moment: Moment, context: Context, function: str) -> bool:
    if parse_date(text, moment):
        return True
    if parse_time(text, 0, moment):
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
    year = moment.year
    if year < 0:
        return f"-{four(-year)}-{two(moment.month)}-{two(moment.day)}"
    return f"{four(year)}-{two(moment.month)}-{two(moment.day)}"


def time_text(moment: Moment) -> str:
    """``HH:MM:SS``, or ``HH:MM:SS.SSS`` if the fraction is to be shown"""
    moment.find_time()
    if not moment.subsec:
        return f"{two(moment.hour)}:{two(moment.minute)}:{two(int(moment.second))}"
    milliseconds = int(1000.0 * moment.second + 0.5)
    seconds = f"{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"
    return f"{two(moment.hour)}:{two(moment.minute)}:{seconds}"


class OfMoment(ScalarFunction):
    """A function of a time value and its modifiers."""

    def call(self, args: list[Value], context: Context) -> Value:
        """What the function shows of the point in time; NULL where there is none."""
        moment = read_moment(args, 0, context, self.name)
        return None if moment is None else self.shown(moment)

    def call_one(self, x: Value, context: Context) -> Value:
        """See ``ScalarFunction.call_one``."""
        moment = Moment()
        if not _start(x, moment, context, self.name):
            return None
        found = _found(moment, True)
        return None if found is None else self.shown(found)

    def shown(self, moment: Moment) -> Value:
        """What the function shows of a point in time."""
        raise NotImplementedError


@final
class Date(OfMoment):
    """date(…)"""

    def shown(self, moment: Moment) -> Value:
        """``YYYY-MM-DD``"""
        return date_text(moment)


@final
class Time(OfMoment):
    """time(…)"""

    def shown(self, moment: Moment) -> Value:
        """``HH:MM:SS``"""
        return time_text(moment)


@final
class DateTime(OfMoment):
    """datetime(…)"""

    def shown(self, moment: Moment) -> Value:
        """``YYYY-MM-DD HH:MM:SS``"""
        moment.find_all()
        return f"{date_text(moment)} {time_text(moment)}"


@final
class JulianDay(OfMoment):
    """julianday(…)"""

    def shown(self, moment: Moment) -> Value:
        """The Julian day as a real."""
        return float(moment.jd) / 86400000.0


@final
class UnixEpoch(OfMoment):
    """unixepoch(…)"""

    def shown(self, moment: Moment) -> Value:
        """Seconds since 1970."""
        if moment.subsec:
            return float(moment.jd - EPOCH) / 1000.0
        return int(moment.jd // 1000 - EPOCH // 1000)


@final
class Strftime(ScalarFunction):
    """strftime(FORMAT, …)"""

    def __init__(self, name: str, doc: str) -> None:
        super().__init__(name, 0, -1, doc, _FLAGS)
        self._last: DateFormat | None = None

    def call(self, args: list[Value], context: Context) -> Value:
        """FORMAT with the conversions replaced; NULL for an unknown one."""
        if not args or args[0] is None:
            return None
        text = to_text(args[0], context.encoding)
        moment = read_moment(args, 1, context, self.name)
        if moment is None:
            return None
        format = self._last
        if format is None or format.source != text:
            format = self._last = DateFormat(text)
        return format.of(moment)


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
        gap = a.jd - b.jd
        span.set_jd((gap if gap >= 0 else -gap) + _ZERO_SPAN)
        span.find_all()
        seconds = formatted("%06.3f", span.second)
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
    Strftime("strftime", "A time value as FORMAT says"),
    TimeDiff("timediff", 2, 2, "What must be added to the time value B to get A", _FLAGS),
    Current("current_date", True, False, "The present date, in UTC"),
    Current("current_time", False, True, "The present time, in UTC"),
    Current("current_timestamp", True, True, "The present date and time, in UTC"),
]
