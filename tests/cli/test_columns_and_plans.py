"""``fdb lineage``, ``fdb types`` and ``fdb diff-plan`` as they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
SCHEMA = "create table t(a integer not null, b text); create index t_a on t(a);"


def test_lineage(fdb: Run) -> None:
    done = fdb("lineage", f"{SCHEMA} select a + length(b) as s, 1 as one, b from t")
    assert done.stdout == "s\n├─ t.a\n└─ t.b\none\nb\n└─ t.b\n"
    done = fdb("lineage", "--format", "json", input=f"{SCHEMA} update t set b = a")
    assert json.loads(done.stdout) == [{"column": "t.b", "origins": ["t.a"]}]
    assert fdb("lineage", "--format", "dot", f"{SCHEMA} select a from t").stdout.startswith(
        "digraph lineage {"
    )
    mermaid = fdb("lineage", "--format", "mermaid", f"{SCHEMA} select a as x from t").stdout
    assert '["t.a"]' in mermaid and "-->" in mermaid
    assert "no such column: c" in fdb("lineage", f"{SCHEMA} select c from t").stderr


@pytest.mark.parametrize(
    "command",
    [["lineage", "no.sql"], ["types", "no.sql"], ["diff-plan", "no.sql", "select 1"]],
    ids=lambda c: c[0],
)
def test_a_file_that_is_not_there_is_told_of_in_a_line(fdb: Run, command: list[str]) -> None:
    done = fdb(*command)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "Error: no.sql: No such file or directory\n",
    )


def test_dot_commands_in_a_file_are_passed_over(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(
        ".mode box\n# it's\ncreate table t(a);\n.print 'x\nselect a as b from t;\n"
    )
    assert fdb("lineage", "q.sql").stdout == "b\n└─ t.a\n"
    assert "class QueryRow(NamedTuple):" in fdb("types", "q.sql").stdout
    (tmp_path / "q.sql").write_text(".mode box\nselect c\nfrom;\n")
    assert 'near ";": syntax error\n  3:5' in fdb("types", "q.sql").stderr


def test_types_of_files(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(
        f"{SCHEMA}\n-- name: by_a\nselect b from t where a = :a;\n\n-- name: add\ninsert into t values (?, ?);\n"
    )
    done = fdb("types", "q.sql")
    assert done.stdout == (
        "from typing import NamedTuple, TypeAlias, TypedDict\n"
        "\n\n"
        "class ByARow(NamedTuple):\n"
        '    """select b from t where a = :a"""\n'
        "\n"
        "    b: str | None\n"
        "\n\n"
        "class ByAParameters(TypedDict):\n"
        "    a: int\n"
        "\n\n"
        "AddParameters: TypeAlias = tuple[int, str | None]\n"
    )
    (first, second) = json.loads(fdb("types", "--format", "json", "q.sql").stdout)
    assert first["columns"] == [{"name": "b", "types": ["str"], "nullable": True}]
    assert second["parameters"][0] == {"name": "?1", "types": ["int"], "nullable": False}


def test_types_of_a_query(fdb: Run) -> None:
    fdb("sample", "foundry.fdb")
    done = fdb("types", "--db", "foundry.fdb", "--format", "dataclass", "select id, inscription from bell")
    assert "@dataclass(frozen=True)\nclass QueryRow:\n" in done.stdout
    assert done.stdout.endswith("    id: int\n    inscription: str | None\n")
    assert "no such table: nowhere" in fdb("types", "select 1 from nowhere").stderr
    assert fdb("types", "create table t(a)").stdout == ""


def test_plans_of_two_texts(fdb: Run, tmp_path: Path) -> None:
    one, other = f"{SCHEMA} select b from t where a + 0 = 5", f"{SCHEMA} select b from t where a = 5"
    done = fdb("diff-plan", one, other)
    assert done.returncode == 0
    assert "+     IndexScan t using t_a (a = 5)" in done.stdout and "-       Scan t " in done.stdout
    assert "- scan t\n+ search t by t_a\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("cost ") and ": better (" in done.stdout
    (tmp_path / "old.sql").write_text(other)
    done = fdb("diff-plan", "--check", "old.sql", one)
    assert done.returncode == 1 and ": worse (" in done.stdout
    done = fdb("diff-plan", one, one)
    assert done.stdout.endswith("\n\nthe same plan\n")


def test_plans_for_two_databases(fdb: Run) -> None:
    for name, script in (
        ("a.db", "create table t(a, b)"),
        ("b.db", "create table t(a, b); create index t_a on t(a)"),
    ):
        fdb(name, script)
    done = fdb(
        "diff-plan", "--db", "a.db", "--new-db", "b.db", "--format", "json", "select b from t where a = 1"
    )
    document = json.loads(done.stdout)
    assert (document["verdict"], document["gone"], document["come"]) == (
        "better",
        ["scan t"],
        ["search t by t_a"],
    )


def test_plans_that_cannot_be_compared(fdb: Run) -> None:
    assert "there is one plan" in fdb("diff-plan", "select 1").stderr
    assert (
        "only statements that read or change rows have a plan" in fdb("diff-plan", "begin", "select 1").stderr
    )
    assert "no such table: t" in fdb("diff-plan", "select 1 from t", "select 1").stderr


@pytest.mark.parametrize(
    "command",
    [["lineage", "q.sql"], ["types", "q.sql"], ["types", "."], ["types", "--db", "t.db", "q.sql"]]
    + [["diff-plan", "q.sql", "select 1"], ["diff-plan", "select 1", "q.sql"]],
    ids=" ".join,
)
@pytest.mark.parametrize("wrong", ["select *\n from nowhere", "select *\n fro nowhere"])
def test_a_mistake_in_a_file_is_told_with_its_place(
    fdb: Run, tmp_path: Path, command: list[str], wrong: str
) -> None:
    """Be it in the last statement or before it."""
    fdb("t.db", "create table t(a)")
    for statements in (f"select\n1;\n\n{wrong};\nselect 2;", f"select\n1;\n\n{wrong};"):
        (tmp_path / "q.sql").write_text(statements)
        told = fdb(*command).stderr
        message, line, _, *_ = told.split("\n")
        assert message.startswith(f"Error: {'./' if '.' in command else ''}q.sql: ")
        assert line == f"  5:{7 if 'from' in wrong else 2} |  {wrong.split(' ', 2)[2]};"


def test_a_mistake_in_sql_is_told_with_its_place(fdb: Run) -> None:
    for command in ("lineage", "types", "explain", "dump-plan", "dump-bind", "dump-chain", "bisect-passes"):
        told = fdb(command, "create table\nt(a);\nselect * from\nnowhere; select 2").stderr
        assert told.startswith("Error: no such table: nowhere\n  4:1 | nowhere; select 2\n"), command


def test_a_pipe_is_a_file(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m foundrydb lineage <(echo 'select 1 as a')"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("a\n", "")
