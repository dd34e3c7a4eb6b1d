"""Time and chance come from the host: with both recorded, statements are played again as they went."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import foundrydb
import foundrydb.vm

NEW_YEAR = 1_577_836_800_123
"""2020-01-01 00:00:00.123, in milliseconds since 1970."""

SCRIPT = """
    create table t(id integer primary key, at default current_timestamp, day default (date('now')), x);
    insert into t(x) values (random()), (randomblob(5));
    insert into t(id, x) values (9223372036854775807, 'the last rowid');
    insert into t(x) select random() from t;
    update t set x = hex(x) || strftime('%J', 'now') where id % 2 = random() % 2;
    create index i on t(x);
    delete from t where abs(random() % 3) = 1;
"""

SHOWN = (
    "select *, typeof(x), julianday(), unixepoch('now', 'subsec'), current_time, timediff('now', at) from t"
)


def played(seed: int, start: int) -> tuple[list[tuple[object, ...]], bytes]:
    """What is left of the script, with its own chance and time: the rows, and the file."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    times = iter(range(start, start + 10_000_000, 61_001))
    connection.engine.clock = lambda: next(times)
    connection.engine.random = random.Random(seed).randbytes
    try:
        connection.executescript(SCRIPT)
        return connection.execute(SHOWN).fetchall(), connection.serialize()
    finally:
        connection.close()


def test_a_run_is_replayed() -> None:
    rows, image = played(1, NEW_YEAR)
    assert rows and str(rows[0][1]).startswith("2020-01-01 00:0")
    assert played(1, NEW_YEAR) == (rows, image)
    assert played(2, NEW_YEAR)[0] != rows
    assert played(1, NEW_YEAR + 86_400_000)[0] != rows


def test_a_statement_knows_one_time() -> None:
    connection = foundrydb.connect(":memory:")
    times = iter(range(NEW_YEAR, NEW_YEAR + 10_000, 1000))
    connection.engine.clock = lambda: next(times)
    sql = "select current_time, time('now'), strftime('%H:%M:%S') from (values (1), (2))"
    assert connection.execute(sql).fetchall() == [("00:00:00",) * 3] * 2
    assert connection.execute(sql).fetchall() == [("00:00:01",) * 3] * 2
    connection.close()


def test_nothing_else_in_the_machine_asks_for_time_or_chance() -> None:
    package = Path(str(foundrydb.vm.__file__)).parent
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (node.value.id, node.attr) in {("time", "time"), ("os", "urandom"), ("time", "time_ns")}:
                    found.add(path.relative_to(package).as_posix())
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = [item.name for item in node.names] + [getattr(node, "module", None) or ""]
                if {"random", "secrets", "uuid", "datetime"} & set(names):
                    found.add(path.relative_to(package).as_posix())
    assert found == {"host.py"}
