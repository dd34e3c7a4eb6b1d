"""What a process loads: what its statements need, and not much besides.

Each module that is loaded costs memory and time at the start of every process.  Where one of these tests fails, a
module has come to be imported that most statements do without: name it in a table of late loading
(``compiler/late.py``, ``foundrydb/late.py``), or raise the bound if every process needs it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
import foundrydb
connection = foundrydb.connect(sys.argv[1])
for sql in sys.argv[2:]:
    connection.execute(sql).fetchall()
connection.commit()
print(*[name for name in sys.modules if name.partition(".")[0] == "foundrydb"], sep="\\n")
"""


def loaded(target: str, *statements: str) -> set[str]:
    """The package's modules that a process has loaded after some statements, without the package's name."""
    command = [sys.executable, "-c", PROGRAM, target, *statements]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {name.partition(".")[2] for name in done.stdout.split()}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("loading") / "t.db"
    loaded(str(path), "create table t(a, b)", "insert into t values (1, 2)")
    return str(path)


def test_the_first_statements_load_a_bounded_number_of_modules() -> None:
    assert (
        len(loaded(":memory:", "create table t(a, b)", "insert into t values (1, 2)", "select * from t"))
        <= 320
    )


def test_reading_a_table_loads_fewer(database: str) -> None:
    assert len(loaded(database, "select * from t")) <= 288


def test_no_text_is_compiled(tmp_path: Path) -> None:
    """The interpreter needs 220 kB for the first one: of an annotation, say, or of a type variable's bound."""
    hook = (  # named tuples are made from a text too, but by a way that needs less
        "import collections, functools, sys\n"
        "sys.addaudithook(lambda event, of: event == 'compile' and of[1] == '<string>' and print(of))"
    )
    command = [
        sys.executable,
        "-c",
        f"{hook}\n{PROGRAM}",
        str(tmp_path / "t.db"),
        "create table t(a)",
        "select 1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [line for line in done.stdout.splitlines() if not line.startswith("foundrydb")] == []


RARE = {
    "compiler.bind.missing",
    "compiler.bind.queries.expand",
    "compiler.codegen.expressions.formulas",
    "compiler.codegen.expressions.membership",
    "compiler.codegen.expressions.subqueries",
    "compiler.codegen.rows.aggregation",
    "compiler.codegen.rows.joins",
    "compiler.codegen.rows.keeping",
    "compiler.codegen.rows.ordering",
    "compiler.codegen.rows.seeks",
    "compiler.lift",
    "compiler.plan.costs.module_search",
    "compiler.plan.nullable",
    "compiler.plan.passes.physical.joins.order_joins",
    "compiler.provenance",
    "compiler.syntax.diagnostics",
    "compiler.trees.copies",
    "compiler.trees.text",
    "engine.authorizer",
    "tools",
    "vm.formulas.formula",
    "vm.functions.aggregates",
    "vm.ops.ephemeral",
    "vm.ops.sorter",
    "vm.profile",
    "vm.sorting.sorter",
}
"""What reading a whole table does not need."""


def test_what_is_rare_waits(database: str) -> None:
    assert not RARE & loaded(database, "select * from t")


@pytest.mark.parametrize(
    ("sql", "module"),
    [
        ("select * from t order by b", "vm.sorting.sorter"),
        ("select * from t where a > 1", "compiler.codegen.expressions.formulas"),
        ("select * from t where a in (select b from t)", "compiler.codegen.expressions.membership"),
        ("select sum(a) from t", "compiler.codegen.rows.aggregation"),
        ("select * from t, t as u where t.a = u.b", "compiler.plan.passes.physical.joins.order_joins"),
        ("select * from t where rowid = 1", "compiler.codegen.rows.seeks"),
    ],
)
def test_what_is_rare_comes_with_the_statement_that_needs_it(database: str, sql: str, module: str) -> None:
    assert module in RARE
    assert module in loaded(database, sql)


def test_every_module_that_is_named_here_is_there() -> None:
    root = Path(__file__).resolve().parents[2]
    for name in RARE:
        path = root / name.replace(".", "/")
        face = root / "foundrydb" / name.replace(".", "/")
        assert any(each.with_suffix(".py").exists() or each.is_dir() for each in (path, face)), name
