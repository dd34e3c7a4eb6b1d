"""Value semantics and functions, held against C SQLite's on the same arguments."""

from __future__ import annotations

import math
import struct

import apsw
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundrydb.errors import Error
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, UTF8, Value, decode_text
from foundrydb.vm.arithmetic import operators as arithmetic
from foundrydb.vm.arithmetic.affinity import apply_affinity, compare_values
from foundrydb.vm.arithmetic.cast import cast_value, truth
from foundrydb.vm.context import Context
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.functions.builtin import builtin_registry
from foundrydb.vm.functions.scalar import ScalarFunction
from foundrydb.vm.host import Host
from foundrydb.vm.transactions.attached import AttachedDatabases

ORACLE = apsw.Connection(":memory:")
REGISTRY = builtin_registry()

numeric_text = st.from_regex(
    r"[ \t]?[-+]?[0-9]{0,20}\.?[0-9]{0,5}([eE][-+]?[0-9]{1,3})?[ x]?", fullmatch=True
)
cut_text = st.tuples(
    st.one_of(numeric_text, st.text("ab%_*?", max_size=3)), st.text("\0a1 ", max_size=2)
).map(lambda parts: "\0".join(parts))
texts = st.one_of(
    numeric_text,
    cut_text,
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    st.sampled_from(["", "0x10", "inf", "nan", "1e5", "-0", "9223372036854775808", "é", "a'b", "  12  "]),
)
integers = st.one_of(
    st.integers(-10, 70), st.integers(-(2**63), 2**63 - 1), st.sampled_from([-(2**63), 2**63 - 1, 2**53 + 1])
)
reals = st.one_of(
    st.floats(-1e6, 1e6),
    st.floats(-1e20, 1e20),
    st.floats(allow_nan=False),
    st.sampled_from([0.0, 1e15, 1e16, 1e17, 0.1, 2.675, 1e100, math.inf, -math.inf, 9223372036854775808.0]),
)
blobs = st.one_of(st.binary(max_size=4), st.sampled_from([b"12", b"1.5x", b"abc"]))
values: st.SearchStrategy[Value] = st.one_of(st.none(), integers, reals, texts, blobs)


def theirs(sql: str, *args: Value) -> object:
    """SQLite's answer; an error is a pair."""
    try:
        [(answer,)] = ORACLE.execute("SELECT " + sql, args)
    except apsw.Error as error:
        return ("error", str(error))
    return answer


def same(ours: object, expected: object) -> bool:
    if isinstance(ours, float) and isinstance(expected, float):
        return ours == expected and math.copysign(1.0, ours) == math.copysign(1.0, expected)
    return type(ours) is type(expected) and ours == expected


def check(ours: object, expected: object) -> None:
    assert same(ours, expected), (ours, expected)


@given(
    values, st.sampled_from([("A", "BLOB"), ("B", "TEXT"), ("C", "NUMERIC"), ("D", "INTEGER"), ("E", "REAL")])
)
def test_casts(value: Value, target: tuple[str, str]) -> None:
    try:
        expected = theirs(f"CAST(? AS {target[1]})", value)
    except UnicodeDecodeError:
        return
    check(cast_value(value, target[0], UTF8), expected)


@given(
    values, st.sampled_from([("A", "BLOB"), ("B", "TEXT"), ("C", "NUMERIC"), ("D", "INTEGER"), ("E", "REAL")])
)
def test_affinities(value: Value, target: tuple[str, str]) -> None:
    ORACLE.execute(f"CREATE TEMP TABLE IF NOT EXISTS t{target[0]}(x {target[1]})")
    ORACLE.execute(f"DELETE FROM t{target[0]}")
    ORACLE.execute(f"INSERT INTO t{target[0]} VALUES (?)", (value,))
    ours = apply_affinity(value, target[0])
    stored = ours + 0.0 if isinstance(ours, float) else ours  # a zero loses its sign in a table
    check(stored, theirs(f"x FROM t{target[0]}"))


