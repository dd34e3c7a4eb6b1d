-- Minus zero, and moments before the calendar.
CREATE TABLE t(id INTEGER PRIMARY KEY, c BLOB);
INSERT INTO t VALUES (1, -0.0), (2, 0.0), (3, -1.5), (4, -9223372036854775807);
SELECT abs(c), -c, c + 0, c * 1.0, abs(c) || '' FROM t;
SELECT id FROM t WHERE abs(c) < 1;
SELECT date('0', '-1 month'), date('0', '-1 month', 'utc');
