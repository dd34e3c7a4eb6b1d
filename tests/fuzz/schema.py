"""The database that derived statements are about: every kind of table, index and view, with rows in them."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = [
    """CREATE TABLE t1 (a INTEGER PRIMARY KEY, b TEXT COLLATE NOCASE, c REAL, d BLOB, e NUMERIC DEFAULT 7,
       f UNIQUE ON CONFLICT REPLACE)""",
    """CREATE TABLE t2 (a INT, b VARCHAR(10) NOT NULL DEFAULT 'x', c, PRIMARY KEY (b COLLATE NOCASE, a DESC))
       WITHOUT ROWID""",
    """CREATE TABLE t3 (a INTEGER PRIMARY KEY AUTOINCREMENT, b INT, c TEXT COLLATE RTRIM, d ANY,
       e REAL CONSTRAINT e_large CHECK (e > -50)) STRICT""",
    "CREATE TABLE t4 (a, b AS (a + 1), c AS (upper(d)) STORED UNIQUE, d TEXT, CHECK (a IS NOT 'never'), UNIQUE (d, b))",
    """CREATE TABLE t5 (a TEXT PRIMARY KEY, b REFERENCES t1 ON DELETE CASCADE,
       c REFERENCES t5 (a) DEFERRABLE INITIALLY DEFERRED, "d e" DEFAULT (1 + 2), [select] CHAR(3))""",
    "CREATE TABLE t6 (a INT, b ANY, c REAL AS (b * 2.5), PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID",
    "CREATE TABLE empty (a, b, c)",
    "CREATE TABLE wide (a, b, c, d, e, f, g, h, i, j, k, l)",
    "CREATE TEMP TABLE t7 (a INTEGER PRIMARY KEY DESC, b COLLATE NOCASE, c)",
    "CREATE TEMP TABLE t1_shadow AS SELECT 1 AS a, 'two' AS b, 3.5 AS c",
    "CREATE INDEX i1 ON t1 (b, c DESC)",
    "CREATE INDEX i2 ON t1 (e) WHERE d IS NOT NULL AND b > 'a'",
    "CREATE INDEX i3 ON t1 (lower(b), c + e)",
    "CREATE UNIQUE INDEX i4 ON t2 (c, a) WHERE c > 3",
    "CREATE INDEX i5 ON t3 (c COLLATE NOCASE, d)",
    "CREATE INDEX i6 ON t4 (b, c)",
    'CREATE INDEX i7 ON t5 ("d e", substr(a, 2))',
    "CREATE INDEX i8 ON t7 (b DESC, c)",
    "CREATE VIEW v1 AS SELECT a, b, c FROM t1 WHERE e > 3",
    "CREATE VIEW v2 (a, b, c) AS SELECT t1.a, count(*), max(t2.b) FROM t1 LEFT JOIN t2 ON t1.a = t2.a GROUP BY t1.a",
    "CREATE VIEW v3 AS SELECT a, b FROM t2 UNION SELECT b, c FROM t3 EXCEPT SELECT a, d FROM t4 ORDER BY 1 LIMIT 20",
    "CREATE TEMP VIEW v4 AS WITH x (a, b) AS (VALUES (1, 'a'), (2, NULL)) SELECT x.*, t7.c FROM x NATURAL JOIN t7",
    """INSERT INTO t1 (b, c, d, e, f) VALUES ('a', 1.5, x'00ff', '12', 1), ('B', -2, 'blob', 3.25, 2),
       (NULL, NULL, NULL, NULL, NULL), ('b ', 9e99, zeroblob(3), 9223372036854775807, 'three'),
       ('ä€😀', 0, 7, -1, 4.0)""",
    """INSERT INTO t1 (b, c, e) WITH n (x) AS (VALUES (1), (2), (3), (4))
       SELECT 'k' || p.x, q.x * 10, p.x - q.x FROM n p, n q""",
    "INSERT INTO t2 VALUES (1, 'x', 2), (2, 'X2', NULL), (-7, '', 'c'), (2.5, 'y', x'61'), (1, 'z', 5), (3, 'w', 4)",
    """INSERT INTO t3 (b, c, d, e) VALUES (1, 'r  ', 2, 3), (NULL, 'R', 'any', 4.5), (7, NULL, NULL, NULL),
       (-3, 'q', x'ab', 0)""",
    "INSERT INTO t4 (a, d) VALUES (1, 'one'), (2.5, 'two'), (NULL, NULL), ('text', 'four')",
    "INSERT INTO t5 (a, b, c, [select]) VALUES ('p', 1, 'p', 's'), ('q', 2, NULL, 'abcd'), ('r', NULL, 'q', 5)",
    "INSERT INTO t6 (a, b) VALUES (1, 2), (1, 'x'), (-5, 0.5)",
    "INSERT INTO wide SELECT a, b, c, d, e, f, a, b, c, d, e, f FROM t1",
    "INSERT INTO t7 (b, c) VALUES ('m', 1), ('M', 2), (NULL, 3), ('n', 'x')",
    "ANALYZE",
]
"""The statements that make it."""

TABLES: Final[dict[str, tuple[str, ...]]] = {
    "t1": ("a", "b", "c", "d", "e", "f"),
    "t2": ("a", "b", "c"),
    "t3": ("a", "b", "c", "d", "e"),
    "t4": ("a", "b", "c", "d"),
    "t5": ("a", "b", "c", "d e", "select"),
    "t6": ("a", "b", "c"),
    "t7": ("a", "b", "c"),
    "t1_shadow": ("a", "b", "c"),
    "empty": ("a", "b", "c"),
    "wide": ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"),
    "v1": ("a", "b", "c"),
    "v2": ("a", "b", "c"),
    "v3": ("a", "b"),
    "v4": ("a", "b", "c"),
}
"""Its tables and views with their columns."""

TEMPORARY: Final = ("t7", "t1_shadow", "v4")
"""Those of them that are in the schema temp."""

OTHERS: Final[dict[str, tuple[str, ...]]] = {
    "sqlite_schema": ("type", "name", "tbl_name", "rootpage", "sql"),
    "sqlite_temp_schema": ("type", "name", "tbl_name", "rootpage", "sql"),
    "sqlite_stat1": ("tbl", "idx", "stat"),
    "sqlite_sequence": ("name", "seq"),
    "n1": ("a", "b", "c"),
    "n2": ("a", "b", "c"),
    "n3": ("a", "b", "c"),
}
"""SQLite's own tables, and names that statements may give to new ones."""
