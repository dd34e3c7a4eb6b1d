CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x,y);
CREATE TRIGGER r AFTER UPDATE OF a,b ON t WHEN new.a>old."a" BEGIN INSERT INTO t(a,b) VALUES(new.a, old.b) ON CONFLICT(a) DO UPDATE SET b=excluded.a, a=t.a WHERE t.a>excluded.a ON CONFLICT DO UPDATE SET a=t.a; UPDATE t SET a=u.x, (a,b)=(1,2) FROM u, t AS t2 JOIN (SELECT a, t.a FROM t) q ON q.a=t.a WHERE t.a=u.y AND EXISTS(SELECT 1 FROM t WHERE t.a=new.a); DELETE FROM t WHERE t.a=1 OR a=new.a; WITH t AS (SELECT a FROM main.t) SELECT a FROM t; SELECT "nosuch", [a] FROM t; END;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x,y);
CREATE TRIGGER r AFTER UPDATE OF a,b ON t WHEN new.a>old."a" BEGIN INSERT INTO t(a,b) VALUES(new.a, old.b) ON CONFLICT(a) DO UPDATE SET b=excluded.a, a=t.a WHERE t.a>excluded.a ON CONFLICT DO UPDATE SET a=t.a; SELECT 1; END;
ALTER TABLE t RENAME COLUMN a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x,y);
CREATE TRIGGER r AFTER UPDATE OF a,b ON t WHEN new.a>old."a" BEGIN INSERT INTO t(a,b) VALUES(new.a, old.b) ON CONFLICT(a) DO UPDATE SET b=excluded.a, a=t.a WHERE t.a>excluded.a; UPDATE t SET a=u.x, (a,b)=(1,2) FROM u, t AS t2 WHERE t.a=u.y AND EXISTS(SELECT 1 FROM t WHERE t.a=new.a); DELETE FROM t WHERE t.a=1 OR a=new.a; WITH t AS (SELECT a FROM main.t) SELECT a FROM t; SELECT "nosuch", [a] FROM t; END;
ALTER TABLE t RENAME COLUMN a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x,y);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE u SET x=1 FROM t AS t2 JOIN (SELECT a, t.b FROM t) q ON q.a=t2.a; END;
ALTER TABLE t RENAME COLUMN a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x,y);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE u SET x=1 FROM t AS t2 JOIN (SELECT a, t.b FROM t) q USING(a); END;
ALTER TABLE t RENAME COLUMN a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x,y);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE u SET x=1 FROM (t AS t2 JOIN t ON t.a=t2.a); END;
ALTER TABLE t RENAME COLUMN a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x,y);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE u SET x=t.b FROM t WHERE t.a=x; UPDATE u SET x=t.b FROM (t); END;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET c=1 WHERE a=1; INSERT INTO t(c,a) SELECT 1,2; END;
ALTER TABLE t DROP COLUMN c;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF c ON t BEGIN SELECT 1; END;
ALTER TABLE t DROP COLUMN c;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF b ON t BEGIN SELECT new.c; END;
ALTER TABLE t DROP COLUMN c;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF b ON t WHEN old.c BEGIN SELECT 1; END;
ALTER TABLE t DROP COLUMN c;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF b ON t BEGIN SELECT "c" FROM t; END;
ALTER TABLE t DROP COLUMN c;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE u(x);
CREATE TRIGGER r AFTER UPDATE OF b ON t BEGIN INSERT INTO u VALUES(1) ON CONFLICT(c) DO NOTHING; END;
ALTER TABLE t DROP COLUMN c;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF b ON t BEGIN INSERT INTO nosuch VALUES(1); END;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t RENAME TO x;
ALTER TABLE t ADD COLUMN x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF zz ON t BEGIN SELECT nosuch; END;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t RENAME TO x;
ALTER TABLE t ADD COLUMN x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF zz ON t BEGIN SELECT nosuch; END;
PRAGMA legacy_alter_table=on;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME TO x;
ALTER TABLE x RENAME b TO bb;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE OF b ON t BEGIN SELECT nosuch; END;
PRAGMA writable_schema=on;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME b TO bb;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE temp.u(a);
CREATE TEMP TRIGGER r AFTER UPDATE OF b ON t BEGIN INSERT INTO t VALUES(1,2,3); UPDATE t SET a=1; INSERT INTO main.t VALUES(1,2,3); DELETE FROM u; SELECT * FROM t; SELECT t.a, main.t.a FROM main.t; END;
ALTER TABLE t RENAME TO x;
ALTER TABLE x RENAME b TO bb;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TABLE temp.t(a,b,c);
CREATE TEMP TRIGGER r AFTER UPDATE OF b ON main.t BEGIN INSERT INTO t VALUES(1,2,3); UPDATE main.t SET a=1; END;
CREATE TEMP TRIGGER r2 AFTER UPDATE OF b ON t BEGIN INSERT INTO t(a,b,c) VALUES(1,2,3); UPDATE main.t SET a=1; END;
ALTER TABLE main.t RENAME TO x;
ALTER TABLE x RENAME b TO bb;
ALTER TABLE x RENAME a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE VIEW v AS SELECT a,b FROM t;
CREATE TRIGGER r INSTEAD OF UPDATE OF a ON v BEGIN INSERT INTO t VALUES(old.a,new.b,3); UPDATE t SET a=1; END;
ALTER TABLE t RENAME a TO aa;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE VIEW v AS SELECT * FROM t;
CREATE TRIGGER r INSTEAD OF UPDATE OF c ON v BEGIN INSERT INTO t VALUES(old.a,new.c,3); UPDATE v SET c=1; END;
ALTER TABLE t RENAME c TO aa;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE VIEW v AS SELECT c FROM t;
CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT c FROM t; END;
CREATE VIEW v2 AS SELECT c FROM t;
ALTER TABLE t DROP COLUMN c;
DROP VIEW v;
ALTER TABLE t DROP COLUMN c;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a INTEGER PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT new.rowid, rowid, t.oid FROM t; UPDATE t SET rowid=1, a=2; END;
ALTER TABLE t RENAME a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a INTEGER PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE WHEN new.b IN t THEN RAISE(ABORT, "hello b") END; SELECT RAISE(FAIL, 'x'||"new"."b"); SELECT count(*) FROM pragma_table_info('t') WHERE new.b; SELECT new.b COLLATE nosuch, nosuchf(new.b); END;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a INTEGER PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER DELETE ON t BEGIN SELECT new.b; END;
ALTER TABLE t RENAME b TO bb;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a INTEGER PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER DELETE ON t BEGIN INSERT INTO t SELECT 1,2; INSERT INTO t SELECT *,* FROM t; END;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a INTEGER PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER DELETE ON t BEGIN INSERT INTO t(nosuch) SELECT 1; UPDATE t SET nosuch=1; END;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a INTEGER PRIMARY KEY,b,c);
CREATE VIEW v AS SELECT 1 AS b;
CREATE TRIGGER r AFTER DELETE ON t BEGIN INSERT INTO v VALUES(new.b); UPDATE v SET b=1 WHERE v.b; DELETE FROM v WHERE b; END;
ALTER TABLE t RENAME b TO bb;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a INTEGER PRIMARY KEY,b,c);
CREATE VIEW v AS SELECT 1 AS b;
CREATE TRIGGER r AFTER DELETE ON t BEGIN INSERT INTO v VALUES(old.b); UPDATE v SET b=1 WHERE v.b; DELETE FROM v WHERE b; END;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN INSERT INTO t(a,b) VALUES(new.a, old.b) ON CONFLICT(a) WHERE t.a DO UPDATE SET b=excluded.a, a=t.a, (c,b)=(SELECT a,b FROM t) WHERE t.a>excluded.a; END;
ALTER TABLE t RENAME a TO aa;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN INSERT INTO t(a,b) VALUES(new.a, old.b) ON CONFLICT(a) DO UPDATE SET b=1 ON CONFLICT DO UPDATE SET a=t.a; END;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE VIEW v AS SELECT nosuch;
PRAGMA legacy_alter_table=on;
ALTER TABLE t RENAME TO t9;
ALTER TABLE t9 RENAME a TO b9;
ALTER TABLE t9 DROP c;
PRAGMA legacy_alter_table=off;
PRAGMA writable_schema=on;
ALTER TABLE t9 RENAME a TO b9;
ALTER TABLE t9 RENAME TO t8;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN SELECT b FROM t; END;
PRAGMA legacy_alter_table=on;
ALTER TABLE t RENAME TO t9;
ALTER TABLE t9 RENAME a TO b9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a PRIMARY KEY,b,c);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN SELECT b FROM t; END;
CREATE TEMP TRIGGER r2 AFTER UPDATE ON t BEGIN SELECT b FROM t; END;
PRAGMA legacy_alter_table=on;
ALTER TABLE t RENAME a TO "b9";
ALTER TABLE t DROP b;
UPDATE t SET c=1;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

