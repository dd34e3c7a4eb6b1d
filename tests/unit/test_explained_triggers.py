"""What is shown of triggers' programs: which instructions they have, and what a run did in them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import foundrydb
from foundrydb.toolkit.stages import analyze, compile
from foundrydb.tools.views.analysis_dump import analysis_json, analysis_text
from foundrydb.tools.views.bytecode_dump import bytecode_picture, source_table

UPDATE = "update t set b = b + 1"


@pytest.fixture
def connection() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(
        """
        create table t(a integer primary key, b);
        create table log(x, y);
        insert into t values (1, 2), (3, 4), (5, 6);
        create trigger logs after update on t begin insert into log values (new.a, old.b); end;
        create trigger never after update on t when new.b < 0 begin delete from log; end;
        """
    )
    yield connection
    connection.close()


def test_figures_of_triggers(connection: foundrydb.Connection) -> None:
    analysis = analyze(UPDATE, connection)
    shown = json.loads(analysis_json(analysis))
    runs = {one["title"]: one["runs"] for one in shown["triggers"]}
    assert runs == {"trigger logs": 3, "trigger never": 3}
    logs = next(one for one in shown["triggers"] if one["title"] == "trigger logs")
    assert [one["times"] for one in logs["instructions"] if one["opcode"] == "InsertRow"] == [3]
    text = analysis_text(analysis)
    assert "trigger logs: 3 runs, " in text
    assert "3 rows changed and rolled back" in text
    assert connection.execute("select count(*) from log").fetchall() == [(0,)]


def test_each_instruction_of_a_trigger_stands_beside_its_name(connection: foundrydb.Connection) -> None:
    lines = source_table(compile(UPDATE, connection)).splitlines()
    begins = [line.split()[-2:] for line in lines if line.startswith("0 ")]
    assert begins[1:] == [["trigger", "never"], ["trigger", "logs"]]


def test_the_flow_of_control_has_triggers_apart(connection: foundrydb.Connection) -> None:
    names = [box.name for box in bytecode_picture(compile(UPDATE, connection).program).boxes]
    for name in ("b0", "t0b0", "t1b0"):
        assert names.count(name) == 1