OPERATORS = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "%": arithmetic.remainder,
    "||": arithmetic.concat,
    "&": arithmetic.bit_and,
    "|": arithmetic.bit_or,
    "<<": arithmetic.shift_left,
    ">>": arithmetic.shift_right,
}


@pytest.mark.parametrize("operator", list(OPERATORS))
@given(values, values)
@example(-(2**63), -1)
@example("9223372036854775807", 1)
@example(5.5, -2)
def test_operators(operator: str, left: Value, right: Value) -> None:
    try:
        expected = theirs(f"? {operator} ?", left, right)
    except UnicodeDecodeError:
        return
    check(OPERATORS[operator](left, right, UTF8), expected)


@given(values)
def test_truth_and_bits(value: Value) -> None:
    check(arithmetic.bit_not(value, UTF8), theirs("~?", value))
    check({1: 1, 0: 0, 2: None}[truth(value, UTF8)], theirs("? AND 1", value))


@given(
    values,
    values,
    st.sampled_from(
        [("", "BLOB", "BLOB"), ("B", "TEXT", "BLOB"), ("C", "NUMERIC", "BLOB"), ("E", "REAL", "TEXT")]
    ),
    st.sampled_from([("BINARY", BINARY), ("NOCASE", NOCASE), ("RTRIM", RTRIM)]),
)
def test_comparisons(
    left: Value, right: Value, types: tuple[str, str, str], collation: tuple[str, object]
) -> None:
    if left is None or right is None:
        return
    affinity, first, second = types
    ORACLE.execute(f"CREATE TEMP TABLE IF NOT EXISTS c{first}{second}(x {first}, y {second})")
    ORACLE.execute(f"DELETE FROM c{first}{second}")
    ORACLE.execute(f"INSERT INTO c{first}{second} VALUES (?, ?)", (left, right))
    [(x, y)] = ORACLE.execute(f"SELECT x, y FROM c{first}{second}")
    order = compare_values(x, y, affinity, collation[1])  # type: ignore[arg-type]
    [(less, equal)] = ORACLE.execute(
        f"SELECT x < +y COLLATE {collation[0]}, x = +y COLLATE {collation[0]} FROM c{first}{second}"
    )
    assert (order < 0, order == 0) == (bool(less), bool(equal))


def call(name: str, args: list[Value]) -> object:
    function = REGISTRY.find(name, len(args))
    assert isinstance(function, ScalarFunction)
    context = Context(Host(AttachedDatabases([])))
    try:
        return function.call(list(args), context)
    except Error as error:
        return ("error", str(error))


VOLATILE = {"random", "randomblob", "changes", "total_changes", "last_insert_rowid", "current_date"}
OF_THE_BUILD = {"sqlite_compileoption_get", "sqlite_compileoption_used"}
NOT_HERE = (
    VOLATILE
    | OF_THE_BUILD
    | {"current_time", "current_timestamp", "likelihood", "zeroblob", "subtype", "iif", "if", "->", "->>"}
)
SCALARS = sorted({f.name for f in REGISTRY.all() if isinstance(f, ScalarFunction)} - NOT_HERE)
INEXACT = {
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "exp", "ln", "log", "log10",
    "log2", "pow", "power", "sin", "sinh", "tan", "tanh", "degrees", "radians", "sqrt", "mod",
}  # fmt: skip


@pytest.mark.parametrize("name", SCALARS)
@given(st.data())
def test_scalar_functions(name: str, data: st.DataObject) -> None:
    counts = [n for n in range(4) if isinstance(REGISTRY.find(name, n), ScalarFunction)]
    count = data.draw(st.sampled_from(counts))
    args = data.draw(st.lists(values, min_size=count, max_size=count))
    if any(isinstance(arg, int) and abs(arg) > 10**6 for arg in args) and name in ("printf", "format"):
        return
    if not args and name in ("date", "time", "datetime", "julianday", "unixepoch"):
        return
    try:
        expected = theirs(f"{name}({', '.join('?' * len(args))})", *args)
    except UnicodeDecodeError:
        return
    ours = call(name, args)
    if name in INEXACT and isinstance(ours, float) and isinstance(expected, float):
        assert math.isclose(ours, expected, rel_tol=1e-12), (args, ours, expected)
    else:
        assert same(ours, expected) or ours == expected == "", (args, ours, expected)


