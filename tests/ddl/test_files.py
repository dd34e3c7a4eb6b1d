"""Files that C SQLite has made, with what is rare in a schema."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

import foundrydb
from ddl.test_ddl import ours, theirs

FILES = {
    "a rowid under a quoted type": (
        ['create table t(id "INTEGER" primary key, v)', "insert into t values (7, 8), (9, 10)"],
        ["select id, v from t", "select v from t where id = 7", "insert into t(v) values (1) returning *"],
    ),
    "a virtual table": (
        ["create table t(a)", "create virtual table f using fts5(body)", "insert into t values (1)"],
        [
            "select * from t",
            "alter table t rename to u",
            "alter table u rename a to b",
            "alter table u add c",
        ],
    ),
    "names that no column has": (
        [
            'create table t(a check (a <> "what"))',
            'create index i on t("nothing")',
            "create view v as select \"such\", a from t where a is not 'x'",
            "insert into t values (1)",
        ],
        ["select * from t", "select * from v", "insert into t values (2)", "pragma integrity_check"],
    ),
    "a view of a function that is not there": (
        ["create table t(a)", "create view v as select absent(a) from t"],
        ["select * from t", "select * from v", "alter table t rename to u", "alter table u rename a to b"],
    ),
}


@pytest.mark.parametrize("name", list(FILES))
def test_file(name: str, tmp_path: Path) -> None:
    made, asked = FILES[name]
    paths = [tmp_path / "ours.db", tmp_path / "theirs.db"]
    for path in paths:
        maker = apsw.Connection(str(path))
        for sql in made:
            maker.execute(sql)
        maker.close()
    mine = foundrydb.connect(str(paths[0]), isolation_level=None)
    other = apsw.Connection(str(paths[1]))
    for sql in asked:
        assert ours(mine, sql) == theirs(other, sql), sql
    mine.close()
    schema = "select sql from sqlite_schema order by name"
    assert theirs(apsw.Connection(str(paths[0])), schema) == theirs(other, schema)
    assert theirs(apsw.Connection(str(paths[0])), "pragma integrity_check") == [[("str", "ok")]]
