-- A trigger does not set itself off, whatever OR clause its program goes by.
create table a(id integer primary key, x);
create trigger a1 before insert on a begin replace into a values (null, 0); end;
insert into a values (5, null);
select *, total_changes() from a;
create trigger a2 after update on a begin update or ignore a set x = x + 10; end;
update a set x = 1;
update or replace a set x = 2;
select *, changes(), total_changes() from a;
pragma recursive_triggers = on;
insert into a values (6, null);
pragma recursive_triggers = off;
-- The rowid that an INSERT gives is looked at before its triggers.
create table b(id integer primary key, x);
create trigger b1 before insert on b begin insert or abort into b select 19, 1 from b as other; end;
insert into b values (0, 7);
insert into b values (1, 1), (x'', 9);
select * from b;
-- sqlite_sequence knows of what triggers insert.
create table c(id integer primary key autoincrement, x);
create temp trigger c1 after insert on c when new.x is null begin insert into c values (1, 1); end;
replace into c values (1, null);
select rowid, * from sqlite_sequence;
create trigger c2 after insert on c when new.x > 1 begin insert into c(x) values (new.x - 1); end;
pragma recursive_triggers = on;
insert into c values (10, 3), (null, 2);
select * from c;
select rowid, * from sqlite_sequence;
create trigger c3 before insert on c when new.x < 0 begin insert into c(x) values (new.x + 1); end;
insert into c values (100, -3), (null, -2);
select * from c;
select rowid, * from sqlite_sequence;
-- A view's row: REAL columns are REAL when they are read, and the new row of UPDATE is converted.
CREATE TABLE d(c0 REAL, c1 TEXT, c2 VARCHAR(10), c3 CHARACTER(20));
CREATE VIEW w AS SELECT c0, c1, c2, c3 FROM main.d;
CREATE TRIGGER w1 INSTEAD OF INSERT ON w BEGIN INSERT INTO d(c2, c1, c3, c0) VALUES (new.c0, new.c1||typeof(new.c1), NULL, NULL); END;
REPLACE INTO w VALUES (1, 1, 1, NULL);
select * from d;
CREATE TRIGGER w2 INSTEAD OF UPDATE ON w BEGIN INSERT INTO d(c2, c1, c3, c0) VALUES (new.c0, old.c1||typeof(new.c1), NULL, old.c0); END;
update w set c0=5, c1=6;
select * from d;
-- what UPDATE gives a view's columns, where one has no affinity and where no trigger is set off
create table plain_rows(c0 int, c1 text);
insert into plain_rows values (1, 'one');
create view mixed_rows(a, b, c) as select c1 || '', c1, c0 from plain_rows;
create table told_rows(a, b, c);
create trigger telling instead of update of b on mixed_rows begin insert into told_rows values (new.a, new.b, new.c); end;
update mixed_rows set a = 1, b = 1, c = '1' returning a, b, c, typeof(a), typeof(b), typeof(c);
update mixed_rows set a = 1, c = '1' returning a, b, c, typeof(a), typeof(b), typeof(c);
select a, b, c, typeof(a), typeof(b), typeof(c) from told_rows;
