-- Updates that change some fields of a record and copy the others as they are.
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b REAL, c TEXT, d NUMERIC, e BLOB, f TEXT NOT NULL DEFAULT 'x');
CREATE TABLE p(a INT, b REAL, c TEXT COLLATE NOCASE NOT NULL, d);
INSERT INTO p VALUES (1, 2, 'one', x'01'), (2, 2.5, 'two', NULL), (3, 1e300, 'three', 'text'), (NULL, NULL, '', 0);
UPDATE p SET a = a + 1;
SELECT rowid, a, b, c, d, typeof(a), typeof(b), typeof(d) FROM p;
-- affinities, and integers that a REAL column stores as such
UPDATE p SET b = a, a = '12', c = 12.5, d = b WHERE rowid = 2;
UPDATE p SET b = 281474976710656 WHERE rowid = 1;
UPDATE p SET b = 9007199254740993 WHERE rowid = 3;
UPDATE p SET d = 9223372036854775807, a = 'not a number' WHERE rowid = 4;
SELECT rowid, a, b, c, d, typeof(a), typeof(b), typeof(c), typeof(d) FROM p;
-- the old values are read, not the new ones
UPDATE p SET a = b, b = a;
SELECT rowid, a, b FROM p;
UPDATE p SET a = (SELECT count(*) FROM p WHERE p.a IS NOT NULL);
SELECT a FROM p;
-- constraints, half way
UPDATE p SET c = CASE rowid WHEN 3 THEN NULL ELSE c || '!' END;
SELECT c FROM p;
UPDATE OR IGNORE p SET c = CASE rowid WHEN 3 THEN NULL ELSE c || '!' END;
SELECT c FROM p;
BEGIN;
UPDATE p SET c = NULL WHERE rowid = 2;
UPDATE p SET a = 77 WHERE rowid = 2;
UPDATE p SET a = abs(-9223372036854775808) WHERE rowid = 2;
SELECT a, c FROM p WHERE rowid = 2;
COMMIT;
-- long values: overflow pages come and go
UPDATE p SET c = hex(zeroblob(5000)) WHERE rowid = 1;
UPDATE p SET a = 5 WHERE rowid = 1;
UPDATE p SET d = zeroblob(20000) WHERE rowid = 1;
SELECT a, b, length(c), length(d) FROM p WHERE rowid = 1;
UPDATE p SET c = 'short', d = 1 WHERE rowid = 1;
SELECT a, b, c, d FROM p WHERE rowid = 1;
-- records that are older than a column
ALTER TABLE p ADD COLUMN e;
UPDATE p SET a = 9 WHERE rowid = 1;
UPDATE p SET e = 'new' WHERE rowid = 2;
ALTER TABLE p ADD COLUMN f INT DEFAULT 7;
UPDATE p SET a = 10 WHERE rowid = 3;
ALTER TABLE p ADD COLUMN g;
UPDATE p SET g = a, e = 1 WHERE rowid <> 2;
SELECT * FROM p;
-- rows of the INTEGER PRIMARY KEY, and columns with an index beside them
INSERT INTO t(a, b, c, d, e) SELECT a, b, c, d, e FROM p;
UPDATE t SET f = f || id, b = id;
CREATE INDEX t_a ON t(a);
UPDATE t SET c = a || c, e = NULL WHERE id > 1;
UPDATE t SET a = id * 10, c = 'with the index' WHERE id = 2;
UPDATE t SET id = id + 100 WHERE id = 3;
SELECT * FROM t;
SELECT id FROM t WHERE a = 20;
-- upserts
INSERT INTO t(id, a, f) VALUES (1, 5, 'f') ON CONFLICT(id) DO UPDATE SET f = excluded.f || f, b = b + 1;
INSERT INTO t(id, a, f) VALUES (1, 5, 'f') ON CONFLICT(id) DO UPDATE SET f = NULL;
INSERT INTO t(id, a, f) VALUES (1, 5, 'f') ON CONFLICT(id) DO UPDATE SET c = f WHERE b > 0 RETURNING c;
SELECT * FROM t WHERE id = 1;
