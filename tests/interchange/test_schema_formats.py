"""Files of the schema formats before the present one: DESC in an index has no effect in them."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

import foundrydb

SCHEMA_FORMAT = 44
"""Where the header holds it (https://sqlite.org/fileformat2.html#database_header)."""

TABLES = """
CREATE TABLE bell(founder, weight, PRIMARY KEY(weight DESC, founder));
CREATE INDEX by_founder ON bell(founder DESC, lower(founder) DESC) WHERE weight > 1;
CREATE TABLE clapper(id, mass, PRIMARY KEY(id DESC)) WITHOUT ROWID;
CREATE INDEX by_mass ON clapper(mass DESC);
CREATE UNIQUE INDEX by_both ON clapper(mass DESC, id);
"""

CHANGES = (
    "INSERT INTO bell VALUES ('a', 1), ('b', 2), ('c', 0), ('D', 9), ('e', 5), (NULL, 3)",
    "INSERT INTO clapper VALUES (1, 0), (0, 1), (5, 5), (3, 7), (9, NULL)",
    "CREATE INDEX later ON bell(weight DESC)",
    "ALTER TABLE bell ADD COLUMN tone DEFAULT 1",
    "CREATE TABLE rope(a PRIMARY KEY DESC, b)",
    "INSERT INTO rope SELECT weight, founder FROM bell",
    "UPDATE bell SET weight = weight + 1 WHERE founder > 'b'",
    "DELETE FROM clapper WHERE id = 3",
    "REINDEX",
    "ALTER TABLE bell DROP COLUMN tone",
    "ALTER TABLE bell RENAME COLUMN founder TO maker",
)

QUERIES = (
    "SELECT * FROM bell ORDER BY 2, 1",
    "SELECT weight FROM bell WHERE weight >= 2 ORDER BY weight",
    "SELECT weight FROM bell WHERE weight < 5 ORDER BY weight DESC",
    "SELECT * FROM clapper",
    "SELECT id FROM clapper WHERE id > 0",
    "SELECT id, mass FROM clapper INDEXED BY by_mass WHERE mass BETWEEN 1 AND 6",
    "PRAGMA index_xinfo(sqlite_autoindex_bell_1)",
    "PRAGMA index_xinfo(by_mass)",
    "PRAGMA integrity_check",
)


def made(path: Path, format: int) -> None:
    """Make an empty file of a schema format."""
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE first(a)")
    connection.close()
    with path.open("r+b") as file:
        file.seek(SCHEMA_FORMAT)
        file.write(format.to_bytes(4, "big"))


def rows(connection: apsw.Connection | foundrydb.Connection, sql: str) -> list[tuple[object, ...]]:
    """All rows of a query."""
    return [tuple(row) for row in connection.execute(sql)]


@pytest.mark.parametrize("format", [1, 2, 3, 4])
def test_written_by_turns(format: int, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    made(ours, format)
    made(theirs, format)
    reference = apsw.Connection(str(theirs))
    for number, sql in enumerate([*TABLES.strip().split("\n"), *CHANGES]):
        reference.execute(sql)
        if number % 3:
            connection = foundrydb.connect(str(ours), isolation_level=None)
            connection.execute(sql)
            connection.close()
        else:
            apsw.Connection(str(ours)).execute(sql)
    mine = foundrydb.connect(str(ours), isolation_level=None)
    other = apsw.Connection(str(ours))
    for sql in QUERIES:
        assert rows(mine, sql) == rows(other, sql) == rows(reference, sql), sql
    assert ours.read_bytes()[SCHEMA_FORMAT : SCHEMA_FORMAT + 4] == theirs.read_bytes()[SCHEMA_FORMAT:][:4]


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    made(path, 5)
    with pytest.raises(apsw.SQLError, match="unsupported file format"):
        apsw.Connection(str(path)).execute("SELECT * FROM first")
    connection = foundrydb.connect(str(path))
    with pytest.raises(foundrydb.OperationalError, match="unsupported file format"):
        connection.execute("SELECT * FROM first")
