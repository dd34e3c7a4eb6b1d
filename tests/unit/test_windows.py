"""Functions over windows beside C SQLite: frames at random, partitions larger than memory, and where they may stand."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from harness.side_by_side import SideBySide

import foundrydb

SCHEMA = (
    "create table t(id integer primary key, g, v, k int, s text, m)",
    "create table kept(id, total)",
    "create view ranked as select id, rank() over (partition by g order by v) as place from t",
    "create trigger counted after insert on kept begin"
    " update kept set total = (select max(n) from (select count(*) over (order by id) as n from kept)); end",
)

KEYS = ("v", "v desc", "k", "s", "s collate nocase desc", "v nulls last", "v desc nulls first", "m", "m desc")
PARTS = ("", "partition by g", "partition by g, k", "partition by s collate nocase", "partition by g + 1")
CALLS = (
    *("sum(v)", "count(*)", "total(v)", "avg(v)", "min(v)", "max(s collate nocase)", "group_concat(s, v)"),
    *(
        "sum(v) filter (where v > 1)",
        "max(v) filter (where s is not null)",
        "json_group_array(json_array(v))",
    ),
    *("json_group_object(s, v)", "median(k)", "row_number()", "rank()", "dense_rank()", "percent_rank()"),
    *("cume_dist()", "ntile(3)", "lag(v)", "lag(v, k, s)", "lead(s, 1, 'x')", "lead(v, v)", "first_value(v)"),
    *("last_value(s)", "nth_value(s, k + 1)"),
)


def pair() -> tuple[apsw.Connection, foundrydb.Connection]:
    """Two empty databases with the same tables."""
    oracle, own = apsw.Connection(":memory:"), foundrydb.connect(":memory:", isolation_level=None)
    for sql in SCHEMA:
        oracle.execute(sql)
        own.execute(sql)
    return oracle, own


def answer(execute: Callable[[str], Any], sql: str) -> object:
    """The rows with the classes of their values, or the message of the error."""
    try:
        return [[(type(value), value) for value in row] for row in execute(sql)]
    except (apsw.Error, foundrydb.Error) as problem:
        return str(problem)


def frame(choose: random.Random) -> str:
    """A frame that may be written over a window with one ORDER BY term."""
    ends = ("unbounded preceding", "{} preceding", "current row", "{} following", "unbounded following")
    mode = choose.choice(("rows", "range", "groups"))
    lower = choose.randint(0, 3)
    upper = choose.randint(max(lower, 1), 4)
    offsets = ("0", "1", "2", "1.5", "'2'") if mode == "range" else ("0", "1", "2", "5")
    texts = [ends[end].format(choose.choice(offsets)) for end in (lower, upper)]
    exclude = choose.choice(("", "", "current row", "group", "ties", "no others"))
    return f"{mode} between {texts[0]} and {texts[1]}" + (f" exclude {exclude}" if exclude else "")


@pytest.mark.parametrize("seed", range(12))
def test_frames_at_random(seed: int) -> None:
    choose = random.Random(seed)
    oracle, own = pair()
    values = (None, 0, 1, 2, 3, 2.5, -1)
    for number in range(choose.choice((1, 5, 20))):
        row: tuple[apsw.SQLiteValue, ...] = (
            number,
            choose.choice((1, 2, None)),
            choose.choice(values),
            choose.randint(0, 3),
        )
        row += (choose.choice(("a", "A", "b", None)), choose.choice((None, 1, 1.5, "x", b"z")))
        oracle.execute("insert into t values (?, ?, ?, ?, ?, ?)", row)
        own.execute("insert into t values (?, ?, ?, ?, ?, ?)", row)
    for _ in range(25):
        windows = []
        for _ in range(choose.randint(1, 2)):
            over = f"{choose.choice(PARTS)} order by {choose.choice(KEYS)}"
            windows.append(over if choose.random() < 0.3 else f"{over} {frame(choose)}")
        calls = [f"{choose.choice(CALLS)} over ({choose.choice(windows)})" for _ in range(3)]
        sql = f"select id, {', '.join(calls)} from t"
        assert answer(own.execute, sql) == answer(oracle.execute, sql), sql


@pytest.mark.parametrize(
    "sql",
    [
        "insert into kept select id, sum(v) over (order by id) from t returning *",
        "create table made as select id, rank() over (order by v) as place from t",
        "select * from ranked where place = 1 order by id",
        "with c as (select id, count(*) over () as n from t) select * from c where id > 1",
        "select rank() over (order by v) from t union all select count(*) over () from t",
        "select distinct count(*) over (partition by g) from t",
        "select id from t where id in (select max(id) over (partition by g) from t) order by id",
        "select (select sum(u.v) over (order by u.id desc) from t u where u.g = t.g limit 1) from t",
        "select sum(count(*)) over (order by g), g from t group by g having count(*) > 0",
        "select id, sum(v) over w from t window w as (order by id rows 1 preceding) order by 2 desc limit 2",
        "select * from (select g, id, sum(v) over (partition by g) as n from t) where g = 1 and n > 0",
        "select a.id from t a left join (select id, rank() over (order by v) r from t) b on a.id = b.r",
        "select id, lag(id, -1) over (order by id), lead(id, -1, 'x') over (order by id), lag(id, 0) over () from t",
        "select id, lag(id, 2 - id, 'x') over (order by id), lead(id, 2 - id) over (order by id) from t",
        "select count(*) over (), row_number() over () from t",
        "with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select sum(n) over () from r",
        "with recursive r(n) as (select 1 union all select max(n) over () + 1 from r where n < 3) select n from r",
        "update kept set total = (select sum(v) over () from t)",
    ],
)
def test_where_they_stand(sql: str) -> None:
    oracle, own = pair()
    for row in ((1, 1, 3), (2, 1, 1), (3, 2, 2), (4, None, None)):
        oracle.execute("insert into t(id, g, v) values (?, ?, ?)", row)
        own.execute("insert into t(id, g, v) values (?, ?, ?)", row)
    assert answer(own.execute, sql) == answer(oracle.execute, sql)
    for table in ("kept", "made"):
        sql = f"select * from {table}"
        assert answer(own.execute, sql) == answer(oracle.execute, sql)


def test_a_partition_larger_than_memory() -> None:
    oracle, own = pair()
    rows = [(number, number % 2, number * 7919 % 1000, "x" * (number % 200)) for number in range(12000)]
    for execute in (oracle.executemany, own.executemany):
        execute("insert into t(id, g, v, s) values (?, ?, ?, ?)", rows)
    sql = (
        "select id, length(s), sum(v) over w, max(v) over (w rows between 1000 preceding and 3 following), "
        "lag(v, 5000) over w, first_value(id) over w, rank() over (order by v), ntile(7) over w "
        "from t window w as (partition by g order by v)"
    )
    assert list(own.execute(sql)) == list(oracle.execute(sql))


def test_rows_are_stepped_and_taken_back_once() -> None:
    calls = {"step": 0, "inverse": 0, "value": 0, "finalize": 0}

    class Sum:
        def __init__(self) -> None:
            self.total = 0

        def step(self, value: int) -> None:
            calls["step"] += 1
            self.total += value

        def inverse(self, value: int) -> None:
            calls["inverse"] += 1
            self.total -= value

        def value(self) -> int:
            calls["value"] += 1
            return self.total

        def finalize(self) -> int:
            calls["finalize"] += 1
            return self.total

    connection = foundrydb.connect(":memory:")
    connection.create_window_function("total_of", 1, Sum)
    sql = "select total_of(value) over (order by value rows 1 preceding) from generate_series(1, 100)"
    assert [row[0] for row in connection.execute(sql)] == [1, *range(3, 200, 2)]
    assert calls == {"step": 100, "inverse": 98, "value": 100, "finalize": 1}
    connection.create_aggregate("sum_of", 1, Sum)
    with pytest.raises(foundrydb.OperationalError, match="may not be used as a window function"):
        connection.execute("select sum_of(1) over ()")


VALUES = """
    values (row_number() over ()); values (1), (row_number() over ()), (3); values (count(*));
    values (sum(5) filter (where 0), max(2)); values (lag(1, 1, 'd') over ()), (first_value(7) over ()), (8), (9);
    values (1), (count(*)), (row_number() over ()); values (count(*)), (2); values (1), (count(*)) union values (1);
    values (count(*)) union all values (2), (sum(1)); values (count(*), 1), (2); values (count(count(*)));
    values (a), (count(*)); select (values (sum(v)), (2)) from t; select (values (sum(v) over ())) from t;
    select * from (values (count(*), 'a'), (row_number() over (), 'b')); select 1 in (values (count(*)));
    select typeof(column1), column1 = '1' from (values ('1'), (rank() over ()));
    insert into kept values (count(*), 2); insert into kept values (row_number() over (), 2);
    insert into kept values (1, 2), (row_number() over (), 3); insert into kept values ((values (count(*))), 1);
    create view one as values (count(*)), (row_number() over ()); select * from one; select * from kept;
    with recursive c(x) as (values (count(*)) union all select x + 1 from c where x < 3) select * from c