loose = st.lists(st.sampled_from([0x41, 0x96, 0x80, 0xBF, 0xC3, 0xE2, 0xFF]), max_size=6)


@given(loose)
def test_length_of_text_that_is_not_utf8(data: list[int]) -> None:
    text = decode_text(bytes(data), UTF8)
    assert call("length", [text]) == theirs("length(CAST(? AS TEXT))", bytes(data))


@given(loose, st.one_of(st.just([0x96]), st.just([0x41]), loose))
def test_instr_of_text_that_is_not_utf8(text: list[int], part: list[int]) -> None:
    ours = call("instr", [decode_text(bytes(text), UTF8), decode_text(bytes(part), UTF8)])
    assert ours == theirs("instr(CAST(? AS TEXT), CAST(? AS TEXT))", bytes(text), bytes(part))


@pytest.mark.parametrize("digits", [b"\0", b"4\0", b"44\0", b"44\0zz", b"\x0044", "44\0zz", "4\0004", "\0"])
def test_unhex_reads_to_the_first_nul(digits: Value) -> None:
    check(call("unhex", [digits]), theirs("unhex(?)", digits))


def test_a_logarithm_that_is_no_number() -> None:
    check(call("log", [math.inf, math.inf]), theirs("log(?, ?)", math.inf, math.inf))


like_text = st.text(alphabet="aAbÉé%_\\[]^-*?", max_size=8)


@given(like_text, like_text, st.sampled_from(["", "\\", "%", "_", "a"]))
def test_like(pattern: str, text: str, escape: str) -> None:
    args: list[Value] = [pattern, text, escape] if escape else [pattern, text]
    check(call("like", args), theirs(f"like({', '.join('?' * len(args))})", *args))


set_text = st.text("abc^-[]*", max_size=8)


@given(like_text | set_text, like_text | st.text("abc^-[]", max_size=3))
@example("[]a]", "]")
@example("[c-a]", "c")
@example("[]-a]", "^")
@example("[^-a]*", "b-")
@example("a[", "a[")
def test_glob(pattern: str, text: str) -> None:
    check(call("glob", [pattern, text]), theirs("glob(?, ?)", pattern, text))


directives = st.from_regex(
    r"(a|é|)%[-+ #!0,]{0,2}[0-9]{0,2}(\.[0-9]{0,2})?[diufeEgGxXocsqQwr%z]", fullmatch=True
)


@given(st.lists(directives, max_size=2), st.lists(values, max_size=3))
def test_printf(formats: list[str], args: list[Value]) -> None:
    every = ["".join(formats), *args]
    if any(isinstance(arg, float) and abs(arg) > 1e25 and abs(arg) < math.inf for arg in args):
        return
    try:
        expected = theirs(f"printf({', '.join('?' * len(every))})", *every)
    except UnicodeDecodeError:
        return
    check(call("printf", every), expected)


@given(st.binary(min_size=8, max_size=8).map(lambda b: struct.unpack(">d", b)[0]))
@example(0.30000000000000004)
@example(999999999999999.9)
@example(1 / 3)
@example(49.47)
@example(5e-324)
def test_reals_as_text(real: float) -> None:
    """SQLite's own digits are exact but for the last one of extreme exponents; the value is the same."""
    if math.isnan(real):
        return
    ours = cast_value(real, "B", UTF8)
    expected = theirs("CAST(? AS TEXT)", real)
    assert isinstance(ours, str)
    assert isinstance(expected, str)
    if 1e-10 < abs(real) < 1e25:
        assert ours == expected
    elif math.isfinite(real):
        assert float(ours) == real
        assert len(ours) == len(expected)


