"""Virtual tables that a user wrote in Python: what the planner asks them, what they choose, and how they may fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.switches import leave_out

import foundrydb
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.vm.context import Context
from foundrydb.vm.functions.user_module import UserModule
from foundrydb.vm.modules.module import Module, VirtualColumn, VirtualCursor, VirtualTable
from foundrydb.vm.modules.strategy import LIMIT, OFFSET, ROWID, Request, Strategy

PLANETS: list[tuple[Value, ...]] = [
    ("Mercury", 0, 0.39),
    ("Venus", 0, 0.72),
    ("Earth", 1, 1.0),
    ("Mars", 2, 1.52),
    ("Jupiter", 95, 5.2),
]


class Walk(VirtualCursor):
    """A walk over rows with their numbers."""

    def __init__(self, rows: list[tuple[int, tuple[Value, ...]]]) -> None:
        self.rows = rows
        self.place = -1
        self.closed = False

    def next(self) -> bool:
        self.place += 1
        return self.place < len(self.rows)

    def column(self, i: int) -> Value:
        return self.rows[self.place][1][i]

    def rowid(self) -> int:
        return self.rows[self.place][0]

    def close(self) -> None:
        self.closed = True


class Planets(VirtualTable):
    """The planets; it finds one by its name, sorts by distance, and counts the first ones itself.

    asked: every request.  walks: every walk.
    certain: it says that a name needs no test.
    """

    def __init__(self) -> None:
        super().__init__(
            "planets",
            [
                VirtualColumn("name", declared_type="TEXT"),
                VirtualColumn("moons", declared_type="INTEGER"),
                VirtualColumn("distance"),
                VirtualColumn("least", hidden=True),
            ],
        )
        self.asked: list[Request] = []
        self.walks: list[Walk] = []
        self.certain = True

    def choose(self, request: Request) -> Strategy | None:
        self.asked.append(request)
        values: list[int] = []
        words: list[str] = []
        for i, condition in enumerate(request.conditions):
            if condition.column == 0 and condition.op == "=" and "name" not in words:
                values.append(i)
                words.append("name")
            elif condition.column == 3 and condition.op == "=" and "least" not in words:
                values.append(i)
                words.append("least")
            elif condition.op in (LIMIT, OFFSET) and len(words) < len(request.conditions):
                values.append(i)
                words.append(condition.op)
        order = request.order
        ordered = len(order) == 1 and order[0].column == 2
        if ordered:
            words.append("down" if order[0].descending else "up")
        certain = values if self.certain else [i for i in values if request.conditions[i].column < 0]
        rows = 1.0 if "name" in words else 9.0
        return Strategy(len(words), " ".join(words), values, certain, rows, rows * 2, ordered)

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        words = text.split()
        given = dict(zip(words, values))
        least = given.get("least")
        rows = [(i, (*row, least)) for i, row in enumerate(PLANETS, 1)]
        if "name" in given:
            rows = [row for row in rows if row[1][0] == given["name"]]
        if isinstance(least, int):
            rows = [row for row in rows if isinstance(row[1][1], int) and row[1][1] >= least]
        if "up" in words or "down" in words:
            rows.sort(key=lambda row: float(str(row[1][2])), reverse="down" in words)
        if OFFSET in given:
            rows = rows[int(str(given[OFFSET])) :]
        if LIMIT in given:
            rows = rows[: int(str(given[LIMIT]))]
        walk = Walk(rows)
        self.walks.append(walk)
        return walk


class Given(Module):
    """A module of a table that is there."""

    def __init__(self, table: VirtualTable) -> None:
        super().__init__(table.name, "A table of a test's.")
        self.table = table

    def connect(self, arguments: list[str]) -> VirtualTable:
        assert arguments == []
        return self.table


@pytest.fixture
def connection() -> Iterator[foundrydb.Connection]:
    made = foundrydb.connect(":memory:")
    made.executescript(
        "create table seen(who, planet text); insert into seen values ('a', 'Mars'), ('b', 'Venus'), ('c', 'Pluto')"
    )
    yield made
    made.close()


def declare(connection: foundrydb.Connection, table: VirtualTable) -> None:
    connection.engine.functions.modules.add(UserModule(Given(table)))
    connection.engine.attached.expire()


@pytest.fixture
def planets(connection: foundrydb.Connection) -> Planets:
    table = Planets()
    declare(connection, table)
    return table


def plan(connection: foundrydb.Connection, sql: str) -> list[str]:
    return [row[3] for row in connection.execute("explain query plan " + sql)]


def test_its_rows_are_read_like_those_of_any_table(
    connection: foundrydb.Connection, planets: Planets
) -> None:
    assert connection.execute("select * from planets").fetchall() == PLANETS
    assert connection.execute("select count(*), sum(moons), max(rowid) from planets").fetchall() == [
        (5, 98, 5)
    ]
    assert connection.execute("select name from planets(1) where moons < 9").fetchall() == [
        ("Earth",),
        ("Mars",),
    ]
    assert connection.execute("pragma table_xinfo(planets)").fetchall() == [
        (0, "name", "TEXT", 0, None, 0, 0),
        (1, "moons", "INTEGER", 0, None, 0, 0),
        (2, "distance", "", 0, None, 0, 0),
        (3, "least", "", 0, None, 0, 1),
    ]
    assert ("planets",) in connection.execute("pragma module_list").fetchall()
    assert all(walk.closed for walk in planets.walks)


def test_a_condition_is_offered_and_what_is_not_certain_is_tested(
    connection: foundrydb.Connection, planets: Planets
) -> None:
    sql = "select name from planets where name = 'Mars' and moons > 1"
    assert connection.execute(sql).fetchall() == [("Mars",)]
    offered = [(c.column, c.op, c.constant) for c in planets.asked[-1].conditions]
    assert offered == [(0, "=", "Mars"), (1, ">", 1)]
    assert plan(connection, sql) == ["SCAN planets VIRTUAL TABLE INDEX 1:name"]
    assert len(planets.walks[-1].rows) == 1
    assert connection.execute("select name from planets where name = 'Mars' and moons > 2").fetchall() == []
    planets.asked.clear()
    connection.execute(
        "select 1 from planets where rowid between 2 and ?1 and name is 'x' and moons in (1, 2)", (3,)
    )
    assert [(c.column, c.op, c.several) for c in planets.asked[0].conditions] == [
        (0, "IS", False),
        (1, "=", True),
        (ROWID, ">=", False),
        (ROWID, "<=", False),
    ]


def test_an_argument_that_is_not_certain_is_tested_too(
    connection: foundrydb.Connection, planets: Planets
) -> None:
    planets.certain = False
    assert connection.execute("select count(*), max(least) from planets(2)").fetchall() == [(2, 2)]
    compiled = foundrydb.compile("select name from planets(2)", connection)
    assert "Filter planets.least = 2" in dump_text(compiled.plans[-1][1])


def test_a_join_looks_rows_up_where_that_is_cheaper(
    connection: foundrydb.Connection, planets: Planets
) -> None:
    sql = "select who, name, distance from seen join planets on name = planet order by who"
    assert connection.execute(sql).fetchall() == [("a", "Mars", 1.52), ("b", "Venus", 0.72)]
    assert "SCAN planets VIRTUAL TABLE INDEX 1:name" in plan(connection, sql)
    sql = "select who, name from seen left join planets on name = planet order by who"
    assert connection.execute(sql).fetchall() == [("a", "Mars"), ("b", "Venus"), ("c", None)]
    assert "SCAN planets VIRTUAL TABLE INDEX 1:name LEFT-JOIN" in plan(connection, sql)
    sql = "select name from planets where name in (select planet from seen)"
    assert connection.execute(sql).fetchall() == [("Mars",), ("Venus",)]
    assert [len(walk.rows) for walk in planets.walks[-3:]] == [1, 0, 1]


def test_an_order_of_its_own_is_kept_and_never_turned(
    connection: foundrydb.Connection, planets: Planets
) -> None:
    for direction, first in (("", "Mercury"), (" desc", "Jupiter")):
        sql = f"select name from planets order by distance{direction}"
        assert len(plan(connection, sql)) == 1
        assert connection.execute(sql).fetchall()[0] == (first,)
    sql = "select name from planets order by moons desc, name"
    assert plan(connection, sql)[-1] == "USE TEMP B-TREE FOR ORDER BY"
    assert connection.execute(sql).fetchall()[0] == ("Jupiter",)
    sql = "select max(distance), min(distance) from planets"
    assert connection.execute(sql).fetchall() == [(5.2, 0.39)]
    assert connection.execute("select max(distance), name from planets").fetchall() == [(5.2, "Jupiter")]


def test_it_counts_the_first_rows_itself_only_where_nothing_else_decides(
    connection: foundrydb.Connection, planets: Planets
) -> None:
    def counted(sql: str) -> tuple[list[tuple[Value, ...]], int]:
        rows = connection.execute(sql).fetchall()
        return rows, len(planets.walks[-1].rows)

    assert counted("select name from planets limit 2 offset 1") == ([("Venus",), ("Earth",)], 2)
    assert counted("select name from planets order by distance desc limit 1 offset 1") == ([("Mars",)], 1)
    assert counted("select name from planets where moons > 0 limit 1 offset 1") == ([("Mars",)], 5)
    assert counted("select name from planets order by moons desc limit 1 offset 1") == ([("Mars",)], 5)
    assert counted("select distinct moons from planets limit 2 offset 1") == ([(1,), (2,)], 5)
    assert counted("select count(*) from planets limit 2") == ([(5,)], 5)
    assert counted("select 1 from planets, seen limit 1 offset 13") == ([(1,)], 5)
    planets.certain = False
    assert counted("select name from planets(1) limit 1 offset 1") == ([("Mars",)], 3)


class Miscounting(Planets):
    """Counts the first rows, and does not know of OFFSET."""

    def choose(self, request: Request) -> Strategy | None:
        limits = [i for i, condition in enumerate(request.conditions) if condition.op == LIMIT]
        return Strategy(1, "LIMIT" if limits else "", limits, limits)


def test_one_that_counts_without_offset_is_not_given_limit(connection: foundrydb.Connection) -> None:
    table = Miscounting()
    declare(connection, table)
    assert connection.execute("select name from planets limit 2").fetchall() == [("Mercury",), ("Venus",)]
    assert len(table.walks[-1].rows) == 2
    assert connection.execute("select name from planets limit 1 offset 2").fetchall() == [("Earth",)]
    assert len(table.walks[-1].rows) == 5


class Refusing(Planets):
    """Refuses, unless it is given a name."""

    def choose(self, request: Request) -> Strategy | None:
        found = super().choose(request)
        return found if found is not None and "name" in found.text else None


class Telling(Planets):
    """Says why it refuses."""

    def choose(self, request: Request) -> Strategy | None:
        raise error("planets are hidden by clouds")


class Lying(Planets):
    """Chooses a condition that there is not."""

    def choose(self, request: Request) -> Strategy | None:
        return Strategy(1, "", [len(request.conditions)])


class Failing(Planets):
    """Raises an exception at some place."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.failing = place

    def choose(self, request: Request) -> Strategy | None:
        if self.failing == "choose":
            raise ZeroDivisionError("choose")
        return super().choose(request)

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        if self.failing == "open":
            raise KeyError("open")
        return FailingWalk(self.failing)