"""


def test_in_values() -> None:
    oracle, own = pair()
    for sql in VALUES.split(";"):
        assert answer(own.execute, sql) == answer(oracle.execute, sql), sql


def test_alter_table_looks_up_windows_that_nothing_goes_over() -> None:
    both = SideBySide()
    both.run("create table t(a, b)")
    both.run("create table u(c)")
    both.run(
        "create view v as select sum(a) over w from t window w as (order by a), other as (partition by t.a, b)"
    )
    both.run("alter table t rename column a to c")
    both.run("alter table t rename to q")
    rows = both.run("select sql from sqlite_schema")[1]
    assert "other as (partition by " in str(rows[-1]) and "t.a" not in str(rows[-1])
    both.run("create view wrong as select 1 from q window w as (order by absent)")
    assert both.run("alter table u rename to x")[0] == "error in view wrong: no such column: absent"
    both.close()


def test_what_json_functions_make_over_windows_is_json() -> None:
    oracle, own = pair()
    insert = "insert into t(id, v, s) select value, value % 3, 'x' from generate_series(1, 6)"
    own.execute(insert)
    oracle.execute(insert.replace("generate_series(1, 6)", "json_each('[1, 2, 3, 4, 5, 6]')"))
    calls = (
        "json_group_array(v)",
        "jsonb_group_array(v)",
        "json_group_object(s, v)",
        "max(json('[1]'))",
        "lag(json('[1]'))",
    )
    for call in calls:
        sql = f"select json_array({call} over (order by id), coalesce({call} over (order by id), 1)) from t"
        assert answer(own.execute, sql) == answer(oracle.execute, sql), sql


def test_json_on_its_way_to_a_window_larger_than_memory() -> None:
    own = foundrydb.connect(":memory:")
    own.execute("pragma cache_size = -100")
    own.execute("create table t(n, v)")
    own.executemany("insert into t values (?, ?)", [(n, '["' + "x" * 2000 + '"]') for n in range(600)])
    sql = "select n, json_group_array(json(v)) over (order by -n rows 1 preceding) as pair from t"
    (count, shortest, classes) = next(
        iter(own.execute(f"select count(*), min(length(pair)), max(json_type(pair, '$[0][0]')) from ({sql})"))
    )
    assert (count, shortest, classes) == (600, 2006, "text")


@pytest.mark.parametrize(
    "value",
    [
        "20000 - k",
        "iif(k % 2, 20000 - k, 20000.0 - k - 1)",
        "case k / 3000 % 2 when 0 then -k when k % 100 then k end",
    ],
)
@pytest.mark.parametrize(
    "frame",
    [
        "rows between 3 preceding and unbounded following",
        "rows between 6000 preceding and 100 preceding",
        "rows between 100 following and 6000 following",
        "rows between 5000 preceding and 5000 following",
    ],
)
def test_extremes_of_long_frames(value: str, frame: str) -> None:
    """More rows may become the largest one than are looked at one by one."""
    oracle, own = pair()
    for execute in (oracle.executemany, own.executemany):
        execute("insert into t(id, k) values (?, ?)", [(number, number) for number in range(9000)])
    sql = (
        "select count(*), sum(id * a), sum(id * b), sum(id * c), count(c) from ("
        "select id, max(v) over w as a, min(v) over w as b, max(v) filter (where id % 1000 > 2) over w as c "
        f"from (select id, {value} as v from t) window w as (order by id {frame}))"
    )
    assert answer(own.execute, sql) == answer(oracle.execute, sql)


def test_large_rows_are_kept_in_bounded_memory(tmp_path: Path) -> None:
    connection = foundrydb.connect(tmp_path / "t.db")
    connection.execute("create table t(id integer primary key, s)")
    rows = 1500
    connection.execute(
        "insert into t select value, printf('%d%20000s', value, '') from generate_series(1, ?)", (rows,)
    )
    sql = (
        "select max(length(s)), sum(cast(near as int)), count(near) "
        "from (select s, lag(s, 1000) over (order by id desc) as near from t)"
    )
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    found = connection.execute(sql).fetchall()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(20004, sum(range(1001, rows + 1)), rows - 1000)]
    assert peak - before < 8_000_000


def test_tables_of_windows_that_nothing_goes_over() -> None:
    oracle, own = pair()
    for window in (
        "order by (select 1 from absent)",
        "order by (select 1 from ranked), v in (select v from absent as a)",
        "order by (with absent as (select 1) select 1 from absent)",
        "partition by exists (select * from (select 1 from main.absent))",
        "order by (select wrong from t)",
    ):
        sql = f"select count(*) from t window w as ({window}), x as (w)"
        assert answer(own.execute, sql) == answer(oracle.execute, sql), sql
    recursive = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3 "
        "window w as (order by (select max(i) from n))) select i from n"
    )
    assert (
        answer(own.execute, recursive)
        == answer(oracle.execute, recursive)
        == "multiple recursive references: n"
    )


LARGEST = 9223372036854775807


@pytest.mark.parametrize(
    ("call", "frame", "values", "right"),
    [
        (
            "sum(v)",
            "rows between 1 following and 1 following",
            (0, LARGEST, LARGEST, 7),
            (LARGEST, LARGEST, 7, None),
        ),
        (
            "sum(v)",
            "groups between 2 following and 2 following",
            (1e300, 1e18, 0.5, 1e-3),
            (0.5, 1e-3, None, None),
        ),
        (
            "sum(v)",
            "rows between 1 following and 1 following",
            (0, 1e308, 1e308, 0.7),
            (1e308, 1e308, 0.7, None),
        ),
        (
            "sum(v)",
            "rows between 2 following and 2 following",
            (LARGEST, LARGEST, 1e300, 0.25, 2.5),
            (1e300, 0.25, 2.5, None, None),
        ),
        ("sum(v)", "groups between 1 preceding and 2 preceding", (LARGEST, LARGEST), (None, None)),
        ("group_concat(v)", "rows between 1 following and 1 following", ("x", "", "a"), ("", "a", None)),
    ],
)
def test_what_has_left_a_frame_is_not_added_to_what_comes_in(
    call: str, frame: str, values: tuple[object, ...], right: tuple[object, ...]
) -> None:
    oracle, own = pair()
    literals = ", ".join(f"({number}, {value!r})" for number, value in enumerate(values))
    sql = f"select {call} over (order by k {frame}) from (select column1 as k, column2 as v from (values {literals}))"
    assert [row[0] for row in own.execute(sql)] == list(right)
    assert answer(own.execute, sql) == answer(oracle.execute, sql)


def test_peers_of_a_frame_that_ends_before_it_begins_are_not_added() -> None:
    oracle, own = pair()
    for side in ("preceding", "following"):
        near, far = ("1", "2") if side == "preceding" else ("2", "1")
        sql = (
            f"select sum(column2) over (order by column1 groups between {near} {side} and {far} {side}) "
            f"from (values (1, {LARGEST}), (1, {LARGEST}), (2, 1), (3, {LARGEST}), (3, {LARGEST}))"
        )
        assert answer(own.execute, sql) == answer(oracle.execute, sql) == [[(type(None), None)]] * 5


def test_separators_of_several_lengths_behind_empty_texts() -> None:
    oracle, own = pair()
    sql = (
        "select group_concat(column2, column3) over (order by column1 rows between current row and 1 following) "
        "from (values (0, 'a', ','), (1, '', ''), (2, 'a', ''), (3, '', '--'))"
    )
    assert [row[0] for row in own.execute(sql)] == ["a", "a", "a--", ""]
    choose = random.Random(1)
    for _ in range(300):
        rows = ", ".join(
            f"({n}, {choose.choice(('null', repr(''), repr('a')))}, {choose.choice(('null', repr(''), repr('--')))})"
            for n in range(choose.randint(2, 6))
        )
        lower, upper = sorted((choose.randint(-2, 2), choose.randint(-2, 2)))
        frame = f"rows between {_end(lower)} and {_end(upper)}"
        sql = f"select group_concat(column2, column3) over (order by column1 {frame}) from (values {rows})"
        assert answer(own.execute, sql) == answer(oracle.execute, sql), sql


def _end(distance: int) -> str:
    return f"{abs(distance)} {'preceding' if distance < 0 else 'following'}" if distance else "current row"


@pytest.mark.parametrize("mode", ["rows", "groups", "range"])
def test_rows_come_and_go_in_the_order_of_sqlite(mode: str) -> None:
    """A user's class is told the same by both, but for results that are asked for again where nothing has changed."""
    choose = random.Random(mode)
    for _ in range(60):
        keys = sorted(choose.randint(0, 5) for _ in range(choose.randint(1, 7)))
        low, high = choose.randint(-3, 3), choose.randint(-3, 3)
        if (low > 0 >= high) or (low == 0 > high):
            low, high = high, low
        sql = f"select note(id) over (order by k {mode} between {_end(low)} and {_end(high)}) from t"
        told = []
        for connection in pair():
            notes: list[str] = []
            _take_notes(connection, notes)
            connection.executemany("insert into t(id, k) values (?, ?)", list(enumerate(keys)))
            list(connection.execute(sql))
            told.append(_changes(notes))
        assert told[0] == told[1], (keys, sql)


