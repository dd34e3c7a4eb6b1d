"""Dates: time values and modifiers of all forms, and some of none, held against C SQLite."""

from __future__ import annotations

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st

import foundrydb

ORACLE = apsw.Connection(":memory:")
OURS = foundrydb.connect(":memory:")


def number(least: int, most: int, digits: int) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda n: f"{n:0{digits}d}")


zones = st.sampled_from(["", "", "Z", " z ", "+01:00", "-05:30", " +00:00", "+14:00", "+15:00", "-1:00", " "])
fractions = st.sampled_from(["", ".", ".5", ".25", ".9996", ".123456"])
seconds = st.one_of(st.just(""), st.tuples(number(0, 60, 2), fractions).map(lambda p: ":" + "".join(p)))
times = st.tuples(number(0, 25, 2), st.just(":"), number(0, 60, 2), seconds, zones).map("".join)
days = st.tuples(
    st.sampled_from(["", "", "-"]), number(0, 9999, 4), st.just("-"), number(1, 13, 2), st.just("-"), number(1, 32, 2)
).map("".join)  # fmt: skip
midnights = st.sampled_from(
    ["24:00", "2000-01-31 24:00", "2000-02-30T24:00", "24:00:00+01:00", "2000-02-30", "2001-04-31"]
)
moments = st.one_of(
    days,
    times,
    midnights,
    st.tuples(days, st.sampled_from([" ", "T", "  ", " T", "", "x"]), times).map("".join),
    st.integers(-300_000_000_000, 300_000_000_000),
    st.floats(-100, 5_400_000),
    st.sampled_from(
        [None, "", b"2024-01-01", "2460000.5", " 2460000 ", "12", "-1.5e3", "1e400", "2024-01-01\0x"]
    ),
)
amounts = st.one_of(
    st.integers(-1_000_000, 1_000_000).map(str), st.floats(-50, 50).map(lambda x: f"{x:+.2f}")
)
units = st.sampled_from(["day", "days", "months", "year", "hour", "Minutes", "seconds", "weeks"])
modifiers = st.one_of(
    st.tuples(amounts, st.sampled_from([" ", "  ", ""]), units).map("".join),
    st.tuples(st.sampled_from("+-"), times).map("".join),
    st.tuples(st.sampled_from(["+", "-", ""]), days, st.sampled_from(["", " 12:30", "T01:00"])).map("".join),
    st.sampled_from([
        "start of month", "Start Of Year", "start of day", "start of week", "weekday 0", "weekday -2", "weekday 1.5",
        "auto", "unixepoch", "julianday", "floor", "ceiling", "floor", "+1 month", "subsec",
        "", "+", None, 5, "2 days", "+1 day\0x",
    ]),
)  # fmt: skip
formats = st.lists(
    st.one_of(st.sampled_from("dfFgGHIjJklmMpPsSTuUwWVYRe%q").map(lambda c: "%" + c), st.sampled_from(["-", "é", "%"])),
    max_size=5,
).map("".join)  # fmt: skip


def same(sql: str, args: list[object]) -> None:
    theirs = list(ORACLE.execute(sql, args))
    assert repr(OURS.execute(sql, args).fetchall()) == repr(theirs), (sql, args)


@given(
    st.sampled_from(["date", "time", "datetime", "julianday", "unixepoch"]),
    moments,
    st.lists(modifiers, max_size=3),
)
@settings(max_examples=400)
def test_moments(function: str, moment: object, changes: list[object]) -> None:
    same(f"select {function}({', '.join('?' * (1 + len(changes)))})", [moment, *changes])


@given(formats, moments, st.lists(modifiers, max_size=1))
def test_formats(format: str, moment: object, changes: list[object]) -> None:
    same(f"select strftime({', '.join('?' * (2 + len(changes)))})", [format, moment, *changes])


@given(moments, moments)
def test_differences(a: object, b: object) -> None:
    same("select timediff(?, ?)", [a, b])