class FailingWalk(VirtualCursor):
    def __init__(self, failing: str) -> None:
        self.failing = failing

    def next(self) -> bool:
        if self.failing == "next":
            raise ValueError("next")
        return True

    def column(self, i: int) -> Value:
        if self.failing == "column":
            raise IndexError("column")
        return object() if self.failing == "object" else 2**70  # type: ignore[return-value]

    def rowid(self) -> int:
        return 2**63

    def close(self) -> None:
        if self.failing == "close":
            raise OSError("close")


def test_one_that_refuses_needs_what_it_asks_for(connection: foundrydb.Connection) -> None:
    declare(connection, Refusing())
    with pytest.raises(foundrydb.OperationalError, match=r"^no query solution$"):
        connection.execute("select * from planets")
    assert connection.execute("select moons from planets where name = 'Mars'").fetchall() == [(2,)]
    sql = "select who, moons from planets join seen on planet = name order by who"
    assert connection.execute(sql).fetchall() == [("a", 2), ("b", 0)]
    declare(connection, Telling())
    with pytest.raises(foundrydb.OperationalError, match=r"^planets are hidden by clouds$"):
        connection.execute("select * from planets")
    declare(connection, Lying())
    with pytest.raises(foundrydb.OperationalError, match="chose conditions that were not offered"):
        connection.execute("select * from planets")


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("choose", ZeroDivisionError),
        ("open", KeyError),
        ("next", ValueError),
        ("column", IndexError),
        ("object", TypeError),
        ("close", OSError),
    ],
)
def test_an_exception_in_it_is_an_error_of_the_statement(
    connection: foundrydb.Connection, place: str, kind: type[Exception]
) -> None:
    declare(connection, Failing(place))
    query = "select 1 from planets limit 3" if place == "close" else "select name from planets"
    with pytest.raises(foundrydb.OperationalError, match=r"^module planets raised exception$") as caught:
        connection.execute(query).fetchall()
    assert isinstance(caught.value.__cause__, kind)
    assert connection.execute("select count(*) from seen").fetchall() == [(3,)]


