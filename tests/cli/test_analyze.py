"""``fdb explain --analyze`` and ``fdb dump-plan --why`` on the bell foundry, and both in the shell; times left out."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SQL = "select note, count(*) from bell where weight > 1000 group by note order by 2 desc limit 3"


def timeless(text: str) -> list[str]:
    """The lines without times, and the space that depends on them."""
    text = re.sub(r"\d+\.\d+ ms", "… ms", text)
    return [re.sub(r" +", " ", re.sub(r"\d+\.\d{3} +\d+ %", "…", line)) for line in text.splitlines()]


def test_nodes(fdb: Run, sample: Path) -> None:
    sql = "select c.name, b.weight from customer c join bell b on b.id = c.id where b.weight > 1000"
    lines = timeless(fdb("explain", "--analyze", "--db", sample, sql).stdout)
    assert lines[0].startswith("8 rows, ") and lines[0].endswith(" from the file), … ms while watched")
    assert lines[2] == "# plan runs rows in rows out per run expected off by pages read ms share"
    assert set(lines[3]) == {"-", " "}
    assert lines[4].startswith("1 Output name, weight 1 8 8 8 ")
    assert lines[5].startswith("2 Project c.name, b.weight 1 8 8 8 ")
    assert any(" (setup) " in line for line in lines)


def test_instructions(fdb: Run, sample: Path) -> None:
    lines = timeless(fdb("explain", "--analyze", "--db", sample, "select name from alloy").stdout)
    head = lines.index("addr node times pages read ms share opcode p1 p2 p3 p4 p5 comment")
    plain = fdb("explain", "--db", sample, "select name from alloy").stdout.splitlines()
    assert len(lines) - head == len(plain)
    (row,) = (line for line in lines if " ResultColumns " in line)
    assert re.match(r" *\d+ 1 4 0 0 … ResultColumns ", row)
    assert re.match(r" *\d+ 3 4 0 0 … Next ", next(line for line in lines if " Next " in line))


def test_json(fdb: Run, sample: Path) -> None:
    whole = json.loads(fdb("explain", "--analyze", "--format", "json", "--db", sample, SQL).stdout)
    assert whole["rows"] == 3 and whole["changes"] == 0 and whole["nanoseconds"] > 0
    plan = whole["plan"]
    assert (plan["node"], plan["number"], plan["runs"], plan["rows_out"]) == ("Output", 1, 1, 3)
    listed = whole["instructions"]
    assert [row["addr"] for row in listed] == list(range(len(listed)))
    assert {row["node"] for row in listed} >= {None, 1, 2}
    assert sum(row["pages"] for row in listed) >= sum(row["reads"] for row in listed) > 0


def test_pages_by_number(fdb: Run, sample: Path) -> None:
    asked = ("explain", "--analyze", "--pages", "--db", sample)
    shown = fdb(*asked, "select b.weight from alloy a join bell b on b.id = a.id * 40").stdout
    *_, instructions, cursors = shown.split("\n\n")
    lines = [line.split(maxsplit=3) for line in instructions.splitlines()]
    assert lines[0] == ["addr", "opcode", "cursor", "pages by number"]
    assert [line[1:] for line in lines[2:]] == [
        ["Rewind", "0", "3"],
        ["SeekRowid", "1", "6 × 3, 12 × 2, 13"],
        ["Transaction", "1"],
    ]
    assert [line.split(maxsplit=4) for line in cursors.splitlines() if "---" not in line] == [
        ["cursor", "tree", "root", "database", "pages by number"],
        ["0", "sqlite_autoindex_alloy_1", "3", "0", "3"],
        ["1", "bell", "6", "0", "6 × 3, 12 × 2, 13"],
    ]
    whole = json.loads(fdb(*asked, "--format", "json", "select * from alloy").stdout)
    (cursor,) = whole["cursors"]
    assert cursor["pages_by_number"] == [{"database": 0, "page": 2, "times": 1, "reads": 0}]
    assert sum(len(row["pages_by_number"]) for row in whole["instructions"]) == 2
    assert "--pages goes with --analyze" in fdb("explain", "--pages", "select 1").stderr


def test_changes_are_rolled_back(fdb: Run, sample: Path) -> None:
    shown = fdb("explain", "--analyze", "--db", sample, "delete from measurement where bell_id <= 2").stdout
    assert shown.startswith("10 rows changed and rolled back, ")
    assert fdb(sample, "select count(*) from measurement").stdout == "1130\n"


def test_schema_without_a_file(fdb: Run) -> None:
    shown = fdb(
        "explain", "--analyze", "create table t(a); insert into t values (1), (2); select a from t"
    ).stdout
    assert shown.startswith("2 rows, ")


def test_the_shell_has_it(fdb: Run, sample: Path) -> None:
    lines = timeless(fdb(sample, ".analyze select name from alloy where tin > 10").stdout)
    assert lines[2].startswith("# plan runs ")
    paged = fdb(sample, ".analyze --pages select name from alloy where tin > 10").stdout
    assert "cursor  tree   root  database  pages by number\n" in paged
    assert "Usage: .analyze ?--pages? SQL" in fdb(sample, ".analyze").stderr


def test_mistakes(fdb: Run, sample: Path) -> None:
    assert "stands alone" in fdb("explain", "--analyze", "--query-plan", "select 1").stderr
    assert "cannot be analyzed" in fdb("explain", "--analyze", "commit").stderr
    assert (
        "no such column: nmae" in fdb("explain", "--analyze", "--db", sample, "select nmae from alloy").stderr
    )


# the chain ------------------------------------------------------------------------------------------------------

CHAIN = "select a.name from bell b join alloy a on a.id = b.alloy_id where b.weight > 1000"


def test_a_piece_of_sql_down_to_the_pages(fdb: Run, sample: Path) -> None:
    shown = fdb("dump-chain", "--db", sample, "--pages", "--of", "b.weight  >\n1000", CHAIN).stdout
    lines = [re.sub(r" +", " ", line).strip() for line in shown.splitlines()]
    assert lines[0] == "tokens t20 b a name"
    assert any(re.match(r"syntax a\d+ Binary b.weight > 1000 t20…t24", line) for line in lines)
    assert any(re.match(r"names n\d+ b.weight column main.bell.weight", line) for line in lines)
    plan = [line for line in lines if " Filter b.weight > 1000 " in line]
    assert plan[0].startswith("plan p") and re.search(r"after \w+, from p\d+$", plan[-1])
    assert any(re.match(r"(instructions )?i\d+ (Le|FormulaJump) ", line) for line in lines)
    assert re.match(r"cursors c\d+ bell, root page 6 opened by i\d+; pages 6, ", lines[-1])


def test_from_a_page_back_to_the_sql(fdb: Run, sample: Path) -> None:
    shown = fdb("dump-chain", "--db", sample, "--page", "2", "--format", "json", CHAIN).stdout
    found = json.loads(shown)
    assert [cursor["tree"] for cursor in found["cursors"]] == ["alloy"]
    assert {page["page"] for cursor in found["cursors"] for page in cursor["pages"]} == {2}
    pieces = {CHAIN[node["start"] : node["end"]] for node in found["ast"]}
    assert pieces and pieces <= {"alloy a", "a.name", "a.id", "a.id = b.alloy_id"}
    assert all(any(page["page"] == 2 for page in one["pages"]) for one in found["instructions"])


def test_the_whole_chain_and_mistakes(fdb: Run, sample: Path) -> None:
    document = json.loads(fdb("dump-chain", "--db", sample, "--format", "json", CHAIN).stdout)
    assert len(document["tokens"]) == 24 and document["ast"][0]["id"] == "a1"
    assert len(document["expressions"]) > 4 and "pages" not in document["cursors"][0]
    assert document["instructions"][0]["opcode"] == "Init"
    sql = "create index heaviest on bell(weight)"
    assert re.search(r"\n +i\d+ +SorterPut ", fdb("dump-chain", "--db", sample, "--pages", sql).stdout)
    assert (
        "nothing in the statement reads b.wieght" in fdb("dump-chain", "--of", "b.wieght", "select 1").stderr
    )
    assert "page 99 was not asked for" in fdb("dump-chain", "--db", sample, "--page", "99", CHAIN).stderr
    assert "two ways to begin" in fdb("dump-chain", "--of", "1", "--page", "1", "select 1").stderr


def test_the_chain_of_a_long_expression_is_not_many_times_longer(fdb: Run) -> None:
    sql = f"select {' + '.join(['?1'] * 500)}"
    shown = fdb("dump-chain", sql).stdout
    assert max(map(len, shown.splitlines())) < 250
    document = json.loads(fdb("dump-chain", "--format", "json", sql).stdout)
    assert max(len(one["text"]) for one in document["expressions"]) < 250


# why ------------------------------------------------------------------------------------------------------------


def test_why(fdb: Run, sample: Path) -> None:
    shown = fdb("dump-plan", "--why", "--db", sample, "select inscription from bell where note = 'a1'").stdout
    plan, choice = shown.split("\n\n")
    assert plan.startswith("Output inscription ")
    lines = choice.splitlines()
    assert lines[0] == "-- access path: bell"
    assert lines[1].startswith("* IndexScan bell using bell_note (note = 'a1') ")
    assert lines[2].startswith("  Scan bell ") and "cost" in lines[2]
    assert lines[3].split(maxsplit=1) == [
        "bell_order",
        "no condition that can be searched for is about its first column",
    ]
    columns = {line.index("rows ") for line in plan.splitlines() + lines[1:3]}
    assert len(columns) == 1


def test_why_as_json(fdb: Run, sample: Path) -> None:
    sql = "select * from waiting"
    whole = json.loads(fdb("dump-plan", "--why", "--format", "json", "--db", sample, sql).stdout)
    assert whole["plan"]["node"] == "Output"
    kinds = [choice["kind"] for choice in whole["choices"]]
    assert kinds[:2] == ["subquery", "join order"] and "access path" in kinds
    for choice in whole["choices"]:
        assert [way["taken"] for way in choice["alternatives"]].count(True) == 1
    alone = json.loads(fdb("dump-plan", "--format", "json", "--db", sample, sql).stdout)
    assert alone == whole["plan"]
    assert "text or JSON" in fdb("dump-plan", "--why", "--format", "dot", "select 1").stderr


def test_why_in_the_shell(fdb: Run, sample: Path) -> None:
    shown = fdb(sample, ".plan --why --passes select name from alloy where id = 2").stdout
    assert shown.startswith("-- build\n") and "\n-- access path: alloy\n* RowidSeek" in shown
    assert "Usage: .plan" in fdb(sample, ".plan --whatever select 1").stderr
    assert "-- access" not in fdb(sample, ".plan select name from alloy").stdout


@pytest.mark.parametrize(
    "sql",
    ["vacuum into 'made.db'", "attach 'made.db' as m", "vacuum", "pragma user_version = 5", "drop table bell"]
    + ["insert or rollback into alloy select * from alloy"],
)
@pytest.mark.parametrize("command", [["explain", "--analyze"], ["bisect-passes"], ["dump-chain", "--pages"]])
def test_nothing_is_left_of_a_run(
    fdb: Run, sample: Path, tmp_path: Path, command: list[str], sql: str
) -> None:
    """No change of the database, and no file."""
    image = sample.read_bytes()
    done = fdb(*command, "--db", sample, sql)
    assert "Traceback" not in done.stderr and "no such savepoint" not in done.stderr
    assert sample.read_bytes() == image
    assert list(tmp_path.iterdir()) == []
