"""``Compilation.stages()``: every id leads somewhere, both ways, and a piece of SQL to its instructions and back."""

from __future__ import annotations

import json
from typing import Any

import pytest

import foundrydb
from foundrydb.vm.listing import explain as listing

SCHEMA = """
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT NOT NULL, town TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, total REAL);
CREATE INDEX orders_customer ON orders(customer);
CREATE VIEW spending AS SELECT name, sum(total) AS total FROM customer JOIN orders ON customer = customer.id GROUP BY 1;
"""

STATEMENTS = [
    "SELECT name FROM customer WHERE town = 'Asten' AND id > 3 ORDER BY name LIMIT 2",
    "SELECT c.name, max(o.total) FROM customer c LEFT JOIN orders o ON o.customer = c.id GROUP BY c.name",
    "SELECT name, (SELECT count(*) FROM orders WHERE customer = c.id) FROM customer c",
    "SELECT s.name FROM spending s WHERE s.total > ?1 UNION SELECT town FROM customer ORDER BY 1",
    "WITH w AS (SELECT id FROM customer) SELECT * FROM w JOIN w AS v USING (id) WHERE id IN (SELECT 1)",
    "INSERT INTO customer(name) VALUES ('a'), (?) RETURNING id, upper(name)",
    "INSERT INTO customer SELECT * FROM customer WHERE true ON CONFLICT(id) DO UPDATE SET name = excluded.name",
    "UPDATE orders SET total = total * 2 FROM customer WHERE customer.id = orders.customer AND name = 'x'",
    "DELETE FROM orders WHERE total < 1 + 2",
    "VALUES (1, 2), (3, 4)",
    "CREATE TABLE other(a)",
    "CREATE TABLE computed(a, b AS (abs(a) > 1 + 2), CHECK (b <> a))",
    "CREATE VIEW later AS SELECT name, town FROM customer JOIN coming ON coming.id = customer.id",
    "EXPLAIN SELECT name FROM customer",
]


@pytest.fixture
def connection() -> foundrydb.Connection:
    made = foundrydb.connect(":memory:", isolation_level=None)
    made.executescript(SCHEMA)
    return made


def stages(connection: foundrydb.Connection, sql: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(foundrydb.compile(sql, connection).stages()))
    return found


@pytest.mark.parametrize("sql", STATEMENTS)
def test_every_id_leads_somewhere(connection: foundrydb.Connection, sql: str) -> None:
    document = stages(connection, sql)
    sections = ("tokens", "ast", "names", "expressions", "nodes", "instructions", "cursors")
    ids = {section: {item["id"]: item for item in document[section]} for section in sections}
    assert all(len(ids[section]) == len(document[section]) for section in sections)
    for node in document["ast"]:
        assert set(node["tokens"]) <= set(ids["tokens"]) and node["tokens"]
        assert node["parent"] is None or node["parent"] in ids["ast"]
        for expression in node["expressions"]:
            assert ids["expressions"][expression]["ast"] == node["id"]
    for expression in document["expressions"]:
        assert -1 <= expression["start"] <= expression["end"] <= len(sql)
        assert expression["ast"] is None or expression["id"] in ids["ast"][expression["ast"]]["expressions"]
        assert set(expression["operands"]) <= set(ids["expressions"])
        for instruction in expression["instructions"]:
            assert expression["id"] in ids["instructions"][instruction]["expressions"]
    for node in document["nodes"]:
        assert node["from"] is None or node["from"] in ids["nodes"]
        assert set(node["children"]) <= set(ids["nodes"]) and set(node["expressions"]) <= set(
            ids["expressions"]
        )
        for instruction in node["instructions"]:
            assert ids["instructions"][instruction]["node"] == node["id"]
    for instruction in document["instructions"]:
        assert (
            instruction["node"] is None
            or instruction["id"] in ids["nodes"][instruction["node"]]["instructions"]
        )
        for cursor in instruction["cursors"]:
            assert instruction["id"] in ids["cursors"][cursor]["instructions"]
        assert all(0 <= start < end <= len(sql) for start, end in instruction["spans"])
    for plan in document["plans"]:
        assert plan["root"] in plan["nodes"] and set(plan["nodes"]) <= set(ids["nodes"])


@pytest.mark.parametrize("sql", STATEMENTS)
def test_ids_are_stable_and_asking_changes_nothing(connection: foundrydb.Connection, sql: str) -> None:
    compilation = foundrydb.compile(sql, connection)
    before = listing(compilation.program)
    first = compilation.stages()
    assert listing(compilation.program) == before
    assert first == compilation.stages() == foundrydb.compile(sql, connection, noting=True).stages()


def test_from_the_text_to_the_tree_and_back(connection: foundrydb.Connection) -> None:
    sql = "SELECT c.name FROM customer c JOIN orders o ON o.customer = c.id WHERE c.town > 'x'"
    document = stages(connection, sql)
    written = next(node for node in document["ast"] if sql[node["start"] : node["end"]] == "c.town > 'x'")
    (condition,) = [e for e in document["expressions"] if e["id"] in written["expressions"]]
    filters = [n for n in document["nodes"] if condition["id"] in n["expressions"] and n["node"] == "Filter"]
    assert len(filters) > 1
    assert [node["from"] for node in filters[1:]] == [node["id"] for node in filters[:-1]]
    reads = [i for i in document["instructions"] if i["id"] in filters[-1]["instructions"]]
    assert reads
    used = {cursor for instruction in reads for cursor in instruction["cursors"]}
    trees = [(cursor["tree"], cursor["root"]) for cursor in document["cursors"] if cursor["id"] in used]
    assert trees == [("customer", 2)]
    assert ["c.town > 'x'"] in [[sql[start:end] for start, end in read["spans"]] for read in reads]


def test_a_pass_says_what_it_made_a_scan_from(connection: foundrydb.Connection) -> None:
    document = stages(connection, "SELECT total FROM orders WHERE customer = 7")
    nodes = {node["id"]: node for node in document["nodes"]}
    search = next(node for node in document["nodes"] if node["node"] == "IndexScan")
    assert nodes[search["from"]]["node"] == "Scan"


def test_what_is_compiled_shows_what_it_is(connection: foundrydb.Connection) -> None:
    sql = "SELECT name FROM customer WHERE id < 3"
    compilation = foundrydb.compile(sql, connection)
    program = compilation.program
    assert repr(compilation).startswith(f"<Compilation of {sql!r}: ")
    assert str(compilation).startswith(sql + "\n\nOutput name")
    assert "id &lt; 3" in compilation._repr_html_()
    assert str(foundrydb.compile("BEGIN", connection)) == "BEGIN"
    assert repr(program).startswith(f"<Program: {len(program.instructions)} instructions, ")
    assert repr(foundrydb.analyze(sql, connection)).startswith("<Analysis: 0 rows, 0 changes, ")