def test_values_that_sql_has_not_are_errors(connection: foundrydb.Connection) -> None:
    declare(connection, Failing("none"))
    for query in ("select moons from planets limit 1", "select rowid from planets limit 1"):
        with pytest.raises(foundrydb.Error, match="string or blob too big"):
            connection.execute(query).fetchall()


def test_it_is_read_only(connection: foundrydb.Connection, planets: Planets) -> None:
    for change in (
        "insert into planets default values",
        "update planets set moons = 1",
        "delete from planets",
    ):
        with pytest.raises(foundrydb.OperationalError, match=r"^table planets may not be modified$"):
            connection.execute(change)
    with pytest.raises(foundrydb.OperationalError, match=r"^no such module: planets$"):
        connection.execute("create virtual table mine using planets")


def test_another_of_the_same_name_takes_its_place(connection: foundrydb.Connection, planets: Planets) -> None:
    assert connection.execute("select count(*) from PLANETS").fetchone() == (5,)
    declare(connection, Refusing())
    with pytest.raises(foundrydb.OperationalError, match="no query solution"):
        connection.execute("select count(*) from PLANETS")
    connection.execute("create table planets(a)")
    assert connection.execute("select count(*) from planets").fetchone() == (0,)
    other = foundrydb.connect(":memory:")
    with pytest.raises(foundrydb.OperationalError, match=r"^no such table: planets$"):
        other.execute("select 1 from planets")
    other.close()


def test_any_plan_runs(connection: foundrydb.Connection, planets: Planets) -> None:
    sql = "select who, name from seen join planets(0) on name = planet order by distance desc limit 5"
    wanted = connection.execute(sql).fetchall()
    passes = ("choose_indexes", "use_order", "order_joins", "push_predicates")
    for left_out in (*[frozenset((name,)) for name in passes], frozenset(passes)):
        leave_out(connection, left_out)
        connection.engine.attached.expire()
        assert connection.execute(sql).fetchall() == wanted == [("a", "Mars"), ("b", "Venus")]
