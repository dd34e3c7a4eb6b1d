"""All statements of the goldens, forward and back; then what recording a run costs."""

from __future__ import annotations

import time

import foundrydb
from debugging.queries import GOLDENS, paths
from debugging.same_state import check
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging.recorded_run import RecordedRun

LARGE = """
create table t(a integer primary key, b, c);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)
insert into t select i, i * 7919 % 1000, 'text ' || i from n;
create table u(x, y);
insert into u select b, count(*) from t group by b;
"""

COSTS = (
    "select c from t where a = 5",
    "select count(*) from t where b > 500 and c like '%7'",
    "select sum(a * 2 + b) from t",
    "select a, b, c from t",
    "select x, max(c) from t join u on t.b = u.x group by x",
    "select c from t order by b, c",
    "update t set b = b + 1",
    "insert into u select a, b from t",
)


def main() -> None:
    """Check, and print."""
    known = paths()
    ran = 0
    for path in known:
        try:
            ran += check(path)
        except BaseException:
            print(path.relative_to(GOLDENS))
            raise
    print(f"{ran} of {len(known)} statements: forward and back are the same")
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(LARGE)
    for sql in COSTS:
        plain = min(_plain(connection, sql) for _ in range(3))
        recorded = min(_recorded(connection, sql) for _ in range(3))
        print(f"{recorded / plain:5.1f} times a plain run  {sql}")


def _plain(connection: foundrydb.Connection, sql: str) -> float:
    connection.execute("savepoint plain")
    started = time.perf_counter()
    connection.execute(sql).fetchall()
    spent = time.perf_counter() - started
    connection.execute("rollback to plain")
    connection.execute("release plain")
    return spent


def _recorded(connection: foundrydb.Connection, sql: str) -> float:
    compilation = stages.compile(sql, connection, noting=True)
    started = time.perf_counter()
    run = RecordedRun(connection, compilation)
    run.budget = 1 << 40
    run.finish()
    spent = time.perf_counter() - started
    run.close()
    return spent


if __name__ == "__main__":
    main()
