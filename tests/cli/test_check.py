"""``fdb check`` as it is used: on files, on a database, in the formats that tools read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from foundrydb.toolkit.checks.catalogue import rules

Run = Callable[..., subprocess.CompletedProcess[str]]
BAD = "select name\nfrom customer\nwhere town = null;\n"


def test_text(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(BAD)
    assert fdb("sample", "foundry.fdb").returncode == 0
    done = fdb("check", "--db", "foundry.fdb", "q.sql")
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout == (
        "q.sql: warning FDB101 null-comparison: town = null is never true\n"
        "  3:7 | where town = null;\n"
        "      |       ^~~~~~~~~~~\n"
        "write town IS NULL\n"
        "\n"
        "1 finding\n"
    )
    done = fdb("check", "--db", "foundry.fdb", "-", input="select name from customer")
    assert (done.returncode, done.stdout) == (0, "nothing found\n")


def test_json(fdb: Run) -> None:
    done = fdb("check", "--format", "json", input="select 1 = null")
    assert json.loads(done.stdout) == [
        {
            "file": "<stdin>", "rule": "null-comparison", "code": "FDB101", "severity": "warning",
            "message": "1 = null is never true", "hint": "write 1 IS NULL", "line": 1, "column": 8, "offset": 7,
            "length": 8, "text": "1 = null",
        }
    ]  # fmt: skip
    assert fdb("check", "--format", "json", input="select 1").stdout == "[]\n"


def test_sarif(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "a b.sql").write_text(f"create table customer(name, town);\n{BAD}")
    log = json.loads(fdb("check", "--format", "sarif", "a b.sql").stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    described = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in described] == [rule.code for rule in rules()]
    assert {each["defaultConfiguration"]["level"] for each in described} <= {"error", "warning", "note"}
    (result,) = run["results"]
    assert described[result["ruleIndex"]]["id"] == result["ruleId"] == "FDB101"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.sql"
    region = place["region"]
    assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (
        4,
        7,
        4,
        18,
    )


def test_a_schema(fdb: Run, tmp_path: Path) -> None:
    fdb("sample", "foundry.fdb")
    assert fdb("check", "--db", "foundry.fdb").returncode in (0, 1)
    fdb("foundry.fdb", "create index again on bell(note)")
    done = fdb("check", "--db", "foundry.fdb", "--rule", "redundant-index")
    assert done.stdout.startswith(
        "foundry.fdb: note FDB403 redundant-index: again is needless beside bell_note\n"
    )
    (tmp_path / "q.sql").write_text("select id from bell where note = 'a1' and weight > 300;")
    done = fdb("check", "--db", "foundry.fdb", "--workload", "--rule", "FDB404", "q.sql")
    assert "no statement of the workload uses again" in done.stdout


def test_bad_input(fdb: Run) -> None:
    assert fdb("check", "missing.sql").stderr == "Error: missing.sql: No such file or directory\n"
    assert "Error: no rule is named x\n" in fdb("check", "--rule", "x", input="").stderr
    assert fdb("check", "--db", "missing.fdb", "-", input="select 1").returncode == 1


def test_the_listing_has_every_rule(fdb: Run) -> None:
    listed = fdb("check", "--rules").stdout
    for rule in rules():
        assert f"{rule.code} {rule.name} ({rule.severity})\n  {rule.what}\n" in listed
    assert [each["name"] for each in json.loads(fdb("check", "--rules", "--format", "json").stdout)] == [
        rule.name for rule in rules()
    ]


def test_dot_commands_are_passed_over(fdb: Run) -> None:
    done = fdb("check", input=".mode box\r\n# it's\r\nselect 1;\r\n.print \"a\r\nselect 1 = null;\r\n")
    assert done.stdout.startswith("<stdin>: warning FDB101 null-comparison: 1 = null is never true\n  5:8 | ")
    assert fdb("check", input="select 1\n.print a\n").returncode == 1


def test_findings_of_the_schema_stand_where_the_text_makes_it(fdb: Run) -> None:
    made = "create table t(a);\ncreate index  if not exists main.i on t(a);\n create unique index j on t(a);"
    done = fdb("check", input=made)
    assert done.stdout.startswith(
        "<stdin>: note FDB403 redundant-index: i is needless beside j\n  2:1 | create"
    )


NAMES = """
create table "p q"("i d" integer primary key, "na""me" text, "order" text collate nocase unique);
create table "c-d"("p id" references "p q"("i d"), "group" references "p q"("order"), x);
create index "red 1" on "c-d"(x);
create index "red 2" on "c-d"(x, "group");
"""


def test_what_it_proposes_can_be_run_whatever_names_are(fdb: Run, tmp_path: Path) -> None:
    fdb("q.db", NAMES)
    findings = json.loads(fdb("check", "--db", "q.db", "--format", "json").stdout)
    hints = [each["hint"] for each in findings]
    assert hints == [
        'CREATE INDEX "c-d_group" ON "c-d"("group" COLLATE nocase)',
        'CREATE INDEX "c-d_p id" ON "c-d"("p id")',
        'DROP INDEX "red 1"',
    ]
    done = fdb("q.db", *hints)
    assert (done.returncode, done.stderr) == (0, "")
    assert fdb("check", "--db", "q.db").stdout == "nothing found\n"


def test_strings_that_it_proposes(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(
        'create table t(a text, b); create index t_a on t(a); select a as "it\'s" from t where b = "it\'s ""it""";'
        "select b from t where lower(a) = 'it''s';"
    )
    told = fdb("check", "q.sql").stdout
    assert "write 'it''s \"it\"' where a string is meant" in told
    assert "write t.a = 'it''s' COLLATE NOCASE" in told or "write a = 'it''s' COLLATE NOCASE" in told


def test_names_in_plans_and_lineage(fdb: Run, tmp_path: Path) -> None:
    fdb("q.db", NAMES)
    query = 'select "na""me" from "p q" as "a b", "c-d" where "p id" = "i d" and x = 1'
    assert fdb("lineage", "--db", "q.db", query).stdout == 'na"me\n└─ "p q"."na""me"\n'
    plan = fdb("dump-plan", "--db", "q.db", query).stdout
    assert 'Project "a b"."na""me"' in plan
    assert 'IndexScan "c-d" using "red ' in plan and 'RowidSeek "p q" AS "a b" ("i d" = "c-d"."p id")' in plan
