-- changes(), total_changes() and last_insert_rowid() for each row of a statement that changes them.
create table t(a,c,d,e);
create table l(x);
insert into t(a) values (1),(2),(3);
create trigger g after update on t begin insert into l values (1),(2); end;
update t set c=total_changes(), d=changes(), e=last_insert_rowid();
select * from t;
create table p(a,c,d,e);
insert into p select a, total_changes(), changes(), last_insert_rowid() from t;
select * from p;
create trigger h after insert on p begin insert into l values (1),(2); end;
insert into p select a, total_changes(), changes(), last_insert_rowid() from t;
select * from p;
create trigger k after insert on p begin update p set (c,d) = (total_changes(), changes()) where rowid=new.rowid; insert into l values (total_changes()); end;
insert into p(a) values (5),(6);
select * from p;
select * from l;
-- a trigger of a view that fails before anything is written
create table counted(a);
create temp view counted_rows as select a from counted;
create temp trigger refusing instead of insert on counted_rows begin select raise(abort, 'no'); end;
insert into counted values (1), (2);
insert into counted_rows values (3);
select changes(), total_changes(), last_insert_rowid();
