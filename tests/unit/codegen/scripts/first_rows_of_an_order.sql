-- The first rows of an order under conditions: by the index that has the order, whatever OFFSET passes over.
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b INT, r REAL);
CREATE INDEX t_a ON t(a);
CREATE INDEX t_r ON t(r);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO t SELECT i, i * 7919 % 501, i % 10, i * 104729 % 997 / 10.0 FROM n;
SELECT id FROM t ORDER BY a LIMIT 3 OFFSET 450;
SELECT id FROM t ORDER BY a DESC LIMIT 3 OFFSET 498;
SELECT id FROM t WHERE r > 50 ORDER BY a LIMIT 3 OFFSET 100;
SELECT id FROM t WHERE r > 99.5 ORDER BY a LIMIT 3;
SELECT id FROM t WHERE r > 1 AND b > 3 ORDER BY a LIMIT 3 OFFSET 2;
SELECT max(a), min(a) FROM t WHERE r > 98;
SELECT max(a) FROM t WHERE r > 98;
SELECT min(a), id FROM t WHERE b = 7;
SELECT id FROM t WHERE b = 7 ORDER BY a LIMIT 2 OFFSET 100;
-- a column without NULLs, of rows that an outer join lacks, ordered by a window and then with NULLS LAST
create table kept_whole(c0 integer primary key, c1 text not null, c2);
insert into kept_whole values (1, 'one', 1), (0, 'zero', null);
select b.c1 from kept_whole a left join kept_whole b using (c2) order by 1 nulls last, first_value(null) over (order by b.c1, quote(a.c0)) limit -1;
select b.c1 from kept_whole a left join kept_whole b using (c2) order by 1 desc nulls first, first_value(null) over (order by b.c1 desc, quote(a.c0)) limit 1;
