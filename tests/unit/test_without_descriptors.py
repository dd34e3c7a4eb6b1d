"""Modules are loaded late: without a free file descriptor that is a typed error, and with one all is well again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import resource, sys
import foundrydb

STATEMENTS = [
    "select strftime('%Y', '2024-01-01')", "select printf('%d', 1)", "select median(1)", "select sqrt(2)",
    "select * from t join t u using (a) order by 1", "select a, count(*) from t group by a", "explain select 1",
    "explain query plan select * from t", "pragma integrity_check", "pragma table_info(t)", "insert into t values (2)",
    "update t set a = a + 1", "delete from t where a > 5", "create table if not exists x(a)",
    "create index if not exists i on t(a)",
    "alter table t add column b", "analyze", "reindex", "create temp table if not exists y as select * from t",
    "drop table if exists x",
    "select * from t order by (select 1), a limit 3", "with c as (select 1) select * from c union select a from t",
]
connection = foundrydb.connect(sys.argv[1], isolation_level=None)
connection.execute("create table t(a)")
connection.execute("insert into t values (1)")
connection.execute("select * from t").fetchall()
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
calls = [lambda sql=sql: connection.execute(sql).fetchall() for sql in STATEMENTS]
calls += [lambda: list(connection.iterdump()), connection.serialize, lambda: foundrydb.connect(sys.argv[1])]
told = 0
for call in calls:
    try:
        call()
    except foundrydb.OperationalError as error:
        told += error.sqlite_errorname == "SQLITE_CANTOPEN"
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
for call in calls:
    call()
print(told > 3)
"""


def test_typed_errors_without_descriptors(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "a.db")], capture_output=True, text=True
    )
    assert (done.stderr, done.stdout) == ("", "True\n")