def _take_notes(connection: Any, notes: list[str]) -> None:
    class Note:
        def step(self, value: int) -> None:
            notes.append(f"+{value}")

        def inverse(self, value: int) -> None:
            notes.append(f"-{value}")

        def value(self) -> None:
            notes.append("=")

        def finalize(self) -> None:
            pass

        final = finalize

    theirs = isinstance(connection, apsw.Connection)
    arguments: tuple[Any, ...] = ("note", Note, 1) if theirs else ("note", 1, Note)
    connection.create_window_function(*arguments)


def _changes(notes: list[str]) -> list[str]:
    """The calls without results of nothing, and without results that follow one."""
    return [note for before, note in zip(["=", *notes], notes) if note != "=" or before != "="]


@pytest.mark.parametrize("seed", range(4))
def test_real_distances_of_large_integers(seed: int) -> None:
    choose = random.Random(seed)
    oracle, own = pair()
    for _ in range(60):
        base = choose.choice((2**53, -(2**53), 2**60, LARGEST - 2048, 2048 - LARGEST))
        keys = [
            base + choose.choice((0, 1, 2, 3, -1, 255, 512, 1024, -513)) for _ in range(choose.randint(1, 5))
        ]
        rows = ", ".join(f"({key})" for key in keys)
        lower = choose.choice(
            ("unbounded preceding", "current row", "{} preceding", "{} preceding", "{} following")
        )
        ends = ("current row", "{} following", "{} following", "unbounded following")
        upper = choose.choice(ends[1:] if lower == "{} following" else ends)
        offsets = ("0.5", "1.5", "0.0", "511.5", "1e300", "1")
        frame = f"{lower.format(choose.choice(offsets))} and {upper.format(choose.choice(offsets))}"
        order = f"column1 {choose.choice(('', 'desc', 'nulls last'))}"
        sql = f"select column1, count(*) over (order by {order} range between {frame}) from (values {rows}) order by 1"
        assert answer(own.execute, sql) == answer(oracle.execute, sql), sql


