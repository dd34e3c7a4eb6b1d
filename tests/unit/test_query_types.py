"""The types of queries hold of what running them gives, and type checkers take the code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import foundrydb
from foundrydb.toolkit.query_types.python_code import DATACLASS, PYI, NamedQuery, identifier, python_code
from foundrydb.toolkit.query_types.python_code import unique_identifiers as unique
from foundrydb.tools.views.sample import create_sample


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[foundrydb.Connection]:
    path = tmp_path_factory.mktemp("types") / "foundry.fdb"
    create_sample(str(path))
    connection = foundrydb.connect(str(path))
    connection.executescript(
        "create table free(i integer, r real, t text, n numeric, b blob, x, at datetime, done boolean) ;"
        "insert into free values (1, 2.5, 'a', 3, x'00', 'any', '2026-01-01', 1), (null, null, null, null, null, null,"
        " null, null), (2, 3.0, 'b', 3.5, x'', 7, 2460000, 0);"
    )
    yield connection
    connection.close()


def told(con: foundrydb.Connection, sql: str) -> list[str]:
    return [str(column.type) for column in foundrydb.query_types(sql, con).columns]


QUERIES = [
    "select * from free",
    "select rowid, i + 1, i + r, i * n, -i, ~i, not i, t || i, i = r, i is null, i % 2, i << 1, i / 0 from free",
    "select cast(i as text), cast(t as integer), cast(i as real), cast(t as blob), cast(t as numeric) from free",
    "select coalesce(t, ''), ifnull(i, 0), nullif(i, 1), iif(i, t, r), length(t), upper(t), abs(i), round(r) from free",
    "select count(*), count(i), sum(i), sum(r), total(i), avg(i), min(t), max(x), group_concat(t) from free",
    "select count(*), sum(i), min(t) from free where i > 100",
    "select t, count(*), max(r) from free group by t",
    "select case when i then t else 'x' end, case i when 1 then 2 end, case when i then 1 else 2.5 end from free",
    "select row_number() over w, rank() over w, lag(i) over w, lag(t, 1, 'x') over w, sum(i) over w,"
    " first_value(t) over w from free window w as (order by i)",
    "select b.id, o.id, c.name from bell b left join \"order\" o on o.id = b.order_id and o.id < 3 left join customer c"
    " on c.id = o.customer_id",
    "select c.name, o.id from customer c left join \"order\" o on o.customer_id = c.id and o.id > 1000",
    "select o.id, c.name from customer c right join \"order\" o on false",
    "select (select name from customer where id = -1), (select count(*) from bell), exists (select 1) from alloy",
    "select i from free union all select t from free",
    "select i from free union select r from free intersect select n from free",
    "with recursive r(n, s) as (select 1, 'a' union all select n + 1, s || 'b' from r where n < 5) select * from r",
    "select * from (select i as j, r from free order by i limit 2) where j > 0",
    "values (1, 'a'), (2.5, null)",
    "select customer, bells, total from invoice",
    "select null, 1, 2.5, 'x', x'00', current_date, typeof(i), date(at), random(), json_array(i),"
    " json_extract('{}', '$') from free",
    "select value, key from json_each('[1, null, \"x\"]')",
    "select i in (1, 2), i between 1 and 2, i in (select n from free), t like 'a%', x is not null from free",
    "select max(i, r), min(t, 'b'), substr(t, 1), instr(t, 'a'), hex(b), quote(x), i & 1, i | null from free",
]  # fmt: skip
KINDS = {int: "int", float: "float", str: "str", bytes: "bytes", type(None): "None"}


@pytest.mark.parametrize("sql", QUERIES)
def test_what_running_gives_is_of_the_types(con: foundrydb.Connection, sql: str) -> None:
    names = [set(kind.split(" | ")) for kind in told(con, sql)]
    cursor = con.execute(sql)
    assert [column[0] for column in cursor.description] == [
        column.name for column in foundrydb.query_types(sql, con).columns
    ]
    for row in cursor:
        for value, known in zip(row, names, strict=True):
            assert KINDS[type(value)] in known, (value, known)


@pytest.mark.parametrize(
    ("sql", "types"),
    [
        ("select id, name from customer", ["int", "str"]),
        ("select count(*), sum(id), avg(id) from customer", ["int", "int | None", "float | None"]),
        ("select coalesce(t, 'x'), t from free", ["str", "str | None"]),
        ("select c.id, o.id from customer c left join \"order\" o on o.customer_id = c.id", ["int", "int | None"]),
        ("select id from (select id from customer union all select id from bell)", ["int"]),
        ("select weight * 2, id + 1 from bell", ["float", "int"]),
        ("with recursive r(n) as (select 1 union all select n + 1 from r) select n from r limit 2", ["int | None"]),
        ("insert into customer(name, town) values ('a', 'b') returning id, name", ["int", "str"]),
        ("delete from free returning i", ["int | None"]),
        ("update free set i = 1", []),
        ("create table other(a)", []),
    ],
)  # fmt: skip
def test_types(con: foundrydb.Connection, sql: str, types: list[str]) -> None:
    assert told(con, sql) == types


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("select 1 from bell where note = :note and weight > ?2", [(":note", "str"), ("?2", "float")]),
        ("select 1 from bell where id in (?, ?) limit ? offset ?", [("?1", "int"), ("?2", "int"), ("?3", "int"),
                                                                   ("?4", "int")]),
        ("insert into customer(name, town) values (?, ?)", [("?1", "str"), ("?2", "str")]),
        ("insert into free(i, x) values ($i, $x)", [("$i", "int | None"), ("$x", "int | float | str | bytes | None")]),
        ("update free set t = @t where i = @i or n = @i", [("@t", "str | None"), ("@i", "int")]),
        ("select ?, ? || 'x', ? + 1", [("?1", "int | float | str | bytes | None"), ("?2", "str | None"),
                                       ("?3", "int | float | None")]),
        ("select 1 from free where t is ? or t between ? and 'x'", [("?1", "str | None"), ("?2", "str")]),
    ],
)  # fmt: skip
def test_parameters(con: foundrydb.Connection, sql: str, parameters: list[tuple[str, str]]) -> None:
    found = foundrydb.query_types(sql, con).parameters
    assert [(each.name, str(each.type)) for each in found] == parameters


def test_names_are_identifiers() -> None:
    assert unique(["count(*)", "a", "A b", "a b", "class", "1x", "_y", "", "é", "++"]) == [
        "count_", "a", "a_b", "a_b_2", "class_", "column_1x", "y", "column_8", "é", "column_10",
    ]  # fmt: skip
    assert identifier("index", "x") == "index_" and identifier("int", "x") == "int_"


@pytest.mark.parametrize("form", [PYI, DATACLASS])
def test_type_checkers_take_the_code(con: foundrydb.Connection, form: str, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    more = [
        "select 1 as \"class\", 2 as \"a b\", 3 as \"a b\", 4 as \"\"\"\", 'x' as \"int\", 5 as \"\\\"",
        "select i from free where t = :class and i = @i", "select i from free where t = :t", "update free set i = ?",
    ]  # fmt: skip
    queries = [
        NamedQuery(f"query_{i}", foundrydb.query_types(sql, con)) for i, sql in enumerate([*QUERIES, *more])
    ]
    path = tmp_path / ("queries.pyi" if form == PYI else "queries.py")
    path.write_text(python_code(queries, form), encoding="utf-8")
    if form == DATACLASS:
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        "",
        "--cache-dir",
        str(tmp_path),
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