ATTACH ':memory:' AS x;
CREATE TABLE x.t(a,b);
CREATE TABLE t(a,b);
CREATE TEMP TRIGGER r AFTER UPDATE OF a ON x.t BEGIN INSERT INTO x.t(a) SELECT a FROM x.t; SELECT a, t.a FROM t; END;
CREATE TRIGGER x.r AFTER UPDATE OF a ON t BEGIN INSERT INTO t(a) SELECT a FROM t; END;
ALTER TABLE x.t RENAME a TO aa;
SELECT sql FROM x.sqlite_schema;
ALTER TABLE x.t RENAME TO t2;
SELECT tbl_name, sql FROM x.sqlite_schema;
ALTER TABLE t RENAME a TO "a b";
ALTER TABLE x.t2 DROP b;
UPDATE x.t2 SET aa=1;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TABLE u(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN SELECT sum(new.a), count(old.b) FROM u GROUP BY new.a; INSERT INTO u SELECT t.* FROM t; SELECT new.a AS z FROM u ORDER BY z, new.a; INSERT INTO u VALUES(new.a,1),(old.a,2); END;
ALTER TABLE t RENAME a TO x;
ALTER TABLE t RENAME TO "my table";
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a=sum(b); DELETE FROM t WHERE count(*); END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a=sum(b); END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a=1 WHERE (SELECT 1,2); SELECT (SELECT 1,2); END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a=1 WHERE (1,2); END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN SELECT count(); SELECT nosuchf(a) FROM t; INSERT INTO t(a,b) SELECT 1,2 UNION SELECT 1; END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER "my trig" AFTER UPDATE ON t BEGIN SELECT abs(1,2,3); END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t INDEXED BY nosuch SET a=1; END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN DELETE FROM sqlite_schema; INSERT INTO sqlite_temp_schema DEFAULT VALUES; END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a=x.a FROM t; END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a=1 FROM t; END;
ALTER TABLE t RENAME a TO x;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TEMP VIEW v AS SELECT * FROM main.t;
CREATE TEMP TRIGGER r INSTEAD OF UPDATE OF a ON v BEGIN UPDATE t SET a=new.a; END;
ALTER TABLE t RENAME b TO x;
ALTER TABLE t RENAME TO t9;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b, g AS (a+1));
CREATE TRIGGER r AFTER UPDATE OF g ON t WHEN new.g>1 BEGIN SELECT old.g FROM t; END;
ALTER TABLE t RENAME g TO gg;
ALTER TABLE t RENAME a TO aa;
ALTER TABLE t DROP COLUMN aa;
ALTER TABLE t DROP COLUMN gg;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TABLE log(x);
CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO log VALUES(new.a); END;
ALTER TABLE log RENAME TO log2;
ALTER TABLE t RENAME TO t2;
ALTER TABLE t2 RENAME a TO z;
ALTER TABLE t2 ADD COLUMN q DEFAULT 3;
ALTER TABLE t2 DROP COLUMN b;
INSERT INTO t2 VALUES(5,6);
SELECT * FROM log2;
ALTER TABLE log2 DROP COLUMN x;
ALTER TABLE log2 ADD COLUMN y;
ALTER TABLE log2 DROP COLUMN x;
INSERT INTO t2 VALUES(5,6);
SELECT * FROM log2;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TABLE u(a,b);
CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT * FROM u JOIN t USING(a) WHERE t.b>0; SELECT * FROM u NATURAL JOIN t; END;
ALTER TABLE t RENAME a TO z;
ALTER TABLE t RENAME b TO z;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT "a", "new"."a", [new].[a], `b`, "x y" FROM t; END;
ALTER TABLE t RENAME a TO "sel ect";
ALTER TABLE t RENAME b TO [order];
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a,b);
CREATE TABLE excluded(a unique,b);
CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO excluded(a,b) VALUES(1,2) ON CONFLICT(a) DO UPDATE SET b=excluded.b; END;
ALTER TABLE excluded RENAME b TO z;
ALTER TABLE excluded RENAME TO q;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a primary key,b);
CREATE TABLE u(a);
CREATE TRIGGER r AFTER INSERT ON u BEGIN INSERT INTO t AS x(a) VALUES(new.a) ON CONFLICT(a) DO UPDATE SET b=x.a; END;
INSERT INTO u VALUES(1);
INSERT INTO u VALUES(1);
SELECT * FROM t;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a primary key,b);
CREATE TABLE u(a);
CREATE TRIGGER r AFTER INSERT ON u BEGIN INSERT INTO t AS x(a) VALUES(new.a) ON CONFLICT(a) DO UPDATE SET b=t.a; END;
INSERT INTO u VALUES(1);
INSERT INTO u VALUES(1);
SELECT * FROM t;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a primary key,b);
CREATE TABLE u(a);
CREATE TRIGGER r AFTER INSERT ON u BEGIN UPDATE t AS x SET b=t.a; DELETE FROM t AS x WHERE x.a; END;
INSERT INTO u VALUES(1);
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;

CREATE TABLE t(a primary key,b);
CREATE TABLE u(a);
CREATE TRIGGER r AFTER INSERT ON u BEGIN UPDATE t AS x SET b=x.a WHERE x.a; UPDATE t AS x SET b=t.a FROM t; DELETE FROM t AS x WHERE x.a; END;
INSERT INTO u VALUES(1);
SELECT * FROM t;
select tbl_name, sql from main.sqlite_schema;
select tbl_name, sql from temp.sqlite_schema;