@pytest.mark.parametrize(
    ("frame", "keys", "right"),
    [
        ("desc range between 1.5 preceding and unbounded following", "(9223372036854775806)", [1]),
        ("desc range between 1.5 preceding and current row", "(9223372036854775806)", [1]),
        ("range between current row and 0.5 following", "(-9223372036854775807)", [1]),
        ("range between 0.5 preceding and 0.5 following", "(9007199254740993), (9007199254740995)", [1, 1]),
    ],
)
def test_a_real_distance_keeps_the_current_row(frame: str, keys: str, right: list[int]) -> None:
    oracle, own = pair()
    sql = f"select count(*) over (order by column1 {frame}) from (values {keys})"
    assert [row[0] for row in own.execute(sql)] == right
    assert answer(own.execute, sql) == answer(oracle.execute, sql)


def test_no_row_behind_the_current_one_precedes_it() -> None:
    """Not even one that rounds to where the frame ends, as the second one does here."""
    oracle, own = pair()
    sql = (
        "select count(*) over (order by column1 desc range between 1.5 preceding and 0.5 preceding) "
        "from (values (9223372036854774783), (9223372036854774527), (9223372036854774271))"
    )
    assert answer(own.execute, sql) == answer(oracle.execute, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select json_array(json_group_array(v)), first_value(1) over () from t",
        "select json_array(json_group_array(v)), rank() over (order by g) from t group by g",
        "select distinct json_array(json_group_array(v)), row_number() over () from t group by g",
        "select json_array(json_group_array(v)) from t group by g order by row_number() over (order by g desc)",
        "select json_array(json_group_array(v)), rank() over (order by g) from t group by g "
        "having json_array(json_group_array(v)) = '[[1]]'",
        "select json_array(min(json('[1]'))), row_number() over () from t",
        "select json_array(max(value)), row_number() over () from json_each('[[1],[2]]') group by key",
        "select json_array(coalesce(json_group_array(v), 1), rank() over ()) from t",
        "select json_array(json_group_array(v), json_group_array(g) over ()) from t",
        "select json_array(json_group_array(g) over ()), json_array(json_array(g)), count(*) from t group by g",
        "select first_value(json_array(json_group_array(v))) over (), json_array(json_group_array(v)) from t "
        "group by g",
        "select json_group_array(json_group_array(v)) over (), json_group_array(json_array(max(v))) over () from t",
        "select rank() over (order by g), json_array(json_group_array(v) over (order by v)) from t",
        "select json_array(json_group_array(v) over (order by v)), rank() over (order by g) from t",
        "select json_array(json_group_array(v) over (order by v)), json_array(json_group_array(v) over "
        "(order by g)) from t",
        "select json_array(x) from (select json_group_array(v) as x, rank() over () from t group by g)",
    ],
)
def test_rows_of_a_window_are_kept_without_subtypes(sql: str) -> None:
    """So an aggregate is no JSON above a window, nor is what a function over a window below another made."""
    oracle, own = pair()
    for connection in (oracle, own):
        connection.execute("insert into t(g, v) values (1, 1), (2, 3), (2, 4)")
    assert answer(own.execute, sql) == answer(oracle.execute, sql)