dates = st.one_of(
    st.from_regex(
        r"-?[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,4})?)?)?",
        fullmatch=True,
    ),
    st.from_regex(
        r"[0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,4})?)?(Z|[-+]0[0-9]:[0-5][0-9])?", fullmatch=True
    ),
    st.floats(0, 5373484),
    st.integers(-(10**10), 10**11),
)
modifiers = st.one_of(
    st.from_regex(r"[-+]?[0-9]{1,3}(\.[0-9]{1,2})? (second|minute|hour|day|month|year)s?", fullmatch=True),
    st.from_regex(r"[-+][0-9]{4}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-5][0-9])?", fullmatch=True),
    st.from_regex(r"[-+]?[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?", fullmatch=True),
    st.sampled_from(
        ["start of month", "start of year", "start of day", "weekday 0", "weekday 3", "weekday -2", "auto",
         "unixepoch", "julianday", "subsec", "ceiling", "floor", "utc", "localtime", "nonsense"]
    ),
)  # fmt: skip


@given(
    st.sampled_from(["date", "time", "datetime", "julianday", "unixepoch"]),
    dates,
    st.lists(modifiers, max_size=3),
)
def test_date_functions(name: str, date: Value, changes: list[str]) -> None:
    args = [date, *changes]
    check(call(name, args), theirs(f"{name}({', '.join('?' * len(args))})", *args))


@given(st.lists(st.sampled_from("defFgGHIjJklmMpPRsSTuUVwWY%"), max_size=4), dates)
def test_strftime(letters: list[str], date: Value) -> None:
    args = ["|".join("%" + letter for letter in letters), date]
    check(call("strftime", args), theirs("strftime(?, ?)", *args))


@given(st.text(alphabet="%%%YmdFRTg- é", max_size=10))
def test_strftime_of_any_format(format: str) -> None:
    args: list[Value] = [format, "2024-02-29 12:34:56.789"]
    check(call("strftime", args), theirs("strftime(?, ?)", *args))


@given(st.text(alphabet="049aF -g\né", max_size=8), st.sampled_from([None, "", " ", "-\n", "gé"]))
def test_unhex(digits: str, skipped: str | None) -> None:
    check(call("unhex", [digits]), theirs("unhex(?)", digits))
    check(call("unhex", [digits, skipped]), theirs("unhex(?, ?)", digits, skipped))


@given(dates, dates)
def test_timediff(a: Value, b: Value) -> None:
    check(call("timediff", [a, b]), theirs("timediff(?, ?)", a, b))


@pytest.mark.parametrize("name", ["count", "sum", "total", "avg", "min", "max", "group_concat", "median"])
@given(st.lists(values, max_size=8))
def test_aggregates(name: str, column: list[Value]) -> None:
    if name == "group_concat" and any(isinstance(value, bytes) for value in column):
        return
    ORACLE.execute("CREATE TEMP TABLE IF NOT EXISTS agg(x)")
    ORACLE.execute("DELETE FROM agg")
    ORACLE.executemany("INSERT INTO agg VALUES (?)", [(value,) for value in column])
    expected = theirs(f"{name}(x) FROM agg")
    function = REGISTRY.find(name, 1)
    assert isinstance(function, AggregateFunction)
    try:
        state = function.start(Context(Host(AttachedDatabases([]))), None)
        for value in column:
            state.step_one(value)
        ours: object = state.finish()
    except Error as error:
        ours = ("error", str(error))
    check(ours, expected)


def test_a_text_keeps_the_sign_of_zero() -> None:
    for text in ("-0.", "-0.0", "-0e5", "-0"):
        assert same(call("atan2", [0, text]), theirs("atan2(?, ?)", 0, text)), text
